"""Wiring: what a change touches, and drafts of what it decides or teaches. Part of `kb.app`, which is the door."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from kb.alone import alone
from kb.app_checks import lint
from kb.documents import Finding, KbError, WorkspaceError
from kb.files import list_paths
from kb.record_links import name_of, number_of
from kb.workspace import Workspace

if TYPE_CHECKING:
    from kb.briefs.diff_brief import Brief
    from kb.briefs.drafts import Draft, Noted
    from kb.documents import Hit
    from kb.knowledge import Knowledge

_ALIKE = 5
_MOST_TRIES = 50
_LARGEST_NEW_BYTES = 200_000
_DIFF = ("--no-color", "--no-ext-diff", "--no-textconv", "--submodule=short", "--src-prefix=a/", "--dst-prefix=b/")


class NumberTaken(KbError):
    """Another draft was written with the number of this one meanwhile; draft again."""


def diff_brief(knowledge: Knowledge, diff: str) -> Brief:
    """What a diff touches in the knowledge."""
    from kb.briefs.binding import Binding
    from kb.briefs.changes import changes_in
    from kb.briefs.diff_brief import brief_of

    engine = knowledge.engine

    def incidents(words: str) -> Sequence[Hit]:
        result = knowledge.search(words, k=_ALIKE, kinds=["incident"]) if words else None
        return result.hits if result and result.answerable else ()

    binding = Binding.of_engine(engine)
    return brief_of(changes_in(diff), binding, engine.lineage, incidents)


def diff_since(workspace: Workspace, base: str) -> str:
    """The diff of the working tree against where it left a revision, as `git` writes it, without context.

    Files that git does not know yet count as new. Without a common commit it is the revision itself that is compared.

    Raises:
        KbError: no repository, or no such revision.
    """
    if base.startswith("-") or not base.strip():
        raise KbError(f"{base!r} is no revision; give a branch, a tag or a commit")
    found = _git(workspace, "rev-parse", "--verify", "--quiet", f"{base}^{{commit}}", may_fail=True).strip()
    if not found:
        _git(workspace, "rev-parse", "--git-dir")
        raise KbError(f"{workspace.root}: {base!r} is no commit; give a branch, a tag or a commit that `git log` knows")
    merged = _git(workspace, "merge-base", found, "HEAD", may_fail=True).strip() or found
    diff = _git(workspace, "diff", *_DIFF, "--relative", "--unified=0", merged, "--")
    listed = _git(workspace, "ls-files", "-z", "--others", "--exclude-standard", "--", ".")
    return diff + "".join(_as_new(workspace.root, path) for path in listed.split("\0") if path)


def draft(workspace: Workspace, knowledge: Knowledge, noted: Noted) -> Draft:
    """Draft a decision or an incident from what is known, near the records that are like it."""
    from kb.briefs.binding import IN_TEXT, Binding
    from kb.briefs.changes import inside
    from kb.briefs.drafts import draft as drafted

    root = PurePosixPath(workspace.root.resolve())
    noted = replace(noted, paths=tuple(inside(path, root) for path in noted.paths))
    binding = Binding.of_engine(knowledge.engine)
    bound = [one.place for one in binding.of(noted.paths) if one.strength >= IN_TEXT]
    result = knowledge.search(f"{noted.title} {noted.said}", k=_ALIKE, kinds=["adr", "incident"])
    found = [
        place
        for hit in (result.hits if result.answerable else ())
        for place in knowledge.engine.lineage.places(hit.passage.doc_id or "")[:1]
    ]
    records = [place for place in (*bound, *found) if binding.shelf.documents[place].kind in ("adr", "incident")]
    return drafted(noted, binding.shelf, records, list_paths(workspace.root))


def remember(workspace: Workspace, knowledge: Knowledge, noted: Noted) -> tuple[Draft, list[Finding]]:
    """Draft a record and write it; where others write at the same time, each gets a number of its own.

    Raises:
        KbError: as `keep_draft`.
    """
    for _ in range(_MOST_TRIES):
        made = draft(workspace, knowledge, noted)
        try:
            return made, keep_draft(workspace, made)
        except NumberTaken:
            continue
    raise NumberTaken(f"others took the number of this draft {_MOST_TRIES} times; run it again")


def keep_draft(workspace: Workspace, made: Draft) -> list[Finding]:
    """Write a draft and lint it.

    Raises:
        NumberTaken: a decision with its number was written since it was drafted.
        KbError: there is no workspace to write to, a file of that name is there, or it cannot be written.
    """
    if workspace.is_packaged:
        raise WorkspaceError("no kb.toml here or above; run `kb init` in the repository that is to get the record")
    file = workspace.root / made.path
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with alone(file.parent):
            if os.path.lexists(file):
                raise KbError(f"{made.path} is there; give another title, or edit that file")
            _refuse_what_is_taken(file, made)
            with file.open("x", encoding="utf-8", newline="\n") as handle:
                handle.write(made.text)
    except OSError as error:
        raise KbError(f"{made.path}: {error.strerror or error}; nothing was written") from error
    return [finding for finding in lint(workspace) if finding.path == made.path]


def _refuse_what_is_taken(file: Path, made: Draft) -> None:
    """A decision's number is its own, and so is its title: a second record of it would be read for the first."""
    for other in sorted(file.parent.iterdir()) if made.number is not None else ():
        number = number_of(name_of(other.as_posix()))
        if number is not None and _title(other) == _title(file):
            raise KbError(f"{other.name} has this title; give another one, or edit that file")
        if number == made.number:
            raise NumberTaken(f"{other.name} has taken the number of {made.path}; run it again")


def _title(file: Path) -> str:
    return re.sub(r"^[A-Za-z]*[-_]?\d+", "", file.name)


def _as_new(root: Path, path: str) -> str:
    """A file that git does not know as it would stand in a diff; its lines where it is a text of moderate size."""
    file = root / path
    name = '"b/' + path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    head = f'diff --git "a/{name[3:]} {name}\nnew file mode 100644\n'
    if file.is_symlink() or not file.is_file() or file.stat().st_size > _LARGEST_NEW_BYTES:
        return head
    content = file.read_bytes()
    if b"\0" in content or not content:
        return head
    lines = content.decode("utf-8", "replace").removesuffix("\n").split("\n")
    return f"{head}--- /dev/null\n+++ {name}\n@@ -0,0 +1,{len(lines)} @@\n" + "".join(f"+{line}\n" for line in lines)


def _git(workspace: Workspace, *arguments: str, may_fail: bool = False) -> str:
    command = ["git", "-C", str(workspace.root), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise KbError(f"git cannot be run in {workspace.root}: {error}") from error
    if done.returncode and not may_fail:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines() or [f"exit {done.returncode}"]
        raise KbError(f"git {arguments[0]} in {workspace.root}: {said[0]}; run it in a repository, or give --diff")
    return done.stdout.decode("utf-8", "replace") if not done.returncode else ""
