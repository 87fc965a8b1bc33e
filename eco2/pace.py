"""Declared latencies for embedded models and the frozen world: seeded, at a time scale, the same in every run.

A call's delay depends on the seed, the turn's id, what is asked and how often it was asked in this turn, never on the
clock or on which thread comes first. Outside a turn nothing waits.
"""

from __future__ import annotations

import hashlib
import math
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from statistics import NormalDist
from threading import Lock

from eco2.tables import table
from eco2.turns import SettingsError

_NORMAL = NormalDist()
_SHAPES = ("fixed", "mean, p99", "p10, p90")


@dataclass(frozen=True)
class Delay:
    """A lognormal time in seconds by the median and the deviation of its logarithm; without one it is fixed."""

    median_s: float
    sigma: float = 0.0

    def at(self, share: float) -> float:
        """The seconds that a share of calls, in (0, 1), do not exceed."""
        return self.median_s * math.exp(self.sigma * _NORMAL.inv_cdf(share)) if self.sigma else self.median_s


@dataclass(frozen=True)
class Pace:
    """Delays by what is asked; `scale` times the declared seconds are waited."""

    delays: Mapping[str, Delay]
    scale: float = 1.0
    seed: int = 0
    sleep: Callable[[float], None] = time.sleep

    def delay_s(self, turn: str, source: str, asked: str, number: int) -> float:
        """The seconds of one call; 0 for a source of which nothing is declared."""
        if source not in self.delays:
            return 0.0
        key = "\x1f".join((str(self.seed), turn, source, asked, str(number)))
        drawn = int.from_bytes(hashlib.sha256(key.encode()).digest()[:6], "big")
        return self.scale * self.delays[source].at((drawn + 0.5) / 2**48)

    def wait(self, source: str, asked: object = "") -> None:
        """Take as long as this call of the current turn is declared to take."""
        if (turn := _TURN.get()) is not None:
            call = (source, repr(asked))
            self.sleep(self.delay_s(turn.id, *call, turn.count(call)))


@dataclass
class _Turn:
    """Which turn runs, and how often it asked what."""

    id: str
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)

    def count(self, call: tuple[str, str]) -> int:
        with self.lock:
            self.calls[call] += 1
            return self.calls[call]


_TURN: ContextVar[_Turn | None] = ContextVar("turn", default=None)


@contextmanager
def in_turn(id_: str) -> Iterator[None]:
    """Let calls within, on whatever threads of this context, belong to a turn."""
    token = _TURN.set(_Turn(id_))
    try:
        yield
    finally:
        _TURN.reset(token)


def pace_of(text: str, sleep: Callable[[float], None] = time.sleep) -> Pace | None:
    """Read ECO2_PACE: `NAME`, `NAME*SCALE`, `NAME*SCALE@SEED`; a name is a shipped table or a file that ends in .toml.

    Returns:
        The pace; None for an empty setting.

    Raises:
        SettingsError: no such table or file, or a figure in it or in the setting cannot be used; says which.
    """
    if not text:
        return None
    rest, _, seed = text.partition("@")
    name, _, scale = rest.partition("*")
    return Pace(_delays(name.strip()), _scale(scale or "1", text), _seed(seed or "0", text), sleep)


def _scale(word: str, text: str) -> float:
    try:
        scale = float(word)
    except ValueError:
        scale = math.nan
    if not 0 <= scale < math.inf:
        raise SettingsError(f"ECO2_PACE is {text!r:.80}; after '*' comes a number, 0 or more, as in 'real*0.01'")
    return scale


def _seed(word: str, text: str) -> int:
    try:
        return int(word)
    except ValueError as error:
        raise SettingsError(
            f"ECO2_PACE is {text!r:.80}; after '@' comes a whole number, as in 'real*0.01@7'"
        ) from error


def _delays(name: str) -> dict[str, Delay]:
    if name.endswith(".toml"):
        return _rows(_parsed(name), name)
    shipped = table("pace")
    if name not in shipped:
        known = ", ".join(sorted(shipped))
        raise SettingsError(f"ECO2_PACE names {name!r:.60}; known are {known}, or give a file that ends in .toml")
    return _rows(shipped[name], f"data/pace.toml [{name}]")


def _parsed(name: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(Path(name).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"ECO2_PACE names {name!r:.80}, which cannot be read: {error}") from error


def _rows(rows: Mapping[str, object], where: str) -> dict[str, Delay]:
    return {source: _delay(row, f"{where}: {source}") for source, row in rows.items()}


def _delay(row: object, where: str) -> Delay:
    """Read one row; the two figures of a lognormal fix its median and its deviation."""
    figures = dict(row) if isinstance(row, Mapping) else {}
    if not all(type(value) in (int, float) and value > 0 for value in figures.values()):
        figures = {}
    if set(figures) == {"fixed"}:
        return Delay(figures["fixed"])
    if set(figures) == {"p10", "p90"} and figures["p10"] <= figures["p90"]:
        spread = math.log(figures["p90"] / figures["p10"]) / (2 * _NORMAL.inv_cdf(0.9))
        return Delay(math.sqrt(figures["p10"] * figures["p90"]), spread)
    if set(figures) == {"mean", "p99"} and figures["mean"] <= figures["p99"] < figures["mean"] * _FARTHEST:
        return _by_mean(figures["mean"], figures["p99"])
    raise SettingsError(f"{where} is {row!r:.80}; give seconds above 0 as a table of {' or of '.join(_SHAPES)}")


_Z99 = _NORMAL.inv_cdf(0.99)
_FARTHEST = math.exp(_Z99**2 / 2)
"""No lognormal has its 99th percentile farther above its mean: 15 times."""


def _by_mean(mean: float, p99: float) -> Delay:
    """Solve log(p99 / mean) = z sigma - sigma^2 / 2 for the smaller sigma."""
    sigma = _Z99 - math.sqrt(_Z99**2 - 2 * math.log(p99 / mean))
    return Delay(mean * math.exp(-(sigma**2) / 2), sigma)
