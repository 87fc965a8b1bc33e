"""Write a chat message in plain words: initials, clipped words and dialect become what the other tables know.

It does not mend typing errors of known words; `spelling` does that afterwards.
"""

from __future__ import annotations

import re

from eco2.tables import table

_ROWS = tuple(
    (re.compile(pattern, re.IGNORECASE), plain)
    for language in ("ko", "en")
    for pattern, plain in table("chat")[language].items()
)


def in_plain_words(text: str) -> str:
    """Return the text with each chat word replaced by the plain one.

    >>> in_plain_words("이거 걍 버려도 됨?")
    '이거 그냥 버려도 되나?'
    """
    for pattern, plain in _ROWS:
        text = pattern.sub(plain, text)
    return text
