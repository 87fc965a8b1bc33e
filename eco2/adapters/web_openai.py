"""Web search by the tool of OpenAI's Responses API.

An answer without a search in it is a failure: a wrong tool name once made a service answer from memory for weeks.

Source: OpenAI API reference and the `openai` package's types (responses, web search tool): POST /v1/responses with
tools [{"type": "web_search"}]; output holds items "web_search_call" and "message", whose "output_text" parts carry
annotations {"type": "url_citation", "url", "title", "start_index", "end_index"} over the text in code points; a part
may be a "refusal"; status is "completed", "incomplete" or "failed". Errors: {"error": {"message", "type", "code"}}.
"""

# incidents/2026-01-web-search-silent-fallback: the tool's name differs between versions of the API

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from eco2.adapters.http_source import Answer, HttpSource, rows
from eco2.adapters.pinned_http import Secret
from eco2.adapters.web_answer import Citation, pages
from eco2.outside import Found, WebPage

PATH = "live:openai-web"
_ASKED = (
    "Search the web and answer in the language of the question, one fact a sentence, each with its source. "
    "Say only what the pages say."
)
_TOOL = {"type": "web_search", "user_location": {"type": "approximate", "country": "KR", "timezone": "Asia/Seoul"}}
_MOST_TOKENS = 1_200
_BOUNDARY = re.compile(r"(?<=[.!?。])\s+|\n+")


class OpenAiWeb:
    """Asks `model`."""

    def __init__(self, source: HttpSource, model: str) -> None:
        self._source, self._model = source, model

    def pages(self, query: str, seconds: float) -> list[Found[WebPage]]:
        """Return the pages that the answer cites, in its order.

        Raises:
            TimedOut, CallFailed: the API gave no usable answer, or one without searching.
        """
        body = {
            "model": self._model, "input": query, "instructions": _ASKED, "tools": [_TOOL], "tool_choice": "required",
            "max_output_tokens": _MOST_TOKENS, "store": False,
        }  # fmt: skip
        answer = self._source.post("/responses", body, seconds)
        return pages(_citations(_output(answer), answer), PATH)


def secret(key: str) -> Secret:
    return Secret(headers={"Authorization": f"Bearer {key}"})


def failure(answer: Answer) -> Exception:
    """Return the policy error of an OpenAI error; a used-up balance comes as 429 and does not pass."""
    spent = answer.status == 429 and '"insufficient_quota"' in answer.text
    return answer.failure("has no budget left (insufficient_quota)", retry=False) if spent else answer.failure()


def _output(answer: Answer) -> Sequence[Mapping[str, Any]]:
    """Return the items of a completed answer."""
    if answer.status >= 400:
        raise failure(answer)
    found = answer.checked().object()
    output = found.get("output")
    if found.get("status") != "completed" or not isinstance(output, list):
        raise answer.failure("did not complete its answer", retry=True)
    return rows(output)


def _citations(output: Sequence[Mapping[str, Any]], answer: Answer) -> Iterator[Citation]:
    if not any(item.get("type") == "web_search_call" for item in output):
        raise answer.failure("answered without searching", retry=False)
    parts = [part for item in output if item.get("type") == "message" for part in rows(item.get("content"))]
    for part in parts:
        if part.get("type") == "output_text" and isinstance(part.get("text"), str):
            yield from _of_part(part["text"], rows(part.get("annotations")))


def _of_part(text: str, annotations: Sequence[Mapping[str, Any]]) -> Iterator[Citation]:
    for note in annotations:
        if note.get("type") == "url_citation":
            yield Citation(str(note.get("url")), str(note.get("title") or ""), _sentence(text, note.get("start_index")))


def _sentence(text: str, at: object) -> str:
    """Return the sentence that a citation stands in or behind; the line, where it is not clear."""
    if not isinstance(at, int) or not 0 <= at <= len(text):
        return ""
    start = 0
    for match in _BOUNDARY.finditer(text):
        if match.end() > at - 1:
            break
        start = match.end()
    end = next((match.start() for match in _BOUNDARY.finditer(text) if match.start() > at), len(text))
    return text[start:end]
