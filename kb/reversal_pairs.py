"""Pairs of decisions of which the later takes the earlier back in prose, for whoever ranks, lists or lints.

Only decisions count, and all of them do: which of two holds can change when a third file is edited. So a caller that
keeps pairs computes them anew whenever a decision is added, edited or removed, and never otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kb.lint_subject import Page, Subject, page_of, record
from kb.read import ParseMapping, Source
from kb.record_links import Mention
from kb.reversals import Decision, Reversal, reversals

# Stamped into every index, which keeps what was found.
VERSION = "reversals-1"


@dataclass(frozen=True)
class ReversedPair:
    """`new` takes `old` back, both paths, in the words that stand at `path:line`; that may be a third file."""

    old: str
    new: str
    path: str
    line: int
    quote: str


def reversed_pairs(sources: Iterable[Source], parse: ParseMapping) -> list[ReversedPair]:
    """Find the decisions that read as if in force and were taken back in words.

    Args:
        sources: all decisions of a workspace; what is none, or is a copy of another, is passed over.
        parse: of front matter.

    Returns:
        One for each old decision, by its path. Those that say so by a link are not among them.
    """
    every = tuple(sources)
    pages = tuple(page_of(source, parse) for source in every)
    return [_pair(item) for item in reversals_of(Subject(every, pages, (), ()))]


def replaced_by(pairs: Iterable[ReversedPair]) -> Mapping[str, str]:
    """The path of the decision that takes back, by the path of the one that is taken back."""
    return {pair.old: pair.new for pair in pairs}


def reversals_of(subject: Subject) -> list[Reversal]:
    """As `reversed_pairs`, of what is parsed already."""
    decisions = {page.path: _decision(page) for page in subject.decisions}

    def resolve(mention: Mention, origin: str) -> Decision | None:
        page = subject.resolve(mention.id, origin, mention.target)
        return decisions.get(page.path) if page else None

    return reversals(list(decisions.values()), resolve)


def _pair(item: Reversal) -> ReversedPair:
    return ReversedPair(item.old.path, item.new.path, item.path, item.line, item.quote)


def _decision(page: Page) -> Decision:
    own = record(page)
    replaced = {*own.supersedes, *own.superseded_by}
    amended = {amendment.id for amendment in (*own.amends, *own.amended_by)}
    return Decision(
        path=page.path,
        doc_id=own.doc_id,
        title=page.title,
        title_line=page.title_line,
        status=own.status,
        date=own.date,
        body=page.body,
        declared=frozenset(replaced | amended),
    )
