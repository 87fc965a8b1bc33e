from __future__ import annotations

from pathlib import Path

from tests.kb.crowd import READERS, watched

SECONDS = 10


def test_eight_readers_and_a_writer_never_meet_a_torn_index(tmp_path: Path) -> None:
    told = watched(tmp_path / "workspace", SECONDS, embedder="none")
    assert [(one.role, one.wrong[:3]) for one in told if one.wrong] == []
    writer, second, *readers = told
    assert len(readers) == READERS
    assert all(reader.revisions > 2 for reader in readers), readers
    assert writer.rounds > 10
    assert second.refused > 0
