"""A question's terms with what its words are called otherwise: weights, order, trace, and awkward questions."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from math import sqrt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from kb.expand import RENAMED, RESPELT, SPELLING, TABLE, Expansion, expansions, weighted_terms
from kb.glossary import Glossary, Term
from kb.tokens import query_terms, terms
from kb.translations import NOTHING, Translations
from kb.translations import load as load_translations

GLOSSARY = Glossary([Term("rule:term-dlq", ("실패 메시지 큐", "DLQ", "dead letter queue"))])
TABLES = Translations(["체크포인트\tcheckpoint 0.640\tsave 0.160", "color\t색 0.810"])
EMPTY = Glossary([])
ADDED = st.lists(
    st.builds(
        Expansion,
        st.text(max_size=8),
        st.lists(st.tuples(st.text(max_size=12), st.floats(0.05, 1)), max_size=4).map(tuple),
        st.just("t"),
    ),
    max_size=4,
)


@pytest.fixture(scope="module")
def shipped(repository: Path) -> Translations:
    return load_translations(repository / "kb/models/eco2-terms")


def test_every_source_leaves_its_trace_glossary_first() -> None:
    assert expansions("color of the DLQ 체크포인트가", GLOSSARY, TABLES) == (
        Expansion("DLQ", (("실패 메시지 큐", RENAMED), ("dead letter queue", RENAMED)), "rule:term-dlq"),
        Expansion("color", (("색", 0.9),), TABLE),
        Expansion("체크포인트가", (("checkpoint", 0.8), ("save", 0.4)), TABLE),
        Expansion("color", (("colour", RESPELT),), SPELLING),
    )


def test_a_repeated_word_is_expanded_once() -> None:
    assert len(expansions("DLQ DLQ 체크포인트 체크포인트", GLOSSARY, TABLES)) == 2


def test_question_words_are_not_translated() -> None:
    table = Translations(["why\t왜 0.9", "ever\t늘 0.81"])
    assert expansions("why ever", EMPTY, table) == (Expansion("ever", (("늘", 0.9),), TABLE),)


def test_the_terms_of_one_text_share_its_weight_by_the_root_of_their_number() -> None:
    found = weighted_terms("DLQ", [Expansion("DLQ", (("dead letter queue", 0.7), ("큐", 0.5)), "t")])
    assert found == pytest.approx({"dlq": 1.0, **dict.fromkeys(("dead", "letter", "queue"), 0.7 / sqrt(3)), "큐": 0.5})


def test_of_several_texts_the_best_weight_of_a_term_counts() -> None:
    texts = (("save", 0.4), ("save", 0.8), ("save", 0.2))
    assert weighted_terms("저장", [Expansion("저장", texts, "t")])["save"] == 0.8


def test_what_the_question_says_itself_keeps_its_weight() -> None:
    added = [Expansion("체크포인트", (("checkpoint", 0.9),), "t")]
    assert weighted_terms("checkpoint 체크포인트 checkpoint", added)["checkpoint"] == 2.0


@given(st.text(max_size=60))
def test_without_sources_a_question_is_its_own_terms(query: str) -> None:
    found = weighted_terms(query, ())
    assert sorted(found) == sorted(set(query_terms(query)))
    assert sum(found.values()) == len(query_terms(query))


@given(st.text(max_size=40), ADDED)
def test_expansions_only_add_and_weigh_at_most_what_they_say(query: str, added: list[Expansion]) -> None:
    own, found = weighted_terms(query, ()), weighted_terms(query, added)
    assert {term: found[term] for term in own} == own
    said: dict[str, float] = {}
    for text, weight in (pair for each in added for pair in each.texts):
        said |= {term: max(weight, said.get(term, 0.0)) for term in terms(text)}
    assert set(found) == {*own, *said}
    assert all(0 < found[term] <= said[term] for term in found.keys() - own.keys())


@given(st.text(max_size=40), ADDED)
def test_the_order_of_expansions_does_not_matter(query: str, added: list[Expansion]) -> None:
    assert weighted_terms(query, added) == weighted_terms(query, added[::-1])


@given(st.text(max_size=60))
def test_any_question_has_expansions_of_its_own_words(query: str) -> None:
    for each in expansions(query, GLOSSARY, TABLES):
        assert each.texts
        assert all(text and 0 < weight <= 1 for text, weight in each.texts)


@pytest.mark.parametrize("query", ["", " ", "?", "🙂", "\ud800\udfff", "ㅋ", "\x00"])
def test_a_question_without_words_has_no_expansions(query: str) -> None:
    assert expansions(query, GLOSSARY, TABLES) == ()


@pytest.mark.parametrize(
    "query",
    ["가", "이벤트 라우터를 ", "a", "a_b.", "1,", "\ud800", "🙂 "],
    ids=["one syllable", "phrase", "letter", "identifier", "digits", "surrogates", "emoji"],
)
def test_a_hundred_thousand_characters_take_well_under_a_second(query: str, shipped: Translations) -> None:
    glossary, long = Glossary(shipped.terms), query * (100_000 // len(query))
    started = time.process_time()
    weighted_terms(long, expansions(long, glossary, shipped))
    assert time.process_time() - started < 5


def test_a_korean_question_reaches_english_words_through_the_shipped_tables(shipped: Translations) -> None:
    query = "체크포인트를 도커에 저장"
    found = weighted_terms(query, expansions(query, Glossary(shipped.terms), shipped))
    assert {"checkpoint", "docker", "save"} <= set(found)


def test_without_tables_only_spelling_is_left() -> None:
    assert {each.source for each in expansions("체크포인트 color DLQ", EMPTY, NOTHING)} == {SPELLING}


def test_a_line_of_the_command_with_expansions_meets_its_schema(
    root: Path, environ: dict[str, str], repository: Path
) -> None:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(repository), "PYTHONUTF8": "1", **environ}
    for words in (["index"], ["search", "체크포인트 color 생수병 nowhere", "--json"]):
        command = [sys.executable, "-m", "kb", *words]
        done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=True)
    (line,) = done.stdout.splitlines()
    row = json.loads(line)
    schemas = [json.loads(file.read_text(encoding="utf-8")) for file in (repository / "kb/schemas").glob("*.json")]
    registry: Registry[Any] = Registry().with_resources(
        [(schema["$id"], Resource.from_contents(schema)) for schema in schemas]
    )
    validator = Draft202012Validator(registry.contents("urn:eco2-agent-kb:kb:search_result:1"), registry=registry)
    validator.validate(row)
    assert {(each["word"], each["source"]) for each in row["expansions"]} >= {
        ("체크포인트", TABLE),
        ("color", SPELLING),
    }
    assert "nowhere" in row["unmatched"]
    for key, value in (("texts", ["checkpoint"]), ("texts", {"checkpoint": "0.8"}), ("source", None)):
        assert not validator.is_valid({**row, "expansions": [{**row["expansions"][0], key: value}]})
