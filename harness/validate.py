"""Find what is wrong with single cases and gates before anything is run: ids, words, expressions, references, drafts.

Pure checks of what was read; each finding names file and line. What takes more than one case: `harness.validation`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping

from harness.cases import Case, Gate
from harness.validation.likeness import place

DRAFT = "draft"
"""The tag of cases that `harness import` wrote and nobody has reviewed yet."""


def duplicate_ids(cases: Iterable[Case]) -> list[str]:
    """Ids that stand twice, whatever the suite: reports name cases by id alone."""
    first: dict[str, Case] = {}
    found = []
    for case in cases:
        if case.id in first:
            found.append(f"{place(case)}: id {case.id!r} stands at {place(first[case.id])} too; rename one")
        first.setdefault(case.id, case)
    return found


def unknown_words(cases: Iterable[Case], intents: Collection[str], agents: Collection[str]) -> list[str]:
    """Intents and agents that nobody knows."""
    return [
        f"{place(case)}: {kind} {word!r} is unknown; known are {', '.join(known)}"
        for case in cases
        for kind, words, known in (
            ("intent", (*case.intents, *(intent for part in case.sub_queries for intent in part.intents)), intents),
            ("agent", case.agents, agents),
        )
        for word in dict.fromkeys(words)
        if word not in known
    ]


def drafts(cases: Iterable[Case]) -> list[str]:
    """Reviewed cases that still say that they are not."""
    return [
        f"{place(case)}: still carries the tag {DRAFT!r}; remove it once the labels are reviewed"
        for case in cases
        if DRAFT in case.tags
    ]


def unreviewed(row: object) -> str | None:
    """What to do with a row that is a draft, whose `answerable` nobody has decided; None for any other."""
    if isinstance(row, Mapping) and DRAFT in row.get("tags", ()) and row.get("answerable") is None:
        return "is a draft that nobody reviewed; set `answerable`, add labels, remove the tag, or leave its file out"
    return None


def broken_expressions(cases: Iterable[Case]) -> list[str]:
    """Expressions that do not compile, or match everything and so ask for nothing."""
    return [
        f"{place(case)}: {problem}"
        for case in cases
        for pattern in (*(option for fact in case.required for option in fact), *case.forbidden)
        if (problem := _problem(pattern))
    ]


def contradictions(cases: Iterable[Case]) -> list[str]:
    """Labels of one case that cannot all hold."""
    found = []
    for case in cases:
        if not case.answerable and case.relevant:
            found.append(f"{place(case)}: not answerable, yet `relevant` names documents that answer it")
        if case.answerable and case.kind == "search" and not case.relevant:
            found.append(f"{place(case)}: answerable, yet `relevant` names no document")
        both = sorted(set(case.relevant) & set(case.not_first))
        found += [f"{place(case)}: {path} is both relevant and barred from the first place" for path in both]
    return found


def unresolved(cases: Iterable[Case], exists: Callable[[str], bool]) -> list[str]:
    """Rule and world ids that lead nowhere."""
    return [
        f"{place(case)}: {rule!r} does not exist in the knowledge or the world; check the id"
        for case in cases
        for rule in case.rules
        if not exists(rule)
    ]


def lost_paths(cases: Iterable[Case], exists: Callable[[str], bool]) -> list[str]:
    """Documents and pictures that are named and not there."""
    return [
        f"{place(case)}: no file {path!r}; give its path relative to the workspace"
        for case in cases
        for path in (*case.relevant, *case.not_first, *(turn.image for turn in case.turns if turn.image))
        if not exists(path)
    ]


def unknown_metrics(gates: Iterable[Gate], known: Collection[str], where: str) -> list[str]:
    """Gates on a metric that nobody knows."""
    return [
        f"{where}:{gate.line}: metric {gate.metric!r} is unknown; see `harness metrics`"
        for gate in gates
        if gate.metric not in known
    ]


def vacuous_limits(gates: Iterable[Gate], shares: Collection[str], where: str) -> list[str]:
    """Limits that a share, a number from 0 to 1, cannot break: somebody meant per cent.

    Args:
        gates: to be checked.
        shares: the metrics without a unit.
        where: the file.
    """
    return [
        f"{where}:{gate.line}: {name} {limit:g} of {gate.metric!r} can never be broken;"
        f" a share lies between 0 and 1, 3 % is 0.03"
        for gate in gates
        for name, limit, idle in (
            ("max", gate.max, gate.metric in shares),
            ("max_drop", gate.max_drop, gate.metric in shares),
            ("margin", gate.margin, gate.metric in shares),
            ("max_unmeasured", gate.max_unmeasured, True),
        )
        if idle and limit is not None and limit > 1
    ]


def unknown_suites(gates: Iterable[Gate], known: Collection[str], where: str) -> list[str]:
    """Gates on a suite that is not run."""
    return [
        f"{where}:{gate.line}: suite {gate.suite!r} is unknown; known are {', '.join(sorted(known))}"
        for gate in gates
        if gate.suite not in known
    ]


def _problem(pattern: str) -> str:
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        return f"expression {pattern!r} does not compile ({error})"
    return f"expression {pattern!r} matches the empty text, so it asks for nothing" if compiled.search("") else ""
