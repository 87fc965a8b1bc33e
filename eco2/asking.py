"""Ask a language model within a turn: until when, how its answer is heard, and what is said when it declines."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from eco2.completions import Answered, Hurries, LeavesOut, Refused, Streams
from eco2.compose import render
from eco2.live_text import LiveText
from eco2.policy import Clock, Deadline
from eco2.ports import Completion, LanguageModel, Prompt
from eco2.turns import Evidence, ModelError, Statement

DECLINED = Statement(
    "이 질문에는 답을 드리기 어려워요. 다르게 물어봐 주시면 다시 볼게요.",
    "I cannot answer this one. Please ask it differently and I will look again.",
)
Publish = Callable[[str], None]


def until(model: LanguageModel, deadline_at: float | None, clock: Clock, without: Sequence[str] = ()) -> LanguageModel:
    """Return a model that knows when its answer is of no more use; one that cannot be hurried comes back as it is.

    `without` names providers that were silent earlier in the turn; they are not asked again in it.
    """
    if without and isinstance(model, LeavesOut):
        model = model.without(without)
    if deadline_at is None or not isinstance(model, Hurries):
        return model
    return model.within(Deadline(deadline_at, clock))


def write(model: LanguageModel, prompt: Prompt, evidence: Sequence[Evidence], publish: Publish) -> Completion:
    """Have an answer composed and publish its text: as it is written, or line by line where the model does not stream.

    What is published, put together, is what `compose.render` makes of the completion.

    Raises:
        ModelError: as the model; a refusal becomes an answer of ours.
    """
    language = str(prompt.input.get("language", "ko"))
    shown: list[str] = []
    try:
        completion = _heard(model, prompt, LiveText(evidence, language), lambda text: _said(text, shown, publish))
    except Refused as error:
        if shown:
            raise
        completion = declined(error, language)
    if not shown:
        for line in render(completion.output, evidence, language).text.splitlines(keepends=True):
            publish(line)
    return completion


def declined(error: Refused, language: str) -> Answered:
    """Return the answer to what a model declines to answer: a sentence that claims nothing, marked as less."""
    sentence = {"text": DECLINED.text(language), "citations": []}
    return Answered({"paragraphs": [[sentence]]}, error.provider, cut=str(error))


def less_than_asked(stage: str, completion: Completion) -> list[str]:
    """Return what a live model fell short of, for `degraded`: who was left for another one, what is not whole."""
    if not isinstance(completion, Answered):
        return []
    left = [f"{stage}: {switch.provider} left for another model ({switch.reason})" for switch in completion.switches]
    return [*left, *([f"{stage}: {completion.cut}"] if completion.cut else [])]


def bill_notes(completion: Completion) -> list[str]:
    """Return what a reader of the bill should know: tokens that nobody counted, prices that nobody knows."""
    return list(completion.notes) if isinstance(completion, Answered) else []


def _heard(model: LanguageModel, prompt: Prompt, screen: LiveText, say: Publish) -> Completion:
    if not isinstance(model, Streams):
        return model.complete(prompt)
    for chunk in model.stream(prompt):
        if chunk.completion is not None:
            say(screen.finish())
            return chunk.completion
        say(screen.write(chunk))
    raise ModelError(f"{model!r:.60} ended its stream without a completion; use another model")


def _said(text: str, shown: list[str], publish: Publish) -> None:
    if text:
        shown.append(text)
        publish(text)
