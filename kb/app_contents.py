"""Wiring: a workspace and what lies in it, parsed. Part of `kb.app`, which is the door."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kb.documents import Document, Finding
from kb.places import paths, read_sources, workspace_at
from kb.rulebook import Rulebook
from kb.settings import Settings
from kb.workspace import CONFIG, TEMPLATE, Workspace

if TYPE_CHECKING:
    from kb.checks import Readers
    from kb.read import Source


@dataclass(frozen=True)
class Contents:
    """Everything that was read of a workspace, and what could not be."""

    sources: tuple[Source, ...]
    documents: tuple[Document, ...]
    findings: tuple[Finding, ...]


def open_workspace(
    start: Path | None = None, environ: Mapping[str, str] = os.environ, *, profile: str | None = None
) -> Workspace:
    """Find the workspace: `start` or KB_WORKSPACE, else the nearest one upward, else what the wheel carries.

    Raises:
        WorkspaceError: the folder does not exist, or its `kb.toml` cannot be read.
    """
    settings = Settings.from_env(environ)
    return workspace_at(start or settings.workspace, profile or settings.profile)


def init(folder: Path) -> tuple[Path, bool]:
    """Write a `kb.toml` where there is none.

    Returns:
        Its path, and whether it was written now.
    """
    config = folder / CONFIG
    if config.exists():
        return config, False
    folder.mkdir(parents=True, exist_ok=True)
    config.write_text(TEMPLATE, encoding="utf-8")
    return config, True


def contents(workspace: Workspace) -> Contents:
    """Read all knowledge of a workspace, without an index."""
    sources, unreadable = read_sources(workspace, paths(workspace))
    documents, findings = parsed(sources)
    return Contents(tuple(sources), tuple(documents), (*unreadable, *findings))


def rulebook(workspace: Workspace) -> Rulebook:
    """The domain rules of a workspace: every rule file below a folder named `rules`.

    Raises:
        RuleError: a rule lacks a part, or two share an id.
        DocumentError: a rule file is not the YAML it should be.
    """
    from kb.adapters.yaml_text import load_entries
    from kb.read import is_rule_file
    from kb.rulebook import rulebook as collect
    from kb.rulebook import rules_from

    rule_files = [path for path in paths(workspace) if is_rule_file(path) and "rules" in Path(path).parts]
    sources, _ = read_sources(workspace, rule_files)
    return collect(
        rule for source in sources for rule in rules_from(source.path, *load_entries(source.text, source.path))
    )


def parsed(sources: Iterable[Source]) -> tuple[list[Document], list[Finding]]:
    """Files as documents, and findings about them."""
    from kb.adapters.yaml_text import load_entries, load_mapping
    from kb.read import is_compiled, is_rule_file, read_markdown, read_rules

    every = [source for source in sources if not is_compiled(source)]
    read = [read_markdown(source, load_mapping) for source in every if not is_rule_file(source.path)]
    rules, findings = read_rules([source for source in every if is_rule_file(source.path)], load_entries)
    return [document for document, _ in read] + rules, [finding for _, found in read for finding in found] + findings


def readers() -> Readers:
    """What parses front matter and rule files."""
    from kb.adapters.yaml_text import load_entries, load_mapping
    from kb.checks import Readers

    return Readers(load_mapping, load_entries)
