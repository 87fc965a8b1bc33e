"""Wait for a model so long and no longer."""

from __future__ import annotations

import queue
import threading

from harness.judging.remote.model import Completed, LanguageModel, Prompt


class TimedModel:
    """A language model that raises when it takes too long; the call itself is left to end on its own."""

    def __init__(self, model: LanguageModel, timeout_s: float) -> None:
        self.name = model.name
        self._model, self._timeout_s = model, timeout_s

    def complete(self, prompt: Prompt) -> Completed:
        """Raises: TimeoutError: no answer in time; and whatever the model raises."""
        answers: queue.Queue[Completed | BaseException] = queue.Queue()

        def ask() -> None:
            try:
                answers.put(self._model.complete(prompt))
            except BaseException as error:  # noqa: BLE001 - foreign code: raised again where it was asked
                answers.put(error)

        threading.Thread(target=ask, daemon=True).start()
        try:
            answer = answers.get(timeout=self._timeout_s)
        except queue.Empty:
            raise TimeoutError(f"{self.name}: no answer within {self._timeout_s:g} s") from None
        if isinstance(answer, BaseException):
            raise answer
        return answer
