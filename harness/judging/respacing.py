"""Put spaces where a Korean claim has none: 수거함에넣어요 beside a context that writes 수거함에.

Only words that the context has as they stand are told apart, so nothing is guessed: what it does not know stays whole.
"""

from __future__ import annotations

import re
from functools import lru_cache

from harness.judging.evidence import Evidence
from harness.judging.korean import PARTICLES

_LONG, _PIECE, _LONGEST = 6, 2, 12
_TOKEN = re.compile(r"\S+")
_TRIMMED = ".,!?:;()[]\"'·"
_HANGUL_RUN = re.compile(r"[가-힣]{2}")


def respaced(claim: str, known: Evidence) -> str:
    """Return the claim with spaces inside long words of which the context has most in pieces."""
    return _TOKEN.sub(lambda match: _apart(match.group(), known.texts), claim)


def _apart(token: str, texts: tuple[str, ...]) -> str:
    if len(token) < _LONG or not _HANGUL_RUN.search(token) or any(token.strip(_TRIMMED) in text for text in texts):
        return token
    pieces, known = _pieces(token, _vocabulary(texts))
    return " ".join(pieces) if len(pieces) > 1 and 2 * known >= len(token) else token


def _pieces(token: str, vocabulary: frozenset[str]) -> tuple[list[str], int]:
    """Cut by the longest words first; what is between them stays together. Also how many characters were known."""
    pieces: list[str] = []
    rest, known, at = "", 0, 0
    while at < len(token):
        ends = range(min(len(token), at + _LONGEST), at + _PIECE - 1, -1)
        end = next((end for end in ends if token[at:end] in vocabulary), None)
        if end is None:
            rest, at = rest + token[at], at + 1
            continue
        _put(rest, pieces)
        pieces.append(token[at:end])
        rest, known, at = "", known + end - at, end
    _put(rest, pieces)
    return pieces, known


def _put(rest: str, pieces: list[str]) -> None:
    """A particle or a lone syllable stays with the word before it."""
    if pieces and (len(rest) == 1 or rest in PARTICLES):
        pieces[-1] += rest
    elif rest:
        pieces.append(rest)


@lru_cache(maxsize=64)
def _vocabulary(texts: tuple[str, ...]) -> frozenset[str]:
    words = (word.strip(_TRIMMED) for text in texts for word in text.split())
    return frozenset(word for word in words if len(word) >= _PIECE and _HANGUL_RUN.search(word))
