"""Hold the events of one turn against the rules of a contract; each breach is named by its two nearest events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

from harness.order.rules import Kind, Rule
from harness.order.spans import TURN, Moment, Span, moments, spans


class NoClock(Exception):
    """A rule speaks of milliseconds and an event has no `ts` that can be read, or one before that of its cause."""


@dataclass(frozen=True)
class Breach:
    """A broken rule. `first` and `second` are the events that break it, in order of `seq`; `never` has only one."""

    rule: Rule
    first: Moment
    second: Moment | None
    why: str

    @property
    def distance(self) -> int:
        """How far apart the two are in `seq`."""
        return 0 if self.second is None else self.second.seq - self.first.seq

    def __str__(self) -> str:
        pair = str(self.first) if self.second is None else f"{self.first} and {self.second}"
        return f"{self.rule}: {pair}: {self.why}"


@dataclass(frozen=True)
class _Told:
    """What a rule is held against: moments by stage and spans by stage, each in order of `seq`."""

    moments: Sequence[Moment]
    spans: Sequence[Span]

    def named(self, stage: str, rule: Rule) -> set[str]:
        """The stages that a name of a rule stands for."""
        if stage != "*":
            return {stage}
        return {moment.stage for moment in self.moments} - {TURN, rule.join, *rule.stages}

    def runs(self, stage: str, rule: Rule) -> list[Span]:
        named = self.named(stage, rule)
        return [span for span in self.spans if span.stage in named]


def breaches(events: Sequence[Mapping[str, Any]], rules: Sequence[Rule], intents: Sequence[str] = ()) -> list[Breach]:
    """Hold a turn against a contract.

    Args:
        events: of one job, in any order, with whole `seq`.
        rules: those that do not bind a message of `intents` are passed over.
        intents: of the message.

    Returns:
        One breach a broken rule and pair of its stages, the pair of events that lies nearest together first; ties in
        the order of the rules.

    Raises:
        NoClock: a rule needs the time of an event that has none.
    """
    said = moments(events)
    told = _Told(said, spans(said))
    found = [breach for rule in rules if rule.binds(intents) for breach in _CHECKS[rule.kind](rule, told)]
    return sorted(found, key=lambda breach: breach.distance)


def _before(rule: Rule, told: _Told) -> Iterator[Breach]:
    for early, late in combinations(rule.order, 2):
        pair = _nearest_inverted(told.moments, told.named(early, rule), told.named(late, rule))
        if pair is not None:
            yield Breach(rule, *pair, f"{pair[0].stage} comes before {pair[1].stage}")


def _nearest_inverted(said: Sequence[Moment], early: set[str], late: set[str]) -> tuple[Moment, Moment] | None:
    """The nearest pair of a moment of `late` followed by one of `early`; one pass in order of `seq`."""
    found: list[tuple[Moment, Moment]] = []
    last: Moment | None = None
    for moment in said:
        if moment.stage in late:
            last = moment
        elif moment.stage in early and last is not None:
            found.append((last, moment))
    return min(found, key=lambda pair: pair[1].seq - pair[0].seq, default=None)


def _parallel(rule: Rule, told: _Told) -> Iterator[Breach]:
    """Runs of different stages overlap in `seq`, or started within the slack: one was over before the other began."""
    for one, other in combinations(rule.stages, 2):
        for run, next_ in ((run, next_) for run in told.runs(one, rule) for next_ in told.runs(other, rule)):
            first, second = sorted((run, next_), key=lambda span: span.start.seq)
            if first.end is not None and first.end.seq < second.start.seq and not _together(rule, first, second):
                yield Breach(rule, first.end, second.start, f"{second.stage} starts after {first.stage} has ended")


def _together(rule: Rule, first: Span, second: Span) -> bool:
    return bool(rule.limit_ms) and _between_ms(first.start, second.start) <= rule.limit_ms


def _at_most_once(rule: Rule, told: _Told) -> Iterator[Breach]:
    for stage in sorted(set().union(*(told.named(name, rule) for name in rule.stages))):
        starts = [span.start for span in told.spans if span.stage == stage]
        if len(starts) > 1:
            first, second = min(pairwise(starts), key=lambda pair: pair[1].seq - pair[0].seq)
            yield Breach(rule, first, second, f"{stage} runs {len(starts)} times")


def _never(rule: Rule, told: _Told) -> Iterator[Breach]:
    for stage in rule.stages:
        named = told.named(stage, rule)
        first = next((moment for moment in told.moments if moment.stage in named), None)
        if first is not None:
            yield Breach(rule, first, None, f"{first.stage} runs")


def _joins(rule: Rule, told: _Told) -> Iterator[Breach]:
    joins = [span.start for span in told.spans if span.stage == rule.join]
    if not joins:
        return
    for run in (run for stage in rule.stages for run in told.runs(stage, rule)):
        if run.end is None:
            nearest = min(joins, key=lambda join: abs(join.seq - run.start.seq))
            first, second = sorted((nearest, run.start), key=lambda moment: moment.seq)
            yield Breach(rule, first, second, f"{run.stage} started and never ended")
        elif early := [join for join in joins if join.seq < run.end.seq]:
            yield Breach(rule, early[-1], run.end, f"{rule.join} starts before {run.stage} has ended")


def _within(rule: Rule, told: _Told) -> Iterator[Breach]:
    for run in told.runs(rule.stages[0], rule):
        if run.end is None:
            yield Breach(rule, run.start, None, f"{run.stage} started and never ended")
        elif (took := _between_ms(run.start, run.end)) > rule.limit_ms:
            yield Breach(rule, run.start, run.end, f"took {took:.0f} ms")
        elif took < 0:
            raise NoClock(f"{run.end} has a `ts` {-took:.0f} ms before that of {run.start}; a clock went back")


def _between_ms(first: Moment, second: Moment) -> float:
    if first.at_ms is None or second.at_ms is None:
        unread = first if first.at_ms is None else second
        raise NoClock(f"{unread} has no `ts` that can be read; give ISO 8601 or seconds")
    return second.at_ms - first.at_ms


_CHECKS: Mapping[Kind, Callable[[Rule, _Told], Iterator[Breach]]] = {
    "before": _before,
    "after": _before,
    "parallel": _parallel,
    "at_most_once": _at_most_once,
    "never": _never,
    "joins": _joins,
    "within_ms": _within,
}
