"""What ragas makes of the faults of `tests.harness.faults`: its own `evaluate`, with an offline stub as the judge.

Two answers are evaluated, of which the second is wrong: without a fault the mean is 0.5. Each fault hits the second.
"""

from __future__ import annotations

import json
import math
import multiprocessing
import os
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import harness.adapters.ragas  # noqa: F401 - turns its telemetry off before its first import

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from langchain_core.outputs import Generation, LLMResult
    from ragas import EvaluationDataset, SingleTurnSample, evaluate
    from ragas.llms.base import BaseRagasLLM
    from ragas.metrics._faithfulness import Faithfulness
    from ragas.metrics.base import Metric, MetricType, SingleTurnMetric
    from ragas.run_config import RunConfig

RIGHT: dict[str, Any] = {
    "user_input": "페트병은?", "response": "라벨을 떼세요.", "retrieved_contexts": ["라벨을 떼세요."],
}  # fmt: skip
WRONG: dict[str, Any] = {**RIGHT, "user_input": "뚜껑은?", "response": "뚜껑을 떼세요. WRONG"}
_QUICK = RunConfig(max_retries=1, max_wait=1, timeout=30)
_HANG_S = 60.0
Says = Callable[[str], str | None]
"""What the stub does with a prompt about the wrong answer: its text, None for the right one, or it raises."""


class StubJudge(BaseRagasLLM):
    """Splits an answer by lines and supports what stands in the context; `says` may break that for the wrong one."""

    def __init__(self, says: Says = lambda prompt: None, log: Path | None = None) -> None:
        super().__init__(run_config=_QUICK)
        self._says, self._log = says, log

    def is_finished(self, response: object) -> bool:
        return True

    def generate_text(self, *arguments: object, **named: object) -> Any:
        raise NotImplementedError("evaluate() asks by agenerate_text")

    async def agenerate_text(self, prompt: Any, *arguments: object, **named: object) -> Any:
        text = str(prompt.to_string())
        if self._log is not None:
            with self._log.open("a", encoding="utf-8") as log:
                log.write("asked\n")
        said = self._says(text) if "WRONG" in text else None
        return LLMResult(generations=[[Generation(text=_verdict(text) if said is None else said)]])


class Broken(SingleTurnMetric):
    """1 for the right answer; for the wrong one NaN, or it raises."""

    def __init__(self, *, raises: bool) -> None:
        self._raises = raises
        self.name = "broken"
        self._required_columns = {MetricType.SINGLE_TURN: {"response"}}

    def init(self, run_config: object) -> None:
        """Needs nothing."""

    async def _single_turn_ascore(self, sample: Any, callbacks: object) -> float:
        if "WRONG" not in sample.response:
            return 1.0
        if self._raises:
            raise RuntimeError("the judge model is out of memory")
        return math.nan


def told() -> dict[str, str]:
    """By the name of the fault what ragas says, after having been run on it."""
    both, unlucky = [RIGHT, WRONG], "the wrong answer is left out"
    return {
        "none": _mean(both),
        "judge times out": f"{_mean(both, StubJudge(_times_out))}: {unlucky}",
        "judge answers with bad JSON": f"{_mean(both, StubJudge(lambda prompt: 'Sure! Supported.'))}: {unlucky}",
        "metric gives NaN": f"{_mean(both, metric=Broken(raises=False))}: {unlucky}",
        "metric raises": f"{_mean(both, metric=Broken(raises=True))}: {unlucky}",
        "empty answer": f"{_mean([RIGHT, {**WRONG, 'response': ''}])}: the empty answer is left out",
        "empty context": _mean([RIGHT, {**RIGHT, "retrieved_contexts": []}]),
        "crash in mid-run": _crash(),
        "id stands twice among the cases": f"{_mean([RIGHT, RIGHT, WRONG])}: counted twice, nothing said",
        "rows are lost from the results": f"{_mean([RIGHT])}: nothing said",
        "case gone since the baseline": f"{_mean([RIGHT])}: nothing said",
    }


def _mean(rows: Sequence[dict[str, Any]], judge: StubJudge | None = None, metric: Metric | None = None) -> str:
    """The mean that `evaluate` prints, or what it raises."""
    samples = EvaluationDataset(samples=[SingleTurnSample(**row) for row in rows])
    llm = judge or StubJudge()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = evaluate(
                samples, metrics=[metric or Faithfulness(llm=llm)], llm=llm, run_config=_QUICK, show_progress=False
            )
    except Exception as error:  # noqa: BLE001 - what ragas raises is what is to be shown
        return f"raises {type(error).__name__}"
    return f"returns {found}"


def _crash() -> str:
    """Kill an evaluation while the second answer is judged, evaluate again, count what the judge was asked."""
    with TemporaryDirectory() as folder:
        log = Path(folder) / "asked.log"
        child = multiprocessing.get_context("spawn").Process(target=_hang, args=(log,))
        child.start()
        while not (log.exists() and len(log.read_text().splitlines()) >= 3):
            time.sleep(0.1)
        child.kill()
        child.join()
        kept = [name for name in os.listdir(folder) if name != log.name]
        log.write_text("")
        _mean([RIGHT, WRONG], StubJudge(log=log))
        again = len(log.read_text().splitlines())
    return f"exit code {child.exitcode}, {len(kept)} results kept; the next run asks all {again} times again"


def _hang(log: Path) -> None:
    _mean([RIGHT, WRONG], StubJudge(_sleeps, log))


def _sleeps(prompt: str) -> str | None:
    time.sleep(_HANG_S)
    return None


def _times_out(prompt: str) -> str:
    raise TimeoutError("the judge gave no answer within 30 s")


def _verdict(prompt: str) -> str:
    """The output that the prompt of `Faithfulness` asks for, of the input that stands last in it."""
    asked = prompt[prompt.rfind("input:") :]
    given = json.loads(asked[asked.index("{") : asked.rindex("}") + 1])
    if "statements" not in given:
        return json.dumps({"statements": [line for line in given["answer"].split("\n") if line]}, ensure_ascii=False)
    rows = [{"statement": line, "reason": "", "verdict": int(line in given["context"])} for line in given["statements"]]
    return json.dumps({"statements": rows}, ensure_ascii=False)
