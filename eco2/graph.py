"""The turn as a LangGraph: understand, then every sub-agent in parallel by `Send`, then gather, then compose.

The only file that knows LangGraph, beside the adapter of its checkpoints. Its state holds JSON types alone, and the
first node empties the lists, since under a checkpointer a list channel would keep the findings of the turn before. A
conversation is a graph around it that keeps the turns and nothing else.
"""

from __future__ import annotations

import operator
from typing import Annotated, Any, Literal, TypedDict

from langgraph.channels import UntrackedValue
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Overwrite, Send

from eco2.agents.row import Agent
from eco2.conversations import recalled, remembered
from eco2.steps import Json, Steps
from eco2.windows import Budget

Checkpointer = BaseCheckpointSaver[Any]
"""Where conversations are kept: the port that any store of theirs meets."""


class TurnState(TypedDict, total=False):
    """What a turn knows so far."""

    job: str
    request: Json
    deadline_at: float
    understood: Json
    findings: Annotated[list[Json], operator.add]
    gathered: list[Json]
    composed: Json
    timings: Annotated[list[tuple[str, float]], operator.add]


class Work(TypedDict):
    """What a sub-agent's node is sent: its task, nothing of the state."""

    job: str
    task: Json


class TalkState(TypedDict, total=False):
    """A conversation: `kept` outlives the turn, everything else is of this turn and never stored."""

    kept: list[Json]
    job: Annotated[str, UntrackedValue]
    request: Annotated[Json, UntrackedValue]
    deadline_at: Annotated[float, UntrackedValue]
    done: Annotated[Json, UntrackedValue]


def build_graph(steps: Steps, checkpointer: Checkpointer | Literal[False] | None = None) -> Any:
    """Compile the graph of a turn. Invoke it with {"job", "request"}; the answer is under "composed".

    With False as its checkpointer it keeps nothing, also within a graph that has one.
    """
    graph = StateGraph(TurnState)
    graph.add_node("understand", lambda state: _understand(steps, state))
    graph.add_node("gather", lambda state: _gather(steps, state))
    graph.add_node("compose", lambda state: _compose(steps, state))
    for agent in steps.agents:
        graph.add_node(agent.name, _node(steps, agent))
        graph.add_edge(agent.name, "gather")
    graph.add_edge(START, "understand")
    graph.add_conditional_edges(
        "understand", lambda state: _fan_out(steps, state), [agent.name for agent in steps.agents]
    )
    graph.add_edge("gather", "compose")
    graph.add_edge("compose", END)
    return graph.compile(checkpointer=checkpointer)


def build_conversation(steps: Steps, budget: Budget, checkpointer: Checkpointer) -> Any:
    """Compile the graph of a conversation, one thread each.

    Invoke it with {"job", "request"}, the request holding what is new; under "done" is the end state of the turn, under
    "kept" what the conversation keeps.
    """
    turn = build_graph(steps, False)

    def node(state: TalkState) -> dict[str, Any]:
        request, turns = recalled(state.get("kept", []), state["request"], budget)
        given = {"job": state["job"], "request": request, "deadline_at": state.get("deadline_at")}
        done = turn.invoke(given)
        return {"kept": remembered(turns, done["understood"]), "done": done}

    graph = StateGraph(TalkState)
    graph.add_node("turn", node)
    graph.add_edge(START, "turn")
    graph.add_edge("turn", END)
    return graph.compile(checkpointer=checkpointer)


def _understand(steps: Steps, state: TurnState) -> dict[str, Any]:
    understood = steps.understand(state["job"], state["request"], state.get("deadline_at"))
    return {
        "understood": understood,
        "findings": Overwrite([]),
        "timings": Overwrite([("understand", understood["elapsed_ms"])]),
    }


def _fan_out(steps: Steps, state: TurnState) -> list[Send]:
    return [Send(name, {"job": state["job"], "task": task}) for name, task in steps.plan(state["understood"])]


def _node(steps: Steps, agent: Agent) -> Any:
    def node(work: Work) -> dict[str, Any]:
        finding = steps.work(work["job"], agent, work["task"])
        return {"findings": [finding], "timings": [(agent.name, finding["elapsed_ms"])]}

    return node


def _gather(steps: Steps, state: TurnState) -> dict[str, Any]:
    started = steps.clock()
    gathered = steps.gather(state["job"], state["findings"], state["request"])
    return {"gathered": gathered, "timings": [("gather", round((steps.clock() - started) * 1000, 3))]}


def _compose(steps: Steps, state: TurnState) -> dict[str, Any]:
    composed = steps.compose(state["job"], state["understood"], state["gathered"], state.get("deadline_at"))
    return {"composed": composed, "timings": [("compose", composed["elapsed_ms"])]}
