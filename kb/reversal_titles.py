"""Titles that undo titles: "Replace Flask with Django" undoes "Use Flask", "Delete Helm Chart" undoes "Helm chart".

Only where both name the same thing in the same words: "Replace Redis with Memcached" spares "Use Redis for queues".
"""

from __future__ import annotations

import re

_UNDOING = "|".join(
    ["remov(?:e|al|ing)", "delet(?:e|ion|ing)", "drop(?:ping)?", "deprecat(?:e|ion|ing)", "retir(?:e|ing|ement)",
     "discontinu(?:e|ing|ation)", "abandon(?:ing)?", "stop(?: using| doing)?", "revert(?:ing)?", "undo(?:ing)?",
     "revers(?:e|al|ing)", "get rid", "sunset(?:ting)?", "decommission(?:ing)?", "no longer use", "do not use",
     "don['’]t use", "dismiss(?:al|ion)?", "replac(?:e|ing|ement)", "migrat(?:e|ing|ion)", "mov(?:e|ing) away",
     "switch(?:ing)?"]
)  # fmt: skip
_FIRST = re.compile(rf"^(?:{_UNDOING})(?: away)?(?: of| from| off)?\s+(?P<what>.+)$", re.IGNORECASE)
_LAST = re.compile(rf"^(?P<what>.+?)\s+(?:{_UNDOING})$", re.IGNORECASE)
_GONE = re.compile(
    r"^(?P<what>.+?)(?:을|를)?\s*"
    r"(?:더 이상 쓰지 않는다|쓰지 않는다|그만 쓴다|걷어 ?낸다|없앤다|(?:제거|폐기|철회)(?:한다)?)$"
)
_INSTEAD = re.compile(r"^(?P<what>.+?)\s*(?:대신|에서)\s+.+(?:쓴다|사용한다|바꾼다|옮긴다|전환(?:한다)?|돌린다|으?로)$")
_NEEDS_SUCCESSOR = re.compile(r"^(?:replac|migrat|switch)", re.IGNORECASE)
_SUCCESSOR = re.compile(r"\s+(?:with|by|to|in favou?r of)\s+.*$", re.IGNORECASE)
_ADOPTING = re.compile(
    r"^(?:use|using|adopt(?:ing|ion of)?|introduc(?:e|ing|tion of)|add(?:ing)?|choos(?:e|ing)|creat(?:e|ing)"
    r"|provid(?:e|ing)|implement(?:ing|ation of)?|enabl(?:e|ing)|build(?:ing)?|run(?:ning)?|allow(?:ing)?|go with"
    r"|switch to|move to)\s+",
    re.IGNORECASE,
)
_USED = re.compile(r"(?:을|를)?\s*(?:쓴다|사용(?:한다)?|도입(?:한다)?|채택(?:한다)?|적용(?:한다)?)$")
_NUMBER = re.compile(r"^(?:adr)?[\s#:_-]*\d*\s*[.:)\-–—]*\s*", re.IGNORECASE)
_SMALL = frozenset({"the", "a", "an", "our", "of", "for", "in", "as", "and", "to", "on", "with", "is", "we", "all"})


def undoes(title: str) -> frozenset[str]:
    """The words of what a title undoes; none where it undoes nothing. An older title of these `names` is undone."""
    return _words(_undone(_NUMBER.sub("", title.strip())))


def names(title: str) -> frozenset[str]:
    """The words of what a title decides for."""
    return _words(_USED.sub("", _ADOPTING.sub("", _NUMBER.sub("", title.strip()))))


def _undone(title: str) -> str:
    """What a title undoes; "replace X" and "migrate X" only with what comes after it."""
    bare = title.replace("`", "").strip(" .")
    match = _FIRST.match(bare) or _LAST.match(bare) or _GONE.match(bare) or _INSTEAD.match(bare)
    if match is None:
        return ""
    if not _NEEDS_SUCCESSOR.match(bare):
        return match["what"]
    return _SUCCESSOR.sub("", match["what"]) if _SUCCESSOR.search(match["what"]) else ""


def _words(text: str) -> frozenset[str]:
    """The telling words of a title, plural endings and Korean particles gone."""
    words = re.findall(r"[a-z0-9+#]+|[가-힣]+", text.lower())
    bare = (re.sub(r"(?:을|를|으로|로|에서|은|는)$", "", word) for word in words if word not in _SMALL)
    return frozenset(re.sub(r"(?<=[a-z]{3})(?<!s)s$", "", word) for word in bare if word)
