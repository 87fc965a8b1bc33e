"""Telling an answer again: only what is new is added, and only to the same answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eco2.completions import Chunk
from eco2.splice import Diverged, Shown, Telling

ANSWER = [
    Chunk("뚜껑은 ", 0, 0, ("rule:a",)),
    Chunk("닫으세요.", 0, 0, ("rule:a",), ends=True),
    Chunk("또 봐요.", 1, 0, ends=True),
]


def shown_after(chunks: list[Chunk]) -> Shown:
    shown = Shown()
    telling = Telling(shown)
    for chunk in chunks:
        telling.new(chunk)
    return shown


def added(shown: Shown, chunks: list[Chunk]) -> str:
    telling = Telling(shown)
    fresh = [telling.new(chunk) for chunk in chunks]
    telling.finish()
    return "".join(chunk.text for chunk in fresh if chunk)


@pytest.mark.parametrize("known", range(len(ANSWER) + 1))
def test_a_second_telling_adds_what_was_not_shown(known: int) -> None:
    shown = shown_after(ANSWER[:known])

    assert added(shown, ANSWER) == "".join(chunk.text for chunk in ANSWER[known:])
    assert shown.paragraphs() == [
        [{"citations": ["rule:a"], "text": "뚜껑은 닫으세요."}],
        [{"citations": [], "text": "또 봐요."}],
    ]


@pytest.mark.parametrize(
    "other",
    [
        [Chunk("뚜껑을 ", 0, 0, ("rule:a",))],
        [Chunk("뚜껑은 ", 0, 0, ("rule:b",))],
        [Chunk("뚜껑은 ", 0, 1, ("rule:a",))],
        [Chunk("뚜껑은 닫으세요. 꼭", 0, 0, ("rule:a",))],
        [Chunk("뚜껑은 ", 0, 0, ("rule:a",), ends=True)],
        [ANSWER[0], Chunk("닫으세요.", 0, 0, ("rule:a",), ends=True), Chunk("또 봐요.", 0, 1, ends=True)],
    ],
    ids=["words", "citation", "place", "longer sentence", "shorter sentence", "paragraph"],
)
def test_another_answer_is_never_joined(other: list[Chunk]) -> None:
    with pytest.raises(Diverged):
        added(shown_after(ANSWER), other)


def test_a_telling_that_ends_before_what_was_shown_is_another_answer() -> None:
    with pytest.raises(Diverged):
        added(shown_after(ANSWER), ANSWER[:2])


def test_a_cut_sentence_keeps_its_citation_and_is_marked() -> None:
    shown = shown_after(ANSWER[:1])

    chunks = shown.close("끊겼어요.")

    assert [(chunk.text, chunk.citations, chunk.ends) for chunk in chunks] == [
        ("…", ("rule:a",), True),
        ("끊겼어요.", (), True),
    ]
    assert shown.paragraphs() == [
        [{"citations": ["rule:a"], "text": "뚜껑은 …"}, {"citations": [], "text": "끊겼어요."}]
    ]


def test_a_whole_sentence_is_not_marked_as_cut() -> None:
    assert [chunk.text for chunk in shown_after(ANSWER[:2]).close("끊겼어요.")] == ["끊겼어요."]


@given(st.lists(st.integers(1, 5), max_size=8), st.integers(0, 16))
def test_the_pieces_of_a_telling_do_not_matter(sizes: list[int], seen: int) -> None:
    text = "뚜껑은 꼭 닫아서 내놓으세요."
    shown = shown_after([Chunk(text[:seen])] if seen else [])
    pieces, start = list[Chunk](), 0
    for size in [*sizes, len(text)]:
        pieces.append(Chunk(text[start : start + size]))
        start += size

    assert text[:seen] + added(shown, pieces) == text
