"""Where citations stand in a text, and what is none."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.mentions import mentions


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("See [adr:0007].", ["[adr:0007]"]),
        ("[rule:pet-bottle@3fa9c1d2e0b4]", ["[rule:pet-bottle@3fa9c1d2e0b4]"]),
        ("docs/x.md:12-20에서 본 것", ["docs/x.md:12-20"]),
        ("참고:docs/x.md:12", ["docs/x.md:12"]),
        ("`docs/x.md:12`, (docs/y.yaml:3)", ["docs/x.md:12", "docs/y.yaml:3"]),
        ("[docs/x.md:12-20@3fa9c1d2e0b4]", ["docs/x.md:12-20@3fa9c1d2e0b4"]),
        ("[x](docs/x.md#L12-L20)", ["docs/x.md#L12-L20"]),
        ("문서/결정.md:3", ["문서/결정.md:3"]),
        ("../../etc/passwd:1-3", ["../../etc/passwd:1-3"]),
        ("https://example.org/docs/x.md:12 https://h/x.md#L3", []),
        ("12:30, 1.2:3, localhost:80, …/docs/x.md:3, [1]: a, [incident:…]", []),
        ("[adr:0007](adr/0007.md)", []),
        ("```text example\ndocs/x.md:3\n```\ndocs/y.md:4", ["docs/y.md:4"]),
        ("```sh\ncat docs/x.md:3\n```", ["docs/x.md:3"]),
        ("", []),
    ],
)
def test_citations_are_found_as_written(text: str, written: list[str]) -> None:
    assert [mention.written for mention in mentions(text) if mention.is_sure] == written


def test_a_host_with_a_port_is_not_a_file_for_sure() -> None:
    assert [(mention.name, mention.is_sure) for mention in mentions("redis.svc:6379")] == [("redis.svc", False)]


def test_a_place_in_the_text_is_line_and_column() -> None:
    found = mentions("가나\n🙂 [adr:0001] x docs/a.md:3\n")
    assert [(mention.line, mention.column) for mention in found] == [(2, 3), (2, 16)]


def test_json_is_read_as_json_wherever_it_begins_a_line() -> None:
    hit = {
        "id": "a.md:1-2",
        "path": "a.md",
        "line_start": 1,
        "line_end": 2,
        "text": "[adr:0001]\nx",
        "also_at": ["b.md"],
    }
    answer = {"hits": [hit], "answer": "x\nsee b.md:4", "citations": ["adr:0003"]}
    found = mentions(f"# Report\n```json\n{json.dumps(answer, indent=2)}\n```\n")
    assert [(mention.written, mention.quote) for mention in found] == [
        ("a.md:1-2", "[adr:0001]\nx"),
        ("b.md:4", None),
        ("[adr:0003]", None),
    ]


def test_the_text_of_a_rule_is_no_quote() -> None:
    row = {"id": "rule:pet", "path": "a.yaml", "line_start": 1, "line_end": 2, "text": "x\ny"}
    (found,) = mentions(json.dumps(row))
    assert (found.quote, found.doc_id) == (None, "rule:pet")


@given(st.text(alphabet="[]{}\"'`\\\n:@#-/.aL1adr가", max_size=200))
def test_no_text_is_too_odd(text: str) -> None:
    for mention in mentions(text):
        assert 0 <= mention.start < mention.end <= len(text)
        assert mention.line == text.count("\n", 0, mention.start) + 1
