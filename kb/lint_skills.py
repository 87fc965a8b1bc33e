"""Rules about skills: the front matter of every SKILL.md against the open Agent Skills specification.

Source: agentskills/agentskills, specification of 2026-08-09. Names are held to ASCII, as the stricter of the two public
validators does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from kb.lint_subject import Found, Page, Subject

KEYS = ("name", "description", "license", "compatibility", "metadata", "allowed-tools")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_NAME = 64
_LONGEST_DESCRIPTION = 1024
_LONGEST_COMPATIBILITY = 500
_LONGEST_BODY_LINES = 500


def skill_invalid(subject: Subject) -> Iterator[Found]:
    """A SKILL.md whose front matter breaks the open specification."""
    for page in _skills(subject):
        if page.error is None:
            folder = PurePosixPath(page.path).parent.name
            yield from (
                Found(page.path, page.key_line(key), message) for key, message in skill_errors(folder, page.meta)
            )


def skill_key_unknown(subject: Subject) -> Iterator[Found]:
    """A SKILL.md with a key that the open specification does not have."""
    for page in _skills(subject):
        for key in unknown_keys(page.meta):
            message = f"key {key!r} is outside the open specification; known are {', '.join(KEYS)}"
            yield Found(page.path, page.key_line(key), message)


def skill_too_long(subject: Subject) -> Iterator[Found]:
    """A SKILL.md body that is longer than what agents are meant to load at once."""
    for page in _skills(subject):
        length = len(page.lines) - page.matter.body_start + 1
        if length > _LONGEST_BODY_LINES:
            message = f"body has {length} lines, more than {_LONGEST_BODY_LINES}; move parts to references/"
            yield Found(page.path, page.matter.body_start, message)


def skill_errors(folder: str, meta: Mapping[str, object]) -> list[tuple[str, str]]:
    """What breaks the specification, as (key, message); unknown keys are left to `unknown_keys`.

    Args:
        folder: the name of the folder that holds the SKILL.md; empty when that is the workspace itself.
        meta: its front matter.
    """
    return [
        *_name_errors(folder, meta.get("name")),
        *_description_errors(meta.get("description")),
        *_other_errors(meta),
    ]


def unknown_keys(meta: Mapping[str, object]) -> list[str]:
    """Keys that the specification does not have, in their order."""
    return [key for key in meta if key not in KEYS]


def _skills(subject: Subject) -> Iterator[Page]:
    return (page for page in subject.pages if PurePosixPath(page.path).name == "SKILL.md")


def _name_errors(folder: str, name: object) -> Iterator[tuple[str, str]]:
    if not isinstance(name, str) or not name.strip():
        yield "name", "skill has no name; name it like its folder"
        return
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        yield "name", f"name {name!r} must be 1-{_LONGEST_NAME} small letters, digits and single hyphens; rename it"
    if folder and name != folder:
        yield "name", f"name {name!r} is not the folder's ({folder}); rename one of them"


def _description_errors(text: object) -> Iterator[tuple[str, str]]:
    if not isinstance(text, str) or not text.strip():
        yield "description", "skill has no description; say what it does and when to use it"
    elif len(text) > _LONGEST_DESCRIPTION:
        yield "description", f"description has {len(text)} characters, more than {_LONGEST_DESCRIPTION}; shorten it"
    elif re.search(r"[<>]", text):
        yield "description", "description holds < or >, which clients refuse; write it without"


def _other_errors(meta: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    compatibility = meta.get("compatibility")
    if compatibility is not None and not 1 <= len(str(compatibility)) <= _LONGEST_COMPATIBILITY:
        yield "compatibility", f"compatibility must have 1-{_LONGEST_COMPATIBILITY} characters; shorten or drop it"
    for key in ("license", "allowed-tools"):
        if key in meta and not isinstance(meta[key], str):
            yield key, f"{key} must be one text, got {type(meta[key]).__name__}; write it on one line"
    metadata = meta.get("metadata")
    if metadata is not None and not _is_texts(metadata):
        yield "metadata", 'metadata must map names to texts; quote numbers, as in version: "1.0"'


def _is_texts(value: object) -> bool:
    return isinstance(value, Mapping) and all(isinstance(item, str) for item in value.values())
