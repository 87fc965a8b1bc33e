"""Statuses as people write them, each with the one word that it means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.status import DECISION_STATUSES, decision_status, incident_status, is_placeholder

MEANT = {
    "accepted": [
        "Accepted", "accepted.", "**ACCEPTED**", "✅ Accepted (questions closed in May)", "🟢", "[Accepted](0001-x.md)",
        "Approved on 2021-03-04", "Implemented ✅", "Accepted / Implemented", "proposed → accepted",
        "Proposed by Kim, accepted on 2020-05-01", "Accepted, pending implementation", "Accepted (replaces ADR-0003)",
        "Accepted. Supersedes [ADR-3](0003-x.md)", "Accepted, amended by [0018](0018-x.md) and [0022](0022-y.md)",
        "Partially superseded by [0018](0018-x.md)", "<!-- one word --> Accepted", "승인", "승인됨", "채택 (2024-05)",
        "✅ 승인", "확정", "승인, 0003을 대체한다", "Accepted (ADR-0002를 대체함)", "폐기물 정책 승인",
        "![status](https://img.shields.io/badge/status-accepted-green)",
    ],
    "proposed": [
        "Proposed", "OPEN", "In review", "RFC", "not yet accepted", "제안", "승인 대기 → 구현 예정", "검토 중",
        "논의 중",
    ],
    "draft": ["Draft", "WIP", "Brainstorming", "초안", "작성 중"],
    "rejected": ["Rejected", "❌ Rejected in favour of ADR-9", "not accepted", "declined", "반려", "기각"],
    "deprecated": [
        "Deprecated", "deprecated in favor of 7", "Retired", "obsolete", "accepted 2020, deprecated 2021", "폐기",
        "폐기됨",
    ],
    "superseded": [
        "Superseded by ADR-0007", "superceded by [7. Use Flask](0007-use-flask.md)", "Superseeded by 7",
        "superseded-by 0007", "~~Accepted~~ Superseded by ADR-5", "Accepted, superseded by 12", "Replaced by ADR 4",
        "❌ SUPERSEDED", "대체됨", "대체됨(→ [ADR-0010](0010-x.md))", "ADR-0007로 대체됨", "🔄 Superseded",
    ],
    "withdrawn": ["Withdrawn", "cancelled", "철회"],
    "on hold": ["on hold", "Deferred", "postponed until 2027", "보류"],
}  # fmt: skip
LEFT_TO_CHOOSE = [
    "{proposed | rejected | accepted | deprecated | … | superseded by ADR-0123}",
    "[proposed | rejected | accepted | deprecated | … | superseded by [ADR-0005](0005-example.md)]",
    "Proposed / Accepted / Superseded",
    "Draft | Proposed",
    "Proposed, Accepted, Rejected, Deprecated or Superseded",
    "What is the status, such as proposed, accepted, rejected, deprecated?",
    "[Status]",
    "<status>",
    "승인 | 거절 | 폐기",
]


@pytest.mark.parametrize(("text", "meant"), [(text, meant) for meant, texts in MEANT.items() for text in texts])
def test_a_status_in_whatever_words_means_one_word(text: str, meant: str) -> None:
    assert decision_status(text) == meant


@pytest.mark.parametrize("text", LEFT_TO_CHOOSE)
def test_a_templates_choice_is_no_status(text: str) -> None:
    assert is_placeholder(text)
    assert decision_status(text) is None


@pytest.mark.parametrize(
    "text", ["", " ", "-", "✨", "Levitating", "Supersedes [ADR-1](0001-x.md)", "대형폐기물", "2024-05-01"]
)
def test_what_is_no_status_means_nothing(text: str) -> None:
    assert decision_status(text) is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("final", "final"),
        ("Resolved ✅", "resolved"),
        ("🟢 해결됨 (PR #4)", "resolved"),
        ("검토 중", "review"),
        ("?", None),
    ],
)
def test_an_incident_has_its_own_statuses(text: str, meant: str | None) -> None:
    assert incident_status(text) == meant


@given(st.text(max_size=80))
def test_any_text_is_one_of_the_statuses_or_none(text: str) -> None:
    assert decision_status(text) in {*DECISION_STATUSES, None}


@given(
    st.sampled_from(DECISION_STATUSES),
    st.sampled_from(["{}", "**{}**", "`{}`", "✅ {}", "{}.", "{} (2024-05-01)", "> {}"]),
)
def test_decoration_changes_no_status(status: str, form: str) -> None:
    assert decision_status(form.format(status.title())) == status
