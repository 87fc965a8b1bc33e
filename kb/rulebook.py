"""Domain rules as data: every entry below `kb/rules/` has an id, sentences in two languages, a source, a validity.

Selection by key (class, item, tag) is exact; searching them is the index's business.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, Protocol, get_args

from kb.documents import RuleError

Language = Literal["ko", "en"]
RuleKind = Literal[
    "class", "item", "tag", "disposal", "exception", "safety", "character", "price", "fee", "contact", "service", "term"
]
RULE_KINDS: tuple[str, ...] = get_args(RuleKind)
SECTION_KIND: Mapping[str, str] = MappingProxyType(
    {"classes": "class", "items": "item", "tags": "tag", "characters": "character", "prices": "price", "terms": "term"}
)


class Entry(Protocol):
    """A mapping from a rule file with the lines it stands on, as `kb.adapters.yaml_text` reads it."""

    @property
    def section(self) -> str: ...
    @property
    def fields(self) -> dict[str, object]: ...
    @property
    def line_start(self) -> int: ...
    @property
    def line_end(self) -> int: ...


@dataclass(frozen=True)
class Rule:
    """One citable entry. `data` holds what only its kind has (prices by region, a fee, a phone number)."""

    id: str
    kind: str
    ko: str
    en: str
    path: str
    line_start: int
    line_end: int
    source: str
    valid_from: str
    valid_to: str | None = None
    name: str | None = None
    class_id: str | None = None
    aspect: str | None = None
    items: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    goes_to: str | None = None
    aliases: tuple[str, ...] = ()
    data: Mapping[str, object] = field(default_factory=dict)

    @property
    def citation(self) -> str:
        return f"rule:{self.id}"

    def statement(self, language: str) -> str:
        """The user-facing sentence, Korean unless `language` is "en"."""
        return self.en if language == "en" else self.ko


@dataclass(frozen=True)
class Rulebook:
    """All rules of a workspace by id, in file order."""

    rules: Mapping[str, Rule]

    def of_kind(self, kind: str) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules.values() if rule.kind == kind)

    def of_class(self, class_id: str, kind: str = "disposal") -> tuple[Rule, ...]:
        """Rules of one kind that hold for a class, in file order."""
        return tuple(rule for rule in self.of_kind(kind) if rule.class_id == class_id)


_OWN_FIELDS = frozenset(
    {"id", "kind", "ko", "en", "source", "valid_from", "valid_to", "name", "class", "aspect", "items", "tags",
     "goes_to", "aliases"}
)  # fmt: skip


def rules_from(path: str, fields: Mapping[str, object], entries: Iterable[Entry]) -> list[Rule]:
    """Turn the entries of one rule file into rules.

    Args:
        path: the file, relative to the workspace.
        fields: the file's plain top-level fields; `defaults` fills what an entry leaves out.
        entries: the file's entries with their lines.

    Raises:
        RuleError: an entry lacks its id, a sentence, its source or its validity, or its kind is unknown.
    """
    defaults = fields.get("defaults")
    filled = defaults if isinstance(defaults, dict) else {}
    return [_rule(path, entry, {**filled, **entry.fields}) for entry in entries]


def rulebook(rules: Iterable[Rule]) -> Rulebook:
    """Collect rules by id.

    Raises:
        RuleError: two rules share an id; names both places.
    """
    found: dict[str, Rule] = {}
    for rule in rules:
        if (first := found.get(rule.id)) is not None:
            places = f"{first.path}:{first.line_start} and at {rule.path}:{rule.line_start}"
            raise RuleError(f"rule id {rule.id!r} stands at {places}; rename one")
        found[rule.id] = rule
    return Rulebook(MappingProxyType(found))


def _rule(path: str, entry: Entry, fields: Mapping[str, object]) -> Rule:
    where = f"{path}:{entry.line_start}"
    kind = str(fields.get("kind") or SECTION_KIND.get(entry.section, ""))
    if kind not in RULE_KINDS:
        raise RuleError(f"{where}: kind {kind!r} is unknown; use one of {', '.join(RULE_KINDS)}")
    for needed in ("id", "ko", "en", "source", "valid_from"):
        if not fields.get(needed):
            raise RuleError(f"{where}: rule {fields.get('id', '?')!r} has no {needed!r}; add it or a file-wide default")
    return Rule(
        id=str(fields["id"]),
        kind=kind,
        ko=str(fields["ko"]).strip(),
        en=str(fields["en"]).strip(),
        path=path,
        line_start=entry.line_start,
        line_end=entry.line_end,
        source=str(fields["source"]),
        valid_from=str(fields["valid_from"]),
        valid_to=_optional(fields, "valid_to"),
        name=_optional(fields, "name"),
        class_id=_optional(fields, "class"),
        aspect=_optional(fields, "aspect"),
        items=_words(fields.get("items")),
        tags=_words(fields.get("tags")),
        goes_to=_optional(fields, "goes_to"),
        aliases=_words(fields.get("aliases")),
        data=MappingProxyType({key: value for key, value in fields.items() if key not in _OWN_FIELDS}),
    )


def _optional(fields: Mapping[str, object], key: str) -> str | None:
    value = fields.get(key)
    return None if value is None else str(value)


def _words(value: object) -> tuple[str, ...]:
    """Flatten a word, a list of words, or lists of words by language into one tuple, in order."""
    if value is None:
        return ()
    if isinstance(value, Mapping):
        return tuple(word for words in value.values() for word in _words(words))
    if isinstance(value, list):
        return tuple(str(word) for word in value)
    return (str(value),)
