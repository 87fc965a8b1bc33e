"""A model within a turn: heard as it writes, hurried, declined."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from eco2.asking import DECLINED, bill_notes, less_than_asked, until, write
from eco2.completions import Answered, Chunk, Refused, Switch
from eco2.compose import render
from eco2.policy import Deadline
from eco2.ports import Completion, Prompt
from eco2.prompts import compose_prompt
from eco2.steps import checked
from eco2.turns import Evidence, ModelError

DRAFT = {
    "paragraphs": [
        [{"citations": ["rule:a"], "text": "닫으세요."}, {"citations": ["rule:x"], "text": "지어낸 말."}],
        [{"citations": [], "text": "또 봐요."}],
    ]
}
EVIDENCE = [Evidence("rule:a", "a.yaml", 1, 2, "")]
PROMPT = compose_prompt({"language": "ko", "findings": []})


@dataclass(frozen=True)
class Whole:
    """A model that answers at once."""

    name: str = "whole"
    error: Exception | None = None
    deadline: Deadline | None = None

    def complete(self, prompt: Prompt) -> Completion:
        if self.error:
            raise self.error
        return Completion(DRAFT, self.name)

    def within(self, deadline: Deadline) -> Whole:
        return replace(self, deadline=deadline)


@dataclass(frozen=True)
class Streaming(Whole):
    """A model that writes letter by letter; its error comes after so many chunks."""

    after: int = 0

    def stream(self, prompt: Prompt) -> Iterator[Chunk]:
        chunks = [
            *(Chunk(letter, 0, 0, ("rule:a",)) for letter in "닫으세요."),
            Chunk("", 0, 0, ("rule:a",), ends=True),
            Chunk("지어낸 말.", 0, 1, ("rule:x",), ends=True),
            Chunk("또 봐요.", 1, 0, ends=True),
        ]
        yield from chunks[: self.after] if self.error else chunks
        if self.error:
            raise self.error
        yield Chunk(completion=Completion(DRAFT, self.name))


@pytest.mark.parametrize("model", [Whole(), Streaming()], ids=["whole", "streaming"])
def test_what_is_published_is_what_the_finished_answer_says(model: Whole) -> None:
    tokens: list[str] = []

    completion = write(model, PROMPT, EVIDENCE, tokens.append)

    assert "".join(tokens) == render(completion.output, EVIDENCE).text == "닫으세요. [rule:a]\n\n또 봐요."
    assert all(tokens)


def test_a_streaming_model_is_heard_letter_by_letter() -> None:
    tokens: list[str] = []

    write(Streaming(), PROMPT, EVIDENCE, tokens.append)

    assert tokens == ["닫", "으", "세", "요", ".", " [rule:a]", "\n\n또 봐요."]


@pytest.mark.parametrize("model", [Whole(error=Refused("m", "SAFETY")), Streaming(error=Refused("m", "SAFETY"))])
def test_a_refusal_is_answered_in_words_of_our_own_and_told(model: Whole) -> None:
    tokens: list[str] = []

    completion = write(model, PROMPT, EVIDENCE, tokens.append)

    assert "".join(tokens) == render(completion.output, EVIDENCE).text == DECLINED.text_ko
    assert less_than_asked("compose", completion) == [
        "compose: m declines to answer this (SAFETY); say so, or ask in other words"
    ]


def test_nothing_is_put_behind_words_that_were_shown() -> None:
    tokens: list[str] = []

    with pytest.raises(Refused):
        write(Streaming(error=Refused("m", "SAFETY"), after=2), PROMPT, EVIDENCE, tokens.append)

    assert tokens == ["닫", "으"]


def test_an_error_is_an_error() -> None:
    with pytest.raises(ModelError, match="nobody"):
        write(Whole(error=ModelError("nobody answered")), PROMPT, EVIDENCE, lambda _: None)


def test_who_was_left_and_what_nobody_counted_are_told_apart() -> None:
    completion = Answered(DRAFT, "b", notes=("no price",), switches=(Switch("a", "HTTP 500"),))

    assert less_than_asked("understand", completion) == ["understand: a left for another model (HTTP 500)"]
    assert bill_notes(completion) == ["no price"]
    assert less_than_asked("understand", Completion(DRAFT, "b")) == bill_notes(Completion(DRAFT, "b")) == []


def test_a_model_is_told_the_end_of_the_turn() -> None:
    bound = until(Whole(), 12.0, lambda: 10.0)

    assert isinstance(bound, Whole)
    assert bound.deadline is not None
    assert bound.deadline.remaining_s == 2.0


def test_without_a_deadline_a_model_stays_as_it_is() -> None:
    model = Whole()

    assert until(model, None, lambda: 0.0) is model


@pytest.mark.parametrize(
    ("turns", "image"),
    [
        pytest.param([{"text": "이거", "image": "a.png"}, {"text": "뚜껑은?"}], "a.png", id="earlier"),
        pytest.param([{"text": "이거", "image": "a.png"}, {"text": "이건?", "image": "b.png"}], "b.png", id="latest"),
        pytest.param([{"text": "안녕"}], None, id="none"),
    ],
)
def test_a_picture_holds_until_the_next_one_where_a_model_says_nothing_of_it(
    turns: list[dict[str, object]], image: str | None
) -> None:
    output = {"sub_queries": [{"text": "뚜껑은?", "intents": ["waste"]}]}
    assert checked(output, {"turns": turns})["image"] == image
