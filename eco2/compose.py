"""Findings become an answer: chosen, ordered, cut to length, and every claim followed by its citation.

`draft` is the offline language model's half (which sentences); `render` is the bot's (text, markers, spans), for any
model's draft: a sentence that cites what was not injected is dropped. Nothing here writes a claim of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from eco2.phrases import TOPICS, say
from eco2.turns import Cited, Evidence, Finding, ModelError, Statement

_SENTENCE_END = re.compile(r"[.!?](?=\s|$)")
_LISTS = frozenset({"location", "collection_point", "recyclable_price", "bulk_waste", "web_search", "character"})
_MOST_SENTENCES, _MOST_LISTED, _MOST_IN_TIP = 5, 9, 2


@dataclass(frozen=True)
class Sentence:
    """A piece of the answer and what it cites; one without a citation claims nothing."""

    text: str
    citations: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """The text, its citations in order, and how many sentences were dropped for citing what was not injected."""

    text: str
    citations: tuple[Cited, ...]
    dropped: int = 0


def draft(given: Mapping[str, object]) -> dict[str, object]:
    """Choose and order the sentences of an answer.

    Args:
        given: {"language", "findings": [Finding as JSON, in the order of the answer], "leave_out": [agents whose
            failure is not spoken of], "left_out": number of questions that were too many}.

    Returns:
        {"paragraphs": [[{"text", "citations"}]]}, one paragraph a question.
    """
    language = str(given.get("language", "ko"))
    findings = findings_from(given.get("findings"))
    quiet = given.get("leave_out")
    leave_out = frozenset(str(name) for name in quiet) if isinstance(quiet, list) else frozenset()
    spoken: set[tuple[str, str | None]] = set()
    paragraphs = []
    for index in sorted({finding.index for finding in findings}):
        mine = [finding for finding in findings if finding.index == index]
        sentences = _paragraph(mine, language, leave_out, spoken)
        paragraphs += [sentences] if sentences else []
    if given.get("left_out"):
        paragraphs.append([_sentence(say("left_out"), language)])
    return {"paragraphs": paragraphs}


def render(drafted: Mapping[str, object], evidence: Iterable[Evidence], language: str = "ko") -> Answer:
    """Write out a draft: paragraphs apart, each cited sentence followed by its markers; never an empty answer.

    Raises:
        ModelError: the draft has another shape than asked for.
    """
    injected = {passage.id: passage for passage in evidence}
    text, cited, dropped = "", [], 0
    for paragraph in sentences_from(drafted):
        gap = "\n\n" if text else ""
        for sentence in paragraph:
            if any(id_ not in injected for id_ in sentence.citations):
                dropped += 1
                continue
            start = len(text) + len(gap)
            text += gap + sentence.text + "".join(f" [{id_}]" for id_ in sentence.citations)
            cited += [_cited(injected[id_], start, start + len(sentence.text)) for id_ in sentence.citations]
            gap = " "
    return Answer(text or say("nothing_left").text(language), tuple(cited), dropped)


def findings_from(raw: object) -> tuple[Finding, ...]:
    """Read findings back from JSON."""
    return tuple(_finding(row) for row in raw if isinstance(row, Mapping)) if isinstance(raw, Sequence) else ()


def sentences_from(drafted: Mapping[str, object]) -> list[list[Sentence]]:
    """Read the paragraphs of a draft.

    Raises:
        ModelError: the draft has another shape than asked for.
    """
    paragraphs = drafted.get("paragraphs")
    if not isinstance(paragraphs, list) or not all(isinstance(paragraph, list) for paragraph in paragraphs):
        raise ModelError(f"a draft has 'paragraphs', lists of sentences; got {type(paragraphs).__name__}")
    return [[_read_sentence(row) for row in paragraph] for paragraph in paragraphs]


def _paragraph(
    findings: Sequence[Finding], language: str, leave_out: frozenset[str], spoken: set[tuple[str, str | None]]
) -> list[dict[str, object]]:
    """Return the sentences for one question: its answers first, tips last, no sentence twice in an answer."""
    kept: list[Statement] = []
    for finding in sorted(findings, key=lambda finding: finding.tip):
        kept += _chosen(finding, alone=len(findings) == 1, leave_out=leave_out)
    sentences: list[dict[str, object]] = []
    for statement in kept:
        key = (statement.text(language), statement.citation)
        if key not in spoken:
            spoken.add(key)
            sentences.append(_sentence(statement, language))
    return sentences


def _chosen(finding: Finding, *, alone: bool, leave_out: frozenset[str]) -> list[Statement]:
    if finding.status == "failed":
        silent = finding.tip or (finding.agent in leave_out and not alone)
        return [] if silent else [_failed(finding.agent)]
    most = _MOST_IN_TIP if finding.tip else _MOST_LISTED if finding.agent in _LISTS else _MOST_SENTENCES
    chosen: list[Statement] = []
    length = 0
    for statement in finding.statements:
        size = max(1, len(_SENTENCE_END.findall(statement.text_ko)))
        if chosen and length + size > most:
            continue
        chosen.append(statement)
        length += size
    return chosen


def _failed(agent: str) -> Statement:
    ko, en = TOPICS.get(agent, TOPICS["general"])
    filled = say("failed", topic="{topic}")
    return Statement(filled.text_ko.replace("{topic}", ko), filled.text_en.replace("{topic}", en))


def _sentence(statement: Statement, language: str) -> dict[str, object]:
    return {"text": statement.text(language), "citations": list(statement.citations)}


def _read_sentence(row: object) -> Sentence:
    text = row.get("text") if isinstance(row, Mapping) else None
    citations = row.get("citations", []) if isinstance(row, Mapping) else None
    if not isinstance(text, str) or not isinstance(citations, list):
        raise ModelError(f"a sentence of a draft has 'text' and a list 'citations'; got {row!r:.80}")
    return Sentence(text, tuple(str(id_) for id_ in citations))


def _cited(evidence: Evidence, start: int, end: int) -> Cited:
    return Cited(evidence.id, evidence.path, evidence.line_start, evidence.line_end, (start, end))


def _finding(row: Mapping[str, object]) -> Finding:
    fields: dict[str, object] = dict(row)
    fields["statements"] = tuple(
        Statement(**{**statement, "also": tuple(_list(statement.get("also")))})  # type: ignore[arg-type]
        for statement in _rows(row.get("statements"))
    )
    fields["evidence"] = tuple(Evidence(**passage) for passage in _rows(row.get("evidence")))  # type: ignore[arg-type]
    fields["degraded"] = tuple(str(word) for word in _list(row.get("degraded")))
    return Finding(**fields)  # type: ignore[arg-type]


def _rows(value: object) -> list[dict[str, object]]:
    return [dict(item) for item in _list(value) if isinstance(item, Mapping)]


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []
