"""Which words of a sentence are denied: 않다, 말다, 못, 없다, 아니다, 금지, 대신, not, never, without.

Local rules, no parser. Two denials of one word cancel out. A denied predicate denies the place or class that it speaks
of (종량제봉투에 버리면 안 됩니다).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from harness.judging.lexemes import Word
from harness.judging.lexicon import lexicon

_DENIES = re.compile(
    r"^(?:않|말[고아라며것]|마세요|마시|마십시오|마라|못[하해한합할]|없(?!애)|아니(?!요|오)|아[닌닙녜]|안[됩돼되]|불가|금[지하]"
    r"|어렵|어려[워운우]|힘들|곤란|삼가|대신|제외|외에는)"
)
_BECOME = ("되", "됩", "돼", "된", "됐")
_REACH_BACK, _REACH_AHEAD = 4, 4
_CLAUSE_ENDS = re.compile(r"[,.;:()]")
_TURNS = frozenset({"but", "because", "until", "unless"})


def with_denial(found: Sequence[Word], text: str) -> list[Word]:
    """Return the words with `denied` set, in order."""
    denied: set[int] = set()
    for position in range(len(found)):
        for target in _targets(found, position, text):
            denied ^= {target}
    denied |= {place for position in sorted(denied) for place in _place_of(found, position)} - denied
    return [replace(word, denied=True) if at in denied else word for at, word in enumerate(found)]


def denies(word: str) -> bool:
    """Whether a word denies another: 않아요, 마세요, 없다, not, never."""
    return _denies_in_english(word) if word[0].isascii() else _DENIES.search(word) is not None


def _targets(found: Sequence[Word], position: int, text: str) -> list[int]:
    """What the word at `position` denies; nothing, as a rule."""
    word = found[position].text
    if position and found[position - 1].text.endswith("뿐"):  # 형광등뿐 아니라 전구도: both are meant
        return []
    if word[0].isascii():
        return _ahead(found, position, text) if _denies_in_english(word) else []
    if word in ("안", "못") and position + 1 < len(found):
        prohibits = found[position + 1].text.startswith(_BECOME)  # 버리면 안 돼요, beside 안 버려요
        return _before(found, position, text) if prohibits else [position + 1]
    return _before(found, position, text) if _DENIES.search(word) else []


def _before(found: Sequence[Word], position: int, text: str) -> list[int]:
    """The nearest word before that says something, with the bare nouns right before it: they are one name."""
    said = (at for at in range(position - 1, max(-1, position - 1 - _REACH_BACK), -1) if _says(found[at]))
    target = next(said, -1)
    if target < 0:
        return []
    if "need" in found[target].keys or found[target].stem == "대상":  # 나눌 필요 없어요, 의류수거함 대상이 아니에요
        return [target, *([target - 1] if target else [])]
    return [target, *_bare_nouns_before(found, target, text)]


def _says(word: Word) -> bool:
    return word.sort not in ("light", "number", "mark")


def _bare_nouns_before(found: Sequence[Word], target: int, text: str) -> list[int]:
    nouns: list[int] = []
    at = target
    while at > 0 and found[target].sort == "noun" == found[at - 1].sort and not found[at - 1].role:
        if text[found[at - 1].end : found[at].start] != " ":
            break
        at -= 1
        nouns.append(at)
    return nouns


def _place_of(found: Sequence[Word], position: int) -> list[int]:
    """The place or class that a denied predicate takes: the nearest one before it in its clause."""
    if not found[position].acts:
        return []
    for target in range(position - 1, -1, -1):
        if found[target].acts:
            return []
        if found[target].role == "slot" and found[target].sort in ("noun", "name"):
            return [target]
    return []


def _denies_in_english(word: str) -> bool:
    lower = word.lower().replace("’", "'")
    return lower in lexicon().lists["negative_en"] or lower.endswith("n't")


def _ahead(found: Sequence[Word], position: int, text: str) -> list[int]:
    """The next words that say something, up to the end of the clause."""
    targets: list[int] = []
    for target in range(position + 1, len(found)):
        gap = text[found[target - 1].end : found[target].start]
        if _CLAUSE_ENDS.search(gap) or found[target].text.lower() in _TURNS or len(targets) == _REACH_AHEAD:
            break
        if found[target].sort != "light":
            targets.append(target)
    return targets
