"""What is trained on and what is kept for measuring never share a document or a telling paragraph."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from kb.pairs import Section, split, training_pairs

FIRST = (
    "첫 문단은 설치를 설명합니다. 둘째 문장은 설정입니다.",
    "The first paragraph installs. The second sentence configures.",
)
SECOND = ("둘째 문단은 실행 방법을 다룹니다.", "The second paragraph is about running.")


def section(path: str, *aligned: tuple[str, str], headings: tuple[str, str] = ("제목", "Heading")) -> Section:
    korean, english = (tuple(pair[side] for pair in aligned) for side in (0, 1))
    return Section("o/r", path, 2, *headings, korean, english, aligned)


def test_a_section_gives_headings_translations_sentences_and_cloze_in_both_directions() -> None:
    pairs = set(training_pairs([section("a.md", FIRST, SECOND)], seed=1))
    korean, english = "\n".join((FIRST[0], SECOND[0])), "\n".join((FIRST[1], SECOND[1]))
    assert {("제목", "Heading"), ("제목", korean), ("제목", english), ("Heading", korean)} <= pairs
    assert {FIRST, SECOND, ("둘째 문장은 설정입니다.", "The second sentence configures.")} <= pairs
    cloze = {(SECOND[0], FIRST[1]), (SECOND[1], FIRST[0])}, {(FIRST[0], SECOND[1]), (FIRST[1], SECOND[0])}
    assert any(half <= pairs for half in cloze)


def test_a_section_without_headings_gives_translations_alone() -> None:
    assert set(training_pairs([section("a.po", SECOND, headings=("", ""))], seed=1)) == {SECOND}


def test_the_seed_fixes_the_pairs_and_their_order() -> None:
    sections = [section(f"{number}.md", FIRST, SECOND) for number in range(20)]
    assert training_pairs(sections, seed=3) == training_pairs(sections, seed=3)


def test_a_training_section_that_repeats_a_kept_paragraph_is_left_out() -> None:
    long = (
        "이 문단은 서로 다른 문서에 그대로 되풀이되어 나오는 꽤 긴 안내 문단이에요. " * 2,
        "A paragraph that repeats. " * 3,
    )
    sections = [section(f"{number}.md", long) for number in range(50)]
    training, kept = split(sections, 0.2)
    assert (len(training), 0 < len(kept) < 50) == (0, True)


@settings(deadline=None)
@given(st.lists(st.sampled_from("abcdefgh"), max_size=30), st.floats(0, 1))
def test_a_document_is_on_one_side_and_nothing_short_is_lost(paths: list[str], share: float) -> None:
    sections = [section(path, ("짧은 글", "Short")) for path in paths]
    training, kept = split(sections, share)
    assert not {one.path for one in training} & {one.path for one in kept}
    assert len(training) + len(kept) == len(sections)
