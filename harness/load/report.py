"""What a load showed as rows, as Markdown and as `load.json`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from harness.load.measure import Measures, Objective
from harness.load.plan import Plan
from harness.load.saturation import Saturation
from harness.timing.percentiles import Quantile

SCHEMA = "load/1"


@dataclass(frozen=True)
class Load:
    """A load with all that its report says of it. `saturation` is None where it was not looked for."""

    target: str
    suite: str
    started_at: str
    plan: Plan
    objective: Objective
    quality: tuple[str, ...]
    measures: Measures
    min_goodput_per_min: float | None = None
    saturation: Saturation | None = None

    @property
    def unmeasured(self) -> tuple[str, ...]:
        """Why it says nothing. That nothing was answered is a figure only for who asks for a goodput."""
        found, least = self.measures, self.min_goodput_per_min
        if least is None and found.due and not found.answered:
            return (*found.unmeasured, "no turn was answered")
        return found.unmeasured

    @property
    def exit_code(self) -> int:
        """0, 1 when the goodput is below its minimum, 2 when it could not be measured."""
        if self.unmeasured or self.measures.goodput_per_min is None:
            return 2
        least = self.min_goodput_per_min
        return 1 if least is not None and self.measures.goodput_per_min < least else 0


def rows(load: Load) -> list[list[str]]:
    """Head and rows of the table; intervals have 95 % confidence."""
    found = load.measures
    return [
        ["figure", "p50", "p95", "p99", "what it is"],
        ["latency ms", *map(_quantile, found.latency), "from when a turn was due to its answer"],
        ["first token ms", *map(_quantile, found.first_token), "from when it was due to its first token"],
        ["service ms", *map(_quantile, found.service), "from its start to its answer"],
        ["late start ms", *map(_quantile, found.lag), "from when it was due to its start"],
    ]


def lines(load: Load) -> list[str]:
    """What stands below the table."""
    found, plan = load.measures, load.plan
    shape = f"{plan.rate_per_s:.3g} turns a second" if plan.is_open else f"{plan.vus} users that wait for their answers"
    lost = ", ".join(f"{count} {kind}" for kind, count in found.errors.items()) or "none"
    told = [
        f"load        {plan.arrival}, {shape} for {plan.duration_s:g} s, seed {plan.seed}",
        f"turns       {found.due} due, {found.answered} answered ({found.cached} from a cache); lost: {lost}",
        f"throughput  {found.throughput_per_min:.1f} a minute",
        f"goodput     {_goodput(load)}",
        *(f"unmeasured  {why}" for why in load.unmeasured),
    ]
    return told if load.saturation is None else [*told, f"saturation  {_saturated(load.saturation)}"]


def markdown(load: Load) -> str:
    """A short report."""
    head, *body = rows(load)
    table = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *(f"| {' | '.join(row)} |" for row in body)]
    told = [f"- {line.partition(' ')[0]}: {line.partition(' ')[2].strip()}" for line in lines(load)]
    return "\n".join(
        [f"# Load on `{load.target}`", "", f"{load.started_at}, suite {load.suite}", "", *told, "", *table, ""]
    )


def load_json(load: Load) -> dict[str, object]:
    """The report for machines, schema `load`."""
    found = load.measures
    saturation = (
        None if load.saturation is None else {**asdict(load.saturation), "rate_per_s": load.saturation.rate_per_s}
    )
    return {
        "schema": SCHEMA,
        "target": load.target,
        "suite": load.suite,
        "started_at": load.started_at,
        "plan": asdict(load.plan),
        "objective": {**asdict(load.objective), "quality": list(load.quality), "min_goodput": load.min_goodput_per_min},
        "turns": {name: getattr(found, name) for name in ("due", "answered", "cached", "good", "wrong", "unknown")},
        "errors": dict(found.errors),
        "latency_ms": {**_by_percent(found.latency), "mean": found.mean_latency_ms},
        "first_token_ms": _by_percent(found.first_token),
        "service_ms": _by_percent(found.service),
        "late_start_ms": _by_percent(found.lag),
        "throughput_per_min": found.throughput_per_min,
        "goodput_per_min": found.goodput_per_min,
        "saturation": saturation,
        "unmeasured": list(load.unmeasured),
        "exit_code": load.exit_code,
    }


def _by_percent(quantiles: Sequence[Quantile]) -> dict[str, object]:
    return {f"p{one.percent:g}": {**asdict(one), "refusal": one.refusal} for one in quantiles}


def _quantile(one: Quantile) -> str:
    if one.value is None or one.low is None or one.high is None:
        return f"– (n {one.n})"
    return f"{one.value:.0f} [{one.low:.0f}, {one.high:.0f}]"


def _goodput(load: Load) -> str:
    found, asked = load.measures, list(load.quality)
    if load.objective.latency_ms is not None:
        asked.insert(0, f"answer within {load.objective.latency_ms:g} ms")
    if load.objective.first_token_ms is not None:
        asked.insert(0, f"first token within {load.objective.first_token_ms:g} ms")
    per_minute = "not measured" if found.goodput_per_min is None else f"{found.goodput_per_min:.1f} a minute"
    limit = "" if load.min_goodput_per_min is None else f", at least {load.min_goodput_per_min:g} wanted"
    return f"{per_minute}{limit} ({', '.join(asked) or 'answered'}): {found.good} good, {found.wrong} in time but wrong"


def _saturated(found: Saturation) -> str:
    if found.kept is None:
        return f"keeps up with no rate that was tried, down to {found.lost or 0.0:.3g} turns a second"
    if found.lost is None:
        return f"keeps up with {found.kept:.3g} turns a second, the most that was tried"
    return f"{found.rate_per_s or 0.0:.3g} turns a second: keeps up with {found.kept:.3g}, not with {found.lost:.3g}"
