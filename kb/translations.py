"""A table of words and what they are called in the other language, with probabilities: Korean -> English and back.

It lets the lexical leg answer a Korean question from an English text, where no term is shared. `kb.term_training`
learns the table from texts that exist in both languages; it is read from `terms.tsv`:

    체크포인트<TAB>checkpoint 0.611
    checkpoint<TAB>체크포인트 0.940

Beside it may lie files of names, one concept a line and each form equal to the others: `names.tsv` (technologies and
loan words as they are written in Hangul) and `glossary.tsv` (general terms, made of glossary rules).

    docker<TAB>도커
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from kb.documents import KbError
from kb.glossary import Term
from kb.korean import SHORTEST, stem
from kb.tokens import is_hangul, word_terms

FILE = "terms.tsv"
NAMES = ("glossary.tsv", "names.tsv")
Meanings = tuple[tuple[str, float], ...]
# The longest word that is cut into known parts; longer runs of Hangul are no words.
_LONGEST_COMPOUND = 24


class Translations:
    """Looks words up; a row is parsed when it is asked for, so that opening costs little."""

    def __init__(self, rows: Iterable[str], terms: Iterable[Term] = ()) -> None:
        self.terms = tuple(terms)
        self._rows = dict(row.split("\t", 1) for row in rows if "\t" in row)
        self._found: dict[str, Meanings] = {}

    def meanings(self, word: str) -> Meanings:
        """What a word of a question is called in the other language, as (word, probability), surest first.

        A Korean word is looked up without its particles; one that is not there as a whole is cut into the longest known
        parts. A Latin word is looked up part by part ("event_router"). What several parts mean stands there once.

        Raises:
            KbError: the row of the word is no row.
        """
        found: dict[str, float] = {}
        for text, share in self._of_parts(unicodedata.normalize("NFKC", word)):
            found[text] = max(share, found.get(text, 0.0))
        return tuple(sorted(found.items(), key=lambda meaning: (-meaning[1], meaning[0])))

    def _of_parts(self, word: str) -> Iterator[tuple[str, float]]:
        if is_hangul(word):
            yield from self._of_compound(stem(word)[:_LONGEST_COMPOUND])
        else:
            yield from (meaning for part in (word_terms(word) if word else ()) for meaning in self._row(part))

    def _of_compound(self, word: str) -> Iterator[tuple[str, float]]:
        while len(word) >= SHORTEST:
            part = next((word[:end] for end in range(len(word), SHORTEST - 1, -1) if word[:end] in self._rows), None)
            if part is None:
                return
            yield from self._row(part)
            word = word[len(part) :]

    def _row(self, word: str) -> Meanings:
        if word not in self._rows:
            return ()
        if word not in self._found:
            self._found[word] = tuple(_meaning(word, cell) for cell in self._rows[word].split("\t"))
        return self._found[word]


NOTHING = Translations(())


def load(folder: Path) -> Translations:
    """Read a table.

    Raises:
        KbError: the file cannot be read.
    """
    try:
        rows = (folder / FILE).read_text(encoding="utf-8").split("\n")
        terms = [term for name in NAMES if (folder / name).exists() for term in _terms(folder / name)]
    except (OSError, UnicodeDecodeError) as error:
        raise KbError(f"the translations in {folder} cannot be read ({error}); run `kb embedder terms`") from error
    return Translations(rows, terms)


def _terms(file: Path) -> Iterator[Term]:
    source = f"{file.parent.name}/{file.name}"
    for row in filter(None, file.read_text(encoding="utf-8").split("\n")):
        yield Term(source, tuple(row.split("\t")))


def _meaning(word: str, cell: str) -> tuple[str, float]:
    text, _, share = cell.rpartition(" ")
    try:
        if text and 0 < float(share) <= 1:
            return text, float(share)
    except ValueError:
        pass
    raise KbError(f"{FILE}: {word!r} means {cell!r}, which is no word with a probability; run `kb embedder terms` anew")


def write(folder: Path, table: Mapping[str, Meanings], terms: Iterable[Term]) -> None:
    """Write a learnt table and the terms of a glossary; `names.tsv` is written by hand and left alone."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = ("\t".join([word, *(f"{text} {share:.3f}" for text, share in table[word])]) for word in table)
    (folder / FILE).write_text("".join(f"{row}\n" for row in rows), encoding="utf-8", newline="\n")
    forms = ("\t".join(" ".join(form.split()) for form in term.forms) for term in terms)
    (folder / NAMES[0]).write_text("".join(f"{row}\n" for row in forms), encoding="utf-8", newline="\n")
