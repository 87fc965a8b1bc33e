"""`docs/pipeline.md` against the code: the graph is drawn from it, the tables hold what it holds.

`python -m tests.eco2.test_pipeline_docs` writes the graph and the table of the sub-agents anew.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from eco2.agents.table import AGENTS
from eco2.app import Settings, bot
from eco2.app_live import ADDRESSES
from eco2.failure_modes import FAILURE_MODES
from eco2.intake import read_request

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "pipeline.md"
GRAPH = re.compile(r"(?<=```mermaid\n).*?(?=```)", re.DOTALL)
AGENTS_TABLE = re.compile(r"\| agent \|.*?(?=\n\n)", re.DOTALL)
HEAD = ("agent", "intents", "asks", "seconds", "retries", "breaker", "asked for", "as a tip", "without its source")


class Listening(Mapping[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values_, self.asked = values, set[str]()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return self.values_[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_)

    def __len__(self) -> int:
        return len(self.values_)


def drawn() -> str:
    """Draw the compiled graph of this repository's bot."""
    return str(bot(Settings(workspace=ROOT), ROOT).graph.get_graph().draw_mermaid()).replace("\t", "  ")


def agents_table() -> str:
    """Return the sub-agents with their failure modes as Markdown; time and retries only where somebody is asked."""
    intents = {agent.name: ", ".join(agent.intents) for agent in AGENTS}
    rows = [HEAD, ("---",) * len(HEAD)]
    for row in FAILURE_MODES:
        limits = (f"{row.limits.timeout_s:g}", str(row.limits.retries), str(row.limits.threshold))
        asks = (row.source, *limits) if row.source else ("the rules alone", "–", "–", "–")
        rows.append((f"`{row.agent}`", intents[row.agent], *asks, row.asked, row.tip, row.instead))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def found(pattern: re.Pattern[str]) -> str:
    parts = pattern.findall(page())
    assert len(parts) == 1
    return str(parts[0])


def table_under(heading: str) -> list[list[str]]:
    """The rows of the one table below a heading, without its head."""
    section = page().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows[1:]]


def test_the_graph_of_the_page_is_that_of_the_code() -> None:
    assert found(GRAPH) == drawn(), "run: python -m tests.eco2.test_pipeline_docs"


def test_every_agent_is_a_node_of_the_graph_between_understanding_and_gathering() -> None:
    for agent in AGENTS:
        assert f"understand -.-> {agent.name};" in drawn()
        assert f"{agent.name} --> gather;" in drawn()


def test_the_table_of_the_sub_agents_is_that_of_the_code() -> None:
    assert found(AGENTS_TABLE) == agents_table(), "run: python -m tests.eco2.test_pipeline_docs"


def test_every_agent_has_a_failure_mode_and_runs_by_it() -> None:
    assert [row.agent for row in FAILURE_MODES] == [agent.name for agent in AGENTS]
    for row, agent in zip(FAILURE_MODES, AGENTS, strict=True):
        limits = (row.limits.timeout_s if row.source else None, row.limits.retries, row.limits.threshold)
        assert limits == (agent.policy.timeout_s, agent.policy.retries, agent.policy.threshold)
        assert (row.asked, row.tip) == (agent.policy.mode, agent.policy.tip)


def test_the_settings_of_the_page_are_those_that_are_read() -> None:
    environ = Listening({"ECO2_WORLD": "live"})
    Settings.from_env(environ)
    listed = [name for row in table_under("Settings") for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", row[0])]
    assert sorted(listed) == sorted(environ.asked)


def test_every_live_source_is_listed_with_its_address() -> None:
    listed = {row[0]: row[2].strip("`") for row in table_under("The live world")}
    assert listed == {name: address.split("/")[2] for name, address in ADDRESSES.items()}


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """Import a benchmark, which lies outside of what is installed."""
    monkeypatch.syspath_prepend(ROOT)
    return lambda name: import_module(f"benchmarks.{name}")


def test_every_fault_that_is_tried_is_told(benchmark: Callable[[str], Any]) -> None:
    scripts = benchmark("fault_scripts")
    told = page().split("\n## What users see")[1].split("\n## ")[0]
    missing = [fault.name for fault in scripts.PROVIDER_FAULTS if f"| {fault.name} |" not in told]
    rows = [line for line in told.splitlines() if line.startswith("| ")]
    for label, _, _ in scripts.SOURCE_QUESTIONS:
        of_source = " ".join(line for line in rows if line.startswith(f"| {label} |"))
        missing += [f"{label}: {fault}" for fault in scripts.SOURCE_FAULTS if f"{fault} (" not in of_source]
    assert missing == []


def test_the_pipeline_is_measured_beside_steps_that_answer_the_same(benchmark: Callable[[str], Any]) -> None:
    measured, wired = benchmark("pipeline"), bot(Settings(workspace=ROOT, world="recorded"), ROOT)
    for message in [message for messages in measured.TURNS.values() for message in messages]:
        request = read_request({"turns": [message]})
        by_graph, straight = wired.answer(request), measured.one_after_another(wired.steps, request)
        told = ("answer", "citations", "passages", "intents", "agents", "degraded", "usage")
        assert [by_graph[key] for key in told] == [straight[key] for key in told]


def write() -> None:
    """Put what is drawn from the code into the page."""
    text = GRAPH.sub(lambda _: drawn(), page())
    half = PAGE.with_suffix(".half")
    half.write_text(AGENTS_TABLE.sub(lambda _: agents_table(), text), encoding="utf-8")
    os.replace(half, PAGE)


if __name__ == "__main__":
    write()
