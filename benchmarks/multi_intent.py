"""Plant what goes wrong between the intents of a message and see who notices: `python -m benchmarks.multi_intent`.

Our own pipeline answers the dev cases of several intents; each answer is spoilt in one way at a time, and judged as it
was and as it is now. A defect is noticed by a metric that passed before and fails after; a false alarm is a metric that
fails before anything was planted. `ungrounded_rate` is faithfulness of the answer as a whole. Intervals are 95 %.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.console import say
from harness.app import Site
from harness.case_files import case_from, request_of
from harness.cases import Case, Observation
from harness.citation_marks import without_marks
from harness.intervals import wilson
from harness.jsonl import read_rows
from harness.judging.words import words
from harness.metrics import METRICS
from harness.score import score
from harness.trial import Resources

ROOT = Path(__file__).resolve().parent.parent
ANSWER_LEVEL = "ungrounded_rate"
SCORECARD = (
    "intent_coverage", "intent_faithfulness", "cross_intent_contamination", "over_fan_out", "sub_query_fidelity",
)  # fmt: skip
Response = dict[str, Any]
Defect = Callable[[Case, Response], Response | None]


@dataclass(frozen=True)
class Tried:
    """A defect in one answer: the metrics that passed before it, and those of them that fail with it."""

    defect: str
    passed: frozenset[str]
    failed: frozenset[str]


def main() -> None:
    """Print defect by metric: the share of planted ones that the metric notices."""
    os.environ.update({"ECO2_WORLD": "recorded", "KB_WORKSPACE": str(ROOT)})
    resources = Site(ROOT, os.environ, ROOT).resources
    recorded = [(case, _recorded(case)) for case in several_intents(ROOT / "datasets" / "golden-dev.jsonl")]
    tried = [one for case, response in recorded for one in tries(case, response, resources)]
    columns = (ANSWER_LEVEL, *SCORECARD, "any of the scorecard")
    say(f"{len(recorded)} answers\n{'planted':22}" + "".join(f"{name:>28}" for name in columns) + "\n")
    for name in ("nothing", *DEFECTS):
        say(f"{name:22}" + "".join(f"{_rate(tried, name, _members(column)):>28}" for column in columns) + "\n")


def several_intents(path: Path) -> list[Case]:
    """The cases of a file that ask for more than one thing."""
    cases = [case_from(row, "golden", path.name, line) for line, row in read_rows(path)]
    return [case for case in cases if len(case.intents) > 1]


def tries(case: Case, response: Response, resources: Resources) -> Iterator[Tried]:
    """The answer as it was, and with each defect that can be planted in it."""
    before = failing(case, response, resources)
    measured = before.keys()
    clean = frozenset(name for name in measured if not before[name])
    yield Tried("nothing", frozenset(measured), frozenset(measured) - clean)
    for name, plant in DEFECTS.items():
        if (spoilt := plant(case, response)) is not None:
            after = failing(case, spoilt, resources)
            yield Tried(name, clean, frozenset(metric for metric in clean if after.get(metric)))


def failing(case: Case, response: Mapping[str, Any], resources: Resources) -> dict[str, bool]:
    """Whether each metric that could be measured fails."""
    observation = Observation(case.id, case.suite, case.split, case.question, response)
    rows = [METRICS[name] for name in (ANSWER_LEVEL, *SCORECARD)]
    scores = score([case], {case.id: observation}, rows, None, resources, 60.0)
    return {one.metric: one.verdict == "FAIL" for one in scores if one.verdict in ("PASS", "FAIL")}


def dropped(case: Case, response: Response) -> Response | None:
    """The last question is understood and looked up, and left out of the answer."""
    paragraphs = _paragraphs(response)
    return _told(response, paragraphs[:-1]) if len(paragraphs) > 1 else None


def merged(case: Case, response: Response) -> Response | None:
    """All questions are one, with all intents."""
    parts = response["sub_queries"]
    if len(parts) < 2:
        return None
    one = {key: list(dict.fromkeys(word for part in parts for word in part[key])) for key in ("intents", "agents")}
    text = case.question
    whole = _told(response, [[piece for paragraph in _paragraphs(response) for piece in paragraph]])
    return {**whole, "sub_queries": [{"text": text, "standalone": text, **one}]}


def swapped(case: Case, response: Response) -> Response | None:
    """What is said for one question cites, and stands where, the next one does."""
    paragraphs = _paragraphs(response)
    if len(paragraphs) < 2 or len(paragraphs) != len(response["sub_queries"]):
        return None
    after = [*paragraphs[1:], paragraphs[0]]
    cited = [[id_ for _, ids in paragraph for id_ in ids] for paragraph in paragraphs]
    return _told(response, [[(text, ids[:1]) for text, _ in said] for said, ids in zip(after, cited, strict=True)])


def borrowed(case: Case, response: Response) -> Response | None:
    """The last question is answered by what the evidence of the first says."""
    paragraphs = _paragraphs(response)
    if len(paragraphs) < 2 or len(paragraphs) != len(response["sub_queries"]):
        return None
    text, ids = paragraphs[0][0][0], [id_ for _, cited in paragraphs[-1] for id_ in cited]
    return _told(response, [*paragraphs[:-1], [(text, ids[:1])]]) if ids else None


def extra_agent(case: Case, response: Response) -> Response | None:
    """A sub-agent runs that nobody asked for."""
    if not case.agents:
        return None
    spare = next(name for name in ("character", "weather", "web_search") if name not in (*case.agents, *case.intents))
    return {**response, "agents": [*response["agents"], spare]}


def lost_object(case: Case, response: Response) -> Response | None:
    """The first question loses the first thing that it names."""
    if len(case.sub_queries) < 2 or not response["sub_queries"]:
        return None
    first, *rest = response["sub_queries"]
    noun = next((word.text for word in words(first["text"]) if word.sort in ("noun", "name")), "")
    bare = {key: first[key].replace(noun, "", 1) for key in ("text", "standalone") if key in first}
    return {**response, "sub_queries": [{**first, **bare}, *rest]} if noun else None


DEFECTS: Mapping[str, Defect] = {
    "an intent dropped": dropped,
    "two merged": merged,
    "answers swapped": swapped,
    "evidence of another": borrowed,
    "an extra agent": extra_agent,
    "an object lost": lost_object,
}
Piece = tuple[str, Sequence[str]]


def _recorded(case: Case) -> Response:
    from eco2.app import answer

    return answer(request_of(case))


def _paragraphs(response: Response) -> list[list[Piece]]:
    """The paragraphs of an answer as its cited pieces, each with its ids; what cites nothing is a piece too."""
    found: list[list[Piece]] = []
    at = 0
    for text in str(response["answer"]).split("\n\n"):
        inside = [one for one in response["citations"] if at <= one["span"][0] < at + len(text)]
        spans = dict.fromkeys(tuple(one["span"]) for one in inside)
        pieces: list[Piece] = [
            (response["answer"][start:end], [one["id"] for one in inside if tuple(one["span"]) == (start, end)])
            for start, end in spans
        ]
        found.append(pieces or [(without_marks(text), [])])
        at += len(text) + 2
    return found


def _told(response: Response, paragraphs: Sequence[Sequence[Piece]]) -> Response:
    """The response with another answer, marks and citations put anew."""
    text, citations = "", []
    for paragraph in paragraphs:
        gap = "\n\n" if text else ""
        for words_, ids in paragraph:
            start = len(text) + len(gap)
            text += gap + words_ + "".join(f" [{id_}]" for id_ in ids)
            citations += [{"id": id_, "span": [start, start + len(words_)]} for id_ in ids]
            gap = " "
    return {**response, "answer": text, "citations": citations}


def _members(column: str) -> frozenset[str]:
    return frozenset(SCORECARD) if column == "any of the scorecard" else frozenset({column})


def _rate(tried: Sequence[Tried], defect: str, metrics: frozenset[str]) -> str:
    """The share of answers that could be measured in which one of some metrics fails."""
    asked = [one for one in tried if one.defect == defect and one.passed & metrics]
    if not asked:
        return "–"
    hits = sum(bool(one.failed & metrics) for one in asked)
    low, high = wilson(hits, len(asked))
    return f"{hits / len(asked):.2f} [{low:.2f}, {high:.2f}] of {len(asked)}"


if __name__ == "__main__":
    main()
