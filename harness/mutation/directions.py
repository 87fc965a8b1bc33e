"""Names and directions of the figures of a mutation test; light enough for whoever only reads reports."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from harness.cases import Direction

KILL_RATE, FALSE_KILL_RATE = "judge_kill_rate", "judge_false_kill_rate"
DIRECTIONS: Mapping[str, Direction] = MappingProxyType({KILL_RATE: "higher", FALSE_KILL_RATE: "lower"})
