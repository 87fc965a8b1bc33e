"""Regressions planted in somebody else's bot, the help desk of `examples/library`, and what the commands say of each.

`python -m benchmarks.planted` prints them as a table; `tests/test_planted.py` holds each to the gate that must see it.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from harness import cli
from harness.app import Site
from harness.judging.memo import MemoJudge
from harness.judging.offline import offline_judge

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "library"
FAULT = "FOREIGN_FAULT"
HEALTHY = ""
_LEFT_OUT = shutil.ignore_patterns("reports", ".kb", "__pycache__")


@dataclass(frozen=True)
class Planted:
    """A fault by the word that switches it on.

    `gate` is the one that must fail of all that may; where there is none, `unseen` says why nothing catches the fault.
    `words` go to `harness run`.
    """

    fault: str
    gate: str = ""
    words: tuple[str, ...] = ()
    unseen: str = ""

    @property
    def name(self) -> str:
        return " ".join((self.fault or "none", *self.words))

    @property
    def place(self) -> str:
        """The folder of its run."""
        return "reports/" + self.name.replace(" ", "")


@dataclass(frozen=True)
class Met:
    """What the commands said of a fault.

    Attributes:
        exit_code: of `harness gate`.
        gates: those that fail, `metric` or `metric slice`.
        case: the first failed case with the reason that its first failed gate gives, empty where none is named.
        changed: how many cases are answered otherwise than by the healthy desk.
        worse: metrics that `harness compare` calls worse beyond chance.
        blamed: components with the number of cases, as `harness blame` counts them.
    """

    exit_code: int
    gates: tuple[str, ...]
    case: str
    changed: int
    worse: tuple[str, ...] = ()
    blamed: Mapping[str, int] = field(default_factory=dict)


_REPEATED = ("--repeat", "3")
PLANTED = (
    Planted(HEALTHY),
    Planted(HEALTHY, words=_REPEATED),
    Planted("document", "false_knowledge_rate"),
    Planted("number", "hallucination_rate"),
    Planted("negation", "hallucination_rate"),
    Planted("dropped-question", "dropped_intent_rate"),
    Planted("lost-entry", "injected_rule_recall"),
    Planted("ranking", "injected_rule_mrr"),
    Planted("citation", "citation_entails"),
    Planted("lines", "citation_resolves"),
    Planted("invention", "hallucination_rate"),
    Planted("refusal", "false_refusal"),
    Planted("overreach", "false_answer"),
    Planted("language", "required_facts"),
    Planted("forgetful", "intent_f1"),
    Planted("slow", "latency_p95_ms node:search"),
    Planted("order", "event_contract"),
    Planted("twice", "event_contract"),
    Planted("silence", "required_facts"),
    Planted("crash", "required_facts"),
    Planted("cost", "tokens_total"),
    Planted("moody", unseen="it answers well when asked once; only `--repeat` asks again"),
    Planted("moody", "required_facts", _REPEATED),
    Planted("curt", unseen="the facts stand; no metric is of manners, a case must forbid what must not be said"),
)
_TELLING = ("hallucination_rate", "false_knowledge_rate", "dropped_intent_rate", "citation_entails")
"""Gates whose reason names a sentence or an intent; the rest follow in the order of the gates file."""


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[None]:
    """Stand in a copy of the example; the judge remembers over commands what it was asked, which is only faster."""
    before, place = Path.cwd(), folder / EXAMPLE.name
    shutil.copytree(EXAMPLE, place, ignore=_LEFT_OUT)
    try:
        with patch.dict(os.environ), patch.object(Site, "judge", MemoJudge(offline_judge())):
            os.environ.pop("KB_WORKSPACE", None)
            os.chdir(place)
            yield
    finally:
        os.chdir(before)


def met(planted: Planted) -> Met:
    """Plant a fault in the desk of the current folder, then run, gate, and where it is red compare and blame."""
    with patch.dict(os.environ, {FAULT: planted.fault}):
        found = ran(planted)
        code, _ = called("gate", planted.place)
        if code != 1:
            return replace(found, exit_code=code)
        worse = _worse(called("compare", "baseline", planted.place, "--json")[1])
        return replace(found, exit_code=code, worse=worse, blamed=_blamed(called("blame", planted.place, "--json")[1]))


def ran(planted: Planted) -> Met:
    """Plant a fault and run, no more: the summary holds the gates and the exit code that `harness gate` leaves with."""
    with patch.dict(os.environ, {FAULT: planted.fault}):
        code, printed = called("run", "--out", planted.place, *planted.words)
    if code:
        raise RuntimeError(f"harness run left with {code}: {printed}")
    summary = json.loads(Path(planted.place, "summary.json").read_text(encoding="utf-8"))
    failing = [gate for gate in summary["gates"] if gate["standing"] == "fails"]
    gates = dict.fromkeys(f"{gate['metric']} {gate['slice']}".strip() for gate in failing)
    return Met(summary["exit_code"], tuple(gates), _case(planted.place, failing), _changed(planted.place))


def is_expected(planted: Planted, found: Met) -> bool:
    """Red by the gate that is named; green for a healthy desk and for what is explained to be unseen."""
    return found.exit_code == bool(planted.gate) and (not planted.gate or planted.gate in found.gates)


def called(*words: str) -> tuple[int, str]:
    """A command of `harness` as from the shell: its exit code and what it printed."""
    printed, aside = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(aside):
        try:
            cli.main(list(words))
        except SystemExit as left:
            return int(left.code or 0), printed.getvalue() or aside.getvalue()
    return 0, printed.getvalue()


def _case(place: str, failing: Sequence[Mapping[str, Any]]) -> str:
    """The first case that a failing gate is of, with the reason; where no case fails, what the gate says."""
    metrics = [gate["metric"] for gate in failing]
    scores = [json.loads(line) for line in Path(place, "scores.jsonl").read_text(encoding="utf-8").splitlines()]
    for metric in sorted(metrics, key=lambda metric: metric not in _TELLING):
        for score in scores:
            if score["metric"] == metric and score["verdict"] == "FAIL":
                return f"{score['id']}: {score['reason']}"
    return failing[0]["reason"] if failing else ""


def _changed(place: str) -> int:
    """Cases that are answered otherwise than by the healthy desk, whose run lies beside."""
    healthy = _answers("reports/none")
    return len({id_ for id_, answers in _answers(place).items() if answers - healthy.get(id_, set())})


def _answers(place: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for line in Path(place, "observations.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found.setdefault(row["id"], set()).add((row.get("response") or {}).get("answer") or "")
    return found


def _worse(printed: str) -> tuple[str, ...]:
    return tuple(row["metric"] for row in json.loads(printed)["metrics"] if row["verdict"] == "worse")


def _blamed(printed: str) -> dict[str, int]:
    return dict(json.loads(printed)["suites"][0]["counts"]["dev"])
