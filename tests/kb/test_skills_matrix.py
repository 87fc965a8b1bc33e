"""SKILL.md files of every awkward kind: `valid` is what the reference validator says, or it is told why not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kb.adapters.yaml_text import load_texts
from kb.app import check_skills
from kb.skillset.check import SkillReport, Surroundings, check_skill

END = "---\n# Body\n"
HEAD = "---\nname: review\ndescription: Use before a merge.\n"


def named(name: str) -> str:
    return HEAD.replace("review", name) + END


def described(text: str) -> str:
    return f"---\nname: review\ndescription: {text}\n{END}"


def more(lines: str) -> str:
    return f"{HEAD}{lines}\n{END}"


AGREED = {
    "plain": HEAD + END,
    "byte-order-mark": "\ufeff" + HEAD + END,
    "crlf": (HEAD + END).replace("\n", "\r\n"),
    "cr": (HEAD + END).replace("\n", "\r"),
    "no-front-matter": "# Review\n",
    "open": HEAD,
    "closed-by-dots": f"{HEAD}...\n# Body\n",
    "blank-after-fence": HEAD.replace("---\n", "--- \n") + "--- \nBody\n",
    "four-hyphens": f"-{HEAD}-{END}",
    "empty": "---\n---\n",
    "no-body": f"{HEAD}---",
    "blank-line-first": f"\n{HEAD}{END}",
    "hyphens-in-block": described("|\n  a\n  ---\n  b"),
    "name-upper": named("Review"),
    "name-two-hyphens": named("re--view"),
    "name-hyphen-first": named("-review"),
    "name-hyphen-last": named("review-"),
    "name-underscore": named("re_view"),
    "name-dots": named(".."),
    "name-path": named("../review"),
    "name-64": named("x" * 64),
    "name-65": named("x" * 65),
    "name-empty": named(""),
    "name-null": named("null"),
    "name-tilde": named("~"),
    "name-number": named("123"),
    "name-float": named("1.0"),
    "name-hex": named("0x10"),
    "name-date": named("2025-01-01"),
    "name-quoted": named('"review"'),
    "name-comment": named("review # why"),
    "name-korean": named("리뷰"),
    "name-korean-letters": named("\u1105\u1175\u1107\u1172"),
    "name-cyrillic": named("r\u0435view"),
    "name-full-width": named("\uff52\uff45view"),
    "name-ligature": named("\ufb01x"),
    "name-emoji": named("a\U0001f600"),
    "name-zero-width": named("re\u200bview"),
    "name-title-case": named("\u01c5x"),
    "name-list": named("[a]"),
    "no-description": f"---\nname: review\n{END}",
    "description-empty": described(""),
    "description-blank": described("'  '"),
    "description-1024": described("가" * 1024),
    "description-1025": described("가" * 1025),
    "description-1024-and-line-end": described("|\n  " + "x" * 1024),
    "description-1024-stripped": described("|-\n  " + "x" * 1024),
    "description-20k": described("x" * 20_000),
    "description-folded": described(">\n  a\n  b"),
    "description-list": described("\n  - a"),
    "description-map": described("\n  a: b"),
    "description-flow": described("[a, b]"),
    "description-number": described("5"),
    "description-colon": described("Use: now"),
    "description-hash": described("a # b"),
    "description-at": described("@x"),
    "description-backtick": described("`x` y"),
    "description-percent": described("%x"),
    "description-angle": described("a <b> c"),
    "description-next-line": described("a\u0085b"),
    "description-line-separator": described("a\u2028b"),
    "description-zero-byte": described("a\0b"),
    "description-bell": described("a\a b"),
    "description-escape": described('"a\\x07b"'),
    "anchor": f"---\nname: &n review\ndescription: x\n{END}",
    "alias": f"---\nname: &n review\ndescription: *n\n{END}",
    "bomb": f"---\na: &a [x, x]\nb: &b [*a, *a]\nname: review\ndescription: x\n{END}",
    "tag": described("!x y"),
    "plain-tag": described("!!str y"),
    "python-tag": f"---\nname: !!python/object/apply:os.system [id]\ndescription: x\n{END}",
    "merge": more("<<: {license: MIT}"),
    "key-twice": more("name: review"),
    "key-twice-inside": more("metadata:\n  a: b\n  a: c"),
    "tab": more("metadata:\n\ta: b"),
    "key-unknown": more("model: x"),
    "key-upper": more("License: x"),
    "key-number": more("1: x"),
    "key-empty": more("'': x"),
    "license": more("license: MIT"),
    "license-empty": more("license:"),
    "compatibility-500": more("compatibility: " + "x" * 500),
    "compatibility-501": more("compatibility: " + "x" * 501),
    "compatibility-list": more("compatibility:\n  - x"),
    "metadata": more("metadata:\n  version: '1.0'"),
    "metadata-number": more("metadata:\n  version: 1.0"),
    "metadata-empty-value": more("metadata:\n  a:"),
    "tools": more("allowed-tools: Bash(git:*) Read"),
    "tools-empty": more("allowed-tools:"),
    "tools-flow": more("allowed-tools: [Read]"),
    "comment": more("# why"),
    "indented": f"---\n  name: review\n  description: x\n{END}",
    "text": f"---\nreview\n{END}",
    "list": f"---\n- a\n{END}",
    "second-document": f"---\nname: review\n...\ndescription: x\n{END}",
}
OF_THE_TEXT = "the specification says what the value must be, the reference does not check it"
OF_ITS_PARSER = "plain YAML that the reference's parser, a subset of YAML, refuses"
OF_ITS_CUT = "the reference cuts at any three hyphens, front matter ends with a line of them"
DISAGREED = {
    "license-list": (more("license:\n  - MIT"), False, OF_THE_TEXT),
    "compatibility-empty": (more("compatibility:"), False, OF_THE_TEXT),
    "metadata-text": (more("metadata: x"), False, OF_THE_TEXT),
    "metadata-list": (more("metadata:\n  - a"), False, OF_THE_TEXT),
    "metadata-nested": (more("metadata:\n  a:\n    b: c"), False, OF_THE_TEXT),
    "metadata-empty": (more("metadata:"), False, OF_THE_TEXT),
    "tools-list": (more("allowed-tools:\n  - Read"), False, OF_THE_TEXT),
    "metadata-flow": (more("metadata: {version: '1.0'}"), True, OF_ITS_PARSER),
    "json": ('---\n{"name": "review", "description": "x"}\n' + END, True, OF_ITS_PARSER),
    "tab-after-key": (HEAD.replace("name: ", "name:\t") + END, True, OF_ITS_PARSER),
    "hyphens-in-description": (f"---\ndescription: a --- b\nname: review\n{END}", True, OF_ITS_CUT),
    "text-behind-the-fence": (HEAD.replace("---\n", "---") + END, False, OF_ITS_CUT),
    "indented-fence": (f"{HEAD} {END}", False, OF_ITS_CUT),
}
WARNED = {"metadata-flow": "braces", "json": "braces", "hyphens-in-description": "holds ---"}
FOLDERS = {"name-korean": "리뷰", "name-cyrillic": "r\u0435view", "name-ligature": "fix", "name-title-case": "ǆx"}
FOLDERS |= {
    "name-64": "x" * 64,
    "name-null": "null",
    "name-number": "123",
    "name-hex": "0x10",
    "name-date": "2025-01-01",
}
FOLDERS |= {"name-korean-letters": "리뷰", "name-float": "1.0", "name-tilde": "~", "name-underscore": "re_view"}


def put(root: Path, kind: str, text: str) -> Path:
    folder = root / FOLDERS.get(kind, "review")
    folder.mkdir()
    (folder / "SKILL.md").write_bytes(text.encode("utf-8"))
    return folder


def checked(folder: Path) -> SkillReport:
    return check_skill(folder, "review", "strict", Surroundings(load_texts, None, lambda _: [], None, {}))


def is_valid_to_the_reference(folder: Path) -> bool:
    reference = pytest.importorskip("skills_ref.validator")
    try:
        return bool(reference.validate(folder) == [])
    except AttributeError:  # its parser stumbles over the message about a control character
        return False


@pytest.mark.parametrize("kind", AGREED)
def test_valid_is_what_the_reference_says_of_the_file(tmp_path: Path, kind: str) -> None:
    folder = put(tmp_path, kind, AGREED[kind])
    report = checked(folder)
    assert report.valid is is_valid_to_the_reference(folder), report.errors
    assert not any("\n" in message or len(message) > 300 for message in (*report.errors, *report.warnings))


@pytest.mark.parametrize("kind", DISAGREED)
def test_where_the_two_differ_there_is_a_reason(tmp_path: Path, kind: str) -> None:
    text, valid, why = DISAGREED[kind]
    folder = put(tmp_path, kind, text)
    report = checked(folder)
    assert (report.valid, is_valid_to_the_reference(folder)) == (valid, not valid), why
    assert WARNED.get(kind, "") in " ".join(report.warnings)


def test_a_skill_behind_a_link_must_be_called_like_the_link(tmp_path: Path) -> None:
    (tmp_path / "other").symlink_to(put(tmp_path, "plain", AGREED["plain"]))
    assert not is_valid_to_the_reference(tmp_path / "other")
    (report,) = check_skills(tmp_path / "other", "strict", None)
    assert "is not the folder's, 'other'" in report.errors[0]


def test_a_line_of_an_error_is_that_of_the_file(tmp_path: Path) -> None:
    assert "line 3: " in checked(put(tmp_path, "x", described("Use: now"))).errors[0]


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "review").mkdir()
    os.mkfifo(tmp_path / "review/SKILL.md")
    assert "is no file" in checked(tmp_path / "review").errors[0]
