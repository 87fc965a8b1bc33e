"""The page that GitHub shows of a step: the Markdown report, appended to the file that `GITHUB_STEP_SUMMARY` names."""

from __future__ import annotations

from pathlib import Path

MOST_BYTES = 1 << 20
"""Of one step; GitHub drops the whole page of a step that wrote more."""
_CUT = "\n\n… cut; the rest is in the report\n"


def append_summary(path: Path, text: str) -> bool:
    """Append as much of a report as the page still has room for, in whole lines.

    Returns:
        Whether there was room for anything.
    """
    room = MOST_BYTES - (path.stat().st_size if path.is_file() else 0) - 1
    fitted = _fitted(text.encode(), room)
    if fitted:
        with path.open("ab") as stream:
            stream.write(fitted + b"\n")
    return bool(fitted)


def _fitted(text: bytes, room: int) -> bytes:
    if len(text) <= room:
        return text
    kept = text[: max(0, room - len(_CUT.encode()))]
    at = kept.rfind(b"\n")
    return kept[:at] + _CUT.encode() if at > 0 else b""
