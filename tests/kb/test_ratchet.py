"""The ratchet of `kb lint`: what is known is no news, what is new fails, and the list grows only with a reason."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.adapters.yaml_text import load_entries, load_mapping
from kb.app import open_workspace
from kb.checks import LintReport, RatchetUse, Readers, lint_report
from kb.documents import Finding, KbError
from kb.ratchet import (
    FILE,
    Acceptance,
    Ratchet,
    compare,
    first,
    key_of,
    lines_of,
    load,
    save,
    tightened,
    widened,
)

READERS = Readers(load_mapping, load_entries)
UNKNOWN = "# {n}. Use it\n\nDate: 2026-02-01\n\n## Status\n\n{status}\n\n## Decision\nIt.\n"


def finding(path: str = "a.md", line: int = 1, rule: str = "broken-link") -> Finding:
    return Finding(path, line, rule, "warning", "x")


def decision(root: Path, number: int, status: str) -> None:
    file = root / "adr" / f"{number:04d}-x.md"
    file.parent.mkdir(exist_ok=True, parents=True)
    file.write_text(UNKNOWN.format(n=number, status=status), encoding="utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "kb.toml").write_text('[kb]\nembedder = "none"\n', encoding="utf-8")
    decision(tmp_path, 1, "Levitating")
    return tmp_path


def linted(root: Path, use: RatchetUse | None = None, today: str | None = None) -> LintReport:
    return lint_report(open_workspace(root, {}), READERS, today=today, use=use)


UPDATE = RatchetUse(update=True)


def test_without_a_file_every_error_counts(root: Path) -> None:
    report = linted(root)
    assert (report.fails, report.compared) == (True, None)


def test_the_first_update_knows_all_findings_of_today(root: Path) -> None:
    assert not linted(root, UPDATE).fails
    report = linted(root)
    assert (report.fails, report.told, len(report.findings)) == (False, (), 1)


def test_a_new_finding_fails_and_only_it_is_told(root: Path) -> None:
    linted(root, UPDATE)
    decision(root, 2, "Hovering")
    report = linted(root)
    assert (report.fails, [item.path for item in report.told]) == (True, ["adr/0002-x.md"])


def test_a_new_warning_fails_too_since_the_list_must_not_grow(root: Path) -> None:
    linted(root, UPDATE)
    (root / "guide.md").write_text("# Guide\n\nSee [x](gone.md).\n", encoding="utf-8")
    assert [item.severity for item in linted(root).told] == ["warning"]
    assert linted(root).fails


def test_a_finding_stays_known_when_its_line_moves_and_is_new_when_it_changes(root: Path) -> None:
    linted(root, UPDATE)
    file = root / "adr" / "0001-x.md"
    file.write_text(file.read_text().replace("## Status", "Some words.\n\n## Status"), encoding="utf-8")
    assert not linted(root).fails
    file.write_text(file.read_text().replace("Levitating", "Hovering"), encoding="utf-8")
    assert linted(root).fails


def test_what_is_gone_is_told_and_written_out_of_the_file(root: Path) -> None:
    linted(root, UPDATE)
    decision(root, 1, "Accepted")
    compared = linted(root).compared
    assert compared is not None
    assert (compared.gone_total, compared.new) == (1, ())
    linted(root, UPDATE)
    assert load(root / FILE).total == 0


def test_an_update_lets_nothing_new_in(root: Path) -> None:
    linted(root, UPDATE)
    before = (root / FILE).read_text(encoding="utf-8")
    decision(root, 2, "Hovering")
    assert linted(root, UPDATE).fails
    assert (root / FILE).read_text(encoding="utf-8") == before


def test_one_mended_and_one_new_do_not_make_up_for_each_other(root: Path) -> None:
    linted(root, UPDATE)
    decision(root, 1, "Accepted")
    decision(root, 2, "Hovering")
    assert linted(root, UPDATE).fails
    assert load(root / FILE).total == 0


def test_new_findings_get_in_with_a_reason_which_is_kept(root: Path) -> None:
    linted(root, UPDATE)
    decision(root, 2, "Hovering")
    report = linted(root, RatchetUse(update=True, accept_new=True, reason="imported from the wiki"))
    assert not report.fails
    assert load(root / FILE).accepted == (Acceptance("imported from the wiki", 1),)
    assert load(root / FILE).total == 2


@pytest.mark.parametrize(
    "use",
    [
        RatchetUse(update=True, accept_new=True),
        RatchetUse(update=True, accept_new=True, reason="  "),
        RatchetUse(accept_new=True, reason="x"),
        RatchetUse(update=True, reason="x"),
    ],
    ids=["no reason", "a blank reason", "no update", "a reason for nothing"],
)
def test_letting_in_needs_all_three_words(root: Path, use: RatchetUse) -> None:
    linted(root, UPDATE)
    decision(root, 2, "Hovering")
    with pytest.raises(KbError, match="--reason"):
        linted(root, use)
    assert load(root / FILE).total == 1


def test_a_rule_that_did_not_run_leaves_what_is_known_of_it(root: Path) -> None:
    file = root / "adr" / "0001-x.md"
    text = "---\nstatus: accepted\nreview_by: 2026-01-01\n---\n# 1. Use it\n\n## Decision\nIt.\n"
    file.write_text(text, encoding="utf-8")
    linted(root, UPDATE, today="2026-06-01")
    compared = linted(root).compared
    assert compared is not None
    assert compared.gone_total == 0
    linted(root, UPDATE)
    assert not linted(root, today="2026-06-01").fails


def test_a_file_elsewhere_is_used_when_it_is_given(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "elsewhere.json"
    linted(root, RatchetUse(file, update=True))
    assert not linted(root, RatchetUse(file)).fails
    assert linted(root).fails


def test_a_given_file_that_is_not_there_is_said(root: Path, tmp_path: Path) -> None:
    with pytest.raises(KbError, match=r"no ratchet file .*--update-ratchet"):
        linted(root, RatchetUse(tmp_path / "none.json"))


ROW = {"path": "a.md", "rule": "x", "line_hash": "0", "count": 1}
BAD = {
    "empty": "",
    "no json": "{",
    "a list": "[]",
    "another format": '{"format": 99, "findings": []}',
    "findings are no list": '{"format": 1, "findings": 3}',
    "a row is no object": '{"format": 1, "findings": ["x"]}',
    "no count": json.dumps({"format": 1, "findings": [{**ROW, "count": 0}]}),
    "a truth for a count": json.dumps({"format": 1, "findings": [{**ROW, "count": True}]}),
    "no path": json.dumps({"format": 1, "findings": [{**ROW, "path": None}]}),
    "twice": json.dumps({"format": 1, "findings": [ROW, ROW]}),
    "a reason without words": '{"format": 1, "findings": [], "accepted": [{"reason": "", "added": 1}]}',
    "too deep": "[" * 100_000,
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_a_bad_file_is_one_clear_line(root: Path, text: str) -> None:
    (root / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(KbError, match=r"ratchet file .*kb-lint\.ratchet\.json is damaged \(.+\); take it") as caught:
        linted(root)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_text_and_folders_are_one_clear_line_too(root: Path) -> None:
    (root / FILE).write_bytes(b"\xff\xfe")
    with pytest.raises(KbError, match="is damaged"):
        linted(root)
    (root / FILE).unlink()
    (root / FILE).mkdir()
    with pytest.raises(KbError, match="cannot be read"):
        linted(root)


paths = st.sampled_from(["a.md", "b.md", "문서.md"])
findings = st.lists(st.builds(finding, paths, st.integers(1, 4), st.sampled_from(["r", "s"])), max_size=12)


def text_of(item: Finding) -> str:
    return f"line {item.line % 3}"


@given(findings)
def test_all_is_known_to_a_ratchet_of_the_same_findings(items: list[Finding]) -> None:
    compared = compare(first(items, text_of), items, text_of)
    assert (compared.new, compared.gone_total, list(compared.known)) == ((), 0, items)


@given(findings, findings)
def test_known_and_new_are_all_and_a_tightened_ratchet_never_grows(old: list[Finding], now: list[Finding]) -> None:
    ratchet = first(old, text_of)
    compared = compare(ratchet, now, text_of)
    assert Counter([*compared.known, *compared.new]) == Counter(now)
    after = tightened(compared)
    assert after.total == len(compared.known) <= ratchet.total
    assert all(count <= ratchet.known[key] for key, count in after.known.items())


@given(findings, findings)
def test_a_widened_ratchet_knows_exactly_the_findings_of_now(old: list[Finding], now: list[Finding]) -> None:
    after = widened(compare(first(old, text_of), now, text_of), text_of, "because")
    assert dict(after.known) == dict(first(now, text_of).known)


@given(findings, st.text(st.characters(codec="utf-8"), min_size=1).filter(str.strip))
def test_a_ratchet_is_read_as_it_was_written(items: list[Finding], reason: str) -> None:
    ratchet = Ratchet(first(items, text_of).known, (Acceptance(reason.strip(), 1),))
    with tempfile.TemporaryDirectory() as folder:
        save(ratchet, Path(folder) / FILE)
        assert load(Path(folder) / FILE) == ratchet


def test_white_space_around_a_line_does_not_count() -> None:
    assert key_of(finding(), "  a   b ") == key_of(finding(), "a b") != key_of(finding(), "a c")


def test_a_finding_on_no_line_has_an_empty_text() -> None:
    text = lines_of({"a.md": "one\ntwo"})
    assert [text(finding(line=line)) for line in (1, 2, 3, 0)] == ["one", "two", "", ""]
    assert text(finding("gone.md")) == ""
