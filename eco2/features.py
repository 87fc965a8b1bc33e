"""What a learned model sees of a piece of a message: letters around the things named, and the cues that rules found.

Names are masked by one capital each, so that nothing is learned of single items: "T 어떻게 버려?" stands for all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from eco2.lexicon import Mention
from eco2.route import Reading

_HANGUL = re.compile(r"[가-힣ㄱ-ㅣ]")
_NO_LETTER = re.compile(r"[^0-9a-z가-힣ㄱ-ㅣTBCPM]+")
_NUMBER = re.compile(r"[0-9]+")
_MASKS = (
    ("C", ("characters",)),
    ("P", ("venues", "spots", "districts", "regions")),
    ("B", ("bulky",)),
    ("T", ("things", "into", "kind_only")),
    ("M", ("fees", "prices")),
)
"""The letter that stands for each family, the surest family first where names overlap."""
_BETWEEN = re.compile(r"(?<=[가-힣])(?= *[가-힣])")
_LEFT, _RIGHT = 4, 3
_KOREAN_GRAMS, _ENGLISH_GRAMS = (2, 3, 4), (4, 5)


def features(reading: Reading) -> frozenset[str]:
    """Return the features of a piece by name; they are there or not, none has a value."""
    text = masked(reading)
    return frozenset((*_grams(text), *_found(reading), f"marks:{'?' in reading.text}"))


def masked(reading: Reading) -> str:
    """Return the lower-cased text with every name masked and nothing but letters, one space between words."""
    text = list(reading.text.lower())
    if len(text) != len(reading.text):
        return reading.text.lower()
    taken: set[int] = set()
    for letter, families in _MASKS:
        for mention in _mentions(reading, families):
            span = set(range(mention.start, mention.end))
            if not span & taken:
                text[mention.start : mention.end] = [letter, *[""] * (len(span) - 1)]
                taken |= span
    return _NUMBER.sub("0", _NO_LETTER.sub(" ", "".join(text))).strip()


def _mentions(reading: Reading, families: Iterable[str]) -> Iterator[Mention]:
    for family in families:
        yield from getattr(reading.named, family)


def _grams(text: str) -> Iterator[str]:
    """Yield pieces of a few letters: without spaces in Korean, where they are often left out, with them in English."""
    korean = bool(_HANGUL.search(text))
    letters = f"^{text.replace(' ', '')}$" if korean else f" {text} "
    for size in _KOREAN_GRAMS if korean else _ENGLISH_GRAMS:
        for at in range(len(letters) - size + 1):
            yield f"g:{letters[at : at + size]}"
    words = text.split()
    yield from (f"w:{word}" for word in words)
    yield from (f"w:{one} {next_}" for one, next_ in pairwise(words))


def _found(reading: Reading) -> Iterator[str]:
    """Yield what the rules found: cues, the kinds of names, what they settled on."""
    for intent, cues in reading.cues.items():
        yield from (f"cue:{intent}:{cue}" for cue in cues)
    for letter, families in _MASKS:
        if next(_mentions(reading, families), None):
            yield f"names:{letter}"
    if reading.named.residue:
        yield f"unknown:{min(len(reading.named.residue), 3)}"
    yield f"rules:{'+'.join(reading.intents) or 'none'}"
    yield from (f"rules-with:{intent}" for intent in reading.intents)


def cut_places(message: str) -> list[int]:
    """Return the offsets between two Korean letters, spaces or none between them, where a new question might begin."""
    return [match.start() for match in _BETWEEN.finditer(message)]


def cut_features(message: str, at: int) -> Iterator[str]:
    """Yield what speaks for a new question at an offset: the letters on both sides, spaces left out."""
    left = message[max(0, at - 2 * _LEFT) : at].replace(" ", "")[-_LEFT:]
    right = message[at : at + 2 * _RIGHT].replace(" ", "")[:_RIGHT]
    yield f"space:{message[at : at + 1] == ' '}"
    yield from (f"l:{left[-size:]}" for size in range(1, len(left) + 1))
    yield from (f"r:{right[:size]}" for size in range(1, len(right) + 1))
    yield from (f"lr:{left[-one:]}|{right[:other]}" for one in (1, 2) for other in (1, 2))
