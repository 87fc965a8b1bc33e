"""Cut a message where a new question may begin. Cutting too often is meant: `understand` joins what belongs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from eco2.tables import alternation, question, table

Joint = Literal["start", "sentence", "clause", "list"]

MOST_PIECES = 12
"""Cuts beyond these are not made; the rest of a long message stays one piece."""

_TABLE = table("patterns")["split"]
_ENDINGS = alternation(f"(?<={ending})" for ending in _TABLE["open_endings"])
_NO_NOUN = "".join(f"(?<!{noun})" for noun in _TABLE["nouns_in_go"])
_OPENERS = alternation(_TABLE["english_openers"])
_ADDRESS = question("web_address")
_SENTENCE = re.compile(r"(?<=[.?!？！…~])\s*(?=\S)|\n+|\s*[;]\s*|(?<=[ㅋㅎㅠㅜ])\s+")
_CLAUSE_KO = re.compile(
    r"(?<=[가-힣])\s*,\s*(?=\S)"
    rf"|\s+(?=(?:{alternation(_TABLE['links'])})(?:\s|,|$))"
    r"|\s+(?=또\s)"
    rf"|(?:{_ENDINGS})\s+(?=\S)"
    rf"|(?<=[가-힣](?:고|며))(?<!그리고){_NO_NOUN}\s+(?!{alternation(_TABLE['not_after_and'])})(?=\S)"
    rf"|(?<=(?:{alternation(_TABLE['mutters'])}))(?=그리고(?!\s*싶))|(?<=[가-힣])/(?=[가-힣])"
    r"|(?<=[가-힣]면서)\s+(?=\S)|\s+[/+|]\s*(?=\S)|\s*[/|]\s+(?=\S)|(?<=\S)\s+(?=\d\s?[).]\s)"
    rf"|(?<![가-힣])(?:{alternation(_TABLE['final'])})(?P<final>\s+)(?=\S)"
)
_UNSPACED_KO = re.compile(
    rf"(?<=[가-힣])(?:{alternation(_TABLE['unspaced_final'])})(?=[가-힣])(?!{alternation(_TABLE['not_after_final'])})"
    rf"|(?:{alternation(_TABLE['topics'])})(?:이?랑|하고|과|와|도)(?=[가-힣])(?!{alternation(_TABLE['not_after_topic'])})"
)
_LIST_KO = re.compile(r"(?<=[가-힣](?:랑|과|와|및))\s+(?=\S)|(?<=하고)\s+(?=\S)|\s+(?=및\s)|(?<=[가-힣]도)\s+(?=\S)")
_CLAUSE_EN = re.compile(
    rf"\s*,?\s+(?=(?:and|also|plus|then|but)\s+(?:also\s+)?(?:{_OPENERS})\b)|\s*,\s+(?=\S)"
    r"|\s+(?=as well as\b)|\s+(?=(?:also|plus)\b)",
    re.IGNORECASE,
)
_LIST_EN = re.compile(r"\s+(?=and\b)|\s+(?=&\s)", re.IGNORECASE)
_STARTERS = re.compile(rf"^(?:\d\s?[).]\s+)?(?:(?:{alternation(_TABLE['starters'])})[\s,]+)?", re.IGNORECASE)
_ONLY_A_LINK = re.compile(rf"\s*(?:{alternation(_TABLE['starters'])})\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Piece:
    """A stretch of the message, `message[start:end]`, with how it hangs on the one before."""

    start: int
    end: int
    joint: Joint

    def of(self, message: str) -> str:
        return message[self.start : self.end].strip()


def pieces(message: str, also: Iterable[int] = ()) -> list[Piece]:
    """Return the pieces of a message, in order; together they cover it but for spaces and cut marks.

    `also` are offsets where a question begins though none of the patterns matches. An address is never cut.
    """
    cuts: dict[int, tuple[int, Joint]] = {at: (at, "clause") for at in also}
    rows: tuple[tuple[Joint, re.Pattern[str]], ...] = (
        ("sentence", _SENTENCE), ("clause", _CLAUSE_KO), ("clause", _UNSPACED_KO), ("clause", _CLAUSE_EN),
        ("list", _LIST_KO), ("list", _LIST_EN),
    )  # fmt: skip
    for joint, pattern in rows:
        for match in pattern.finditer(message):
            cuts.setdefault(match.end(), (_cut_start(match), joint))
    whole = [match.span() for match in _ADDRESS.finditer(message)]
    return _between(message, {end: cut for end, cut in cuts.items() if not any(a < end < b for a, b in whole)})


def _cut_start(match: re.Match[str]) -> int:
    """Return where the words between two pieces begin: the space after a final verb, else the whole match."""
    if match.re is _UNSPACED_KO:
        return match.end()
    space = match.groupdict().get("final")
    return match.end() - len(space) if space else match.start()


def _between(message: str, cuts: Mapping[int, tuple[int, Joint]]) -> list[Piece]:
    found: list[Piece] = []
    begin = 0
    how: Joint = "start"
    for end in sorted(cuts)[: MOST_PIECES - 1]:
        stop, joint = cuts[end]
        if message[begin:stop].strip() and not _ONLY_A_LINK.fullmatch(message[begin:stop]):
            found.append(Piece(begin, stop, how))
            begin, how = end, joint
    if message[begin:].strip() or not found:
        found.append(Piece(begin, len(message), how))
    return found


def bare(text: str) -> str:
    """Return a piece without the word that links it to the one before ("그리고 …", "and …")."""
    return _STARTERS.sub("", text).strip(" ,")
