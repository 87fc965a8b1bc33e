"""The open Agent Skills specification: what makes a skill invalid, and what portable clients refuse beside it.

Source: agentskills/agentskills, specification of 2026-08-09, and its reference validator (skills-ref 0.1.1), with which
tests compare; it does not check all that the specification says of `license`, `compatibility`, `metadata` and
`allowed-tools`. Names may hold letters of any script there; clients exist that take ASCII alone: a warning.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

KEYS = ("name", "description", "license", "compatibility", "metadata", "allowed-tools")
LONGEST_NAME = 64
LONGEST_DESCRIPTION = 1024
LONGEST_COMPATIBILITY = 500
_FLOW = re.compile(r"^(?:(?P<key>[\w-]+): *)?[\[{]", re.MULTILINE)
_PORTABLE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True)
class Complaint:
    """What is wrong with a key of the front matter."""

    key: str
    message: str


def errors(folder: str, fields: Mapping[str, object]) -> list[Complaint]:
    """What breaks the specification; unknown keys are `unknown`.

    Args:
        folder: the name of the skill's folder; empty when that is the workspace itself.
        fields: its front matter, scalars as texts.
    """
    return [
        *_of_name(folder, fields.get("name")),
        *_of_description(fields.get("description")),
        *_of_compatibility(fields),
        *_of_metadata(fields),
        *(
            Complaint(key, f"{key} must be one text; write it on one line, words separated by blanks")
            for key in ("license", "allowed-tools")
            if key in fields and not isinstance(fields[key], str)
        ),
    ]


def unknown(fields: Mapping[str, object]) -> list[Complaint]:
    """Keys outside the specification: errors where it is meant strictly, else warnings."""
    return [
        Complaint(key, f"key {key!r:.80} is outside the specification; known are {', '.join(KEYS)}")
        for key in fields
        if key not in KEYS
    ]


def warnings(fields: Mapping[str, object], yaml: str = "") -> list[Complaint]:
    """What is valid and still refused by some client, or by the reference validator.

    Args:
        fields: the front matter.
        yaml: as it is written.
    """
    named = _refused_by_clients(str(fields.get("name", "")).strip(), str(fields.get("description", "")))
    return [*named, *_refused_as_written(yaml)]


def _refused_as_written(yaml: str) -> Iterator[Complaint]:
    """The reference validator cuts front matter at any three hyphens, and reads no YAML in braces or brackets."""
    if "---" in yaml:
        yield Complaint("", "front matter holds --- within a line, where some clients end it; write it without")
    if found := _FLOW.search(yaml):
        message = f"{found['key'] or 'front matter'} is written in braces or brackets, which some clients refuse"
        yield Complaint("", f"{message}; write one key or item a line")


def _refused_by_clients(name: str, description: str) -> Iterator[Complaint]:
    if name and not _PORTABLE.fullmatch(name):
        yield Complaint(
            "name", f"name {name!r:.80} is not ASCII small letters, digits and single hyphens; some clients refuse it"
        )
    if re.search(r"[<>]", description):
        yield Complaint("description", "description holds < or >, which some clients refuse; write it without")


def _of_name(folder: str, name: object) -> Iterator[Complaint]:
    if not isinstance(name, str) or not name.strip():
        yield Complaint("name", "name is missing or empty; name the skill like its folder")
        return
    name = unicodedata.normalize("NFKC", name.strip())
    if len(name) > LONGEST_NAME:
        yield Complaint("name", f"name has {len(name)} characters, more than {LONGEST_NAME}; shorten it")
    if name != name.lower():
        yield Complaint("name", f"name {name!r:.80} must be lower case")
    if name.startswith("-") or name.endswith("-"):
        yield Complaint("name", f"name {name!r:.80} must not start or end with a hyphen")
    if "--" in name:
        yield Complaint("name", f"name {name!r:.80} must not hold two hyphens in a row")
    if not all(character.isalnum() or character == "-" for character in name):
        yield Complaint("name", f"name {name!r:.80} may hold letters, digits and hyphens alone")
    if folder and unicodedata.normalize("NFKC", folder) != name:
        yield Complaint("name", f"name {name!r:.80} is not the folder's, {folder!r:.80}; rename one of them")


def _of_description(text: object) -> Iterator[Complaint]:
    if not isinstance(text, str) or not text.strip():
        yield Complaint("description", "description is missing or empty; say what the skill does and when to use it")
    elif len(text) > LONGEST_DESCRIPTION:
        message = f"description has {len(text)} characters, more than {LONGEST_DESCRIPTION}; shorten it"
        yield Complaint("description", message)


def _of_compatibility(fields: Mapping[str, object]) -> Iterator[Complaint]:
    if "compatibility" not in fields:
        return
    text = fields["compatibility"]
    if not isinstance(text, str) or not text.strip():
        yield Complaint("compatibility", "compatibility must be a text that is not empty; write or drop it")
    elif len(text) > LONGEST_COMPATIBILITY:
        message = f"compatibility has {len(text)} characters, more than {LONGEST_COMPATIBILITY}; shorten it"
        yield Complaint("compatibility", message)


def _of_metadata(fields: Mapping[str, object]) -> Iterator[Complaint]:
    metadata = fields.get("metadata", {})
    if not isinstance(metadata, Mapping) or not all(isinstance(value, str) for value in metadata.values()):
        yield Complaint("metadata", "metadata must map names to texts")
