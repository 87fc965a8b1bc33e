"""Which verdicts of the judge are wrong on their face: it calls a claim unsupported that stands there verbatim.

Only what needs no judgement is called: a paraphrase that the judge fails may be the judge's or the generator's fault.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from harness.case_files import normalised
from harness.cases import Score
from harness.citation_marks import cited_ids
from harness.trial import Trial

_TRUTH = frozenset({"false_claim_rate", "hallucination_rate", "false_knowledge_rate"})
_GROUND = frozenset({"ungrounded_rate", "hallucination_rate", "intent_faithfulness"})
_CITED = frozenset({"citation_entails"})


Place = tuple[frozenset[str], Sequence[str]]
"""Metrics, and the texts that they look for a claim in."""


@dataclass(frozen=True)
class Contradicted:
    """Failed metrics of which every blamed claim, or some of them, are blamed wrongly."""

    wholly: tuple[str, ...]
    partly: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.wholly or self.partly)


def contradicted(trial: Trial, scores: Iterable[Score], known_true: Collection[str] = ()) -> Contradicted:
    """Find the failed metrics of a frozen answer whose blamed claims stand word for word where they should.

    Args:
        trial: the case with the answer that was judged.
        scores: its failed ones.
        known_true: claims that people labelled as true, normalised.
    """
    places = (
        (_GROUND, [str(passage["text"]) for passage in trial.records("passages")]),
        (_CITED, _cited(trial)),
        (_TRUTH, [text for texts in trial.resources.gold.texts.values() for text in texts]),
    )
    found = {one.metric: _wrongly_blamed(one, places, known_true) for one in scores}
    wholly = tuple(metric for metric, wrong in found.items() if wrong and all(wrong))
    return Contradicted(wholly, tuple(metric for metric, wrong in found.items() if any(wrong) and not all(wrong)))


def _wrongly_blamed(score: Score, places: Sequence[Place], known_true: Collection[str]) -> list[bool]:
    """For each blamed claim, whether it can be seen to stand where the metric looked for it, or is known to be true."""
    texts = [text for metrics, found in places if score.metric in metrics for text in found]
    known = known_true if score.metric in _TRUTH else ()
    return [_stands(claim, texts) or normalised(claim) in known for claim in blamed_claims(score.details)]


def _cited(trial: Trial) -> list[str]:
    """What the cited lines say."""
    sources = map(trial.resources.provenance.resolve, cited_ids(trial.answer, trial.records("citations")))
    return [text for source in sources if source is not None for text in source.texts]


def blamed_claims(details: Mapping[str, object]) -> list[str]:
    """The claims that made a metric fail, as its details list them."""
    for key in ("claims", "broken", "unsupported"):
        listed = details.get(key)
        if isinstance(listed, Sequence) and not isinstance(listed, str):
            return [str(one["text"]) if isinstance(one, Mapping) else str(one) for one in listed]
    return []


def _stands(claim: str, texts: Sequence[str]) -> bool:
    wanted = normalised(claim)
    return bool(wanted) and any(wanted in normalised(text) for text in texts)
