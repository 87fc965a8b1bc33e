"""Observations and scores as rows of JSONL and back. Rows that are read have passed their schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from harness.cases import Figure, Observation, Score


def observation_row(observation: Observation) -> dict[str, object]:
    return dict(vars(observation))


def observation_from(row: Mapping[str, Any]) -> Observation:
    return Observation(
        id=row["id"],
        suite=row["suite"],
        split=row["split"],
        question=row["question"],
        response=row["response"],
        error=row.get("error"),
        elapsed_ms=row["elapsed_ms"],
        fingerprint=row.get("fingerprint", ""),
        repeat=row.get("repeat", 0),
    )


def score_row(score: Score) -> dict[str, object]:
    return dict(vars(score))


def score_from(row: Mapping[str, Any]) -> Score:
    return Score(
        suite=row["suite"],
        id=row["id"],
        split=row["split"],
        metric=row["metric"],
        verdict=row["verdict"],
        value=row["value"],
        reason=row.get("reason", ""),
        details=row.get("details", {}),
        repeat=row.get("repeat", 0),
    )


def figure_row(figure: Figure) -> dict[str, object]:
    return asdict(figure)


def figure_from(row: Mapping[str, Any]) -> Figure:
    return Figure(**{name: row[name] for name in Figure.__dataclass_fields__ if name in row})
