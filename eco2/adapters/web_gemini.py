"""Web search by Gemini's grounding with Google Search.

Source: Gemini API reference, grounding: POST /v1beta/models/MODEL:generateContent with header x-goog-api-key and tools
[{"google_search": {}}]; a candidate has content.parts[].text and groundingMetadata {"webSearchQueries",
"groundingChunks": [{"web": {"uri", "title"}}], "groundingSupports": [{"segment": {"startIndex", "endIndex", "text"},
"groundingChunkIndices"}]}. Indices count bytes, so the segment's own text is used. The uri leads through Google, the
title is the page's domain. Errors: {"error": {"code", "message", "status", "details"}}; an unknown key is HTTP 400 with
reason API_KEY_INVALID; a 429 states its wait in details, "retryDelay": "13s".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from eco2.adapters.http_source import Answer, HttpSource, rows
from eco2.adapters.pinned_http import Secret
from eco2.adapters.web_answer import Citation, pages
from eco2.outside import Found, WebPage
from eco2.policy import CallFailed

PATH = "live:gemini-web"
_MODEL = re.compile(r"^[a-z0-9][a-z0-9.-]{1,80}$")
_DELAY = re.compile(r'"retryDelay"\s*:\s*"(\d{1,5}(?:\.\d{1,9})?)s"')
_ASKED = "Answer in the language of the question, one fact a sentence. Say only what the pages say."


class GeminiWeb:
    """Asks `model`."""

    def __init__(self, source: HttpSource, model: str) -> None:
        self._source, self._path = source, model_path(model)

    def pages(self, query: str, seconds: float) -> list[Found[WebPage]]:
        """Return the pages that the answer rests on, in its order; none for a blocked question.

        Raises:
            TimedOut, CallFailed: the API gave no usable answer, or one without searching.
        """
        body = {
            "contents": [{"role": "user", "parts": [{"text": query}]}],
            "systemInstruction": {"parts": [{"text": _ASKED}]},
            "tools": [{"google_search": {}}],
        }
        answer = self._source.post(self._path, body, seconds)
        found = candidate(answer)
        if found is None:
            return []
        grounding = found.get("groundingMetadata")
        if not isinstance(grounding, Mapping) or not isinstance(grounding.get("groundingChunks"), list):
            raise answer.failure("answered without searching", retry=False)
        return pages(_citations(grounding), PATH)


def secret(key: str) -> Secret:
    return Secret(headers={"x-goog-api-key": key})


def model_path(model: str) -> str:
    """Return the address of a model below the API's.

    Raises:
        ValueError: the name could lead elsewhere.
    """
    if not _MODEL.match(model):
        raise ValueError(f"a model's name has small letters, digits, '.' and '-', got {model!r}")
    return f"/models/{model}:generateContent"


def candidate(answer: Answer) -> Mapping[str, Any] | None:
    """Return the first candidate; None for a prompt that was blocked.

    Raises:
        CallFailed: an error, or an answer with neither.
    """
    if answer.status >= 400:
        raise _failure(answer)
    found = answer.checked().object()
    candidates, feedback = found.get("candidates"), found.get("promptFeedback")
    if isinstance(candidates, list) and candidates and isinstance(candidates[0], Mapping):
        return candidates[0]
    if isinstance(feedback, Mapping) and feedback.get("blockReason"):
        return None
    raise answer.failure("sent an answer without candidates", retry=True)


def _failure(answer: Answer) -> CallFailed:
    if "API_KEY_INVALID" in answer.text:
        return answer.failure("refused the key (API_KEY_INVALID)", retry=False)
    failure, delay = answer.failure(), _DELAY.search(answer.text)
    if failure.retry_after_s is None and delay:
        failure.retry_after_s = float(delay[1])
    return failure


def _citations(grounding: Mapping[str, Any]) -> Iterator[Citation]:
    webs = [_web(chunk) for chunk in grounding["groundingChunks"]]
    for support in rows(grounding.get("groundingSupports")):
        segment, indices = support.get("segment"), support.get("groundingChunkIndices")
        said = str(segment.get("text") or "") if isinstance(segment, Mapping) else ""
        for index in indices if isinstance(indices, list) else ():
            web = webs[index] if isinstance(index, int) and 0 <= index < len(webs) else {}
            yield Citation(str(web.get("uri") or ""), str(web.get("title") or ""), said)


def _web(chunk: object) -> Mapping[str, Any]:
    web = chunk.get("web") if isinstance(chunk, Mapping) else None
    return web if isinstance(web, Mapping) else {}
