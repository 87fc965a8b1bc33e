"""The room's own tables of words (`eco2/data/*.toml`): what people say is data, apart from the code that weighs it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """Return a table by its file's name."""
    return tomllib.loads(files("eco2").joinpath("data", f"{name}.toml").read_text(encoding="utf-8"))


def alternation(patterns: Iterable[str]) -> str:
    """Return one regular expression that matches where any of several does."""
    return "|".join(patterns)


def words(name: str) -> tuple[str, ...]:
    """Return a list of `words.toml`."""
    return tuple(table("words")[name])


def patterns(name: str) -> dict[str, str]:
    """Return a table of `patterns.toml`: key -> one regular expression."""
    return {key: alternation(rows) for key, rows in table("patterns")[name].items()}


def question(name: str) -> re.Pattern[str]:
    """Return one of the single questions of `patterns.toml`; case does not matter."""
    return re.compile(alternation(table("patterns")["is"][name]), re.IGNORECASE)
