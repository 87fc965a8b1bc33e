"""Pictures by a Gemini image model, written to a folder.

Source: Gemini API reference, image generation: generateContent with generationConfig.responseModalities; a part of the
candidate has inlineData {"mimeType", "data" in base64}; a stopped one has no content, and a finishReason such as
IMAGE_SAFETY or PROHIBITED_CONTENT.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from eco2.adapters.http_source import HttpSource, rows
from eco2.adapters.image_files import decoded, kept
from eco2.adapters.web_gemini import candidate, model_path
from eco2.outside import Found, Image

PATH = "live:gemini-images"
_STOPPED = frozenset({"SAFETY", "IMAGE_SAFETY", "PROHIBITED_CONTENT", "IMAGE_PROHIBITED_CONTENT", "RECITATION"})


class GeminiImages:
    """Asks `model` and writes below `folder`."""

    def __init__(self, source: HttpSource, model: str, folder: Path) -> None:
        self._source, self._path, self._folder = source, model_path(model), folder

    def image(self, prompt: str, seconds: float) -> Found[Image] | None:
        """Return a picture for a prompt; None where the API will not draw it.

        Raises:
            TimedOut, CallFailed: the API gave no usable answer.
        """
        body = {
            "contents": [{"role": "user", "parts": [{"text": prompt}]}],
            "generationConfig": {"responseModalities": ["TEXT", "IMAGE"]},
        }
        answer = self._source.post(self._path, body, seconds)
        found = candidate(answer)
        if found is None or str(found.get("finishReason")) in _STOPPED:
            return None
        data = next(_pictures(found), None)
        if data is None:
            raise answer.failure("sent an answer without a picture", retry=False)
        return kept(data, prompt, self._folder, PATH)


def _pictures(found: Mapping[str, Any]) -> Iterator[bytes]:
    content = found.get("content")
    for part in rows(content.get("parts")) if isinstance(content, Mapping) else ():
        inline = part.get("inlineData")
        data = decoded(inline.get("data")) if isinstance(inline, Mapping) else None
        if data is not None:
            yield data
