"""A word, condition or clause of another claim in the place of one's own. The context knows none of what comes in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.judging.words import words
from harness.mutation.fitting.corpus import (
    Corpus,
    chosen,
    conditions,
    kind_of_verb,
    nouns_en,
    nouns_ko,
    verbs_en,
    verbs_ko,
)  # fmt: skip
from harness.mutation.hangul import swapped
from harness.mutation.mutants import Change, Start, replaced
from harness.mutation.verbs import Mood, predicate

_AND: dict[Mood, Mood] = {"prohibit": "and_not", "must_not": "and_not", "deny": "and_not"}
_STOP = re.compile(r"[\s.!~…]*$")
_DIGITS = re.compile(r"(?<![\d.,-])\d{1,3}(?:,\d{3})+(?![\d-])|(?<![\d.,-])\d+(?![\d,.-])")
_LIMITS = re.compile(r"이상|이하|미만|초과|넘|최대|at least|under|over|less|more|up to|before|after|within|이내|안에")


def noun(start: Start, corpus: Corpus) -> Iterator[Change]:
    """A noun of another claim in the same role."""
    if start.language == "ko":
        for word in nouns_ko(start.text):
            new = corpus.stranger(corpus.nouns.get(f"ko {word.role}", ()), start, word.stem)
            if new:
                end = word.start + len(word.stem)
                yield Change(swapped(start.text, word.start, end, new), (word.start, word.start + len(new)), new)
        return
    for match in nouns_en(start.text):
        if new := corpus.stranger(corpus.nouns.get("en", ()), start, match.group()):
            yield replaced(start.text, *match.span("noun"), new)


def verb(start: Start, corpus: Corpus) -> Iterator[Change]:
    """A verb of another claim in the same form, anywhere in the sentence."""
    if start.language == "ko":
        for word, ending in verbs_ko(start.text):
            if new := corpus.stranger(corpus.verbs.get(f"ko {ending}", ()), start, word.text):
                yield replaced(start.text, word.start, word.end, new)
        return
    for match in verbs_en(start.text):
        if new := corpus.stranger(corpus.verbs.get(kind_of_verb(match), ()), start, match.group()):
            yield replaced(start.text, *match.span("verb"), new.capitalize() if match.start("verb") == 0 else new)


def condition(start: Start, corpus: Corpus) -> Iterator[Change]:
    """A condition of another claim."""
    for match in conditions(start.text, start.language):
        if new := corpus.stranger(corpus.conditions.get(start.language, ()), start, "when", words_needed=2):
            yield replaced(start.text, *match.span("condition"), new)


def joined(start: Start, corpus: Corpus) -> Iterator[Change]:
    """Another claim goes on in the same sentence."""
    body = _STOP.sub("", start.text)
    other = corpus.stranger(corpus.clauses.get(start.language, ()), start, "more", words_needed=2)
    if other is None:
        return
    if start.language == "en":
        yield _grown(body, f", and {other[0].lower()}{other[1:]}.")
        yield _grown(body, f"; {other[0].lower()}{other[1:]}.")
    elif (seen := predicate(body)) and (form := seen.verb.form(_AND.get(seen.mood, "and"), "polite")):
        yield _grown(body[: seen.start] + form, f", {other}.")


def number(start: Start, corpus: Corpus) -> Iterator[Change]:
    """One more, or twice as many; where nothing is a limit."""
    if _LIMITS.search(start.text):
        return
    for match in _DIGITS.finditer(start.text):
        value = int(match.group().replace(",", ""))
        for new in (value + 1, value * 2):
            written = f"{new:,}" if "," in match.group() else str(new)
            if value and not start.says(written):
                yield replaced(start.text, *match.span(), written)


def unit(start: Start, corpus: Corpus) -> Iterator[Change]:
    """The unit of another number of the same sentence or context beside this number."""
    units = {_cut(word.text)[1] for text in (start.text, *start.context) for word in words(text) if word.quantity}
    for word in words(start.text):
        amount, written = _cut(word.text) if word.quantity else ("", "")
        others = [unit for unit in sorted(units - {written, ""}) if not start.says(amount + unit)]
        new = chosen(others, start.id, word.text)
        if amount and written and new:
            yield replaced(start.text, word.start, word.end, amount + new)


def _cut(surface: str) -> tuple[str, str]:
    found = re.match(r"([\d.,]+)(\s?[^\d\s.,:~-]+)$", surface)
    return (found.group(1), found.group(2)) if found else ("", "")


def _grown(body: str, more: str) -> Change:
    return Change(body + more, (len(body), len(body) + len(more)), "more")
