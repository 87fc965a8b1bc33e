"""The wheel carries what git tracks of code and content, and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

MOVED = {"adr/": "kb/_content/adr/", "incidents/": "kb/_content/incidents/", "skills/": "kb/_content/skills/"}
ROOMS = ("kb/", "eco2/", "harness/")


@pytest.fixture(scope="module")
def tracked(repository: Path) -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=repository, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("no git checkout: what is tracked cannot be told")
    return [path for path in listed.stdout.splitlines() if (repository / path).is_file()]


@pytest.fixture(scope="module")
def wheel(repository: Path, tracked: list[str], tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in a wheel built from the tracked files alone."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for path in tracked:
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(repository / path, source / path)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(source)]
    subprocess.run(command, check=True, capture_output=True)
    return set(ZipFile(next(out.glob("*.whl"))).namelist())


def where(path: str) -> str | None:
    """Where a tracked file lies in the wheel; None when it does not belong there."""
    if path.startswith("kb/rules/"):
        return path.replace("kb/rules/", "kb/_content/rules/", 1)
    for folder, inside in MOVED.items():
        if path.startswith(folder):
            return inside + path.removeprefix(folder)
    return path if path.startswith(ROOMS) else None


def test_the_wheel_equals_what_git_tracks(wheel: set[str], tracked: list[str]) -> None:
    expected = {inside for path in tracked if (inside := where(path))}
    assert {name for name in wheel if ".dist-info/" not in name} == expected


def test_no_golden_label_is_in_the_wheel(wheel: set[str]) -> None:
    labelled = ("golden-dev", "golden-test", "datasets/onboarding", "datasets/skills", "observations/")
    assert [name for name in wheel if any(part in name for part in labelled)] == []
