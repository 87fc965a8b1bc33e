"""Where claims to be labelled come from: the dev answers of a run, and files of claims. Test answers stay unseen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.cases import DataError
from harness.cells import stated
from harness.jsonl import read_rows
from harness.labelling.disputes import Item
from harness.trial import Trial

if TYPE_CHECKING:
    from harness.reading import Run
    from harness.trial import Resources


def of_run(run: Run, resources: Resources) -> Iterator[Item]:
    """The claims of the answers to dev cases, against what was injected for each; none where nothing was."""
    for suite, cases in run.cases.items():
        for case in cases:
            if case.split == "dev" and case.kind == "turn":
                for observation in run.answers(case):
                    trial = Trial(case, observation, resources)
                    context = tuple(str(passage["text"]) for passage in trial.records("passages"))
                    place = f"{suite}/{case.id}"
                    for claim, _ in stated(trial) if context else ():
                        yield Item(trial.question, context, claim.text, f"run:{place}", place)


def of_file(path: Path) -> Iterator[Item]:
    """Claims of `{"context", "claim"}` rows or of frozen answers, labelled or not; rows of a test split are left out.

    Raises:
        DataError: a row is neither; names file and line.
    """
    for number, row in read_rows(path):
        try:
            yield from _of_row(row, f"{path.name}:{number}")
        except (KeyError, TypeError) as error:
            raise DataError(f"{path}:{number}: no claim to label ({error!r}); it needs context and claim") from error


def _of_row(row: Mapping[str, Any], where: str) -> Iterator[Item]:
    if row.get("observation", row).get("split") == "test":
        return
    if "observation" not in row:
        question, group = row.get("question"), str(row.get("group", where))
        yield Item(question, tuple(map(str, row["context"])), str(row["claim"]), where, group)
        return
    seen = row["observation"]
    context = tuple(str(passage["text"]) for passage in seen["passages"])
    for claim in row["claims"]:
        yield Item(str(seen["question"]), context, str(claim["text"]), where, f"observed:{seen['id']}")
