"""Drafts of decisions and incidents: the next id, the sections that records here have, links to what is near.

A draft states what is known and asks for the rest; nobody's reason is invented. Its status binds nobody.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kb.briefs.pointers import Shelf
from kb.documents import Document

DraftKind = Literal["decision", "incident"]
_KIND = {"decision": "adr", "incident": "incident"}
_HANGUL = re.compile(r"[가-힣]")
_NUMBERED = re.compile(r"(?P<number>\d{3,5})-")
_LONGEST_SLUG = 60
_FIRSTS = "g kk n d tt r m b pp s ss . j jj ch k t p h".replace(".", "").split(" ")
_VOWELS = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split()
_LASTS = ". k k k n n n t l k m l l l p l m p p t t ng t t k t p t".replace(".", "").split(" ")
_SECTIONS: Mapping[tuple[DraftKind, str], Sequence[tuple[str, str]]] = {
    ("decision", "ko"): (
        ("맥락과 문제", "무엇이, 어디서, 얼마나 문제인가? 수치와 그 출처를 적는다."),
        ("결정 요인", "무엇을 지켜야 하나? 한 줄에 하나씩."),
        ("검토한 대안", "버린 길과 버린 까닭. 고른 길도 함께."),
        ("결정", "무엇을 하기로 했나? 첫 문장 하나로."),
        ("결과", "나아지는 것과 나빠지는 것."),
        ("확인 방법", "지켜지는지 보여 주는 테스트나 명령."),
        ("관련 문서", ""),
    ),
    ("decision", "en"): (
        ("Context and Problem Statement", "What is wrong, where, and by how much? Give figures with their source."),
        ("Decision Drivers", "What must hold? One line each."),
        ("Considered Options", "The ways not taken and why; the one taken beside them."),
        ("Decision Outcome", "What is decided, in one first sentence."),
        ("Consequences", "What gets better and what gets worse."),
        ("Confirmation", "The test or command that shows that it is kept."),
        ("More Information", ""),
    ),
    ("incident", "ko"): (
        ("요약", "누가 무엇을 겪었나? 두 문장."),
        ("영향", "얼마나, 누구에게, 얼마 동안."),
        ("경과", "시각과 사실만."),
        ("원인", "왜 일어났고 왜 바로 보이지 않았나?"),
        ("조치", "무엇으로 멈췄고 무엇이 다시 일어나지 않게 하나?"),
        ("교훈", "다음 사람이 알아야 할 한 가지."),
    ),
    ("incident", "en"): (
        ("Summary", "Who met what? Two sentences."),
        ("Impact", "How much, whom, how long."),
        ("Timeline", "Times and facts alone."),
        ("Root cause", "Why did it happen, and why was it not seen at once?"),
        ("Resolution", "What stopped it, and what keeps it from coming back?"),
        ("Lessons learned", "The one thing that the next person must know."),
    ),
}


@dataclass(frozen=True)
class Draft:
    """A file that is not written yet. `near` are the records to read, and to link or to supersede."""

    path: str
    text: str
    near: tuple[str, ...]


@dataclass(frozen=True)
class Noted:
    """What is known when a draft is asked for. `day` is an ISO date; `said` stands below the first heading as given."""

    kind: DraftKind
    title: str
    day: str
    said: str = ""
    paths: tuple[str, ...] = ()
    language: str = ""


def draft(noted: Noted, shelf: Shelf, near: Iterable[int]) -> Draft:
    """Draft a record.

    Args:
        noted: what is known.
        shelf: the documents of the index; the folder and numbering of its records are kept.
        near: places of records like it, most alike first; the first few are linked, their tags and parts proposed.
    """
    records = [document for document in shelf.documents if document.kind == _KIND[noted.kind]]
    places = list(dict.fromkeys(near))[:5]
    alike = [shelf.documents[place] for place in places]
    language = noted.language or ("ko" if _HANGUL.search(noted.title) else "en")
    names = tuple(shelf.name(place) for place in places)
    if noted.kind == "decision":
        number = _next_number(records)
        path = f"{_folder(records, 'adr')}/{number}-{slug(noted.title)}.md"
        matter = _decision_matter(noted, number, alike, language)
    else:
        name = f"{noted.day[:7]}-{slug(noted.title)}"
        path = f"{_folder(records, 'incidents')}/{name}.md"
        matter = _incident_matter(noted, name, names, alike, language)
    return Draft(path, f"---\n{matter}---\n{_body(noted, language, names)}", names)


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


def _body(noted: Noted, language: str, names: Sequence[str]) -> str:
    sections = _SECTIONS[noted.kind, "ko" if language == "ko" else "en"]
    parts = [f"# {noted.title}", ""]
    for place, (heading, question) in enumerate(sections):
        text = noted.said.strip() if place == 0 and noted.said.strip() else question
        parts += [f"## {heading}", text or _links(names), ""]
    return "\n".join(parts).rstrip() + "\n"


def _links(names: Sequence[str]) -> str:
    return "\n".join(f"- [{name}]" for name in names) or "-"


def _folder(records: Sequence[Document], otherwise: str) -> str:
    folders = Counter(document.path.rpartition("/")[0] for document in records)
    return folders.most_common(1)[0][0] if folders else otherwise


def _next_number(records: Sequence[Document]) -> str:
    numbers = [found["number"] for document in records if (found := _NUMBERED.match(document.path.rpartition("/")[2]))]
    width = max((len(number) for number in numbers), default=4)
    return f"{max(map(int, numbers), default=0) + 1:0{width}d}"


def _common(alike: Sequence[Document], key: str) -> str:
    """The words that records like it carry, those of several first, three at most."""
    counts: Counter[str] = Counter()
    for document in alike:
        words: object = document.tags if key == "tags" else document.meta.get(key)
        counts.update(str(word) for word in (words if isinstance(words, list | tuple) else ()))
    return ", ".join(word for word, _ in counts.most_common(3))


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
