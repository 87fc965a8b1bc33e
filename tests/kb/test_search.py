from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kb.asked import Names
from kb.documents import Document
from kb.knowledge import Knowledge
from kb.search import SearchResult

Open = Callable[[], Knowledge]


def paths(result: SearchResult) -> list[str]:
    return [hit.passage.path for hit in result.hits]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("토큰이 왜 사라졌나요?", "incidents/2026-01-lost-token.md"),
        ("how do I deploy the gateway", "docs/guide.md"),
        ("생수병은 무엇으로 분류하나", "kb/rules/pet.yaml"),
        ("새로 온 사람이 결정 기록을 찾으려면", "skills/onboarding/SKILL.md"),
        ("why not Kafka", "adr/0002-kafka.md"),
    ],
)
def test_a_question_finds_its_document_first(opened: Open, query: str, first: str) -> None:
    assert paths(opened().search(query))[0] == first


def test_expected_answers_are_no_knowledge(opened: Open) -> None:
    assert opened().search("secretword").hits == ()


def test_a_replaced_decision_stands_behind_its_successor(opened: Open) -> None:
    hits = opened().search("진행률 이벤트를 브로커 구독으로 내보낸다").hits
    assert [hit.passage.doc_id for hit in hits[:2]] == ["adr:0003", "adr:0001"]
    assert (hits[0].successor_of, hits[1].superseded_by) == (("adr:0001",), ("adr:0003",))


@pytest.mark.parametrize(
    "query",
    ["ADR-0001", "adr:0001", "0001", "결정 1", "adr 1은 왜 바뀌었나", "adr/0001-broker.md",
     "is decision number one in force?", "ADR no. 1", "1번 결정 아직 유효해?", "결정 번호 1", "0001이 아직 유효한가"],
)  # fmt: skip
def test_a_decision_asked_for_by_name_comes_first_even_when_replaced(opened: Open, query: str) -> None:
    result = opened().search(query)
    assert result.hits[0].passage.doc_id == "adr:0001"
    assert result.answerable


@pytest.mark.parametrize(
    "query", ["the decision one team made", "1번 결정했던 일", "02-0001-5555로 전화", "0001.5 초", "2026년 1월 결정"]
)
def test_a_number_that_is_no_name_asks_for_no_decision(query: str) -> None:
    decision = Document("adr/0001-a.md", "adr", "A", "", (), doc_id="adr:0001")
    assert Names([decision]).find(query) == ()


@pytest.mark.parametrize(
    "query", ["dispose-pet-bottle-label", "rule:dispose-pet-bottle-label", "[rule:dispose-pet-bottle-label]"]
)
def test_a_rule_is_found_by_its_id(opened: Open, query: str) -> None:
    assert opened().search(query).hits[0].passage.id == "rule:dispose-pet-bottle-label"


def test_an_incident_is_found_by_its_id(opened: Open) -> None:
    assert opened().search("incident 2026-01-lost-token").hits[0].passage.doc_id == "incident:2026-01-lost-token"


def test_a_status_that_is_asked_for_is_shown_as_it_ranks(opened: Open) -> None:
    result = opened().search("진행률 이벤트", statuses=["superseded"])
    assert paths(result) == ["adr/0001-broker.md"]


def test_a_day_before_the_successor_shows_what_was_in_force(opened: Open) -> None:
    result = opened().search("진행률 이벤트", as_of="2025-12-01")
    assert result.hits[0].passage.doc_id == "adr:0001"
    assert "adr/0003-streams.md" not in paths(result)


def test_a_rule_that_has_run_out_is_found_for_its_days_only(opened: Open) -> None:
    knowledge = opened()
    assert "rule:price-pet" in {hit.passage.id for hit in knowledge.search("페트병 압축품 시세", as_of="2025-06").hits}
    assert "rule:price-pet" not in {
        hit.passage.id for hit in knowledge.search("페트병 압축품 시세", as_of="2025-08").hits
    }


def test_filters_hold_for_every_hit(opened: Open) -> None:
    knowledge = opened()
    assert {hit.passage.kind for hit in knowledge.search("진행률", kinds=["adr"]).hits} == {"adr"}
    assert set(paths(knowledge.search("진행률", tags=["redis"]))) == {"adr/0003-streams.md"}


def test_a_successor_stands_in_although_it_lacks_the_tag(opened: Open) -> None:
    result = opened().search("진행률 이벤트 브로커 구독", tags=["event"])
    assert result.hits[0].passage.doc_id == "adr:0003"


def test_identical_copies_are_found_once(opened: Open) -> None:
    hits = opened().search("deploy the gateway").hits
    assert [hit.passage.path for hit in hits if hit.passage.title == "Guide"] == ["docs/guide.md"]
    assert hits[0].also_at == ("docs/archive/old/guide.md",)


def test_k_counts_documents_and_per_document_their_passages(opened: Open, root: Path) -> None:
    long = "# Long\n\n" + "\n\n".join(f"## Part {n}\n{'gateway words here. ' * 60}" for n in range(4))
    (root / "docs/long.md").write_text(long, encoding="utf-8")
    hits = opened().search("gateway", k=2, per_document=3).hits
    assert len({hit.passage.path for hit in hits}) == 2
    assert sum(hit.passage.path == "docs/long.md" for hit in hits) == 3


def test_a_file_that_changed_since_is_marked(opened: Open, root: Path) -> None:
    knowledge = opened()
    assert not knowledge.search("deploy gateway").hits[0].changed_since_index
    (root / "docs/guide.md").write_text("# Guide\n\nSomething else.\n", encoding="utf-8")
    assert knowledge.search("deploy gateway").hits[0].changed_since_index


@pytest.mark.parametrize("query", ["", " ", "?", "🙂🙂", "가", "\x00", "가나다 " * 30_000, "\udcff"])
def test_an_awkward_question_is_answered_calmly(opened: Open, query: str) -> None:
    result = opened().search(query)
    assert result.query == query
    assert all(hit.score > 0 for hit in result.hits)


def test_a_question_of_no_words_has_no_hits_and_no_answer(opened: Open) -> None:
    result = opened().search("🙂")
    assert (result.hits, result.answerable, result.answer_score) == ((), False, 0.0)


def test_a_huge_question_is_answered_with_a_warning(opened: Open) -> None:
    (warning,) = opened().search("가나다 " * 30_000).warnings
    assert "8,000" in warning
