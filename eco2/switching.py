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


def with_switches(completion: Completion, switches: Sequence[Switch]) -> Completion:
    """Add to a completion who was left for it; a fallback within a fallback keeps its own."""
    if not switches:
        return completion
    given = {one.name: getattr(completion, one.name) for one in fields(completion)}
    return Answered(**{**given, "switches": (*switches, *given.get("switches", ()))})


def reason(error: BaseException | None) -> str:
    """Return why a model was left, in a few words of ours: what providers say may be anything."""
    if isinstance(error, BreakerOpen):
        return "failed repeatedly a moment ago"
    if isinstance(error, TimedOut):
        return "no answer in time"
    if isinstance(error, Garbled):
        return "unusable answer"
    if isinstance(error, Diverged):
        return "would have told it differently"
    status = _HTTP.search(str(error))
    return status[0] if status else "cannot do this" if isinstance(error, ModelError) else "cannot be reached"


def nobody(switches: Sequence[Switch]) -> ModelError:
    why = "; ".join(f"{switch.provider}: {switch.reason}" for switch in switches)
    return ModelError(f"no language model answered ({why}); ask again later or configure another one in ECO2_MODEL")
