"""How people type: spaces left out, slips of the finger, no question mark, chat marks. Each takes a message and a
source of randomness, and returns the message as somebody in a hurry sends it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from random import Random

Slip = Callable[[str, Random], str]

_HANGUL_WORD = re.compile(r"[가-힣]{2,}")
_LATIN_WORD = re.compile(r"[A-Za-z]{5,}")
_CONFUSED = {"ㅐ": "ㅔ", "ㅔ": "ㅐ", "ㅚ": "ㅙ", "ㅙ": "ㅚ", "ㅖ": "ㅔ"}
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_LEAD, _VOWEL, _FIRST = 588, 28, ord("가")
_TWIN_TAILS = {20: 19, 2: 1}
"""Final consonants that are typed without the shift key: ㅆ as ㅅ, ㄲ as ㄱ."""
_MARKS = ("ㅠㅠ", "ㅋㅋ", "ㅎㅎ", "...", "!!", "~", "ㅜㅜ")


def unspaced(text: str, _: Random) -> str:
    return text.replace(" ", "")


def few_spaces(text: str, chance: Random) -> str:
    """Leave out about half of the spaces."""
    return "".join(letter for letter in text if letter != " " or chance.random() < 0.5)


def mistyped(text: str, chance: Random) -> str:
    """Mistype one word that is long enough to bear it."""
    words = list((_HANGUL_WORD if _HANGUL_WORD.search(text) else _LATIN_WORD).finditer(text))
    chance.shuffle(words)
    for word in words:
        slipped = _korean(word.group()) if _HANGUL_WORD.match(word.group()) else _english(word.group(), chance)
        if slipped != word.group():
            return text[: word.start()] + slipped + text[word.end() :]
    return text


def unmarked(text: str, _: Random) -> str:
    """Leave out the marks at the end, and capitals in English."""
    return text.rstrip("?.! ").lower() if text.isascii() else text.rstrip("?.! ")


def chatty(text: str, chance: Random) -> str:
    return f"{text.rstrip('?.! ')} {chance.choice(_MARKS)}" if not text.isascii() else f"{text.rstrip('?.! ')}??"


def plain(text: str, _: Random) -> str:
    return text


SLIPS: Mapping[str, Slip] = {
    "plain": plain,
    "unmarked": unmarked,
    "typo": mistyped,
    "few-spaces": few_spaces,
    "chat": chatty,
    "unspaced": unspaced,
}


def _korean(word: str) -> str:
    """Confuse the first syllable that is easily confused; the word itself when there is none."""
    for at, letter in enumerate(unicodedata.normalize("NFC", word)):
        index = ord(letter) - _FIRST
        vowel, tail = _VOWELS[index % _LEAD // _VOWEL], index % _VOWEL
        other, open_tail = _CONFUSED.get(vowel, vowel), _TWIN_TAILS.get(tail, tail)
        if (other, open_tail) != (vowel, tail):
            shifted = index - index % _LEAD + _VOWELS.index(other) * _VOWEL + open_tail
            return word[:at] + chr(_FIRST + shifted) + word[at + 1 :]
    return word


def _english(word: str, chance: Random) -> str:
    """Swap two letters inside a word."""
    at = chance.randrange(1, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
