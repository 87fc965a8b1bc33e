"""Documents in force that give a replaced decision as their reason, and do not say that it was replaced.

Only words of reason right beside the name count ("as decided in ADR-3", "ADR-3에 따라"): a mention may be history.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kb.lint_subject import Found, Page, Subject, record
from kb.record_links import Mention, mentions
from kb.reversals import marked
from kb.sentences import sentences

_REASON = re.compile(
    r"\b(?:per|as (?:decided|agreed|described|stated|set out|required|laid down) (?:in|by)|according to|following"
    r"|because of|due to|in line with|based on|required by|mandated by)\s+(?:the\s+|our\s+)?(?:decision\s+(?:in\s+)?)?"
    r"⟦(?P<after>\d+)⟧"
    r"|⟦(?P<before>\d+)⟧(?:\([^)]*\))?(?:에 따라|에 따르면|에 따른|을 따라|를 따라|을 따른다|를 따른다|대로"
    r"|에 근거|때문에|에서 (?:정한|결정한|합의한) (?:대로|바))",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"supersed|replac|revers|revert|retir|earlier|former|previous|no longer|at the time|back then|originally|history"
    r"|대체|뒤집|되돌|이전|당시|옛|폐기|번복|철회|원래|처음|바뀌|바꾼|바꿨",
    re.IGNORECASE,
)
_OUT_OF_FORCE = frozenset({"superseded", "deprecated", "rejected", "withdrawn"})


def replaced_reason(subject: Subject) -> Iterator[Found]:
    """A live document that gives a superseded decision as a reason."""
    replaced = {page.path for page in subject.decisions if record(page).status == "superseded"}
    for page in subject.pages if replaced else ():
        if not page.is_template and _is_live(page):
            yield from _reasons(subject, page, replaced)


def _is_live(page: Page) -> bool:
    """An incident tells of its day, a decision out of force gives no reasons any more."""
    return page.record is None or (page.record.kind == "adr" and page.record.status not in _OUT_OF_FORCE)


def _reasons(subject: Subject, page: Page, replaced: set[str]) -> Iterator[Found]:
    for sentence in sentences(page.body):
        named = list(mentions(sentence.text))
        if not named or _SAID.search(sentence.text):
            continue
        for mention in _given_as_reason(marked(sentence.text, named), named):
            old = subject.resolve(mention.id, page.path, mention.target)
            if old and old.path in replaced and old is not page and not _names_successor(old, page, named):
                yield Found(page.path, sentence.line, _message(old))


def _given_as_reason(text: str, named: Sequence[Mention]) -> Iterator[Mention]:
    for match in _REASON.finditer(text):
        yield named[int(match["after"] or match["before"])]


def _names_successor(old: Page, page: Page, named: Sequence[Mention]) -> bool:
    """True where the sentence names what replaced the decision, or the page itself did."""
    ids = {mention.id for mention in named} | ({page.record.doc_id} if page.record else set())
    return not ids.isdisjoint(record(old).superseded_by)


def _message(old: Page) -> str:
    own = record(old)
    by = f" by {', '.join(own.superseded_by)}" if own.superseded_by else ""
    told = f"gives {own.doc_id} ({old.path}) as a reason, which was superseded{by}"
    return f"{told}; name what holds now, or say that this is history"
