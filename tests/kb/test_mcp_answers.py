"""What an agent is shown of a document: the section that decides, cut by sections, in pages, in parts, in outline."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.app import index, knowledge, open_workspace
from kb.briefs.area import Section, in_turn
from kb.briefs.binding import Binding
from kb.briefs.changes import PathOutside, inside
from kb.briefs.extracts import joined, outline, parts
from kb.briefs.paging import fitted, page, sent
from kb.briefs.telling import CUT, decided, shortened, surrounded, words_of
from kb.briefs.traces import trace_of
from kb.knowledge import Knowledge
from tests.kb.conftest import write

FILLER = " ".join(f"word{n}" for n in range(60))
RECORD = (
    '---\nid: "{id}"\ntitle: {title}\nstatus: accepted\ndate: 2026-01-01\n---\n# {title}\n\n'
    "## {context}\n{said} {filler}\n\n## {options}\nA ferry. {filler}\n\n## {decision}\nA bridge of steel. {filler}\n"
)
ENGLISH = {"context": "Context and Problem Statement", "options": "Considered Options", "decision": "Decision Outcome"}
KOREAN = {"context": "맥락과 문제", "options": "검토한 대안", "decision": "결정"}


@pytest.fixture
def opened(tmp_path: Path) -> Knowledge:
    write(
        tmp_path,
        {
            "kb.toml": '[kb]\nembedder = "none"\n',
            "adr/0001-river.md": RECORD.format(
                id="0001", title="How to cross the river", said="Zebras cross the river.", filler=FILLER, **ENGLISH
            ),
            "adr/0002-sea.md": RECORD.format(
                id="0002", title="바다를 어떻게 건너나", said="얼룩말이 바다를 건넌다.", filler=FILLER, **KOREAN
            ),
            "docs/tale.md": "# Tale\n\nZebras cross the river in a tale.\n",
        },
    )
    index(open_workspace(tmp_path, {}), {})
    return knowledge(open_workspace(tmp_path, {}), {})


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("how do zebras cross the river", "A bridge of steel"),
        ("얼룩말은 바다를 어떻게 건너나", "A bridge of steel"),
        ("was a ferry among the considered options", "A ferry"),
    ],
    ids=["found by its opening", "in Korean", "found by another section"],
)
def test_a_decision_that_is_found_by_its_opening_shows_what_it_decides(
    opened: Knowledge, question: str, shown: str
) -> None:
    hit = opened.search(question, k=1, kinds=["adr"]).hits[0]
    told = decided(Binding.of_engine(opened.engine).shelf, hit)
    assert shown in told.passage.text
    assert (told.passage.path, told.score) == (hit.passage.path, hit.score)


def test_what_is_no_decision_shows_what_was_found(opened: Knowledge) -> None:
    hit = opened.search("zebras in a tale", k=1, kinds=["doc"]).hits[0]
    assert decided(Binding.of_engine(opened.engine).shelf, hit) is hit


def test_the_first_document_is_shown_with_what_stands_around_as_it_stands_in_the_file(
    opened: Knowledge, tmp_path: Path
) -> None:
    result = opened.search("was a ferry among the considered options", k=1, kinds=["adr"])
    hit = result.hits[0]
    told = surrounded(Binding.of_engine(opened.engine).shelf, hit, words_of(result)).passage
    lines = (tmp_path / told.path).read_text(encoding="utf-8").split("\n")
    assert told.text == "\n".join(lines[told.line_start - 1 : told.line_end])
    assert told.id == f"{told.path}:{told.line_start}-{told.line_end}"
    assert "A ferry" in hit.passage.text
    assert "A bridge of steel" not in hit.passage.text
    assert "A bridge of steel" in told.text


def test_around_a_document_that_is_long_no_more_is_shown_than_has_room(tmp_path: Path) -> None:
    body = "".join(f"## Part {n}\n{FILLER} {FILLER} zebra{n}\n\n" for n in range(30))
    write(tmp_path, {"kb.toml": '[kb]\nembedder = "none"\n', "docs/long.md": f"# Long\n\n{body}"})
    index(open_workspace(tmp_path, {}), {})
    found = knowledge(open_workspace(tmp_path, {}), {})
    result = found.search("zebra15", k=1)
    told = surrounded(Binding.of_engine(found.engine).shelf, result.hits[0], words_of(result)).passage
    assert "zebra15" in told.text
    assert sent(result.hits[0].passage.text) < sent(told.text) < 1_100


def test_a_passage_is_cut_by_sections_and_what_decides_comes_first(opened: Knowledge) -> None:
    result = opened.search("how do zebras cross the river")
    passage = result.hits[0].passage
    sections = ("## Context\nNothing.", "## Considered Options\nA ferry for zebras.", "## Decision\nA bridge.")
    text = shortened(replace(passage, kind="adr", text="\n\n".join(sections)), words_of(result), 26)
    assert text.startswith("## Decision\nA bridge.")
    assert text.endswith(CUT)
    assert "ferry" in text
    assert "## Context" not in text


@given(st.text(), st.integers(1, 400))
def test_what_is_fitted_fits_and_begins_as_the_text(text: str, tokens: int) -> None:
    found = fitted(text, tokens)
    assert found == text or sent(found) <= max(tokens, sent(f" {CUT}")) + 1
    assert text.startswith(found.removesuffix(CUT).rstrip())


@given(st.text(st.sampled_from("ab \n#`"), max_size=6_000), st.integers(1, 9))
def test_parts_join_to_the_text_and_an_outline_has_true_numbers(text: str, first: int) -> None:
    assert joined(parts(text, first)) == text
    lines = text.split("\n")
    for part in outline(text, first):
        assert part.text.split(": ", 1)[1] == lines[part.number - first].strip()[:180]


def test_an_outline_has_headings_and_first_lines_and_no_code() -> None:
    text = "# A\n\nOne.\nTwo.\n\n```\n# no heading\n\ncode\n```\n\n## B\nThree."
    assert [part.text for part in outline(text, 1)] == ["1: # A", "3: One.", "6: ```", "12: ## B", "13: Three."]


def test_the_last_item_of_a_page_is_cut_where_enough_of_it_can_be_shown() -> None:
    items = ["a" * 400, "b" * 4_000, "c"]

    def cut(text: str, tokens: int) -> str:
        return text[: tokens * 4]

    first = page(items, str, 400, "q", None, cut)
    assert [set(item) for item in first.items] == [{"a"}, {"b"}]
    assert len(first.items[1]) == 1_200
    assert page(items, str, 400, "q", first.next_cursor, cut).items == ("c",)
    assert page(items, str, 250, "q", None, cut).items == ("a" * 400,)


def test_sections_take_turns() -> None:
    def section(name: str, *cited: str) -> Section:
        return Section(name, tuple(cited))  # type: ignore[arg-type]  # any object will do

    rows = in_turn([section("x", "a", "b", "c"), section("y", "d")])
    assert [(name, str(one)) for name, one in rows] == [("x", "a"), ("y", "d"), ("x", "b"), ("x", "c")]


@pytest.mark.parametrize(
    ("path", "known"),
    [("./a/b.py", "a/b.py"), ("a/b/", "a/b"), ("a/../b.py", "b.py"), ("/root/a.py", "a.py"), ("/root", ".")],
)
def test_a_path_is_spelled_as_the_workspace_knows_it(path: str, known: str) -> None:
    assert inside(path, PurePosixPath("/root")) == known


@pytest.mark.parametrize("path", ["..", "../x", "a/../../x", "/etc/passwd", "/rooted/a.py"])
def test_a_path_that_leads_out_is_refused(path: str) -> None:
    with pytest.raises(PathOutside, match="leads out of the workspace"):
        inside(path, PurePosixPath("/root"))


def test_a_trace_names_twenty_exceptions_at_most_and_each_by_its_last_name() -> None:
    assert trace_of("psycopg_pool.PoolTimeout: x").exceptions == ("PoolTimeout",)
    assert len(trace_of(" ".join(f"E{n}Error" for n in range(1_000))).exceptions) == 20
