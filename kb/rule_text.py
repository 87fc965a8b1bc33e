"""A rule file's entries -> passages, one an entry: its names, sentences and data as readable lines.

Entries of this product's own rulebook (kb/rulebook.py) and any other entry with an id are rendered alike; what an entry
names by id (its class, its items, its tags) stands in words, so that the passage can be found by them. A term of a
glossary also hands its surface forms to the index, by language, as `meta["forms"]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from kb.documents import Document, Passage
from kb.rulebook import SECTION_KIND, Entry

_SENTENCES = ("ko", "en", "statement", "description", "rationale", "text")
_NAMES = ("name", "name_en")
_SILENT = frozenset({"id", "kind", "title", "source", "valid_from", "valid_to", "review_by", "ko_region", "en_region"})
_BY_ID = ("class", "goes_to", "items", "tags", "rules", "characters")
_HANGUL = re.compile("[가-힣]")

Names = Mapping[str, str]


def names_of(entries: Iterable[Entry]) -> dict[str, str]:
    """What the ids of entries are called; an entry without a name is left out."""
    return {
        str(entry.fields["id"]): str(entry.fields["name"])
        for entry in entries
        if entry.fields.get("id") and entry.fields.get("name")
    }


def is_entry(entry: Entry) -> bool:
    """True for a mapping that can be a rule: an id and at least one sentence or name."""
    return bool(entry.fields.get("id")) and any(entry.fields.get(key) for key in (*_SENTENCES, *_NAMES, "title"))


def document_of(path: str, blob: str, entry: Entry, defaults: Mapping[str, object], names: Names) -> Document:
    """One rule as a document of one passage; its tags are its kind, its class and its aspect."""
    fields = {**defaults, **entry.fields}
    doc_id = f"rule:{fields['id']}"
    kind = str(fields.get("kind") or SECTION_KIND.get(entry.section, entry.section))
    class_id = str(fields.get("class") or "")
    title = str(fields.get("name") or fields.get("title") or names.get(class_id) or fields["id"])
    heading = " ".join(filter(None, (kind, str(fields.get("aspect") or ""))))
    return Document(
        path=path,
        kind="rule",
        title=title,
        blob=blob,
        passages=(
            Passage(
                id=doc_id,
                path=path,
                line_start=entry.line_start,
                line_end=entry.line_end,
                kind="rule",
                title=title,
                heading=heading,
                text=render(fields, names),
                doc_id=doc_id,
            ),
        ),
        doc_id=doc_id,
        date=_optional(fields.get("valid_from")),
        tags=tuple(filter(None, (kind, class_id, str(fields.get("aspect") or "")))),
        meta=_meta(kind, fields),
    )


def render(fields: Mapping[str, object], names: Names) -> str:
    """The readable lines of an entry: its name, its sentences, then "key: values" for the rest in the entry's order."""
    lines = [" / ".join(str(fields[key]) for key in _NAMES if fields.get(key))]
    lines += [str(fields[key]).strip() for key in _SENTENCES if fields.get(key)]
    rest = (key for key in fields if key not in _SILENT and key not in _SENTENCES and key not in _NAMES)
    lines += [f"{key}: {_told(key, fields[key], names)}" for key in rest if fields[key]]
    return "\n".join(filter(None, lines))


def forms_of(fields: Mapping[str, object]) -> dict[str, list[str]]:
    """Every way to write a term: `ko` and `en` with the name first, and what it was called before under `former`.

    Abbreviations count as English; aliases that stand in one list for both languages are told apart by their script.
    Each form stands once a list, as it is written.
    """
    ko, en = ([str(fields[key])] if fields.get(key) else [] for key in _NAMES)
    for language, word in _aliases(fields.get("aliases")):
        (ko if language == "ko" else en).append(word)
    en += [str(word) for word in _list(fields.get("abbreviation"))]
    former = [name for name, _ in former_names(fields) if name]
    return {"ko": list(dict.fromkeys(ko)), "en": list(dict.fromkeys(en)), "former": list(dict.fromkeys(former))}


def former_names(fields: Mapping[str, object]) -> list[tuple[str, str]]:
    """What a term was called before and until when, as far as it is said ("" for what is not)."""
    entries = (row if isinstance(row, Mapping) else {"name": row} for row in _list(fields.get("former")))
    return [(str(row.get("name") or ""), str(row.get("until") or "")) for row in entries]


def _aliases(value: object) -> Iterator[tuple[str, str]]:
    """(language, word) for each alias."""
    if isinstance(value, Mapping):
        yield from ((str(language), str(word)) for language, words in value.items() for word in _list(words))
    else:
        yield from (("ko" if _HANGUL.search(str(word)) else "en", str(word)) for word in _list(value))


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value] if value else []


def _meta(kind: str, fields: Mapping[str, object]) -> dict[str, object]:
    kept = {key: fields[key] for key in ("valid_to", "review_by", "source") if fields.get(key)}
    return {**kept, "forms": forms_of(fields)} if kind == "term" else kept


def _told(key: str, value: object, names: Names) -> str:
    if key == "former":
        return ", ".join(_former(row) for row in _list(value))
    return _words(value, names if key in _BY_ID else {})


def _former(row: object) -> str:
    """A former name with until when it was used and why, in brackets."""
    if not isinstance(row, Mapping):
        return str(row)
    until = f"until {row['until']}" if row.get("until") else ""
    aside = "; ".join(filter(None, (until, str(row.get("note") or ""))))
    return f"{row.get('name', '')} ({aside})" if aside else str(row.get("name", ""))


def _words(value: object, names: Names) -> str:
    if isinstance(value, Mapping):
        if all(isinstance(words, list) for words in value.values()):
            return ", ".join(_words(words, names) for words in value.values())
        return ", ".join(f"{key} {_words(item, names)}" for key, item in value.items())
    if isinstance(value, list):
        return ", ".join(_words(item, names) for item in value)
    text = str(value)
    return f"{names[text]} ({text})" if text in names else text


def _optional(value: object) -> str | None:
    return None if value is None else str(value)
