"""The wiring of judges: a choice becomes a judge, with its model, its cache, its plan and its purse."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, get_args

from harness.cases import ConfigError, Support
from harness.judging.memo import MemoJudge
from harness.judging.offline import WEIGHTS, offline_judge
from harness.judging.registry import JudgeName
from harness.judging.remote.answers import AskedAnswers, Calls
from harness.judging.remote.asked import AskedJudge, RemoteJudge
from harness.judging.remote.budget import PaidModel, Prices, Purse, prices_of
from harness.judging.remote.cache import FOLDER, Store
from harness.judging.remote.llm_judge import ANSWER_TOKENS, LlmJudge
from harness.judging.remote.model import JudgeFailed, LanguageModel, model_from
from harness.judging.remote.own_judge import OwnJudge
from harness.judging.remote.patience import TimedModel
from harness.judging.remote.plan import Plan
from harness.runs import digest

if TYPE_CHECKING:
    from harness.labelling.disputes import Dispute
    from harness.ports import Judge, ModelRagas
    from kb.workspace import Workspace

_VERDICTS, _VALUES = "verdicts.jsonl", "answer-metrics.jsonl"
_LETTERS = 12


@dataclass(frozen=True)
class Surroundings:
    """What wiring a judge needs of the site.

    Attributes:
        folder: where the user stands; `module:attribute` is loaded from there.
        root: the workspace, which keeps the cache.
        workspace: opens it, for its embedder.
        timeout_s: of one call of a model.
        key: sent to an address.
        prices: as given by flags.
        budget_usd: None for no limit.
        tell: says a line to the user.
    """

    folder: Path
    root: Path
    workspace: Callable[[], Workspace]
    timeout_s: float
    key: str
    prices: Prices
    budget_usd: float | None
    tell: Callable[[str], None]


class Judging:
    """The judge of a command and what asks the same model beside it. Nothing is loaded before it is used.

    Args:
        name: of the judge.
        model: a language model by `module:attribute` or address; "" for none.
        around: the surroundings.
    """

    def __init__(self, name: JudgeName, model: str, around: Surroundings) -> None:
        self.name, self.plan = name, Plan()
        self._model, self._around = model, around

    @cached_property
    def judge(self) -> Judge:
        """Raises: TargetUnusable, ConfigError: it cannot be loaded."""
        return MemoJudge(offline_judge()) if self.name.door == "offline" else self.asked

    @cached_property
    def asked(self) -> AskedJudge:
        store = self._store(_VERDICTS)
        judge = self._remote()
        kept = store if not isinstance(judge, OwnJudge) or judge.is_named else Store(None)
        return AskedJudge(judge, kept, self.plan)

    @cached_property
    def identity(self) -> str:
        """Which judge this is: its name, its model and the words of its prompt, or its weights."""
        if self.name.door == "offline":
            return f"offline {digest(WEIGHTS)[:_LETTERS]}"
        return self.asked.identity

    @cached_property
    def answers(self) -> ModelRagas:
        """Raises: JudgeFailed: no model was named."""
        if not self._model:
            raise JudgeFailed("no model to ask; name one by --judge-model")
        model, _ = self._paid
        return AskedAnswers(_calls(model, self._around.workspace), self._store(_VALUES), self.plan)

    @property
    def record(self) -> dict[str, str]:
        """What a run remembers of it."""
        asked = "" if self.name.door in ("llm", "ragas") else self._model
        return {"name": str(self.name), "model": asked, "identity": self.identity}

    def afford(self, rehearse: Callable[[], object], what: str = "judging") -> None:
        """Say what will be asked and what that costs, before anything is; nothing where no language model is asked.

        Args:
            rehearse: asks all that will be asked.
            what: the first word of the line.

        Raises:
            ConfigError: it may cost more than the budget.
        """
        if not self._model:
            return
        with self.plan.gathering() as plan:
            for plan.answer in get_args(Support)[:2]:
                rehearse()
        self._around.tell(self._paid[1].afford(plan.total, what))

    def told(self) -> str:
        """What was asked so far, in one line; "" for the offline judge."""
        if self.name.door == "offline":
            return ""
        waited, spent = self.asked.waited_ms, self._paid[1].spent_usd if self._model else 0.0
        middle = f", median {median(waited):.0f} ms each" if waited else ""
        cost = f", ${spent:.4f}" if spent else ""
        return f"{self.name}: {len(waited)} asked{middle}, {self.asked.known} known already{cost}"

    @cached_property
    def _paid(self) -> tuple[LanguageModel, Purse]:
        model = _opened(self._model, self._around)
        purse = Purse(prices_of(model, self._around.prices), self._around.budget_usd)
        return PaidModel(TimedModel(model, self._around.timeout_s), purse, ANSWER_TOKENS), purse

    def _remote(self) -> RemoteJudge:
        if self.name.door == "nli":
            return _cross_encoder(self.name)
        if self.name.door == "own":
            from harness.loading import load

            return OwnJudge(load(self.name.place, self._around.folder), self.name.place)
        return LlmJudge(self._paid[0]) if self.name.door == "llm" else _ragas(self._paid[0])

    def _store(self, file: str) -> Store:
        return Store(self._around.root / FOLDER / file, self._around.tell)


def draw_form(disputes: Sequence[Dispute], who: str) -> str:
    """The HTML form in which a person decides."""
    from harness.adapters.label_form import label_form
    from harness.labelling.form import form

    return label_form(form(disputes, who))


def _opened(place: str, around: Surroundings) -> LanguageModel:
    if place.startswith(("http://", "https://")):
        from harness.adapters.model_door import ChatModel

        return ChatModel(place, around.key, around.timeout_s)
    from harness.loading import load

    found = load(place, around.folder)
    try:
        return model_from(found, place)
    except ConfigError:
        raise
    except Exception as error:  # foreign code: whatever it raises while it is made is the user's to mend
        raise ConfigError(f"{place!r} cannot be made: {type(error).__name__}: {error}") from error


def _cross_encoder(name: JudgeName) -> RemoteJudge:
    try:
        from harness.adapters.cross_encoder import PairCrossEncoder
    except ImportError as error:
        raise ConfigError(f"--judge nli needs an extra ({error}); pip install 'eco2-agent-kb[dense]'") from error
    from harness.judging.remote.nli_judge import NliJudge

    return NliJudge(PairCrossEncoder(name.place.partition("#")[0]), name.labels)


def _ragas(model: LanguageModel) -> RemoteJudge:
    try:
        from harness.adapters.ragas_judge import RagasJudge
    except ImportError as error:
        raise ConfigError(f"--judge ragas needs an extra ({error}); pip install 'eco2-agent-kb[eval]'") from error
    return RagasJudge(model)


def _calls(model: LanguageModel, workspace: Callable[[], Workspace]) -> Calls:
    from harness.adapters import ragas_judge

    embed = _embedding(workspace)
    return Calls(
        identity=f"{ragas_judge.VERSION} {model.name}",
        faithfulness=partial(ragas_judge.faithfulness, model),
        answer_relevancy=partial(ragas_judge.answer_relevancy, model, embed),
        faithfulness_use=ragas_judge.faithfulness_use,
        relevancy_use=ragas_judge.relevancy_use,
    )


def _embedding(workspace: Callable[[], Workspace]) -> Callable[[Sequence[str]], list[list[float]]]:
    """The embedder of the workspace, opened at the first call."""

    def embed(texts: Sequence[str]) -> list[list[float]]:
        from kb.adapters import choose
        from kb.settings import MODELS

        embedder, _ = choose.embedder(workspace().options.embedder, MODELS)
        if embedder is None:
            raise JudgeFailed("the workspace has no embedder, which answer relevancy needs; see `kb doctor`")
        return [list(map(float, row)) for row in embedder.embed(list(texts))]

    return embed
