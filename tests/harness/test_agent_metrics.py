"""What agents are measured by: the right passage first, citations that hold, what reading costs; the suite for it."""

from __future__ import annotations

from typing import Any

import pytest

from harness.adapters.json_schema import complaint
from harness.case_files import case_from, fingerprint, request_of
from harness.cases import ConfigError, Measured
from harness.config import config_from
from harness.metrics import METRICS
from tests.harness.support import a_case, a_trial

SEARCH = {"query": "왜?", "relevant": ["adr/1.md"], "passages": [{"path": "adr/1.md", "text": "연결 212개"}]}
CALLS = [{"tool": "grep", "tokens": 40}, {"tool": "read", "tokens": 60.5}]


def value(metric: str, response: dict[str, Any], **labels: object) -> float | None:
    found = METRICS[metric].measure(a_trial(response, a_case(**{**SEARCH, **labels})))
    return found.value if isinstance(found, Measured) else found


@pytest.mark.parametrize(
    ("hits", "expected"),
    [
        ([{"path": "adr/1.md", "text": "모두 연결 212개다"}], 1.0),
        ([{"path": "adr/1.md", "text": "다른 절"}, {"path": "adr/1.md", "text": "연결 212개"}], 0.0),
        ([{"path": "adr/2.md", "text": "연결 212개"}], 0.0),
        ([{"path": "copy.md", "also_at": ["adr/1.md"], "text": "연결 212개"}], 1.0),
        ([], 0.0),
    ],
    ids=["right", "right document, wrong place first", "same words elsewhere", "an identical copy", "nothing"],
)
def test_the_first_hit_must_be_the_place_that_answers(hits: list[dict[str, Any]], expected: float) -> None:
    assert value("right_passage_first", {"hits": hits}) == expected


def test_citations_count_by_what_verification_said() -> None:
    checks = [{"citation": name, "verdict": verdict} for name, verdict in (("a", "ok"), ("b", "moved"), ("c", None))]
    assert value("citation_valid", {"citation_checks": checks}) == pytest.approx(1 / 3)
    assert value("citation_valid", {"citation_checks": []}) is None


def test_reading_costs_the_tokens_and_calls_of_all_results() -> None:
    assert value("answer_tokens", {"tool_calls": CALLS}) == 100.5
    assert value("tool_calls", {"tool_calls": CALLS}) == 2


def test_a_target_without_tools_is_not_measured_by_them() -> None:
    assert METRICS["tool_calls"].needs == ("tool_calls",)
    assert METRICS["citation_valid"].needs == ("citation_checks",)


def test_a_case_hands_its_tool_to_the_target_and_others_ask_as_before() -> None:
    row = {"id": "c", "split": "dev", "answerable": True, **SEARCH}
    plain, named = (case_from(one, "s", "p", 1) for one in (row, {**row, "tool": "t", "arguments": {"k": 1}}))
    assert request_of(plain) == {"id": "c", "turns": ["왜?"]}
    assert request_of(named) == {"id": "c", "turns": ["왜?"], "tool": "t", "arguments": {"k": 1}}
    assert fingerprint(plain) != fingerprint(named)
    assert len({plain, named}) == 2


@pytest.mark.parametrize(
    "part", [{"passages": [{"path": "a"}]}, {"passages": [{"path": "", "text": "x"}]}, {"tool": ""}, {"arguments": []}]
)
def test_a_label_for_agents_that_is_none_is_refused(part: dict[str, object]) -> None:
    row = {"id": "c", "split": "dev", "answerable": True, **SEARCH}
    assert complaint("onboarding", row) is None
    assert complaint("onboarding", {**row, **part}) is not None


def test_a_suite_on_request_runs_only_when_it_is_named() -> None:
    suites: list[dict[str, object]] = [{"name": "a", "cases": ["a"]}, {"name": "b", "cases": ["b"], "on_request": True}]
    config = config_from({"suites": suites})
    assert [suite.name for suite in config.suites_named(())] == ["a"]
    assert [suite.name for suite in config.suites_named(["b"])] == ["b"]
    with pytest.raises(ConfigError, match="on_request must be true or false"):
        config_from({"suites": [{**suites[1], "on_request": 1}]})
