"""A decision that still reads as accepted but is taken back in prose: behind the later one after any edit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from kb.app import index, knowledge, open_workspace
from kb.build import build
from kb.documents import Document, Finding, Kind, Passage
from kb.generations import Generations
from kb.index import Index
from kb.knowledge import Knowledge
from kb.store import load

Open = Callable[[], Knowledge]
QUESTION = "How do chat tokens reach the browser?"
OLD, NEW = "adr/0010-polling.md", "adr/0011-streams.md"
TAKES_BACK = "ADR-0010 is hereby replaced: tokens go through the stream."
POLLING = """# Chat tokens reach the browser by polling

* Status: Accepted
* Date: 2026-01-05

## Decision
The browser polls for chat tokens, so that tokens reach the browser without a socket.
"""
STREAMS = """# Push each piece as it is written

* Status: Accepted
* Date: 2026-03-01

## Decision
{words}
"""


@pytest.fixture
def root(root: Path) -> Path:
    put(root, OLD, POLLING)
    put(root, NEW, STREAMS.format(words=TAKES_BACK))
    return root


def put(root: Path, path: str, text: str) -> None:
    (root / path).write_text(text, encoding="utf-8")


def order(opened: Knowledge) -> list[str]:
    found = [hit.passage.path for hit in opened.search(QUESTION, k=10).hits]
    return [path for path in found if path in (OLD, NEW)]


def held(home: Path) -> Index:
    """The published index of a workspace."""
    found = Generations(home).read(lambda folder: load(folder, whole=True))
    assert found is not None
    return found


def test_it_is_ranked_behind_and_says_by_what_it_was_replaced(opened: Open) -> None:
    ready = opened()
    by_path = {hit.passage.path: hit for hit in ready.search(QUESTION, k=10).hits}
    assert order(ready) == [NEW, OLD]
    assert (by_path[OLD].status, by_path[OLD].superseded_by) == ("accepted", ("adr:0011",))
    assert by_path[NEW].successor_of == ("adr:0010",)


def test_without_those_words_the_nearer_text_comes_first(root: Path, opened: Open) -> None:
    put(root, NEW, STREAMS.format(words="Tokens go through the stream."))
    assert order(opened()) == [OLD, NEW]


def test_a_question_that_names_it_finds_it_first(opened: Open) -> None:
    found = opened().search("What did ADR-0010 decide about chat tokens?", k=10)
    assert found.hits[0].passage.path == OLD


def test_a_proposal_takes_nothing_back(root: Path, opened: Open) -> None:
    put(root, NEW, STREAMS.format(words=TAKES_BACK).replace("Accepted", "Proposed"))
    assert order(opened())[0] == OLD


def test_as_of_an_earlier_day_it_is_still_in_force(opened: Open) -> None:
    found = opened().search(QUESTION, k=10, as_of="2026-02-01").hits
    assert [hit.passage.path for hit in found][:1] == [OLD]


EDITS: Mapping[str, Callable[[Path], object]] = {
    "the words go": lambda root: put(root, NEW, STREAMS.format(words="Tokens go through the stream.")),
    "the words name another": lambda root: put(root, NEW, STREAMS.format(words=TAKES_BACK.replace("0010", "0003"))),
    "the later one goes": lambda root: (root / NEW).unlink(),
    "the earlier one says so itself": lambda root: put(
        root, OLD, POLLING.replace("Accepted", "Superseded by ADR-0011")
    ),
    "a third one takes the later back": lambda root: put(
        root, "adr/0012-back.md", STREAMS.format(words="ADR-0011 is hereby replaced.").replace("03-01", "04-01")
    ),
    "the later one moves": lambda root: (root / NEW).rename(root / "adr/0011-moved.md"),
    "only another document changes": lambda root: put(root, "docs/guide.md", "# Guide\n\nChat tokens.\n"),
    "nothing changes": lambda root: None,
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_after_an_edit_the_index_equals_a_clean_build(
    root: Path, environ: dict[str, str], edit: Callable[[Path], object]
) -> None:
    workspace = open_workspace(root, environ)
    index(workspace, environ)
    edit(root)
    report = index(workspace, environ)
    by_parts, order_by_parts = held(report.home), order(knowledge(workspace, environ))
    assert report.reused > 0
    index(workspace, environ, anew=True)
    assert by_parts.documents == held(report.home).documents
    assert order_by_parts == order(knowledge(workspace, environ))


def test_an_edit_of_the_reversing_words_alone_changes_the_order(root: Path, opened: Open) -> None:
    plain = STREAMS.format(words="Tokens go through the stream.")
    seen = [order(opened())]
    for text in (plain, STREAMS.format(words=TAKES_BACK)):
        put(root, NEW, text)
        seen.append(order(opened()))
    assert seen == [[NEW, OLD], [OLD, NEW], [NEW, OLD]]


def test_decisions_are_looked_at_together_only_when_one_of_them_changed() -> None:
    asked: list[Sequence[str]] = []
    first = built({"adr/a.md": "1", "docs/b.md": "1"}, None, asked)
    second = built({"adr/a.md": "1", "docs/b.md": "2"}, first, asked)
    built({"adr/a.md": "2", "docs/b.md": "2"}, second, asked)
    assert asked == [["adr/a.md"], ["adr/a.md"]]


def built(files: Mapping[str, str], old: Index | None, asked: list[Sequence[str]]) -> Index:
    """An index of files of one passage each; notes when decisions are looked at together."""

    def read(paths: Sequence[str]) -> tuple[list[Document], list[Finding]]:
        kinds: dict[str, Kind] = {path: "adr" if path.startswith("adr") else "doc" for path in paths}
        return [
            Document(path, kind, path, files[path], (Passage(f"{path}:1-1", path, 1, 1, kind, path, "", "text"),))
            for path, kind in kinds.items()
        ], []

    def reversed_of(paths: Sequence[str]) -> Mapping[str, str]:
        asked.append(paths)
        return {}

    return build(files, read, None, "exact", old, reversed_of).index
