"""The rules of a contract as `kb.toml` writes them: one `[[harness.contracts]]` a rule, with one of `KINDS` as its key.

    before = ["understand", "*", "gather", "compose"]   every event of one comes before every event of the next
    after = ["compose", "gather"]                       the same, read from the right
    parallel = ["classify", "weather"]                  each starts before the other ends; `slack_ms` forgives
    at_most_once = ["image_generation"]                 runs once or not at all
    never = ["web_search"]                              has no event
    joins = {gather = ["classify", "weather"]}          starts when all of them that started have ended
    within_ms = {stage = "compose", ms = 500}           a run takes no longer, by `ts`

`*` stands for every stage that the rule does not name, the turn itself aside. `when = {intents = […]}` and `unless`
bind a rule to messages with one of the intents, or with none of them. A stage that did not run breaks no rule. Rules
that cannot be kept together are refused (`impossible`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from harness.cases import ConfigError
from harness.order.impossible import impossible

Kind = Literal["before", "after", "parallel", "at_most_once", "never", "joins", "within_ms"]
KINDS: tuple[Kind, ...] = ("before", "after", "parallel", "at_most_once", "never", "joins", "within_ms")
_LEAST: Mapping[str, int] = {"before": 2, "after": 2, "parallel": 2}


@dataclass(frozen=True)
class Rule:
    """One rule. `join` is the stage that waits for `stages`; `limit_ms` is that of `within_ms` or the slack."""

    kind: Kind
    stages: tuple[str, ...]
    join: str = ""
    limit_ms: float = 0.0
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()

    def __str__(self) -> str:
        names = ", ".join(self.stages)
        if self.kind == "joins":
            return f"{self.join} joins {names}"
        return f"{names} within {self.limit_ms:g} ms" if self.kind == "within_ms" else f"{self.kind} {names}"

    @property
    def order(self) -> tuple[str, ...]:
        """The stages of `before` and `after`, the earliest first."""
        return self.stages[::-1] if self.kind == "after" else self.stages

    def binds(self, intents: Sequence[str]) -> bool:
        """Whether the rule holds for a message of these intents."""
        asked = set(intents)
        return (not self.when or bool(asked & set(self.when))) and not asked & set(self.unless)


def rules_from(entries: object, where: str) -> tuple[Rule, ...]:
    """Read the rules of a workspace.

    Raises:
        ConfigError: an entry has no rule or two, names an unknown key, its value has another shape, or no turn can
            keep them all; says which.
    """
    if not isinstance(entries, Sequence) or isinstance(entries, str):
        raise ConfigError(f"{where} must be a list of tables, got {entries!r:.80}; write [[harness.contracts]]")
    rules = tuple(rule for number, entry in enumerate(entries, start=1) for rule in _rules(entry, f"{where} {number}"))
    if why := impossible(rules):
        raise ConfigError(f"{where}: {why}")
    return rules


def _rules(entry: object, where: str) -> Iterator[Rule]:
    table = _table(entry, where)
    kinds = [kind for kind in KINDS if kind in table]
    if len(kinds) != 1:
        raise ConfigError(f"{where} has {len(kinds)} rules; give exactly one of {', '.join(KINDS)}")
    kind = kinds[0]
    known = {kind, "when", "unless", *(["slack_ms"] if kind == "parallel" else [])}
    if unknown := sorted(set(table) - known):
        raise ConfigError(f"{where}: {unknown[0]!r} is unknown beside {kind!r}; known are {', '.join(sorted(known))}")
    when, unless = _intents(table, "when", where), _intents(table, "unless", where)
    for join, stages, limit_ms in _bodies(kind, table, where):
        yield Rule(kind, stages, join, limit_ms, when, unless)


def _bodies(kind: Kind, table: Mapping[str, object], where: str) -> Iterator[tuple[str, tuple[str, ...], float]]:
    value, place = table[kind], f"{where} {kind}"
    if kind == "joins":
        for join in _words(list(_table(value, place)), place, 1):
            yield join, _words(_table(value, place)[join], f"{place}.{join}", 1), 0.0
    elif kind == "within_ms":
        body = _table(value, place, ("stage", "ms"))
        yield "", _words([body.get("stage")], f"{place}.stage", 1), _number(body.get("ms"), f"{place}.ms")
    else:
        slack = _number(table["slack_ms"], f"{where} slack_ms") if "slack_ms" in table else 0.0
        yield "", _words(value, place, _LEAST.get(kind, 1)), slack


def _intents(table: Mapping[str, object], key: str, where: str) -> tuple[str, ...]:
    if key not in table:
        return ()
    return _words(_table(table[key], f"{where} {key}", ("intents",)).get("intents"), f"{where} {key}.intents", 1)


def _table(value: object, where: str, known: Sequence[str] = ()) -> Mapping[str, object]:
    """A table; where `known` names keys, it may have no others."""
    if not isinstance(value, Mapping):
        raise ConfigError(f"{where} must be a table, got {value!r:.80}")
    if known and (unknown := sorted(set(value) - set(known))):
        raise ConfigError(f"{where}: {unknown[0]!r} is unknown; known are {', '.join(known)}")
    return value


def _words(value: object, where: str, least: int) -> tuple[str, ...]:
    words = tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else ()
    if len(words) < least or not all(isinstance(word, str) and word for word in words) or len(set(words)) < len(words):
        raise ConfigError(f"{where} must be at least {least} different names, got {value!r:.80}")
    return words


def _number(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise ConfigError(f"{where} must be a number of milliseconds, got {value!r:.80}")
    return float(value)
