"""Following an answer while it arrives: the same sentences whatever the pieces are."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eco2.completions import Chunk, Garbled, chunks_of
from eco2.compose import render
from eco2.live_text import LiveText
from eco2.partial_answer import PartialAnswer
from eco2.phrases import say
from eco2.ports import Completion
from eco2.turns import Evidence

IDS = st.lists(st.sampled_from(["rule:a", "rule:b", "rule:made-up"]), max_size=2)
SENTENCE = st.fixed_dictionaries({"citations": IDS, "text": st.text(max_size=8)})
TEXT_FIRST = st.fixed_dictionaries({"text": st.text(max_size=8), "more": st.none() | st.integers(), "citations": IDS})
DRAFT = st.fixed_dictionaries({"paragraphs": st.lists(st.lists(SENTENCE | TEXT_FIRST, max_size=3), max_size=3)})
EVIDENCE = [Evidence(id_, "rules.yaml", 1, 2, "") for id_ in ("rule:a", "rule:b")]


def told(text: str, sizes: list[int]) -> list[Chunk]:
    partial, chunks, start = PartialAnswer("m"), list[Chunk](), 0
    for size in [*sizes, len(text)]:
        chunks += partial.feed(text[start : start + size])
        start += size
    return chunks


def sentences(chunks: list[Chunk]) -> dict[tuple[int, int, tuple[str, ...]], str]:
    found: dict[tuple[int, int, tuple[str, ...]], str] = {}
    for chunk in chunks:
        place = (chunk.paragraph, chunk.sentence, chunk.citations)
        found[place] = found.get(place, "") + chunk.text
    return found


@settings(max_examples=300)
@given(DRAFT, st.lists(st.integers(0, 9), max_size=30), st.booleans(), st.sampled_from([None, 1]))
def test_any_pieces_of_any_draft_tell_its_sentences(
    draft: dict[str, object], sizes: list[int], ascii_only: bool, indent: int | None
) -> None:
    text = "```json\n" + json.dumps(draft, ensure_ascii=ascii_only, indent=indent) + "\n```"

    chunks = told(text, sizes)

    assert sentences(chunks) == sentences(list(chunks_of(Completion(draft, "m")))[:-1])
    ended = [(chunk.paragraph, chunk.sentence) for chunk in chunks if chunk.ends]
    assert ended == sorted(set(ended))


@settings(max_examples=300)
@given(DRAFT, st.lists(st.integers(0, 9), max_size=30))
def test_the_screen_ends_up_with_what_the_finished_answer_says(draft: dict[str, object], sizes: list[int]) -> None:
    screen = LiveText(EVIDENCE, "en")

    text = "".join(screen.write(chunk) for chunk in told(json.dumps(draft), sizes)) + screen.finish()

    assert text == render(draft, EVIDENCE, "en").text


@given(DRAFT, st.integers(0, 200))
def test_a_sentence_without_its_evidence_is_never_begun(draft: dict[str, object], end: int) -> None:
    screen = LiveText(EVIDENCE)
    written = "".join(screen.write(chunk) for chunk in told(json.dumps(draft)[:end], []))

    assert "rule:made-up" not in written


def test_nothing_on_the_screen_is_said_in_a_sentence() -> None:
    screen = LiveText([], "en")

    assert screen.write(Chunk("Close it.", citations=("rule:a",), ends=True)) == ""
    assert screen.finish() == say("nothing_left").text_en


def test_a_letter_in_two_escapes_is_shown_when_both_are_there() -> None:
    partial = PartialAnswer("m")
    start = partial.feed('{"paragraphs": [[{"citations": [], "text": "a\\ud83d')

    rest = partial.feed('\\ude00b"}]]}')

    assert [chunk.text for chunk in (*start, *rest)] == ["a", "😀b"]


@pytest.mark.parametrize(
    "text",
    [
        '{"paragraphs": [[{"citations": [], "text": "a\nb"}]]}',
        '{"paragraphs": [[{"citations": [], "text": "\\ud83d!"}]]}',
        '{"paragraphs": [[{"citations": [], "text": "\\udc00"}]]}',
        '{"paragraphs": [[{"citations": [], "text": "\\x"}]]}',
        '{"paragraphs": [[{"text": "a"}]]}',
        '{"paragraphs" [',
        "{paragraphs: [",
        '{"a": ' + "[" * 60,
    ],
)
def test_what_is_no_json_is_noticed_at_once(text: str) -> None:
    with pytest.raises(Garbled):
        PartialAnswer("m").feed(text)
