"""How long a conversation may get for the models that are asked: the window less the largest output (adr/0028), and
what is left of it once it got longer. Tokens are estimated, without any model's tokenizer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from eco2.tables import table

_BYTES_A_TOKEN = 3
"""A Hangul syllable has three bytes and takes a token at most in today's vocabularies; English takes fewer."""
_WHOLE = 40_000
_LEAST_OLDER, _MOST_OLDER, _SHARE_OLDER = 20_000, 60_000, 0.15


@dataclass(frozen=True)
class Budget:
    """In estimated tokens: when a conversation is shortened, and how much of it stays whole and how much in short.

    `whole + older` is below `limit`, so that shortening always frees room for many turns.
    """

    limit: int
    whole: int
    older: int


def budget_for(models: Iterable[str]) -> Budget:
    """Return the budget that every one of several models can take: one may have to answer for another."""
    listed = {row["name"]: row for row in table("windows")["model"]}
    rows = [listed.get(name, table("windows")["other"]) for name in models]
    return budget_of(min(row["window"] - row["output"] for row in rows))


def budget_of(limit: int) -> Budget:
    """Return the shares of a limit: those of adr/0028, and of small windows half and a quarter."""
    older = min(_MOST_OLDER, max(_LEAST_OLDER, int(_SHARE_OLDER * limit)))
    return Budget(limit, min(_WHOLE, limit // 2), min(older, limit // 4))


def estimated_tokens(text: str) -> int:
    """Return about how many tokens a text takes; rather too many than too few."""
    return -(-len(text.encode("utf-8", "surrogatepass")) // _BYTES_A_TOKEN)
