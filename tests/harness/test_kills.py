"""The short form of `tests/soak/test_kills.py`."""

from __future__ import annotations

from pathlib import Path

from tests.harness.kills import killed_often


def test_ten_random_kills_end_in_the_report_of_an_uninterrupted_run(tmp_path: Path) -> None:
    told = killed_often(tmp_path, kills=10, seed=20260120)
    assert (told.asked_again, told.other_ends) == ([], [])
    assert told.kills >= 10
