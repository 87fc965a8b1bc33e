"""Where citations lead: rules by the rulebook, the frozen world by its rows, all else by the resolver of `kb`.

The knowledge base is loaded when the first citation of a document comes.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from harness.case_files import full_id
from harness.cases import DataError, Source
from harness.gold import Gold
from harness.jsonl import read_rows
from harness.rule_sentences import knowledge_sentences
from kb import app as kb_app
from kb import files
from kb.documents import KbError
from kb.generations import Generations
from kb.places import index_home, paths
from kb.rulebook import Rulebook
from kb.settings import Settings
from kb.store import read_manifest
from kb.workspace import Workspace


def index_revision(workspace: Workspace, environ: Mapping[str, str]) -> str:
    """The revision of the published index, read without opening it; empty where there is none."""
    published = Generations(index_home(workspace, Settings.from_env(environ).cache)).current()
    if published is None:
        return ""
    return read_manifest(published).revision


class KbProvenance:
    """Resolves ids within one workspace. Sentences of the world are those of the accepted truth, written by hand."""

    def __init__(self, workspace: Workspace, gold: Gold, world: str = "datasets/world") -> None:
        self._workspace = workspace
        self._gold = gold
        self._world = world
        self._versions: dict[str, str] = {}

    @cached_property
    def rulebook(self) -> Rulebook:
        """Raises: DataError: a rule file is not what it should be."""
        try:
            return kb_app.rulebook(self._workspace)
        except KbError as error:
            raise DataError(str(error)) from error

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
        version = self._version(rule.path)
        return Source(id_, rule.path, rule.line_start, rule.line_end, self.sentences[id_], version)

    @cached_property
    def _world_rows(self) -> dict[str, Source]:
        found: dict[str, Source] = {}
        for path in sorted(Path(self._workspace.root, self._world).glob("*.jsonl")):
            shown = f"{self._world}/{path.name}"
            for line, row in read_rows(path, shown):
                id_ = f"world:{row.get('id', '')}"
                found[id_] = Source(id_, shown, line, line, self._gold.texts.get(id_, ()), self._version(shown))
        return found

    @property
    def documents(self) -> list[Path]:
        """The files that may hold knowledge, also where `kb.toml` names none and they are found by what is there."""
        return [self._workspace.locate(path) for path in paths(self._workspace)]

    def _document(self, id_: str) -> Source | None:
        try:
            citation = kb_app.knowledge(self._workspace).cite(id_)
            text = self._workspace.locate(citation.path).read_text(encoding="utf-8")
        except (KbError, OSError):
            return None
        lines = text.split("\n")[citation.line_start - 1 : citation.line_end]
        text = "\n".join(lines)
        return Source(id_, citation.path, citation.line_start, citation.line_end, (text,), citation.blob)

    def _version(self, path: str) -> str:
        """Git's hash of a file of the workspace, read once; what is cited here is loaded once too."""
        if path not in self._versions:
            file = self._workspace.locate(path)
            self._versions[path] = files.blob_of(file, file.parent) or ""
        return self._versions[path]
