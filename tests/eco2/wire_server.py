"""A local server that speaks the three wire formats of language models, with faults by script.

It answers `/responses`, `/models/NAME:generateContent` (and `:streamGenerateContent`) and `/chat/completions` as their
documentation shows them, one scripted `Reply` a request; requests are kept for the tests to look at.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, ClassVar

Json = dict[str, Any]
DIALECTS = ("responses", "gemini", "chat")
MODEL, VERSION = "test-model", "test-model-2026-01"
USED = (120, 30)


@dataclass(frozen=True)
class Reply:
    """What one request gets.

    `text` is what the model writes, in `pieces` when streamed. `cut_after` closes the connection after that many events
    of text, `clean` at a proper end of the body; `stall_after` sends that many and then nothing more.
    """

    text: str = ""
    pieces: Sequence[str] | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    error: Json | None = None
    refusal: bool = False
    usage: bool = True
    finish: str = "stop"
    raw: str | None = None
    cut_after: int | None = None
    clean: bool = False
    stall_after: int | None = None
    trickle_s: float | None = None


@dataclass(frozen=True)
class Asked:
    """A request that came in."""

    path: str
    headers: dict[str, str]
    body: Json


class WireServer:
    """Serves on a free port of this machine; without a script it answers with the last reply again."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.over = Event()
        self._replies: deque[Reply] = deque()
        self._last = Reply("{}")
        handler = type("Handler", (_Handler,), {"wire": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._http.daemon_threads = True
        Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    def then(self, *replies: Reply) -> WireServer:
        """Script the next replies and forget those before, requests included."""
        self._replies, self._last = deque(replies), replies[-1]
        self.asked.clear()
        return self

    def next(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        return self._replies.popleft() if self._replies else self._last

    def close(self) -> None:
        self.over.set()
        self._http.shutdown()
        self._http.server_close()


@contextmanager
def wire_server() -> Iterator[WireServer]:
    server = WireServer()
    try:
        yield server
    finally:
        server.close()


class _Handler(BaseHTTPRequestHandler):
    wire: ClassVar[WireServer]
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        reply = self.wire.next(Asked(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        with suppress(OSError):
            self._answer(reply, _dialect(self.path), stream=bool(body.get("stream")) or "stream" in self.path)

    def _answer(self, reply: Reply, dialect: str, *, stream: bool) -> None:
        if reply.stall_after is not None and not stream:
            self.wire.over.wait(5)
        elif reply.raw is not None or reply.status != 200:
            self._whole(reply, reply.raw if reply.raw is not None else json.dumps({"error": reply.error or {}}))
        elif stream:
            self._stream(reply, dialect)
        else:
            self._whole(reply, json.dumps(whole(dialect, reply)))

    def _whole(self, reply: Reply, text: str) -> None:
        data = text.encode()
        self.send_response(reply.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if reply.trickle_s is None:
            self.wfile.write(data)
            return
        for byte in data:
            self.wfile.write(bytes([byte]))
            if self.wire.over.wait(reply.trickle_s):
                return

    def _stream(self, reply: Reply, dialect: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("Connection", "close")  # or the client may take up the connection again just as it closes
        self.end_headers()
        before, pieces, after = events(dialect, reply)
        self._send(before)
        for number, piece in enumerate(pieces):
            if number == reply.stall_after:
                self.wire.over.wait(5)
                return self._break()
            if number == reply.cut_after:
                return self._break(clean=reply.clean)
            self._send([piece])
        if reply.cut_after == len(pieces):
            return self._break(clean=reply.clean)
        self._send(after)
        return self._break(clean=True)

    def _send(self, rows: Sequence[Json | str]) -> None:
        for row in rows:
            kind = f"event: {row['type']}\n" if isinstance(row, dict) and "type" in row else ""
            text = row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)
            data = f"{kind}data: {text}\n\n".encode()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def _break(self, *, clean: bool = False) -> None:
        if clean:
            self.wfile.write(b"0\r\n\r\n")
        self.close_connection = True


def _dialect(path: str) -> str:
    return "responses" if path.endswith("/responses") else "chat" if path.endswith("/completions") else "gemini"


def whole(dialect: str, reply: Reply) -> Json:
    """Return the answer to a request without streaming."""
    return {"responses": _response, "gemini": _candidates, "chat": _completion}[dialect](reply, reply.text)


def events(dialect: str, reply: Reply) -> tuple[list[Json | str], list[Json | str], list[Json | str]]:
    """Return the events before, with, and after the text."""
    pieces = [""] if reply.refusal else list(reply.pieces if reply.pieces is not None else _split(reply.text))
    if dialect == "responses":
        return _response_events(reply, pieces)
    if dialect == "gemini":
        rows = [_candidates(Reply(refusal=reply.refusal, usage=False, finish=""), piece) for piece in pieces]
        return [], list(rows), [_candidates(reply, "")]
    start: Json = {"model": VERSION, "choices": [{"index": 0, "delta": {"role": "assistant"}, "finish_reason": None}]}
    key = "refusal" if reply.refusal else "content"
    chunks: list[Json | str] = [
        {"model": VERSION, "choices": [{"index": 0, "delta": {key: piece or "no"}, "finish_reason": None}]}
        for piece in pieces
    ]
    end: list[Json | str] = [
        {"model": VERSION, "choices": [{"index": 0, "delta": {}, "finish_reason": reply.finish}], "usage": None}
    ]
    usage: list[Json | str] = [{"model": VERSION, "choices": [], "usage": _chat_usage()}] if reply.usage else []
    return [start], chunks, [*end, *usage, "[DONE]"]


def _response_events(
    reply: Reply, pieces: Sequence[str]
) -> tuple[list[Json | str], list[Json | str], list[Json | str]]:
    created: Json = {"type": "response.created", "response": {"id": "resp_1", "status": "in_progress", "error": None}}
    kind = "refusal" if reply.refusal else "output_text"
    deltas: list[Json | str] = [{"type": f"response.{kind}.delta", "delta": piece or "no"} for piece in pieces]
    status = {"stop": "completed", "length": "incomplete"}.get(reply.finish, "failed")
    done: Json = {"type": f"response.{kind}.done", "text": reply.text}
    return [created], deltas, [done, {"type": f"response.{status}", "response": _response(reply, reply.text)}]


def _response(reply: Reply, text: str) -> Json:
    status = {"stop": "completed", "length": "incomplete"}.get(reply.finish, "failed")
    said = {"type": "refusal", "refusal": "no"} if reply.refusal else {"type": "output_text", "text": text}
    used = {"input_tokens": USED[0], "output_tokens": USED[1], "total_tokens": sum(USED)}
    return {
        "id": "resp_1",
        "object": "response",
        "status": status,
        "error": {"code": "server_error", "message": "broke"} if status == "failed" else None,
        "incomplete_details": {"reason": "max_output_tokens"} if status == "incomplete" else None,
        "model": VERSION,
        "output": [
            {"type": "reasoning", "id": "rs_1", "summary": []},
            {"type": "message", "role": "assistant", "content": [{**said, "annotations": []}]},
        ],
        **({"usage": used} if reply.usage else {}),
    }


def _candidates(reply: Reply, text: str) -> Json:
    finish = {"stop": "STOP", "length": "MAX_TOKENS", "": ""}.get(reply.finish, "OTHER")
    if reply.refusal:
        return {"promptFeedback": {"blockReason": "SAFETY"}, "modelVersion": VERSION}
    parts = [{"text": "let me see", "thought": True}, {"text": text}] if text else []
    candidate: Json = {"index": 0, "content": {"role": "model", "parts": parts}}
    used = {"promptTokenCount": USED[0], "candidatesTokenCount": USED[1] - 10, "thoughtsTokenCount": 10}
    return {
        "candidates": [candidate | ({"finishReason": finish} if finish else {})],
        "modelVersion": VERSION,
        **({"usageMetadata": used} if reply.usage else {}),
    }


def _completion(reply: Reply, text: str) -> Json:
    said = {"content": None, "refusal": "no"} if reply.refusal else {"content": text, "refusal": None}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": VERSION,
        "choices": [{"index": 0, "message": {"role": "assistant", **said}, "finish_reason": reply.finish}],
        **({"usage": _chat_usage()} if reply.usage else {}),
    }


def _chat_usage() -> Json:
    return {"prompt_tokens": USED[0], "completion_tokens": USED[1], "total_tokens": sum(USED)}


def _split(text: str, size: int = 7) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]
