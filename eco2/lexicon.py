"""Find known words in a message: the longest alias wins, spaces do not matter, and no word is found inside an unrelated
longer one ("책" is not in "정책", "캔" not in "캔버스"). It does not mend typing errors; `spelling` does that before.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from eco2.words import ADNOMINAL, CONTINUATIONS, MODIFIERS, NO_NOUN, NOT_A_WORD, PARTICLES

_HANGUL = re.compile(r"[가-힣]")
_UNSPACED, _LONG_NAME = 13, 4
_NEIGHBOURS = 12
"""Letters beside a word that are looked at; enough for particles and the verb that follows without a space."""
_WORD = re.compile(r"[0-9a-z가-힣ㄱ-ㅣ]")
_NO_NOUN = re.compile(NO_NOUN, re.IGNORECASE)
_WALL = re.compile(r"[,.?!;:\n~…]")
_LEFT = re.compile(rf"(?:{MODIFIERS})+|.+(?:{ADNOMINAL})")
_PARTICLE = re.compile(rf"(?:{PARTICLES})")
_RIGHT = re.compile(rf"(?:{PARTICLES}){{0,2}}(?:$|(?:{CONTINUATIONS}))")


@dataclass(frozen=True)
class Mention:
    """A known word in a text: `text[start:end]` names each of `keys`; `word` is the alias as it is listed."""

    start: int
    end: int
    word: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class _Squeezed:
    """A text's letters without spaces and punctuation, each with its offset, its token and its clause."""

    letters: str
    offsets: tuple[int, ...]
    tokens: tuple[int, ...]
    clauses: tuple[int, ...]

    def before(self, at: int) -> str:
        """The letters of the same token before `at`, the nearest `_NEIGHBOURS`."""
        start = at
        while start and self.tokens[start - 1] == self.tokens[at] and at - start < _NEIGHBOURS:
            start -= 1
        return self.letters[start:at]

    def breaks(self, start: int, end: int) -> set[int]:
        """Where a new token begins inside a stretch, counted from its start."""
        return {at - start for at in range(start + 1, end) if self.tokens[at] != self.tokens[at - 1]}

    def after(self, end: int) -> str:
        """The letters of the token of `end - 1` from `end` on, the nearest `_NEIGHBOURS`."""
        stop = end
        while stop < len(self.letters) and self.tokens[stop] == self.tokens[end - 1] and stop - end < _NEIGHBOURS:
            stop += 1
        return self.letters[end:stop]


class Lexicon:
    """Aliases with the keys that they name. An alias may name several keys; they keep the order of `entries`."""

    def __init__(self, entries: Iterable[tuple[str, Iterable[str]]]) -> None:
        named: defaultdict[str, list[str]] = defaultdict(list)
        self.words: dict[str, str] = {}
        self._breaks: defaultdict[str, set[int]] = defaultdict(set)
        for key, aliases in entries:
            for alias in aliases:
                letters = squeeze(alias)
                if letters and key not in named[letters]:
                    named[letters].append(key)
                self.words.setdefault(letters, alias)
                self._breaks[letters] |= _breaks(alias)
        self._keys = {letters: tuple(keys) for letters, keys in named.items()}
        self._lengths: dict[str, list[int]] = {}
        for letters in self._keys:
            self._lengths.setdefault(letters[0], []).append(len(letters))
        self._lengths = {first: sorted(set(lengths), reverse=True) for first, lengths in self._lengths.items()}

    def keys_of(self, alias: str) -> tuple[str, ...]:
        """Return what an alias names when it stands alone; empty if it is not listed."""
        return self._keys.get(squeeze(alias), ())

    def find(self, text: str) -> list[Mention]:
        """Return the mentions from left to right; they do not overlap."""
        squeezed = _squeeze(_NO_NOUN.sub(lambda match: " " * len(match.group()), text))
        found: list[Mention] = []
        at, last_end = 0, -1
        while at < len(squeezed.letters):
            length = self._longest(squeezed, at, touches=at == last_end)
            if length:
                found.append(self._mention(squeezed, at, length))
                last_end = at + length
            at += length or 1
        return found

    def _longest(self, squeezed: _Squeezed, at: int, *, touches: bool) -> int:
        for length in self._lengths.get(squeezed.letters[at], ()):
            end = at + length
            if squeezed.letters[at:end] in self._keys and self._stands_free(squeezed, at, end, touches):
                return length
        return 0

    def _stands_free(self, squeezed: _Squeezed, start: int, end: int, touches: bool) -> bool:
        if end > len(squeezed.letters) or squeezed.clauses[start] != squeezed.clauses[end - 1]:
            return False
        if not squeezed.breaks(start, end) <= self._allowed_breaks(squeezed.letters[start:end]):
            return False
        letters, before, after = squeezed.letters[start:end], squeezed.before(start), squeezed.after(end)
        if (before or after) and any(_hides(word, before + letters + after, letters) for word in NOT_A_WORD):
            return False
        # Nobody writes a word this long: it is a sentence without spaces, and a long name ends anywhere in it.
        unspaced = len(before) + len(letters) + len(after) >= _UNSPACED and len(letters) >= _LONG_NAME
        return (touches or _left(before, letters)) and (unspaced or self._right(letters, after))

    def _allowed_breaks(self, letters: str) -> set[int]:
        """Where spaces may stand inside a word: anywhere in Korean, in English where the alias has them ("now on")."""
        return self._breaks[letters] if letters.isascii() else set(range(len(letters)))

    def _right(self, letters: str, after: str) -> bool:
        """Whether a word may end before `after`, the rest of its token; a listed word may follow ("빈캔유리병")."""
        if not after or not _HANGUL.match(letters[-1]):
            return after in ("", "s", "es")
        return bool(_RIGHT.match(after)) or any(self._begins(after[cut:]) for cut in _particle_ends(after))

    def _begins(self, letters: str) -> bool:
        lengths = self._lengths.get(letters[:1], ())
        return any(letters[:length] in self._keys for length in lengths if length >= 2 or length == len(letters))

    def _mention(self, squeezed: _Squeezed, at: int, length: int) -> Mention:
        letters = squeezed.letters[at : at + length]
        plural = squeezed.after(at + length) if letters[-1].isascii() else ""
        start, end = squeezed.offsets[at], squeezed.offsets[at + length - 1] + 1 + len(plural)
        return Mention(start, end, self.words[letters], self._keys[letters])


def squeeze(text: str) -> str:
    """Return the letters and digits of a text in lower case."""
    return "".join(_WORD.findall(text.lower()))


def without(text: str, mentions: Sequence[Mention]) -> str:
    """Return the text with the mentions blanked out, the rest where it was."""
    for mention in mentions:
        text = text[: mention.start] + " " * (mention.end - mention.start) + text[mention.end :]
    return text


def _breaks(alias: str) -> set[int]:
    """Return where the words of an alias begin, in letters, after the first."""
    lengths = [len(squeeze(word)) for word in re.split(r"[^0-9A-Za-z가-힣ㄱ-ㅣ]+", alias)]
    return {sum(lengths[:count]) for count in range(1, len(lengths))}


def _squeeze(text: str) -> _Squeezed:
    letters: list[str] = []
    offsets: list[int] = []
    tokens: list[int] = []
    clauses: list[int] = []
    token = clause = 0
    for offset, character in enumerate(text):
        lower = character.lower()
        if not _WORD.fullmatch(lower):
            token, clause = token + 1, clause + bool(_WALL.match(character))
            continue
        token += bool(letters) and bool(_HANGUL.match(letters[-1])) != bool(_HANGUL.match(lower))
        letters.append(lower)
        offsets.append(offset)
        tokens.append(token)
        clauses.append(clause)
    return _Squeezed("".join(letters), tuple(offsets), tuple(tokens), tuple(clauses))


def _particle_ends(letters: str) -> tuple[int, ...]:
    """Where the next word may begin: at once, or after one particle."""
    particle = _PARTICLE.match(letters)
    return (0, particle.end()) if particle else (0,)


def _hides(word: str, token: str, letters: str) -> bool:
    """Whether a token has a longer word that a known one is only a piece of ("정책" of "책", not "약도" of "물약")."""
    return word in token and letters in word and word != letters


def _left(before: str, letters: str) -> bool:
    """Whether a word may begin after `before`, the part of its token that stands before it.

    The head of a Korean compound comes last ("김치냉장고" is a 냉장고), so a word of three letters or more may follow
    anything; a shorter one only a known modifier ("빈캔"). English words begin where a token does.
    """
    if not before:
        return True
    return bool(_HANGUL.match(letters[0])) and (len(letters) >= 3 or bool(_LEFT.fullmatch(before)))
