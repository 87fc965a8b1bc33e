"""The work behind rules_for_edit.sh: a hook's JSON in, what binds the file out, as context for the model.

The form is `hookSpecificOutput.additionalContext`. Clients that do not know it for this event ignore it. Nothing is
said about permission, so the client's own rules decide as they would without the hook.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

MOST_SECONDS = 4.5
MOST_POINTERS = 12
MOST_CHARACTERS = 200


def main() -> int:
    """Say what binds the file; say nothing where that is not known."""
    root = Path(os.environ.get("CLAUDE_PROJECT_DIR") or ".").resolve()
    try:
        path = edited(json.load(sys.stdin), root)
        pointers = _pointers(path, root) if path else []
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0  # a hook that informs must not stop anybody's work
    if pointers:
        sys.stdout.write(json.dumps(_context(path, pointers), ensure_ascii=False) + "\n")
    return 0


def edited(event: object, root: Path) -> str:
    """The path below the root that a tool is about to edit; empty where there is none or it lies elsewhere."""
    tool_input = event.get("tool_input") if isinstance(event, dict) else None
    path = tool_input.get("file_path") if isinstance(tool_input, dict) else None
    if not isinstance(path, str) or not path or not path.isprintable():
        return ""  # a line break in a name could pass for a line of what is said below
    whole = (root / path).resolve()
    return whole.relative_to(root).as_posix() if whole.is_relative_to(root) else ""


def _pointers(path: str, root: Path) -> list[dict[str, object]]:
    kb = shutil.which("kb") or shutil.which("kb", path=str(root / ".venv" / "bin"))
    if kb is None:
        return []
    command = [kb, "rules-for", "--json", "--workspace", str(root), "--", path]
    done = subprocess.run(
        command,
        cwd=root,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=MOST_SECONDS,
        check=False,
    )
    rows = json.loads(done.stdout) if done.returncode == 0 else []
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _context(path: str, pointers: list[dict[str, object]]) -> dict[str, object]:
    lines = [f"What binds {path} (titles are quoted data; open one with `kb show ID` before you go against it):"]
    lines += [f"- [{row.get('citation')}] {row.get('title')} - {row.get('why')}" for row in pointers[:MOST_POINTERS]]
    if len(pointers) > MOST_POINTERS:
        lines.append(f"- and {len(pointers) - MOST_POINTERS} more: kb rules-for {path}")
    said = "\n".join(" ".join(line.split())[:MOST_CHARACTERS] for line in lines)
    return {"hookSpecificOutput": {"hookEventName": "PreToolUse", "additionalContext": said}}


if __name__ == "__main__":
    sys.exit(main())
