"""Negation and modality at the end of a claim, in Korean by conjugation, in English by the auxiliary or the verb."""

from __future__ import annotations

import re
from collections.abc import Mapping

from harness.mutation.hangul import particle
from harness.mutation.mutants import Change, Pool, Start, replaced
from harness.mutation.verbs import Mood, predicate

_NEGATED: Mapping[Mood, Mood] = {
    "command": "prohibit", "request": "prohibit", "prohibit": "command", "declare": "deny", "deny": "declare",
    "must": "must_not", "must_not": "must", "suffices": "must_not", "and": "and_not",
}  # fmt: skip
# Whoever must may as well, so an obligation becomes "need not" and no mere permission.
_MODAL: Mapping[Mood, Mood] = {
    "command": "need_not", "request": "need_not", "must": "need_not", "prohibit": "may", "must_not": "may",
    "may": "must_not", "suffices": "must_not", "need_not": "must",
}  # fmt: skip
_COPULA = re.compile(r"(?P<noun>[가-힣A-Za-z0-9%℃)])(?P<is>이에요|예요|입니다|이다)(?P<stop>[\s.!~…]*)$")
_COPULA_AND = re.compile(r"(?P<noun>[가-힣])이고$")
_NOT = re.compile(r"(?P<noun>[가-힣A-Za-z)]+)(?:이|가) (?P<not>아니에요|아닙니다|아니다)(?P<stop>[\s.!~…]*)$")
_NOT_BUT = re.compile(
    r"(?P<left>[가-힣A-Za-z]+)(?:이|가) 아니라 (?P<right>[가-힣]+?)(?P<is>이에요|예요|입니다)(?P<stop>[\s.!~…]*)$"
)
_BECAUSE_NOT = re.compile(r"(?P<noun>[가-힣A-Za-z]+)(?:이|가) 아니니")
_DO_NOT_BUT = re.compile(r"(?P<stem>[가-힣]+)지 말고")
_EXISTS = re.compile(r"(?P<before>에|이|가|은|는|따로|도) (?P<is>있|없)(?P<end>어요|습니다|다|고)(?P<stop>[\s.!~…]*)$")
_STATE = re.compile(r"(?P<lead>[가-힣](?:어|아|여|려|져|혀|해|라|워)) 있(?P<end>어요|습니다|다|고)(?P<stop>[\s.!~…]*)$")
_ONLY_IF = re.compile(r"[가-힣]야(?:만)? \S* ?\S+ 수 ")
_CAN = re.compile(r"(?P<lead>[가-힣]+) 수(?P<too>도)? (?P<is>있|없)(?P<end>어요|습니다|다)(?P<stop>[\s.!~…]*)$")
_IS_NOT = {"이에요": "아니에요", "예요": "아니에요", "입니다": "아닙니다", "이다": "아니다"}
_IS = {"아니에요": "이에요", "아닙니다": "입니다", "아니다": "이다"}
_FORMS = {"어요": "않아요", "습니다": "않습니다", "다": "않다", "고": "않고"}

_VERBS = (
    "add", "ask", "attach", "book", "bring", "buy", "check", "close", "collect", "crush", "dry", "empty", "flatten",
    "fold",
    "hand", "keep", "never", "open", "pack", "pay", "pick", "pour", "press", "put", "remove", "report", "return",
    "rinse",
    "seal", "sell", "separate", "shake", "sort", "squeeze", "take", "throw", "tie", "use", "wash", "wrap",
)  # fmt: skip
_IMPERATIVE = re.compile(rf"^(?P<verb>{'|'.join(_VERBS)})\b", re.IGNORECASE)
_LATER_IMPERATIVE = re.compile(rf"(?<=, )(?P<verb>{'|'.join(_VERBS)})\b")
_BE = re.compile(r"\b(?P<is>is|are|was|were|must|may|should)\b(?P<not> not)?(?! never)")
_GOES = re.compile(r"\b(?P<goes>goes|go|counts|count|belongs|belong)\b (?=in|with|to|as|whole)")
_NOT_GO = re.compile(r"\b(?:does|do) not (?P<go>go|need|count)\b")
_CAN_EN = re.compile(r"\bcannot\b|(?<!a )(?<!the )\bcan (?=be|catch|start|hurt|ask|sell|put|go|explode|hold|take|use)")
_WISH = re.compile(r"되도록|가급적|알려 주|물어봐")
_CONDITION_EN = re.compile(r"\b(?:if|unless|when|otherwise|even|even if)\b", re.IGNORECASE)


def negation(start: Start, pool: Pool) -> list[Change]:
    """Yes becomes no, and no yes."""
    return _negated_korean(start.text) if start.language == "ko" else _negated_english(start.text)


def modality(start: Start, pool: Pool) -> list[Change]:
    """What must be need not be, what must not be may be, what can be cannot."""
    return _modal_korean(start.text) if start.language == "ko" else _modal_english(start.text)


def _negated_korean(text: str) -> list[Change]:
    finds = (_verb_negated, _noun_negated, _reason_negated, _place_negated)
    found = [change for find in finds if (change := find(text)) is not None]
    demands = (replaced(text, *match.span(), match.group("stem") + "고") for match in _DO_NOT_BUT.finditer(text))
    return [*found, *demands]


def _verb_negated(text: str) -> Change | None:
    seen = predicate(text)
    mood = _NEGATED.get(seen.mood) if seen else None
    if seen is None or mood is None or _of_manner(text, seen.start):
        return None
    form = seen.verb.form(mood, seen.register)
    return replaced(text, seen.start, seen.end, form) if form else None


def _noun_negated(text: str) -> Change | None:
    """A가 아니라 B예요, A가 아니에요, A예요, A이고: the first that fits."""
    if match := _NOT_BUT.search(text):
        left, right = match.group("left"), match.group("right")
        swap = f"{right}{particle(right, '이')} 아니라 {left}{_is_of(left, match.group('is'))}"
        return replaced(text, match.start(), match.start("stop"), swap)
    if match := _NOT.search(text):
        noun = match.group("noun")
        return replaced(text, match.start(), match.start("stop"), noun + _is_of(noun, _IS[match.group("not")]))
    if (match := _COPULA.search(text)) and "아니라" not in text and match.group("noun") not in "거것)":
        new = f"{particle(match.group('noun'), '이')} {_IS_NOT[match.group('is')]}"
        return replaced(text, *match.span("is"), new)
    if match := _COPULA_AND.search(text):
        return replaced(text, match.end() - 2, match.end(), "이 아니고")
    return None


def _reason_negated(text: str) -> Change | None:
    if match := _BECAUSE_NOT.search(text):
        noun = match.group("noun")
        return replaced(text, *match.span(), noun + particle(noun, "이니"))
    return None


def _place_negated(text: str) -> Change | None:
    if match := _EXISTS.search(text):
        return replaced(text, *match.span("is"), "없" if match.group("is") == "있" else "있")
    if match := _STATE.search(text):
        return replaced(text, match.end("lead") + 1, match.end("end"), "있지 " + _FORMS[match.group("end")])
    return None


def _of_manner(text: str, at: int) -> bool:
    """깨지지 않게 내놓으세요: the predicate carries the manner, and its negation can be read both ways."""
    return text[:at].rstrip().endswith(("않게", "없게", "않도록"))


def _is_of(noun: str, ending: str) -> str:
    return particle(noun, ending) if ending in ("이에요", "예요") else ending


def _modal_korean(text: str) -> list[Change]:
    if (match := _CAN.search(text)) and not _ONLY_IF.search(text):
        new = "없" if match.group("is") == "있" else "있"
        changed = f" 수 {new}{match.group('end')}"
        return [replaced(text, match.end("lead"), match.end("end"), changed)]
    seen = predicate(text)
    if _WISH.search(text) or seen is None or (mood := _MODAL.get(seen.mood)) is None:
        return []
    form = seen.verb.form(mood, seen.register)
    return [replaced(text, seen.start, seen.end, form)] if form else []


def _negated_english(text: str) -> list[Change]:
    if match := re.match(r"Do not (\w)", text):
        return [replaced(text, 0, match.end(), match.group(1).upper(), "Do not → do")]
    if match := re.search(r"\bnever (?=\w+ )", text):
        return [replaced(text, *match.span(), "always ")]
    if (match := _IMPERATIVE.match(text)) and not _CONDITION_EN.search(text):
        verb = match.group("verb")
        return [replaced(text, 0, len(verb), "Do not " + verb.lower())]
    return _negated_statement(text)


def _negated_statement(text: str) -> list[Change]:
    if match := _NOT_GO.search(text):
        does = {"does": {"go": "goes", "need": "needs", "count": "counts"}}
        verb = match.group("go")
        return [replaced(text, *match.span(), does["does"][verb] if match.group().startswith("does") else verb)]
    if match := _GOES.search(text):
        goes = match.group("goes")
        new = (
            f"does not {goes.removesuffix('es') if goes == 'goes' else goes.removesuffix('s')}"
            if goes[-1] == "s"
            else f"do not {goes}"
        )
        return [replaced(text, *match.span("goes"), new)]
    match = _BE.search(text)
    if match is None or match.group("is") in ("may", "should") or _CONDITION_EN.search(text[: match.start()]):
        return []
    return [replaced(text, *match.span(), match.group("is") if match.group("not") else match.group("is") + " not")]


def _modal_english(text: str) -> list[Change]:
    if _CONDITION_EN.search(text):
        return []
    if match := re.match(r"Do not (?=\w)", text):
        return [replaced(text, 0, match.end(), "You may ", "Do not → you may")]
    if match := re.search(r"\bmust( not)?\b", text):
        return [replaced(text, *match.span(), "may" if match.group(1) else "need not")]
    if (match := _CAN_EN.search(text)) and "whether" not in text:
        return [replaced(text, *match.span(), "can" if match.group() == "cannot" else "cannot ")]
    if match := re.search(r"\bmay have\b", text):
        return [replaced(text, *match.span(), "cannot have")]
    if (match := _IMPERATIVE.match(text)) and match.group("verb").lower() != "never":
        verb = match.group("verb")
        return [replaced(text, 0, len(verb), "You need not " + verb.lower())]
    return []
