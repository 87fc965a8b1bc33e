"""Documents -> what an MCP tool answers with. Whatever a document may hold, each field is of a bounded size.

Texts of documents are data. What nobody sees is taken out of them, and what looks like an order to an agent is named.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast

from pydantic import BaseModel

from kb.adapters.mcp_shapes import CheckOut, DocumentOut, HitOut, Located, QuotedOut
from kb.briefs import extracts
from kb.briefs.decision import Quoted
from kb.briefs.desk import Lines, preview
from kb.briefs.paging import Detail, fitted
from kb.briefs.pointers import Pointer
from kb.cite import citation_of
from kb.context import estimate_tokens
from kb.documents import Hit
from kb.lint_text import orders_in, without_hidden
from kb.shapes_cite import check_shape
from kb.verify import Check

_LONGEST_LINE = 300
_LONGEST_NAME = 200
_MOST_NAMES = 20
_MOST_ORDERS = 5
_LEAST_TOKENS = 60
_LABEL_TOKENS = 3
"""Of the name of a field that was empty."""
Telling = TypeVar("Telling", bound=Located | QuotedOut)


def compact(value: BaseModel | Mapping[str, Any]) -> str:
    """A result as models read it: JSON on one line without what is empty, half the tokens."""
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    return json.dumps(_filled(plain), ensure_ascii=False, separators=(",", ":"))


def cost(value: BaseModel) -> int:
    """The estimated tokens of a result, or of a part of one."""
    return estimate_tokens(compact(value))


def located(pointer: Pointer, text: str = "") -> Located:
    return Located(
        citation=_name(pointer.citation, pointer.path), path=pointer.path, line_start=pointer.line_start,
        line_end=pointer.line_end, kind=pointer.kind, title=line_of(pointer.title),
        status=line_of(pointer.status) or None, date=line_of(pointer.date) or None,
        why=line_of(pointer.why), text=without_hidden(text),
    )  # fmt: skip


def hit_out(hit: Hit, detail: Detail) -> HitOut:
    passage = hit.passage
    text = without_hidden(passage.text)
    return HitOut(
        citation=_name(citation_of(passage), passage.path), path=passage.path, line_start=passage.line_start,
        line_end=passage.line_end, kind=passage.kind, title=line_of(passage.title), status=line_of(hit.status) or None,
        heading=line_of(passage.heading), score=round(hit.score, 4), text=preview(text) if detail == "low" else text,
        replaces=names(hit.successor_of), replaced_by=names(hit.superseded_by),
        amended_by=names(link.id for link in hit.amended_by), changed_since_index=hit.changed_since_index or None,
    )  # fmt: skip


def quoted_out(one: Quoted) -> QuotedOut:
    return QuotedOut(
        section=one.name, heading=line_of(one.heading), line_start=one.line_start, line_end=one.line_end,
        text=without_hidden(one.text),
    )  # fmt: skip


def document_out(lines: Lines, revision: str) -> DocumentOut:
    shown = lines.page.items
    text = extracts.joined(shown)
    first, last = (shown[0].number, shown[-1].number) if shown else (1, 1)
    return DocumentOut(
        citation=_name(lines.citation, lines.path), path=lines.path, line_start=first, line_end=last,
        text=without_hidden(text), line_goes_on=(shown and shown[-1].goes_on) or None, blob=lines.blob,
        total_lines=lines.total, next_cursor=lines.page.next_cursor, suspicious=orders([(lines.path, first, text)]),
        index_revision=revision,
    )  # fmt: skip


def check_out(check: Check) -> CheckOut:
    shape = check_shape(check)
    return CheckOut(
        citation=line_of(check.mention.written), line=check.mention.line, verdict=check.verdict,
        path=_text(shape["path"]), line_start=_whole(shape["line_start"]), line_end=_whole(shape["line_end"]),
        detail=line_of(check.detail), superseded_by=names(check.superseded_by),
        moved_to=names(f"{place.path}:{place.first}-{place.last}" for place in check.moved_to),
    )  # fmt: skip


def within(shown: Telling, room: int, cut: Callable[[int], str] | None = None) -> Telling:
    """Cut the text of what there is no room for; `cut` makes it of a length in tokens, else its beginning is kept."""
    bare = cost(shown.model_copy(update={"text": ""}))
    left = max(room - bare - _LABEL_TOKENS, _LEAST_TOKENS)
    update = {"text": cut(left) if cut else fitted(shown.text, left)}
    return cast(Telling, shown.model_copy(update=update))


def names(every: Iterable[str]) -> list[str]:
    """Names in a list that ends somewhere."""
    given = list(every)
    more = [f"… and {len(given) - _MOST_NAMES} more"] if len(given) > _MOST_NAMES else []
    return [*(_clipped(name, _LONGEST_NAME) for name in given[:_MOST_NAMES]), *more]


def suspicious(shown: Iterable[Located | QuotedOut], path: str = "") -> list[str]:
    """The orders to agents in titles, reasons and texts; `path` is that of sections, which do not say it."""
    texts: list[tuple[str, int, str]] = []
    for one in shown:
        where = one.path if isinstance(one, Located) else path
        around = (one.title, one.why) if isinstance(one, Located) else (one.heading,)
        texts += [(where, one.line_start, text) for text in (one.text, *around)]
    return orders(texts)


def orders(texts: Sequence[tuple[str, int, str]]) -> list[str]:
    """Places in quoted texts that give orders to agents, as path:line and the words.

    Args:
        texts: each a path, the number of the first line, and the lines.
    """
    found = dict.fromkeys(
        f"{path}:{first + line - 1} {said!r}" for path, first, text in texts for line, said in orders_in(text)
    )
    more = [f"… and {len(found) - _MOST_ORDERS} more"] if len(found) > _MOST_ORDERS else []
    return [*list(found)[:_MOST_ORDERS], *more]


def _filled(value: Any) -> Any:
    """Plain JSON without nulls, empty texts, lists and tables."""
    if isinstance(value, Mapping):
        return {key: left for key, item in value.items() if (left := _filled(item)) not in (None, "", [], {})}
    return [_filled(item) for item in value] if isinstance(value, list) else value


def _name(citation: str, path: str) -> str:
    """A citation; the path where an id is too long to be one."""
    return citation if len(citation) <= _LONGEST_NAME or citation.startswith(path) else path


def line_of(text: str | None) -> str:
    """A title, a heading, a reason on one line that ends somewhere."""
    return _clipped(" ".join(without_hidden(text or "").split()), _LONGEST_LINE)


def _clipped(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 2]} …"


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None
