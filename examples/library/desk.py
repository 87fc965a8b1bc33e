"""The doors of the help desk: a function, a command that reads and writes JSONL, a server. None knows a harness.

harness run --target desk.py:answer
harness run --target "cmd:python desk.py"
python desk.py --port 8765 &  harness run --target http://127.0.0.1:8765/ask      (or /stream: server-sent events)
"""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from faults import FAULTS
from guide import read_guide
from librarian import Librarian

FAULT = "FOREIGN_FAULT"


def answer(request: Mapping[str, Any]) -> dict[str, Any]:
    """One request, one response, from the desk that the environment names: the healthy one if it names none."""
    return _desk(os.environ.get(FAULT, "")).answer(request)


@cache
def _desk(fault: str) -> Librarian:
    return FAULTS[fault](read_guide())


def answer_lines(lines: Iterable[str]) -> Iterator[str]:
    """One JSON object a line in, one out."""
    for line in lines:
        yield json.dumps(answer(json.loads(line)), ensure_ascii=False)


class Handler(BaseHTTPRequestHandler):
    """`POST /ask` answers in JSON, `POST /stream` in server-sent events."""

    def do_POST(self) -> None:
        response = answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        streams = self.path == "/stream"
        body = "".join(_stream(response)) if streams else json.dumps(response, ensure_ascii=False)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream" if streams else "application/json")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing; a run asks hundreds of times."""


def _stream(response: Mapping[str, Any]) -> Iterator[str]:
    """What happened, event by event, and the whole response at the end."""
    for event in response["events"]:
        yield f"data: {json.dumps(event, ensure_ascii=False)}\n\n"
    yield f"data: {json.dumps({'type': 'state', 'payload': dict(response)}, ensure_ascii=False)}\n\n"


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, help="serve HTTP there instead of reading JSONL; 0 takes a free one")
    port = parser.parse_args().port
    if port is not None:
        server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
        sys.stdout.flush()
        server.serve_forever()
    for line in answer_lines(sys.stdin):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
