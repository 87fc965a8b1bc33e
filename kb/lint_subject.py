"""What is linted: every file parsed once, with the lines on which things stand. Touches no disk; readers are given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import PurePosixPath

from kb.documents import DocumentError, Finding
from kb.markdown import Block, FrontMatter, blocks, front_matter
from kb.read import ParseEntries, ParseMapping, Source, is_rule_file
from kb.record_kind import is_template, kind_of
from kb.record_links import full_id, name_of
from kb.record_text import Said, statements_in
from kb.records import Record, record_of, stated_statuses
from kb.rulebook import Entry

_RULE_FOLDERS = frozenset({"rules", "rulebook"})


@dataclass(frozen=True)
class Found:
    """Something that a rule found; `line` is 1-based."""

    path: str
    line: int
    message: str


@dataclass(frozen=True)
class Page:
    """A Markdown file. `said` and `body` count lines from the top of the file; `error`: what ails its front matter."""

    path: str
    blob: str
    lines: tuple[str, ...]
    matter: FrontMatter
    meta: Mapping[str, object]
    error: str | None
    body: tuple[Block, ...]
    said: tuple[Said, ...]
    record: Record | None
    is_template: bool

    def key_line(self, key: str) -> int:
        """The line of a key of the front matter, 1 where it is not there."""
        pattern = re.compile(rf"[\"']?{re.escape(key)}[\"']?\s*:")
        last = self.matter.body_start - 1
        return next((number for number, line in enumerate(self.lines[:last], 1) if pattern.match(line)), 1)

    def said_line(self, word: str) -> int:
        """The first line of the front matter, else of the file, that holds a word; 1 for none."""
        return next((number for number, line in enumerate(self.lines, 1) if word and word in line), 1)

    @property
    def status_line(self) -> int:
        """Where the status stands; the title where none does."""
        if self.meta.get("status"):
            return self.key_line("status")
        stated = stated_statuses(self.said)
        return stated[-1].line if stated else self.title_line

    @property
    def title_line(self) -> int:
        return next((block.line_start for block in self.body if block.kind == "heading"), 1)

    @property
    def title(self) -> str:
        heading = next((block.text for block in self.body if block.kind == "heading"), "")
        return str(self.meta.get("title") or heading)


@dataclass(frozen=True)
class RuleFile:
    """A YAML file of domain rules: its entries with the file's defaults laid under each; `error` where it has none."""

    path: str
    entries: tuple[Entry, ...] = ()
    error: str | None = None


@dataclass(frozen=True)
class RuleEntry:
    """One entry of a rule file as the rules about rules see it."""

    path: str
    line: int
    section: str
    fields: Mapping[str, object]

    @property
    def id(self) -> str:
        return str(self.fields.get("id") or "")


@dataclass(frozen=True)
class Subject:
    """Everything that rules look at. `exists` says whether a path of the workspace is there; None: that is unknown."""

    sources: tuple[Source, ...]
    pages: tuple[Page, ...]
    rule_files: tuple[RuleFile, ...]
    rules: tuple[RuleEntry, ...]
    unreadable: tuple[Finding, ...] = ()
    exists: Callable[[str], bool] | None = None
    today: str | None = None

    @cached_property
    def decisions(self) -> tuple[Page, ...]:
        return tuple(self._records("adr"))

    @cached_property
    def incidents(self) -> tuple[Page, ...]:
        return tuple(self._records("incident"))

    @cached_property
    def _by_id(self) -> dict[str, list[Page]]:
        found: dict[str, list[Page]] = {}
        for page in (*self.decisions, *self.incidents):
            found.setdefault(record(page).doc_id, []).append(page)
        return found

    @cached_property
    def _by_path(self) -> dict[str, Page]:
        return {page.path: page for page in self.pages}

    def named(self, doc_id: str) -> tuple[Page, ...]:
        """All records with an id."""
        return tuple(self._by_id.get(doc_id, ()))

    def resolve(self, doc_id: str, origin: str, target: str | None = None) -> Page | None:
        """The record that a link in a file means: the linked file, else one in the same folder, else the only one."""
        if target and (page := self._by_path.get(resolved(origin, target))) and page.record:
            return page
        found = self.named(doc_id)
        home = _home(origin)
        beside = [page for page in found if _home(page.path) == home]
        choices = beside or list(found)
        return choices[0] if beside or len(choices) == 1 else None

    def _records(self, kind: str) -> Iterator[Page]:
        """The records of a kind; of identical copies the one with the shortest path."""
        pages = [page for page in self.pages if page.record and page.record.kind == kind]
        seen: set[str] = set()
        for page in sorted(pages, key=lambda page: (len(page.path), page.path)):
            if page.blob not in seen:
                seen.add(page.blob)
                yield page


def record(page: Page) -> Record:
    """The record of a page that is one."""
    if page.record is None:
        raise ValueError(f"{page.path} is no record")
    return page.record


def resolved(origin: str, target: str) -> str:
    """The path in the workspace that a link in a file leads to; a leading slash means the workspace's own root."""
    bare = target.partition("#")[0].partition("?")[0]
    parts = [] if bare.startswith("/") else list(PurePosixPath(origin).parent.parts)
    for part in PurePosixPath(bare.lstrip("/")).parts:
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def subject(
    sources: Iterable[Source],
    parse: ParseMapping,
    parse_entries: ParseEntries,
    *,
    unreadable: Sequence[Finding] = (),
    exists: Callable[[str], bool] | None = None,
    today: str | None = None,
) -> Subject:
    """Parse sources for linting; what cannot be parsed becomes an `error` of its page or file."""
    every = tuple(sources)
    files = [_rule_file(source, parse_entries) for source in every if _is_rulebook(source.path)]
    return Subject(
        sources=every,
        pages=tuple(page_of(source, parse) for source in every if not is_rule_file(source.path)),
        rule_files=tuple(file for file, _ in files),
        rules=tuple(entry for _, entries in files for entry in entries),
        unreadable=tuple(unreadable),
        exists=exists,
        today=today,
    )


def page_of(source: Source, parse: ParseMapping) -> Page:
    """Parse one Markdown file."""
    lines = source.text.split("\n")
    matter = front_matter(lines)
    meta, error = _meta(source.path, matter, parse)
    shift = matter.body_start - 1
    rest, body = lines[shift:], blocks(lines, matter.body_start)
    kind = kind_of(source.path, meta, rest)
    said = statements_in(body, shift) if kind else []
    found = record_of(kind, source.path, meta, rest, said) if kind else None
    return Page(
        path=source.path,
        blob=source.blob,
        lines=tuple(lines),
        matter=matter,
        meta=meta,
        error=error,
        body=tuple(body),
        said=tuple(replace(item, line=item.line + shift) for item in said),
        record=found,
        is_template=kind is None and is_template(source.path, meta, rest),
    )


def _home(path: str) -> PurePosixPath:
    """The folder of the records among which a file stands: for a record with a folder of its own, the one above."""
    file = PurePosixPath(path)
    return file.parent.parent if full_id("adr", name_of(path)) != full_id("adr", file.stem) else file.parent


def _meta(path: str, matter: FrontMatter, parse: ParseMapping) -> tuple[Mapping[str, object], str | None]:
    if not matter.yaml.strip():
        return {}, None
    try:
        return parse(matter.yaml, path), None
    except DocumentError as error:
        return {}, str(error)


def _is_rulebook(path: str) -> bool:
    return is_rule_file(path) and not _RULE_FOLDERS.isdisjoint(PurePosixPath(path).parts[:-1])


def _rule_file(source: Source, parse: ParseEntries) -> tuple[RuleFile, list[RuleEntry]]:
    try:
        fields, entries = parse(source.text, source.path)
    except DocumentError as error:
        return RuleFile(source.path, (), str(error)), []
    defaults = fields.get("defaults")
    filled = defaults if isinstance(defaults, Mapping) else {}
    rows = [RuleEntry(source.path, entry.line_start, entry.section, {**filled, **entry.fields}) for entry in entries]
    return RuleFile(source.path, tuple(entries)), rows
