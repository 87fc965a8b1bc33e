"""`harness label` without printing: what is to be decided, where decisions are kept, how they become data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cases import ConfigError
from harness.jsonl import append_row, drop_torn_end
from harness.judging.sets import labelled_rows
from harness.labelling.as_data import Intake, intake, labels_in
from harness.labelling.decisions import earlier, read_decisions
from harness.labelling.disputes import Dispute, Item, disputes
from harness.labelling.items import of_file, of_run
from harness.reading import opened

if TYPE_CHECKING:
    from harness.app import Site
    from harness.app_judge import Judging
    from harness.ports import Judge

DECISIONS = Path(".harness") / "decisions.jsonl"
LABELS = Path("datasets") / "labels" / "dev.jsonl"


def items(site: Site, run: Path | None, files: Sequence[Path]) -> list[Item]:
    """The claims of a run and of files; of the newest run where neither is named.

    Raises:
        ReportMissing: there is no run.
        DataError: a row is damaged.
    """
    found = [item for path in files for item in of_file(path)]
    if run is not None or not files:
        made = opened(site.bench(), site.run_folder(run))
        found += of_run(made, site.resources)
    return found


def to_decide(
    judgings: Mapping[str, Judging], found: Sequence[Item], near: float, decisions: Path, who: str, limit: int
) -> list[Dispute]:
    """Ask the judges and return what is worth a look and not decided by this person yet, in order.

    Args:
        judgings: the judges by name.
        found: the claims.
        near: see `disputes.disputes`.
        decisions: where decisions are kept.
        who: looks.
        limit: so many at most; 0 for all.

    Raises:
        ConfigError: asking may cost more than the budget.
    """
    done = {one.item.key for one in earlier(decisions) if one.who == who and one.supported is not None}
    left = [item for item in found if item.key not in done]
    for name, judging in judgings.items():
        judging.afford(partial(_ask_all, judging.judge, left), name)
    judges = {name: judging.judge for name, judging in judgings.items()}
    return list(islice(disputes(judges, left, near), limit or None))


def _ask_all(judge: Judge, found: Sequence[Item]) -> None:
    for item in found:
        judge.judge(item.question, item.context, item.claim)


def take_in(decisions: Path, target: Path, known: Sequence[Path] = ()) -> Intake:
    """Add decisions to a file of labels; rows that are there already stay as they are.

    Args:
        decisions: what people decided.
        target: the labelled claims that grow.
        known: other labelled development claims, which decisions may repeat or contradict.

    Raises:
        ConfigError: no decisions, or the file is no place for labels.
        DataError: a row of either is damaged.
    """
    elsewhere = [row for path in known if path.is_file() for row in labelled_rows(path, "dev")]
    found = intake(read_decisions(decisions), [*elsewhere, *labels_in(target)])
    if found.rows:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_file():
            drop_torn_end(target)
        with target.open("a", encoding="utf-8", newline="\n") as stream:
            for row in found.rows:
                append_row(stream, row)
    return found


def named(who: str) -> str:
    """Raises: ConfigError: nobody is named."""
    if not who.strip():
        raise ConfigError("say who decides by --who NAME; it stands beside each decision")
    return who.strip()
