"""Do citations lead somewhere, say what the claim says, and name the rules that hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.case_files import full_id
from harness.cases import Case, Measured, Source
from harness.cells import stated
from harness.citation_marks import cited_ids
from harness.trial import Metric, Trial, UnmeasurableError, higher, telling


def _labelled(case: Case) -> bool:
    return bool(case.rules)


def _resolves(trial: Trial) -> Measured | None:
    cited = _cited(trial)
    if not cited:
        return None
    lost = [id_ for id_, citation in cited if not _leads(trial.resources.provenance.resolve(id_), citation)]
    return Measured(1 - len(lost) / len(cited), f"lead nowhere: {', '.join(lost)}" if lost else "", {"lost": lost})


def _entails(trial: Trial) -> Measured | None:
    """Each cited claim against the cited sentences alone; a claim that the judge abstains on is told, not counted."""
    judged = [(claim, ids, _verdict(trial, claim.text, ids)) for claim, ids in stated(trial) if ids]
    if not judged:
        return None
    broken = [claim.text for claim, _, verdict in judged if verdict == "unsupported"]
    undecided = sum(verdict == "abstain" for _, _, verdict in judged)
    if undecided and not broken:
        raise UnmeasurableError(f"the judge abstained on {undecided} of {len(judged)} cited claims")
    share = 1 - len(broken) / (len(judged) - undecided)
    return Measured(share, f"not said by what is cited: {' | '.join(broken)}" if broken else "", {"broken": broken})


def _among_gold(trial: Trial) -> Measured | None:
    cited = [id_ for id_, _ in _cited(trial)]
    if not cited:
        return None
    other = [id_ for id_ in cited if id_ not in trial.case.rules]
    return Measured(1 - len(other) / len(cited), f"not among the gold rules: {', '.join(other)}" if other else "")


def _covered(trial: Trial) -> Measured | None:
    claims = stated(trial)
    if not claims:
        return None
    bare = [claim.text for claim, ids in claims if not ids]
    return Measured(1 - len(bare) / len(claims), f"without citation: {' | '.join(bare)}" if bare else "")


def _cited(trial: Trial) -> list[tuple[str, Mapping[str, Any]]]:
    listed = trial.records("citations")
    if listed:
        return [(full_id(str(citation["id"])), citation) for citation in listed]
    return [(id_, {}) for id_ in cited_ids(trial.answer, ())]


def _leads(source: Source | None, citation: Mapping[str, Any]) -> bool:
    """The id exists, and the place that the response names for it, where it names one, is the right one."""
    if source is None:
        return False
    place = {"path": source.path, "line_start": source.line_start, "line_end": source.line_end}
    return all(citation.get(key) in (None, value) for key, value in place.items())


def _verdict(trial: Trial, claim: str, ids: list[str]) -> str:
    sources = [trial.resources.provenance.resolve(id_) for id_ in ids]
    texts = [text for source in sources if source is not None for text in source.texts]
    return trial.resources.judge.judge(trial.question, texts, claim).verdict if texts else "unsupported"


METRICS: tuple[Metric, ...] = (
    higher("citation_resolves", _resolves, ("answer", "citations"), "citations that lead to the lines they name"),
    higher("citation_entails", _entails, ("answer", "citations"), "cited claims that the cited lines say"),
    telling("citation_gold", _among_gold, ("answer", "citations"), "citations that name a rule of the case", _labelled),
    higher("citation_coverage", _covered, ("answer", "citations"), "claims that have a citation"),
)
