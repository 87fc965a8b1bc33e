"""How a claim says a thing beside how its evidence says it: denied or not, as a duty or a leave, on a condition.

The words that decide this are grammar and weigh nothing as content, so a claim that changes only them would else pass
for a copy. Each kind of mark is looked for in the claim and in the sentences that it aligns with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from harness.judging.alignment import STANDS, Alignment
from harness.judging.look import Look

Counts = dict[str, float]

_KOREAN = {
    "denies": r"지\s?(?:는|도|를)?\s?(?:않|말|마|못)|(?<![가-힣])(?:안|못) |없|아니[에며고라다]|아닙|아닌"
    r"|금지|불가|말고|면 안",
    "waives": r"지 않아도|지 않으셔도|안 [가-힣]{1,3}도 |필요[는가도]? ?없|없어도|의무[가는]? 아니",
    "allows": r"[어아여해워려]도 (?:되|돼|됩|된|될|좋|괜찮|무방)|ㄹ 수 있|수 있|가능|허용",
    "demands": r"야 (?:하|해|합|돼|되|됩)|세요|십시오|바랍니다|의무|필요해|필요합",
    "conditions": r"(?<!드리)(?<!따르)(?<!하자)면(?=[\s,])|(?:경우|때)(?:에|에는|는|만|에만)?(?=[\s,])|만약"
    r"|이상|이하|미만|초과",
}
_ENGLISH = {
    "denies": r"\b(?:not|never|no|cannot|nor|neither|none|nothing|nobody|without|hardly|barely|unable|forbidden"
    r"|prohibited|banned|wrong to)\b|n't\b",
    "waives": r"\b(?:(?:need|have|required|necessary|obliged)\b.{0,4}\bnot"
    r"|not (?:need|have to|required|necessary|obliged)|n't (?:need|have to)|no need|needn't|optional|voluntary"
    r"|unnecessary|no obligation|(?:nobody|no one|none) (?:has|have|needs?) to|if you (?:like|want|wish)|up to you)\b",
    "allows": r"\b(?:may|can|could|might|allowed|permitted|fine to|free to|liberty to|welcome to)\b(?! not)",
    "demands": r"\b(?:must|should|have to|has to|need to|needs to|required|obliged|mandatory)\b",
    "conditions": r"\b(?:if|when|unless|once|until|under|over|less|fewer|at least|at most|or more|otherwise)\b",
}
_KINDS = tuple(_ENGLISH)
_EITHER = {kind: re.compile(f"{_ENGLISH[kind]}|{_KOREAN[kind]}", re.IGNORECASE) for kind in _KINDS}


@lru_cache(maxsize=4_096)
def marks(text: str) -> tuple[int, ...]:
    """How often each kind of mark stands in a text: denies, waives, allows, demands, conditions."""
    return tuple(len(pattern.findall(text)) for pattern in _EITHER.values())


def stance(seen: Look) -> Counts:
    """What only one side marks; and how much of what both say only one side denies."""
    mine = dict(zip(_KINDS, marks(seen.claim_text), strict=True))
    theirs = dict(zip(_KINDS, marks(_beside(seen)), strict=True))
    found = {f"{kind}_alone": float(mine[kind] > 0 == theirs[kind]) for kind in _KINDS}
    left = {f"{kind}_left_out": float(theirs[kind] > 0 == mine[kind]) for kind in ("denies", "allows", "conditions")}
    uneven = float((mine["denies"] + theirs["denies"]) % 2)
    return {**found, **left, "denies_uneven": uneven, "flipped": max(map(_flipped, seen.alignments), default=0.0)}


def _beside(seen: Look) -> str:
    """The statements that the parts of a claim align with, in reading order; a semicolon ends one."""
    told: dict[tuple[int, int], list[str]] = {}
    for alignment in seen.alignments:
        told.setdefault(alignment.segment.place, []).append(alignment.segment.text)
    beside = (sentence for sentence in seen.known.sentences if sentence.place in told)
    return "\n".join(part for sentence in beside for part in _statements(sentence.text, told[sentence.place]))


def _statements(sentence: str, aligned: list[str]) -> list[str]:
    """The parts of a sentence between semicolons that have any of the aligned texts; all of it where none has."""
    parts = sentence.split(";")
    return [part for part in parts if any(text in part for text in aligned)] or parts


def _flipped(alignment: Alignment) -> float:
    """Of the words that both sides have and at least one denies, the share that only one denies."""
    met = [
        (word.denied, meeting.word.denied)
        for word, meeting in zip(alignment.words, alignment.meetings, strict=True)
        if meeting.word is not None and meeting.closeness >= STANDS
    ]
    return _share(one != other for one, other in met if one or other)


def _share(flags: Iterable[bool]) -> float:
    found = list(flags)
    return sum(found) / len(found) if found else 0.0
