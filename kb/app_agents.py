"""Wiring: what coding agents ask of a workspace, over MCP or by command. Part of `kb.app`, which is the door."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING

from kb.app_checks import citations
from kb.documents import BackendMissing, WorkspaceError
from kb.workspace import Workspace

if TYPE_CHECKING:
    from kb.adapters.mcp_client import McpClient
    from kb.briefs.desk import Desk
    from kb.citations import Citations
    from kb.knowledge import Knowledge
    from kb.verify import Check

_MCP = "the MCP server needs the extra `mcp`; pip install 'eco2-agent-kb[mcp]'"


def desk(workspace: Workspace, knowledge: Callable[[], Knowledge], environ: Mapping[str, str] = os.environ) -> Desk:
    """What answers coding agents, always from the newest index.

    Args:
        workspace: where.
        knowledge: opens the published index, as `kb.app.knowledge` does.
        environ: as `Settings.from_env` reads it.
    """
    from pathlib import PurePosixPath

    from kb.briefs.desk import Desk
    from kb.files import signature_of

    held: list[tuple[object, Citations]] = []

    def still_there() -> None:
        # An index outside of it would go on answering, and one inside be asked for in a folder that nobody has.
        if not workspace.root.is_dir():
            raise WorkspaceError(f"{workspace.root} is not there any more; bring it back or start the server elsewhere")

    def newest() -> Knowledge:
        still_there()
        return knowledge()

    def verify(text: str) -> list[Check]:
        """Reading the workspace anew costs tenths of a second; as long as no file was touched it is not."""
        still_there()
        now = signature_of(workspace.root)
        if not held or held[0][0] != now:
            held[:] = [(now, citations(workspace, environ))]
        return held[0][1].verify_text(text)

    return Desk(newest, verify, PurePosixPath(workspace.root.as_posix()))


def serve_stdio(made: Callable[[], Desk]) -> None:
    """Serve MCP on standard input and output; `made` makes what answers, once it is needed.

    Raises:
        BackendMissing: the SDK is not installed.
    """
    _mcp_server().serve_stdio(made)


def serve_http(made: Callable[[], Desk], host: str, port: int, allowed_hosts: Sequence[str]) -> None:
    """Serve MCP over streamable HTTP at /mcp.

    Raises:
        BackendMissing: the SDK is not installed.
    """
    _mcp_server().serve_http(made, host, port, allowed_hosts)


def _mcp_server() -> ModuleType:
    """The module of the server, loaded for a process that does nothing but serve."""
    try:
        from kb.adapters import mcp_shapes  # noqa: F401 - our own types are built at once: worker threads use them
        from kb.adapters.mcp_start import deferred_types

        with deferred_types():
            from kb.adapters import mcp_server
    except ModuleNotFoundError as error:
        raise BackendMissing(_MCP) from error
    return mcp_server


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
