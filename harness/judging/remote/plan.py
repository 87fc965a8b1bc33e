"""What is going to be asked, gathered while nobody is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from harness.cases import Support
from harness.judging.remote.budget import Use


class Plan:
    """Questions by key, each once, while `gathering`. One plan is shared by all that ask the same model.

    A judge that plans must say something; `answer` is what. Who asks on after a refusal and who asks on after a yes are
    two: a plan that is to hold all questions is gathered with both answers.
    """

    def __init__(self) -> None:
        self.gathers = False
        self.answer: Support = "unsupported"
        self._uses: dict[str, Use] = {}

    @contextmanager
    def gathering(self) -> Iterator[Plan]:
        """Until it ends questions are noted and nobody is asked."""
        self.gathers, self._uses = True, {}
        try:
            yield self
        finally:
            self.gathers = False

    def note(self, key: str, use: Use) -> None:
        self._uses[key] = use

    @property
    def total(self) -> Use:
        return sum(self._uses.values(), Use())
