"""The names of files in a diff: quoted as git quotes them, with or without the prefixes `a/` and `b/`."""

from __future__ import annotations

import re

NOWHERE = "/dev/null"
_PREFIX = re.compile(r"[abciow]/")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_ESCAPES = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


def spoken(name: str) -> str:
    """A name as it is; git puts one with letters outside of ASCII in quotes and writes its bytes in octal digits."""
    found = _QUOTED.match(name)
    if found is None:
        return name.partition("\t")[0].strip()
    return _ESCAPE.sub(_unescaped, found[1].encode("utf-8", "surrogateescape")).decode("utf-8", "replace")


def of_both(header: str) -> tuple[str, str] | None:
    """The old and the new name behind `diff --git`, prefixes kept; None where a blank could end either."""
    if header.startswith('"') or header.endswith('"'):
        first = _QUOTED.match(header)
        old = first[0] if first else header.partition(' "')[0]
        return spoken(old), spoken(header[len(old) :].strip())
    middle = len(header) // 2
    if header.count(" ") == 1:
        old, _, new = header.partition(" ")
        return old, new
    old, new = header[:middle], header[middle + 1 :]
    return (old, new) if header[middle : middle + 1] == " " and _bare(old) == _bare(new) else None


def without_prefixes(old: str, new: str) -> tuple[str, str]:
    """Both names without the prefixes that git writes: those differ, a folder of such a name does not."""
    is_folder = NOWHERE not in (old, new) and old[:2] == new[:2]
    return (old, new) if is_folder else (_bare(old), _bare(new))


def _bare(name: str) -> str:
    return _PREFIX.sub("", name, count=1) if _PREFIX.match(name) else name


def _unescaped(found: re.Match[bytes]) -> bytes:
    said: bytes = found[1]
    return bytes([int(said, 8) & 0xFF]) if said.isdigit() and len(said) == 3 else _ESCAPES.get(said, said)
