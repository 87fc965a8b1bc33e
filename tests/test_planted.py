"""The help desk in `examples/library`: healthy it is green, each regression planted in it is red or explained."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.planted import PLANTED, Met, Planted, called, is_expected, met, opened, ran

HEALTHY, *FAULTS = PLANTED
_IN_SHORT = {"document", "negation", "citation", "overreach", "slow", "order", "crash", "cost", "curt"}
"""One of each kind: a run takes one to two seconds of a processor; the others are in `make soak`."""
SHORT = [planted for planted in FAULTS if planted.fault in _IN_SHORT]
LONG = [planted for planted in FAULTS if planted not in SHORT]
MOST_CHANGED = 0.3
Run = dict[str, dict[str, object]]


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Met]:
    """The tests of this file stand in one copy of the example; its healthy run comes first."""
    with opened(tmp_path_factory.mktemp("planted")):
        yield met(HEALTHY)


def name_of(planted: Planted) -> str:
    return planted.name.replace(" ", "")


def observed(place: str) -> Run:
    rows = map(json.loads, Path(place, "observations.jsonl").read_text(encoding="utf-8").splitlines())
    return {row["id"]: row["response"] for row in rows}


def assert_same_answers(place: str) -> None:
    """Whole responses, events and all, of the first cases."""
    healthy, found = observed(HEALTHY.place), observed(place)
    assert len(found) == 12
    assert found == {id_: healthy[id_] for id_ in found}


@contextmanager
def desk_server() -> Iterator[str]:
    """The address of a desk that serves HTTP."""
    with subprocess.Popen([sys.executable, "desk.py", "--port", "0"], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def test_the_healthy_desk_is_green(healthy: Met) -> None:
    assert (healthy.exit_code, healthy.gates) == (0, ())


@pytest.mark.parametrize("planted", SHORT, ids=name_of)
def test_a_planted_fault_is_caught_by_its_gate_or_explained(planted: Planted, healthy: Met) -> None:
    found = ran(planted)
    assert is_expected(planted, found), f"exit code {found.exit_code}, failing: {', '.join(found.gates)}"
    assert found.changed <= MOST_CHANGED * len(observed(HEALTHY.place))


@pytest.mark.soak
@pytest.mark.parametrize("planted", LONG, ids=name_of)
def test_every_other_planted_fault_is_caught_or_explained(planted: Planted, healthy: Met) -> None:
    test_a_planted_fault_is_caught_by_its_gate_or_explained(planted, healthy)


@pytest.mark.parametrize(
    ("fault", "component"),
    [
        ("dropped-question", "router"),
        pytest.param("document", "knowledge", marks=pytest.mark.soak),
        pytest.param("lost-entry", "retriever", marks=pytest.mark.soak),
        pytest.param("negation", "generator", marks=pytest.mark.soak),
    ],
)
def test_most_failures_are_blamed_on_the_step_that_is_broken(fault: str, component: str, healthy: Met) -> None:
    found = met(Planted(fault))
    assert (found.exit_code, max(found.blamed, key=lambda name: found.blamed[name])) == (1, component)


def test_a_rule_changed_in_its_file_has_drifted_from_what_was_accepted(healthy: Met) -> None:
    rules = Path("rules/loan.yaml")
    text = rules.read_text(encoding="utf-8")
    try:
        rules.write_text(text.replace("14일", "21일"), encoding="utf-8")
        found = ran(Planted("", words=("--limit", "0")))  # beside the healthy run
    finally:
        rules.write_text(text, encoding="utf-8")
    assert {"knowledge_drift", "false_knowledge_rate", "required_facts"} <= set(found.gates)


@pytest.mark.parametrize("path", ["/ask", "/stream"])
def test_over_http_the_desk_answers_as_the_function_does(path: str, healthy: Met) -> None:
    with desk_server() as address:
        assert called("run", "--target", f"{address}{path}", "--limit", "12", "--out", "reports/http")[0] == 0
    assert_same_answers("reports/http")


def test_as_a_command_the_desk_answers_as_the_function_does(healthy: Met) -> None:
    assert (
        called("run", "--target", f"cmd:{sys.executable} desk.py", "--limit", "12", "--out", "reports/command")[0] == 0
    )
    assert_same_answers("reports/command")


def test_the_cases_and_gates_of_the_example_are_in_order(healthy: Met) -> None:
    assert called("validate")[0] == 0


def test_every_fault_of_the_example_is_planted(repository: Path) -> None:
    table = re.search(r"^FAULTS.*?^}", (repository / "examples/library/faults.py").read_text("utf-8"), re.S | re.M)
    assert table is not None
    assert set(re.findall(r'"([\w-]*)":', table[0])) == {planted.fault for planted in PLANTED}


def test_the_desk_imports_nothing_of_ours(repository: Path) -> None:
    files = sorted((repository / "examples" / "library").glob("*.py"))
    trees = [node for file in files for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))]
    named = {node.module for node in trees if isinstance(node, ast.ImportFrom) and node.module}
    named |= {name.name for node in trees if isinstance(node, ast.Import) for name in node.names}
    own = {file.stem for file in files}
    assert {name.partition(".")[0] for name in named} <= own | sys.stdlib_module_names
