"""Finds in a query what is named outright: decisions by number, incidents and rules by id, files by path."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from kb.documents import Document

_SPELT = "one two three four five six seven eight nine ten eleven twelve".split()
_ADR = re.compile(
    r"\b(?:adrs?|decision|결정)(?: record)?(?:\s*(?:number|no\.|nr\.|번호))?[\s:#_-]*0*(?P<after>\d{1,4})(?!\d)"
    rf"|\b(?:adr|decision)(?: record)? number (?P<spelt>{'|'.join(_SPELT)})\b"
    r"|(?<![\w.:-])0*(?P<before>\d{1,4})번째?\s?(?:adr|결정)(?![하했해되된됐])"
    # Written with its noughts a number is a record's; years have none, and telephone numbers go on.
    r"|(?<![\w.:/-])(?P<padded>0\d{3})(?![\d.:/-])",
    re.IGNORECASE,
)
_NAME = re.compile(r"[\w][\w./:-]*[\w]|\w")
_LINES = re.compile(r":\d+(?:-\d+)?$")


class Names:
    """All names by which the documents of an index can be asked for."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._places: dict[str, list[int]] = {}
        for place, document in enumerate(documents):
            for name in _names(document):
                self._places.setdefault(name, []).append(place)

    def find(self, query: str) -> tuple[int, ...]:
        """Documents that the query names, in the order of their mention.

        "ADR-0007", "adr:0007", "decision number seven", "7번 결정", "0007", an incident's or a rule's id, a path. A
        number without noughts or a bare word is a name only as the whole query, else "2026" or "paper" would be one.
        """
        text = unicodedata.normalize("NFKC", query).strip().lower().strip("[]")
        mentions = [f"adr:{_number(match)}" for match in _ADR.finditer(text)]
        words = [_LINES.sub("", word) for word in _NAME.findall(text)]
        mentions += [word for word in words if _is_telling(word) or word == text]
        found = (place for mention in mentions for place in self._places.get(mention, ()))
        return tuple(dict.fromkeys(found))


def _number(match: re.Match[str]) -> str:
    told = next(group for group in match.groups() if group)
    return (str(_SPELT.index(told) + 1) if told in _SPELT else told).zfill(4)


def _names(document: Document) -> set[str]:
    names = {also.lower() for also in document.also_at}
    if document.kind != "rule":
        names.add(document.path.lower())
    if document.doc_id:
        full = document.doc_id.lower()
        bare = full.partition(":")[2]
        names |= {full, bare, bare.lstrip("0") or "0"}
    return names


def _is_telling(word: str) -> bool:
    """True for a word that can hardly be anything but a name: with a hyphen, colon or slash, and not a number."""
    return any(mark in word for mark in "-:/") and not word.replace("-", "").isdigit()
