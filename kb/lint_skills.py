"""Rules about skills: the front matter of every SKILL.md against the open specification (`kb.skillset.specification`).

Here what only some clients refuse counts too: a workspace is written for all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from kb.lint_subject import Found, Page, Subject
from kb.skillset.specification import errors, unknown, warnings

_LONGEST_BODY_LINES = 500


def skill_invalid(subject: Subject) -> Iterator[Found]:
    """A SKILL.md whose front matter breaks the open specification."""
    for page in _skills(subject):
        if page.error is None:
            fields = {key: _texts(value) for key, value in page.meta.items()}
            complaints = [*errors(PurePosixPath(page.path).parent.name, fields), *warnings(fields)]
            yield from (Found(page.path, page.key_line(one.key), one.message) for one in complaints)


def skill_key_unknown(subject: Subject) -> Iterator[Found]:
    """A SKILL.md with a key that the open specification does not have."""
    for page in _skills(subject):
        yield from (Found(page.path, page.key_line(one.key), one.message) for one in unknown(page.meta))


def skill_too_long(subject: Subject) -> Iterator[Found]:
    """A SKILL.md body that is longer than what agents are meant to load at once."""
    for page in _skills(subject):
        length = len(page.lines) - page.matter.body_start + 1
        if length > _LONGEST_BODY_LINES:
            message = f"body has {length} lines, more than {_LONGEST_BODY_LINES}; move parts to references/"
            yield Found(page.path, page.matter.body_start, message)


def _skills(subject: Subject) -> Iterator[Page]:
    return (page for page in subject.pages if PurePosixPath(page.path).name == "SKILL.md")


def _texts(value: object) -> object:
    """Scalars as texts, as the specification reads them."""
    if isinstance(value, Mapping):
        return {key: _texts(item) for key, item in value.items()}
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
