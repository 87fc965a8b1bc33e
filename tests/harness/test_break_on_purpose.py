"""Break one thing and see the gate catch it, through the command line, with the exit code that the contract names."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from harness import cli
from harness.app import Site
from tests.harness.support import BOTS, DeadJudge, ExactJudge, write_rows

HOLDS, FAILS, UNMEASURED, USAGE = 0, 1, 2, 3
Harness = Callable[..., tuple[int, str]]


@pytest.fixture(params=["exact", "offline"])
def exact_judge(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Break everything twice: judged by a judge that anyone can follow, and by the one that ships."""
    if request.param == "exact":
        monkeypatch.setattr(Site, "judge", ExactJudge())


@pytest.fixture
def harness(environment: Path, capsys: pytest.CaptureFixture[str]) -> Harness:
    """Call the command in the workspace; its exit code and what it printed."""

    def call(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as left:
            cli.main(arguments)
        printed = capsys.readouterr()
        return int(left.value.code or 0), printed.out + printed.err

    return call


@pytest.fixture
def accepted(harness: Harness, environment: Path, accepted_once: Path) -> Harness:
    """The workspace after its truth and baseline were accepted while all was well."""
    shutil.copytree(accepted_once, environment, dirs_exist_ok=True)
    return harness


def test_what_nobody_broke_holds(accepted: Harness) -> None:
    for command in (["validate"], ["gate"], ["run"], ["gate"], ["run", "--resume"], ["score"], ["report"], ["gate"]):
        assert accepted(*command)[0] == HOLDS


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_changed_rule_is_a_fault_of_the_knowledge(accepted: Harness, environment: Path) -> None:
    _edit(environment / "rules" / "waste.yaml", "뚜껑을 닫아서", "뚜껑을 떼어서")
    assert accepted("run")[0] == HOLDS
    code, printed = accepted("gate")
    assert code == FAILS
    assert "rule:dispose-pet-bottle-cap" in printed
    summary = (environment / "reports" / "latest" / "report.md").read_text(encoding="utf-8")
    assert "grounded-false" in summary


@pytest.mark.parametrize("bot", ["drops_an_intent", "answers_half"])
def test_a_dropped_intent_fails(accepted: Harness, aim: Callable[[str], None], bot: str) -> None:
    aim(bot)
    accepted("run")
    code, printed = accepted("gate")
    assert code == FAILS
    assert "dropped_intent_rate" in printed


def test_an_altered_number_fails(accepted: Harness, aim: Callable[[str], None], environment: Path) -> None:
    aim("alters_a_number")
    accepted("run")
    code, _ = accepted("gate")
    report = (environment / "reports" / "latest" / "report.html").read_text(encoding="utf-8")
    assert code == FAILS
    assert "530원" in report
    assert "350원" in report


def test_a_slow_node_fails_and_is_named(accepted: Harness, aim: Callable[[str], None]) -> None:
    aim("slow_node")
    accepted("run")
    code, printed = accepted("gate")
    assert code == FAILS
    assert "node:character" in printed


@pytest.mark.parametrize("metric", ["broken_metric", "no_number"])
def test_a_metric_that_breaks_is_unmeasured_not_green(accepted: Harness, environment: Path, metric: str) -> None:
    gates = environment / "datasets" / "gates.yaml"
    gates.write_text(f"gates:\n  - {{metric: {metric}, suite: golden, min: 0.5}}\n", encoding="utf-8")
    _edit(environment / "kb.toml", "[harness]", f'[harness]\nmetrics = ["{BOTS.as_posix()}:{metric}"]')
    accepted("run")
    code, printed = accepted("gate")
    assert code == UNMEASURED
    assert "unmeasured" in printed


@pytest.mark.parametrize("file", ["observations.jsonl", "scores.jsonl"])
def test_a_case_removed_from_the_results_is_named(accepted: Harness, environment: Path, file: str) -> None:
    path = environment / "reports" / "latest" / file
    rows = [row for row in path.read_text(encoding="utf-8").splitlines() if '"dev-cap"' not in row]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    code, printed = accepted("gate")
    if file == "scores.jsonl":
        assert code == HOLDS  # the scores were made anew from the observations, which are all there
    else:
        assert code == FAILS
        assert "no observation: dev-cap" in printed


def test_a_case_removed_from_the_dataset_is_named(accepted: Harness, environment: Path) -> None:
    path = environment / "datasets" / "golden-test.jsonl"
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    code, printed = accepted("validate")
    assert code == USAGE
    assert "golden-test.jsonl: frozen (first) and changed" in printed
    accepted("run")
    code, printed = accepted("gate")
    assert code == FAILS
    assert "test-who" in printed


def test_a_part_that_is_no_longer_given_is_unmeasured(accepted: Harness, aim: Callable[[str], None]) -> None:
    aim("forgets_the_citations")
    accepted("run")
    code, printed = accepted("gate")
    assert code == UNMEASURED
    assert "gives no 'citations' any more" in printed


def test_a_dead_judge_is_unmeasured(accepted: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Site, "judge", DeadJudge())
    accepted("run")
    assert accepted("gate")[0] == UNMEASURED


@pytest.mark.parametrize(
    "bot", ["raises", "raises_on_characters", "leaves", "empty", "gives_a_list", "breaks_the_contract"]
)
def test_a_broken_target_fails(accepted: Harness, aim: Callable[[str], None], bot: str) -> None:
    aim(bot)
    assert accepted("run")[0] == HOLDS
    assert accepted("gate")[0] == FAILS


def test_a_target_that_hangs_fails(accepted: Harness, aim: Callable[[str], None], environment: Path) -> None:
    aim("hangs")
    _edit(environment / "kb.toml", "timeout_s = 5", "timeout_s = 0.05")
    accepted("run", "--limit", "1")
    assert "timed out" in (environment / "reports" / "latest" / "observations.jsonl").read_text(encoding="utf-8")
    assert accepted("gate")[0] == FAILS


def test_latencies_from_a_cache_are_not_measured(accepted: Harness, aim: Callable[[str], None]) -> None:
    aim("from_cache")
    accepted("run")
    code, printed = accepted("gate")
    assert code == UNMEASURED
    assert "latency_p50_ms" in printed


def test_a_run_of_a_part_does_not_pass_for_the_whole(accepted: Harness) -> None:
    accepted("run", "--split", "dev")
    code, printed = accepted("gate")
    assert code == UNMEASURED
    assert "no case of the run was measured by it" in printed


def test_an_empty_dataset_is_a_data_error(accepted: Harness, environment: Path) -> None:
    write_rows(environment / "datasets" / "golden-dev.jsonl", [])
    write_rows(environment / "datasets" / "golden-test.jsonl", [])
    code, printed = accepted("run")
    assert code == USAGE
    assert "has no cases" in printed


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "--split", "train"], "--split"),
        (["run", "--suite", "gold"], "no suite 'gold'"),
        (["run", "--profile", "fast"], "no profile 'fast'"),
        (["run", "--target", "nowhere_x:answer"], "cannot import"),
        (["run", "--metric", "f2"], "no metric 'f2'"),
        (["run", "--cases", "none.jsonl", "--target", "a:b"], "none.jsonl"),
        (["run", "--limit", "-1"], "limit"),
        (["run", "--workspace", "/no/such/folder"], "no folder"),
        (["gate", "/no/such/run"], "no run in"),
        (["gate", "--gates", "none.yaml"], "no gates"),
        (["baseline", "accept"], "--reason"),
        (["freeze", "--reason", "x", "none.jsonl"], "no such file"),
        (["nonsense"], "nonsense"),
    ],
)
def test_a_users_mistake_is_one_line_and_exit_code_three(harness: Harness, arguments: list[str], message: str) -> None:
    code, printed = harness(*arguments)
    assert code == USAGE
    assert message in printed
    assert "Traceback" not in printed
