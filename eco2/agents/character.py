"""Characters: by name, by the class or thing that they stand for, or all of them; another name is said to be none."""

from __future__ import annotations

import re

from eco2.agents.row import Sources
from eco2.evidence import rule_statement, rules_evidence
from eco2.items import Named
from eco2.phrases import say
from eco2.tables import question
from eco2.turns import Finding, Statement, Task
from kb.rulebook import Rule

_ALL = question("every_character")
_DETAIL = question("character_detail")
_QUOTED = re.compile(
    r"['\"‘“]?([가-힣A-Za-z]{1,10}?)['\"’”]?\s*(?:이라는|라는|이란|란)\s*(?:이름의\s*)?(?:캐릭터|친구|애)"
)
_LEAD = re.compile(r"대표|메인|주인공|\b(?:main|lead(?:ing)?) (?:character|mascot)", re.IGNORECASE)
_MOST = 4


def character(task: Task, sources: Sources) -> Finding:
    """Answer who stands for what."""
    named = sources.named(task.text)
    if (quoted := _QUOTED.search(task.text)) and not sources.words.characters.find(quoted[1]):
        return Finding("character", task.index, "unknown", (say("character_unknown", name=quoted[1]),))
    asked = _by_name(named, sources)
    unknown: tuple[Statement, ...] = ()
    if not asked:
        asked, unknown = _by_thing(named, sources)
    if asked:
        extra = (say("character_detail_unknown"),) if _DETAIL.search(task.text) else ()
        return _found(task, asked, (*extra, *unknown))
    if unknown:
        return Finding("character", task.index, "unknown", unknown)
    if _ALL.search(task.text):
        return _everyone(task, sources)
    if _LEAD.search(task.text):
        return _found(task, [rule for rule in sources.rules.of_kind("character") if not rule.class_id], ())
    if len(named.residue) == 1:
        return Finding("character", task.index, "unknown", (say("character_unknown", name=named.residue[0]),))
    return Finding("character", task.index, "unknown", (say("character_missing"),))


def _found(task: Task, characters: list[Rule], extra: tuple[Statement, ...]) -> Finding:
    said = characters[:_MOST]
    statements = (*(rule_statement(rule) for rule in said), *extra)
    return Finding("character", task.index, "answered", statements, rules_evidence(said))


def _by_name(named: Named, sources: Sources) -> list[Rule]:
    ids = dict.fromkeys(mention.keys[0] for mention in named.characters)
    return [sources.rules.rules[id_] for id_ in ids]


def _by_thing(named: Named, sources: Sources) -> tuple[list[Rule], tuple[Statement, ...]]:
    """Return the characters of the classes of the named things, and a sentence for each thing without one."""
    characters = {rule.class_id: rule for rule in sources.rules.of_kind("character") if rule.class_id}
    found: dict[str, Rule] = {}
    without: list[Statement] = []
    for mention in named.things:
        class_id = sources.words.classes[mention.keys[0]]
        if class_id in characters:
            found[class_id] = characters[class_id]
        else:
            without.append(say("character_of_class_unknown", name=mention.word))
    return list(found.values()), tuple(without)


def _everyone(task: Task, sources: Sources) -> Finding:
    everyone = sources.rules.of_kind("character")
    ko, en = (
        ", ".join(names)
        for names in zip(*((rule.name or "", str(rule.data.get("name_en", ""))) for rule in everyone), strict=True)
    )
    text = say("characters_all", names="{names}")
    statement = Statement(
        text.text_ko.replace("{names}", ko),
        text.text_en.replace("{names}", en),
        everyone[0].citation,
        tuple(rule.citation for rule in everyone[1:]),
    )
    return Finding("character", task.index, "answered", (statement,), rules_evidence(everyone))
