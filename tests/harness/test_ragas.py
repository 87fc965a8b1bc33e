"""ragas beside our own arithmetic. Left out where the extra is not installed; nothing else imports it."""

from __future__ import annotations

import math
import os
import socket

import pytest

from harness.metrics import METRICS
from harness.metrics.injection import METRICS as INJECTION
from harness.score import score
from tests.harness.support import CAP, a_case, a_trial, an_observation, resources

ragas = pytest.importorskip("ragas", reason="no ragas: pip install 'eco2-agent-kb[eval]'")


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise AssertionError("somebody opens a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.mark.parametrize("injected", [["rule:cap"], ["rule:cap", "rule:x"], ["rule:x"]])
def test_its_id_metrics_equal_ours(injected: list[str]) -> None:
    from harness.adapters import ragas as adapter

    case = a_case(rules=["cap", "label"])
    trial = a_trial({"answer": "a", "passages": [{"id": id_, "text": ""} for id_ in injected]}, case)
    ours = {row.name: row.measure(trial) for row in INJECTION}
    recall = ours["injected_rule_recall"]
    assert getattr(recall, "value", recall) == adapter.id_context_recall(injected, case.rules)
    assert ours["injected_rule_precision"] == adapter.id_context_precision(injected, case.rules)
    assert os.environ["RAGAS_DO_NOT_TRACK"] == "true"


def test_identical_korean_is_identical() -> None:
    from harness.adapters import ragas as adapter

    assert adapter.string_similarity(CAP, CAP) == 1.0
    assert 0 < adapter.string_similarity(CAP, "유리병은 헹궈서 내놓으세요.") < 1


def test_a_nan_of_ragas_is_unmeasured() -> None:
    from harness.adapters import ragas as adapter

    assert math.isnan(adapter.id_context_precision([], ["rule:cap"]))
    row = METRICS["ragas_id_context_precision"]
    seen = an_observation({"answer": "a", "passages": []})
    with_ragas = resources(ragas=lambda: adapter)
    (found,) = score([a_case(rules=["cap"])], {"c": seen}, [row], {"answer", "passages"}, with_ragas, 5)
    assert (found.verdict, found.value) == ("UNMEASURED", None)
