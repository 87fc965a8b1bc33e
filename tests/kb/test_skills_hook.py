"""The pre-edit hook: it tells the model what binds a file, and whatever goes wrong it stays silent and never blocks."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib import util
from pathlib import Path
from types import ModuleType

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "skills/plan-then-build/scripts"
POINTERS = [{"citation": "adr:0018", "title": "판정\n은 셋", "why": "names harness/gate.py"}]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with a `kb` that notes what it was asked; few other tools are on the path."""
    tools = tmp_path / "bin"
    (tmp_path / "project").mkdir()
    tools.mkdir()
    for tool in ("sh", "dirname", "cat", "sleep"):
        (tools / tool).symlink_to(shutil.which(tool) or "")
    (tools / "python3").symlink_to(sys.executable)
    answering(tmp_path / "project", f"cat <<'END'\n{json.dumps(POINTERS)}\nEND")
    return tmp_path / "project"


def answering(root: Path, reply: str) -> None:
    kb = root.parent / "bin" / "kb"
    kb.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > asked\n{reply}\n', encoding="utf-8")
    kb.chmod(0o755)


def hook(root: Path, event: str) -> str:
    """What the hook prints; that it always ends with 0 is held here for every test."""
    environment = {"PATH": str(root.parent / "bin"), "CLAUDE_PROJECT_DIR": str(root), "PYTHONUTF8": "1"}
    done = subprocess.run(
        ["/bin/sh", str(SCRIPTS / "rules_for_edit.sh")],
        input=event,
        env=environment,
        cwd=root,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def about(path: str) -> str:
    return json.dumps({"tool_name": "Edit", "tool_input": {"file_path": path}})


def test_what_binds_the_file_is_given_as_context_without_a_word_on_permission(root: Path) -> None:
    said = json.loads(hook(root, about(str(root / "harness/gate.py"))))["hookSpecificOutput"]
    assert said["hookEventName"] == "PreToolUse"
    assert "[adr:0018] 판정 은 셋 - names harness/gate.py" in said["additionalContext"]
    assert set(said) == {"hookEventName", "additionalContext"}


@pytest.mark.parametrize(
    "path", ["harness/gate.py", 'a b/it\'s "$(touch gone)".py', "-rf.md", "한글/규칙.yaml", "x;y.py"]
)
def test_a_path_reaches_kb_as_one_word(root: Path, path: str) -> None:
    assert hook(root, about(path))
    asked = (root / "asked").read_text(encoding="utf-8").splitlines()
    assert asked[-2:] == ["--", path]
    assert not (root / "gone").exists()


@pytest.mark.parametrize(
    "event",
    [
        "",
        "not json",
        "[]",
        "null",
        "{}",
        '{"tool_input": "x"}',
        '{"tool_input": {}}',
        '{"tool_input": {"file_path": 7}}',
        '{"tool_input": {"file_path": ""}}',
        about("a\nnew line.py"),
        about("../outside.py"),
        about("/etc/passwd"),
        about("nul\0byte.py"),
        '{"tool_input": {"command": "rm -rf x"}}',
        "[" * 100_000,
    ],
    ids=lambda event: repr(event[:40]),
)
def test_what_names_no_file_of_the_project_is_met_with_silence(root: Path, event: str) -> None:
    assert hook(root, event) == ""
    assert not (root / "asked").exists()


@pytest.mark.parametrize("reply", ["exit 3", "echo no json", "echo '{}'", "echo '[]'", "echo '[1]'"])
def test_a_kb_that_fails_or_knows_nothing_is_silent(root: Path, reply: str) -> None:
    answering(root, reply)
    assert hook(root, about("harness/gate.py")) == ""


def test_without_kb_and_without_python_it_is_silent(root: Path) -> None:
    (root.parent / "bin" / "kb").unlink()
    assert hook(root, about("harness/gate.py")) == ""
    (root.parent / "bin" / "python3").unlink()
    assert hook(root, about("harness/gate.py")) == ""


def test_a_kb_of_the_project_is_used_where_none_is_on_the_path(root: Path) -> None:
    (root / ".venv/bin").mkdir(parents=True)
    os.rename(root.parent / "bin" / "kb", root / ".venv/bin/kb")
    assert "adr:0018" in hook(root, about("harness/gate.py"))


def test_many_pointers_are_cut_and_the_rest_is_counted(root: Path) -> None:
    answering(root, f"cat <<'END'\n{json.dumps(POINTERS * 40)}\nEND")
    said = json.loads(hook(root, about("harness/gate.py")))["hookSpecificOutput"]["additionalContext"]
    assert said.count("adr:0018") == 12
    assert "and 28 more" in said


def test_a_slow_kb_is_given_up(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    answering(root, "exec sleep 60")
    module = loaded(SCRIPTS / "rules_for_edit.py")
    monkeypatch.setattr(module, "MOST_SECONDS", 0.2)
    monkeypatch.setenv("PATH", str(root.parent / "bin"))
    monkeypatch.setenv("CLAUDE_PROJECT_DIR", str(root))
    monkeypatch.setattr(sys, "stdin", open(os.devnull, encoding="utf-8"))  # noqa: SIM115 - pytest closes it with the process
    monkeypatch.setattr(module.json, "load", lambda _: {"tool_input": {"file_path": "harness/gate.py"}})
    assert module.main() == 0
    assert capsys.readouterr().out == ""


def loaded(file: Path) -> ModuleType:
    spec = util.spec_from_file_location(file.stem, file)
    assert spec
    assert spec.loader
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
