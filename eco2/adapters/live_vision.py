"""Look at pictures with a live model: OpenAI, Gemini, or any other that `completions.Sees`.

Bounded like every outside source: a timeout, a breaker, one more try. A model that declines to look is told apart from
a picture that shows nothing known: the first is no source, the second an answer.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from copy import copy
from typing import Self

from eco2.cassettes import CassetteMissing
from eco2.completions import Hurries, Picture, Refused, Sees
from eco2.outside import Found, Sight
from eco2.policy import Breaker, Clock, Deadline, Limits, RetryBudget, call
from eco2.ports import Completion, Prompt
from eco2.seeing import media_type, sight_from, sight_prompt
from eco2.turns import ModelError, SourceUnavailable
from kb.rulebook import Rulebook

LIMITS = Limits(timeout_s=20.0, retries=1, threshold=3, recovery_s=30.0, backoff_s=0.5)


class LiveVision:
    """Meets `ports.VisionModel`. `used`, where given, is told each completion, for the bill."""

    def __init__(
        self,
        model: Sees,
        rules: Rulebook,
        limits: Limits = LIMITS,
        *,
        used: Callable[[Completion], None] | None = None,
        clock: Clock = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._model, self._rules, self._limits, self._used = model, rules, limits, used
        self._breaker = Breaker(model.name, limits.threshold, limits.recovery_s, clock)
        self._budget = RetryBudget(clock=clock)
        self._clock, self._sleep, self._jitter = clock, sleep, jitter

    def billed(self, used: Callable[[Completion], None]) -> Self:
        """Return the same model with the same breaker, telling `used` each completion."""
        bound = copy(self)
        bound._used = used
        return bound

    def look(self, image: bytes) -> Found[Sight] | None:
        kind = media_type(image)
        if kind is None:
            return None
        completion = self._asked(sight_prompt(self._rules, image), Picture(image, kind))
        if self._used is not None:
            self._used(completion)
        return sight_from(completion.output, self._rules, image)

    def _asked(self, prompt: Prompt, picture: Picture) -> Completion:
        try:
            return call(
                lambda seconds: self._within(seconds).see(prompt, picture),
                self._limits,
                breaker=self._breaker,
                budget=self._budget,
                clock=self._clock,
                sleep=self._sleep,
                jitter=self._jitter,
            )
        except CassetteMissing:  # what was never recorded must not pass for a source that is away
            raise
        except Refused as error:
            raise SourceUnavailable(f"{error.provider} declines to look at this picture ({error.reason})") from error
        except ModelError as error:
            raise SourceUnavailable(f"{self._model.name} cannot look at this picture; describe it in words") from error

    def _within(self, seconds: float) -> Sees:
        bound = self._model.within(Deadline.after(seconds, self._clock)) if isinstance(self._model, Hurries) else None
        return bound if isinstance(bound, Sees) else self._model
