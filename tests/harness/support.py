"""What the tests of the room share: a small world, a judge that anyone can follow, short ways to make a trial."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.case_files import case_from, normalised
from harness.cases import Case, Judgement, Observation, Source
from harness.claims import split_claims
from harness.config import Config
from harness.gold import Gold
from harness.ports import Judge, OfflineRagas
from harness.trial import Resources, Trial

BOTS = Path(__file__).with_name("bots.py")
RULES = """\
defaults: {source: test, valid_from: "2026-01-01"}
rules:
  - id: dispose-pet-bottle
    kind: disposal
    class: pet-bottle
    ko: 페트병은 라벨을 떼고 내용물을 비워서 내놓으세요.
    en: Take the label off a PET bottle and empty it.
  - id: dispose-pet-bottle-cap
    kind: disposal
    class: pet-bottle
    ko: 페트병은 뚜껑을 닫아서 내놓으세요.
    en: Close the cap of a PET bottle.
  - id: character-petty
    kind: character
    name: 페티
    ko: 페티는 무색페트병을 맡은 캐릭터예요.
    en: Petty is the character for clear PET bottles.
  - id: price-pet
    kind: price
    prices: {전국평균: 350, 수도권: 1400}
    ko: 페트병의 전국 평균 시세는 1kg에 350원이에요.
    en: PET bottles are 350 won per kg on average.
    ko_region: "페트병의 {region} 시세는 1kg에 {price}원이에요."
    en_region: "PET bottles are {price} won per kg in {region}."
"""
CASES: list[dict[str, Any]] = [
    {"id": "dev-bottle", "turns": ["페트병 어떻게 버려?"], "intents": ["waste"], "agents": ["classify"],
     "rules": ["dispose-pet-bottle"], "required": [["라벨을 떼"]], "forbidden": ["뚜껑을 분리"]},
    {"id": "dev-cap", "turns": ["안녕", "뚜껑은 닫아?"], "intents": ["waste"], "agents": ["classify"],
     "rules": ["dispose-pet-bottle-cap"], "required": [["뚜껑을 닫"]]},
    {"id": "dev-two", "turns": ["페티가 누구야? 뚜껑도 알려줘"], "intents": ["character", "waste"],
     "agents": ["character", "classify"], "rules": ["character-petty", "dispose-pet-bottle-cap"],
     "required": [["페티"], ["뚜껑을 닫"]], "tags": ["multi"]},
    {"id": "dev-price", "turns": ["요즘 시세 얼마야?"], "intents": ["recyclable_price"],
     "agents": ["recyclable_price"], "rules": ["price-pet"], "required": [["350\\s*원", "350 won"]]},
    {"id": "dev-unknown", "turns": ["애플 주가 알려줘"], "intents": ["general"], "answerable": False},
]  # fmt: skip
TEST_CASES: list[dict[str, Any]] = [
    {"id": "test-price", "turns": ["킬로당 시세 좀"], "intents": ["recyclable_price"], "rules": ["price-pet"],
     "agents": ["recyclable_price"], "required": [["350"]]},
    {"id": "test-who", "turns": ["페티 소개해 줘"], "intents": ["character"], "rules": ["character-petty"],
     "agents": ["character"], "required": [["페트병"]]},
]  # fmt: skip
GATES = """\
gates:
  - {metric: intent_f1, suite: golden, min: 0.95}
  - {metric: dropped_intent_rate, suite: golden, max: 0.0}
  - {metric: required_facts, suite: golden, split: dev, min: 0.95}
  - {metric: required_facts, suite: golden, split: test, min: 0.95}
  - {metric: false_claim_rate, suite: golden, max: 0.0}
  - {metric: citation_entails, suite: golden, min: 1.0}
  - {metric: latency_p50_ms, suite: golden, slice: "node:*", max: 100}
  - {metric: knowledge_drift, suite: knowledge, max: 0}
"""


class ExactJudge:
    """Supports a claim that stands word for word in the context; abstains without one."""

    def judge(self, question: str | None, context: Sequence[str], claim: str) -> Judgement:
        wanted = normalised(claim)
        for index, text in enumerate(context):
            if wanted in normalised(text):
                return Judgement(1.0, "supported", None, index, text, "word for word")
        if not context:
            return Judgement(0.5, "abstain", reason="no context")
        return Judgement(0.0, "unsupported", "addition", 0, context[0], "not there")


class DeadJudge:
    def judge(self, question: str | None, context: Sequence[str], claim: str) -> Judgement:
        raise ConnectionError("judge model unreachable")


class YesJudge:
    """Supports whatever it is asked."""

    def judge(self, question: str | None, context: Sequence[str], claim: str) -> Judgement:
        return Judgement(0.99, "supported", reason="yes")


class Places:
    """Resolves the ids it was given."""

    def __init__(self, texts: Mapping[str, tuple[str, ...]]) -> None:
        self._texts = texts

    def resolve(self, citation_id: str) -> Source | None:
        texts = self._texts.get(citation_id)
        return None if texts is None else Source(citation_id, "rules/waste.yaml", 3, 7, texts)


def write_rows(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def full(row: Mapping[str, Any], split: str) -> dict[str, Any]:
    return {"split": split, "answerable": True, "source": "test", **row}


def write_workspace(folder: Path) -> Path:
    """Make a folder a workspace with rules, cases of both splits, gates and the quoting bot as its target."""
    (folder / "rules").mkdir()
    (folder / "rules" / "waste.yaml").write_text(RULES, encoding="utf-8")
    write_rows(folder / "datasets" / "golden-dev.jsonl", [full(row, "dev") for row in CASES])
    write_rows(folder / "datasets" / "golden-test.jsonl", [full(row, "test") for row in TEST_CASES])
    (folder / "datasets" / "gates.yaml").write_text(GATES, encoding="utf-8")
    write_config(folder, "answer")
    return folder


def write_config(workspace: Path, bot: str) -> None:
    """Make a function of `bots.py` the target of the workspace."""
    (workspace / "kb.toml").write_text(
        f"""[harness]
timeout_s = 5
[[harness.suites]]
name = "golden"
cases = ["datasets/golden-dev.jsonl", "datasets/golden-test.jsonl"]
target = "{BOTS.as_posix()}:{bot}"
environment = {{ECO2_WORLD = "recorded"}}
""",
        encoding="utf-8",
    )


CAP = "페트병은 뚜껑을 닫아서 내놓으세요."
TEXTS = {
    "rule:cap": (CAP,),
    "rule:label": ("페트병은 라벨을 떼고 내놓으세요.",),
    "rule:price": ("페트병 시세는 1kg에 350원이에요.",),
}


def resources(
    judge: Judge | None = None,
    gold: Mapping[str, tuple[str, ...]] = TEXTS,
    ragas: Callable[[], OfflineRagas] = lambda: no_ragas(),
) -> Resources:
    return Resources(judge or ExactJudge(), split_claims, Gold(gold), Places(TEXTS), Config().agents_of, ragas)


def a_case(**labels: object) -> Case:
    asked = {} if "query" in labels else {"turns": ["뚜껑은?"]}
    row = {"id": "c", "split": "dev", "answerable": True, **asked, **labels}
    return case_from(row, "golden", "cases.jsonl", 1)


def a_trial(
    response: Mapping[str, Any],
    case: Case | None = None,
    judge: Judge | None = None,
    gold: Mapping[str, tuple[str, ...]] = TEXTS,
) -> Trial:
    asked = case or a_case()
    observation = Observation(asked.id, asked.suite, asked.split, asked.question, response)
    return Trial(asked, observation, resources(judge, gold))


def no_ragas() -> OfflineRagas:
    raise AssertionError("not needed here")


def an_observation(response: Mapping[str, Any] | None, error: str | None = None) -> Observation:
    return Observation("c", "golden", "dev", "뚜껑은?", response, error)
