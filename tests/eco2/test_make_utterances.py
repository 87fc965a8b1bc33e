"""How labelled messages are made: frames, slots and slips keep what they must keep."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from random import Random
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]


def _tool(name: str) -> ModuleType:
    """Load a tool by its file: tools are no installed package."""
    spec = importlib.util.spec_from_file_location(f"tools.{name}", ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


slips, frames = _tool("slips"), _tool("frames")


def _letters(text: str) -> int:
    return len("".join(text.split()))


@pytest.mark.parametrize("slip", ["unspaced", "few-spaces", "typo"])
@given(text=st.text(alphabet="버렸는데 어떻게재활용? recycling bottle", max_size=40), seed=st.integers(0, 9))
def test_a_slip_of_the_finger_keeps_the_number_of_letters(slip: str, text: str, seed: int) -> None:
    assert _letters(slips.SLIPS[slip](text, Random(seed))) == _letters(text)


def test_a_slip_is_the_same_every_time() -> None:
    text = "페트병 배출 요령 알려줬으면 해요?"
    assert slips.SLIPS["typo"](text, Random("a")) == slips.SLIPS["typo"](text, Random("a")) != text


def test_frames_have_ids_of_their_own_and_one_intent_a_question() -> None:
    found, fillers = frames.read_frames()
    assert len({frame.id for frame in found}) == len(found) >= 260
    assert all(len(frame.parts) == len(frame.intents) for frame in found)
    assert {"bin", "place", "unknown"} <= set(fillers)


def test_every_pair_of_intents_is_asked_together_by_some_frame() -> None:
    found, _ = frames.read_frames()
    pairs = {frozenset(frame.intents) for frame in found if len(frame.parts) == 2}
    intents = {intent for frame in found for intent in frame.intents} - {"general"}
    assert not [(a, b) for a in intents for b in intents if a < b and frozenset((a, b)) not in pairs]


def test_a_frame_with_a_question_too_many_is_named(tmp_path: Path) -> None:
    path = tmp_path / "frames.toml"
    path.write_text(
        '[fillers]\n[[groups]]\nname = "x"\nlang = "ko"\nintents = ["waste"]\nframes = ["하나 | 둘"]\n',
        encoding="utf-8",
    )
    with pytest.raises(ValueError, match="frame x-01: 2 sub-queries and 1 intents"):
        frames.read_frames(path)
