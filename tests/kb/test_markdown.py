from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from kb.markdown import blocks, front_matter, plain

TEXT = """---
id: "0007"
---
# Title
intro
# not

```python
# no heading
```
Under
-----
| a | b |
|---|---|
- list
  ~~~
  ## neither
  ~~~
<!-- comment
# hidden
-->
### Deep `code` **bold** [link](x.md) ###
"""


def lines_of(text: str) -> list[str]:
    return text.split("\n")


def test_front_matter_ends_where_it_says() -> None:
    matter = front_matter(lines_of(TEXT))
    assert (matter.yaml, matter.body_start) == ('id: "0007"', 4)


@pytest.mark.parametrize("text", ["", "---", "---\na: 1", "# x\n---\na\n---", " ---\na\n---"])
def test_what_only_looks_like_front_matter_is_text(text: str) -> None:
    assert front_matter(lines_of(text)).body_start == 1


def test_headings_are_found_with_level_line_and_words() -> None:
    found = [(b.line_start, b.level, b.text) for b in blocks(lines_of(TEXT), 4) if b.kind == "heading"]
    assert found == [(4, 1, "Title"), (6, 1, "not"), (11, 2, "Under"), (22, 3, "Deep code bold link")]


def test_blocks_carry_their_own_lines() -> None:
    lines = lines_of(TEXT)
    for block in blocks(lines, 4):
        if block.kind != "heading":
            assert block.text == "\n".join(lines[block.line_start - 1 : block.line_end])


def test_a_fence_that_never_closes_runs_to_the_end() -> None:
    (block,) = blocks(["```", "# a", "", "# b"])
    assert (block.kind, block.line_start, block.line_end) == ("code", 1, 4)


def test_a_longer_fence_holds_a_shorter_one() -> None:
    assert [b.kind for b in blocks(["````", "```", "# a", "```", "````", "after"])] == ["code", "prose"]


@pytest.mark.parametrize(
    ("heading", "words"),
    [("**a** `b`", "a b"), ("[x](y) z", "x z"), ("snake_case stays", "snake_case stays"), ("![i](p) t", "i t")],
)
def test_a_heading_is_read_as_words(heading: str, words: str) -> None:
    assert plain(heading) == words


@given(
    st.lists(st.sampled_from(["# a", "b", "", "```", "~~~", "---", "- c", "===", "<!--", "-->", "    d"]), max_size=12)
)
def test_every_line_that_says_something_is_in_exactly_one_block(lines: list[str]) -> None:
    covered = [number for block in blocks(lines) for number in range(block.line_start, block.line_end + 1)]
    silent = {number for number, line in enumerate(lines, start=1) if not line.strip() or set(line) <= {"-"}}
    assert len(covered) == len(set(covered))
    assert set(range(1, len(lines) + 1)) - set(covered) <= silent


def test_headings_of_real_documents_are_those_that_commonmark_sees(shared_data: Path) -> None:
    parser = MarkdownIt()
    for file in sorted((shared_data / "adr").rglob("*.md")):
        lines = file.read_text(encoding="utf-8").replace("\r\n", "\n").split("\n")
        start = front_matter(lines).body_start
        body = "\n" * (start - 1) + "\n".join(lines[start - 1 :])
        expected = [
            (token.map[0] + 1, int(token.tag[1]))
            for token in parser.parse(body)
            if token.type == "heading_open" and token.level == 0 and token.map
        ]
        assert [(b.line_start, b.level) for b in blocks(lines, start) if b.kind == "heading"] == expected, file
