"""Rules about domain rules: complete, unique, true to one another. Only files below a folder named `rules` count."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from kb.lint_subject import Found, RuleEntry, Subject
from kb.rule_text import former_names, forms_of
from kb.rulebook import RULE_KINDS, SECTION_KIND

_NEEDED = ("ko", "en", "source", "valid_from")
_NAMES_CLASS = ("class", "goes_to")
_REFERS: Mapping[str, str] = {
    "items": "item",
    "tags": "tag",
    "rules": "",
    "characters": "character",
    "classes": "class",
}
_DAY = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015]+")


def yaml_unreadable(subject: Subject) -> Iterator[Found]:
    """A rule file that is no YAML."""
    for file in subject.rule_files:
        if file.error:
            reason = file.error.removeprefix(f"{file.path}: ")
            yield Found(file.path, _line_in(reason), f"rule file cannot be read ({reason}); mend the YAML")


def rule_incomplete(subject: Subject) -> Iterator[Found]:
    """A rule without id, kind, source, validity or one of its two sentences."""
    for rule in _own(subject):
        lacking = [name for name in ("id", *_NEEDED) if not str(rule.fields.get(name) or "").strip()]
        if lacking:
            named = rule.id or f"entry of {rule.section}"
            yield Found(rule.path, rule.line, f"rule {named!r} has no {', '.join(lacking)}; add it or a default")
        elif _kind(rule) not in RULE_KINDS:
            message = f"kind {_kind(rule)!r} of rule {rule.id!r} is unknown; use one of {', '.join(RULE_KINDS)}"
            yield Found(rule.path, rule.line, message)


def rule_duplicate(subject: Subject) -> Iterator[Found]:
    """Two rules with one id."""
    first: dict[str, RuleEntry] = {}
    for rule in subject.rules:
        other = first.setdefault(rule.id, rule) if rule.id else rule
        if other is not rule:
            yield Found(rule.path, rule.line, f"rule id {rule.id!r} is taken by {other.path}:{other.line}; rename one")


def rule_reference(subject: Subject) -> Iterator[Found]:
    """A rule that names a class, item, tag or rule which is not there."""
    ids = _ids(subject)
    for rule in _own(subject):
        for key, kind, name in _references(rule):
            known = ids[kind] if kind else set().union(*ids.values())
            if name not in known:
                what = kind or "rule"
                yield Found(
                    rule.path, rule.line, f"{key} of rule {rule.id!r} names {what} {name!r}, which is not there"
                )


def alias_ambiguous(subject: Subject) -> Iterator[Found]:
    """An alias that names two items."""
    owners: defaultdict[tuple[str, str], list[RuleEntry]] = defaultdict(list)
    for rule in _own(subject):
        if _kind(rule) == "item":
            for alias in {_folded(word) for word in _aliases(rule)}:
                owners["item", alias].append(rule)
    for (_, alias), rules in owners.items():
        if len(rules) > 1:
            others = ", ".join(f"{rule.id} ({rule.path}:{rule.line})" for rule in rules[:-1])
            last = rules[-1]
            yield Found(last.path, last.line, f"alias {alias!r} names {last.id} and {others}; leave it to one")


def validity_backwards(subject: Subject) -> Iterator[Found]:
    """A rule that ends before it begins."""
    for rule in subject.rules:
        start, end = str(rule.fields.get("valid_from") or ""), str(rule.fields.get("valid_to") or "")
        if start and end and end[: len(start)] < start[: len(end)]:
            yield Found(
                rule.path, rule.line, f"rule {rule.id!r} is valid to {end}, before it begins on {start}; swap them"
            )


def glossary_conflict(subject: Subject) -> Iterator[Found]:
    """Terms that cannot be told apart: a form that two share, a former name that is another's today or has no end.

    Forms are compared without case, width, spaces and hyphens. A former name may be another term's name today if it
    ended before that term's entry begins.
    """
    terms = [rule for rule in _own(subject) if _kind(rule) == "term"]
    owners = _owners(terms)
    for form, rules in owners.items():
        if len(rules) > 1:
            others = ", ".join(f"{rule.id} ({rule.path}:{rule.line})" for rule in rules[:-1])
            last = rules[-1]
            yield Found(last.path, last.line, f"form {form!r} means {last.id} and {others}; leave it to one")
    for rule in terms:
        for name, until in former_names(rule.fields):
            yield from _former_conflict(rule, name, until, owners.get(_squeezed(name), ()))


def _owners(terms: Sequence[RuleEntry]) -> Mapping[str, list[RuleEntry]]:
    """The terms that each squeezed form means today, in file order."""
    owners: defaultdict[str, list[RuleEntry]] = defaultdict(list)
    for rule in terms:
        forms = forms_of(rule.fields)
        for form in dict.fromkeys(map(_squeezed, (*forms["ko"], *forms["en"]))):
            owners[form].append(rule)
    return owners


def _former_conflict(rule: RuleEntry, name: str, until: str, named_so: Sequence[RuleEntry]) -> Iterator[Found]:
    if not name or not _DAY.fullmatch(until):
        message = f"former name {name!r} of {rule.id} ends on {until!r}; give a name and until: a day, month or year"
        yield Found(rule.path, rule.line, message)
        return
    for other in named_so:
        since = str(other.fields.get("valid_from") or "")
        if other is not rule and until[: len(since)] >= since[: len(until)]:
            message = f"former name {name!r} of {rule.id} lasts until {until}, but means {other.id} since {since}"
            yield Found(rule.path, rule.line, f"{message} ({other.path}:{other.line}); end it earlier or drop it")


def _squeezed(form: str) -> str:
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", form).casefold())


def _own(subject: Subject) -> Iterator[RuleEntry]:
    """Entries of files in this product's form, known by sentences in Korean or English; other YAML is none of it."""
    ours = {rule.path for rule in subject.rules if rule.fields.get("ko") or rule.fields.get("en")}
    return (rule for rule in subject.rules if rule.path in ours)


def _kind(rule: RuleEntry) -> str:
    return str(rule.fields.get("kind") or SECTION_KIND.get(rule.section, ""))


def _ids(subject: Subject) -> defaultdict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for rule in subject.rules:
        found[_kind(rule)].add(rule.id)
    return found


def _references(rule: RuleEntry) -> Iterator[tuple[str, str, str]]:
    for key in _NAMES_CLASS:
        if rule.fields.get(key):
            yield key, "class", str(rule.fields[key])
    for key, kind in _REFERS.items():
        value = rule.fields.get(key)
        for name in value if isinstance(value, list) else []:
            if isinstance(name, str):
                yield key, kind, name


def _aliases(rule: RuleEntry) -> Iterator[str]:
    aliases = rule.fields.get("aliases")
    groups = aliases.values() if isinstance(aliases, Mapping) else [aliases]
    for group in groups:
        yield from (str(word) for word in (group if isinstance(group, list) else []))


def _folded(word: str) -> str:
    return " ".join(word.casefold().split())


def _line_in(reason: str) -> int:
    """The line that a YAML error names, 1 where it names none."""
    head, _, rest = reason.partition("line ")
    digits = rest.partition(":")[0]
    return int(digits) if not head and digits.isdigit() else 1
