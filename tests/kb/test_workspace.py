from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kb.app import contents, init, open_workspace, rulebook
from kb.documents import KbError, RuleError, WorkspaceError
from kb.files import list_paths
from kb.knowledge import Knowledge
from kb.rank import DEFAULTS
from kb.workspace import Options, wanted


def config(root: Path, text: str) -> None:
    (root / "kb.toml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[kb]\nsource = []", "no key 'source'.*known are"),
        ("[kb]\nsources = 'docs'", "sources must be a list"),
        ("[kb]\nvectors = 'faiss'", "vectors must be auto or exact or chroma, got 'faiss'"),
        ("[kb]\nlexical_weight = 2", "lexical_weight must be a number from 0 to 1, got 2"),
        ("[kb]\nembedder = 3", "embedder must be text"),
        ("[kb]\ntranslations = false", "translations must be text, got False"),
        ("[kb]\nweights = 2", r"\[kb.weights\] must be a table"),
        ("[kb]\nquotas = [1]", r"\[kb.quotas\] must be a table"),
        ("[kb.weights]\nadrs = 1", r"\[kb.weights\] has no collection 'adrs'; use adr, .*, term"),
        ("[kb.quotas]\n'🙂' = 1", r"\[kb.quotas\] has no collection '🙂'"),
        ("[kb.weights]\nadr = -0.1", "weights.adr must be a weight of 0 or more, got -0.1"),
        ("[kb.weights]\nadr = true", "weights.adr must be a weight of 0 or more, got True"),
        ("[kb.weights]\nadr = '1'", "weights.adr must be a weight of 0 or more, got '1'"),
        ("[kb.weights]\nadr = nan", "weights.adr must be a weight of 0 or more, got nan"),
        ("[kb.weights]\nadr = inf", "weights.adr must be a weight of 0 or more, got inf"),
        ("[kb.weights]\nadr = {a = 1}", "weights.adr must be a weight of 0 or more, got {'a': 1}"),
        (f"[kb.weights]\nadr = 1{'0' * 400}", "weights.adr must be a weight of 0 or more, got 1000"),
        ("[kb.quotas]\nterm = 0", "quotas.term must be a whole number from 1, got 0"),
        ("[kb.quotas]\nterm = 1.5", "quotas.term must be a whole number from 1, got 1.5"),
        ("[kb.quotas]\nterm = true", "quotas.term must be a whole number from 1, got True"),
        ("[kb.profiles.card.weights]\nadr = 1\n[kb.profiles.x]\n[kb.weights]\nadr = []", "weights.adr must be"),
        ("kb = 3", r"\[kb\] must be a table"),
        ("[kb", "kb.toml"),
    ],
)
def test_a_config_that_is_wrong_is_one_line_with_the_cure(root: Path, text: str, message: str) -> None:
    config(root, text)
    with pytest.raises(WorkspaceError, match=message) as refused:
        open_workspace(root, {})
    assert "\n" not in str(refused.value)


def test_weights_and_quotas_are_tables_by_collection_over_the_defaults(root: Path) -> None:
    config(root, "[kb.weights]\nskill = 2\nadr = 0\n[kb.quotas]\ndoc = 3\n")
    options = open_workspace(root, {}).options
    assert (options.weights, options.quotas) == ((("adr", 0), ("skill", 2), ("term", 0.4)), (("doc", 3), ("term", 1)))


def test_a_profile_s_weights_stand_in_place_of_the_table_s(root: Path) -> None:
    config(root, "[kb.weights]\nskill = 2\n[kb.profiles.card.weights]\ndoc = 0.5\n")
    assert open_workspace(root, {"KB_PROFILE": "card"}).options.weights == (("doc", 0.5), ("term", 0.4))
    assert open_workspace(root, {}).options.weights == (("skill", 2), ("term", 0.4))


def test_the_defaults_rank_as_the_ranking_s_own_do() -> None:
    options = Options()
    assert (options.weights, options.quotas) == (DEFAULTS.weights, DEFAULTS.quotas)
    assert (options.fusion, options.lexical_weight) == (DEFAULTS.fusion, DEFAULTS.lexical_weight)


def test_a_weight_of_zero_keeps_a_kind_out_of_the_answers(opened: Callable[[], Knowledge], root: Path) -> None:
    kinds = {hit.passage.kind for hit in opened().search("진행률 이벤트 토큰", k=10).hits}
    config(root, '[kb]\nembedder = "none"\n[kb.weights]\nadr = 0\n')
    assert {hit.passage.kind for hit in opened().search("진행률 이벤트 토큰", k=10).hits} == kinds - {"adr"} != kinds


def test_a_quota_sends_the_rest_of_a_kind_behind_the_others(opened: Callable[[], Knowledge], root: Path) -> None:
    question = "진행률 이벤트 구독 gateway"
    plain = [hit.passage.kind for hit in opened().search(question, k=10).hits]
    config(root, '[kb]\nembedder = "none"\n[kb.quotas]\nadr = 1\n')
    limited = [hit.passage.kind for hit in opened().search(question, k=10).hits]
    assert plain[:2] == ["adr", "adr"]
    assert limited == ["adr", *(kind for kind in plain if kind != "adr"), *["adr"] * (plain.count("adr") - 1)]


def test_translations_that_are_not_there_are_one_line(opened: Callable[[], Knowledge], root: Path) -> None:
    config(root, '[kb]\nembedder = "none"\ntranslations = "no-such-table"\n')
    with pytest.raises(KbError, match=r"no-such-table cannot be read .*run `kb embedder terms`"):
        opened()


def test_without_translations_a_question_meets_its_own_words_alone(opened: Callable[[], Knowledge], root: Path) -> None:
    assert opened().search("deployment 진행률").expansions
    config(root, '[kb]\nembedder = "none"\ntranslations = "none"\n')
    assert opened().search("deployment 진행률").expansions == ()


def test_other_rooms_tables_are_left_alone(root: Path) -> None:
    config(root, "[harness]\ngates = 'x'\n")
    assert open_workspace(root, {}).options == Options()


def test_a_profile_lies_over_the_table(root: Path) -> None:
    config(root, "[kb]\nlexical = 'postings'\nfusion = 'rrf'\n[kb.profiles.card]\nlexical = 'rank-bm25'\n")
    options = open_workspace(root, {"KB_PROFILE": "card"}).options
    assert (options.lexical, options.fusion) == ("rank-bm25", "rrf")
    with pytest.raises(WorkspaceError, match=r"no profile 'x'.*known are card"):
        open_workspace(root, {}, profile="x")


def test_a_workspace_is_found_upward_given_or_named(
    root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(root / "docs" / "archive")
    assert open_workspace(None, {}).root == root
    monkeypatch.chdir(tmp_path)
    assert open_workspace(None, {"KB_WORKSPACE": str(root)}).root == root
    assert open_workspace(root / "docs", {}).root == root / "docs"
    with pytest.raises(WorkspaceError, match="no folder"):
        open_workspace(tmp_path / "nowhere", {})


def test_without_one_the_content_beside_the_package_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, repository: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    workspace = open_workspace(None, {})
    assert workspace.root == repository
    assert any(document.kind == "adr" for document in contents(workspace).documents)


def test_a_wheel_s_content_is_known_by_the_repository_s_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = tmp_path / "kb" / "_content"
    for path, text in {"adr/0001-a.md": "# A\n\nzebra", "rules/a.yaml": "rules: [{id: one, ko: 하나}]"}.items():
        (content / path).parent.mkdir(parents=True)
        (content / path).write_text(text, encoding="utf-8")
    monkeypatch.setattr("kb.places._CONTENT", content)
    monkeypatch.chdir(tmp_path)
    workspace = open_workspace(None, {})
    assert [document.path for document in contents(workspace).documents] == ["adr/0001-a.md", "kb/rules/a.yaml"]
    assert workspace.locate("kb/rules/a.yaml") == content / "rules/a.yaml"


def test_init_writes_once_and_never_over(tmp_path: Path) -> None:
    file, is_new = init(tmp_path)
    assert is_new
    file.write_text("[kb]\nsources = ['docs']\n", encoding="utf-8")
    assert init(tmp_path) == (file, False)
    assert open_workspace(tmp_path, {}).options.sources == ("docs",)


def test_what_init_writes_is_read(tmp_path: Path) -> None:
    init(tmp_path)
    assert open_workspace(tmp_path, {}).options == Options()


@pytest.mark.parametrize(
    ("path", "is_wanted"),
    [
        ("docs/a.md", True), (".claude/skills/x/SKILL.md", True), ("kb/rules/a.yaml", True), ("a.MD", True),
        ("reports/runs/1/a.md", False), ("reports/2025.md", True),
        ("datasets/a.md", False), ("tests/a.md", False), ("docs/tests/a.md", True), ("e2e-tests/a.md", True),
        ("node_modules/x/README.md", False), (".venv/a.md", False), ("a/.git/b.md", False), (".kb/a.md", False),
        ("src/a.py", False), ("a.txt", False),
    ],
)  # fmt: skip
def test_knowledge_is_known_by_place(path: str, is_wanted: bool) -> None:
    assert bool(wanted([path], Options())) is is_wanted


def test_sources_and_exclusions_narrow_it() -> None:
    paths = ["adr/a.md", "adr/old/b.md", "docs/c.md", "README.md", "README.ko.md"]
    options = Options(sources=("adr", "./README*"), exclude=("adr/old/",))
    assert wanted(paths, options) == ["README.ko.md", "README.md", "adr/a.md"]


def test_links_that_lead_out_or_in_circles_are_not_followed(root: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.md").write_text("# Out", encoding="utf-8")
    (root / "docs" / "out.md").symlink_to(tmp_path / "outside.md")
    (root / "docs" / "in.md").symlink_to(root / "docs" / "guide.md")
    (root / "docs" / "up").symlink_to(root)
    (root / "docs" / "loop.md").symlink_to(root / "docs" / "loop.md")
    listed = list_paths(root)
    assert "docs/in.md" in listed
    assert not {"docs/out.md", "docs/loop.md"} & set(listed)
    assert not [path for path in listed if path.startswith("docs/up/")]


def test_a_rule_that_lacks_a_sentence_is_refused_with_its_place(root: Path) -> None:
    file = root / "kb/rules/pet.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("    en: Take the label off.\n", ""), encoding="utf-8")
    with pytest.raises(RuleError, match=r"kb/rules/pet.yaml:10: .* has no 'en'"):
        rulebook(open_workspace(root, {}))


def test_a_rule_id_that_stands_twice_is_refused_with_both_places(root: Path) -> None:
    text = "rules:\n  - {id: pet-bottle, kind: service, ko: a, en: b, source: s, valid_from: '2025'}\n"
    (root / "kb/rules/two.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleError, match=r"pet.yaml:3 and at kb/rules/two.yaml:2"):
        rulebook(open_workspace(root, {}))


def test_this_repository_s_rulebook_is_sound(repository: Path) -> None:
    found = rulebook(open_workspace(repository, {}))
    assert found.rules["pet-bottle"].statement("ko")
