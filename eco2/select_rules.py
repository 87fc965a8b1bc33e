"""Class + item + tags + asked sides -> the rules that hold, by key. No search: what no key names is not selected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kb.rulebook import Rule, Rulebook

MAIN = "main"
_ANYTHING = "general-waste"
"""The class of what has no class of its own: a hazard filed under it holds of a thing of any class."""


@dataclass(frozen=True)
class Subject:
    """A thing that is asked about: its class, and its item where one is known. `tags` are ids of stated conditions."""

    class_id: str
    item: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Selection:
    """The rules for one subject, by what they do in an answer, each tuple in the rulebook's order.

    `decisive` overrule the class: while there are any, nothing of the class itself is in the other fields.
    `asked` answer a side that was asked for, `subject` is the item's own rule (or the class's), `main` the how-to of
    the class where the thing ends up, `related` what the item or a tag brings along.
    """

    decisive: tuple[Rule, ...] = ()
    asked: tuple[Rule, ...] = ()
    subject: Rule | None = None
    main: Rule | None = None
    related: tuple[Rule, ...] = ()
    safety: tuple[Rule, ...] = ()

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All selected rules, the most decisive first, each once."""
        single = tuple(rule for rule in (self.subject, self.main) if rule)
        return tuple(
            {rule.id: rule for rule in (*self.decisive, *self.asked, *single, *self.related, *self.safety)}.values()
        )


def select(rulebook: Rulebook, subject: Subject, aspects: Sequence[str] = ()) -> Selection:
    """Select the rules of a subject.

    Args:
        rulebook: the rules to select from.
        subject: what is thrown away.
        aspects: the sides that were asked for ("cap", "label", …); sides without a rule are passed over.

    Returns:
        An exception triggered by a tag overrules the class and leads to the class where the thing goes; one that
        lists the item only confirms the class that the item already has.
    """
    overruling = [rule for rule in exceptions(rulebook, subject) if _overrules(rule, subject)]
    if overruling:
        return _elsewhere(rulebook, subject, overruling, aspects)
    return _in_its_class(rulebook, subject, aspects)


def exceptions(rulebook: Rulebook, subject: Subject) -> list[Rule]:
    """Return the exceptions that a subject triggers: one of its class by a tag, or any that lists its item."""
    return [
        rule
        for rule in rulebook.of_kind("exception")
        if subject.item in rule.items or (rule.class_id == subject.class_id and _meet(rule.tags, subject.tags))
    ]


def _overrules(rule: Rule, subject: Subject) -> bool:
    """Whether an exception moves the thing out of the class that it is filed under."""
    return rule.class_id == subject.class_id and rule.goes_to != subject.class_id


def _elsewhere(rulebook: Rulebook, subject: Subject, overruling: Sequence[Rule], aspects: Sequence[str]) -> Selection:
    """The rules when the thing does not belong into its class: where it goes, and how it is put out there."""
    there = overruling[0].goes_to
    here = rulebook.of_class(there) if there else ()
    moved = Subject(there or subject.class_id, None, subject.tags)
    asked = tuple(rule for rule in here if rule.aspect in aspects and rule.aspect != MAIN)
    return Selection(
        decisive=tuple(overruling),
        asked=tuple(
            rule for rule in asked if not rule.items or subject.item in rule.items or _meet(rule.tags, subject.tags)
        ),
        main=_main(here),
        related=tuple(
            rule for rule in here if rule.aspect != MAIN and rule not in asked and _meet(rule.tags, subject.tags)
        ),
        safety=_safety(rulebook, (subject, moved)),
    )


def _in_its_class(rulebook: Rulebook, subject: Subject, aspects: Sequence[str]) -> Selection:
    here = [rule for rule in rulebook.of_class(subject.class_id) if rule.aspect != MAIN]
    item = rulebook.rules.get(subject.item) if subject.item else None
    named = _named_by(item, rulebook)
    asked = tuple(
        rule
        for rule in (*here, *(rule for rule in named if rule.kind == "disposal" and rule not in here))
        if rule.aspect in aspects and (not rule.items or subject.item in rule.items or subject.item is None)
    )
    touched = [rule for rule in here if subject.item in rule.items or _meet(rule.tags, subject.tags)]
    listed = [rule for rule in exceptions(rulebook, subject) if rule not in named]
    related = {rule.id: rule for rule in (*named, *listed, *touched) if rule.kind != "safety" and rule not in asked}
    return Selection(
        asked=asked,
        subject=item or rulebook.rules.get(subject.class_id),
        main=_main(rulebook.of_class(subject.class_id)),
        related=tuple(related.values()),
        safety=_unique((*(rule for rule in named if rule.kind == "safety"), *_safety(rulebook, (subject,)))),
    )


def _named_by(item: Rule | None, rulebook: Rulebook) -> tuple[Rule, ...]:
    """Return the rules that an item names as deciding for it."""
    named = item.data.get("rules") if item else None
    return (
        tuple(rulebook.rules[str(id_)] for id_ in named if str(id_) in rulebook.rules)
        if isinstance(named, list)
        else ()
    )


def _safety(rulebook: Rulebook, subjects: Sequence[Subject]) -> tuple[Rule, ...]:
    """Return the hazards of the classes of the subjects; where these have none, those that hold of anything."""
    hazards = rulebook.of_kind("safety")
    own = tuple(rule for rule in hazards if any(_endangers(rule, one, one.class_id) for one in subjects))
    return own or tuple(rule for rule in hazards if any(_endangers(rule, one, _ANYTHING) for one in subjects))


def _endangers(rule: Rule, subject: Subject, class_id: str) -> bool:
    return subject.item in rule.items or (rule.class_id == class_id and _meet(rule.tags, subject.tags))


def _main(rules: Iterable[Rule]) -> Rule | None:
    return next((rule for rule in rules if rule.aspect == MAIN), None)


def _unique(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    return tuple({rule.id: rule for rule in rules}.values())


def _meet(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    return bool(set(mine) & set(theirs))
