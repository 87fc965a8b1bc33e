"""Check rows against the schemas that the package ships. The only file that knows the `jsonschema` library."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match


def complaint(schema: str, row: object) -> str | None:
    """Say in one line what keeps `row` from being a `schema`; None when nothing does.

    `schema` is the name of a file of `harness/schemas` without `.json`.
    """
    validator = _validator(schema)
    if validator.is_valid(row):
        return None
    error = best_match(validator.iter_errors(row))
    return None if error is None else _sentence(error)


@cache
def _validator(schema: str) -> Draft202012Validator:
    text = (files("harness") / "schemas" / f"{schema}.json").read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(text))


def _sentence(error: ValidationError) -> str:
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path).lstrip(".")
    message = error.message if len(error.message) <= 160 else error.message[:157] + "…"
    return f"{place}: {message}" if place else message
