"""A tiny training run, end to end: sections in a file in, a model folder out that the runtime reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.adapters.parallel import write_sections
from kb.adapters.static_model import load
from kb.documents import KbError
from kb.pairs import Section

pytest.importorskip("sentence_transformers", reason="pip install 'eco2-agent-kb[dense]'")

THINGS = {
    "유리병": "glass bottle",
    "캔": "metal can",
    "종이": "paper",
    "비닐": "vinyl bag",
    "전지": "battery",
    "형광등": "lamp",
}
ACTIONS = {
    "씻어요": "rinse",
    "모아요": "collect",
    "접어요": "fold",
    "말려요": "dry",
    "버려요": "discard",
    "나눠요": "sort",
}
SMALL = {"vocabulary": 300, "dimension": 32, "batch": 16, "held_out": 0.0, "seed": 5}


@pytest.fixture
def sections(tmp_path: Path) -> Path:
    rows = [
        Section("o/r", "a.md", 2, f"{thing} {action}", f"{act} the {name}", (korean,), (english,), ((korean, english),))
        for thing, name in THINGS.items()
        for action, act in ACTIONS.items()
        for korean, english in [
            (f"{thing}은 깨끗하게 {action} 그리고 내놓아요.", f"Please {act} the {name} and put it out.")
        ]
    ]
    write_sections(tmp_path / "sections.jsonl.gz", rows)
    return tmp_path / "sections.jsonl.gz"


def test_a_tiny_run_learns_which_words_translate_each_other(sections: Path, tmp_path: Path) -> None:
    from kb.adapters.training import train

    report = train(sections, tmp_path / "tiny", epochs=20, **SMALL)  # type: ignore[arg-type]
    model = load(tmp_path / "tiny")
    assert (model.name, model.revision, model.dimension) == ("tiny", report.revision, 32)
    korean, english = model.embed(list(THINGS)), model.embed(list(THINGS.values()))
    assert ((korean @ english.T).argmax(axis=1) == range(len(THINGS))).mean() > 0.8


def test_the_same_seed_gives_the_same_revision(sections: Path, tmp_path: Path) -> None:
    from kb.adapters.training import train

    revisions = [train(sections, tmp_path / name / "m", epochs=1, **SMALL).revision for name in ("a", "b")]  # type: ignore[arg-type]
    assert revisions[0] == revisions[1]


def test_a_file_without_pairs_is_refused_in_one_line(tmp_path: Path) -> None:
    from kb.adapters.training import train

    write_sections(tmp_path / "none.jsonl.gz", [])
    with pytest.raises(KbError, match="gives 0 pairs"):
        train(tmp_path / "none.jsonl.gz", tmp_path / "m")
