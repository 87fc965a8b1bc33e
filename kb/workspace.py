"""A workspace: a folder with a `kb.toml`, what that file says, and which of the folder's files are knowledge."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any, Literal, cast, get_args

from kb.documents import KINDS, WorkspaceError

CONFIG = "kb.toml"
DEFAULT_EMBEDDER = "eco2-static-16k"
DEFAULT_TRANSLATIONS = "eco2-terms"
COLLECTIONS = (*KINDS, "term")
Vectors = Literal["auto", "exact", "chroma"]
Lexical = Literal["postings", "rank-bm25"]
Fusion = Literal["convex", "rrf"]

TEMPLATE = """\
# What `kb` knows of this repository; see `kb search --help`.
[kb]
# Files, folders or patterns that hold knowledge. Absent: all Markdown, and YAML with ids, that git does not ignore.
# sources = ["docs", "README.md"]
# exclude = ["docs/archive"]
"""

_SUFFIXES = (".md", ".markdown", ".mdx", ".yaml", ".yml")
_NEVER_AT_ROOT = frozenset({"datasets", "tests"})
# Where `harness run` writes: a report repeats what the bot said, right or wrong.
_RUNS = ("reports/runs/", "reports/latest/")
NEVER = frozenset(
    {".git", ".hg", ".svn", ".venv", "venv", ".kb", "node_modules", "__pycache__", ".tox", ".nox", ".mypy_cache",
     ".ruff_cache", ".pytest_cache", "site-packages", ".eggs"}
)  # fmt: skip


@dataclass(frozen=True)
class Options:
    """The `[kb]` table of a `kb.toml`. `sources` are files, folders or patterns; None finds them by what is there.

    `weights` and `quotas` are by collection: a kind of document, or "term" for the entries of a glossary (`kb.rank`).
    `areas` are the parts of the repository that get a compiled skill, each with its paths.
    """

    sources: tuple[str, ...] | None = None
    exclude: tuple[str, ...] = ()
    embedder: str = DEFAULT_EMBEDDER
    vectors: Vectors = "auto"
    lexical: Lexical = "postings"
    fusion: Fusion = "convex"
    lexical_weight: float = 0.6
    translations: str = DEFAULT_TRANSLATIONS
    weights: tuple[tuple[str, float], ...] = (("term", 0.4),)
    quotas: tuple[tuple[str, int], ...] = (("term", 1),)
    areas: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class Workspace:
    """Where knowledge lies. `mounts` are folders that stand elsewhere, by the path under which they are known."""

    root: Path
    options: Options = field(default_factory=Options)
    profile: str | None = None
    mounts: tuple[tuple[str, Path], ...] = ()
    is_packaged: bool = False

    def locate(self, path: str) -> Path:
        """The file behind a path that is relative to the workspace."""
        for prefix, folder in self.mounts:
            if PurePosixPath(path).is_relative_to(prefix):
                return folder / PurePosixPath(path).relative_to(prefix)
        return self.root / path


def options_from(config: Mapping[str, object], profile: str | None, where: str) -> Options:
    """Read the `[kb]` table, with the profile's table laid over it.

    Raises:
        WorkspaceError: an unknown key or profile, or a value of the wrong kind; names the key and what is allowed.
    """
    table = _table(config.get("kb", {}), "[kb]", where)
    profiles = _table(table.get("profiles", {}), "[kb.profiles]", where)
    if profile is not None and profile not in profiles:
        known = ", ".join(sorted(profiles)) or "none"
        raise WorkspaceError(f"{where}: no profile {profile!r} in [kb.profiles]; known are {known}")
    chosen = _table(profiles[profile], f"[kb.profiles.{profile}]", where) if profile else {}
    plain = {key: value for key, value in table.items() if key != "profiles"}
    return _options({**plain, **chosen}, where)


def wanted(paths: Iterable[str], options: Options) -> list[str]:
    """Those paths that hold knowledge by name and place, sorted.

    Markdown and YAML below the sources; never what git, tools and virtual environments keep for themselves, and never
    `datasets/` or `tests/` of the workspace, which hold what is expected rather than what is known, nor what a
    harness reported.
    """
    return sorted(path for path in set(paths) if _is_wanted(path, options))


def _is_wanted(path: str, options: Options) -> bool:
    parts = PurePosixPath(path).parts
    if not path.lower().endswith(_SUFFIXES) or parts[0] in _NEVER_AT_ROOT or not NEVER.isdisjoint(parts):
        return False
    if path.startswith(_RUNS) or any(_matches(path, pattern) for pattern in options.exclude):
        return False
    return options.sources is None or any(_matches(path, source) for source in options.sources)


def _matches(path: str, source: str) -> bool:
    source = source.removeprefix("./").rstrip("/")
    return source in {"", "."} or path == source or path.startswith(f"{source}/") or fnmatchcase(path, source)


def _table(value: object, name: str, where: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise WorkspaceError(f"{where}: {name} must be a table")
    return cast(Mapping[str, object], value)


def _options(table: Mapping[str, object], where: str) -> Options:
    known = {entry.name for entry in fields(Options)}
    if unknown := sorted(set(table) - known):
        raise WorkspaceError(f"{where}: [kb] has no key {unknown[0]!r}; known are {', '.join(sorted(known))}")
    checked: dict[str, Any] = {key: _checked(key, value, where) for key, value in table.items()}
    return Options(**checked)


def _checked(key: str, value: object, where: str) -> object:
    choices = {"vectors": get_args(Vectors), "lexical": get_args(Lexical), "fusion": get_args(Fusion)}
    if key in {"sources", "exclude"}:
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        raise WorkspaceError(f"{where}: {key} must be a list of paths, got {value!r}")
    if key in {"weights", "quotas"}:
        return _by_collection(key, value, where)
    if key == "areas":
        return _areas(value, where)
    if key == "lexical_weight":
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
            return float(value)
        raise WorkspaceError(f"{where}: lexical_weight must be a number from 0 to 1, got {value!r}")
    if not isinstance(value, str) or value not in choices.get(key, (value,)):
        raise WorkspaceError(f"{where}: {key} must be {' or '.join(choices.get(key, ('text',)))}, got {value!r}")
    return value


def _areas(value: object, where: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """A table of lists of paths by the name of an area."""
    found = []
    for name, paths in _table(value, "[kb.areas]", where).items():
        if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", name):
            raise WorkspaceError(f"{where}: [kb.areas] {name!r} must be small letters, digits and single hyphens")
        if not isinstance(paths, list) or not paths or not all(isinstance(path, str) for path in paths):
            raise WorkspaceError(f"{where}: areas.{name} must be a list of paths, got {paths!r}")
        found.append((name, tuple(path.strip("/") for path in paths)))
    return tuple(found)


def _by_collection(key: str, value: object, where: str) -> tuple[tuple[str, float], ...]:
    """A table of finite numbers by collection: weights of 0 or more, quotas whole and at least 1."""
    least, wanted = (0, "a weight of 0 or more") if key == "weights" else (1, "a whole number from 1")
    for name, number in _table(value, f"[kb.{key}]", where).items():
        if name not in COLLECTIONS:
            raise WorkspaceError(f"{where}: [kb.{key}] has no collection {name!r}; use {', '.join(COLLECTIONS)}")
        is_number = isinstance(number, int | float if key == "weights" else int) and not isinstance(number, bool)
        if not is_number or not least <= cast(float, number) <= sys.float_info.max:
            raise WorkspaceError(f"{where}: {key}.{name} must be {wanted}, got {number!r}")
    # Collections that a workspace does not name keep their default.
    return tuple(sorted({**dict(getattr(Options, key)), **cast(Mapping[str, float], value)}.items()))
