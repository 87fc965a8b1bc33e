from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from kb.cite import citations_in, full_id, place_of, quote_hash
from kb.context import compose, estimate_tokens
from kb.documents import Hit, Passage, UnknownCitation
from kb.knowledge import Knowledge
from kb.shapes import citation_shape, context_shape, hit_shape, response_shape, result_shape

Open = Callable[[], Knowledge]
SCHEMAS = Path(__file__).resolve().parents[2] / "kb" / "schemas"


def validator(name: str) -> Draft202012Validator:
    loaded = [json.loads(file.read_text(encoding="utf-8")) for file in SCHEMAS.glob("*.json")]
    registry: Registry[Any] = Registry().with_resources(
        [(schema["$id"], Resource.from_contents(schema)) for schema in loaded]
    )
    return Draft202012Validator(json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8")), registry=registry)


def hit(text: str, **more: Any) -> Hit:
    passage = Passage("d.md:1-9", "d.md", 1, text.count("\n") + 1, "doc", "T", "H", text)
    return Hit(passage, more.pop("status", None), 1.0, 1.0, None, **more)


def test_a_context_carries_citations_and_keeps_to_its_budget(opened: Open) -> None:
    found = opened().context("진행률 이벤트는 어떻게 보내나요?", 400)
    assert found.text.startswith(f"<knowledge-{found.nonce}>")
    assert found.text.endswith(f"</knowledge-{found.nonce}>")
    assert "[adr:0003]" in found.text
    assert found.tokens == estimate_tokens(found.text) <= 400


def test_what_is_not_in_force_says_so(opened: Open) -> None:
    text = opened().context("진행률 이벤트 브로커 구독", 2_000).text
    assert "replaces adr:0001" in text
    assert "NOT IN FORCE, replaced by [adr:0003]" in text


def test_every_context_has_a_nonce_of_its_own(opened: Open) -> None:
    knowledge = opened()
    assert knowledge.context("gateway").nonce != knowledge.context("gateway").nonce


def test_a_cut_piece_says_which_lines_it_shows() -> None:
    found = compose("q", [hit("\n".join(["word " * 8] * 60))], 150, "n" * 16, True)
    assert " …" in found.text
    assert "d.md:1-60" not in found.text
    assert found.tokens <= 150


@given(st.lists(st.text(max_size=300), max_size=5), st.integers(1, 400))
def test_no_text_breaks_the_budget_or_the_frame(texts: list[str], budget: int) -> None:
    found = compose("q", [hit(text) for text in texts], budget, "nonce1234", True)
    empty = compose("q", [], budget, "nonce1234", True).tokens
    assert found.tokens <= max(budget, empty)
    assert found.text.count("</knowledge-nonce1234>") == 1


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("abcd", 1), ("abcde", 2), ("가나다", 3), ("🙂a", 2)])
def test_tokens_are_estimated_on_the_high_side(text: str, tokens: int) -> None:
    assert estimate_tokens(text) == tokens


@pytest.mark.parametrize(
    ("name", "path", "lines"),
    [
        ("adr:0003", "adr/0003-streams.md", (1, 12)),
        ("[rule:pet-bottle]", "kb/rules/pet.yaml", (3, 8)),
        ("pet-bottle", "kb/rules/pet.yaml", (3, 8)),
        ("incident:2026-01-lost-token", "incidents/2026-01-lost-token.md", (1, 10)),
        ("docs/guide.md:3-3", "docs/guide.md", (3, 3)),
        ("docs/guide.md:3", "docs/guide.md", (3, 3)),
        ("docs/guide.md", "docs/guide.md", (1, 3)),
        ("docs/archive/old/guide.md", "docs/archive/old/guide.md", (1, 3)),
        ("docs/guide.md:2-99", "docs/guide.md", (2, 3)),
        ("world:weather-seoul", "datasets/world/weather.jsonl", (2, 2)),
    ],
)
def test_a_citation_resolves_to_lines_as_they_stand(
    opened: Open, root: Path, name: str, path: str, lines: tuple[int, int]
) -> None:
    world = root / "datasets/world"
    world.mkdir()
    (world / "weather.jsonl").write_text('{"id": "weather-busan"}\n{"id": "weather-seoul"}\n', encoding="utf-8")
    shown = opened().show(name)
    found = shown.citation
    assert (found.path, (found.line_start, found.line_end)) == (path, lines)
    assert shown.text.split("\n") == (root / path).read_text(encoding="utf-8").split("\n")[lines[0] - 1 : lines[1]]
    assert found.quote_hash == quote_hash(shown.text.split("\n"))
    validator("citation").validate(citation_shape(found))


@pytest.mark.parametrize("name", ["adr:0999", "nothing", "../outside.md", "/etc/passwd", "world:none", "", "kb.toml"])
def test_a_citation_of_nothing_is_one_line(opened: Open, name: str) -> None:
    with pytest.raises(UnknownCitation):
        opened().show(name)


def test_a_citation_of_a_deleted_file_is_one_line(opened: Open, root: Path) -> None:
    knowledge = opened()
    (root / "docs/guide.md").unlink()
    with pytest.raises(UnknownCitation, match="cannot be read"):
        knowledge.cite("docs/guide.md:3")


def test_citations_are_found_in_text_and_links_are_not() -> None:
    text = "가 [rule:pet-bottle] 나 [x](docs/a.md:3) [docs/a.md:3-4]. [adr:0007]"
    found = citations_in(text)
    assert [name for name, _, _ in found] == ["rule:pet-bottle", "docs/a.md:3-4", "adr:0007"]
    assert all(text[start + 1 : end - 1] == name for name, start, end in found)


def test_a_bare_word_is_a_rule() -> None:
    assert (full_id("pet-bottle"), full_id("[adr:0007]"), full_id("docs/a.md")) == (
        "rule:pet-bottle",
        "adr:0007",
        "docs/a.md",
    )
    assert place_of("a.md:7").last == 7


@pytest.mark.parametrize("query", ["진행률", "페트병", "gateway", "", "adr 3"])
def test_real_output_meets_the_schemas(opened: Open, query: str) -> None:
    knowledge = opened()
    result = knowledge.search(query, per_document=2)
    shape = result_shape(result)
    validator("search_result").validate(json.loads(json.dumps(shape)))
    validator("context").validate(json.loads(json.dumps(context_shape(knowledge.context(query)))))
    for found in result.hits:
        validator("hit").validate(json.loads(json.dumps(hit_shape(found))))


def test_a_response_quotes_the_hits_with_spans_or_declines(opened: Open) -> None:
    knowledge = opened()
    response: dict[str, Any] = response_shape(knowledge.search("deploy the gateway"), {"total": 1.0})
    first = response["citations"][0]
    assert response["answer"][slice(*first["span"])] == f"[{first['id']}]"
    assert response["passages"][0]["agent"] == "search"
    declined = response_shape(knowledge.search("🙂 한"), {"total": 1.0})
    assert declined["citations"] == []
    assert str(declined["answer"]).startswith("이 지식베이스에는")
