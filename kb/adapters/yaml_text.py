"""Read YAML with line numbers, scalars as YAML 1.2 has them: `0010`, `2026-01-05`, `09:00` and `no` stay text.

Anchors and aliases are refused: knowledge has no use for them, and they can explode.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

from kb.documents import DocumentError

_DEEPEST = 50
# 7 MB of short keys, 2.4 million events, took 17 s and 1 GiB.
_MOST_EVENTS = 500_000
# Tags build sets and dates, in no order or of no plain type, and stumble over text that is none.
_PLAIN_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq"))
_SCALARS = (
    ("bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), "tTfF"),
    ("int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), "-+0123456789"),
    ("float", re.compile(r"^[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$"), "-+.0123456789"),
    ("null", re.compile(r"^(?:~|null|Null|NULL|)$"), ("~", "n", "N", "")),
)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML 1.1 reads `id: 0010` as 8 and `open: 09:00` as 540; this reads what is written."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 (PyYAML's own name)


for _name, _pattern, _firsts in _SCALARS:
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", _pattern, list(_firsts))


@dataclass(frozen=True)
class Entry:
    """One mapping of a YAML list, with the 1-based, inclusive lines it stands on and the key of its list."""

    section: str
    fields: dict[str, object]
    line_start: int
    line_end: int


def load_mapping(text: str, where: str) -> dict[str, object]:
    """Parse YAML text whose top level is a mapping.

    Raises:
        DocumentError: not YAML, not a mapping, a key twice, or it uses aliases; names `where` and the line.
    """
    return _parse(text, where)[1]


def load_texts(text: str, where: str) -> dict[str, object]:
    """As `load_mapping`, with every scalar as the text that is written, and without anchors and tags.

    Raises:
        DocumentError: as `load_mapping`, or a key stands twice in any table.
    """
    pairs, _ = _parse(text, where)
    for event in yaml.parse(text, Loader=_Loader):
        if name := getattr(event, "anchor", None) or getattr(event, "tag", None):
            raise DocumentError(f"{where}: YAML anchors and tags are not allowed; take {name!r:.60} out")
    return _texts(pairs, where)


def load_entries(text: str, where: str) -> tuple[dict[str, object], list[Entry]]:
    """Split a YAML mapping into its plain fields and the entries of its lists of mappings, in file order.

    Raises:
        DocumentError: as `load_mapping`.
    """
    nodes, fields = _parse(text, where)
    entries: list[Entry] = []
    lines = text.split("\n")
    for (_, value), (name, items) in zip(nodes, list(fields.items()), strict=True):
        if isinstance(items, list) and items and all(isinstance(item, dict) for item in items):
            del fields[name]
            entries += [
                Entry(name, item, child.start_mark.line + 1, _last_line(child, lines))
                for item, child in zip(items, value.value, strict=True)
            ]
    return fields, entries


def _parse(text: str, where: str) -> tuple[list[tuple[yaml.Node, yaml.Node]], dict[str, object]]:
    """The top level's pairs of nodes, which know their lines, and its fields, in the same order."""
    try:
        _refuse_traps(text, where)
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            fields = loader.construct_document(node) if isinstance(node, yaml.MappingNode) else {}
        finally:
            loader.dispose()
    except (yaml.YAMLError, ValueError, LookupError) as error:
        raise DocumentError(f"{where}: {_one_line(error)}") from error
    if node is not None and not isinstance(node, yaml.MappingNode):
        raise DocumentError(f"{where}: the top level must be a mapping of names to values")
    pairs = node.value if node is not None else []
    if len(fields) != len(pairs):
        raise DocumentError(f"{where}: a key stands twice at the top level; keep one")
    return pairs, {str(key): value for key, value in fields.items()}


def _texts(pairs: list[tuple[yaml.Node, yaml.Node]], where: str) -> dict[str, object]:
    table = {str(_text(key, where)): _text(value, where) for key, value in pairs}
    if len(table) != len(pairs):
        raise DocumentError(f"{where}: a key stands twice in the table of {next(iter(table))!r:.60}; keep one")
    return table


def _text(node: yaml.Node, where: str) -> object:
    if isinstance(node, yaml.MappingNode):
        return _texts(node.value, where)
    return [_text(item, where) for item in node.value] if isinstance(node, yaml.SequenceNode) else node.value


def _refuse_traps(text: str, where: str) -> None:
    """Walk the events before anything is built: an alias can explode, 30,000 brackets end the process in libyaml."""
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=_Loader)):
        if number > _MOST_EVENTS:
            raise DocumentError(f"{where}: YAML of more than {_MOST_EVENTS:,} keys and values; split it")
        if isinstance(event, yaml.AliasEvent):
            raise DocumentError(f"{where}: YAML aliases (*name) are not allowed; write the value out")
        if (tag := getattr(event, "tag", None)) not in {None, "!", *_PLAIN_TAGS}:
            raise DocumentError(f"{where}: the YAML tag {tag!r:.60} is not allowed; write a plain value")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise DocumentError(f"{where}: YAML nested more than {_DEEPEST} deep; flatten it")


def _last_line(node: yaml.Node, lines: list[str]) -> int:
    """The last line of an entry; what the parser counts to it of blank lines and comments below is left out."""
    end = min(node.end_mark.line, len(lines))
    outside = re.compile(rf"\s*$|\s{{0,{max(node.start_mark.column - 1, 0)}}}#")
    while end > node.start_mark.line + 1 and outside.match(lines[end - 1]):
        end -= 1
    return max(end, node.start_mark.line + 1)


def _one_line(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    return f"line {mark.line + 1}: {problem}" if mark else str(problem)
