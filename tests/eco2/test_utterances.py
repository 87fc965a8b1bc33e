"""The labelled messages: what the brief of the data asks of them, and how a bad row is told."""

from __future__ import annotations

import json
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest

from eco2.lexicon import squeeze
from eco2.turns import INTENTS
from eco2.utterances import SPLITS, Utterance, UtteranceError, read_utterances, row_of

FOLDER = Path(__file__).resolve().parents[2] / "datasets" / "intents"
GOOD = {
    "id": "a-1", "split": "train", "text": "캔 버려", "lang": "ko", "frame": "a",
    "sub_queries": [{"text": "캔 버려", "intents": ["waste"]}],
}  # fmt: skip


@pytest.fixture(scope="module")
def rows() -> dict[str, list[Utterance]]:
    return {split: read_utterances(FOLDER, split) for split in SPLITS}  # type: ignore[arg-type]


def test_there_are_enough_rows_and_frames_and_a_quarter_is_english(rows: dict[str, list[Utterance]]) -> None:
    every = [row for split in rows.values() for row in split]
    assert len(every) >= 2000
    assert len({row.frame for row in every}) >= 260
    assert 0.2 <= sum(row.lang == "en" for row in every) / len(every) <= 0.3


def test_ids_are_unique(rows: dict[str, list[Utterance]]) -> None:
    counted = Counter(row.id for split in rows.values() for row in split)
    assert counted.most_common(1)[0][1] == 1


@pytest.mark.parametrize("what", ["frame", "item"])
def test_nothing_of_test_or_dev_stands_in_train(rows: dict[str, list[Utterance]], what: str) -> None:
    def of(split: str) -> set[str]:
        named = (({row.frame} if what == "frame" else set(row.items)) for row in rows[split])
        return {name for names in named for name in names}

    assert not of("train") & (of("test") | of("dev"))
    assert not of("dev") & of("test")


def test_no_message_of_test_is_learned_from(rows: dict[str, list[Utterance]]) -> None:
    learned = {squeeze(" ".join((*row.before, row.text))) for split in ("train", "dev") for row in rows[split]}
    assert not [row.id for row in rows["test"] if squeeze(" ".join((*row.before, row.text))) in learned]


def test_every_intent_and_messages_of_two_and_three_questions_stand_in_every_split(
    rows: dict[str, list[Utterance]],
) -> None:
    for split in SPLITS:
        assert {intent for row in rows[split] for intent in row.intents} == {*INTENTS, "general"}
        assert {len(row.sub_queries) for row in rows[split]} == {1, 2, 3}


def test_the_test_rows_are_those_that_were_sealed() -> None:
    seal, _, _ = (FOLDER / "FROZEN").read_text(encoding="utf-8").partition(" ")
    assert sha256((FOLDER / "test.jsonl").read_bytes()).hexdigest() == seal


def test_a_row_is_written_as_it_is_read(rows: dict[str, list[Utterance]], tmp_path: Path) -> None:
    written = "\n".join(json.dumps(row_of(row), ensure_ascii=False) for row in rows["dev"])
    (tmp_path / "dev.jsonl").write_text(written, encoding="utf-8")
    assert read_utterances(tmp_path, "dev") == rows["dev"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{", "dev.jsonl:1: not a labelled message"),
        (json.dumps({"id": "a"}), "dev.jsonl:1: not a labelled message"),
        (json.dumps({**GOOD, "split": "training"}), "split 'training'"),
        (json.dumps({**GOOD, "sub_queries": [{"text": "a", "intents": ["wast"]}]}), "wast"),
        (json.dumps({**GOOD, "sub_queries": []}), "dev.jsonl:1"),
    ],
    ids=["not json", "fields missing", "unknown split", "unknown intent", "no question"],
)
def test_a_row_that_cannot_be_read_is_named(tmp_path: Path, row: str, said: str) -> None:
    (tmp_path / "dev.jsonl").write_text(row, encoding="utf-8")
    with pytest.raises(UtteranceError, match=said.replace("(", r"\(")):
        read_utterances(tmp_path, "dev")


def test_missing_rows_say_how_they_are_made(tmp_path: Path) -> None:
    with pytest.raises(UtteranceError, match="make_utterances"):
        read_utterances(tmp_path, "train")
