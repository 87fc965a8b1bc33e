"""Find what the user said and what was answered in the shapes that tracing systems write messages in.

A text; a list of messages (`role` and `content`, LangChain's `type`, OpenTelemetry's `parts`); an object around one of
them (`messages`, `input`, `question`, …); any of these as JSON in a text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

_USER = frozenset(("user", "human"))
_BOT = frozenset(("assistant", "ai", "model", "bot"))
_AROUND_INPUT = ("messages", "input", "inputs", "question", "query", "prompt", "user_input", "text", "content", "args")
_AROUND_OUTPUT = (
    "messages", "output", "outputs", "answer", "response", "completion", "generations", "choices", "message", "result",
    "text", "content",
)  # fmt: skip
_DEEP = 6
"""Objects around objects; more is no message any more."""


def user_turns(value: object, depth: int = _DEEP) -> tuple[str, ...]:
    """What the user said, oldest first; empty when it cannot be told."""
    value = unpacked(value)
    if isinstance(value, str):
        return (value.strip(),) if value.strip() else ()
    if isinstance(value, Sequence):
        return _user_messages(value, depth)
    if not isinstance(value, Mapping) or depth == 0:
        return ()
    if role := _role(value):
        return _texts([_content(value)]) if role in _USER else ()
    return next((found for key in _AROUND_INPUT if (found := user_turns(value.get(key), depth - 1))), ())


def answer_in(value: object, depth: int = _DEEP) -> str:
    """What the bot said last; empty when it cannot be told or was only a call of a tool."""
    value = unpacked(value)
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, Sequence):
        return next((said for part in reversed(value) if (said := _bot_text(part, depth))), "")
    if not isinstance(value, Mapping) or depth == 0:
        return ""
    if _role(value):
        return _bot_text(value, depth)
    return next((said for key in _AROUND_OUTPUT if (said := answer_in(value.get(key), depth - 1))), "")


def unpacked(value: object) -> object:
    """JSON that was written into a text becomes what it says; any other value stays."""
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _user_messages(messages: Sequence[object], depth: int) -> tuple[str, ...]:
    if depth == 0:
        return ()
    if any(isinstance(message, Mapping) and _role(message) for message in messages):
        said = [_content(message) for message in messages if isinstance(message, Mapping) and _role(message) in _USER]
        return _texts(said)
    return next((found for message in messages if (found := user_turns(message, depth - 1))), ())


def _bot_text(message: object, depth: int) -> str:
    if depth == 0:
        return ""
    if isinstance(message, Mapping) and (role := _role(message)):
        return _content(message) if role in _BOT else ""
    return answer_in(message, depth - 1)


def _role(message: Mapping[str, object]) -> str:
    role = message.get("role") or message.get("type")
    return (
        role.lower() if isinstance(role, str) and role.lower() in _USER | _BOT | {"system", "tool", "developer"} else ""
    )


def _content(message: Mapping[str, object]) -> str:
    """The text of a message; parts that are calls of tools, images or thoughts say nothing."""
    for key in ("content", "parts", "text"):
        content = message.get(key)
        if isinstance(content, str) and content.strip():
            return content.strip()
        if isinstance(content, Sequence) and (text := "\n".join(_texts([_part(part) for part in content]))):
            return text
    return ""


def _part(part: object) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Mapping) and part.get("type", "text") in ("text", "input_text", "output_text"):
        text = part.get("content", part.get("text"))
        return text if isinstance(text, str) else ""
    return ""


def _texts(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(text.strip() for text in texts if text.strip())
