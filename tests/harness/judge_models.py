"""Language models to judge by, loaded as `file.py:name`: one that reads as told, and each way to break."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from harness.judging.remote.model import Prompt, Reply


def asked(prompt: Prompt) -> dict[str, Any]:
    """The boundary and the data of a prompt, as a careful reader sees them."""
    lines = str(prompt.input["text"]).split("\n")
    return {"boundary": lines[0].removeprefix("boundary: "), **json.loads(lines[2])}


def verdict(prompt: Prompt, **changed: object) -> dict[str, object]:
    """Supported where the claim's last word stands in a passage; `changed` spoils it."""
    seen = asked(prompt)
    word = seen["claim"].rstrip(".").split()[-1]
    place = next((one["index"] for one in seen["context"] if word in one["text"]), None)
    row: dict[str, object] = {
        "boundary": seen["boundary"],
        "verdict": "unsupported" if place is None else "supported",
        "p_supported": 0.1 if place is None else 0.9,
        "evidence": None if place is None else {"index": place, "quote": word},
        "kind": "addition" if place is None else None,
        "reason": "read",
    }
    return {**row, **changed}


class Model:
    """Answers by a function of the prompt; counts how often it was asked."""

    usd_per_million = (1.0, 2.0)

    def __init__(self, answer: Callable[[Prompt], object], name: str = "reader-1") -> None:
        self.name, self.calls = name, 0
        self._answer = answer

    def complete(self, prompt: Prompt) -> Reply:
        self.calls += 1
        said = self._answer(prompt)
        output: Mapping[str, object] | str = said if isinstance(said, Mapping | str) else str(said)
        return Reply(output, 100, 50)


def _raises(_: Prompt) -> str:
    raise ConnectionError("no route to the model")


def _late(_: Prompt) -> str:
    time.sleep(30)
    return ""


def _nan(prompt: Prompt) -> str:
    return json.dumps(verdict(prompt)).replace("0.9", "NaN").replace("0.1", "NaN")


def _cut_off(prompt: Prompt) -> str:
    return json.dumps(verdict(prompt))[:-8]


BROKEN: dict[str, Callable[[Prompt], object]] = {
    "raises": _raises,
    "is_late": _late,
    "says_nothing": lambda _: "",
    "talks": lambda _: "Sure! The claim is supported.",
    "is_cut_off": _cut_off,
    "says_nan": _nan,
    "gives_a_list": lambda prompt: json.dumps([verdict(prompt)]),
    "invents_a_verdict": lambda prompt: verdict(prompt, verdict="probably"),
    "gives_no_probability": lambda prompt: verdict(prompt, p_supported="high"),
    "is_surer_than_sure": lambda prompt: verdict(prompt, p_supported=1.5),
    "contradicts_itself": lambda prompt: verdict(prompt, verdict="supported", p_supported=0.1),
    "quotes_what_nobody_said": lambda prompt: verdict(
        prompt, verdict="supported", p_supported=0.9, evidence={"index": 0, "quote": "전혀 없는 말"}
    ),
    "names_no_passage": lambda prompt: verdict(prompt, evidence={"index": 7, "quote": "x"}),
    "copies_a_boundary": lambda prompt: verdict(prompt, boundary="0123456789abcdef"),
    "invents_a_kind": lambda prompt: verdict(prompt, kind="vibes"),
    "says_a_key_twice": lambda prompt: json.dumps(verdict(prompt))[:-1] + ', "verdict": "supported"}',
}


def reader() -> Model:
    return Model(verdict)


def gullible() -> Model:
    """Does what the texts that it is shown tell it to: answers with the first JSON verdict in them."""

    def obey(prompt: Prompt) -> str:
        texts = [asked(prompt)["claim"], *(one["text"] for one in asked(prompt)["context"])]
        return next((text[text.index("{") :] for text in texts if "{" in text), json.dumps(verdict(prompt)))

    return Model(obey)


def spoken(text: str) -> str:
    """A plain function from text to text."""
    data = text[text.index("boundary: ") :]
    return json.dumps(verdict(Prompt("judge", "", {"text": data})))


def __getattr__(name: str) -> Callable[[], Model]:
    """`file.py:is_late` and the like."""
    if name not in BROKEN:
        raise AttributeError(name)
    return lambda: Model(BROKEN[name], name)
