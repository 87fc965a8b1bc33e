"""`mutations.json` as a matrix, operator by language: false claims that the judge sees, true ones that it damns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

SCHEMA = "mutations/1"
_MOST = 12
"""Survivors and false kills that are shown word for word, the surest mistakes first."""
_TITLES = {
    "mutation": ("False claims killed", "Each true claim is made false in one place. Higher is better."),
    "rewrite": ("True claims killed by mistake", "Each true claim is said in other words. Lower is better."),
}


def matrices(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A matrix a family: operators down, languages across, all at the end of both."""
    rates = {(row["family"], row["operator"], row["language"]): row for row in table["rates"]}
    found = []
    for family, (title, about) in _TITLES.items():
        own = [row for row in table["rates"] if row["family"] == family]
        if own:
            languages = [*sorted({row["language"] for row in own} - {""}), ""]
            operators = [*dict.fromkeys(row["operator"] for row in own if row["operator"]), ""]
            rows = [
                {"operator": name or "all", "cells": [_cell(rates.get((family, name, of)), family) for of in languages]}
                for name in operators
            ]
            found.append({"title": title, "about": about, "languages": [of or "all" for of in languages], "rows": rows})
    return found


def mistakes(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Survivors and false kills word for word, both with what was changed."""
    return [
        {"title": "Survivors", "about": "false, and not called unsupported", "count": len(table["survivors"]),
         "rows": list(_words(table["survivors"], -1))},
        {"title": "False kills", "about": "true, and called unsupported", "count": len(table["false_kills"]),
         "rows": list(_words(table["false_kills"], 1))},
    ]  # fmt: skip


def _words(rows: Sequence[Mapping[str, Any]], sign: int) -> Iterator[dict[str, Any]]:
    for row in sorted(rows, key=lambda row: sign * float(row["p_supported"]))[:_MOST]:
        start, end = (int(at) for at in row["span"])
        text = str(row["mutant"])
        yield {**row, "before": text[:start], "changed": text[start:end], "after": text[end:]}


def _cell(rate: Mapping[str, Any] | None, family: str) -> dict[str, str] | None:
    if rate is None:
        return None
    share, bounds = float(rate["rate"]), f"{rate['low']:.0%}–{rate['high']:.0%}"
    told = f"{rate['killed']} of {rate['n']}, 95 % {bounds}, abstained on {rate['abstained']}"
    badness = 1 - share if family == "mutation" else share
    return {"shown": f"{share:.0%}", "bounds": bounds, "told": told, "heat": heat(badness)}


def heat(badness: float) -> str:
    """The class of a cell's colour: from h0, nothing wrong, to h5, more than half."""
    return f"h{sum(badness > edge for edge in (1e-9, 0.05, 0.1, 0.25, 0.5))}"
