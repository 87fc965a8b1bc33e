"""Claims to teach a judge with: true ones made false or only restated, each beside its context.

The same starts and operators give the same claims in the same order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from harness.mutation.fitting import exchanges, turns
from harness.mutation.fitting.corpus import Corpus, chosen, corpus_of, nouns_en, nouns_ko
from harness.mutation.mutants import Change, Family, Language, Start
from harness.mutation.verbs import predicate

_PER_CELL = 60
"""Claims of one operator in one language at most; of restated ones `_RESTATED` times as many."""
_RESTATED = 5
_LANGUAGES: tuple[Language, ...] = ("ko", "en")
Vary = Callable[[Start, Corpus], Iterator[Change]]
Rephrase = Callable[[Start, str, Corpus], str | None]


@dataclass(frozen=True)
class Taught:
    """A claim beside its context, false if an operator of mutations made it."""

    operator: str
    start: Start
    text: str
    context: tuple[str, ...]
    supported: bool


@dataclass(frozen=True)
class Lesson:
    """A row of the table: a change of the claim."""

    name: str
    family: Family
    vary: Vary


LESSONS: tuple[Lesson, ...] = (
    Lesson("borrowed-noun", "mutation", exchanges.noun),
    Lesson("borrowed-verb", "mutation", exchanges.verb),
    Lesson("borrowed-condition", "mutation", exchanges.condition),
    Lesson("borrowed-clause", "mutation", exchanges.joined),
    Lesson("shifted-number", "mutation", exchanges.number),
    Lesson("borrowed-unit", "mutation", exchanges.unit),
    Lesson("denied-otherwise", "mutation", turns.denied),
    Lesson("waived", "mutation", turns.waived),
    Lesson("whatever-the-condition", "mutation", turns.whatever),
    Lesson("restated", "rewrite", turns.restated),
)


def lessons(starts: Sequence[Start]) -> list[Taught]:
    """Every operator in both languages, on as many starts as a cell holds, drawn by hash."""
    corpus = corpus_of(starts)
    found: list[Taught] = []
    for lesson in LESSONS:
        for language in _LANGUAGES:
            most = _PER_CELL * (_RESTATED if lesson.family == "rewrite" else 1)
            mine = [start for start in starts if start.language == language]
            found.extend(_first(_varied(lesson, mine, corpus), most))
    beside = [
        *_beside_other(starts, corpus, _on_condition, _PER_CELL),
        *_beside_other(starts, corpus, _within_limit, _PER_CELL),
        *_beside_other(starts, corpus, _with_more, 2 * _PER_CELL, supported=True),
    ]
    return [*found, *beside]


def _varied(lesson: Lesson, starts: Iterable[Start], corpus: Corpus) -> Iterator[Taught]:
    for start in _shuffled(starts, lesson.name):
        changes = [change for change in lesson.vary(start, corpus) if change.text != start.text]
        text = chosen(sorted({change.text for change in changes}), start.id, lesson.name)
        if text is not None:
            yield Taught(lesson.name, start, text, start.context, lesson.family == "rewrite")


def _beside_other(
    starts: Sequence[Start], corpus: Corpus, rephrase: Rephrase, most: int, *, supported: bool = False
) -> Iterator[Taught]:
    """The claim as it stands, beside a context that says it in a sentence that is about less, or about more."""
    for language in _LANGUAGES:
        mine = (start for start in _shuffled(starts, rephrase.__name__) if start.language == language)
        made = (_in_other_context(start, corpus, rephrase, supported=supported) for start in mine)
        yield from _first((one for one in made if one), most)


def _in_other_context(start: Start, corpus: Corpus, rephrase: Rephrase, *, supported: bool) -> Taught | None:
    text = start.text.rstrip(" .!")
    holding = [at for at, passage in enumerate(start.context) if text in passage]
    said = rephrase(start, text, corpus) if len(holding) == 1 else None
    if said is None:
        return None
    at = holding[0]
    context = (*start.context[:at], start.context[at].replace(text, said), *start.context[at + 1 :])
    return Taught(f"context{rephrase.__name__}", start, start.text, context, supported)


def _with_more(start: Start, text: str, corpus: Corpus) -> str | None:
    """The sentence goes on with another claim, which this one leaves out."""
    other = chosen(corpus.clauses.get(start.language, ()), start.id, "more")
    if other is None or other in text:
        return None
    if start.language == "en":
        return f"{text}, and {other[0].lower()}{other[1:]}"
    seen = predicate(text)
    form = seen.verb.form("and", "polite") if seen and seen.mood in ("command", "request", "declare") else None
    return f"{text[: seen.start]}{form}, {other}" if seen and form else None


def _on_condition(start: Start, text: str, corpus: Corpus) -> str | None:
    found = corpus.stranger(corpus.conditions.get(start.language, ()), start, "narrowed")
    if found is None:
        return None
    return f"{found}, {text}" if start.language == "ko" else f"If {found}, {text[0].lower()}{text[1:]}"


def _within_limit(start: Start, text: str, corpus: Corpus) -> str | None:
    found = chosen(corpus.limits.get(start.language, ()), start.id, "limit")
    if found is None or found in text:
        return None
    if start.language == "ko":
        at = next((word.start for word in nouns_ko(text)), None)
        return None if at is None else f"{text[:at]}{found} {text[at:]}"
    noun = next(iter(nouns_en(text)), None)
    return None if noun is None else f"{text[: noun.end()]} {found}{text[noun.end() :]}"


def _first(found: Iterator[Taught], most: int) -> list[Taught]:
    return [one for one, _ in zip(found, range(most), strict=False)]


def _shuffled(starts: Iterable[Start], seed: str) -> list[Start]:
    return sorted(starts, key=lambda start: hashlib.sha256(f"{seed}\x00{start.id}\x00{start.text}".encode()).digest())
