"""What each step should have given, by a case's labels and the accepted truth, and whether a response differs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from harness.case_files import full_id, normalised
from harness.cases import Measured
from harness.citation_marks import cited_ids
from harness.diagnosis.steps import Step
from harness.metrics import METRICS
from harness.trial import Trial

Overrides = dict[str, object]
_ROUTE = ("intent_exact", "sub_query_exact", "sub_query_fidelity", "routing_exact")
_SENTENCES = 2


def is_wrong(step: Step, trial: Trial) -> bool:
    """Whether a step gave something else than it should have; False where no label says what it should have given."""
    return _WRONG[step](trial)


def put_right(step: Step, trial: Trial) -> Overrides:
    """The overrides that put a step right."""
    return _RIGHT[step](trial)


def beside_others(step: Step, trial: Trial) -> Overrides:
    """The right passages, or their right words, among all that was selected: a ranker must tell them apart."""
    right = put_right(step, trial)["passages"]
    others = [id_ for id_ in _ids(trial) if id_ not in trial.case.rules]
    return {"passages": [*(right if isinstance(right, list) else ()), *others]}


def _misrouted(trial: Trial) -> bool:
    if not trial.case.intents:
        return False
    if "intents" not in trial.response:
        return True
    return any(_fails(name, trial) for name in _ROUTE)


def _fails(name: str, trial: Trial) -> bool:
    row = METRICS[name]
    if not row.applies(trial.case) or any(part not in trial.response for part in row.needs):
        return False
    found = row.measure(trial)
    value = found.value if isinstance(found, Measured) else found
    return value is not None and not row.passes(float(value))


def _route(trial: Trial) -> Overrides:
    """Labelled questions, else the intents alone.

    In a conversation a question is put as the target understood it: what it took over from earlier turns is no label's.
    """
    case, heard = trial.case, trial.records("sub_queries")
    parts = [(part.text, part.intents) for part in case.sub_queries]
    if len(case.turns) > 1 and len(heard) == max(1, len(parts)):
        intents = [part for _, part in parts] or [case.intents]
        texts = [str(one.get("standalone") or one["text"]) for one in heard]
        parts = list(zip(texts, intents, strict=True))
    questions = [{"text": text, "intents": list(intents)} for text, intents in parts]
    return {"route": questions or list(case.intents)}


def _missed(trial: Trial) -> bool:
    """A needed passage was not selected; or something was, for a question that nothing answers."""
    if not trial.case.rules:
        return not trial.case.answerable and bool(trial.records("passages"))
    return not set(trial.case.rules) <= set(_ids(trial))


def _passages(trial: Trial) -> Overrides:
    return {"passages": list(trial.case.rules)}


def _misranked(trial: Trial) -> bool:
    """Everything needed was selected, and something else stands before it, in what one sub-agent selected.

    What the answer cites was ranked well enough.
    """
    wanted = set(trial.case.rules)
    if not wanted or not wanted <= set(_ids(trial)) or wanted <= set(_cited(trial)):
        return False
    return any(not _leads(wanted, ids) for ids in _by_agent(trial).values())


def _cited(trial: Trial) -> list[str]:
    return cited_ids(trial.answer, trial.records("citations"))


def _leads(wanted: set[str], ids: list[str]) -> bool:
    here = wanted & set(ids)
    return set(ids[: len(here)]) == here


def _ranking(trial: Trial) -> Overrides:
    return {"ranking": list(trial.case.rules)}


def _misworded(trial: Trial) -> bool:
    """A needed passage was selected and does not say what is accepted of it."""
    injected = {full_id(str(one["id"])): str(one["text"]) for one in trial.records("passages")}
    return any(id_ in injected and not _agrees(trial, id_, injected[id_]) for id_ in trial.case.rules)


def _agrees(trial: Trial, id_: str, text: str) -> bool:
    """Rules are quoted, so that their accepted wording must stand there; other facts are worded anew each time."""
    accepted = [sentence for _, sentence in trial.resources.gold.of([id_])]
    if id_.startswith("rule:") and accepted:
        return any(normalised(sentence) in normalised(text) for sentence in accepted)
    needed = [fact for fact in trial.case.required if _says("\n".join(accepted), fact)]
    return all(_says(text, fact) for fact in needed)


def _says(text: str, fact: tuple[str, ...]) -> bool:
    return any(re.search(option, text, re.IGNORECASE) for option in fact)


def _text(trial: Trial) -> Overrides:
    return {"passages": [_accepted(trial, id_) for id_ in trial.case.rules]}


def _accepted(trial: Trial, id_: str) -> object:
    """A passage in its accepted words: the sentences that hold what the case requires, else the first two."""
    sentences = [sentence for _, sentence in trial.resources.gold.of([id_])]
    needed = [one for one in sentences if any(_says(one, fact) for fact in trial.case.required)]
    return {"id": id_, "text": "\n".join(needed or sentences[:_SENTENCES])} if sentences else id_


def unsaid_by_passages(trial: Trial, missed: list[str]) -> list[str]:
    """Which of the missed facts (by their first expression) no needed passage holds, as injected or as accepted."""
    injected = [str(one["text"]) for one in trial.records("passages") if full_id(str(one["id"])) in trial.case.rules]
    text = "\n".join([*injected, *(sentence for _, sentence in trial.resources.gold.of(trial.case.rules))])
    facts = [fact for fact in trial.case.required if fact[0] in missed]
    return [fact[0] for fact in facts if not _says(text, fact)]


def _ids(trial: Trial) -> list[str]:
    return list(dict.fromkeys(full_id(str(one["id"])) for one in trial.records("passages")))


def _by_agent(trial: Trial) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in trial.records("passages"):
        found.setdefault(str(one.get("agent")), []).append(full_id(str(one["id"])))
    return found


_WRONG: Mapping[Step, Callable[[Trial], bool]] = {
    "route": _misrouted, "passages": _missed, "ranking": _misranked, "text": _misworded,
}  # fmt: skip
_RIGHT: Mapping[Step, Callable[[Trial], dict[str, Any]]] = {
    "route": _route, "passages": _passages, "ranking": _ranking, "text": _text,
}  # fmt: skip
