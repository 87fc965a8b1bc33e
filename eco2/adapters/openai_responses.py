"""The Responses API of OpenAI: `instructions` and `input` in, typed output items or typed events out.

Answers are asked for as strict structured output and are not stored by the provider.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import httpx

from eco2.adapters.http_model import HttpModel, Said, base_address, checked_key, count, part
from eco2.adapters.model_wire import Wire
from eco2.completions import Picture
from eco2.model_output import strict
from eco2.ports import Prompt
from eco2.pricing import Prices
from eco2.prompts import message

BASE_URL = "https://api.openai.com/v1"


class ResponsesDialect:
    """Meets `http_model.Dialect`. `most_tokens` bounds an answer, with the thoughts before it."""

    def __init__(self, most_tokens: int = 8192) -> None:
        self._most_tokens = most_tokens

    def path(self, model: str, *, stream: bool) -> str:
        return "/responses"

    def body(self, model: str, prompt: Prompt, picture: Picture | None, *, stream: bool) -> Mapping[str, object]:
        content: list[dict[str, object]] = [{"type": "input_text", "text": message(prompt)}]
        if picture is not None:
            content.append({"type": "input_image", "image_url": data_url(picture), "detail": "auto"})
        shape = {"type": "json_schema", "name": prompt.task, "schema": strict(prompt.schema), "strict": True}
        return {
            "model": model,
            "instructions": prompt.instructions,
            "input": [{"role": "user", "content": content}],
            "text": {"format": shape},
            "max_output_tokens": self._most_tokens,
            "store": False,
            "stream": stream,
        }

    def whole(self, answer: Mapping[str, Any]) -> Said:
        """Read a response object; its output may begin with reasoning, which is not an answer."""
        output = answer.get("output")
        items = [item for item in (output if isinstance(output, list) else []) if part(item, "type") == "message"]
        contents = [content for item in items for content in (part(item, "content") or [])]
        text = "".join(part(one, "text") or "" for one in contents if part(one, "type") == "output_text")
        refusal = any(part(one, "type") == "refusal" for one in contents)
        return Said(text, "refusal" if refusal else "") + _state(answer)

    def piece(self, event: Mapping[str, Any]) -> Said:
        kind = str(event.get("type", ""))
        if kind == "response.output_text.delta":
            return Said(str(event.get("delta") or ""))
        if kind.startswith("response.refusal."):
            return Said(refusal="refusal")
        if kind in ("response.completed", "response.incomplete", "response.failed"):
            return _state(event.get("response"))
        return Said(cut=str(event.get("code") or "error")) if kind == "error" else Said()


def openai_responses(
    model: str, key: str, client: httpx.Client, *, base_url: str = BASE_URL, prices: Prices | None = None
) -> HttpModel:
    """Return a model of OpenAI, or of an address that speaks the same API.

    Raises:
        SettingsError: the address is none, or the key cannot be one.
    """
    name = f"openai:{model}"
    wire = Wire(name, base_address(base_url), client, {"Authorization": f"Bearer {checked_key(key)}"})
    return HttpModel(name, model, wire, ResponsesDialect(), prices or Prices())


def data_url(picture: Picture) -> str:
    return f"data:{picture.media_type};base64,{base64.b64encode(picture.data).decode('ascii')}"


def _state(response: Any) -> Said:
    """Read how a response ended and what it used."""
    status, why = part(response, "status"), part(response, "incomplete_details", "reason")
    refused = "content_filter" if why == "content_filter" else ""
    failed = part(response, "error", "code") or "failed"
    cut = {"incomplete": str(why or "incomplete"), "failed": str(failed), "cancelled": "cancelled"}.get(str(status), "")
    return Said(
        refusal=refused,
        model=str(part(response, "model") or ""),
        input_tokens=count(part(response, "usage", "input_tokens")),
        output_tokens=count(part(response, "usage", "output_tokens")),
        ended=status == "completed",
        cut=cut,
    )
