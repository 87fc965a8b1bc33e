"""Fetch pinned public repositories with git and write their aligned Korean and English sections: `kb embedder fetch`.

Which repositories, at which commits, under which licences stands in `kb/models/<name>/sources.toml`. What is fetched
is training data: it goes to a file that the user names, never into this repository.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from kb.align import align_markdown, align_po, notebook_text
from kb.documents import DocumentError, KbError
from kb.pairs import Section

BASE = "https://github.com"
_NAME = re.compile(r"\w[\w.-]*/\w[\w.-]*")
_COMMIT = re.compile(r"[0-9a-f]{7,40}")
_WHOLE_COMMIT = 40
_MARKDOWN = {".md", ".mdx"}


@dataclass(frozen=True)
class Layout:
    """Where documents lie: `{path}` in `ko` and `en` is what both names share; `po` names gettext files."""

    ko: str = ""
    en: str = ""
    po: str = ""

    @property
    def patterns(self) -> tuple[str, ...]:
        return tuple(pattern for pattern in (self.ko, self.en, self.po) if pattern)


@dataclass(frozen=True)
class Source:
    """A repository at one commit, with the terms of its text."""

    repo: str
    commit: str
    licence: str
    attribution: str
    layouts: tuple[Layout, ...]


@dataclass(frozen=True)
class Fetched:
    """What one source gave; `skipped` names the documents that could not be read."""

    repo: str
    commit: str
    documents: int
    sections: int
    paragraph_pairs: int
    skipped: tuple[str, ...]


def fetch(sources_path: Path, out_path: Path, *, base: str = BASE) -> list[Fetched]:
    """Fetch every source, align it and write one JSON row a section to `out_path`, gzipped, each section once.

    Args:
        sources_path: a `sources.toml`.
        out_path: the file to write; its folder is made where it is missing.
        base: what goes before "/owner/name"; a mirror, or file:// and a folder of repositories.

    Raises:
        KbError: `sources_path` is unreadable, or git fails; the message carries git's last line.
    """
    reports: list[Fetched] = []
    unique: dict[tuple[object, ...], Section] = {}
    for source in read_sources(sources_path):
        with tempfile.TemporaryDirectory() as scratch:
            commit = _checkout(source, Path(scratch), base)
            found, report = _aligned(source, commit, Path(scratch))
        # Versions of one manual repeat most of it.
        for section in found:
            unique.setdefault((section.repo, section.heading_ko, section.paragraphs_ko, section.paragraphs_en), section)
        reports.append(report)
    write_sections(out_path, unique.values())
    return reports


def read_sources(path: Path) -> list[Source]:
    """Parse a `sources.toml`.

    Raises:
        KbError: not TOML, or an entry lacks a field, a sound name or a commit.
    """
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))["sources"]
        return [_source(row) for row in rows]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KbError(f"{path}: {error}; [[sources]] need repo, commit, licence, attribution, layouts") from error


def read_sections(path: Path) -> Iterator[Section]:
    """Read what `fetch` wrote, row by row.

    Raises:
        KbError: the file is missing, not gzip, or a row is not a section; names the line.
    """
    line = 0
    try:
        with gzip.open(path, "rt", encoding="utf-8") as rows:
            for row in rows:
                line += 1
                yield _from_row(json.loads(row))
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise KbError(f"{path}:{line}: not a section ({error!r}); write the file with `kb embedder fetch`") from error


def write_sections(path: Path, sections: Iterable[Section]) -> None:
    """Write sections as gzipped JSON lines; the bytes depend on the sections alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = "".join(json.dumps(asdict(section), ensure_ascii=False) + "\n" for section in sections)
    path.write_bytes(gzip.compress(rows.encode(), mtime=0))


def _source(row: dict[str, object]) -> Source:
    layouts = row["layouts"]
    if not isinstance(layouts, list):
        raise TypeError(f"layouts of {row['repo']} is not a list")
    source = Source(
        repo=str(row["repo"]),
        commit=str(row["commit"]),
        licence=str(row["licence"]),
        attribution=str(row["attribution"]),
        layouts=tuple(Layout(**layout) for layout in layouts),
    )
    if not _NAME.fullmatch(source.repo) or not _COMMIT.fullmatch(source.commit):
        raise ValueError(f"{source.repo!r} at {source.commit!r} is not owner/name at a commit of 7 to 40 digits")
    return source


def _checkout(source: Source, folder: Path, base: str) -> str:
    """Check out the source's documents and return the whole name of its commit."""

    def git(*words: str) -> str:
        return _git(source.repo, folder, words)

    git("init", "--quiet")
    # A link of a foreign repository must not lead the reader out of its folder: it is checked out as a text file.
    git("config", "core.symlinks", "false")
    git("remote", "add", "origin", f"{base}/{source.repo}")
    if len(source.commit) == _WHOLE_COMMIT:
        git("fetch", "--quiet", "--depth=1", "--filter=blob:none", "origin", source.commit)
    else:
        # Servers give no commit by an abbreviation; the history without its files is small and resolves it.
        git("fetch", "--quiet", "--filter=tree:0", "origin")
    commit = git("rev-parse", "--verify", f"{source.commit}^{{commit}}").strip()
    git("sparse-checkout", "set", "--no-cone", *_folders(source))
    git("checkout", "--quiet", "--detach", commit)
    return commit


def _git(repo: str, folder: Path, words: Sequence[str]) -> str:
    # Inside a git hook GIT_DIR and its like point at the repository that runs the hook.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment = {**inherited, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *words], env=environment, capture_output=True, text=True, check=True
        )
    except FileNotFoundError as error:
        raise KbError("git is not installed; `kb embedder fetch` needs it") from error
    except subprocess.CalledProcessError as error:
        last = (error.stderr.strip().splitlines() or ["no message"])[-1]
        raise KbError(f"git {words[0]} failed for {repo}: {last}; check the commit and the network") from error
    return done.stdout


def _aligned(source: Source, commit: str, folder: Path) -> tuple[list[Section], Fetched]:
    sections: list[Section] = []
    documents, skipped = 0, []
    for layout in source.layouts:
        for path, files in _documents(layout, folder):
            documents += 1
            try:
                sections += _align(files, source.repo, path)
            except (DocumentError, UnicodeDecodeError):
                skipped.append(path)
    pairs = sum(len(section.aligned) for section in sections)
    return sections, Fetched(source.repo, commit, documents, len(sections), pairs, tuple(skipped))


def _documents(layout: Layout, folder: Path) -> Iterator[tuple[str, tuple[Path, ...]]]:
    """Yield (the document's path, its files: one .po, or Korean and English) in the order of the paths."""
    pattern = re.compile(re.escape(layout.po or layout.ko).replace(r"\{path\}", "(.+)"))
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    for name in names:
        if not (match := pattern.fullmatch(name)) or name.startswith(".git/"):
            continue
        if layout.po:
            yield name, (folder / name,)
        elif (english := folder / layout.en.replace("{path}", match[1])).is_file():
            yield name, (folder / name, english)


def _align(files: Sequence[Path], repo: str, path: str) -> list[Section]:
    texts = [file.read_text(encoding="utf-8") for file in files]
    if len(texts) == 1:
        return align_po(texts[0], repo, path)
    suffix = Path(path).suffix
    if suffix == ".ipynb":
        texts = [notebook_text(text, path) for text in texts]
    elif suffix not in _MARKDOWN:
        return []
    return align_markdown(texts[0], texts[1], repo, path)


def _folders(source: Source) -> list[str]:
    """Say in git's sparse-checkout patterns what to check out: the folders before `{path}`."""
    patterns = [pattern for layout in source.layouts for pattern in layout.patterns]
    return [f"/{pattern.partition('{path}')[0]}**" for pattern in patterns]


def _from_row(row: dict[str, object]) -> Section:
    paragraphs = (_strings(row["paragraphs_ko"]), _strings(row["paragraphs_en"]))
    aligned = row["aligned"]
    if not isinstance(aligned, list):
        raise TypeError("aligned is not a list of pairs")
    pairs = tuple((str(korean), str(english)) for korean, english in aligned)
    words = str(row["heading_ko"]), str(row["heading_en"])
    return Section(str(row["repo"]), str(row["path"]), int(str(row["level"])), *words, *paragraphs, pairs)


def _strings(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is not a list of paragraphs")
    return tuple(str(item) for item in value)
