"""The table of translations: looked up, written and read again, refused when damaged; and the one that ships."""

from __future__ import annotations

import re
import time
import unicodedata
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.app import open_workspace
from kb.app_contents import parsed
from kb.documents import KbError
from kb.glossary import Term, terms_of
from kb.places import read_sources
from kb.translations import FILE, NAMES, NOTHING, Meanings, Translations, load, write

ROWS = [
    "이벤트\tevent 0.612\tevents 0.150",
    "라우터\trouter 0.700\tevent 0.200",
    "event\t이벤트 0.940",
    "router\t라우터 0.5",
    "에서\tfrom 0.500",
]
HANGUL = re.compile("[가-힣]")
SHIPPED_MOST_BYTES = 6_000_000
WORDS = st.text("abcdefgh", min_size=1, max_size=6) | st.text("각난닫락맘", min_size=2, max_size=6)
MEANT = st.tuples(st.text("abc가나다 ", min_size=1, max_size=6).filter(str.strip), st.floats(0.1, 1))
TABLES = st.dictionaries(
    WORDS, st.lists(MEANT, min_size=1, max_size=4, unique_by=lambda meaning: meaning[0]).map(tuple), max_size=6
)


@pytest.fixture
def table() -> Translations:
    return Translations(ROWS)


@pytest.fixture(scope="module")
def folder(repository: Path) -> Path:
    return repository / "kb/models/eco2-terms"


def rows_of(file: Path) -> list[list[str]]:
    text = file.read_text(encoding="utf-8")
    assert text.endswith("\n")
    return [row.split("\t") for row in text[:-1].split("\n")]


def test_a_korean_word_is_looked_up_without_its_particles(table: Translations) -> None:
    assert table.meanings("이벤트에서도") == (("event", 0.612), ("events", 0.15))


def test_a_compound_is_cut_into_known_parts_each_meaning_once_surest_first(table: Translations) -> None:
    assert table.meanings("이벤트라우터가") == (("router", 0.7), ("event", 0.612), ("events", 0.15))


def test_a_compound_ends_where_nothing_is_known(table: Translations) -> None:
    assert table.meanings("이벤트관리라우터") == table.meanings("이벤트")


def test_an_identifier_is_looked_up_part_by_part(table: Translations) -> None:
    assert table.meanings("EventRouter") == table.meanings("event_router") == (("이벤트", 0.94), ("라우터", 0.5))


@pytest.mark.parametrize("word", ["", "가", "x", "🙂", "\ud800", "모르는말", "nowhere", "\t"])
def test_what_is_not_there_means_nothing(table: Translations, word: str) -> None:
    assert table.meanings(word) == NOTHING.meanings(word) == ()


@pytest.mark.parametrize("word", ["이벤트" * 33_000, "a" * 100_000, "a_" * 50_000, "🙂" * 100_000, "\ud800" * 100_000])
def test_a_word_of_a_hundred_thousand_characters_takes_no_time(table: Translations, word: str) -> None:
    started = time.process_time()
    assert len(table.meanings(word)) <= 2
    assert time.process_time() - started < 5


@given(st.text(max_size=30))
def test_any_word_has_distinct_meanings_surest_first(word: str) -> None:
    found = Translations(ROWS).meanings(word)
    assert list(found) == sorted(found, key=lambda meaning: (-meaning[1], meaning[0]))
    assert len(dict(found)) == len(found)


@pytest.mark.parametrize("cell", ["event", "event x", "0.5", "event 0", "event -1", "event 2", "event nan", ""])
def test_a_row_that_is_none_is_refused_by_name_when_it_is_asked_for(cell: str) -> None:
    table = Translations([f"이벤트\t{cell}", ROWS[1]])
    assert table.meanings("라우터")
    with pytest.raises(KbError, match=f"terms.tsv: '이벤트' means '{cell}'.*run `kb embedder terms` anew"):
        table.meanings("이벤트")


@given(TABLES)
@settings(max_examples=40, deadline=None)
def test_what_is_written_is_read_again_to_three_digits(learnt: dict[str, Meanings]) -> None:
    with TemporaryDirectory() as folder:
        write(Path(folder), learnt, [])
        table = load(Path(folder))
    for word, meanings in learnt.items():
        assert dict(table.meanings(word)) == {text: pytest.approx(share, abs=0.0005) for text, share in meanings}


def test_a_folder_is_written_and_read_with_the_names_beside_it(tmp_path: Path) -> None:
    (tmp_path / "names.tsv").write_text("docker\t도커\n\nredis\t레디스\n", encoding="utf-8")
    write(tmp_path, {"이벤트": (("event", 0.61249),)}, [Term("rule:x", ("아웃박스", "outbox\tpattern\n"))])
    found = load(tmp_path)
    assert found.meanings("이벤트") == (("event", 0.612),)
    source = f"{tmp_path.name}/"
    assert found.terms == (
        Term(f"{source}glossary.tsv", ("아웃박스", "outbox pattern")),
        Term(f"{source}names.tsv", ("docker", "도커")),
        Term(f"{source}names.tsv", ("redis", "레디스")),
    )


def test_writing_leaves_the_names_alone_and_repeats_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "names.tsv").write_text("docker\t도커\n", encoding="utf-8")
    for _ in range(2):
        write(tmp_path, {"a": (("가나", 0.5),)}, [Term("t", ("a", "b"))])
        files = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert files == {
        FILE: "a\t가나 0.500\n".encode(),
        "glossary.tsv": b"a\tb\n",
        "names.tsv": "docker\t도커\n".encode(),
    }


def test_a_table_alone_is_enough_and_lines_may_end_as_on_windows(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes("이벤트\tevent 0.6\r\n".encode())
    assert load(tmp_path).meanings("이벤트") == (("event", 0.6),)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\xff"], ids=["missing", "no-text"])
def test_a_table_that_cannot_be_read_is_one_line_with_the_cure(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / FILE).write_bytes(content)
    with pytest.raises(KbError, match=r"cannot be read .*run `kb embedder terms`"):
        load(tmp_path)


def test_the_shipped_glossary_is_what_the_rules_give(repository: Path, folder: Path) -> None:
    sources, unreadable = read_sources(open_workspace(repository, {}), ["kb/rules/glossary/engineering.yaml"])
    given_by_rules = [list(term.forms) for term in terms_of(parsed(sources)[0])]
    assert unreadable == []
    assert rows_of(folder / NAMES[0]) == given_by_rules, "run `kb embedder terms` with --glossary, see README.md there"


def test_the_shipped_names_are_sorted_unique_and_written_in_hangul_beside_the_latin_one(folder: Path) -> None:
    rows = rows_of(folder / NAMES[1])
    names = [row[0] for row in rows]
    assert names == sorted(set(names))
    assert [row for row in rows if len(row) < 2 or len(set(row)) < len(row)] == []
    assert [row for row in rows if HANGUL.search(row[0]) or not any(map(HANGUL.search, row[1:]))] == []
    cells = [cell for row in rows for cell in row]
    assert [cell for cell in cells if cell != unicodedata.normalize("NFKC", " ".join(cell.split())) or not cell] == []


def test_a_shipped_name_is_written_in_one_row_only(folder: Path) -> None:
    rows = rows_of(folder / NAMES[1])
    seen: dict[str, str] = {}
    twice = [(cell, row[0]) for row in rows for cell in row if seen.setdefault(cell.casefold(), row[0]) != row[0]]
    assert twice == []


def test_the_shipped_table_is_sorted_and_every_row_sound(folder: Path) -> None:
    rows, table = rows_of(folder / FILE), load(folder)
    words = [row[0] for row in rows]
    assert words == sorted(set(words))
    assert max(map(len, rows)) <= 1 + 5
    for word in words[::40]:
        meanings = table._row(word)
        assert all(share >= 0.1 and bool(HANGUL.search(text)) is word.isascii() for text, share in meanings)
        assert sum(share for _, share in meanings) <= 1.003


def test_the_shipped_table_and_model_stay_small(folder: Path) -> None:
    files = [file for each in (folder, folder.parent / "eco2-static-16k") for file in each.iterdir()]
    assert sum(file.stat().st_size for file in files) < SHIPPED_MOST_BYTES
