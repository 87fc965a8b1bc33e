"""Drafts of decisions and incidents: the next id, the sections that records here have, links to what is near.

A draft states what is known and asks for the rest (`kb.briefs.draft_text`); nobody's reason is invented. Its status
binds nobody.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from kb.briefs.draft_text import body, body_of_a_house, is_own
from kb.briefs.house_style import house_of
from kb.briefs.pointers import Shelf
from kb.documents import Document
from kb.lint_text import without_hidden
from kb.record_links import name_of, number_of

DraftKind = Literal["decision", "incident"]
_KIND = {"decision": "adr", "incident": "incident"}
_HANGUL = re.compile(r"[가-힣]")
_NUMBERED = re.compile(r"(?P<before>(?:[A-Za-z]+[-_])?)(?P<number>\d{1,5})(?P<after>[-_])")
_PLAIN = re.compile(r"[A-Za-z가-힣][\w가-힣 ./+-]*")
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_LONGEST_SLUG = 60
_FIRSTS = "g kk n d tt r m b pp s ss . j jj ch k t p h".replace(".", "").split(" ")
_VOWELS = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split()
_LASTS = ". k k k n n n t l k m l l l p l m p p t t ng t t k t p t".replace(".", "").split(" ")


@dataclass(frozen=True)
class Draft:
    """A file that is not written yet. `near` are the records to read; `number` is that of a decision."""

    path: str
    text: str
    near: tuple[str, ...]
    number: int | None = None


@dataclass(frozen=True)
class Noted:
    """What is known when a draft is asked for. `day` is an ISO date; `said` stands below the first heading as given."""

    kind: DraftKind
    title: str
    day: str
    said: str = ""
    paths: tuple[str, ...] = ()
    language: str = ""


def draft(noted: Noted, shelf: Shelf, near: Iterable[int], there: Iterable[str] = ()) -> Draft:
    """Draft a record.

    Args:
        noted: what is known.
        shelf: the documents of the index; the folder and numbering of its records are kept.
        near: places of records like it, most alike first; the first few are linked, their tags and parts proposed.
        there: paths of the files that are there now, some of them newer than the index; their numbers are taken too.
    """
    noted = replace(noted, title=" ".join(_printed(noted.title).split()), said=_printed(noted.said))
    records = [document for document in shelf.documents if document.kind == _KIND[noted.kind]]
    places = list(dict.fromkeys(near))[:5]
    alike = [shelf.documents[place] for place in places]
    language = noted.language or ("ko" if _HANGUL.search(noted.title) else "en")
    linked = tuple(shelf.name(place) for place in places)
    if noted.kind == "decision":
        folder = _folder(records, "adr")
        beside = [path for path in there if path.rpartition("/")[0] == folder]
        before, number, after = _next_number([*(record.path for record in records), *beside])
        path = _joined(folder, f"{before}{number}{after}{slug(noted.title)}.md")
        matter = _decision_matter(noted, number, alike, language)
    else:
        number, name = "", f"{noted.day[:7]}-{slug(noted.title)}"
        path = _joined(_folder(records, "incidents"), f"{name}.md")
        matter = _incident_matter(noted, name, linked, alike, language)
    habit = house_of(shelf, _beside(path, shelf, _KIND[noted.kind]))
    if habit and is_own(habit, noted.kind):
        text = body_of_a_house(noted, number, linked, habit)
    else:
        text = f"---\n{matter}---\n{body(noted, language, linked)}"
    return Draft(path, text, linked, int(number) if number else None)


def _printed(text: str) -> str:
    """A text without what no reader sees; terminals colour their errors, and YAML refuses the characters for it."""
    plain = _COLOUR.sub("", without_hidden(text.replace("\r\n", "\n")))
    return "".join(sign for sign in plain if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs"))


def slug(title: str) -> str:
    """A file name of a title: its words in ASCII, in kebab case; Hangul is spelled letter by letter.

    Source:
        Revised Romanization of Korean (2000), transliteration without changes between syllables.
    """
    spelled = "".join(map(_spelled, unicodedata.normalize("NFKC", title)))
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:_LONGEST_SLUG].strip("-") or "untitled"


def _spelled(character: str) -> str:
    place = ord(character) - ord("가")
    if not 0 <= place < 19 * 21 * 28:
        return character
    first, rest = divmod(place, 21 * 28)
    return _FIRSTS[first] + _VOWELS[rest // 28] + _LASTS[rest % 28]


def _decision_matter(noted: Noted, number: str, alike: Sequence[Document], language: str) -> str:
    return (
        f'id: "{number}"\ntitle: {_quoted(noted.title)}\nstatus: proposed\ndate: {noted.day}\nsupersedes: []\n'
        f"superseded_by: []\namends: []\namended_by: []\ntags: [{_common(alike, 'tags')}]\n"
        f"components: [{_common(alike, 'components')}]\ncode_refs: [{', '.join(map(_quoted, noted.paths))}]\n"
        f'decision-makers: []\nlang: {language}\nsource: "own observation, {noted.day}"\n'
    )


def _incident_matter(noted: Noted, name: str, names: Sequence[str], alike: Sequence[Document], language: str) -> str:
    return (
        f"id: {name}\ntitle: {_quoted(noted.title)}\nseverity: unknown\nstatus: draft\ndate: {noted.day}\n"
        f"components: [{_common(alike, 'components')}]\ntrigger: unknown\nroot_causes: []\ndetection: unknown\n"
        f"impact: {{description: unknown}}\naction_items: []\nrelated: [{', '.join(map(_quoted, names))}]\n"
        f'recurrence_of: null\nlang: {language}\nsource: "own observation, {noted.day}"\n'
    )


def _beside(path: str, shelf: Shelf, kind: str) -> list[int]:
    """The places of the records in the folder of a path."""
    folder = path.rpartition("/")[0]
    return [
        place
        for place, document in enumerate(shelf.documents)
        if document.kind == kind and document.path.rpartition("/")[0] == folder
    ]


def _folder(records: Sequence[Document], otherwise: str) -> str:
    folders = Counter(document.path.rpartition("/")[0] for document in records)
    return folders.most_common(1)[0][0] if folders else otherwise


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _next_number(paths: Iterable[str]) -> tuple[str, str, str]:
    """What stands before the number in names here, the next number, what stands behind it."""
    numbered = [(number, name_of(path)) for path in paths if (number := number_of(name_of(path))) is not None]
    styles = [match for _, name in numbered if (match := _NUMBERED.match(name))]
    width = max((len(style["number"]) for style in styles), default=4)
    around = Counter((style["before"], style["after"]) for style in styles)
    before, after = around.most_common(1)[0][0] if around else ("", "-")
    return before, f"{max((number for number, _ in numbered), default=0) + 1:0{width}d}", after


def _common(alike: Sequence[Document], key: str) -> str:
    """The words that records like it carry, those of several first, three at most."""
    counts: Counter[str] = Counter()
    for document in alike:
        words: object = document.tags if key == "tags" else document.meta.get(key)
        counts.update(str(word) for word in (words if isinstance(words, list | tuple) else ()))
    common = [word for word, _ in counts.most_common(3)]
    return ", ".join(word if _PLAIN.fullmatch(word) else _quoted(word) for word in common)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
