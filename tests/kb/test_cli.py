from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kb import app as kb_app

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(root: Path, environ: dict[str, str], repository: Path) -> Run:
    """Run `kb` as a command in the workspace."""

    def command(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(repository), "PYTHONUTF8": "1", **environ, **more}
        return subprocess.run(
            [sys.executable, "-m", "kb", *words], cwd=root, env=environment, capture_output=True, text=True, check=False
        )

    return command


def test_the_first_five_minutes(run: Run, root: Path) -> None:
    (root / "kb.toml").unlink()
    first = run("init")
    assert (first.returncode, "adr" in first.stdout) == (0, True)
    assert run("init").stdout.startswith("kept")
    assert "documents" in run("index").stdout
    found = run("search", "토큰이 왜 사라졌나요?")
    assert (found.returncode, found.stdout.split("\n")[1].split(" ")[1]) == (0, "incidents/2026-01-lost-token.md:7-10")


def test_json_is_one_line_of_the_contract(run: Run) -> None:
    run("index")
    (line,) = run("search", "deploy the gateway", "--json", "--k", "1").stdout.splitlines()
    assert [hit["path"] for hit in json.loads(line)["hits"]] == ["docs/guide.md"]


def test_bytes_that_are_no_text_are_answered_all_the_same(run: Run) -> None:
    run("index")
    done = run("search", "\udcff gateway", "--json")
    assert (done.returncode, json.loads(done.stdout)["query"]) == (0, "? gateway")


def test_a_file_of_queries_is_answered_in_order_and_a_bad_row_costs_itself(run: Run, root: Path) -> None:
    run("index")
    rows = ['{"id": "a", "query": "gateway"}', "not json", '{"id": "c"}', "", "[]", '{"id": 7, "query": "토큰"}']
    (root / "rows.jsonl").write_text("\n".join(rows), encoding="utf-8")
    done = run("search", "--queries", "rows.jsonl", "--k", "1")
    answered = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [row["id"] for row in answered] == ["a", None, "c", None, 7]
    assert ["error" in row for row in answered] == [False, True, True, True, False]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("search", "x"), "has no index yet; run `kb index`"),
        (("search",), "give either a QUERY or --queries FILE"),
        (("search", "x", "--kind", "poem"), "'poem' is unknown; use one of adr"),
        (("search", "x", "--as-of", "gestern"), "'gestern' is no date"),
        (("index", "--profile", "x"), "no profile 'x'"),
        (("index", "--workspace", "nowhere"), "no folder nowhere"),
        (("search", "x", "--k", "0"), "--k"),
        (("poem",), "poem"),
    ],
)
def test_a_user_s_mistake_is_one_clear_line_and_exit_code_3(run: Run, words: tuple[str, ...], message: str) -> None:
    done = run(*words)
    assert done.returncode == 3
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_broken_config_is_one_clear_line(run: Run, root: Path) -> None:
    (root / "kb.toml").write_text("[kb\n", encoding="utf-8")
    done = run("index")
    assert (done.returncode, len(done.stderr.splitlines())) == (3, 1)


def test_show_and_context_print_what_is_cited(run: Run) -> None:
    run("index")
    assert "투명한 생수병은" in run("show", "rule:pet-bottle").stdout
    assert json.loads(run("show", "adr:0003", "--json").stdout)["path"] == "adr/0003-streams.md"
    assert "[adr:0003]" in run("context", "진행률 이벤트", "--budget", "300").stdout
    assert run("show", "adr:9999").returncode == 3


def test_lint_ends_with_1_where_something_needs_mending(run: Run, root: Path) -> None:
    (root / "kb/rules/broken.yaml").write_text("rules:\n  - id: [\n", encoding="utf-8")
    done = run("lint")
    assert done.returncode == 1
    assert "kb/rules/broken.yaml:3: error:" in done.stdout


def test_a_profile_has_an_index_of_its_own(run: Run, root: Path) -> None:
    (root / "kb.toml").write_text(
        "[kb]\nembedder = 'none'\n[kb.profiles.card]\nlexical = 'rank-bm25'\nvectors = 'chroma'\n", encoding="utf-8"
    )
    run("index")
    assert run("search", "gateway", "--profile", "card").returncode == 3
    run("index", "--profile", "card")
    found = run("search", "gateway", "--json", KB_PROFILE="card")
    assert json.loads(found.stdout)["hits"][0]["path"] == "docs/guide.md"


def test_the_card_profile_answers_like_the_default(root: Path, environ: dict[str, str]) -> None:
    pytest.importorskip("sentence_transformers", reason="install the `dense` extra")
    (root / "kb.toml").write_text(
        "[kb.profiles.card]\nlexical = 'rank-bm25'\nvectors = 'chroma'\n"
        "embedder = 'sentence-transformers:eco2-static-16k'\n",
        encoding="utf-8",
    )
    found = []
    for profile in (None, "card"):
        workspace = kb_app.open_workspace(root, environ, profile=profile)
        kb_app.index(workspace, environ)
        found.append(kb_app.knowledge(workspace, environ).search("why did the tokens get lost?").hits)
    assert found[0][0].passage == found[1][0].passage
    assert found[0][0].vector == pytest.approx(found[1][0].vector, abs=1e-4)


def test_the_target_answers_a_request_of_turns(
    root: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**environ, "KB_WORKSPACE": str(root)}.items():
        monkeypatch.setenv(name, value)
    kb_app.index(kb_app.open_workspace())
    for request in (
        "deploy the gateway",
        {"query": "deploy the gateway"},
        {"turns": ["hi", {"text": "deploy the gateway"}]},
    ):
        response = kb_app.search(request)
        assert "make deploy" in str(response["answer"])
        assert set(response) >= {"query", "hits", "answer", "passages", "citations", "timings_ms", "answerable"}


def test_the_command_line_starts_without_what_it_does_not_use() -> None:
    code = "import sys, kb.cli; print(sorted(set(sys.modules) & {'numpy', 'tokenizers', 'yaml', 'kb.search'}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
