"""`kb doctor`: what is wrong with a workspace and its index is said with what mends it; nothing ends in a traceback."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from kb import cli_checks
from kb.adapters import choose
from kb.adapters.yaml_text import load_entries, load_mapping
from kb.app import index, open_workspace
from kb.checks import LintReport, RatchetUse, Readers, lint_report
from kb.doctor import Check, Health
from kb.documents import KbError
from kb.examine import Asked, Inspection, examine
from kb.places import index_home
from kb.ratchet import FILE
from kb.store import load
from kb.workspace import Workspace

READERS = Readers(load_mapping, load_entries)
MODELS = Path(__file__).resolve().parents[2] / "kb" / "models"
EMBEDDED = '[kb]\nembedder = "eco2-static-16k"\n'


def look(
    workspace: Workspace,
    *,
    day: str = "2026-03-01",
    today: str | None = None,
    use: RatchetUse | None = None,
    questions: Mapping[str, str] | None = None,
) -> Health:
    inspection = Inspection(
        home=index_home(workspace, workspace.root / "cache"),
        load=lambda folder: load(folder, whole=True),
        embedder=lambda: choose.embedder(workspace.options.embedder, MODELS),
        open_vectors=lambda opened, folder: choose.open_vectors(opened, folder, None),
    )
    return examine(workspace, READERS, inspection, Asked(day, today, questions or {}), use or RatchetUse())


@pytest.fixture
def indexed(root: Path, environ: dict[str, str]) -> Path:
    index(open_workspace(root, environ), environ)
    return root


def checked(root: Path, day: str = "2026-03-01") -> dict[str, Check]:
    health = look(open_workspace(root, {}), day=day)
    return {check.name: check for check in health.checks}


def generation(root: Path) -> Path:
    (found,) = (root / ".kb" / "default" / "generations").iterdir()
    return found


def test_a_workspace_that_is_well_is_healthy(indexed: Path) -> None:
    health = look(open_workspace(indexed, {}))
    assert [check for check in health.checks if check.state == "problem"] == []
    assert health.is_healthy


def test_counts_are_by_kind_and_status_and_copies_count_once(indexed: Path) -> None:
    data = checked(indexed)["documents"].data
    assert data["adr"] == {"total": 3, "status": {"superseded": 1, "rejected": 1, "accepted": 1}}
    assert data["doc"] == {"total": 1, "status": {"": 1}}
    assert data["rule"] == {"total": 3, "status": {"": 3}}


def test_without_an_index_the_command_that_builds_it_is_named(root: Path) -> None:
    check = checked(root)["index"]
    assert (check.state, check.mend) == ("problem", f"kb index --workspace {root}")


def test_changed_new_and_gone_files_make_it_stale(indexed: Path) -> None:
    (indexed / "docs" / "guide.md").write_text("# Guide\n\nOther.\n", encoding="utf-8")
    (indexed / "docs" / "new.md").write_text("# New\n\nText.\n", encoding="utf-8")
    (indexed / "docs" / "archive" / "old" / "guide.md").unlink()
    check = checked(indexed)["index"]
    assert (check.state, check.data["changed"], check.data["added"], check.data["gone"]) == (
        "problem", ["docs/guide.md"], ["docs/new.md"], ["docs/archive/old/guide.md"],
    )  # fmt: skip


def test_another_embedder_than_the_index_was_built_with_is_a_problem(indexed: Path) -> None:
    (indexed / "kb.toml").write_text(EMBEDDED, encoding="utf-8")
    check = checked(indexed)["model"]
    assert (check.state, "no vectors" in check.says, check.mend) == (
        "problem", True, f"kb index --workspace {indexed}",
    )  # fmt: skip


def test_another_tokenizer_than_the_index_was_built_with_is_a_problem(
    indexed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.tokens.VERSION", "another")
    check = checked(indexed)["model"]
    assert (check.state, "another" in check.says) == ("problem", True)


def test_a_model_that_cannot_be_loaded_is_a_problem_and_the_rest_is_told(indexed: Path) -> None:
    (indexed / "kb.toml").write_text('[kb]\nembedder = "none"\nvectors = "chroma"\n', encoding="utf-8")
    checks = checked(indexed)
    assert checks["model"].state == "problem"
    assert checks["lint"].state in {"ok", "note"}


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def halved(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def scrambled(file: Path) -> None:
    file.write_bytes(bytes(255 - byte for byte in file.read_bytes()))


@pytest.mark.parametrize("damage", [emptied, halved, scrambled, Path.unlink], ids=lambda damage: damage.__name__)
@pytest.mark.parametrize(
    "name",
    ["manifest.json", "documents.json", "passages.jsonl", "posting_numbers.npy", "passage_ends.npy", "terms.txt"],
)
def test_a_damaged_index_is_a_problem_with_a_command(indexed: Path, name: str, damage: Callable[[Path], None]) -> None:
    damage(generation(indexed) / name)
    check = checked(indexed)["index"]
    assert (check.state, check.mend) == ("problem", f"kb index --workspace {indexed} --anew")
    assert "\n" not in check.says


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"../../..", b"000099"])
def test_a_pointer_to_nowhere_is_a_problem_with_a_command(indexed: Path, content: bytes) -> None:
    (indexed / ".kb" / "default" / "current").write_bytes(content)
    check = checked(indexed)["index"]
    assert (check.state, str(check.mend).startswith("kb index")) == ("problem", True)


def test_generations_are_told_with_their_sizes(indexed: Path, environ: dict[str, str]) -> None:
    (indexed / "docs" / "new.md").write_text("# New\n\nText.\n", encoding="utf-8")
    index(open_workspace(indexed, environ), environ)
    check = checked(indexed)["generations"]
    assert "000002 (current)" in check.says
    sizes = check.data["bytes"]
    assert isinstance(sizes, dict)
    assert (list(sizes), all(size > 0 for size in sizes.values())) == (["000001", "000002"], True)


def test_a_held_lock_is_worth_a_note(indexed: Path) -> None:
    with (indexed / ".kb" / "default" / "lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert checked(indexed)["lock"].state == "note"
    assert checked(indexed)["lock"].state == "ok"


def test_a_decision_that_only_seems_to_be_in_force_is_a_problem(indexed: Path) -> None:
    file = indexed / "adr" / "0001-broker.md"
    file.write_text(file.read_text(encoding="utf-8").replace("superseded\n", "accepted\n", 1), encoding="utf-8")
    check = checked(indexed)["decisions"]
    assert (check.state, check.data["replaced"]) == ("problem", ["adr/0001-broker.md"])


@pytest.mark.parametrize(("day", "expected"), [("2026-05-01", "note"), ("2026-03-01", "ok")])
def test_a_proposal_that_waits_for_long_is_worth_a_note(indexed: Path, day: str, expected: str) -> None:
    text = "---\nstatus: proposed\ndate: 2026-01-10\n---\n# Use gRPC\n\n## Decision\ngRPC.\n"
    (indexed / "adr" / "0004-grpc.md").write_text(text, encoding="utf-8")
    assert checked(indexed, day=day)["decisions"].state == expected


def test_questions_of_which_a_leg_sees_nothing_are_named(root: Path, environ: dict[str, str]) -> None:
    (root / "kb.toml").write_text(EMBEDDED, encoding="utf-8")
    index(open_workspace(root, environ), environ)
    asked = {"seen": "gateway", "blind": "???", "unknown": "zzqqxx", "한": "토큰 유실"}
    health = look(open_workspace(root, environ), questions=asked)
    (check,) = [check for check in health.checks if check.name == "questions"]
    assert (check.state, check.data["lexical"]) == ("problem", ["blind", "unknown"])
    vector = check.data["vector"]
    assert isinstance(vector, list)
    assert "blind" in vector
    assert not {"seen", "한"} & set(vector)


def test_a_bad_ratchet_is_a_problem_and_the_findings_are_told_all_the_same(indexed: Path) -> None:
    (indexed / FILE).write_text("{", encoding="utf-8")
    checks = checked(indexed)
    assert (checks["ratchet"].state, "is damaged" in checks["ratchet"].says) == ("problem", True)
    assert "lint" in checks


def lint_of(workspace: Workspace, *, today: str | None, use: RatchetUse) -> LintReport:
    return lint_report(workspace, READERS, today=today, use=use)


@pytest.fixture
def run(indexed: Path) -> Callable[..., Result]:
    """The two commands as `kb.cli` registers them."""
    app = typer.Typer()

    def open_it(folder: Path | None, profile: str | None) -> Workspace:
        return open_workspace(folder or indexed, {}, profile=profile)

    cli_checks.register(app, open_it, lint_of, look)
    return lambda *words: CliRunner().invoke(app, list(words))


def broken(root: Path, name: str = "docs/guide.md") -> None:
    file = root / name
    file.write_text(file.read_text(encoding="utf-8") + "\nA zero\u200bwidth space.\n", encoding="utf-8")


def test_the_page_of_a_healthy_workspace_ends_in_healthy_and_exit_0(run: Callable[..., Result]) -> None:
    done = run("doctor")
    assert (done.exit_code, done.output.strip().splitlines()[-1]) == (0, "healthy")


def test_the_page_of_an_ill_workspace_names_commands_and_exits_1(run: Callable[..., Result], indexed: Path) -> None:
    broken(indexed)
    done = run("doctor")
    assert (done.exit_code, done.output.strip().splitlines()[-1]) == (1, "2 problems")
    assert f"-> kb index --workspace {indexed}" in done.output
    assert f"-> kb lint --workspace {indexed}" in done.output


def test_the_page_as_json_is_one_line(run: Callable[..., Result]) -> None:
    (line,) = run("doctor", "--json").output.splitlines()
    page = json.loads(line)
    assert page["healthy"] is True
    assert {"index", "model", "generations", "lock", "documents", "decisions", "lint", "ratchet"} <= {
        check["name"] for check in page["checks"]
    }


def test_questions_come_from_a_file(run: Callable[..., Result], tmp_path: Path) -> None:
    file = tmp_path / "queries.jsonl"
    file.write_text('{"id": "a", "query": "gateway"}\n\n{"query": "???"}\n', encoding="utf-8")
    done = run("doctor", "--queries", str(file))
    assert (done.exit_code, "2 asked; of 1 the lexical leg sees nothing (3)" in done.output) == (1, True)


@pytest.mark.parametrize("row", ["{", "[]", '{"id": 1}', '{"query": 3}'])
def test_a_row_that_asks_nothing_is_named(run: Callable[..., Result], tmp_path: Path, row: str) -> None:
    file = tmp_path / "queries.jsonl"
    file.write_text(row, encoding="utf-8")
    done = run("doctor", "--queries", str(file))
    assert isinstance(done.exception, KbError)
    assert f"{file}:1" in str(done.exception)


@pytest.mark.parametrize("command", ["lint", "doctor"])
@pytest.mark.parametrize("day", ["yesterday", "2026-13", "2026-02-30", ""])
def test_a_day_that_is_none_is_refused(run: Callable[..., Result], command: str, day: str) -> None:
    assert isinstance(run(command, "--today", day).exception, KbError)


def test_lint_tells_new_findings_then_the_ratchet_and_json_marks_the_known(
    run: Callable[..., Result], indexed: Path
) -> None:
    broken(indexed)
    assert run("lint").exit_code == 1
    assert run("lint", "--update-ratchet").exit_code == 0
    assert run("lint").output.splitlines()[-1] == "ratchet: 1 known, 0 new, 0 gone"
    broken(indexed, "docs/archive/old/guide.md")
    done = run("lint", "--json")
    assert (done.exit_code, [row["known"] for row in json.loads(done.output)]) == (1, [False, True])
    assert "docs/archive/old/guide.md" in run("lint").output


def test_lint_without_a_ratchet_is_as_before(run: Callable[..., Result], indexed: Path) -> None:
    assert run("lint").output.strip() == "no findings"
    broken(indexed)
    (row,) = json.loads(run("lint", "--json").output)
    assert set(row) == {"path", "line", "rule", "severity", "message"}
