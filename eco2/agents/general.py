"""Everything else in one friendly sentence: greetings, thanks, who I am, what is out of scope; and what a term of the
rules means.
"""

from __future__ import annotations

import re

from eco2.agents.row import Sources
from eco2.cues import ASPECTS, DEFINITION, INJECTION
from eco2.evidence import rule_statement, rules_evidence
from eco2.patterns import which
from eco2.phrases import say
from eco2.tables import question
from eco2.turns import Finding, Task
from kb.rulebook import Rule

_SMALL_TALK = tuple(
    (phrase, question(f"small_talk_{phrase}")) for phrase in ("thanks", "farewell", "who", "greeting", "company")
)
_DIGIT = re.compile(r"\d")
_LETTERS = re.compile(r"[^\W\d_ㄱ-ㅣ]")
_MOST_TERMS = 2
_LONGEST_TERM_QUESTION = 30


def general(task: Task, sources: Sources) -> Finding:
    """Answer what belongs to no intent."""
    if INJECTION.search(task.text):
        return _aside(task, "injection")
    if not _LETTERS.search(task.text):
        return _aside(task, "empty")
    if _asks_how_without_a_thing(task, sources):
        return _aside(task, "thing_missing")
    if terms := _terms(task, sources):
        return Finding(
            "general", task.index, "answered", tuple(rule_statement(rule) for rule in terms), rules_evidence(terms)
        )
    for phrase, pattern in _SMALL_TALK:
        if pattern.search(task.text):
            return _aside(task, phrase)
    return _not_explained(task, sources)


def _asks_how_without_a_thing(task: Task, sources: Sources) -> bool:
    named = sources.named(task.text)
    return bool(which(ASPECTS, task.text)) and not (named.residue or named.spots or named.things)


def _terms(task: Task, sources: Sources) -> list[Rule]:
    """Return the rules of the classes and things that a definitional question names, if it names nothing else."""
    named = sources.named(task.text)
    if not DEFINITION.search(task.text) or named.residue:
        return []
    found = [sources.rules.rules[mention.keys[0]] for mention in named.things]
    classes = [sources.rules.rules.get(rule.class_id or rule.id, rule) for rule in found]
    return list({rule.id: rule for rule in classes}.values())[:_MOST_TERMS]


def _not_explained(task: Task, sources: Sources) -> Finding:
    """Say that a term is not in the knowledge when one is asked for, else that the question is out of scope."""
    residue = sources.named(task.text).residue
    if (
        DEFINITION.search(task.text)
        and len(residue) == 1
        and len(task.text) <= _LONGEST_TERM_QUESTION
        and not _DIGIT.search(task.text)
    ):
        return Finding("general", task.index, "unknown", (say("term_unknown", thing=residue[0]),))
    return _aside(task, "out_of_scope")


def _aside(task: Task, phrase: str) -> Finding:
    return Finding("general", task.index, "aside", (say(phrase),))
