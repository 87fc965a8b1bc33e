"""Measure an embedder alone, the lexical leg alone, and both fused: `python benchmarks/embedder.py --help`.

Sets: sections of documents that the training left out (heading -> section, paragraph -> the rest of its section, words
of a paragraph -> its translation); with --documents, headings of a folder of Markdown; with --queries, labelled
questions on that folder by document. One text is right a query unless labelled, so near-duplicates count as misses.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.adapters.parallel import read_sections
from kb.adapters.static_model import load
from kb.chunk import Origin, passages, title_of
from kb.fuse import blend
from kb.markdown import blocks
from kb.pairs import Section, split
from kb.ports import Embedder
from kb.postings import Postings
from kb.tokens import query_terms, terms

SHIPPED = Path(__file__).resolve().parents[1] / "kb" / "models" / "eco2-static-16k"
DEPTH = 10
SAMPLE = 700
RESAMPLES = 2_000
Measures = NDArray[np.float64]


@dataclass(frozen=True)
class Task:
    """Queries, texts, and for each query the groups that are right; `groups` says to which group each text belongs."""

    name: str
    queries: list[str]
    texts: list[str]
    right: list[set[int]]
    groups: list[int]


def main(words: Sequence[str] | None = None) -> None:
    options = _parser().parse_args(words)
    model = load(options.model)
    weights: list[float] = options.weight
    columns = ["lexical", "vector", *(f"fused {weight:g}" for weight in weights), f"fused {weights[0]:g} - lexical"]
    _say(f"{model.name} {model.revision}: MRR@{DEPTH} and its 95% interval by bootstrap over queries\n")
    _say(f"{'set':<22}{'queries':>8}{'texts':>7}{''.join(f'{column:>22}' for column in columns)}\n")
    for task in _tasks(options):
        scores = measure(task, model, weights)
        cells = [*map(_interval, scores), _interval(scores[2] - scores[0], "+")]
        _say(f"{task.name:<22}{len(task.queries):>8}{len(task.texts):>7}{''.join(f'{cell:>22}' for cell in cells)}\n")


def measure(task: Task, model: Embedder, weights: Sequence[float]) -> list[Measures]:
    """Give the reciprocal rank of each query: lexical, vector, and fused by each weight on the lexical leg."""
    postings = Postings()
    for number, text in enumerate(task.texts):
        postings.add(number, Counter(terms(text)))
    matrix = model.embed(task.texts)
    numbers = np.arange(len(task.texts))
    found: list[list[float]] = [[] for _ in range(2 + len(weights))]
    for query, vector, right in zip(task.queries, model.embed(task.queries), task.right, strict=True):
        lexical = postings.score(query_terms(query), numbers)
        near = (matrix @ vector).astype(np.float64)
        scores = [lexical, near, *(blend(lexical, near, weight) for weight in weights)]
        for row, leg in zip(found, scores, strict=True):
            row.append(_reciprocal_rank(leg, right, task.groups))
    return [np.array(row) for row in found]


def sections_tasks(sections: Sequence[Section], seed: int) -> Iterator[Task]:
    """Make the sets of held-out sections; queries whose heading stands twice are left out."""
    chance = random.Random(seed)
    titled = [one for one in sections if one.heading_ko and one.heading_en and min(map(len, one.bodies)) >= 60]
    korean, english = ([one.bodies[side] for one in titled] for side in (0, 1))
    yield _by_heading("heading ko -> ko", [one.heading_ko for one in titled], korean)
    yield _by_heading("heading ko -> en", [one.heading_ko for one in titled], english)
    yield _by_heading("heading en -> ko", [one.heading_en for one in titled], korean)
    out = {number: chance.randrange(len(one.aligned)) for number, one in enumerate(titled) if len(one.aligned) >= 3}
    queries = [titled[number].aligned[place][0][:300] for number, place in out.items()]
    for side, name in ((0, "paragraph ko -> ko"), (1, "paragraph ko -> en")):
        rests = [_rest(one, side, out.get(number)) for number, one in enumerate(titled)]
        yield _one_each(name, queries, rests, list(out))
    untitled = [one for one in sections if not one.heading_ko and len(one.bodies[0]) >= 60]
    chosen = chance.sample(range(len(untitled)), min(SAMPLE, len(untitled)))
    queries = [_span(untitled[number].bodies[0], chance) for number in chosen]
    yield _one_each("3-6 words ko -> en", queries, [one.bodies[1] for one in untitled], chosen)


def headings_task(folder: Path, seed: int) -> Task:
    """Headings of a folder's documents against their sections' text without it; copies of a document are left out."""
    headings, bodies = [], []
    for _, text in _documents(folder):
        heading, body = "", list[str]()
        for block in [*blocks(text.split("\n")), None]:
            if block is not None and block.kind != "heading":
                body.append(block.text)
                continue
            if heading and len("".join(body)) >= 60:
                headings.append(heading)
                bodies.append("\n".join(body)[:1500])
            heading, body = (block.text if block is not None else ""), []
    task = _by_heading("headings", headings, bodies)
    chosen = random.Random(seed).sample(range(len(task.queries)), min(SAMPLE, len(task.queries)))
    return Task(
        f"headings of {folder.name}",
        [task.queries[number] for number in chosen],
        bodies,
        [task.right[number] for number in chosen],
        task.groups,
    )


def questions_task(folder: Path, questions: Path) -> Task:
    """Labelled questions on the passages of a folder, right by document; a copy of a right document is right."""
    texts: list[str] = []
    groups: list[int] = []
    number_of: dict[str, int] = {}
    for number, (paths, text) in enumerate(_documents(folder)):
        number_of |= dict.fromkeys(paths, number)
        for passage in _passages(paths[0], text):
            texts.append(passage)
            groups.append(number)
    rows = [json.loads(line) for line in questions.read_text(encoding="utf-8").splitlines()]
    right = [{number_of[path] for path in row["relevant"] if path in number_of} for row in rows]
    return Task(questions.stem[:21], [row["query"] for row in rows], texts, right, groups)


def _passages(path: str, text: str) -> Iterator[str]:
    body = blocks(text.split("\n"))
    title = title_of(body) or path
    for passage in passages(Origin(path, "doc", title), text.split("\n"), body):
        yield f"{title}\n{passage.heading}\n{passage.indexed}"


def _documents(folder: Path) -> Iterator[tuple[list[str], str]]:
    copies: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("*.md")):
        copies.setdefault(path.read_text(encoding="utf-8", errors="replace"), []).append(str(path.relative_to(folder)))
    for text, paths in copies.items():
        yield paths, text


def _by_heading(name: str, headings: Sequence[str], bodies: list[str]) -> Task:
    count = Counter(headings)
    chosen = [number for number, heading in enumerate(headings) if count[heading] == 1 and len(heading) >= 4]
    return _one_each(name, [headings[number] for number in chosen], bodies, chosen)


def _one_each(name: str, queries: list[str], texts: list[str], right: Iterable[int]) -> Task:
    return Task(name, queries, texts, [{number} for number in right], list(range(len(texts))))


def _rest(section: Section, side: int, out: int | None) -> str:
    if out is None:
        return section.bodies[side]
    return "\n".join(pair[side] for place, pair in enumerate(section.aligned) if place != out)


def _span(text: str, chance: random.Random) -> str:
    words = text.split()
    length = min(len(words), chance.randint(3, 6))
    start = chance.randint(0, len(words) - length)
    return " ".join(words[start : start + length])


def _reciprocal_rank(scores: Measures, right: set[int], groups: Sequence[int]) -> float:
    seen: dict[int, None] = {}
    for number in np.lexsort((np.arange(len(scores)), -scores)):
        if scores[number] <= 0 or (len(seen) == DEPTH and groups[number] not in seen):
            break
        seen[groups[number]] = None
        if groups[number] in right:
            return 1 / len(seen)
    return 0.0


def _interval(scores: Measures, sign: str = "") -> str:
    means = np.random.default_rng(0).choice(scores, (RESAMPLES, len(scores))).mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return f"{scores.mean():{sign}.3f} [{low:{sign}.3f}, {high:{sign}.3f}]"


def _tasks(options: argparse.Namespace) -> Iterator[Task]:
    if options.pairs:
        yield from sections_tasks(split(read_sections(options.pairs), options.held_out)[1], options.seed)
    for folder in options.documents:
        yield headings_task(folder, options.seed)
    for folder, questions in options.questions:
        yield questions_task(folder, questions)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add: Callable[..., object] = parser.add_argument
    add("--model", type=Path, default=SHIPPED, help="a model folder; the shipped one")
    add("--pairs", type=Path, help="aligned sections, as `kb embedder fetch` writes them")
    add("--held-out", type=float, default=0.1, help="the share that the training left out")
    add("--documents", type=Path, action="append", default=[], help="a folder of Markdown, for its headings")
    add("--questions", type=Path, nargs=2, action="append", default=[], help="a folder and its labelled questions")
    add("--weight", type=float, nargs="+", default=[0.3, 0.5, 0.6], help="of the lexical leg")
    add("--seed", type=int, default=5)
    return parser


def _say(text: str) -> None:
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
