"""Installing skills writes what clients read, twice the same, and taking it away leaves the repository as it was."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.app import install_skills, open_workspace, uninstall_skills
from kb.documents import KbError
from kb.mentions import mentions
from kb.skillset.install import MCP_SERVER
from kb.skillset.json_text import with_members
from kb.skillset.shared_files import InstallRefused, added, joined
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


def state(root: Path) -> dict[str, tuple[int, bytes | str]]:
    """Mode and content of every file, link and folder, empty ones too."""
    return {
        path.relative_to(root).as_posix(): (
            path.lstat().st_mode,
            str(path.readlink()) if path.is_symlink() else path.read_bytes() if path.is_file() else "folder",
        )
        for path in root.rglob("*")
    }


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


def test_folders_modes_and_links_are_as_before(root: Path) -> None:
    write(root, {".mcp.json": "{}", "CLAUDE.md": "# Ours\r\n", "kb.toml": '[kb]\nsources = ["CLAUDE.md"]\n'})
    (root / ".mcp.json").chmod(0o600)
    (root / "AGENTS.md").symlink_to("CLAUDE.md")
    for folder in (".claude/agents", ".agents/skills", "empty"):
        (root / folder).mkdir(parents=True)
    (root / "skills/review/scripts/check.py").write_text("#!/usr/bin/env python3\n", encoding="utf-8")
    (root / "skills/review/scripts/check.py").chmod(0o755)
    was = state(root)
    install(root)
    assert (root / ".claude/skills/review/scripts/check.py").stat().st_mode & 0o111
    uninstall(root)
    assert state(root) == was


def test_an_addition_before_a_second_install_survives_the_uninstall(root: Path) -> None:
    write(root, {"AGENTS.md": "# Ours\n", ".mcp.json": '{"a": 1}'})
    install(root)
    (root / "AGENTS.md").write_text((root / "AGENTS.md").read_text() + "\nLater.\n", encoding="utf-8")
    (root / ".mcp.json").write_text((root / ".mcp.json").read_text().replace('"a": 1', '"a": 1, "b": 2'))
    write(root, {"skills/other/SKILL.md": SKILL.replace("review", "other")})
    install(root)
    assert (root / "AGENTS.md").read_text(encoding="utf-8").endswith("-->\n\nLater.\n")
    uninstall(root)
    assert (root / "AGENTS.md").read_text(encoding="utf-8").split() == ["#", "Ours", "Later."]
    assert json.loads((root / ".mcp.json").read_text()) == {"a": 1, "b": 2}


def test_what_was_there_before_us_is_not_taken_for_ours(root: Path) -> None:
    own = {"permissions": {"deny": ["Read(./.env)"]}, "hooks": {}}
    write(root, {".claude/settings.json": json.dumps(own)})
    install(root)
    held = json.loads((root / ".claude/settings.json").read_text())
    (root / ".claude/settings.json").write_text(json.dumps({**held, "model": "x"}))
    uninstall(root)
    assert json.loads((root / ".claude/settings.json").read_text()) == {**own, "model": "x"}


@pytest.mark.parametrize("again", [True, False], ids=["install", "uninstall"])
def test_an_edited_skill_keeps_its_edit_and_is_told(root: Path, again: bool) -> None:
    install(root)
    file = root / ".claude/skills/review/SKILL.md"
    file.write_text(f"{SKILL}Ours.\n", encoding="utf-8")
    workspace = open_workspace(root, {})
    done = install_skills(workspace, root / "skills", hooks=True) if again else uninstall_skills(workspace)
    assert file.read_text(encoding="utf-8") == f"{SKILL}Ours.\n"
    assert [line.split()[0] for line in done.left] == [".claude/skills/review/SKILL.md"]


def test_a_server_entry_that_somebody_changed_is_theirs(root: Path) -> None:
    install(root)
    changed = {"mcpServers": {"kb": {"command": ".venv/bin/kb", "args": ["mcp"], "env": {"A": "b"}}}}
    (root / ".mcp.json").write_text(json.dumps(changed))
    install(root)
    uninstall(root)
    assert json.loads((root / ".mcp.json").read_text()) == changed


def test_what_a_colleague_has_committed_is_left_to_the_repository(root: Path) -> None:
    install(root)
    shutil.rmtree(root / ".kb")
    was = state(root)
    assert install(root) == 0
    assert {path for path in state(root) if not path.startswith(".kb")} == set(was)
    uninstall(root)
    assert state(root) == was


def test_settings_go_when_they_are_not_wanted_any_more(root: Path) -> None:
    install(root)
    install(root, hooks=False)
    assert not (root / ".claude/settings.json").exists()


def test_a_folder_that_links_to_the_other_is_written_once(root: Path) -> None:
    (root / ".agents/skills").mkdir(parents=True)
    (root / ".claude").mkdir()
    (root / ".claude/skills").symlink_to("../.agents/skills")
    was = state(root)
    assert install(root) == 6
    uninstall(root)
    assert state(root) == was


def test_a_section_is_written_with_the_line_ends_of_its_file(root: Path) -> None:
    (root / "AGENTS.md").write_bytes(b"# Ours\r\n")
    install(root)
    text = (root / "AGENTS.md").read_bytes()
    assert text.count(b"\r\n") == text.count(b"\n")
    (root / "AGENTS.md").write_bytes(text + b"Later.\r\n")
    uninstall(root)
    assert (root / "AGENTS.md").read_bytes() == b"# Ours\r\nLater.\r\n"


@pytest.mark.parametrize("text", ["<!-- kb:end -->\nA\n<!-- kb:begin -->\nB\n", "A\n<!-- kb:begin -->\nB\n"])
def test_half_a_section_is_refused_and_loses_nothing(root: Path, text: str) -> None:
    write(root, {"AGENTS.md": text})
    with pytest.raises(InstallRefused, match="without the other"):
        install(root)
    assert (root / "AGENTS.md").read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("link", "to", "says"),
    [
        (".claude", "", "leads out of the repository"),
        ("AGENTS.md", "AGENTS.md", "leads out of the repository"),
        (".mcp.json", "gone.json", "link to nothing"),
        ("skills/review/references.md", "secret", "links out of its skill"),
        ("skills/review/references", "", "link to a folder"),
    ],
)
def test_a_link_that_leads_away_is_not_followed(
    root: Path, link: str, to: str, says: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    write(outside, {"AGENTS.md": "theirs", "secret": "key"})
    (root / link).symlink_to(outside / to)
    was = state(outside)
    with pytest.raises(KbError, match=says):
        install(root)
    assert state(outside) == was
    assert not (root / ".agents").exists()


@pytest.mark.parametrize(
    "change",
    [
        {"files": ["../victim"]},
        {"files": [".claude/skills/../../victim"]},
        {"files": ["src/main.py"]},
        {"folders": ["src"]},
        {"files": 3},
        {"after": {"AGENTS.md": "%%%"}},
        [],
    ],
    ids=str,
)
def test_a_record_that_names_what_is_never_installed_is_refused(root: Path, change: object) -> None:
    install(root)
    file = root / ".kb/installed.json"
    held = json.loads(file.read_text())
    file.write_text(json.dumps({**held, **change} if isinstance(change, dict) else change))
    write(root, {"src/main.py": "x"})
    was = state(root)
    with pytest.raises(InstallRefused, match=re.escape("installed.json")):
        uninstall(root)
    assert state(root) == was


def test_a_file_in_the_way_of_a_folder_is_told_and_what_was_written_goes_again(root: Path) -> None:
    write(root, {".agents": "a file"})
    was = state(root)
    with pytest.raises(InstallRefused, match=re.escape(".agents")):
        install(root)
    uninstall(root)
    assert state(root) == was


@pytest.mark.parametrize(
    ("before", "says"),
    [
        ({"skills/a/review/SKILL.md": SKILL}, "called 'review'"),
        ({"skills/review/assets/settings.json": "{"}, "settings.json"),
        ({"skills/review/assets/settings.json": "[]"}, "must hold a JSON object"),
        ({"AGENTS.md/x": ""}, "is a folder"),
    ],
    ids=["twice", "broken", "list", "folder"],
)
def test_what_cannot_be_installed_is_told_in_one_line(root: Path, before: dict[str, str], says: str) -> None:
    write(root, before)
    with pytest.raises(KbError, match=says) as raised:
        install(root)
    assert "\n" not in str(raised.value)
    assert not (root / ".agents").exists()


def test_a_note_in_another_encoding_is_told(root: Path) -> None:
    (root / "AGENTS.md").write_bytes("한글".encode("cp949"))
    with pytest.raises(InstallRefused, match="not UTF-8"):
        install(root)


def test_the_record_is_not_shown_to_git(root: Path) -> None:
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    install(root)
    said = subprocess.run(["git", "-C", str(root), "status", "--short"], capture_output=True, text=True, check=True)
    assert ".kb" not in said.stdout


def test_hooks_write_no_settings_where_no_skill_brings_any(root: Path) -> None:
    (root / "skills/review/assets/settings.json").unlink()
    install(root)
    assert not (root / ".claude/settings.json").exists()


def test_the_note_cites_nothing_that_the_repository_may_not_have(root: Path) -> None:
    install(root)
    assert mentions((root / "AGENTS.md").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '{\t"x" : 1.0,\r\n\t"mcpServers" : { "db":{"command":"npx"},\r\n\t\t"web" : {} } }\r\n',
            '{\t"x" : 1.0,\r\n\t"mcpServers" : {"kb": {"command": "kb", "args": ["mcp"]}, "db":{"command":"npx"},'
            '\r\n\t\t"web" : {} } }\r\n',
        ),
        (
            '{\n    "mcpServers": {\n        "db": {}\n    }\n}',
            '{\n    "mcpServers": {\n        "kb": {\n            "command": "kb",\n            "args": [\n'
            '                "mcp"\n            ]\n        },\n        "db": {}\n    }\n}',
        ),
        ('{"mcpServers": {}}', '{"mcpServers": {"kb": {"command": "kb", "args": ["mcp"]}}}'),
        ("{ }\n", '{"mcpServers": {"kb": {"command": "kb", "args": ["mcp"]}}}\n'),
        (
            '{"mcpServers": {"a": 1}, "mcpServers": {"b": "}"}}',
            '{"mcpServers": {"a": 1}, "mcpServers": {"kb": {"command": "kb", "args": ["mcp"]}, "b": "}"}}',
        ),
    ],
    ids=["unusual", "lines", "empty-inside", "empty", "twice"],
)
def test_a_server_is_added_without_touching_how_the_file_is_written(root: Path, before: str, after: str) -> None:
    (root / ".mcp.json").write_bytes(before.encode())
    install(root)
    assert (root / ".mcp.json").read_bytes().decode() == after
    assert install(root) == 0
    uninstall(root)
    assert (root / ".mcp.json").read_bytes().decode() == before


@pytest.mark.parametrize("text", ['{"a": NaN}', '{"a": 1e999}'])
def test_what_could_not_be_written_as_json_again_is_refused(root: Path, text: str) -> None:
    write(root, {".mcp.json": text})
    with pytest.raises(InstallRefused, match="mend the JSON"):
        install(root)


def test_a_file_where_the_record_goes_is_told(root: Path) -> None:
    write(root, {".kb": "a file"})
    with pytest.raises(InstallRefused, match=re.escape(".kb")):
        install(root)


def test_two_installs_at_once_leave_what_one_leaves(root: Path) -> None:
    write(root, {"AGENTS.md": "# Ours\n", ".mcp.json": "{}"})
    was = state(root)
    with ThreadPoolExecutor(4) as pool:
        written = list(pool.map(lambda _: install(root), range(4)))
    assert sorted(written) == [0, 0, 0, 9]
    uninstall(root)
    assert state(root) == was


@given(
    table=st.dictionaries(
        st.sampled_from(["mcpServers", "kb", 'q"', "한글"]),
        st.recursive(
            st.none() | st.integers() | st.text(max_size=4),
            lambda inner: (
                st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["kb", "{", "a"]), inner, max_size=3)
            ),
            max_leaves=6,
        ),
        max_size=4,
    ),
    indent=st.sampled_from([None, 0, 2, 4, "\t"]),
)
def test_members_put_into_a_text_say_what_the_joined_table_says(
    table: dict[str, Any], indent: int | str | None
) -> None:
    try:
        both = joined(table, MCP_SERVER, "x")
    except InstallRefused:
        return
    made = with_members(json.dumps(table, indent=indent), table, added(table, both))
    assert made is None or json.loads(made) == both
    assert made is not None or None in (table.get("mcpServers", 0), *dict(table.get("mcpServers") or {}).values())
