from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import ir_measures
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ir_measures import RR, R, nDCG

from harness.ranking import ndcg_at, recall_at, reciprocal_rank

IDS = [f"d{number}" for number in range(12)]
RANKINGS = st.permutations(IDS).flatmap(lambda order: st.integers(0, len(order)).map(lambda length: order[:length]))
GAINS = st.dictionaries(st.sampled_from([*IDS, "unseen"]), st.integers(1, 3), min_size=1)


def _oracle(ranking: list[str], gains: dict[str, int], measure: ir_measures.Measure) -> float:
    qrels = {"q": gains}
    run = {"q": {id_: float(len(ranking) - rank) for rank, id_ in enumerate(ranking)}}
    return float(ir_measures.calc_aggregate([measure], qrels, run)[measure]) if ranking else 0.0


@settings(deadline=None)  # the oracle loads its library at the first call
@given(RANKINGS, GAINS, st.sampled_from([1, 3, 5, 10]))
def test_the_measures_equal_those_of_ir_measures(ranking: list[str], gains: dict[str, int], k: int) -> None:
    assert recall_at(ranking, gains, k) == pytest.approx(_oracle(ranking, gains, R @ k))
    assert reciprocal_rank(ranking, gains) == pytest.approx(_oracle(ranking, gains, RR))
    assert ndcg_at(ranking, {**gains}, k) == pytest.approx(_oracle(ranking, gains, nDCG @ k))


def test_an_empty_ranking_and_no_relevant_ids_score_nothing() -> None:
    assert (recall_at([], {"a"}, 5), reciprocal_rank([], {"a"}), ndcg_at([], {"a": 1.0}, 5)) == (0, 0, 0)
    assert (recall_at(["a"], [], 5), ndcg_at(["a"], {}, 5)) == (0, 0)


def test_the_measures_equal_what_nist_published_for_trec_eval(shared_data: Path) -> None:
    folder = shared_data / "trec_eval"
    gains, rankings = _qrels(folder / "qrels.test"), _results(folder / "results.test")
    published = _published(folder / "out.test.aq")
    for topic in rankings:
        relevant = {id_: gain for id_, gain in gains[topic].items() if gain > 0}
        for k in (5, 10, 20, 100):
            assert round(recall_at(rankings[topic], relevant, k), 4) == published[topic, f"recall_{k}"]
        assert round(reciprocal_rank(rankings[topic], relevant), 4) == published[topic, "recip_rank"]


def test_discounted_gain_equals_what_nist_published_for_trec_eval(shared_data: Path) -> None:
    folder = shared_data / "trec_eval"
    gains, rankings = _qrels(folder / "qrels.test"), _results(folder / "results.test")
    published = _published(folder / "out.test.aq")
    compared = {
        (topic, k): (round(ndcg_at(rankings[topic], gains[topic], k), 4), published[topic, f"ndcg_cut_{k}"])
        for topic in rankings
        for k in (5, 10, 20, 100)
    }
    assert {key: pair for key, pair in compared.items() if pair[0] != pair[1]} == {}


def _qrels(path: Path) -> dict[str, dict[str, float]]:
    gains: dict[str, dict[str, float]] = defaultdict(dict)
    for line in path.read_text().splitlines():
        topic, _, id_, gain = line.split()
        gains[topic][id_] = float(gain)
    return gains


def _results(path: Path) -> dict[str, list[str]]:
    """Rankings as trec_eval makes them: by score, ties by id, both downwards; the rank column counts for nothing."""
    scored: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for line in path.read_text().splitlines():
        topic, _, id_, _, value, _ = line.split()
        scored[topic].append((float(value), id_))
    return {topic: [id_ for _, id_ in sorted(pairs, reverse=True)] for topic, pairs in scored.items()}


def _published(path: Path) -> dict[tuple[str, str], float]:
    rows = [line.split() for line in path.read_text().splitlines()]
    return {(topic, measure): float(value) for measure, topic, value in rows if measure.startswith(("rec", "ndcg"))}
