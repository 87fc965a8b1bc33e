"""A true claim that answers something else: taken from another answer, judged against this one's context."""

from __future__ import annotations

import hashlib
import re

from harness.mutation.mutants import Change, Pool, Start

_WORD = re.compile(r"[가-힣A-Za-z]{2,}")
_VAGUE = re.compile(r"(?:it|they|there|if|how|in|on|with)\b|그|이[런 ]", re.IGNORECASE)
_FEW = 4
_MISSING = 3


def intent(start: Start, pool: Pool) -> list[Change]:
    """A claim of another answer, of which the context knows neither the source nor most words."""
    lot = int(hashlib.sha256(start.id.encode()).hexdigest(), 16) % max(1, len(pool.starts))
    others = (*pool.starts[lot:], *pool.starts[:lot])
    found = next((other for other in others if _is_foreign(start, other)), None)
    return [Change(found.text, (0, len(found.text)), f"answers {found.id}")] if found else []


def _is_foreign(start: Start, other: Start) -> bool:
    if other.language != start.language or other.ids & start.ids or other.topics & start.topics:
        return False
    words = _WORD.findall(other.text)
    missing = [word for word in words if not start.says(word[:3])]
    return len(words) >= _FEW and len(missing) >= max(_MISSING, 0.6 * len(words)) and not _VAGUE.match(other.text)
