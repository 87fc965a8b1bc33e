"""Numbers that two documents state differently: told where a setting carries them, quiet about everything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.adapters.yaml_text import load_entries, load_mapping
from kb.app import lint, open_workspace
from kb.lint_numbers import number_differs
from kb.lint_quantities import amounts
from kb.lint_subject import Found, subject
from kb.read import Source

DIFFER = [
    ("The timeout of the chat worker is 5 s.", "The chat worker timeout is 10 s."),
    ("The timeout of `weather_node` is 5 s.", "`weather_node` timeout 10 s."),
    ("Set the SSE heartbeat interval to 15 seconds.", "The SSE heartbeat interval is 30 seconds."),
    ("채팅 요청 타임아웃은 30초다.", "채팅 요청 타임아웃은 60초다."),
    ("채팅 요청의 타임아웃을 30초로 둔다.", "채팅 요청 타임아웃은 2분이다."),
    ("채팅 요청 타임아웃은 30초다.", "The chat request timeout is 60 s."),
    ("이벤트 스트림의 보존 기간은 1시간이다.", "이벤트 스트림 보존 기간: 24시간."),
    ("`chat.timeout_s` is 5 seconds.", "We set `chat.timeout_s` to 10 seconds."),
    ("`MAX_RETRIES=3`", "We keep `MAX_RETRIES: 5`."),
    ("`visibility_timeout`은 30분으로 정했다.", "`visibility_timeout`: 60분"),
    ("The image upload limit is 5 MB.", "Image uploads have a limit of 10 MB."),
    ("The gateway keeps a 10-second timeout for the weather API.", "The timeout for the weather API is 5 seconds."),
    ("Redis Streams are kept for one hour.", "Redis Streams are kept for 24 hours."),
    ("결제 API의 재시도 횟수는 3회다.", "결제 API 재시도 횟수는 최대 5회다."),
    ("워커는 이벤트를 7일 동안 보관한다.", "워커는 이벤트를 30일 동안 보관한다."),
    ("The broker listens on port 5672.", "The broker listens on port 5673."),
    ("- **Rate limit**: 60 requests per minute for the search API", "The search API rate limit is 100 requests/min."),
    ("The circuit breaker opens after 5 failures.", "The circuit breaker opens after 3 failures."),
    ("차단기는 5번 실패하면 열린다.", "차단기는 3번 실패하면 열린다."),
    ("A turn may use at most 8,000 tokens.", "A turn may use at most 4,000 tokens."),
    ("| key | value |\n|---|---|\n| `pool_size` | 20 |", "`pool_size` is 10."),
]
AGREE = [
    ("The timeout is 5 s.", "The timeout is 10 s."),
    ("The chat worker timeout was raised from 5 s to 10 s.", "The chat worker timeout is 15 s."),
    ("The chat worker timeout: 5 s → 10 s.", "The chat worker timeout is 15 s."),
    ("The chat worker timeout is 5 s in staging.", "The chat worker timeout is 10 s in production."),
    ("The chat worker timeout is about 5 s.", "The chat worker timeout is 10 s."),
    ("The chat worker timeout is 5–8 s.", "The chat worker timeout is 10 s."),
    ("The chat worker timeout is 60 s.", "채팅 워커 타임아웃은 1분이다."),
    ("The chat worker timeout is 5 s.", "The chat worker retry limit is 10."),
    ("For images the gateway upload limit is 5 MB.", "For audio the gateway upload limit is 10 MB."),
    ("The p95 latency of the chat worker is 5 s.", "The p95 latency of the chat worker is 10 s."),
    ("If the chat worker timeout is 5 s, jobs fail.", "The chat worker timeout is 10 s."),
    ("We considered a chat worker timeout of 5 s instead.", "The chat worker timeout is 10 s."),
    ("이전 채팅 워커 타임아웃은 5초다.", "채팅 워커 타임아웃은 10초다."),
    ("채팅 워커 타임아웃을 5초에서 8초로 한다.", "채팅 워커 타임아웃은 10초다."),
    ("| worker | p50 |\n|---|---|\n| chat worker timeout | 5 s |", "The chat worker timeout is 10 s."),
    ("```\nchat.timeout_s: 5\n```", "`chat.timeout_s` is 10 seconds."),
    ("We need 3 workers for this.", "We need 5 workers for that."),
    ("Phase 2 takes 3 days.", "Phase 2 takes 5 days."),
    ("The worker retries 3 times.", "The gateway retries 5 times."),
    ("The memory limit of the chat worker is 512 MB.", "The memory limit of the chat worker is 512 MiB."),
    ("The chat worker timeout is 5 s. The chat worker timeout is 10 s.", "The chat worker timeout is 10 s."),
    ("", "The chat worker timeout is 10 s."),
]


def adr(number: int, text: str, status: str = "accepted", extra: str = "", section: str = "Decision") -> Source:
    matter = f'---\nid: "{number:04d}"\nstatus: {status}\ndate: 2026-01-0{number}\n{extra}---\n'
    return Source(f"adr/{number:04d}-x.md", f"{matter}# Choice {number}\n\n## {section}\n\n{text}\n", str(number))


def differing(*sources: Source) -> list[Found]:
    return list(number_differs(subject(sources, load_mapping, load_entries)))


@pytest.mark.parametrize(("one", "other"), DIFFER)
def test_a_setting_with_two_numbers_is_told_once(one: str, other: str) -> None:
    (found,) = differing(adr(1, one), adr(2, other))
    assert found.path == "adr/0002-x.md"
    assert "adr/0001-x.md:" in found.message


@pytest.mark.parametrize(("one", "other"), AGREE)
def test_what_is_not_the_same_thing_or_no_number_in_force_is_left_alone(one: str, other: str) -> None:
    assert differing(adr(1, one), adr(2, other)) == []


FIVE, TEN = "The chat worker timeout is 5 s.", "The chat worker timeout is 10 s."


def test_both_places_and_both_numbers_are_named() -> None:
    (found,) = differing(adr(1, FIVE), adr(2, TEN))
    assert (found.path, found.line) == ("adr/0002-x.md", 10)
    assert found.message.startswith("chat worker timeout: 10 s here, 5 s in adr/0001-x.md:10; ")


@pytest.mark.parametrize("status", ["superseded", "deprecated", "rejected", "proposed", "draft"])
def test_a_decision_that_is_not_in_force_states_nothing(status: str) -> None:
    assert differing(adr(1, FIVE, status), adr(2, TEN)) == []
    assert differing(adr(1, FIVE), adr(2, TEN, status)) == []


@pytest.mark.parametrize("section", ["Context", "Considered options", "배경", "검토한 대안", "Load test results"])
def test_what_was_there_before_or_was_weighed_states_nothing(section: str) -> None:
    assert differing(adr(1, FIVE, section=section), adr(2, TEN)) == []


@pytest.mark.parametrize("extra", ['amends: ["0001"]\n', 'supersedes: ["0001"]\n'])
def test_a_record_that_changes_another_may_state_another_number(extra: str) -> None:
    assert differing(adr(1, FIVE), adr(2, TEN, extra=extra)) == []


def test_a_decision_and_a_plain_document_are_compared_and_an_incident_with_nothing() -> None:
    guide = Source("docs/guide.md", f"# Guide\n\n{TEN}\n", "g")
    incident = Source("incidents/2026-01-x.md", f"---\nstatus: final\n---\n# Lost\n\n{TEN}\n", "i")
    assert [item.path for item in differing(adr(1, FIVE), guide)] == ["docs/guide.md"]
    assert differing(adr(1, FIVE), incident) == []


def test_copies_of_one_document_are_one_voice() -> None:
    copies = [Source(f"docs/{name}.md", f"# Guide\n\n{TEN}\n", "same") for name in ("a", "b")]
    assert [item.path for item in differing(adr(1, FIVE), *copies)] == ["docs/a.md"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5 s", [("time", 5)]),
        ("1,500 ms", [("time", 1.5)]),
        ("five minutes", [("time", 300)]),
        ("한 시간", [("time", 3600)]),
        ("보존은 하루다.", [("time", 86400)]),
        ("512Mi", [("size", 512 * 2**20)]),
        ("60 requests per minute", [("count a second", 1)]),
        ("분당 60회", [("count a second", 1)]),
        ("12 %", [("share", 12)]),
        ("포트 8080", [("count", 8080)]),
        ("약 5초", []),
        ("~5 s", []),
        ("5~10초", []),
        ("10–20 %", []),
        ("5초 이상", []),
        ("at least 3 times", []),
        ("212 → 33", []),
        ("v1.2.3, ADR-0003, 2026-01-05, 09:00, 3/5, HTTP 500, 007", []),
        ("", []),
    ],
)
def test_amounts_are_read_in_one_unit_and_only_where_they_are_exact(
    text: str, expected: list[tuple[str, float]]
) -> None:
    assert [(item.dimension, item.value) for item in amounts(text)] == expected


def test_this_repository_states_each_number_once(repository: Path) -> None:
    assert [item for item in lint(open_workspace(repository, {})) if item.rule == "number-differs"] == []


def test_the_rule_is_quiet_about_real_projects(shared_data: Path) -> None:
    for folder in (shared_data / "adr", shared_data / "eco2_docs" / "files"):
        assert [item for item in lint(open_workspace(folder, {})) if item.rule == "number-differs"] == []
