"""The critical path against every path there is, slack and what-if against their definitions, times against a clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.cases import Observation
from harness.metrics import METRICS
from harness.order.spans import moments
from harness.score import score
from harness.timing.critical_path import critical_path, faster, slack, wall_ms
from harness.timing.first_words import first_answer_token_ms, first_token_ms
from harness.timing.own_time import own_time_figures, own_time_shares
from harness.timing.structure import parallelism, structure
from harness.timing.summary import summary
from harness.timing.timeline import Node, Timeline, from_events, timeline
from tests.harness.support import a_case, an_observation, resources

MILLISECONDS = st.integers(0, 400).map(float)


@st.composite
def graphs(draw: st.DrawFn) -> Timeline:
    """Any graph of up to eight nodes, each after some of those before it."""
    nodes: list[Node] = []
    for at in range(draw(st.integers(1, 8))):
        earlier = [node.name for node in nodes]
        after = draw(st.lists(st.sampled_from(earlier), unique=True)) if earlier else []
        nodes.append(Node(f"n{at}", f"s{at}", draw(MILLISECONDS), draw(MILLISECONDS), tuple(after)))
    return Timeline(tuple(nodes), draw(MILLISECONDS))


def _paths(turn: Timeline) -> Iterator[list[Node]]:
    """Every chain from a node that waits for nothing to any node, by brute force."""
    by_name = {node.name: node for node in turn.nodes}

    def ending_in(node: Node) -> Iterator[list[Node]]:
        if not node.after:
            yield [node]
        for name in node.after:
            for path in ending_in(by_name[name]):
                yield [*path, node]

    for node in turn.nodes:
        yield from ending_in(node)


def _length(path: list[Node]) -> float:
    return sum(node.lag_ms + node.own_ms for node in path)


@given(graphs())
def test_the_critical_path_is_the_longest_of_all_paths(turn: Timeline) -> None:
    path = critical_path(turn)
    assert path.total_ms == max(map(_length, _paths(turn))) + turn.tail_ms == wall_ms(turn)
    assert list(path.names) in [[node.name for node in one] for one in _paths(turn)]


@given(graphs())
def test_slack_is_what_the_longest_path_through_a_node_lacks(turn: Timeline) -> None:
    longest = max(map(_length, _paths(turn)))
    chains = [path for path in _paths(turn) if not any(path[-1].name in node.after for node in turn.nodes)]
    for name, idle in slack(turn).items():
        through = max(_length(path) for path in chains if name in [node.name for node in path])
        assert idle == longest - through


@given(graphs(), st.floats(0, 2), st.data())
def test_a_faster_node_saves_what_the_longest_of_the_changed_paths_says(
    turn: Timeline, factor: float, data: st.DataObject
) -> None:
    stage = data.draw(st.sampled_from([node.stage for node in turn.nodes]))
    changed = [
        Node(node.name, node.stage, node.own_ms * (factor if node.stage == stage else 1), node.lag_ms, node.after)
        for node in turn.nodes
    ]
    longest = max(map(_length, _paths(Timeline(tuple(changed)))))
    assert faster(turn, stage, factor) == pytest.approx(longest + turn.tail_ms)


def test_nodes_that_wait_for_one_another_are_refused() -> None:
    turn = Timeline((Node("a", "a", 1, after=("b",)), Node("b", "b", 1, after=("a",))))
    with pytest.raises(ValueError, match="wait for one another"):
        critical_path(turn)


def _stamp(ms: float) -> str:
    return f"2026-01-20T00:{int(ms // 60000):02d}:{ms % 60000 / 1000:06.3f}+00:00"


def _events(*told: tuple[float, str, str]) -> list[dict[str, Any]]:
    return [
        {"seq": seq, "stage": stage, "status": status, "ts": _stamp(ms), "type": "event"}
        for seq, (ms, stage, status) in enumerate(told, start=1)
    ]


def _turn(agents: Mapping[str, float], lag: float = 2.0) -> list[dict[str, Any]]:
    """A turn of the known graph: 100 ms of understanding, agents side by side, 10 ms to gather, 50 to compose."""
    start = 100 + 2 * lag
    end = start + max(agents.values())
    inner = sorted(
        [(start, name, "started") for name in agents]
        + [(start + took, name, "completed") for name, took in agents.items()],
        key=lambda row: (row[0], row[2] != "started"),
    )
    return _events(
        (0, "turn", "started"), (lag, "understand", "started"), (100 + lag, "understand", "completed"), *inner,
        (end + lag, "gather", "started"), (end + lag + 10, "gather", "completed"),
        (end + 2 * lag + 10, "compose", "started"), (end + 2 * lag + 60, "compose", "completed"),
        (end + 3 * lag + 60, "turn", "completed"),
    )  # fmt: skip


@given(st.dictionaries(st.sampled_from("abcde"), st.integers(0, 500).map(float), min_size=1), st.integers(0, 20))
def test_the_segments_add_up_to_the_wall_time(agents: dict[str, float], lag: int) -> None:
    turn = from_events(_turn(agents, lag))
    assert turn is not None
    path = critical_path(turn)
    assert path.total_ms == pytest.approx(160 + 5 * lag + max(agents.values()), abs=1e-3)
    assert [segment.stage for segment in path.segments if segment.stage not in agents] == [
        "understand",
        "gather",
        "compose",
    ]
    assert sum(idle > 1e-3 for idle in slack(turn).values()) == sum(
        took < max(agents.values()) for took in agents.values()
    )


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=1, max_size=6))
def test_a_graph_that_nobody_knows_is_read_by_the_clock(pairs: list[tuple[int, int]]) -> None:
    """Strange stages: whatever the intervals are, segments and tail add up to the wall time."""
    said = [(min(pair), f"x{at}", "started") for at, pair in enumerate(pairs)]
    said += [(max(pair), f"x{at}", "completed") for at, pair in enumerate(pairs)]
    turn = from_events(_events(*sorted(said, key=lambda row: (row[0], row[2] != "started"))))
    assert turn is not None
    times = [time for pair in pairs for time in pair]
    assert critical_path(turn).total_ms == pytest.approx(max(times) - min(times), abs=1e-3)


def test_a_quick_agent_is_not_taken_for_the_cause_of_a_slow_one() -> None:
    """One ends before the other starts by chance; the known order still has them side by side."""
    said = _events(
        (0, "understand", "started"), (10, "understand", "completed"), (11, "a", "started"), (12, "a", "completed"),
        (13, "b", "started"), (50, "b", "completed"), (51, "gather", "started"), (52, "gather", "completed"),
        (52, "compose", "started"), (60, "compose", "completed"),
    )  # fmt: skip
    turn = from_events(said)
    assert turn is not None
    assert critical_path(turn).names == ("understand", "b", "gather", "compose")
    assert slack(turn)["a"] == pytest.approx(38, abs=1e-3)
    assert faster(turn, "a", 0.0) == pytest.approx(60, abs=1e-3)


def test_without_events_the_times_of_the_nodes_are_laid_along_the_known_order() -> None:
    times = {
        "total": 200.0,
        "first_token": 90.0,
        "understand": 100.0,
        "a": 10.0,
        "b": 30.0,
        "gather": 5.0,
        "compose": 50.0,
    }
    turn = timeline({"timings_ms": times})
    assert turn is not None
    assert critical_path(turn).names == ("understand", "b", "gather", "compose")
    assert (critical_path(turn).total_ms, turn.tail_ms, slack(turn)["a"]) == (200.0, 15.0, 20.0)


@pytest.mark.parametrize(
    "response",
    [
        {}, {"timings_ms": {"total": 5.0}}, {"events": [{"stage": "a"}]}, {"events": _events((0, "a", "started"))},
        {"events": _events((9, "a", "started"), (5, "a", "completed"))}, {"timings_ms": {"a": -5.0, "total": 9.0}},
        {"timings_ms": {"retrieve": 3.0, "generate": 5.0, "total": 9.0}},
        {"timings_ms": {"a": float("nan"), "total": 9.0}}, {"timings_ms": {"a": 5.0, "total": float("nan")}},
        {"events": [{"seq": True, "stage": "a", "ts": 1}]}, {"events": ["a"]}, {"events": 5}, {"timings_ms": [5]},
        {"events": [{"seq": 1, "stage": "a", "ts": 10**400}]},
    ],
    ids=lambda it: f"{it!s:.60}",
)  # fmt: skip
def test_what_cannot_be_read_gives_no_graph(response: dict[str, Any]) -> None:
    assert timeline(response) is None


def test_a_stage_that_was_left_out_is_no_run() -> None:
    said = _events((0, "a", "started"), (1, "b", "skipped"), (10, "a", "completed"), (10, "c", "skipped"))
    turn = from_events(said)
    assert turn is not None
    assert [node.name for node in turn.nodes] == ["a"]
    assert structure(turn).in_series == 1


def test_an_event_that_was_published_again_is_no_second_run() -> None:
    said = [{**event, "id": str(event["seq"])} for event in _events((0, "a", "started"), (10, "a", "completed"))]
    assert from_events([*said, *said]) == from_events(said)


def test_a_fan_out_worked_out_by_hand() -> None:
    """a 0-50 and b 10-30 side by side; c 50-50 takes no time; d 20-90 overlaps them, b again 60-80; e 90-100 is last.

    The last end before e begins is d's, and nothing has ended before d starts: d and e, after 20 ms. The second b waits
    for a, b and c, and could end 10 ms later; so could a and c; the first b has 20 ms until a ends besides.
    """
    spans = [("a", 0, 50), ("b", 10, 30), ("d", 20, 90), ("c", 50, 50), ("b", 60, 80), ("e", 90, 100)]
    moments_ = sorted([(at, order, name) for name, start, end in spans for order, at in ((1, start), (0, end))])
    zero = {(50, 0, "c"): (50, 2, "c")}  # c ends after it starts
    said = sorted(zero.get(one, one) for one in moments_)
    turn = from_events(_events(*((at, name, "started" if order == 1 else "completed") for at, order, name in said)))
    assert turn is not None
    path = critical_path(turn)
    assert [(segment.name, round(segment.lag_ms), round(segment.own_ms)) for segment in path.segments] == [
        ("d", 20, 70), ("e", 0, 10),
    ]  # fmt: skip
    assert path.total_ms == pytest.approx(100, abs=1e-3)
    told = {name: round(idle) for name, idle in slack(turn).items()}
    assert told == {"a": 10, "b": 30, "d": 0, "c": 10, "b#2": 10, "e": 0}


def test_structure_is_counted_and_parallelism_timed() -> None:
    turn = from_events(_turn({"a": 100.0, "b": 40.0, "c": 100.0}))
    assert turn is not None
    assert (structure(turn).runs, structure(turn).in_series, structure(turn).parallelism) == (6, 4, 1.5)
    assert parallelism(turn) == pytest.approx((160 + 240) / 260, abs=1e-4)


def _tokens(*told: tuple[int, str, str]) -> list[dict[str, Any]]:
    first = [{"seq": 1, "stage": "turn", "status": "started", "ts": _stamp(0), "type": "event"}]
    return first + [
        {"seq": seq, "stage": stage, "status": "running", "ts": _stamp(ms), "type": "token", "payload": {"text": text}}
        for seq, (ms, stage, text) in enumerate(told, start=2)
    ]


@pytest.mark.parametrize(
    ("told", "first", "of_the_answer"),
    [
        ([(30, "compose", "네")], 30, 30),
        ([(5, "router", "…"), (40, "compose", " "), (60, "compose", "네")], 5, 60),
        ([], None, None),
    ],
    ids=str,
)
def test_the_first_word_of_the_answer_is_not_the_first_word(
    told: list[tuple[int, str, str]], first: float | None, of_the_answer: float | None
) -> None:
    said = moments(_tokens(*told))
    found = first_token_ms(said), first_answer_token_ms(said)
    assert found == (
        first if first is None else pytest.approx(first),
        first if first is None else pytest.approx(of_the_answer),
    )


@pytest.mark.parametrize(
    ("metric", "response", "verdict", "value"),
    [
        ("latency_first_answer_token_ms", {"events": _tokens((40, "compose", "네"))}, "PASS", 40),
        ("latency_first_answer_token_ms", {"events": _tokens()}, "N/A", None),
        ("latency_first_answer_token_ms", {"events": _tokens((4, "a", "네")), "cached": True}, "UNMEASURED", None),
        ("runs_in_series", {"timings_ms": {}, "events": _turn({"a": 10, "b": 20})}, "PASS", 4),
        ("runs_in_series", {"events": [], "timings_ms": {}}, "UNMEASURED", None),
        ("parallelism", {"timings_ms": {}, "events": _turn({"a": 10, "b": 20})}, "PASS", 1.25),
        ("tokens_total", {"usage": {"input_tokens": 30, "output_tokens": 12}}, "PASS", 42),
        ("tokens_total", {"usage": {"input_tokens": "many"}}, "UNMEASURED", None),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_the_metrics_of_time_and_structure(metric: str, response: dict[str, Any], verdict: str, value: float) -> None:
    seen = {"c": an_observation({"answer": "네", **response})}
    (found,) = score([a_case()], seen, [METRICS[metric]], None, resources(), 1)
    assert found.verdict == verdict
    assert found.value == (None if value is None else pytest.approx(value, abs=1e-3))


def _observed(*timings: dict[str, float]) -> list[Observation]:
    return [an_observation({"answer": "네", "timings_ms": times}) for times in timings]


@pytest.mark.parametrize("slower", [1.0, 3.0])
def test_a_slower_machine_leaves_the_shares_of_large_nodes_alone(slower: float) -> None:
    """Times far above the floor, all of them three times as long: the share moves by less than a hundredth."""
    shares = own_time_shares(_observed({"total": 9000 * slower, "compose": 6000 * slower}))
    assert shares["compose"][0] == pytest.approx(2 / 3, abs=0.01)


def test_a_node_below_the_floor_has_no_share() -> None:
    found = own_time_figures("golden", _observed({"total": 25, "a": 19.0, "b": 24.0}, {"total": 25, "a": 3.0}))
    assert [(figure.slice, figure.value, figure.n) for figure in found] == [("node:a", 0.0, 2), ("node:b", 0.16, 1)]


def test_turns_from_a_cache_tell_no_shares() -> None:
    cached = an_observation({"answer": "네", "timings_ms": {"total": 100, "a": 90}, "cached": True})
    assert own_time_shares([cached]) == {}


def test_the_summary_says_what_a_faster_node_would_save() -> None:
    turns = [an_observation({"answer": "네", "events": _turn({"a": 100.0, "b": 40.0})}) for _ in range(8)]
    told = summary([*turns, an_observation(None, "timed out")], 0.5)
    assert told is not None
    saved = {node.stage: node.saved[0] for node in told.nodes}
    assert {name: round(ms or 0.0) for name, ms in saved.items()} == {
        "understand": 50,
        "a": 50,
        "compose": 25,
        "gather": 5,
        "b": 0,
    }
    assert (told.n, told.untimed, told.quantiles[2].value, told.in_series) == (8, 1, None, 4)
    assert {node.stage: node.on_path for node in told.nodes}["b"] == 0.0


def test_the_summary_tells_the_share_of_a_node_in_its_turn() -> None:
    told = summary(_observed(*[{"total": 200.0, "understand": 120.0, "compose": 60.0}] * 3))
    assert told is not None
    assert {node.stage: node.share for node in told.nodes} == {"understand": 0.5, "compose": 0.2}


def test_paths_by_brute_force_are_what_they_say() -> None:
    turn = Timeline((Node("a", "a", 1), Node("b", "b", 2, after=("a",)), Node("c", "c", 3, after=("a", "b"))))
    assert sorted([node.name for node in path] for path in _paths(turn)) == [
        ["a"],
        ["a", "b"],
        ["a", "b", "c"],
        ["a", "c"],
    ]
    assert all(one.name in next_.after for path in _paths(turn) for one, next_ in pairwise(path))
