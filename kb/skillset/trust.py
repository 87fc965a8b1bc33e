"""What may be told to an agent in a skill: a record's text is data, a skill is read as instructions.

A skill's body is more than text to some clients: they run a command in an exclamation mark and backticks, put in files
after an @, and read tags as the end of the skill. A line that holds such a thing is not compiled in.
"""

from __future__ import annotations

import re
import unicodedata

from kb.lint_text import orders_in, without_hidden

_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
_INCLUDE = re.compile(r"(?<![\w@])@(?:~|\.{0,2}/|[\w/-]*\.[A-Za-z]\w*)")
_NAMES = (
    r"(?:skill|system|assistant|user|human|instruction|prompt|tool|function|document|result|context|example)[\w:-]*"
)
# Opening tags in small letters alone: `List<Document>` is a type.
_TAG = re.compile(rf"<{_NAMES}[\s/>]|</\s*[A-Za-z]")


def untrusted(text: str) -> str:
    """Why a text is not compiled into skills; empty when nothing speaks against it."""
    if order := next(orders_in(text), None):
        return f"gives orders to agents ({order[1]!r})"
    if without_hidden(text) != text:
        return "holds characters that nobody sees"
    return "holds a comment that readers do not see" if "<!--" in text else ""


def unsafe_line(line: str) -> str:
    """Why a line may not stand in a skill although its record is trusted; empty when it may."""
    if "!`" in line:
        return "holds a command that clients run when they load a skill (!`)"
    if "```" in line or "~~~" in line:
        return "opens a code fence"
    if _INCLUDE.search(_CODE.sub("", line)):
        return "names a file that clients put in (@)"
    if _TAG.search(line):
        return "holds a tag that clients may read as their own"
    return "holds control characters" if any(unicodedata.category(sign) == "Cc" for sign in line) else ""
