"""The text of a file -> documents, and findings about what is wrong with it. Touches no disk; parsers are given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from kb.chunk import Origin, passages, title_of
from kb.documents import Document, DocumentError, Finding, Kind
from kb.markdown import Block, blocks, front_matter
from kb.records import Record, record_in
from kb.rule_text import document_of, is_entry, names_of
from kb.rulebook import Entry

VERSION = "read-2"
MARKDOWN = (".md", ".markdown", ".mdx")
YAML = (".yaml", ".yml")
ParseMapping = Callable[[str, str], dict[str, object]]
ParseEntries = Callable[[str, str], tuple[dict[str, object], Sequence[Entry]]]
_RULE_FOLDERS = frozenset({"rules", "rulebook"})
COMPILED = "compiled-by: kb skills build"
"""Stands in the first lines of what was compiled from the knowledge itself, which would only answer twice."""
_HEAD = 2_000
_AN_ID = re.compile(r"(?<![\w-])id[\"']?\s*:")


@dataclass(frozen=True)
class Source:
    """A readable file: its path in the workspace, its text with line feeds alone, its git blob hash."""

    path: str
    text: str
    blob: str


def is_rule_file(path: str) -> bool:
    return path.endswith(YAML)


def is_compiled(source: Source) -> bool:
    """True for a file of a compiled skill."""
    return COMPILED in source.text[:_HEAD]


def read_markdown(source: Source, parse: ParseMapping) -> tuple[Document, list[Finding]]:
    """Read a Markdown file. Broken front matter is a finding; the body is read all the same."""
    lines = source.text.split("\n")
    matter = front_matter(lines)
    meta, findings = _meta(source, matter.yaml, parse)
    body = blocks(lines, matter.body_start)
    before = matter.body_start - 1
    record = record_in(source.path, meta, lines[before:], body, before)
    kind = _kind(source.path, record)
    title = str((record and record.title) or meta.get("title") or title_of(body) or _spoken(source.path))
    origin = Origin(source.path, kind, title, record.doc_id if record else None)
    if matter.yaml and (kind == "skill" or not body):
        # A skill says when to use it in its front matter, and only there.
        body = [Block("prose", 1, matter.body_start - 1, matter.yaml), *body]
    return _document(source, origin, record, meta, lines, body), findings


def read_rules(sources: Sequence[Source], parse: ParseEntries) -> tuple[list[Document], list[Finding]]:
    """Read all rule files of a workspace at once, since entries name one another by id.

    A YAML file without entries that have an id is no rule file and is passed over. Findings: a file below a folder
    named `rules` that cannot be parsed, and entries there without an id or a sentence.
    """
    findings: list[Finding] = []
    parsed = [(source, *_entries(source, parse, findings)) for source in sources if _AN_ID.search(source.text)]
    names = names_of(entry for _, _, entries in parsed for entry in entries)
    documents = [
        document_of(source.path, source.blob, entry, _defaults(fields), names)
        for source, fields, entries in parsed
        for entry in entries
        if is_entry(entry)
    ]
    findings += [
        Finding(source.path, entry.line_start, "rule-without-id", "warning", "this entry has no id or no sentence")
        for source, _, entries in parsed
        for entry in entries
        if _in_rule_folder(source.path) and not is_entry(entry)
    ]
    return documents, findings


def _entries(
    source: Source, parse: ParseEntries, findings: list[Finding]
) -> tuple[Mapping[str, object], Iterable[Entry]]:
    try:
        fields, entries = parse(source.text, source.path)
    except DocumentError as error:
        if _in_rule_folder(source.path):
            findings.append(Finding(source.path, 1, "yaml", "error", str(error)))
        return {}, []
    return fields, entries


def _defaults(fields: Mapping[str, object]) -> Mapping[str, object]:
    defaults = fields.get("defaults")
    return defaults if isinstance(defaults, Mapping) else {}


def _in_rule_folder(path: str) -> bool:
    return not _RULE_FOLDERS.isdisjoint(PurePosixPath(path).parts[:-1])


def _meta(source: Source, yaml: str, parse: ParseMapping) -> tuple[dict[str, object], list[Finding]]:
    if not yaml.strip():
        return {}, []
    try:
        return parse(yaml, source.path), []
    except DocumentError as error:
        return {}, [Finding(source.path, 1, "front-matter", "error", str(error))]


def _kind(path: str, record: Record | None) -> Kind:
    if record is not None:
        return record.kind
    return "skill" if PurePosixPath(path).name == "SKILL.md" else "doc"


def _spoken(path: str) -> str:
    """A file name as words; a README is called after its folder."""
    file = PurePosixPath(path)
    name = file.parent.name if file.stem.lower() in {"readme", "index", "skill"} and file.parent.name else file.stem
    return name.replace("-", " ").replace("_", " ")


def _document(
    source: Source,
    origin: Origin,
    record: Record | None,
    meta: Mapping[str, object],
    lines: Sequence[str],
    body: Sequence[Block],
) -> Document:
    own = record or Record("adr", "")
    tags = meta.get("tags")
    return Document(
        path=source.path,
        kind=origin.kind,
        title=origin.title,
        blob=source.blob,
        passages=tuple(passages(origin, lines, body)),
        doc_id=origin.doc_id,
        status=own.status,
        date=own.date,
        supersedes=own.supersedes,
        superseded_by=own.superseded_by,
        amends=own.amends,
        amended_by=own.amended_by,
        tags=own.tags or tuple(map(str, tags if isinstance(tags, list) else [])),
        meta=own.meta,
    )
