"""Mutate accepted claims, ask the judge for each mutant, and count: what was killed, what fell by mistake."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harness.cases import Judgement
from harness.intervals import wilson
from harness.mutation.mutants import Family, Mutant, Operator, Pool, Start
from harness.ports import Judge

PER_CELL = 50
"""Mutants of one operator in one language at most: the interval of a share of 0.9 is then 17 points wide."""
SEED = 20260120


@dataclass(frozen=True)
class Trialled:
    """A mutant with what the judge made of it."""

    mutant: Mutant
    judgement: Judgement

    @property
    def killed(self) -> bool:
        """Called unsupported; an abstention kills nothing."""
        return self.judgement.verdict == "unsupported"


@dataclass(frozen=True)
class Rate:
    """A share of mutants called unsupported: kills of mutations, false kills of rewrites. "" stands for all."""

    family: Family
    operator: str
    language: str
    n: int
    killed: int
    abstained: int

    @property
    def value(self) -> float:
        return self.killed / self.n

    @property
    def bounds(self) -> tuple[float, float]:
        """Wilson's, 95 %."""
        return wilson(self.killed, self.n)


@dataclass(frozen=True)
class Outcome:
    """A mutation test. `asked` starts by source, those of them that the judge `accepted` unmutated, every mutant."""

    asked: Mapping[str, int]
    accepted: Mapping[str, int]
    tried: tuple[Trialled, ...]

    def survivors(self) -> list[Trialled]:
        """Mutations that the judge did not call unsupported."""
        return [trial for trial in self.tried if trial.mutant.family == "mutation" and not trial.killed]

    def false_kills(self) -> list[Trialled]:
        """Rewrites that it did."""
        return [trial for trial in self.tried if trial.mutant.family == "rewrite" and trial.killed]


def mutation_test(judge: Judge, pool: Pool, operators: Iterable[Operator], per_cell: int = PER_CELL) -> Outcome:
    """Try each operator on the pool's starts, in each language on at most `per_cell` mutants.

    Mutants of a start that the judge does not call supported are dropped: nothing else can be killed by a mutation.
    """
    drawn = [mutant for operator in operators for queue in _queues(operator, pool) for mutant in queue[:per_cell]]
    asked: Counter[str] = Counter()
    accepted: Counter[str] = Counter()
    judged: dict[tuple[str, str, str], Judgement] = {}
    for start, mutants in _by_start(drawn):
        asked[start.source] += 1
        if _judged(judge, start, start.text).verdict == "supported":
            accepted[start.source] += 1
            judged |= {mutant.key: _judged(judge, start, mutant.text) for mutant in mutants}
    tried = tuple(Trialled(mutant, judged[mutant.key]) for mutant in drawn if mutant.key in judged)
    return Outcome(asked, accepted, tried)


def _by_start(mutants: Iterable[Mutant]) -> list[tuple[Start, list[Mutant]]]:
    """Mutants with their start, so that a judge that remembers a context reads it once."""
    found: dict[str, tuple[Start, list[Mutant]]] = {}
    for mutant in mutants:
        found.setdefault(mutant.start.id, (mutant.start, []))[1].append(mutant)
    return list(found.values())


def rates(tried: Sequence[Trialled]) -> list[Rate]:
    """Rates by operator and language, by operator, by language and overall; mutations before rewrites."""
    cells: dict[tuple[Family, str, str], list[Trialled]] = defaultdict(list)
    for trial in tried:
        mutant = trial.mutant
        for key in ((mutant.operator, mutant.language), (mutant.operator, ""), ("", mutant.language), ("", "")):
            cells[(mutant.family, *key)].append(trial)
    return [_rate(key, trials) for key, trials in cells.items()]


def _rate(key: tuple[Family, str, str], trials: Sequence[Trialled]) -> Rate:
    abstained = sum(trial.judgement.verdict == "abstain" for trial in trials)
    return Rate(*key, n=len(trials), killed=sum(trial.killed for trial in trials), abstained=abstained)


def _judged(judge: Judge, start: Start, claim: str) -> Judgement:
    return judge.judge(start.question, start.context, claim)


def _queues(operator: Operator, pool: Pool) -> list[list[Mutant]]:
    """The mutants of an operator by language, in the order in which they are drawn."""
    by_language: dict[str, list[Mutant]] = defaultdict(list)
    for start in pool.starts:
        for mutant in operator.mutants(start, pool):
            by_language[mutant.language].append(mutant)
    return [_spread(by_language[language]) for language in sorted(by_language)]


def _spread(mutants: Sequence[Mutant]) -> list[Mutant]:
    """Take in turn from each frame (how the claim ends, where it comes from), by a hash within: stable as data grow."""
    frames: dict[tuple[str, str], list[Mutant]] = defaultdict(list)
    for mutant in sorted(mutants, key=_lot):
        frames[(mutant.start.source, _frame(mutant.start))].append(mutant)
    queues = sorted(frames.values(), key=lambda queue: _lot(queue[0]))
    turns = range(max(map(len, queues), default=0))
    return [queue[turn] for turn in turns for queue in queues if turn < len(queue)]


def _frame(start: Start) -> str:
    words = start.text.rstrip(" .!").split()
    return " ".join(words[-2:] if start.language == "ko" else words[:2])


def _lot(mutant: Mutant) -> bytes:
    return hashlib.sha256(f"{SEED} {' '.join(mutant.key)}".encode()).digest()
