"""What stands in the slots of the frames: the names of rules and places, each with the split that it belongs to.

A filler belongs to one split, by a hash of its id (in small families by the order of the hashes, so that each split has
some), so that no item of `test` stands in `train`; a name that two fillers of different splits share is left out.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from eco2.lexicon import squeeze
from eco2.turns import Language
from eco2.vocabulary import vocabulary
from kb.rulebook import Rule, Rulebook

_HANGUL = re.compile(r"[가-힣]")
_MOST_NAMES = 4
_SHARES = (("train", 50), ("dev", 70), ("test", 100))
_SMALL = 24
_DEALT = ("train", "test", "dev", "train", "test", "train")
_LANGUAGES: tuple[Language, ...] = ("ko", "en")
_GAZETTEER = Path("datasets") / "world" / "gazetteer.jsonl"


@dataclass(frozen=True)
class Filler:
    """Something to talk about and its names in one language; `group` is the class of an item."""

    id: str
    split: str
    names: tuple[str, ...]
    group: str = ""


Families = Mapping[tuple[str, Language], Sequence[Filler]]


def split_of(name: str) -> str:
    """Return the split that a name is hashed to: half train, a fifth dev, the rest test."""
    return next(split for split, below in _SHARES if _hashed(name) % 100 < below)


def _hashed(name: str) -> int:
    return int(sha256(name.encode()).hexdigest(), 16)


def families(rules: Rulebook, root: Path, authored: Mapping[str, Sequence[str]]) -> Families:
    """Return the fillers by slot and language."""
    bulky = vocabulary(rules).bulky
    items = rules.of_kind("item")
    spots = [json.loads(line) for line in (root / _GAZETTEER).read_text(encoding="utf-8").splitlines()]
    prices = [rule for rule in (*rules.of_kind("price"), *_searches(rules)) if "(" not in (rule.name or "")]
    sources: dict[str, list[tuple[str, Iterable[str], str]]] = {
        "item": [_of(rule) for rule in items if rule.id not in bulky],
        "bulky": [_of(rule) for rule in items if rule.id in bulky],
        "class": [_of(rule) for rule in rules.of_kind("class")],
        "material": [_of(rule) for rule in prices],
        "character": [_of(rule) for rule in rules.of_kind("character")],
        "region": [_of(rule) for rule in rules.of_kind("service") if rule.id.startswith("region-")],
        "district": [_spot(spot) for spot in spots if spot["name"].endswith("구")],
        "spot": [_spot(spot) for spot in spots if not spot["name"].endswith("구")],
    }
    found = {(slot, lang): _family(rows, lang) for slot, rows in sources.items() for lang in _LANGUAGES}
    for name in ("bin", "place", "unknown"):
        for lang in _LANGUAGES:
            words = authored[name if lang == "ko" else f"{name}_en"]
            found[name, lang] = _family([(f"{name}:{word}", (word,), "") for word in words], lang)
    return found


def _searches(rules: Rulebook) -> list[Rule]:
    return [rule for rule in rules.of_kind("service") if rule.id.startswith("search-")]


def _of(rule: Rule) -> tuple[str, Iterable[str], str]:
    english = rule.data.get("name_en")
    named = (rule.name or "", *([str(english)] if english else ()), *rule.aliases)
    return rule.id, named, rule.class_id or rule.id


def _spot(row: Mapping[str, str]) -> tuple[str, Iterable[str], str]:
    return row["id"], (row["name"], row["name_en"]), ""


def _family(rows: Iterable[tuple[str, Iterable[str], str]], lang: Language) -> list[Filler]:
    named = [(id_, _names(names, lang), group) for id_, names, group in rows]
    split = _dealt([id_ for id_, _, _ in named])
    splits: defaultdict[str, set[str]] = defaultdict(set)
    for id_, names, _ in named:
        for name in names:
            splits[squeeze(name)].add(split[id_])
    own = [(id_, [name for name in names if len(splits[squeeze(name)]) == 1], group) for id_, names, group in named]
    return [Filler(id_, split[id_], tuple(names[:_MOST_NAMES]), group) for id_, names, group in own if names]


def _dealt(ids: Sequence[str]) -> dict[str, str]:
    """Return the split of each id: its hash's own, in a small family one after the other in the order of the hashes."""
    if len(ids) > _SMALL:
        return {id_: split_of(id_) for id_ in ids}
    return {id_: _DEALT[rank % len(_DEALT)] for rank, id_ in enumerate(sorted(ids, key=_hashed))}


def _names(names: Iterable[str], lang: Language) -> list[str]:
    in_language = (name for name in names if bool(_HANGUL.search(name)) == (lang == "ko") and len(name) > 1)
    distinct = {squeeze(name): name for name in reversed(list(in_language)) if "(" not in name}
    return list(reversed(distinct.values()))
