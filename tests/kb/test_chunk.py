from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from kb.chunk import LIMIT, Origin, passages, title_of
from kb.documents import Passage
from kb.markdown import blocks

ORIGIN = Origin("docs/a.md", "doc", "Title")
LINES = st.lists(
    st.sampled_from(["# Title", "## One", "### Deep", "words " * 30, "- item", "", "```", "x = 1", "한글 " * 60, "|"]),
    max_size=60,
)


def cut(text: str) -> list[Passage]:
    lines = text.split("\n")
    return passages(ORIGIN, lines, blocks(lines))


def test_a_passage_carries_the_headings_above_it_without_the_title() -> None:
    found = cut("# Title\n\n" + "a " * 300 + "\n\n## One\n" + "b " * 300 + "\n\n### Deep\n" + "c " * 300)
    assert [passage.heading for passage in found] == ["", "One", "One > Deep"]
    assert {passage.title for passage in found} == {"Title"}


def test_text_is_the_file_s_own_lines() -> None:
    text = "# Title\n\nfirst\n\n## One\n" + "b " * 400 + "\n"
    lines = text.split("\n")
    for passage in cut(text):
        assert passage.text == "\n".join(lines[passage.line_start - 1 : passage.line_end])
        assert passage.id == f"docs/a.md:{passage.line_start}-{passage.line_end}"


def test_tiny_sections_of_one_parent_are_joined() -> None:
    found = cut("# Title\n\n## One\nshort\n\n## Two\nshort\n\n## Three\nshort\n")
    assert len(found) == 1
    assert found[0].heading == ""


def test_a_heading_does_not_stand_alone() -> None:
    found = cut("# Title\n\n## One\n\n### Deep\n" + "w " * 700)
    assert [(passage.line_start, passage.heading) for passage in found] == [(1, "One > Deep")]


def test_code_is_shown_whole_and_read_by_its_words_once() -> None:
    (passage,) = cut("# Title\n\nprose words\n\n```\nfoo bar foo bar foo\n┌──┐\n```\n")
    assert passage.text.count("foo") == 3
    assert passage.indexed is not None
    assert passage.indexed.count("foo") == 1
    assert "prose words" in passage.indexed


def test_comments_and_addresses_are_not_read() -> None:
    (passage,) = cut("# Title\n\nsee [guide](https://example.org/secret)\n\n<!-- hidden order -->\n")
    assert passage.indexed is not None
    assert "secret" not in passage.indexed
    assert "hidden" not in passage.indexed


def test_a_single_line_longer_than_the_limit_stays_whole() -> None:
    (passage,) = cut("x" * (3 * LIMIT))
    assert len(passage.text) == 3 * LIMIT


def test_a_document_without_text_has_no_passages() -> None:
    assert cut("") == cut("\n\n---\n\n") == []


def test_the_title_is_the_first_heading_unless_it_comes_late() -> None:
    assert title_of(blocks(["# A", "text"])) == "A"
    assert title_of(blocks(["text", "", "## Late"])) is None
    assert title_of(blocks(["text"])) is None


@settings(max_examples=150, deadline=None)
@given(LINES)
def test_passages_are_short_ordered_and_cover_every_block(lines: list[str]) -> None:
    found = passages(ORIGIN, lines, blocks(lines))
    covered = [n for passage in found for n in range(passage.line_start, passage.line_end + 1)]
    assert covered == sorted(set(covered))
    assert {n for block in blocks(lines) for n in (block.line_start, block.line_end)} <= set(covered)
    assert len({passage.id for passage in found}) == len(found)
    blank = sum(not line.strip() for line in lines)
    assert all(len(passage.text) <= LIMIT + blank + 400 for passage in found)
