"""What a change touches in the knowledge: for a pull request, as Markdown within a comment's size, or plain."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kb.briefs.binding import IN_TEXT, Binding
from kb.briefs.changes import Change
from kb.briefs.contradictions import Doubt, doubts
from kb.briefs.pointers import Pointer
from kb.documents import Hit
from kb.lineage import Lineage
from kb.lint_text import without_hidden
from kb.markdown import without_links

MOST_CHARACTERS = 60_000
"""A comment on a pull request holds 65,536."""
_MOST_OF_A_KIND = 10
_MOST_ALIKE = 3
_WORDS_OF_A_CHANGE = 60
_LIVE = re.compile(r"(?P<code>`[^`]*`)|(?P<tag><)|(?<![\w/@])@[\w-]+(?:/[\w-]+)?")
_TITLES = {"adr": "Decisions", "incident": "Incidents", "rule": "Rules", "skill": "Skills", "doc": "Documents"}


@dataclass(frozen=True)
class Brief:
    """The knowledge around a change. `alike` are incidents that a search finds by the words of the change."""

    changes: tuple[Change, ...]
    doubts: tuple[Doubt, ...]
    binding: tuple[Pointer, ...]
    alike: tuple[Pointer, ...]


def brief_of(
    changes: Sequence[Change],
    binding: Binding,
    lineage: Lineage,
    find_incidents: Callable[[str], Sequence[Hit]],
) -> Brief:
    """Gather what binds a change, what it may contradict and which incidents are alike.

    Args:
        changes: of one diff.
        binding: of the index.
        lineage: of the same index.
        find_incidents: searches incidents by words, best first, none where nothing answers.
    """
    paths = [change.path for change in changes]
    bound = binding.pointers(paths, IN_TEXT)
    known = {pointer.citation for pointer in bound}
    alike = [
        binding.shelf.pointer(place, "has words in common with the change", hit.passage)
        for hit in find_incidents(" ".join(_words(changes)))
        for place in lineage.places(hit.passage.doc_id or "")[:1]
        if hit.passage.doc_id not in known
    ]
    return Brief(
        tuple(changes), tuple(doubts(changes, binding.shelf, lineage)), tuple(bound), tuple(alike[:_MOST_ALIKE])
    )


def markdown(brief: Brief) -> str:
    """The brief as a comment: doubts first, then what binds, then incidents; cut where a comment would end."""
    lines = ["## Knowledge that this change touches", ""]
    lines += [f"{len(brief.changes)} files, {len(brief.binding)} documents bind them, {len(brief.doubts)} doubts.", ""]
    if brief.doubts:
        lines += ["### May contradict", ""]
        lines += [
            f"- `{_code(doubt.path)}:{doubt.line}` {_plain(doubt.message)} {_place(doubt.record)}"
            for doubt in brief.doubts
        ]
        lines.append("")
    for kind, title in _TITLES.items():
        lines += _listed(title, [pointer for pointer in brief.binding if pointer.kind == kind])
    lines += _listed("Incidents with the same words", brief.alike)
    if not (brief.doubts or brief.binding or brief.alike):
        lines.append("No decision, incident, rule or skill names these files.")
    return _cut("\n".join(lines).rstrip() + "\n")


def _listed(title: str, pointers: Sequence[Pointer]) -> list[str]:
    if not pointers:
        return []
    lines = [f"### {title}", ""]
    told = pointers[:_MOST_OF_A_KIND]
    lines += [
        f"- [{pointer.citation}] {_plain(pointer.title)} {_place(pointer)}: {_plain(pointer.why)}" for pointer in told
    ]
    if len(pointers) > _MOST_OF_A_KIND:
        lines.append(f"- and {len(pointers) - _MOST_OF_A_KIND} more")
    return [*lines, ""]


def _place(pointer: Pointer) -> str:
    return f"(`{_code(pointer.path)}:{pointer.line_start}`)"


def _plain(text: str) -> str:
    """What somebody wrote as it may stand in a comment: one line, no picture, link or tag, and nobody is called."""
    bare = without_links(" ".join(without_hidden(text).split()))
    return _LIVE.sub(lambda found: found["code"] or (found["tag"] and "&lt;") or f"`{found[0]}`", bare)


def _code(path: str) -> str:
    return " ".join(path.replace("`", "'").split())


def _words(changes: Sequence[Change]) -> list[str]:
    """Words of the lines that were added, the rarest shapes first: names before plain words."""
    text = " ".join(line for change in changes for _, line in change.added)
    words = dict.fromkeys(re.findall(r"[A-Za-z_][\w.]{3,}|[가-힣]{2,}", text))
    names = [word for word in words if "_" in word or "." in word or any(map(str.isupper, word[1:]))]
    return [*names, *(word for word in words if word not in names)][:_WORDS_OF_A_CHANGE]


def _cut(text: str) -> str:
    return text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS].rsplit(chr(10), 1)[0]}\n\n… cut\n"
