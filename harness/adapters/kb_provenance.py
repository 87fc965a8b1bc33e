"""Where citations lead: rules by the rulebook, the frozen world by its rows, all else by the resolver of `kb`.

The knowledge base is loaded when the first citation of a document comes.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from harness.case_files import full_id
from harness.cases import Source
from harness.gold import Gold
from harness.jsonl import read_rows
from harness.rule_sentences import knowledge_sentences
from kb import app as kb_app
from kb.documents import KbError
from kb.rulebook import Rulebook
from kb.workspace import Workspace


class KbProvenance:
    """Resolves ids within one workspace. Sentences of the world are those of the accepted truth, written by hand."""

    def __init__(self, workspace: Workspace, gold: Gold, world: str = "datasets/world") -> None:
        self._workspace = workspace
        self._gold = gold
        self._world = world

    @cached_property
    def rulebook(self) -> Rulebook:
        return kb_app.rulebook(self._workspace)

    @cached_property
    def sentences(self) -> dict[str, tuple[str, ...]]:
        """The rules' sentences by citation id."""
        return knowledge_sentences(self.rulebook)

    def resolve(self, citation_id: str) -> Source | None:
        id_ = full_id(citation_id)
        kind, _, name = id_.partition(":")
        if kind == "rule":
            return self._rule(id_, name)
        if kind == "world":
            return self._world_rows.get(id_)
        return self._document(id_)

    def _rule(self, id_: str, name: str) -> Source | None:
        rule = self.rulebook.rules.get(name)
        if rule is None:
            return None
        return Source(id_, rule.path, rule.line_start, rule.line_end, self.sentences[id_])

    @cached_property
    def _world_rows(self) -> dict[str, Source]:
        found: dict[str, Source] = {}
        for path in sorted(Path(self._workspace.root, self._world).glob("*.jsonl")):
            shown = f"{self._world}/{path.name}"
            for line, row in read_rows(path, shown):
                id_ = f"world:{row.get('id', '')}"
                found[id_] = Source(id_, shown, line, line, self._gold.texts.get(id_, ()))
        return found

    def _document(self, id_: str) -> Source | None:
        try:
            citation = kb_app.knowledge(self._workspace).cite(id_)
            text = self._workspace.locate(citation.path).read_text(encoding="utf-8")
        except (KbError, OSError):
            return None
        lines = text.split("\n")[citation.line_start - 1 : citation.line_end]
        return Source(id_, citation.path, citation.line_start, citation.line_end, ("\n".join(lines),))
