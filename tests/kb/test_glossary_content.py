"""The glossary that ships: complete in both languages, one meaning a form, found by what people type."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from kb.adapters.yaml_text import Entry, load_entries, load_mapping
from kb.app import open_workspace, rulebook
from kb.lint import Rule as LintRule
from kb.lint import check
from kb.lint_rulebook import glossary_conflict
from kb.lint_subject import subject
from kb.read import Source
from kb.rule_text import document_of, former_names, forms_of
from kb.rulebook import Rule, Rulebook

FILES = {"system.yaml": 90, "engineering.yaml": 130, "waste.yaml": 40}
HANGUL = re.compile("[가-힣]")
DAY = re.compile(r"\d{4}-\d{2}(-\d{2})?")


@pytest.fixture(scope="module")
def sources(repository: Path) -> list[Source]:
    folder = repository / "kb/rules/glossary"
    return [Source(f"kb/rules/glossary/{name}", (folder / name).read_text(encoding="utf-8"), "b") for name in FILES]


@pytest.fixture(scope="module")
def entries(sources: list[Source]) -> list[Entry]:
    return [entry for source in sources for entry in load_entries(source.text, source.path)[1]]


@pytest.fixture(scope="module")
def rules(repository: Path) -> Rulebook:
    return rulebook(open_workspace(repository, {}))


@pytest.fixture(scope="module")
def terms(rules: Rulebook) -> tuple[Rule, ...]:
    return rules.of_kind("term")


def squeezed(form: str) -> str:
    return re.sub(r"[\s-]+", "", form.casefold())


def test_each_file_holds_its_share_of_at_least_two_hundred_terms(terms: tuple[Rule, ...]) -> None:
    counts = {name: sum(rule.path.endswith(f"glossary/{name}") for rule in terms) for name in FILES}
    assert all(counts[name] >= least for name, least in FILES.items()), counts
    assert sum(counts.values()) == len(terms) >= 200


def test_a_form_means_one_term_and_former_names_have_ended(sources: list[Source]) -> None:
    found = check(
        subject(sources, load_mapping, load_entries),
        (LintRule("glossary-conflict", "error", "terms that cannot be told apart", glossary_conflict),),
    )
    assert found == []


def test_every_term_has_a_name_and_one_sentence_in_both_languages(entries: list[Entry]) -> None:
    lacking = [
        entry.fields.get("id")
        for entry in entries
        if not (entry.fields.get("name") and entry.fields.get("name_en"))
        or not HANGUL.search(str(entry.fields.get("ko")))
        or HANGUL.search(str(entry.fields.get("en")))
        or not all(str(entry.fields.get(key)).endswith(".") for key in ("ko", "en"))
    ]
    assert lacking == []


def test_aliases_stand_under_their_own_language(entries: list[Entry]) -> None:
    wrong = [
        (entry.fields["id"], word)
        for entry in entries
        if isinstance(aliases := entry.fields.get("aliases", {}), Mapping)
        for language, words in aliases.items()
        for word in words
        if (language == "en") == bool(HANGUL.search(word))
    ]
    assert wrong == []


def test_ids_say_that_they_are_terms(terms: tuple[Rule, ...]) -> None:
    assert [rule.id for rule in terms if not re.fullmatch(r"term-[a-z0-9]+(-[a-z0-9]+)*", rule.id)] == []


def test_former_names_say_the_day_or_month_of_their_end(entries: list[Entry]) -> None:
    former = [row for entry in entries for row in former_names(entry.fields)]
    assert former
    assert [row for row in former if not DAY.fullmatch(row[1])] == []


def test_no_term_repeats_what_an_item_is_called(rules: Rulebook, entries: list[Entry]) -> None:
    things = {squeezed(word) for item in rules.of_kind("item") for word in (item.name or "", *item.aliases)}
    forms = [form for entry in entries for language in ("ko", "en") for form in forms_of(entry.fields)[language]]
    assert [form for form in forms if squeezed(form) in things] == []


@pytest.mark.parametrize(
    ("ko", "en"),
    [
        ("회로 차단기", "circuit breaker"), ("배압", "backpressure"), ("멱등성", "idempotency"),
        ("커넥션 풀", "connection pool"), ("되돌리기", "rollback"), ("대체 경로", "fallback"), ("정답", "ground truth"),
        ("색인", "index"), ("임베딩", "embedding"), ("실패 메시지 큐", "DLQ"), ("이벤트 라우터", "Event Router"),
        ("하네스", "harness"), ("발포 스티렌", "EPS"), ("쓰봉", "pay-as-you-throw bag"), ("선별장", "MRF"),
    ],
)  # fmt: skip
def test_what_is_typed_in_one_language_leads_to_the_other(entries: list[Entry], ko: str, en: str) -> None:
    [forms] = [forms for entry in entries if ko in (forms := forms_of(entry.fields))["ko"]]
    assert en in forms["en"]


def test_ambiguous_words_belong_to_no_term(entries: list[Entry]) -> None:
    forms = {form for entry in entries for language in ("ko", "en") for form in forms_of(entry.fields)[language]}
    assert forms.isdisjoint({"상태", "노드", "CD", "인가", "키", "리콜"})


def test_a_term_becomes_one_readable_passage_with_its_forms_for_the_index(entries: list[Entry]) -> None:
    router = next(entry for entry in entries if entry.fields["id"] == "term-event-router")
    document = document_of("kb/rules/glossary/system.yaml", "b", router, {"valid_from": "2026-11-22"}, {})
    text = document.passages[0].text
    assert text.startswith("이벤트 라우터 / Event Router\n")
    assert "former: SSE Gateway (until 2025-12; " in text
    assert document.tags == ("term",)
    forms = document.meta["forms"]
    assert json.loads(json.dumps(forms)) == forms == forms_of(router.fields)
    assert forms_of(router.fields)["former"] == ["SSE Gateway"]
