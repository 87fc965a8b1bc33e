"""Waste: a thing in words (`classify`) or in a picture (`scan`) becomes class, item and tags; they select the rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from eco2.agents.row import Sources
from eco2.agents.said import leading, supporting
from eco2.cues import ASPECTS, UNKNOWN_SIDES
from eco2.evidence import fact_evidence, fact_id, rule_statement, rules_evidence
from eco2.items import Named
from eco2.outside import Found, Sight
from eco2.patterns import which
from eco2.phrases import say, with_josa
from eco2.residue import head_of, is_noun, nouns, residue_of
from eco2.select_rules import Selection, Subject, select
from eco2.tables import question
from eco2.turns import Evidence, Finding, Statement, Task
from kb.rulebook import Rule, Rulebook

_MOST_SUBJECTS = 4
_WHOLE = question("whole_how_to")
"""Words that ask for the whole how-to, not for one side of it."""
_ONE_SYLLABLE = re.compile(
    r"\s*(?![이그저좀또걍뭐왜다더꼭잘안못])([가-힣])[은는을를도]?\s+(?:어떻|어케|어디|어따|버[리려릴])"
)
"""A name so short that it is no word of the residue ("숯 어떻게 버려?")."""
_UNTOLD = ("tag-all-unknown", "tag-minor-unknown")


Chosen = tuple[Subject, Selection]
_UNSEEN = ("scan: no vision model",)


def classify(task: Task, sources: Sources) -> Finding:
    """Answer how the things named in the text are thrown away."""
    named = sources.named(task.text)
    sides = which(UNKNOWN_SIDES, task.text)
    if sides and sides[0] != "amount":
        return _unknown(task, "classify", say(f"side_unknown_{sides[0]}"))
    subjects = subjects_of(named, sources)
    if not subjects:
        return _without_a_thing(task, named, sources)
    return _answer(task, "classify", subjects, sources, before=tuple(say(f"side_unknown_{side}") for side in sides))


def scan(task: Task, sources: Sources) -> Finding:
    """Answer how the thing on the picture is thrown away; the text may add conditions, or name another thing."""
    picture = sources.open_picture(task.image or "")
    if picture is None:
        return _unknown(task, "scan", say("picture_missing"))
    sight = sources.vision.look(picture)
    named = sources.named(task.text)
    if sight is None:
        subjects = subjects_of(named, sources)
        if subjects:
            return _answer(task, "scan", subjects, sources, before=(say("picture_unknown_but_named"),))
        return _unknown(task, "scan", say("picture_unknown"))
    return _seen(task, sight, named, sources)


def blind(task: Task, sources: Sources) -> Finding:
    """Answer without a vision model: from the text if it names a thing, else by asking for its name."""
    subjects = subjects_of(sources.named(task.text), sources)
    if subjects:
        return replace(_answer(task, "scan", subjects, sources), degraded=_UNSEEN)
    return replace(_unknown(task, "scan", say("picture_no_source")), degraded=_UNSEEN)


def subjects_of(named: Named, sources: Sources, extra_tags: Sequence[str] = ()) -> list[Subject]:
    """Return the things that a text asks about, each with the stated conditions; an item wins over its class's name.

    Bulky things beside others are the bulk_waste agent's.
    """
    tags = tuple(dict.fromkeys((*named.tags, *extra_tags)))
    found: dict[str, Subject] = {}
    for mention in (named.other or named.subjects)[:_MOST_SUBJECTS]:
        rule = sources.rules.rules[mention.keys[0]]
        item = rule.id if rule.kind == "item" else None
        found.setdefault(rule.id, Subject(rule.class_id or rule.id, item, tags))
    items = {subject.class_id for subject in found.values() if subject.item}
    return [subject for subject in found.values() if subject.item or subject.class_id not in items]


def _seen(task: Task, sight: Found[Sight], named: Named, sources: Sources) -> Finding:
    tags = tuple(id_ for id_, name in sources.words.tag_names if name in sight.fact.situation_tags)
    said = [subject for subject in subjects_of(named, sources, tags) if subject.item or not named.compares]
    shown = _shown(sight.fact, sources.rules, tuple(dict.fromkeys((*named.tags, *tags))))
    if shown is None and not said:
        return _unrecognised(task, tags, sight, sources)
    statement = _description(sight, shown, sources.rules)
    evidence = fact_evidence(sight, statement.text_ko, statement.text_en)
    if task.follow_up and any(one.item for one in said):  # the picture is of an earlier message, another thing is named
        return _answer(task, "scan", said, sources)
    subjects = [shown] if shown else said
    return _answer(
        task, "scan", subjects, sources, before=(statement,), seen=(evidence,), recorded_at=sight.recorded_at
    )


def _unrecognised(task: Task, tags: tuple[str, ...], sight: Found[Sight], sources: Sources) -> Finding:
    """Say that the picture cannot be told, in the words of the rule for it where there is one."""
    rules = [sources.rules.rules[id_] for id_ in tags if id_ in _UNTOLD and id_ in sources.rules.rules]
    statements = tuple(rule_statement(rule) for rule in rules[:1]) or (say("picture_unknown"),)
    seen = fact_evidence(sight, f"{sight.fact.major}: {', '.join(sight.fact.situation_tags)}")
    return Finding("scan", task.index, "unknown", statements, (seen, *rules_evidence(rules[:1])), sight.recorded_at)


def _shown(sight: Sight, rules: Rulebook, tags: tuple[str, ...]) -> Subject | None:
    """Return the subject on a picture: its item where the rules have it, else its class by name."""
    item = rules.rules.get(sight.item or "")
    if item is not None:
        return Subject(item.class_id or "", item.id, tags)
    for rule in rules.of_kind("class"):
        if rule.name in (sight.middle, sight.major) or (sight.middle and rule.data.get("middle") == sight.middle):
            return Subject(rule.id, None, tags)
    return None


def _description(sight: Found[Sight], shown: Subject | None, rules: Rulebook) -> Statement:
    """Say what is on the picture and which class that is, in each language by the rules' own names."""
    fact = sight.fact
    kind, filed = fact.minor or fact.middle or fact.major, fact.middle or fact.major
    ko = (
        f"사진 속 물건은 {kind}(으)로 보이고, {filed}에 속해요."
        if kind != filed
        else f"사진 속 물건은 {kind}(으)로 보여요."
    )
    filed_en = _english(rules.rules.get(shown.class_id) if shown else None) or filed
    kind_en = _english(rules.rules.get(shown.item or "") if shown else None) or filed_en
    en = f"The picture seems to show {kind_en}, which is of the class {filed_en}."
    return Statement(with_josa(ko), en, fact_id(sight))


def _english(rule: Rule | None) -> str | None:
    """Return a rule's English name, else its first English alias."""
    if rule is None:
        return None
    named = rule.data.get("name_en")
    return str(named) if named else next((alias for alias in rule.aliases if alias.isascii()), None)


def _answer(
    task: Task,
    agent: str,
    subjects: Sequence[Subject],
    sources: Sources,
    before: tuple[Statement, ...] = (),
    seen: tuple[Evidence, ...] = (),
    recorded_at: str | None = None,
) -> Finding:
    aspects = [side for side in which(ASPECTS, task.text) if side != "sort" or not sources.named(task.text).compares]
    chosen = _not_overruled([(subject, select(sources.rules, subject, aspects)) for subject in subjects])
    said = _said(task, chosen, sources.rules, alone=len(subjects) == 1)
    injected = (*said, *(rule for _, selection in chosen for rule in selection.rules))
    return Finding(
        agent=agent,
        index=task.index,
        status="answered",
        statements=(*(() if task.follow_up else before), *(rule_statement(rule) for rule in said)),
        evidence=(*seen, *rules_evidence(injected)),
        recorded_at=recorded_at,
    )


def _not_overruled(chosen: list[Chosen]) -> list[Chosen]:
    """Leave out the things of which an exception for another one decides; all of them again where nothing is left."""
    overruled = {item for _, selection in chosen for rule in selection.decisive for item in rule.items}
    return [pair for pair in chosen if pair[1].decisive or pair[0].item not in overruled] or chosen


def _said(task: Task, chosen: Sequence[Chosen], rules: Rulebook, *, alone: bool) -> tuple[Rule, ...]:
    """Return the rules that are quoted, each once: what leads of every thing, then what supports it."""
    only_sides = task.follow_up or not _WHOLE.search(task.text)
    leads = [rule for one, of in chosen for rule in leading(of, one, rules, alone=alone, only_sides=only_sides)]
    rest = [rule for one, of in chosen for rule in supporting(of, one, fully=alone and not task.follow_up)]
    return tuple({rule.id: rule for rule in (*leads, *rest)}.values())


def _without_a_thing(task: Task, named: Named, sources: Sources) -> Finding:
    """Answer where no known thing is named: from the material, else from the side where one class alone has it."""
    if named.kind_only:
        return _of_a_kind(task, named, sources)
    known = () if any(map(is_noun, named.residue)) or named.prices else _of_one_class(task.text, sources.rules)
    if not known:
        return _unknown(task, "classify", _not_known(named))
    statements = tuple(rule_statement(rule) for rule in known)
    return Finding("classify", task.index, "answered", statements, rules_evidence(known))


def _of_one_class(text: str, rules: Rulebook) -> tuple[Rule, ...]:
    """Return the rules of the first side asked for that only one class has ("뚜껑은 따로 버려?")."""
    for side in which(ASPECTS, text):
        found = tuple(rule for rule in rules.of_kind("disposal") if rule.aspect == side)
        if len({rule.class_id for rule in found}) == 1:
            return found
    return ()


def _of_a_kind(task: Task, named: Named, sources: Sources) -> Finding:
    """Answer for a thing of which only the material is known: that it is not known, and the material's own rule."""
    kind = named.kind_only[0]
    rule = sources.rules.rules[kind.keys[0]]
    class_id = rule.class_id or rule.id
    thing = nouns((task.text[kind.start : kind.end], *residue_of(task.text[kind.end :].strip().split(" ")[0])))
    english = (
        str(sources.rules.rules[class_id].data.get("name_en") or class_id)
        if class_id in sources.rules.rules
        else class_id
    )
    statement = say(
        "thing_unknown_kind", thing=thing, kind=sources.rules.rules[class_id].name or class_id, kind_en=english
    )
    main = [rule for rule in sources.rules.of_class(class_id) if rule.aspect == "main"]
    statements = (statement, *(rule_statement(rule) for rule in main))
    return Finding("classify", task.index, "unknown", statements, rules_evidence(main))


def _not_known(named: Named) -> Statement:
    priced = named.prices[0].word if named.prices else ""
    short = _ONE_SYLLABLE.match(named.rest)
    thing = head_of(named.rest, named.residue) if named.residue else priced or (short[1] if short else "")
    return say("thing_unknown", thing=thing) if thing else say("thing_missing")


def _unknown(task: Task, agent: str, *statements: Statement) -> Finding:
    return Finding(agent, task.index, "unknown", statements)
