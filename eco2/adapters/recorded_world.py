"""The frozen world of a workspace (`datasets/world/*.jsonl`) as outside facts, each with the line it stands on.

Everything from here is stamped with when it was recorded; nothing of it is today's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Generic

from eco2.outside import CollectionPoint, FactT, Found, Image, Place, Spot, Weather, WebPage, distance_km
from eco2.residue import residue_of
from eco2.turns import WorldError

_NEAR_ENOUGH_KM = 20.0
_LETTERS = re.compile(r"[^0-9a-z가-힣]+")
_SAME_SORTING = re.compile(r"분리\s*수거|재활용(?!\s*센터)")
_SAME_LAW = re.compile(r"제도|규정|법(?=\s|이|도|$)|기준|지침")
_SAME_NEWS = re.compile(r"이슈|소식|동향|트렌드|뉴스|\b(?:news|trends?|headlines?|latest|recent)\b", re.IGNORECASE)
_WEAK_WORDS = frozenset(
    {"정책", "최신", "뉴스", "최근", "행사", "이벤트", "policy", "event", "recycling", "분리배출", "가게", "수거"}
)
"""Words of a page that alone do not make it an answer unless nothing else was asked."""
_TOPIC = frozenset(
    {
        "재활용",
        "환경",
        "제로웨이스트",
        "동향",
        "이슈",
        "changes",
        "change",
        "updates",
        "environment",
        "environmental",
        "waste",
        "sorting",
        "year",
    }
)
_PRIVATE = re.compile(r"블로그|\bblog\b", re.IGNORECASE)


class RecordedWorld:
    """Meets `ports.OutsideFacts` from files; read once."""

    def __init__(self, folder: Path, shown_as: str) -> None:
        """Read the world in `folder`; citations name its files below `shown_as`.

        Raises:
            WorldError: a file is missing, or a row is not what its file should hold.
        """
        self.recorded_at: str | None = _clock(folder)
        self._spots = Rows(folder, shown_as, "gazetteer.jsonl", Spot, self.recorded_at).found
        self._weather = Rows(folder, shown_as, "weather.jsonl", Weather, self.recorded_at).found
        self._places = Rows(folder, shown_as, "places.jsonl", Place, self.recorded_at).found
        self._points = Rows(folder, shown_as, "collection_points.jsonl", CollectionPoint, self.recorded_at).found
        self._pages = Rows(folder, shown_as, "web_pages.jsonl", WebPage, self.recorded_at).found
        self._images = Rows(folder, shown_as, "images.jsonl", Image, self.recorded_at).found

    def spots(self) -> Sequence[Found[Spot]]:
        return self._spots

    def weather(self, spot: Spot) -> Found[Weather] | None:
        """Return the observation of the spot, of its district, or of the nearest named spot that has one."""
        by_place = {found.fact.place: found for found in self._weather}
        for name in (spot.name, spot.district):
            if name in by_place:
                return by_place[name]
        near = [
            (distance_km(spot.lat, spot.lon, other.fact.lat, other.fact.lon), other.fact.name)
            for other in self._spots
            if other.fact.name in by_place
        ]
        km, nearest = min(near, default=(_NEAR_ENOUGH_KM + 1, ""))
        return by_place[nearest] if km <= _NEAR_ENOUGH_KM else None

    def locate(self, name: str) -> None:
        """Return nothing: the frozen world knows no place beyond its gazetteer."""
        del name

    def district(self, name: str, region: str | None = None) -> None:
        """Return nothing: the rules have the districts' contacts."""
        del name, region

    def degraded(self, path: str) -> str:
        del path
        return ""

    def places(self, category: str | None, near: Spot | None = None) -> Sequence[Found[Place]]:
        del near
        return [found for found in self._places if category in (None, found.fact.category)]

    def collection_points(self, kind: str | None, near: Spot | None = None) -> Sequence[Found[CollectionPoint]]:
        del near
        return [found for found in self._points if kind in (None, found.fact.kind)]

    def pages(self, query: str) -> Sequence[Found[WebPage]]:
        """Return the pages that share the most telling words with the query, newer first among equals.

        A page that shares only words such as "정책" or "뉴스" answers a query that asks for nothing more special.
        """
        asked = _SAME_NEWS.sub("최신 ", _SAME_LAW.sub("정책 ", _SAME_SORTING.sub("분리배출", query)))
        scored = [(_shared(found.fact.query_words, asked), found) for found in self._pages]
        most = max((telling for (telling, _), _ in scored), default=0)
        kept = [row for row in scored if row[0][0] == most and any(row[0])]
        if not most and (_is_special(asked) or not kept):
            return []
        if not most:
            kept = [row for row in kept if not _PRIVATE.search(row[1].fact.title)]
        return [found for _, found in sorted(kept, key=lambda row: (row[0], row[1].fact.published), reverse=True)]

    def image(self, prompt: str) -> Found[Image] | None:
        """Return the picture whose words the prompt names, the longest word first; None when it names none."""
        scored = [(_longest(found.fact.prompt_words, prompt), found) for found in self._images]
        best = max(scored, key=lambda row: row[0], default=None)
        return best[1] if best and best[0] else None


class Rows(Generic[FactT]):
    """The rows of one file as facts with their places."""

    def __init__(
        self, folder: Path, shown_as: str, file: str, make: Callable[..., FactT], recorded_at: str | None
    ) -> None:
        self.found: list[Found[FactT]] = [
            Found(_fact(make, row, f"{shown_as}/{file}:{line}"), f"{shown_as}/{file}", line, recorded_at)
            for line, row in _rows(folder / file, f"{shown_as}/{file}")
        ]


def _rows(path: Path, shown_as: str) -> Iterator[tuple[int, Mapping[str, object]]]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise WorldError(f"{shown_as}: {error.strerror}; the recorded world needs this file") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield number, _row(line, f"{shown_as}:{number}")


def _row(line: str, where: str) -> Mapping[str, object]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise WorldError(f"{where}: not JSON ({error.msg}); one object a line") from error
    if not isinstance(row, dict):
        raise WorldError(f"{where}: an object with an 'id' was expected, got {type(row).__name__}")
    return row


def _fact(make: Callable[..., FactT], row: Mapping[str, object], where: str) -> FactT:
    """Fill a dataclass from a row; further keys of the row are not of its concern, lists become tuples."""
    known = {field.name: field for field in fields(make)}  # type: ignore[arg-type]
    missing = [
        name
        for name, field in known.items()
        if field.default is MISSING and field.default_factory is MISSING and name not in row
    ]
    if missing:
        raise WorldError(f"{where}: {row.get('id', '?')!r} lacks {', '.join(missing)}")
    return make(
        **{name: tuple(value) if isinstance(value, list) else value for name, value in row.items() if name in known}
    )


def _clock(folder: Path) -> str:
    try:
        now = json.loads((folder / "clock.json").read_text(encoding="utf-8")).get("now")
    except (OSError, json.JSONDecodeError, AttributeError) as error:
        raise WorldError(
            f"{folder / 'clock.json'} cannot be read as {{'now': …}}; the recorded world needs its clock"
        ) from error
    return str(now)


def _shared(words: Sequence[str], query: str) -> tuple[int, int]:
    """Count the words of a page that the query names: the telling ones, and those that say little."""
    letters, tokens = _LETTERS.sub("", query.lower()), set(_LETTERS.split(query.lower()))
    named = [word for word in words if _is_named(word, letters, tokens)]
    weak = sum(word in _WEAK_WORDS for word in named)
    return len(named) - weak, weak


def _is_special(query: str) -> bool:
    """Whether a query asks for something beyond the words that say little."""
    for word in sorted(_WEAK_WORDS, key=len, reverse=True):
        query = re.sub(re.escape(word), " ", query, flags=re.IGNORECASE)
    return bool(set(residue_of(query)) - _TOPIC)


def _longest(words: Sequence[str], prompt: str) -> int:
    letters, tokens = _LETTERS.sub("", prompt.lower()), set(_LETTERS.split(prompt.lower()))
    return max((len(word) for word in words if _is_named(word, letters, tokens)), default=0)


def _is_named(word: str, letters: str, tokens: set[str]) -> bool:
    """Whether a query names a word: anywhere for Korean, as whole words for English and for one syllable."""
    squeezed = _LETTERS.sub("", word.lower())
    if " " in word and not squeezed.isascii():
        return all(part in letters for part in word.split())
    if squeezed.isascii():
        return set(word.lower().split()) <= {token.removesuffix("s") for token in tokens} | tokens
    return (
        squeezed in tokens or any(token.startswith(squeezed) for token in tokens)
        if len(squeezed) == 1
        else squeezed in letters
    )
