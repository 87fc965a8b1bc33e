"""A contract is a partial order: each of its linear extensions passes, each turned edge fails and is named."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import combinations, permutations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.cases import ConfigError
from harness.config import config_from
from harness.order.contract import NoClock, breaches
from harness.order.rules import Rule, rules_from
from harness.score import score
from harness.trial import Resources
from tests.harness.support import a_case, a_trial, an_observation, resources

STAGES = "abcdef"
Edge = tuple[str, str]


def _events(*said: str) -> list[dict[str, Any]]:
    """`a<` is the start of a, `a>` its end, `a!` its failure, `a-` that it is skipped, `a` alone a plain event; a digit
    names the run.
    """
    words = {"<": "started", ">": "completed", "!": "failed", "-": "skipped"}
    return [
        {
            "seq": seq,
            "stage": word[0],
            "status": words.get(word[-1], "running"),
            "ts": f"2026-01-20T00:00:0{seq / 10:.3f}+00:00",
            "payload": {"sub_query": word[1:-1]},
        }
        for seq, word in enumerate(said, start=1)
    ]


def _contract(*entries: dict[str, Any]) -> tuple[Rule, ...]:
    return rules_from(list(entries), "kb.toml [[harness.contracts]]")


def _edges(edges: Sequence[Edge]) -> tuple[Rule, ...]:
    return _contract(*({"before": list(edge)} for edge in edges))


def _extends(order: Sequence[str], edges: Sequence[Edge]) -> bool:
    return all(order.index(first) < order.index(second) for first, second in edges)


def _runs(order: Sequence[str]) -> list[dict[str, Any]]:
    return _events(*(f"{stage}{mark}" for stage in order for mark in "<>"))


def _exactly_the_linear_extensions_pass(n: int, edges: Sequence[Edge]) -> None:
    rules = _edges(edges)
    for order in permutations(STAGES[:n]):
        assert (not breaches(_runs(order), rules)) == _extends(order, edges)


@pytest.mark.parametrize("n", [2, 3, pytest.param(4, marks=pytest.mark.soak)])
def test_of_every_partial_order_exactly_the_linear_extensions_pass(n: int) -> None:
    pairs = list(combinations(STAGES[:n], 2))
    for chosen in product((False, True), repeat=len(pairs)):
        _exactly_the_linear_extensions_pass(n, [pair for pair, taken in zip(pairs, chosen, strict=True) if taken])


@settings(deadline=None, max_examples=15)
@given(
    st.integers(2, 6).flatmap(
        lambda n: st.tuples(st.just(n), st.sets(st.sampled_from(list(combinations(STAGES[:n], 2)))))
    )
)
def test_every_linear_extension_of_six_stages_passes_and_no_other_order(drawn: tuple[int, set[Edge]]) -> None:
    n, edges = drawn
    for order in permutations(STAGES[:n]):
        found = breaches(_events(*order), _edges(sorted(edges)))
        assert (not found) == _extends(order, sorted(edges))


@given(st.permutations(list("abcdef")), st.integers(0, 4))
def test_one_turned_edge_is_the_pair_that_is_named(order: list[str], at: int) -> None:
    """All edges of a total order: of two neighbours turned round exactly that edge breaks."""
    rules = _edges(list(combinations(order, 2)))
    turned = [*order[:at], order[at + 1], order[at], *order[at + 2 :]]
    (breach,) = breaches(_runs(turned), rules)
    assert breach.rule.stages == (order[at], order[at + 1])
    assert breach.second is not None
    assert (str(breach.first)[:11], str(breach.second)[:9]) == (f"{order[at + 1]} completed", f"{order[at]} started")
    assert breach.distance == 1


def test_of_several_breaches_the_nearest_pair_comes_first() -> None:
    rules = _contract({"before": ["a", "e"]}, {"before": ["b", "c"]})
    found = breaches(_events("e", "c", "b", "d", "a"), rules)
    assert [(breach.first.seq, breach.second and breach.second.seq) for breach in found] == [(2, 3), (1, 5)]


@pytest.mark.parametrize(
    ("rule", "holds", "breaks", "pair"),
    [
        ({"before": ["a", "b"]}, "a< a> b< b>", "a< b< a> b>", (2, 3)),
        ({"before": ["a", "*", "z"]}, "a< a> c< b< c> b> z<", "a< a> c< z< c>", (4, 5)),
        ({"before": ["a", "b", "c"]}, "a< a> c< c>", "c< c> a< a>", (2, 3)),
        ({"after": ["b", "a"]}, "a< a> b< b>", "b< b> a< a>", (2, 3)),
        ({"parallel": ["a", "b"]}, "a< b< a> b>", "a< a> b< b>", (2, 3)),
        ({"parallel": ["a", "b"], "slack_ms": 200}, "a< a> b< b>", "a< c< a> b< b>", (3, 4)),
        ({"parallel": ["a", "b"]}, "a< a>", "b< b! a< a>", (2, 3)),
        ({"at_most_once": ["a"]}, "a< a a a>", "a0< a1< a1> a0>", (1, 2)),
        ({"at_most_once": ["*"]}, "a< a> b< b>", "a< b< b> a> b< b>", (2, 5)),
        ({"never": ["a"]}, "b< b>", "b< a< b>", (2, None)),
        ({"joins": {"z": ["a", "b"]}}, "a< b< b> a! z< z>", "a< b< b> z< a>", (4, 5)),
        ({"joins": {"z": ["a", "b"]}}, "b< b> z<", "z< z> b< b>", (1, 4)),
        ({"joins": {"z": ["*"]}}, "t< a< a> z<", "a< z<", (1, 2)),
        ({"within_ms": {"stage": "a", "ms": 150}}, "a< a>", "a< b< a> b>", (1, 3)),
        ({"within_ms": {"stage": "a", "ms": 150}}, "b<", "b< a<", (2, None)),
        ({"parallel": ["a", "b"]}, "a- b< b>", "a< a- b< b>", (2, 3)),
        ({"at_most_once": ["a"]}, "a- a< a>", "a< a- a< a>", (1, 3)),
        ({"joins": {"z": ["a"]}}, "z< a-", "a< z< z> b z< a> z>", (5, 6)),
        ({"joins": {"z": ["a"]}}, "a< a> z< z> z< z>", "z< z> b z< a<", (4, 5)),
    ],
    ids=str,
)  # fmt: skip
def test_each_kind_of_rule(rule: dict[str, Any], holds: str, breaks: str, pair: tuple[int, int | None]) -> None:
    rules = _contract(rule)
    good = [{**event, "stage": "turn"} if event["stage"] == "t" else event for event in _events(*holds.split())]
    assert breaches(good, rules) == []
    worst = breaches(_events(*breaks.split()), rules)[0]
    assert (worst.first.seq, worst.second and worst.second.seq) == pair


@given(st.permutations(_events(*"a< b< a> b> z< z>".split())))
def test_the_order_of_arrival_does_not_matter(events: list[dict[str, Any]]) -> None:
    assert breaches(events, _contract({"joins": {"z": ["a", "b"]}}, {"parallel": ["a", "b"]})) == []


@pytest.mark.parametrize(
    ("binding", "intents", "is_broken"),
    [
        ({}, [], True),
        ({"when": {"intents": ["weather"]}}, ["waste"], False),
        ({"when": {"intents": ["weather"]}}, ["waste", "weather"], True),
        ({"unless": {"intents": ["weather"]}}, ["weather"], False),
        ({"unless": {"intents": ["weather"]}}, ["waste"], True),
    ],
    ids=str,
)
def test_a_rule_binds_only_its_intents(binding: dict[str, Any], intents: list[str], is_broken: bool) -> None:
    assert bool(breaches(_events("a"), _contract({"never": ["a"], **binding}), intents)) == is_broken


@pytest.mark.parametrize(
    "stamp", ["soon", None, True, float("nan"), float("inf"), 10**400], ids=lambda it: f"{it!s:.9}"
)
def test_a_time_that_is_not_told_is_not_taken_for_zero(stamp: object) -> None:
    untimed = [{**event, "ts": stamp} for event in _events("a<", "a>")]
    with pytest.raises(NoClock, match=r"a started \(seq 1\) has no `ts`"):
        breaches(untimed, _contract({"within_ms": {"stage": "a", "ms": 1}}))


def test_a_clock_that_goes_back_measures_nothing() -> None:
    back = [{**event, "ts": 10 - event["seq"]} for event in _events("a<", "a>")]
    with pytest.raises(NoClock, match="a clock went back"):
        breaches(back, _contract({"within_ms": {"stage": "a", "ms": 1}}))


def test_a_time_without_a_zone_is_utc_wherever_the_harness_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Seoul")
    time.tzset()
    stamps = zip(_events("a<", "a>"), ("2026-01-20T00:00:00", "2026-01-20T00:00:01Z"), strict=True)
    took_a_second = [{**event, "ts": stamp} for event, stamp in stamps]
    assert breaches(took_a_second, _contract({"within_ms": {"stage": "a", "ms": 1000}})) == []
    monkeypatch.undo()
    time.tzset()


def test_an_event_that_was_published_again_is_read_once() -> None:
    told = [{**event, "id": f"e{event['seq']}"} for event in _events("a<", "a>")]
    assert breaches([*told, *told], _contract({"at_most_once": ["a"]})) == []


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        ([{"before": ["a", "b"]}, {"before": ["b", "a"]}], "'before a, b' and 'before b, a': a before b before a"),
        ([{"before": ["a", "b"]}, {"after": ["c", "b"]}, {"before": ["c", "a"]}], "a before b before c before a"),
        ([{"joins": {"z": ["a"]}}, {"before": ["z", "a"]}], "'z joins a' and 'before z, a'"),
        ([{"joins": {"z": ["a", "z"]}}], "z before z, a circle"),
        ([{"before": ["a", "*"]}, {"before": ["b", "*"]}], "a before b before a"),
        ([{"before": ["a", "b"]}, {"parallel": ["a", "b"]}], "'parallel a, b' and 'before a, b'"),
        (
            [{"before": ["a", "b"], "when": {"intents": ["x"]}}, {"before": ["b", "a"], "when": {"intents": ["y"]}}],
            "together|for a message of x and y",
        ),
    ],
    ids=str,
)
def test_rules_that_no_turn_can_keep_together_are_refused(entries: list[dict[str, Any]], says: str) -> None:
    with pytest.raises(ConfigError, match=f"no turn can keep .*({says})"):
        _contract(*entries)


@pytest.mark.parametrize(
    "entries",
    [
        [{"before": ["a", "b"]}, {"before": ["b", "c"]}, {"before": ["a", "c"]}],
        [{"before": ["a", "*", "z"]}, {"joins": {"z": ["b", "c"]}}, {"parallel": ["b", "c"]}],
        [{"before": ["a", "b"], "when": {"intents": ["x"]}}, {"before": ["b", "a"], "unless": {"intents": ["x"]}}],
        [{"before": ["a", "b"]}, {"parallel": ["a", "b"], "slack_ms": 50}],
        [{"before": ["turn", "a"]}, {"before": ["*", "a"]}],
    ],
    ids=str,
)
def test_rules_that_a_turn_can_keep_are_taken(entries: list[dict[str, Any]]) -> None:
    assert len(_contract(*entries)) == len(entries)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"before": ["a", "b"], "never": ["c"]}, "kb.toml .*contracts.* 1 has 2 rules"),
        ({"sometimes": ["a"]}, "has 0 rules; give exactly one of before"),
        ({"before": ["a"]}, "at least 2 different names"),
        ({"before": ["a", "a"]}, "different names"),
        ({"never": "a"}, "different names"),
        ({"within_ms": {"stage": "a", "ms": "fast"}}, "ms must be a number of milliseconds, got 'fast'"),
        ({"joins": ["a"]}, "joins must be a table"),
        ({"never": ["a"], "when": ["waste"]}, "when must be a table"),
        ({"never": ["a"], "slack_ms": 3}, "'slack_ms' is unknown beside 'never'"),
        ("never", "1 must be a table, got 'never'"),
        ({"joins": {}}, "joins must be at least 1 different names"),
        ({"parallel": [["a"], "b"]}, "different names"),
        ({"never": ["a"], "when": {"intents": ["b"], "unles": 1}}, "when: 'unles' is unknown; known are intents"),
        ({"within_ms": {"stage": "a", "ms": 5, "max": 1}}, "within_ms: 'max' is unknown; known are stage, ms"),
        ({"within_ms": {"stage": "a", "ms": float("nan")}}, "must be a number of milliseconds, got nan"),
    ],
    ids=str,
)
def test_a_rule_that_cannot_be_read_is_one_line(entry: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        config_from({"contracts": [entry]})


def _with(rules: tuple[Rule, ...]) -> Resources:
    known = resources()
    return Resources(known.judge, known.split, known.gold, known.provenance, known.agents_of, known.ragas, rules)


@pytest.mark.parametrize(
    ("entries", "verdict", "reason"),
    [
        ([], "N/A", "nothing to measure"),
        ([{"before": ["a", "b"]}], "PASS", ""),
        ([{"before": ["b", "a"]}], "FAIL", "before b, a: a completed (seq 2) and b started (seq 3): a comes before b"),
        ([{"within_ms": {"stage": "a", "ms": 1}}], "FAIL", "a within 1 ms: a started (seq 1) and a completed"),
    ],
    ids=str,
)
def test_the_metric_names_the_broken_rule(entries: list[Any], verdict: str, reason: str) -> None:
    from harness.metrics import METRICS

    seen = {"c": an_observation({"answer": "네", "events": _events("a<", "a>", "b<", "b>")})}
    (found,) = score([a_case()], seen, [METRICS["event_contract"]], None, _with(_contract(*entries)), 1)
    assert (found.verdict, reason in found.reason) == (verdict, True)


def test_events_that_are_misnumbered_keep_no_contract() -> None:
    from harness.metrics import METRICS

    gap = [event for event in _events("a<", "b<", "a>") if event["seq"] != 2]
    trial = a_trial({"answer": "네", "events": gap})
    measured = METRICS["event_contract"].measure(
        type(trial)(trial.case, trial.observation, _with(_contract({"never": ["z"]})))
    )
    assert "seq 2 is missing" in str(measured)
