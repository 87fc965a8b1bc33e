"""One name for another of its class: characters, bins, bags, classes of waste, districts, places, kinds of goods."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from harness.mutation.hangul import swapped
from harness.mutation.mutants import Change, Pool, Start, replaced
from kb.rulebook import Rulebook

_BIN = re.compile(r"([가-힣]+) 수거함")
_BIN_EN = re.compile(r"\b(?:the|a) ([a-z][a-z-]+) bin\b")
_DISTRICT = re.compile(r"(?<![가-힣])([가-힣]{2,3}구)(?=[은는이가을를에의 ,]|$)")
_NEGATION = re.compile(
    r"않|말고|마세요|마십시오|없|아니|못|안 |달리|뿐|\b(?:not|never|cannot|no|unlike|instead)\b|n't", re.IGNORECASE
)
_PART = re.compile(r"[^,;.]*?(?:[,;.]|말고 |아니라 |아니니 |지만 |으니 |$)")
_AVOID = ("전국평균", "nationwide", "전용", "근처", "폐", "의류및원단", "clothing", "collection", "right", "waste")
_BAGS = {
    "일반종량제봉투": ("불연성종량제봉투", "투명한 비닐봉투"), "종량제봉투": ("투명한 비닐봉투", "종이봉투"),
    "불연성종량제봉투": ("음식물 전용봉투", "종이봉투"), "특수규격마대": ("일반종량제봉투",),
    "특수규격봉투": ("일반종량제봉투",),
    "약국": ("편의점", "우체국"), "보건소": ("소방서",), "주민센터": ("세무서",), "구청": ("경찰서",),
    "산 곳": ("제조사",),
    "한국환경공단": ("서울교통공사",), "카드": ("현금",), "신문지": ("은박지",),
}  # fmt: skip
_THINGS_EN = {
    "general-waste bag": ("recycling bag",), "volume-based bag": ("paper bag",),
    "special sack": ("general-waste bag",),
    "bulky waste": ("food waste",), "food waste": ("household hazardous waste",), "general waste": ("food waste",),
    "newspaper": ("tin foil",), "Korea Environment Corporation": ("Seoul Metro",), "pharmacy": ("post office",),
    "community centre": ("fire station",), "district office": ("police station",), "card": ("cash",),
    "styrofoam": ("glass bottles",), "plastics": ("scrap metal",),
}  # fmt: skip


def names_of(rulebook: Rulebook, starts: Iterable[Start]) -> dict[str, tuple[str, ...]]:
    """Names by class, Korean and English apart, from the rules and from the claims themselves."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for kind in ("character", "class", "price"):
        for rule in rulebook.of_kind(kind):
            found[f"{kind} ko"][str(rule.name or "")] = None
            found[f"{kind} en"][str(rule.data.get("name_en") or "")] = None
    for rule in rulebook.of_kind("service"):
        if rule.id.startswith("region-"):
            found["region ko"][str(rule.name)] = None
            found["region en"][str(rule.data.get("name_en") or "")] = None
    for start in starts:
        for kind, pattern in (("bin ko", _BIN), ("bin en", _BIN_EN), ("district ko", _DISTRICT)):
            found[kind].update(dict.fromkeys(pattern.findall(start.text)))
    return {kind: tuple(name for name in names if _is_name(name)) for kind, names in found.items()}


def name(start: Start, pool: Pool) -> list[Change]:
    """Another name of the class; the context has neither it nor a word that it contains."""
    return [*_classed(start, pool.names), *_listed(start)]


def _is_name(name: str) -> bool:
    return len(name) >= 2 and not any(word in name for word in _AVOID)


def _classed(start: Start, names: Mapping[str, tuple[str, ...]]) -> Iterator[Change]:
    for kind, known in names.items():
        if kind.endswith(start.language):
            for old, at in _places(start, kind, known):
                fits = kind[:5] != "price" or "시세" in start.text or "won" in start.text
                if fits and not _negated(start.text, at) and (new := _other(start, old, known)) is not None:
                    yield _exchange(start, at, old, new)


def _places(start: Start, kind: str, known: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """Where a name of the class stands as a word of its own; a bin's name only before the word for bin.

    An English class is one only behind a word that keeps it from being half of a compound: lithium batteries.
    """
    before = (
        r"(?:(?<=with )|(?<= as )|(?<= for )|(?<= is )|(?<= are )|(?<=like ))"
        if kind == "class en"
        else r"(?<![가-힣A-Za-z(-])"
    )
    behind = {"bin ko": " 수거함", "bin en": " bin"}.get(kind)
    for old in (name for name in known if name in start.text):
        ends = re.escape(behind) if behind else r"(?![A-Za-z-])(?=$|[^가-힣]|[은는이가을를에의과와로으예도])"
        for match in re.finditer(f"{before}{re.escape(old)}{ends}", start.text):
            yield old, match.start()


def _other(start: Start, old: str, known: tuple[str, ...]) -> str | None:
    """The next of the class, counted from the old one, that the context does not have."""
    at = known.index(old)
    for new in (*known[at + 3 :], *known[:at]):
        apart = new not in old and old not in new and not set(_words(new)) & set(_words(old))
        if apart and not any(start.says(word) for word in _words(new)):
            return new
    return None


def _negated(text: str, at: int) -> bool:
    """Whether the part of the sentence around a place denies something: "not taken as metal" is as true of glass."""
    part = next((part for part in _PART.finditer(text) if part.start() <= at < part.end()), None)
    return part is not None and _NEGATION.search(part.group()) is not None


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[\s()·]+", name) if len(word) > 1]


def _exchange(start: Start, at: int, old: str, new: str) -> Change:
    change = replaced(start.text, at, at + len(old), new)
    text = swapped(start.text, at, at + len(old), new) if start.language == "ko" else change.text
    return Change(text, change.span, change.note)


def _listed(start: Start) -> Iterator[Change]:
    table = _BAGS if start.language == "ko" else _THINGS_EN
    for old, others in table.items():
        for match in re.finditer(rf"(?<![가-힣A-Za-z-]){re.escape(old)}(?![A-Za-z-]| bin| box)", start.text):
            new = next((other for other in others if not start.says(other)), None)
            if new is not None and not _negated(start.text, match.start()):
                yield _exchange(start, match.start(), old, new)
                break
