"""A language model as a judge: one claim a call, one retry for an answer that cannot be read, no third."""

from __future__ import annotations

from collections.abc import Sequence

from harness.cases import Judgement
from harness.judging.remote.budget import Use, tokens_of
from harness.judging.remote.model import LanguageModel, text_of
from harness.judging.remote.question import VERSION, prompt_for
from harness.judging.remote.reply import BrokenReply, judgement_of

ANSWER_TOKENS = 200
"""What an answer is taken to have when a run is priced before it starts."""


class LlmJudge:
    """Asks a model for each claim. `identity` names model and prompt: another of either is another judge."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self.identity = f"llm {model.name} prompt {VERSION}"

    def judge(self, question: str | None, context: Sequence[str], claim: str) -> Judgement:
        """See `ports.Judge`.

        Raises:
            BrokenReply: the second answer could not be read either.
        """
        prompt, boundary = prompt_for(question, context, claim)
        try:
            return judgement_of(self._model.complete(prompt).output, context, boundary)
        except BrokenReply:
            return judgement_of(self._model.complete(prompt).output, context, boundary)

    def use(self, question: str | None, context: Sequence[str], claim: str) -> Use:
        """What asking for this claim is expected to use at most, retries aside."""
        prompt, _ = prompt_for(question, context, claim)
        return Use(1, tokens_of(text_of(prompt)), ANSWER_TOKENS)
