"""Class, item, tags and asked sides select rules by key, and an exception silences the class it overrules."""

from __future__ import annotations

from pathlib import Path

import pytest

from eco2.select_rules import Selection, Subject, exceptions, select
from kb.app import open_workspace, rulebook
from kb.rulebook import Rulebook


@pytest.fixture(scope="module")
def rulebook_here(repository: Path) -> Rulebook:
    return rulebook(open_workspace(repository))


def _ids(selection: Selection) -> list[str]:
    return [rule.id for rule in selection.rules]


@pytest.mark.parametrize(
    ("subject", "aspects", "ids"),
    [
        (Subject("pet-bottle"), (), ["pet-bottle", "dispose-pet-bottle"]),
        (Subject("pet-bottle"), ("cap",), ["dispose-pet-bottle-cap", "pet-bottle", "dispose-pet-bottle"]),
        (Subject("pet-bottle", None, ("tag-cap",)), (), ["pet-bottle", "dispose-pet-bottle", "dispose-pet-bottle-cap"]),
        (Subject("paper", "item-box"), (), ["item-box", "dispose-paper"]),
        (Subject("paper", "item-box"), ("cap",), ["item-box", "dispose-paper"]),
        (Subject("bulky-waste", "item-sofa"), (), ["item-sofa", "dispose-bulky-waste", "dispose-bulky-waste-sticker"]),
    ],
)
def test_rules_are_selected_by_key(rules: Rulebook, subject: Subject, aspects: tuple[str, ...], ids: list[str]) -> None:
    assert _ids(select(rules, subject, aspects)) == ids


def test_an_exception_by_tag_leads_where_the_thing_goes(rules: Rulebook) -> None:
    selection = select(rules, Subject("glass-bottle", None, ("tag-broken",)))
    assert [rule.id for rule in selection.decisive] == ["not-glass-bottle-broken"]
    assert selection.main is not None
    assert selection.main.id == "dispose-non-combustible"
    assert [rule.id for rule in selection.safety] == ["safety-glass"]


def test_nothing_of_an_overruled_class_is_selected(rules: Rulebook) -> None:
    selection = select(rules, Subject("paper", "item-box", ("tag-greasy",)), ("dry",))
    overruled = {rule.id for rule in rules.of_class("paper")} | {"item-box", "paper"}
    assert not overruled & set(_ids(selection))


def test_an_exception_that_lists_an_item_confirms_its_class(rules: Rulebook) -> None:
    selection = select(rules, Subject("non-combustible", "item-shard"))
    assert selection.decisive == ()
    assert _ids(selection)[0] == "item-shard"
    assert "not-glass-bottle-broken" in _ids(selection)


def test_a_tag_of_another_class_triggers_nothing(rules: Rulebook) -> None:
    assert exceptions(rules, Subject("pet-bottle", None, ("tag-greasy", "tag-broken"))) == []


def test_selecting_twice_gives_the_same(rules: Rulebook) -> None:
    subject = Subject("paper", "item-box", ("tag-greasy", "tag-broken"))
    assert select(rules, subject, ("dry", "cap")) == select(rules, subject, ("dry", "cap"))


def test_every_item_of_the_real_rules_has_something_to_say(rulebook_here: Rulebook) -> None:
    for item in rulebook_here.of_kind("item"):
        selection = select(rulebook_here, Subject(item.class_id or "", item.id))
        assert item in selection.rules or selection.decisive, item.id
        assert selection.main or selection.decisive, item.id


def test_every_exception_of_the_real_rules_can_be_triggered(rulebook_here: Rulebook) -> None:
    for rule in rulebook_here.of_kind("exception"):
        items = [rulebook_here.rules[item] for item in rule.items]
        subjects = [Subject(item.class_id or "", item.id) for item in items]
        subjects += [Subject(rule.class_id or "", None, (tag,)) for tag in rule.tags]
        assert subjects, rule.id
        assert all(rule in select(rulebook_here, subject).rules for subject in subjects), rule.id
