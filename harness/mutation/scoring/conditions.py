"""A condition turned round, exchanged with its alternative or taken away, where the claim really hangs on it.

A condition is only taken away from a claim that still names what it speaks of: "put it in the bag" without its
condition may be said of anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.mutation.hangul import final, particle
from harness.mutation.mutants import Change, Pool, Start, replaced

_TURNS = (
    (r"(?<=[가-힣])지 않(?:으면|는다면)", "{if_}"), (r"(?<=[이가도은는]) 있으면", " 없으면"),
    (r"(?<=[이가도은는]) 없으면", " 있으면"), (r" 수 있으면", " 수 없으면"), (r" 수 없으면", " 수 있으면"),
    (r"(?<=기 )어려우면", "쉬우면"),
    (r"(?<= )많으면", "적으면"), (r"(?<![가-힣])작으면", "크면"),
    (r"(?:(?<=들어가)|(?<=(?<!안 )씻기)|(?<=담기))면", "지 않으면"),
    (r"(?<=여|어|아) 있으면", " 있지 않으면"), (r"묻었으면", "묻지 않았으면"), (r"(?<=섞여 )있으면", "있지 않으면"),
    (r"(?<=[가-힣])이 아니면", "이면"), (r"(?<=맞)으면", "지 않으면"), (r"(?<= )뜨거우면", "차가우면"),
)  # fmt: skip
_LOOSE = re.compile(r"아니면|수도|그 이상|괜찮|품질|달라고")
_ALTERNATIVES = re.compile(
    r"(?P<cond>\S+면) (?P<one>\S+?)(?:으)?로, (?P<not>아니면|담기지 않으면) (?P<two>\S+?)(?:으)?로(?= )"
)
_DROP = re.compile(
    r"^(?P<topic>(?:\S+ ){0,3}?(?P<noun>\S*[가-힣])(?P<particle>은|는) )(?P<cond>[^,]*?\S*면,?) (?P<rest>.+)$"
)
_KEPT = re.compile(r"(?:하|되|내|려|가져가|가져다주|찍으|넣으|아니|이|라|다|으며|지)면,?$")
_NO_TOPIC = ("하", "되", "쓰", "나오", "오", "가", "버리", "어려", "다", "내")
_LIMIT = re.compile(r"\d+(?:인용|인치|L|개|kg|리터)? ?(?:이상|미만|이하)(?: 모이면| 모아)? ")
_LIMIT_EN = re.compile(r" (?:under \d+ (?:L|inches)|of \d+ (?:L|inches) or more|for three or more)")
_EN = re.compile(r"^(?P<if>If|When) (?P<cond>[^,]+), (?P<main>.+?)(?P<stop>\.?)$")
_EN_TAIL = re.compile(r"^(?P<main>[^,;]+)(?<! even) if (?P<cond>[^,;.]+?)(?P<stop>\.?)$")
_EN_TWO = re.compile(r"general waste if (?P<cond>[^,]+), bulky waste if not")
_EN_TURNS = (
    (r"\bdoes not (\w+)", r"\1s"), (r"\bdo not (\w+)", r"\1"), (r"\bis not\b", "is"), (r"\bare not\b", "are"),
    (r"\byou can\b", "you cannot"), (r"\bcannot\b", "can"), (r"\bthere is a\b", "there is no"),
    (r"\bthey fit\b", "they do not fit"),
    (r"\bit fits\b", "it does not fit"), (r"\bis\b(?! neither)", "is not"), (r"\bare\b(?! neither)", "are not"),
)  # fmt: skip
_PRONOUN = re.compile(r"\b(?:it|its|them|they)\b|^use\b", re.IGNORECASE)


def condition(start: Start, pool: Pool) -> list[Change]:
    """The claim for the opposite case, or without what it holds for."""
    return list(_korean(start.text) if start.language == "ko" else _english(start.text))


def _korean(text: str) -> Iterator[Change]:
    if match := _ALTERNATIVES.search(text):
        one, two = match.group("one"), match.group("two")
        new = f"{match['cond']} {two}{particle(two, '로')}, {match['not']} {one}{particle(one, '로')}"
        yield replaced(text, *match.span(), new, "alternatives exchanged")
        return
    yield from _turned(text)
    if (match := _DROP.match(text)) and _can_be_dropped(match):
        at = len(match.group("topic"))
        yield Change(match.group("topic") + match.group("rest"), (at, at), f"without {match['cond']}")
    if (match := _LIMIT.search(text)) and "그 이상" not in text:
        at = match.start()
        yield Change(text[:at] + text[match.end() :], (at, at), f"without {match.group().strip()}")


def _turned(text: str) -> Iterator[Change]:
    for pattern, change in _TURNS:
        match = re.search(pattern, text)
        if match and not _LOOSE.search(text):
            new = change.format(if_="으면" if final(text[match.start() - 1]) else "면")
            yield replaced(text, *match.span(), new, "condition turned round")
            return


def _can_be_dropped(match: re.Match[str]) -> bool:
    noun, rest = match.group("noun"), match.group("rest")
    named = particle(noun, "은") == match.group("particle") and not noun.endswith(_NO_TOPIC)
    whole = len(rest.split()) >= 2 and not re.match(r"되|돼|안 ", rest) and "니 " not in rest
    whole = whole and not re.search(r"[가-힣][은는] ", match.group("cond"))
    return named and whole and not _KEPT.search(match.group("cond")) and not _LOOSE.search(match.group())


def _english(text: str) -> Iterator[Change]:
    if match := _EN_TWO.search(text):
        new = f"bulky waste if {match['cond']}, general waste if not"
        yield replaced(text, *match.span(), new, "alternatives exchanged")
        return
    if (match := _EN.match(text) or _EN_TAIL.match(text)) and not re.search(r" (?:and|or) ", match.group("cond")):
        for pattern, change in _EN_TURNS:
            if re.search(pattern, match.group("cond")):
                new = re.sub(pattern, change, match.group("cond"), count=1)
                yield replaced(text, *match.span("cond"), new, "condition turned round")
                break
        if not _PRONOUN.search(match.group("main")) and "you" not in match.group("cond"):
            main = match.group("main")
            yield Change(main[0].upper() + main[1:] + match["stop"], (0, 0), f"without {match['cond']}")
    if match := _LIMIT_EN.search(text):
        at = match.start()
        yield Change(text[:at] + text[match.end() :], (at, at), f"without{match.group()}")
