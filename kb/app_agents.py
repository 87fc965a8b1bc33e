"""Wiring: what coding agents ask of a workspace, over MCP or by command. Part of `kb.app`, which is the door."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from kb.app_checks import citations, lint
from kb.documents import BackendMissing, Finding, KbError
from kb.workspace import Workspace

if TYPE_CHECKING:
    from kb.adapters.mcp_client import McpClient
    from kb.briefs.desk import Desk
    from kb.briefs.diff_brief import Brief
    from kb.briefs.drafts import Draft, Noted
    from kb.citations import Citations
    from kb.documents import Hit
    from kb.knowledge import Knowledge
    from kb.verify import Check

_MCP = "the MCP server needs the extra `mcp`; pip install 'eco2-agent-kb[mcp]'"
_ALIKE = 5


def desk(workspace: Workspace, knowledge: Callable[[], Knowledge], environ: Mapping[str, str] = os.environ) -> Desk:
    """What answers coding agents, always from the newest index.

    Args:
        workspace: where.
        knowledge: opens the published index, as `kb.app.knowledge` does.
        environ: as `Settings.from_env` reads it.
    """
    from kb.briefs.desk import Desk
    from kb.files import signature_of

    held: list[tuple[object, Citations]] = []

    def verify(text: str) -> list[Check]:
        """Reading the workspace anew costs tenths of a second; as long as no file was touched it is not."""
        now = signature_of(workspace.root)
        if not held or held[0][0] != now:
            held[:] = [(now, citations(workspace, environ))]
        return held[0][1].verify_text(text)

    return Desk(knowledge, verify)


def serve_stdio(asked: Desk) -> None:
    """Serve MCP on standard input and output.

    Raises:
        BackendMissing: the SDK is not installed.
    """
    try:
        from kb.adapters import mcp_server
    except ModuleNotFoundError as error:
        raise BackendMissing(_MCP) from error
    mcp_server.serve_stdio(asked)


def serve_http(asked: Desk, host: str, port: int, allowed_hosts: Sequence[str]) -> None:
    """Serve MCP over streamable HTTP at /mcp.

    Raises:
        BackendMissing: the SDK is not installed.
    """
    try:
        from kb.adapters import mcp_server
    except ModuleNotFoundError as error:
        raise BackendMissing(_MCP) from error
    mcp_server.serve_http(asked, host, port, allowed_hosts)


def mcp_client(environ: Mapping[str, str] = os.environ) -> McpClient:
    """Start the server as `kb mcp` does, in a process of its own, and open a session with it.

    Raises:
        BackendMissing: the SDK is not installed.
        KbError: the server does not answer.
    """
    try:
        from kb.adapters.mcp_client import McpClient
    except ModuleNotFoundError as error:
        raise BackendMissing(_MCP) from error
    return McpClient([sys.executable, "-m", "kb", "mcp"], environ)


def diff_brief(knowledge: Knowledge, diff: str) -> Brief:
    """What a diff touches in the knowledge."""
    from kb.briefs.binding import Binding
    from kb.briefs.changes import changes_in
    from kb.briefs.diff_brief import brief_of

    engine = knowledge.engine

    def incidents(words: str) -> Sequence[Hit]:
        result = knowledge.search(words, k=_ALIKE, kinds=["incident"]) if words else None
        return result.hits if result and result.answerable else ()

    binding = Binding.of_engine(engine)
    return brief_of(changes_in(diff), binding, engine.lineage, incidents)


def draft(workspace: Workspace, knowledge: Knowledge, noted: Noted) -> Draft:
    """Draft a decision or an incident from what is known, near the records that are like it."""
    from kb.briefs.binding import IN_TEXT, Binding
    from kb.briefs.drafts import draft as drafted

    binding = Binding.of_engine(knowledge.engine)
    bound = [one.place for one in binding.of(noted.paths) if one.strength >= IN_TEXT]
    result = knowledge.search(f"{noted.title} {noted.said}", k=_ALIKE, kinds=["adr", "incident"])
    found = [
        place
        for hit in (result.hits if result.answerable else ())
        for place in knowledge.engine.lineage.places(hit.passage.doc_id or "")[:1]
    ]
    records = [place for place in (*bound, *found) if binding.shelf.documents[place].kind in ("adr", "incident")]
    return drafted(noted, binding.shelf, records)


def keep_draft(workspace: Workspace, made: Draft) -> list[Finding]:
    """Write a draft and lint it.

    Raises:
        KbError: a file of that name is there.
    """
    file = workspace.root / made.path
    if file.exists():
        raise KbError(f"{made.path} is there; give another title, or edit that file")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(made.text, encoding="utf-8")
    return [finding for finding in lint(workspace) if finding.path == made.path]


def diff_since(workspace: Workspace, base: str) -> str:
    """The diff of the working tree against where it left a revision, as `git` writes it, without context.

    Raises:
        KbError: no repository, or no such revision.
    """
    if base.startswith("-"):
        raise KbError(f"{base!r} is no revision; give a branch, a tag or a commit")
    merged = _git(workspace, "merge-base", base, "HEAD").strip() or base
    return _git(workspace, "diff", "--no-color", "--no-ext-diff", "--relative", "--unified=0", merged, "--")


def _git(workspace: Workspace, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(workspace.root), *arguments], capture_output=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise KbError(f"git cannot be run in {workspace.root}: {error}") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines() or [f"exit {done.returncode}"]
        raise KbError(f"git {arguments[0]} in {workspace.root}: {said[0]}; give a revision that `git log` knows")
    return done.stdout.decode("utf-8", "replace")
