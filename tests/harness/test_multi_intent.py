"""What goes wrong between the intents of a message shows in the scorecard; faithfulness of the whole misses it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from harness.cases import Case, Judgement, Measured
from harness.claims import split_claims
from harness.config import Config
from harness.gold import Gold
from harness.metrics import METRICS
from harness.purposes import said
from harness.trial import Resources, UnmeasurableError
from tests.harness.support import CAP, TEXTS, ExactJudge, Places, a_case, a_trial, no_ragas

PRICE, LABEL = "페트병 시세는 1kg에 350원이에요.", "페트병은 라벨을 떼고 내놓으세요."
PARTS = [
    {"text": "페트병 뚜껑은 닫아?", "intents": ["waste"], "agents": ["classify"]},
    {"text": "페트병 시세는 얼마야?", "intents": ["recyclable_price"], "agents": ["recyclable_price"]},
]
QUESTION = "페트병 뚜껑은 닫아? 페트병 시세는 얼마야?"
SCORECARD = (
    "intent_coverage", "intent_faithfulness", "cross_intent_contamination", "over_fan_out", "sub_query_fidelity",
)  # fmt: skip


@pytest.fixture
def defects(repository: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(repository))
    return import_module("benchmarks.multi_intent")


def both(**labels: object) -> Case:
    given: dict[str, object] = {
        "turns": [QUESTION],
        "intents": ["waste", "recyclable_price"],
        "agents": ["classify", "recyclable_price"],
        "sub_queries": [{key: part[key] for key in ("text", "intents")} for part in PARTS],
    }
    return a_case(**{**given, **labels})


def answered(answer: str = f"{CAP} [rule:cap]\n\n{PRICE} [rule:price]", **parts: object) -> dict[str, Any]:
    return {
        "answer": answer,
        "intents": ["waste", "recyclable_price"],
        "agents": ["classify", "recyclable_price"],
        "sub_queries": PARTS,
        "citations": [],
        "passages": [
            {"id": "rule:cap", "text": f"{CAP}\n{LABEL}", "agent": "classify"},
            {"id": "rule:price", "text": PRICE, "agent": "recyclable_price"},
        ],
        **parts,
    }


def value(metric: str, response: dict[str, Any], case: Case | None = None) -> float | None:
    found = METRICS[metric].measure(a_trial(response, case or both()))
    return found.value if isinstance(found, Measured) else found


def test_a_right_answer_has_the_best_of_everything() -> None:
    assert [value(name, answered()) for name in SCORECARD] == [1, 1, 0, 0, 1]


@pytest.mark.parametrize(
    ("answer", "scores"),
    [
        (f"{CAP} [rule:cap]", (0.5, 1, 0)),
        (f"{CAP} [rule:cap]\n\n그 시세는 제가 가진 자료에 없어요.", (1, 1, 0)),
        (f"{CAP} [rule:cap] {PRICE} [rule:price]", (1, 1, 0)),
        (f"{PRICE} [rule:cap]\n\n{CAP} [rule:price]", (0, 0, 1)),
        (f"{CAP} [rule:cap]\n\n{LABEL} [rule:price]", (0.5, 0.5, 0.5)),
        (f"{CAP} [rule:cap]\n\n페트병은 공짜예요. [rule:price]", (1, 0.5, 0)),
        (f"{PRICE}\n\n{CAP}", (0, 0, 1)),
    ],
    ids=["dropped", "said that not known", "one paragraph", "swapped", "of another", "made up", "swapped, uncited"],
)
def test_each_intent_is_told_from_its_own_evidence(answer: str, scores: tuple[float, ...]) -> None:
    names = ("intent_coverage", "intent_faithfulness", "cross_intent_contamination")
    assert tuple(value(name, answered(answer)) for name in names) == scores


def test_faithfulness_is_told_by_intent_and_averaged_over_intents() -> None:
    answer = f"{CAP} [rule:cap] {LABEL} [rule:cap]\n\n페트병은 공짜예요. [rule:price]"
    found = METRICS["intent_faithfulness"].measure(a_trial(answered(answer), both()))
    assert isinstance(found, Measured)
    assert (found.value, found.details["by_intent"]) == (0.5, {"waste": 1.0, "recyclable_price": 0.0})


def test_an_enrichment_is_nobodys_claim() -> None:
    tip = {"id": "world:rain", "text": "비가 와요.", "agent": "weather"}
    response = answered(f"{CAP} [rule:cap] 비가 와요. [world:rain]\n\n{PRICE} [rule:price]")
    response["passages"].append(tip)
    assert [one.intents for one in said(a_trial(response, both()))] == [("waste",), (), ("recyclable_price",)]
    assert value("cross_intent_contamination", response) == 0


def test_an_enrichment_of_a_question_is_its_own_evidence_even_when_asked_for_beside() -> None:
    case = both(intents=["waste", "weather"])
    parts = [
        {**PARTS[0], "agents": ["classify", "weather"]},
        {"text": "비 와?", "intents": ["weather"], "agents": ["weather"]},
    ]
    passages = [
        {"id": "rule:cap", "text": CAP, "agent": "classify"},
        {"id": "world:rain", "text": "비가 와요.", "agent": "weather"},
    ]
    response = answered(
        f"{CAP} [rule:cap] 비가 와요. [world:rain]\n\n비가 와요. [world:rain]", sub_queries=parts, passages=passages
    )
    assert value("cross_intent_contamination", response, case) == 0


@pytest.mark.parametrize(
    ("agents", "labelled", "share"),
    [
        (["classify", "recyclable_price"], None, 0),
        (["classify", "recyclable_price", "weather"], None, 1 / 3),
        (["classify", "recyclable_price", "weather"], ["classify", "recyclable_price", "weather"], 0),
        (["scan", "recyclable_price"], None, 0),
    ],
    ids=["as many as needed", "one too many", "an enrichment that is labelled", "another that serves"],
)
def test_fan_out_counts_what_nothing_asked_needs(agents: list[str], labelled: list[str] | None, share: float) -> None:
    case = both(agents=labelled or ["classify", "recyclable_price"])
    assert value("over_fan_out", answered(agents=agents), case) == pytest.approx(share)


@pytest.mark.parametrize(
    ("texts", "is_faithful"),
    [
        (["페트병 뚜껑을 닫아요?", "시세는 얼마야, 페트병?"], True),
        (["뚜껑은 닫아?", "페트병 시세는 얼마야?"], False),
        ([QUESTION], False),
        (["페트병 뚜껑은 닫아?"], False),
        ([], False),
    ],
    ids=["put otherwise", "lost its thing", "two in one", "one alone", "none"],
)
def test_a_question_keeps_its_words_and_takes_none_of_another(texts: list[str], is_faithful: bool) -> None:
    found = value("sub_query_fidelity", answered(sub_queries=[{"text": text, "intents": ["waste"]} for text in texts]))
    assert found is not None
    assert METRICS["sub_query_fidelity"].passes(found) == is_faithful


def test_what_was_taken_over_from_earlier_turns_is_kept() -> None:
    bare = {"text": "뚜껑은 닫아?", "standalone": "페트병 뚜껑은 닫아?", "intents": ["waste"]}
    assert value("sub_query_fidelity", answered(sub_queries=[bare, PARTS[1]])) == 1


@pytest.mark.parametrize("name", SCORECARD[:3])
def test_without_knowing_who_injected_what_nothing_is_measured(name: str) -> None:
    bare = [{"id": "rule:cap", "text": CAP}]
    assert value(name, answered(passages=bare)) is None
    assert METRICS[name].needs == ("answer", "passages", "agents")


def test_a_judge_that_abstains_leaves_it_unmeasured() -> None:
    class Undecided(ExactJudge):
        def judge(self, question: str | None, context: Any, claim: str) -> Judgement:
            return Judgement(0.5, "abstain")

    with pytest.raises(UnmeasurableError, match="abstained on 2 of 2"):
        METRICS["intent_faithfulness"].measure(a_trial(answered(), both(), Undecided()))


@pytest.mark.parametrize(
    ("defect", "metric"),
    [
        ("an intent dropped", "intent_coverage"),
        ("two merged", "sub_query_fidelity"),
        ("answers swapped", "cross_intent_contamination"),
        ("evidence of another", "cross_intent_contamination"),
        ("an extra agent", "over_fan_out"),
        ("an object lost", "sub_query_fidelity"),
    ],
)
def test_a_planted_defect_is_seen_by_the_scorecard_and_not_by_the_answer_as_a_whole(
    defects: ModuleType, defect: str, metric: str
) -> None:
    of = Resources(ExactJudge(), split_claims, Gold(TEXTS), Places(TEXTS), Config().agents_of, no_ragas)
    cited = [{"id": "rule:cap", "span": [0, len(CAP)]}]
    at = len(f"{CAP} [rule:cap]\n\n")
    cited.append({"id": "rule:price", "span": [at, at + len(PRICE)]})
    found = {one.defect: one for one in defects.tries(both(), answered(citations=cited), of)}
    assert found["nothing"].failed == frozenset()
    assert metric in found[defect].failed
    assert defects.ANSWER_LEVEL in found[defect].passed - found[defect].failed
