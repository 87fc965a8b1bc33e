"""What counts as the same section, paragraph or message in two languages."""

from __future__ import annotations

import json

import pytest

from kb.align import align_markdown, align_po, notebook_text
from kb.documents import DocumentError

KOREAN = """---
title: 시작하기
---

# 시작하기 { #start }

이 [안내서](https://example.org/ko)는 **설치**를 다룹니다.

```bash
# 주석은 제목이 아니다
pip install x
```

## 설치 { #install }

먼저 `pip` 을
실행합니다.

| 표 | 는 |
|---|---|

<!-- 주석 -->

그다음 설정합니다.
"""
ENGLISH = """---
title: Start
---

# Getting started { #start }

This [guide](https://example.org/en) covers **installation**.

```bash
# a comment is no heading
pip install x
```

## Install { #install }

First run `pip`.

| a | table |
|---|---|

<!-- a comment -->

Then configure it.
"""


def test_sections_carry_headings_and_paragraphs_without_markup_code_and_tables() -> None:
    start, install = align_markdown(KOREAN, ENGLISH, "o/r", "ko/start.md")
    assert (start.heading_ko, start.heading_en, start.level) == ("시작하기", "Getting started", 1)
    assert start.aligned == (("이 안내서는 설치를 다룹니다.", "This guide covers installation."),)
    assert install.paragraphs_ko == ("먼저 pip 을 실행합니다.", "그다음 설정합니다.")
    assert install.aligned[1] == ("그다음 설정합니다.", "Then configure it.")
    assert (install.repo, install.path) == ("o/r", "ko/start.md")


def test_a_section_that_one_language_lacks_drops_out_and_the_rest_stays_aligned() -> None:
    english = ENGLISH + "\n### New\n\nNobody translated this.\n\n## Last\n\nThe end.\n\n## Very last\n\nGood bye.\n"
    korean = KOREAN + "\n## 끝\n\n끝입니다.\n\n## 정말 끝\n\n안녕히 가세요.\n"
    headings = [(one.heading_ko, one.heading_en) for one in align_markdown(korean, english, "o/r", "p")]
    assert headings == [("시작하기", "Getting started"), ("설치", "Install"), ("끝", "Last"), ("정말 끝", "Very last")]


def test_documents_of_different_shape_give_nothing() -> None:
    assert align_markdown("# 하나\n\n글", "# One\n\nText\n\nmore\n\n## Two\n\nText", "o/r", "p") == []


@pytest.mark.parametrize(
    "english", ["A" * 200, "그대로 둔 문단", "x"], ids=["far longer", "untranslated", "far shorter"]
)
def test_paragraphs_that_cannot_be_translations_are_kept_apart(english: str) -> None:
    (section,) = align_markdown("# 제목\n\n그대로 둔 문단", f"# Heading\n\n{english}", "o/r", "p")
    assert section.aligned == ()


@pytest.mark.parametrize("text", ["", "\n\n", "글만 있다", "# ", "```\n끝나지 않는 코드"])
def test_text_without_headings_or_end_of_code_is_no_error(text: str) -> None:
    assert all(not section.heading_ko for section in align_markdown(text, text, "o/r", "p"))


PO = r"""# Copyright
#, fuzzy
msgid ""
msgstr ""
"Project-Id-Version: x\n"

#: ../a.rst:1
msgid "Return the :class:`list` of ``names``."
msgstr ":class:`list` 의 ``names`` 를 돌려줍니다."

#: ../a.rst:2
msgid ""
"A message of \"two\" "
"lines, see `the site <https://example.org>`_."
msgstr ""
"두 줄로 된 \"메시지\", "
"`사이트 <https://example.org>`_ 참고."

#, fuzzy
msgid "Uncertain"
msgstr "불확실"

msgid "Untranslated"
msgstr ""
"""


@pytest.mark.parametrize("text", [PO, PO.replace("\n", "\r\n")], ids=["unix", "windows"])
def test_translated_messages_become_sections_without_roles_and_escapes(text: str) -> None:
    sections = align_po(text, "o/r", "a.po")
    assert [section.aligned[0] for section in sections] == [
        ("list 의 names 를 돌려줍니다.", "Return the list of names."),
        ('두 줄로 된 "메시지", 사이트 참고.', 'A message of "two" lines, see the site.'),
    ]
    assert {section.heading_ko for section in sections} == {""}


def test_a_notebook_gives_its_markdown_cells() -> None:
    cells = [{"cell_type": "markdown", "source": ["# 제목\n", "글"]}, {"cell_type": "code", "source": ["x"]}]
    assert notebook_text(json.dumps({"cells": cells}), "a.ipynb") == "# 제목\n글"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"cells": [{}]}', '{"cells": 3}'])
def test_what_is_no_notebook_is_refused_by_name(text: str) -> None:
    with pytest.raises(DocumentError, match=r"a\.ipynb"):
        notebook_text(text, "a.ipynb")
