"""Read `gates.yaml` with line numbers. The only file of the room that knows PyYAML."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import yaml

from harness.cases import ConfigError, Gate

_FIELDS = {part.name for part in fields(Gate)} - {"line"}


def gates_from(text: str, where: str) -> list[Gate]:
    """Read the gates of a file: a list `gates` of mappings, and `defaults` for what they leave out.

    Raises:
        ConfigError: not YAML, an unknown field, a gate without metric, suite or limit; names the line.
    """
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        table = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError(f"{where}: {str(error).splitlines()[0]}; mend the YAML") from error
    if not isinstance(table, dict) or not isinstance(table.get("gates"), list) or not table["gates"]:
        raise ConfigError(f"{where}: no gates; give a list `gates` of {{metric, suite, min or max}}")
    lines = _lines(node, where)
    defaults = table.get("defaults") or {}
    if not isinstance(defaults, dict):
        raise ConfigError(f"{where}: defaults must be a mapping, got {defaults!r}")
    return [_gate(entry, defaults, f"{where}:{line}", line) for entry, line in zip(table["gates"], lines, strict=True)]


def _lines(node: yaml.Node | None, where: str) -> list[int]:
    if not isinstance(node, yaml.MappingNode):
        return []
    entries: yaml.Node = next(value for key, value in node.value if key.value == "gates")
    for one in (node, *(value for _, value in node.value), *entries.value):
        _refuse_repeats(one, where)
    return [entry.start_mark.line + 1 for entry in entries.value]


def _refuse_repeats(node: yaml.Node, where: str) -> None:
    """YAML takes the last of two equal keys, so that a second `min` would loosen a gate unseen."""
    keys = [key for key, _ in node.value] if isinstance(node, yaml.MappingNode) else []
    seen: set[object] = set()
    for key in keys:
        if key.value in seen:
            raise ConfigError(f"{where}:{key.start_mark.line + 1}: {key.value!r} stands twice; remove one")
        seen.add(key.value)


def _gate(entry: object, defaults: Mapping[str, Any], where: str, line: int) -> Gate:
    if not isinstance(entry, dict):
        raise ConfigError(f"{where}: a gate must be a mapping, got {entry!r}")
    values = {**defaults, **entry}
    if unknown := sorted(set(values) - _FIELDS):
        raise ConfigError(f"{where}: {unknown[0]!r} is unknown; known are {', '.join(sorted(_FIELDS))}")
    for needed in ("metric", "suite"):
        if not values.get(needed):
            raise ConfigError(f"{where}: the gate has no {needed!r}; add it")
    for name in ("metric", "suite", "split", "slice"):
        if not isinstance(values.get(name, ""), str):
            raise ConfigError(f"{where}: {name} must be text, got {values[name]!r}")
    if values.get("split", "") not in ("", "dev", "test"):
        raise ConfigError(f"{where}: split must be dev or test, got {values['split']!r}")
    limits = [name for name in ("min", "max", "max_drop", "margin") if values.get(name) is not None]
    if not limits:
        raise ConfigError(f"{where}: the gate on {values['metric']!r} has no limit; give min, max, max_drop or margin")
    for name in (*limits, "max_unmeasured"):
        _check_number(values.get(name, 0), f"{where}: {name}")
    _check_margin(values, where)
    return Gate(**values, line=line)


def _check_margin(values: Mapping[str, Any], where: str) -> None:
    margin = values.get("margin")
    if margin is not None and margin <= 0:
        raise ConfigError(f"{where}: margin must be above 0, got {margin!r}; for no drop at all give max_drop: 0")
    if "alpha" in values:
        _check_number(values["alpha"], f"{where}: alpha")
        if not 0 < values["alpha"] < 1:
            raise ConfigError(f"{where}: alpha must be between 0 and 1, got {values['alpha']!r}")
    if not isinstance(values.get("strict", False), bool):
        raise ConfigError(f"{where}: strict must be true or false, got {values['strict']!r}")


def _check_number(value: object, what: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ConfigError(f"{what} must be a number, got {value!r}")
