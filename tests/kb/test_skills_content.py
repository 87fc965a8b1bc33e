"""This team's own skills: valid, within the budgets of clients, told apart, and without dead commands."""

from __future__ import annotations

import json
import re
import shlex
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from kb.app import check_skills, open_workspace
from kb.cli_skills import commands
from kb.skillset.check import MOST_LISTING_CHARACTERS, SkillReport

ROOT = Path(__file__).resolve().parents[2]
SKILLS = ROOT / "skills"
NAMES = sorted(file.parent.name for file in SKILLS.glob("*/SKILL.md"))
WRITTEN_BY_HAND = (
    "change-domain-rule code-review e2e-test golden-case incident-triage lint-and-types onboarding plan-then-build "
    "run-evaluation write-adr write-incident"
).split()
LONGEST_DESCRIPTION = 630
# `kb skills build` compiles three areas here; a description of its template has about 330 characters.
COMPILED = 3 * (330 + len("knowledge-harness"))
OWN_PROGRAMS = ("kb", "harness", "eco2")
ENDS = ("|", "||", "&&", ";", "&", ">", ">>", "<")


@pytest.fixture(scope="module")
def reports() -> list[SkillReport]:
    return list(check_skills(SKILLS, "strict", open_workspace(ROOT, {}), commands()))


def description(name: str) -> str:
    found = re.search(r"^description: (.+)$", (SKILLS / name / "SKILL.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert found, f"{name} has no description on one line"
    return found[1]


def test_the_skills_that_the_team_uses_are_there() -> None:
    assert set(WRITTEN_BY_HAND) <= set(NAMES)


def test_every_skill_is_valid_in_strict_mode_and_rests_on_what_still_stands(reports: list[SkillReport]) -> None:
    assert {report.path: (report.errors, report.drift) for report in reports if report.fails} == {}


def test_no_skill_is_too_long_or_names_what_is_not_there(reports: list[SkillReport]) -> None:
    told = {report.path: [said for said in report.warnings if "since; read it" not in said] for report in reports}
    assert {path: said for path, said in told.items() if said} == {}


def test_all_names_and_descriptions_fit_the_listing_of_a_client() -> None:
    own = sum(len(name) + len(description(name)) for name in WRITTEN_BY_HAND)
    assert own + COMPILED <= MOST_LISTING_CHARACTERS


@pytest.mark.parametrize("name", WRITTEN_BY_HAND)
def test_a_description_says_when_and_when_not_in_both_languages(name: str) -> None:
    said = description(name)
    assert len(said) <= LONGEST_DESCRIPTION
    assert "Use " in said
    assert "Not " in said
    assert re.search("트리거 - .*[가-힣]", said)
    assert not set("<>") & set(said)


@pytest.mark.parametrize("name", WRITTEN_BY_HAND)
def test_what_a_skill_is_not_for_names_a_skill_that_is_there(name: str) -> None:
    not_for = description(name).partition(" Not ")[2].partition("트리거")[0]
    named = [other for part in re.findall(r"\(([^)]*)\)", not_for) for other in part.split(", ")]
    assert named
    assert set(named) <= set(NAMES) - {name}


@pytest.mark.parametrize("name", WRITTEN_BY_HAND)
def test_every_reference_is_opened_from_the_body(name: str) -> None:
    body = (SKILLS / name / "SKILL.md").read_text(encoding="utf-8")
    assert [
        file.name for file in (SKILLS / name / "references").glob("*") if f"references/{file.name})" not in body
    ] == []


def test_no_triggering_phrase_belongs_to_two_skills() -> None:
    phrases = Counter(
        phrase.strip(" .")
        for name in WRITTEN_BY_HAND
        for phrase in description(name).partition("트리거 - ")[2].split(",")
    )
    assert [phrase for phrase, count in phrases.items() if count > 1] == []


def shell_lines() -> Iterator[tuple[str, str]]:
    """(place, line) of every line in the shell fences of all skills."""
    for file in sorted(SKILLS.rglob("*.md")):
        fence = False
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            if line.strip().startswith("```"):
                fence = line.strip() == "```sh"
            elif fence and line.strip():
                yield f"{file.relative_to(ROOT).as_posix()}:{number}", line.strip()


def calls(line: str) -> Iterator[list[str]]:
    """The words of each program that a shell line starts, settings before it left out."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words: list[str] = []
    for word in [*lexer, ";"]:
        if word in ENDS:
            if words:
                yield words
            words = []
        elif words or not re.match(r"[A-Z0-9_]+=", word):
            words.append(word)


def missing(words: list[str]) -> str:
    """What of a call does not exist; empty where all of it does."""
    program, *rest = words
    if program == "make":
        targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        return next((f"target {word}" for word in rest if "=" not in word and word not in targets), "")
    if program in ("sh", "python", "python3"):
        return next((f"file {word}" for word in rest[:1] if not (ROOT / word).is_file()), "")
    return missing_in(command_of(program), rest) if program in OWN_PROGRAMS else ""


def command_of(program: str) -> Any:
    from eco2.cli import app as eco2_app
    from harness.cli import app as harness_app
    from kb.cli import app as kb_app

    apps = {"kb": kb_app, "harness": harness_app, "eco2": eco2_app}
    return typer.main.get_command(apps[program])


def missing_in(command: Any, words: list[str]) -> str:
    while hasattr(command, "commands"):
        if not words or words[0] not in command.commands:
            return f"command {words[:1]} of {command.name}"
        command, words = command.commands[words[0]], words[1:]
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    given = [word.partition("=")[0] for word in words if word.startswith("-") and word != "-"]
    return next((f"option {word} of {command.name}" for word in given if word not in known), "")


def test_every_command_in_a_skill_exists() -> None:
    told = [(place, missing(words)) for place, line in shell_lines() for words in calls(line)]
    assert len(told) > 50
    assert [(place, said) for place, said in told if said] == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("make tset", "target tset"),
        ("kb serach x", "command ['serach'] of"),
        ("ECO2_WORLD=recorded eco2 ask 'x' --jsno", "option --jsno of ask"),
        ("cat x | harness gold acept --reason 'y'", "command ['acept'] of gold"),
        ("sh skills/none.sh", "file skills/none.sh"),
        ("make unit ARGS='-k x' && kb lint", ""),
    ],
)
def test_the_check_of_commands_sees_what_is_not_there(line: str, said: str) -> None:
    found = " ".join(filter(None, (missing(words) for words in calls(line))))
    assert found.startswith(said) if said else not found


def test_the_settings_shut_what_is_sealed_and_allow_no_accepting() -> None:
    settings = json.loads((SKILLS / "plan-then-build/assets/settings.json").read_text(encoding="utf-8"))
    rules = settings["permissions"]
    sealed = ("datasets/golden-test.jsonl", "datasets/*/test.jsonl")
    assert {f"{verb}(./{path})" for verb in ("Read", "Edit") for path in sealed} <= set(rules["deny"])
    assert {"Edit(./datasets/FROZEN)", "Edit(./reports/baseline.json)"} <= set(rules["deny"])
    assert not [rule for rule in rules["allow"] if "accept" in rule or "freeze" in rule or "push" in rule]
    assert {"Bash(harness gold accept:*)", "Bash(harness baseline accept:*)"} <= set(rules["ask"])


def test_every_command_in_the_settings_exists() -> None:
    rules = json.loads((SKILLS / "plan-then-build/assets/settings.json").read_text(encoding="utf-8"))["permissions"]
    named = re.findall(r"Bash\(([^:)]+)", " ".join([*rules["allow"], *rules["ask"], *rules["deny"]]))
    assert len(named) > 20
    assert [(line, said) for line in named for words in calls(line) if (said := missing(words))] == []


def test_the_hook_of_the_settings_runs_a_script_that_the_skill_brings() -> None:
    settings = json.loads((SKILLS / "plan-then-build/assets/settings.json").read_text(encoding="utf-8"))
    (entry,) = settings["hooks"]["PreToolUse"]
    (hook,) = entry["hooks"]
    assert entry["matcher"] == "Edit|Write|MultiEdit"
    assert hook["timeout"] == 5
    script = hook["command"].partition(".claude/skills/")[2].rstrip('"')
    assert (SKILLS / script).is_file()


def test_the_triggering_questions_name_skills_that_are_there_and_cover_each() -> None:
    rows = [json.loads(line) for line in (ROOT / "datasets/skills/triggers.jsonl").read_text("utf-8").splitlines()]
    wanted = Counter(row["skill"] for row in rows if row["near_miss_of"] is None)
    near = Counter(row["near_miss_of"] for row in rows if row["near_miss_of"])
    assert {row["split"] for row in rows} == {"dev"}
    assert {row["lang"] for row in rows} == {"ko", "en"}
    assert len({row["id"] for row in rows}) == len({row["query"] for row in rows}) == len(rows)
    assert set(wanted) | set(near) | {row["skill"] for row in rows} <= {*WRITTEN_BY_HAND, None}
    assert all(wanted[name] >= 3 and near[name] >= 2 for name in WRITTEN_BY_HAND)
    assert not [row["id"] for row in rows if row["skill"] == row["near_miss_of"]]


def test_no_triggering_question_repeats_a_phrase_of_a_description() -> None:
    rows = [json.loads(line) for line in (ROOT / "datasets/skills/triggers.jsonl").read_text("utf-8").splitlines()]
    phrases = [
        phrase.strip(" .")
        for name in WRITTEN_BY_HAND
        for phrase in description(name).partition("트리거 - ")[2].split(",")
    ]
    assert [(row["id"], phrase) for row in rows for phrase in phrases if phrase in row["query"]] == []
