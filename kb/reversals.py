"""Decisions that a later one takes back in prose while they still read as if in force: by mention, words and order.

Precision before recall: a mention counts only beside words that take it back as a whole, in a record that was in force
itself. What a record weighs under "Considered options" or plans under "Rollback" does not count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from kb import reversal_english, reversal_korean
from kb.markdown import Block
from kb.record_links import Mention, mentions, name_of, number_of
from kb.reversal_titles import names, undoes
from kb.sentences import Sentence, sentences

_WEIGHED = re.compile(
    r"\b(?:options?|alternatives?|pros and cons|considered|roll-?back|example|open questions?|triggers?|revisit"
    r"|re-?examin\w+|reconsider\w*|reversibility)\b|대안|선택지|검토한|후보|예시|롤백|되돌리는|재검토|미해결",
    re.IGNORECASE,
)
_READS_IN_FORCE = frozenset({"accepted", None})
_NEVER = frozenset({"proposed", "draft", "rejected", "withdrawn", "on hold"})
_LANGUAGES = (reversal_english, reversal_korean)
# Whatever `kb.record_links.mentions` finds holds one of these; most sections hold none and need not be cut up.
_MAY_NAME = re.compile(r"\]\(|ADR|adr|ecision|\d-\d\d[-_]")
_AFTER = 3  # sentences in which "in ADR-3 we agreed …" may be taken back


@dataclass(frozen=True)
class Decision:
    """What counts of a decision: where it stands, what it says, and what it already says of its successors."""

    path: str
    doc_id: str
    title: str
    title_line: int
    status: str | None
    date: str | None
    body: tuple[Block, ...]
    declared: frozenset[str] = frozenset()

    @property
    def number(self) -> int | None:
        return number_of(name_of(self.path))


@dataclass(frozen=True)
class Reversal:
    """`new` takes `old` back at `path:line`, in these words."""

    old: Decision
    new: Decision
    path: str
    line: int
    quote: str


Resolve = Callable[[Mention, str], Decision | None]


def reversals(decisions: Sequence[Decision], resolve: Resolve) -> list[Reversal]:
    """Find decisions that read as if in force and were taken back in prose.

    Args:
        decisions: all of a workspace.
        resolve: the decision that a mention in a file (its path) means; None for none of them.

    Returns:
        One for each old decision, the first that a file order of the newer ones yields; by path of the old one.
    """
    found: dict[str, Reversal] = {}
    for item in _all(decisions, resolve):
        if _counts(item):
            found.setdefault(item.old.path, item)
    return [found[path] for path in sorted(found)]


def _counts(item: Reversal) -> bool:
    """The old one reads in force, the new one was in force and came later, and neither says so already."""
    old, new = item.old, item.new
    if old.path == new.path or old.status not in _READS_IN_FORCE or new.status in _NEVER:
        return False
    return is_later(new, old) and new.doc_id not in old.declared and old.doc_id not in new.declared


def is_later(new: Decision, old: Decision) -> bool:
    """By number within a folder, else by date; where neither tells, words must be enough."""
    if new.number is not None and old.number is not None and new.number != old.number:
        return new.number > old.number
    if new.date and old.date:
        shared = min(len(new.date), len(old.date))
        return new.date[:shared] >= old.date[:shared]
    return True


def _all(decisions: Sequence[Decision], resolve: Resolve) -> Iterator[Reversal]:
    for decision in decisions:
        yield from _in_prose(decision, resolve)
    yield from _by_title(decisions)


def _in_prose(decision: Decision, resolve: Resolve) -> Iterator[Reversal]:
    told = sentences(list(_naming(decision.body)))
    title = next((block.text for block in decision.body if block.kind == "heading" and block.level == 1), None)
    for place, sentence in enumerate(told):
        if any(_WEIGHED.search(heading) for heading in sentence.headings if heading != title):
            continue
        named = list(mentions(sentence.text))
        if not named:
            continue
        text = marked(sentence.text, named)
        later = [other.text for other in told[place + 1 : place + 1 + _AFTER] if other.section == sentence.section]
        for number, by in _taken_back(text, later):
            old = resolve(named[number], decision.path)
            new = decision if by is None else resolve(named[by], decision.path)
            if old and new:
                yield Reversal(old, new, decision.path, sentence.line, _quote(sentence.text))
        yield from _of_itself(decision, sentence, text, named, resolve)


def _naming(body: Iterable[Block]) -> Iterator[Block]:
    """All headings, and the text of those sections that may name a record."""
    for is_heading, group in groupby(body, lambda block: block.kind == "heading"):
        section = list(group)
        if is_heading or any(_MAY_NAME.search(block.text) for block in section):
            yield from section


def _taken_back(text: str, later: Sequence[str]) -> Iterator[tuple[int, int | None]]:
    """Which mentions a sentence takes back, each with the mention that does so; None: the text itself."""
    for words in _LANGUAGES:
        yield from words.takes_back(text)
        for number, rest in words.decided_before(text):
            if words.turns(rest) or any(words.turns(other) for other in later):
                yield number, None


def _of_itself(
    decision: Decision, sentence: Sentence, text: str, named: Sequence[Mention], resolve: Resolve
) -> Iterator[Reversal]:
    """A record that reads accepted may say itself that another replaced it."""
    numbers = (number for words in _LANGUAGES for number in words.reversed_by(text))
    for number in numbers:
        if new := resolve(named[number], decision.path):
            yield Reversal(decision, new, decision.path, sentence.line, _quote(sentence.text))


def _by_title(decisions: Iterable[Decision]) -> Iterator[Reversal]:
    """A title may undo another of the same folder: "Delete Helm Chart" and "Helm chart"."""
    named: dict[tuple[str, frozenset[str]], list[Decision]] = {}
    listed = list(decisions)
    for old in listed:
        named.setdefault((_folder(old), names(old.title)), []).append(old)
    for new in listed:
        what = undoes(new.title)
        for old in named.get((_folder(new), what), ()) if what else ():
            if new is not old:
                yield Reversal(old, new, new.path, new.title_line, _quote(new.title))


def _folder(decision: Decision) -> str:
    own = decision.path.removesuffix(".md").removesuffix("/README").removesuffix("/index")
    return own.rpartition("/")[0]


def marked(text: str, named: Sequence[Mention]) -> str:
    """A sentence with each mention as ⟦its number⟧, emphasis and code ticks gone."""
    parts: list[str] = []
    end = 0
    for number, mention in enumerate(named):
        parts += [text[end : mention.start], f"⟦{number}⟧"]
        end = mention.end
    bare = re.sub(r"[*_`]{1,3}", "", "".join([*parts, text[end:]]))
    return re.sub(r"\[?(⟦\d+⟧)\]?(?:\[\w*\])?", r"\1", bare)


def _quote(text: str) -> str:
    bare = re.sub(r"\s+", " ", re.sub(r"\]\([^)]*\)", "]", text)).strip(" -*>|")
    return bare if len(bare) <= 80 else bare[:79].rstrip() + "…"
