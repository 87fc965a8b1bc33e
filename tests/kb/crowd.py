"""Eight readers, a writer and a second writer on one workspace, each a process; a reader knows what it must see.

Every document carries the number of its revision, and each revision lacks one of them. So an answer that mixes two
revisions, or shows one in part, is seen by whoever asked.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from kb.app import index, knowledge, open_workspace
from kb.documents import WriterBusy
from kb.generations import Generations
from kb.knowledge import Knowledge

READERS = 8
DOCUMENTS = 6
_REPOSITORY = Path(__file__).resolve().parents[2]
_REVISION = re.compile(r"revision (\d+)")
# A reader asks an index that it holds this often, while newer ones are published and it is pruned.
_ASKED_AGAIN = 8


@dataclass
class Told:
    """What one process saw."""

    role: str
    rounds: int = 0
    revisions: int = 0
    refused: int = 0
    wrong: list[str] = field(default_factory=list)


def text_of(number: int, revision: int) -> str:
    return f"# Paper {number}\n\nmarker of paper {number} in revision {revision}: token{number}x{revision}\n"


def texts_of(revision: int) -> dict[str, str]:
    """What the workspace holds in a revision, by path."""
    numbers = [number for number in range(DOCUMENTS) if number != revision % DOCUMENTS]
    return {f"docs/paper-{number}.md": text_of(number, revision).rstrip("\n") for number in numbers}


def watched(root: Path, seconds: float, embedder: str) -> list[Told]:
    """Let readers and writers at a workspace for some time, from when all have started."""
    (root / "docs").mkdir(parents=True)
    (root / "kb.toml").write_text(f'[kb]\nembedder = "{embedder}"\n', encoding="utf-8")
    _write(root, 0)
    index(open_workspace(root))
    roles = ["writer", "second", *(f"reader{number}" for number in range(READERS))]
    crowd = [subprocess.Popen([sys.executable, "-m", "tests.kb.crowd", role, root], cwd=_REPOSITORY) for role in roles]
    while len(list(root.glob("*.ready"))) < len(roles) and all(process.poll() is None for process in crowd):
        time.sleep(0.05)
    time.sleep(seconds)
    (root / "stop").touch()
    ended = [process.wait(120) for process in crowd]
    assert ended == [0] * len(roles), dict(zip(roles, ended, strict=True))
    return [Told(**json.loads((root / f"{role}.told").read_text(encoding="utf-8"))) for role in roles]


def take_part(role: str, root: Path) -> None:
    parts = {"writer": _writes, "second": _gets_in_the_way}
    told = parts.get(role, _reads)(role, root)
    (root / f"{role}.told").write_text(json.dumps(asdict(told)), encoding="utf-8")


def _writes(role: str, root: Path) -> Told:
    told = Told(role)
    for revision in _rounds(role, root):
        _write(root, revision + 1)
        while True:
            try:
                index(open_workspace(root))
                break
            except WriterBusy:
                told.refused += 1
                time.sleep(0.001)
        told.rounds += 1
        seen, wrong = _looked_at(knowledge(open_workspace(root)))
        told.wrong += wrong if seen == revision + 1 else [f"published {revision + 1}, found {seen}"]
    return told


def _gets_in_the_way(role: str, root: Path) -> Told:
    """Takes the lock wherever it can, lets go at once: the files may be half edited, so it must not build."""
    told = Told(role)
    for _ in _rounds(role, root):
        try:
            with Generations(root / ".kb" / "default").writer():
                told.rounds += 1
        except WriterBusy:
            told.refused += 1
        time.sleep(0.003)
    return told


def _reads(role: str, root: Path) -> Told:
    told = Told(role)
    newest = -1
    for _ in _rounds(role, root):
        opened = knowledge(open_workspace(root))
        first, wrong = _looked_at(opened)
        told.revisions += first > newest
        told.wrong += wrong + ([f"revision {first} after {newest}"] if first < newest else [])
        newest = first
        for _ in range(_ASKED_AGAIN):
            again, wrong = _looked_at(opened)
            told.wrong += wrong + ([f"an open index went from {first} to {again}"] if again != first else [])
            told.rounds += 1
            # On a machine of few cores the writer would hardly ever get to publish.
            time.sleep(0.01)
    return told


def _looked_at(opened: Knowledge) -> tuple[int, list[str]]:
    """The revision that an answer is of, and what is wrong with it."""
    result = opened.search("marker of the paper", k=DOCUMENTS * 2)
    found = {hit.passage.path: hit.passage.text for hit in result.hits}
    revisions = {int(number) for text in found.values() for number in _REVISION.findall(text)}
    if len(revisions) != 1:
        return -1, [f"revisions {sorted(revisions)} in one answer"]
    (revision,) = revisions
    return revision, [] if found == texts_of(revision) else [f"revision {revision} shows {found}"]


def _rounds(role: str, root: Path) -> Iterator[int]:
    (root / f"{role}.ready").touch()
    number = 0
    while not (root / "stop").exists():
        yield number
        number += 1


def _write(root: Path, revision: int) -> None:
    """Bring the files to a revision."""
    for number in range(DOCUMENTS):
        file = root / f"docs/paper-{number}.md"
        if number == revision % DOCUMENTS:
            file.unlink(missing_ok=True)
        else:
            file.write_text(text_of(number, revision), encoding="utf-8")


if __name__ == "__main__":
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    take_part(sys.argv[1], Path(sys.argv[2]))
