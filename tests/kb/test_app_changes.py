"""`kb diff-brief` reads any state of a working tree; `kb remember` numbers what is on the disk, for two at once too."""

from __future__ import annotations

import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kb.app import index, knowledge, open_workspace
from kb.app_changes import NumberTaken, diff_since, draft, keep_draft, remember
from kb.briefs.changes import Change, changes_in
from kb.briefs.drafts import Draft, Noted
from kb.cli import app
from kb.documents import KbError
from kb.workspace import Workspace
from tests.kb.conftest import write
from tests.kb.test_briefs import FILES, decision


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path, {**FILES, "kb.toml": '[kb]\nembedder = "none"\n', "src/한글.py": "A = 1\n"})
    index(open_workspace(tmp_path, {}), {})
    return tmp_path


@pytest.fixture
def repository(root: Path) -> Path:
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "x")
    return root


def git(root: Path, *arguments: str) -> None:
    command = ["git", "-C", str(root), "-c", "user.name=a", "-c", "user.email=a@example.com", *arguments]
    subprocess.run(command, check=True, capture_output=True)


def changed(root: Path, base: str = "HEAD") -> dict[str, Change]:
    return {change.path: change for change in changes_in(diff_since(open_workspace(root, {}), base))}


def drafted(root: Path, noted: Noted) -> Draft:
    workspace = open_workspace(root, {})
    return draft(workspace, knowledge(workspace, {}), noted)


@pytest.mark.parametrize(
    "setting", ["core.quotepath=true", "diff.noprefix=true", "diff.submodule=log", "color.ui=always"]
)
def test_staged_unstaged_and_unknown_files_are_told_under_every_setting(repository: Path, setting: str) -> None:
    git(repository, "config", *setting.split("="))
    write(repository, {"src/한글.py": "A = 2\n", "b/새 파일.py": "B = 3\n", 'c"d.bin': "\0", "empty.py": ""})
    git(repository, "add", "src/한글.py")
    (repository / "app").mkdir(exist_ok=True)
    (repository / "adr/0003-kafka.md").unlink()
    found = changed(repository)
    assert set(found) == {"src/한글.py", "b/새 파일.py", 'c"d.bin', "empty.py", "adr/0003-kafka.md"}
    assert found["b/새 파일.py"] == Change("b/새 파일.py", ((1, "B = 3"),), is_new=True)
    assert found["src/한글.py"].removed == ((1, "A = 1"),)
    assert found["adr/0003-kafka.md"].is_deleted


def test_a_branch_is_compared_where_it_was_left(repository: Path) -> None:
    git(repository, "checkout", "-qb", "feature")
    write(repository, {"mine.py": "x\n"})
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "mine")
    git(repository, "checkout", "-q", "main")
    write(repository, {"theirs.py": "x\n"})
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "theirs")
    git(repository, "checkout", "-q", "feature")
    assert set(changed(repository, "main")) == {"mine.py"}


def test_without_a_common_commit_the_revision_itself_is_compared(repository: Path) -> None:
    git(repository, "checkout", "-q", "--orphan", "lone")
    write(repository, {"src/한글.py": "A = 2\n"})
    git(repository, "commit", "-qam", "lone")
    assert set(changed(repository, "main")) == {"src/한글.py"}


@pytest.mark.parametrize("base", ["unknown", "main..HEAD", "-x", "", "HEAD:adr", "--output=x"])
def test_what_is_no_commit_is_told_in_one_line(repository: Path, base: str) -> None:
    with pytest.raises(KbError, match="a commit") as raised:
        changed(repository, base)
    assert "\n" not in str(raised.value)


def test_a_folder_without_git_and_a_repository_without_commits_are_told(root: Path) -> None:
    with pytest.raises(KbError, match="not a git repository"):
        changed(root)
    git(root, "init", "-q")
    with pytest.raises(KbError, match="'HEAD' is no commit"):
        changed(root)


def test_a_second_draft_gets_the_next_number_without_a_new_index(root: Path) -> None:
    workspace = open_workspace(root, {})
    for number, title in ((5, "One"), (6, "Two")):
        made, findings = remember(workspace, knowledge(workspace, {}), Noted("decision", title, "2026-02-01"))
        assert (made.path, findings) == (f"adr/{number:04d}-{title.lower()}.md", [])


def test_drafts_at_the_same_time_get_numbers_of_their_own(root: Path) -> None:
    def one(title: str) -> str:
        workspace = open_workspace(root, {})
        return remember(workspace, knowledge(workspace, {}), Noted("decision", title, "2026-02-01"))[0].path

    with ThreadPoolExecutor(4) as pool:
        paths = list(pool.map(one, [f"Title {n}" for n in range(8)]))
    assert sorted(path[:8] for path in paths) == [f"adr/{n:04d}" for n in range(5, 13)]
    assert all((root / path).is_file() for path in paths)


def test_a_number_that_was_taken_meanwhile_is_refused(root: Path) -> None:
    made = drafted(root, Noted("decision", "One", "2026-02-01"))
    write(root, {"adr/0005-other.md": decision("0005", "Other", "accepted", "", 5)})
    with pytest.raises(NumberTaken, match="0005-other"):
        keep_draft(open_workspace(root, {}), made)
    assert not (root / made.path).exists()


def test_a_title_that_a_record_has_is_refused(root: Path) -> None:
    workspace = open_workspace(root, {})
    noted = Noted("decision", "둘로 나눈다", "2026-02-01")
    remember(workspace, knowledge(workspace, {}), noted)
    with pytest.raises(KbError, match=r"0005-dulro-nanunda\.md has this title"):
        remember(workspace, knowledge(workspace, {}), noted)


def test_nothing_is_written_without_a_workspace(root: Path) -> None:
    made = drafted(root, Noted("decision", "One", "2026-02-01"))
    with pytest.raises(KbError, match="kb init"):
        keep_draft(Workspace(root, is_packaged=True), made)
    assert not (root / made.path).exists()


@pytest.mark.parametrize(
    ("names", "path"),
    [
        (["adr-001-a.md", "adr-002-b.md"], "docs/adr/adr-003-new.md"),
        (["0001_a.md"], "docs/adr/0002_new.md"),
        (["1-a.md", "9-b.md"], "docs/adr/10-new.md"),
        (["2025-01-02-a.md", "2025-02-03-b.md"], "docs/adr/0001-new.md"),
    ],
)
def test_the_way_of_numbering_is_kept(tmp_path: Path, names: list[str], path: str) -> None:
    page = "# A\n\n## Status\n\nAccepted\n\n## Context\n\nOne.\n\n## Decision\n\nTwo.\n"
    write(tmp_path, {"kb.toml": '[kb]\nembedder = "none"\n', **{f"docs/adr/{name}": page for name in names}})
    index(open_workspace(tmp_path, {}), {})
    assert drafted(tmp_path, Noted("decision", "New", "2026-02-01")).path == path


@pytest.mark.parametrize("given", ["./app/stream.py", "app/../app/stream.py", "{root}/app/stream.py"])
def test_a_path_is_told_as_the_workspace_knows_it(root: Path, given: str) -> None:
    made = drafted(root, Noted("decision", "New", "2026-02-01", paths=(given.format(root=root.resolve()),)))
    assert 'code_refs: ["app/stream.py"]' in made.text


@pytest.mark.parametrize("given", ["../x.py", "/etc/passwd"])
def test_a_path_outside_is_refused(root: Path, given: str) -> None:
    with pytest.raises(KbError, match="leads out"):
        drafted(root, Noted("decision", "New", "2026-02-01", paths=(given,)))


def test_a_trace_is_fenced_and_notes_are_not(root: Path) -> None:
    trace = "Traceback (most recent call last):\r\n# no heading\r\n---\r\n```\r\nE: x\r\n"
    said = drafted(root, Noted("incident", "New", "2026-02-01", trace)).text
    assert "````text\nTraceback (most recent call last):\n# no heading\n---\n```\nE: x\n````\n" in said
    assert "## Summary\nIt hung.\n" in drafted(root, Noted("incident", "New", "2026-02-01", "It hung.\n")).text


def test_words_that_yaml_would_misread_are_quoted(root: Path) -> None:
    tagged = decision("0009", "Tagged", "accepted", "## Decision\nX.\n", 5, 'tags: ["a: b", "c, d", "성능"]\n')
    head = "---\ncode_refs: [app/t.py]\n"
    write(root, {"adr/0009-tagged.md": tagged.replace("---\n", head, 1), "app/t.py": ""})
    index(open_workspace(root, {}), {})
    workspace = open_workspace(root, {})
    made = drafted(root, Noted("decision", "New", "2026-02-01", paths=("app/t.py",)))
    assert re.search(r'^tags: \["a: b", "c, d", 성능\]$', made.text, re.MULTILINE)
    assert keep_draft(workspace, made) == []


def test_paths_of_the_current_folder_and_of_editors_are_known(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(root, {"app/stream.py": ""})
    monkeypatch.chdir(root / "app")
    said = []
    for path in ("stream.py", "app/stream.py", "./stream.py", str(root / "app/stream.py")):
        with pytest.raises(SystemExit):
            app(["rules-for", path])
        said.append(capsys.readouterr().out)
    assert len(set(said)) == 1
    assert "[adr:0002]" in said[0]


def test_what_terminals_and_editors_hide_is_not_written(root: Path) -> None:
    noted = Noted("incident", "A\x1b[31m \u200bred\0\nline", "2026-02-01", "\x1b[1mTimeoutError\x1b[0m: \x07x\r\n")
    made = drafted(root, noted)
    assert 'title: "A red line"\n' in made.text
    assert "## Summary\nTimeoutError: x\n" in made.text
    assert keep_draft(open_workspace(root, {}), made) == []


NYGARD = "# {n}. {title}\n\nDate: 2025-01-0{n}\n\n## Status\n\nAccepted\n\n## Context\n\nOf `src/a.py`.\n\n" \
    "## Decision\n\nWe will.\n\n## Consequences\n\nGood and bad.\n"  # fmt: skip


def test_a_draft_has_the_sections_that_records_here_have(tmp_path: Path) -> None:
    pages = {
        f"docs/adr/000{n}-{title.lower()}.md": NYGARD.format(n=n, title=title) for n, title in ((1, "A"), (2, "B"))
    }
    write(tmp_path, {"kb.toml": '[kb]\nembedder = "none"\n', **pages, "src/a.py": ""})
    workspace = open_workspace(tmp_path, {})
    index(workspace, {})
    noted = Noted("decision", "Split it", "2026-02-01", "It is too slow.", ("src/a.py",))
    made, findings = remember(workspace, knowledge(workspace, {}), noted)
    assert made.text.startswith(
        "# 3. Split it\n\nDate: 2026-02-01\n\n## Status\n\nProposed\n\n## Context\n\nIt is too slow.\n"
    )
    assert re.findall(r"^## (.+)$", made.text, re.MULTILINE) == [
        "Status", "Context", "Decision", "Consequences", "More Information",
    ]  # fmt: skip
    assert "It is too slow.\n\nOf `src/a.py`.\n" in made.text
    assert findings == []
    index(workspace, {})
    (document,) = [one for one in knowledge(workspace, {}).engine.index.documents if one.path == made.path]
    assert (document.doc_id, document.status, document.date) == ("adr:0003", "proposed", "2026-02-01")
