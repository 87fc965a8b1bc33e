"""Where things lie: the workspace that is meant, the files of it that are knowledge, its index, its frozen world."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kb import files
from kb.cite import Place
from kb.documents import Finding, KbError, WorkspaceError
from kb.hashes import Hashes
from kb.read import Source
from kb.workspace import CONFIG, Options, Workspace, options_from, wanted

_PACKAGE = Path(__file__).resolve().parent
_CONTENT = _PACKAGE / "_content"
# The rules lie below `kb/` in the repository, and citations made there must hold in the wheel.
_PACKAGED_AS = {"rules": "kb/rules"}


class FilesMoved(KbError):
    """A file is not what it was a moment ago; trying again helps."""


@dataclass(frozen=True)
class Files:
    """What is asked of the workspace's files: text, hash, and where a fact of the frozen world stands."""

    read: Callable[[str], Source | Finding]
    blob_of: Callable[[str], str | None]
    world_place: Callable[[str], Place | None]


def files_of(workspace: Workspace) -> Files:
    hashes = Hashes(files.blob_of)
    return Files(
        read=lambda path: _read(workspace, path),
        blob_of=lambda path: hashes.blob_of(workspace.locate(path), _fence(workspace, path)),
        world_place=lambda name: world_place(workspace, name),
    )


def index_command(workspace: Workspace) -> str:
    """What a user types here to build the index."""
    profile = f" --profile {workspace.profile}" if workspace.profile else ""
    is_here = workspace.is_packaged or Path.cwd().is_relative_to(workspace.root)
    return f"kb index{profile}" if is_here else f"kb index{profile} --workspace {workspace.root}"


def workspace_at(given: Path | None, profile: str | None) -> Workspace:
    """The workspace in a given folder, else in the nearest one upward with a `kb.toml`, else what the wheel carries.

    Raises:
        WorkspaceError: the folder does not exist, or its `kb.toml` cannot be read.
    """
    if given is not None and not given.is_dir():
        raise WorkspaceError(f"no folder {given}; give the folder that holds {CONFIG}, or run `kb init` in it")
    root = given.resolve() if given else files.find_root(_here())
    return _opened(root, profile) if root else _packaged(profile)


def index_home(workspace: Workspace, cache: Path) -> Path:
    """The folder for the index: `.kb/` in the workspace, or the user's cache where nothing can be written there."""
    name = workspace.profile or "default"
    inside = workspace.root / ".kb" / name
    if not workspace.is_packaged and (inside.is_dir() or _is_writable(workspace.root)):
        return inside
    return cache / hashlib.sha256(str(workspace.root).encode()).hexdigest()[:16] / name


def paths(workspace: Workspace) -> list[str]:
    """The files that may hold knowledge, sorted; with those of them that cannot be read, since reading says why."""
    mounts = workspace.mounts or (("", workspace.root),)
    listed = (
        f"{prefix}/{path}" if prefix else path
        for prefix, folder in mounts
        for path in files.list_paths(folder, refused=True)
    )
    return wanted(listed, workspace.options)


def blobs(workspace: Workspace) -> dict[str, str]:
    """Git's hash of each of those files, by path; what vanished meanwhile is left out.

    What cannot be read has a word for a hash that no other file has: it is no copy of another, and reading it is tried
    again each time.
    """
    hashes = ((path, _hash(workspace, path)) for path in paths(workspace))
    return {path: found for path, found in hashes if found is not None}


def read_settled(
    workspace: Workspace, wanted_paths: Sequence[str], hashed: Mapping[str, str]
) -> tuple[list[Source], list[Finding]]:
    """As `read_sources`, of files that are as `hashed` says.

    An index that holds another text than its manifest would pass for fresh once the old text is back.

    Raises:
        FilesMoved: a file was changed in between.
    """
    sources, findings = read_sources(workspace, wanted_paths)
    found = {source.path: source.blob for source in sources}
    found |= {finding.path: _hash(workspace, finding.path) or "" for finding in findings}
    if moved := sorted(path for path, blob in found.items() if blob != hashed[path]):
        raise FilesMoved(f"{moved[0]} was changed while it was read; run `kb index` again when the files hold still")
    return sources, findings


def read_sources(workspace: Workspace, wanted_paths: Iterable[str]) -> tuple[list[Source], list[Finding]]:
    """Read files as text; a finding for each that is none."""
    read = [_read(workspace, path) for path in wanted_paths]
    return [item for item in read if isinstance(item, Source)], [item for item in read if isinstance(item, Finding)]


def world_place(workspace: Workspace, fact_id: str) -> Place | None:
    """The line of a fact in the workspace's frozen world (`datasets/world/*.jsonl`)."""
    for file in sorted((workspace.root / "datasets" / "world").glob("*.jsonl")):
        source = _read(workspace, file.relative_to(workspace.root).as_posix())
        lines = source.text.split("\n") if isinstance(source, Source) else []
        for number, line in enumerate(lines, start=1):
            if fact_id in line and _id_of(line) == fact_id:
                return Place(file.relative_to(workspace.root).as_posix(), number, number)
    return None


def _id_of(line: str) -> object:
    """The id of a fact; None where the line is no fact."""
    try:
        fact = json.loads(line)
    except ValueError:
        return None
    return fact.get("id") if isinstance(fact, dict) else None


def _hash(workspace: Workspace, path: str) -> str | None:
    file = workspace.locate(path)
    found = files.blob_of(file, _fence(workspace, path))
    return found or (f"unreadable:{path}" if files.exists(file, path) else None)


def _read(workspace: Workspace, path: str) -> Source | Finding:
    return files.read(workspace.locate(path), path, _fence(workspace, path))


def _fence(workspace: Workspace, path: str) -> Path:
    """The folder that a file of this path must lie in, links followed."""
    for prefix, folder in workspace.mounts:
        if PurePosixPath(path).is_relative_to(prefix):
            return folder
    return workspace.root


def _here() -> Path:
    try:
        return Path.cwd()
    except OSError as error:
        message = f"the current folder is not there any more; go to another or give --workspace ({error.strerror})"
        raise WorkspaceError(message) from error


def _is_writable(folder: Path) -> bool:
    """False also for the superuser where the folder's own mode forbids writing."""
    return os.access(folder, os.W_OK) and bool(folder.stat().st_mode & 0o222)


def _opened(root: Path, profile: str | None) -> Workspace:
    config = root / CONFIG
    table = files.load_config(config) if config.is_file() else {}
    return Workspace(root, options_from(table, profile, str(config)), profile)


def _packaged(profile: str | None) -> Workspace:
    """The content beside this package: in a wheel `kb/_content`, in an editable checkout the repository itself."""
    if not _CONTENT.is_dir():
        return _opened(_PACKAGE.parent, profile)
    folders = sorted(folder for folder in _CONTENT.iterdir() if folder.is_dir() and not folder.name.startswith("_"))
    mounts = tuple((_PACKAGED_AS.get(folder.name, folder.name), folder) for folder in folders)
    return Workspace(_CONTENT, Options(), profile, mounts, is_packaged=True)
