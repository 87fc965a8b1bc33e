"""Recording and replaying: the same letters again, without the model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from eco2.cassettes import CassetteBroken, CassetteMissing, Cassettes, Recording, Replaying
from eco2.completions import Answered, Chunk, Picture, Refused, Switch
from eco2.policy import CallFailed
from eco2.ports import Completion, Prompt
from eco2.prompts import compose_prompt, understand_prompt

FINDING: dict[str, Any] = {
    "agent": "classify",
    "index": 0,
    "status": "answered",
    "statements": [{"text_ko": "닫으세요.", "text_en": "Close it.", "citation": "rule:a", "also": []}],
    "evidence": [{"id": "rule:a", "path": "a.yaml", "line_start": 1, "line_end": 2, "text": "뚜껑"}],
    "elapsed_ms": 3.25,
}
PROMPT = compose_prompt({"language": "ko", "findings": [FINDING]})
OUTPUT = {"paragraphs": [[{"citations": ["rule:a"], "text": "닫으세요. 😀"}]]}
ANSWER = Answered(OUTPUT, "real", 7, 3, 0.1 + 0.2, ("a note",), (Switch("other", "HTTP 500"),))
PIECES = [Chunk("닫으", citations=("rule:a",)), Chunk("세요. 😀", citations=("rule:a",), ends=True)]


@dataclass
class Once:
    """A model that answers one time."""

    error: Exception | None = None
    name: str = "real"

    def complete(self, prompt: Prompt) -> Completion:
        if self.error:
            raise self.error
        return ANSWER

    def see(self, prompt: Prompt, picture: Picture) -> Completion:
        return self.complete(prompt)

    def stream(self, prompt: Prompt) -> Iterator[Chunk]:
        yield PIECES[0]
        if self.error:
            raise self.error
        yield PIECES[1]
        yield Chunk(completion=ANSWER)


@pytest.fixture
def tapes(tmp_path: Path) -> Cassettes:
    return Cassettes(tmp_path / "tapes")


def test_a_replay_is_what_was_recorded_to_the_last_digit(tapes: Cassettes) -> None:
    recorded = Recording(Once(), tapes, "live").complete(PROMPT)

    assert Replaying(tapes, "live").complete(PROMPT) == recorded == ANSWER


def test_a_stream_is_replayed_in_the_pieces_in_which_it_came(tapes: Cassettes) -> None:
    recorded = list(Recording(Once(), tapes, "live").stream(PROMPT))

    assert list(Replaying(tapes, "live").stream(PROMPT)) == recorded
    assert Replaying(tapes, "live").complete(PROMPT) == ANSWER


def test_a_whole_answer_can_be_replayed_as_a_stream(tapes: Cassettes) -> None:
    Recording(Once(), tapes, "live").complete(PROMPT)

    assert [chunk.text for chunk in Replaying(tapes, "live").stream(PROMPT)] == ["닫으세요. 😀", ""]


def test_recording_again_writes_the_same_bytes(tapes: Cassettes) -> None:
    contents = []
    for _ in range(2):
        list(Recording(Once(), tapes, "live").stream(PROMPT))
        contents.append([path.read_bytes() for path in sorted(tapes.folder.rglob("*")) if path.is_file()])

    assert contents[0] == contents[1]
    assert len(contents[0]) == 1


def test_timings_and_paths_do_not_change_what_was_asked(tapes: Cassettes) -> None:
    Recording(Once(), tapes, "live").complete(PROMPT)
    moved = [{**FINDING["evidence"][0], "path": "elsewhere/a.yaml"}]
    later = compose_prompt({"language": "ko", "findings": [{**FINDING, "elapsed_ms": 99.0, "evidence": moved}]})

    assert Replaying(tapes, "live").complete(later) == ANSWER


@pytest.mark.parametrize(
    "other",
    [
        compose_prompt({"language": "en", "findings": [FINDING]}),
        compose_prompt({"language": "ko", "findings": [{**FINDING, "status": "unknown"}]}),
        Prompt("compose", "Other words.", PROMPT.input, PROMPT.schema),
        Prompt("compose", PROMPT.instructions, PROMPT.input, {}),
        understand_prompt({"turns": [{"text": "닫으세요."}]}),
    ],
    ids=["language", "finding", "instructions", "schema", "task"],
)
def test_another_prompt_is_a_miss_in_one_clear_line(other: Prompt, tapes: Cassettes) -> None:
    Recording(Once(), tapes, "live").complete(PROMPT)

    with pytest.raises(CassetteMissing, match=r"no recording of .* by 'live'") as caught:
        Replaying(tapes, "live").complete(other)

    assert "\n" not in str(caught.value)


def test_a_recording_belongs_to_the_model_that_was_asked(tapes: Cassettes) -> None:
    Recording(Once(), tapes, "live").complete(PROMPT)

    with pytest.raises(CassetteMissing):
        Replaying(tapes, "another").complete(PROMPT)


def test_a_refusal_is_recorded_and_a_failure_is_not(tapes: Cassettes) -> None:
    asked = understand_prompt({"turns": [{"text": "b"}]})
    with pytest.raises(Refused):
        Recording(Once(Refused("real", "SAFETY")), tapes, "live").complete(PROMPT)
    with pytest.raises(CallFailed):
        Recording(Once(CallFailed("down")), tapes, "live").complete(asked)

    with pytest.raises(Refused, match=r"real declines to answer this \(SAFETY\)"):
        Replaying(tapes, "live").complete(PROMPT)
    with pytest.raises(CassetteMissing):
        Replaying(tapes, "live").complete(asked)


def test_a_refusal_in_a_stream_is_recorded_too(tapes: Cassettes) -> None:
    with pytest.raises(Refused):
        list(Recording(Once(Refused("real", "SAFETY")), tapes, "live").stream(PROMPT))

    with pytest.raises(Refused, match="SAFETY"):
        list(Replaying(tapes, "live").stream(PROMPT))


def test_what_is_seen_is_recorded_by_the_picture(tapes: Cassettes) -> None:
    one, two = (Prompt("see", "Look.", {"picture_sha256": digest}) for digest in ("aa", "bb"))
    Recording(Once(), tapes, "live").see(one, Picture(b"x", "image/png"))

    assert Replaying(tapes, "live").see(one, Picture(b"x", "image/png")) == ANSWER
    with pytest.raises(CassetteMissing):
        Replaying(tapes, "live").see(two, Picture(b"y", "image/png"))


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"version": 0}', '{"version": 1}', '{"version": 1, "completion": {}}']
)
def test_a_broken_recording_says_which_file_to_delete(text: str, tapes: Cassettes) -> None:
    Recording(Once(), tapes, "live").complete(PROMPT)
    (path,) = tapes.folder.rglob("*.json")
    path.write_text(text)

    with pytest.raises(CassetteBroken, match="delete it and record again") as caught:
        Replaying(tapes, "live").complete(PROMPT)

    assert path.stem[:12] in str(caught.value)


def test_a_recording_can_be_read_by_people(tapes: Cassettes) -> None:
    Recording(Once(), tapes, "live").complete(PROMPT)
    (path,) = tapes.folder.rglob("*.json")

    row = json.loads(path.read_text(encoding="utf-8"))

    assert (path.parent.name, row["task"], row["name"]) == ("compose", "compose", "live")
    assert "닫으세요" in path.read_text(encoding="utf-8")
