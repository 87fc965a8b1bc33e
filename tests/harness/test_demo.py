from __future__ import annotations

from pathlib import Path

import pytest

from harness import cli, commands
from harness.app import Site
from harness.demonstrate import demo_rows


@pytest.fixture
def printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """What `harness demo` prints in a folder that knows nothing."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KB_WORKSPACE", raising=False)
    with pytest.raises(SystemExit) as left:
        cli.main(["demo"])
    assert not left.value.code
    return capsys.readouterr().out


def test_every_answer_that_passed_turns_red_beside_the_line_it_breaks(printed: str) -> None:
    assert printed.count("WRONG") == len(demo_rows())
    assert printed.count(".yaml:") == len(demo_rows())
    for word in ("플리는 플라스틱류를", "뚜껑을 다시 닫아", "저는 이코예요", "불연성"):
        assert word in printed


def test_intent_and_node_are_named_and_a_true_claim_stays_true(printed: str) -> None:
    assert "intent character, node character" in printed
    assert "intent waste, node classify" in printed
    assert "true      무색페트병의 비닐 라벨은 떼어 내야 해요." in printed
    assert "4 of 4 answers that passed are wrong" in printed


def test_a_workspace_with_other_rules_shows_the_demonstration_all_the_same(site: Site) -> None:
    lines = [line for line, _ in commands.demonstration(site)]
    assert any("kb/rules" in line for line in lines)
