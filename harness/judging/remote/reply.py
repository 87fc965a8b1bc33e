"""A model's answer becomes a judgement, or one line says what is wrong with it. Nothing is guessed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import cast, get_args

from harness.cases import Judgement, Support
from harness.judging.grounding import KINDS
from harness.judging.remote.model import JudgeFailed

_FENCE = re.compile(r"\A```(?:json)?[ \t]*\n(.*)\n```\Z", re.DOTALL)
_SHOWN, _REASON = 80, 300


class BrokenReply(JudgeFailed):
    """A model answered with something else than a verdict; asking again may help."""


def judgement_of(output: Mapping[str, object] | str, context: Sequence[str], boundary: str) -> Judgement:
    """Read a verdict.

    A supporting quote must stand in the passage that it names, spaces aside, and the boundary must be that of the
    question: a verdict that was copied out of the context has neither.

    Raises:
        BrokenReply: it is no JSON, has another shape, contradicts itself, or quotes what nobody said.
    """
    row = row_of(output)
    if row.get("boundary") != boundary:
        raise BrokenReply("the answer does not repeat the boundary of the question")
    verdict, p_supported = _verdict(row), _probability(row)
    if (verdict == "supported" and p_supported < 0.5) or (verdict == "unsupported" and p_supported > 0.5):
        raise BrokenReply(f"the answer contradicts itself: {verdict} with p_supported {p_supported:g}")
    index, quote = _evidence(row.get("evidence"), context)
    if verdict == "supported" and quote is None:
        raise BrokenReply("the answer calls the claim supported and quotes no passage that says so")
    kind = row.get("kind")
    if kind is not None and kind not in KINDS:
        raise BrokenReply(f"kind must be null or one of {', '.join(KINDS)}, got {_shown(kind)}")
    named = None if verdict == "supported" or kind is None else str(kind)
    return Judgement(p_supported, verdict, named, index, quote, str(row.get("reason") or "")[:_REASON])


def row_of(output: Mapping[str, object] | str) -> Mapping[str, object]:
    """The JSON object of an answer, which may stand in one code fence.

    Raises:
        BrokenReply: it is none, or has a key twice.
    """
    if isinstance(output, Mapping):
        return output
    text = output.strip()
    fenced = _FENCE.match(text)
    try:
        row = json.loads(fenced.group(1) if fenced else text, object_pairs_hook=_once, parse_constant=_refused)
    except (ValueError, RecursionError) as error:
        raise BrokenReply(f"the answer is no JSON ({error!s:.60}): {_shown(text)}") from error
    if not isinstance(row, dict):
        raise BrokenReply(f"the answer must be a JSON object, got {_shown(text)}")
    return row


def _verdict(row: Mapping[str, object]) -> Support:
    verdict = row.get("verdict")
    if verdict not in get_args(Support):
        raise BrokenReply(f"verdict must be {', '.join(get_args(Support))}, got {_shown(verdict)}")
    return cast(Support, verdict)


def _probability(row: Mapping[str, object]) -> float:
    found = row.get("p_supported")
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found <= 1:
        raise BrokenReply(f"p_supported must be a number from 0 to 1, got {_shown(found)}")
    return float(found)


def _evidence(found: object, context: Sequence[str]) -> tuple[int | None, str | None]:
    """Passage and quote as they stand; nothing for a quote that stands nowhere."""
    if found is None:
        return None, None
    index = found.get("index") if isinstance(found, Mapping) else None
    quote = found.get("quote") if isinstance(found, Mapping) else None
    if isinstance(index, bool) or not isinstance(index, int) or not isinstance(quote, str):
        raise BrokenReply(f"evidence must be null or have index and quote, got {_shown(found)}")
    if not 0 <= index < len(context):
        raise BrokenReply(f"evidence names passage {index}; there are {len(context)}, counted from 0")
    return index, _standing(quote, context[index])


def _standing(quote: str, text: str) -> str | None:
    """The words of a text that a quote is of, however it spaces them."""
    words = quote.split()
    found = re.search(r"\s+".join(map(re.escape, words)), text) if words else None
    return found.group() if found else None


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _refused(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
