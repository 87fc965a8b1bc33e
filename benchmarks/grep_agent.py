"""A coding agent without the knowledge base: it greps, ranks the files it sees, and reads around the matches.

Deterministic, and at its best. It knows which files hold knowledge and gets them in memory. It
1. takes the words of the question that say something, identifiers first, particles and endings cut (`grep_words`);
2. greps them all at once and sees each file with its matches, sorted for it: by the distinct words in the densest
   stretch of its lines and in its name, rare words first;
3. where no file holds all of them, it greps again with translations from the table that the product ships, since a
   model speaks both languages;
4. reads the densest stretch of one file after the other, and then their second-densest ones, until the budget is
   spent. Of a record that says `superseded_by` it reads the successor first, and glossaries count for less.
What grep lists and what is read is paid for; line numbers and the agent's own words are not. The numbers below did best
on the dev questions; the tools were not fitted to them. `ask` is a harness target.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import log

from benchmarks.grep_words import Word, translated, words_of
from kb import app
from kb.adapters import choose
from kb.context import estimate_tokens
from kb.places import paths
from kb.settings import MODELS
from kb.translations import Translations
from kb.workspace import Options

BUDGET_TOKENS = 4_000
_LISTED = 8
_IN_NAME = 1.0
_GLOSSARY_WEIGHT = 0.4
_READS = 2
_SHORTEST_READ = 150
_LINES = 30
_SUCCESSOR = re.compile(r"^superseded_by: \[\"?(?P<id>\d+)", re.MULTILINE)


@dataclass(frozen=True, eq=False)
class File:
    """A file as grep sees it."""

    path: str
    lines: tuple[str, ...]
    lowered: tuple[str, ...]

    @cached_property
    def whole(self) -> str:
        return "\n".join(self.lowered)

    @cached_property
    def successor(self) -> str | None:
        found = _SUCCESSOR.search("\n".join(self.lines[:40]))
        return found["id"] if found else None


@dataclass(frozen=True, eq=False)
class Matches:
    """A file with the weight of the words on each line, by word."""

    file: File
    held: Mapping[str, float]
    by_line: Mapping[int, Mapping[str, float]]
    named: float

    @cached_property
    def score(self) -> float:
        first, last = self.densest(_LINES)
        trust = _GLOSSARY_WEIGHT if "/glossary/" in self.file.path else 1.0
        return trust * (self.within(first, last) + _IN_NAME * self.named)

    def within(self, first: int, last: int) -> float:
        """The weight of the distinct words on some lines, 0-based, both inclusive."""
        found: dict[str, float] = {}
        for line in range(first, last + 1):
            for text, weight in self.by_line.get(line, {}).items():
                found[text] = max(weight, found.get(text, 0.0))
        return sum(found.values())

    def densest(self, length: int, skip: Iterable[int] = ()) -> tuple[int, int]:
        """The stretch of lines with the most weight, the first of equals, that starts at none of `skip`."""
        taken = set(skip)
        starts = [line for line in sorted(self.by_line) if line not in taken] or [0]
        best = max(starts, key=lambda line: (self.within(line, line + length - 1), -line))
        return best, min(best + length - 1, len(self.file.lines) - 1)


def ask(request: Mapping[str, object]) -> dict[str, object]:
    """Answer a request of the harness from the workspace at hand; "overrides": {"budget_tokens"} is honoured."""
    turns = request.get("turns")
    question = str(turns[-1]) if isinstance(turns, list) and turns else ""
    overrides = request.get("overrides")
    budget = overrides.get("budget_tokens", BUDGET_TOKENS) if isinstance(overrides, Mapping) else BUDGET_TOKENS
    return Agent(*_world()).answer(question, int(str(budget)))


@lru_cache(maxsize=1)
def _world() -> tuple[tuple[File, ...], Translations]:
    workspace = app.open_workspace()
    read = [(path, workspace.locate(path).read_text(encoding="utf-8", errors="replace")) for path in paths(workspace)]
    return tuple(file_of(path, text) for path, text in read), choose.translations(Options().translations, MODELS)


def file_of(path: str, text: str) -> File:
    lines = tuple(text.split("\n"))
    return File(path, lines, tuple(line.lower() for line in lines))


class Agent:
    """Answers questions from some files.

    Args:
        files: what is searched.
        table: what words are called in the other language.
    """

    def __init__(self, files: Sequence[File], table: Translations) -> None:
        self._files = files
        self._table = table

    def answer(self, question: str, budget_tokens: int) -> dict[str, object]:
        """Search and read within a budget; a response of the harness's contract."""
        started = time.perf_counter()
        words = words_of(question)
        ranked, calls = self._searched(words)
        hits, reads = self._read(ranked, budget_tokens - sum(calls))
        spent = [{"tool": "grep", "tokens": tokens} for tokens in calls]
        spent += [{"tool": "read", "tokens": tokens} for tokens in reads]
        return {
            "answer": "\n\n".join(str(hit["text"]) for hit in hits) or "nothing found",
            "hits": hits,
            "tool_calls": spent,
            "timings_ms": {"total": (time.perf_counter() - started) * 1000},
        }

    def _searched(self, words: list[Word]) -> tuple[list[Matches], list[int]]:
        """The files, best first, and the tokens of each grep's list."""
        ranked = self._ranked(words)
        calls = [_listed(ranked)]
        more = list(translated(words, self._table))
        if more and not any(len(one.held) == len(words) for one in ranked):
            ranked = self._ranked([*words, *more])
            calls.append(_listed(ranked))
        return self._successors_first(ranked), calls

    def _ranked(self, words: Sequence[Word]) -> list[Matches]:
        weighed = [(word.text, _pattern(word), self._weight(word)) for word in words]
        found = [self._matches(file, [one for one in weighed if one[2]]) for file in self._files]
        return sorted((one for one in found if one.held or one.named), key=lambda one: (-one.score, one.file.path))

    @staticmethod
    def _matches(file: File, words: Sequence[tuple[str, re.Pattern[str], float]]) -> Matches:
        held: dict[str, float] = {}
        by_line: dict[int, dict[str, float]] = {}
        named: dict[str, float] = {}
        for text, pattern, weight in words:
            for number in _lines_with(file, pattern):
                held[text] = max(weight, held.get(text, 0.0))
                line = by_line.setdefault(number, {})
                line[text] = max(weight, line.get(text, 0.0))
            if pattern.search(file.path.lower()):
                named[text] = max(weight, named.get(text, 0.0))
        return Matches(file, held, by_line, sum(named.values()))

    def _weight(self, word: Word) -> float:
        """Rare words say more."""
        count = sum(bool(_lines_with(file, _pattern(word))) for file in self._files)
        return word.trust * log((len(self._files) + 1) / (count + 0.5)) if count else 0.0

    def _successors_first(self, ranked: list[Matches]) -> list[Matches]:
        """Each record that was replaced behind what replaced it, wherever that stood."""
        found: dict[str, Matches] = {}
        for one in ranked:
            for matches in [*self._chain(one, ranked), one]:
                found.setdefault(matches.file.path, matches)
        return list(found.values())

    def _chain(self, one: Matches, ranked: list[Matches]) -> list[Matches]:
        chain: list[Matches] = []
        while (name := (chain[0] if chain else one).file.successor) and len(chain) < 5:
            later = next((file for file in self._files if f"/{name}-" in file.path), None)
            if later is None:
                break
            chain.insert(0, next((m for m in ranked if m.file is later), Matches(later, {}, {}, 0.0)))
        return chain

    def _read(self, ranked: list[Matches], budget_tokens: int) -> tuple[list[dict[str, object]], list[int]]:
        """Read around the matches, best file first, then a second stretch of each."""
        most = max(_SHORTEST_READ, budget_tokens // _READS)
        hits: list[dict[str, object]] = []
        costs: list[int] = []
        taken: dict[str, set[int]] = {}
        for one in [*ranked[:_LISTED], *ranked[:_LISTED]]:
            skip = taken.setdefault(one.file.path, set())
            hit = _stretch(one, min(most, budget_tokens - sum(costs)), skip)
            if hit is None:
                continue
            skip.update(range(int(str(hit["line_start"])) - 1, int(str(hit["line_end"]))))
            hits.append(hit)
            costs.append(estimate_tokens(f"{hit['path']}\n{hit['text']}"))
        return hits, costs


def _pattern(word: Word) -> re.Pattern[str]:
    return re.compile("|".join(word.forms))


@lru_cache(maxsize=1 << 16)
def _lines_with(file: File, pattern: re.Pattern[str]) -> tuple[int, ...]:
    if not pattern.search(file.whole):
        return ()
    return tuple(number for number, line in enumerate(file.lowered) if pattern.search(line))


def _listed(ranked: Sequence[Matches]) -> int:
    return estimate_tokens("\n".join(f"{one.file.path}:{len(one.by_line)}" for one in ranked[:_LISTED]))


def _stretch(one: Matches, most_tokens: int, skip: set[int]) -> dict[str, object] | None:
    """Lines from a little above the densest place, as many as the tokens allow; None where nothing fits."""
    if one.by_line and not set(one.by_line) - skip:
        return None
    first, _ = one.densest(_LINES, skip)
    left, last = most_tokens - estimate_tokens(one.file.path) - 1, first
    for number in range(first, min(first + _LINES, len(one.file.lines))):
        left -= estimate_tokens(f"{one.file.lines[number]}\n")
        if left < 0 or number in skip:
            break
        last = number + 1
    text = "\n".join(one.file.lines[first:last])
    if not text.strip():
        return None
    return {"path": one.file.path, "line_start": first + 1, "line_end": last, "text": text}
