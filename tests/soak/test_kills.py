"""The long form of `tests/harness/test_kills.py`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness.kills import killed_often


@pytest.mark.soak
def test_a_hundred_random_kills_end_in_the_report_of_an_uninterrupted_run(tmp_path: Path) -> None:
    told = killed_often(tmp_path, kills=100, seed=1)
    assert (told.asked_again, told.other_ends) == ([], [])
    assert told.kills >= 100
