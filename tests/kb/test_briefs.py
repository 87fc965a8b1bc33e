"""What binds a file, what a decision stands on, which incident is alike: on a small workspace written for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.app import desk, index, knowledge, open_workspace
from kb.briefs.binding import Binding
from kb.briefs.changes import changes_in, changes_of, is_diff
from kb.briefs.contradictions import doubts
from kb.briefs.desk import Desk, QuestionRefused
from kb.briefs.diff_brief import MOST_CHARACTERS, brief_of, markdown
from kb.briefs.paging import CursorRefused, page
from kb.briefs.traces import trace_of
from kb.documents import UnknownCitation
from kb.filters import EVERYTHING
from kb.knowledge import Knowledge
from tests.kb.conftest import write

FRONT = '---\nid: "{id}"\ntitle: {title}\nstatus: {status}\ndate: 2026-01-0{day}\n{more}---\n# {title}\n\n'


def decision(number: str, title: str, status: str, body: str, day: int = 1, more: str = "") -> str:
    return FRONT.format(id=number, title=title, status=status, day=day, more=more) + body


FILES = {
    "kb.toml": '[kb]\nembedder = "none"\n',
    "adr/0001-poll.md": decision(
        "0001", "Poll for progress", "superseded", "## Decision\nPoll every 5 seconds.\n",
        more='superseded_by: ["0002"]\ncode_refs: [app/stream.py]\n',
    ),
    "adr/0002-push.md": decision(
        "0002", "Push progress", "accepted",
        "## Context\nUsers waited.\n\n## Considered Options\nPolling, pushing.\n\n## Decision Outcome\n"
        "Push over a stream; POOL_SIZE = 20 connections. It follows [incident:2026-01-pool].\n\n## Consequences\n"
        + "\n".join(f"Line {n} of what followed." for n in range(40)) + "\n",
        day=2, more='supersedes: ["0001"]\ncode_refs: ["app/stream.py", "app/web/"]\n',
    ),
    "adr/0003-kafka.md": decision(
        "0003", "Kafka", "rejected", "## Decision\nNo third broker.\n", day=3, more="code_refs: [app/stream.py]\n"
    ),
    "adr/0004-next.md": decision(
        "0004", "Compress", "proposed", "## Decision\nCompress.\n", day=4, more="code_refs: [app/stream.py]\n"
    ),
    "incidents/2026-01-pool.md": (
        "---\nid: 2026-01-pool\ntitle: The pool ran dry\nstatus: final\ndate: 2026-01-01\ncomponents: [stream]\n"
        'related: ["adr:0002"]\n---\n# The pool ran dry\n\n## Root cause\nConnectionError: Too many connections; '
        "app/pool.py opened one for each turn.\n"
    ),
    "docs/guide.md": "# Guide\n\nThe pages live in app/web/page.py and are drawn there.\n",
}  # fmt: skip


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path, FILES)
    index(open_workspace(tmp_path, {}), {})
    return tmp_path


@pytest.fixture
def opened(root: Path) -> Knowledge:
    return knowledge(open_workspace(root, {}), {})


@pytest.fixture
def asked(root: Path) -> Desk:
    workspace = open_workspace(root, {})
    return desk(workspace, lambda: knowledge(workspace, {}), {})


def named(asked: Desk, *paths: str, wide: bool = False) -> list[str]:
    return [pointer.citation for pointer in asked.rules_for(paths, "", wide=wide)]


def test_a_file_is_bound_by_what_names_it_and_never_by_what_was_replaced(asked: Desk) -> None:
    assert named(asked, "app/stream.py") == ["adr:0002", "adr:0003", "adr:0004"]


def test_a_rejected_and_a_proposed_decision_say_what_they_are(asked: Desk) -> None:
    whys = {pointer.citation: pointer.why for pointer in asked.rules_for(["app/stream.py"], "")}
    assert "rejected" in whys["adr:0003"]
    assert "binds nobody yet" in whys["adr:0004"]


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("app/web/page.py", ["adr:0002", "docs/guide.md"]),
        ("app/web", ["adr:0002", "docs/guide.md"]),
        ("./app/web/", ["adr:0002", "docs/guide.md"]),
        ("app/pool.py", ["incident:2026-01-pool"]),
        ("app/webs/x.py", []),
        ("elsewhere.py", []),
    ],
)
def test_folders_and_mentions_bind(asked: Desk, path: str, wanted: list[str]) -> None:
    assert named(asked, path) == wanted


def test_a_wide_question_adds_what_speaks_of_the_same_part(asked: Desk) -> None:
    assert "incident:2026-01-pool" in named(asked, "app/stream.py", wide=True)


def test_a_replaced_decision_that_alone_names_a_file_points_to_its_successor(root: Path) -> None:
    write(root, {"adr/0001-poll.md": FILES["adr/0001-poll.md"].replace("app/stream.py", "app/old.py")})
    workspace = open_workspace(root, {})
    index(workspace, {})
    (pointer,) = desk(workspace, lambda: knowledge(workspace, {}), {}).rules_for(["app/old.py"], "")
    assert (pointer.citation, "replaces adr:0001" in pointer.why) == ("adr:0002", True)


@pytest.mark.parametrize("name", ["adr:0002", "ADR-2", "adr 0002", "2", "adr/0002-push.md", "[adr:0002]"])
def test_a_decision_goes_by_several_names(asked: Desk, name: str) -> None:
    assert asked.explain(name).decision.citation == "adr:0002"


def test_a_story_tells_what_was_replaced_and_which_incident_it_came_from(asked: Desk) -> None:
    told = asked.explain("adr:0002")
    assert told.decision.why == "in force"
    assert [pointer.citation for pointer in told.replaced] == ["adr:0001"]
    assert [pointer.citation for pointer in told.incidents] == ["incident:2026-01-pool"]
    assert {section.name for section in told.sections} == {"context", "alternatives", "decision", "consequences"}


def test_the_sections_of_a_story_stand_at_their_lines(asked: Desk, root: Path) -> None:
    for section in asked.explain("adr:0002").sections:
        lines = (root / section.path).read_text(encoding="utf-8").split("\n")
        assert "\n".join(lines[section.line_start - 1 : section.line_end]).strip() == section.text


def test_a_replaced_decision_names_what_is_in_force(asked: Desk) -> None:
    told = asked.explain("adr:0001")
    assert [pointer.citation for pointer in told.in_force] == ["adr:0002"]
    assert "not in force" in told.decision.why


def test_an_unknown_decision_is_refused_with_a_way_on(asked: Desk) -> None:
    with pytest.raises(UnknownCitation, match="search_knowledge"):
        asked.explain("adr:0099")


TRACE = """2026-01-20T10:00:00Z worker-1 0x7f3a
Traceback (most recent call last):
  File "/usr/lib/python3.11/asyncio/base.py", line 1, in run
    x
  File "/srv/app/pool.py", line 3, in connect
    open()
redis.exceptions.ConnectionError: Too many connections to 10.0.0.3:6379
"""


def test_a_trace_gives_its_exception_its_own_frames_and_no_noise() -> None:
    trace = trace_of(TRACE)
    assert trace.exceptions == ("ConnectionError",)
    assert trace.paths == ("/srv/app/pool.py",)
    assert "10.0.0.3" not in trace.query
    assert "2026" not in trace.query


def test_a_trace_finds_the_incident(asked: Desk) -> None:
    assert asked.similar_incidents(TRACE, 3).hits[0].passage.doc_id == "incident:2026-01-pool"


def test_an_onboarding_page_holds_no_replaced_decision(asked: Desk) -> None:
    sections = {section.name: [one.citation for one in section.pointers] for section in asked.onboarding("")}
    assert sections["decisions in force"] == ["adr:0002"]
    assert sections["not to be done"] == ["adr:0003"]
    assert sections["proposed"] == ["adr:0004"]


def test_an_onboarding_page_of_a_path_begins_with_what_names_it(asked: Desk) -> None:
    sections = {section.name: [one.citation for one in section.pointers] for section in asked.onboarding("app/web/")}
    assert sections["decisions in force"][0] == "adr:0002"


@pytest.mark.parametrize(("paths", "diff"), [((), ""), ((" ",), "\n")], ids=["nothing", "blanks"])
def test_asking_for_no_file_is_refused(asked: Desk, paths: tuple[str, ...], diff: str) -> None:
    with pytest.raises(QuestionRefused, match="no paths and no diff"):
        asked.rules_for(paths, diff)


DIFF = """diff --git a/app/stream.py b/app/stream.py
--- a/app/stream.py
+++ b/app/stream.py
@@ -3,2 +3,3 @@ def run():
-POOL_SIZE = 20
--- a minus, not a file
+POOL_SIZE = 50
++++ a plus, not a file
+# as [adr:0001] says
diff --git a/old.py b/old.py
--- a/old.py
+++ /dev/null
@@ -1 +0,0 @@
-gone
diff --git a/from.py b/to.py
similarity index 100%
rename from from.py
rename to to.py
diff --git "a/\\355.md" "b/x y.md"
--- /dev/null
+++ "b/x y.md"
@@ -0,0 +1 @@
+new
"""


def test_a_diff_gives_files_and_numbered_lines() -> None:
    changes = {change.path: change for change in changes_in(DIFF)}
    assert list(changes) == ["app/stream.py", "old.py", "x y.md", "from.py", "to.py"]
    assert changes["app/stream.py"].added[0] == (3, "POOL_SIZE = 50")
    assert changes["app/stream.py"].added[2] == (5, "# as [adr:0001] says")
    assert changes["app/stream.py"].removed == ((3, "POOL_SIZE = 20"), (4, "-- a minus, not a file"))
    assert changes["old.py"].is_deleted
    assert changes["x y.md"].is_new


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading_of_diffs(text: str) -> None:
    changes_in(text)
    changes_of(text.splitlines())
    is_diff(text)


def test_a_change_is_told_which_record_it_contradicts(opened: Knowledge) -> None:
    engine = opened.engine
    found = doubts(changes_in(DIFF), desk_binding(opened).shelf, engine.lineage)
    assert [(doubt.line, doubt.record.citation) for doubt in found] == [(3, "adr:0002"), (5, "adr:0001")]
    assert "makes POOL_SIZE 50; adr:0002 states 20" in found[0].message
    assert "which adr:0002 replaces" in found[1].message


def test_rewriting_an_accepted_decision_is_told(opened: Knowledge) -> None:
    diff = "--- a/adr/0002-push.md\n+++ b/adr/0002-push.md\n@@ -50 +50 @@\n-Line 30 of what followed.\n+Else.\n"
    (doubt,) = doubts(changes_in(diff), desk_binding(opened).shelf, opened.engine.lineage)
    assert "rewrites an accepted decision" in doubt.message


def desk_binding(opened: Knowledge) -> Binding:
    return Binding.of_engine(opened.engine)


def test_a_brief_is_markdown_with_doubts_first(opened: Knowledge) -> None:
    engine = opened.engine
    brief = brief_of(changes_in(DIFF), desk_binding(opened), engine.lineage, lambda _: ())
    text = markdown(brief)
    assert text.index("### May contradict") < text.index("### Decisions")
    assert "- [adr:0002] Push progress (`adr/0002-push.md:" in text


def test_a_brief_of_nothing_says_so_and_a_huge_one_fits_a_comment(opened: Knowledge) -> None:
    engine = opened.engine
    many = changes_of(f"app/web/{'x' * 200}{n}.py" for n in range(2_000))
    for changes in ([], many):
        brief = brief_of(changes, desk_binding(opened), engine.lineage, lambda _: ())
        assert len(markdown(brief)) <= MOST_CHARACTERS + 20
    assert "No decision" in markdown(brief_of([], desk_binding(opened), engine.lineage, lambda _: ()))


@given(st.lists(st.text(max_size=80), max_size=40), st.integers(1, 200))
def test_pages_put_together_are_all_items_once(items: list[str], budget: int) -> None:
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(len(items) + 1):
        got = page(items, str, budget, "q", cursor)
        seen += got.items
        cursor = got.next_cursor
        if cursor is None:
            break
    assert seen == items


@pytest.mark.parametrize("cursor", ["x", "", "W10", "bm90anNvbg", "A" * 5_000], ids=str.__len__)
def test_a_cursor_that_is_none_is_refused(cursor: str) -> None:
    if cursor:
        with pytest.raises(CursorRefused, match="leave it out"):
            page(["a"], str, 10, "q", cursor)


def test_a_cursor_of_another_question_is_refused() -> None:
    cursor = page(["a" * 40, "b" * 40], str, 10, "one", None).next_cursor
    with pytest.raises(CursorRefused, match="another question"):
        page(["a", "b"], str, 10, "two", cursor)


def test_a_desk_sees_a_new_index_by_itself(asked: Desk, root: Path) -> None:
    before = asked.revision
    write(root, {"adr/0005-new.md": decision("0005", "Zebra crossing", "accepted", "## Decision\nStripes.\n", 5)})
    index(open_workspace(root, {}), {})
    found = asked.search("zebra crossing", EVERYTHING, 3)
    assert asked.revision != before
    assert found.hits[0].passage.doc_id == "adr:0005"


def test_a_replaced_decision_cited_by_its_path_is_told_as_replaced(asked: Desk) -> None:
    (check,) = asked.verify("as adr/0001-poll.md:7-9 has it")
    assert check.superseded_by == ("adr:0002",)


def test_verification_sees_a_file_that_was_changed_in_between(asked: Desk, root: Path) -> None:
    assert asked.verify("docs/guide.md:3")[0].verdict in ("ok", None)
    (root / "docs/guide.md").write_text("# Guide\n", encoding="utf-8")
    assert asked.verify("docs/guide.md:3")[0].verdict == "gone"


def test_what_amends_a_decision_is_told_beside_it(root: Path) -> None:
    new = decision("0005", "Push less", "accepted", "## Decision\nLess.\n", 5, 'amends: ["0002"]\n')
    write(root, {"adr/0005-less.md": new})
    workspace = open_workspace(root, {})
    index(workspace, {})
    told = desk(workspace, lambda: knowledge(workspace, {}), {}).rules_for(["app/stream.py"], "")
    assert "amended by adr:0005" in {pointer.citation: pointer.why for pointer in told}["adr:0002"]


def test_an_incident_that_names_the_exception_comes_before_one_with_more_words(root: Path) -> None:
    words = "no such collection was found while the error was read in the server module of the fast stub"
    others = {
        f"incidents/2026-02-{name}.md": (
            f"---\nid: 2026-02-{name}\ntitle: {name}\nstatus: final\ndate: 2026-02-01\n---\n"
            f"# {name}\n\n## Cause\n{text}\n"
        )
        for name, text in (("near", f"{words} Not Found Error. {words}"), ("exact", "It raised NotFoundError."))
    }
    write(root, others)
    workspace = open_workspace(root, {})
    index(workspace, {})
    found = desk(workspace, lambda: knowledge(workspace, {}), {}).similar_incidents(
        f"chromadb.errors.NotFoundError: {words}", 3
    )
    assert found.hits[0].passage.doc_id == "incident:2026-02-exact"
