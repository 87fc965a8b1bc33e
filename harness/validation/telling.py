"""Test questions that stand, word for word or nearly, in a text that a bot could have read: a skill, a prompt, a rule.

A finding names the case and the place, never the question: whoever mends it should not learn the test by mending.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from harness.case_files import normalised
from harness.cases import Case

SHORTEST = 12
"""Questions of fewer letters stand in a text by chance."""
NEARLY = 0.8
"""A passage that holds this share of a question's letter sequences holds the question."""
GRAM = 5
"""Letters of such a sequence: about two Korean words' cores, so that shared phrases are not shared questions."""
_MARKS = re.compile(r"[\W_]+")
"""What `normalised` leaves out, in one step: whole files pass here."""
_SLACK = 1.3
"""How much longer than the question a passage may be that holds it in pieces."""


@dataclass(frozen=True)
class Asked:
    """A question by its letter sequences: how many of them give it away, within how many letters."""

    grams: frozenset[str]
    needed: float
    reach: float

    @classmethod
    def of(cls, letters: str) -> Asked:
        grams = frozenset(_grams(letters))
        return cls(grams, NEARLY * len(grams), _SLACK * len(letters))


def given_away(texts: Iterable[tuple[str, str]], cases: Sequence[Case]) -> list[str]:
    """Say of each text which test cases it gives away.

    Args:
        texts: (path, text) of what a bot could have read.
        cases: of all splits; only those of `test` count, and of them those of `SHORTEST` letters and more.
    """
    tests = [case for case in cases if case.split == "test" and len(normalised(case.question)) >= SHORTEST]
    asked = [Asked.of(normalised(case.question)) for case in tests]
    index: defaultdict[str, list[int]] = defaultdict(list)
    for number, question in enumerate(asked):
        for gram in question.grams:
            index[gram].append(number)
    return [
        f"{path}:{line}: holds the question of test case {tests[number].id!r}, or nearly; reword one of them"
        for path, text in texts
        for line, number in _hits(text, index, asked)
    ]


def _hits(text: str, index: dict[str, list[int]], asked: Sequence[Asked]) -> Iterator[tuple[int, int]]:
    """(line, number) of each question that stands in the text, at its first place."""
    lines = [_MARKS.sub("", line) for line in unicodedata.normalize("NFKC", text).lower().split("\n")]
    starts = [0, *accumulate(map(len, lines))]
    places: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    for at, gram in enumerate(_grams("".join(lines))):
        for number in index.get(gram, ()):
            places[number].append((at, gram))
    for number, found in sorted(places.items()):
        question = asked[number]
        if len(found) >= question.needed and (place := _densest(found, question)) is not None:
            yield bisect_right(starts, place), number


def _densest(found: Sequence[tuple[int, str]], question: Asked) -> int | None:
    """Where a passage of about the question's length begins that holds enough of its sequences; None for nowhere."""
    within: Counter[str] = Counter()
    window: deque[tuple[int, str]] = deque()
    for place, gram in found:
        window.append((place, gram))
        within[gram] += 1
        while place - window[0][0] > question.reach:
            _, gone = window.popleft()
            within[gone] -= 1
            if not within[gone]:
                del within[gone]
        if len(within) >= question.needed:
            return window[0][0]
    return None


def _grams(text: str) -> list[str]:
    return [text[at : at + GRAM] for at in range(len(text) - GRAM + 1)]
