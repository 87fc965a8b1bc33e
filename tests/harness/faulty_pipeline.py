"""A pipeline as small as one can be, with a switch for a fault in each of its steps. It honours every override.

For each intent it selects the rules of that intent that share a word with the question, and one that does not; puts the
ones that do first; and says the first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from harness.cases import Judgement
from tests.harness.support import ExactJudge

Passage = tuple[str, str]
RULES: dict[str, tuple[str, str, str]] = {
    "rule:cap": ("waste", "뚜껑", "페트병은 뚜껑을 닫아서 내놓으세요."),
    "rule:label": ("waste", "라벨", "페트병은 라벨을 떼고 내놓으세요."),
    "rule:price-pet": ("recyclable_price", "페트병값", "페트병 시세는 1kg에 350원이에요."),
    "rule:price-can": ("recyclable_price", "캔값", "캔 시세는 1kg에 1200원이에요."),
    "rule:petty": ("character", "페티", "페티는 무색페트병을 맡은 캐릭터예요."),
    "rule:metally": ("character", "메탈리", "메탈리는 캔을 맡은 캐릭터예요."),
}
WRONG = {"뚜껑을 닫아서": "뚜껑을 분리해서", "라벨을 떼고": "라벨을 붙인 채", "350": "530", "1200": "2100",
         "무색페트병을": "건전지를", "캔을": "유리병을"}  # fmt: skip
FAULTS = ("router", "retriever", "ranker", "knowledge", "generator", "judge")
TRUTH = {id_: (sentence,) for id_, (_, _, sentence) in RULES.items()}


class HarshJudge(ExactJudge):
    """Supports nothing."""

    def judge(self, question: str | None, context: Sequence[str], claim: str) -> Judgement:
        return Judgement(0.0, "unsupported", "addition", 0 if context else None, None, "never")


class Pipeline:
    """The target; `faults` are the steps that are broken."""

    def __init__(
        self, faults: Collection[str] = (), capabilities: Sequence[str] = ("route", "passages", "ranking")
    ) -> None:
        self._faults = faults
        self._capabilities = list(capabilities)
        self.asked = 0

    def close(self) -> None:
        """Nothing is open."""

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        self.asked += 1
        overrides = request.get("overrides") or {}
        route = overrides.get("route") or self._route(request["turns"][-1])
        parts = [
            part if isinstance(part, dict) else {"text": request["turns"][-1], "intents": [part]} for part in route
        ]
        selected = [self._selected(part, overrides) for part in parts]
        ranked = [self._ranked(part, found, overrides) for part, found in zip(parts, selected, strict=True)]
        return self._response(parts, ranked)

    def _route(self, question: str) -> list[dict[str, Any]]:
        pieces = [piece.strip() for piece in question.split("?") if piece.strip()]
        parts = [{"text": f"{piece}?", "intents": [_intent(piece)]} for piece in pieces]
        if "router" not in self._faults:
            return parts
        return parts[:-1] or [{**parts[0], "intents": ["weather"]}]

    def _selected(self, part: Mapping[str, Any], overrides: Mapping[str, Any]) -> list[Passage]:
        mine = [id_ for id_, (intent, _, _) in RULES.items() if intent in part["intents"]]
        if (given := overrides.get("passages")) is not None:
            rows = [one if isinstance(one, dict) else {"id": one, "text": self._text(one)} for one in given]
            return [(row["id"], row["text"]) for row in rows if row["id"] in mine]
        missing = [id_ for id_ in mine if RULES[id_][1] in part["text"] and "retriever" in self._faults]
        return [(id_, self._text(id_)) for id_ in mine if id_ not in missing]

    def _ranked(self, part: Mapping[str, Any], found: list[Passage], overrides: Mapping[str, Any]) -> list[Passage]:
        first = [one for one in found if RULES[one[0]][1] in part["text"]]
        ranked = [*first, *(one for one in found if one not in first)]
        ranked = ranked[::-1] if "ranker" in self._faults else ranked
        order = overrides.get("ranking") or []
        return sorted(ranked, key=lambda one: order.index(one[0]) if one[0] in order else len(order))

    def _text(self, id_: str) -> str:
        text = RULES[id_][2]
        return _spoilt(text) if "knowledge" in self._faults else text

    def _response(self, parts: Sequence[Mapping[str, Any]], ranked: Sequence[Sequence[Passage]]) -> dict[str, Any]:
        said = [found[0] for found in ranked if found]
        lines = ["아무 데나 버려도 괜찮아요." if "generator" in self._faults else text for _, text in said]
        agents = [agent for part in parts for agent in _agents(part["intents"])]
        rows = [
            {"id": id_, "text": text, "agent": _agents([RULES[id_][0]])[0]} for found in ranked for id_, text in found
        ]
        return {
            "answer": "\n\n".join(f"{line} [{id_}]" for line, (id_, _) in zip(lines, said, strict=True)) or "몰라요.",
            "intents": list(dict.fromkeys(intent for part in parts for intent in part["intents"])),
            "sub_queries": [dict(part) for part in parts],
            "agents": agents,
            "passages": rows,
            "citations": [],
            "capabilities": self._capabilities,
        }


def _intent(piece: str) -> str:
    return next((intent for intent, word, _ in RULES.values() if word in piece), "general")


def _agents(intents: Sequence[str]) -> list[str]:
    return ["classify" if intent == "waste" else intent for intent in intents]


def _spoilt(text: str) -> str:
    for right, wrong in WRONG.items():
        if right in text:
            return text.replace(right, wrong)
    return text


def broken_ranker(request: Mapping[str, Any]) -> dict[str, Any]:
    """A target of a file, as somebody would write it."""
    return Pipeline(("ranker",)).ask(request)
