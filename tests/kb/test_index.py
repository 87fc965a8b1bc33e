from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.adapters.choose import embedder
from kb.adapters.yaml_text import load_entries, load_mapping
from kb.app import index, knowledge, open_workspace
from kb.build import build
from kb.documents import Document, Finding, IndexMissing, ModelMismatch, WriterBusy
from kb.files import blob
from kb.generations import Generations
from kb.index import Index
from kb.read import Source, is_rule_file, read_markdown, read_rules
from kb.store import digest, load, save

MODEL = embedder("eco2-static-16k", Path(__file__).resolve().parents[2] / "kb" / "models")[0]
TEXTS = (
    "# A\n\nalpha beta\n\n## Deep\ngamma",
    "# B\n\n파드가 재시작한다\n",
    "",
    "---\nid: '0001'\nstatus: accepted\n---\n# C\n\n결정\n",
    "rules:\n  - id: one\n    ko: 하나\n    class: two\n  - id: two\n    name: 둘\n    ko: 둘이에요\n",
    "rules:\n  - id: two\n    name: 셋\n    ko: 셋이에요\n",
)
PATHS = ("a.md", "b/a.md", "adr/0001-c.md", "rules/one.yaml", "rules/two.yaml")
EDITS = st.lists(st.tuples(st.sampled_from(PATHS), st.sampled_from((*TEXTS, None))), min_size=1, max_size=8)


def generation(root: Path) -> Path:
    folder = Generations(root / ".kb" / "default").current()
    assert folder is not None
    return folder


def edit(root: Path, path: str, text: str | None) -> None:
    file = root / path
    if text is None:
        file.unlink(missing_ok=True)
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def built(files: dict[str, str], old: Index | None) -> Index:
    def read(paths: Sequence[str]) -> tuple[list[Document], list[Finding]]:
        sources = [Source(path, files[path], blob(files[path].encode())) for path in paths]
        texts = [read_markdown(source, load_mapping)[0] for source in sources if not is_rule_file(source.path)]
        rules, findings = read_rules([source for source in sources if is_rule_file(source.path)], load_entries)
        return texts + rules, findings

    blobs = {path: blob(text.encode()) for path, text in files.items()}
    return build(blobs, read, MODEL, "exact", old).index


@settings(max_examples=40, deadline=None)
@given(EDITS)
def test_any_sequence_of_edits_ends_in_the_index_of_a_clean_build(edits: list[tuple[str, str | None]]) -> None:
    files: dict[str, str] = {}
    grown: Index | None = None
    with tempfile.TemporaryDirectory() as scratch:
        for number, (path, text) in enumerate(edits):
            files = {name: old for name, old in files.items() if name != path} | ({path: text} if text else {})
            folder = Path(scratch, str(number))
            folder.mkdir()
            save(built(files, grown), folder)
            grown = load(folder)
        clean = Path(scratch, "clean")
        clean.mkdir()
        save(built(files, None), clean)
        assert digest(folder) == digest(clean)


def test_an_unchanged_workspace_is_not_published_again(root: Path, environ: dict[str, str]) -> None:
    workspace = open_workspace(root, environ)
    index(workspace, environ)
    before = generation(root)
    report = index(workspace, environ)
    assert (report.read, generation(root)) == (0, before)


def test_only_what_changed_is_read_again(root: Path, environ: dict[str, str]) -> None:
    workspace = open_workspace(root, environ)
    first = index(workspace, environ)
    edit(root, "docs/new.md", "# New\n\nwords\n")
    second = index(workspace, environ)
    assert (second.read, second.reused) == (1, first.documents)


def test_a_reader_keeps_its_generation_while_a_newer_one_is_published(root: Path, environ: dict[str, str]) -> None:
    workspace = open_workspace(root, environ)
    index(workspace, environ)
    old = knowledge(workspace, environ)
    for number in range(4):
        edit(root, f"docs/new{number}.md", f"# New {number}\n\nzebra\n")
        index(workspace, environ)
    assert old.search("zebra").hits == ()
    assert old.search("deploy the gateway").hits[0].passage.text.startswith("# Guide")
    assert len(knowledge(workspace, environ).search("zebra").hits) == 4


def test_old_generations_are_pruned(root: Path, environ: dict[str, str]) -> None:
    for number in range(4):
        edit(root, f"docs/new{number}.md", f"# New {number}\n")
        index(open_workspace(root, environ), environ)
    assert len(list((root / ".kb/default/generations").iterdir())) == 2


def test_an_index_built_anew_equals_the_one_that_grew(root: Path, environ: dict[str, str]) -> None:
    workspace = open_workspace(root, environ)
    index(workspace, environ)
    edit(root, "docs/new.md", "# New\n")
    grown = index(workspace, environ)
    anew = index(workspace, environ, anew=True)
    assert (anew.reused, anew.revision) == (0, grown.revision)


def test_a_second_writer_is_refused(root: Path, environ: dict[str, str]) -> None:
    with Generations(root / ".kb" / "default").writer(), pytest.raises(WriterBusy, match="another process"):
        index(open_workspace(root, environ), environ)


def test_what_a_dead_writer_left_is_swept_and_never_read(root: Path, environ: dict[str, str]) -> None:
    workspace = open_workspace(root, environ)
    index(workspace, environ)
    torn = root / ".kb/default/generations/000009.tmp"
    torn.mkdir()
    assert knowledge(workspace, environ).search("gateway").hits
    edit(root, "docs/new.md", "# New\n")
    index(workspace, environ)
    assert not torn.exists()


def test_an_index_of_another_format_is_built_anew(root: Path, environ: dict[str, str]) -> None:
    workspace = open_workspace(root, environ)
    first = index(workspace, environ)
    (generation(root) / "documents.json").write_text("[{}]", encoding="utf-8")
    assert index(workspace, environ).read == first.read


def test_a_damaged_index_is_one_line_with_the_cure(root: Path, environ: dict[str, str]) -> None:
    workspace = open_workspace(root, environ)
    index(workspace, environ)
    (generation(root) / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(IndexMissing, match=r"is damaged .*; run `kb index`"):
        knowledge(workspace, environ)


def test_a_reader_that_finds_its_generation_pruned_takes_the_next(tmp_path: Path) -> None:
    generations = Generations(tmp_path)
    with generations.writer():
        generations.publish(lambda folder: (folder / "a").touch())

    def load(folder: Path) -> str:
        if folder.name == "000001":
            for _ in range(3):
                generations.publish(lambda folder: (folder / "a").touch())
            raise FileNotFoundError
        return folder.name

    with generations.writer():
        assert generations.read(load) == "000004"


def test_a_search_without_an_index_names_the_command(root: Path, environ: dict[str, str]) -> None:
    with pytest.raises(IndexMissing, match="run `kb index"):
        knowledge(open_workspace(root, environ), environ)


def test_an_index_built_with_another_tokenizer_is_refused(
    root: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = open_workspace(root, environ)
    index(workspace, environ)
    monkeypatch.setattr("kb.tokens.VERSION", "another")
    with pytest.raises(ModelMismatch, match=r"another.*run `kb index"):
        knowledge(workspace, environ)


def test_missing_weights_switch_the_vector_leg_off_with_one_warning(root: Path, environ: dict[str, str]) -> None:
    edit(root, "kb.toml", '[kb]\nembedder = "not-there"\n')
    workspace = open_workspace(root, environ)
    assert len(index(workspace, environ).warnings) == 1
    result = knowledge(workspace, environ).search("gateway")
    assert (result.hits[0].vector, len(result.warnings)) == (None, 1)


def test_files_that_are_no_text_cost_a_finding_each_and_nothing_else(root: Path, environ: dict[str, str]) -> None:
    (root / "docs/binary.md").write_bytes(b"\x00\x01")
    (root / "docs/latin.md").write_bytes("# caf\xe9\n".encode("latin-1"))
    (root / "docs/broken.md").write_text("---\na: [\n---\n# Broken matter\n\nzebra\n", encoding="utf-8")
    (root / "docs/loop.md").symlink_to("loop.md")
    (root / "docs/out.md").symlink_to("/etc/hostname")
    (root / "docs/huge.md").write_text("x" * 8_000_001, encoding="utf-8")
    report = index(open_workspace(root, environ), environ)
    expected = ["binary", "front-matter", "link-out", "not-utf8", "too-large", "unreadable"]
    assert sorted(finding.rule for finding in report.findings) == expected
    assert knowledge(open_workspace(root, environ), environ).search("zebra").hits[0].passage.path == "docs/broken.md"


def test_an_empty_workspace_is_indexed_and_answers_nothing(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path, {})
    assert index(workspace, {}).passages == 0
    assert knowledge(workspace, {}).search("anything").hits == ()


def test_a_read_only_workspace_is_indexed_in_the_users_cache(root: Path, environ: dict[str, str]) -> None:
    root.chmod(0o555)
    report = index(open_workspace(root, environ), environ)
    assert report.home.is_relative_to(Path(environ["HOME"]) / ".cache")
    assert knowledge(open_workspace(root, environ), environ).search("gateway").hits
    root.chmod(0o755)


def test_what_git_ignores_is_left_out_and_dot_folders_count(root: Path, environ: dict[str, str]) -> None:
    edit(root, ".gitignore", "docs/\n")
    edit(root, ".claude/notes.md", "# Notes\n\nzebra\n")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    index(open_workspace(root, environ), environ)
    stored = load(generation(root))
    assert ".claude/notes.md" in stored.manifest.files
    assert not [path for path in stored.manifest.files if path.startswith("docs/")]


def test_the_index_does_not_depend_on_the_hash_seed(root: Path, tmp_path: Path) -> None:
    seen = set()
    for seed in ("1", "2"):
        copy = tmp_path / seed
        shutil.copytree(root, copy)
        command = [sys.executable, "-m", "kb", "index", "--workspace", str(copy)]
        repository = str(Path(__file__).resolve().parents[2])
        subprocess.run(
            command,
            check=True,
            cwd=repository,
            env={"PYTHONHASHSEED": seed, "HOME": str(tmp_path)},
            capture_output=True,
        )
        seen.add(digest(generation(copy)))
    assert len(seen) == 1


def test_an_opened_index_equals_what_was_saved(root: Path, environ: dict[str, str]) -> None:
    index(open_workspace(root, environ), environ)
    stored = load(generation(root))
    assert len(stored.passages) == stored.starts[-1] == len(stored.segment.lengths)
    assert [stored.passages[number].path for number in range(len(stored.passages))] == [
        document.path
        for document, count in zip(stored.documents, np.diff(stored.starts), strict=True)
        for _ in range(count)
    ]
    with pytest.raises(IndexError):
        stored.passages[len(stored.passages)]
