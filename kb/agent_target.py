"""What a coding agent gets of this knowledge: a question, put to the MCP tools through a real client over stdio.

A harness target: `kb.agent_target:ask`. One server serves all questions of a process. The tool is the one that the
request names, else the one that a look at the question suggests: a stack trace or error asks for incidents, a path for
what binds it, all else for a search. What was found is then put to `verify_citations`, apart from what the agent pays.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from kb.app_agents import mcp_client
from kb.context import estimate_tokens

_ERROR = re.compile(r"Traceback \(most recent call last\)|\b[A-Z]\w*(?:Error|Exception|Warning|Timeout)\b:")
_PATH = re.compile(r"(?<![\w/.-])(?:[\w.-]+/)+[\w.-]+\.\w+")
_MAIN = {"similar_incidents": "error", "get_document": "name", "explain_decision": "name", "onboarding_brief": "area"}
_MOST_TOKENS = 10_000


class Result(Protocol):
    """What a tool gave: the text that a model reads, the same as data, the time of the round trip."""

    @property
    def tool(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Any]: ...
    @property
    def elapsed_ms(self) -> float: ...


class Tools(Protocol):
    """A session with a server."""

    def call(self, tool: str, arguments: Mapping[str, object]) -> Result:
        """Call a tool; a refusal is raised with its text."""


_open: dict[tuple[tuple[str, str], ...], Tools] = {}
_lock = threading.Lock()


def ask(request: Mapping[str, object]) -> dict[str, object]:
    """Answer one request.

    Args:
        request: "turns", of which the last asks; optionally "tool" and "arguments" of its call, and
            "overrides": {"budget_tokens", "verify": false to leave the verification out}.

    Returns:
        "hits" in the order in which they are read, "answer" (their texts), "passages", "citations", "citation_checks",
        "tool_calls" (tool, tokens, ms), "usage", "timings_ms"; "answerable" where the tool says so.

    Raises:
        BackendMissing: the SDK is not installed.
        ToolRefused: the tool answered with an error.
    """
    client = _client(os.environ)
    tool, arguments = _call_of(request)
    result = client.call(tool, arguments)
    hits = list(hits_of(result.data))
    checks = {"citation_checks": _checks(client, hits)} if _overrides(request).get("verify", True) else {}
    calls = [_told(result)]
    return {
        **({"answerable": result.data["answerable"]} if "answerable" in result.data else {}),
        "hits": hits,
        "passages": [{"id": f"{hit['path']}:{hit['line_start']}-{hit['line_end']}", **_passage(hit)} for hit in hits],
        **checks,
        "tool_calls": calls,
        "usage": {"tool_calls": len(calls), "tokens": calls[0]["tokens"]},
        "timings_ms": {"total": round(result.elapsed_ms, 3)},
        "capabilities": ["budget_tokens"],
        **_answer(hits),
    }


def tool_for(question: str) -> str:
    """The tool that the look of a question suggests."""
    if _ERROR.search(question):
        return "similar_incidents"
    return "rules_for" if _PATH.search(question) else "search_knowledge"


def hits_of(data: Mapping[str, Any]) -> Iterator[dict[str, object]]:
    """The documents of a tool's result in the order in which they stand there; a document without text shows its title.

    Args:
        data: of any of the tools.
    """
    decision = [{**data["decision"], "text": _sections(data)}] if "decision" in data else []
    listed = [*decision, *(data[key] for key in ("in_force", "amendments", "incidents") if key in data)]
    sections = [one["documents"] for one in data.get("sections", ()) if "documents" in one]
    for entry in (*listed, data.get("hits", []), data.get("documents", []), *sections):
        for found in entry if isinstance(entry, list) else [entry]:
            yield {**found, "text": found.get("text") or f"{found['title']}\n{found['why']}"}
    if "blob" in data:
        yield {key: data[key] for key in ("citation", "path", "line_start", "line_end", "text")}


def cited(hit: Mapping[str, object]) -> str:
    """A hit's citation and its place, as a text would name them."""
    return f"[{hit['citation']}] {hit['path']}:{hit['line_start']}-{hit['line_end']}"


def checks_of(hits: Iterable[Mapping[str, object]]) -> list[dict[str, object]]:
    """Put the citations of many hits to `verify_citations` at once: it reads the workspace anew at every call."""
    return _checks(_client(os.environ), hits)


def _call_of(request: Mapping[str, object]) -> tuple[str, dict[str, object]]:
    question = _question(request)
    tool = str(request.get("tool") or tool_for(question))
    given = request.get("arguments")
    arguments = dict(given) if isinstance(given, Mapping) and given else _arguments(tool, question)
    budget = _overrides(request).get("budget_tokens")
    return tool, {**arguments, **({"budget_tokens": budget} if budget else {})}


def _overrides(request: Mapping[str, object]) -> Mapping[str, object]:
    given = request.get("overrides")
    return given if isinstance(given, Mapping) else {}


def _arguments(tool: str, question: str) -> dict[str, object]:
    if tool == "rules_for":
        return {"paths": _PATH.findall(question)}
    return {_MAIN.get(tool, "query"): question}


def _question(request: Mapping[str, object]) -> str:
    turns = request.get("turns")
    last = turns[-1] if isinstance(turns, list) and turns else ""
    return str(last.get("text", "") if isinstance(last, Mapping) else last)


def _client(environ: Mapping[str, str]) -> Tools:
    """The server of the workspace and profile that the environment names; started by the first question."""
    key = tuple(sorted((name, value) for name, value in environ.items() if name.startswith("KB_")))
    with _lock:
        if key not in _open:
            _open[key] = mcp_client(environ)
        return _open[key]


def _checks(client: Tools, hits: Iterable[Mapping[str, object]]) -> list[dict[str, object]]:
    """What verification says of each hit, cited in both ways that the tools name; page by page."""
    text = "\n".join(dict.fromkeys(cited(hit) for hit in hits))
    arguments: dict[str, object] = {"text": text, "budget_tokens": _MOST_TOKENS}
    checks: list[dict[str, object]] = []
    while text:
        data = client.call("verify_citations", arguments).data
        checks += ({key: check[key] for key in ("citation", "verdict", "superseded_by")} for check in data["checks"])
        if not data["next_cursor"]:
            break
        arguments["cursor"] = data["next_cursor"]
    return checks


def _told(result: Result) -> dict[str, object]:
    tokens = estimate_tokens(result.text)
    return {"tool": result.tool, "tokens": tokens, "ms": round(result.elapsed_ms, 3), "text": result.text}


def _answer(hits: list[dict[str, object]]) -> dict[str, object]:
    """The texts one after the other, each with its citation behind it."""
    text = ""
    citations = []
    for hit in hits:
        text += f"{hit['text']}\n"
        mark = f"[{hit['citation']}]"
        citations.append({"id": hit["citation"], **_place(hit), "span": [len(text), len(text) + len(mark)]})
        text += f"{mark}\n\n"
    return {"answer": text.rstrip() or "nothing found", "citations": citations}


def _place(hit: Mapping[str, object]) -> dict[str, object]:
    return {key: hit[key] for key in ("path", "line_start", "line_end")}


def _passage(hit: Mapping[str, object]) -> dict[str, object]:
    return {**_place(hit), "text": hit["text"], "agent": "search"}


def _sections(data: Mapping[str, Any]) -> str:
    return "\n\n".join(str(section["text"]) for section in data["sections"]) or str(data["decision"]["title"])
