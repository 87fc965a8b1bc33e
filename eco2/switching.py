"""Say why a model was left for the next one, in few words of ours: what providers write in errors may be anything."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields

from eco2.completions import Answered, Garbled, Switch
from eco2.policy import BreakerOpen, TimedOut
from eco2.ports import Completion
from eco2.splice import Diverged
from eco2.turns import ModelError

_HTTP = re.compile(r"HTTP \d{3}")
_NO_ANSWER, _UNREACHED = "no answer in time", "cannot be reached"
LEFT_OUT = "was silent earlier in this turn"


def with_switches(completion: Completion, switches: Sequence[Switch]) -> Completion:
    """Add to a completion who was left for it; a fallback within a fallback keeps its own."""
    if not switches:
        return completion
    given = {one.name: getattr(completion, one.name) for one in fields(completion)}
    return Answered(**{**given, "switches": (*switches, *given.get("switches", ()))})


def silent(completion: Completion) -> tuple[str, ...]:
    """Return the providers that gave no answer in time: waiting for them once more would only cost it again."""
    switches = completion.switches if isinstance(completion, Answered) else ()
    return tuple(switch.provider for switch in switches if switch.reason in (_NO_ANSWER, LEFT_OUT))


def reason_in_a_stream(error: BaseException | None) -> str:
    """Return why a model was left in the middle of its answer."""
    told = reason(error)
    return {_NO_ANSWER: "fell silent in mid-answer", _UNREACHED: "broke off in mid-answer"}.get(told, told)


def reason(error: BaseException | None) -> str:
    """Return why a model was left, in a few words of ours: what providers say may be anything."""
    if isinstance(error, BreakerOpen):
        return "failed repeatedly a moment ago"
    if isinstance(error, TimedOut):
        return _NO_ANSWER
    if isinstance(error, Garbled):
        return "unusable answer"
    if isinstance(error, Diverged):
        return "would have told it differently"
    status = _HTTP.search(str(error))
    return status[0] if status else "cannot do this" if isinstance(error, ModelError) else _UNREACHED


def nobody(switches: Sequence[Switch]) -> ModelError:
    why = "; ".join(f"{switch.provider}: {switch.reason}" for switch in switches)
    return ModelError(f"no language model answered ({why}); ask again later or configure another one in ECO2_MODEL")
