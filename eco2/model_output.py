"""What a model wrote becomes a `Completion`, or one line says what is wrong with it.

Tolerant of what models put around JSON (code fences, a sentence before it), strict about the JSON itself. An answer
that cannot be read is an error and never an empty one: incidents/2026-01-intent-json-fence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from eco2.completions import Garbled

_SHOWN = 60
_DEEPEST = 40
_SURROGATE = re.compile("[\ud800-\udfff]")


def parsed(text: str, schema: Mapping[str, object], provider: str) -> dict[str, object]:
    """Return the JSON object in a model's answer, checked against the schema that it was asked for.

    What stands before the first brace and after its closing one is not read. A null stands for "left out" where the
    schema has the field as optional, since strict providers make every field required.

    Raises:
        Garbled: there is no JSON object, it is cut off or malformed, or it has another shape.
    """
    start = text.find("{")
    if start < 0:
        raise Garbled(f"{provider} answered without JSON: {_shown(text)}; try again or use another model")
    found = _without_nulls(_decoded(text[start:], provider), schema)
    if _SURROGATE.search(json.dumps(found, ensure_ascii=False)):
        raise Garbled(f"{provider}: the JSON has half a surrogate pair; try again or use another model")
    error = best_match(Draft202012Validator(schema).iter_errors(found))
    if error is not None:
        raise Garbled(f"{provider} answered in another shape: {_sentence(error)}; try again or use another model")
    return dict(found)


def strict(schema: Mapping[str, object]) -> dict[str, object]:
    """Return a schema as strict structured output wants it: every field required, optional ones nullable, no others."""
    found = {key: _strict_part(key, value) for key, value in schema.items()}
    if isinstance(properties := schema.get("properties"), Mapping):
        required = _names(schema.get("required"))
        found["properties"] = {
            name: strict(part) if name in required else _nullable(strict(part)) for name, part in properties.items()
        }
        found |= {"required": list(properties), "additionalProperties": False}
    return found


def _strict_part(key: str, value: object) -> object:
    return strict(value) if key == "items" and isinstance(value, Mapping) else value


def _nullable(schema: dict[str, object]) -> dict[str, object]:
    values = schema.get("enum")
    more = {"enum": [*values, None]} if isinstance(values, list) else {}
    return {**schema, "type": [schema.get("type", "string"), "null"], **more}


def _decoded(text: str, provider: str) -> dict[str, object]:
    try:
        found, _ = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number).raw_decode(text)
    except json.JSONDecodeError as error:
        what = "is cut off" if error.pos >= len(text.rstrip()) - 1 or "Unterminated" in error.msg else "is malformed"
        where = _shown(text[max(0, error.pos - _SHOWN // 2) : error.pos + _SHOWN // 2])
        raise Garbled(
            f"{provider}: the JSON {what} at character {error.pos} ({error.msg}): {where}; try again or raise the limit"
        ) from error
    except (ValueError, RecursionError) as error:
        raise Garbled(f"{provider}: the JSON is malformed ({error!s:.80}); try again or use another model") from error
    if _depth(found) > _DEEPEST:
        raise Garbled(f"{provider}: the JSON is nested deeper than {_DEEPEST}; try again or use another model")
    return dict(found)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A key twice is refused: what was shown of the first must not be replaced by the second."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_number(name: str) -> object:
    raise ValueError(f"{name} is no JSON number")


def _depth(value: object) -> int:
    deepest, level = 0, [value]
    while level:
        deepest += 1
        level = [part for one in level if isinstance(one, dict | list) for part in _parts(one)]
    return deepest


def _parts(value: dict[str, object] | list[object]) -> list[object]:
    return list(value.values()) if isinstance(value, dict) else value


def _without_nulls(value: Any, schema: Any) -> Any:
    """Leave out the nulls of fields that the schema has as optional."""
    if isinstance(value, list):
        return [_without_nulls(item, schema.get("items", {}) if isinstance(schema, Mapping) else {}) for item in value]
    if not isinstance(value, dict) or not isinstance(schema, Mapping):
        return value
    properties = schema.get("properties")
    known: Mapping[str, Any] = properties if isinstance(properties, Mapping) else {}
    optional = set(known) - set(_names(schema.get("required")))
    return {
        key: _without_nulls(item, known.get(key, {}))
        for key, item in value.items()
        if item is not None or key not in optional
    }


def _names(value: object) -> list[str]:
    return [str(name) for name in value] if isinstance(value, list) else []


def _sentence(error: ValidationError) -> str:
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path).lstrip(".")
    return f"{place or 'the answer'}: {_shown(error.message, 120)}"


def _shown(text: str, most: int = _SHOWN) -> str:
    line = " ".join(text.split())
    return repr(line) if len(line) <= most else repr(line[: most - 1]) + "…"
