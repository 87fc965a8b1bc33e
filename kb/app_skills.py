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

_TARGET = re.compile(r"^([A-Za-z][\w.-]*):(?!=)", re.MULTILINE)
_SKILLS = "skills"
NO_COMMANDS: Mapping[str, frozenset[str]] = MappingProxyType({})
_NOTE = """\
## Knowledge of this repository

Decisions, incidents and rules are indexed: ask before you change something.

- MCP server `kb` (`.mcp.json`): `rules_for` before you edit a file, `search_knowledge` for why and where,
  `similar_incidents` after an error, `verify_citations` on what you write.
- Without MCP: `kb search "QUESTION"`, `kb diff-brief`, `kb show ID`.
- Skills: {skills}.
- What is superseded does not bind; cite what you rely on as `[adr:0007]`.
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
    """Compile the knowledge of each area into a skill below `out`; those compiled before for areas that are gone go."""
    from kb.briefs.binding import Binding
    from kb.read import COMPILED
    from kb.skillset.compile import compiled
    from kb.skillset.matter import skill_folders

    engine = knowledge.engine
    binding = Binding.of_engine(engine)

    def pin(name: str) -> str:
        return knowledge.cite(name).quote_hash[:12]

    made = [compiled(area, binding, engine.lineage.is_replaced, pin) for area in _areas(workspace, binding)]
    wanted = {skill.name for skill in made}
    for old in skill_folders(out) if out.is_dir() else ():
        if old.name not in wanted and COMPILED in (old / "SKILL.md").read_text(encoding="utf-8")[:2_000]:
            for path in sorted(old.rglob("*"), reverse=True):
                path.unlink() if path.is_file() else path.rmdir()
            old.rmdir()
    for skill in made:
        for name, text in skill.files.items():
            (out / skill.name / name).parent.mkdir(parents=True, exist_ok=True)
            (out / skill.name / name).write_text(text, encoding="utf-8")
    return made


def install_skills(workspace: Workspace, source: Path, *, hooks: bool = False) -> Done:
    """Put the skills of a folder where clients look, with `.mcp.json` and a section of AGENTS.md.

    Raises:
        InstallRefused: something of another owner is in the way.
        KbError: a skill is not valid, or there is none.
    """
    from kb.skillset.install import MCP_SERVER, Wanted, files_of, install
    from kb.skillset.matter import skill_folders

    reports = check_skills(source, "strict", workspace)
    if wrong := [report for report in reports if not report.valid]:
        raise KbError(f"{wrong[0].path}: {wrong[0].errors[0]}; mend it before it is installed")
    folders = skill_folders(source)
    skills = {folder.name: files_of(folder) for folder in folders}
    parts: dict[str, Any] = {".mcp.json": MCP_SERVER}
    if hooks:
        parts[".claude/settings.json"] = _settings(folders)
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
    import json

    from kb.skillset.install import joined

    found: dict[str, Any] = {}
    for folder in folders:
        file = folder / "assets" / "settings.json"
        if file.is_file():
            found = joined(found, json.loads(file.read_text(encoding="utf-8")), str(file))
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
    targets = frozenset(_TARGET.findall(makefile.read_text(encoding="utf-8"))) if makefile.is_file() else None
    return Surroundings(load_texts, workspace.root, checked, targets, commands)


def _shown(folder: Path, base: Path | None) -> str:
    absolute = folder.resolve()
    return absolute.relative_to(base).as_posix() if base and absolute.is_relative_to(base) else str(folder)
