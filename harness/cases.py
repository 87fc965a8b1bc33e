"""The nouns of the room: cases, observations, scores, gates, claims and judgements, and what can go wrong with them.

HarnessError              anything a user can mend; the message says what, which value, where, what to do; exit code 3
├── ConfigError           `kb.toml [harness]`, `gates.yaml` or a flag that cannot be used
├── DataError             a row of a data file that is not what it claims to be; names file and line
├── TargetUnusable        the thing under test cannot be loaded or started at all
├── UnknownMetric         a metric that is neither in the table nor a `module:attribute`
├── ReportMissing         nothing was run yet, or the run lies elsewhere
└── ExtraMissing          a library that an extra brings is not installed
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Verdict = Literal["PASS", "FAIL", "UNMEASURED", "N/A"]
Split = Literal["dev", "test"]
Direction = Literal["higher", "lower"]
Support = Literal["supported", "unsupported", "abstain"]
CaseKind = Literal["turn", "search"]
Standing = Literal["holds", "fails", "unmeasured", "N/A"]
NOTHING: Mapping[str, object] = MappingProxyType({})


class HarnessError(Exception):
    """Something the user can mend; printed as one line, exit code 3."""


class ConfigError(HarnessError):
    """The configuration, the gates or a flag cannot be used."""


class DataError(HarnessError):
    """A row of a data file is not what it claims to be."""


class TargetUnusable(HarnessError):
    """The thing under test cannot be loaded or started at all."""


class UnknownMetric(HarnessError):
    """No metric of that name is in the table and it is no `module:attribute`."""


class ReportMissing(HarnessError):
    """No run lies where one was looked for."""


class ExtraMissing(HarnessError):
    """A library that an extra brings is not installed."""


@dataclass(frozen=True)
class Turn:
    """One message of the user. `image` is a path in the workspace, `location` a name or latitude and longitude."""

    text: str
    image: str | None = None
    location: str | tuple[float, float] | None = None


@dataclass(frozen=True)
class SubQuery:
    """A part of a message and the intents it carries."""

    text: str
    intents: tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """A question with what is expected. Labels speak of the last turn; an empty label asks for nothing.

    `rules` are citation ids (`rule:…`, `world:…`) that must be injected. In `required` each inner tuple is one fact,
    met when any of its expressions matches. `relevant` and `not_first` are document paths, for targets that search.
    `passages` are (path, words): places that answer, each known by words that stand there. `tool` and `arguments` are
    what an agent would call; a target without tools passes them over.
    Cases of one `conversation` are not independent of one another; comparisons draw them together.
    """

    id: str
    suite: str
    split: Split
    turns: tuple[Turn, ...]
    answerable: bool
    kind: CaseKind = "turn"
    tags: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()
    sub_queries: tuple[SubQuery, ...] = ()
    agents: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    required: tuple[tuple[str, ...], ...] = ()
    forbidden: tuple[str, ...] = ()
    relevant: tuple[str, ...] = ()
    not_first: tuple[str, ...] = ()
    answer_facts: tuple[str, ...] = ()
    passages: tuple[tuple[str, str], ...] = ()
    tool: str = ""
    arguments: Mapping[str, object] = field(default_factory=dict, hash=False)
    conversation: str = ""
    source: str = ""
    path: str = ""
    line: int = 0

    @property
    def question(self) -> str:
        """The text of the last turn."""
        return self.turns[-1].text


@dataclass(frozen=True)
class Observation:
    """What a target did with one case. `response` is None when it raised, timed out or gave nothing: see `error`.

    `repeat` counts the times that a case was asked, from 0; (suite, id, repeat) names an observation.
    """

    id: str
    suite: str
    split: str
    question: str
    response: Mapping[str, object] | None
    error: str | None = None
    elapsed_ms: float = 0.0
    fingerprint: str = ""
    repeat: int = 0

    @property
    def answer(self) -> str:
        answer = (self.response or NOTHING).get("answer")
        return answer if isinstance(answer, str) else ""


@dataclass(frozen=True)
class Claim:
    """A statement of an answer that can be true or false. `text` has no citation marks, `answer[slice(*span)]` may."""

    text: str
    span: tuple[int, int]


@dataclass(frozen=True)
class Judgement:
    """Does a context support a claim. Indices are into the context, quotes stand there word for word.

    `kind` names what is wrong: `number`, `unit`, `date`, `name`, `polarity`, `action`, `condition` (a condition is
    dropped), `addition` or `topic` (said of another topic). The evidence is the best sentence for the claim. Against it
    speak the words of a sentence that contradict it, or, without an index, words of the claim that no sentence has.
    """

    p_supported: float
    verdict: Support
    kind: str | None = None
    evidence_index: int | None = None
    evidence_quote: str | None = None
    reason: str = ""
    against_index: int | None = None
    against_quote: str | None = None


@dataclass(frozen=True)
class Source:
    """What a citation id stands for: a place in a file and the sentences that are said there.

    `version` is git's hash of the file's content as it stands; "" where it is not known.
    """

    id: str
    path: str
    line_start: int
    line_end: int
    texts: tuple[str, ...]
    version: str = ""


@dataclass(frozen=True)
class Measured:
    """What a metric found for one case. `details` is plain JSON for the report."""

    value: float
    reason: str = ""
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Score:
    """One metric of one observation. `value` is None exactly when the verdict is UNMEASURED or N/A."""

    suite: str
    id: str
    split: str
    metric: str
    verdict: Verdict
    value: float | None
    reason: str = ""
    details: Mapping[str, object] = field(default_factory=dict)
    repeat: int = 0


@dataclass(frozen=True)
class Figure:
    """One number of a report: a metric over a split and a slice (`intent:waste`, `node:classify`); "" is all.

    `value` is the mean over PASS and FAIL, or a percentile; None when nothing could be measured. `low` and `high` bound
    it with 95 % confidence where an interval is known. Where cases were asked several times, a case counts by its mean:
    it passed when all its measured repeats did, and is unmeasured too when one of them is.
    """

    suite: str
    metric: str
    value: float | None
    n: int
    split: str = ""
    slice: str = ""
    passed: int = 0
    failed: int = 0
    unmeasured: int = 0
    low: float | None = None
    high: float | None = None

    @property
    def key(self) -> tuple[str, str, str, str]:
        return (self.suite, self.metric, self.split, self.slice)

    @property
    def share_unmeasured(self) -> float:
        asked = self.n + self.unmeasured
        return self.unmeasured / asked if asked else 0.0


@dataclass(frozen=True)
class Gate:
    """A limit that a figure must keep. `max_drop` is against the accepted baseline, in the metric's bad direction.

    With `margin` it is compared with the baseline on the same cases: it fails where it got worse beyond chance, at
    `alpha` over all gates with a margin together. Where chance could still hide a drop beyond the margin it holds and
    says so, or is unmeasured where it is `strict`. A `slice` that ends in `:*` holds for each slice of that kind; the
    worst one is shown.
    """

    metric: str
    suite: str
    split: str = ""
    slice: str = ""
    min: float | None = None
    max: float | None = None
    max_drop: float | None = None
    max_unmeasured: float = 0.0
    margin: float | None = None
    alpha: float = 0.05
    strict: bool = False
    line: int = 0


@dataclass(frozen=True)
class Comparison:
    """One metric of two runs on the same cases: later minus earlier, in the unit of the metric.

    Attributes:
        before: mean of the earlier run over the pairs.
        after: mean of the later run over the pairs.
        low: lower bound of the difference with 95 % confidence.
        high: upper bound.
        p_worse: one-sided: the chance of a difference as bad as this were both runs alike.
        p_better: the same, of one as good.
        p_adjusted: the p of what was asked (worse, for a gate) among all that were asked together.
        smallest_effect: the smallest drop that would be seen four times in five; None where none would.
        pairs: cases with a number in both runs.
        clusters: groups of cases that stand or fall together.
        half_measured: cases of both runs with a number in only one.
        gone: cases with a number that only the earlier run has.
        added: cases with a number that only the later run has.
    """

    before: float
    after: float
    low: float
    high: float
    p_worse: float
    p_better: float
    p_adjusted: float
    smallest_effect: float | None
    pairs: int
    clusters: int
    half_measured: int = 0
    gone: int = 0
    added: int = 0

    @property
    def difference(self) -> float:
        return self.after - self.before


@dataclass(frozen=True)
class GateResult:
    """How a gate stands, with the figure that decided and the baseline's value where one was compared."""

    gate: Gate
    standing: Standing
    reason: str
    figure: Figure | None = None
    baseline: float | None = None
    comparison: Comparison | None = None
