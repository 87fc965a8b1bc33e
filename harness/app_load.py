"""The wiring of `harness load`: cases, target, clock and files of one load."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
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
    from harness.load.saturation import Saturation
    from harness.manifest import SuiteRun
    from harness.plan import Request
    from harness.trial import Metric

FOLDER = "load"
_FEWEST = 30
"""Turns of a step of the search: fewer show no growth."""
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

    Returns:
        What it showed, and the folder of the files.

    Raises:
        ConfigError: no case, no target, or a metric that gates nothing.
        DataError: a case file is not what it should be.
        TargetUnusable: the target cannot be loaded.
    """
    from harness.load.quality import chosen_metrics, verdicts
    from harness.metrics import METRICS

    suite = _suite(site, wanted.request)
    cases, metrics = _cases(site, suite), chosen_metrics(wanted.quality, METRICS)
    resources = site.resources  # before the load: what cannot be opened should not cost one
    folder = site.folder / out if out else (site.root / site.config.reports).parent / FOLDER
    with site.bench().environment_of(suite):
        samples, saturation = asyncio.run(_run(site, suite, wanted, cases, metrics, folder))
    quality = verdicts(samples, cases, metrics, resources)
    measures = measure(wanted.plan, samples, quality, wanted.objective)
    load = Load(
        suite.target, suite.name, now, wanted.plan, wanted.objective, wanted.quality, measures,
        wanted.min_goodput_per_min, saturation,
    )  # fmt: skip
    write_text(folder / "load.json", pretty(load_json(load)) + "\n")
    write_text(folder / "load.md", markdown(load))
    return load, folder


async def _run(
    site: Site, suite: SuiteRun, wanted: Wanted, cases: Sequence[Case], metrics: Sequence[Metric], folder: Path
) -> tuple[list[Sample], Saturation | None]:
    from harness.load.generate import generate
    from harness.load.quality import parts_needed

    samples: list[Sample] = []
    folder.mkdir(parents=True, exist_ok=True)
    async with _asked(site, suite.target, wanted.plan.timeout_s) as ask:
        await _warm_up(site, ask, cases, wanted)
        with (folder / "samples.jsonl").open("w", encoding="utf-8", newline="\n") as ledger:

            def record(sample: Sample) -> None:
                samples.append(sample)
                append_row(ledger, sample_row(sample))

            await generate(wanted.plan, cases, ask, parts_needed(metrics), record)
        return samples, await _saturation(site, ask, cases, wanted) if wanted.step_s else None


async def _warm_up(site: Site, ask: Ask, cases: Sequence[Case], wanted: Wanted) -> None:
    """Ask a few turns one after the other, which count nowhere: the first wires the target."""
    from harness.load.generate import generate

    found: list[Sample] = []
    for number in range(wanted.warm_up):
        once = replace(wanted.plan, arrival="constant", vus=1, duration_s=1e-3, every_s=1.0, seed=number)
        await generate(once, cases, ask, (), found.append)
    for kind in dict.fromkeys(sample.error for sample in found if sample.error):
        site.bench().tell(f"a turn of the warm-up was lost: {kind}")


async def _saturation(site: Site, ask: Ask, cases: Sequence[Case], wanted: Wanted) -> Saturation:
    from harness.load.generate import generate
    from harness.load.saturation import keeps_up, search

    async def tries(rate_per_s: float) -> bool:
        seconds = max(wanted.step_s, _FEWEST / rate_per_s)
        step = replace(wanted.plan, arrival="constant", vus=1, every_s=1 / rate_per_s, duration_s=seconds)
        found: list[Sample] = []
        await generate(step, cases, ask, (), found.append)
        kept = keeps_up(found)
        site.bench().tell(
            f"{rate_per_s:.3g} turns a second for {seconds:.0f} s: {'keeps up' if kept else 'does not keep up'}"
        )
        return kept

    return await search(wanted.plan.rate_per_s, tries, _FEWEST / (_LONGEST * wanted.step_s))


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
