"""What a record states, in one line that can stand anywhere, and the lines that it is taken from."""

from __future__ import annotations

import re

from kb.briefs.pointers import TELLING, Pointer, Shelf
from kb.markdown import blocks, without_links
from kb.mentions import mentions
from kb.sentences import sentences

_DESCRIPTION = re.compile(r"^description:[ \t]*([^|>\s].*)$", re.MULTILINE)
_LONGEST_GIST = 220


def gist(shelf: Shelf, place: int) -> str:
    """The first sentence of the section that decides; of a rule or skill what it says; empty for none."""
    document = shelf.documents[place]
    passages = shelf.passages(place)
    if document.kind == "rule":
        return short(passages[0].text.split("\n")[0]) if passages else ""
    pattern = TELLING.get(document.kind)
    if pattern is None:
        found = _described(shelf, place)
        return short(found[1].strip("\"'")) if found else ""
    for passage in passages:
        body = blocks(passage.text.split("\n"))
        for sentence in sentences(body):
            headings = (*passage.heading.split(" > "), *sentence.headings)
            if any(pattern.search(heading) for heading in headings) and len(sentence.text) > 10:
                return short(sentence.text)
    return ""


def lines_of(pointer: Pointer, shelf: Shelf, place: int) -> str:
    """The lines that a statement is taken from: of a skill its description, else the whole file."""
    passages = shelf.passages(place)
    if passages and (found := _described(shelf, place)):
        line = passages[0].line_start + passages[0].text.count("\n", 0, found.start())
        return f"{pointer.path}:{line}"
    return f"{pointer.path}:1-{passages[-1].line_end if passages else 1}"


def flat(text: str) -> str:
    """A text on one line, without links and citations of its own: they would be dead or count as the skill's."""
    bare = without_links(" ".join(text.split()))
    for mention in reversed(mentions(bare)):
        bare = f"{bare[: mention.start]}{mention.name}{bare[mention.end :]}"
    return bare


def short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_GIST else f"{text[: _LONGEST_GIST - 2].rstrip()} …"


def _described(shelf: Shelf, place: int) -> re.Match[str] | None:
    """The description of a skill: the index keeps its front matter as text of the first passage alone."""
    passages = shelf.passages(place)
    is_skill = shelf.documents[place].kind == "skill"
    return _DESCRIPTION.search(passages[0].text) if is_skill and passages else None
