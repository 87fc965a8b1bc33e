"""The checks that the skills bring: each passes what is right and names what is wrong."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib import util
from pathlib import Path
from types import ModuleType

import pytest

from tests.kb.conftest import write

ROOT = Path(__file__).resolve().parents[2]
SKILLS = ROOT / "skills"
ADR = "adr/0018-three-valued-verdicts.md"
INCIDENT = "incidents/2026-01-checkpoint-pool-timeout.md"
VINYL = (
    "rules:\n  - id: not-vinyl-balloon\n    kind: exception\n    ko: 풍선은 비닐이 아니에요.\n"
    '    en: "Balloons are no film."\n\n  - id: new-one\n    ko: 새 규칙이에요.\n    en: It is new.\n'
)
PLAN = (
    "# A plan\n\n## Goal\nIt is named.\n\n## Binds\n- [adr:0009]\n\n## Files\n- `a.py`\n- (new) `tests/*.py`\n\n"
    "## Steps\n1. red\n\n## Proof\n- `make unit`\n\n## Stop\nWhen it is not.\n"
)
Change = Callable[[str], str]


def ran(script: str, *arguments: str, cwd: Path, text: str = "") -> subprocess.CompletedProcess[str]:
    file = SKILLS / script
    runner = [sys.executable] if file.suffix == ".py" else ["sh"]
    tools = str(Path(sys.executable).parent)
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("KB_", "GIT_"))}
    return subprocess.run(
        [*runner, str(file), *arguments],
        input=text,
        cwd=cwd,
        env={**environment, "PATH": f"{tools}:{os.environ['PATH']}", "VENV_BIN": tools, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def loaded(script: str) -> ModuleType:
    spec = util.spec_from_file_location(Path(script).stem, SKILLS / script)
    assert spec
    assert spec.loader
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def repository(root: Path, files: dict[str, str]) -> Path:
    write(root, files)
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "first"]):
        subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *command], cwd=root, check=True)
    return root


# lint-and-types


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x: int = 1\n", 0),
        ("x: int = 'a'\n", 1),
        ("import os\n", 1),
        ("x: int  =  1\n", 1),
        ("def f(x):\n    return x\n", 1),
    ],
    ids=["clean", "type", "lint", "format", "not-strict"],
)
def test_files_are_held_against_lint_format_and_types(tmp_path: Path, text: str, code: int) -> None:
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    write(tmp_path, {"a b.py": text, "pyproject.toml": settings})
    done = ran("lint-and-types/scripts/check_files.sh", "a b.py", cwd=tmp_path)
    assert done.returncode == code, done.stdout + done.stderr


def test_without_names_what_differs_is_checked(tmp_path: Path) -> None:
    repository(tmp_path, {"old.py": "import os\n"})
    assert ran("lint-and-types/scripts/check_files.sh", cwd=tmp_path).returncode == 0
    write(tmp_path, {"new one.py": "import os\n"})
    done = ran("lint-and-types/scripts/check_files.sh", cwd=tmp_path)
    assert done.returncode == 1
    assert "old.py" not in done.stdout
    assert ran("lint-and-types/scripts/check_files.sh", "none.py", cwd=tmp_path).returncode == 3


# incident-triage


def test_an_error_text_finds_the_incident_that_it_resembles(tmp_path: Path) -> None:
    taken = [INCIDENT, "incidents/2026-01-intent-json-fence.md", "incidents/2026-11-rouge-korean-zero.md"]
    write(tmp_path, {"kb.toml": "[kb]\n", **{path: (ROOT / path).read_text(encoding="utf-8") for path in taken}})
    kb = Path(sys.executable).parent / "kb"
    subprocess.run([kb, "index"], cwd=tmp_path, check=True, capture_output=True)
    log = '2026-01-24T10:00:00Z 10.0.0.7 Traceback\n  File "/x/y.py", line 3\npsycopg_pool.PoolTimeout: no connection\n'
    done = ran("incident-triage/scripts/similar.py", cwd=tmp_path, text=log)
    assert done.returncode == 0, done.stderr
    assert "checkpoint-pool-timeout" in done.stdout.splitlines()[1]
    assert ran("incident-triage/scripts/similar.py", cwd=tmp_path, text="hello, how are you?").returncode == 1
    assert ran("incident-triage/scripts/similar.py", cwd=tmp_path, text=" \n").returncode == 3


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("a\nb\n", "a b"),
        ("noise\nValueError: bad\n", "ValueError: bad"),
        ("ERROR 2026-01-24T10:00:00 at 0x7f3a\n", "ERROR at"),
        ("TimeoutError\n" * 50, "TimeoutError"),
        ("", ""),
        ("화면이 멈췄다\n그냥 글\n", "화면이 멈췄다"),
    ],
)
def test_only_the_lines_that_tell_are_asked(text: str, query: str) -> None:
    assert loaded("incident-triage/scripts/similar.py").wanted(text) == query


# write-adr, write-incident


@pytest.mark.parametrize(
    ("script", "path"),
    [("write-adr/scripts/check_adr.py", ADR), ("write-incident/scripts/check_incident.py", INCIDENT)],
)
def test_a_record_is_checked_with_lint_and_citations(tmp_path: Path, script: str, path: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    alone = re.sub(r"\[([^\]]*)\]\([^)]*\.md\)", r"\1", text)  # the neighbours are not copied
    alone = re.sub(r"\[adr:\d+\]|^(?:related|amends):.*(?:\n  .*)*", "", alone, flags=re.MULTILINE)
    alone = alone.replace("severity:", "related: []\nseverity:").replace("supersedes:", "amends: []\nsupersedes:")
    alone = re.sub(r"^code_refs: .*$", "code_refs: []", alone, flags=re.MULTILINE)
    write(tmp_path, {"kb.toml": "[kb]\n", path: alone})
    done = ran(script, path, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "nothing found\n"), done.stderr
    write(tmp_path, {path: alone + "\nSee [this](nowhere.md) and [adr:0099].\n"})
    done = ran(script, path, cwd=tmp_path)
    assert done.returncode == 1
    assert "[broken-link]" in done.stdout
    assert "[adr:0099] gone" in done.stdout
    assert ran(script, "adr/none.md", cwd=tmp_path).returncode == 3


@pytest.mark.parametrize("file", sorted((ROOT / "adr").glob("0*.md")), ids=lambda file: file.stem)
def test_every_decision_of_ours_has_what_the_skill_asks_for(file: Path) -> None:
    check = loaded("write-adr/scripts/check_adr.py")
    assert list(check.of_the_text(file.name, file.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("file", sorted((ROOT / "incidents").glob("2*.md")), ids=lambda file: file.stem)
def test_every_incident_of_ours_has_what_the_skill_asks_for(file: Path) -> None:
    check = loaded("write-incident/scripts/check_incident.py")
    assert list(check.of_the_text(file.stem, file.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace('id: "0018"', 'id: "0081"'), "do not agree"),
        (lambda text: text.replace("### 나쁜 점", "### 그 밖"), "no bad consequence"),
        (lambda text: text.replace("## 확인 방법", "## 끝"), "no section for confirmation"),
        (lambda text: text.replace("source:", "origin:"), "no field 'source'"),
        (lambda text: text.replace("## 결과", "What must hold? One line each.\n\n## 결과"), "question still stands"),
        (lambda text: text.partition("# 판정")[2], "no front matter"),
    ],
    ids=["id", "bad", "section", "field", "draft", "front"],
)
def test_what_a_decision_lacks_is_named(change: Change, said: str) -> None:
    text = change((ROOT / ADR).read_text(encoding="utf-8"))
    assert said in " ".join(loaded("write-adr/scripts/check_adr.py").of_the_text(Path(ADR).name, text))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace("severity: ", "severity: high"), "is none of sev1"),
        (lambda text: text.replace("owner:", "who:"), "an action without an owner"),
        (
            lambda text: re.sub(r"^action_items:(?:\n  .*)+", "action_items: []", text, flags=re.MULTILINE),
            "no action item",
        ),
        (lambda text: text.replace("## 근본 원인", "## 근본 원인\n담당자의 부주의였다."), "a person as the cause"),
        (lambda text: text.replace("## 타임라인", "## 차례"), "no section for timeline"),
        (lambda text: text.replace("detection:", "found:"), "no field 'detection'"),
        (lambda text: text.replace("## 영향", "## 영향\nHow much, whom, how long."), "question still stands"),
    ],
    ids=["severity", "owner", "actions", "blame", "section", "field", "draft"],
)
def test_what_an_incident_lacks_is_named(change: Change, said: str) -> None:
    text = change((ROOT / INCIDENT).read_text(encoding="utf-8"))
    assert said in " ".join(loaded("write-incident/scripts/check_incident.py").of_the_text(Path(INCIDENT).stem, text))


# change-domain-rule


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    accepted = {"id": "rule:not-vinyl-balloon", "text": ["풍선은 비닐이 아니에요.", "Balloons are no film."]}
    case = {"id": "d-1", "turns": ["풍선은?"], "rules": ["rule:not-vinyl-balloon"]}
    write(
        tmp_path,
        {
            "kb/rules/disposal/vinyl.yaml": VINYL,
            "datasets/gold/rules.jsonl": json.dumps(accepted) + "\n",
            "datasets/golden-dev.jsonl": json.dumps(case, ensure_ascii=False) + "\n",
            "docs/a.md": "See [rule:not-vinyl-balloon], not not-vinyl-balloon-2.\n\nnot-vinyl-balloon-2\n",
        },
    )
    return tmp_path


def test_what_hangs_on_a_rule_is_listed(rules: Path) -> None:
    done = ran("change-domain-rule/scripts/affected.py", "rule:not-vinyl-balloon", cwd=rules)
    assert done.returncode == 0
    assert done.stdout.split("\n")[1:-1] == [
        "  defined   kb/rules/disposal/vinyl.yaml:2",
        "  accepted  same wording",
        "  case      datasets/golden-dev.jsonl:1 d-1 풍선은?",
        "  cited     docs/a.md:1",
    ]


@pytest.mark.parametrize(
    ("rule", "change", "code", "said"),
    [
        ("new-one", lambda text: text, 0, "was never accepted"),
        ("not-vinyl-balloon", lambda text: text.replace("아니에요", "맞아요"), 1, "differs"),
        ("not-vinyl-balloon", lambda text: text.replace("not-vinyl-balloon", "other"), 1, "the rule is gone"),
        ("none", lambda text: text, 1, "nowhere in kb/rules"),
    ],
    ids=["new", "differs", "gone", "unknown"],
)
def test_a_rule_that_is_not_as_accepted_is_told(rules: Path, rule: str, change: Change, code: int, said: str) -> None:
    write(rules, {"kb/rules/disposal/vinyl.yaml": change(VINYL)})
    done = ran("change-domain-rule/scripts/affected.py", rule, cwd=rules)
    assert (done.returncode, said in done.stdout) == (code, True)


def test_without_an_id_the_usage_is_told(rules: Path) -> None:
    assert ran("change-domain-rule/scripts/affected.py", cwd=rules).returncode == 3


# golden-case


def case(**changes: object) -> str:
    whole: dict[str, object] = {
        "id": "d-900",
        "split": "dev",
        "turns": ["풍선 터진 거 어디 버려?"],
        "intents": ["waste"],
    }
    whole |= {"rules": ["rule:not-vinyl-balloon"], "required": [["종량제"]], "answerable": True, "source": "a rule"}
    return json.dumps({key: value for key, value in (whole | changes).items() if value is not None}, ensure_ascii=False)


def test_a_right_case_passes_and_the_dev_cases_do(rules: Path) -> None:
    assert ran("golden-case/scripts/check_case.py", cwd=rules, text=case()).returncode == 0
    assert ran("golden-case/scripts/check_case.py", "datasets/golden-dev.jsonl", cwd=ROOT).stdout == "nothing found\n"
    assert ran("golden-case/scripts/check_case.py", cwd=rules, text="\n").returncode == 3


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "not JSON"),
        ("[]", "a case is a JSON object"),
        (case(split="test"), "test is sealed"),
        (case(source=None), "no 'source'"),
        (case(intent=["waste"]), "unknown key 'intent'"),
        (case(turns=[]), "turns must be"),
        (case(turns=[{"image": "a.png"}]), "turns must be"),
        (case(required=["종량제"]), "required must be"),
        (case(required=[[]]), "required must be"),
        (case(answerable="yes"), "answerable must be"),
        (case(required=[["("]]), "does not compile"),
        (case(forbidden=["비닐|"]), "matches every answer"),
        (case(intents=["trash"]), "intent 'trash' is none of"),
        (case(rules=["rule:none"]), "is in no file"),
        (case(required=None), "any answer would pass"),
        (case(id="d-1"), "stands at"),
        (case(turns=["풍선은 ?"]), "asks the same as d-1"),
        (case(answerable=False, intents=None, rules=None, required=None), "nothing is expected"),
    ],
    ids=lambda value: value[:30],
)
def test_what_is_wrong_with_a_case_is_named(rules: Path, line: str, said: str) -> None:
    done = ran("golden-case/scripts/check_case.py", cwd=rules, text=line)
    assert done.returncode == 1
    assert said in done.stdout


# run-evaluation


def summary(code: int, *standings: str) -> str:
    gates = [
        {"metric": "intent_f1", "suite": "golden", "split": "dev", "slice": "", "limit": "≥ 0.95", "n": 6}
        | {"value": None if standing == "unmeasured" else 0.5, "standing": standing, "reason": ""}
        for standing in standings
    ]
    suites = [{"name": "golden", "target": "eco2.app:answer", "cases": 6}]
    whole = {"run": {"started_at": "2026-11-22T20:17:56+00:00", "suites": suites}, "exit_code": code, "gates": gates}
    return json.dumps(whole | {"figures": [], "failures": [], "missing": [], "not_applicable": []})


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (summary(0, "holds"), 0, "1 of 1 gates hold."),
        (summary(1, "holds", "fails"), 1, "Failing: intent_f1 (golden dev) 0.5 over 6, limit ≥ 0.95."),
        (summary(2, "unmeasured"), 2, "Not measured: intent_f1 (golden dev) no value"),
        (summary(1, *["fails"] * 9), 1, "and 5 more"),
        ("{}", 3, ""),
        ("no json", 3, ""),
    ],
    ids=["holds", "fails", "unmeasured", "many", "empty", "broken"],
)
def test_a_run_is_put_into_one_paragraph(tmp_path: Path, text: str, code: int, said: str) -> None:
    write(tmp_path, {"out/summary.json": text})
    done = ran("run-evaluation/scripts/summarise.py", "out", cwd=tmp_path)
    assert (done.returncode, said in done.stdout) == (code, True)
    assert done.stdout.count("\n") == (code != 3)
    assert ran("run-evaluation/scripts/summarise.py", "none", cwd=tmp_path).returncode == 3


# plan-then-build


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text, ""),
        (lambda text: text.replace("[adr:0009]", "Nothing binds this."), ""),
        (lambda text: text.replace("[adr:0009]", "much"), "no citation"),
        (lambda text: text.replace("## Stop\n", "## End\n"), "no section for stop"),
        (lambda text: text.replace("1. red", ""), "no section for steps"),
        (lambda text: text.replace("a.py", "b.py"), "b.py is not there"),
        (lambda text: text.replace("a.py", "datasets/FROZEN"), "is sealed"),
        (lambda text: text.replace("a.py", "/etc/passwd"), "leads out of the repository"),
        (lambda text: text.replace("a.py", "../a.py"), "leads out of the repository"),
        (lambda text: re.sub("^- .*`$", "", text, flags=re.MULTILINE), "no file is listed"),
    ],
    ids=["whole", "unbound", "uncited", "no-stop", "no-steps", "no-file", "sealed", "absolute", "outside", "no-list"],
)
def test_a_plan_must_be_complete_before_it_is_built(tmp_path: Path, change: Change, said: str) -> None:
    write(tmp_path, {"plan.md": change(PLAN), "a.py": ""})
    done = ran("plan-then-build/scripts/check_plan.py", "plan.md", cwd=tmp_path)
    assert done.returncode == (1 if said else 0)
    assert said in done.stdout


def test_an_edit_outside_of_the_plan_is_named(tmp_path: Path) -> None:
    repository(tmp_path, {"a.py": "", "b.py": ""})
    write(tmp_path, {"plan.md": PLAN, "a.py": "1\n", "tests/test_a.py": ""})
    assert ran("plan-then-build/scripts/check_plan.py", "plan.md", "--changed", cwd=tmp_path).returncode == 0
    write(tmp_path, {"b.py": "1\n", "한글.py": ""})
    done = ran("plan-then-build/scripts/check_plan.py", "plan.md", "--changed", cwd=tmp_path)
    assert done.returncode == 1
    assert [line.split(" is not")[0] for line in done.stdout.splitlines()] == ["b.py", "한글.py"]
    assert ran("plan-then-build/scripts/check_plan.py", "none.md", cwd=tmp_path).returncode == 3


def test_the_plan_of_the_reference_is_a_complete_one(tmp_path: Path) -> None:
    page = (SKILLS / "plan-then-build/references/plan.md").read_text(encoding="utf-8")
    (tmp_path / "plan.md").write_text(page.partition("```markdown\n")[2].partition("\n```\n")[0], encoding="utf-8")
    for path in ("eco2/fallback.py", "tests/eco2/test_fallback.py"):
        assert (ROOT / path).is_file()
        write(tmp_path, {path: ""})
    done = ran("plan-then-build/scripts/check_plan.py", "plan.md", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "nothing found\n")


# code-review, onboarding, e2e-test


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"harness/a.py": "x = 1\n"}, ""),
        ({"harness/cli_a.py": "print(1)\n"}, ""),
        ({"harness/a.py": "from eco2 import app\n"}, "harness must not import eco2"),
        ({"kb/a.py": "import harness\n"}, "kb imports no other room"),
        ({"kb/a.py": "print(1)\n"}, "print belongs in cli.py"),
        ({"eco2/a.py": "try:\n    f()\nexcept:\n    pass\n"}, "bare except"),
        ({"kb/rules/a.yaml": "rules: []\n"}, "a rule changed, the truth did not"),
        ({"datasets/b/test.jsonl": "{}\n"}, "datasets/b/test.jsonl: a sealed file changed"),
        ({"datasets/b/test.jsonl": "{}\n", "datasets/FROZEN": "1\n"}, ""),
        ({"harness/한글 이름.py": "import eco2\n"}, "harness/한글 이름.py:1: harness must not import eco2"),
    ],
    ids=["fine", "command-line", "room", "kb", "print", "except", "truth", "sealed", "sealed-anew", "awkward-name"],
)
def test_what_tests_do_not_see_in_a_change_is_found(tmp_path: Path, files: dict[str, str], said: str) -> None:
    repository(tmp_path, {"datasets/FROZEN": f"{'0' * 64}  datasets/b/test.jsonl  # why\n", "adr/0001-a.md": "x\n"})
    write(tmp_path, files)
    done = ran("code-review/scripts/check_diff.sh", cwd=tmp_path)
    assert (done.returncode, said in done.stdout) == (1 if said else 0, True), done.stdout
    assert ran("code-review/scripts/check_diff.sh", "no-such-branch", cwd=tmp_path).returncode == 3


def test_decisions_are_listed_and_one_without_a_status_is_told(tmp_path: Path) -> None:
    whole = ran("onboarding/scripts/decisions.sh", cwd=ROOT)
    assert whole.returncode == 0
    assert len(whole.stdout.splitlines()) == len(list((ROOT / "adr").glob("0*.md")))
    write(tmp_path, {"adr/0001-a.md": '---\nid: "0001"\ntitle: A\n---\n# A\n'})
    assert ran("onboarding/scripts/decisions.sh", cwd=tmp_path).returncode == 1
    assert ran("onboarding/scripts/decisions.sh", "none", cwd=tmp_path).returncode == 3
    write(tmp_path, {"docs/a.md": "# A\n"})
    assert "no decision in 'docs'" in ran("onboarding/scripts/decisions.sh", "docs", cwd=tmp_path).stderr


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, ""),
        ({"intents": ["general"]}, "intents ['general']"),
        ({"answer": " "}, "the answer is empty"),
        ({"citations": []}, "stands in the answer but not in"),
        ({"events": [{"seq": 2}]}, "do not count from 1"),
        ({"error": "it broke"}, "no response"),
    ],
    ids=["right", "intents", "empty", "citation", "events", "error"],
)
def test_the_smoke_test_sees_a_bad_response(change: dict[str, object], said: str) -> None:
    right: dict[str, object] = {"intents": ["waste"], "answer": "닫아요 [rule:a].", "citations": [{"id": "rule:a"}]}
    problems = loaded("e2e-test/scripts/smoke.py")._problems({**right, "events": [{"seq": 1}], **change}, {"waste"})
    assert said in " ".join(problems)
    assert bool(said) == bool(list(loaded("e2e-test/scripts/smoke.py")._problems(right | change, {"waste"})))


@pytest.mark.soak
def test_the_smoke_test_passes_on_our_bot() -> None:
    done = ran("e2e-test/scripts/smoke.py", cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(shutil.which("dash") is None, reason="no dash; `apt-get install dash`")
@pytest.mark.parametrize("file", sorted(SKILLS.rglob("*.sh")), ids=lambda file: file.name)
def test_every_shell_script_is_read_by_a_plain_shell(file: Path) -> None:
    assert subprocess.run(["dash", "-n", str(file)], check=False, capture_output=True).returncode == 0
