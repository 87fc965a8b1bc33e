"""What a conversation keeps: the user's turns and what was understood of them, never what was found for them.

Facts are looked up anew each turn, so that nothing has to be summarised (adr/0028); a conversation that outgrows the
model's window keeps its last turns whole and of the older ones what was asked. All of it is plain JSON: a kept turn is
`{"text", "image", "location", "asked", "short"}`; `asked` is None where the turn was given and never answered here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from eco2.turns import GENERAL, RequestError
from eco2.windows import Budget, estimated_tokens

Json = dict[str, Any]
_ID = re.compile(r"[^\x00-\x1f\x7f]{1,128}")
_TOKENS_A_TURN = 20
"""What a turn takes beside its text in the message to a model that reads it."""


class ConversationBusy(RequestError):
    """Another turn of the same conversation is being answered."""


def conversation_of(raw: object) -> str:
    """Return the conversation that a request belongs to; "" for one that stands alone.

    Raises:
        RequestError: 'conversation' is there and no usable name.
    """
    name = raw.get("conversation") if isinstance(raw, Mapping) else None
    if name is None:
        return ""
    if not isinstance(name, str) or not _ID.fullmatch(name) or not _is_text(name):
        raise RequestError(f"'conversation' must be a name of 1 to 128 printable characters, got {name!r:.60}")
    return name


def _is_text(name: str) -> bool:
    """Whether a name is more than spaces and can be written; half a surrogate pair cannot."""
    return bool(name.strip()) and not any("\ud800" <= character <= "\udfff" for character in name)


def recalled(kept: Sequence[Json], request: Json, budget: Budget) -> tuple[Json, list[Json]]:
    """Return a request with the turns before it, and these with its own, shortened where they outgrow `budget`."""
    fresh = [{**turn, "asked": None, "short": False} for turn in request["turns"]]
    turns = shortened([*kept, *fresh], budget)
    return {**request, "turns": [{key: turn[key] for key in ("text", "image", "location")} for turn in turns]}, turns


def remembered(turns: Sequence[Json], understood: Json) -> list[Json]:
    """Return the turns with what was understood of the last one."""
    return [*turns[:-1], {**turns[-1], "asked": _asked(understood["sub_queries"])}]


def shortened(turns: Sequence[Json], budget: Budget) -> list[Json]:
    """Return the turns as they are within the budget's limit; beyond it, fewer tokens that keep to its shares.

    The last turns stay whole, the very last whatever its length. An older one becomes what was asked in it; one that
    asked nothing, was asked again later or is beyond the budget goes. A place that was given stays in force.
    """
    if tokens_of(turns) <= budget.limit:
        return list(turns)
    first_whole = len(turns) - max(1, _fitting(turns, budget.whole))
    older = _last_of_each([_short(turn) for turn in turns[:first_whole]])
    first_older = _first_fitting(older, budget.older)
    stay = [short if at >= first_older else None for at, short in enumerate(older)]
    return _in_place([*stay, *turns[first_whole:]], turns)


def tokens_of(turns: Sequence[Json]) -> int:
    """Return about how many tokens turns take as messages to a model."""
    return sum(map(_tokens, turns))


def _asked(queries: Sequence[Json]) -> list[str]:
    """Return the questions in the user's own words; one that leans on earlier ones with what it took over."""
    known = [query for query in queries if set(query["intents"]) != {GENERAL}]
    return [query["standalone"] if query["follow_up"] else query["text"] for query in known]


def _short(turn: Json) -> Json | None:
    """Return an older turn as what was asked in it; None when it asked nothing."""
    if turn["asked"] is None or turn["short"] or turn["image"]:
        return {**turn, "short": True}
    text = "\n".join(turn["asked"])
    return {**turn, "text": text, "short": True} if text else None


def _last_of_each(turns: Sequence[Json | None]) -> list[Json | None]:
    """Leave out what is asked again later."""
    last = {(turn["text"], turn["image"]): at for at, turn in enumerate(turns) if turn}
    return [turn if turn and last[turn["text"], turn["image"]] == at else None for at, turn in enumerate(turns)]


def _first_fitting(turns: Sequence[Json | None], tokens: int) -> int:
    """Return from where on turns fit in so many tokens; where None stands costs nothing."""
    return len(turns) - _fitting(turns, tokens)


def _fitting(turns: Sequence[Json | None], tokens: int) -> int:
    """Return how many of the last turns fit in so many tokens."""
    for count, turn in enumerate(reversed(turns)):
        tokens -= _tokens(turn) if turn else 0
        if tokens < 0:
            return count
    return len(turns)


def _in_place(stay: Sequence[Json | None], turns: Sequence[Json]) -> list[Json]:
    """Return the turns that stay; the place that one which goes had given is given by the next."""
    found: list[Json] = []
    given: Json | None = None
    for kept, turn in zip(stay, turns, strict=True):
        given = turn["location"] or given
        if kept is not None:
            found.append({**kept, "location": given})
            given = None
    return found


def _tokens(turn: Json) -> int:
    place = turn["location"] or {}
    return estimated_tokens(turn["text"]) + estimated_tokens(str(place.get("name") or "")) + _TOKENS_A_TURN
