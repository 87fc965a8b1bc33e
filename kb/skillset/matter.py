"""A SKILL.md taken apart: its front matter as texts, its body, or why it cannot be read.

Scalars are texts, as in the specification's reference validator: `name: 1.0` names a skill "1.0".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kb.documents import DocumentError, KbError
from kb.workspace import NEVER

NAMES = ("SKILL.md", "skill.md")
LARGEST_BYTES = 1_000_000
ParseTexts = Callable[[str, str], Mapping[str, object]]


@dataclass(frozen=True)
class Matter:
    """What a SKILL.md says of itself. `body_line` is the 1-based line on which the body begins."""

    folder: Path
    file: Path
    fields: Mapping[str, object]
    body: str
    body_line: int

    @property
    def name(self) -> str:
        return str(self.fields.get("name", ""))

    @property
    def description(self) -> str:
        return str(self.fields.get("description", ""))


class SkillUnreadable(KbError):
    """A skill whose front matter cannot be read at all."""


def skill_folders(root: Path) -> list[Path]:
    """The folders with a SKILL.md: the folder itself, else those below it, by path; hidden ones of clients included.

    Raises:
        KbError: there is no such folder.
    """
    if not root.is_dir():
        raise KbError(f"no folder {root}; give a skill's folder or a folder of skills")
    if skill_file(root):
        return [root]
    found = {file.parent for name in NAMES for file in root.rglob(name) if file.is_file() and _is_ours(file, root)}
    return sorted(found)


def skill_file(folder: Path) -> Path | None:
    """The SKILL.md of a folder; `skill.md` is taken too, as the reference validator does."""
    listed = {entry.name for entry in folder.iterdir()} if folder.is_dir() else set()
    return next((folder / name for name in NAMES if name in listed), None)


def read_matter(folder: Path, parse: ParseTexts) -> Matter:
    """Read the SKILL.md of a folder.

    Raises:
        SkillUnreadable: it is missing, no text, has no closed front matter, or that is no YAML mapping.
    """
    file = skill_file(folder)
    if file is None:
        raise SkillUnreadable("no SKILL.md in the folder; write one")
    text = _text(file, folder)
    if not text.startswith("---"):
        raise SkillUnreadable("must start with YAML front matter (---)")
    lines = text.split("\n")
    end = next((number for number, line in enumerate(lines[1:], start=1) if line.rstrip() == "---"), None)
    if lines[0].rstrip() != "---" or end is None:
        raise SkillUnreadable("front matter is not closed with ---")
    try:
        fields = parse("\n".join(lines[1:end]), "front matter")
    except DocumentError as error:
        raise SkillUnreadable(f"front matter cannot be read: {error}") from error
    return Matter(folder, file, fields, "\n".join(lines[end + 1 :]), end + 2)


def _text(file: Path, folder: Path) -> str:
    try:
        if not file.resolve().is_relative_to(folder.resolve().parent):
            raise SkillUnreadable(f"{file.name} links out of its folder; put the file itself there")
        if file.stat().st_size > LARGEST_BYTES:
            raise SkillUnreadable(f"{file.name} has more than {LARGEST_BYTES:,} bytes; move parts to references/")
        return file.read_bytes().decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise SkillUnreadable(f"byte {error.start:,} is not UTF-8; save the file as UTF-8") from error
    except OSError as error:
        raise SkillUnreadable(f"cannot be read: {error.strerror or error}") from error


def _is_ours(file: Path, root: Path) -> bool:
    return NEVER.isdisjoint(file.relative_to(root).parts)
