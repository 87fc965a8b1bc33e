"""Where runs lie, and where `latest` leads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.run_places import place_of, point, unlink


def _run(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(json.dumps({"run_id": name}), encoding="utf-8")
    return folder


def _leads_to(latest: Path) -> str:
    return str(json.loads((latest / "run.json").read_text(encoding="utf-8"))["run_id"])


@pytest.fixture(params=["links", "no links"])
def latest(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The path of `latest`, on a file system that has links and on one that has none."""
    if request.param == "no links":
        monkeypatch.setattr(Path, "symlink_to", _refused)
    return tmp_path / "reports" / "latest"


def _refused(*arguments: object, **named: object) -> None:
    raise OSError("links are not allowed here")


def test_latest_leads_to_the_newest_run_and_the_others_stay(latest: Path) -> None:
    for name in ("a" * 64, "b" * 64):
        point(latest, _run(place_of(latest, name), name))
    assert _leads_to(latest) == "b" * 64
    assert sorted(path.name for path in (latest.parent / "runs").iterdir()) == ["a" * 12, "b" * 12]


def test_what_a_run_wrote_since_is_seen_through_latest(latest: Path) -> None:
    folder = _run(place_of(latest, "a" * 64), "a" * 64)
    point(latest, folder)
    (folder / "report.md").write_text("done", encoding="utf-8")
    point(latest, folder)
    assert (latest / "report.md").read_text(encoding="utf-8") == "done"
    assert (folder / "report.md").is_file()


def test_a_run_that_was_written_at_latest_moves_among_the_others(latest: Path) -> None:
    _run(latest, "a" * 64)
    point(latest, _run(place_of(latest, "b" * 64), "b" * 64))
    assert _leads_to(latest) == "b" * 64
    assert _leads_to(place_of(latest, "a" * 64)) == "a" * 64


def test_a_folder_without_a_run_is_kept_too(latest: Path) -> None:
    latest.mkdir(parents=True)
    (latest / "profiles.json").write_text("[]", encoding="utf-8")
    point(latest, _run(place_of(latest, "b" * 64), "b" * 64))
    assert (latest.parent / "runs" / "unnamed" / "profiles.json").is_file()


def test_writing_at_a_link_does_not_write_into_the_run_it_leads_to(tmp_path: Path) -> None:
    latest = tmp_path / "latest"
    folder = _run(place_of(latest, "a" * 64), "a" * 64)
    point(latest, folder)
    unlink(latest)
    assert not latest.exists()
    assert folder.is_dir()
