"""The offline judge: does a context support a claim. Deterministic, without download, with weights one can read.

A claim is taken apart and put beside its evidence (`look`), counted (`features`) and weighed by one of six logistic
regressions, chosen by what the input looks like: a statement of this or another domain, a near copy of a sentence
(Korean or English; one word then decides), a pair of short Korean sentences, a long English answer to a question, other
English talk and answers of another domain. The weights lie in
`models/offline-judge.json`; `harness judge fit` fits them. The probability assumes that true and false claims are
equally likely. It knows nothing but the context: without one it abstains.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from harness.cases import DataError, Judgement
from harness.claims import statements
from harness.judging.features import features, scaled
from harness.judging.grounding import evidence_for, fault
from harness.judging.lexicon import lexicon
from harness.judging.look import Look, look
from harness.judging.questions import asks

WEIGHTS = Path(__file__).parent / "models" / "offline-judge.json"
_DOMAIN_SHARE = 0.1
_COPY = 0.4
_CONTEXT_WORDS = 200
_PREMISE_WORDS = 16
_LONG_ANSWER_WORDS = 9
_QUOTE_CHARACTERS = 300
_QUOTED_WORDS = 2
_VERBATIM = 0.98
_CONDITION_BEFORE = re.compile(
    r"(?:면|경우|경우에는?|때|때는|때에는?),$|\b(?:if|when|unless|once)\b[^.!?\n]*,$", re.IGNORECASE
)
_CONDITION_AFTER = re.compile(r",?\s*(?:but )?(?:only )?(?:if|when|unless|until|as long as)\b", re.IGNORECASE)
_STATEMENT_ENDS = ".!?。:;,\n)]-*•·"


@dataclass(frozen=True)
class Head:
    """One logistic regression over `features`, `scaled` or not; a feature that is not named weighs nothing."""

    bias: float
    weights: Mapping[str, float]
    scaled: bool = False

    def log_odds(self, found: Mapping[str, float]) -> float:
        """The bias and what each feature adds to it."""
        return self.bias + sum(weight * found[name] for name, weight in self.weights.items())


@dataclass(frozen=True)
class Model:
    """`prior` stands for what cannot be judged; within `band` (low, high) the judge abstains.

    `crossing` draws a probability towards one half when claim and context are in different languages. `kinds` say how
    much each feature speaks for a kind of error.
    """

    prior: float
    band: tuple[float, float]
    crossing: float
    heads: Mapping[str, Head]
    kinds: Mapping[str, Head]


def model_from(data: Mapping[str, Any]) -> Model:
    """Read what `fit` writes.

    Raises:
        DataError: a part is missing or of the wrong shape.
    """
    try:
        low, high = (float(bound) for bound in data["band"])
        return Model(
            float(data["prior"]), (low, high), float(data["crossing"]), _heads(data["heads"]), _heads(data["kinds"])
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataError(f"the judge's weights cannot be read ({error!r}); fit them anew") from error


def _heads(rows: Mapping[str, Any]) -> dict[str, Head]:
    return {
        name: Head(float(row["bias"]), dict(row["weights"]), row.get("scaled", False)) for name, row in rows.items()
    }


@lru_cache(maxsize=1)
def shipped_model() -> Model:
    """The weights that the package carries."""
    return model_from(json.loads(WEIGHTS.read_text(encoding="utf-8")))


class OfflineJudge:
    """A `Judge` by readable features. The same input gives the same judgement, on every machine and in any order."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def judge(self, question: str | None, context: Sequence[str], claim: str) -> Judgement:
        """Judge one claim; of several sentences the least supported decides. See `ports.Judge`."""
        if not _says_something(claim) or not any(map(_says_something, context)):
            what = "context" if _says_something(claim) else "claim"
            return Judgement(self._model.prior, "abstain", reason=f"there is no {what} to judge by")
        judged = [self._judge_one(question, context, statement) for statement in statements(claim) or [claim]]
        return min(judged, key=lambda judgement: judgement.p_supported)

    def _judge_one(self, question: str | None, context: Sequence[str], claim: str) -> Judgement:
        seen = look(question, context, claim)
        if (place := _verbatim(seen)) is not None:
            return Judgement(
                _VERBATIM,
                "supported",
                None,
                place,
                seen.claim_text[:_QUOTE_CHARACTERS],
                "the context says so in these words",
            )
        head = self._model.heads[head_of(seen)]
        counted = scaled(features(seen)) if head.scaled else features(seen)
        p_supported = _drawn(_logistic(head.log_odds(counted)), seen, self._model)
        low, high = self._model.band
        sentence = evidence_for(seen)
        index, quote = (sentence.passage, sentence.text[:_QUOTE_CHARACTERS]) if sentence else (None, None)
        if p_supported >= high:
            return Judgement(p_supported, "supported", None, index, quote, "the context says so")
        found = fault(seen, {kind: weighed.log_odds(counted) for kind, weighed in self._model.kinds.items()})
        against = found.passage, found.quote
        if p_supported > low:
            return Judgement(p_supported, "abstain", found.kind, index, quote, f"undecided: {found.reason}", *against)
        return Judgement(p_supported, "unsupported", found.kind, index, quote, found.reason, *against)


def offline_judge() -> OfflineJudge:
    """The judge with the weights that the package carries."""
    return OfflineJudge(shipped_model())


def head_of(seen: Look) -> str:
    """Choose the regression by what the input looks like; never by where it comes from."""
    if _domain_share(seen) >= _DOMAIN_SHARE or _is_rule_like(seen):
        if seen.slots.near < _COPY or seen.fragment:
            return "domain"
        return "copy" if seen.korean else "copy_english"
    if seen.korean:
        return "korean"
    asked = seen.question is not None and asks(seen.question)
    return "english_answer" if asked and len(seen.words) >= _LONG_ANSWER_WORDS else "english"


def _is_rule_like(seen: Look) -> bool:
    """Whether claim and context are statements of any domain: no talk, no answer, no pair of two short sentences."""
    if not seen.korean:
        return seen.question is None
    if seen.question is not None or len(seen.known.passages) > 1:
        return True
    longer = len(seen.known.sentences) > 1 and len(seen.known.text.split()) >= _PREMISE_WORDS
    return longer or any(word.quantity is not None for word in seen.spoken)


def _verbatim(seen: Look) -> int | None:
    """The passage that has the claim word for word as a statement of its own; None when none has.

    What stands before must end a statement, so that "never put …" does not say "put …", and a clause of a longer
    sentence has to end as the claim does. A fragment is no statement.
    """
    plain = seen.claim_text.strip().rstrip(".!。 ")
    if len(seen.spoken) < _QUOTED_WORDS or seen.fragment:
        return None
    found = next((index for index, text in enumerate(seen.texts) if _states(text, plain)), None)
    if found is None and seen.korean:  # written together or apart, Korean says the same
        squeezed = plain.replace(" ", "")
        found = next((i for i, text in enumerate(seen.texts) if _states(text.replace(" ", ""), squeezed)), None)
    return found


def _states(text: str, plain: str) -> bool:
    at = text.find(plain)
    while at >= 0:
        before, after = text[:at].rstrip(" "), text[at + len(plain) :]
        if _may_begin_after(before) and _may_end_before(after):
            return True
        at = text.find(plain, at + 1)
    return False


def _may_begin_after(before: str) -> bool:
    return not before or (before[-1] in _STATEMENT_ENDS and not _CONDITION_BEFORE.search(before))


def _may_end_before(after: str) -> bool:
    """Put it in the bag … if it fits is not all that is said."""
    following = after.lstrip(" ")[:1]
    return not _CONDITION_AFTER.match(after) and (not following or not following.isalnum())


def _domain_share(seen: Look) -> float:
    """Share of the words of claim, question and context that speak of waste sorting or this bot's other topics."""
    domain = lexicon().lists["domain"]
    theirs = [word for sentence in seen.known.sentences for word in sentence.own][:_CONTEXT_WORDS]
    said = [word for word in (*seen.spoken, *seen.asked, *theirs) if word.sort != "light"]
    return sum(not domain.isdisjoint(word.keys) for word in said) / len(said) if said else 0.0


def _says_something(text: str) -> bool:
    return any(map(str.isalnum, text))


def _logistic(log_odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, log_odds))))


def _drawn(p_supported: float, seen: Look, model: Model) -> float:
    if not seen.crosses:
        return p_supported
    return 0.5 + (p_supported - 0.5) * model.crossing if seen.words else model.prior
