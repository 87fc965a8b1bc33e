"""The target that goes through a real MCP client: which tool it calls, what it makes of results, one whole question."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from kb import agent_target
from kb.agent_target import ask, hits_of, tool_for
from kb.app import index, open_workspace
from kb.documents import BackendMissing

POINTER = {
    "citation": "adr:0003", "path": "adr/0003-streams.md", "line_start": 8, "line_end": 11, "title": "Streams",
    "why": "names it",
}  # fmt: skip


@pytest.fixture
def workspace(root: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Path:
    index(open_workspace(root, environ), environ)
    monkeypatch.setenv("KB_WORKSPACE", str(root))
    monkeypatch.chdir(root)
    monkeypatch.setattr(agent_target, "_open", {})
    return root


@pytest.mark.parametrize(
    ("question", "tool"),
    [
        ("Traceback (most recent call last):\n  File \"a.py\", line 1", "similar_incidents"),
        ("psycopg_pool.PoolTimeout: no connection after 30 s", "similar_incidents"),
        ("what binds harness/gate.py?", "rules_for"),
        ("kb/fuse.py를 고쳐도 돼?", "rules_for"),
        ("왜 Redis를 셋으로 나눴어?", "search_knowledge"),
        ("", "search_knowledge"),
    ],
    ids=["trace", "one line of error", "path", "path before a particle", "words", "nothing"],
)  # fmt: skip
def test_the_look_of_a_question_suggests_a_tool(question: str, tool: str) -> None:
    assert tool_for(question) == tool


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"hits": [{**POINTER, "text": "said"}]}, ["said"]),
        ({"documents": [POINTER]}, ["Streams\nnames it"]),
        ({"sections": [{"name": "incidents", "documents": [POINTER]}]}, ["Streams\nnames it"]),
        (
            {"decision": POINTER, "in_force": [POINTER], "sections": [{"text": "We decide."}]},
            ["We decide.", "Streams\nnames it"],
        ),
        ({"blob": "1", "citation": "a", "path": "a", "line_start": 1, "line_end": 1, "text": "whole"}, ["whole"]),
    ],
    ids=["search", "rules_for", "onboarding_brief", "explain_decision", "get_document"],
)
def test_every_result_becomes_hits_in_reading_order(data: dict[str, Any], expected: list[str]) -> None:
    assert [hit["text"] for hit in hits_of(data)] == expected


def test_a_question_goes_through_a_server_and_its_citations_hold(workspace: Path) -> None:
    pytest.importorskip("mcp")
    response: dict[str, Any] = ask({"id": "q", "turns": ["진행률을 어디에 쌓나"]})
    assert response["hits"][0]["path"] == "adr/0003-streams.md"
    assert {check["verdict"] for check in response["citation_checks"]} == {"ok"}
    assert [call["tool"] for call in response["tool_calls"]] == ["search_knowledge"]
    assert response["usage"]["tokens"] == response["tool_calls"][0]["tokens"] > 0
    first = response["citations"][0]
    assert response["answer"][slice(*first["span"])] == f"[{first['id']}]"


def test_one_server_answers_all_questions_with_the_tool_and_budget_that_they_name(workspace: Path) -> None:
    pytest.importorskip("mcp")
    told: dict[str, Any] = ask({"turns": ["3번"], "tool": "explain_decision", "arguments": {"name": "adr:0001"}})
    small: dict[str, Any] = ask({"turns": ["event"], "overrides": {"budget_tokens": 200, "verify": False}})
    assert [hit["path"] for hit in told["hits"]][:2] == ["adr/0001-broker.md", "adr/0003-streams.md"]
    assert "citation_checks" not in small
    assert len(agent_target._open) == 1


def test_without_the_sdk_it_says_which_extra_brings_it(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "kb.adapters.mcp_client", None)
    with pytest.raises(BackendMissing, match=r"eco2-agent-kb\[mcp\]"):
        ask({"turns": ["왜"]})
    assert os.environ["KB_WORKSPACE"] == str(workspace)
