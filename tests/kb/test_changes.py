"""What `git diff` writes of files with awkward names, of binary, empty, moved and copied ones, under any setting."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from kb.briefs.changes import Change, changes_in
from kb.briefs.diff_brief import Brief, markdown
from kb.briefs.pointers import Pointer

ODD = ["src/한글 파일.py", 'a"quote.py', "tab\there.py", "b/in_b.py", "a/in_a.py", "x y/z w.py", "back\\slash.py"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    run(tmp_path, "init", "-q", "-b", "main")
    for name in [*ODD, "old.py", "moved.py", "copied.py", "mode.py"]:
        put(tmp_path, name, "".join(f"{name} {n}\n" for n in range(9)))
    put(tmp_path, "logo.png", "\0\1")
    put(tmp_path, "gone.png", "\0\1")
    run(tmp_path, "add", "-A")
    run(tmp_path, "commit", "-qm", "x")
    return tmp_path


def run(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), "-c", "user.name=a", "-c", "user.email=a@example.com", *arguments]
    return subprocess.run(command, check=True, capture_output=True).stdout.decode("utf-8")


def put(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_bytes(text.encode())


def changed(root: Path, *options: str) -> dict[str, Change]:
    run(root, "add", "-A")
    return {change.path: change for change in changes_in(run(root, *options, "diff", "--unified=0", "HEAD", "--"))}


SETTINGS = ["core.quotepath=true", "core.quotepath=false", "diff.noprefix=true", "diff.mnemonicPrefix=true"]


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_name_is_told_as_it_is_under_every_setting(root: Path, setting: str) -> None:
    for name in ODD:
        put(root, name, "one\n")
    put(root, "b/new.py", "two\n")
    (root / "old.py").unlink()
    found = changed(root, "-c", setting)
    assert set(found) == {*ODD, "b/new.py", "old.py"}
    assert found["b/new.py"].is_new
    assert found["old.py"].is_deleted
    assert found["src/한글 파일.py"].added == ((1, "one"),)


@pytest.mark.parametrize("setting", SETTINGS)
def test_what_has_no_lines_is_told_too(root: Path, setting: str) -> None:
    put(root, "logo.png", "\0\2")
    (root / "gone.png").unlink()
    put(root, "새 빈 파일.py", "")
    (root / "mode.py").chmod(0o755)
    (root / "moved.py").rename(root / "b/옮김.py")
    found = changed(root, "-c", setting)
    assert set(found) == {"logo.png", "gone.png", "새 빈 파일.py", "mode.py", "moved.py", "b/옮김.py"}
    assert (found["gone.png"].is_deleted, found["새 빈 파일.py"].is_new) == (True, True)


def test_a_file_that_moved_and_changed_is_told_by_both_names(root: Path) -> None:
    text = (root / "moved.py").read_text(encoding="utf-8")
    (root / "moved.py").unlink()
    put(root, "new name.py", f"{text}more\n")
    found = changed(root)
    assert set(found) == {"moved.py", "new name.py"}
    assert found["new name.py"].added == ((10, "more"),)


def test_a_copy_is_told_by_its_new_name_alone(root: Path) -> None:
    put(root, "copy.py", (root / "copied.py").read_text(encoding="utf-8"))
    run(root, "add", "-A")
    diff = run(root, "diff", "--cached", "--find-copies-harder")
    assert "copy from copied.py" in diff
    assert [change.path for change in changes_in(diff)] == ["copy.py"]


def test_a_plain_diff_has_its_names_too() -> None:
    diff = (
        "--- a/x.py\t2025-01-01\n+++ b/x.py\t2025-01-02\n@@ -1 +1 @@\n-a\n+b\n--- y.py\n+++ y.py\n@@ -0,0 +1 @@\n+c\n"
    )
    assert [(change.path, change.added) for change in changes_in(diff)] == [
        ("x.py", ((1, "b"),)),
        ("y.py", ((1, "c"),)),
    ]


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("One\n\n## Two", "One ## Two"),
        ("Ask @team/leads and a@example.com", "Ask `@team/leads` and a@example.com"),
        ("See ![x](https://example.com/x.png) [y](z)", "See x y"),
        ("<img src=x> `List<int>`", "&lt;img src=x> `List<int>`"),
        ("`@app.task` twice", "`@app.task` twice"),
        ("Pla\u200bin", "Plain"),
    ],
)
def test_a_title_cannot_act_in_a_comment(title: str, said: str) -> None:
    pointer = Pointer("adr:0001", "adr/0001-`x.md", 3, 9, "adr", title, "accepted", None, "names a.py")
    assert f"- [adr:0001] {said} (`adr/0001-'x.md:3`): names a.py\n" in markdown(Brief((), (), (pointer,), ()))
