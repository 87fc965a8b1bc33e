"""`kb skills check`: the specification, judged as its reference validator does, then drift and what is dead."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.adapters.yaml_text import load_texts
from kb.app import check_skills, open_workspace
from kb.skillset.check import Surroundings, check_skill, listing_warning
from kb.skillset.specification import errors, unknown, warnings

SKILL: dict[str, object] = {"name": "review", "description": "Use before a merge."}


@pytest.mark.parametrize(
    ("changed", "keys"),
    [
        ({}, []),
        ({"metadata": {"version": "1.0"}, "license": "MIT", "allowed-tools": "Bash(git:*) Read"}, []),
        ({"compatibility": "git"}, []),
        ({"name": None}, ["name"]),
        ({"name": " "}, ["name"]),
        ({"name": "Review"}, ["name", "name"]),
        ({"name": "re--view"}, ["name", "name"]),
        ({"name": "-review"}, ["name", "name"]),
        ({"name": "review_"}, ["name", "name"]),
        ({"name": "other"}, ["name"]),
        ({"name": "x" * 65}, ["name", "name"]),
        ({"description": " "}, ["description"]),
        ({"description": "x" * 1025}, ["description"]),
        ({"description": ["x"]}, ["description"]),
        ({"metadata": "x"}, ["metadata"]),
        ({"metadata": {"a": {"b": "c"}}}, ["metadata"]),
        ({"allowed-tools": ["Read"]}, ["allowed-tools"]),
        ({"compatibility": ""}, ["compatibility"]),
        ({"compatibility": "x" * 501}, ["compatibility"]),
    ],
)
def test_what_breaks_the_specification_is_told_by_key(changed: dict[str, object], keys: list[str]) -> None:
    assert [one.key for one in errors("review", {**SKILL, **changed})] == keys


def test_a_name_of_another_script_is_valid_and_warned_of() -> None:
    fields = {**SKILL, "name": "리뷰"}
    assert errors("리뷰", fields) == []
    assert [one.key for one in warnings(fields)] == ["name"]


def test_keys_outside_the_specification_are_told_apart() -> None:
    assert [one.key for one in unknown({**SKILL, "model": "x", "hooks": {}})] == ["model", "hooks"]


def around(root: Path | None = None, targets: frozenset[str] | None = None) -> Surroundings:
    return Surroundings(load_texts, root, lambda _: [], targets, {"kb": frozenset({"search", "show"})})


def skill(folder: Path, text: str, name: str = "review") -> Path:
    made = folder / name
    made.mkdir(parents=True, exist_ok=True)
    (made / "SKILL.md").write_bytes(text.encode("utf-8", "surrogateescape"))
    return made


HEAD = "---\nname: review\ndescription: Use before a merge.\n---\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "must start with YAML front matter"),
        ("# Review\n", "must start with YAML front matter"),
        ("---\nname: review\n", "not closed"),
        ("---\n- a\n---\n", "must be a mapping"),
        ("---\nname: [\n---\n", "line"),
        ("---\na: &x 1\nb: *x\n---\n", "aliases"),
        ("---\na: !!python/object:os.system x\n---\n", "tag"),
        ("---\nname: review\nname: review\n---\n", "twice"),
        ("---\n" + "[" * 200 + "\n---\n", "deep"),
        ("---\nname: review\ndescription: \udcff\n---\n", "not UTF-8"),
    ],
    ids=["empty", "none", "open", "list", "broken", "alias", "tag", "twice", "deep", "bytes"],
)
def test_hostile_front_matter_is_refused_in_one_line(tmp_path: Path, text: str, says: str) -> None:
    report = check_skill(skill(tmp_path, text), "review", "strict", around())
    assert (report.valid, len(report.errors)) == (False, 1)
    assert says in report.errors[0]
    assert "\n" not in report.errors[0]


def test_a_skill_that_links_out_of_its_folder_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text(HEAD, encoding="utf-8")
    folder = tmp_path / "skills" / "review"
    folder.mkdir(parents=True)
    (folder / "SKILL.md").symlink_to(tmp_path / "secret.md")
    assert "links out" in check_skill(folder, "review", "strict", around()).errors[0]


@pytest.mark.parametrize(("mode", "valid"), [("strict", False), ("lenient", True)])
def test_a_foreign_key_is_an_error_only_where_it_is_meant_strictly(tmp_path: Path, mode: str, valid: bool) -> None:
    folder = skill(tmp_path, HEAD.replace("---\n", "---\nmodel: x\n", 1))
    report = check_skill(folder, "review", "strict" if mode == "strict" else "lenient", around())
    assert report.valid is valid
    assert "model" in " ".join((*report.errors, *report.warnings))


def test_dead_links_files_and_commands_are_warned_of_with_their_line(tmp_path: Path) -> None:
    body = (
        "See [that](references/none.md) and [this](https://example.com/x).\n\n```sh\nmake tset\nmake test\n"
        "kb serach x\nkb search make\nsh scripts/gone.sh\necho make tset\n```\n\n```python\nmake = tset\n```\n"
    )
    report = check_skill(skill(tmp_path, HEAD + body), "review", "strict", around(tmp_path, frozenset({"test"})))
    assert report.valid
    assert [warning.split(":")[0] for warning in report.warnings] == ["line 5", "line 8", "line 10", "line 12"]


def test_a_body_that_is_too_long_is_warned_of(tmp_path: Path) -> None:
    report = check_skill(skill(tmp_path, HEAD + "낱말 " * 4_000), "review", "strict", around())
    assert report.valid
    assert "tokens" in report.warnings[0]


def test_the_listing_of_all_skills_has_one_budget(tmp_path: Path) -> None:
    folder = skill(tmp_path, HEAD.replace("Use before a merge.", "x" * 1_000))
    report = check_skill(folder, "review", "strict", around())
    assert listing_warning([report] * 7) is None
    assert "8,000" in str(listing_warning([report] * 8))


@settings(max_examples=150, deadline=None)
@given(
    name=st.text(alphabet="aZ0-_가é 一", max_size=8),
    description=st.text(max_size=12),
    extra=st.dictionaries(st.sampled_from(["license", "model", "hooks", "compatibility"]), st.just("x"), max_size=2),
)
def test_valid_is_what_the_reference_validator_says(name: str, description: str, extra: dict[str, str]) -> None:
    reference = pytest.importorskip("skills_ref.validator")
    fields = {"name": name, "description": description, **extra}
    # A folder cannot be called "" or ".": the reference is told the name itself, as far as it is one.
    folder = Path(name.strip() or "x")
    ours = not errors(folder.name, fields) and not unknown(fields)
    assert ours is (reference.validate_metadata(fields, folder) == [])


def test_the_command_prints_one_array_and_fails_for_an_invalid_skill(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from kb.cli import app

    skill(tmp_path, HEAD)
    skill(tmp_path, HEAD.replace("review", "Other"), "other")
    with pytest.raises(SystemExit) as stop:
        app(["skills", "check", str(tmp_path), "--strict", "--json"])
    rows = json.loads(capsys.readouterr().out)
    assert stop.value.code == 1
    assert [(Path(row["path"]).name, row["valid"]) for row in rows] == [("other", False), ("review", True)]
    assert {"path", "valid", "errors", "warnings", "drift"} <= rows[0].keys()


def test_references_inline_commands_and_files_of_the_workspace_are_looked_at_too(tmp_path: Path) -> None:
    (tmp_path / "adr").mkdir()
    (tmp_path / "adr/0001-a.md").write_text("# A\n", encoding="utf-8")
    shell = "```sh\ncat adr/0001-a.md adr/0002-b.md\nmake-x adr/*.md out/new.md\n```\n"
    body = f"Run `kb serach x`, not `kb search x`.\n\n{shell}"
    folder = skill(tmp_path, HEAD + body)
    (folder / "references").mkdir()
    page = f"[a](b.md) [body](../SKILL.md) [here](one%20two.md) [long]({'x' * 400}.md)\n"
    (folder / "references/one two.md").write_text(page, encoding="utf-8")
    report = check_skill(folder, "review", "strict", around(tmp_path))
    assert [warning.rpartition(": ")[0] + ": " + warning.rpartition(": ")[2][:20] for warning in report.warnings] == [
        "line 5: `kb serach` is no co",
        "line 8: adr/0002-b.md is not",
        "references/one two.md: line 1: link to b.md leads n",
        "references/one two.md: line 1: link to xxxxxxxxxxxx",
    ]


@pytest.mark.parametrize(
    ("makefile", "said"),
    [
        ("test lint: src\n\techo\n", ["make build-all"]),
        ("build-all :: x\n", ["make lint"]),
        ("NAME := x\nlint:\n", ["make build-all"]),
        ("%.o: x\n", []),
        ("include more.mk\n", []),
    ],
)
def test_targets_of_a_makefile_are_known_however_they_are_written(
    tmp_path: Path, makefile: str, said: list[str]
) -> None:
    (tmp_path / "kb.toml").write_text("[kb]\n", encoding="utf-8")
    (tmp_path / "Makefile").write_bytes(makefile.encode() + "# 한글\n".encode("cp949"))
    folder = skill(tmp_path, f"{HEAD}```sh\nmake lint\nmake build-all\n```\n")
    (report,) = check_skills(folder, "strict", open_workspace(tmp_path, {}))
    assert [warning.split("`")[1] for warning in report.warnings] == said


def test_a_skill_that_is_installed_for_two_clients_counts_once_in_the_listing(tmp_path: Path) -> None:
    folder = skill(tmp_path, HEAD.replace("Use before a merge.", "x" * 1_000))
    reports = [
        check_skill(folder, f"{client}/skills/review{n}", "strict", around())
        for client in (".claude", ".agents", "skills")
        for n in range(7)
    ]
    assert listing_warning(reports) is None
    assert ".claude" in str(listing_warning([*reports, *reports[:1]]))


def test_of_very_many_errors_the_first_are_told(tmp_path: Path) -> None:
    keys = "".join(f"key{n}: x\n" for n in range(900))
    links = "".join(f"[a](gone{n}.md)\n" for n in range(450))
    report = check_skill(skill(tmp_path, HEAD.replace("---\n", f"---\n{keys}", 1) + links), "x", "strict", around())
    assert (len(report.errors), len(report.warnings)) == (51, 51)
    assert (report.errors[-1], report.warnings[-1]) == ("and 850 more", "and 400 more")
