"""`eco2 train` writes the file of weights and compares it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from eco2 import app_train
from eco2.cli_train import train
from eco2.turns import Eco2Error

runner = CliRunner()


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    monkeypatch.setattr(app_train, "trained", lambda workspace: json.dumps({"weights": str(workspace)}))
    app = typer.Typer()
    app.command()(train)
    return app


def test_the_weights_are_written_where_they_are_asked_for(command: typer.Typer, tmp_path: Path) -> None:
    done = runner.invoke(command, ["--out", str(tmp_path / "x.json")])
    assert done.exit_code == 0
    assert (tmp_path / "x.json").read_text(encoding="utf-8") == '{"weights": "None"}'
    assert "19 bytes" in done.stdout


def test_a_check_writes_nothing_and_tells_by_its_exit_code(command: typer.Typer, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    assert runner.invoke(command, ["--out", str(path), "--check"]).exit_code == 1
    assert not path.exists()
    runner.invoke(command, ["--out", str(path)])
    assert runner.invoke(command, ["--out", str(path), "--check"]).exit_code == 0


def test_a_place_that_cannot_be_written_is_named(command: typer.Typer, tmp_path: Path) -> None:
    done = runner.invoke(command, ["--out", str(tmp_path / "no" / "x.json")])
    assert isinstance(done.exception, Eco2Error)
    assert "x.json cannot be written" in str(done.exception)
