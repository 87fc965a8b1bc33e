"""Which of the rules selected for a thing are said, and in which order: what decides first, what supports it after."""

from __future__ import annotations

from eco2.select_rules import Selection, Subject
from kb.rulebook import Rule, Rulebook

_LATER = frozenset({"where", "sort", "other", "size", "transport"})
_DIRTY = frozenset(
    {
        "오염_경미",
        "오염_중간",
        "오염_심함",
        "음식물_오염",
        "기름기_오염",
        "기름기_심함",
        "건조된_오염",
        "세제_OR화학물질_오염",
        "냄새_OR_부패_의심",
        "음식물_잔여물_많음",
        "음식물과_섞임",
    }
)
_JOINED = frozenset({"복합재질_의심", "복합재질_확정", "혼합재질_고정형"})
_FILLED, _HOLDERS = frozenset({"내용물_있음", "내용물_일부_남음"}), frozenset({"general-waste", "styrofoam", "paper"})
"""Contents, and the classes of which a thing may hold some though no rule of theirs says to empty it."""
_SMELLS, _FOOD = "냄새_OR_부패_의심", "food-waste"
_ALREADY_DIRTY = ("item-dirty", "item-soiled", "item-spoiled")


def leading(selection: Selection, subject: Subject, rules: Rulebook, *, alone: bool, only_sides: bool) -> list[Rule]:
    """Return what decides: an exception before anything else, then the side that was asked for, then the thing itself.

    Where it goes and with what it is put together are said after the thing itself, which mostly answers them already.
    `only_sides` leaves the thing itself out where a side that was asked for has a rule.
    """
    if selection.decisive:
        sides = [rule for rule in selection.asked if rule.aspect not in _LATER]
        return [*selection.decisive[:1], *sides[:1], *selection.safety[:1]]
    own = (
        selection.subject
        if selection.subject and selection.subject.kind == "item"
        else selection.main or selection.subject
    )
    together = not (alone and subject.item)
    sides = [rule for rule in selection.asked if rule.aspect not in _LATER or (rule.aspect == "sort" and together)]
    later = [rule for rule in selection.asked if rule not in sides]
    wrapped = any(rule.aspect == "wrap" for rule in sides)  # in what it is wrapped tells nothing of where it goes
    whole = _one(own) if not sides or (alone and (wrapped or not only_sides)) else []
    return [*_stated(selection, subject, rules), *sides[:2], *whole, *(later[:1] if alone else ())]


def _stated(selection: Selection, subject: Subject, rules: Rulebook) -> list[Rule]:
    """Return the rule of a stated condition that neither the class nor the item says anything about."""
    covered = {tag for rule in selection.rules for tag in rule.tags}
    tags = [rules.rules[tag] for tag in subject.tags if tag in rules.rules and tag not in covered]
    telling = _telling(selection, subject)
    return [tag for tag in tags if tag.name in telling][:1]


def _telling(selection: Selection, subject: Subject) -> frozenset[str]:
    """Return the conditions that matter: not the dirt of what is dirty by name, not the smell of what was food."""
    dirt = frozenset() if (subject.item or "").startswith(_ALREADY_DIRTY) else _DIRTY
    was_food = any(rule.class_id == _FOOD for rule in selection.rules)
    return (dirt - {_SMELLS} if was_food else dirt) | _JOINED | (_FILLED if subject.class_id in _HOLDERS else set())


def supporting(selection: Selection, subject: Subject, *, fully: bool) -> list[Rule]:
    """Return what is worth adding: hazards always; `fully` also what the conditions bring along."""
    wrapped = any(rule.aspect == "wrap" for rule in selection.asked)
    hazards = [] if wrapped else list(selection.safety[:1])
    touched = [rule for rule in selection.related if rule.kind == "disposal" and set(rule.tags) & set(subject.tags)]
    return [*hazards, *(touched[:2] if fully else ())]


def _one(rule: Rule | None) -> list[Rule]:
    return [rule] if rule else []
