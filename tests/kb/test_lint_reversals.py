"""Decisions that a later one takes back in prose: words that do, words that only seem to, and the order of things."""

from __future__ import annotations

import pytest

from kb import reversal_english, reversal_korean
from kb.adapters.yaml_text import load_mapping
from kb.markdown import blocks
from kb.read import Source
from kb.record_links import Mention, mentions
from kb.reversal_pairs import ReversedPair, replaced_by, reversed_pairs
from kb.reversal_titles import names, undoes
from kb.reversals import Decision, marked, reversals
from kb.sentences import sentences

TAKES_BACK = [
    "This decision replaces ADR-0003.",
    "We hereby supersede [ADR-0003](0003-x.md) and go with Kafka.",
    "It reverses the decision made in ADR-0003.",
    "Reverts ADR 0003. Supersedes ADR 0004, which was itself already reverted.",
    "ADR-0003 is hereby replaced.",
    "ADR-0003 was superseded by ADR-0005.",
    "ADR-0003 no longer applies.",
    "The assumption of ADR-0003 no longer holds.",
    "We use Kafka instead of ADR-0003.",
    "We will use Kafka instead of the broker chosen in ADR-0003.",
    "We no longer use the queue chosen in [ADR-0003](0003-x.md).",
    "We no longer follow ADR-0003.",
    "We retire the polling loop introduced in ADR-0003.",
    "We decided to abandon the approach described in ADR-0003.",
    "This ADR replaces ADR-0049 and ADR-0003 in full.",
    "Roll back ADR-0003.",
    "이 결정은 ADR-0003을 대체한다.",
    "ADR-0003의 결정을 되돌린다.",
    "[ADR-0003](0003-x.md)에서 고른 Celery를 Taskiq로 대체한다.",
    "이 문서로 [0003](0003-x.md)을 폐기한다.",
    "ADR-0003은 더 이상 유효하지 않다.",
    "ADR-0003 대신 Kafka를 쓴다.",
    "이 ADR은 ADR-0003(배치)을 supersede한다.",
    "Redis Streams replaces RabbitMQ, which we chose in ADR-0003.",
    "Contrary to ADR-0003, events go through Redis Streams.",
    "ADR-0003, which chose RabbitMQ, is hereby reversed.",
    "ADR-0003은 폐기하고, 이벤트는 Redis Streams로 보낸다.",
    "ADR-0003의 결정을 뒤집고 Redis Streams로 돌아간다.",
    "ADR-0003을 되돌려 Redis Streams로 간다.",
    "ADR-0003에서 정한 RabbitMQ 사용을 중단하고 Redis Streams로 전환한다.",
    "기존 결정(ADR-0003)을 폐기하고 Redis Streams를 채택한다.",
    "RabbitMQ(ADR-0003) 대신 Redis Streams를 쓴다.",
]
ONLY_SEEMS_TO = [
    "As in ADR-0003, polling is abandoned.",
    "ADR-0003 이후 폴링은 폐기되었다.",
    "Contrary to what some say, ADR-0003 stands.",
    "Contrary to ADR-0003's estimate, traffic doubled.",
    "We keep ADR-0003 and replace the client library.",
    "크론을 RabbitMQ로 대체한 ADR-0003을 따른다.",
    "ADR-0003의 대안이었던 Kafka를 다시 검토했지만 바꾸지 않는다.",
    "ADR-0003의 타임아웃만 바꾼다.",
    "This decision extends rather than replaces ADR-0001 and ADR-0002.",
    "No later ADR reverses ADR-0003's retirement.",
    "A need for sub-second order would revert ADR-0003.",
    "If it fails we revert ADR-0003.",
    "This does not replace ADR-0003.",
    "This replaces ADR-0003's flat five minutes.",
    "This replaces ADR-0003 §4, whose rule was unconditional.",
    "This partially supersedes ADR-0003.",
    "It replaces only ADR-0003's assumption.",
    "This supersedes ADR-0003 for the new branch only.",
    "This supersedes the certificate portion of ADR 003.",
    "Option B: revert ADR-0003 and keep polling.",
    "We could go back to polling and drop ADR-0003.",
    "As ADR-0003 says, users no longer need to log in.",
    "As decided in ADR-0003, we replace the cron job with a worker.",
    "We no longer use Celery, as decided in ADR-0003.",
    "Because ADR-0003 replaced the cron job, we can scale.",
    "The cache that ADR-0003 deprecated is gone.",
    "Superseded by ADR-0003.",
    "Point the paragraph at ADR-0014 instead of ADR-0003.",
    "ADR-0003을 대체하지 않는다.",
    "ADR-0003을 대체하려면 새 결정을 쓴다.",
    "수락되면 이 결정은 ADR-0003을 supersede한다.",
    "ADR-0003의 2절을 대체한다.",
    "ADR-0003의 일부를 대체한다.",
    "[ADR-0003](0003-x.md)에 따라 크론을 워커로 대체한다.",
    "ADR-0003의 집계 결정은 유지하고, 총비용 표시 결정만 대체한다.",
    "RabbitMQ 대신 Kafka를 쓰기로 한 ADR-0003을 따른다.",
    "전달 구조를 바꿔 간격을 좁혔다([adr:0003]).",
]


def taken_back(sentence: str) -> set[str]:
    named = list(mentions(sentence))
    text = marked(sentence, named)
    found = [*reversal_english.takes_back(text), *reversal_korean.takes_back(text)]
    return {named[old].id for old, _ in found}


@pytest.mark.parametrize("sentence", TAKES_BACK)
def test_words_that_take_a_decision_back(sentence: str) -> None:
    assert "adr:0003" in taken_back(sentence)


@pytest.mark.parametrize("sentence", ONLY_SEEMS_TO)
def test_words_that_only_seem_to(sentence: str) -> None:
    assert taken_back(sentence) == set()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Helm chart", "Delete Helm Chart"),
        ("Use Flask", "Replace Flask with Django"),
        ("6. Use Flask", "10. Replace Flask with Django"),
        ("Use Celery", "Migrate from Celery to Taskiq"),
        ("Adopt GraphQL", "Stop using GraphQL"),
        ("DAPS module", "DAPS module deprecation"),
        ("Celery를 쓴다", "Celery 대신 Taskiq를 쓴다"),
        ("Celery 사용", "Celery 폐기"),
    ],
)
def test_a_title_undoes_a_title(old: str, new: str) -> None:
    assert undoes(new) == names(old)
    assert undoes(old) != names(new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Use Redis for caching", "Replace Redis with Memcached"),
        ("Micrometer metrics", "Custom metrics"),
        ("Use Celery", "Move to Taskiq"),
        ("Use Celery", "Replace cron with Celery"),
        ("", "Remove Docker"),
    ],
)
def test_a_title_about_something_else_undoes_nothing(old: str, new: str) -> None:
    assert undoes(new) != names(old) or not undoes(new)


def decision(number: int, text: str, status: str | None = "accepted", date: str | None = None) -> Decision:
    body = tuple(blocks(text.split("\n")))
    title = text.split("\n")[0].lstrip("# ")
    return Decision(f"adr/{number:04d}-x.md", f"adr:{number:04d}", title, 1, status, date, body)


def found(*decisions: Decision) -> list[tuple[str, str, int]]:
    by_id = {item.doc_id: item for item in decisions}

    def resolve(mention: Mention, origin: str) -> Decision | None:
        return by_id.get(mention.id)

    return [(item.old.doc_id, item.new.doc_id, item.line) for item in reversals(decisions, resolve)]


OLD = decision(3, "# Only English pages\n\n## Decision\nOnly English.\n")


def test_what_was_agreed_is_taken_back_some_sentences_later() -> None:
    new = decision(
        5,
        "# All languages\n\n## Context\n\nIn [adr-003][1] we agreed on English pages only.\n\n"
        "We have learned that this causes more issues than benefits:\n\n- edge cases\n\n[1]: https://example.org/3\n",
    )
    assert found(OLD, new) == [("adr:0003", "adr:0005", 5)]


def test_what_was_agreed_stands_when_the_text_only_builds_on_it() -> None:
    new = decision(5, "# Dates\n\n## Context\n\nIn ADR-0003 we agreed on English pages. Dates were left open.\n")
    assert found(OLD, new) == []


@pytest.mark.parametrize(
    "heading", ["Considered Options", "Alternatives", "검토한 대안", "Rollback", "When to revisit"]
)
def test_what_is_only_weighed_takes_nothing_back(heading: str) -> None:
    assert found(OLD, decision(5, f"# X\n\n## {heading}\n\nThis reverses ADR-0003.\n")) == []


def test_code_and_comments_take_nothing_back() -> None:
    assert found(OLD, decision(5, "# X\n\n```\nreplaces ADR-0003\n```\n\n<!-- replaces ADR-0003 -->\n")) == []


@pytest.mark.parametrize("status", ["proposed", "draft", "rejected", "withdrawn"])
def test_what_was_never_in_force_takes_nothing_back(status: str) -> None:
    assert found(OLD, decision(5, "# X\n\nThis replaces ADR-0003.\n", status)) == []


@pytest.mark.parametrize("status", ["superseded", "deprecated", "rejected", "proposed"])
def test_what_does_not_read_in_force_is_not_reported(status: str) -> None:
    assert found(decision(3, "# Y\n", status), decision(5, "# X\n\nThis replaces ADR-0003.\n")) == []


def test_a_record_without_a_status_is_reported_too() -> None:
    assert found(decision(3, "# Y\n", None), decision(5, "# X\n\nThis replaces ADR-0003.\n")) != []


def test_an_older_decision_takes_nothing_back() -> None:
    assert found(decision(3, "# Y\n\nThis replaces ADR-0005.\n"), decision(5, "# X\n")) == []


def test_a_record_may_say_itself_that_it_was_replaced() -> None:
    new = decision(5, "# X\n")
    assert found(decision(3, "# Y\n\nThis decision was replaced by ADR-0005.\n"), new) == [("adr:0003", "adr:0005", 3)]


def test_sentences_know_their_lines_and_headings() -> None:
    text = "# T\n\n## A\none\ntwo. Three\n- four e.g. ADR-4\n  five\n\n| six |\n[1]: https://example.org\n"
    told = [(item.text, item.line, item.headings) for item in sentences(blocks(text.split("\n")))]
    assert told == [
        ("one two.", 4, ("T", "A")),
        ("Three", 5, ("T", "A")),
        ("- four e.g. ADR-4 five", 6, ("T", "A")),
        ("| six |", 9, ("T", "A")),
    ]


def source(path: str, text: str, blob: str = "") -> Source:
    return Source(path, text, blob or path)


ACCEPTED = "# {title}\n\nDate: 2026-01-0{day}\n\n## Status\n\nAccepted\n\n## Decision\n\n{text}\n"
FLASK = source("adr/0003-flask.md", ACCEPTED.format(title="Flask", day=1, text="Flask."))
DJANGO = source("adr/0005-django.md", ACCEPTED.format(title="Django", day=5, text="This decision replaces ADR-0003."))


def test_pairs_are_found_in_sources_with_both_paths_and_the_line() -> None:
    (pair,) = reversed_pairs([FLASK, DJANGO], load_mapping)
    quote = "This decision replaces ADR-0003."
    assert pair == ReversedPair("adr/0003-flask.md", "adr/0005-django.md", "adr/0005-django.md", 11, quote)
    assert replaced_by([pair]) == {"adr/0003-flask.md": "adr/0005-django.md"}


def test_pairs_do_not_depend_on_the_order_of_files_nor_on_other_documents() -> None:
    guide = source("docs/guide.md", "# Guide\n\nThis decision replaces ADR-0005.\n")
    assert reversed_pairs([guide, DJANGO, FLASK], load_mapping) == reversed_pairs([FLASK, DJANGO], load_mapping)


def test_a_copy_of_a_decision_makes_no_second_pair() -> None:
    copy = Source("docs/backup/adr/0003-flask.md", FLASK.text, FLASK.blob)
    assert len(reversed_pairs([FLASK, DJANGO, copy], load_mapping)) == 1


def test_what_a_link_says_already_is_no_pair() -> None:
    linked = DJANGO.text.replace("Accepted", "Accepted\n\nSupersedes [3](0003-flask.md)")
    assert reversed_pairs([FLASK, source(DJANGO.path, linked)], load_mapping) == []


def test_broken_front_matter_is_no_error() -> None:
    assert reversed_pairs([source("adr/0001-x.md", "---\na: b: c\n---\n# X\n"), FLASK, DJANGO], load_mapping) != []
