"""Terms found in questions by any of their forms: spacing, particles, the longest first, and any text at all."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.adapters.yaml_text import load_entries
from kb.documents import Document
from kb.glossary import Glossary, Mention, Term, is_term, terms_of
from kb.korean import cuts
from kb.read import Source, read_rules

ROUTER = Term("rule:term-event-router", ("이벤트 라우터", "Event Router", "event-router"))
EVENT = Term("rule:term-event", ("이벤트", "event"))
DLQ = Term("rule:term-dlq", ("실패 메시지 큐", "dead letter queue", "DLQ"))
GLOSSARY = Glossary([ROUTER, EVENT, DLQ, Term("names", ("redis", "레디스"))])
WORD = re.compile(r"[가-힣]+|[^\W_가-힣]+")
YAML = """
terms:
  - id: term-outbox
    name: 아웃박스
    name_en: outbox
    aliases: {ko: [발신함], en: [transactional outbox]}
    former: [{name: 보낼 편지, until: 2025-12}]
    ko: 하나다.
    en: One.
rules:
  - {id: service-x, kind: service, ko: 둘이다., en: Two., name: 아웃박스}
"""


LETTERS = st.text("가나다라은 abs-_", max_size=9)


def naively_found(question: str, terms: list[Term]) -> list[str]:
    """The sources of the terms in a question, the longest run of words first, each run with every ending cut off."""
    known: dict[str, str] = {}
    for term in terms:
        for form in term.forms:
            known.setdefault("".join(WORD.findall(form)), term.source)
    words, sources = WORD.findall(question), list[str]()
    while words:
        ends = range(1, len(words) + 1)
        runs = [("".join(words[: end - 1]) + cut, end) for end in ends for cut in _cut(words[end - 1])]
        taken = next(((known[run], end) for run, end in reversed(runs) if len(run) > 1 and run in known), None)
        sources += [taken[0]] if taken else []
        words = words[taken[1] if taken else 1 :]
    return sources


def _cut(word: str) -> list[str]:
    """A word with every ending that may hang on to it cut off, the shortest first."""
    if "가" <= word[0] <= "힣":
        return sorted({word, *cuts(word), *(word[:end] for end in range(4, len(word)))}, key=len)
    return [word[:-1], word] if len(word) > 4 and word.endswith("s") else [word]


def found(question: str, glossary: Glossary = GLOSSARY) -> list[tuple[str, str]]:
    return [(mention.text, mention.source) for mention in glossary.find(question)]


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("이벤트 라우터는 왜 있나요?", "이벤트 라우터는"),
        ("이벤트라우터가 멈췄다", "이벤트라우터가"),
        ("이벤트-라우터", "이벤트-라우터"),
        ("the event router", "event router"),
        ("EVENT_ROUTER down", "EVENT_ROUTER"),
        ("two Event Routers", "Event Routers"),
        ("ｅｖｅｎｔ　ｒｏｕｔｅｒ", "event router"),
    ],
)
def test_spacing_hyphens_case_width_and_particles_do_not_matter(question: str, text: str) -> None:
    assert found(question) == [(text, ROUTER.source)]


def test_a_mention_says_what_else_the_term_is_called() -> None:
    assert GLOSSARY.find("DLQ가 찼다")[0] == Mention("DLQ", DLQ.source, ("실패 메시지 큐", "dead letter queue"))


def test_other_spellings_of_the_same_form_are_not_other_names() -> None:
    assert GLOSSARY.find("eventrouter")[0].others == ("이벤트 라우터",)


def test_the_longest_form_is_found_and_nothing_within_it() -> None:
    assert found("이벤트 라우터와 이벤트") == [("이벤트 라우터와", ROUTER.source), ("이벤트", EVENT.source)]


@pytest.mark.parametrize("question", ["로그", "로그가 없다", "로그에서는", "logs", "Log"])
def test_a_form_of_two_syllables_is_found_with_its_particles(question: str) -> None:
    assert len(found(question, Glossary([Term("rule:term-log", ("로그", "log", "logs"))]))) == 1


def test_a_short_form_must_be_the_whole_word() -> None:
    assert found("이벤트성 요금") == [("이벤트성", EVENT.source)]
    assert found("이벤트홀") == []
    assert found("events eventually") == [("events", EVENT.source)]


def test_a_long_korean_form_may_begin_a_longer_word() -> None:
    assert found("이벤트라우터였습니까") == [("이벤트라우터였습니까", ROUTER.source)]


def test_the_first_term_has_a_form_that_two_share() -> None:
    assert found("queue", Glossary([Term("a", ("queue", "큐")), Term("b", ("queue", "대기열"))])) == [("queue", "a")]


@pytest.mark.parametrize("forms", [(), ("",), ("x",), ("-",), ("🙂",), ("\ud800",)])
def test_forms_too_short_to_mean_anything_are_found_nowhere(forms: tuple[str, ...]) -> None:
    assert found("x - 🙂 \ud800", Glossary([Term("t", forms)])) == []


def test_terms_are_the_rules_of_that_kind_in_order_with_former_names() -> None:
    documents, findings = read_rules([Source("kb/rules/a.yaml", YAML, "b")], load_entries)
    assert findings == []
    forms = ("아웃박스", "발신함", "outbox", "transactional outbox", "보낼 편지")
    assert list(terms_of(documents)) == [Term("rule:term-outbox", forms)]


@pytest.mark.parametrize("meta", [{}, {"forms": None}, {"forms": []}, {"forms": {"ko": []}}])
def test_a_document_without_forms_is_no_term_or_one_without_names(meta: dict[str, object]) -> None:
    document = Document("r.yaml", "rule", "t", "b", (), tags=("term",), meta=meta)
    assert is_term(document) is ("forms" in meta)
    assert [term.forms for term in terms_of([document])] == [()] * ("forms" in meta)


@given(st.lists(st.lists(st.text(max_size=8), max_size=4).map(tuple), max_size=6), st.text(max_size=40))
def test_mentions_stand_in_the_question_in_order_and_name_a_term(forms: list[tuple[str, ...]], text: str) -> None:
    terms = [Term(str(number), those) for number, those in enumerate(forms)]
    for mention in Glossary(terms).find(text):
        assert set(mention.others) < set(forms[int(mention.source)])


@given(st.lists(st.lists(LETTERS, min_size=1, max_size=3).map(tuple), min_size=1, max_size=5), st.data())
def test_it_finds_what_looking_at_every_run_of_words_finds(forms: list[tuple[str, ...]], data: st.DataObject) -> None:
    terms = [Term(str(number), those) for number, those in enumerate(forms)]
    form = st.sampled_from([form for those in forms for form in those])
    question = " ".join(data.draw(st.lists(form | LETTERS | form.map(lambda word: f"{word}은"), max_size=6)))
    assert [mention.source for mention in Glossary(terms).find(question)] == naively_found(question, terms)


@given(st.sampled_from(["event router", "이벤트 라우터", "레디스", "dead letter queue"]), st.text(" ?!,", max_size=3))
def test_a_term_is_found_wherever_it_stands(form: str, around: str) -> None:
    assert len(found(f"나는 {around}{form}{around} 본다")) == 1


@pytest.mark.parametrize("question", ["", "가", "a", "🙂", "🙂🙂 event 🙂", "\ud800", "\ud800 redis \udfff"])
def test_awkward_questions_are_searched_all_the_same(question: str) -> None:
    assert len(found(question)) == ("event" in question) + ("redis" in question)


@pytest.mark.parametrize("text", ["이벤트라우터" * 20_000, "e" * 100_000, "🙂" * 100_000, "\ud800" * 100_000])
def test_a_word_of_a_hundred_thousand_characters_takes_no_time(text: str) -> None:
    started = time.process_time()
    assert len(found(text)) <= 1
    assert time.process_time() - started < 5


@pytest.mark.parametrize("text", ["이벤트 라우터 " * 1_000, "a_" * 4_000, "1," * 4_000, "event " * 1_300])
def test_a_question_of_the_longest_that_is_read_takes_no_time(text: str) -> None:
    started = time.process_time()
    found(text)
    assert time.process_time() - started < 5
