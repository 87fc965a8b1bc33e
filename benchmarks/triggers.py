"""Would a client load the right skill? `python -m benchmarks.triggers [--split dev|test]`.

A client shows a model the descriptions of all skills, and the model picks one or none. This is a proxy for that choice,
offline and repeatable: the product's own search over the descriptions alone ranks the skills for a question, and the
first is loaded where the score passes a threshold that was fitted on dev. It says whether the descriptions tell the
skills apart by their words and meaning; how a particular model reads them it does not say.

Rows of `datasets/skills/`: {"id", "query", "skill": the right one or null, "near_miss_of": one that must not load, or
null, "lang", "split"}. Of the test split aggregates alone are printed.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.console import say
from harness.intervals import interval
from harness.jsonl import read_rows
from kb import app

REPOSITORY = Path(__file__).resolve().parents[1]
FILES = {"dev": "datasets/skills/triggers.jsonl", "test": "datasets/skills/test.jsonl"}
_DESCRIPTION = "description: "
_NOT_FOR = re.compile(r"\bNot (?:for|while|when)\b[^.]*\.\s*")


@dataclass(frozen=True)
class Question:
    """What somebody asks. `skill` must load, none for None; `near_miss` must not."""

    text: str
    lang: str
    skill: str | None
    near_miss: str | None


@dataclass(frozen=True)
class Ranked:
    """The skill whose description comes first, and how well it answers, 0 to 1."""

    question: Question
    first: str
    score: float

    def loaded(self, threshold: float) -> str | None:
        return self.first if self.score >= threshold else None


def main() -> None:
    """Fit on dev, print the figures of a split."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=tuple(FILES), default="dev")
    split = parser.parse_args().split
    described = descriptions(REPOSITORY / "skills")
    dev = ranked(described, questions(REPOSITORY / FILES["dev"], "dev"))
    threshold = fitted(dev)
    found = dev if split == "dev" else ranked(described, questions(REPOSITORY / FILES[split], split))
    say(f"{split}: {len(found)} questions, {len(described)} skills, threshold {threshold:.3f} fitted on dev\n\n")
    say("".join(figures(found, threshold)))
    if split == "dev":
        say("".join(confusions(found, threshold)))


def descriptions(folder: Path) -> dict[str, str]:
    """The description of each skill below a folder, by name, without what it says it is not for: a model reads "not", a
    search would find the skill by the very words.
    """
    lines = {file.parent.name: file.read_text(encoding="utf-8").split("\n") for file in folder.glob("*/SKILL.md")}
    return {
        name: _NOT_FOR.sub("", next(line.removeprefix(_DESCRIPTION) for line in found if line.startswith(_DESCRIPTION)))
        for name, found in sorted(lines.items())
    }


def questions(file: Path, split: str) -> list[Question]:
    """The questions of a split in a file."""
    rows: list[dict[str, Any]] = [dict(row) for _, row in read_rows(file, file.name) if isinstance(row, Mapping)]
    return [
        Question(row["query"], row["lang"], row["skill"], row["near_miss_of"]) for row in rows if row["split"] == split
    ]


def ranked(described: Mapping[str, str], asked: Sequence[Question]) -> list[Ranked]:
    """Search the descriptions, in a workspace that holds nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "kb.toml").write_text("[kb]\n", encoding="utf-8")
        for name, text in described.items():
            (root / f"{name}.md").write_text(f"# {name}\n\n{text}\n", encoding="utf-8")
        workspace = app.open_workspace(root, {})
        app.index(workspace, {})
        knowledge = app.knowledge(workspace, {})
        results = [(question, knowledge.search(question.text, k=1)) for question in asked]
        return [
            Ranked(
                question, result.hits[0].passage.path.removesuffix(".md") if result.hits else "", result.answer_score
            )
            for question, result in results
        ]


def fitted(found: Sequence[Ranked]) -> float:
    """The threshold under which most questions are treated rightly; the lowest of equals."""
    return max(
        sorted({0.0, *(one.score for one in found)}), key=lambda threshold: (_right(found, threshold), -threshold)
    )


def figures(found: Sequence[Ranked], threshold: float) -> Iterator[str]:
    """Shares with 95 % intervals, for all and by language."""
    languages = sorted({one.question.lang for one in found})
    yield f"{'':34}" + "".join(f"{name:30}" for name in ("all", *languages)) + "\n"
    for name, of in _SHARES.items():
        slices = [found, *([one for one in found if one.question.lang == lang] for lang in languages)]
        yield f"{name:34}" + "".join(f"{_share(of(some, threshold)):30}" for some in slices) + "\n"


def confusions(found: Sequence[Ranked], threshold: float) -> Iterator[str]:
    """What was loaded in place of what, most often first."""
    pairs = Counter(
        (one.question.skill, loaded) for one in found if (loaded := one.loaded(threshold)) != one.question.skill
    )
    yield "\nmeant -> loaded\n"
    for (meant, loaded), count in sorted(pairs.items(), key=lambda item: (-item[1], str(item[0]))):
        yield f"{count:4}  {meant or 'none'} -> {loaded or 'none'}\n"


def _right(found: Sequence[Ranked], threshold: float) -> int:
    return sum(one.loaded(threshold) == one.question.skill for one in found)


def _recall(found: Sequence[Ranked], threshold: float) -> list[float]:
    return [float(one.loaded(threshold) == one.question.skill) for one in found if one.question.skill]


def _first(found: Sequence[Ranked], threshold: float) -> list[float]:
    return [float(one.first == one.question.skill) for one in found if one.question.skill]


def _near_misses(found: Sequence[Ranked], threshold: float) -> list[float]:
    return [float(one.loaded(threshold) == one.question.near_miss) for one in found if one.question.near_miss]


def _unasked(found: Sequence[Ranked], threshold: float) -> list[float]:
    return [float(one.loaded(threshold) is not None) for one in found if one.question.skill is None]


_SHARES = {
    "right skill loaded": _recall,
    "right skill first, any score": _first,
    "near miss loaded": _near_misses,
    "something loaded where none is": _unasked,
}


def _share(values: Sequence[float]) -> str:
    bounds = interval(values)
    if bounds is None:
        return f"n {len(values)}"
    return f"{sum(values) / len(values):.2f} [{bounds[0]:.2f}, {bounds[1]:.2f}] n {len(values)}"


if __name__ == "__main__":
    main()
