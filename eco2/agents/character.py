"""Characters: by name, by the class or thing that they stand for, or all of them; another name is said to be none."""

from __future__ import annotations

import re
from dataclasses import replace

from eco2.agents.row import Sources
from eco2.bounded import bounded
from eco2.evidence import fact_evidence, rule_statement, rules_evidence
from eco2.failure_modes import limits_of
from eco2.items import Named
from eco2.outside import Sight
from eco2.phrases import say
from eco2.tables import question
from eco2.turns import Finding, SourceUnavailable, Statement, Task
from kb.rulebook import Rule

_ALL = question("every_character")
_DETAIL = question("character_detail")
_POINTS, _ROLE = question("pointing"), question("character_role")
_QUOTED = re.compile(
    r"['\"‘“]?([가-힣A-Za-z]{1,10}?)['\"’”]?\s*(?:이라는|라는|이란|란)\s*(?:이름의\s*)?(?:캐릭터|친구|애)"
)
_LEAD = re.compile(r"대표|메인|주인공|\b(?:main|lead(?:ing)?) (?:character|mascot)", re.IGNORECASE)
_MOST = 4
_BLIND = "character: no vision model"


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
        if not _DETAIL.search(task.text):
            return _found(task, asked, unknown)
        found = _found(task, asked, (say("character_detail_unknown"), *unknown))
        return found if _ROLE.search(task.text) else replace(found, status="unknown")
    if unknown:
        return Finding("character", task.index, "unknown", unknown)
    if _ALL.search(task.text):
        return _everyone(task, sources)
    if _LEAD.search(task.text):
        return _found(task, [rule for rule in sources.rules.of_kind("character") if not rule.class_id], ())
    if task.image and (_POINTS.search(task.text) or not named.residue):
        return _of_the_picture(task, task.image, sources)
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


def _of_the_picture(task: Task, image: str, sources: Sources) -> Finding:
    """Answer who stands for the class of the thing on the picture; without a look at it, ask for the thing's name."""
    picture = sources.open_picture(image)
    try:
        sight = bounded(lambda: sources.vision.look(picture), limits_of("scan").timeout_s, "look") if picture else None
    except SourceUnavailable:
        return Finding("character", task.index, "unknown", (say("picture_no_source"),), degraded=(_BLIND,))
    if sight is None:
        return Finding("character", task.index, "unknown", (say("picture_unknown" if picture else "picture_missing"),))
    class_id, seen = _class_of(sight.fact, sources), sight.fact.middle or sight.fact.major
    asked = [rule for rule in sources.rules.of_kind("character") if class_id and rule.class_id == class_id]
    unknown = () if asked else (say("character_of_class_unknown", name=seen),)
    found = _found(task, asked, unknown)
    return replace(
        found,
        status="answered" if asked else "unknown",
        evidence=(fact_evidence(sight, seen), *found.evidence),
        recorded_at=sight.recorded_at,
    )


def _class_of(sight: Sight, sources: Sources) -> str | None:
    """Return the class of what was seen, by its item or by its names, the narrowest first."""
    names = [name for name in (sight.minor, sight.middle, sight.major) if name]
    keys = [sight.item or "", *(key for name in names for key in sources.words.things.keys_of(name))]
    return next((sources.words.classes[key] for key in keys if key in sources.words.classes), None)


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
