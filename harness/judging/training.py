"""`harness judge fit`: read the development sets, fit, measure out of fold, say it all in one file.

The file names its data by their hashes, so that anybody can tell whether weights and data belong together. The same
data give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from harness.cases import ConfigError
from harness.jsonl import pretty
from harness.judging.controls import controls
from harness.judging.fit import as_data, examples, fit, out_of_fold
from harness.judging.measures import describe
from harness.judging.offline import OfflineJudge, model_from
from harness.judging.recipe import BAND
from harness.judging.sets import PUBLIC, Labelled, labelled_rows, public_rows
from harness.manifest import digest_of
from harness.mutation.fitting.table import lessons
from harness.mutation.mutants import Start
from harness.mutation.starts import rule_starts
from harness.runs import digest

PUBLIC_DATA = "../shared/data"
"""Where the public development sets lie beside the workspace, when nothing else is said."""
_SENTENCE_WORDS = 3
_OWN = "datasets/judge_dev.jsonl"
_ANSWERS = "datasets/observations/dev.jsonl"


@dataclass(frozen=True)
class Material:
    """Where the development claims lie: the project's own files and the folder of the public sets."""

    own: tuple[Path, ...]
    public: Path
    sentences: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def rows(self) -> list[Labelled]:
        """Every development claim; a `test` split is passed over.

        Raises:
            ConfigError: a set is not there; names it.
        """
        if missing := [str(path) for path in self.files if not path.is_file()]:
            raise ConfigError(f"{missing[0]} is not there; give the folder of the development sets with --data")
        own = [row for path in self.own for row in labelled_rows(path, "dev")]
        return [*own, *public_rows(self.public), *taught_rows(own, self.sentences)]

    @property
    def files(self) -> tuple[Path, ...]:
        return (*self.own, *(self.public / f"{name}.jsonl" for name in PUBLIC))


def taught_rows(own: Sequence[Labelled], sentences: Mapping[str, Sequence[str]]) -> list[Labelled]:
    """True claims and the rules' sentences made false or only restated, in the groups that they come from.

    The operators are those of `harness.mutation.fitting`; none of those that score a judge is among them.
    """
    starts = [_start(row, number) for number, row in enumerate(own) if row.supported and _is_sentence(row.claim)]
    return [
        Labelled(f"mutants_{one.start.language}", _group(one.start), one.start.question, one.context, one.text,
                 one.supported)
        for one in lessons([*starts, *rule_starts(sentences)])
    ]  # fmt: skip


def _start(row: Labelled, number: int) -> Start:
    return Start(f"{row.group}:{number}", row.claim, row.context, row.set, row.question, ids=frozenset({row.group}))


def _is_sentence(claim: str) -> bool:
    return len(claim.split()) >= _SENTENCE_WORDS


def _group(start: Start) -> str:
    return next(iter(start.ids))


def own_files(root: Path) -> tuple[Path, ...]:
    """The development claims of a workspace; sealed files are none of them."""
    return root / _OWN, root / _ANSWERS


def material(
    root: Path, data: Path | None = None, sentences: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> Material:
    """What a judge is fitted on.

    Args:
        root: of the workspace.
        data: the folder of the public sets, or one that holds it.
        sentences: the rules' sentences by citation id, Korean and English in turn; what mutants are made of beside
            labelled claims.
    """
    folder = data or root / PUBLIC_DATA
    inside = folder / "grounding_dev"
    return Material(own_files(root), inside if inside.is_dir() else folder, sentences)


def fitted(material: Material) -> str:
    """Fit a judge.

    Returns:
        what goes into `models/offline-judge.json`: weights, the band in which it abstains, hashes of the data, how such
        weights do out of fold with 95 % intervals, and what they know without their context.

    Raises:
        ConfigError: a set is not there.
    """
    rows = material.rows()
    known = examples(rows)
    data = as_data(fit(known))
    judged = out_of_fold(known)
    made = {
        **data,
        "assumes": "true and false claims are equally likely",
        "data": _hashes(material),
        "out_of_fold": describe(rows, [found.p_supported for found in judged], BAND),
        "controls": _controls(OfflineJudge(model_from(json.loads(json.dumps(data)))), rows),
    }
    return pretty(made) + "\n"


def _hashes(material: Material) -> dict[str, str]:
    files = {f"{path.parent.name}/{path.name}": digest(path) for path in material.files}
    rules = sorted((id_, *texts) for id_, texts in material.sentences.items())
    return {**files, "rules": digest_of(rules)} if rules else files


def _controls(judge: OfflineJudge, rows: Sequence[Labelled]) -> dict[str, object]:
    sets = dict.fromkeys(row.set for row in rows)
    return {name: controls(judge, [row for row in rows if row.set == name]) for name in sets}
