"""Workspaces of decisions in any size, and questions to ask of them: what benchmarks/speed.py measures on.

With SHARED_DATA the text is real, Korean and English documentation of many projects; paragraphs come again in another
order once all were used, so that no two files are alike. Without it the words are made up, in both scripts, with
frequencies as in a language (Zipf).
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, count, islice
from pathlib import Path

_OWN = Path(__file__).resolve().parents[1] / "datasets" / "retrieval"
PASSAGES_A_FILE = 14
# `kb.chunk` joins sections below 400 characters and cuts those beyond 1,500.
_SHORTEST, _LONGEST = 700, 1_400
_HELD_OUT = 200
_FROM_HEADINGS = 0.3
_SYNTHETIC_WORDS = 30_000
_WRITTEN = (("ko", "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허고노도로모보소오조초코토포호"),
            ("en", "abcdefghijklmnoprstuvwy"))  # fmt: skip


@dataclass(frozen=True)
class Section:
    """A heading and its paragraphs in one language."""

    language: str
    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Texts:
    """What files are made of, and questions; `origin` says in words where they come from."""

    sections: Sequence[Section]
    questions: Sequence[str]
    origin: str


def texts(shared: Path | None, questions: int, seed: int = 7) -> Texts:
    """Real text where the public data is there, else made-up words."""
    return _real(shared, questions, seed) if shared else _synthetic(questions, seed)


def write_workspace(root: Path, found: Texts, files: int) -> None:
    """Write decisions with front matter, four of five accepted, the fifth superseded; two languages in turn."""
    (root / "adr").mkdir(parents=True)
    (root / "kb.toml").write_text("[kb]\n", encoding="utf-8")
    streams = [_sections(found.sections, language) for language, _ in _WRITTEN]
    for number in range(files):
        own = list(islice(streams[number % len(streams)], PASSAGES_A_FILE))
        (root / "adr" / f"{number:05d}.md").write_text(_decision(number, own), encoding="utf-8")


def _decision(number: int, sections: Iterable[str]) -> str:
    status = "accepted" if number % 5 else "superseded"
    date = f"20{10 + number % 15}-{number % 12 + 1:02d}-{number % 28 + 1:02d}"
    return f'---\nid: "{number:05d}"\nstatus: {status}\ndate: {date}\n---\n# Decision {number}\n\n' + "\n".join(
        sections
    )


def _sections(sections: Sequence[Section], language: str) -> Iterator[str]:
    """Sections of one language without an end, each long enough for a passage of its own; none equals another."""
    for number, (heading, text) in enumerate(_filled(sections, language), start=1):
        yield f"## {heading}\n\n{text}\n\nTicket {language.upper()}-{number}.\n"


def _filled(sections: Sequence[Section], language: str) -> Iterator[tuple[str, str]]:
    heading, held, size = "", list[str](), 0
    for section in _endless([section for section in sections if section.language == language]):
        heading = heading or section.heading
        for paragraph in section.paragraphs:
            held.append(paragraph[:_SHORTEST])
            size += len(held[-1]) + 2
            if size >= _SHORTEST:
                yield heading, "\n\n".join(held)[:_LONGEST]
                heading, held, size = section.heading, [], 0


def _endless(sections: Sequence[Section]) -> Iterator[Section]:
    """All sections in one order after the other."""
    for seed in count():
        order = list(range(len(sections)))
        random.Random(seed).shuffle(order)
        yield from (sections[place] for place in order)


def _real(shared: Path, questions: int, seed: int) -> Texts:
    with gzip.open(shared / "parallel_ko_en" / "sections.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    random.Random(seed).shuffle(rows)
    held, used = rows[:_HELD_OUT], rows[_HELD_OUT:]
    headings = [row[f"heading_{language}"] for row in held for language in ("ko", "en")]
    sections = [
        Section(language, _line(row[f"heading_{language}"]), tuple(map(_line, row[f"paragraphs_{language}"])))
        for row in used
        for language in ("ko", "en")
    ]
    asked = _drawn(_asked(shared), [heading for heading in headings if heading], questions, seed)
    return Texts(sections, asked, "real text")


def _asked(shared: Path) -> list[str]:
    """Questions that people, or we, asked of real documents."""
    files = [shared / "eco2_docs" / "dev_queries.jsonl", *sorted(_OWN.glob("*.jsonl"))]
    lines = (line for file in files for line in file.read_text(encoding="utf-8").splitlines() if line.strip())
    return [str(json.loads(line)["query"]) for line in lines]


def _drawn(first: list[str], others: list[str], wanted: int, seed: int) -> list[str]:
    """Some of either, without repeats."""
    draw = random.Random(seed)
    mixed = draw.sample(first, min(len(first), round(wanted * (1 - _FROM_HEADINGS)))) + draw.sample(others, len(others))
    return list(dict.fromkeys(mixed))[:wanted]


def _line(text: str | None) -> str:
    """One line that is neither a heading nor a fence."""
    return " ".join((text or "").split()).lstrip("#`~- ") or "Section"


def _synthetic(questions: int, seed: int) -> Texts:
    draw = random.Random(seed)
    sections: list[Section] = []
    for language, letters in _WRITTEN:
        words = _words(draw, letters, 2 if language == "ko" else 3)
        weights = list(accumulate(1 / rank for rank in range(1, len(words) + 1)))
        for _ in range(3_000):
            said = [" ".join(draw.choices(words, cum_weights=weights, k=40)) for _ in range(6)]
            sections.append(Section(language, " ".join(draw.choices(words, cum_weights=weights, k=3)), tuple(said)))
    asked = [" ".join(draw.sample(draw.choice(sections).paragraphs[0].split(), 6)) for _ in range(questions)]
    return Texts(sections, asked, "made-up words, since SHARED_DATA is not set")


def _words(draw: random.Random, letters: str, shortest: int) -> list[str]:
    made = ("".join(draw.choices(letters, k=draw.randint(shortest, 2 * shortest + 1))) for _ in range(_SYNTHETIC_WORDS))
    return list(dict.fromkeys(made))
