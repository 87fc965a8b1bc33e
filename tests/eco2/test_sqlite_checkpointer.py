"""The SQLite checkpointer does what LangGraph's in-memory one does, from any thread and process, and outlives both."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple, empty_checkpoint
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Send

from eco2.adapters.checkpoint_json import JsonFirst, is_json
from eco2.adapters.sqlite_checkpointer import SqliteCheckpointer
from eco2.app import Bot
from eco2.graph import build_graph
from eco2.intake import read_request
from eco2.steps import request_json
from eco2.turns import Finding, SettingsError

Saver = BaseCheckpointSaver[Any]
AT = {"configurable": {"thread_id": "t", "checkpoint_ns": ""}}
TWO = "페트병 어떻게 버려? 강남역 근처 건전지 수거함도 알려줘"
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture(params=["memory", "sqlite"])
def saver(request: pytest.FixtureRequest, tmp_path: Path) -> Saver:
    return InMemorySaver() if request.param == "memory" else SqliteCheckpointer(tmp_path / "deep" / "memory.sqlite")


def _put(saver: Saver, number: int, at: Any = None, **known: Any) -> RunnableConfig:
    checkpoint = {**empty_checkpoint(), "id": f"{number:04}", "channel_values": {"kept": [number]}}
    checkpoint["channel_versions"] = {"kept": number}
    return saver.put(at or AT, checkpoint, {"step": number, **known}, {"kept": number})  # type: ignore[typeddict-item, arg-type]


def _ids(found: Any) -> list[str]:
    return [one.checkpoint["id"] for one in found]


def _got(saver: Saver, at: Any) -> CheckpointTuple:
    found = saver.get_tuple(at)
    assert found is not None
    return found


def test_nothing_is_found_before_anything_is_put(saver: Saver) -> None:
    assert saver.get_tuple(AT) is None  # type: ignore[arg-type]
    assert list(saver.list(None)) == []


def test_the_latest_is_found_and_an_older_one_by_its_id(saver: Saver) -> None:
    first = _put(saver, 1)
    _put(saver, 2, first)
    latest = _got(saver, AT)
    assert latest.checkpoint["channel_values"] == {"kept": [2]}
    assert latest.parent_config == first
    assert latest.metadata["step"] == 2
    assert _got(saver, first).checkpoint["channel_values"] == {"kept": [1]}
    assert _got(saver, first).parent_config is None


def test_checkpoints_are_listed_latest_first_by_thread_metadata_and_what_came_before(saver: Saver) -> None:
    third = [_put(saver, number, source="loop" if number % 2 else "input") for number in (1, 2, 3)][-1]
    _put(saver, 4, {"configurable": {"thread_id": "other", "checkpoint_ns": ""}})
    assert _ids(saver.list(AT)) == ["0003", "0002", "0001"]  # type: ignore[arg-type]
    assert _ids(saver.list(AT, limit=2)) == ["0003", "0002"]  # type: ignore[arg-type]
    assert _ids(saver.list(AT, filter={"source": "loop"}, limit=1, before=third)) == ["0001"]  # type: ignore[arg-type]
    assert _ids(saver.list(third)) == ["0003"]
    assert sorted(_ids(saver.list(None))) == ["0001", "0002", "0003", "0004"]


def test_name_spaces_of_a_thread_stay_apart(saver: Saver) -> None:
    _put(saver, 2)
    _put(saver, 1, {"configurable": {"thread_id": "t", "checkpoint_ns": "child"}})
    assert _got(saver, AT).checkpoint["id"] == "0002"
    assert sorted(_ids(saver.list({"configurable": {"thread_id": "t"}}))) == ["0001", "0002"]


def test_writes_come_in_the_order_of_their_paths_and_repeats_change_nothing(saver: Saver) -> None:
    at = _put(saver, 1)
    saver.put_writes(at, [("findings", [2]), ("timings", 1.5)], "task-a", "~2")
    saver.put_writes(at, [("findings", [1])], "task-b", "~1")
    saver.put_writes(at, [("findings", [3])], "task-b", "~1")
    expected = [("task-b", "findings", [1]), ("task-a", "findings", [2]), ("task-a", "timings", 1.5)]
    assert _got(saver, at).pending_writes == expected


def test_a_newer_error_takes_the_place_of_the_one_before(saver: Saver) -> None:
    at = _put(saver, 1)
    for message in ("first", "second"):
        saver.put_writes(at, [("__error__", message)], "task")
    assert _got(saver, at).pending_writes == [("task", "__error__", "second")]


def test_a_thread_is_deleted_whole_and_alone(saver: Saver) -> None:
    other = {"configurable": {"thread_id": "other", "checkpoint_ns": ""}}
    saver.put_writes(_put(saver, 1), [("findings", [1])], "task")
    _put(saver, 2, other)
    saver.delete_thread("t")
    assert saver.get_tuple(AT) is None  # type: ignore[arg-type]
    assert _ids(saver.list(None)) == ["0002"]


def test_the_asynchronous_half_does_the_same(saver: Saver) -> None:
    async def story() -> tuple[Any, list[str], Any]:
        checkpoint = {**empty_checkpoint(), "id": "0001"}
        at = await saver.aput(AT, checkpoint, {"step": 1}, {})  # type: ignore[arg-type]
        await saver.aput_writes(at, [("kept", [1])], "task")
        found = await saver.aget_tuple(at)
        listed = [one.checkpoint["id"] async for one in saver.alist(at)]
        await saver.adelete_thread("t")
        return found, listed, await saver.aget_tuple(at)

    found, listed, gone = asyncio.run(story())
    assert found.pending_writes == [("task", "kept", [1])]
    assert listed == ["0001"]
    assert gone is None


def test_pruning_keeps_the_latest_of_each_name_space(tmp_path: Path) -> None:
    saver = SqliteCheckpointer(tmp_path / "memory.sqlite")
    child = {"configurable": {"thread_id": "t", "checkpoint_ns": "child"}}
    for number in (1, 2, 3):
        saver.put_writes(_put(saver, number), [("kept", [number])], "task")
        _put(saver, number, child)
    _put(saver, 1, {"configurable": {"thread_id": "other", "checkpoint_ns": ""}})
    saver.prune(["t"])
    assert _ids(saver.list({"configurable": {"thread_id": "t"}})) == ["0003", "0003"]
    assert _got(saver, AT).pending_writes == [("task", "kept", [3])]
    asyncio.run(saver.aprune(["t"], strategy="delete"))
    assert _ids(saver.list(None)) == ["0001"]
    with pytest.raises(ValueError, match="'all'"):
        saver.prune(["other"], strategy="all")


def test_a_file_is_read_by_another_checkpointer(tmp_path: Path) -> None:
    _put(SqliteCheckpointer(tmp_path / "memory.sqlite"), 7)
    assert _got(SqliteCheckpointer(tmp_path / "memory.sqlite"), AT).checkpoint["channel_values"] == {"kept": [7]}


@given(_JSON)
def test_json_is_stored_as_json_and_reads_back(value: object) -> None:
    kind, stored = JsonFirst().dumps_typed(value)
    assert kind == "json"
    assert json.loads(stored.decode("utf-8", "surrogatepass")) == value
    assert JsonFirst().loads_typed((kind, stored)) == value


def test_what_is_no_json_reads_back_too() -> None:
    for value in (Send("classify", {"job": "j"}), {1: "a"}, b"raw"):
        assert JsonFirst().loads_typed(JsonFirst().dumps_typed(value)) == value
    assert JsonFirst().loads_typed(JsonFirst().dumps_typed([("a", 1.5)])) == [["a", 1.5]]


def test_a_text_that_looks_like_an_object_stays_a_text() -> None:
    value = {"lc": 2, "type": "constructor", "id": ["os", "getcwd"], "kwargs": {}}
    assert JsonFirst().loads_typed(JsonFirst().dumps_typed(value)) == value


def test_a_class_that_langgraph_does_not_list_is_not_made() -> None:
    made = JsonFirst().loads_typed(JsonFirst().dumps_typed({"finding": Finding("classify", 0, "answered")}))
    assert not isinstance(made["finding"], Finding)


class _Listening(JsonFirst):
    """Keeps what it was given to write, as it was before."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Any] = []

    def dumps_typed(self, obj: Any) -> tuple[str, bytes]:
        self.heard.append(obj)
        return super().dumps_typed(obj)


def test_a_turn_with_checkpoints_stores_json_alone_and_the_next_one_begins_without_its_findings(
    wire: Callable[..., Bot], tmp_path: Path
) -> None:
    saver, listening = SqliteCheckpointer(tmp_path / "memory.sqlite"), _Listening()
    saver.serde = listening
    graph = build_graph(wire().steps, saver)
    for job, text in (("1", TWO), ("2", "상자 어떻게 버려?")):
        given = {"job": job, "request": request_json(read_request(text))}
        state = graph.invoke(given, {"configurable": {"thread_id": "one"}})
    assert [finding["evidence"][0]["id"] for finding in state["gathered"]] == ["rule:item-box"]
    values = [one["channel_values"] for one in listening.heard if isinstance(one, dict) and "channel_values" in one]
    assert {len(found["findings"]) for found in values if "findings" in found} >= {0, 1, 2}
    assert all(_is_plain(value) for found in values for channel, value in found.items() if channel in state)
    assert not _is_plain({"findings": [Finding("classify", 0, "answered")]})


def _is_plain(value: object) -> bool:
    """Whether a value is JSON once its tuples are lists."""
    return is_json(_lists(value))


def _lists(value: object) -> object:
    if isinstance(value, dict):
        return {key: _lists(item) for key, item in value.items()}
    return [_lists(item) for item in value] if isinstance(value, list | tuple) else value


def test_many_threads_write_at_once(tmp_path: Path) -> None:
    saver = SqliteCheckpointer(tmp_path / "memory.sqlite")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: _put(saver, number), range(40)))
    assert len(_ids(saver.list(AT))) == 40  # type: ignore[arg-type]


_WRITES = """
import sys
from pathlib import Path
from langgraph.checkpoint.base import empty_checkpoint
from eco2.adapters.sqlite_checkpointer import SqliteCheckpointer
saver, name = SqliteCheckpointer(Path(sys.argv[1])), sys.argv[2]
for number in range(int(sys.argv[3])):
    at = {"configurable": {"thread_id": name, "checkpoint_ns": ""}}
    values = {"kept": [number] * 20000}
    saver.put(at, {**empty_checkpoint(), "id": f"{number:06}", "channel_values": values}, {"step": number}, {})
    print(number, flush=True)
"""


def _writer(path: Path, name: str, count: int, repository: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _WRITES, str(path), name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=repository)


def test_two_processes_make_and_fill_one_file_at_once(repository: Path, tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    writers = [_writer(path, name, 20, repository) for name in ("a", "b")]
    assert [(writer.communicate(timeout=60), writer.returncode)[1] for writer in writers] == [0, 0]
    assert len(_ids(SqliteCheckpointer(path).list(None))) == 40


def test_a_process_that_is_killed_leaves_every_checkpoint_whole(repository: Path, tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    writer = _writer(path, "a", 10_000, repository)
    assert writer.stdout is not None
    said = [writer.stdout.readline() for _ in range(5)]
    writer.kill()
    writer.communicate()
    found = [one.checkpoint for one in SqliteCheckpointer(path).list(None)]
    assert len(found) >= len(said)
    assert all(one["channel_values"]["kept"] == [int(one["id"])] * 20000 for one in found)
    assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_file_that_is_none_of_ours_is_one_line(tmp_path: Path) -> None:
    strange, newer = tmp_path / "strange.sqlite", tmp_path / "newer.sqlite"
    strange.write_bytes(b"not a database at all, but long enough to look at" * 40)
    sqlite3.connect(newer).execute("PRAGMA user_version = 99").connection.close()
    for path in (strange, newer, tmp_path):
        with pytest.raises(SettingsError, match="cannot keep conversations"):
            SqliteCheckpointer(path).get_tuple(AT)  # type: ignore[arg-type]
