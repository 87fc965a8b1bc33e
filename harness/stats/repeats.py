"""Several runs of the same cases: how often all of k would pass, and whether the system or its judge is unsteady."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import comb
from typing import Literal

from harness.cases import NOTHING, Score
from harness.jsonl import dump

Flake = Literal["steady", "system", "judge", "both"]
Digest = tuple[str, str, int, str]
"""Suite, case id, repeat, digest of the response."""
SAID = frozenset(
    "answer answerable intents sub_queries agents passages citations hits degraded tool_calls citation_checks".split()
)
"""Parts of a response that say something. All others differ from run to run while the same is said: times, events,
costs, and what the contract does not know, such as the id of a trace.
"""


@dataclass(frozen=True)
class Repeated:
    """One metric of one case over its repeats.

    Attributes:
        suite: its name.
        id: of the case.
        split: of the case.
        metric: its name.
        repeats: those with a number.
        passes: those that passed.
        unmeasured: those without a number.
        answers: how many different responses there were.
        flake: who is unsteady. `system`: different responses got different scores. `judge`: one and the same response
            did. `both`: the judge is, and the responses differ too, so whose part is which cannot be told.
    """

    suite: str
    id: str
    split: str
    metric: str
    repeats: int
    passes: int
    unmeasured: int
    answers: int
    flake: Flake

    def pass_power(self, k: int) -> float | None:
        """The chance that k repeats all pass; None below k repeats."""
        return pass_power(self.passes, self.repeats, k)


def pass_power(passes: int, n: int, k: int) -> float | None:
    """Estimate without bias how likely k new repeats all pass, from n; None where n < k.

    Raises:
        ValueError: more passes than repeats, or k below 1.

    Source:
        Yao et al.: tau-bench, 2024: pass^k = C(passes, k) / C(n, k).
    """
    if not 0 <= passes <= n or k < 1:
        raise ValueError(f"passes must be between 0 and n and k 1 or more, got {passes} of {n}, k {k}")
    return comb(passes, k) / comb(n, k) if n >= k else None


def response_digest(response: Mapping[str, object] | None) -> str:
    """What a target said, as 16 hex digits; times, ids of jobs and the like left out."""
    said = {name: part for name, part in (response or NOTHING).items() if name in SAID}
    return hashlib.sha256(dump(dict(sorted(said.items()))).encode()).hexdigest()[:16]


def ledger(scores: Iterable[Score], digests: Iterable[Digest], reads_volatile: Collection[str] = ()) -> list[Repeated]:
    """Tell each metric of each case over its repeats, in the order of the scores. Both inputs are read once.

    Args:
        scores: of any suites; a metric that finds nothing to measure in an answer has no number there.
        digests: of the responses; a repeat without one counts as a response of its own.
        reads_volatile: metrics that look at parts that the digests leave out: their unsteadiness is the system's.
    """
    said = {(suite, id_, repeat): digest for suite, id_, repeat, digest in digests}
    groups: dict[tuple[str, str, str], list[Score]] = {}
    for score in scores:
        groups.setdefault((score.suite, score.id, score.metric), []).append(score)
    return [_repeated(group, _answers(group, said, reads_volatile)) for group in groups.values()]


def _answers(scores: Sequence[Score], said: Mapping[tuple[str, str, int], str], volatile: Collection[str]) -> list[str]:
    own = [f"repeat {score.repeat}" for score in scores]
    if scores[0].metric in volatile:
        return own
    return [said.get((score.suite, score.id, score.repeat), alone) for score, alone in zip(scores, own, strict=True)]


def _repeated(scores: Sequence[Score], answers: Sequence[str]) -> Repeated:
    first = scores[0]
    verdicts = [score.verdict for score in scores]
    return Repeated(
        suite=first.suite,
        id=first.id,
        split=first.split,
        metric=first.metric,
        repeats=verdicts.count("PASS") + verdicts.count("FAIL"),
        passes=verdicts.count("PASS"),
        unmeasured=verdicts.count("UNMEASURED"),
        answers=len(set(answers)),
        flake=_flake([score.value for score in scores], answers),
    )


def _flake(values: Sequence[float | None], answers: Sequence[str]) -> Flake:
    by_answer: dict[str, set[float | None]] = {}
    for value, answer in zip(values, answers, strict=True):
        by_answer.setdefault(answer, set()).add(value)
    if any(len(of_one) > 1 for of_one in by_answer.values()):
        return "both" if len(by_answer) > 1 else "judge"
    return "steady" if len(set(values)) <= 1 else "system"
