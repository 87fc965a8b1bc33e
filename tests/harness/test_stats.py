from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from harness.cases import Score, Verdict
from harness.stats.bootstrap import interval
from harness.stats.clusters import Clustered, cluster_of, clustered
from harness.stats.holm import holm
from harness.stats.pairs import paired, values_by_case
from harness.stats.permutation import sign_flip
from harness.stats.power import chance_to_see, smallest_effect
from harness.stats.repeats import ledger, pass_power, response_digest
from tests.harness.support import a_case

DIFFERENCES = st.lists(st.sampled_from([-1.0, -0.5, -0.1, 0.0, 0.0, 0.25, 1.0]), min_size=1, max_size=30)


def _alone(differences: Sequence[float] | NDArray[np.float64]) -> Clustered:
    return clustered(np.array(differences), [f"{index:03d}" for index in range(len(differences))])


def test_pairs_are_the_cases_measured_in_both_and_the_rest_is_counted() -> None:
    pairs = paired(
        {"a": 1.0, "b": 0.5, "c": None, "d": 1.0, "gone": 1.0}, {"d": 0.0, "a": 1.0, "b": None, "c": None, "new": 1.0}
    )
    assert (pairs.ids, pairs.differences.tolist()) == (("d", "a"), [-1.0, 0.0])
    assert (pairs.half_measured, pairs.gone, pairs.added) == (("b",), ("gone",), ("new",))


def _score(verdict: Verdict, value: float | None, repeat: int = 0, metric: str = "m") -> Score:
    return Score("s", "c", "dev", metric, verdict, value, repeat=repeat)


def test_a_repeated_case_counts_by_the_mean_of_what_was_measured() -> None:
    scores = [_score("PASS", 1.0), _score("FAIL", 0.5, 1), _score("UNMEASURED", None, 2), _score("N/A", None, 0, "n")]
    assert values_by_case(iter(scores)) == {("s", "m"): {"c": 0.75}, ("s", "n"): {"c": None}}
    assert values_by_case(scores, {("s", "n")}) == {("s", "n"): {"c": None}}


@pytest.mark.parametrize(
    ("one", "two", "together"),
    [
        ({"conversation": "x"}, {"conversation": "x", "turns": ["다른 말"]}, True),
        ({"conversation": "x"}, {"conversation": "y"}, False),
        ({"turns": ["병은?"]}, {"turns": ["병은", "뚜껑은?"]}, True),
        ({"turns": ["병은?"]}, {"turns": ["캔은?"]}, False),
        ({"turns": [{"text": "이건?", "image": "a.png"}]}, {"turns": [{"text": "이건?", "image": "b.png"}]}, False),
        ({"turns": ["🙂"]}, {"turns": ["👍"]}, False),
    ],
    ids=["one conversation", "two conversations", "one opening", "two openings", "two pictures", "no letters"],
)
def test_cases_of_one_conversation_are_one_cluster(
    one: dict[str, object], two: dict[str, object], together: bool
) -> None:
    assert (cluster_of(a_case(id="a", **one)) == cluster_of(a_case(id="b", **two))) == together


def test_differences_that_cancel_in_a_cluster_are_none() -> None:
    found = clustered(np.array([0.1, 0.2, -0.3, 1.0]), ["a", "a", "a", "b"])
    assert (found.sums.tolist(), found.sizes.tolist()) == ([0.0, 1.0], [3.0, 1.0])
    assert found.contributions.mean() == pytest.approx(1 / 4)


@pytest.mark.parametrize("seed", range(4))
def test_the_sign_flip_test_equals_scipys_exact_permutation_test(seed: int) -> None:
    stats = pytest.importorskip("scipy.stats")
    sums = np.random.default_rng(seed).normal(0.3, 1, 9).round(2)
    for alternative, p in zip(("greater", "less"), sign_flip(sums), strict=True):
        oracle = stats.permutation_test(
            (sums, np.zeros(9)), lambda one, two: np.sum(one - two), permutation_type="samples",
            alternative=alternative, vectorized=False,
        )  # fmt: skip
        assert p == pytest.approx(oracle.pvalue)


@pytest.mark.parametrize(("worse", "better"), [(5, 0), (9, 3), (30, 18), (400, 360)])
def test_of_shares_it_is_mcnemars_exact_test(worse: int, better: int) -> None:
    stats = pytest.importorskip("scipy.stats")
    sums = np.array([1.0] * worse + [-1.0] * better + [0.0] * 50)
    assert sign_flip(sums)[0] == pytest.approx(stats.binomtest(worse, worse + better, 0.5, "greater").pvalue)


def test_drawn_patterns_come_near_to_all_of_them() -> None:
    sums = np.random.default_rng(5).normal(0.4, 1, 16).round(1)
    every = np.array(list(product((-1, 1), repeat=16))) @ np.abs(sums)
    assert sign_flip(sums)[0] == pytest.approx(float(np.mean(every >= sums.sum() - 1e-9)), abs=0.015)
    assert sign_flip(sums) == sign_flip(sums)


@given(DIFFERENCES)
def test_a_p_value_is_above_zero_and_turns_with_the_signs(differences: list[float]) -> None:
    sums = np.array(differences)
    high, low = sign_flip(sums)
    assert 0 < high <= 1
    assert sign_flip(-sums) == pytest.approx((low, high), abs=0.03)
    assert high + low >= 1 - 1e-9


def test_holms_step_down_equals_an_example_worked_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_lies_between_the_plain_p_and_bonferroni_and_keeps_the_order(p_values: list[float]) -> None:
    adjusted = holm(p_values)
    assert all(p <= after <= min(1, p * len(p_values)) + 1e-12 for p, after in zip(p_values, adjusted, strict=True))
    in_order = [adjusted[index] for index in np.argsort(p_values, kind="stable")]
    assert in_order == sorted(in_order)


def test_without_clusters_the_interval_is_scipys() -> None:
    stats = pytest.importorskip("scipy.stats")
    differences = np.random.default_rng(3).gamma(0.4, 0.4, 150).clip(0, 1) - 0.1
    oracle = stats.bootstrap((differences,), np.mean, n_resamples=20_000, method="BCa", rng=1).confidence_interval
    assert interval(_alone(differences)) == pytest.approx((oracle.low, oracle.high), abs=0.004)


@pytest.mark.parametrize(("clusters", "bound"), [(230, 0.0159), (39, 0.0902), (1, 0.975)])
def test_where_nothing_differs_the_interval_holds_what_may_be_unseen(clusters: int, bound: float) -> None:
    assert interval(_alone([0.0] * clusters)) == pytest.approx((-bound, bound), abs=1e-4)


def test_cases_that_stand_or_fall_together_widen_the_interval() -> None:
    differences = np.tile([0.0, 0.0, 0.0, -1.0, 0.0, 1.0], 10).repeat(4)
    apart = interval(_alone(differences))
    together = interval(clustered(differences, [f"{index // 4}" for index in range(240)]))
    assert together[1] - together[0] == pytest.approx(2 * (apart[1] - apart[0]), rel=0.1)


@given(DIFFERENCES)
def test_an_interval_holds_the_difference_and_turns_with_the_signs(differences: list[float]) -> None:
    low, high = interval(_alone(differences))
    mean = sum(differences) / len(differences)
    assert -1 <= low <= mean + 1e-9
    assert mean - 1e-9 <= high <= 1


@pytest.mark.parametrize(("m", "level"), [(230, 0.05), (230, 0.0025), (60, 0.01)])
def test_without_noise_the_smallest_effect_is_where_the_sign_test_has_its_power(m: int, level: float) -> None:
    stats = pytest.importorskip("scipy.stats")
    effect = smallest_effect(_alone([0.0] * m), level) or 0.0
    needed = int(np.ceil(np.log2(1 / level)))
    assert min(stats.binom.sf(needed - 1, m, effect), chance_to_see(effect, 0.0, m, level)) == pytest.approx(0.8)
    assert stats.binom.sf(needed - 1, m, effect) >= 0.8 - 1e-6


@pytest.mark.parametrize(("drop", "discordant", "n"), [(0.1, 0.3, 184), (0.05, 0.15, 369), (0.2, 0.4, 60)])
def test_the_power_is_that_of_connors_sample_size(drop: float, discordant: float, n: int) -> None:
    # n = (z_.95 √ψ + z_.8 √(ψ - δ²))² / δ², one-sided, rounded up.
    assert chance_to_see(drop, discordant - drop, n, 0.05) == pytest.approx(0.8, abs=0.005)


def test_too_few_clusters_see_no_drop_at_all() -> None:
    assert smallest_effect(_alone([0.0] * 4), 0.05) is None
    assert smallest_effect(_alone([0.0] * 5), 0.05) == pytest.approx(0.8 ** (1 / 5), abs=1e-6)


@pytest.mark.parametrize(("passes", "n"), [(0, 4), (2, 5), (4, 5), (5, 5)])
def test_pass_power_is_the_share_of_draws_that_all_pass(passes: int, n: int) -> None:
    repeats = [True] * passes + [False] * (n - passes)
    for k in range(1, n + 1):
        draws = list(combinations(repeats, k))
        assert pass_power(passes, n, k) == pytest.approx(sum(map(all, draws)) / len(draws))
    assert pass_power(passes, n, n + 1) is None


@pytest.mark.parametrize(("passes", "n", "k"), [(3, 2, 1), (-1, 2, 1), (1, 2, 0)])
def test_pass_power_refuses_what_cannot_be(passes: int, n: int, k: int) -> None:
    with pytest.raises(ValueError, match="passes must be"):
        pass_power(passes, n, k)


@pytest.mark.parametrize(
    ("values", "answers", "flake"),
    [
        ((1.0, 1.0, 1.0), "aaa", "steady"),
        ((1.0, 1.0, 1.0), "abc", "steady"),
        ((1.0, 0.0, 1.0), "aba", "system"),
        ((1.0, 0.0, 1.0), "aaa", "judge"),
        ((1.0, None, 1.0), "aaa", "judge"),
        ((1.0, 0.0, 0.0), "aab", "both"),
    ],
    ids=["same", "other words, same score", "other answers", "one answer", "a judge that fails at times", "both"],
)
def test_the_ledger_tells_a_flaky_system_from_a_flaky_judge(
    values: tuple[float | None, ...], answers: str, flake: str
) -> None:
    verdicts: dict[float | None, Verdict] = {1.0: "PASS", 0.0: "FAIL", None: "UNMEASURED"}
    scores = [_score(verdicts[value], value, repeat) for repeat, value in enumerate(values)]
    row = ledger(iter(scores), (("s", "c", repeat, answer) for repeat, answer in enumerate(answers)))[0]
    assert (row.flake, row.answers, row.passes) == (flake, len(set(answers)), values.count(1.0))
    assert row.unmeasured == values.count(None)


def test_what_the_digests_leave_out_can_only_be_the_systems_doing() -> None:
    scores = [_score("PASS", 1.0, 0, "order"), _score("FAIL", 0.0, 1, "order")]
    digests = [("s", "c", 0, "a"), ("s", "c", 1, "a")]
    assert ledger(scores, digests)[0].flake == "judge"
    assert ledger(scores, digests, {"order"})[0].flake == "system"


def test_a_digest_is_of_what_was_said_and_not_of_when() -> None:
    one = response_digest({"answer": "네", "timings_ms": {"total": 1.0}, "job_id": "x"})
    assert one == response_digest({"job_id": "y", "timings_ms": {"total": 2.0}, "answer": "네"})
    assert one != response_digest({"answer": "네", "intents": ["waste"]})
    assert response_digest(None) == response_digest({})
