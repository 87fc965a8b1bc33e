"""Which cases ask the same: in the same words, or in nearly the same. Over the splits that is a leak."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from harness.case_files import normalised_question
from harness.cases import Case

NEAR = 0.8
"""Questions that share this much of their letter triples ask the same in other clothes."""
Pair = tuple[Case, Case]


def place(case: Case) -> str:
    """File and line, as findings begin."""
    return f"{case.path}:{case.line}"


def leaks(cases: Sequence[Case], pairs: Sequence[Pair]) -> list[str]:
    """Test cases that a dev case gives away: the same question but for spaces, marks and a few letters."""
    found: dict[str, str] = {}
    for one, other in pairs:
        dev, test = sorted((one, other), key=lambda case: case.split)
        if (dev.split, test.split) == ("dev", "test"):
            found.setdefault(test.id, f"{place(test)}: asks what dev case {dev.id!r} ({place(dev)}) asks; rewrite one")
    return [found[case.id] for case in cases if case.id in found]


def repeats(pairs: Sequence[Pair]) -> list[str]:
    """Cases of one split that ask nearly the same, of the same picture and place: one of them tells nothing new."""
    return [
        f"{place(later)}: asks nearly what {first.id!r} ({place(first)}) asks; one of them is enough"
        for first, later in pairs
        if first.split == later.split and setting(first) == setting(later)
    ]


def shown(case: Case, label: str) -> str:
    """A label as a finding may show it: one of the test split stays untold."""
    return "(untold, test split)" if case.split == "test" else repr(label)


def setting(case: Case) -> tuple[object, ...]:
    """What a question is asked of: the same words with another picture or place are another question."""
    return (case.kind, *((turn.image, turn.location) for turn in case.turns))


def alike(cases: Sequence[Case]) -> list[Pair]:
    """Pairs of cases whose questions share `NEAR` of their letter triples (Jaccard), the earlier case first.

    Only pairs that share a rare triple are compared: two sets that are this alike must share one of the first few, when
    both are sorted by how rare their triples are.

    Source:
        Chaudhuri, Ganti, Kaushik: A Primitive Operator for Similarity Joins in Data Cleaning, ICDE 2006.
    """
    triples = [_triples(normalised_question(case)) for case in cases]
    pairs = ((one, other) for one, other in _candidates(triples) if _likeness(triples[one], triples[other]) >= NEAR)
    return [(cases[one], cases[other]) for one, other in sorted(pairs)]


def _candidates(sets: Sequence[frozenset[str]]) -> Iterator[tuple[int, int]]:
    often = Counter(triple for triples in sets for triple in triples)
    seen: defaultdict[str, list[int]] = defaultdict(list)
    for index, triples in enumerate(sets):
        rarest = sorted(triples, key=lambda triple: (often[triple], triple))
        prefix = rarest[: len(rarest) - int(NEAR * len(rarest)) + 1]
        yield from ((earlier, index) for earlier in {one for triple in prefix for one in seen[triple]})
        for triple in prefix:
            seen[triple].append(index)


def _triples(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 3] for at in range(max(1, len(text) - 2)))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)
