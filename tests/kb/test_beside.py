"""A function in a second process: its result, its errors, and what happens when the process is killed."""

from __future__ import annotations

import multiprocessing
import os
import signal

import numpy as np
import pytest

from kb.beside import beside
from kb.documents import KbError
from kb.vocabulary import Vocabulary

HERE = os.getpid()


@pytest.mark.parametrize("worth", [True, False], ids=["beside", "here"])
def test_what_a_function_finds_comes_back(worth: bool) -> None:
    assert beside(lambda: np.arange(3).tolist(), worth=worth)() == [0, 1, 2]


@pytest.mark.parametrize("worth", [True, False], ids=["beside", "here"])
def test_what_a_function_raises_is_raised_where_it_is_waited_for(worth: bool) -> None:
    def fail() -> None:
        raise KbError("no vectors; train the model")

    with pytest.raises(KbError, match="no vectors; train the model"):
        beside(fail, worth=worth)()


def test_a_function_worth_it_runs_in_another_process() -> None:
    assert beside(os.getpid, worth=True)() != HERE


def test_a_killed_process_costs_time_but_no_result() -> None:
    def die_elsewhere() -> str:
        if os.getpid() != HERE:
            os.kill(os.getpid(), signal.SIGKILL)
        return "found here"

    assert beside(die_elsewhere, worth=True)() == "found here"


def test_without_fork_a_function_runs_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.beside.multiprocessing.get_all_start_methods", lambda: ["spawn"])
    assert beside(os.getpid, worth=True)() == HERE


def test_nobody_need_wait_for_a_result(capfd: pytest.CaptureFixture[str]) -> None:
    beside(lambda: bytes(1 << 20), worth=True)
    for child in multiprocessing.active_children():
        child.join(10)
    assert capfd.readouterr().err == ""


def test_a_vocabulary_goes_to_another_process() -> None:
    found = beside(lambda: Vocabulary.of(["파드", "pod"]), worth=True)()
    assert (found.find("pod"), found.find("파드"), found.find("없음")) == (0, 1, None)
