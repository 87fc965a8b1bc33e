"""A judge of somebody else's making, by `module:attribute`: an object with `judge`, or what makes one when called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from harness.cases import ConfigError, Judgement
from harness.judging.remote.budget import Use
from harness.ports import Judge

_CONTROL = ("When does the office open?", ("Broken lamps go into the box beside the entrance.",), "It opens at nine.")
"""A claim beside a context that says nothing of it, in words that share nothing."""


class OwnJudge:
    """Hands questions on. `is_named` where the judge says its `identity`: only then may its verdicts be kept.

    Before the first question comes a control that nobody supports who reads: one that always says supported would
    otherwise let every answer pass, and where no claims are labelled nothing else would tell.
    """

    def __init__(self, found: object, name: str) -> None:
        made = found if not isinstance(found, type) and hasattr(found, "judge") else _made(found, name)
        if not callable(getattr(made, "judge", None)):
            raise ConfigError(
                f"{name!r} makes no judge: {type(made).__name__} has no method judge; see harness.ports.Judge"
            )
        self._judge = cast(Judge, made)
        self._reads: bool | None = None
        said = getattr(made, "identity", "")
        self.is_named = isinstance(said, str) and bool(said)
        self.identity = f"own {name} {said}" if self.is_named else f"own {name}"

    def judge(self, question: str | None, context: Sequence[str], claim: str) -> Judgement:
        """See `ports.Judge`.

        Raises:
            ValueError: the judge supports what its context says nothing of.
        """
        if self._reads is None:
            self._reads = self._judge.judge(*_CONTROL).verdict != "supported"
        if not self._reads:
            raise ValueError(
                f"the judge supports {_CONTROL[2]!r} beside {_CONTROL[1][0]!r}: it does not read the context"
            )
        return self._judge.judge(question, context, claim)

    def use(self, question: str | None, context: Sequence[str], claim: str) -> Use:
        return Use(1)


def _made(found: object, name: str) -> object:
    if not callable(found):
        return found
    try:
        return found()
    except (Exception, SystemExit) as error:  # foreign code: what it does while it is made is the user's to mend
        raise ConfigError(f"{name!r} makes no judge: {type(error).__name__}: {error}") from error
