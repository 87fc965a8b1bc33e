"""Files that we share with their owner: a part of ours is put in, and taken out again without touching what is theirs.

JSON files (`.mcp.json`, a client's settings) hold a part of a table; `AGENTS.md` holds a section between two markers
that stand on lines of their own. Nothing here touches the disk.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from kb.documents import KbError
from kb.skillset.json_text import with_members

BEGIN, END = "<!-- kb:begin -->", "<!-- kb:end -->"
_SECTION = re.compile(rf"^{BEGIN}[ \t]*\r?\n.*?^{END}[ \t]*(?:\r?\n|\Z)", re.MULTILINE | re.DOTALL)
_MARKER = re.compile(rf"^(?:{BEGIN}|{END})[ \t]*\r?$", re.MULTILINE)


class InstallRefused(KbError):
    """Something of another owner stands where a skill or an entry would go, or cannot be read."""


def table_of(content: bytes | None, where: str) -> dict[str, Any]:
    """The table in a JSON file; an empty one where there is no file or nothing in it.

    Raises:
        InstallRefused: it is no JSON, or no object.
    """
    try:
        table = json.loads(content, parse_constant=_refused, parse_float=_number) if content and content.strip() else {}
    except (ValueError, RecursionError) as error:
        raise InstallRefused(f"{where}: {error}; mend the JSON, then install again") from error
    if not isinstance(table, dict):
        raise InstallRefused(f"{where}: must hold a JSON object; mend it, then install again")
    return table


def written(table: Mapping[str, Any], base: bytes | None, before: Mapping[str, Any]) -> bytes:
    """A table as a JSON file: as it was written where members were added alone, else anew.

    Args:
        table: what it is to say.
        base: the file before; None for none.
        before: what that said.
    """
    try:
        text = with_members((base or b"").decode("utf-8"), before, added(before, table))
        if text is not None and json.loads(text) == table:
            return text.encode()
    except ValueError:
        pass  # another encoding or a byte order mark, or nothing: written anew
    return (json.dumps(table, ensure_ascii=False, indent=2) + "\n").encode()


def joined(
    table: Mapping[str, Any], part: Mapping[str, Any], where: str, ours: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Both together: tables are merged, lists get what they lack, another value than ours is refused.

    Args:
        table: what is there.
        part: what must be there.
        where: names the table in messages.
        ours: what was put in before; an entry of it that somebody changed since is theirs and stays.

    Raises:
        InstallRefused: a key has another value.
    """
    found = dict(table)
    for key, value in part.items():
        held = found.get(key)
        before = (ours or {}).get(key)
        if held is None:
            found[key] = value
        elif isinstance(held, dict) and isinstance(value, Mapping):
            is_theirs = before is not None and _is_entry(value)
            inner = before if isinstance(before, Mapping) else None
            found[key] = held if is_theirs else joined(held, value, f"{where} {key}", inner)
        elif isinstance(held, list) and isinstance(value, list):
            found[key] = [*held, *(item for item in value if item not in held)]
        elif held != value:
            raise InstallRefused(f"{where}: {key} is {held!r:.80} there, not {value!r:.80}; remove or rename it")
    return found


def added(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What `joined` put into a table: keys that it lacked, and of lists the items that they lacked."""
    found: dict[str, Any] = {}
    for key, value in after.items():
        held = before.get(key)
        if held is None and value is not None:
            found[key] = value
        elif isinstance(held, dict) and isinstance(value, dict):
            found |= {key: inner} if (inner := added(held, value)) else {}
        elif isinstance(held, list) and isinstance(value, list):
            found |= {key: new} if (new := [item for item in value if item not in held]) else {}
    return found


def without_part(table: Mapping[str, Any], part: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """A table without what we put in. An entry that somebody changed is theirs and stays as a whole.

    Args:
        table: as it is now.
        part: as `added` told it.
        before: the table before we came; what was empty there stays, empty.
    """
    left: dict[str, Any] = {}
    for key, value in table.items():
        mine, held = part.get(key), before.get(key)
        if key not in part:
            left[key] = value
        elif isinstance(value, dict) and isinstance(mine, Mapping) and not (held is None and _is_entry(mine)):
            inner = without_part(value, mine, held if isinstance(held, Mapping) else {})
            left |= {key: inner} if inner or held is not None else {}
        elif isinstance(value, list) and isinstance(mine, list):
            items = [item for item in value if item not in mine]
            left |= {key: items} if items or held is not None else {}
        elif value != mine:
            left[key] = value
        elif key in before:
            left[key] = held
    return left


def noted(text: str, note: str, where: str) -> str:
    """A text with our section: in the place of the one that is there, else at the end; in the text's own line ends.

    Raises:
        InstallRefused: a marker of ours stands there without the other.
    """
    end = "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"
    section = end.join([BEGIN, *note.strip().split("\n"), END, ""])
    if found := _SECTION.search(text):
        return text[: found.start()] + section + text[found.end() :]
    if _MARKER.search(text):
        raise InstallRefused(f"{where} has {BEGIN} or {END} without the other; delete that line, then install again")
    gap = "" if not text else end if text.endswith("\n") else end * 2
    return f"{text}{gap}{section}"


def without_note(text: str) -> str:
    """A text without our section and the blank line that was put before it."""
    found = _SECTION.search(text)
    if found is None:
        return text
    before = re.sub(r"(\r?\n)\r?\n\Z", r"\1", text[: found.start()])
    return before + text[found.end() :]


def _refused(constant: str) -> float:
    raise ValueError(f"{constant} is no JSON")


def _number(text: str) -> float:
    """A number that is written again as it is read; one beyond the range of a float would come out as no JSON."""
    return float(text) if float(text) not in (float("inf"), float("-inf")) else _refused(text)


def _is_entry(table: Mapping[str, Any]) -> bool:
    """True for a table that says what to run: half of it would be worth nothing."""
    return "command" in table or "url" in table
