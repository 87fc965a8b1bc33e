"""The nouns of the room: documents, their passages, hits, citations, and what can go wrong with them.

KbError                   anything a user can mend; the message says what, which value, where, what to do
├── WorkspaceError        no such folder, no `kb.toml`, a `kb.toml` that cannot be read
├── IndexMissing          nothing was indexed yet
├── ModelMismatch         the index was built with another embedder or tokenizer
├── WriterBusy            another process is building this index
├── DocumentError         a file that cannot be read as what it claims to be
├── RuleError             a domain rule that lacks something, or an id that stands twice
├── UnknownCitation       a citation whose document is not in this workspace
└── BackendMissing        a library that an extra brings is not installed
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["adr", "incident", "rule", "skill", "doc"]
Severity = Literal["error", "warning", "note"]
KINDS: tuple[Kind, ...] = ("adr", "incident", "rule", "skill", "doc")


class KbError(Exception):
    """Something the user can mend; printed as one line, exit code 3."""


class WorkspaceError(KbError):
    """The workspace cannot be found or its `kb.toml` cannot be read."""


class IndexMissing(KbError):
    """Nothing was indexed yet."""


class ModelMismatch(KbError):
    """The index was built with another embedder or tokenizer than the one in use."""


class WriterBusy(KbError):
    """Another process is building this index."""


class DocumentError(KbError):
    """A file is not what it claims to be."""


class RuleError(KbError):
    """A domain rule lacks a part, or two rules share an id."""


class UnknownCitation(KbError):
    """No document of the workspace carries the cited id."""


class BackendMissing(KbError):
    """The library behind a chosen backend is not installed."""


@dataclass(frozen=True)
class Finding:
    """Something in the knowledge that somebody should mend; `rule` names the check, `line` is 1-based."""

    path: str
    line: int
    rule: str
    severity: Severity
    message: str


@dataclass(frozen=True)
class Amendment:
    """One decision changes a part of another; `section` is that part's heading, None for the whole."""

    id: str
    section: str | None = None


@dataclass(frozen=True)
class Passage:
    """A piece of a document that is indexed and cited: a section of prose or one domain rule.

    `heading` is the path of headings below the title, joined by " > ", empty above the first.
    Lines are 1-based and inclusive, as the file stood when it was read. `indexed` is what the legs read in place of
    `text` where they differ; it is not kept in an index.
    """

    id: str
    path: str
    line_start: int
    line_end: int
    kind: Kind
    title: str
    heading: str
    text: str
    doc_id: str | None = None
    indexed: str | None = None


@dataclass(frozen=True)
class Document:
    """A file of knowledge, or one rule of a rule file: what is found, counted and cited as one.

    Ids are written in full (`adr:0007`, `rule:pet-bottle`). `status` is the normalised word (`accepted`, `superseded`,
    …), None where none is stated; `date` is an ISO date or the beginning of one, for a rule the day from which it is
    valid. `also_at` lists the paths of identical copies. `reversed_by` is the path of a later decision that takes this
    one back in prose though it reads as if in force (`kb.reversal_pairs`). In an opened index `passages` is empty
    (`kb.index`).
    """

    path: str
    kind: Kind
    title: str
    blob: str
    passages: tuple[Passage, ...]
    doc_id: str | None = None
    status: str | None = None
    date: str | None = None
    supersedes: tuple[str, ...] = ()
    superseded_by: tuple[str, ...] = ()
    amends: tuple[Amendment, ...] = ()
    amended_by: tuple[Amendment, ...] = ()
    tags: tuple[str, ...] = ()
    meta: Mapping[str, object] = field(default_factory=dict)
    also_at: tuple[str, ...] = ()
    reversed_by: str | None = None


@dataclass(frozen=True)
class Hit:
    """A passage that answers a query, with its document's score and what each leg gave it (None: did not see it).

    `successor_of` lists the ids of all records that its document replaces, `superseded_by` of those in force that
    replace it.
    """

    passage: Passage
    status: str | None
    score: float
    lexical: float | None
    vector: float | None
    also_at: tuple[str, ...] = ()
    successor_of: tuple[str, ...] = ()
    superseded_by: tuple[str, ...] = ()
    amended_by: tuple[Amendment, ...] = ()
    changed_since_index: bool = False


@dataclass(frozen=True)
class Citation:
    """What a citation such as `[rule:pet-bottle]` resolves to; `quote_hash` is of the cited lines as they stand."""

    id: str
    path: str
    line_start: int
    line_end: int
    blob: str
    quote_hash: str
