"""The agent without a knowledge base, its budget, and the proxy for the choice of a skill."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.case_files import case_from
from kb.context import estimate_tokens
from kb.translations import NOTHING, Translations

FILES = {
    "adr/0001-a.md": 'superseded_by: ["0002"]\n\nprogress goes through the broker, progress\n',
    "adr/0002-b.md": "superseded_by: []\n\nprogress is kept in a stream\n",
    "docs/pool.md": "\n".join(["nothing here"] * 60 + ["연결 풀은 35로 둔다"]),
}


@pytest.fixture(scope="module")
def bench(repository: Path) -> Iterator[Any]:
    """The modules of the benchmark, which lie beside the packages."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(repository))
        names = ("grep_agent", "grep_words", "onboarding_arms", "triggers")
        yield SimpleNamespace(**{name: import_module(f"benchmarks.{name}") for name in names})


def answered(bench: Any, question: str, table: Translations = NOTHING, budget: int = 1_000) -> dict[str, Any]:
    files = [bench.grep_agent.file_of(path, text) for path, text in FILES.items()]
    response: dict[str, Any] = bench.grep_agent.Agent(files, table).answer(question, budget)
    return response


def paths(bench: Any, question: str, table: Translations = NOTHING) -> list[str]:
    return [hit["path"] for hit in answered(bench, question, table)["hits"]]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("why do workers use eco2/policy.py?", ["eco2/policy.py", "workers", "eco2", "policy"]),
        ("연결을 왜 풀에서 꺼내?", ["연결을", "풀에서", "꺼내"]),
        ('Traceback (most recent call last):\n  File "noise.py", line 3\nPoolTimeout: lost', ["PoolTimeout", "lost"]),
        ("why is it so?", []),
    ],
    ids=["identifiers first", "korean", "the line of a trace that names the error", "nothing to look for"],
)
def test_the_words_that_say_something_are_looked_for(bench: Any, question: str, expected: list[str]) -> None:
    assert [word.text for word in bench.grep_words.words_of(question)] == expected


def test_a_word_is_found_without_its_ending_or_particle(bench: Any) -> None:
    assert [word.forms for word in bench.grep_words.words_of("연결을 workers")] == [("연결",), ("(?<![a-z0-9])work",)]


def test_the_agent_reads_the_place_and_not_the_head_of_a_file(bench: Any) -> None:
    response = answered(bench, "연결 풀")
    assert (response["hits"][0]["path"], response["hits"][0]["line_start"]) == ("docs/pool.md", 61)


def test_what_replaced_a_record_is_read_before_it(bench: Any) -> None:
    assert paths(bench, "progress broker") == ["adr/0002-b.md", "adr/0001-a.md"]


def test_an_agent_that_speaks_both_languages_finds_the_other_one(bench: Any) -> None:
    table = Translations(["stream\t스트림 0.9", "진행\tprogress 0.9"])
    assert paths(bench, "진행") == []
    assert paths(bench, "진행", table)[0] == "adr/0002-b.md"
    assert [word.text for word in bench.grep_words.translated(bench.grep_words.words_of("진행"), table)] == ["진행"]


@given(st.integers(min_value=60, max_value=2_000))
def test_the_agent_keeps_its_budget(bench: Any, budget: int) -> None:
    response = answered(bench, "progress 연결", budget=budget)
    assert sum(call["tokens"] for call in response["tool_calls"]) <= budget + 1


@given(st.text(), st.integers(min_value=0, max_value=50))
def test_a_cut_is_the_longest_beginning_within_the_budget(bench: Any, text: str, budget: int) -> None:
    short = bench.onboarding_arms.cut(text, budget)
    assert text.startswith(short)
    assert estimate_tokens(short) <= budget
    assert short == text or estimate_tokens(text[: len(short) + 1]) > budget


def test_what_was_sent_beyond_the_budget_was_not_read(bench: Any) -> None:
    case = case_from({"id": "c", "split": "dev", "query": "q", "relevant": ["b.md"], "answer_facts": ["212"],
                      "answerable": True}, "s", "p", 1)  # fmt: skip
    sent = '{"path": "a.md", "text": "' + "x" * 2_400 + '"}, {"path": "b.md", "text": "212"}'
    hits = [{"path": "a.md", "text": "x"}, {"path": "b.md", "text": "212"}]
    answer = {"hits": hits, "tool_calls": [{"tool": "t", "tokens": 620, "text": sent}], "timings_ms": {"total": 1.0}}
    found = bench.onboarding_arms.outcome(case, lambda request: answer)
    assert (found.hit_at_1, found.mrr) == (0.0, 0.5)
    assert (found.facts, found.found) == ({500: 0.0, 1_500: 1.0, 4_000: 1.0}, {500: 0.0, 1_500: 1.0, 4_000: 1.0})
    assert bench.onboarding_arms.read_within({"hits": hits, "tool_calls": []}, 100) == "a.md\nx\n\nb.md\n212\n"


def test_a_skill_is_loaded_by_its_description_and_not_by_what_it_is_not_for(bench: Any, tmp_path: Path) -> None:
    triggers = bench.triggers
    described = {"bake": "Bake bread in an oven. Not for parcels (post).", "post": "Send parcels abroad by mail."}
    for name, text in described.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "SKILL.md").write_text(f"---\nname: {name}\ndescription: {text}\n---\n", encoding="utf-8")
    found = triggers.descriptions(tmp_path)
    assert found["bake"] == "Bake bread in an oven. "
    asked = [
        triggers.Question("send three parcels by mail", "en", "post", "bake"),
        triggers.Question("bake bread", "en", "bake", None),
        triggers.Question("quantum chromodynamics", "en", None, None),
    ]
    ranked = triggers.ranked(found, asked)
    threshold = triggers.fitted(ranked)
    assert [one.loaded(threshold) for one in ranked] == ["post", "bake", None]
    assert "right skill loaded                1.00" in "".join(triggers.figures(ranked, threshold))
