"""Text at the door: one normal form, and whether it is Korean or English. Other languages are answered in English."""

from __future__ import annotations

import re
import unicodedata

from eco2.turns import Language

MOST_CHARACTERS = 1000
_HANGUL = re.compile(r"[가-힣ㄱ-ㅎㅏ-ㅣ]")
_LATIN_WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")
_ENGLISH_GRAMMAR = frozenset(
    "a an and are be can do does for from go goes how i in into is it me my of on or please should tell that the this "
    "to what where which who with you".split()
)
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff\x00-\x08\x0b-\x1f\x7f]")
_SPACES = re.compile(r"[^\S\n]+")


def tidy(text: str) -> str:
    """Return `text` in NFC without invisible characters, single-spaced, cut at `MOST_CHARACTERS` code points.

    Korean typed on some systems arrives decomposed (NFD), one code point a letter; rules are written composed.
    """
    kept = unicodedata.normalize("NFC", text[: 4 * MOST_CHARACTERS])
    kept = _INVISIBLE.sub("", kept.replace("\r", "\n").replace("\t", " "))
    return _SPACES.sub(" ", kept).strip()[:MOST_CHARACTERS]


def language_of(text: str, otherwise: Language = "ko") -> Language:
    """Return the language of a sentence; `otherwise` when there are no letters at all.

    Any Hangul makes it Korean ("PET PP 뭐가 달라?") unless English grammar outweighs it ("How do I sort 페트병?").
    Letters of any other script count as English.
    """
    hangul, words = len(_HANGUL.findall(text)) / 2, _LATIN_WORD.findall(text.lower())
    grammar = sum(word in _ENGLISH_GRAMMAR for word in words)
    if hangul:
        return "en" if grammar >= 2 and hangul < len(words) else "ko"
    if words:
        return "en"
    return "en" if any(character.isalpha() for character in text) else otherwise
