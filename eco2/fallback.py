"""Several language models as one: the first that answers, answers; who was left for whom, and why, is told.

A refusal is an answer and is not asked of the next model. A stream is switched freely as long as nothing was shown;
after that the same model, then each other one, is asked to tell the answer again, and only what continues what was
shown letter for letter is added (`splice`). If none does, the answer ends with a note that says so: no reader sees a
word twice, and no sentence begun by one model is finished by another in its own way.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from copy import copy
from dataclasses import dataclass
from typing import Self, TypeVar

from eco2.completions import Answered, Chunk, Garbled, Hurries, Refused, Streams, Switch, chunks_of
from eco2.policy import Breaker, Clock, Deadline, Limits, RetryBudget, call
from eco2.ports import Completion, LanguageModel, Prompt
from eco2.splice import Diverged, Shown, Telling
from eco2.switching import LEFT_OUT, nobody, reason, reason_in_a_stream, with_switches
from eco2.turns import ModelError, SettingsError, SourceUnavailable, Statement

T = TypeVar("T")
LIMITS = Limits(timeout_s=30.0, retries=1, threshold=3, recovery_s=30.0, backoff_s=1.0)
"""As adr/0009 has it for a language model, save for one retry instead of two: there is another model to ask."""
TURN_S = 60.0
CUT_OFF = Statement(
    "여기서 답이 끊겼어요. 나머지는 다시 물어봐 주세요.", "The answer broke off here. Please ask again for the rest."
)
_TELLINGS = 2
"""How often one model is asked in a stream: again once after it broke off."""


@dataclass(frozen=True)
class _Member:
    """A model with its breaker."""

    model: LanguageModel
    breaker: Breaker


class _BrokeOff(Exception):
    """A stream ended in an error after it had begun."""


class Fallback:
    """Meets `ports.LanguageModel`, `completions.Streams` and `completions.Hurries` with the models it is given."""

    def __init__(
        self,
        models: Sequence[LanguageModel],
        limits: Limits = LIMITS,
        *,
        turn_s: float = TURN_S,
        budget: RetryBudget | None = None,
        clock: Clock = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """Put models in the order in which they are asked.

        Args:
            models: at least one; one that does not stream is told in whole sentences.
            limits: of each model's call; `threshold` and `recovery_s` are its breaker's.
            turn_s: seconds for all models together, where nobody gave a deadline (`within`).
            budget: of retries, shared by all of them; None for one of its own.
            clock: seconds, rising.
            sleep: waits between two tries.
            jitter: a number in [0, 1) for each pause.

        Raises:
            SettingsError: there is no model.
        """
        if not models:
            raise SettingsError("a fallback needs at least one language model; name one in ECO2_MODEL")
        self._members = [
            _Member(model, Breaker(model.name, limits.threshold, limits.recovery_s, clock)) for model in models
        ]
        self._limits, self._turn_s = limits, turn_s
        self._deadline: Deadline | None = None
        self._left_out: frozenset[str] = frozenset()
        self._budget = budget or RetryBudget(clock=clock)
        self._clock, self._sleep, self._jitter = clock, sleep, jitter

    @property
    def name(self) -> str:
        return ", ".join(member.model.name for member in self._members)

    def within(self, deadline: Deadline) -> Self:
        """Return the same models with the same breakers, bound to the deadline of a turn."""
        bound = copy(self)
        bound._deadline = deadline
        return bound

    def without(self, names: Iterable[str]) -> Self:
        """Return the same models with the same breakers, but for those of these names: they were silent just now."""
        bound = copy(self)
        bound._left_out = frozenset(names)
        return bound

    def complete(self, prompt: Prompt) -> Completion:
        """Return the first answer, with `switches` to say who was left for it.

        Raises:
            Refused: a model declines; the others are not asked.
            ModelError: no model answered; says why for each.
        """
        deadline, switches = self._until(), self._gone()
        for member in self._asked():
            try:
                return with_switches(self._completed(member, prompt, deadline), switches)
            except Refused:
                raise
            except (SourceUnavailable, ModelError) as error:
                _note(switches, member, error)
        raise nobody(switches)

    def stream(self, prompt: Prompt) -> Iterator[Chunk]:
        """Yield an answer while it is written; nothing that was yielded is yielded again.

        Raises:
            Refused: a model declines before anything was shown.
            ModelError: no model answered and nothing was shown.
        """
        deadline, switches, shown = self._until(), self._gone(), Shown()
        for member in self._asked():
            for _ in range(_TELLINGS):
                try:
                    yield from self._told_by(member, prompt, deadline, shown, switches)
                    return
                except Refused as error:
                    if not shown:
                        raise
                    yield from self._broken_off(prompt, shown, [*switches, Switch(member.model.name, error.reason)])
                    return
                except _BrokeOff as error:
                    switches.append(Switch(member.model.name, reason_in_a_stream(error.__cause__)))
                    if not self._budget.spend():
                        break
                except (SourceUnavailable, ModelError, Diverged) as error:
                    _note(switches, member, error)
                    break
        if not shown:
            raise nobody(switches)
        yield from self._broken_off(prompt, shown, switches)

    def _asked(self) -> list[_Member]:
        return [member for member in self._members if member.model.name not in self._left_out]

    def _gone(self) -> list[Switch]:
        return [Switch(member.model.name, LEFT_OUT) for member in self._members if member.model.name in self._left_out]

    def _until(self) -> Deadline:
        return self._deadline or Deadline.after(self._turn_s, self._clock)

    def _completed(self, member: _Member, prompt: Prompt, deadline: Deadline) -> Completion:
        def work(seconds: float) -> Completion:
            return _bound(member.model, Deadline.after(seconds, self._clock)).complete(prompt)

        return self._called(member, member.breaker, work, deadline)

    def _told_by(
        self, member: _Member, prompt: Prompt, deadline: Deadline, shown: Shown, switches: Sequence[Switch]
    ) -> Iterator[Chunk]:
        """Yield what a model adds to what was shown; its breaker hears of the stream as one call."""
        member.breaker.check()
        report = member.breaker.abandoned
        try:
            yield from self._telling(member, prompt, deadline, shown, switches)
            report = member.breaker.succeeded
        except (SourceUnavailable, _BrokeOff) as error:
            cause = error.__cause__ if isinstance(error, _BrokeOff) else error
            if isinstance(cause, SourceUnavailable) and not deadline.expired:  # a turn that is over blames nobody
                report = member.breaker.failed
            raise
        finally:
            report()

    def _telling(
        self, member: _Member, prompt: Prompt, deadline: Deadline, shown: Shown, switches: Sequence[Switch]
    ) -> Iterator[Chunk]:
        telling = Telling(shown)
        with closing(self._pieces(member, prompt, deadline)) as pieces:
            for chunk in pieces:
                if chunk.completion is not None:
                    telling.finish()
                    yield Chunk(completion=with_switches(chunk.completion, switches))
                    return
                if (fresh := telling.new(chunk)) is not None:
                    yield fresh
        raise _BrokeOff from Garbled(f"{member.model.name}: the stream ended without an answer; try again")

    def _pieces(self, member: _Member, prompt: Prompt, deadline: Deadline) -> Generator[Chunk, None, None]:
        """Yield a model's chunks. Up to the first it is tried again like any call; from then on an error is its end."""

        def work(_: float) -> tuple[Chunk | None, Iterator[Chunk]]:
            pieces = _stream(_bound(member.model, deadline), prompt)
            return next(pieces, None), pieces

        uncounted = Breaker(member.model.name, threshold=sys.maxsize, clock=self._clock)
        first, rest = self._called(member, uncounted, work, deadline)
        try:
            if first is not None:
                yield first
            yield from rest
        except Refused:
            raise
        except (SourceUnavailable, ModelError) as error:
            raise _BrokeOff from error

    def _called(self, member: _Member, breaker: Breaker, work: Callable[[float], T], deadline: Deadline) -> T:
        """Call within the limits and the turn; a model that cannot be hurried is asked even late."""
        return call(
            work,
            self._limits,
            breaker=breaker,
            budget=self._budget,
            deadline=deadline if isinstance(member.model, Hurries) else None,
            clock=self._clock,
            sleep=self._sleep,
            jitter=self._jitter,
        )

    def _broken_off(self, prompt: Prompt, shown: Shown, switches: Sequence[Switch]) -> Iterator[Chunk]:
        """End an answer that nobody finishes: say so in it, and complete it as it was shown."""
        yield from shown.close(CUT_OFF.text(str(prompt.input.get("language", "ko"))))
        name = switches[-1].provider
        notes = (f"what {name} and those before it used is not known: the answer broke off",)
        output = {"paragraphs": shown.paragraphs()}
        cut = "the answer broke off and nobody finished it"
        yield Chunk(completion=Answered(output, name, notes=notes, switches=tuple(switches), cut=cut))


def _bound(model: LanguageModel, deadline: Deadline) -> LanguageModel:
    return model.within(deadline) if isinstance(model, Hurries) else model


def _stream(model: LanguageModel, prompt: Prompt) -> Iterator[Chunk]:
    return iter(model.stream(prompt)) if isinstance(model, Streams) else chunks_of(model.complete(prompt))


def _note(switches: list[Switch], member: _Member, error: BaseException | None) -> None:
    switches.append(Switch(member.model.name, reason(error)))
