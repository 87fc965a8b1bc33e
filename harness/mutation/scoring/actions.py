"""Another action on the same thing. Only verbs whose object and place fit the new one as well are exchanged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from harness.mutation.mutants import Change, Pool, Start, replaced
from harness.mutation.verbs import Mood, Verb, verbs

_OPPOSITES = {
    "떼": "붙이", "벗기": "씌우", "없애": "남기", "비우": "채우", "닫": "열", "열": "닫", "펼치": "접", "접": "펼치",
    "묶": "풀", "풀": "묶", "섞": "나누", "나누": "섞", "찌그러뜨리": "부풀리", "말리": "적시", "적시": "말리",
    "감싸": "부수",
    "빼": "넣", "헹구": "말리",
}  # fmt: skip
_PHRASES = (
    (re.compile(r"물로 헹(?:군|구고|궈서?)(?= )"),
     {"물로 헹군": "물에 불린", "물로 헹구고": "물에 불리고", "물로 헹궈": "물에 불려", "물로 헹궈서": "물에 불려서"}),
    (re.compile(r"함에(?:만)? 넣(?=[으어고])"), "함 옆에 쌓"),
    (re.compile(r"함께 (?=내놓|넣|버리|모으|모아)"), "서로 떼어 "),
    (re.compile(r"따로 (?=모아|내놓|모으)"), "한데 섞어 "),
    (re.compile(r"신청하(?=[고세])"), "취소하"),
    (re.compile(r"늘었"), "줄었"),
    (re.compile(r"줄었"), "늘었"),
    (re.compile(r"웃(?=고|는)"), "울"),
    (re.compile(r"안고 (?=웃)"), "던지고 "),
)  # fmt: skip
_BEFORE = {"헹구": re.compile(r"물로 $"), "섞": re.compile(r"절대 $"), "나누": re.compile(r"재질을 $")}
_ENDS: tuple[Mood, ...] = ("command", "declare", "must")
_ENGLISH = (
    ("take off", "stick on"), ("takes off", "sticks on"), ("rinse", "boil"), ("empty", "fill"), ("crush", "inflate"),
    ("close", "open"), ("open", "close"), ("fold", "unfold"), ("tie", "untie"), ("wrap", "unwrap"),
    ("sell", "lend"), ("buy", "sell"), ("return", "mail"), ("together with clothes", "apart from clothes"),
    ("pick the food out", "pour the food in"),
    ("fell by", "rose by"), ("smiling", "crying"), ("collected apart from", "collected together with"),
    ("seal", "puncture"), ("put out with", "burnt with"),
    ("thrown away separately", "melted down separately"), ("dry", "wet"), ("paid", "waived"), ("book", "cancel"),
    ("up from", "down from"), ("attach", "peel off"), ("put it in", "put it beside"),
    ("put them in", "put them beside"),
)  # fmt: skip
_VERB_BEFORE = re.compile(r"(?:^|[,;:] |\b(?:and|or|so|to|then|but|you) )$")
_NOT_VERB = re.compile(r"(?: (?:machine|point|container|bottle\b)|\.?$)")
_DENIED_LATER = re.compile(r"[^,]{0,12}지 (?:않|마|말)")
_DENIED = re.compile(r"\b(?:whether|not|never|cannot|n't)\b[^,;.]{0,24}$")


def action(start: Start, pool: Pool) -> list[Change]:
    """What is done is something else that the context does not ask for."""
    return list(_korean(start) if start.language == "ko" else _english(start))


def _korean(start: Start) -> Iterator[Change]:
    for old, new in (pair for pair in _form_pairs() if pair[0] in start.text):
        for match in re.finditer(rf"(?<![가-힣]){re.escape(old)}(?![가-힣])", start.text):
            if _may_exchange(start, match, old):
                yield replaced(start.text, *match.span(), new)
    for pattern, change in _PHRASES:
        for match in pattern.finditer(start.text):
            told = change.get(match.group(), "") if isinstance(change, dict) else change
            if told:
                yield replaced(start.text, *match.span(), told)


def _may_exchange(start: Start, match: re.Match[str], old: str) -> bool:
    """The context does not say the new action too, and nothing before the verb turns it into something else."""
    stem = _stem_of(old)
    new = verbs()[_OPPOSITES[stem]]
    said = any(start.says(form) for form in (new.stem, new.aeo) if len(form) > 1)
    blocked = stem in _BEFORE and _BEFORE[stem].search(start.text[: match.start()]) is not None
    compound = re.match(r" (?:내(?!놓)|낸|낼|보|두|둔)", start.text[match.end() :]) is not None
    denied = _DENIED_LATER.match(start.text, match.end()) is not None
    return not (said or blocked or compound or denied)


@cache
def _form_pairs() -> tuple[tuple[str, str], ...]:
    """(old form, new form) of every verb that has an opposite."""
    pairs = ((_forms(verbs()[old]), _forms(verbs()[new])) for old, new in _OPPOSITES.items())
    return tuple(pair for old, new in pairs for pair in zip(old, new, strict=True))


@cache
def _stem_of(form: str) -> str:
    return next(stem for stem in _OPPOSITES if form in _forms(verbs()[stem]))


def _forms(verb: Verb) -> tuple[str, ...]:
    """What stands within and at the end of a sentence, in one order for all verbs."""
    ends = (verb.form(mood, "polite") for mood in _ENDS)
    return (verb.stem + "고", verb.aeo + "서", verb.aeo, verb.past_modifier, *(end or "" for end in ends))


def _english(start: Start) -> Iterator[Change]:
    lower = start.text.lower()
    for old, new in (pair for pair in _ENGLISH if pair[0] in lower):
        for match in re.finditer(rf"\b{old}\b", start.text, re.IGNORECASE):
            before = start.text[: match.start()]
            verb = " " in old or (_VERB_BEFORE.search(before) and not _NOT_VERB.match(start.text[match.end() :]))
            if verb and not start.says(new) and not _DENIED.search(before):
                spelt = new.capitalize() if match.group()[0].isupper() else new
                yield replaced(start.text, *match.span(), spelt)
