"""Labels that contradict each other: of two cases that ask the same, and within one case."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from harness.case_files import normalised_question
from harness.cases import Case
from harness.validation.likeness import place, setting, shown

Texts = Mapping[str, Sequence[str]]
_MARK = re.compile(r"\\?\[(?:rule|adr|incident|world|skill)\\?:")
_GAPS = re.compile(r"\\s[?*]")


def conflicts(cases: Iterable[Case]) -> list[str]:
    """Cases that ask the same of the same picture and place and are labelled differently."""
    first: dict[tuple[object, ...], Case] = {}
    found = []
    for case in cases:
        earlier = first.setdefault((normalised_question(case), *setting(case)), case)
        if names := [name for name, value in _labels(case).items() if value != _labels(earlier)[name]]:
            found.append(
                f"{place(case)}: asks what {earlier.id!r} ({place(earlier)}) asks, with other labels"
                f" ({', '.join(names)}); keep one"
            )
    return found


def impossible(cases: Iterable[Case], texts: Texts) -> list[str]:
    """Facts that no answer can state without saying something forbidden, and facts that no answer is searched for.

    Args:
        cases: whose expressions compile.
        texts: accepted sentences by citation id.
    """
    return [f"{place(case)}: {problem}" for case in cases for problem in _problems(case, texts)]


def _labels(case: Case) -> dict[str, object]:
    return {
        "answerable": case.answerable,
        "intents": frozenset(case.intents),
        "rules": frozenset(case.rules),
        "required": frozenset(map(frozenset, case.required)),
        "relevant": frozenset(case.relevant),
    }


def _problems(case: Case, texts: Texts) -> list[str]:
    options = [option for fact in case.required for option in fact]
    marks = [
        f"required {shown(case, option)} asks for a citation mark; answers are read without them"
        for option in options
        if _MARK.search(option)
    ]
    barred = [
        f"required {shown(case, option)} is what forbidden {shown(case, pattern)} matches; one of them is wrong"
        for option in options
        for pattern in case.forbidden
        if (examples := _examples(option)) and all(_matches(pattern, example) for example in examples)
    ]
    return [*marks, *barred, *_forbidden_truths(case, texts)]


def _forbidden_truths(case: Case, texts: Texts) -> list[str]:
    """Required facts whose every accepted wording, in the case's own rules, is forbidden."""
    own = [text for rule in case.rules for text in texts.get(rule, ())]
    wordings = [
        (fact, [text for text in own if any(_matches(option, text) for option in fact)]) for fact in case.required
    ]
    return [
        f"required {shown(case, fact[0])}: all that its rules say of it is forbidden; mend one of the expressions"
        for fact, said in wordings
        if said and all(any(_matches(pattern, text) for pattern in case.forbidden) for text in said)
    ]


def _examples(option: str) -> list[str]:
    """Texts that an expression matches, one an alternative; none where that takes more than reading it."""
    parts = [_GAPS.sub("", part) for part in option.split("|")]
    plain = [part for part in parts if part and not re.search(r"[\\.^$*+?{}\[\]()]", part)]
    return plain if len(plain) == len(parts) else []


def _matches(pattern: str, text: str) -> bool:
    return re.search(pattern, text, re.IGNORECASE) is not None
