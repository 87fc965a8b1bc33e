"""Find what is wrong with the data before anything is run: ids, expressions, references, leaks.

Pure checks of cases that were read; each finding names file and line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence

from harness.case_files import normalised, normalised_question
from harness.cases import Case, Gate

SHORTEST = 12
"""Questions of fewer letters stand in a text by chance."""
NEAR = 0.8
"""Questions that share this much of their letter triples ask the same in other clothes."""


def duplicate_ids(cases: Iterable[Case]) -> list[str]:
    """Ids that stand twice, whatever the suite: reports name cases by id alone."""
    first: dict[str, Case] = {}
    found = []
    for case in cases:
        if case.id in first:
            found.append(f"{_place(case)}: id {case.id!r} stands at {_place(first[case.id])} too; rename one")
        first.setdefault(case.id, case)
    return found


def unknown_words(cases: Iterable[Case], intents: Collection[str], agents: Collection[str]) -> list[str]:
    """Intents and agents that nobody knows."""
    return [
        f"{_place(case)}: {kind} {word!r} is unknown; known are {', '.join(known)}"
        for case in cases
        for kind, words, known in (
            ("intent", (*case.intents, *(intent for part in case.sub_queries for intent in part.intents)), intents),
            ("agent", case.agents, agents),
        )
        for word in dict.fromkeys(words)
        if word not in known
    ]


def broken_expressions(cases: Iterable[Case]) -> list[str]:
    """Expressions that do not compile, or match everything and so ask for nothing."""
    return [
        f"{_place(case)}: {problem}"
        for case in cases
        for pattern in (*(option for fact in case.required for option in fact), *case.forbidden)
        if (problem := _problem(pattern))
    ]


def contradictions(cases: Iterable[Case]) -> list[str]:
    """Labels of one case that cannot all hold."""
    found = []
    for case in cases:
        if not case.answerable and case.relevant:
            found.append(f"{_place(case)}: not answerable, yet `relevant` names documents that answer it")
        if case.answerable and case.kind == "search" and not case.relevant:
            found.append(f"{_place(case)}: answerable, yet `relevant` names no document")
        both = sorted(set(case.relevant) & set(case.not_first))
        found += [f"{_place(case)}: {path} is both relevant and barred from the first place" for path in both]
    return found


def unresolved(cases: Iterable[Case], exists: Callable[[str], bool]) -> list[str]:
    """Rule and world ids that lead nowhere."""
    return [
        f"{_place(case)}: {rule!r} does not exist in the knowledge or the world; check the id"
        for case in cases
        for rule in case.rules
        if not exists(rule)
    ]


def lost_paths(cases: Iterable[Case], exists: Callable[[str], bool]) -> list[str]:
    """Documents and pictures that are named and not there."""
    return [
        f"{_place(case)}: no file {path!r}; give its path relative to the workspace"
        for case in cases
        for path in (*case.relevant, *case.not_first, *(turn.image for turn in case.turns if turn.image))
        if not exists(path)
    ]


def leaks(cases: Sequence[Case]) -> list[str]:
    """Test cases that a dev case gives away: the same question but for spaces, marks and a few letters."""
    dev = [(case, _triples(normalised_question(case))) for case in cases if case.split == "dev"]
    found = []
    for case in (case for case in cases if case.split == "test"):
        own = _triples(normalised_question(case))
        twin = next((other for other, triples in dev if _likeness(own, triples) >= NEAR), None)
        if twin is not None:
            found.append(f"{_place(case)}: asks what dev case {twin.id!r} ({_place(twin)}) asks; rewrite one")
    return found


def given_away(texts: Iterable[tuple[str, str]], cases: Sequence[Case]) -> list[str]:
    """Test questions that stand word for word in a text that a bot can read, such as a skill or a prompt."""
    questions = [(case, normalised(case.question)) for case in cases if case.split == "test"]
    telling = [(case, question) for case, question in questions if len(question) >= SHORTEST]
    found = []
    for path, text in texts:
        letters = normalised(text)
        found += [f"{path}: holds the question of test case {case.id!r}" for case, asked in telling if asked in letters]
    return found


def unknown_metrics(gates: Iterable[Gate], known: Collection[str], where: str) -> list[str]:
    """Gates on a metric that nobody knows."""
    return [
        f"{where}:{gate.line}: metric {gate.metric!r} is unknown; see `harness metrics`"
        for gate in gates
        if gate.metric not in known
    ]


def unknown_suites(gates: Iterable[Gate], known: Collection[str], where: str) -> list[str]:
    """Gates on a suite that is not run."""
    return [
        f"{where}:{gate.line}: suite {gate.suite!r} is unknown; known are {', '.join(sorted(known))}"
        for gate in gates
        if gate.suite not in known
    ]


def _place(case: Case) -> str:
    return f"{case.path}:{case.line}"


def _problem(pattern: str) -> str:
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        return f"expression {pattern!r} does not compile ({error})"
    return f"expression {pattern!r} matches the empty text, so it asks for nothing" if compiled.search("") else ""


def _triples(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 3] for at in range(max(1, len(text) - 2)))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)
