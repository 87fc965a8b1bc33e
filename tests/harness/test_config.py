from __future__ import annotations

import tomllib

import pytest

from harness.cases import ConfigError
from harness.config import Config, config_from

TOML = """
gates = "g.yaml"
timeout_s = 3
[[suites]]
name = "golden"
cases = ["a.jsonl"]
target = "bot:answer"
environment = {ECO2_WORLD = "recorded"}
[[suites]]
name = "more"
cases = ["b.jsonl"]
[profiles.card]
environment = {KB_PROFILE = "card"}
requires = ["ragas"]
"""


def test_suites_profiles_and_plain_values_are_read() -> None:
    config = config_from(tomllib.loads(TOML))
    assert (config.gates, config.timeout_s, config.baseline) == ("g.yaml", 3.0, "reports/baseline.json")
    assert [suite.name for suite in config.suites_named(())] == ["golden", "more"]
    assert config.suites[0].environment == {"ECO2_WORLD": "recorded"}
    assert config.profile("card").requires == ("ragas",)
    assert config.profile("default").environment == {}


@pytest.mark.parametrize(
    ("table", "word"),
    [
        ({"gate": "x"}, "'gate' is unknown"),
        ({"timeout_s": 0}, "above 0"),
        ({"timeout_s": True}, "above 0"),
        ({"suites": [{"name": "a"}]}, "no 'cases'"),
        ({"suites": [{"name": "a", "cases": "x"}]}, "list of words"),
        ({"suites": [{"name": "a", "cases": ["x"]}] * 2}, "share a name"),
        ({"suites": [{"name": "a", "cases": ["x"], "environment": {"A": 1}}]}, "must be text"),
        ({"profiles": {"p": {"prepares": "x"}}}, "'prepares' is unknown"),
        ({"profiles": []}, "must be a table"),
    ],
)
def test_a_mistake_is_named_with_its_key(table: dict[str, object], word: str) -> None:
    with pytest.raises(ConfigError, match=word):
        config_from(table)


def test_an_unknown_suite_or_profile_names_the_known_ones() -> None:
    config = config_from(tomllib.loads(TOML))
    with pytest.raises(ConfigError, match="golden, more"):
        config.suites_named(["gold"])
    with pytest.raises(ConfigError, match="card, default"):
        config.profile("fast")
    with pytest.raises(ConfigError, match=r"no \[\[harness\.suites"):
        Config().suites_named(())


def test_an_intent_is_served_by_the_agent_of_its_name_unless_said_otherwise() -> None:
    assert Config().agents_of("weather") == ("weather",)
    assert Config().agents_of("waste") == ("classify", "scan")
    assert {"scan", "general", "bulk_waste"} <= set(Config().known_agents)
    assert config_from({"intent_agents": {"order": ["shop"]}}).agents_of("order") == ("shop",)
