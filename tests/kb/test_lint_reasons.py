"""Replaced decisions that a live document still gives as its reason."""

from __future__ import annotations

import pytest

from kb.adapters.yaml_text import load_entries, load_mapping
from kb.lint_reasons import replaced_reason
from kb.lint_subject import Found, subject
from kb.read import Source

OLD = Source("adr/0003-poll.md", '---\nstatus: superseded\nsuperseded_by: ["0005"]\n---\n# Poll\n\nPoll.\n', "3")
NEW = Source("adr/0005-stream.md", '---\nstatus: accepted\nsupersedes: ["0003"]\n---\n# Stream\n\nStream.\n', "5")


def found(text: str, path: str = "docs/guide.md", matter: str = "") -> list[Found]:
    sources = [OLD, NEW, Source(path, f"{matter}# X\n\n{text}\n", "x")]
    return list(replaced_reason(subject(sources, load_mapping, load_entries)))


@pytest.mark.parametrize(
    "text",
    [
        "As decided in ADR-0003, clients poll.",
        "Clients poll, per [ADR-3](../adr/0003-poll.md).",
        "Clients poll according to the decision in ADR-0003.",
        "ADR-0003에 따라 클라이언트가 폴링한다.",
        "[0003](../adr/0003-poll.md)에서 정한 대로 폴링한다.",
    ],
)
def test_a_replaced_decision_as_a_reason_is_found(text: str) -> None:
    (item,) = found(text)
    assert (item.path, item.line) == ("docs/guide.md", 3)
    assert "superseded by adr:0005" in item.message


@pytest.mark.parametrize(
    "text",
    [
        "As decided in ADR-0005, clients stream.",
        "See ADR-0003 for how it was measured.",
        "Clients once polled, as decided in ADR-0003, which ADR-0005 ended.",
        "As decided in ADR-0003, since superseded, clients polled.",
        "당시에는 ADR-0003에 따라 폴링했다.",
        "As decided in ADR-0042, clients poll.",
        "```\nper ADR-0003\n```",
        "",
    ],
)
def test_what_says_so_or_gives_no_reason_is_left_alone(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("path", "matter", "count"),
    [
        ("adr/0004-x.md", "---\nstatus: accepted\n---\n", 1),
        ("adr/0004-x.md", "---\nstatus: superseded\nsuperseded_by: ['0005']\n---\n", 0),
        ("incidents/2026-01-x.md", "---\nstatus: final\n---\n", 0),
    ],
    ids=["a decision in force", "a replaced decision", "an incident"],
)
def test_only_what_holds_today_gives_reasons(path: str, matter: str, count: int) -> None:
    assert len(found("As decided in ADR-0003, clients poll.", path, matter)) == count
