"""What a request puts in the place of a step's work is honoured, and refused with one line when it cannot be."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eco2.app import Bot
from eco2.intake import read_request
from eco2.overrides import overrides_json, read_overrides
from eco2.turns import Given, Overrides, RequestError
from tests.eco2.conftest import Wire, ids_of

CAP, MAIN, LABEL = "rule:dispose-pet-bottle-cap", "rule:dispose-pet-bottle", "rule:dispose-pet-bottle-label"
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["waste", "id", "rule:a", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "text", "intents", "agent"]), inner, max_size=3)
    ),
    max_leaves=8,
)
PAPER, PETTY = "rule:dispose-paper", "rule:character-petty"


@pytest.fixture
def bot(wire: Wire) -> Bot:
    return wire()


def ask(bot: Bot, text: str, **overrides: object) -> dict[str, Any]:
    return bot.answer(read_request({"turns": [text], "overrides": overrides}))


def test_a_response_says_what_it_honours(bot: Bot) -> None:
    assert ask(bot, "상자")["capabilities"] == ["route", "passages", "ranking"]


def test_a_route_of_questions_gives_each_sub_agent_its_own(bot: Bot) -> None:
    questions = [{"text": "페트병 뚜껑은?", "intents": ["waste"]}, {"text": "페티는 누구야?", "intents": ["character"]}]
    response = ask(bot, "아무 말", route=questions)
    assert [part["text"] for part in response["sub_queries"]] == ["페트병 뚜껑은?", "페티는 누구야?"]
    assert response["agents"] == ["classify", "character"]
    assert {CAP, PETTY} <= set(ids_of(response["citations"]))


def test_passages_are_injected_instead_of_what_was_selected(bot: Bot) -> None:
    before, after = ask(bot, "페트병 어떻게 버려?"), ask(bot, "페트병 어떻게 버려?", passages=[PAPER, LABEL])
    assert MAIN in ids_of(before["passages"])
    assert ids_of(after["passages"]) == [PAPER, LABEL]
    assert after["answer"] == f"종이는 묶어서 내놓으세요. [{PAPER}] 라벨은 떼세요. [{LABEL}]"


def test_a_passage_stays_with_the_sub_agent_that_found_it(bot: Bot) -> None:
    response = ask(bot, "페트병 뚜껑은? 페티는 누구야?", passages=[PETTY, CAP])
    assert {row["id"]: row["agent"] for row in response["passages"]} == {PETTY: "character", CAP: "classify"}


def test_a_passage_may_come_in_words_of_its_own_for_a_named_agent(bot: Bot) -> None:
    passage = {"id": "world:x", "text": "새 소식이에요.\nIt is news.", "agent": "classify"}
    response = ask(bot, "페트병 어떻게 버려?", passages=[passage])
    assert response["answer"] == "새 소식이에요. [world:x]"
    assert response["passages"][0]["text"] == passage["text"]


def test_a_known_passage_in_other_words_keeps_its_place(bot: Bot) -> None:
    [row] = ask(bot, "페트병 어떻게 버려?", passages=[{"id": MAIN, "text": "아무 데나 버리세요."}])["passages"]
    assert (row["text"], row["path"]) == ("아무 데나 버리세요.", "small.yaml")


def test_no_passages_leave_nothing_to_say(bot: Bot) -> None:
    response = ask(bot, "페트병 어떻게 버려?", passages=[])
    assert (response["passages"], response["citations"], response["answerable"]) == ([], [], False)


def test_what_a_ranking_names_comes_first_and_is_said(bot: Bot) -> None:
    plain = ask(bot, "페트병 어떻게 버려?")
    first, *_, last = ids_of(plain["passages"])
    ranked = ask(bot, "페트병 어떻게 버려?", ranking=[last])
    assert sorted(ids_of(ranked["passages"])) == sorted(ids_of(plain["passages"]))
    assert ids_of(ranked["passages"])[0] == ids_of(ranked["citations"])[0] == last != first


def test_a_ranking_of_what_was_not_selected_changes_nothing(bot: Bot) -> None:
    assert ask(bot, "페트병 어떻게 버려?", ranking=[PETTY])["answer"] == ask(bot, "페트병 어떻게 버려?")["answer"]


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"route": ["cooking"]}, "overrides.route must be a list out of waste"),
        ({"route": "waste"}, "overrides.route must be a list out of waste"),
        ({"route": [{"intents": ["waste"]}]}, "a question has a 'text' and 'intents'"),
        ({"route": [{"text": "a", "intents": []}]}, "'intents' must be a list out of waste"),
        ({"route": [{"text": "a", "intents": ["waste"]}] * 4}, "has 4 questions; at most 3"),
        ({"passages": "rule:a"}, "overrides.passages must be a list"),
        ({"passages": [{"text": "a"}]}, "a passage is an id or"),
        ({"passages": [7]}, "a passage is an id or"),
        ({"ranking": "rule:a"}, "overrides.ranking must be a list of ids"),
        ({"ranking": [{}]}, "overrides.ranking must be a list of ids"),
    ],
)
def test_a_malformed_override_is_refused_with_the_field_named(overrides: object, message: str) -> None:
    with pytest.raises(RequestError, match=re.escape(message)) as caught:
        read_request({"turns": ["a"], "overrides": overrides})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("passage", "message"),
    [("rule:nowhere", "give its 'text'"), ({"id": PETTY, "agent": "character"}, "which did not run")],
)
def test_a_passage_that_nobody_can_use_is_refused(bot: Bot, passage: object, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        ask(bot, "페트병 어떻게 버려?", passages=[passage])


def test_bare_ids_are_rules_and_no_overrides_are_none() -> None:
    assert read_overrides({"passages": ["a"], "ranking": ["b"]}) == Overrides((), (), (Given("rule:a"),), ("rule:b",))
    assert overrides_json(read_overrides(None)) == {}
    assert overrides_json(read_overrides({"passages": []})) == {"passages": []}


@given(st.sampled_from(["route", "passages", "ranking"]), _JSON)
def test_whatever_is_overridden_is_read_or_refused(field: str, raw: object) -> None:
    with suppress(RequestError):
        assert isinstance(overrides_json(read_overrides({field: raw})), dict)
