"""How well a target that searches ranks documents. A document is known by its path or that of an identical copy."""

from __future__ import annotations

import re
import unicodedata

from harness.cases import Case, Measured
from harness.ranking import ndcg_at, recall_at, reciprocal_rank
from harness.trial import Metric, Trial, higher, lower, telling

K = 5
_PIECE = re.compile(r"\d[\d.]*|[^\s\d]+")


def _has_relevant(case: Case) -> bool:
    return bool(case.relevant)


def _has_unwanted(case: Case) -> bool:
    return bool(case.not_first)


def _has_facts(case: Case) -> bool:
    return bool(case.answer_facts)


def _answerable(case: Case) -> bool:
    return case.kind == "search" and case.answerable


def _unanswerable(case: Case) -> bool:
    return case.kind == "search" and not case.answerable


def ranked(trial: Trial) -> tuple[list[str], set[str]]:
    """The ranking of distinct documents and the relevant ones.

    A hit stands for its path and those of its identical copies; whichever of them is labelled gives the name, so that a
    document labelled under two paths counts once.
    """
    ranking: list[str] = []
    relevant = set(trial.case.relevant)
    for hit in trial.records("hits"):
        paths = [str(hit["path"]), *map(str, hit.get("also_at") or ())]
        labelled = [path for path in trial.case.relevant if path in paths]
        name = labelled[0] if labelled else paths[0]
        relevant -= set(labelled[1:])
        if name not in ranking:
            ranking.append(name)
    return ranking, relevant


def _recall(trial: Trial) -> Measured:
    ranking, relevant = ranked(trial)
    missed = sorted(relevant - set(ranking[:K]))
    return Measured(recall_at(ranking, relevant, K), f"not in the first {K}: {', '.join(missed)}" if missed else "")


def _reciprocal_rank(trial: Trial) -> float:
    return reciprocal_rank(*ranked(trial))


def _ndcg(trial: Trial) -> float:
    ranking, relevant = ranked(trial)
    return ndcg_at(ranking, dict.fromkeys(relevant, 1.0), 10)


def _unwanted_first(trial: Trial) -> Measured:
    ranking, _ = ranked(trial)
    first = ranking[0] if ranking else ""
    return Measured(float(first in trial.case.not_first), f"{first} is first" if first in trial.case.not_first else "")


def _facts_found(trial: Trial) -> Measured:
    shown = "\n".join(str(hit.get("text", "")) for hit in trial.records("hits")[:K])
    missed = [fact for fact in trial.case.answer_facts if not says(shown, fact)]
    share = 1 - len(missed) / len(trial.case.answer_facts)
    return Measured(share, f"not in the first {K} texts: {', '.join(missed)}" if missed else "")


def says(shown: str, fact: str) -> bool:
    """A text holds a fact, spaces and thousands' commas aside; 33 is not found in 1334 or 3.33."""
    wanted = _plain(fact)
    start = r"(?<!\d)(?<!\d\.)" if wanted[:1].isdigit() else ""
    end = r"(?!\.?\d)" if wanted[-1:].isdigit() else ""
    pattern = start + r"\s*".join(map(re.escape, _PIECE.findall(wanted))) + end
    return re.search(pattern, _plain(shown)) is not None


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"(?<=\d),(?=\d{3})", "", folded)


def _held_back(trial: Trial) -> float:
    return float(trial.response["answerable"] is False)


def _not_held_back(trial: Trial) -> float:
    return float(trial.response["answerable"] is True)


_SAID = ("hits", "answerable")
METRICS: tuple[Metric, ...] = (
    higher("recall_at_5", _recall, ("hits",), "relevant documents among the first five", _has_relevant),
    telling("mrr", _reciprocal_rank, ("hits",), "one over the rank of the first relevant document", _has_relevant),
    telling("ndcg_at_10", _ndcg, ("hits",), "discounted gain of the first ten against the best order", _has_relevant),
    higher("facts_found", _facts_found, ("hits",), "facts of the answer that the first five texts hold", _has_facts),
    lower("not_first_violation", _unwanted_first, ("hits",), "searches led by a barred document", _has_unwanted),
    lower("search_false_refusal", _held_back, _SAID, "answerable searches called unanswerable", _answerable),
    lower("search_false_answer", _not_held_back, _SAID, "unanswerable searches called answerable", _unanswerable),
)
