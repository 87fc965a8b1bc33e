"""Learning translations: what a small corpus teaches, sums, thresholds, repeats, and a naive model as the oracle."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.adapters.parallel import write_sections
from kb.app import learn_terms, open_workspace
from kb.documents import KbError
from kb.pairs import Pair, Section
from kb.term_training import KEPT, Thresholds, learn
from kb.translations import Meanings, load

THINGS = {"이벤트": "event", "라우터": "router", "대기열": "queue", "토큰": "token"}
ACTIONS = {"보냅니다": "send", "기다립니다": "wait", "지웁니다": "delete", "세웁니다": "stop"}
EVERYTHING = Thresholds(share=0.0, texts=0.0, meanings=99)
KOREAN = ("각난", "닫락", "맘밥", "삿앙")
ENGLISH = ("apple", "berry", "cocoa", "durian")
TEXTS = st.lists(
    st.tuples(st.frozensets(st.sampled_from(KOREAN), min_size=1), st.frozensets(st.sampled_from(ENGLISH), min_size=1)),
    max_size=8,
    unique=True,
)


def section(*headings: Pair, aligned: Sequence[Pair] = ()) -> list[Section]:
    pairs = headings or [("", "")]
    return [Section("o/r", "a.md", 2, korean, english, (), (), tuple(aligned)) for korean, english in pairs]


def corpus() -> list[Section]:
    return section(
        *((f"{thing}를 {act}", f"{do} the {name}s") for thing, name in THINGS.items() for act, do in ACTIONS.items())
    )


def naive(texts: Sequence[tuple[frozenset[str], frozenset[str]]], rounds: int) -> dict[str, dict[str, float]]:
    """IBM model 1 with an empty source word, over words that stand in two texts, from even chances."""
    counts: defaultdict[str, int] = defaultdict(int)
    for text in texts:
        for word in text[0] | text[1]:
            counts[word] += 1
    known = [tuple([word for word in words if counts[word] > 1] for words in text) for text in texts]
    chance: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(lambda: 1.0))
    for _ in range(rounds):
        seen: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
        for first, second in known:
            for target in second:
                total = sum(chance[source][target] for source in ("", *first))
                for source in ("", *first):
                    seen[source][target] += chance[source][target] / total
        for source, row in seen.items():
            chance[source] = defaultdict(float, {target: n / sum(row.values()) for target, n in row.items()})
    return {source: dict(row) for source, row in chance.items() if source and row}


@given(TEXTS, st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_it_is_ibm_model_1(texts: list[tuple[frozenset[str], frozenset[str]]], rounds: int) -> None:
    sections = section(*((" ".join(sorted(first)), " ".join(sorted(second))) for first, second in texts))
    backward = naive([(second, first) for first, second in texts], rounds)
    expected = {**naive(texts, rounds), **backward}
    learnt = learn(sections, rounds, EVERYTHING)
    assert {word: dict(meanings) for word, meanings in learnt.items()} == {
        word: pytest.approx(row) for word, row in expected.items()
    }


def test_words_that_stand_together_translate_one_another() -> None:
    learnt = learn(corpus())
    first = {word: meanings[0][0] for word, meanings in learnt.items()}
    assert {thing: first[thing] for thing in THINGS} == THINGS
    assert {name: first[name] for name in THINGS.values()} == {name: thing for thing, name in THINGS.items()}


def test_short_paragraphs_teach_as_headings_do() -> None:
    aligned = [(pair.heading_ko, pair.heading_en) for pair in corpus()]
    assert learn(section(aligned=aligned)) == learn(corpus())


def test_a_paragraph_too_long_to_learn_from_teaches_by_its_sentences() -> None:
    many = " ".join(f"word{chr(97 + number // 26)}{chr(97 + number % 26)}" for number in range(61))
    aligned = [(f"{one.heading_ko}. 마지막 문장입니다.", f"{one.heading_en}. The {many}.") for one in corpus()]
    assert learn(section(aligned=aligned))["이벤트"][0][0] == "event"


@given(TEXTS, st.floats(0, 0.6), st.floats(0, 3), st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_what_is_kept_is_probable_and_sums_to_at_most_one(
    texts: list[tuple[frozenset[str], frozenset[str]]], share: float, least: float, most: int
) -> None:
    sections = section(*((" ".join(sorted(first)), " ".join(sorted(second))) for first, second in texts))
    learnt = learn(sections, keep=Thresholds(share, least, most))
    for meanings in learnt.values():
        assert sum(chance for _, chance in meanings) <= 1 + 1e-9
        assert 1 <= len(meanings) <= most
        assert all(chance >= share for _, chance in meanings)
        assert list(meanings) == sorted(meanings, key=lambda meaning: (-meaning[1], meaning[0]))
    assert list(learnt) == sorted(learnt)


def test_a_higher_threshold_keeps_a_part_of_what_a_lower_one_keeps() -> None:
    low = learn(corpus(), keep=Thresholds(0.05, 1.0, 9))
    high = learn(corpus(), keep=Thresholds(0.5, 2.0, 1))
    assert high
    assert all(set(high[word]) <= set(low[word]) for word in high)


def test_what_was_seen_in_few_texts_is_left_out() -> None:
    assert learn(corpus(), keep=Thresholds(0.0, 3.0, 9))["event"][0][0] == "이벤트"
    assert learn(corpus(), keep=Thresholds(0.0, 4.1, 9)) == {}


def test_a_repeated_pair_teaches_once() -> None:
    once = section(("이벤트 라우터", "event router"))
    assert learn(once * 5, keep=EVERYTHING) == learn(once, keep=EVERYTHING) == {}
    assert learn(corpus() * 2) == learn(corpus())


def test_a_pair_that_stands_once_teaches_nothing() -> None:
    assert learn(section(("이벤트 라우터", "event router"))) == {}


def test_question_words_lone_letters_and_numbers_teach_nothing() -> None:
    english = "the x 2026 v1.2 where"
    assert learn(section(("이벤트 하나", english), ("이벤트 두울", english)), keep=EVERYTHING) == {}


@pytest.mark.parametrize(("count", "teaches"), [(60, True), (61, False)])
def test_texts_of_more_than_sixty_words_teach_nothing(count: int, teaches: bool) -> None:
    many = " ".join(f"word{chr(97 + number // 26)}{chr(97 + number % 26)}" for number in range(count))
    assert bool(learn(section(("이벤트 하나", many), ("이벤트 두울", many)), keep=EVERYTHING)) is teaches


@pytest.mark.parametrize(
    "sections",
    [
        [],
        section(),
        section(("", "event"), ("이벤트", "")),
        section(("🙂", "🙂"), ("\ud800", "\ud800")),
        section(("가", "a"), ("가 나", "a b")),
        section(("이벤트 하나", "alpha beta"), ("라우터 두울", "gamma delta")),
    ],
    ids=["none", "empty", "one side", "no words", "one character", "nothing twice"],
)
def test_where_nothing_stands_in_both_languages_nothing_is_learnt(sections: list[Section]) -> None:
    assert learn(sections) == {}


def test_a_very_long_text_of_few_words_counts_once() -> None:
    short, long = ("이벤트", "event"), ("이벤트 " * 25_000, "event " * 20_000)
    assert learn(section(long, short), keep=EVERYTHING)["이벤트"] == (("event", 1.0),)


def test_no_rounds_are_refused() -> None:
    with pytest.raises(ValueError, match="rounds must be 1 or more, got 0"):
        learn(corpus(), rounds=0)


def test_the_defaults_are_those_of_the_shipped_table() -> None:
    assert Thresholds(share=0.1, texts=1.5, meanings=5) == KEPT


def written(root: Path, environ: dict[str, str], repository: Path, seed: str, *words: str) -> tuple[int, str, str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(repository), "PYTHONUTF8": "1", **environ}
    command = [sys.executable, "-m", "kb", "embedder", "terms", "--pairs", "pairs.jsonl.gz", *words]
    done = subprocess.run(
        command, cwd=root, env={**environment, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


def test_the_command_writes_the_same_table_whatever_the_seed(
    root: Path, environ: dict[str, str], repository: Path, tmp_path: Path
) -> None:
    write_sections(root / "pairs.jsonl.gz", corpus())
    (root / "kb/rules/terms.yaml").write_text(
        "terms:\n  - {id: term-dlq, kind: term, name: 실패 큐, name_en: DLQ, ko: 하나다., en: One.}\n", encoding="utf-8"
    )
    for seed in ("1", "2"):
        out = tmp_path / seed
        code, said, _ = written(root, environ, repository, seed, "--out", str(out), "--glossary", "kb/rules/terms.yaml")
        assert (code, said) == (0, f"{len(learn(corpus()))} words and 1 terms in {out}\n")
    assert (tmp_path / "1" / "terms.tsv").read_bytes() == (tmp_path / "2" / "terms.tsv").read_bytes()
    table = load(tmp_path / "1")
    assert _first(table.meanings("이벤트를")) == "event"
    assert [term.forms for term in table.terms] == [("실패 큐", "DLQ")]


@pytest.mark.parametrize(
    ("rows", "glossary", "message"),
    [
        ([], (), "pairs.jsonl.gz teaches no word"),
        (corpus(), ("kb/rules/none.yaml",), "kb/rules/none.yaml in .* holds no terms"),
        (corpus(), ("kb/rules/pet.yaml",), "kb/rules/pet.yaml in .* holds no terms"),
    ],
    ids=["no pairs", "no such file", "a rule file without terms"],
)
def test_what_would_write_an_empty_table_is_refused_and_writes_nothing(
    root: Path, tmp_path: Path, rows: list[Section], glossary: tuple[str, ...], message: str
) -> None:
    write_sections(root / "pairs.jsonl.gz", rows)
    with pytest.raises(KbError, match=message):
        learn_terms(root / "pairs.jsonl.gz", tmp_path / "out", open_workspace(root, {}), glossary)
    assert not (tmp_path / "out").exists()


def test_pairs_that_are_not_there_are_one_line(root: Path, environ: dict[str, str], repository: Path) -> None:
    code, _, said = written(root, environ, repository, "1", "--out", "out")
    assert (code, said.count("\n")) == (3, 1)
    assert "pairs.jsonl.gz" in said


def _first(meanings: Meanings) -> str:
    return meanings[0][0]
