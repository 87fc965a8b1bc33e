"""The long form of `tests/kb/test_generations_readers.py`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.kb.crowd import watched

SECONDS = float(os.environ.get("SOAK_SECONDS", "300"))


@pytest.mark.soak
def test_eight_readers_and_a_writer_never_meet_a_torn_index_for_minutes(tmp_path: Path) -> None:
    told = watched(tmp_path / "workspace", SECONDS, embedder="eco2-static-16k")
    assert [(one.role, one.wrong[:3]) for one in told if one.wrong] == []
    assert min(one.rounds for one in told) > SECONDS / 20
