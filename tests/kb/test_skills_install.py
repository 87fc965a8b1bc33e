"""Installing skills writes what clients read, twice the same, and taking it away leaves the repository as it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kb.app import install_skills, open_workspace, uninstall_skills
from kb.documents import KbError
from kb.skillset.install import InstallRefused
from tests.kb.conftest import write

SKILL = "---\nname: review\ndescription: Use before a merge.\n---\n# Review\n"
SETTINGS = {"permissions": {"deny": ["Read(./.env)"]}, "hooks": {"PreToolUse": [{"matcher": "Edit", "hooks": []}]}}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(
        tmp_path,
        {
            "kb.toml": "[kb]\n",
            "skills/review/SKILL.md": SKILL,
            "skills/review/scripts/check.sh": "#!/bin/sh\nexit 0\n",
            "skills/review/assets/settings.json": json.dumps(SETTINGS),
        },
    )
    return tmp_path


def state(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def install(root: Path, *, hooks: bool = True) -> int:
    return len(install_skills(open_workspace(root, {}), root / "skills", hooks=hooks).written)


def uninstall(root: Path) -> None:
    uninstall_skills(open_workspace(root, {}))


def test_skills_settings_server_and_note_are_written_once(root: Path) -> None:
    assert install(root) == 9
    assert install(root) == 0
    assert (root / ".claude/skills/review/SKILL.md").read_text(encoding="utf-8") == SKILL
    assert (root / ".agents/skills/review/scripts/check.sh").stat().st_mode & 0o111
    assert json.loads((root / ".mcp.json").read_text())["mcpServers"]["kb"]["args"] == ["mcp"]
    assert "`review`" in (root / "AGENTS.md").read_text()


@pytest.mark.parametrize(
    "before",
    [
        {},
        {"AGENTS.md": "# Ours\n\nText.\n"},
        {"AGENTS.md": "no line end"},
        {".mcp.json": '{"mcpServers":   {"other": {"command": "x"}}}'},
        {
            ".claude/settings.json": '{"permissions": {"deny": ["Read(./secret)"]}}\n',
            ".claude/skills/own/SKILL.md": "x",
        },
    ],
    ids=["nothing", "agents", "no-line-end", "other-server", "own-settings"],
)
def test_uninstalling_leaves_every_byte_as_it_was(root: Path, before: dict[str, str]) -> None:
    write(root, before)
    was = state(root)
    install(root)
    install(root)
    uninstall(root)
    assert state(root) == was
    uninstall(root)
    assert state(root) == was


def test_what_somebody_adds_meanwhile_survives(root: Path) -> None:
    write(root, {"AGENTS.md": "# Ours\n"})
    install(root)
    note = root / "AGENTS.md"
    note.write_text(note.read_text() + "\nAdded later.\n")
    servers = json.loads((root / ".mcp.json").read_text())
    servers["mcpServers"]["late"] = {"command": "y"}
    (root / ".mcp.json").write_text(json.dumps(servers))
    uninstall(root)
    assert note.read_text().split() == ["#", "Ours", "Added", "later."]
    assert json.loads((root / ".mcp.json").read_text()) == {"mcpServers": {"late": {"command": "y"}}}


def test_a_skill_that_goes_is_taken_away_by_the_next_install(root: Path) -> None:
    write(root, {"skills/other/SKILL.md": SKILL.replace("review", "other")})
    install(root)
    (root / "skills/other/SKILL.md").unlink()
    (root / "skills/other").rmdir()
    install(root)
    assert not (root / ".claude/skills/other").exists()
    assert (root / ".claude/skills/review").exists()


@pytest.mark.parametrize(
    ("before", "says"),
    [
        ({".claude/skills/review/SKILL.md": "mine"}, "was not installed by kb"),
        ({".mcp.json": "{"}, "mend the JSON"),
        ({".mcp.json": "[]"}, "must hold a JSON object"),
        ({".mcp.json": '{"mcpServers": {"kb": {"command": "mine"}}}'}, "remove or rename it"),
    ],
    ids=["skill", "broken", "list", "server"],
)
def test_what_is_anothers_is_refused_and_nothing_is_written(root: Path, before: dict[str, str], says: str) -> None:
    write(root, before)
    was = state(root)
    with pytest.raises(InstallRefused, match=says):
        install(root)
    assert state(root) == was


def test_an_invalid_skill_is_not_installed(root: Path) -> None:
    write(root, {"skills/review/SKILL.md": SKILL.replace("name: review", "name: Review")})
    with pytest.raises(KbError, match="mend it before it is installed"):
        install(root)
    assert not (root / ".claude").exists()
