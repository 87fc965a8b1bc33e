"""What a coding agent may ask, answered from the newest index: plain dataclasses, each of a bounded size.

Opening the index, git and verification are handed in; nothing here writes. One desk serves several threads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from json import dumps
from typing import Literal

from kb.briefs.area import Section, brief
from kb.briefs.binding import IN_TEXT, PART, Binding
from kb.briefs.changes import Change, changes_in, changes_of, is_diff
from kb.briefs.decision import Story, place_named, story
from kb.briefs.paging import Page, page
from kb.briefs.pointers import Pointer
from kb.briefs.traces import trace_of
from kb.documents import Document, Hit, KbError
from kb.filters import Filters
from kb.knowledge import Knowledge
from kb.search import Request, SearchResult
from kb.verify import Check

Detail = Literal["low", "full"]
_PREVIEW = 180
_DEEPEST = 50
_PATHS = 500
LONGEST_INPUT = 1_000_000


class QuestionRefused(KbError):
    """A question that is empty, too long, or of no known form."""


@dataclass(frozen=True)
class Found:
    """A page of hits of a search."""

    result: SearchResult
    page: Page[Hit]


@dataclass(frozen=True)
class Lines:
    """Lines of a document, each a (number, text)."""

    citation: str
    path: str
    blob: str
    page: Page[tuple[int, str]]


class Desk:
    """Answers from whatever generation is published when it is asked.

    Args:
        knowledge: opens the published index; the same object while nothing newer was published.
        verify: checks the citations of a text.
    """

    def __init__(self, knowledge: Callable[[], Knowledge], verify: Callable[[str], list[Check]]) -> None:
        self._knowledge = knowledge
        self._verify = verify
        self._binding: tuple[Knowledge, Binding] | None = None

    @property
    def revision(self) -> str:
        return self._knowledge().revision

    def search(
        self, query: str, filters: Filters, k: int, detail: Detail, budget_tokens: int, cursor: str | None
    ) -> Found:
        """Search; hits come in pages within a budget.

        Raises:
            QuestionRefused: nothing was asked.
            CursorRefused: the cursor is of another question or index.
        """
        if not query.strip():
            raise QuestionRefused("the query is empty; say in words what you want to know")
        knowledge = self._knowledge()
        result = knowledge.answer(Request(query, min(k, _DEEPEST), filters=filters))
        question = f"{knowledge.revision}|{query}|{filters}|{k}|{detail}"
        return Found(result, page(result.hits, lambda hit: shown(hit, detail), budget_tokens, question, cursor))

    def document(self, name: str, budget_tokens: int, cursor: str | None) -> Lines:
        """The lines that a citation or path names, in pages.

        Raises:
            UnknownCitation: nothing of the index goes by that name.
        """
        knowledge = self._knowledge()
        found = knowledge.show(name)
        first = found.citation.line_start
        lines = list(enumerate(found.text.split("\n"), start=first))
        question = f"{knowledge.revision}|{name}|{found.citation.quote_hash}"
        taken = page(lines, lambda line: f"{line[1]}\n", budget_tokens, question, cursor)
        return Lines(found.citation.id, found.citation.path, found.citation.blob, taken)

    def files(self) -> list[Document]:
        """The files of the index, by path; the rules of one file stand for it once."""
        by_path: dict[str, Document] = {}
        for document in self._knowledge().engine.index.documents:
            by_path.setdefault(document.path, document)
        return [by_path[path] for path in sorted(by_path)]

    def whole(self, path: str) -> str:
        """The text of a file of the index, as it stands.

        Raises:
            UnknownCitation: no file of the index has that path.
        """
        return self._knowledge().show(path).text

    def explain(self, name: str) -> Story:
        """The story of a decision.

        Raises:
            UnknownCitation: no decision of that name.
        """
        knowledge = self._knowledge()
        engine, binding = knowledge.engine, self.binding()
        return story(binding.shelf, engine.lineage, engine.amendments, place_named(binding.shelf, engine.lineage, name))

    def similar_incidents(self, error: str, k: int) -> SearchResult:
        """Incidents like an error text or stack trace, most alike first."""
        trace = trace_of(error[:LONGEST_INPUT])
        if not trace.query.strip():
            raise QuestionRefused("the error text is empty; give the message or the stack trace")
        filters = Filters(frozenset({"incident"}))
        result = self._knowledge().answer(Request(trace.query, max(k, _DEEPEST), filters=filters))
        # An incident that names the very exception is alike whatever other words it has.
        named = [hit for hit in result.hits if self._names(hit, trace.exceptions)]
        hits = (*named, *(hit for hit in result.hits if hit not in named))[:k]
        return replace(result, hits=hits, answerable=result.answerable or bool(named))

    def _names(self, hit: Hit, exceptions: Sequence[str]) -> bool:
        shelf = self.binding().shelf
        places = self._knowledge().engine.lineage.places(hit.passage.doc_id or "")
        text = " ".join(passage.text for place in places for passage in shelf.passages(place))
        return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for name in exceptions)

    def rules_for(self, paths: Sequence[str], diff: str, *, wide: bool = False) -> list[Pointer]:
        """What binds some paths, or the files of a diff; `wide` adds what only speaks of the same part.

        Raises:
            QuestionRefused: neither paths nor a diff, or too many.
        """
        changes = self.changes(paths, diff)
        return self.binding().pointers([change.path for change in changes], PART if wide else IN_TEXT)

    @staticmethod
    def changes(paths: Sequence[str], diff: str) -> list[Change]:
        """Paths, or a diff, or a list of paths given as one text, as changes."""
        if len(diff) > LONGEST_INPUT:
            raise QuestionRefused(f"the diff has {len(diff):,} characters, more than {LONGEST_INPUT:,}; give the paths")
        given = changes_in(diff) if is_diff(diff) else changes_of(diff.splitlines())
        changes = [*changes_of(paths), *given]
        if not changes:
            raise QuestionRefused("no paths and no diff; give paths relative to the workspace, or the text of a diff")
        if len(changes) > _PATHS:
            raise QuestionRefused(f"{len(changes):,} files, more than {_PATHS}; ask for a part of them")
        return changes

    def onboarding(self, area: str) -> list[Section]:
        """One page on an area; empty for the whole workspace."""
        knowledge = self._knowledge()

        def find(subject: str) -> Sequence[Hit]:
            result = knowledge.search(subject.replace("/", " "), k=20)
            return result.hits if result.answerable else ()

        return brief(area, self.binding(), find, knowledge.engine.lineage.is_replaced)

    def verify(self, text: str) -> list[Check]:
        """Check the citations of a text.

        Raises:
            QuestionRefused: it is too long.
        """
        if len(text) > LONGEST_INPUT:
            raise QuestionRefused(f"the text has {len(text):,} characters, more than {LONGEST_INPUT:,}; give a part")
        return self._verify(text)

    def binding(self) -> Binding:
        """What the published index says about paths."""
        knowledge = self._knowledge()
        held = self._binding
        if held is None or held[0] is not knowledge:
            held = knowledge, Binding.of_engine(knowledge.engine)
            self._binding = held
        return held[1]


def shown(hit: Hit, detail: Detail) -> str:
    """A hit as an estimate of its size needs it."""
    passage = hit.passage
    text = preview(passage.text) if detail == "low" else passage.text
    return dumps([passage.path, passage.title, passage.heading, text, hit.successor_of, 100 * "x"], ensure_ascii=False)


def preview(text: str) -> str:
    """The first words of a passage, headings and blank lines aside, on one line."""
    lines = (line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    joined = " ".join(lines)
    return joined if len(joined) <= _PREVIEW else f"{joined[: _PREVIEW - 2].rstrip()} …"
