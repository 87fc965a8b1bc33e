"""What models write around and instead of JSON, and the strict form of a schema."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from eco2.completions import Garbled
from eco2.model_output import parsed, strict
from eco2.prompts import compose_prompt, understand_prompt

SCHEMA = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string"},
        "size": {"type": "integer"},
        "kind": {"type": "string", "enum": ["a", "b"]},
        "parts": {
            "type": "array",
            "items": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "n": {}}},
        },
    },
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "```json\n{}\n```",
        "```\n{}\n```",
        "\ufeff{}",
        "네, 결과예요:\n{}\n도움이 됐길 바라요.",
        "{} {}",
        "<think>ok</think>{}",
    ],
    ids=["bare", "json fence", "fence", "byte order mark", "prose", "twice", "thoughts"],
)
def test_what_stands_around_the_json_does_not_matter(around: str) -> None:
    text = around.replace("{}", '{"name": "병", "size": 2}')

    assert parsed(text, SCHEMA, "m") == {"name": "병", "size": 2}


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "a", "kind": "c"}',
        '{"name": "a", "size": NaN}',
        '{"name": null}',
        '{"name": "a", "name": "b"}',
        "",
        "no",
        "[1, 2]",
        '{"name": ',
        '{"name": "a"',
        '{"name": "a", }',
        "{'name': 'a'}",
        '{"name": 1}',
        "{}",
    ],
)
def test_an_answer_that_cannot_be_read_is_an_error_and_never_empty(text: str) -> None:
    with pytest.raises(Garbled) as caught:
        parsed(text, SCHEMA, "some model")

    assert str(caught.value).startswith("some model")
    assert "\n" not in str(caught.value)


def test_a_null_for_an_optional_field_means_left_out_at_any_depth() -> None:
    text = '{"name": "a", "size": null, "kind": null, "parts": [{"id": "x", "n": null}]}'

    assert parsed(text, SCHEMA, "m") == {"name": "a", "parts": [{"id": "x"}]}


@given(JSON)
def test_whatever_comes_is_an_object_of_the_schema_or_one_error(value: object) -> None:
    try:
        found = parsed(json.dumps(value), SCHEMA, "m")
    except Garbled:
        return
    assert Draft202012Validator(SCHEMA).is_valid(found)


@pytest.mark.parametrize("schema", [SCHEMA, understand_prompt({}).schema, compose_prompt({}).schema])
def test_the_strict_form_asks_for_every_field_and_no_other(schema: dict[str, object]) -> None:
    def check(part: object) -> None:
        if isinstance(part, dict):
            if "properties" in part:
                assert part["required"] == list(part["properties"])
                assert part["additionalProperties"] is False
            for inner in part.values():
                check(inner)

    check(strict(schema))


@given(
    st.fixed_dictionaries(
        {"name": st.text(max_size=3)},
        optional={"size": st.integers(), "kind": st.sampled_from(["a", "b"]), "parts": st.just([{"id": "x"}])},
    )
)
def test_an_object_of_the_schema_comes_back_through_its_strict_form(value: dict[str, object]) -> None:
    filled = {key: value.get(key) for key in ("name", "size", "kind", "parts")}
    if value.get("parts"):
        filled["parts"] = [{"id": "x", "n": None}]

    assert parsed(json.dumps(filled), SCHEMA, "m") == value
    assert Draft202012Validator(strict(SCHEMA)).is_valid(filled)
