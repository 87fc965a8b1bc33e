"""How values of a checkpoint are written: JSON as JSON, LangGraph's types (`Send`, `Overwrite`) by its serializer."""

from __future__ import annotations

import json
from typing import Any

from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer


class JsonFirst(JsonPlusSerializer):
    """LangGraph's serializer with JSON for whatever is JSON; of the rest it makes only types that LangGraph lists.

    JSON comes back equal to what went in; a tuple comes back as a list, as LangGraph's own serializer has it.
    """

    def __init__(self) -> None:
        super().__init__(allowed_msgpack_modules=None)

    def dumps_typed(self, obj: Any) -> tuple[str, bytes]:
        if not is_json(obj):
            return super().dumps_typed(obj)
        return "json", json.dumps(obj, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")

    def loads_typed(self, data: tuple[str, bytes]) -> Any:
        kind, stored = data
        # Not LangGraph's own JSON, which would make objects of a user's text that looks like one.
        return json.loads(stored.decode("utf-8", "surrogatepass")) if kind == "json" else super().loads_typed(data)


def is_json(value: object) -> bool:
    """Whether a value is made of JSON types alone and reads back as it is."""
    if isinstance(value, dict):
        return all(type(key) is str and is_json(item) for key, item in value.items())
    if isinstance(value, list):
        return all(map(is_json, value))
    return value is None or type(value) in (str, int, float, bool)
