"""Check knowledge: `RULES` says what for, each rule is a pure function in a `lint_*` module. Reads no files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from kb import (
    lint_files,
    lint_incidents,
    lint_links,
    lint_numbers,
    lint_reasons,
    lint_records,
    lint_rulebook,
    lint_skills,
    lint_text,
)
from kb.documents import Finding
from kb.lint_subject import Found, Subject

Check = Callable[[Subject], Iterable[Found]]
READING = ("unreadable", "too-large", "binary", "not-utf8")
REVERSED = frozenset({"superseded-reads-in-force", "reversed-in-prose"})


@dataclass(frozen=True)
class Rule:
    """One thing that is looked for. An error makes `kb lint` fail; a warning only says."""

    name: str
    severity: Literal["error", "warning"]
    doc: str
    check: Check


def _reading(name: str) -> Check:
    """The findings of the reader under one name; what it calls otherwise is unreadable."""

    def check(subject: Subject) -> Iterator[Found]:
        for item in subject.unreadable:
            if item.rule == name or (name == READING[0] and item.rule not in READING):
                yield Found(item.path, item.line, item.message)

    return check


RULES: tuple[Rule, ...] = (
    Rule("unreadable", "error", "a file that cannot be opened", _reading("unreadable")),
    Rule("too-large", "error", "a file that is too large to be knowledge", _reading("too-large")),
    Rule("binary", "error", "a file with zero bytes under the name of a text", _reading("binary")),
    Rule("not-utf8", "error", "a file that is not UTF-8", _reading("not-utf8")),
    Rule("front-matter", "error", "front matter that is no YAML or never ends", lint_records.front_matter_unreadable),
    Rule("unknown-status", "error", "a status that is none of the known words", lint_records.unknown_status),
    Rule("status-missing", "warning", "decisions that state no status, once a folder", lint_records.status_missing),
    Rule("status-conflict", "warning", "front matter and body differ about the status", lint_records.status_conflict),
    Rule(
        "template-leftover", "warning", "a status or title that is still the template's", lint_records.template_leftover
    ),
    Rule("id-file-name", "error", "an id that is not the file's number", lint_records.id_is_not_the_file_name),
    Rule("heading-number", "warning", "a title with another number than the file", lint_records.heading_number),
    Rule("duplicate-id", "error", "two records of one folder with one id", lint_records.duplicate_id),
    Rule("dangling-link", "error", "a named record that is not there", lint_links.dangling_link),
    Rule("one-way-link", "warning", "a link that the other record does not return", lint_links.one_way_link),
    Rule("supersession-cycle", "error", "records that replace one another in a circle", lint_links.supersession_cycle),
    Rule("replaces-without-force", "error", "a proposed record that supersedes", lint_links.replaces_without_force),
    Rule("superseded-by-nothing", "error", "superseded without a successor", lint_links.superseded_without_successor),
    Rule(
        "superseded-reads-in-force", "error", "replaced by a link, yet accepted", lint_links.superseded_reads_in_force
    ),
    Rule("reversed-in-prose", "error", "taken back in words, yet accepted", lint_links.reversed_in_prose),
    Rule("replaced-reason", "warning", "a reason that was replaced, not said so", lint_reasons.replaced_reason),
    Rule("amended-section", "error", "an amended section that is not there", lint_links.amended_section_missing),
    Rule("broken-link", "warning", "a relative link that leads nowhere", lint_files.broken_link),
    Rule("gone-code", "warning", "code_refs that are gone", lint_files.gone_code),
    Rule("review-overdue", "warning", "a day of review that has passed", lint_records.review_overdue),
    Rule("timeline-backwards", "error", "times of an incident that run backwards", lint_incidents.times_run_backwards),
    Rule("action-item", "error", "an action item without text or owner", lint_incidents.action_item_incomplete),
    Rule("number-differs", "warning", "a setting to which two documents give two numbers", lint_numbers.number_differs),
    Rule("rule-file", "error", "a rule file that is no YAML", lint_rulebook.yaml_unreadable),
    Rule("rule-incomplete", "error", "a rule without source, validity or a sentence", lint_rulebook.rule_incomplete),
    Rule("rule-duplicate", "error", "two rules with one id", lint_rulebook.rule_duplicate),
    Rule("rule-reference", "error", "a rule that names what is not there", lint_rulebook.rule_reference),
    Rule("rule-validity", "error", "a rule that ends before it begins", lint_rulebook.validity_backwards),
    Rule("alias-ambiguous", "error", "an alias that names two items", lint_rulebook.alias_ambiguous),
    Rule("glossary-conflict", "error", "a term of two meanings", lint_rulebook.glossary_conflict),
    Rule("skill-front-matter", "error", "a skill outside the open specification", lint_skills.skill_invalid),
    Rule("skill-key", "warning", "a key that only some clients know", lint_skills.skill_key_unknown),
    Rule("skill-length", "warning", "a skill that is too long to load at once", lint_skills.skill_too_long),
    Rule("hidden-character", "error", "zero-width and bidirectional characters", lint_text.hidden_character),
    Rule("order-to-agents", "error", "text that gives orders to agents", lint_text.order_to_agents),
)


def check(subject: Subject, rules: Sequence[Rule] = RULES) -> list[Finding]:
    """Run rules over parsed files.

    Returns:
        Findings by path, line and rule; each at most once.
    """
    found = {
        Finding(item.path, item.line, rule.name, rule.severity, item.message)
        for rule in rules
        for item in rule.check(subject)
    }
    return sorted(found, key=lambda item: (item.path, item.line, item.rule, item.message))


def summary(findings: Sequence[Finding]) -> list[str]:
    """The lines below the findings: in plain words, decisions that only seem to be in force; last, the counts."""
    if not findings:
        return ["no findings"]
    counts = Counter((item.severity, item.rule) for item in findings)
    severities = Counter(item.severity for item in findings)
    total = ", ".join(f"{severities[name]} {name}{'s' if severities[name] > 1 else ''}" for name in sorted(severities))
    told = ", ".join(
        f"{rule} {count}" for (_, rule), count in sorted(counts.items(), key=lambda row: (row[0][0], -row[1]))
    )
    return [*_headline(findings), f"{total}: {told}"]


def _headline(findings: Iterable[Finding]) -> list[str]:
    old = {item.path: item.message for item in findings if item.rule in REVERSED}
    silent = sum("states no status" in message for message in old.values())
    told = [(len(old) - silent, "Accepted"), (silent, "as if in force (no status)")]
    return [
        f"{count} decision{'s read' if count > 1 else ' reads'} {how} but {'were' if count > 1 else 'was'} reversed"
        for count, how in told
        if count
    ]
