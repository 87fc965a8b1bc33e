"""The workflows that this repository runs: what a stranger's pull request can reach, and that their commands exist."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness import cli
from harness.markdown import markdown
from tests.harness.ci_summaries import failure, summary

FOLDER = Path(__file__).resolve().parent.parent.parent / ".github" / "workflows"
NAMES = sorted(path.name for path in FOLDER.glob("*.yml"))
_UNTRUSTED = re.compile(r"github\.(event\.[\w.\[\]*]*(title|body|head|ref|name|message|email|label)\b|head_ref)")


def workflow(name: str) -> dict[Any, Any]:
    table = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    assert isinstance(table, dict)
    return table


def steps(name: str) -> Iterator[dict[str, Any]]:
    for job in workflow(name)["jobs"].values():
        yield from job["steps"]


def triggers(name: str) -> set[str]:
    told = workflow(name)[True]  # YAML 1.1 reads the key `on` as true
    return set(told) if isinstance(told, dict | list) else {told}


def script(name: str, step: str) -> str:
    return next(str(one["run"]) for one in steps(name) if one.get("name") == step)


def granted(name: str) -> set[tuple[str, str]]:
    table = workflow(name)
    told = [table["permissions"], *(job.get("permissions", {}) for job in table["jobs"].values())]
    return {(scope, right) for of in told for scope, right in of.items() if right == "write"}


def test_these_are_all_workflows() -> None:
    assert NAMES == ["comment.yml", "diff-brief.yml", "nightly.yml", "quality-gate.yml"]


@pytest.mark.parametrize(
    ("name", "rights"),
    [
        ("quality-gate.yml", set()),
        ("diff-brief.yml", set()),
        ("comment.yml", {("pull-requests", "write")}),
        ("nightly.yml", {("contents", "write"), ("issues", "write")}),
    ],
)
def test_a_workflow_may_write_only_what_it_must(name: str, rights: set[tuple[str, str]]) -> None:
    assert "write" not in str(workflow(name)["permissions"])
    assert granted(name) == rights


@pytest.mark.parametrize("name", NAMES)
def test_no_workflow_asks_for_a_secret_or_runs_strangers_code_with_a_token_that_writes(name: str) -> None:
    assert "secrets." not in (FOLDER / name).read_text(encoding="utf-8")
    assert "pull_request_target" not in triggers(name)
    if "workflow_run" in triggers(name):
        assert all("actions/checkout" not in step.get("uses", "") for step in steps(name))


def test_the_workflow_that_runs_pull_requests_keeps_no_token_in_the_checkout() -> None:
    checkouts = [step for step in steps("quality-gate.yml") if "actions/checkout" in step.get("uses", "")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


@pytest.mark.parametrize("name", NAMES)
def test_no_script_is_put_together_from_a_strangers_words(name: str) -> None:
    for step in steps(name):
        assert "${{" not in step.get("run", ""), "hand values over in env"
        assert not _UNTRUSTED.search(str({key: step[key] for key in step if key != "env"}))


@pytest.mark.parametrize("name", NAMES)
def test_actions_are_pinned_by_their_major_version(name: str) -> None:
    assert [step["uses"] for step in steps(name) if "uses" in step and not re.search(r"@v\d+$", step["uses"])] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_command_of_a_workflow_exists(name: str, repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = (repository / "Makefile").read_text(encoding="utf-8")
    text = "\n".join(step.get("run", "") for step in steps(name))
    for target in re.findall(r"\bmake ([\w./-]+)", text):
        assert re.search(rf"^{re.escape(target)}:", rules, re.MULTILINE), target
    for command, flags in re.findall(r"bin/harness (trend (?:append|check)|[a-z]+)([^\n;&|]*)", text):
        with pytest.raises(SystemExit) as left:
            cli.main([*command.split(), "--help"])
        assert not left.value.code, command
        shown = capsys.readouterr().out
        assert all(flag in shown for flag in re.findall(r"--[a-z]+", flags)), (command, flags)


@pytest.mark.parametrize("name", NAMES)
def test_every_script_is_one_that_bash_can_read(name: str) -> None:
    for step in steps(name):
        done = subprocess.run(["bash", "-n"], input=step.get("run", ""), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


# --- the scripts, run with a `gh` that writes down how it was called


class Stage:
    """A folder with a `gh` of our own first on the path; it answers by a small shell script."""

    def __init__(self, folder: Path, gh: str) -> None:
        self.folder, self.calls = folder, folder / "calls.txt"
        (folder / "bin").mkdir()
        self.program("bin/gh", f'printf "%s\\n" "$*" >> "{self.calls}"\n{gh}\n')

    def program(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/bash\n{text}", encoding="utf-8")
        path.chmod(0o755)

    def run(self, text: str, **environ: str) -> subprocess.CompletedProcess[str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT")}
        told = {**clean, "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}", "HOME": str(self.folder), **environ}
        return subprocess.run(
            ["bash", "-e", "-c", text], cwd=self.folder, env=told, capture_output=True, text=True, check=False
        )

    def called(self) -> str:
        return self.calls.read_text(encoding="utf-8") if self.calls.exists() else ""


COMMENT = "write or renew the comment"


def _comment(folder: Path, number: str, head: str = "abc", earlier: str = "") -> tuple[Stage, int]:
    stage = Stage(folder, f'case "$*" in *pulls*) echo {head} ;; *--paginate*) echo {earlier} ;; esac')
    (folder / "report").mkdir()
    (folder / "report" / "number").write_text(number, encoding="utf-8")
    (folder / "report" / "report.md").write_text("## ❌ A gate fails\n\n@octocat look\n", encoding="utf-8")
    done = stage.run(script("comment.yml", COMMENT), REPOSITORY="o/r", HEAD="abc", RUN_URL="https://example.test/1")
    return stage, done.returncode


def test_the_comment_goes_to_the_pull_request_that_was_measured_and_pings_nobody(tmp_path: Path) -> None:
    stage, code = _comment(tmp_path, "17\n")
    assert code == 0
    assert "--silent repos/o/r/issues/17/comments -F body=@comment.md" in stage.called()
    told = (tmp_path / "comment.md").read_text(encoding="utf-8")
    assert told.startswith("<!-- harness-report -->\n## ❌")
    assert "@octocat" not in told
    assert "octocat look" in told


def test_a_report_of_full_length_still_fits_a_comment(tmp_path: Path) -> None:
    """The report took the life out of each @ already; doing it twice made 76,517 characters of 64,665."""
    stage = Stage(tmp_path, 'case "$*" in *pulls*) echo abc ;; esac')
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "number").write_text("17\n", encoding="utf-8")
    told = markdown(summary(failures=[failure(f"dev-{at}", "mrr", answer="@you " * 999) for at in range(300)]))
    assert len(told) > 60_000
    (tmp_path / "report" / "report.md").write_text(told + "@bare @@two", encoding="utf-8")
    done = stage.run(script("comment.yml", COMMENT), REPOSITORY="o/r", HEAD="abc", RUN_URL="https://e.test/1")
    assert done.returncode == 0, done.stderr
    comment = (tmp_path / "comment.md").read_text(encoding="utf-8")
    assert len(comment) < 65_536
    assert not re.search("@(?!\u200b)", comment)


def test_an_earlier_comment_is_renewed(tmp_path: Path) -> None:
    stage, code = _comment(tmp_path, "17\n", earlier="99")
    assert code == 0
    assert "-X PATCH repos/o/r/issues/comments/99" in stage.called()


@pytest.mark.parametrize("number", ["", "../../x", "1; rm -rf /", "$(id)", "-1", "17 18"])
def test_what_is_no_number_reaches_no_command(tmp_path: Path, number: str) -> None:
    stage, code = _comment(tmp_path, number)
    assert code == 1
    assert stage.called() == ""


def test_a_stranger_cannot_comment_on_another_pull_request(tmp_path: Path) -> None:
    stage, code = _comment(tmp_path, "18\n", head="def")
    assert code == 0
    assert "comments" not in stage.called()


@pytest.mark.parametrize(
    ("state", "known", "wanted", "unwanted", "code"),
    [
        (1, "", "issue create --label quality-trend", "issue edit", 0),
        (1, "5", "issue edit 5 --body-file issue.md", "issue create", 0),
        (0, "5", "issue close 5", "issue edit", 0),
        (0, "", "issue list", "issue close", 0),
        (2, "5", "issue list", "issue close", 0),
        (3, "5", "issue list", "issue close", 1),
    ],
    ids=["worse", "still worse", "well again", "well", "too little", "damaged"],
)
def test_one_issue_is_opened_renewed_and_closed(
    tmp_path: Path, state: int, known: str, wanted: str, unwanted: str, code: int
) -> None:
    stage = Stage(tmp_path, f'case "$*" in *list*) echo {known} ;; *view*) echo "fingerprint=ab12" ;; esac')
    stage.program(".venv/bin/harness", f"echo '<!-- fingerprint=ab12 -->' > issue.md\nexit {state}\n")
    done = stage.run(script("nightly.yml", "issue"), RUN_URL="https://example.test/1")
    assert done.returncode == code
    assert wanted in stage.called()
    assert unwanted not in stage.called()
    assert "issue comment" not in stage.called()


def test_other_figures_in_the_open_issue_are_announced(tmp_path: Path) -> None:
    stage = Stage(tmp_path, 'case "$*" in *list*) echo 5 ;; *view*) echo "fingerprint=0000" ;; esac')
    stage.program(".venv/bin/harness", "echo '<!-- fingerprint=ab12 -->' > issue.md\nexit 1\n")
    stage.run(script("nightly.yml", "issue"), RUN_URL="https://example.test/1")
    assert "issue comment 5" in stage.called()


@pytest.mark.skipif(shutil.which("git") is None, reason="no git")
def test_nights_are_appended_to_a_branch_of_their_own(tmp_path: Path) -> None:
    origin, text = tmp_path / "origin.git", script("nightly.yml", "append")
    setup = f"""
        git init -q -b main --bare {origin}; git clone -q {origin} work 2>/dev/null; cd work
        git config user.name a; git config user.email a@example.test
        echo code > code.txt; git add code.txt; git commit -qm first; git push -q origin HEAD:main
    """
    Stage(tmp_path, "").run(setup)
    for night in ("one", "two"):
        clone = tmp_path / night
        subprocess.run(["git", "clone", "-q", str(origin), str(clone)], check=True)
        stage = Stage(clone, "")
        stage.program(".venv/bin/harness", f'[ "$2" = append ] && echo {night} >> "$5"\n')
        done = stage.run(text)
        assert done.returncode == 0, done.stderr
    show = ["git", "--git-dir", str(origin)]
    history = subprocess.run(
        [*show, "show", "reports-history:history.jsonl"], capture_output=True, text=True, check=True
    )
    files = subprocess.run(
        [*show, "ls-tree", "--name-only", "reports-history"], capture_output=True, text=True, check=True
    )
    assert history.stdout == "one\ntwo\n"
    assert files.stdout == "history.jsonl\n"
