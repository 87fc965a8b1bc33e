"""The target of a suite, opened when it is asked for first, and asked no faster than it allows."""

from __future__ import annotations

from collections.abc import Mapping

from harness.bench import Bench
from harness.manifest import SuiteRun
from harness.pace import Pace
from harness.ports import Target


class PacedTarget:
    """A target that keeps its rate limit; nothing is opened before the first question."""

    def __init__(self, bench: Bench, suite: SuiteRun) -> None:
        per_minute = next((one.requests_per_minute for one in bench.config.suites if one.name == suite.name), 0.0)
        self._pace = Pace(per_minute, bench.clock_s, bench.sleep_s)
        self._bench, self._suite = bench, suite
        self._target: Target | None = None

    def ask(self, request: Mapping[str, object]) -> Mapping[str, object]:
        self._target = self._target or self._bench.target(self._suite.target, self._bench.config.timeout_s)
        self._pace.wait()
        return self._target.ask(request)

    def close(self) -> None:
        if self._target is not None:
            self._target.close()
