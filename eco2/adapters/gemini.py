"""Google's Gemini over its REST API: `generateContent`, and `streamGenerateContent` as server-sent events.

Spoken with httpx and without the google-genai SDK: two POST requests are all that is needed. The SDK brings an HTTP
stack and retries of its own, beside the deadlines, breakers and retry budget that hold for every provider here.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx

from eco2.adapters.http_model import HttpModel, Said, base_address, checked_key, count, part
from eco2.adapters.model_wire import Wire
from eco2.completions import Picture
from eco2.ports import Prompt
from eco2.pricing import Prices
from eco2.prompts import message

BASE_URL = "https://generativelanguage.googleapis.com/v1beta"
_REFUSALS = ("SAFETY", "PROHIBITED_CONTENT", "BLOCKLIST", "SPII", "RECITATION", "IMAGE_SAFETY")


class GeminiDialect:
    """Meets `http_model.Dialect`. `most_tokens` bounds an answer, with the thoughts before it."""

    def __init__(self, most_tokens: int = 8192) -> None:
        self._most_tokens = most_tokens

    def path(self, model: str, *, stream: bool) -> str:
        return f"/models/{quote(model, safe='')}:{'streamGenerateContent?alt=sse' if stream else 'generateContent'}"

    def body(self, model: str, prompt: Prompt, picture: Picture | None, *, stream: bool) -> Mapping[str, object]:
        parts: list[dict[str, object]] = [{"text": message(prompt)}]
        if picture is not None:
            data = base64.b64encode(picture.data).decode("ascii")
            parts.append({"inlineData": {"mimeType": picture.media_type, "data": data}})
        return {
            "systemInstruction": {"parts": [{"text": prompt.instructions}]},
            "contents": [{"role": "user", "parts": parts}],
            "generationConfig": {
                "maxOutputTokens": self._most_tokens,
                "responseMimeType": "application/json",
                "responseJsonSchema": prompt.schema,
            },
        }

    def whole(self, answer: Mapping[str, Any]) -> Said:
        """Read an answer; parts that are thoughts are not part of it."""
        parts = part(answer, "candidates", 0, "content", "parts")
        rows = [row for row in (parts if isinstance(parts, list) else []) if not part(row, "thought")]
        finish = str(part(answer, "candidates", 0, "finishReason") or "")
        blocked = str(part(answer, "promptFeedback", "blockReason") or "")
        return Said(
            text="".join(str(part(row, "text") or "") for row in rows),
            refusal=blocked or (finish if finish in _REFUSALS else ""),
            model=str(answer.get("modelVersion") or ""),
            input_tokens=count(part(answer, "usageMetadata", "promptTokenCount")),
            output_tokens=_output_tokens(part(answer, "usageMetadata")),
            ended=finish == "STOP",
            cut=finish if finish not in ("", "STOP", "FINISH_REASON_UNSPECIFIED", *_REFUSALS) else "",
        )

    def piece(self, event: Mapping[str, Any]) -> Said:
        """Every event of the stream has the shape of an answer."""
        return self.whole(event)


def gemini(
    model: str, key: str, client: httpx.Client, *, base_url: str = BASE_URL, prices: Prices | None = None
) -> HttpModel:
    """Return a Gemini model.

    Raises:
        SettingsError: the address is none, or the key cannot be one.
    """
    name = f"gemini:{model}"
    wire = Wire(name, base_address(base_url), client, {"x-goog-api-key": checked_key(key)})
    return HttpModel(name, model, wire, GeminiDialect(), prices or Prices())


def _output_tokens(usage: Any) -> int | None:
    """Thoughts are billed as output and counted apart from it."""
    written = count(part(usage, "candidatesTokenCount"))
    return None if written is None else written + (count(part(usage, "thoughtsTokenCount")) or 0)
