from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from harness import cli
from harness.cases import UnknownMetric
from harness.metrics import METRICS, chosen, ragas_model
from harness.plan import RAGAS
from harness.trial import Metric, Trial
from tests.harness import bots
from tests.harness.support import BOTS, CAP


def _left_with(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        cli.main(arguments)
    return int(left.value.code or 0)


def test_starting_the_command_loads_nothing_heavy(repository: Path) -> None:
    code = "import sys, harness.cli; print([n for n in sys.modules if n in ('numpy','pandas','ragas','yaml','httpx')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=repository)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "command", [[], ["run"], ["gate"], ["validate"], ["freeze"], ["profiles"], ["demo"], ["baseline", "accept"]]
)
def test_every_command_has_help(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert _left_with(*command, "--help") == 0
    assert "Usage" in capsys.readouterr().out


def test_without_a_command_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert _left_with() == 3
    assert "validate" in "".join(capsys.readouterr())


def test_the_table_of_metrics_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert _left_with("metrics") == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in METRICS)


def test_a_target_that_gives_only_an_answer_is_evaluated_with_the_rest_said_once(
    environment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _left_with("run", "--target", f"{BOTS}:words_only") == 0
    printed = capsys.readouterr()
    assert printed.err.count("gives no 'intents'") == 1
    assert "N/A for golden, no 'passages' given" in printed.out
    _left_with("gate")
    printed = capsys.readouterr()
    assert printed.out.count("N/A ") == 4
    assert "gold accept" in printed.out


def test_every_metric_is_described_and_bounded() -> None:
    for row in METRICS.values():
        assert row.doc
        assert row.needs
        if not row.unit:
            assert row.floor == (1.0 if row.direction == "lower" else 0.0)
    needs_no_model = {row.name for row in METRICS.values() if row.extra} - {row.name for row in ragas_model.METRICS}
    assert set(RAGAS) == needs_no_model


def test_a_users_metric_is_a_function_or_a_row() -> None:
    def politeness(trial: Trial) -> bool:
        """Ends politely."""
        return trial.answer.endswith("요.")

    row = chosen(["mine:politeness"], lambda name: politeness)[-1]
    assert (row.name, row.doc, row.direction, row.needs) == ("politeness", "Ends politely.", "higher", ("answer",))
    given = Metric("given", bots.no_number, ("answer",), "lower", "")
    assert chosen(["mine:given"], lambda name: given)[-1] is given
    with pytest.raises(UnknownMetric, match="intent_f1"):
        chosen(["f1"], lambda name: None)


def test_claims_are_judged_line_by_line_and_a_bad_row_does_not_stop_the_rest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = tmp_path / "rows.jsonl"
    good = json.dumps({"id": "a", "context": [CAP], "claim": CAP}) + "\n"
    rows.write_text(good + '{"id": "b"}\n' + good.replace('"a"', '"c"'), encoding="utf-8")
    assert _left_with("judge", "score", str(rows)) == 3
    one, two, three = map(json.loads, capsys.readouterr().out.splitlines())
    assert [one["id"], two["id"], three["id"]] == ["a", "b", "c"]
    assert one["verdict"] == "supported"
    assert "error" in two
