from __future__ import annotations

import json
import shutil
from itertools import count
from pathlib import Path

import pytest

from harness import cli
from harness.adapters.json_schema import complaint
from harness.app import Site
from harness.cases import Judgement
from tests.harness.support import BOTS, CAP, CASES, ExactJudge, full, write_rows, write_workspace

FLAKY = """\
calls = 0

def answer(request):
    global calls
    calls += 1
    return {"answer": "네" if calls % 2 else "아니요", "intents": ["waste"] if calls % 2 else ["weather"]}
"""


def _left_with(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        cli.main(arguments)
    return int(left.value.code or 0)


@pytest.fixture(scope="module")
def two_runs_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A good bot in `a`, one that says nothing in `b`, forty cases more than the workspace has; for copying."""
    folder = write_workspace(tmp_path_factory.mktemp("two"))
    more = [{**CASES[0], "id": f"more-{index}", "turns": [f"페트병 {index}개 어떻게 버려?"]} for index in range(40)]
    write_rows(folder / "datasets" / "golden-dev.jsonl", [full(row, "dev") for row in (*CASES, *more)])
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("KB_WORKSPACE", raising=False)
        patch.chdir(folder)
        patch.setattr(Site, "judge", ExactJudge())
        for bot, out in (("answer", "a"), ("empty", "b")):
            assert _left_with("run", "--target", f"{BOTS}:{bot}", "--out", out) == 0
    return folder


@pytest.fixture
def two_runs(two_runs_once: Path, tmp_path: Path, exact_judge: ExactJudge, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "copy"
    shutil.copytree(two_runs_once, folder)
    monkeypatch.delenv("KB_WORKSPACE", raising=False)
    monkeypatch.chdir(folder)
    return folder


def test_the_help_says_how_two_revisions_models_or_prompts_are_compared(capsys: pytest.CaptureFixture[str]) -> None:
    assert _left_with("compare", "--help") == 0
    printed = capsys.readouterr().out
    assert all(
        word in printed for word in ("Two revisions", "models or prompts", "compare baseline", "--fail-on-worse")
    )


def test_two_runs_stand_side_by_side(two_runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _left_with("compare", "a", "b") == 0
    printed = capsys.readouterr().out
    assert printed.startswith("A: a (golden: ")
    verdicts = {line.split()[1]: line for line in printed.splitlines() if line.startswith("golden  ")}
    assert verdicts["citation_coverage"].endswith("worse")
    assert verdicts["false_answer"].endswith("no difference seen; these cases can see no drop at all")
    assert verdicts["total"].split() == ["golden", "total", "12.0", "12.0", "1.00", "–", "–", "–"]
    assert verdicts["calls"].split() == ["golden", "calls", "a", "turn", "2", "2", "1.00"]
    assert "golden citation_coverage changed most (dev): dev-bottle 1 → 0" in printed
    assert "test-" not in printed


def test_a_worse_run_fails_only_where_that_is_asked_for(two_runs: Path) -> None:
    assert _left_with("compare", "a", "b", "--fail-on-worse") == 1
    assert _left_with("compare", "b", "a", "--fail-on-worse") == 0


def test_fewer_metrics_see_more(two_runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = []
    for chosen in ((), ("--metric", "intent_f1")):
        assert _left_with("compare", "a", "b", "--json", *chosen) == 0
        rows = json.loads(capsys.readouterr().out)["metrics"]
        found.append(next(row["smallest_effect"] for row in rows if row["metric"] == "intent_f1"))
    assert len(rows) == 1
    assert found[1] < found[0]


def test_the_baseline_is_one_of_the_two_and_json_keeps_its_schema(
    two_runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _left_with("baseline", "accept", "a", "--reason", "first") == 0
    capsys.readouterr()
    assert _left_with("compare", "baseline", "b", "--json") == 0
    table = json.loads(capsys.readouterr().out)
    assert complaint("compare", table) is None
    assert table["a"]["name"] == "baseline"
    assert "worse" in {row["verdict"] for row in table["metrics"]}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("baseline", "baseline"), "compared with itself"),
        (("baseline", "b"), "nothing was accepted yet"),
        (("a", "nowhere"), "no run in"),
        (("a", "b", "--metric", "beauty"), "no metric 'beauty'"),
    ],
)
def test_what_cannot_be_compared_is_one_line(
    two_runs: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, str], message: str
) -> None:
    assert _left_with("compare", *arguments) == 3
    assert message in capsys.readouterr().err


def test_a_margin_holds_or_fails_by_the_accepted_baseline(two_runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gate = "gates:\n  - {metric: citation_coverage, suite: golden, margin: 0.1}\n"
    (two_runs / "margin.yaml").write_text(gate, encoding="utf-8")
    assert _left_with("baseline", "accept", "a", "--reason", "first") == 0
    assert [_left_with("gate", out, "--gates", "margin.yaml") for out in "ab"] == [0, 1]
    assert "worse beyond chance: -1 on the same" in capsys.readouterr().out
    comparison = json.loads((two_runs / "b" / "summary.json").read_text(encoding="utf-8"))["gates"][0]["comparison"]
    assert (comparison["before"], comparison["after"], comparison["p_adjusted"] < 0.001) == (1.0, 0.0, True)


def test_repeats_tell_a_flaky_system(environment: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (environment / "flaky.py").write_text(FLAKY, encoding="utf-8")
    assert _left_with("run", "--target", "flaky.py:answer", "--repeat", "3", "--out", "a") == 0
    rows = json.loads((environment / "a" / "summary.json").read_text(encoding="utf-8"))["flakes"]
    row = next(row for row in rows if row["metric"] == "intent_f1")
    assert (row["k"], row["judge"], row["both"], row["cases"]) == (3, 0, 0, 7)
    assert row["system"] == 3
    assert {one["id"] for one in row["flaky"]} == {"dev-bottle", "dev-cap", "dev-two"}
    _left_with("gate", "a")
    assert "golden intent_f1: pass^3 0.000 over 7 cases; unsteady: 3 by the system" in capsys.readouterr().out


class _Moody(ExactJudge):
    """Changes its mind at every call."""

    def __init__(self) -> None:
        self._calls = count()

    def judge(self, question: str | None, context: object, claim: str) -> Judgement:
        supported = next(self._calls) % 2 == 0
        return Judgement(float(supported), "supported" if supported else "unsupported", None, 0, CAP)


def test_repeats_tell_a_flaky_judge(environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Site, "judge", _Moody())
    assert _left_with("run", "--target", f"{BOTS}:answer", "--repeat", "3", "--out", "a") == 0
    rows = json.loads((environment / "a" / "summary.json").read_text(encoding="utf-8"))["flakes"]
    assert sum(row["system"] + row["both"] for row in rows) == 0
    assert sum(row["judge"] for row in rows) > 0
    assert next(row for row in rows if row["metric"] == "intent_f1")["judge"] == 0
