"""When a reader sees the first word of a turn, and when the first word of its answer, from the events of the turn."""

from __future__ import annotations

from collections.abc import Sequence

from harness.order.spans import Moment


def first_token_ms(said: Sequence[Moment]) -> float | None:
    """Milliseconds from the first event to the first token of any stage that is not blank; None without one.

    A token's time is that of its own event, stamped when it was published and not when its reader had dealt with it.
    """
    return _until(said, [moment for moment in said if _is_word(moment)])


def first_answer_token_ms(said: Sequence[Moment]) -> float | None:
    """The same to the first token of the answer: of the stage that told the last token.

    What sub-agents or a router stream before it ("let me look that up") is no answer yet.
    """
    words = [moment for moment in said if _is_word(moment)]
    return _until(said, [word for word in words if word.stage == words[-1].stage])


def _is_word(moment: Moment) -> bool:
    return moment.text is not None and bool(moment.text.strip())


def _until(said: Sequence[Moment], words: Sequence[Moment]) -> float | None:
    times = [moment.at_ms for moment in said if moment.at_ms is not None]
    if not words or not times or words[0].at_ms is None:
        return None
    return words[0].at_ms - min(times)
