"""Traces of three kinds become observations and drafts; a bad record is a line, not the end."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from harness.adapters.json_schema import complaint
from harness.app import Site
from harness.cases import ConfigError, DataError
from harness.cli import main
from harness.importing import langfuse, otel, rows
from harness.importing.exchanges import Bad, Exchange
from harness.importing.files import Entry, read_entries
from harness.importing.intake import guessed, import_files
from harness.importing.messages import answer_in, user_turns
from harness.importing.report import Report
from harness.jsonl import read_rows

NS = 1_000_000_000
START = 1_768_867_200


def _attributes(values: dict[str, object]) -> list[dict[str, object]]:
    return [{"key": key, "value": _typed(value)} for key, value in values.items()]


def _typed(value: object) -> dict[str, object]:
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"doubleValue": value} if isinstance(value, float) else {"stringValue": value}


def a_span(id_: str, start: float, end: float, parent: str = "", **more: Any) -> dict[str, Any]:
    return {
        "traceId": more.get("trace", "t1"),
        "spanId": id_,
        "parentSpanId": parent,
        "name": more.get("name", id_),
        "startTimeUnixNano": str(int((START + start) * NS)),
        "endTimeUnixNano": str(int((START + end) * NS)),
        "attributes": _attributes(more.get("attributes", {})),
        "events": more.get("events", []),
        "status": more.get("status", {}),
    }


def an_export(*spans: dict[str, Any]) -> dict[str, Any]:
    return {"resourceSpans": [{"scopeSpans": [{"spans": list(spans)}]}]}


def said(role: str, text: str) -> dict[str, object]:
    return {"role": role, "parts": [{"type": "text", "content": text}]}


def a_chat(trace: str, question: str, answer: str, **more: Any) -> dict[str, Any]:
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.input.messages": json.dumps([said("system", "Be kind."), said("user", question)]),
        "gen_ai.output.messages": json.dumps([said("assistant", answer)]),
        "gen_ai.usage.input_tokens": 10,
        "gen_ai.usage.output_tokens": 4,
        **more.pop("attributes", {}),
    }
    return a_span(
        f"{trace}-chat", more.pop("start", 0.0), more.pop("end", 1.0), trace=trace, attributes=attributes, **more
    )


AN_AGENT = an_export(
    a_chat("t1", "페트병은?", "PET", parent="root", start=0.1, end=0.4),
    a_span("search", 0.4, 0.6, "root", attributes={
        "gen_ai.operation.name": "retrieval",
        "gen_ai.retrieval.documents": json.dumps([{"id": "rule:cap", "content": "뚜껑을 닫아요."}]),
    }),
    a_span("tool", 0.6, 0.8, "root", attributes={
        "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "weather",
    }, status={"code": 2, "message": "timeout"}),
    a_span("root", 0.0, 1.5, attributes={
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": "eco",
        "gen_ai.conversation.id": "talk-1",
        "gen_ai.usage.input_tokens": 10,
        "gen_ai.response.time_to_first_chunk": 0.7,
        "gen_ai.input.messages": json.dumps([said("user", "페트병은?")]),
        "gen_ai.output.messages": json.dumps([said("assistant", "뚜껑을 닫아요.")]),
    }),
)  # fmt: skip


def told(found: Iterable[Exchange | Bad]) -> list[Exchange]:
    listed = list(found)
    assert [one for one in listed if isinstance(one, Bad)] == []
    return [one for one in listed if isinstance(one, Exchange)]


def entries(*values: object) -> list[Entry]:
    return [Entry(f"x.jsonl:{line}", value) for line, value in enumerate(values, 1)]


def test_the_outermost_span_tells_question_and_answer_of_an_agents_trace() -> None:
    (one,) = told(otel.exchanges(entries(AN_AGENT)))
    assert (one.turns, one.answer, one.conversation) == (("페트병은?",), "뚜껑을 닫아요.", "talk-1")
    assert one.elapsed_ms == pytest.approx(1500, abs=1)
    assert one.parts["passages"] == [{"id": "rule:cap", "text": "뚜껑을 닫아요."}]
    assert one.parts["agents"] == ["eco", "weather"]
    assert one.parts["usage"] == {"input_tokens": 10, "output_tokens": 4}
    assert one.parts["timings_ms"] == pytest.approx({"total": 1500, "first_token": 700}, abs=1)


def test_tool_spans_are_events_in_the_order_of_time() -> None:
    (one,) = told(otel.exchanges(entries(AN_AGENT)))
    events = one.parts["events"]
    assert isinstance(events, list)
    assert [(event["stage"], event["status"]) for event in events] == [
        ("eco", "started"), ("chat", "started"), ("chat", "completed"), ("retrieval", "started"),
        ("retrieval", "completed"), ("weather", "started"), ("weather", "failed"), ("eco", "completed"),
    ]  # fmt: skip
    assert [event["seq"] for event in events] == list(range(1, 9))


OLD_EVENTS = [
    {"name": "gen_ai.user.message", "attributes": _attributes({"content": "캔은?"})},
    {"name": "gen_ai.choice", "attributes": _attributes({"message": json.dumps({"content": "헹궈요."})})},
]
ASKED = json.dumps([{"role": "user", "content": "캔은?"}])
ANSWERED = json.dumps([{"role": "assistant", "content": "헹궈요."}])
CONTENT_EVENTS = [
    {"name": "gen_ai.content.prompt", "attributes": _attributes({"gen_ai.prompt": ASKED})},
    {"name": "gen_ai.content.completion", "attributes": _attributes({"gen_ai.completion": ANSWERED})},
]
FLAT = {"gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": "캔은?", "gen_ai.completion.0.content": "헹궈요."}
INFERENCE = {"openinference.span.kind": "LLM", "input.value": "캔은?", "output.value": "헹궈요."}


@pytest.mark.parametrize(
    "span",
    [
        a_span("a", 0, 1, events=OLD_EVENTS),
        a_span("a", 0, 1, events=CONTENT_EVENTS),
        a_span("a", 0, 1, attributes=FLAT),
        a_span("a", 0, 1, attributes=INFERENCE),
        a_chat("a", "캔은?", "헹궈요."),
    ],
    ids=["message events", "content events", "flattened", "openinference", "attributes"],
)
def test_each_form_of_messages_is_read(span: dict[str, Any]) -> None:
    (one,) = told(otel.exchanges(entries(an_export(span))))
    assert (one.question, one.answer) == ("캔은?", "헹궈요.")


def test_spans_of_a_trace_may_lie_in_several_exports() -> None:
    batches = [an_export(span) for span in AN_AGENT["resourceSpans"][0]["scopeSpans"][0]["spans"]]
    assert len(told(otel.exchanges(entries(*batches)))) == 1


def test_no_more_traces_are_open_than_the_window() -> None:
    chats = (an_export(a_chat(f"t{number}", f"{number}번?", "네.")) for number in range(9))
    found = otel.exchanges((Entry("x:1", chat) for chat in chats), window=2)
    first = next(found)
    assert isinstance(first, Exchange)
    assert first.id == "t0"
    assert len(list(found)) == 8


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"spans": []}, "no 'resourceSpans'"),
        (an_export({"traceId": "t"}), "span 1 cannot be read (KeyError: 'spanId')"),
        (an_export(a_span("a", 0, 1, attributes={"gen_ai.operation.name": "chat"})), "no message of a user"),
    ],
    ids=["no export", "no id", "no content"],
)
def test_a_bad_export_is_one_line_with_its_place(record: object, message: str) -> None:
    (bad,) = otel.exchanges(entries(record))
    assert isinstance(bad, Bad)
    assert bad.line.startswith("x.jsonl:1: ")
    assert message in bad.line


TRACE: dict[str, Any] = {
    "id": "lf-1", "timestamp": "2026-01-20T09:00:00.000Z", "sessionId": "s", "latency": 1.5, "tags": ["web"],
    "input": {"messages": [{"role": "user", "content": "캔은?"}]}, "output": {"answer": "헹궈요."}, "totalCost": 0.01,
    "scores": [{"name": "thumbs", "value": 1}],
    "observations": [
        {"id": "g", "type": "GENERATION", "name": "compose", "startTime": "2026-01-20T09:00:01.000Z",
         "completionStartTime": "2026-01-20T09:00:01.200Z", "endTime": "2026-01-20T09:00:01.500Z",
         "usageDetails": {"input": 7, "output": 3}},
        {"id": "r", "type": "RETRIEVER", "name": "rules", "startTime": "2026-01-20T09:00:00.500Z",
         "endTime": "2026-01-20T09:00:00.600Z", "output": [
             {"pageContent": "캔은 헹궈요.", "metadata": {"id": "rule:can"}}]},
        {"id": "t", "type": "TOOL", "name": "weather", "startTime": "2026-01-20T09:00:00.700Z",
         "endTime": "2026-01-20T09:00:00.800Z", "level": "ERROR", "statusMessage": "down"},
    ],
}  # fmt: skip


def test_a_langfuse_trace_tells_all_its_parts() -> None:
    (one,) = told(langfuse.exchanges(entries(TRACE)))
    assert (one.question, one.answer, one.conversation, one.elapsed_ms, one.tags) == (
        "캔은?",
        "헹궈요.",
        "s",
        1500,
        ("web",),
    )
    assert one.parts["passages"] == [{"id": "rule:can", "text": "캔은 헹궈요."}]
    assert one.parts["agents"] == ["weather"]
    assert one.parts["usage"] == {"input_tokens": 7, "output_tokens": 3, "cost_usd": 0.01}
    assert one.parts["timings_ms"] == pytest.approx({"total": 1500, "first_token": 1200})
    assert one.parts["scores"] == {"thumbs": 1}


@pytest.mark.parametrize(
    "record",
    [
        {"data": [TRACE]},
        {"trace": {**TRACE, "observations": []}, "observations": TRACE["observations"]},
        {"id": "s", "traces": [TRACE]},
    ],
    ids=["page", "download", "session"],
)  # fmt: skip
def test_a_langfuse_page_download_or_session_holds_traces(record: object) -> None:
    (one,) = told(langfuse.exchanges(entries(record)))
    assert (one.id, one.answer) == ("lf-1", "헹궈요.")
    assert guessed(record) == "langfuse"


def test_langfuse_observations_alone_are_gathered_by_trace() -> None:
    top = {
        "traceId": "lf",
        "id": "a",
        "type": "SPAN",
        "sessionId": "s",
        "startTime": "2026-01-20T09:00:00Z",
        "input": "캔은?",
        "output": "헹궈요.",
    }
    inner = {
        "traceId": "lf",
        "id": "b",
        "type": "TOOL",
        "name": "weather",
        "parentObservationId": "a",
        "startTime": "2026-01-20T09:00:01Z",
    }
    (one,) = told(langfuse.exchanges(entries(inner, top)))
    assert (one.question, one.answer, one.conversation, one.parts["agents"]) == ("캔은?", "헹궈요.", "s", ["weather"])


@pytest.mark.parametrize(
    ("record", "message"),
    [(3, "must be an object, got int"), ({"id": "x", "input": None}, "no message of a user"),
     ({"id": "x", "input": "q", "timestamp": "noon"}, "cannot be read (ValueError")],
    ids=["number", "no input", "no date"],
)  # fmt: skip
def test_a_bad_langfuse_trace_is_one_line_with_its_place(record: object, message: str) -> None:
    (bad,) = langfuse.exchanges(entries(record))
    assert isinstance(bad, Bad)
    assert bad.line.startswith("x.jsonl:1: ")
    assert message in bad.line


def test_free_rows_are_read_by_usual_names_or_by_a_mapping() -> None:
    usual = {"query": "캔은?", "response": "헹궈요.", "contexts": ["캔은 헹궈요."], "latency_ms": 12}
    odd = {"req": {"q": ["안녕", "캔은?"]}, "res": [{"text": "헹궈요."}], "chat": 7}
    mapping = rows.mapping_from(["question=req.q", "answer=res.0.text", "conversation=chat"])
    (one,) = told(rows.exchanges(entries(usual), rows.mapping_from([])))
    (other,) = told(rows.exchanges(entries(odd), mapping))
    assert (one.question, one.answer, one.parts["passages"]) == (
        "캔은?",
        "헹궈요.",
        [{"id": "passage-1", "text": "캔은 헹궈요."}],
    )
    assert (other.turns, other.answer, other.conversation) == (("안녕", "캔은?"), "헹궈요.", "7")


@pytest.mark.parametrize("entry", ["question", "question=", "shoe=size"])
def test_a_mapping_that_says_nothing_is_refused(entry: str) -> None:
    with pytest.raises(ConfigError, match="give name=path"):
        rows.mapping_from([entry])


@pytest.mark.parametrize(
    ("value", "turns"),
    [
        ("캔은?", ("캔은?",)),
        ('{"question": "캔은?"}', ("캔은?",)),
        ({"input": {"query": "캔은?"}}, ("캔은?",)),
        ([said("user", "a"), said("assistant", "b"), said("user", "c")], ("a", "c")),
        ([{"type": "human", "content": [{"type": "text", "text": "캔은?"}, {"type": "image_url"}]}], ("캔은?",)),
        ([said("system", "x")], ()),
        (None, ()),
        (7, ()),
        ({"deep": {"deep": 1}}, ()),
        ("  ", ()),
    ],
)  # fmt: skip
def test_what_the_user_said_is_found_in_many_shapes(value: object, turns: tuple[str, ...]) -> None:
    assert user_turns(value) == turns


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        ("헹궈요.", "헹궈요."),
        ({"output": {"answer": "헹궈요."}}, "헹궈요."),
        ({"choices": [{"message": {"role": "assistant", "content": "헹궈요."}}]}, "헹궈요."),
        ({"messages": [{"type": "human", "content": "캔은?"}, {"type": "ai", "content": "헹궈요."}]}, "헹궈요."),
        ([said("user", "캔은?")], ""),
        ({"role": "assistant", "parts": [{"type": "tool_call", "name": "x"}]}, ""),
        (None, ""),
    ],
)
def test_what_was_answered_is_found_in_many_shapes(value: object, answer: str) -> None:
    assert answer_in(value) == answer


def test_an_array_is_read_an_element_at_a_time_with_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[\n {"a": 1},\n\n {"b":\n 2}\n]\n', encoding="utf-8")
    assert [(one.where, one.value) for one in read_entries(path) if isinstance(one, Entry)] == [
        (f"{path}:2", {"a": 1}), (f"{path}:4", {"b": 2}),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "good", "bad"),
    [
        ('{"a": 1}\n\nno\n{"b": 2}\n', 2, ["3: not a JSON row"]),
        ('{\n "a": 1\n}\n', 1, []),
        ('{"a": [\n 1]}\n', 1, []),
        ('[{"a": 1}, {"b": ', 1, ["1: the array cannot be read"]),
        ("", 0, []),
        ("[]", 0, []),
        ("[\n", 0, ["2: the array ends without ']'"]),
        ('[{"question": "a"},\n', 1, ["2: the array ends without ']'"]),
        ("{\n", 0, ["1: not JSON"]),
    ],
)
def test_bad_lines_are_told_and_the_rest_goes_on(tmp_path: Path, text: str, good: int, bad: list[str]) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(text, encoding="utf-8")
    found = list(read_entries(path))
    problems = [one.line for one in found if isinstance(one, Bad)]
    assert len(found) - len(problems) == good
    assert all(expected in problem for problem, expected in zip(problems, bad, strict=True))


def test_a_file_that_is_not_there_is_a_data_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        list(read_entries(tmp_path / "none.jsonl"))


def imported(site: Site, folder: Path, *values: object) -> tuple[Report, list[dict[str, Any]], list[dict[str, Any]]]:
    """Import rows and read back what was written: report, observations, drafts."""
    path = folder / "traces.jsonl"
    path.write_text("".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values), encoding="utf-8")
    report = import_files([path], "auto", [], site.run_folder(Path("in")), "in", "2026-01-20T09:00:00+00:00", print)
    return report, *(
        [row for _, row in read_rows(folder / "in" / name)] for name in ("observations.jsonl", "cases.draft.jsonl")
    )  # type: ignore[return-value]


def test_a_conversation_becomes_one_draft_of_several_turns(site: Site, workspace: Path) -> None:
    first = {"question": "소파 버릴래요. 010-1234-5678", "answer": "네.", "session_id": "s", "time_s": 2}
    second = {
        "question": "01012345678로 문자 주세요",
        "answer": "010-1234-5678로 보낼게요.",
        "session_id": "s",
        "time_s": 5,
    }
    report, observations, (draft,) = imported(site, workspace, second, first)
    assert draft["turns"] == ["소파 버릴래요. [전화번호-1]", "[전화번호-1]로 문자 주세요"]
    assert (draft["answerable"], draft["tags"], draft["source"]) == (None, ["draft", "multi-turn"], "import:jsonl")
    assert observations[0]["response"]["answer"] == "[전화번호-1]로 보낼게요."
    assert report.redacted == {"전화번호": 3}


def test_what_was_asked_before_makes_no_second_draft(site: Site, workspace: Path) -> None:
    values = [
        {"id": str(at), "question": text, "answer": "네."} for at, text in enumerate(["캔은?", "캔 은 ?!", "병은?"])
    ]
    report, observations, drafts = imported(site, workspace, *values)
    assert (len(observations), len(drafts), report.repeated) == (3, 2, 1)


def test_every_observation_meets_its_schema_and_a_draft_does_not(site: Site, workspace: Path) -> None:
    _, observations, drafts = imported(site, workspace, TRACE, {**TRACE, "output": None, "observations": []})
    assert [complaint("observation", row) for row in observations] == [None, None]
    assert [complaint("response", row["response"]) for row in observations if row["response"]] == [None]
    assert observations[1]["error"] == "the trace holds no answer"
    assert "answerable" in str(complaint("case", drafts[0]))
    assert complaint("case", {**drafts[0], "answerable": True}) is None


def test_ids_tell_nothing_and_are_the_same_at_the_next_import(site: Site, workspace: Path) -> None:
    row = {"id": "hong@naver.com", "question": "캔은?", "answer": "네."}
    _, once, _ = imported(site, workspace, row, row)
    _, again, _ = imported(site, workspace, row)
    assert "hong" not in str(once)
    assert once[0]["id"] == again[0]["id"] != once[1]["id"]


def test_imported_answers_can_be_scored_without_labels(environment: Path, capsys: pytest.CaptureFixture[str]) -> None:
    passage = {"id": "rule:dispose-pet-bottle-cap", "text": "페트병은 뚜껑을 닫아서 내놓으세요."}
    row = {"question": "뚜껑은?", "answer": passage["text"], "passages": [passage]}
    (environment / "traces.jsonl").write_text(json.dumps(row, ensure_ascii=False) + "\nno\n", encoding="utf-8")
    with pytest.raises(SystemExit) as imported_with:
        main(["import", "traces.jsonl", "--out", "in"])
    assert imported_with.value.code == 3
    assert "traces.jsonl:2: not a JSON row" in capsys.readouterr().err
    with pytest.raises(SystemExit) as scored_with:
        main(["score", "in"])
    assert scored_with.value.code == 0
    verdicts = {row["metric"]: row["verdict"] for _, row in read_rows(environment / "in" / "scores.jsonl")}
    assert verdicts["ungrounded_rate"] == "PASS"


def test_an_unknown_format_is_refused(environment: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["import", "traces.jsonl", "--out", "in", "--format", "csv"])
    assert left.value.code == 3
    assert "--format must be one of auto, otel, langfuse, jsonl" in capsys.readouterr().err
