"""The wiring of `harness load`: cases, target, clock and files of one load."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cases import Case, ConfigError, DataError
from harness.jsonl import append_row, pretty, write_text
from harness.load.measure import Objective, measure
from harness.load.report import Load, load_json, markdown
from harness.load.samples import sample_row

if TYPE_CHECKING:
    from harness.app import Site
    from harness.config import Suite
    from harness.load.asking import Ask
    from harness.load.plan import Plan
    from harness.load.samples import Sample
    from harness.load.saturation import Growth, Saturation
    from harness.manifest import SuiteRun
    from harness.plan import Request
    from harness.trial import Metric

FOLDER = "load"
_FEWEST = 30
"""Turns of a step of the search: fewer show no growth."""
_SERVICES = 10
"""Median times of a turn that a step lasts at least: within fewer no queue can fill."""
_LONGEST = 10
"""Steps that a rate may take for them; what needs longer is not searched."""


@dataclass(frozen=True)
class Wanted:
    """What the user asked for. `step_s` is the length of each step of the search for saturation; 0 for no search."""

    request: Request
    plan: Plan
    objective: Objective = field(default_factory=Objective)
    quality: tuple[str, ...] = ()
    min_goodput_per_min: float | None = None
    warm_up: int = 1
    step_s: float = 0.0


def put_load(site: Site, wanted: Wanted, out: Path | None, now: str) -> tuple[Load, Path]:
    """Put a load on a target; write `samples.jsonl` as it comes, then `load.json` and `load.md`.

    Interrupted (Ctrl-C) it writes what it has, which then counts as not measured.

    Returns:
        What it showed, and the folder of the files.

    Raises:
        ConfigError: no case, no target, or a metric that gates nothing.
        DataError: a case file is not what it should be.
        TargetUnusable: the target cannot be loaded.
    """
    from harness.load.quality import chosen_metrics, lacking_parts, verdicts
    from harness.metrics import METRICS

    suite = _suite(site, wanted.request)
    cases, metrics = _cases(site, suite), chosen_metrics(wanted.quality, METRICS)
    resources = site.resources  # before the load: what cannot be opened should not cost one
    folder = site.folder / out if out else (site.root / site.config.reports).parent / FOLDER
    course = _Course()
    with site.bench().environment_of(suite):
        _run_until_cut(_run(site, suite, wanted, cases, metrics, folder, course), course, wanted.plan)
    put = replace(wanted.plan, duration_s=course.lasted_s(wanted.plan))
    quality = verdicts(course.samples, cases, metrics, resources)
    lacks = lacking_parts(course.samples, cases, metrics, gold=bool(resources.gold.texts))
    measures = measure(put, course.samples, quality, wanted.objective, [*course.cut, *lacks])
    load = Load(
        suite.target, suite.name, now, wanted.plan, wanted.objective, wanted.quality, measures,
        wanted.min_goodput_per_min, course.saturation,
    )  # fmt: skip
    write_text(folder / "load.json", pretty(load_json(load)) + "\n")
    write_text(folder / "load.md", markdown(load))
    return load, folder


@dataclass
class _Course:
    """How far a load has come. `cut` says so where it was interrupted; `has_ended` when all of its turns are over."""

    samples: list[Sample] = field(default_factory=list)
    saturation: Saturation | None = None
    has_ended: bool = False
    cut: list[str] = field(default_factory=list)

    def lasted_s(self, plan: Plan) -> float:
        """Seconds in which turns began."""
        if self.has_ended or not self.samples:
            return plan.duration_s
        return min(plan.duration_s, max(one.ended_s or one.due_s for one in self.samples))


def _run_until_cut(work: Coroutine[None, None, None], course: _Course, plan: Plan) -> None:
    try:
        asyncio.run(work)
    except KeyboardInterrupt:
        where = f"after {course.lasted_s(plan):.1f} s" if course.samples else "in the warm-up"
        course.cut.append(f"interrupted {'in the search for saturation' if course.has_ended else where}")


async def _run(
    site: Site, suite: SuiteRun, wanted: Wanted, cases: Sequence[Case], metrics: Sequence[Metric], folder: Path,
    course: _Course,
) -> None:  # fmt: skip
    from harness.load.generate import generate
    from harness.load.quality import parts_needed

    folder.mkdir(parents=True, exist_ok=True)
    async with _asked(site, suite.target, wanted.plan.timeout_s) as ask:
        await _warm_up(site, ask, cases, wanted)
        with (folder / "samples.jsonl").open("w", encoding="utf-8", newline="\n") as ledger:

            def record(sample: Sample) -> None:
                course.samples.append(sample)
                append_row(ledger, sample_row(sample))

            await generate(wanted.plan, cases, ask, parts_needed(metrics), record)
        course.has_ended = True
        if wanted.step_s:
            course.saturation = await _saturation(site, ask, cases, wanted, _service_s(course.samples))


async def _warm_up(site: Site, ask: Ask, cases: Sequence[Case], wanted: Wanted) -> None:
    """Ask a few turns one after the other, which count nowhere: the first wires the target."""
    from harness.load.generate import generate

    found: list[Sample] = []
    for number in range(wanted.warm_up):
        once = replace(wanted.plan, arrival="constant", vus=1, duration_s=1e-3, every_s=1.0, seed=number)
        await generate(once, cases, ask, (), found.append)
    for kind in dict.fromkeys(sample.error for sample in found if sample.error):
        site.bench().tell(f"a turn of the warm-up was lost: {kind}")


def _service_s(samples: Sequence[Sample]) -> float:
    """The median time of an answered turn; 0 without one."""
    return statistics.median([one.service_ms / 1000 for one in samples if one.is_timed] or [0.0])


async def _saturation(site: Site, ask: Ask, cases: Sequence[Case], wanted: Wanted, service_s: float) -> Saturation:
    from harness.load.generate import generate
    from harness.load.saturation import LENGTHS, growth, search

    async def grown(rate_per_s: float, seconds: float) -> Growth:
        step = replace(wanted.plan, arrival="constant", vus=1, every_s=1 / rate_per_s, duration_s=seconds)
        samples: list[Sample] = []
        await generate(step, cases, ask, (), samples.append)
        return growth(samples)

    async def tries(rate_per_s: float) -> bool:
        least_s = max(wanted.step_s, _FEWEST / rate_per_s, _SERVICES * service_s)
        for seconds in (least_s * length for length in LENGTHS):
            found = await grown(rate_per_s, seconds)
            told = "keeps up" if found.keeps_up else "does not keep up"
            site.bench().tell(f"{rate_per_s:.3g} turns a second for {seconds:.0f} s: {told}{_doubt(found)}")
            if found.is_plain:
                break
        return found.keeps_up

    return await search(wanted.plan.rate_per_s, tries, _FEWEST / (_LONGEST * wanted.step_s))


def _doubt(found: Growth) -> str:
    return "" if found.is_plain else ", but may be chance"


@asynccontextmanager
async def _asked(site: Site, target: str, timeout_s: float) -> AsyncIterator[Ask]:
    from harness.load.asking import ask_function
    from harness.loading import load
    from harness.targets import door_of

    door = door_of(target)
    if door == "command":
        raise ConfigError(f"{target!r} is a command, which answers one at a time; give module:attribute or an address")
    if door == "callable":
        yield ask_function(load(target, site.folder), target)
        return
    from harness.adapters.http_load import HttpLoad

    async with HttpLoad(target, timeout_s) as address:
        yield address.ask


def _suite(site: Site, request: Request) -> SuiteRun:
    from harness.plan import manifest_of

    named = request if request.suites or request.cases else replace(request, suites=_first(site.config.suites))
    return manifest_of(site.config, named, "", {}).suites[0]


def _first(suites: Sequence[Suite]) -> tuple[str, ...]:
    """The name of the first suite: a load asks one, and the one that stands first is the one that users meet."""
    return tuple(suite.name for suite in suites[:1])


def _cases(site: Site, suite: SuiteRun) -> list[Case]:
    from harness.case_loading import scan_cases

    found: list[Case] = []
    for case, problem in scan_cases(suite.name, suite.cases, site.root, site.complaint):
        if case is None:
            raise DataError(problem)
        if case.split == suite.split and case.kind == "turn":
            found.append(case)
    if not found:
        raise ConfigError(f"suite {suite.name!r} has no cases of split {suite.split!r} that want an answer")
    return found[: suite.limit] if suite.limit else found
