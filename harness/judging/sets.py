"""Labelled claims to fit and measure the judge on: the project's own and the public development sets.

Public sets are read where they are present (`SHARED_DATA`, folder `grounding_dev`); none is part of the package. What
is left out: turns of BEGIN that its annotators call generic, which say nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.cases import DataError
from harness.jsonl import read_rows


@dataclass(frozen=True)
class Labelled:
    """A claim beside its context with what people say of it.

    Claims of one `group` share a document or question and are never split between fitting and measuring. Of one `pair`
    the supported claim should get more than the others; "" where nothing is paired.
    """

    set: str
    group: str
    question: str | None
    context: tuple[str, ...]
    claim: str
    supported: bool
    kind: str | None = None
    pair: str = ""


def own_rows(path: Path, split: str = "dev") -> Iterator[Labelled]:
    """The project's own claims; the set of a row is the first part of its id."""
    return labelled_rows(path, split)


def labelled_rows(path: Path, split: str = "") -> Iterator[Labelled]:
    """Labelled claims of either shape: frozen answers with claims, or rows of `{"context", "claim", "supported"}`.

    Args:
        path: a JSONL file.
        split: `dev` or `test`; both if empty.

    Raises:
        DataError: a row is neither; names file and line.
    """
    for number, row in read_rows(path):
        try:
            found = list(_of_answer(row) if "observation" in row else [_of_row(row, number)])
            wanted = not split or _split(row) == split
        except (KeyError, TypeError) as error:
            raise DataError(
                f"{path}:{number}: no labelled claim ({error!r}); it needs context, claim, supported"
            ) from error
        yield from found if wanted else ()


def _split(row: Mapping[str, Any]) -> str:
    return str(row.get("observation", row).get("split", ""))


def _of_row(row: Mapping[str, Any], number: int) -> Labelled:
    return _labelled(
        str(row.get("id", number)).split("-")[0], str(row.get("group", number)), row, bool(row["supported"])
    )


def _of_answer(row: Mapping[str, Any]) -> Iterator[Labelled]:
    """Claims of a frozen answer against what was injected for it."""
    observation = row["observation"]
    context = tuple(passage["text"] for passage in observation["passages"])
    for claim in row["claims"]:
        yield Labelled(
            "observed", f"observed:{observation['id']}", observation["question"], context, claim["text"],
            bool(claim["grounded"]), claim.get("kind"),
        )  # fmt: skip


def public_rows(folder: Path) -> Iterator[Labelled]:
    """The development sets of `folder`, each where it is there."""
    for name, read in _READERS.items():
        path = folder / f"{name}.jsonl"
        if path.is_file():
            for _, row in read_rows(path):
                yield from read(name, row)


def _labelled(name: str, group: str, row: Mapping[str, Any], supported: bool, claim: str = "claim") -> Labelled:
    return Labelled(
        set=name,
        group=f"{name}:{group}",
        question=row.get("question"),
        context=tuple(row["context"]),
        claim=row[claim],
        supported=supported,
        kind=row.get("kind"),
        pair=str(row.get("pair", "")),
    )


def _expertqa(name: str, row: Mapping[str, Any]) -> Iterator[Labelled]:
    yield _labelled(name, row["question"], row, bool(row["supported"]))


def _halueval(name: str, row: Mapping[str, Any]) -> Iterator[Labelled]:
    paired = {**row, "pair": row["id"]}
    yield _labelled(name, row["id"], paired, supported=True, claim="right_answer")
    yield _labelled(name, row["id"], paired, supported=False, claim="hallucinated_answer")


def _summedits(name: str, row: Mapping[str, Any]) -> Iterator[Labelled]:
    yield _labelled(name, str(row["id"]).rsplit("_", 1)[0], row, bool(row["supported"]))


def _begin(name: str, row: Mapping[str, Any]) -> Iterator[Labelled]:
    if row["label"] != "Generic":
        yield _labelled(name, row["context"][0][:200], row, row["label"] == "Fully attributable")


def _xnli(name: str, row: Mapping[str, Any]) -> Iterator[Labelled]:
    shaped = {"context": [row["premise"]], "claim": row["hypothesis"], "kind": row["label"]}
    yield _labelled(name, row["premise"], shaped, row["label"] == "entailment")


_READERS: Mapping[str, Callable[[str, Mapping[str, Any]], Iterator[Labelled]]] = {
    "expertqa": _expertqa,
    "halueval": _halueval,
    "summedits": _summedits,
    "begin": _begin,
    "xnli_ko_dev": _xnli,
}
PUBLIC = tuple(_READERS)
