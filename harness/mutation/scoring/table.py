"""The operators that score a judge, in the order of reports."""

from __future__ import annotations

from harness.mutation.mutants import Change, Make, Operator, Pool, Start
from harness.mutation.scoring import rewrites_english as english
from harness.mutation.scoring import rewrites_korean as korean
from harness.mutation.scoring.actions import action
from harness.mutation.scoring.additions import addition
from harness.mutation.scoring.conditions import condition
from harness.mutation.scoring.dates import date
from harness.mutation.scoring.intents import intent
from harness.mutation.scoring.names import name
from harness.mutation.scoring.numbers import number, unit
from harness.mutation.scoring.predicates import modality, negation


def _mutation(operator: str, make: Make, doc: str) -> Operator:
    return Operator(operator, "mutation", "score", make, doc)


def _rewrite(operator: str, korean_: Make | None, english_: Make | None) -> Operator:
    def make(start: Start, pool: Pool) -> list[Change]:
        chosen = korean_ if start.language == "ko" else english_
        return chosen(start, pool) if chosen else []

    doc = getattr(korean_ or english_, "__doc__", None) or ""
    return Operator(operator, "rewrite", "score", make, doc)


OPERATORS: tuple[Operator, ...] = (
    _mutation("number", number, "another number, of the claim's own kind"),
    _mutation("unit", unit, "the number in another unit"),
    _mutation("date", date, "another day, month, year, weekday or time"),
    _mutation("negation", negation, "yes for no"),
    _mutation("name", name, "another name of the class"),
    _mutation("modality", modality, "must for need not, can for cannot"),
    _mutation("action", action, "another action on the same thing"),
    _mutation("condition", condition, "without its condition, or under the opposite one"),
    _mutation("addition", addition, "something added that nothing says"),
    _mutation("intent", intent, "a claim that answers something else"),
    _rewrite("register", korean.register, None),
    _rewrite("spacing", korean.spacing, None),
    _rewrite("particles", korean.particles, None),
    _rewrite("contraction", None, english.contraction),
    _rewrite("voice", None, english.voice),
    _rewrite("synonym", korean.synonym, english.synonym),
    _rewrite("numeral", korean.numeral, english.numeral),
    _rewrite("order", korean.order, english.order),
    _rewrite("punctuation", korean.punctuation, english.punctuation),
)
