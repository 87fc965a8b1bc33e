"""Faults that were planted are blamed on the component they were planted in; two at a time are never pinned on one."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Sequence
from importlib.resources import files
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from harness import commands
from harness.app import Site
from harness.case_files import request_of
from harness.cases import Case, Observation, Score
from harness.claims import split_claims
from harness.cli import main
from harness.config import Config
from harness.diagnosis.case_blame import Failed, blamable, blamed
from harness.diagnosis.contradiction import contradicted
from harness.diagnosis.explain import explained
from harness.diagnosis.rows import reason_rows
from harness.diagnosis.run_blame import Blame, SuiteBlame
from harness.diagnosis.steps import VERDICTS, Verdict
from harness.gold import Gold
from harness.metrics import METRICS
from harness.plan import Request
from harness.ports import Judge
from harness.score import score
from harness.trial import Resources, Trial
from tests.harness.faulty_pipeline import FAULTS, RULES, TRUTH, HarshJudge, Pipeline
from tests.harness.support import ExactJudge, Places, a_case, a_trial, full, no_ragas, write_config, write_rows

FIGURES = {
    "rule:cap": "뚜껑을 닫", "rule:label": "라벨을 떼", "rule:price-pet": "350", "rule:price-can": "1200",
    "rule:petty": "무색페트병", "rule:metally": "메탈리는 캔",
}  # fmt: skip
ROWS = blamable(METRICS.values())


def resources(judge: Judge) -> Resources:
    return Resources(judge, split_claims, Gold(TRUTH), Places(TRUTH), Config().agents_of, no_ragas)


def row(*ids: str) -> dict[str, Any]:
    """The row of a case that asks for some rules, each in a question of its own."""
    texts = [f"{RULES[id_][1]} 알려줘?" for id_ in ids]
    intents = [RULES[id_][0] for id_ in ids]
    return {
        "turns": [" ".join(texts)],
        "intents": intents,
        "sub_queries": [{"text": text, "intents": [intent]} for text, intent in zip(texts, intents, strict=True)],
        "agents": ["classify" if intent == "waste" else intent for intent in intents],
        "rules": list(ids),
        "required": [[FIGURES[id_]] for id_ in ids],
    }


SINGLE = [a_case(**row(id_)) for id_ in RULES]
DOUBLE = [a_case(**row(one, two)) for one, two in combinations(RULES, 2) if RULES[one][0] != RULES[two][0]]
CASES = [*SINGLE, *DOUBLE]
EVERYTHING = ("route", "passages", "ranking")


def diagnosed(case: Case, *faults: str, capabilities: Sequence[str] = EVERYTHING) -> Verdict | None:
    """What is said of a case that a pipeline with faults was asked; None when it did not fail."""
    pipeline = Pipeline(faults, capabilities)
    of = resources(HarshJudge() if "judge" in faults else ExactJudge())
    failed = failure(case, pipeline.ask(request_of(case)), of)
    if not failed.scores:
        return None
    return blamed(failed, [ROWS[one.metric] for one in failed.scores], pipeline, of, 5.0)


def failure(case: Case, response: dict[str, Any], of: Resources) -> Failed:
    """The case with what it fails."""
    seen = Observation(case.id, case.suite, case.split, case.question, response)
    rows = [row for row in ROWS.values() if not row.extra]
    scores = score([case], {case.id: seen}, rows, None, of, 5.0)
    return Failed(case, seen, tuple(one for one in scores if one.verdict == "FAIL"))


def test_a_pipeline_without_fault_fails_nothing() -> None:
    assert [diagnosed(case) for case in CASES] == [None] * len(CASES)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_single_fault_is_blamed_on_its_component(fault: str) -> None:
    """The confusion matrix is diagonal."""
    found = Counter(verdict.component for case in CASES if (verdict := diagnosed(case, fault)) is not None)
    assert found == {fault: len(CASES)}


PAIRS = [pair for pair in combinations(FAULTS, 2) if pair != ("generator", "judge")]


@pytest.mark.parametrize("faults", PAIRS, ids="+".join)
def test_a_double_fault_is_told_as_ambiguous_between_both(faults: tuple[str, str]) -> None:
    """With one question the router's fault may leave no claim for the judge to be wrong about."""
    verdicts = [verdict for case in DOUBLE if (verdict := diagnosed(case, *faults)) is not None]
    assert len(verdicts) == len(DOUBLE)
    assert {verdict.component for verdict in verdicts} == {"ambiguous"}
    assert all(set(faults) <= set(verdict.suspects) for verdict in verdicts)


def test_a_judge_that_is_right_is_not_at_fault_whatever_it_is() -> None:
    found = [(diagnosed(case, "generator", "judge"), diagnosed(case, "generator")) for case in CASES]
    assert all(harsh == exact for harsh, exact in found)


@pytest.mark.parametrize(
    ("capabilities", "fault", "suspects"),
    [
        (("route",), "router", ("router",)),
        (("route",), "ranker", ("retriever", "ranker", "knowledge", "generator")),
        (("route", "passages"), "retriever", ("retriever",)),
        (("route", "passages"), "ranker", ("ranker", "generator")),
        ((), "judge", ("judge",)),
    ],
)
def test_what_cannot_be_put_right_stays_a_suspect(
    capabilities: tuple[str, ...], fault: str, suspects: tuple[str, ...]
) -> None:
    found = diagnosed(DOUBLE[0], fault, capabilities=capabilities)
    assert found is not None
    assert found.suspects == suspects


class Deaf(Pipeline):
    """Says that it honours everything, and does nothing of it."""

    def ask(self, request: Any) -> dict[str, Any]:
        return super().ask({**request, "overrides": {}})


class Brittle(Pipeline):
    """Breaks on what it says that it honours."""

    def ask(self, request: Any) -> dict[str, Any]:
        if request.get("overrides"):
            raise ValueError("no such\n::error::field")
        return super().ask(request)


@pytest.mark.parametrize("fault", ["router", "retriever", "ranker", "knowledge"])
@pytest.mark.parametrize("kind", [Deaf, Brittle])
def test_a_target_that_does_not_do_what_it_says_is_said_so(kind: type[Pipeline], fault: str) -> None:
    """The culprit is among the suspects, and nobody claims that everything else was right."""
    pipeline, of = kind((fault,)), resources(ExactJudge())
    failed = failure(DOUBLE[0], pipeline.ask(request_of(DOUBLE[0])), of)
    found = blamed(failed, [ROWS[one.metric] for one in failed.scores], pipeline, of, 5.0)
    assert (found.component, fault in found.suspects) == ("ambiguous", True)
    assert re.search(r"honoured\?$|target gave no answer: ValueError", found.reason.splitlines()[0])
    suite = SuiteBlame("golden", "m:x", EVERYTHING, 1, (Blame(DOUBLE[0], ("mrr",), found),))
    assert not any("\n" in cell for row in reason_rows(suite) for cell in row)


class Moody(Pipeline):
    """Fails the first time."""

    def ask(self, request: Any) -> dict[str, Any]:
        self._faults = ("generator",) if self.asked == 0 else ()
        return super().ask(request)


def test_what_passes_when_asked_again_is_blamed_on_nobody() -> None:
    case, moody, of = DOUBLE[0], Moody(), resources(ExactJudge())
    failed = failure(case, moody.ask(request_of(case)), of)
    found = blamed(failed, [ROWS[one.metric] for one in failed.scores], moody, of, 5.0)
    assert (found.component, found.suspects) == ("unrepeatable", ())


def test_a_case_without_answer_asks_nothing_again() -> None:
    pipeline, seen = Pipeline(), Observation("c", "golden", "dev", "?", None, "timed out: 5 s")
    score_ = Score("golden", "c", "dev", "required_facts", "FAIL", 0.0)
    found = blamed(Failed(SINGLE[0], seen, (score_,)), [ROWS["required_facts"]], pipeline, resources(ExactJudge()), 5.0)
    assert (found.component, found.reason, pipeline.asked) == ("target", "timed out: 5 s", 0)


def test_a_fact_that_no_passage_holds_is_missing_knowledge() -> None:
    case = a_case(**{**row("rule:cap"), "required": [["뚜껑을 닫"], ["100원"]]})
    found = diagnosed(case)
    assert found is not None
    assert (found.component, found.reason) == ("knowledge", "no needed passage says 100원")


@pytest.mark.parametrize(
    ("metric", "details", "is_wrong"),
    [
        ("ungrounded_rate", {"claims": [{"text": "뚜껑을 닫아서 내놓으세요"}]}, True),
        ("ungrounded_rate", {"claims": [{"text": "뚜껑을 분리해서 내놓으세요"}]}, False),
        ("false_claim_rate", {"claims": [{"text": "사람이 참이라고 한 말"}]}, True),
        ("ungrounded_rate", {"claims": [{"text": "사람이 참이라고 한 말"}]}, False),
        ("citation_entails", {"broken": ["뚜껑을 닫아서 내놓으세요"]}, True),
        ("required_facts", {"missed": ["350"]}, False),
    ],
)
def test_the_judge_is_contradicted_only_by_what_stands_there(metric: str, details: Any, is_wrong: bool) -> None:
    cap = RULES["rule:cap"][2]
    trial = a_trial({"answer": f"{cap} [rule:cap]", "passages": [{"id": "rule:cap", "text": cap}]})
    of = Trial(trial.case, trial.observation, resources(ExactJudge()))
    score_ = Score("golden", "c", "dev", metric, "FAIL", 1.0, "", details)
    assert contradicted(of, [score_], {"사람이참이라고한말"}).wholly == ((metric,) if is_wrong else ())


def test_every_verdict_is_in_the_schema() -> None:
    schema = json.loads((files("harness") / "schemas" / "blame.json").read_text(encoding="utf-8"))
    assert tuple(schema["$defs"]["component"]["enum"]) == VERDICTS


@pytest.fixture
def broken_ranker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A workspace whose target ranks wrongly, with a run of two dev cases and a test case."""
    rows = [row("rule:cap"), row("rule:cap", "rule:petty"), row("rule:label")]
    labels = [("dev-one", "dev"), ("dev-two", "dev"), ("test-one", "test")]
    write_rows(
        tmp_path / "cases.jsonl",
        [full({"id": id_, **one}, split) for (id_, split), one in zip(labels, rows, strict=True)],
    )
    rules = [
        f"  - {{id: {id_[5:]}, kind: disposal, class: x, ko: '{text}', en: '{id_}.'}}" for id_, (text,) in TRUTH.items()
    ]
    (tmp_path / "rules").mkdir()
    head = 'defaults: {source: test, valid_from: "2026-01-01"}\nrules:\n'
    (tmp_path / "rules" / "all.yaml").write_text(head + "\n".join(rules), encoding="utf-8")
    write_rows(tmp_path / "datasets" / "gold" / "rules.jsonl", [{"id": id_, "text": list(TRUTH[id_])} for id_ in TRUTH])
    target = f"{Path(__file__).with_name('faulty_pipeline.py').as_posix()}:broken_ranker"
    suite = f'[[harness.suites]]\nname = "golden"\ncases = ["cases.jsonl"]\ntarget = "{target}"\n'
    (tmp_path / "kb.toml").write_text(suite, encoding="utf-8")
    monkeypatch.delenv("KB_WORKSPACE", raising=False)
    monkeypatch.setattr(Site, "judge", ExactJudge())
    monkeypatch.chdir(tmp_path)
    site = Site(tmp_path, os.environ, tmp_path)
    commands.evaluate(site, Request(), None, "2026-01-20T09:00:00+00:00")
    return site


def test_the_command_names_the_culprit_and_tells_of_test_cases_only_how_many(
    broken_ranker: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["blame"])
    told = capsys.readouterr().out
    written = (broken_ranker.run_folder(None).path / "blame.json").read_text(encoding="utf-8")
    assert broken_ranker.complaint("blame", json.loads(written)) is None
    assert "ranker     2    1     dev-one, dev-two" in told
    assert "mended by putting the right passages first" in told
    assert "test-one" not in told + written


@pytest.mark.parametrize(
    ("case", "message"), [("test-one", "told in aggregate only"), ("none", "no case 'none' in this run")]
)
def test_a_case_that_cannot_be_told_is_refused(
    broken_ranker: Site, capsys: pytest.CaptureFixture[str], case: str, message: str
) -> None:
    with pytest.raises(SystemExit, match="3"):
        main(["blame", "--case", case])
    assert message in capsys.readouterr().err


def test_one_case_is_told_as_json_and_leaves_the_file_alone(
    broken_ranker: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["blame", "--case", "dev-two", "--json"])
    [suite] = json.loads(capsys.readouterr().out)["suites"]
    assert [(one["id"], one["component"]) for one in suite["cases"]] == [("dev-two", "ranker")]
    assert not (broken_ranker.run_folder(None).path / "blame.json").exists()


@pytest.mark.parametrize(
    ("target", "told", "component"),
    [("words_only", "N/A", None), ("raises", "", "target")],
    ids=["no overrides", "dead"],
)
def test_a_run_whose_target_puts_nothing_right_says_so_once(
    workspace: Path,
    exact_judge: ExactJudge,
    monkeypatch: pytest.MonkeyPatch,
    target: str,
    told: str,
    component: str | None,
) -> None:
    monkeypatch.delenv("KB_WORKSPACE", raising=False)
    write_config(workspace, target)
    lines: list[str] = []
    site = Site(workspace, os.environ, workspace, lines.append)
    commands.evaluate(site, Request(split="dev"), None, "2026-01-20T09:00:00+00:00")
    lines.clear()
    [suite], _ = explained(site, None)
    assert {one.verdict.component for one in suite.blames} == ({component} if component else set())
    assert suite.failed > 0
    assert [told in line for line in lines] == [True] * len(told.split())
