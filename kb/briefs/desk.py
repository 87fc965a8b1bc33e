"""What a coding agent may ask, answered from the newest index: plain dataclasses, each of a bounded size.

Opening the index, git and verification are handed in; nothing here writes. One desk serves several threads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from json import dumps
from pathlib import PurePosixPath

from kb.briefs import extracts
from kb.briefs.area import Section, brief
from kb.briefs.binding import IN_TEXT, PART, Binding
from kb.briefs.changes import Change, changes_in, changes_of, is_diff
from kb.briefs.decision import Story, place_named, story
from kb.briefs.paging import LONGEST_CITING, LONGEST_INPUT, Page, Wanted, page
from kb.briefs.pointers import Pointer
from kb.briefs.telling import decided, surrounded
from kb.briefs.traces import trace_of
from kb.coverage import Sought
from kb.documents import Document, Hit, KbError, UnknownCitation
from kb.filters import EVERYTHING, Filters
from kb.knowledge import Knowledge, Shown
from kb.search import Request, SearchResult
from kb.verify import Check

_DEEPEST = 50
_PATHS = 500
_TOLD = 300
_MOST_OF_A_SECTION = 100


class QuestionRefused(KbError):
    """A question that is empty, too long, or of no known form."""


@dataclass(frozen=True)
class Lines:
    """Lines of a document, or its outline; `total` counts its lines."""

    citation: str
    path: str
    blob: str
    total: int
    page: Page[extracts.Part]


class Desk:
    """Answers from whatever generation is published when it is asked.

    Args:
        knowledge: opens the published index; the same object while nothing newer was published.
        verify: checks the citations of a text.
        root: of the workspace, for paths that come in whole.
    """

    def __init__(
        self,
        knowledge: Callable[[], Knowledge],
        verify: Callable[[str], list[Check]],
        root: PurePosixPath | None = None,
    ) -> None:
        self._knowledge = knowledge
        self._verify = verify
        self._root = root
        self._binding: tuple[Knowledge, Binding] | None = None

    @property
    def revision(self) -> str:
        return self._knowledge().revision

    def warm(self) -> None:
        """Do what the first question would have to wait for.

        Raises:
            IndexMissing: nothing was indexed yet.
        """
        self.search("warm", EVERYTHING, 1)
        self.rules_for(["x"], "")

    def search(self, query: str, filters: Filters, k: int) -> SearchResult:
        """Search.

        Raises:
            QuestionRefused: nothing was asked.
        """
        if not query.strip():
            raise QuestionRefused("the query is empty; say in words what you want to know")
        knowledge = self._knowledge()
        result = knowledge.answer(Request(query, min(k, _DEEPEST), filters=filters))
        shelf = self._binding_of(knowledge).shelf
        return replace(result, hits=tuple(decided(shelf, hit) for hit in result.hits))

    def document(self, name: str, wanted: Wanted) -> Lines:
        """The lines that a citation or path names, or with low detail their outline, in pages.

        Raises:
            UnknownCitation: nothing of the index goes by that name.
        """
        knowledge = self._knowledge()
        found = self._shown(knowledge, self._named(name))
        first = found.citation.line_start
        lines = (extracts.outline if wanted.detail == "low" else extracts.parts)(found.text, first)
        question = f"{knowledge.revision}|{name}|{wanted.detail}|{found.citation.quote_hash}"
        room = wanted.budget_tokens
        taken = page(lines, lambda part: dumps(part.text, ensure_ascii=False), room, question, wanted.cursor)
        return Lines(found.citation.id, found.citation.path, found.citation.blob, found.text.count("\n") + 1, taken)

    @staticmethod
    def _shown(knowledge: Knowledge, name: str) -> Shown:
        try:
            return knowledge.show(name)
        except UnknownCitation as error:
            wrong, for_people, _ = str(error).partition("; `kb search")
            if not for_people:
                raise
            raise UnknownCitation(f"{wrong[:_TOLD]}; search_knowledge finds it by its words, if it is here") from error

    def _named(self, name: str) -> str:
        """A name as the index knows it: a path that begins with the workspace's root without it."""
        root = f"{self._root}/"
        return name.removeprefix(root) if self._root is not None else name

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
        return self._shown(self._knowledge(), path).text

    def explain(self, name: str) -> Story:
        """The story of a decision.

        Raises:
            UnknownCitation: no decision of that name.
        """
        knowledge = self._knowledge()
        engine, binding = knowledge.engine, self._binding_of(knowledge)
        place = place_named(binding.shelf, engine.lineage, self._named(name))
        return story(binding.shelf, engine.lineage, engine.amendments, place)

    def similar_incidents(self, error: str, k: int) -> SearchResult:
        """Incidents like an error text or stack trace, most alike first."""
        trace = trace_of(error[:LONGEST_INPUT])
        if not trace.query.strip():
            raise QuestionRefused("the error text is empty; give the message or the stack trace")
        filters = Filters(frozenset({"incident"}))
        knowledge = self._knowledge()
        result = knowledge.answer(Request(trace.query, max(k, _DEEPEST), filters=filters))
        # An incident that names the very exception is alike whatever other words it has.
        named = [hit for hit in result.hits if self._names(knowledge, hit, trace.exceptions)]
        hits = (*named, *(hit for hit in result.hits if hit not in named))[:k]
        return replace(result, hits=hits, answerable=result.answerable or bool(named))

    def _names(self, knowledge: Knowledge, hit: Hit, exceptions: Sequence[str]) -> bool:
        shelf = self._binding_of(knowledge).shelf
        places = knowledge.engine.lineage.places(hit.passage.doc_id or "")
        text = " ".join(passage.text for place in places for passage in shelf.passages(place))
        return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for name in exceptions)

    def rules_for(self, paths: Sequence[str], diff: str, *, wide: bool = False) -> list[Pointer]:
        """What binds some paths, or the files of a diff; `wide` adds what only speaks of the same part.

        Raises:
            QuestionRefused: neither paths nor a diff, or too many.
        """
        changes = self._changes(paths, diff)
        return self.binding().pointers([change.path for change in changes], PART if wide else IN_TEXT)

    def _changes(self, paths: Sequence[str], diff: str) -> list[Change]:
        """Paths, or a diff, or a list of paths given as one text, as changes."""
        if len(diff) > LONGEST_INPUT:
            raise QuestionRefused(f"the diff has {len(diff):,} characters, more than {LONGEST_INPUT:,}; give the paths")
        listed = [] if is_diff(diff) else [line for line in diff.split("\n") if line.strip()]
        found = changes_in(diff) if is_diff(diff) else []
        if (count := len(paths) + len(listed) + len(found)) > _PATHS:
            raise QuestionRefused(f"{count:,} files, more than {_PATHS}; ask for a part of them")
        changes = [*changes_of([*paths, *listed], self._root), *found]
        if not changes:
            raise QuestionRefused("no paths and no diff; give paths relative to the workspace, or the text of a diff")
        return changes

    def onboarding(self, area: str) -> list[Section]:
        """One page on an area; empty for the whole workspace."""
        knowledge = self._knowledge()

        def find(subject: str) -> Sequence[Hit]:
            result = knowledge.search(subject.replace("/", " "), k=20)
            return result.hits if result.answerable else ()

        asked = self._named(area).strip()
        return brief(asked, self._binding_of(knowledge), find, knowledge.engine.lineage.is_replaced, _MOST_OF_A_SECTION)

    def surrounded(self, hits: Sequence[Hit], words: Sequence[Sought]) -> list[Hit]:
        """Hits, the first with what stands around it."""
        shelf = self.binding().shelf
        return [surrounded(shelf, hit, words) if place == 0 else hit for place, hit in enumerate(hits)]

    def quoted(self, pointer: Pointer) -> str:
        """What a pointer points to, in the words of the document."""
        return self.binding().shelf.quoted(pointer)

    def verify(self, text: str) -> list[Check]:
        """Check the citations of a text.

        Raises:
            QuestionRefused: it is too long.
        """
        if len(text) > LONGEST_CITING:
            raise QuestionRefused(f"the text has {len(text):,} characters, more than {LONGEST_CITING:,}; give a part")
        return self._verify(text)

    def binding(self) -> Binding:
        """What the published index says about paths."""
        return self._binding_of(self._knowledge())

    def _binding_of(self, knowledge: Knowledge) -> Binding:
        # One answer is made from one generation, also when a newer one is published meanwhile.
        held = self._binding
        if held is None or held[0] is not knowledge:
            held = knowledge, Binding.of_engine(knowledge.engine)
            self._binding = held
        return held[1]


def preview(text: str) -> str:
    """The first words of a passage, headings and blank lines aside, on one line."""
    lines = (line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    return extracts.preview(" ".join(lines))
