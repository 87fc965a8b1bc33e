"""The dev cases of a run for the report: the worst failures for the page itself, all others in files beside it.

A page that was opened from disk may not read files beside it (`fetch` of `file:` is refused), but it may run a script
that lies there. So each side file is a script with one call, `reportCases(page, [html, …])`, loaded when it is wanted.
One case is held at a time; of each only a row of the index stays. Test cases are never told.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.baseline import NO_BASELINE, Baseline
from harness.jsonl import write_text
from harness.reading import Run
from harness.reporting.case_detail import detail
from harness.reporting.told import Told, told_of

FOLDER = "report-cases"
PER_PAGE = 200
_LONGEST = 60
"""Characters of a question that the index keeps for the list; the search goes through them."""


@dataclass
class Pages:
    """What came of a walk through the dev cases.

    Attributes:
        failed: details of the cases that the page itself tells.
        failing: how many failed, those of the side files too.
        index: a row a dev case: suite, id, verdict, page (0: the page itself), place there, question, then its intents
            and tags; suites and these are told by their number in `words`.
        words: suites, intents and tags, each once.
    """

    failed: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    index: list[list[str | int]] = field(default_factory=list)
    words: dict[str, int] = field(default_factory=dict)
    failing: int = 0
    count: int = 0


def write_pages(
    run: Run,
    folder: Path,
    inside: Sequence[tuple[str, str]],
    draw: Callable[[Mapping[str, object]], str],
    blame: Mapping[tuple[str, str], Mapping[str, Any]] | None = None,
    baseline: Baseline = NO_BASELINE,
) -> Pages:
    """Write the side files anew.

    Args:
        run: an opened and scored run.
        folder: of the report.
        inside: (suite, id) of the cases that the page itself tells, in its order.
        draw: turns the view of one case into HTML, everything foreign escaped.
        blame: rows of `blame.json`.
        baseline: what was accepted.
    """
    pages, wanted = Pages(), {place: at for at, place in enumerate(inside)}
    held: list[str] = []
    for told, before in _told(run, baseline):
        place = told.case.suite, told.case.id
        pages.failing += told.verdict == "FAIL"
        view = detail(told, (blame or {}).get(place), before)
        if place in wanted:
            pages.failed[place] = view
            _list(pages, told, 0, wanted[place])
            continue
        _list(pages, told, pages.count + 1, len(held))
        held.append(draw({"case": view}))
        if len(held) == PER_PAGE:
            _write(folder, pages, held)
            held = []
    if held:
        _write(folder, pages, held)
    _sweep(folder / FOLDER, pages.count)
    return pages


def script(value: object) -> str:
    """JSON that may stand in a script, in a file or in the page: no tag can begin in it, no line can end."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _told(run: Run, baseline: Baseline) -> Iterator[tuple[Told, dict[str, float]]]:
    for suite in run.cases:
        accepted = {metric: baseline.by_case(suite, metric) or {} for metric in baseline.values.get(suite, {})}
        for result in run.results(suite):
            if result.case.split == "dev":
                told = told_of(result, run.answers(result.case))
                values = {metric: values.get(result.case.id) for metric, values in accepted.items()}
                yield told, {metric: value for metric, value in values.items() if value is not None}


def _list(pages: Pages, told: Told, page: int, at: int) -> None:
    case = told.case
    question = case.question if len(case.question) <= _LONGEST else f"{case.question[: _LONGEST - 1]}…"
    suite, *labels = (
        pages.words.setdefault(word, len(pages.words)) for word in (case.suite, *case.intents, *case.tags)
    )
    pages.index.append([suite, case.id, told.verdict[0], page, at, question, *labels])


def _write(folder: Path, pages: Pages, held: Sequence[str]) -> None:
    pages.count += 1
    text = f"reportCases({pages.count},{script(list(held))});\n"
    write_text(folder / FOLDER / f"{pages.count:03}.js", text)


def _sweep(folder: Path, count: int) -> None:
    """Remove the pages that a longer run left here."""
    for path in folder.glob("*.js"):
        if path.stem.isdigit() and int(path.stem) > count:
            path.unlink()
