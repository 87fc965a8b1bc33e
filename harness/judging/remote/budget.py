"""What judging may cost: prices, an estimate before anything is asked, and a purse that is never overdrawn."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass

from harness.cases import ConfigError
from harness.judging.remote.model import Completed, JudgeFailed, LanguageModel, Prompt, text_of

_BYTES_A_TOKEN = 3
_MILLION = 1_000_000


class BudgetSpent(JudgeFailed):
    """The next question could cost more than is left."""


@dataclass(frozen=True)
class Use:
    """Calls of a model and the tokens that go in and come out."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0

    def __add__(self, other: Use) -> Use:
        return Use(
            self.calls + other.calls,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
        )


@dataclass(frozen=True)
class Prices:
    """USD for a million tokens; None where nobody knows."""

    input_usd: float | None = None
    output_usd: float | None = None

    @property
    def known(self) -> bool:
        return self.input_usd is not None and self.output_usd is not None

    def cost(self, use: Use) -> float | None:
        """USD of a use; None without prices."""
        if self.input_usd is None or self.output_usd is None:
            return None
        return (use.input_tokens * self.input_usd + use.output_tokens * self.output_usd) / _MILLION


def tokens_of(text: str) -> int:
    """Tokens that a text has, rather too many than too few: a token for three bytes of UTF-8, one Korean syllable."""
    return -(-len(text.encode("utf-8", "surrogatepass")) // _BYTES_A_TOKEN)


def prices_of(model: object, given: Prices) -> Prices:
    """The prices that were given, else those that a model says of itself in `usd_per_million`."""
    said = getattr(model, "usd_per_million", None)
    if given.known or said is None:
        return given
    try:
        return Prices(float(said[0]), float(said[1]))
    except (TypeError, ValueError, IndexError) as error:
        raise ConfigError(f"usd_per_million of the judge's model must be two numbers, got {said!r}") from error


class Purse:
    """What was used so far and what is left. Safe from many threads.

    Args:
        prices: of the model.
        budget_usd: never spent more; None for no limit.
    """

    def __init__(self, prices: Prices, budget_usd: float | None = None) -> None:
        for name, usd in (("budget", budget_usd), ("price", prices.input_usd), ("price", prices.output_usd)):
            if usd is not None and not 0 <= usd < math.inf:
                raise ConfigError(f"the {name} must be a number of US dollars from 0, got {usd!r}; give another")
        self.prices, self.budget_usd = prices, budget_usd
        self.used, self.spent_usd = Use(), 0.0
        self._lock = threading.Lock()

    def afford(self, expected: Use, what: str) -> str:
        """Say what something will cost.

        Returns:
            One line for the user.

        Raises:
            ConfigError: it may cost more than the budget, or there is a budget and no price.
        """
        cost = self.prices.cost(expected)
        told = f"{what}: {expected.calls} calls, at most {expected.input_tokens + expected.output_tokens} tokens"
        if cost is None:
            if self.budget_usd is not None and expected.calls:
                raise ConfigError(
                    f"{told}; its price is not known, so no budget can be kept: give --price-in, --price-out"
                )
            return f"{told}; price unknown"
        if self.budget_usd is not None and cost > self.budget_usd:
            raise ConfigError(
                f"{told}, ${cost:.4f}: above the budget of ${self.budget_usd:g}; raise --budget-usd or judge less"
            )
        return f"{told}, at most ${cost:.4f}"

    def take(self, expected: Use) -> None:
        """Reserve what a call may cost.

        Raises:
            BudgetSpent: that is more than is left.
        """
        cost = self.prices.cost(expected) or 0.0
        with self._lock:
            if self.budget_usd is not None and self.spent_usd + cost > self.budget_usd:
                raise BudgetSpent(f"the budget of ${self.budget_usd:g} is spent; raise --budget-usd and go on")
            self.spent_usd += cost

    def settle(self, expected: Use, used: Use, cost_usd: float) -> None:
        """Replace what was reserved by what was used; `cost_usd` is the model's own word, 0 or no amount for none."""
        own, reserved = self.prices.cost(used) or 0.0, self.prices.cost(expected) or 0.0
        said = cost_usd if isinstance(cost_usd, int | float) and 0 < cost_usd < math.inf else own
        with self._lock:
            self.used += used
            self.spent_usd += said - reserved


def _is_told(use: Use) -> bool:
    """A model that counts less than nothing would fill the purse."""
    return min(use.input_tokens, use.output_tokens) >= 0 and use.input_tokens + use.output_tokens > 0


class PaidModel:
    """A language model whose calls are paid from a purse; a call that failed keeps what was reserved for it."""

    def __init__(self, model: LanguageModel, purse: Purse, answer_tokens: int) -> None:
        self.name = model.name
        self._model, self._purse, self._answer_tokens = model, purse, answer_tokens

    def complete(self, prompt: Prompt) -> Completed:
        """Raises: BudgetSpent: the call could cost more than is left."""
        expected = Use(1, tokens_of(text_of(prompt)), self._answer_tokens)
        self._purse.take(expected)
        answer = self._model.complete(prompt)
        counted = Use(1, answer.input_tokens, answer.output_tokens)
        used = counted if _is_told(counted) else expected
        self._purse.settle(expected, used, answer.cost_usd)
        return answer
