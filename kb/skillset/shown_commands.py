"""Commands that a repository's own documents show: how it is built, tested and asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from kb.briefs.binding import Binding
from kb.briefs.pointers import Shelf
from kb.mentions import mentions
from kb.skillset.trust import unsafe_line, untrusted

_COMMAND = re.compile(
    r"^(?:\$ )?(?P<command>"
    r"(?:make|pytest|npm|pnpm|yarn|cargo|go|uv|tox|nox|just|kb|eco2|harness|sh|bash|\./\S+|python3? -m)"
    r"(?: [\w./:=@{}\"'<>|*$-]+)*)"
)
_INLINE = re.compile(r"`([^`\n]+)`")
_MOST_COMMANDS = 12


def commands_of(paths: Sequence[str], binding: Binding, pin: Callable[[str], str]) -> list[str]:
    """Commands that documents on some paths show, one a line, each with its source; a dozen at most.

    Args:
        paths: of an area; an empty one stands for the whole repository.
        binding: of the index.
        pin: the beginning of the hash of what a citation names.
    """
    made: dict[str, str] = {}
    for place in dict.fromkeys(place for path in paths for place in _places(path, binding)):
        document = binding.shelf.documents[place]
        text = "\n".join(passage.text for passage in binding.shelf.passages(place))
        if document.kind not in ("doc", "skill") or untrusted(text) or not mentions(f"[{document.path}:1]"):
            continue
        for command, line in _shown_commands(binding.shelf, place):
            where = f"{document.path}:{line}"
            if command not in made and len(made) < _MOST_COMMANDS and not unsafe_line(command):
                made[command] = f"- `{command}` [{where}@{pin(where)}]"
    return list(made.values())


def _places(path: str, binding: Binding) -> list[int]:
    """The documents on a path; of the whole repository all, those at its top first."""
    every = binding.shelf.documents
    if not path:
        return sorted(range(len(every)), key=lambda place: every[place].path.count("/"))
    return [bound.place for bound in binding.of([path])]


def _shown_commands(shelf: Shelf, place: int) -> Iterator[tuple[str, int]]:
    for passage in shelf.passages(place):
        for number, line in enumerate(passage.text.split("\n"), start=passage.line_start):
            candidates = [line.strip(), *_INLINE.findall(line)] if "`" in line or line[:1].isalpha() else []
            for candidate in candidates:
                if (found := _COMMAND.fullmatch(candidate)) and " " in found["command"]:
                    yield found["command"], number
