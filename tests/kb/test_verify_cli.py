"""The commands `kb cite verify` and `kb cite pin` as a user sees them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from kb import app as kb_app
from kb.app_contents import parsed
from kb.citations import Citations
from kb.cli_cite import register
from kb.generations import Generations
from kb.places import index_home

Run = Callable[..., Result]


@pytest.fixture
def run(root: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Run:
    app = typer.Typer()
    register(
        app,
        lambda folder, profile: kb_app.open_workspace(folder or root, environ, profile=profile),
        lambda workspace: Citations(
            workspace,
            lambda sources: parsed(sources)[0],
            Generations(index_home(workspace, kb_app.Settings.from_env(environ).cache)),
        ),
    )
    monkeypatch.chdir(root)
    return lambda *words: CliRunner().invoke(app, list(words))


def test_each_citation_is_one_line_and_a_finding_is_exit_code_one(run: Run, root: Path) -> None:
    kb_app.index(kb_app.open_workspace(root))
    (root / "a.md").write_text("See [adr:0001], [rule:none]\nand docs/guide.md:3.\n", encoding="utf-8")
    done = run("cite", "verify", "a.md")
    assert done.exit_code == 1
    assert done.output.splitlines() == [
        "a.md:1:5 ok         [adr:0001] superseded by adr:0003",
        "a.md:1:17 gone       [rule:none] no such id",
        "a.md:2:5 ok         docs/guide.md:3",
        "2 ok, 1 gone",
    ]


def test_several_texts_are_one_array(run: Run, root: Path) -> None:
    for name in ("a.md", "b.md"):
        (root / name).write_text("[rule:none]\n", encoding="utf-8")
    done = run("cite", "verify", "a.md", "b.md", "--json")
    assert [(row["file"], row["verdict"]) for row in json.loads(done.output)] == [("a.md", "gone"), ("b.md", "gone")]


def test_a_text_without_citations_is_fine(run: Run, root: Path) -> None:
    (root / "a.md").write_text("Nothing is cited at 12:30.\n", encoding="utf-8")
    done, as_json = run("cite", "verify", "a.md"), run("cite", "verify", "a.md", "--json")
    assert (done.exit_code, done.output, as_json.output) == (0, "no citations\n", "[]\n")


def test_pinned_citations_hold_until_the_lines_change(run: Run, root: Path) -> None:
    (root / "a.md").write_text("See docs/guide.md:3 and docs/none.md:1.\n", encoding="utf-8")
    pinned = run("cite", "pin", "a.md")
    assert pinned.exit_code == 1
    assert pinned.output.splitlines() == [
        "a.md:1:25 left docs/none.md:1 gone: no such lines",
        "a.md: 1 pinned, 1 left",
    ]
    held = run("cite", "verify", "a.md").output.splitlines()[0]
    (root / "docs/archive/old/guide.md").unlink()
    (root / "docs/guide.md").write_text("# Guide\n\nHow to deploy the gateway: ask the team on the main branch.\n")
    edited = run("cite", "verify", "a.md").output.splitlines()[0]
    assert held.startswith("a.md:1:5 ok ")
    assert edited.startswith("a.md:1:5 edited ")
