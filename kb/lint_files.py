"""Rules about what files point to: relative links, and the code that a decision names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import unquote

from kb.lint_subject import Found, Page, Subject, resolved

_INLINE = re.compile(r"\]\(\s*<?([^()<>\s]+(?:\([^()\s]*\)[^()\s]*)?)>?(?:\s+[\"'(][^)]*)?\)")
_ESCAPED = re.compile(r"\\\[[^\[\]]*\](?=\()")
_REFERENCE = re.compile(r"^\s{0,3}\[[^\]^]+\]:\s+<?(\S+?)>?(?:\s|$)")
_CODE = re.compile(r"(?<!`)(`{1,3})(?!`).*?(?<!`)\1(?!`)")
_ELSEWHERE = re.compile(r"^(?:[a-zA-Z][a-zA-Z0-9+.-]*:|//|#|mailto)")
_PLACEHOLDER = re.compile(r"[{}<>*$|…]|\.\.\.|%[A-Z]|^\W*$")


def broken_link(subject: Subject) -> Iterator[Found]:
    """A relative link to a file that is not there."""
    exists = subject.exists
    if exists is None:
        return
    for page in subject.pages:
        if page.is_template:
            continue
        for line, target in links(page):
            path = resolved(page.path, unquote(target))
            if not path.startswith("..") and path and not exists(path):
                yield Found(page.path, line, f"link to {target} leads nowhere; mend the path or drop the link")


def gone_code(subject: Subject) -> Iterator[Found]:
    """A decision whose `code_refs` names a path that is gone."""
    exists = subject.exists
    if exists is None:
        return
    for page in (*subject.decisions, *subject.incidents):
        refs = page.meta.get("code_refs")
        for ref in refs if isinstance(refs, list) else []:
            path = str(ref).partition("#")[0].partition("::")[0].rstrip("/")
            path = re.sub(r":\d+(?:-\d+)?$", "", path)
            if path and not exists(path):
                yield Found(
                    page.path, _line_of(page, str(ref)), f"code_refs names {ref}, which is gone; name its successor"
                )


def links(page: Page) -> Iterator[tuple[int, str]]:
    """Relative link targets of a page's prose with their lines; code, addresses, anchors and placeholders left out."""
    for block in page.body:
        if block.kind not in {"prose", "heading"}:
            continue
        # The text of a heading is stripped of links, its lines are not.
        lines = page.lines[block.line_start - 1 : block.line_end]
        for number, line in enumerate(lines, start=block.line_start):
            bare = _ESCAPED.sub("", _CODE.sub("", line))
            reference = _REFERENCE.match(bare)
            targets = [reference.group(1)] if reference else _INLINE.findall(bare)
            yield from ((number, target) for target in targets if _is_relative(target))


def _is_relative(target: str) -> bool:
    path = target.partition("#")[0].partition("?")[0]
    return bool(path) and not _ELSEWHERE.match(target) and not _PLACEHOLDER.search(path) and _names_a_file(path)


def _names_a_file(path: str) -> bool:
    """True for what looks like a path: a slash, or a suffix; "[see](above)" is no link to a file."""
    return "/" in path or bool(PurePosixPath(path).suffix)


def _line_of(page: Page, text: str) -> int:
    last = page.matter.body_start - 1
    lines = page.lines[:last]
    return next((number for number, line in enumerate(lines, 1) if text in line), page.key_line("code_refs"))
