"""Judges by name: which door a `--judge` string means. Opens none of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from harness.cases import ConfigError
from harness.judging.remote.budget import Prices

Door = Literal["offline", "nli", "llm", "ragas", "own"]
OFFLINE = "offline"
_ASKS = ("nli", "llm", "ragas")
_FORMS = "offline, nli:MODEL, llm:module:attribute, llm:https://host/v1#model, ragas:…, or module:attribute of a judge"


@dataclass(frozen=True)
class JudgeName:
    """A door and what lies behind it: a model, a `module:attribute`, an address; nothing for the offline judge."""

    door: Door
    place: str = ""

    def __str__(self) -> str:
        return self.place if self.door == "own" else f"{self.door}:{self.place}" if self.place else self.door

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of a cross-encoder as its name gives them: `nli:MODEL#entailment,neutral,contradiction`."""
        return tuple(filter(None, self.place.partition("#")[2].split(","))) if self.door == "nli" else ()


@dataclass(frozen=True)
class JudgeChoice:
    """What a command line says of the judge; empty words mean what `kb.toml` says.

    `budget_usd` None means the budget of `kb.toml`.
    """

    judge: str = ""
    model: str = ""
    budget_usd: float | None = None
    prices: Prices = field(default_factory=Prices)

    @property
    def says_which(self) -> bool:
        return bool(self.judge or self.model)


def judge_name(judge: str, model: str = "") -> JudgeName:
    """Read `--judge` and `--judge-model`.

    A model without a judge means `llm`; `nli`, `llm` or `ragas` without a place takes the model for its place. Beside a
    judge that needs none the model is there for metrics of whole answers.

    Raises:
        ConfigError: no such door, or nothing behind it.
    """
    door, colon, place = (judge or ("llm" if model else OFFLINE)).partition(":")
    if door == OFFLINE and not colon:
        return JudgeName("offline")
    if door not in _ASKS:
        return _own(judge, colon)
    if not (place or model):
        raise ConfigError(f"--judge {judge!r} names no model; give {door}:… or --judge-model")
    if place and model and door != "nli":
        raise ConfigError(f"--judge {judge!r} and --judge-model {model!r} both name a model; leave one out")
    return JudgeName(door, place or model)  # type: ignore[arg-type]  # one of the doors, checked above


def model_place(name: JudgeName, model: str = "") -> str:
    """The language model of a choice, which may serve the judge, metrics of whole answers, or both; "" for none."""
    return name.place if name.door in ("llm", "ragas") else model


def _own(judge: str, colon: str) -> JudgeName:
    if not colon or judge.startswith(f"{OFFLINE}:"):
        raise ConfigError(f"no judge {judge!r}; known are {_FORMS}")
    return JudgeName("own", judge)
