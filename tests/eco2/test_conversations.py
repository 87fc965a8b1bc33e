"""A conversation goes on where it was, after any restart; it keeps what was asked, stays within its budget, and has one
turn at a time.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eco2.adapters.checkpoint_json import is_json
from eco2.adapters.file_lock import FileLocks
from eco2.adapters.sqlite_checkpointer import SqliteCheckpointer
from eco2.agents.row import Sources
from eco2.agents.table import AGENTS
from eco2.app import Bot, Settings, answer, bot
from eco2.app_memory import Conversations, conversations
from eco2.conversations import ConversationBusy, conversation_of, recalled, remembered, shortened, tokens_of
from eco2.graph import build_conversation
from eco2.intake import read_request
from eco2.tables import table
from eco2.turns import Finding, RequestError, SettingsError, Task
from eco2.windows import Budget, budget_for, budget_of, estimated_tokens

Wire = Callable[..., Bot]
Json = dict[str, Any]
TALK: tuple[object, ...] = (
    {"text": "안녕!", "location": "강남역"},
    "페트병 어떻게 버려?",
    "그럼 뚜껑은?",
    "날씨는 어때? 그리고 고철 시세도 알려줘",
    "내일은?",
    "깨진 유리병은?",
    "How much is scrap iron worth?",
    "ㅎㅎ",
)
SMALL = Budget(400, 150, 150)


def _talking(wire: Wire, path: Path, **changes: Any) -> Bot:
    """A new bot, as after a restart, with the memory in a file."""
    bot = wire(**changes)
    return _with(bot, conversations(bot.steps, ["offline"], path))


def _with(bot: Bot, talk: Conversations) -> Bot:
    return replace(bot, conversations=lambda: talk)


def _talk(bot: Bot) -> Conversations:
    assert bot.conversations is not None
    return bot.conversations()


def _say(bot: Bot, name: str, *turns: object) -> Json:
    return bot.answer(read_request({"id": "t", "turns": list(turns)}), name)


def _told(response: Json) -> Json:
    """What a user is told, without times and names of runs."""
    keys = ("answer", "answerable", "intents", "sub_queries", "agents", "passages", "citations", "degraded", "language")
    return {key: response[key] for key in keys}


def _kept(bot: Bot, name: str) -> list[Json]:
    found = _talk(bot).saver.get_tuple({"configurable": {"thread_id": name}})
    return found.checkpoint["channel_values"]["kept"] if found else []


def _turn(text: str, asked: list[str] | None = None, **more: Any) -> Json:
    return {"text": text, "image": None, "location": None, "asked": asked, "short": False, **more}


def test_follow_ups_over_a_restart_are_answered_as_with_all_turns_in_one_request(wire: Wire, tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    for count in range(1, len(TALK) + 1):
        there, here = _say(_talking(wire, path), "one", TALK[count - 1]), _say(wire(), "", *TALK[:count])
        assert _told(there) == _told(here)
    assert there["conversation"] == {"id": "one", "turns": len(TALK), "shortened": 0}


def test_a_picture_is_still_spoken_of_after_a_restart(wire: Wire, tmp_path: Path) -> None:
    picture = {"text": "이거 어떻게 버려?", "image": "broken.picture"}
    _say(_talking(wire, tmp_path / "memory.sqlite"), "one", picture)
    there = _say(_talking(wire, tmp_path / "memory.sqlite"), "one", "신문지에 싸야 해?")
    assert there["agents"] == ["scan"]
    assert _told(there) == _told(_say(wire(), "", picture, "신문지에 싸야 해?"))


def test_an_answer_without_a_conversation_is_what_it_was(wire: Wire, tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    assert _say(_talking(wire, path), "", *TALK) == _say(wire(), "", *TALK)
    assert not path.exists()


def test_the_file_is_its_owners_alone(wire: Wire, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "memory.sqlite"
    _say(_talking(wire, path), "one", "캔?")
    assert path.stat().st_mode & 0o077 == 0


def test_conversations_stay_apart(wire: Wire, tmp_path: Path) -> None:
    bot = _talking(wire, tmp_path / "memory.sqlite")
    _say(bot, "one", "페트병 어떻게 버려?")
    assert _say(bot, "two", "그럼 뚜껑은?")["answer"] == _say(wire(), "", "그럼 뚜껑은?")["answer"]


def test_what_is_kept_is_json_and_holds_nothing_that_was_found(wire: Wire, tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    bot = _talking(wire, path)
    for turn in TALK:
        assert _say(bot, "one", turn)["passages"] is not None
    assert _kept(bot, "one")[2] == _turn("그럼 뚜껑은?", ["페트병 그럼 뚜껑은?"])
    assert is_json(_kept(bot, "one"))
    written = b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.is_file())
    assert "페트병".encode() in written
    assert not [word for word in (b"rule:", b"evidence", b"citations", b"findings") if word in written]


def test_one_checkpoint_a_conversation_is_kept(wire: Wire, tmp_path: Path) -> None:
    bot = _talking(wire, tmp_path / "memory.sqlite")
    for turn in TALK[:3]:
        _say(bot, "one", turn)
    assert len(list(_talk(bot).saver.list(None))) == 1


def test_findings_of_one_turn_never_reach_the_next(wire: Wire, tmp_path: Path) -> None:
    bot = _talking(wire, tmp_path / "memory.sqlite")
    _say(bot, "one", "페트병 어떻게 버려? 강남역 근처 건전지 수거함도 알려줘")
    after = _say(bot, "one", "상자 어떻게 버려?")
    assert [passage["id"] for passage in after["passages"]] == ["rule:item-box", "rule:dispose-paper"]
    assert after["agents"] == ["classify"]


def test_a_turn_that_breaks_leaves_the_conversation_as_it_was(wire: Wire, tmp_path: Path) -> None:
    bot = _talking(wire, tmp_path / "memory.sqlite")
    _say(bot, "one", "페트병 어떻게 버려?")
    broken = replace(bot.steps, clock=_Broken(bot.steps.clock))
    graph = build_conversation(broken, budget_of(8000), _talk(bot).saver)
    with pytest.raises(ZeroDivisionError):
        _with(bot, replace(_talk(bot), graph=graph)).answer(read_request("상자?"), "one")
    assert [turn["text"] for turn in _kept(bot, "one")] == ["페트병 어떻게 버려?"]
    assert "dispose-pet-bottle-cap" in str(_say(bot, "one", "그럼 뚜껑은?")["answer"])


class _Broken:
    """A clock that stops within a turn."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock, self._left = clock, 4

    def __call__(self) -> float:
        self._left -= 1
        return self._clock() if self._left else 1 / 0


def test_without_a_memory_a_conversation_is_refused(monkeypatch: pytest.MonkeyPatch, repository: Path) -> None:
    monkeypatch.setenv("KB_WORKSPACE", str(repository))
    monkeypatch.setenv("ECO2_MEMORY", "")
    with pytest.raises(SettingsError, match="ECO2_MEMORY is empty"):
        answer({"conversation": "one", "turns": ["캔?"]})
    assert "conversation" not in answer({"turns": ["캔?"]})


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 129, 3, ["a"], "\ud800"])
def test_a_name_that_is_none_is_refused(name: object) -> None:
    with pytest.raises(RequestError, match="'conversation' must be a name"):
        conversation_of({"conversation": name, "turns": ["캔?"]})


def test_a_name_may_be_anything_printable(wire: Wire, tmp_path: Path) -> None:
    name = "../민수's; DROP TABLE checkpoints --🙂"
    bot = _talking(wire, tmp_path / "memory.sqlite")
    assert conversation_of({"conversation": name}) == name
    assert [_say(bot, name, "캔?")["conversation"]["turns"] for _ in range(2)] == [1, 2]
    alone: list[object] = ["캔?", {"turns": []}, None]
    assert {conversation_of(raw) for raw in alone} == {""}


def test_five_hundred_turns_stay_within_the_budget_and_still_make_sense(wire: Wire, tmp_path: Path) -> None:
    steps, path = wire().steps, tmp_path / "memory.sqlite"
    talk = replace(
        conversations(steps, ["offline"], path), graph=build_conversation(steps, SMALL, SqliteCheckpointer(path))
    )
    bot = _with(wire(), talk)
    said = ("페트병 어떻게 버려?", "고마워 {}", "상자 {}개 어떻게 버려?", "고철 시세 얼마야?", "오늘 {}번째로 묻네")
    sizes = []
    for number in range(500):
        answered = _say(
            bot, "long", {"text": said[number % 5].format(number), "location": "강남역" if not number else None}
        )
        sizes.append(tokens_of(_kept(bot, "long")))
    assert max(sizes) <= SMALL.limit
    assert answered["conversation"]["shortened"] > 0
    assert _say(bot, "long", "페트병 어떻게 버려?")["answer"].startswith(
        _say(wire(), "", "페트병 어떻게 버려?")["answer"]
    )
    assert "dispose-pet-bottle-cap" in str(_say(bot, "long", "그럼 뚜껑은?")["answer"])
    there, here = _say(bot, "long", "오늘 날씨는?"), _say(wire(), "", {"text": "오늘 날씨는?", "location": "강남역"})
    assert there["answer"] == here["answer"]


def test_shortening_is_the_same_whenever_it_is_done() -> None:
    turns = [_turn(f"{number}번 {'상자 ' * (number % 9)}", [f"{number}번 상자"]) for number in range(500)]
    assert shortened(turns, SMALL) == shortened(turns, SMALL)
    assert shortened(shortened(turns, SMALL), SMALL) == shortened(turns, SMALL)


_TURNS = st.lists(
    st.builds(
        _turn,
        st.text(max_size=120),
        st.none() | st.lists(st.text(min_size=1, max_size=60), max_size=3),
        location=st.none()
        | st.builds(lambda name: {"name": name, "lat": None, "lon": None}, st.sampled_from("가나다")),
        image=st.none() | st.just("a.png"),
    ),
    min_size=1,
    max_size=40,
)


@given(_TURNS)
def test_a_conversation_beyond_its_limit_has_fewer_tokens_afterwards(turns: list[Json]) -> None:
    after = shortened(turns, SMALL)
    if tokens_of(turns) <= SMALL.limit:
        assert after == turns
    else:
        assert tokens_of(after) < tokens_of(turns)
        assert tokens_of(after) <= SMALL.limit


@given(_TURNS)
def test_the_last_turn_and_the_place_in_force_survive_shortening(turns: list[Json]) -> None:
    after = shortened(turns, SMALL)
    places = [turn["location"] for turn in turns if turn["location"]]
    assert after[-1] | {"location": None} == turns[-1] | {"location": None}
    assert [turn["location"] for turn in after if turn["location"]][-1:] == places[-1:]


@given(_TURNS)
def test_older_turns_become_what_was_asked_in_its_order(turns: list[Json]) -> None:
    asked = [
        "\n".join(turn["asked"]) if turn["asked"] is not None and not turn["image"] else turn["text"] for turn in turns
    ]
    short = [turn["text"] for turn in shortened(turns, SMALL) if turn["short"]]
    remaining = iter(asked)
    assert all(text in remaining for text in short)


def test_a_follow_up_is_kept_with_what_it_took_over_and_chatter_with_nothing() -> None:
    def query(text: str, standalone: str, intent: str, follow_up: bool) -> Json:
        return {"text": text, "standalone": standalone, "intents": [intent], "follow_up": follow_up}

    understood = [
        query("뚜껑은?", "페트병 뚜껑은?", "waste", True),
        query("날씨!", "날씨 알려줘", "weather", False),
        query("고마워", "고마워", "general", False),
    ]
    kept = remembered([_turn("뚜껑은? 날씨! 고마워")], {"sub_queries": understood})
    assert kept[0]["asked"] == ["페트병 뚜껑은?", "날씨!"]


def test_a_request_is_put_after_what_is_kept() -> None:
    request = {"id": "t", "turns": [{"text": "뚜껑은?", "image": None, "location": None}], "route": []}
    given_, turns = recalled([_turn("페트병?", ["페트병?"])], request, SMALL)
    assert [turn["text"] for turn in given_["turns"]] == ["페트병?", "뚜껑은?"]
    assert set(given_["turns"][0]) == {"text", "image", "location"}
    assert turns == [_turn("페트병?", ["페트병?"]), _turn("뚜껑은?")]


@pytest.mark.parametrize(
    ("models", "expected"),
    [
        (["gpt-5.2"], Budget(272_000, 40_000, 40_800)),
        (["gemini-3-pro"], Budget(936_000, 40_000, 60_000)),
        (["gemini-3-pro", "gpt-5.2"], Budget(272_000, 40_000, 40_800)),
        (["offline"], Budget(8_000, 4_000, 2_000)),
        (["gpt-5.2", "nobody-knows"], Budget(8_000, 4_000, 2_000)),
    ],
)
def test_the_budget_is_the_window_less_the_largest_output_of_the_smallest_model(
    models: Sequence[str], expected: Budget
) -> None:
    assert budget_for(models) == expected


def test_windows_stand_in_one_table() -> None:
    limits = {row[key] for row in table("windows")["model"] for key in ("window", "output")} - {1_000_000}
    written = re.compile("|".join(rf"\b{limit:_}\b|\b{limit}\b" for limit in limits))
    files = [path for path in (Path(__file__).parents[2] / "eco2").rglob("*") if path.suffix in (".py", ".toml")]
    assert [path.name for path in files if written.search(path.read_text(encoding="utf-8"))] == ["windows.toml"]


@given(st.text(), st.text())
def test_an_estimate_grows_with_the_text(one: str, other: str) -> None:
    assert max(estimated_tokens(one), estimated_tokens(other)) <= estimated_tokens(one + other)
    assert estimated_tokens(one + other) <= estimated_tokens(one) + estimated_tokens(other)


def test_one_conversation_has_one_turn_at_a_time_and_others_go_on(wire: Wire, tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"

    def nested(task: Task, sources: Sources) -> Finding:
        other = _talking(wire, path)
        _say(other, "two", "캔?")
        with pytest.raises(ConversationBusy, match="'one' is being answered elsewhere"):
            _say(_with(other, replace(_talk(other), wait_s=0.05)), "one", "캔?")
        return Finding("classify", task.index, "aside")

    agents = tuple(replace(agent, run=nested) if agent.name == "classify" else agent for agent in AGENTS)
    bot = _talking(wire, path, agents=agents)
    assert _say(bot, "one", "페트병 어떻게 버려?")["degraded"] == []
    assert [len(_kept(bot, name)) for name in ("one", "two")] == [1, 1]


def test_many_threads_in_one_conversation_lose_no_turn(wire: Wire, tmp_path: Path) -> None:
    bot = _talking(wire, tmp_path / "memory.sqlite")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: _say(bot, "one", f"상자 {number}개?"), range(12)))
    assert sorted(turn["text"] for turn in _kept(bot, "one")) == sorted(f"상자 {number}개?" for number in range(12))


def test_a_folder_that_cannot_hold_locks_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="cannot hold locks"), FileLocks(tmp_path / "file" / "locks").hold("one", 0):
        pass


_TALKS = """
import json, sys
from eco2.app import answer
for number in range(int(sys.argv[2])):
    response = answer({"conversation": "shared", "turns": [f"{sys.argv[1]} 상자 {number}개 어떻게 버려?"]})
    print(response["conversation"]["turns"], flush=True)
"""


def _environ(repository: Path, path: Path) -> dict[str, str]:
    more = {"KB_WORKSPACE": str(repository), "ECO2_WORLD": "recorded", "ECO2_MEMORY": str(path)}
    return {**os.environ, **more, "PYTHONPATH": str(repository)}


def test_two_processes_in_one_conversation_take_turns(repository: Path, tmp_path: Path) -> None:
    path, count = tmp_path / "memory.sqlite", 10
    talkers = [
        subprocess.Popen(
            [sys.executable, "-c", _TALKS, name, str(count)],
            stdout=subprocess.PIPE, text=True, env=_environ(repository, path),
        )
        for name in ("가", "나")
    ]  # fmt: skip
    numbers = [int(line) for talker in talkers for line in talker.communicate(timeout=120)[0].splitlines()]
    assert sorted(numbers) == list(range(1, 2 * count + 1))
    found = SqliteCheckpointer(path).get_tuple({"configurable": {"thread_id": "shared"}})
    assert found is not None
    texts = [turn["text"] for turn in found.checkpoint["channel_values"]["kept"]]
    for name in ("가", "나"):
        mine = [text for text in texts if text.startswith(name)]
        assert mine == [f"{name} 상자 {number}개 어떻게 버려?" for number in range(count)]


def _eco2(*arguments: str, repository: Path, path: Path, typed: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "eco2", *arguments]
    environ = _environ(repository, path)
    return subprocess.run(command, capture_output=True, text=True, input=typed, env=environ, check=False, timeout=120)


def test_the_command_line_goes_on_with_a_conversation(repository: Path, tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    first = _eco2("chat", "--conversation", "one", repository=repository, path=path, typed="페트병 어떻게 버려?\n\n")
    second = _eco2("ask", "--conversation", "one", "그럼 뚜껑은?", "--json", repository=repository, path=path)
    assert (first.returncode, second.returncode) == (0, 0)
    response = json.loads(second.stdout)
    assert "[rule:dispose-pet-bottle-cap]" in response["answer"]
    assert response["conversation"] == {"id": "one", "turns": 2, "shortened": 0}


@pytest.mark.parametrize(
    "arguments", [("ask", "캔?", "--conversation", ""), ("ask", "--queries", "x.jsonl", "--conversation", "one")]
)
def test_a_mistaken_conversation_is_one_line_and_exit_code_3(
    repository: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    done = _eco2(*arguments, repository=repository, path=tmp_path / "memory.sqlite")
    assert (done.returncode, done.stderr.count("\n")) == (3, 1)
    assert done.stderr.startswith("eco2: ")


def test_the_memory_lies_below_the_workspace_unless_it_is_named(repository: Path, tmp_path: Path) -> None:
    def file(environ: dict[str, str]) -> Path:
        wired = bot(Settings.from_env({"KB_WORKSPACE": str(repository), **environ}), tmp_path)
        saver = _talk(wired).saver
        assert isinstance(saver, SqliteCheckpointer)
        return saver.path

    assert file({}) == repository / ".eco2" / "memory.sqlite"
    assert file({"ECO2_MEMORY": str(tmp_path / "m")}) == tmp_path / "m"


def test_conversations_are_wired_for_their_file(wire: Wire, tmp_path: Path) -> None:
    assert isinstance(conversations(wire().steps, ["offline"], tmp_path / "memory.sqlite"), Conversations)
    assert list(tmp_path.iterdir()) == []
