"""Findings become an answer whose every claim is followed by what it cites, and by nothing that was not injected."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eco2.compose import draft, render
from eco2.turns import Evidence, Finding, ModelError, Statement, Status

_IDS = ("rule:a", "rule:b", "world:c")
_SENTENCES: st.SearchStrategy[dict[str, object]] = st.builds(
    dict,
    text=st.text(min_size=1, max_size=30),
    citations=st.lists(st.sampled_from((*_IDS, "rule:not-injected")), max_size=3),
)
_DRAFTS = st.lists(st.lists(_SENTENCES, max_size=4), max_size=4).map(lambda paragraphs: {"paragraphs": paragraphs})


def _evidence(*ids: str) -> list[Evidence]:
    return [Evidence(id_, "rules.yaml", line, line + 1, id_) for line, id_ in enumerate(ids, start=1)]


def _finding(
    *texts: str, status: Status = "answered", index: int = 0, agent: str = "classify", tip: bool = False
) -> Finding:
    statements = tuple(Statement(text, text, f"rule:{text}") for text in texts)
    evidence = tuple(Evidence(f"rule:{text}", "r.yaml", 1, 1, text) for text in texts)
    return Finding(agent, index, status, statements, evidence, tip=tip)


def _written(*findings: Finding, **more: object) -> str:
    given_ = {"language": "ko", "findings": [asdict(finding) for finding in findings], **more}
    evidence = [passage for finding in findings for passage in finding.evidence]
    return render(draft(given_), evidence).text


@given(_DRAFTS)
def test_a_span_is_the_claim_and_its_marker_follows(drafted: dict[str, object]) -> None:
    answer = render(drafted, _evidence(*_IDS))
    for cited in answer.citations:
        start, end = cited.span
        assert 0 <= start < end <= len(answer.text)
        assert f"[{cited.id}]" in answer.text[end:]
        assert answer.text[end:].startswith(" [")


@given(_DRAFTS)
def test_nothing_is_cited_that_was_not_injected(drafted: dict[str, object]) -> None:
    answer = render(drafted, _evidence("rule:a"))
    assert {cited.id for cited in answer.citations} <= {"rule:a"}


@given(_DRAFTS)
def test_sentences_are_kept_or_counted_as_dropped(drafted: dict[str, list[list[dict[str, list[str]]]]]) -> None:
    answer = render(drafted, _evidence(*_IDS))
    wrong = [row for rows in drafted["paragraphs"] for row in rows if "rule:not-injected" in row["citations"]]
    assert answer.dropped == len(wrong)


@pytest.mark.parametrize(
    "drafted", [{}, {"paragraphs": "text"}, {"paragraphs": [["text"]]}, {"paragraphs": [[{"text": 3}]]}]
)
def test_a_draft_of_another_shape_is_refused(drafted: dict[str, object]) -> None:
    with pytest.raises(ModelError):
        render(drafted, [])


def test_an_answer_is_never_empty() -> None:
    assert render({"paragraphs": []}, []).text
    assert render({"paragraphs": [[]]}, [], "en").text.isascii()


def test_paragraphs_follow_the_questions() -> None:
    assert _written(_finding("a.", index=0), _finding("b.", index=1)) == "a. [rule:a.]\n\nb. [rule:b.]"


def test_no_sentence_is_said_twice() -> None:
    assert _written(_finding("a.", index=0), _finding("a.", "b.", index=1)) == "a. [rule:a.]\n\nb. [rule:b.]"


def test_a_question_gets_five_sentences_at_most() -> None:
    assert _written(_finding(*(f"{number}." for number in range(9)))).count("[rule:") == 5


def test_a_tip_comes_after_the_answer_and_stays_short() -> None:
    text = _written(_finding("a.", "b.", "c.", agent="weather", tip=True), _finding("z."))
    assert text == "z. [rule:z.] a. [rule:a.] b. [rule:b.]"


def test_a_failed_agent_is_spoken_of() -> None:
    assert "대형폐기물" in _written(_finding(status="failed", agent="bulk_waste"), _finding("a.", index=1))


def test_a_failed_agent_whose_policy_is_to_leave_out_is_left_out_beside_an_answer() -> None:
    failed = Finding("weather", 0, "failed")
    assert _written(_finding("a."), failed, leave_out=["weather"]) == "a. [rule:a.]"
    assert "날씨" in _written(failed, leave_out=["weather"])


def test_a_failed_tip_is_never_spoken_of() -> None:
    assert _written(_finding("a."), Finding("weather", 0, "failed", tip=True)) == "a. [rule:a.]"


def test_too_many_questions_are_spoken_of() -> None:
    assert _written(_finding("a."), left_out=2).startswith("a. [rule:a.]\n\n")


def test_the_language_chooses_the_sentence() -> None:
    finding = Finding("classify", 0, "answered", (Statement("한국어.", "English.", None),))
    given_ = {"language": "en", "findings": [asdict(finding)]}
    assert render(draft(given_), []).text == "English."
