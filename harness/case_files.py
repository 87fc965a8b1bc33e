"""Turn rows of case files into cases. Rows have passed their schema before they come here; nothing is checked twice."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from typing import Any

from harness.cases import Case, SubQuery, Turn
from harness.jsonl import dump


def schema_of(row: Mapping[str, object]) -> str:
    """Name the schema that a row claims: a search case has a `query`, a golden case has `turns`."""
    return "onboarding" if "query" in row and "turns" not in row else "case"


def case_from(row: Mapping[str, Any], suite: str, path: str, line: int) -> Case:
    """Make a case of a checked row; bare rule ids become `rule:` ids."""
    if schema_of(row) == "onboarding":
        return _search_case(row, suite, path, line)
    return Case(
        id=row["id"],
        suite=suite,
        split=row["split"],
        turns=tuple(_turn(turn) for turn in row["turns"]),
        answerable=row["answerable"],
        tags=tuple(row.get("tags", ())),
        intents=tuple(row.get("intents", ())),
        sub_queries=tuple(SubQuery(part["text"], tuple(part["intents"])) for part in row.get("sub_queries", ())),
        agents=tuple(row.get("agents", ())),
        rules=tuple(full_id(rule) for rule in row.get("rules", ())),
        required=tuple(tuple(fact) for fact in row.get("required", ())),
        forbidden=tuple(row.get("forbidden", ())),
        conversation=row.get("conversation", ""),
        source=row.get("source", ""),
        path=path,
        line=line,
    )


def full_id(name: str) -> str:
    """The citation form of an id: a bare one is a rule's."""
    return name if ":" in name else f"rule:{name}"


def request_of(case: Case) -> dict[str, object]:
    """The request of the contract; plain turns stay strings, a tool stands there where the case names one."""
    tool = {"tool": case.tool, "arguments": dict(case.arguments)} if case.tool else {}
    return {"id": case.id, "turns": [_plain_turn(turn) for turn in case.turns], **tool}


def fingerprint(case: Case) -> str:
    """What was asked, as 16 hex digits: an observation of another question must not be resumed from."""
    return hashlib.sha256(dump(request_of(case)).encode()).hexdigest()[:16]


def normalised_question(case: Case) -> str:
    """All turns in lower case without spaces and punctuation: two cases that share it ask the same."""
    return "|".join(normalised(turn.text) for turn in case.turns)


def normalised(text: str) -> str:
    """Letters and digits alone, in compatibility form (ＰＥＴ is PET) and lower case."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return "".join(character for character in folded if character.isalnum())


def _search_case(row: Mapping[str, Any], suite: str, path: str, line: int) -> Case:
    tags = tuple(f"{key}-{row[key]}" for key in ("lang", "type") if row.get(key))
    return Case(
        id=row["id"],
        suite=suite,
        split=row["split"],
        turns=(Turn(row["query"]),),
        answerable=row["answerable"],
        kind="search",
        tags=tags,
        relevant=tuple(row["relevant"]),
        not_first=tuple(row.get("not_first", ())),
        answer_facts=tuple(row.get("answer_facts", ())),
        passages=tuple((passage["path"], passage["text"]) for passage in row.get("passages", ())),
        tool=row.get("tool", ""),
        arguments=row.get("arguments", {}),
        path=path,
        line=line,
    )


def _turn(turn: str | Mapping[str, Any]) -> Turn:
    if isinstance(turn, str):
        return Turn(turn)
    place = turn.get("location")
    location = (place["lat"], place["lon"]) if isinstance(place, Mapping) else place
    return Turn(turn["text"], turn.get("image"), location)


def _plain_turn(turn: Turn) -> object:
    if turn.image is None and turn.location is None:
        return turn.text
    plain: dict[str, object] = {"text": turn.text}
    if turn.image is not None:
        plain["image"] = turn.image
    if turn.location is not None:
        place = turn.location
        plain["location"] = place if isinstance(place, str) else {"lat": place[0], "lon": place[1]}
    return plain
