"""ragas metrics that ask a model: its Faithfulness as a judge, and its metrics of whole answers. Over our model port.

Its telemetry is on until told otherwise before its first import. What it calls NaN or raises has no number here either.
Its prompts put the judged texts beside its own words without a boundary: a hostile text may sway it.
"""

from __future__ import annotations

import asyncio
import math
import os
import warnings
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

os.environ["RAGAS_DO_NOT_TRACK"] = "true"
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import ragas
    from ragas.embeddings.base import BaseRagasEmbedding
    from ragas.llms.base import InstructorBaseRagasLLM
    from ragas.metrics.collections import AnswerRelevancy, Faithfulness
    from ragas.metrics.collections.answer_relevancy.util import AnswerRelevanceInput, AnswerRelevancePrompt
    from ragas.metrics.collections.faithfulness.util import (
        NLIStatementInput,
        NLIStatementOutput,
        NLIStatementPrompt,
        StatementGeneratorInput,
        StatementGeneratorOutput,
        StatementGeneratorPrompt,
    )
from pydantic import BaseModel, ValidationError

from harness.cases import Judgement
from harness.judging.remote.budget import Use, tokens_of
from harness.judging.remote.llm_judge import ANSWER_TOKENS
from harness.judging.remote.model import JudgeFailed, LanguageModel, Prompt
from harness.judging.remote.reply import BrokenReply, row_of

VERSION = f"ragas {ragas.__version__}"
Answer = TypeVar("Answer", bound=BaseModel)
Embed = Callable[[Sequence[str]], Sequence[Sequence[float]]]
_INSTRUCTIONS = "Do what the message asks and answer with one JSON object of its schema, nothing else."
_QUESTIONS = 3


class RagasJudge:
    """ragas' Faithfulness of a claim. `p_supported` is its share of supported statements; one that fails decides."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self.identity = f"{VERSION} Faithfulness {model.name}"

    def judge(self, question: str | None, context: Sequence[str], claim: str) -> Judgement:
        """See `ports.Judge`.

        Raises:
            JudgeFailed: ragas found no statement in the claim, or its model's answer cannot be read.
        """
        share = faithfulness(self._model, question or claim, claim, context)
        if share >= 1.0:
            return Judgement(1.0, "supported", reason="ragas supports every statement")
        return Judgement(share, "unsupported", reason=f"ragas supports {share:.0%} of the statements")

    def use(self, question: str | None, context: Sequence[str], claim: str) -> Use:
        """Two calls, the claim taken for the one statement of the second."""
        return faithfulness_use(question or claim, claim, context)


def faithfulness(model: LanguageModel, question: str, answer: str, contexts: Sequence[str]) -> float:
    """Share of the answer's statements that the contexts support, in [0, 1].

    Raises:
        JudgeFailed: ragas raised or said NaN, or its model's answer cannot be read.
    """
    asked = Faithfulness(llm=_Asking(model))
    return _number(
        lambda: asyncio.run(asked.ascore(user_input=question, response=answer, retrieved_contexts=list(contexts)))
    )


def answer_relevancy(model: LanguageModel, embed: Embed, question: str, answer: str) -> float:
    """Mean likeness of questions that the answer would answer to the one that was asked; 0 for an evasive answer.

    Raises:
        JudgeFailed: as `faithfulness`.
    """
    asked = AnswerRelevancy(llm=_Asking(model), embeddings=_Embeddings(embed), strictness=_QUESTIONS)
    return min(1.0, max(0.0, _number(lambda: asyncio.run(asked.ascore(user_input=question, response=answer)))))


def faithfulness_use(question: str, answer: str, contexts: Sequence[str]) -> Use:
    """What `faithfulness` is expected to use."""
    cut = StatementGeneratorPrompt().to_string(StatementGeneratorInput(question=question, answer=answer))
    held = NLIStatementPrompt().to_string(NLIStatementInput(context="\n".join(contexts), statements=[answer]))
    said = max(ANSWER_TOKENS, 2 * tokens_of(answer))
    return Use(2, tokens_of(cut) + tokens_of(held), 2 * said)


def relevancy_use(answer: str) -> Use:
    """What `answer_relevancy` is expected to use."""
    prompt = AnswerRelevancePrompt().to_string(AnswerRelevanceInput(response=answer))
    return Use(_QUESTIONS, _QUESTIONS * tokens_of(prompt), _QUESTIONS * ANSWER_TOKENS)


class _Asking(InstructorBaseRagasLLM):
    """One call of a metric over our port; remembers how many statements must be judged."""

    def __init__(self, model: LanguageModel) -> None:
        self._model, self._statements = model, 0

    def generate(self, prompt: str, response_model: type[Answer]) -> Answer:
        try:
            return self._read(prompt, response_model)
        except BrokenReply:
            return self._read(prompt, response_model)

    async def agenerate(self, prompt: str, response_model: type[Answer]) -> Answer:
        return self.generate(prompt, response_model)

    def _read(self, prompt: str, response_model: type[Answer]) -> Answer:
        task = Prompt(response_model.__name__, _INSTRUCTIONS, {"text": prompt}, _inlined(response_model))
        try:
            found = response_model.model_validate(row_of(self._model.complete(task).output))
        except ValidationError as error:
            raise BrokenReply(f"the answer is no {response_model.__name__}: {error.error_count()} errors") from error
        self._check(found)
        return found

    def _check(self, found: BaseModel) -> None:
        """Refuse what ragas takes: a verdict of 2 counts as support there, a statement left out is not missed."""
        if isinstance(found, StatementGeneratorOutput):
            self._statements = len(found.statements)
        if isinstance(found, NLIStatementOutput):
            verdicts = [one.verdict for one in found.statements]
            if len(verdicts) != self._statements or not set(verdicts) <= {0, 1}:
                raise BrokenReply(f"{self._statements} statements were asked of, the verdicts are {verdicts}")


class _Embeddings(BaseRagasEmbedding):
    def __init__(self, embed: Embed) -> None:
        super().__init__()
        self._embed = embed

    def embed_text(self, text: str, **_: object) -> list[float]:
        return list(map(float, self._embed([text])[0]))

    async def aembed_text(self, text: str, **_: object) -> list[float]:
        return self.embed_text(text)


def _number(score: Callable[[], Any]) -> float:
    try:
        value = float(score().value)
    except JudgeFailed:
        raise
    except Exception as error:  # foreign code: what fails has no number
        raise JudgeFailed(f"ragas failed: {type(error).__name__}: {error}") from error
    if math.isnan(value):
        raise JudgeFailed("ragas said NaN: it found no statement to judge")
    return value


def _inlined(model: type[BaseModel]) -> dict[str, object]:
    """The JSON Schema of an answer without references, which strict providers of structured output do not take."""
    schema = model.model_json_schema()
    parts = schema.pop("$defs", {})

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            name = str(value.get("$ref", "")).rpartition("/")[2]
            return plain(parts[name]) if name else {key: plain(part) for key, part in value.items()}
        return [plain(part) for part in value] if isinstance(value, list) else value

    return dict(plain(schema))
