"""`kb cite verify`: an "ok" is never false, whatever was done to the cited files; what was done is named rightly."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from kb import app as kb_app
from kb.app_contents import parsed
from kb.citations import Citations
from kb.cite import quote_hash
from kb.documents import Hit, KbError
from kb.files import blob
from kb.generations import Generations
from kb.places import index_home
from kb.shapes import hit_shape
from kb.shapes_cite import check_shape
from kb.verify import Check

GUIDE = "docs/guide.md"
LONG = "".join(f"Line {number} says that service number {number} answers.\n" for number in range(1, 21))


def citations(root: Path, environ: Mapping[str, str]) -> Citations:
    workspace = kb_app.open_workspace(root, environ)
    home = index_home(workspace, kb_app.Settings.from_env(environ).cache)
    return Citations(workspace, lambda sources: parsed(sources)[0], Generations(home))


def index(root: Path, environ: Mapping[str, str]) -> None:
    kb_app.index(kb_app.open_workspace(root, environ), environ)


def verify(root: Path, environ: Mapping[str, str], text: str) -> list[Check]:
    (root / "citing.md").write_text(text, encoding="utf-8")
    return citations(root, environ).verify(root / "citing.md")


def git(root: Path, *words: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "core.autocrlf=false")
    subprocess.run(["git", "-C", str(root), *who, *words], check=True, capture_output=True)


def commit(root: Path) -> None:
    if not (root / ".git").exists():
        git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "x")


def pin(*lines: str) -> str:
    return quote_hash(lines)[:12]


def long_guide(root: Path) -> None:
    """A guide of twenty lines, and no copy of it."""
    (root / GUIDE).write_text(LONG, encoding="utf-8")
    (root / "docs/archive/old/guide.md").unlink()


# An independent reading of files: each byte one character, CRLF, LF and CR end a line.
def plain_lines(content: bytes) -> list[str]:
    text = content.decode("latin-1").replace("\r\n", "\n").replace("\r", "\n")
    return (text[:-1] if text.endswith("\n") else text).split("\n")


ODD = ["a\u200b", "\ufeffa", "a\u2028", "a\f", "é", "e\u0301"]
LINES = st.sampled_from(["a", "a ", "A", "", " ", "\t", "---", "가나다라마바사아", "same line here", *ODD])
CONTENT = st.one_of(
    st.none(),
    st.lists(LINES, max_size=8).map(lambda lines: "\n".join(lines).encode()),
    st.lists(LINES, max_size=8).map(lambda lines: "\r\n".join([*lines, ""]).encode()),
    st.lists(LINES, max_size=5).map(lambda lines: b"\xef\xbb\xbf" + "\n".join(lines).encode()),
    st.lists(LINES, max_size=5).map(lambda lines: "\n".join(lines).encode("utf-16")),
    st.binary(max_size=12),
)
NAMES = ("docs/one.md", "docs/two.md")


@given(
    before=st.lists(LINES, min_size=1, max_size=8),
    after=st.tuples(CONTENT, CONTENT),
    data=st.data(),
    basis=st.sampled_from(["pin", "json", "commit"]),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_ok_means_the_same_lines_in_the_same_place_and_nothing_else(
    before: list[str], after: tuple[bytes | None, bytes | None], data: st.DataObject, basis: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "docs").mkdir()
        (root / "kb.toml").touch()
        content = "\n".join(before).encode()
        (root / NAMES[0]).write_bytes(content)
        stood = plain_lines(content)
        first = data.draw(st.integers(1, len(stood)))
        last = data.draw(st.integers(first, len(stood)))
        exact = content.decode().removesuffix("\n").split("\n")[first - 1 : last]
        digest = quote_hash(exact)
        row = {"path": NAMES[0], "line_start": first, "line_end": last, "quote_hash": digest}
        place = f"{NAMES[0]}:{first}-{last}"
        text = {"pin": f"{place}@{digest[:12]}", "json": json.dumps(row), "commit": f"see {place} there"}[basis]
        (root / "citing.md").write_text(text, encoding="utf-8")
        if basis == "commit":
            commit(root)
        for name, new in zip(NAMES, after, strict=True):
            (root / name).unlink(missing_ok=True)
            if new is not None:
                (root / name).write_bytes(new)
        (found,) = citations(root, {"HOME": folder}).verify(root / "citing.md")
        now = {name: plain_lines(new) for name, new in zip(NAMES, after, strict=True) if new is not None}
        wanted = stood[first - 1 : last]
        assert (found.verdict == "ok") == (now.get(NAMES[0], [])[first - 1 : last] == wanted)
        for moved in found.moved_to:
            assert now[moved.path][moved.first - 1 : moved.last] == wanted
        assert found.verdict != "moved" or found.moved_to


@pytest.mark.parametrize("basis", ["pin", "commit", "index"])
@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (lambda text: text, "ok"),
        (lambda text: text.replace("\n", "\r\n"), "ok"),
        (lambda text: text + "more\n", "ok"),
        (lambda text: text.replace("number 7", "number 8"), "edited"),
        (lambda text: text.replace("Line 7 ", "Line  7 "), "edited"),
        (lambda text: text.replace("Line 7 ", "line 7 "), "edited"),
        (lambda text: text.replace("number 7 answers.", "number 7 answers. "), "edited"),
        (lambda text: text.replace("Line 7", "Line\u200b 7"), "edited"),
        (lambda text: "new\n" + text, "moved"),
        (lambda text: text.split("Line 6 ")[0], "gone"),
        (lambda text: "", "gone"),
    ],
    ids=["same", "crlf", "append", "word", "space", "case", "trailing", "zero-width", "shift", "truncate", "empty"],
)
def test_a_change_of_the_cited_file_is_named(
    root: Path, environ: dict[str, str], basis: str, change: object, verdict: str
) -> None:
    long_guide(root)
    hold = f"@{pin(*LONG.splitlines()[5:8])}" if basis == "pin" else ""
    (root / "citing.md").write_text(f"As {GUIDE}:6-8{hold} says.\n", encoding="utf-8")
    if basis == "index":
        index(root, environ)
        (root / "citing.md").touch()
    else:
        commit(root)
    assert callable(change)
    (root / GUIDE).write_bytes(change(LONG).encode())
    (found,) = citations(root, environ).verify(root / "citing.md")
    assert (found.verdict, found.basis) == (verdict, basis)


def test_lines_that_moved_are_named_nearest_first(root: Path, environ: dict[str, str]) -> None:
    lines = LONG.splitlines()
    (root / GUIDE).write_text("\n".join(["x", "y", *lines, "", *lines]), encoding="utf-8")
    (root / "docs/other.md").write_text(LONG, encoding="utf-8")
    (found,) = verify(root, environ, f"{GUIDE}:6-8@{pin(*lines[5:8])}")
    places = [(place.path, place.first, place.last) for place in found.moved_to]
    assert places == [(GUIDE, 8, 10), (GUIDE, 29, 31), ("docs/other.md", 6, 8)]


def test_a_renamed_file_is_found_and_a_renamed_and_edited_one_too(root: Path, environ: dict[str, str]) -> None:
    long_guide(root)
    (root / "citing.md").write_text(f"{GUIDE}:6-8 and {GUIDE}:15-17\n", encoding="utf-8")
    commit(root)
    (root / GUIDE).unlink()
    (root / "docs/new.md").write_text(LONG.replace("service number 16", "service sixteen"), encoding="utf-8")
    moved, edited = citations(root, environ).verify(root / "citing.md")
    assert (moved.verdict, moved.moved_to[0].path, moved.moved_to[0].first) == ("moved", "docs/new.md", 6)
    assert edited.verdict == "edited"
    assert edited.nearest is not None
    assert (edited.nearest.path, edited.nearest.first) == ("docs/new.md", 15)
    assert (edited.similarity or 0) > 0.9


def test_a_rule_is_followed_by_its_id(root: Path, environ: dict[str, str]) -> None:
    (root / "citing.md").write_text("라벨을 떼요 [rule:dispose-pet-bottle-label] [rule:pet-bottle]\n", encoding="utf-8")
    commit(root)
    rules = root / "kb/rules/pet.yaml"
    text = rules.read_text(encoding="utf-8")
    rules.write_text("# a comment\n" + text.replace("Take the label off.", "Leave it on."), encoding="utf-8")
    edited, ok = citations(root, environ).verify(root / "citing.md")
    assert (edited.verdict, ok.verdict) == ("edited", "ok")
    assert "Leave it on" in edited.detail


def test_a_decision_that_was_superseded_since_says_by_what(root: Path, environ: dict[str, str]) -> None:
    (root / "citing.md").write_text("See [adr:0001] and [adr:0003].\n", encoding="utf-8")
    commit(root)
    old, new = citations(root, environ).verify(root / "citing.md")
    assert (old.verdict, old.superseded_by, new.superseded_by) == ("ok", ("adr:0003",), ())


def test_a_change_of_front_matter_alone_edits_a_decision(root: Path, environ: dict[str, str]) -> None:
    (root / "citing.md").write_text("See [adr:0003].\n", encoding="utf-8")
    commit(root)
    file = root / "adr/0003-streams.md"
    file.write_text(file.read_text(encoding="utf-8").replace("accepted", "deprecated"), encoding="utf-8")
    (found,) = citations(root, environ).verify(root / "citing.md")
    assert (found.verdict, found.detail) == ("edited", '"status: accepted" is now "status: deprecated"')


def test_a_decision_whose_lines_are_appended_to_is_edited_not_moved(root: Path, environ: dict[str, str]) -> None:
    (root / "citing.md").write_text("See [adr:0003].\n", encoding="utf-8")
    commit(root)
    with (root / "adr/0003-streams.md").open("a", encoding="utf-8") as file:
        file.write("그러나 이제는 아니다.\n")
    (found,) = citations(root, environ).verify(root / "citing.md")
    assert found.verdict == "edited"


def test_a_fact_of_the_world_is_checked_by_its_line(root: Path, environ: dict[str, str]) -> None:
    world = root / "datasets/world/weather.jsonl"
    world.parent.mkdir(parents=True)
    world.write_text('{"id": "busan", "t": 3}\n{"id": "seoul", "t": 1}\n', encoding="utf-8")
    (root / "citing.md").write_text("[world:seoul] [world:busan]\n", encoding="utf-8")
    commit(root)
    world.write_text('not json\n{"id": "seoul", "t": 1}\n{"id": "busan", "t": 4}\n', encoding="utf-8")
    seoul, busan = citations(root, environ).verify(root / "citing.md")
    assert (seoul.verdict, busan.verdict) == ("ok", "edited")


def test_hits_of_a_search_are_pinned_by_their_text(root: Path, environ: dict[str, str]) -> None:
    (root / "docs/archive/old/guide.md").unlink()
    (guide,) = [d for d in kb_app.contents(kb_app.open_workspace(root, environ)).documents if d.path == GUIDE]
    line = json.dumps({"hits": [hit_shape(Hit(guide.passages[0], None, 1.0, None, None))]})
    index(root, environ)
    (root / "answer.jsonl").write_text(line + "\n", encoding="utf-8")
    (ok,) = citations(root, environ).verify(root / "answer.jsonl")
    (root / GUIDE).write_text("# Guide\n\nHow to deploy: ask.\n", encoding="utf-8")
    index(root, environ)
    (edited,) = citations(root, environ).verify(root / "answer.jsonl")
    assert (ok.verdict, ok.basis, edited.verdict, edited.basis) == ("ok", "pin", "edited", "pin")


def test_an_index_that_may_have_seen_a_later_edit_is_not_believed(root: Path, environ: dict[str, str]) -> None:
    index(root, environ)
    (first,) = verify(root, environ, f"{GUIDE}:3")
    time.sleep(0.02)
    (root / GUIDE).write_text("# Guide\n\nQuite another way.\n", encoding="utf-8")
    index(root, environ)
    (second,) = citations(root, environ).verify(root / "citing.md")
    assert (first.verdict, first.basis) == ("ok", "index")
    assert (second.verdict, second.basis) == (None, "index")


def test_what_nothing_can_tell_about_is_never_ok(root: Path, environ: dict[str, str]) -> None:
    there, missing = verify(root, environ, f"{GUIDE}:3 docs/none.md:3")
    assert (there.verdict, there.basis, missing.verdict) == (None, "existence", "gone")
    assert "kb cite pin" in there.detail


@pytest.mark.parametrize("bad", ["3fa9", "zzzzzzzzzzzz", "0" * 65, ""])
def test_a_pin_that_is_none_is_no_ok(root: Path, environ: dict[str, str], bad: str) -> None:
    commit(root)
    (found,) = verify(root, environ, f"[adr:0001@{bad}]")
    assert found.verdict is None


def test_lines_of_a_shallow_clone_are_not_called_ok(root: Path, environ: dict[str, str], tmp_path: Path) -> None:
    (root / "citing.md").write_text(f"{GUIDE}:3\n", encoding="utf-8")
    commit(root)
    (root / GUIDE).write_text("# Guide\n\nEdited since.\n", encoding="utf-8")
    commit(root)
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{root}", str(clone)], check=True)
    (found,) = citations(clone, environ).verify(clone / "citing.md")
    assert found.verdict is None


@pytest.mark.parametrize("name", ["../../etc/passwd:1-3", "[../outside.md:1]", "/etc/hosts.conf:1", "[link.md:1]"])
def test_what_lies_outside_is_gone_and_not_read(root: Path, environ: dict[str, str], name: str) -> None:
    (root.parent / "outside.md").write_text("secret\n", encoding="utf-8")
    (root / "link.md").symlink_to(root.parent / "outside.md")
    pinned = f"{name.rstrip(']')}@{pin('secret')}" + ("]" if name.endswith("]") else "")
    plain, held = verify(root, environ, f"{name}\n{pinned}\n")
    assert (plain.verdict, held.verdict, "secret" in plain.detail + held.detail) == ("gone", "gone", False)


def test_the_text_that_cites_does_not_count_as_a_place_the_lines_moved_to(root: Path, environ: dict[str, str]) -> None:
    quote = "A sentence that stands nowhere else at all."
    (found,) = verify(root, environ, f"{GUIDE}:3@{pin(quote)}\n\n{quote}\n")
    assert found.verdict == "edited"


def test_a_directory_a_binary_and_a_strange_encoding_are_no_traceback(root: Path, environ: dict[str, str]) -> None:
    for name, content in {"a": b"\0\1\2", "b": "줄\n".encode("cp949"), "c": b""}.items():
        (root / f"docs/{name}.md").write_bytes(content)
    (root / "docs/d.md").mkdir()
    found = verify(root, environ, " ".join(f"docs/{name}.md:1@{pin('줄')}" for name in "abcd"))
    assert [check.verdict for check in found] == ["edited", "edited", "edited", "gone"]


def test_pinning_is_idempotent_and_leaves_what_does_not_hold(root: Path, environ: dict[str, str]) -> None:
    text = f"\ufeffSee [adr:0003], {GUIDE}:3.\r\n[guide](docs/guide.md#L3) docs/none.md:3\r\n"
    (root / "citing.md").write_bytes(text.encode())
    first = citations(root, environ).pin(root / "citing.md")
    written = (root / "citing.md").read_bytes()
    second = citations(root, environ).pin(root / "citing.md")
    checks = citations(root, environ).verify(root / "citing.md")
    assert (len(first.pinned), len(first.left), len(second.pinned)) == (2, 2, 0)
    assert (root / "citing.md").read_bytes() == written
    assert written.startswith("\ufeffSee [adr:0003@".encode())
    assert written.count(b"\r\n") == 2
    assert [check.verdict for check in checks] == ["ok", "ok", None, "gone"]


def test_pinning_takes_what_was_edited_only_when_told(root: Path, environ: dict[str, str]) -> None:
    (root / "citing.md").write_text(f"{GUIDE}:3\n", encoding="utf-8")
    commit(root)
    (root / GUIDE).write_text("# Guide\n\nHow to deploy the gateway: run `make ship`.\n", encoding="utf-8")
    left = citations(root, environ).pin(root / "citing.md")
    taken = citations(root, environ).pin(root / "citing.md", accept=True)
    (found,) = citations(root, environ).verify(root / "citing.md")
    assert (len(left.pinned), len(taken.pinned), found.verdict) == (0, 1, "ok")


def test_every_check_meets_the_schema(root: Path, environ: dict[str, str], repository: Path) -> None:
    schema = json.loads((repository / "kb/schemas/citation_check.json").read_text(encoding="utf-8"))
    (root / "citing.md").write_text(f"[adr:0001] [rule:none] {GUIDE}:3 ../x.md:2 docs/guide.md:0-0\n", encoding="utf-8")
    commit(root)
    (root / GUIDE).write_text("x\n" * 50, encoding="utf-8")
    (root / "docs/archive/old/guide.md").unlink()
    rows = [check_shape(check) for check in citations(root, environ).verify(root / "citing.md")]
    Draft202012Validator(schema).validate(json.loads(json.dumps(rows)))
    assert [row["verdict"] for row in rows] == ["ok", "gone", "gone", "gone", "gone"]


def test_a_commit_hook_does_not_lead_to_another_repository(
    root: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "citing.md").write_text("[adr:0003]\n", encoding="utf-8")
    commit(root)
    monkeypatch.setitem(os.environ, "GIT_DIR", str(root / "nowhere"))
    (found,) = citations(root, environ).verify(root / "citing.md")
    assert (found.verdict, found.basis) == ("ok", "commit")


@pytest.mark.parametrize("content", [b"\0", b"\xff", b"x" * 8_000_001], ids=["binary", "encoding", "size"])
def test_a_text_that_cannot_be_read_is_one_line(root: Path, environ: dict[str, str], content: bytes) -> None:
    (root / "citing.md").write_bytes(content)
    with pytest.raises(KbError, match=r"citing\.md: "):
        citations(root, environ).verify(root / "citing.md")


def test_a_rule_said_to_stand_on_other_lines_is_not_ok(root: Path, environ: dict[str, str]) -> None:
    index(root, environ)
    row = {"id": "rule:pet-bottle", "path": "kb/rules/pet.yaml", "line_start": 3, "line_end": 8, "text": "무색페트병"}
    (ok,) = verify(root, environ, json.dumps(row))
    (wrong,) = verify(root, environ, json.dumps({**row, "line_start": 1, "line_end": 2}))
    assert (ok.verdict, wrong.verdict, wrong.moved_to[0].first) == ("ok", "moved", 3)


def test_a_blob_pins_lines_as_long_as_its_content_is_at_hand(root: Path, environ: dict[str, str]) -> None:
    commit(root)
    content = (root / GUIDE).read_bytes()
    row = {"path": GUIDE, "line_start": 3, "line_end": 3, "blob": blob(content)}
    (root / "docs/archive/old/guide.md").unlink()
    (same,) = verify(root, environ, json.dumps(row))
    (root / GUIDE).write_bytes(content.replace(b"gateway", b"Gateway"))
    (edited,) = verify(root, environ, json.dumps(row))
    (unknown,) = verify(root, environ, json.dumps({**row, "blob": "0" * 40}))
    assert (same.verdict, edited.verdict, unknown.verdict) == ("ok", "edited", None)


def test_what_the_index_holds_only_in_part_is_not_called_ok(root: Path, environ: dict[str, str]) -> None:
    (root / "docs/archive/old/guide.md").unlink()
    (root / GUIDE).write_text("---\ntitle: Guide\n---\n# Guide\n\nOne way to do it.\n", encoding="utf-8")
    index(root, environ)
    (root / GUIDE).write_text((root / GUIDE).read_text(encoding="utf-8") + "\nappended\n", encoding="utf-8")
    found = verify(root, environ, f"{GUIDE}:2-6 {GUIDE}:6 [rule:pet-bottle]")
    assert [(check.verdict, check.basis) for check in found] == [(None, "index"), ("ok", "index"), ("ok", "index")]


@pytest.mark.parametrize("basis", ["pin", "commit"])
def test_a_copy_with_the_same_id_does_not_make_up_for_an_edit(root: Path, environ: dict[str, str], basis: str) -> None:
    text = (root / "adr/0003-streams.md").read_text(encoding="utf-8")
    (root / "docs/adr").mkdir()
    (root / "docs/adr/0003-streams.md").write_text(text, encoding="utf-8")
    hold = f"@{pin(*text.splitlines())}" if basis == "pin" else ""
    (root / "citing.md").write_text(f"[adr:0003{hold}]\n", encoding="utf-8")
    commit(root)
    (root / "adr/0003-streams.md").write_text(text.replace("SSE", "폴링"), encoding="utf-8")
    (found,) = citations(root, environ).verify(root / "citing.md")
    assert (found.verdict, found.basis) == ("moved", basis)


def test_an_id_follows_its_file_when_it_is_renamed(root: Path, environ: dict[str, str]) -> None:
    (root / "citing.md").write_text("[adr:0003]\n", encoding="utf-8")
    commit(root)
    (root / "adr/0003-streams.md").rename(root / "adr/0003-renamed.md")
    (found,) = citations(root, environ).verify(root / "citing.md")
    assert found.verdict == "ok"
    assert found.place is not None
    assert found.place.path == "adr/0003-renamed.md"
