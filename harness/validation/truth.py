"""Labels against the accepted truth: facts that nothing holds, declines that a rule answers, rules that changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from harness.cases import Case
from harness.statements import refuses
from harness.validation.likeness import Pair, place, shown

Texts = Mapping[str, Sequence[str]]


def unheld(cases: Iterable[Case], texts: Texts) -> list[str]:
    """Facts that an answer must hold and none of the case's rules says: the knowledge cannot answer it.

    Args:
        cases: those that name rules; a greeting needs none.
        texts: accepted sentences by citation id; a rule that was never accepted is left out.
    """
    known = [case for case in cases if case.answerable and any(rule in texts for rule in case.rules)]
    return [
        f"{place(case)}: {_where_else(case, fact, texts)}"
        for case in known
        for fact in case.required
        if not _said(fact, _own(case, texts))
    ]


def answered(cases: Iterable[Case], texts: Texts, pairs: Iterable[Pair]) -> list[str]:
    """Cases to be declined although a rule answers them; a rule that says what is not known answers nothing."""
    held = [
        f"{place(case)}: not answerable, yet its rules hold all that it requires; look at it again"
        for case in cases
        if not case.answerable and case.required and _all_held(case, texts)
    ]
    twins = [
        (one, other) if other.answerable else (other, one) for one, other in pairs if one.answerable != other.answerable
    ]
    return held + [
        f"{place(declined)}: not answerable, yet {twin.id!r} asks nearly that and {', '.join(twin.rules)} answers it"
        for declined, twin in twins
        if twin.rules and declined.split == twin.split
    ]


def stale(cases: Iterable[Case], accepted: Texts, current: Texts) -> list[str]:
    """Cases whose rule says something else than when its sentences were accepted: their labels want a second look.

    `harness gold accept` is the word that they had it.
    """
    changed = {id_ for id_, texts in current.items() if id_ in accepted and tuple(accepted[id_]) != tuple(texts)}
    return [
        f"{place(case)}: {rule} changed since {case.id!r} was labelled; read both, then `harness gold accept`"
        for case in cases
        for rule in case.rules
        if rule in changed
    ]


def _where_else(case: Case, fact: Sequence[str], texts: Texts) -> str:
    other = next((id_ for id_, said in texts.items() if _said(fact, said)), None)
    if other is None:
        return f"required {shown(case, fact[0])} stands in no accepted sentence; the knowledge cannot answer it"
    return f"required {shown(case, fact[0])} stands in none of its rules; {other} has it: name that too"


def _all_held(case: Case, texts: Texts) -> bool:
    telling = [text for text in _own(case, texts) if not refuses(text)]
    return all(_said(fact, telling) for fact in case.required)


def _own(case: Case, texts: Texts) -> list[str]:
    return [text for rule in case.rules for text in texts.get(rule, ())]


def _said(fact: Sequence[str], texts: Iterable[str]) -> bool:
    return any(re.search(option, text, re.IGNORECASE) for text in texts for option in fact)
