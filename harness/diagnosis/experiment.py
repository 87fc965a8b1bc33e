"""Ask one failed case again with something put right, and see which of its failed metrics pass now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.case_files import request_of
from harness.cases import Case, Observation, Score, TargetUnusable
from harness.jsonl import dump
from harness.ports import Target
from harness.score import score
from harness.trial import Metric, Resources, Trial


@dataclass(frozen=True)
class Outcome:
    """What came of asking again: the trial, and the scores of the metrics that had failed."""

    trial: Trial
    scores: tuple[Score, ...]

    @property
    def passes(self) -> bool:
        """Every metric that had failed passes; one that cannot be measured any more does not."""
        return all(one.verdict == "PASS" for one in self.scores)

    @property
    def failing(self) -> tuple[str, ...]:
        return tuple(one.metric for one in self.scores if one.verdict != "PASS")

    def missed(self) -> list[str]:
        """The required facts that are still not said, by their first expressions."""
        found = next((one.details.get("missed") for one in self.scores if one.metric == "required_facts"), None)
        return [str(fact) for fact in found] if isinstance(found, Sequence) else []


class Experiment:
    """One failed case of one target. The same overrides are asked once."""

    def __init__(
        self, case: Case, target: Target, failing: Sequence[Metric], resources: Resources, timeout_s: float
    ) -> None:
        self.case = case
        self._target = target
        self._failing = failing
        self._resources = resources
        self._timeout_s = timeout_s
        self._asked: dict[str, Outcome] = {}

    def ask(self, overrides: Mapping[str, object]) -> Outcome:
        """Ask with some steps put right; an empty mapping asks as the run did.

        Raises:
            TargetUnusable: the target cannot be started at all.
        """
        key = dump(overrides)
        if key not in self._asked:
            self._asked[key] = self._outcome(overrides)
        return self._asked[key]

    def _outcome(self, overrides: Mapping[str, object]) -> Outcome:
        case = self.case
        response, error = self._answer({**request_of(case), **({"overrides": overrides} if overrides else {})})
        seen = Observation(case.id, case.suite, case.split, case.question, response, error)
        scores = score([case], {case.id: seen}, self._failing, None, self._resources, self._timeout_s)
        return Outcome(Trial(case, seen, self._resources), tuple(scores))

    def _answer(self, request: Mapping[str, object]) -> tuple[Mapping[str, object] | None, str | None]:
        try:
            response: object = self._target.ask(request)
        except TargetUnusable:
            raise
        except Exception as error:  # noqa: BLE001 - foreign code: an answer that does not come mends nothing
            return None, f"{type(error).__name__}: {error}"
        return (dict(response), None) if isinstance(response, Mapping) else (None, "no object with an answer")
