from __future__ import annotations

import pytest

from kb.adapters.yaml_text import load_entries, load_mapping
from kb.documents import DocumentError
from kb.read import Source, read_markdown, read_rules

RULES = """# The classes.
defaults: {source: table 1, valid_from: "2025-01-01"}
classes:
  - id: pet-bottle
    name: 무색페트병
    name_en: clear PET bottles
    aliases: {ko: [생수병, 펫병], en: [plastic bottle]}
    ko: 투명한 병이에요.
    en: A clear bottle.
rules:
  - id: not-pet-bottle-oil
    kind: exception
    class: pet-bottle
    tags: [tag-greasy]
    goes_to: plastics
    ko: 기름병은 아니에요.
    en: Not oil bottles.

  # A comment between entries.
  - id: price-pet
    kind: price
    prices: {전국평균: 350, 수도권: 400}
    ko: 350원이에요.
    en: 350 won.
"""


def rules(*texts: str) -> dict[str, str]:
    sources = [Source(f"kb/rules/{number}.yaml", text, "b") for number, text in enumerate(texts)]
    documents, findings = read_rules(sources, load_entries)
    assert findings == []
    return {document.doc_id or "": document.passages[0].text for document in documents}


def test_a_rule_reads_as_names_sentences_and_data() -> None:
    found = rules(RULES)
    assert found["rule:pet-bottle"].split("\n") == [
        "무색페트병 / clear PET bottles",
        "투명한 병이에요.",
        "A clear bottle.",
        "aliases: 생수병, 펫병, plastic bottle",
    ]
    assert "prices: 전국평균 350, 수도권 400" in found["rule:price-pet"]


def test_what_a_rule_names_by_id_stands_in_words_whatever_file_it_is_in() -> None:
    tags = "tags: [{id: tag-greasy, name: 기름 묻은}, {id: plastics, name: 플라스틱류}]"
    text = rules(RULES, tags)["rule:not-pet-bottle-oil"]
    assert "class: 무색페트병 (pet-bottle)" in text
    assert "tags: 기름 묻은 (tag-greasy)" in text
    assert "goes_to: 플라스틱류 (plastics)" in text


def test_a_rule_knows_its_lines_kind_class_and_days() -> None:
    documents, _ = read_rules([Source("kb/rules/a.yaml", RULES, "b")], load_entries)
    oil = next(document for document in documents if document.doc_id == "rule:not-pet-bottle-oil")
    assert (oil.passages[0].line_start, oil.passages[0].line_end) == (11, 17)
    assert oil.tags == ("exception", "pet-bottle")
    assert (oil.kind, oil.date, oil.meta["source"]) == ("rule", "2025-01-01", "table 1")


@pytest.mark.parametrize(
    "text", ["jobs:\n  - steps: []\n", "a: {id: 1}\n", "- id: x\n", "services: [{image: redis}]\n", "id: [\n", ""]
)
def test_other_yaml_is_passed_over_in_silence(text: str) -> None:
    assert read_rules([Source(".github/workflows/a.yaml", text, "b")], load_entries) == ([], [])


def test_a_broken_rule_file_is_a_finding_and_the_others_are_read() -> None:
    documents, findings = read_rules(
        [Source("kb/rules/broken.yaml", "rules:\n  - id: [", "b"), Source("kb/rules/a.yaml", RULES, "b")], load_entries
    )
    assert [finding.rule for finding in findings] == ["yaml"]
    assert len(documents) == 3


def test_an_entry_without_an_id_is_a_finding() -> None:
    _, (finding,) = read_rules(
        [Source("kb/rules/a.yaml", "rules:\n  - ko: x\n  - id: b\n    ko: y\n", "b")], load_entries
    )
    assert (finding.rule, finding.line) == ("rule-without-id", 2)


@pytest.mark.parametrize(
    ("path", "text", "kind", "title"),
    [
        ("docs/a-b.md", "no heading", "doc", "a b"),
        ("workloads/redis/README.md", "no heading", "doc", "redis"),
        ("docs/a.md", "---\ntitle: Named\n---\n# Other", "doc", "Named"),
        ("docs/a.md", "# **Bold** `code`", "doc", "Bold code"),
        ("skills/x/SKILL.md", "---\nname: x\ndescription: d\n---\n# X", "skill", "X"),
        (".claude/skills/x/SKILL.md", "---\nname: x\n---\n", "skill", "x"),
        ("adr/0007-taskiq.md", '---\nid: "0007"\nstatus: accepted\n---\n# Taskiq', "adr", "Taskiq"),
        ("incidents/2026-01-x.md", "---\nid: 2026-01-x\n---\n# X", "incident", "X"),
    ],
)
def test_a_file_is_known_by_place_and_content(path: str, text: str, kind: str, title: str) -> None:
    document, findings = read_markdown(Source(path, text, "b"), load_mapping)
    assert (document.kind, document.title, findings) == (kind, title, [])


def test_a_skill_is_found_by_its_description() -> None:
    document, _ = read_markdown(
        Source("s/SKILL.md", "---\ndescription: when to use\n---\n# S\n\nbody", "b"), load_mapping
    )
    assert document.passages[0].line_start == 1
    assert "when to use" in (document.passages[0].indexed or "")


def test_broken_front_matter_costs_a_finding_and_no_text() -> None:
    document, (finding,) = read_markdown(Source("d.md", "---\na: [\n---\n# D\n\nbody", "b"), load_mapping)
    assert (finding.rule, finding.severity, finding.line) == ("front-matter", "error", 1)
    assert document.passages[0].text.endswith("body")


@pytest.mark.parametrize(
    ("text", "value"),
    [("0010", "0010"), ("2026-01-05", "2026-01-05"), ("09:00", "09:00"), ("no", "no"), ("12", 12), ("1.5", 1.5)],
)
def test_yaml_says_what_is_written(text: str, value: object) -> None:
    assert load_mapping(f"a: {text}", "x") == {"a": value}


@pytest.mark.parametrize(
    "text",
    [
        "a: &x 1\nb: *x",
        "a: " + "[" * 100_000,
        "- list",
        "a: 1\na: 2",
        "a: !!python/object:os.system x",
        "? {a: b}\n: c",
    ],
)
def test_yaml_that_is_a_trap_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(DocumentError, match=r"^x: [^\n]+$"):
        load_mapping(text, "x")
