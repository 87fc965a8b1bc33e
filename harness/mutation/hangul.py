"""Korean endings that depend on the letter before them: particles, the copula, a consonant put under a syllable."""

from __future__ import annotations

import re

_FIRST, _FINALS = 0xAC00, 28
_NIEUN, _RIEUL, _PIEUP = 4, 8, 17
_DIGIT_FINALS = {"0": 21, "1": 8, "2": 0, "3": 16, "4": 0, "5": 0, "6": 1, "7": 8, "8": 8, "9": 0}
_SIGN_FINALS = {
    "%": 0,
    "℃": 0,
    "L": 8,
    "l": 8,
    "m": 0,
    "M": 16,
    "N": 16,
    "R": 8,
    "T": 0,
    "D": 0,
    "E": 0,
    "P": 0,
    "S": 0,
}
_PAIRS = (("은", "는"), ("이", "가"), ("을", "를"), ("과", "와"), ("으로", "로"), ("이에요", "예요"), ("이고", "고"),
          ("이나", "나"), ("이자", "자"), ("이라", "라"), ("이며", "며"), ("이니", "니"))  # fmt: skip
_PARTICLE = re.compile(
    r"(이에요|예요|으로|로|이라|이고|이나|이자|이며|이니|은|는|이|가|을|를|과|와)(?=(?:는|도|만)?(?:$|[\s,.!?)’'\"]))"
)


def final(character: str) -> int:
    """Index of the final consonant, 0 for none; digits and signs by how they are read."""
    if "가" <= character <= "힣":
        return (ord(character) - _FIRST) % _FINALS
    return _DIGIT_FINALS.get(character, _SIGN_FINALS.get(character, 0))


def with_final(syllables: str, index: int) -> str:
    """Put another final consonant under the last syllable; 0 takes it away."""
    last = ord(syllables[-1]) - _FIRST
    return syllables[:-1] + chr(_FIRST + last - last % _FINALS + index)


def with_nieun(syllables: str) -> str:
    return with_final(syllables, _NIEUN)


def with_rieul(syllables: str) -> str:
    return with_final(syllables, _RIEUL)


def with_pieup(syllables: str) -> str:
    return with_final(syllables, _PIEUP)


def without_final(syllables: str) -> str:
    return with_final(syllables, 0)


def ends_in_rieul(word: str) -> bool:
    return final(word[-1]) == _RIEUL


def particle(word: str, ending: str) -> str:
    """The form of a particle or the copula that fits a word: 은/는, 이/가, 을/를, 과/와, 으로/로, 이에요/예요, …."""
    for closed, open_ in _PAIRS:
        if ending in (closed, open_):
            if closed == "으로" and ends_in_rieul(word):
                return open_
            return closed if final(word[-1]) else open_
    return ending


def swapped(text: str, start: int, end: int, new: str) -> str:
    """Put another noun in the place of `text[start:end]` and mend the particle behind it."""
    rest = text[end:]
    if match := _PARTICLE.match(rest):
        rest = particle(new, match.group(1)) + rest[match.end(1) :]
    return text[:start] + new + rest
