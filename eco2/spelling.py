"""Mend small typing errors before anything is looked up: a token that is nearly a known word becomes that word.

Korean is compared by its letters (jamo), with the vowels and consonants that people confuse made one ("쇼파").
Names of places and people are not in the vocabulary on purpose: a wrong place is worse than an unknown one.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

from eco2.lexicon import squeeze
from eco2.words import CONTINUATIONS, PARTICLES, RIGHTLY_SPELT

_SHORTEST_ENGLISH = 7
MOST_TOKENS = 40
"""Tokens looked at; a pasted page is not mended."""
_TOKEN = re.compile(r"[가-힣]{2,}|[A-Za-z]{5,}")
_SUFFIX = re.compile(rf"(?:{PARTICLES}){{0,2}}(?:$|(?:{CONTINUATIONS}))")
_HANGUL = re.compile(r"[가-힣]")
_CONFUSED = str.maketrans("ㅐㅒㅖㅙㅚㅛㅕㅠㅑㄲㄸㅃㅆㅉ", "ㅔㅔㅔㅞㅞㅗㅓㅜㅏㄱㄷㅂㅅㅈ")
_LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_TAILS: tuple[str, ...] = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")


class Speller:
    """Knows how the words of a vocabulary are written."""

    def __init__(self, vocabulary: Iterable[str], names: Iterable[str] = ()) -> None:
        """Learn the words to mend towards; `names` are right as they are, but nothing is mended into one."""
        self._exact: set[str] = {squeeze(name) for name in names}
        self._by_lead: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for word in vocabulary:
            letters = squeeze(word)
            self._exact |= {letters, *(squeeze(part) for part in word.split() if part.isascii())}
            if len(letters) >= 2:
                sounds = letters_of(letters)
                self._by_lead[sounds[0]].setdefault(letters, sounds)

    def mend(self, text: str) -> str:
        """Return the text with misspelt known words put right; everything else as it was."""
        tokens = list(_TOKEN.finditer(text))[:MOST_TOKENS]
        for token in reversed(tokens):
            if (better := self._better(token.group())) is not None:
                text = text[: token.start()] + better + text[token.end() :]
        return text

    def _better(self, token: str) -> str | None:
        if not _HANGUL.match(token):
            return self._nearest(token.lower(), english_slack(token))
        if token in RIGHTLY_SPELT or any(token[:end] in self._exact for end in range(2, len(token) + 1)):
            return None
        for end in range(len(token), 1, -1):
            stem, rest = token[:end], token[end:]
            if stem in RIGHTLY_SPELT or not _SUFFIX.match(rest):
                continue
            if (word := self._nearest(stem, korean_slack(stem))) is not None:
                return word + rest
        return None

    def _nearest(self, word: str, slack: int) -> str | None:
        if slack < 0 or word in self._exact or word in RIGHTLY_SPELT:
            return None
        sounds = letters_of(word)
        candidates = self._by_lead.get(sounds[0], {})
        best = process.extractOne(sounds, candidates, scorer=OSA.distance, score_cutoff=slack)
        found = str(best[2]) if best else ""
        if word.isascii() and (len(found) < _SHORTEST_ENGLISH or found.startswith(word) or word.startswith(found)):
            return None  # a short word, or another form of one ("charge", "charger"), is no slip
        # A syllable too many or too few is another word more often than a slip of the finger.
        return found if found and (word.isascii() or len(found) == len(word)) else None


def letters_of(word: str) -> str:
    """Return a word as its jamo, confusable ones made one; Latin letters stay.

    >>> letters_of("쇼파") == letters_of("소파")
    True
    """
    sounds = "".join(_jamo(character) for character in unicodedata.normalize("NFC", word))
    return sounds.translate(_CONFUSED)


def _jamo(character: str) -> str:
    index = ord(character) - ord("가")
    if not 0 <= index < 11172:
        return character
    return _LEADS[index // 588] + _VOWELS[index % 588 // 28] + _TAILS[index % 28]


def korean_slack(word: str) -> int:
    """Return how many jamo may be wrong: none in two syllables beyond the confusable ones, one in three or four."""
    return {2: 0, 3: 1, 4: 1}.get(len(word), 2 if len(word) > 4 else -1)


def english_slack(word: str) -> int:
    """Return how many letters may be wrong, -1 for words that are too short to tell."""
    return -1 if len(word) < 6 else 1 if len(word) < 10 else 2
