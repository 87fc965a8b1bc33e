"""Does each intent of a message get an answer of its own, from its own evidence, and is nothing done that none needs.

Faithfulness of an answer as a whole sees none of that: an answer to the wrong half of a question is faithful.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from harness.case_files import normalised
from harness.cases import Case, Measured
from harness.judging.lexemes import Word
from harness.judging.words import words
from harness.purposes import Said, asked_intents, said, tells_whose
from harness.trial import Metric, Trial, UnmeasurableError, higher, lower

_TELLS = frozenset({"noun", "name", "number"})
_FAITHFUL = 0.85
"""From which fidelity a split passes: one word in six may be put otherwise, the thing of a question may not be lost."""


def _asks_for_service(case: Case) -> bool:
    return bool(asked_intents(case))


def _asks_for_several(case: Case) -> bool:
    return len(asked_intents(case)) > 1


def _labels_agents(case: Case) -> bool:
    return bool(case.agents and case.intents)


def _has_parts(case: Case) -> bool:
    return len(case.sub_queries) > 1


def _coverage(trial: Trial) -> Measured | None:
    """An intent is served by a claim of its own, or by a sentence that says that it cannot be."""
    if not tells_whose(trial):
        return None
    wanted = asked_intents(trial.case)
    served = {intent for one in said(trial) if not one.contaminated for intent in one.intents}
    missed = [intent for intent in wanted if intent not in served]
    reason = f"nothing is said for: {', '.join(missed)}" if missed else ""
    return Measured(1 - len(missed) / len(wanted), reason, {"missed": missed})


def _faithfulness(trial: Trial) -> Measured | None:
    """The mean over intents, so that one that is told at length does not hide another."""
    if not tells_whose(trial):
        return None
    claims = [one for one in said(trial) if one.intents and not one.refuses]
    _decided(claims, lambda one: one.own is False)
    by_intent = {intent: share for intent in asked_intents(trial.case) if (share := _share(claims, intent)) is not None}
    if not by_intent:
        return None
    bare = [one.claim.text for one in claims if one.own is False]
    reason = f"not in the evidence of its intent: {' | '.join(bare)}" if bare else ""
    return Measured(sum(by_intent.values()) / len(by_intent), reason, {"by_intent": by_intent, "unsupported": bare})


def _share(claims: Sequence[Said], intent: str) -> float | None:
    own = [one.own for one in claims if intent in one.intents and one.own is not None]
    return sum(own) / len(own) if own else None


def _contamination(trial: Trial) -> Measured | None:
    claims = [one for one in said(trial) if one.intents and not one.refuses]
    if not claims or not tells_whose(trial):
        return None
    _decided(claims, lambda one: one.contaminated)
    mixed = [f"{'+'.join(one.intents)}: {one.claim.text}" for one in claims if one.contaminated]
    decided = sum(one.own is not None for one in claims)
    reason = f"only the evidence of another supports {' | '.join(mixed)}" if mixed else ""
    return Measured(len(mixed) / decided, reason, {"contaminated": mixed})


def _decided(claims: Sequence[Said], bad: Callable[[Said], bool]) -> None:
    """Raises: UnmeasurableError: the judge abstained on a claim and no other one is bad."""
    undecided = sum(one.own is None for one in claims)
    if undecided and not any(map(bad, claims)):
        raise UnmeasurableError(f"the judge abstained on {undecided} of {len(claims)} claims")


def _fan_out(trial: Trial) -> Measured | None:
    """Sub-agents that neither serve an asked intent nor are labelled, as an enrichment is."""
    ran = list(dict.fromkeys(trial.words("agents")))
    if not ran:
        return None
    serving = {agent for intent in trial.case.intents for agent in trial.resources.agents_of(intent)}
    extra = [agent for agent in ran if agent not in serving and agent not in trial.case.agents]
    return Measured(len(extra) / len(ran), f"nothing asked needs {', '.join(extra)}" if extra else "", {"extra": extra})


def _fidelity(trial: Trial) -> Measured:
    """How well the best of the found questions fits each labelled one; the one that fits worst decides."""
    labels = [part.text for part in trial.case.sub_queries]
    found = trial.records("sub_queries")
    values, reasons = [], []
    for at, label in enumerate(labels):
        others = [text for other, text in enumerate(labels) if other != at]
        value, why = max((_likeness(label, others, part) for part in found), default=(0.0, "not found"))
        values.append(value)
        reasons += [f"{label!r}: {why}"] if why else []
    return Measured(min(values), "; ".join(reasons))


def _likeness(label: str, others: Sequence[str], part: Mapping[str, Any]) -> tuple[float, str]:
    """The share of the label's words that are kept, times the share of the other questions' words that are left out.

    Words may have been taken over from earlier turns (`standalone`); what is too much is looked for in `text` alone.
    """
    own = _telling(label)
    text, standalone = str(part["text"]), str(part.get("standalone") or "")
    lost = [word.text for word in own if not _holds(f"{text} {standalone}", word)]
    strange = [word for other in others for word in _telling(other) if not _holds(label, word)]
    taken = [word.text for word in strange if _holds(text, word)]
    kept = 1 - len(lost) / len(own) if own else 1.0
    left_out = 1 - len(taken) / len(strange) if strange else 1.0
    parts = [f"{say} {', '.join(which)}" for say, which in (("lost", lost), ("took over", taken)) if which]
    return kept * left_out, "; ".join(parts)


def _telling(text: str) -> list[Word]:
    """The words that tell one question from another; all of them where there are none."""
    every = words(text)
    return [word for word in every if word.sort in _TELLS] or every


def _holds(text: str, word: Word) -> bool:
    return normalised(word.stem) in normalised(text) or any(word.keys & other.keys for other in words(text))


_TOLD = ("answer", "passages", "agents")
METRICS: tuple[Metric, ...] = (
    higher("intent_coverage", _coverage, _TOLD, "asked intents that something is said for", _asks_for_service),
    higher("intent_faithfulness", _faithfulness, _TOLD, "claims that their own intent's evidence supports",
           _asks_for_service),
    lower("cross_intent_contamination", _contamination, _TOLD, "claims that only another intent's evidence supports",
          _asks_for_several),
    lower("over_fan_out", _fan_out, ("agents",), "sub-agents run that nothing asked needs", _labels_agents),
    Metric("sub_query_fidelity", _fidelity, ("sub_queries",), "higher",
           "words of each question kept, of the others left out", _has_parts, passes_at=_FAITHFUL),
)  # fmt: skip
