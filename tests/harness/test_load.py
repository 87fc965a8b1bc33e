"""The load generator against what is known: a stall, queues with closed formulas, and targets that misbehave."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.adapters.http_load import HttpLoad
from harness.cases import ConfigError, TargetUnusable
from harness.load.asking import Ask, AskFailed, Reply, Request, ask_function
from harness.load.generate import generate
from harness.load.known import Desks, Freezing
from harness.load.measure import Measures, Objective, measure
from harness.load.plan import Plan, arrival_of, due
from harness.load.quality import chosen_metrics, lacking_parts, parts_needed, verdicts
from harness.load.samples import Sample
from harness.load.saturation import LENGTHS, Growth, growth, keeps_up, search
from harness.metrics import METRICS
from tests.harness.support import DeadJudge, a_case, resources
from tests.harness.virtual_time import put_load, run_virtually

CONSTANT = Plan("constant", vus=100, duration_s=20.0, every_s=1.0, timeout_s=600)
SERVICE_S, STALL_S = 0.05, 1.0


def _measured(plan: Plan, samples: list[Sample], objective: Objective = Objective()) -> Measures:  # noqa: B008 - frozen
    return measure(plan, samples, {sample.number: True for sample in samples if not sample.error}, objective)


def _stalled(plan: Plan) -> list[Sample]:
    return put_load(plan, Freezing(SERVICE_S, 5.0, STALL_S).ask)


def test_a_stall_is_reported_within_two_per_cent_of_what_it_must_be() -> None:
    """Of 20 s of even arrivals those due during the stall wait for its end, those on their way wait all of it."""
    found = _measured(CONSTANT, _stalled(CONSTANT))
    mean_s = SERVICE_S + (SERVICE_S * STALL_S + STALL_S**2 / 2) / CONSTANT.duration_s
    p99_s = SERVICE_S + STALL_S - (0.01 * CONSTANT.duration_s - SERVICE_S)
    assert found.mean_latency_ms == pytest.approx(mean_s * 1000, rel=0.02)
    assert found.latency[2].value == pytest.approx(p99_s * 1000, rel=0.02)


def test_a_closed_load_hides_the_same_stall() -> None:
    """Three users meet it three times in a thousand turns: no percentile up to the 99th sees it."""
    closed = replace(CONSTANT, arrival="closed", vus=3)
    found = _measured(closed, _stalled(closed))
    assert found.due > 1000
    assert found.latency[2].value == pytest.approx(SERVICE_S * 1000, rel=0.02)


def test_a_late_start_counts_from_when_it_was_due() -> None:
    """A target that blocks the whole generator: the starts are late, and the latencies say so."""

    async def ask(request: Request) -> Reply:
        loop = asyncio.get_running_loop()
        loop._selector.now += 1.0  # type: ignore[attr-defined] # time passes and nobody else can do anything
        return Reply({"answer": "네"})

    plan = Plan("constant", vus=2, duration_s=2.0, every_s=1.0)
    samples = put_load(plan, ask)
    assert [round(sample.latency_ms) for sample in samples] == [1000, 1500, 2000, 2500]
    assert [round(sample.service_ms) for sample in samples] == [1000] * 4
    assert any("the generator does not keep up" in why for why in _measured(plan, samples).unmeasured)


@pytest.mark.parametrize("desks", [1, 4])
@pytest.mark.parametrize("start", [0.5, 60.0])
def test_the_saturation_of_a_known_queue_is_found_within_a_tenth(desks: int, start: float) -> None:
    capacity = desks / 0.2

    async def tries(rate: float) -> bool:
        plan = Plan(
            "constant", 1, duration_s=max(20.0, 40 / rate), every_s=1 / rate, most_in_flight=10**6, timeout_s=1e6
        )
        samples: list[Sample] = []
        await generate(plan, [a_case()], Desks(desks, 0.2).ask, (), samples.append)
        return keeps_up(samples)

    assert run_virtually(search(start, tries)).rate_per_s == pytest.approx(capacity, rel=0.1)


class Moody:
    """A queue of desks whose service times are exponential, or lognormal with a deviation of the logarithm of 1."""

    def __init__(self, desks: int, mean_s: float, sigma: float, seed: int) -> None:
        self._free, self._drawn = asyncio.Semaphore(desks), random.Random(seed)
        self._mean_s, self._sigma = mean_s, sigma

    async def ask(self, request: Request) -> Reply:
        drawn, sigma = self._drawn, self._sigma
        took_s = drawn.lognormvariate(-(sigma**2) / 2, sigma) if sigma else drawn.expovariate(1)
        async with self._free:
            await asyncio.sleep(self._mean_s * took_s)
        return Reply({"answer": "네"})


async def _patiently(rate: float, target: Moody) -> bool:
    """As `harness load --find-saturation --step 10` tries a rate."""
    found = Growth(0.0, 0.0)
    for length in LENGTHS:
        plan = Plan("constant", 1, max(10.0, 30 / rate) * length, every_s=1 / rate, timeout_s=1e6, most_in_flight=10**6)
        samples: list[Sample] = []
        await generate(plan, [a_case()], target.ask, (), samples.append)
        if (found := growth(samples)).is_plain:
            break
    return found.keeps_up


@pytest.mark.parametrize(
    ("desks", "mean_s", "sigma", "of"),
    [
        (4, 0.2, 0.0, 4), pytest.param(16, 0.8, 0.0, 8, marks=pytest.mark.soak),
        pytest.param(4, 0.2, 1.0, 8, marks=pytest.mark.soak), pytest.param(1, 0.1, 0.0, 8, marks=pytest.mark.soak),
    ],
    ids=["M 4", "M 16", "G 4", "M 1"],
)  # fmt: skip
def test_the_saturation_of_a_queue_with_random_services_is_found_within_a_tenth(
    desks: int, mean_s: float, sigma: float, of: int
) -> None:
    """Chance decides a few of the steps; of so many searches one may be off, and none by a third."""
    offs = []
    for seed in range(of):
        target = Moody(desks, mean_s, sigma, seed)
        found = run_virtually(search(5.0, lambda rate, target=target: _patiently(rate, target)))  # type: ignore[misc]
        offs.append(abs((found.rate_per_s or 0.0) / (desks / mean_s) - 1))
    assert sorted(offs)[-2] < 0.1
    assert max(offs) < 0.33


def test_a_step_that_chance_may_have_decided_says_so() -> None:
    """Latencies as level as they come decide at once; those that go up and down by seconds do not."""
    level = [Sample(at, "c", float(at), float(at), at + 0.5) for at in range(40)]
    restless = [replace(one, ended_s=one.due_s + 3 + 2 * (-1) ** (one.number // 6)) for one in level]
    assert (growth(level).is_plain, growth(level).keeps_up, growth(restless).is_plain) == (True, True, False)
    assert growth([replace(one, error="timeout") for one in level]).is_plain
    assert not keeps_up([replace(one, ended_s=one.due_s * 1.1) for one in level])


@pytest.mark.parametrize("rho", [0.3, 0.6])
def test_the_mean_of_an_m_d_1_queue_is_that_of_its_formula(rho: float) -> None:
    """Pollaczek and Khinchine: the wait is rho / (2 (1 - rho)) services."""
    plan = Plan("poisson", 1, duration_s=1500.0, every_s=0.2 / rho, seed=3, most_in_flight=10**6)
    found = _measured(plan, put_load(plan, Desks(1, 0.2).ask))
    assert found.mean_latency_ms == pytest.approx(200 * (1 + rho / (2 * (1 - rho))), rel=0.05)


@pytest.mark.soak
def test_the_tail_of_a_long_m_d_1_queue_is_that_of_its_formula() -> None:
    plan = Plan("poisson", 1, duration_s=20_000.0, every_s=0.2 / 0.8, seed=5, most_in_flight=10**6)
    found = _measured(plan, put_load(plan, Desks(1, 0.2).ask))
    assert found.mean_latency_ms == pytest.approx(200 * (1 + 0.8 / (2 * 0.2)), rel=0.06)


@pytest.mark.soak
def test_by_sockets_the_known_figures_are_met_too(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine disturbs; one quiet try of five is enough, since nothing makes a wrong generator right."""
    monkeypatch.syspath_prepend(str(repository))
    truth = import_module("benchmarks.load_truth")
    assert any(all(abs(row.off) < 0.02 for row in truth.stalled_rows()) for _ in range(5))
    assert any(abs(truth.saturation_row().off) < 0.1 for _ in range(3))


@given(st.integers(1, 200), st.floats(0.5, 20), st.floats(1, 60), st.integers())
def test_turns_are_due_in_order_within_the_time(vus: int, every_s: float, duration_s: float, seed: int) -> None:
    for arrival in ("poisson", "constant"):
        plan = Plan(arrival_of(arrival), vus, duration_s, every_s, seed=seed)
        times = list(due(plan))
        assert times == sorted(times) == list(due(plan))
        assert all(0 <= at < duration_s for at in times)


def test_poisson_arrivals_have_exponential_times_between_them() -> None:
    gaps = np.diff(list(due(Plan("poisson", 50, 600.0, 5.0, seed=1))))
    assert gaps.mean() == pytest.approx(0.1, rel=0.05)
    assert gaps.std() / gaps.mean() == pytest.approx(1.0, abs=0.05)


def test_turns_beyond_the_limit_are_dropped_and_counted() -> None:
    plan = replace(CONSTANT, most_in_flight=10, duration_s=2.0)
    found = _measured(plan, put_load(plan, Desks(10, 1.0).ask))
    assert (found.due, found.answered, found.errors) == (200, 20, {"dropped": 180})


async def _raises(request: Request) -> Reply:
    raise ValueError("no")


async def _fails(request: Request) -> Reply:
    raise AskFailed("http 503")


async def _hangs(request: Request) -> Reply:
    await asyncio.sleep(10**6)
    return Reply({})


async def _says_nothing(request: Request) -> Reply:
    return Reply({"answer": " "})


async def _says_null(request: Request) -> Reply:
    return Reply({"answer": None})


async def _counts(request: Request) -> Reply:
    return Reply({"answer": 42})


async def _gives_up(request: Request) -> Reply:
    raise asyncio.CancelledError


async def _has_odd_keys(request: Request) -> Reply:
    return Reply({"answer": "네", "passages": {(1, 2): 3}})


async def _remembers(request: Request) -> Reply:
    return Reply({"answer": "네", "cached": True})


async def _streams(request: Request) -> Reply:
    await asyncio.sleep(0.5)
    return Reply({"answer": "네"}, 0.2)


@pytest.mark.parametrize(
    ("ask", "kind"),
    [
        (_raises, "ValueError"), (_fails, "http 503"), (_hangs, "timeout"), (_says_nothing, "empty answer"),
        (_says_null, "empty answer"), (_counts, "the answer is a int"), (_gives_up, "CancelledError"),
        (_has_odd_keys, "TypeError"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)  # fmt: skip
def test_what_goes_wrong_is_counted_by_kind_and_timed_nowhere(ask: Ask, kind: str) -> None:
    plan, samples = replace(CONSTANT, duration_s=1.0), list[Sample]()
    run_virtually(generate(plan, [a_case()], ask, ["passages"], samples.append))
    found = _measured(plan, samples)
    assert (found.errors, found.answered, found.mean_latency_ms, found.goodput_per_min) == ({kind: 100}, 0, None, 0.0)
    assert found.latency[0].refusal == "p50 needs 6 samples, got 0"


def test_users_that_are_refused_rest_before_they_ask_again() -> None:
    samples = put_load(replace(CONSTANT, arrival="closed", vus=3, duration_s=2.0), _fails)
    assert len(samples) == pytest.approx(60, abs=3)


def test_answers_from_a_cache_are_no_times() -> None:
    """A cached answer would keep every objective without the target doing anything."""
    plan = replace(CONSTANT, duration_s=1.0)
    found = _measured(plan, put_load(plan, _remembers))
    assert (found.answered, found.cached, found.mean_latency_ms, found.goodput_per_min) == (100, 100, None, None)
    assert found.unmeasured == ("every answer came from a cache",)


@pytest.mark.parametrize(
    ("objective", "per_min"),
    [
        (Objective(), 6000),
        (Objective(latency_ms=501), 6000),
        (Objective(latency_ms=499), 0),
        (Objective(latency_ms=501, first_token_ms=199), 0),
        (Objective(first_token_ms=201), 6000),
    ],
    ids=str,
)
def test_goodput_is_what_keeps_every_objective(objective: Objective, per_min: float) -> None:
    plan = replace(CONSTANT, duration_s=2.0)
    assert _measured(plan, put_load(plan, _streams), objective).goodput_per_min == per_min


def test_an_objective_that_the_target_cannot_be_held_to_is_unmeasured() -> None:
    plan = replace(CONSTANT, duration_s=2.0)
    found = _measured(plan, put_load(plan, Desks(500, 0.1).ask), Objective(first_token_ms=100))
    assert found.goodput_per_min is None
    assert "tells no first token" in found.unmeasured[0]


def test_a_wrong_answer_in_time_is_no_good_turn() -> None:
    """Every second turn is answered wrongly; throughput does not see it, goodput does."""

    async def ask(request: Request) -> Reply:
        number = int(str(request["id"]).partition("#")[2])
        return Reply({"answer": "뚜껑을 닫으세요" if number % 2 else "몰라요", "noise": number})

    case = a_case(required=[["뚜껑을 닫"]])
    plan = replace(CONSTANT, duration_s=3.0)
    samples = put_load(plan, ask, case)
    metrics = chosen_metrics(["required_facts", "forbidden_claims"], METRICS)
    found = measure(plan, samples, verdicts(samples, [case], metrics, resources()), Objective(latency_ms=100))
    assert (found.good, found.wrong, found.throughput_per_min, found.goodput_per_min) == (150, 150, 6000, 3000)
    assert {frozenset(sample.kept) for sample in samples} == {frozenset({"answer"})}


def test_a_quality_that_cannot_be_measured_is_no_goodput() -> None:
    case = a_case()
    passages = [{"id": "rule:cap", "text": "페트병은 뚜껑을 닫아서 내놓으세요."}]

    async def ask(request: Request) -> Reply:
        return Reply({"answer": "뚜껑을 닫으세요.", "passages": passages})

    metrics = chosen_metrics(["hallucination_rate"], METRICS)
    plan, samples = replace(CONSTANT, duration_s=1.0), list[Sample]()
    run_virtually(generate(plan, [case], ask, parts_needed(metrics), samples.append))
    found = measure(plan, samples, verdicts(samples, [case], metrics, resources(DeadJudge())), Objective())
    assert (found.goodput_per_min, found.unknown) == (None, 100)
    assert found.unmeasured == ("the quality of 100 of 100 turns could not be measured",)


def test_a_quality_that_no_answer_tells_of_is_no_goodput() -> None:
    """Counted as wrong answers it would blame the target for what it never promised."""
    metrics, case = chosen_metrics(["ungrounded_rate", "required_facts"], METRICS), a_case()
    samples = put_load(replace(CONSTANT, duration_s=1.0), Desks(100, 0.1).ask)
    lacks = lacking_parts(samples, [case], metrics, gold=True)
    assert lacks == ["no answer gives 'passages', which --quality ungrounded_rate needs"]
    assert measure(CONSTANT, samples, {}, Objective(), lacks).goodput_per_min is None
    assert lacking_parts(put_load(CONSTANT, _raises), [case], metrics, gold=True) == []


@pytest.mark.parametrize("plan", [CONSTANT, replace(CONSTANT, arrival="closed", vus=5)], ids=["open", "closed"])
def test_a_load_that_is_cut_off_tells_of_the_turns_on_their_way(plan: Plan) -> None:
    samples: list[Sample] = []

    async def cut() -> None:
        load = asyncio.ensure_future(generate(plan, [a_case()], Desks(10**6, 0.5).ask, (), samples.append))
        await asyncio.sleep(2.255)
        load.cancel()
        with pytest.raises(asyncio.CancelledError):
            await load

    run_virtually(cut())
    assert sorted(sample.number for sample in samples) == list(range(len(samples)))
    lost = [sample for sample in samples if sample.error]
    assert {sample.error for sample in lost} == {"cut off"}
    assert len(lost) == (50 if plan.is_open else 5)


def test_a_metric_that_fails_no_value_gates_nothing() -> None:
    with pytest.raises(
        ConfigError, match=r"'latency_total_ms' is no metric that passes or fails; known are .*required_facts"
    ):
        chosen_metrics(["latency_total_ms"], METRICS)


def test_no_turn_at_all_is_not_measured() -> None:
    plan = Plan("poisson", 1, duration_s=0.001, every_s=1000)
    assert "no turn was due" in _measured(plan, put_load(plan, _streams)).unmeasured[0]


def test_a_function_that_blocks_is_asked_on_threads_side_by_side() -> None:
    """Four users, all inside the function at the same time."""
    together = threading.Barrier(4, timeout=10)

    def answer(request: Request) -> dict[str, object]:
        together.wait()
        return {"answer": "네", "timings_ms": {"first_token": 1.5}}

    async def four() -> list[Reply]:
        ask = ask_function(answer, "x")
        return list(await asyncio.gather(*(ask({"id": str(number)}) for number in range(4))))

    assert [reply.first_token_s for reply in asyncio.run(four())] == [0.0015] * 4


@pytest.mark.parametrize(
    ("function", "kind"),
    [(lambda _: [1], "gave a list"), (lambda _: exit(3), "sys.exit"), (lambda _: 1 / 0, "ZeroDivisionError")],
    ids=["list", "exit", "raises"],
)
def test_a_function_that_misbehaves_fails_its_turn_and_not_the_load(function: Any, kind: str) -> None:
    samples: list[Sample] = []
    plan = Plan("closed", 1, 0.01, think_s=1.0)
    asyncio.run(generate(plan, [a_case()], ask_function(function, "x"), (), samples.append))
    assert [sample.error for sample in samples] == [kind]


def test_what_is_no_function_is_refused() -> None:
    with pytest.raises(TargetUnusable, match="'m:x' is a int, not a callable"):
        ask_function(3, "m:x")


def test_a_thread_that_is_late_does_not_break_the_end() -> None:
    samples: list[Sample] = []

    def slow(request: Request) -> dict[str, object]:
        time.sleep(0.3)
        return {"answer": "네"}

    plan = Plan("constant", 1, 0.05, every_s=1.0, timeout_s=0.05)
    asyncio.run(generate(plan, [a_case()], ask_function(slow, "x"), (), samples.append))
    assert [sample.error for sample in samples] == ["timeout"]


def _over(handler: Any) -> Sample:
    samples: list[Sample] = []

    async def once() -> None:
        async with HttpLoad("http://bot.test/ask", 5, httpx.MockTransport(handler)) as target:
            await generate(Plan("constant", 1, 0.01, every_s=1.0), [a_case()], target.ask, (), samples.append)

    asyncio.run(once())
    (sample,) = samples
    return sample


_STREAM = (
    'data: {"type": "event", "seq": 1, "stage": "understand", "status": "started"}\n\n'
    'data: {"type": "token", "seq": 2, "stage": "compose", "payload": {"text": "네"}}\n\n'
    'data: {"answer": "네", "timings_ms": {"first_token": 99999.0}}\n\n'
)


def _refuses(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused")


@pytest.mark.parametrize(
    ("handler", "error"),
    [
        (lambda _: httpx.Response(200, json={"answer": "네"}), ""),
        (lambda _: httpx.Response(200, json=["네"]), "gave a list"),
        (lambda _: httpx.Response(503), "http 503"),
        (lambda _: httpx.Response(200, text="{"), "JSONDecodeError"),
        (_refuses, "ConnectError"),
    ],
    ids=["answer", "list", "503", "no json", "refused"],
)
def test_an_address_is_asked_and_its_failures_have_kinds(handler: Any, error: str) -> None:
    assert _over(handler).error == error


def test_the_first_token_of_a_stream_is_stamped_when_it_arrives_here() -> None:
    """What the target says of itself (99,999 ms) is not believed where the token was seen."""
    sample = _over(lambda _: httpx.Response(200, text=_STREAM, headers={"content-type": "text/event-stream"}))
    assert sample.error == ""
    assert sample.first_token_ms is not None
    assert sample.first_token_ms <= sample.latency_ms < 5000
