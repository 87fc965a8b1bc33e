"""Names of areas: which one a text speaks of, known or not. A small list of Korea's large areas; no map."""

from __future__ import annotations

import re
from collections.abc import Sequence

from eco2.items import Named
from eco2.lexicon import Mention
from eco2.tables import question, words

_LARGE = re.compile(
    rf"(?<![가-힣])({question('large_area').pattern})(?:에서|에는|에|의|은|는|이|가|도|로|쪽|산)?(?![가-힣])",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[가-힣]+")
_SUFFIX = re.compile(
    r"^([가-힣]{1,5}(?:특별시|광역시|시|군|구|동|역|[릉주원]도))(?:에서는|에서도|에서|에는|에|의|은|는|이|가|도|로|쪽|근처|주변|인데|이나)?$"
)
_SUFFIX_EN = re.compile(r"\b([A-Z][a-z]+-(?:gu|si|gun|dong|do))\b")
_BESIDE = re.compile(
    r"([가-힣]{2,6}?)(?:에서|에|의|은|는)?\s?(?:지금|오늘|현재|내일)?\s?(?:근처|주변|인근|근방|쪽|날씨|기온|미세먼지)"
)
_BESIDE_EN = re.compile(r"\b(?:near|in|around|at|for)\s+([A-Z][A-Za-z]+(?:[ -][A-Z][A-Za-z]+)?)")
_INSIDE = re.compile(r"(?<![가-힣])([가-힣]{2,5}?)(?:에서는|에서|에는|에도|에선|에|엔|쪽)(?=\s)")
_JOINS = r"(?:이?랑|하고|[과와]|및|그리고|[,·/&])"
_THEN = re.compile(
    rf"^\s*{_JOINS}\s*([가-힣]{{2,6}}?)(?:[은는의도이]|에서|에)?\s?(?:지금|오늘|현재)?"
    r"\s?(?:날씨|기온|근처|주변|둘|각각|은|는|$|[?])"
)
_BEFORE = re.compile(rf"(?:^|\s)([가-힣]{{2,6}}?){_JOINS}\s*$")
_NO_AREA = frozenset(words("no_area"))


def unknown_area(text: str, named: Named) -> str:
    """Return an area that a text names and no family of known words has; empty when there is none."""
    for word in _TOKEN.findall(named.rest):
        match = _SUFFIX.match(word)
        if match and match[1] not in _NO_AREA:
            return match[1]
    match = _LARGE.search(named.rest) or _SUFFIX_EN.search(text)
    if match:
        return str(match[1])
    beside = _BESIDE.search(named.rest) or _BESIDE_EN.search(named.rest)
    return beside[1] if beside and _is_content(beside[1], named) else ""


def unknown_place(named: Named) -> str:
    """Return an unknown word that says where something is sought ("판교에 의류수거함 있어?"); empty for none."""
    inside = _INSIDE.search(named.rest)
    return inside[1] if inside and inside[1] in named.residue and inside[1] not in _NO_AREA else ""


def joined_areas(text: str, named: Named, known: Sequence[Mention]) -> list[str]:
    """Return the areas that no family of known words has and a text joins with a known one ("서울이랑 파주 날씨")."""
    found = []
    for mention in known:
        for pattern, side in ((_THEN, text[mention.end :]), (_BEFORE, text[: mention.start])):
            match = pattern.search(side)
            if match and match[1] not in _NO_AREA and _is_unknown(match[1], named):
                found.append(match[1])
    return list(dict.fromkeys(found))


def _is_unknown(word: str, named: Named) -> bool:
    return word in named.residue or bool(_LARGE.fullmatch(word) and word in named.rest)


def _is_content(word: str, named: Named) -> bool:
    return any(word.startswith(left) or left.startswith(word) for left in named.residue)
