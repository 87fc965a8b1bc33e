"""Other judges in the commands: which one scored a run, what it cost, and that a broken one never ends green."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from harness import commands
from harness.app import Site
from harness.cases import ConfigError
from harness.cli import app
from harness.judging.registry import JudgeChoice
from harness.plan import Request
from tests.harness.support import CAP, write_rows, write_workspace

MODELS = Path(__file__).with_name("judge_models.py").as_posix()
NOW = "2026-01-20T09:00:00+00:00"
ROWS = [
    {"id": "a", "context": [CAP], "claim": "뚜껑을 닫아서 내놓으세요."},
    {"id": "b", "context": [CAP], "claim": "병을 깨뜨려요."},
    {"id": "c", "context": [], "claim": "병을 깨뜨려요."},
]  # fmt: skip


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace as the current folder, its truth accepted and its test split sealed."""
    monkeypatch.delenv("KB_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path)
    write_workspace(tmp_path)
    write_rows(tmp_path / "rows.jsonl", ROWS)
    commands.accept_gold(Site(tmp_path, os.environ, tmp_path), "first")
    return tmp_path


def call(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def site_of(folder: Path, model: str = "", budget_usd: float | None = None) -> Site:
    site = Site(folder, os.environ, folder)
    site.choice = JudgeChoice(model=f"{MODELS}:{model}" if model else "", budget_usd=budget_usd)
    return site


def test_rows_are_judged_by_the_model_that_was_named_and_cost_is_said_first(here: Path) -> None:
    done = call("judge", "score", "rows.jsonl", "--judge-model", f"{MODELS}:reader")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["verdict"] for row in rows] == ["supported", "unsupported", "abstain"]
    first, last = done.stderr.splitlines()
    assert first.startswith("judging: 2 calls, at most ")
    assert ": 2 asked, median " in last
    assert last.endswith("0 known already, $0.0004")
    assert done.exit_code == 0


def test_a_budget_that_does_not_suffice_stops_before_anything_is_asked(here: Path) -> None:
    done = call("judge", "score", "rows.jsonl", "--judge-model", f"{MODELS}:reader", "--budget-usd", "0.0001")
    assert isinstance(done.exception, ConfigError)
    assert done.stdout == ""
    assert not (here / ".harness").exists()


@pytest.mark.parametrize("fault", ["raises", "talks", "says_nan"])
def test_a_row_that_could_not_be_judged_says_so_and_ends_in_2(fault: str, here: Path) -> None:
    done = call("judge", "score", "rows.jsonl", "--judge", f"llm:{MODELS}:{fault}")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row.get("unmeasured") for row in rows] == [True, True, None]
    assert done.exit_code == 2


@pytest.mark.parametrize("fault", ["raises", "talks", "says_nan", "copies_a_boundary"])
def test_a_broken_model_never_ends_green(fault: str, here: Path) -> None:
    (here / "datasets" / "gates.yaml").write_text(
        "gates:\n  - {metric: false_claim_rate, suite: golden, max: 1.0}\n", encoding="utf-8"
    )
    site = site_of(here, fault)
    stands = commands.evaluate(site, Request(), None, NOW)
    verdicts = {score.verdict for score in stands.run.scores() if score.metric == "false_claim_rate"}
    assert verdicts == {"UNMEASURED", "N/A"}  # an answer without a claim has nothing to measure
    assert commands.standing(site, None).exit_code == 2


def test_a_model_that_hangs_is_unmeasured_in_time(here: Path) -> None:
    config = here / "kb.toml"
    config.write_text(config.read_text(encoding="utf-8").replace("timeout_s = 5", "timeout_s = 0.2"), encoding="utf-8")
    done = call("judge", "score", "rows.jsonl", "--judge", f"llm:{MODELS}:is_late")
    assert "TimeoutError" in done.stdout
    assert done.exit_code == 2


def test_a_run_remembers_its_judge_and_the_gate_asks_no_other(here: Path) -> None:
    commands.evaluate(site_of(here, "reader"), Request(), None, NOW)
    judge = json.loads((here / "reports" / "latest" / "run.json").read_text(encoding="utf-8"))["judge"]
    assert judge["name"] == f"llm:{MODELS}:reader"
    assert judge["identity"].startswith("llm reader-1 prompt ")
    told: list[str] = []
    later = Site(here, os.environ, here, told.append)
    commands.standing(later, None)
    assert str(later.judging.name) == judge["name"]
    assert told == []


def test_another_judge_scores_the_same_answers_anew(here: Path) -> None:
    before = commands.evaluate(site_of(here), Request(), None, NOW)
    first = {score.verdict for score in before.run.scores() if score.metric == "false_claim_rate"}
    after = commands.scored_again(site_of(here, "raises"), None)
    second = {score.verdict for score in after.run.scores() if score.metric == "false_claim_rate"}
    assert (first, second) == ({"PASS", "N/A"}, {"UNMEASURED", "N/A"})
    assert before.run.manifest.run_id == after.run.manifest.run_id


def test_a_gate_by_another_judge_scores_again(here: Path) -> None:
    commands.evaluate(site_of(here), Request(), None, NOW)
    told: list[str] = []
    other = Site(here, os.environ, here, told.append)
    other.choice = JudgeChoice(model=f"{MODELS}:reader")
    commands.standing(other, None)
    assert told[0].endswith("scoring again")
    assert told[1].startswith("judging: ")


def test_a_metric_of_the_users_own_is_not_rehearsed(here: Path) -> None:
    (here / "counting.py").write_text(
        "from pathlib import Path\n\n\ndef counted(trial):\n"
        "    with Path('calls').open('a') as stream:\n        stream.write(trial.case.id + ' ')\n    return 1.0\n",
        encoding="utf-8",
    )
    commands.evaluate(site_of(here, "reader"), Request(metrics=("counting:counted",)), None, NOW)
    calls = (here / "calls").read_text(encoding="utf-8").split()
    assert len(calls) == len(set(calls)) == 7


def test_a_run_above_its_budget_is_asked_of_the_target_and_not_of_the_judge(here: Path) -> None:
    with pytest.raises(ConfigError, match="above the budget"):
        commands.evaluate(site_of(here, "reader", 0.0001), Request(), None, NOW)
    assert not (here / ".harness").exists()
    stands = commands.scored_again(site_of(here, "reader", 1.0), None)
    assert stands.suites[0].observed == 7


def test_the_judge_of_kb_toml_is_used_where_no_flag_names_one(here: Path) -> None:
    config = here / "kb.toml"
    text = config.read_text(encoding="utf-8").replace("[harness]\n", f'[harness]\njudge = "llm:{MODELS}:spoken"\n')
    config.write_text(text, encoding="utf-8")
    done = call("judge", "score", "rows.jsonl")
    assert "price unknown" in done.stderr
    assert json.loads(done.stdout.splitlines()[0])["reason"] == "read"


def test_judges_stand_side_by_side_on_the_claims_that_all_of_them_judged(here: Path) -> None:
    labelled = [{**row, "supported": row["id"] == "a", "group": row["id"]} for row in ROWS[:2]]
    write_rows(here / "labelled.jsonl", labelled)
    done = call(
        "judge", "calibrate", "labelled.jsonl", "--json", "--judge", "offline", "--judge-model", f"{MODELS}:reader"
    )
    assert [json.loads(line)["judge"] for line in done.stdout.splitlines()] == ["offline", "llm"]
    assert done.exit_code == 0


def test_a_claim_that_one_judge_cannot_judge_is_left_out_for_all_and_counted(here: Path) -> None:
    labelled = [{**row, "supported": row["id"] == "a", "group": row["id"]} for row in ROWS]
    write_rows(here / "labelled.jsonl", labelled)
    words = ["calibrate", "labelled.jsonl", "--json", "--judge", "offline", "--judge", f"llm:{MODELS}:raises"]
    done = call("judge", *words)
    assert [json.loads(line)["claims"] for line in done.stdout.splitlines()] == [1, 1]
    assert "2 claims unmeasured" in done.stderr
    assert done.exit_code == 2


def test_a_judge_that_judges_no_claim_at_all_is_unmeasured_and_no_mistake_of_the_file(here: Path) -> None:
    write_rows(here / "labelled.jsonl", [{**ROWS[0], "supported": True, "group": "a"}])
    judge = f"{Path(__file__).with_name('support.py').as_posix()}:DeadJudge"
    done = call("judge", "calibrate", "labelled.jsonl", "--judge", judge)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "1 claims unmeasured" in done.stderr


def test_a_judge_of_ones_own_is_a_string_too(here: Path) -> None:
    judge = f"{Path(__file__).with_name('support.py').as_posix()}:ExactJudge"
    done = call("judge", "score", "rows.jsonl", "--judge", judge)
    assert [json.loads(line)["verdict"] for line in done.stdout.splitlines()] == ["supported", "unsupported", "abstain"]
    assert not (here / ".harness").exists()


def test_a_judge_that_supports_whatever_it_is_asked_measures_nothing(here: Path) -> None:
    judge = f"{Path(__file__).with_name('support.py').as_posix()}:YesJudge"
    done = call("judge", "score", "rows.jsonl", "--judge", judge)
    assert done.exit_code == 2
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert ["it does not read the context" in row.get("error", "") for row in told] == [True, True, False]
    assert told[2]["verdict"] == "abstain"


def test_mutants_are_put_to_the_judge_that_was_named(here: Path) -> None:
    done = call("judge", "mutate", "--json", "--judge", f"llm:{MODELS}:reader")
    assert done.exit_code == 0
    assert json.loads(done.stdout)
    assert call("judge", "mutate", "--json", "--judge", f"llm:{MODELS}:raises").exit_code == 2
