"""Whatever breaks, the gate is not green, and the line that says why is there. Through the real command line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness import cli
from harness.app import Site
from tests.harness.faults import FAULTS, GATES, Fault


def _called(command: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    with pytest.raises(SystemExit) as left:
        cli.main([command])
    printed = capsys.readouterr()
    return int(left.value.code or 0), printed.out + printed.err


@pytest.fixture
def accepted(environment: Path, accepted_once: Path) -> Path:
    """A workspace that was accepted while all was well, with gates on context and grounding too."""
    shutil.copytree(accepted_once, environment, dirs_exist_ok=True)
    (environment / "datasets" / "gates.yaml").write_text(GATES, encoding="utf-8")
    return environment


def test_without_a_fault_it_is_green(accepted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert [_called(command, capsys)[0] for command in ("run", "gate")] == [0, 0]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_never_ends_green(
    accepted: Path, fault: Fault, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Site, "judge", fault.judge())
    fault.before(accepted)
    for command in fault.commands[:-1]:
        _called(command, capsys)
    fault.after(accepted)
    code, printed = _called(fault.commands[-1], capsys)
    assert code == fault.code != 0
    assert any(fault.line in line for line in printed.splitlines()), printed
    assert "Traceback" not in printed
