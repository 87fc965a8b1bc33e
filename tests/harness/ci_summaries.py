"""A summary of a run as reports read it, small and made by hand: one gate of each kind, one failed case."""

from __future__ import annotations

from typing import Any

STARTED = "2026-01-20T09:00:00+00:00"
RUN_ID = "c0ffee" + "0" * 58
CLAIM: dict[str, Any] = {
    "text": "뚜껑을 분리해서 버리세요.", "span": [0, 14], "cell": "ungrounded-false", "kind": "action",
    "cited": ["rule:dispose-pet-bottle-cap"], "node": "classify", "intent": "waste",
    "evidence": {"id": "rule:dispose-pet-bottle-cap", "text": "페트병은 뚜껑을 닫아서 내놓으세요.",
                 "path": "rules/waste.yaml", "line_start": 10, "line_end": 14},
}  # fmt: skip


def gate(metric: str, standing: str, **more: object) -> dict[str, Any]:
    return {
        "metric": metric, "suite": "golden", "split": "", "slice": "", "limit": "≥ 0.9", "value": 0.8, "low": 0.7,
        "high": 0.9, "n": 40, "unmeasured": 0, "baseline": None, "comparison": None, "standing": standing,
        "reason": "", **more,
    }  # fmt: skip


def figure(metric: str, value: float | None, **more: object) -> dict[str, Any]:
    return {
        "suite": "golden", "metric": metric, "value": value, "n": 40, "split": "", "slice": "", "passed": 38,
        "failed": 2, "unmeasured": 0, "low": None, "high": None, **more,
    }  # fmt: skip


def failure(
    id_: str, *metrics: str, line: int = 12, claims: tuple[dict[str, Any], ...] = (), **more: object
) -> dict[str, Any]:
    scores = [{"metric": metric, "value": 0.0, "reason": f"{metric} went wrong"} for metric in metrics]
    return {
        "suite": "golden", "id": id_, "split": "dev", "path": "datasets/golden-dev.jsonl", "line": line,
        "turns": ["페트병 뚜껑은?"], "answer": "뚜껑을 분리해서 버리세요. [rule:dispose-pet-bottle-cap]", "error": None,
        "repeat": 0, "scores": scores, "claims": list(claims), **more,
    }  # fmt: skip


def comparison(difference: float) -> dict[str, Any]:
    return {
        "before": 0.9, "after": 0.9 + difference, "low": difference - 0.02, "high": difference + 0.02, "p_worse": 0.001,
        "p_better": 1.0, "p_adjusted": 0.004, "smallest_effect": 0.03, "pairs": 40, "clusters": 40, "half_measured": 0,
        "gone": 0, "added": 0,
    }  # fmt: skip


def difference(metric: str, by: float, verdict: str = "worse") -> dict[str, Any]:
    return {
        "suite": "golden", "metric": metric, "direction": "higher", **comparison(by), "difference": by,
        "verdict": verdict, "sees": "", "got_worse": 3 if by else 0, "got_better": 0, "changed": [],
    }  # fmt: skip


def summary(**more: object) -> dict[str, Any]:
    """A run that fails one gate for one sentence; whatever is given stands in its place."""
    suites = [{"name": "golden", "target": "eco2.app:answer", "cases": 40, "observed": 40, "failed": {}}]
    return {
        "schema": "report/1",
        "run": {
            "run_id": RUN_ID, "started_at": STARTED, "profile": "default", "versions": {"index": "f6d8"},
            "suites": suites,
        },
        "exit_code": 1,
        "gates": [
            gate("intent_f1", "holds", value=0.95, baseline=0.95),
            gate("false_claim_rate", "fails", limit="≤ 0.01, drop ≤ 0", value=0.025, low=0.005, high=0.09, baseline=0.0,
                 reason="0.025 is above 0.01"),
            gate("required_facts", "fails", split="test", reason="0.8 is below 0.9"),
            gate("mrr", "unmeasured", suite="onboarding", value=None, low=None, high=None, n=0, reason="not run"),
            gate("false_claim_rate", "holds", limit="margin 0.05", value=0.025, low=0.005, high=0.09, baseline=0.0,
                 comparison=comparison(0.025)),
        ],
        "figures": [
            figure("false_claim_rate", 0.025),
            figure("false_claim_rate", 0.1, slice="intent:waste", n=10),
            figure("false_claim_rate", 0.0, slice="intent:weather", failed=0),
            figure("required_facts", 0.8, split="test"),
            figure("latency_p50_ms", 3.0, slice="node:classify"),
            figure("latency_p95_ms", None, slice="node:classify"),
            figure("latency_p50_ms", 12.0, slice="node:total"),
            figure("latency_p95_ms", 19.5, slice="node:total"),
        ],
        "cells": [],
        "not_applicable": [{"suite": "golden", "part": "tool_calls", "metrics": ["tool_calls"]}],
        "missing": [],
        "failures": [
            failure("dev-cap", "false_claim_rate", "required_facts", claims=(CLAIM,)),
            failure("dev-other", "mrr", line=30),
        ],
        "flakes": [{"suite": "golden", "metric": "required_facts", "k": 4, "cases": 40, "pass_power": 0.9, "system": 2,
                    "judge": 0, "both": 0, "flaky": [{"id": "dev-cap"}, {"id": "dev-other"}]}],
        "differences": [difference("required_facts", -0.05), difference("mrr", 0.0, "no difference seen")],
        "notes": ["golden: 2 scores unmeasured"],
        **more,
    }  # fmt: skip


BLAME: dict[str, Any] = {
    "schema": "blame/1", "scores": "0", "suites": [{
        "name": "golden", "target": "eco2.app:answer", "capabilities": ["route"], "failed": 3,
        "counts": {"dev": {"generator": 1, "router": 1}, "test": {"router": 1}},
        "cases": [
            {"id": "dev-cap", "path": "datasets/golden-dev.jsonl", "line": 12, "component": "generator", "suspects": [],
             "failing": ["false_claim_rate"], "reason": "", "repairs": {}},
            {"id": "dev-other", "path": "datasets/golden-dev.jsonl", "line": 30, "component": "router", "suspects": [],
             "failing": ["mrr"], "reason": "", "repairs": {}},
        ],
    }],
}  # fmt: skip


def _rate(family: str, operator: str, language: str, rate: float) -> dict[str, Any]:
    return {"family": family, "operator": operator, "language": language, "n": 50, "killed": round(50 * rate),
            "abstained": 0, "rate": rate, "low": 0.0, "high": 1.0}  # fmt: skip


MUTATIONS: dict[str, Any] = {
    "schema": "mutations/1", "starts": {}, "survivors": [], "false_kills": [],
    "rates": [_rate("mutation", "number", "ko", 0.96), _rate("mutation", "number", "en", 0.9),
              _rate("rewrite", "ending", "ko", 0.02), _rate("mutation", "", "", 0.93)],
}  # fmt: skip
