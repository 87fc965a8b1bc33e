"""Chat completions at any OpenAI-compatible address: Ollama, vLLM and others.

Such servers differ in how far they enforce a schema, so it is asked for as structured output and also written into the
instructions; what comes back is checked either way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from eco2.adapters.http_model import HttpModel, Said, base_address, checked_key, count, one_line, part
from eco2.adapters.model_wire import Wire
from eco2.adapters.openai_responses import data_url
from eco2.completions import Picture
from eco2.model_output import strict
from eco2.ports import Prompt
from eco2.pricing import Prices
from eco2.prompts import message


class ChatDialect:
    """Meets `http_model.Dialect`. `most_tokens` bounds an answer, with the thoughts before it."""

    def __init__(self, most_tokens: int = 8192) -> None:
        self._most_tokens = most_tokens

    def path(self, model: str, *, stream: bool) -> str:
        return "/chat/completions"

    def body(self, model: str, prompt: Prompt, picture: Picture | None, *, stream: bool) -> Mapping[str, object]:
        schema = strict(prompt.schema)
        told = f"{prompt.instructions}\nAnswer with one JSON object of this schema, nothing else:\n{one_line(schema)}"
        shape = {"name": prompt.task, "schema": schema, "strict": True}
        return {
            "model": model,
            "messages": [{"role": "system", "content": told}, {"role": "user", "content": _content(prompt, picture)}],
            "response_format": {"type": "json_schema", "json_schema": shape},
            "max_tokens": self._most_tokens,
            "temperature": 0,
            "stream": stream,
            **({"stream_options": {"include_usage": True}} if stream else {}),
        }

    def whole(self, answer: Mapping[str, Any]) -> Said:
        return _said(answer, "message")

    def piece(self, event: Mapping[str, Any]) -> Said:
        """Read a chunk; the last one may hold the usage and no choice."""
        return _said(event, "delta")


def openai_compatible(
    model: str, base_url: str, client: httpx.Client, *, key: str = "", prices: Prices | None = None
) -> HttpModel:
    """Return a model at an address such as `http://localhost:11434/v1`; most need no key.

    Raises:
        SettingsError: the address is none, or the key cannot be one.
    """
    name = f"compatible:{model}"
    headers = {"Authorization": f"Bearer {checked_key(key)}"} if key else {}
    return HttpModel(
        name, model, Wire(name, base_address(base_url), client, headers), ChatDialect(), prices or Prices()
    )


def _content(prompt: Prompt, picture: Picture | None) -> object:
    if picture is None:
        return message(prompt)
    return [
        {"type": "text", "text": message(prompt)},
        {"type": "image_url", "image_url": {"url": data_url(picture)}},
    ]


def _said(answer: Mapping[str, Any], key: str) -> Said:
    choice = part(answer, "choices", 0)
    finish = str(part(choice, "finish_reason") or "")
    refused = "refusal" if part(choice, key, "refusal") else "content_filter" if finish == "content_filter" else ""
    return Said(
        text=str(part(choice, key, "content") or ""),
        refusal=refused,
        model=str(answer.get("model") or ""),
        input_tokens=count(part(answer, "usage", "prompt_tokens")),
        output_tokens=count(part(answer, "usage", "completion_tokens")),
        ended=finish == "stop",
        cut=finish if finish not in ("", "stop", "content_filter") else "",
    )
