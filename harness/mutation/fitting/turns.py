"""The same words said the other way: denied, allowed, waived, whatever the condition. Constructions of its own.

What denies in a mutation stands in `restated` beside claims that deny as well, so that no construction is false by
itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.mutation.fitting.corpus import Corpus, chosen, verbs_en, verbs_ko
from harness.mutation.hangul import particle
from harness.mutation.mutants import Change, Start, replaced
from harness.mutation.verbs import Predicate, predicate

_STOP = re.compile(r"[\s.!~…]*$")
_COPULA = re.compile(r"(?P<noun>[가-힣A-Za-z0-9]+?)(?P<is>이에요|예요|입니다)(?P<stop>[\s.!~…]*)$")
_DO_NOT = re.compile(r"^(?:Do not|Don't|Never) (?P<rest>.+)$")
_BE = re.compile(r"\b(?P<be>is|are)\b(?P<not> not)?(?= )")
_MODAL = re.compile(r"\b(?P<modal>must not|must|should not|should|cannot|can|may not|may)\b(?= )")
_TURNED = {
    "must not": "are at liberty to", "must": "might", "should not": "ought to", "should": "hardly ought to",
    "cannot": "are able to", "can": "are unable to", "may not": "are at liberty to", "may": "will certainly",
}  # fmt: skip
_DENIED = (
    "It is wrong to {}",
    "There is no reason to {}",
    "You are not allowed to {}",
    "Under no circumstances {}",
    "It is no longer right to {}",
)
_WAIVED = (
    "It is optional to {}",
    "Nobody has to {}",
    "There is no obligation to {}",
    "It is not necessary to {}",
    "If you like, {}",
)
_ALLOWED = ("Feel free to {}", "It is fine to {}", "Go ahead and {}", "It is allowed to {}")
_FORBIDDEN = ("You must never {}", "You should not {}", "At no time {}", "Never ever {}")
_ASKED = ("You should {}", "You must {}", "You have to {}", "What you do is {}", "You should just {}")
_LED_EN = ("And {}", "So {}", "Here {}", "Also: {}")
_LED_KO = ("그리고 {}", "참고로 {}", "그래서 {}", "또 {}")
_IFS = (("if", "even if"), ("when", "even when"), ("unless", "even if"), ("if", "unless"), ("when", "except when"))
_CONDITION_KO = re.compile(r"(?P<stem>[가-힣]+?)(?P<end>으면|면)(?=,? )")


def denied(start: Start, corpus: Corpus) -> Iterator[Change]:
    """Yes for no and no for yes."""
    text = start.text
    if start.language == "en":
        yield from _imperative(text, start.id, _DENIED, _ALLOWED)
        for match in _BE.finditer(text):
            yield replaced(text, *match.span(), f"{match['be']} indeed" if match["not"] else f"{match['be']} hardly")
            yield replaced(text, *match.span(), f"{match['be']} always" if match["not"] else f"{match['be']} no longer")
        return
    seen = predicate(text)
    if seen is not None:
        forms = _prohibited(seen) if seen.mood in ("command", "request", "declare", "must", "suffices") else ()
        forms = forms or (_permitted(seen) if seen.mood in ("prohibit", "must_not", "deny") else ())
        yield from (replaced(text, seen.start, seen.end, form) for form in forms)
    if copula := _COPULA.search(text):
        noun = copula["noun"]
        for new in (f"{noun}{particle(noun, '과')}는 달라요", f"{noun}일 수 없어요", f"{noun}라고 볼 수 없어요"):
            yield replaced(text, copula.start(), copula.end(), new)
    for word, ending in verbs_ko(text):
        if ending in ("고", "하고", "면", "으면", "하면") and not text[: word.start].endswith(("안 ", "못 ")):
            new = chosen(("안 ", "못 "), start.id, word.text) or ""
            yield replaced(text, word.start, word.start, new, "denied within")


def waived(start: Start, corpus: Corpus) -> Iterator[Change]:
    """What must be done need not be, what can be cannot."""
    text = start.text
    if start.language == "en":
        yield from _imperative(text, start.id, _WAIVED, _ALLOWED)
        yield from (replaced(text, *match.span(), _TURNED[match["modal"]]) for match in _MODAL.finditer(text))
    elif seen := predicate(text):
        verb = seen.verb
        if seen.mood in ("command", "request", "must", "declare"):
            yield replaced(text, seen.start, seen.end, f"{verb.prospective} 필요는 없어요")
            yield replaced(text, seen.start, seen.end, f"{verb.stem}든 말든 상관없어요")
        elif seen.mood in ("can", "may"):
            yield replaced(text, seen.start, seen.end, f"{verb.stem}지 못해요")


def whatever(start: Start, corpus: Corpus) -> Iterator[Change]:
    """The condition made no condition, or its contrary."""
    text = start.text
    if start.language == "en":
        for old, new in _IFS:
            for match in re.finditer(rf"\b{old}\b", text, re.IGNORECASE):
                yield replaced(text, *match.span(), new.capitalize() if match.group()[0].isupper() else new)
        return
    for found in _CONDITION_KO.finditer(text):
        stem = found["stem"]
        joint = "으" if found["end"] == "으면" else ""
        yield replaced(text, *found.span(), f"{stem}{'을' if joint else '는'} 때가 아니면")
        yield replaced(text, *found.span(), f"{stem}{joint}나 안 {stem}{joint}나")


def restated(start: Start, corpus: Corpus) -> Iterator[Change]:
    """The same said in another mood, with the constructions that `denied` uses where the claim denies."""
    text = start.text
    if start.language == "en":
        yield from _imperative(text, start.id, _ASKED, _FORBIDDEN)
        lead = chosen(_LED_EN, start.id)
        yield Change((lead or "{}").format(text[0].lower() + text[1:]), (0, 0), "led in")
        return
    seen = predicate(text)
    if seen is not None:
        forms = _demanded(seen) if seen.mood in ("command", "request", "must") else ()
        forms = forms or (_prohibited(seen)[1:] if seen.mood in ("prohibit", "must_not") else ())
        yield from (replaced(text, seen.start, seen.end, form) for form in forms)
    if match := _COPULA.search(text):
        noun = match["noun"]
        yield replaced(text, match.start(), match.end(), f"{noun}에 해당해요")
        yield replaced(text, match.start(), match.end(), f"{noun}{particle(noun, '이라')}고 해요")
    yield Change((chosen(_LED_KO, start.id) or "{}").format(text), (0, 0), "led in")


def _imperative(text: str, seed: str, do: tuple[str, ...], do_not: tuple[str, ...]) -> Iterator[Change]:
    """A command in another frame; one that forbids in those of `do_not`."""
    if match := _DO_NOT.match(text):
        frames, rest = do_not, match["rest"]
    elif any(found.start("verb") == 0 for found in verbs_en(text)):
        frames, rest = do, text[0].lower() + text[1:]
    else:
        return
    first = chosen(frames, seed, "first")
    for frame in dict.fromkeys((first, chosen(frames, seed, "second"))):
        yield Change((frame or "{}").format(rest), (0, len(frame or "")), frame or "")


def _prohibited(seen: Predicate) -> tuple[str, ...]:
    verb = seen.verb
    return (
        f"안 {verb.aeo}요",
        f"{verb.stem}는 것은 금지예요",
        f"{verb.stem}지는 못해요",
        f"{verb.prospective} 수 없게 되어 있어요",
    )


def _permitted(seen: Predicate) -> tuple[str, ...]:
    return f"{seen.verb.aeo}도 무방해요", f"{seen.verb.stem}는 것이 맞아요", f"{seen.verb.stem}도록 하세요"


def _demanded(seen: Predicate) -> tuple[str, ...]:
    return f"{seen.verb.stem}도록 하세요", f"{seen.verb.aeo} 주시면 돼요", f"{seen.verb.stem}게 돼 있어요"
