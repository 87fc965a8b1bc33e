"""The `[harness]` part of `kb.toml`: suites, profiles, where things lie. What is left out has the product's default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any

from harness.cases import ConfigError
from harness.order.rules import Rule, rules_from

INTENTS = (
    "waste", "character", "location", "collection_point", "bulk_waste", "recyclable_price", "weather", "web_search",
    "image_generation", "general",
)  # fmt: skip
INTENT_AGENTS: Mapping[str, tuple[str, ...]] = MappingProxyType({"waste": ("classify", "scan")})
"""Where an intent is served by agents of other names than its own."""


@dataclass(frozen=True)
class Suite:
    """Cases and the target they are put to. Paths are relative to the workspace; `environment` holds while it runs.

    `requests_per_minute` is what the target allows, 0 for no limit. A suite that is `on_request` runs when it is named.
    """

    name: str
    cases: tuple[str, ...]
    target: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    requests_per_minute: float = 0.0
    on_request: bool = False


@dataclass(frozen=True)
class Profile:
    """One way to run the suites: its environment, what builds its index, the modules and metrics that it adds."""

    name: str
    environment: Mapping[str, str] = field(default_factory=dict)
    prepare: str = "kb index"
    requires: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()


@dataclass(frozen=True)
class Config:
    """All that `[harness]` can say."""

    suites: tuple[Suite, ...] = ()
    profiles: Mapping[str, Profile] = field(default_factory=lambda: {"default": Profile("default")})
    gates: str = "datasets/gates.yaml"
    baseline: str = "reports/baseline.json"
    reports: str = "reports/latest"
    history: str = "reports/history.jsonl"
    gold: str = "datasets/gold"
    observations: str = "datasets/observations"
    frozen: str = "datasets/FROZEN"
    metrics: tuple[str, ...] = ()
    judge: str = "offline"
    judge_budget_usd: float | None = None
    timeout_s: float = 60.0
    concurrency: int = 1
    intents: tuple[str, ...] = INTENTS
    agents: tuple[str, ...] = ()
    intent_agents: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: dict(INTENT_AGENTS))
    contracts: tuple[Rule, ...] = ()

    @property
    def known_agents(self) -> tuple[str, ...]:
        """The agents named in the configuration, else those that serve the known intents."""
        return self.agents or tuple(agent for intent in self.intents for agent in self.agents_of(intent))

    def agents_of(self, intent: str) -> tuple[str, ...]:
        """The agents that serve an intent; one of the same name unless said otherwise."""
        return self.intent_agents.get(intent, (intent,))

    def profile(self, name: str) -> Profile:
        """Raises: ConfigError: no profile of that name."""
        if name not in self.profiles:
            raise ConfigError(f"no profile {name!r} in kb.toml; known are {', '.join(sorted(self.profiles))}")
        return self.profiles[name]

    def suites_named(self, names: Sequence[str]) -> tuple[Suite, ...]:
        """The suites of those names in the order of `kb.toml`; for no names all but those that run on request.

        Raises:
            ConfigError: a name is unknown, or there are no suites at all.
        """
        known = [suite.name for suite in self.suites]
        if not known:
            raise ConfigError("kb.toml has no [[harness.suites]]; add name, cases and target, or give --cases FILE")
        for name in names:
            if name not in known:
                raise ConfigError(f"no suite {name!r} in kb.toml; known are {', '.join(known)}")
        return tuple(suite for suite in self.suites if (suite.name in names if names else not suite.on_request))


def config_from(table: Mapping[str, Any], where: str = "kb.toml") -> Config:
    """Read the `[harness]` table.

    Raises:
        ConfigError: an unknown key, a value of the wrong type, a suite without name or cases; names the key.
    """
    _refuse_unknown(table, {part.name for part in fields(Config)}, f"{where} [harness]")
    plain: dict[str, Any] = {key: _value(key, table[key], where) for key in table if key not in ("suites", "profiles")}
    profiles = {"default": Profile("default")}
    for name, entry in _table(table.get("profiles", {}), f"{where} [harness.profiles]").items():
        profiles[name] = _profile(name, entry, f"{where} [harness.profiles.{name}]")
    listed = table.get("suites", ())
    if not isinstance(listed, list | tuple):
        raise ConfigError(f"{where} [harness] suites must be tables [[harness.suites]], got {listed!r}")
    entries = enumerate(listed, start=1)
    suites = tuple(_suite(entry, f"{where} [[harness.suites]] {index}") for index, entry in entries)
    if len({suite.name for suite in suites}) < len(suites):
        raise ConfigError(f"{where}: two [[harness.suites]] share a name; rename one")
    return replace(Config(), suites=suites, profiles=profiles, **plain)


def _value(key: str, value: object, where: str) -> object:
    place = f"{where} [harness] {key}"
    if key == "timeout_s":
        return _positive(value, place, "of seconds ")
    if key == "judge_budget_usd":
        return _positive(value, place, "of US dollars ")
    if key == "concurrency":
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ConfigError(f"{place} must be a whole number from 1, got {value!r}")
        return value
    if key == "contracts":
        return rules_from(value, f"{where} [[harness.contracts]]")
    if key in ("intents", "agents", "metrics"):
        return _words(value, place)
    if key == "intent_agents":
        return {name: _words(agents, f"{place}.{name}") for name, agents in _table(value, place).items()}
    return _text(value, place)


def _suite(entry: object, where: str) -> Suite:
    table = _table(entry, where)
    _refuse_unknown(table, {part.name for part in fields(Suite)}, where)
    for needed in ("name", "cases"):
        if not table.get(needed):
            raise ConfigError(f"{where} has no {needed!r}; add it")
    return Suite(
        name=_text(table["name"], f"{where} name"),
        cases=_words(table["cases"], f"{where} cases"),
        target=_text(table.get("target", ""), f"{where} target"),
        environment=_environment(table.get("environment", {}), where),
        requests_per_minute=_rate(table, where),
        on_request=_truth(table.get("on_request", False), f"{where} on_request"),
    )


def _rate(table: Mapping[str, object], where: str) -> float:
    name = "requests_per_minute"
    return _positive(table[name], f"{where} {name}") if name in table else 0.0


def _positive(value: object, place: str, unit: str = "") -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
        raise ConfigError(f"{place} must be a number {unit}above 0, got {value!r}")
    return float(value)


def _profile(name: str, entry: object, where: str) -> Profile:
    table = _table(entry, where)
    _refuse_unknown(table, {part.name for part in fields(Profile)} - {"name"}, where)
    return Profile(
        name=name,
        environment=_environment(table.get("environment", {}), where),
        prepare=_text(table.get("prepare", "kb index"), f"{where} prepare"),
        requires=_words(table.get("requires", []), f"{where} requires"),
        metrics=_words(table.get("metrics", []), f"{where} metrics"),
    )


def _environment(value: object, where: str) -> dict[str, str]:
    place = f"{where} environment"
    return {name: _text(text, f"{place}.{name}") for name, text in _table(value, place).items()}


def _refuse_unknown(table: Mapping[str, object], known: set[str], where: str) -> None:
    if unknown := sorted(set(table) - known):
        raise ConfigError(f"{where}: {unknown[0]!r} is unknown; known are {', '.join(sorted(known))}")


def _table(value: object, where: str) -> dict[str, object]:
    if not isinstance(value, Mapping):
        raise ConfigError(f"{where} must be a table, got {value!r}")
    return dict(value)


def _words(value: object, where: str) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, Sequence) or not all(isinstance(word, str) for word in value):
        raise ConfigError(f"{where} must be a list of words, got {value!r}")
    return tuple(value)


def _truth(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise ConfigError(f"{where} must be true or false, got {value!r}")
    return value


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise ConfigError(f"{where} must be text, got {value!r}")
    return value
