"""Wiring: skills of a workspace, checked, compiled, installed. Part of `kb.app`, which is the door."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from kb.app_checks import citations
from kb.documents import KbError, WorkspaceError
from kb.workspace import Workspace

if TYPE_CHECKING:
    from kb.knowledge import Knowledge
    from kb.skillset.check import Mode, SkillReport, Surroundings
    from kb.skillset.compile import Area, CompiledSkill
    from kb.skillset.install import Done
    from kb.verify import Check

_TARGETS = re.compile(r"^(?P<names>[\w./$(){}%-][^\n:=#\t]*?) *::?(?!=)", re.MULTILINE)
_SKILLS = "skills"
NO_COMMANDS: Mapping[str, frozenset[str]] = MappingProxyType({})
_NOTE = """\
## Knowledge of this repository

Decisions, incidents and rules are indexed: ask before you change something.

- MCP server `kb` (`.mcp.json`): `rules_for` before you edit a file, `search_knowledge` for why and where,
  `similar_incidents` after an error, `verify_citations` on what you write.
- Without MCP: `kb search "QUESTION"`, `kb diff-brief`, `kb show ID`.
- Skills: {skills}.
- What is superseded does not bind; cite what you rely on by its id in square brackets, as the tools print it.
"""


def check_skills(
    folder: Path | None, mode: Mode, workspace: Workspace | None, commands: Mapping[str, frozenset[str]] = NO_COMMANDS
) -> list[SkillReport]:
    """Check one skill or a tree of them; those of the workspace when no folder is given.

    Args:
        folder: a skill's folder or a folder of skills.
        mode: whether keys outside the specification are errors.
        workspace: where citations, paths and commands are looked up; None or the packaged one: nowhere.
        commands: subcommands by program; a skill that names another is warned of.

    Raises:
        KbError: there is no such folder, or no skill in it.
    """
    from kb.skillset.check import check_skill
    from kb.skillset.matter import skill_folders

    root = folder or (workspace.root if workspace else Path.cwd())
    folders = skill_folders(root)
    if not folders:
        raise KbError(f"no SKILL.md in {root}; give a skill's folder or a folder of skills")
    around = _surroundings(workspace, dict(commands))
    base = workspace.root if workspace else None
    return [check_skill(found, _shown(found, base), mode, around) for found in folders]


def build_skills(workspace: Workspace, knowledge: Knowledge, out: Path) -> list[CompiledSkill]:
    """Compile the knowledge of each area into a skill below `out`; those compiled before for areas that are gone go.

    Raises:
        KbError: a skill written by hand is in the way, a file has changed since it was indexed, or an area's name is
            too long; then nothing is written.
    """
    from kb.briefs.binding import Binding
    from kb.skillset.compile import compiled
    from kb.skillset.compiled_files import keep

    engine = knowledge.engine
    binding = Binding.of_engine(engine)
    blobs = {document.path: document.blob for document in engine.index.documents}

    def pin(name: str) -> str:
        cited = knowledge.cite(name)
        if cited.blob != blobs.get(cited.path):
            raise KbError(f"{cited.path} has changed since it was indexed; run `kb index`, then build again")
        return cited.quote_hash[:12]

    made = [compiled(area, binding, engine.lineage.is_replaced, pin) for area in _areas(workspace, binding)]
    keep(out, {skill.name: skill.files for skill in made})
    return made


def install_skills(workspace: Workspace, source: Path, *, hooks: bool = False) -> Done:
    """Put the skills of a folder where clients look, with `.mcp.json` and a section of AGENTS.md.

    Raises:
        InstallRefused: something of another owner is in the way.
        KbError: a skill is not valid, or there is none.
    """
    from kb.skillset.install import MCP_SERVER, Wanted, install
    from kb.skillset.install_files import files_of
    from kb.skillset.install_record import MCP_FILE, SETTINGS_FILE
    from kb.skillset.matter import skill_folders

    reports = check_skills(source, "strict", workspace)
    if wrong := [report for report in reports if not report.valid]:
        raise KbError(f"{wrong[0].path}: {wrong[0].errors[0]}; mend it before it is installed")
    folders = skill_folders(source)
    names = [report.name for report in reports]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise KbError(f"two skills below {source} are called {twice!r}; rename one, a client sees one of them alone")
    skills = {report.name: files_of(folder) for report, folder in zip(reports, folders, strict=True)}
    parts: dict[str, Any] = {MCP_FILE: MCP_SERVER}
    if hooks and (settings := _settings(folders)):
        parts[SETTINGS_FILE] = settings
    note = _NOTE.format(skills=", ".join(f"`{name}`" for name in sorted(skills)))
    return install(_own_root(workspace), Wanted(skills, parts, note))


def uninstall_skills(workspace: Workspace) -> Done:
    """Take away what `install_skills` wrote."""
    from kb.skillset.install import uninstall

    return uninstall(_own_root(workspace))


def skills_folder(workspace: Workspace) -> Path:
    """Where a workspace keeps the skills that it writes itself."""
    return workspace.root / _SKILLS


def _own_root(workspace: Workspace) -> Path:
    if workspace.is_packaged:
        raise WorkspaceError("no kb.toml here or above; run `kb init` in the repository that is to get the skills")
    return workspace.root


def _settings(folders: Sequence[Path]) -> dict[str, Any]:
    """What the skills bring for a client's settings: `assets/settings.json` of each, put together."""
    from kb.skillset.shared_files import joined, table_of

    found: dict[str, Any] = {}
    for folder in folders:
        file = folder / "assets" / "settings.json"
        if file.is_file():
            found = joined(found, table_of(file.read_bytes(), str(file)), str(file))
    return found


def _areas(workspace: Workspace, binding: Any) -> list[Area]:
    from kb.skillset.compile import Area, default_areas

    return [Area(name, paths) for name, paths in workspace.options.areas] or default_areas(binding)


def _surroundings(workspace: Workspace | None, commands: dict[str, frozenset[str]]) -> Surroundings:
    from kb.adapters.yaml_text import load_texts
    from kb.skillset.check import Surroundings

    if workspace is None or workspace.is_packaged:
        return Surroundings(load_texts, None, lambda _: [], None, {})
    checker = citations(workspace)

    def checked(file: Path) -> list[Check]:
        return checker.verify(file)

    makefile = workspace.root / "Makefile"
    targets = _targets(makefile) if makefile.is_file() else None
    return Surroundings(load_texts, workspace.root, checked, targets, commands)


def _targets(makefile: Path) -> frozenset[str] | None:
    """What a Makefile makes; None where it takes rules from elsewhere or makes them up, so that none can be missed."""
    text = makefile.read_text(encoding="utf-8", errors="replace")
    names = [name for found in _TARGETS.finditer(text) for name in found["names"].split()]
    is_open = any("%" in name or "$" in name for name in names) or re.search(r"^-?include\b", text, re.MULTILINE)
    return None if is_open else frozenset(names)


def _shown(folder: Path, base: Path | None) -> str:
    absolute = folder.resolve()
    return absolute.relative_to(base).as_posix() if base and absolute.is_relative_to(base) else str(folder)
