"""Where a mutation test starts: claims that are true beside contexts that support them.

Three sources: answers of a run to its dev cases, the rules' own sentences, and labelled claims of the judge's dev set.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.cases import Case, DataError, Observation
from harness.cells import stated, truth_of
from harness.claims import split_claims
from harness.jsonl import read_rows
from harness.mutation.mutants import Start
from harness.trial import Resources, Trial

_NEIGHBOURS = 2
_MIN_WORDS = 2


def answer_starts(
    cases: Mapping[tuple[str, str], Case], seen: Iterable[Observation], resources: Resources
) -> Iterator[Start]:
    """The claims of dev answers that the accepted truth supports, each beside all that was injected for its answer.

    Args:
        cases: by suite and id.
        seen: the observations of a run.
        resources: the judge that says what is true, and the truth.
    """
    for observation in seen:
        case = cases.get((observation.suite, observation.id))
        if case is not None and case.split == "dev" and observation.answer:
            yield from _of_answer(Trial(case, observation, resources))


def _of_answer(trial: Trial) -> Iterator[Start]:
    passages = trial.records("passages")
    for number, (claim, cited) in enumerate(stated(trial), start=1):
        if passages and truth_of(trial, claim, cited).holds:
            yield Start(
                id=f"{trial.case.id}:{number}",
                text=claim.text,
                context=tuple(str(passage["text"]) for passage in passages),
                source="answer",
                question=trial.question,
                topics=frozenset(trial.words("intents")),
                ids=frozenset(str(passage["id"]) for passage in passages),
            )


def rule_starts(sentences: Mapping[str, Sequence[str]]) -> Iterator[Start]:
    """Each sentence of a rule beside the rule and its neighbours in the file, Korean and English apart.

    Args:
        sentences: Korean, English, then any more pairs of them, by citation id in file order.
    """
    ids = list(sentences)
    for at, id_ in enumerate(ids):
        around = ids[max(0, at - _NEIGHBOURS) : at] + ids[at + 1 : at + 1 + _NEIGHBOURS]
        for language in (0, 1):
            texts = sentences[id_][language::2][:_NEIGHBOURS]
            context = (*texts, *(sentences[other][language] for other in around if len(sentences[other]) > language))
            for number, claim in enumerate(split_claims(" ".join(texts)), start=1):
                yield Start(f"{id_}:{language}.{number}", claim.text, context, "rule", ids=frozenset({id_}))


def labelled_starts(path: Path) -> Iterator[Start]:
    """The supported dev rows of a file of labelled claims; none where there is no such file.

    Raises:
        DataError: a row has no claim or context; names file and line.
    """
    for number, row in read_rows(path) if path.is_file() else ():
        if row.get("supported") is True and row.get("split") == "dev":
            yield _of_row(row, f"{path}:{number}")


def _of_row(row: Mapping[str, Any], where: str) -> Start:
    claim, context, question = row.get("claim"), row.get("context"), row.get("question")
    if not isinstance(claim, str) or not isinstance(context, list):
        raise DataError(f"{where}: a labelled claim needs claim and context; mend or remove the row")
    group = str(row.get("group", where))
    asked = question if isinstance(question, str) else None
    return Start(str(row.get("id", where)), claim, tuple(map(str, context)), "labelled", asked, ids=frozenset({group}))


def unique(starts: Iterable[Start]) -> list[Start]:
    """The first start of each text, those of fewer than two words left out: a fragment has no predicate to change."""
    first: dict[str, Start] = {}
    for start in starts:
        if len(start.text.split()) >= _MIN_WORDS:
            first.setdefault(start.text, start)
    return list(first.values())
