"""Write pins into a text: `[adr:0007]` -> `[adr:0007@3fa9c1d2e0b4]`, so that the citation says itself what was cited.

A citation that has moved, was edited or is gone is left alone: pinning it would call the change right unread.
"""

from __future__ import annotations

from collections.abc import Sequence

from kb.cite import PIN_DIGITS, Mention
from kb.verify import Check


def pinned(content: str, checks: Sequence[Check], *, accept: bool = False) -> tuple[str, list[Check], list[Check]]:
    """Pin what can be pinned.

    Args:
        content: the text.
        checks: of all its citations.
        accept: also pin, as they stand now, places whose lines were edited.

    Returns:
        The text, the citations that are pinned now and those that are left; one that had a pin is in neither.
    """
    open_ = [check for check in checks if not check.mention.is_pinned]
    ready = [check for check in open_ if _digest(check, accept) and check.mention.kind in {"mark", "place"}]
    for check in sorted(ready, key=lambda check: -check.mention.start):
        place = _end(check.mention)
        content = f"{content[:place]}@{(_digest(check, accept) or '')[:PIN_DIGITS]}{content[place:]}"
    return content, ready, [check for check in open_ if check not in ready]


def why_left(check: Check) -> str:
    """One line about a citation that was not pinned."""
    if check.mention.kind == "json":
        return "is JSON, written by a program"
    if check.mention.kind == "link":
        return "is a link, whose fragment a pin would break"
    return f"{check.verdict or 'not verified'}: {check.detail}"


def _digest(check: Check, accept: bool) -> str | None:
    return check.quote_hash if accept or check.verdict in ("ok", None) else None


def _end(mention: Mention) -> int:
    """Where the pin goes: behind the id or the lines, before a closing bracket."""
    return mention.end - 1 if mention.kind == "mark" else mention.end
