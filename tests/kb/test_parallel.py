"""Fetching from real git repositories that the test makes; nothing leaves the machine."""

from __future__ import annotations

import gzip
import subprocess
from pathlib import Path

import pytest

from kb.adapters.parallel import fetch, read_sections, read_sources
from kb.documents import KbError

PO = 'msgid "Open the file for reading."\nmsgstr "파일을 읽기용으로 엽니다."\n'
SHIPPED = Path(__file__).resolve().parents[2] / "kb" / "models" / "eco2-static-16k" / "sources.toml"


def commit(repository: Path, files: dict[str, str]) -> str:
    """Make a repository, or a further commit in it, and return the commit's name."""
    for name, text in files.items():
        (repository / name).parent.mkdir(parents=True, exist_ok=True)
        (repository / name).write_text(text, encoding="utf-8")

    def git(*words: str) -> str:
        identity = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
        done = subprocess.run(["git", *identity, *words], cwd=repository, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    git("init", "--quiet")
    git("add", "--all")
    git("commit", "--quiet", "--message", "x")
    return git("rev-parse", "HEAD")


def sources(folder: Path, *rows: tuple[str, str, str]) -> Path:
    entry = '[[sources]]\nrepo = "{}"\ncommit = "{}"\nlicence = "MIT"\nattribution = "them"\nlayouts = [{}]\n'
    (folder / "sources.toml").write_text("".join(entry.format(*row) for row in rows))
    return folder / "sources.toml"


MARKDOWN = '{ ko = "docs/ko/{path}", en = "docs/en/{path}" }, { ko = "p/{path}.kr.mdx", en = "p/{path}.en.mdx" }'
FILES = {
    "docs/ko/a/one.md": "# 하나\n\n첫째 문단입니다.\n",
    "docs/en/a/one.md": "# One\n\nThe first paragraph.\n",
    "docs/ko/alone.md": "# 홀로\n\n번역만 있습니다.\n",
    "p/two.kr.mdx": "# 둘\n\n둘째 문단입니다.\n",
    "p/two.en.mdx": "# Two\n\nThe second paragraph.\n",
    "src/big.bin": "not asked for",
}


@pytest.fixture
def base(tmp_path: Path) -> str:
    return f"file://{tmp_path}"


def test_markdown_pairs_and_gettext_files_are_fetched_at_their_commits_and_aligned(tmp_path: Path, base: str) -> None:
    first = commit(tmp_path / "them/guide", FILES)
    commit(tmp_path / "them/guide", {"docs/ko/later.md": "# 나중", "docs/en/later.md": "# Later"})
    manual = commit(tmp_path / "them/manual", {"library/io.po": PO})
    pinned = sources(tmp_path, ("them/guide", first, MARKDOWN), ("them/manual", manual, '{ po = "{path}.po" }'))
    reports = fetch(pinned, tmp_path / "out/sections.jsonl.gz", base=base)
    found = list(read_sections(tmp_path / "out/sections.jsonl.gz"))
    assert [(one.heading_ko, one.path) for one in found] == [
        ("하나", "docs/ko/a/one.md"),
        ("둘", "p/two.kr.mdx"),
        ("", "library/io.po"),
    ]
    assert found[2].aligned == (("파일을 읽기용으로 엽니다.", "Open the file for reading."),)
    assert [(one.commit, one.documents, one.paragraph_pairs) for one in reports] == [(first, 2, 2), (manual, 1, 1)]


def test_an_abbreviated_commit_is_resolved_and_the_bytes_repeat(tmp_path: Path, base: str) -> None:
    whole = commit(tmp_path / "them/guide", FILES)
    pinned = sources(tmp_path, ("them/guide", whole[:8], MARKDOWN))
    reports = [fetch(pinned, tmp_path / name, base=base)[0] for name in ("a.gz", "b.gz")]
    assert reports[0].commit == whole
    assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()


def test_two_versions_of_one_manual_give_each_message_once(tmp_path: Path, base: str) -> None:
    versions = [
        commit(tmp_path / "them/manual", {"io.po": PO, "new.po": text}) for text in ("", PO.replace("파일", "문서"))
    ]
    pinned = sources(tmp_path, *(("them/manual", version, '{ po = "{path}.po" }') for version in versions))
    fetch(pinned, tmp_path / "out.gz", base=base)
    assert [one.path for one in read_sections(tmp_path / "out.gz")] == ["io.po", "new.po"]


def test_a_link_out_of_the_repository_is_not_followed(tmp_path: Path, base: str) -> None:
    (tmp_path / "secret.md").write_text("# 비밀\n\n바깥 파일의 문단입니다.\n")
    folder = tmp_path / "them/guide/docs/ko"
    folder.mkdir(parents=True)
    (folder / "link.md").symlink_to(tmp_path / "secret.md")
    pinned = sources(
        tmp_path, ("them/guide", commit(tmp_path / "them/guide", {"docs/en/link.md": "# S\n\nText."}), MARKDOWN)
    )
    fetch(pinned, tmp_path / "out.gz", base=base)
    assert "비밀" not in gzip.decompress((tmp_path / "out.gz").read_bytes()).decode()


def test_an_unreadable_document_is_named_and_the_rest_comes(tmp_path: Path, base: str) -> None:
    commit(tmp_path / "them/guide", FILES)
    (tmp_path / "them/guide/docs/ko/b.md").write_bytes(b"\xff\xfe")
    head = commit(tmp_path / "them/guide", {"docs/en/b.md": "# B"})
    (report,) = fetch(sources(tmp_path, ("them/guide", head, MARKDOWN)), tmp_path / "out.gz", base=base)
    assert (report.skipped, report.sections) == (("docs/ko/b.md",), 2)


def test_a_missing_repository_or_commit_is_one_line_with_its_name(tmp_path: Path, base: str) -> None:
    commit(tmp_path / "them/guide", FILES)
    for repo, pin in (("them/gone", "0" * 40), ("them/guide", "0" * 40), ("them/guide", "abcdef0")):
        with pytest.raises(KbError, match=f"failed for {repo}") as caught:
            fetch(sources(tmp_path, (repo, pin, MARKDOWN)), tmp_path / "out.gz", base=base)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("repo", "pin", "layout"),
    [
        ("../etc", "a" * 40, MARKDOWN),
        ("--upload-pack=x", "a" * 40, MARKDOWN),
        ("o/r", "main", MARKDOWN),
        ("o/r", "a" * 40, "3"),
    ],
)
def test_unsound_sources_are_refused_before_git_runs(tmp_path: Path, repo: str, pin: str, layout: str) -> None:
    with pytest.raises(KbError, match="need repo, commit"):
        read_sources(sources(tmp_path, (repo, pin, layout)))


@pytest.mark.parametrize("text", [b"", b"{}\n", b"[1]\n", b"{\n"])
def test_a_file_that_holds_no_sections_is_refused_with_its_line(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "x.gz").write_bytes(gzip.compress(text) if text else b"not gzip")
    with pytest.raises(KbError, match=r"x\.gz:\d+: not a section"):
        list(read_sections(tmp_path / "x.gz"))


def test_the_shipped_sources_are_pinned_and_licensed() -> None:
    shipped = read_sources(SHIPPED)
    assert len(shipped) >= 12
    assert all(source.licence and source.attribution and source.layouts for source in shipped)


def test_the_public_data_reads_as_sections(shared_data: Path) -> None:
    found = list(read_sections(shared_data / "parallel_ko_en" / "sections.jsonl.gz"))
    assert sum(len(section.aligned) for section in found) == 56_446
