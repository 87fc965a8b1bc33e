from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.app_targets import home_of
from harness.cases import TargetUnusable
from harness.loading import load


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "mybot_x.py").write_text("import mypart_x\ndef answer(r): return mypart_x.WORD\n", encoding="utf-8")
    (tmp_path / "mypart_x.py").write_text("WORD = {'answer': 'from the folder'}\n", encoding="utf-8")
    (tmp_path / "broken_x.py").write_text("raise OSError('no disk')\n", encoding="utf-8")
    before = list(sys.path)
    yield tmp_path
    sys.path[:] = before
    for name in ("mybot_x", "mypart_x", "broken_x"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize("spec", ["mybot_x:answer", "mybot_x.py:answer"], ids=["module", "file"])
def test_a_target_and_its_siblings_are_found_in_the_current_folder(folder: Path, spec: str) -> None:
    answer = load(spec, folder)
    assert callable(answer)
    assert answer({}) == {"answer": "from the folder"}


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("nowhere_x:answer", "cannot import 'nowhere_x'"),
        ("mybot_x:nothing", "has no 'nothing'"),
        ("broken_x:answer", "OSError: no disk"),
        ("broken_x.py:answer", "OSError: no disk"),
        ("lost.py:answer", "no file"),
        ("mybot_x", "is no target"),
    ],
)
def test_what_cannot_be_loaded_says_why(folder: Path, spec: str, message: str) -> None:
    with pytest.raises(TargetUnusable, match=message):
        load(spec, folder)


def test_a_module_that_is_installed_from_here_does_not_put_the_folder_on_the_path(repository: Path) -> None:
    before = list(sys.path)
    load("harness.config:Config", repository)
    assert sys.path == before


def test_a_target_is_found_where_the_user_stands_before_the_workspace(tmp_path: Path) -> None:
    here, workspace = tmp_path / "here", tmp_path / "workspace"
    for folder in (here, workspace):
        folder.mkdir()
    (workspace / "bot.py").write_text("", encoding="utf-8")
    assert home_of("bot.py:answer", (here, workspace)) == workspace
    assert home_of("none:answer", (here, workspace)) == here
    (here / "bot.py").write_text("", encoding="utf-8")
    assert home_of("bot:answer", (here, workspace)) == here
