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
# Line ends to YAML 1.1, which the parser reads; plain characters to YAML 1.2.
_NO_BREAKS = str.maketrans("\x85\u2028\u2029", "   ")
ParseTexts = Callable[[str, str], Mapping[str, object]]


@dataclass(frozen=True)
class Matter:
    """What a SKILL.md says of itself. `yaml` as it is written; the body begins on `body_line`, 1-based."""

    folder: Path
    file: Path
    fields: Mapping[str, object]
    yaml: str
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
    if text.startswith("\ufeff"):
        raise SkillUnreadable("starts with a byte order mark; save it as UTF-8 without one")
    if not text.startswith("---"):
        raise SkillUnreadable("must start with YAML front matter (---)")
    lines = text.split("\n")
    end = next((number for number, line in enumerate(lines[1:], start=1) if line.rstrip() == "---"), None)
    if lines[0].rstrip() != "---" or end is None:
        raise SkillUnreadable("front matter is not closed with ---")
    try:
        yaml = "".join(f"{line}\n" for line in lines[1:end])
        fields = parse("\n" + yaml.translate(_NO_BREAKS), "front matter")  # lines count as in the file
    except DocumentError as error:
        raise SkillUnreadable(str(error)) from error
    return Matter(folder, file, fields, yaml, "\n".join(lines[end + 1 :]), end + 2)


def references(folder: Path) -> list[Path]:
    """The references of a skill, as far as they are text of a size that agents read."""
    found = sorted((folder / "references").glob("*.md"))
    return [file for file in found if file.is_file() and file.stat().st_size <= LARGEST_BYTES]


def _text(file: Path, folder: Path) -> str:
    try:
        if not file.resolve().is_relative_to(folder.resolve().parent):
            raise SkillUnreadable(f"{file.name} links out of its folder; put the file itself there")
        if not file.is_file():
            raise SkillUnreadable(f"{file.name} is no file that can be read; put a text there")
        if file.stat().st_size > LARGEST_BYTES:
            raise SkillUnreadable(f"{file.name} has more than {LARGEST_BYTES:,} bytes; move parts to references/")
        return file.read_bytes().decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise SkillUnreadable(f"byte {error.start:,} is not UTF-8; save the file as UTF-8") from error
    except OSError as error:
        raise SkillUnreadable(f"cannot be read: {error.strerror or error}") from error


def _is_ours(file: Path, root: Path) -> bool:
    return NEVER.isdisjoint(file.relative_to(root).parts)
