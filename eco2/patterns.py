"""Tables of patterns: which of their rows a text matches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache


def any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    """Return one pattern that matches where any of them does."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


def which(table: Mapping[str, str], text: str) -> tuple[str, ...]:
    """Return the keys whose pattern is found in the lower-cased text, in the table's order."""
    lowered = text.lower()
    return tuple(key for key, pattern in table.items() if _compiled(pattern).search(lowered))


def blanked(table: Mapping[str, str], text: str) -> str:
    """Return the text with whatever the rows match blanked out to the end of the word; case does not matter."""
    for pattern in table.values():
        for match in _compiled(f"(?:{pattern})[가-힣]*").finditer(text.lower()):
            text = text[: match.start()] + " " * len(match[0]) + text[match.end() :]
    return text


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
