"""Recorded completions: what a model answered once is answered again, letter for letter, without the model.

A recording is found by the content of what was asked: the model's name, the instructions, the message as the model
reads it, the schema. What changes from run to run (timings, paths) is not part of that message, so that the same
question finds the same recording; a prompt that was reworded finds none, and says so.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from eco2.completions import Answered, Chunk, Hurries, LeavesOut, Picture, Refused, Sees, Streams, Switch, chunks_of
from eco2.policy import Deadline
from eco2.ports import Completion, LanguageModel, Prompt
from eco2.prompts import message
from eco2.turns import ModelError

VERSION = 1
_SHOWN = 12


class CassetteMissing(ModelError):
    """Nothing was recorded for a prompt."""


class CassetteBroken(ModelError):
    """A recording cannot be read."""


@dataclass(frozen=True)
class Cassettes:
    """A folder of recordings, one file each. Writing is atomic; the same prompt again replaces its recording."""

    folder: Path

    def key(self, model: str, prompt: Prompt) -> str:
        """Return the address of a prompt's content."""
        asked = [VERSION, model, prompt.task, prompt.instructions, message(prompt), prompt.schema]
        return hashlib.sha256(json.dumps(asked, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()

    def save(self, model: str, prompt: Prompt, recorded: Mapping[str, object]) -> None:
        """Write a recording.

        Raises:
            OSError: the folder cannot be written.
        """
        path = self._path(model, prompt)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"version": VERSION, "task": prompt.task, "name": model, **recorded}, ensure_ascii=False)
        half = path.with_suffix(f".{uuid4().hex[:8]}.half")
        half.write_text(text + "\n", encoding="utf-8")
        os.replace(half, path)

    def load(self, model: str, prompt: Prompt) -> Mapping[str, Any]:
        """Return a recording.

        Raises:
            CassetteMissing: nothing was recorded for this prompt.
            CassetteBroken: the file is no recording of this version.
        """
        path = self._path(model, prompt)
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise CassetteMissing(
                f"no recording of {prompt.task!r} by {model!r} ({path.stem[:_SHOWN]}…) in {self.folder}; record again"
            ) from None
        except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
            raise CassetteBroken(
                f"{path} cannot be read ({type(error).__name__}); delete it and record again"
            ) from error
        if not isinstance(found, Mapping) or found.get("version") != VERSION:
            raise CassetteBroken(f"{path} is no recording of version {VERSION}; delete it and record again")
        return found

    def _path(self, model: str, prompt: Prompt) -> Path:
        return self.folder / prompt.task / f"{self.key(model, prompt)}.json"


@dataclass(frozen=True)
class Recording:
    """A language model whose answers and refusals are kept; failures are not. `name` is what it is replayed under."""

    model: LanguageModel
    cassettes: Cassettes
    name: str

    def within(self, deadline: Deadline) -> Recording:
        return replace(self, model=self.model.within(deadline)) if isinstance(self.model, Hurries) else self

    def without(self, names: Iterable[str]) -> Recording:
        return replace(self, model=self.model.without(names)) if isinstance(self.model, LeavesOut) else self

    def complete(self, prompt: Prompt) -> Completion:
        return self._kept(prompt, lambda: self.model.complete(prompt))

    def see(self, prompt: Prompt, picture: Picture) -> Completion:
        """Keep what is seen; the prompt names the picture by the hash of its bytes."""
        if not isinstance(self.model, Sees):
            raise ModelError(f"{self.name} cannot look at pictures; configure another model for them")
        model = self.model
        return self._kept(prompt, lambda: model.see(prompt, picture))

    def stream(self, prompt: Prompt) -> Iterator[Chunk]:
        pieces: list[Chunk] = []
        model = self.model
        with closing(_closable(model.stream(prompt) if isinstance(model, Streams) else _told(model, prompt))) as chunks:
            try:
                for chunk in chunks:
                    if chunk.completion is not None:
                        recorded = {"completion": _written(chunk.completion), "chunks": [_row(one) for one in pieces]}
                        self.cassettes.save(self.name, prompt, recorded)
                    pieces.append(chunk)
                    yield chunk
            except Refused as error:
                self._refused(prompt, error)
                raise

    def _kept(self, prompt: Prompt, ask: Callable[[], Completion]) -> Completion:
        try:
            completion = ask()
        except Refused as error:
            self._refused(prompt, error)
            raise
        self.cassettes.save(self.name, prompt, {"completion": _written(completion)})
        return completion

    def _refused(self, prompt: Prompt, error: Refused) -> None:
        self.cassettes.save(self.name, prompt, {"refused": {"provider": error.provider, "reason": error.reason}})


@dataclass(frozen=True)
class Replaying:
    """A language model that only remembers. `name` is the one that was recorded."""

    cassettes: Cassettes
    name: str

    def complete(self, prompt: Prompt) -> Completion:
        found = self.cassettes.load(self.name, prompt)
        if refused := found.get("refused"):
            raise Refused(str(refused["provider"]), str(refused["reason"]))
        return self._read(found, prompt)

    def see(self, prompt: Prompt, picture: Picture) -> Completion:
        """Return what was seen; the prompt names the picture by the hash of its bytes."""
        del picture
        return self.complete(prompt)

    def stream(self, prompt: Prompt) -> Iterator[Chunk]:
        """Yield the chunks that were recorded; a recording of a whole answer is told in sentences."""
        completion = self.complete(prompt)
        rows = self.cassettes.load(self.name, prompt).get("chunks")
        if rows is None:
            yield from chunks_of(completion)
            return
        yield from (Chunk(**{**row, "citations": tuple(row["citations"])}) for row in rows)
        yield Chunk(completion=completion)

    def _read(self, found: Mapping[str, Any], prompt: Prompt) -> Completion:
        try:
            given = dict(found["completion"])
            switches = tuple(Switch(**row) for row in given.pop("switches"))
            return Answered(**{**given, "notes": tuple(given.pop("notes")), "switches": switches})
        except (KeyError, TypeError, ValueError) as error:
            key = self.cassettes.key(self.name, prompt)[:_SHOWN]
            raise CassetteBroken(f"the recording {key}… is incomplete; delete it and record again") from error


def _written(completion: Completion) -> dict[str, object]:
    """Return a completion as JSON; floats keep every digit."""
    return {"notes": (), "switches": (), **asdict(completion)}


def _row(chunk: Chunk) -> dict[str, object]:
    return {key: value for key, value in asdict(chunk).items() if key != "completion"}


def _told(model: LanguageModel, prompt: Prompt) -> Iterator[Chunk]:
    yield from chunks_of(model.complete(prompt))


def _closable(chunks: Iterator[Chunk]) -> Generator[Chunk, None, None]:
    yield from chunks
