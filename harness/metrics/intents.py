"""Were the intents of a message found: as sets, since their order is no one's promise; and did each get its answer."""

from __future__ import annotations

from harness.cases import Case, Measured
from harness.citation_marks import cited_ids
from harness.statements import refuses
from harness.trial import Metric, Trial, higher, lower


def _labelled(case: Case) -> bool:
    return bool(case.intents)


def _asks_for_service(case: Case) -> bool:
    return any(intent != "general" for intent in case.intents)


def _has_parts(case: Case) -> bool:
    return len(case.sub_queries) > 1


def set_scores(found: set[str], wanted: set[str]) -> tuple[float, float, float]:
    """Precision, recall and F1 of two sets; nothing found of nothing wanted is perfect, else an empty side gives 0."""
    if not found and not wanted:
        return 1.0, 1.0, 1.0
    both = len(found & wanted)
    precision = both / len(found) if found else 0.0
    recall = both / len(wanted) if wanted else 0.0
    return precision, recall, 2 * both / (len(found) + len(wanted))


def difference(found: set[str], wanted: set[str]) -> str:
    """Say what is missing and what is too much, empty when nothing is."""
    parts = [("missing", wanted - found), ("extra", found - wanted)]
    return "; ".join(f"{word} {', '.join(sorted(names))}" for word, names in parts if names)


def _precision(trial: Trial) -> Measured:
    return _scored(trial, 0)


def _recall(trial: Trial) -> Measured:
    return _scored(trial, 1)


def _f1(trial: Trial) -> Measured:
    return _scored(trial, 2)


def _scored(trial: Trial, which: int) -> Measured:
    found, wanted = set(trial.words("intents")), set(trial.case.intents)
    return Measured(set_scores(found, wanted)[which], difference(found, wanted))


def _exact(trial: Trial) -> Measured:
    found, wanted = set(trial.words("intents")), set(trial.case.intents)
    return Measured(float(found == wanted), difference(found, wanted))


def _dropped(trial: Trial) -> Measured:
    wanted = [intent for intent in trial.case.intents if intent != "general"]
    dropped = {intent: why for intent in wanted if (why := _why_dropped(trial, intent))}
    reason = "; ".join(f"{intent}: {why}" for intent, why in dropped.items())
    return Measured(len(dropped) / len(wanted), reason, {"dropped": sorted(dropped)})


def _why_dropped(trial: Trial, intent: str) -> str:
    if intent not in trial.words("intents"):
        return "not found in the message"
    agents = set(trial.resources.agents_of(intent))
    if "agents" in trial.response and not agents & set(trial.words("agents")):
        return "no sub-agent ran for it"
    return "" if _reached_the_answer(trial, agents) else "nothing of its sub-agent is in the answer"


def _reached_the_answer(trial: Trial, agents: set[str]) -> bool:
    """Something that a sub-agent of the intent injected is cited, or it had nothing and the answer says so."""
    if not {"passages", "citations"} <= trial.response.keys():
        return True
    injected = {passage["id"] for passage in trial.records("passages") if passage.get("agent") in agents}
    if not injected:
        return refuses(trial.answer)
    return bool(injected & set(cited_ids(trial.answer, trial.records("citations"))))


def _parts_exact(trial: Trial) -> Measured:
    found = sorted(tuple(sorted(part["intents"])) for part in trial.records("sub_queries"))
    wanted = sorted(tuple(sorted(part.intents)) for part in trial.case.sub_queries)
    return Measured(float(found == wanted), "" if found == wanted else f"expected {wanted}, got {found}")


METRICS: tuple[Metric, ...] = (
    higher("intent_precision", _precision, ("intents",), "found intents that were asked", _labelled),
    higher("intent_recall", _recall, ("intents",), "asked intents that were found", _labelled),
    higher("intent_f1", _f1, ("intents",), "harmonic mean of the two, per message", _labelled),
    higher("intent_exact", _exact, ("intents",), "messages whose intents are found exactly", _labelled),
    lower("dropped_intent_rate", _dropped, ("intents", "answer"), "asked intents without answer", _asks_for_service),
    higher("sub_query_exact", _parts_exact, ("sub_queries",), "messages split into the right parts", _has_parts),
)
