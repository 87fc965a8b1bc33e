"""Wiring models from their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from eco2.adapters.live_vision import LiveVision
from eco2.app_models import ModelKeys, ModelName, Models, language_model, model_names, tape_of, vision_model
from eco2.cassettes import Recording, Replaying
from eco2.fallback import Fallback
from eco2.ports import Completion, Prompt
from eco2.turns import SettingsError
from kb.rulebook import Rulebook

KEYS = ModelKeys("sk-secret-openai", "secret-gemini")


class Embedded:
    name = "offline"

    def complete(self, prompt: Prompt) -> Completion:
        return Completion({}, self.name)


EMBEDDED = Embedded()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", [ModelName("offline")]),
        ("offline", [ModelName("offline")]),
        ("openai:gpt-5.2", [ModelName("openai", "gpt-5.2")]),
        ("gemini:gemini-3-pro, offline", [ModelName("gemini", "gemini-3-pro"), ModelName("offline")]),
        (
            "compatible:http://localhost:11434/v1#qwen:7b",
            [ModelName("compatible", "qwen:7b", "http://localhost:11434/v1")],
        ),
    ],
)
def test_a_name_says_who_is_asked_and_where(text: str, names: list[ModelName]) -> None:
    assert model_names(text) == tuple(names)


@pytest.mark.parametrize("text", ["gpt-5.2", "openai:", "compatible:http://a", "compatible:#m", "offline,,", "x:y"])
def test_another_name_is_refused_with_the_kinds_there_are(text: str) -> None:
    with pytest.raises(SettingsError, match="compatible:URL#MODEL"):
        model_names(text)


def test_a_tape_is_recorded_replayed_or_absent() -> None:
    assert [tape_of(text) for text in ("", "record", "replay")] == ["", "record", "replay"]
    with pytest.raises(SettingsError, match="'record' or 'replay'"):
        tape_of("rewind")


def test_offline_alone_is_the_embedded_model_itself() -> None:
    assert language_model(Models(), lambda: EMBEDDED) is EMBEDDED


def test_several_names_are_asked_in_their_order() -> None:
    models = Models("openai:gpt-5.2,compatible:http://localhost:8000/v1#local,offline", KEYS)

    model = language_model(models, lambda: EMBEDDED)

    assert isinstance(model, Fallback)
    assert model.name == "openai:gpt-5.2, compatible:local, offline"


@pytest.mark.parametrize(("name", "variable"), [("openai:m", "OPENAI_API_KEY"), ("gemini:m", "GEMINI_API_KEY")])
def test_a_missing_key_is_named_by_its_variable(name: str, variable: str) -> None:
    with pytest.raises(SettingsError, match=variable):
        language_model(Models(name), lambda: EMBEDDED)


def test_keys_show_up_in_no_repr() -> None:
    models = Models("openai:m,gemini:m", KEYS)

    assert "secret" not in f"{models!r} {language_model(models, lambda: EMBEDDED)!r}"


def test_a_replay_needs_no_key_and_asks_nobody(tmp_path: Path) -> None:
    model = language_model(Models("openai:gpt-5.2", tape="replay", tapes=tmp_path), lambda: EMBEDDED)

    assert isinstance(model, Replaying)
    assert model.name == "openai:gpt-5.2"


def test_a_recording_is_kept_under_the_name_as_it_was_written(tmp_path: Path) -> None:
    model = language_model(Models("openai:a,offline", KEYS, "record", tmp_path), lambda: EMBEDDED)

    assert isinstance(model, Recording)
    assert model.name == "openai:a,offline"


@pytest.mark.parametrize("tapes", [None, Path("nowhere")])
def test_a_replay_without_recordings_is_a_setting_to_mend(tapes: Path | None) -> None:
    with pytest.raises(SettingsError, match="ECO2_TAPES"):
        language_model(Models("openai:m", tape="replay", tapes=tapes), lambda: EMBEDDED)


def test_pictures_go_to_the_first_live_model(rules: Rulebook) -> None:
    assert isinstance(vision_model(Models("offline,gemini:m", KEYS), rules), LiveVision)
    assert vision_model(Models(), rules) is None
