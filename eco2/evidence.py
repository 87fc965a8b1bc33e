"""What is injected for a sub-agent, as text: a rule or an outside fact, in both languages and with its data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields

from eco2.outside import FactT, Found
from eco2.turns import Evidence, Statement
from kb.rulebook import Rule

_SILENT = frozenset({"review_by", "ko_region", "en_region", "name_en", "minor"})


def rule_evidence(rule: Rule) -> Evidence:
    """Return a rule as injected: its names, its sentences, then its data, one "key: value" a line."""
    names = [word for word in (rule.name, rule.data.get("name_en")) if word]
    data = [f"{key}: {_readable(value)}" for key, value in rule.data.items() if key not in _SILENT and value]
    keys = [
        f"{key}: {value}"
        for key, value in (("class", rule.class_id), ("aspect", rule.aspect), ("goes_to", rule.goes_to))
        if value
    ]
    text = "\n".join([" / ".join(str(word) for word in names), rule.ko, rule.en, *keys, *data]).strip()
    return Evidence(rule.citation, rule.path, rule.line_start, rule.line_end, text)


def rules_evidence(rules: Iterable[Rule]) -> tuple[Evidence, ...]:
    """Return rules as injected, in order, each once."""
    return tuple({rule.id: rule_evidence(rule) for rule in rules}.values())


def rule_statement(rule: Rule) -> Statement:
    return Statement(rule.ko, rule.en, rule.citation)


def fact_id(found: Found[FactT]) -> str:
    return f"world:{found.fact.id}"


def fact_evidence(found: Found[FactT], *sentences: str) -> Evidence:
    """Return an outside fact as injected: what is said of it, then its fields, one "key: value" a line."""
    values = ((field.name, getattr(found.fact, field.name)) for field in fields(found.fact))
    rows: list[str] = [f"{key}: {_readable(value)}" for key, value in values if value is not None]
    return Evidence(fact_id(found), found.path, found.line, found.line, "\n".join((*sentences, *rows)))


def _readable(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_readable(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_readable(item) for item in value)
    return str(value)
