from __future__ import annotations

from typing import Any

import pytest

from harness.adapters.json_schema import complaint
from harness.case_files import case_from, fingerprint, full_id, normalised, request_of
from harness.cases import Case, SubQuery, Turn

ROW: dict[str, Any] = {"id": "c1", "split": "dev", "turns": ["페트병은?"], "answerable": True}


def _case(**more: object) -> Case:
    return case_from({**ROW, **more}, "golden", "cases.jsonl", 3)


def test_a_bare_rule_id_becomes_a_rule_citation() -> None:
    assert _case(rules=["dispose-glass", "world:weather-seoul"]).rules == ("rule:dispose-glass", "world:weather-seoul")
    assert full_id("adr:0007") == "adr:0007"


def test_turns_may_be_words_or_carry_a_picture_and_a_place() -> None:
    turns = ["안녕", {"text": "이건?", "image": "a.png", "location": {"lat": 37.5, "lon": 127.0}}]
    case = _case(turns=turns)
    assert case.turns == (Turn("안녕"), Turn("이건?", "a.png", (37.5, 127.0)))
    assert request_of(case) == {"id": "c1", "turns": turns}


def test_sub_queries_keep_their_intents() -> None:
    part = {"text": "날씨", "intents": ["weather"]}
    assert _case(sub_queries=[part]).sub_queries == (SubQuery("날씨", ("weather",)),)


def test_a_row_with_a_query_is_a_search_case() -> None:
    row = {"id": "q", "split": "test", "query": "왜?", "lang": "ko", "relevant": ["adr/1.md"], "answerable": True}
    case = case_from(row, "onboarding", "q.jsonl", 1)
    assert (case.kind, case.question, case.relevant, case.tags) == ("search", "왜?", ("adr/1.md",), ("lang-ko",))


def test_the_fingerprint_is_of_the_question_and_not_of_its_labels() -> None:
    assert fingerprint(_case(required=[["a"]])) == fingerprint(_case())
    assert fingerprint(_case(turns=["유리병은?"])) != fingerprint(_case())


@pytest.mark.parametrize(
    ("text", "plain"),
    [("ＰＥＴ 병!", "pet병"), ("", ""), ("🙂", ""), ("Å", "å")],
    ids=["wide", "empty", "emoji", "accent"],
)
def test_normalised_text_is_letters_and_digits(text: str, plain: str) -> None:
    assert normalised(text) == plain


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ({**ROW, "split": "train"}, "split"),
        ({**ROW, "turns": []}, "turns"),
        ({**ROW, "required": ["a"]}, "required"),
        ({**ROW, "turns": [{"image": "a.png"}]}, "turns"),
        ({"id": "x"}, "required property"),
    ],
    ids=["split", "no turns", "fact is no list", "turn without text", "almost nothing"],
)
def test_the_schema_names_what_is_wrong(row: dict[str, Any], word: str) -> None:
    assert word in (complaint("case", row) or "")


def test_extra_keys_are_allowed_everywhere() -> None:
    assert complaint("case", {**ROW, "note": "mine"}) is None
    assert complaint("response", {"answer": "네", "mood": "good"}) is None


@pytest.mark.parametrize(
    ("response", "is_fine"),
    [
        ({"answer": ""}, True),
        ({"hits": []}, True),
        ({}, False),
        ({"answer": None}, False),
        ({"answer": "a", "intents": "waste"}, False),
        ({"answer": "a", "citations": [{"span": [1, 2]}]}, False),
        ({"answer": "a", "passages": [{"id": "x", "text": "t", "agent": None}]}, True),
    ],
    ids=["empty answer", "search", "nothing", "null", "intents as text", "citation without id", "passage"],
)
def test_a_response_is_an_answer_or_hits(response: dict[str, Any], is_fine: bool) -> None:
    assert (complaint("response", response) is None) == is_fine


def test_a_score_without_value_is_not_a_pass() -> None:
    row = {"suite": "s", "id": "c", "split": "dev", "metric": "m", "verdict": "PASS", "value": None}
    assert complaint("scores", row) is not None
    assert complaint("scores", {**row, "verdict": "UNMEASURED"}) is None
