"""Each case is a test: its outcome is that of its verdicts, its place is its line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

import harness.case_bench  # noqa: F401 - see `loaded`
from harness.app import Site
from tests.harness.support import CASES, ExactJudge, full, write_rows, write_workspace

pytest_plugins = ["pytester"]
CASES_FILE = "datasets/golden-dev.jsonl"
DEAD = """
from harness.trial import Metric, UnmeasurableError

def _dead(trial):
    raise UnmeasurableError("judge unreachable")

METRIC = Metric("dead", _dead, ("answer",), "higher", "never a number")
"""


@pytest.fixture(scope="module", autouse=True)
def loaded(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Pytester drops every module that was first imported while it stands; two of one kind do not know each other."""
    folder = write_workspace(tmp_path_factory.mktemp("loaded"))
    site = Site(folder, os.environ, folder)
    site.metrics(())
    assert site.resources.provenance.resolve("rule:price-pet")


@pytest.fixture
def bench(pytester: pytest.Pytester, exact_judge: ExactJudge, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """The small workspace, which the quoting bot passes; the current folder is it."""
    monkeypatch.delenv("KB_WORKSPACE", raising=False)
    write_workspace(pytester.path)
    return pytester


def run(bench: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return bench.runpytest_inprocess("-p", "harness.pytest_plugin", "-p", "no:cacheprovider", *arguments)


def change(bench: pytest.Pytester, **labels: object) -> None:
    """Change the first case and keep it and the last."""
    write_rows(bench.path / CASES_FILE, [full({**CASES[0], **labels}, "dev"), full(CASES[-1], "dev")])


def test_each_case_is_a_test_that_passes(bench: pytest.Pytester) -> None:
    result = run(bench, "--harness", CASES_FILE, "-v")
    result.assert_outcomes(passed=len(CASES))
    result.stdout.fnmatch_lines([f"{CASES_FILE}::dev-bottle PASSED*"])


def test_a_failed_metric_is_a_readable_failure(bench: pytest.Pytester) -> None:
    change(bench, required=[["염색"]])
    result = run(bench, "--harness", CASES_FILE)
    result.assert_outcomes(passed=1, failed=1)
    lines = (f"{CASES_FILE}:1: dev-bottle", "FAIL required_facts 0: not said: 염색", "question: 페트병 어떻게 버려?")
    result.stdout.fnmatch_lines([*lines, "answer: 페트병은 라벨을*"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_what_cannot_be_measured_is_an_error(bench: pytest.Pytester) -> None:
    (bench.path / "dead.py").write_text(DEAD, encoding="utf-8")
    result = run(bench, "--harness", CASES_FILE, "--harness-metric", "dead:METRIC", "-k", "dev-bottle")
    result.assert_outcomes(errors=1, deselected=len(CASES) - 1)
    result.stdout.fnmatch_lines(["UNMEASURED dead: judge unreachable"])


def test_a_failure_outweighs_what_cannot_be_measured(bench: pytest.Pytester) -> None:
    (bench.path / "dead.py").write_text(DEAD, encoding="utf-8")
    change(bench, required=[["염색"]])
    result = run(bench, "--harness", CASES_FILE, "--harness-metric", "dead:METRIC", "-x")
    result.assert_outcomes(failed=1)


def test_a_target_of_ones_own_is_asked(bench: pytest.Pytester) -> None:
    (bench.path / "mine.py").write_text("def answer(request):\n    raise OSError('down')\n", encoding="utf-8")
    result = run(bench, "--harness", CASES_FILE, "--harness-target", "mine:answer", "-k", "dev-bottle or dev-cap")
    result.assert_outcomes(failed=2, deselected=len(CASES) - 2)
    result.stdout.fnmatch_lines(["*OSError: down*"])


def test_words_of_a_case_select_it(bench: pytest.Pytester) -> None:
    run(bench, "--harness", CASES_FILE, "-k", "multi").assert_outcomes(passed=1, deselected=len(CASES) - 1)


def test_a_case_that_asks_for_nothing_is_skipped(bench: pytest.Pytester) -> None:
    row = {"id": "s", "split": "dev", "query": "캔", "relevant": [], "answerable": False}
    write_rows(bench.path / CASES_FILE, [row])
    (bench.path / "mine.py").write_text("def answer(request):\n    return {'answer': '네.'}\n", encoding="utf-8")
    run(bench, "--harness", CASES_FILE, "--harness-target", "mine:answer").assert_outcomes(skipped=1)


def test_junit_names_file_and_case(bench: pytest.Pytester) -> None:
    change(bench, required=[["염색"]])
    run(bench, "--harness", CASES_FILE, "--junitxml", "out.xml")
    suite = ElementTree.parse(bench.path / "out.xml").getroot()[0]
    assert [case.get("name") for case in suite] == ["dev-bottle", "dev-unknown"]
    assert "not said: 염색" in str(suite[0][0].text)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--harness", "none.jsonl"], "*none.jsonl*"),
        (["--harness", "bad.jsonl"], "*bad.jsonl:1: *"),
    ],
    ids=["no file", "no case"],
)
def test_a_bad_case_file_is_one_line(bench: pytest.Pytester, arguments: list[str], message: str) -> None:
    write_rows(bench.path / "bad.jsonl", [{"id": "x"}])
    result = run(bench, *arguments)
    assert result.ret != 0
    (result.stderr if "none" in message else result.stdout).fnmatch_lines([message])


def test_hand_written_tests_get_cases_and_scores(bench: pytest.Pytester) -> None:
    bench.makepyfile(
        test_own="""
        def test_it_says_so(harness_case, harness_score):
            scores = harness_score(harness_case, {"answer": "페트병은 라벨을 떼고 내놓으세요."})
            assert {score.metric: score.verdict for score in scores}["required_facts"] == "PASS"
        """
    )
    result = run(bench, "test_own.py", "--harness", CASES_FILE, "-v", "-k", "it_says_so and (dev-bottle or dev-cap)")
    result.assert_outcomes(passed=1, failed=1, deselected=2 * len(CASES) - 2)
    run(bench, "test_own.py").assert_outcomes(skipped=1)


def test_without_the_option_nothing_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text(
        "import sys\n"
        "def test_a():\n    assert not {'harness.case_bench', 'harness.app', 'kb', 'yaml'} & set(sys.modules)\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "harness.pytest_plugin", "-p", "no:cacheprovider"]
    done = subprocess.run([*command, "test_a.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
