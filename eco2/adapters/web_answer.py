"""What a model that searched the web said, taken apart into pages: each with the sentences that cite it.

A page that nothing was said of is left out, and so is a link that may not be shown. No page is fetched. The day of a
page is unknown: neither provider states it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from eco2.guard import public_link
from eco2.outside import Found, WebPage

MOST_PAGES = 5
MOST_SNIPPET_CHARACTERS = 600
_MOST_TITLE_CHARACTERS = 120
_LINK = re.compile(r"\(?\[([^\[\]]*)\]\(https?://[^\s()]*(?:\([^\s()]*\)[^\s()]*)*\)\)?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069]+")


@dataclass(frozen=True)
class Citation:
    """A page and one stretch of text that rests on it."""

    url: str
    title: str
    said: str


def pages(citations: Iterable[Citation], path: str) -> list[Found[WebPage]]:
    """Return the cited pages in the order of their first citation, at most 5, stretches of one page joined."""
    said: dict[str, list[str]] = {}
    titles: dict[str, str] = {}
    for citation in citations:
        text = plain(citation.said)
        if text and public_link(citation.url):
            titles.setdefault(citation.url, plain(citation.title)[:_MOST_TITLE_CHARACTERS])
            said.setdefault(citation.url, []).append(text)
    return [
        Found(_page(url, titles[url], " ".join(dict.fromkeys(texts))), path, line)
        for line, (url, texts) in enumerate(list(said.items())[:MOST_PAGES], start=1)
    ]


def plain(text: str) -> str:
    """Return text as one line without the links that a model writes into it and without invisible characters.

    >>> plain("보증금은 300원이다. ([환경부](https://me.go.kr/a))")
    '보증금은 300원이다.'
    """
    return " ".join(_CONTROL.sub(" ", _LINK.sub(" ", text)).replace("**", "").split())


def _page(url: str, title: str, said: str) -> WebPage:
    snippet = said if len(said) <= MOST_SNIPPET_CHARACTERS else said[: MOST_SNIPPET_CHARACTERS - 1].rstrip() + "…"
    id_ = f"web-{hashlib.sha256(url.encode()).hexdigest()[:12]}"
    return WebPage(id_, (), title or url, url, "", snippet, snippet)
