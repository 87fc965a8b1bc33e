"""Whatever happened to a workspace, its index equals that of a clean build: edits, git, copies, rules, crashes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.app import index, open_workspace
from kb.generations import Generations
from kb.store import digest, load
from tests.kb.crash_points import Builds

TEXTS = (
    "# A\n\nalpha beta\n\n## Deep\ngamma\n",
    "# B\n\n파드가 재시작한다\n",
    "",
    "---\nid: '0001'\nstatus: accepted\n---\n# C\n\n결정\n",
    "---\nid: '0002'\nstatus: accepted\nsupersedes: ['0001']\n---\n# Replace C\n\nThis decision supersedes ADR-0001.\n",
    "---\nid: '0003'\nstatus: accepted\n---\n# Remove C\n\nWe revert ADR-0001 and no longer use C.\n",
    "---\nbroken: [\n---\n# D\n\ndelta\n",
    "rules:\n  - id: one\n    ko: 하나\n    class: two\n  - id: two\n    name: 둘\n    ko: 둘이에요\n",
    "rules:\n  - id: two\n    name: 셋\n    ko: 셋이에요\n",
    "rules: [\n",
)
PATHS = (
    "a.md",
    "b/a.md",
    "b/long-name.md",
    "adr/0001-c.md",
    "adr/0002-d.md",
    "adr/0003-e.md",
    "rules/one.yaml",
    "rules/two.yaml",
)
BRANCHES = ("main", "side")
Step = tuple[str, ...]
paths, texts = st.sampled_from(PATHS), st.sampled_from(TEXTS)
STEPS = st.one_of(
    st.tuples(st.just("write"), paths, texts),
    st.tuples(st.just("move"), paths, paths),
    st.tuples(st.just("copy"), paths, paths),
    st.tuples(st.just("remove"), paths),
    st.tuples(st.just("link"), paths, paths),
    st.tuples(st.just("commit")),
    st.tuples(st.just("switch"), st.sampled_from(BRANCHES)),
    st.tuples(st.just("stash")),
    st.tuples(st.just("unstash")),
    st.tuples(st.just("ignore"), paths),
    st.tuples(st.just("crash"), st.integers(1, 80).map(str)),
    st.tuples(st.just("index")),
    st.tuples(st.just("back")),
)
ENVIRON = {"HOME": tempfile.gettempdir()}


@pytest.fixture(scope="module")
def builds() -> Iterator[Builds]:
    with Builds() as server:
        yield server


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.generations._sync", lambda path: None)


def git(root: Path, *words: str) -> None:
    """Run git; a step that it refuses, such as a switch over local changes, is a step that did not happen."""
    named = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(root), *named, *words], capture_output=True, check=False)


def write(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).unlink(missing_ok=True)
    (root / path).write_text(text, encoding="utf-8")


def move(root: Path, old: str, new: str) -> None:
    if (root / old).exists() and old != new:
        (root / new).parent.mkdir(parents=True, exist_ok=True)
        (root / old).rename(root / new)


def copy(root: Path, old: str, new: str) -> None:
    if (root / old).exists() and old != new:
        write(root, new, (root / old).read_text(encoding="utf-8"))


def link(root: Path, old: str, new: str) -> None:
    (root / new).parent.mkdir(parents=True, exist_ok=True)
    (root / new).unlink(missing_ok=True)
    (root / new).symlink_to(root / old)


def commit(root: Path) -> None:
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "x")


def rollback(root: Path) -> None:
    generations = Generations(root / ".kb/default")
    if len(names := generations.names()) > 1:
        with generations.writer():
            generations.rollback(names[0])


DO: dict[str, Callable[..., object]] = {
    "write": write,
    "move": move,
    "copy": copy,
    "remove": lambda root, path: (root / path).unlink(missing_ok=True),
    "link": link,
    "commit": commit,
    "switch": lambda root, branch: git(root, "switch", "-q", branch),
    "stash": lambda root: git(root, "stash", "-q", "-u"),
    "unstash": lambda root: git(root, "stash", "pop", "-q"),
    "ignore": lambda root, path: write(root, ".gitignore", f".kb\n{path}\n"),
    "index": lambda root: index(open_workspace(root, ENVIRON), ENVIRON),
    "back": rollback,
}


def started(root: Path) -> None:
    root.mkdir()
    write(root, "kb.toml", '[kb]\nembedder = "none"\n')
    write(root, ".gitignore", ".kb\n")
    git(root, "init", "-q", "-b", BRANCHES[0])
    commit(root)
    git(root, "branch", BRANCHES[1])


def published(root: Path) -> str | None:
    def whole(folder: Path) -> str:
        load(folder, whole=True)
        return digest(folder)

    return Generations(root / ".kb/default").read(whole)


@settings(max_examples=int(os.environ.get("HISTORIES", "25")), deadline=None)
@given(st.lists(STEPS, min_size=2, max_size=14))
def test_any_history_ends_in_the_index_of_a_clean_build(builds: Builds, steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        root, clean = Path(scratch, "grown"), Path(scratch, "clean")
        started(root)
        for name, *words in steps:
            if name == "crash":
                builds.killed_at(int(words[0]), root, ENVIRON)
            else:
                DO[name](root, *words)
        index(open_workspace(root, ENVIRON), ENVIRON)
        shutil.copytree(root, clean, symlinks=True, ignore=shutil.ignore_patterns(".kb"))
        for path in clean.rglob("*"):
            if path.is_symlink():
                relinked(path, root, clean)
        index(open_workspace(clean, ENVIRON), ENVIRON)
        assert published(root) == published(clean)


def relinked(path: Path, old: Path, new: Path) -> None:
    target = Path(os.readlink(path))
    path.unlink()
    path.symlink_to(new / target.relative_to(old))


def test_neither_hash_seed_nor_order_of_writing_shows(root: Path, tmp_path: Path, repository: Path) -> None:
    write(root, "docs/tags.md", "---\ntags: [b, a, c]\nstatus: {x: 1, y: 2}\n---\n# Tags\n\nalpha beta gamma\n")
    seen = set()
    for seed in ("0", "1", "4242"):
        other = tmp_path / seed
        files = sorted((file for file in root.rglob("*") if file.is_file()), reverse=seed == "1")
        for file in files:
            write(other, file.relative_to(root).as_posix(), file.read_text(encoding="utf-8"))
        command = [sys.executable, "-m", "kb", "index", "--workspace", str(other)]
        environment = {"PYTHONHASHSEED": seed, "HOME": str(tmp_path), "PYTHONPATH": str(repository)}
        subprocess.run(command, check=True, env=environment, capture_output=True)
        seen.add(published(other))
    assert len(seen) == 1
