"""Do the MCP tools help a coding agent? `python -m benchmarks.onboarding [--split dev|test] [--cases]`.

Every onboarding question goes through a real MCP client to `kb mcp`, and to an agent that greps and reads the same
files (`grep_agent`), at equal budgets of tokens. Means with 95 % intervals, the paired difference with its interval,
and p of the sign-flip test, two-sided. Of the test split aggregates alone are printed.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import grep_agent
from benchmarks.console import say
from benchmarks.onboarding_arms import BUDGETS, Outcome, outcome
from harness.case_loading import scan_cases
from harness.cases import Case
from harness.intervals import interval
from harness.stats.bootstrap import interval as difference_interval
from harness.stats.clusters import clustered
from harness.stats.permutation import sign_flip
from kb import agent_target, app

FILES = ("datasets/onboarding/{split}.jsonl", "datasets/onboarding/{split}-agents.jsonl")
WARM = ("왜", "Error: x", "kb/app.py")
Value = Callable[[Outcome], float | None]


@dataclass(frozen=True)
class Row:
    """A case and what both ways gave."""

    case: Case
    tools: Outcome
    grep: Outcome


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=("dev", "test"), default="dev")
    parser.add_argument("--cases", action="store_true", help="list dev questions whose first document is wrong")
    given = parser.parse_args()
    for question in WARM:
        agent_target.ask({"turns": [question]})
    rows = [Row(case, outcome(case, agent_target.ask), outcome(case, grep_agent.ask)) for case in cases(given.split)]
    say(f"{given.split}: {len(rows)} questions, {sum(row.case.answerable for row in rows)} with an answer here\n\n")
    say("".join(_totals(rows)))
    for name, of in (("language", _language), ("question -> record", _pair), ("type", _type), ("tool", _tool)):
        say("".join(_slices(rows, name, of)))
    say("".join(_refusals(rows)) + _citations(rows) + "".join(_times(rows)))
    if given.cases and given.split == "dev":
        say("".join(_misses(rows)))


def cases(split: str) -> Iterator[Case]:
    """The cases of both files of a split."""
    root = Path(__file__).resolve().parents[1]
    for case, problem in scan_cases("onboarding", [name.format(split=split) for name in FILES], root, lambda *_: None):
        if case is None:
            raise ValueError(problem)
        yield case


def _measures() -> Iterator[tuple[str, Value]]:
    yield "first document right", lambda one: one.hit_at_1
    yield "first passage right", lambda one: one.passage_first
    yield "MRR", lambda one: one.mrr
    yield "barred document first", lambda one: one.barred_first
    for budget in BUDGETS:
        yield f"right document in {budget:,} tokens", lambda one, budget=budget: one.found.get(budget)  # type: ignore[misc]
    for budget in BUDGETS:
        yield f"facts read in {budget:,} tokens", lambda one, budget=budget: one.facts.get(budget)  # type: ignore[misc]
    for budget in BUDGETS:
        yield f"tokens sent for {budget:,}", lambda one, budget=budget: one.tokens[budget]  # type: ignore[misc]
    yield "calls", lambda one: one.calls


def _totals(rows: Sequence[Row]) -> Iterator[str]:
    yield f"{'':32}{'n':>4}  {'MCP tools':22}{'grep':22}{'difference':24}p\n"
    for name, value in _measures():
        both = [(value(row.tools), value(row.grep)) for row in rows]
        tools = [one for one, _ in both if one is not None]
        grep = [other for _, other in both if other is not None]
        pairs = [one - other for one, other in both if one is not None and other is not None]
        yield f"{name:32}{len(tools):4}  {_mean(tools):22}{_mean(grep):22}{_difference(pairs)}\n"
    yield "\n"


def _slices(rows: Sequence[Row], name: str, of: Callable[[Case], str]) -> Iterator[str]:
    heads = ("first right", "MRR", "facts in 1,500")
    yield f"{name:22}{'n':>4}  " + "".join(f"{f'{head} (MCP, grep)':30}" for head in heads) + "p (first right)\n"
    answered = [row for row in rows if row.case.relevant]
    for key in sorted({of(row.case) for row in answered}):
        chosen = [row for row in answered if of(row.case) == key]
        shown = "".join(f"{_both(chosen, value):30}" for value in (_first, _mrr, _facts))
        differences = [_number(_first(row.tools)) - _number(_first(row.grep)) for row in chosen]
        yield f"{key:22}{len(chosen):4}  {shown}{_p(differences):.3f}\n"
    yield "\n"


def _refusals(rows: Sequence[Row]) -> Iterator[str]:
    for name, wanted in (("answerable", True), ("not answerable", False)):
        said = [
            row.tools.answerable for row in rows if row.case.answerable == wanted and row.tools.answerable is not None
        ]
        if said:
            yield f"of {len(said)} searches that are {name}, {sum(map(bool, said))} were called answerable\n"


def _citations(rows: Sequence[Row]) -> str:
    checks = agent_target.checks_of(hit for row in rows for hit in row.tools.hits)
    told = Counter(str(check["verdict"] or "unverified") for check in checks)
    return f"citations of all hits: {', '.join(f'{count} {verdict}' for verdict, count in told.most_common())}\n"


def _times(rows: Sequence[Row]) -> Iterator[str]:
    searches = [row for row in rows if not row.case.tool]
    yield _time("MCP, a question", [row.tools.ms for row in rows])
    yield _time("grep, a question", [row.grep.ms for row in rows])
    yield _time("searches over stdio", [row.tools.ms for row in searches])
    yield _time("the same in one process", [_inside(row.case.question) for row in searches])


def _time(name: str, found: Sequence[float]) -> str:
    return f"{name}: p50 {np.percentile(found, 50):.1f} ms, p95 {np.percentile(found, 95):.1f} ms\n"


def _inside(question: str) -> float:
    timings = app.search(question)["timings_ms"]
    return float(timings["total"]) if isinstance(timings, dict) else 0.0


def _misses(rows: Sequence[Row]) -> Iterator[str]:
    yield "\nfirst document wrong with the tools (and with grep, where marked)\n"
    for row in rows:
        if row.tools.hit_at_1 == 0 or row.tools.barred_first:
            mark, tool = "both" if row.grep.hit_at_1 == 0 else "    ", row.case.tool or "search"
            yield f"{mark} {row.case.id} {tool:18} {row.tools.first or '-'} for {row.case.question[:60]!r}\n"


def _mean(values: Sequence[float]) -> str:
    if not values:
        return "-"
    low, high = interval(values) or (values[0], values[0])
    digits = 0 if max(values) > 50 else 2
    return f"{np.mean(values):.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]"


def _difference(pairs: Sequence[float]) -> str:
    if not pairs:
        return "-"
    differences = np.array(pairs)
    low, high = difference_interval(clustered(differences, [str(place) for place in range(len(pairs))]), _span(pairs))
    digits = 0 if _span(pairs) > 50 else 2
    shown = f"{differences.mean():+.{digits}f} [{low:+.{digits}f}, {high:+.{digits}f}]"
    return f"{shown:24}{_p(pairs):.4f}"


def _span(pairs: Sequence[float]) -> float:
    return max(1.0, *(abs(one) for one in pairs))


def _p(pairs: Sequence[float]) -> float:
    return min(1.0, 2 * min(sign_flip(np.array(pairs, dtype=np.float64))))


def _both(rows: Sequence[Row], value: Value) -> str:
    return "  ".join(f"{_average(way, value):.2f}" for way in ([r.tools for r in rows], [r.grep for r in rows]))


def _average(way: Sequence[Outcome], value: Value) -> float:
    found = [number for one in way if (number := value(one)) is not None]
    return float(np.mean(found)) if found else float("nan")


def _first(one: Outcome) -> float | None:
    return one.hit_at_1


def _mrr(one: Outcome) -> float | None:
    return one.mrr


def _facts(one: Outcome) -> float | None:
    return one.facts.get(1_500)


def _number(value: float | None) -> float:
    return value or 0.0


def _language(case: Case) -> str:
    return _tag(case, "lang-")


def _type(case: Case) -> str:
    return _tag(case, "type-")


def _tool(case: Case) -> str:
    return case.tool or agent_target.tool_for(case.question)


def _pair(case: Case) -> str:
    text = (Path(__file__).resolve().parents[1] / case.relevant[0]).read_text(encoding="utf-8")
    korean = sum("가" <= character <= "힣" for character in text)
    return f"{_language(case)} -> {'ko' if korean > len(text) / 10 else 'en'}"


def _tag(case: Case, prefix: str) -> str:
    return next((tag.removeprefix(prefix) for tag in case.tags if tag.startswith(prefix)), "")


if __name__ == "__main__":
    main()
