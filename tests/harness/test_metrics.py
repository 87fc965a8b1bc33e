"""Every metric on hand-made trials whose value one can see."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.cases import Measured
from harness.cells import stated
from harness.metrics import METRICS
from harness.metrics.intents import set_scores
from harness.metrics.retrieval import says
from harness.trial import Trial, UnmeasurableError
from tests.harness.bots import events
from tests.harness.support import CAP, DeadJudge, a_case, a_trial

LABEL = "페트병은 라벨을 떼고 내놓으세요."
WRONG = "페트병은 뚜껑을 분리해서 내놓으세요."


def value(metric: str, trial: Trial) -> float | None:
    found = METRICS[metric].measure(trial)
    return found.value if isinstance(found, Measured) else found


def passages(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"id": id_, "text": text, "agent": "classify"} for id_, text in pairs]


@pytest.mark.parametrize(
    ("found", "wanted", "scores"),
    [
        (["waste"], ["waste", "weather"], (1.0, 0.5, 2 / 3)),
        (["waste", "weather"], ["waste"], (0.5, 1.0, 2 / 3)),
        (["general"], ["waste"], (0.0, 0.0, 0.0)),
        ([], ["waste"], (0.0, 0.0, 0.0)),
    ],
    ids=["one missed", "one too many", "another", "none"],
)
def test_intents_are_compared_as_sets(found: list[str], wanted: list[str], scores: tuple[float, ...]) -> None:
    trial = a_trial({"answer": "a", "intents": found}, a_case(intents=wanted))
    names = ("intent_precision", "intent_recall", "intent_f1")
    assert tuple(value(name, trial) for name in names) == pytest.approx(scores)
    assert value("intent_exact", trial) == 0


@given(st.sets(st.sampled_from("abcdef")), st.sets(st.sampled_from("abcdef")))
def test_set_scores_stay_in_their_range_and_f1_is_symmetric(found: set[str], wanted: set[str]) -> None:
    precision, recall, f1 = set_scores(found, wanted)
    assert 0 <= min(precision, recall) <= max(precision, recall) <= 1
    assert f1 == set_scores(wanted, found)[2]
    assert (f1 == 1) == (found == wanted)


@pytest.mark.parametrize(
    ("change", "rate", "why"),
    [
        ({}, 0.0, ""),
        ({"intents": ["waste"]}, 0.5, "character: not found in the message"),
        ({"agents": ["classify"]}, 0.5, "character: no sub-agent ran for it"),
        ({"answer": CAP, "citations": [{"id": "rule:cap"}]}, 0.5, "nothing of its sub-agent is in the answer"),
    ],
    ids=["both answered", "not understood", "not run", "not in the answer"],
)
def test_an_intent_is_dropped_wherever_it_gets_lost(change: dict[str, Any], rate: float, why: str) -> None:
    injected = [*passages(("rule:cap", CAP)), {"id": "rule:who", "text": "페티", "agent": "character"}]
    response = {
        "answer": f"{CAP} 페티예요.", "intents": ["waste", "character"], "agents": ["classify", "character"],
        "passages": injected, "citations": [{"id": "rule:cap"}, {"id": "rule:who"}], **change,
    }  # fmt: skip
    found = METRICS["dropped_intent_rate"].measure(a_trial(response, a_case(intents=["waste", "character"])))
    assert isinstance(found, Measured)
    assert (found.value, why in found.reason) == (rate, True)


def test_an_intent_whose_agent_found_nothing_is_answered_by_saying_so() -> None:
    response = {"answer": "그 지역의 날씨 정보는 없어요.", "intents": ["weather"], "agents": ["weather"],
                "passages": [], "citations": []}  # fmt: skip
    case = a_case(intents=["weather"])
    assert value("dropped_intent_rate", a_trial(response, case)) == 0
    assert value("dropped_intent_rate", a_trial({**response, "answer": "네!"}, case)) == 1


def test_sub_queries_are_compared_by_their_intents_in_any_order() -> None:
    parts = [{"text": "a", "intents": ["waste"]}, {"text": "b", "intents": ["weather"]}]
    case = a_case(sub_queries=parts)
    assert value("sub_query_exact", a_trial({"answer": "a", "sub_queries": parts[::-1]}, case)) == 1
    assert value("sub_query_exact", a_trial({"answer": "a", "sub_queries": parts[:1]}, case)) == 0
    assert not METRICS["sub_query_exact"].applies(a_case(sub_queries=parts[:1]))


def test_routing_looks_at_sub_agents_enrichment_included() -> None:
    trial = a_trial({"answer": "a", "agents": ["classify"]}, a_case(agents=["classify", "weather"]))
    names = ("routing_precision", "routing_recall", "routing_exact")
    assert [value(name, trial) for name in names] == [1.0, 0.5, 0.0]


def test_injection_counts_each_rule_once_and_reads_bare_ids() -> None:
    response = {"answer": "a", "passages": passages(("cap", "x"), ("rule:cap", "y"), ("rule:label", "z"))}
    trial = a_trial(response, a_case(rules=["cap", "price"]))
    names = ("injected_rule_recall", "injected_rule_precision", "injected_rule_mrr")
    assert [value(name, trial) for name in names] == [0.5, 0.5, 1.0]


def _search(hits: list[dict[str, Any]], **labels: object) -> Trial:
    case = a_case(query="q", relevant=["adr/1.md", "copy/1.md", "adr/2.md"], **labels)
    return a_trial({"hits": hits, "answerable": True}, case)


def test_a_document_and_its_identical_copy_count_once() -> None:
    hits: list[dict[str, Any]] = [
        {"path": "x.md"},
        {"path": "copy/1.md", "also_at": ["adr/1.md"]},
        {"path": "adr/2.md"},
        {"path": "adr/2.md"},
    ]
    trial = _search(hits)
    assert (value("recall_at_5", trial), value("mrr", trial)) == (1.0, 0.5)
    assert value("ndcg_at_10", trial) == pytest.approx(0.6934, abs=1e-4)


def test_a_barred_document_in_front_is_a_violation_only_there() -> None:
    hits = [{"path": "old.md"}, {"path": "adr/1.md"}]
    assert value("not_first_violation", _search(hits, not_first=["old.md"])) == 1
    assert value("not_first_violation", _search(hits[::-1], not_first=["old.md"])) == 0


@pytest.mark.parametrize(
    ("text", "fact", "holds"),
    [("총 1,334개", "1334", True), ("총 1334개", "33", False), ("3.33 초", "33", False), ("33 %", "33%", True),
     ("Event  Router", "event router", True), ("", "33", False), ("v1.33", "1.33", True)],
)  # fmt: skip
def test_a_fact_is_found_whole(text: str, fact: str, holds: bool) -> None:
    assert says(text, fact) == holds


def test_facts_are_looked_for_in_the_first_five_texts() -> None:
    hits = [{"path": f"{n}.md", "text": f"fact {n}"} for n in range(6)]
    assert value("facts_found", _search(hits, answer_facts=["fact 0", "fact 5"])) == 0.5


@pytest.mark.parametrize(("said", "refusal", "answer"), [(True, 0.0, 1.0), (False, 1.0, 0.0)])
def test_a_search_says_whether_it_can_be_answered(said: bool, refusal: float, answer: float) -> None:
    trial = a_trial({"hits": [], "answerable": said}, a_case(query="q", relevant=[]))
    assert value("search_false_refusal", trial) == refusal
    assert value("search_false_answer", trial) == answer


def test_required_facts_take_any_of_their_expressions_and_ignore_citation_marks() -> None:
    case = a_case(required=[["뚜껑을 닫", "close the cap"], ["pet"], ["없는 말"]], forbidden=["rule:", "라벨을 붙"])
    trial = a_trial({"answer": f"Close the CAP of PET bottles. [rule:{'cap'}]"}, case)
    assert value("required_facts", trial) == pytest.approx(2 / 3)
    assert value("forbidden_claims", trial) == 0
    assert value("forbidden_claims", a_trial({"answer": "라벨을 붙여요."}, case)) == 1


def _cited(answer: str, *ids: str) -> Trial:
    return a_trial({"answer": answer, "citations": [{"id": id_} for id_ in ids]}, a_case(rules=["cap"]))


def test_a_citation_must_lead_to_the_lines_it_names() -> None:
    assert value("citation_resolves", _cited(f"{CAP} [rule:cap]", "rule:cap")) == 1
    assert value("citation_resolves", _cited(f"{CAP} [rule:no]", "rule:no")) == 0
    elsewhere = {"id": "rule:cap", "path": "rules/waste.yaml", "line_start": 99}
    assert value("citation_resolves", a_trial({"answer": CAP, "citations": [elsewhere]})) == 0


def test_the_cited_line_must_say_what_the_claim_says() -> None:
    assert value("citation_entails", _cited(f"{CAP} [rule:cap]", "rule:cap")) == 1
    assert value("citation_entails", _cited(f"{CAP} [rule:label]", "rule:label")) == 0
    both = _cited(f"{CAP} [rule:cap]\n{LABEL} [rule:cap]", "rule:cap", "rule:cap")
    assert value("citation_entails", both) == 0.5


def test_citations_are_also_read_from_the_text_and_measured_for_presence() -> None:
    trial = _cited(f"{CAP} [rule:cap]\n{LABEL}")
    assert value("citation_coverage", trial) == 0.5
    assert value("citation_gold", _cited(CAP, "rule:cap", "rule:label")) == 0.5


def test_a_citation_stands_for_every_claim_that_it_spans() -> None:
    answer = "페트병은 라벨을 떼고, 뚜껑을 닫아서 내놓으세요. 유리병은 헹궈요."
    spanned = a_trial({"answer": answer, "citations": [{"id": "rule:cap", "span": [0, 28]}]})
    assert [ids for _, ids in stated(spanned)][-1] == []
    assert {tuple(ids) for _, ids in stated(spanned)[:-1]} == {("rule:cap",)}


def test_a_mark_stands_for_the_sentence_before_it_and_not_for_the_one_before_that() -> None:
    marked = a_trial({"answer": f"{LABEL} {CAP} [rule:cap]\n유리병은 헹궈요."})
    assert [ids for _, ids in stated(marked)] == [[], ["rule:cap"], []]


def test_an_answer_without_citations_is_not_a_perfect_one() -> None:
    trial = _cited("뚜껑은 닫아요.")
    assert value("citation_entails", trial) is None
    assert value("citation_coverage", trial) == 0


@pytest.mark.parametrize(
    ("answer", "injected", "cell"),
    [
        (CAP, (("rule:cap", CAP),), ""),
        (WRONG, (("rule:cap", WRONG),), "false_knowledge_rate"),
        (WRONG, (("rule:cap", CAP),), "hallucination_rate"),
        (CAP, (("rule:label", LABEL),), "ungrounded_rate"),
    ],
    ids=["right", "fault of the knowledge", "invented", "true by luck"],
)
def test_a_claim_falls_into_one_of_four_cells(answer: str, injected: tuple[tuple[str, str], ...], cell: str) -> None:
    trial = a_trial({"answer": answer, "passages": passages(*injected)}, a_case(rules=["cap"]))
    names = ("hallucination_rate", "false_knowledge_rate", "ungrounded_rate")
    found = {name for name in names if value(name, trial)}
    assert found - ({"ungrounded_rate"} if cell == "hallucination_rate" else set()) == ({cell} if cell else set())


def test_truth_is_looked_for_in_the_case_the_citations_and_then_everywhere() -> None:
    for labels, citations in (({"rules": ["label"]}, []), ({}, [{"id": "rule:label"}]), ({}, [])):
        response = {"answer": LABEL, "citations": citations}
        assert value("false_claim_rate", a_trial(response, a_case(**labels))) == 0


def test_the_evidence_of_a_bad_claim_is_the_line_it_breaks_with_intent_and_node() -> None:
    case = a_case(rules=["cap"], intents=["waste"])
    response = {
        "answer": f"{WRONG} [rule:cap]", "passages": passages(("rule:cap", CAP)), "citations": [{"id": "rule:cap"}],
        "agents": ["classify", "weather"],
    }  # fmt: skip
    found = METRICS["hallucination_rate"].measure(a_trial(response, case))
    assert isinstance(found, Measured)
    claim = found.details["claims"][0]  # type: ignore[index]
    assert (claim["intent"], claim["node"], claim["evidence"]["text"]) == ("waste", "classify", CAP)
    assert claim["evidence"]["path"] == "rules/waste.yaml"


def test_a_claim_the_judge_abstains_on_cannot_pass_and_cannot_hide_a_bad_one() -> None:
    nothing_true = a_trial({"answer": CAP, "passages": passages(("rule:cap", CAP))}, gold={"rule:x": ("",)})
    assert value("false_claim_rate", nothing_true) == 1
    with pytest.raises(ConnectionError):
        value("hallucination_rate", a_trial({"answer": CAP, "passages": passages(("a", "b"))}, judge=DeadJudge()))


def test_an_answer_without_claims_has_no_rate() -> None:
    trial = a_trial({"answer": "안녕하세요!", "passages": []})
    assert value("hallucination_rate", trial) is None


@pytest.mark.parametrize(
    ("answer", "false_refusal", "false_answer"),
    [
        ("그건 제가 가진 자료에 없어요.", 1.0, 0.0),
        ("I don't know that.", 1.0, 0.0),
        (f"{CAP} 가격은 알 수 없어요.", 0.0, 0.0),
        (CAP, 0.0, 1.0),
        ("주가는 300달러예요.", 0.0, 1.0),
    ],
    ids=["declines", "declines in English", "declines a part", "answers", "makes it up"],
)
def test_declining_is_read_from_the_words(answer: str, false_refusal: float, false_answer: float) -> None:
    assert value("false_refusal", a_trial({"answer": answer})) == false_refusal
    assert value("false_answer", a_trial({"answer": answer}, a_case(answerable=False))) == false_answer


def test_events_and_degraded_steps_are_told() -> None:
    told = events(["classify", "weather"])
    assert value("event_order", a_trial({"answer": "a", "events": told})) == 1
    assert value("event_order", a_trial({"answer": "a", "events": told[:-1][::-1]})) == 1
    assert value("event_order", a_trial({"answer": "a", "events": told[1:]})) == 0
    assert value("degraded_turn", a_trial({"answer": "a", "degraded": ["weather"]})) == 1


@pytest.mark.parametrize(
    "response",
    [{"timings_ms": {"total": None}}, {"timings_ms": {"total": "12"}}, {"timings_ms": {"total": True}},
     {"timings_ms": {"total": -1}}, {"timings_ms": {"total": 12}, "cached": True}],
    ids=["none", "text", "bool", "negative", "cached"],
)  # fmt: skip
def test_a_latency_that_is_none_or_cached_is_refused(response: dict[str, Any]) -> None:
    with pytest.raises(UnmeasurableError):
        value("latency_total_ms", a_trial({"answer": "a", **response}))


@pytest.mark.parametrize(
    "calls",
    [{"understand": 1, "scan": 2, "weather": 1, "compose": 1}, [{"node": "understand"}, {"node": "scan"},
     {"node": "scan"}, {"node": "weather"}, {"node": "compose"}]],
    ids=["counts", "list"],
)  # fmt: skip
def test_calls_side_by_side_count_once_on_the_critical_path(calls: object) -> None:
    assert value("critical_path_calls", a_trial({"answer": "a", "usage": {"calls": calls}})) == 4


def _runs(*runs: tuple[str, int, int]) -> list[dict[str, Any]]:
    """Events of runs of stages, each with the milliseconds of its start and end."""
    said = sorted(
        (at, stage, status) for stage, *ends in runs for at, status in zip(ends, ("started", "completed"), strict=True)
    )
    return [
        {"seq": seq, "stage": stage, "status": status, "type": "event", "ts": at / 1000}
        for seq, (at, stage, status) in enumerate(said, 1)
    ]


@pytest.mark.parametrize(
    ("told", "calls"),
    [
        ({"events": _runs(("retrieve", 0, 10), ("rerank", 11, 20), ("generate", 21, 30))}, 3),
        ({"events": _runs(("retrieve", 0, 10), ("rerank", 1, 9), ("generate", 21, 30))}, 2),
        ({}, 3),
    ],
    ids=["one after the other", "two side by side", "not told"],
)
def test_calls_of_other_stages_are_counted_along_their_longest_chain(told: dict[str, Any], calls: int) -> None:
    usage = {"calls": {"retrieve": 1, "rerank": 1, "generate": 1}}
    assert value("critical_path_calls", a_trial({"answer": "a", "usage": usage, **told})) == calls


@given(st.text(max_size=60), st.lists(st.sampled_from(["waste", "weather"])), st.sampled_from(sorted(METRICS)))
def test_every_share_stays_in_its_range_whatever_the_answer(answer: str, intents: list[str], name: str) -> None:
    metric = METRICS[name]
    case = a_case(intents=["waste"], agents=["classify"], rules=["cap"], required=[["닫"]], forbidden=["분리"])
    response = {"answer": answer, "intents": intents, "agents": intents, "passages": passages(("rule:cap", CAP)),
                "citations": [], "events": [], "degraded": []}  # fmt: skip
    if metric.unit or metric.extra or not metric.applies(case) or not set(metric.needs) <= {*response, "gold"}:
        return
    found = value(name, a_trial(response, case))
    assert found is None or 0 <= found <= 1
