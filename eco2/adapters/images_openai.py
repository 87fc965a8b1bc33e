"""Pictures by OpenAI's image API, written to a folder. A link in an answer is never followed.

Source: OpenAI API reference and the `openai` package's types (images): POST /v1/images/generations with model, prompt,
n, size; gpt-image models answer {"data": [{"b64_json"}]}; a prompt that moderation stops is HTTP 400 with error code
"moderation_blocked" or "content_policy_violation".
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from eco2.adapters.http_source import HttpSource
from eco2.adapters.image_files import decoded, kept
from eco2.adapters.web_openai import failure
from eco2.outside import Found, Image

PATH = "live:openai-images"
_SIZE = "1024x1024"
_STOPPED = ('"moderation_blocked"', '"content_policy_violation"')


class OpenAiImages:
    """Asks `model` and writes below `folder`."""

    def __init__(self, source: HttpSource, model: str, folder: Path) -> None:
        self._source, self._model, self._folder = source, model, folder

    def image(self, prompt: str, seconds: float) -> Found[Image] | None:
        """Return a picture for a prompt; None where the API will not draw it.

        Raises:
            TimedOut, CallFailed: the API gave no usable answer.
        """
        body = {"model": self._model, "prompt": prompt, "n": 1, "size": _SIZE}
        answer = self._source.post("/images/generations", body, seconds)
        if answer.status == 400 and any(code in answer.text for code in _STOPPED):
            return None
        if answer.status >= 400:
            raise failure(answer)
        rows = answer.checked().object().get("data")
        first = rows[0] if isinstance(rows, list) and rows else None
        data = decoded(first.get("b64_json")) if isinstance(first, Mapping) else None
        if data is None:
            raise answer.failure("sent an answer without a picture", retry=False)
        return kept(data, prompt, self._folder, PATH)
