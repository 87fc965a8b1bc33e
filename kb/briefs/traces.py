"""An error text or stack trace -> the question to ask of the incidents: names and messages kept, noise left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# None of these may look further than its line or start anew inside a word: a hostile text of a megabyte would hold the
# whole server for hours.
_EXCEPTION = re.compile(r"\b[A-Z]\w*(?:Error|Exception|Warning|Failure|Timeout|Fault)\b")
_FRAMES = (
    re.compile(r'File "(?P<path>[^"\n]+)", line \d+(?:, in (?P<name>\S+))?'),
    re.compile(r"^[ \t]*at (?P<name>[\w.$<>]+) ?\((?P<path>[^():\n]+):\d+", re.MULTILINE),
    re.compile(r"^[ \t]*(?P<path>(?:[\w.-]+/)*[\w.-]+\.(?:go|rs|py|js|ts|rb|java|kt)):\d+", re.MULTILINE),
)
_NOISE = (
    re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*"),
    re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE),
    re.compile(r"\b0x[0-9a-f]+\b|\b[0-9a-f]{16,}\b", re.IGNORECASE),
    re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?\b"),
    re.compile(
        r"^[ \t]*(?:Traceback \(most recent call last\):|During handling of.*|The above exception.*)$", re.MULTILINE
    ),
    re.compile(r"^[ \t]*[~^]+[ \t]*$", re.MULTILINE),
)
_LONGEST = 1_200
_MOST_EXCEPTIONS = 20
_THEIRS = re.compile(r"site-packages|dist-packages|node_modules|/lib/python\d|<frozen")


@dataclass(frozen=True)
class Trace:
    """What an error text says: exceptions from the outermost in, frames of the own code, the messages."""

    exceptions: tuple[str, ...]
    paths: tuple[str, ...]
    functions: tuple[str, ...]
    message: str

    @property
    def query(self) -> str:
        """Words to search by: the message first, since it says most."""
        stems = [path.rsplit("/", 1)[-1] for path in self.paths]
        words = [self.message, *map(_plain, self.exceptions), *self.functions[-3:], *stems[-3:]]
        return " ".join(dict.fromkeys(filter(None, words)))[:_LONGEST]


def trace_of(text: str) -> Trace:
    """Read an error text in any form; without a known one all of it is the message."""
    frames = [match for pattern in _FRAMES for match in pattern.finditer(text)]
    own = [match for match in frames if not _THEIRS.search(match["path"])]
    functions = [name for match in own if (name := match.groupdict().get("name")) and not name.startswith("<")]
    exceptions = tuple(dict.fromkeys(_EXCEPTION.findall(text)))[:_MOST_EXCEPTIONS]
    return Trace(
        exceptions, tuple(dict.fromkeys(match["path"] for match in own)), tuple(dict.fromkeys(functions)),
        " ".join(_messages(text, bool(frames)))[:_LONGEST],
    )  # fmt: skip


def _messages(text: str, has_frames: bool) -> Iterator[str]:
    """The lines that speak: with a stack those that name an exception, else all."""
    for pattern in _NOISE:
        text = pattern.sub(" ", text)
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    spoken = [line for line in lines if _EXCEPTION.search(line)] if has_frames else lines
    yield from spoken or lines[-3:]


def _plain(name: str) -> str:
    """`ConnectionResetError` as words too: that is how people write of it."""
    return f"{name} {' '.join(re.findall(r'[A-Z][a-z]+|[A-Z]+(?![a-z])', name))}"
