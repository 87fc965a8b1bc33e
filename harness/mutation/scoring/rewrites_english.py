"""The same claim in other English words: contractions, synonyms, voice, order, written numbers, punctuation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.mutation.mutants import Change, Pool, Start, replaced

_CONTRACTIONS = (
    ("Do not", "Don't"), ("do not", "don't"), ("does not", "doesn't"), ("is not", "isn't"), ("are not", "aren't"),
    ("cannot", "can't"), ("It is", "It's"), ("They are", "They're"), ("must not", "mustn't"), ("was not", "wasn't"),
)  # fmt: skip
_SYNONYMS = (
    ("throw away", "dispose of"), ("put out", "set out"), ("take off", "remove"),
    ("before you put it out", "before putting it out"),
    ("are not taken as", "are not accepted as"), ("is not taken as", "is not accepted as"), ("goes in", "belongs in"),
    ("go in", "belong in"), ("about", "roughly"), ("opening hours", "open"), ("is picked up", "is collected"),
    ("free of charge", "at no cost"),
    ("such as", "like"), ("large", "big"), ("The price of", "The going price of"), ("average price", "mean price"),
    ("pieces", "items"), ("household things", "household goods"), ("Rinse", "Rinse out"),
    ("differ from", "vary from"),
    ("never put", "do not ever put"), ("with care", "carefully"),
    ("so that nobody gets hurt", "so that no one is injured"),
)  # fmt: skip
_THROW_APART = re.compile(r"\b([Tt])hrow (it|them|the rest) away")
_WON = re.compile(r"(\d[\d,]*) won")
_DATE = re.compile(r"(\d{1,2}) (January|February|December|November) (20\d\d)")
_PERCENT = re.compile(r"(?<=\d)%")
_TIMES = re.compile(r"(?<!\d)(\d\d):00–(\d\d):00")
_KM = re.compile(r"(\d+\.\d) km")
_IF = re.compile(r"^If (?P<cond>[^,;]+), (?P<main>[^,;]+?)(?P<stop>\.?)$")
_IF_TAIL = re.compile(r"^(?P<main>[^,;]+?)(?<! even) if (?P<cond>(?:(?! and )[^,;])+?)(?P<stop>\.)$")
_BEFORE = re.compile(r"^(?P<main>[A-Z][^,;]+?) before you put (?P<it>it|them) out(?P<stop>\.)$")
_WEATHER = re.compile(
    r"The temperature is (?P<t>.+?), the humidity (?P<h>\S+) and the chance of precipitation (?P<p>\S+?)(?P<stop>\.?)$"
)
_PASSIVE = (
    (re.compile(r"^(?P<what>[A-Z][^.;,]+?) (?:is|are) not taken as (?P<kind>[^.;,]+)(?P<stop>\.?)$"),
     "We do not take {what} as {kind}{stop}"),
    (re.compile(r"^(?P<what>[A-Z][^.;,]+?) (?:is|are) not recycled as (?P<kind>[^.;,]+)(?P<stop>\.?)$"),
     "We do not recycle {what} as {kind}{stop}"),
    (re.compile(r"^Cans are emptied before they are put out(?P<stop>\.?)$"),
     "Empty cans before you put them out{stop}"),
    (re.compile(r"^(?P<who>\S+) is the character for (?P<what>[^.;]+)(?P<stop>\.?)$"),
     "The character for {what} is {who}{stop}"),
    (re.compile(r"^The (?P<kind>nationwide average price|price) of (?P<what>.+?) is "
                r"(?P<price>\d[\d,]* won per kg)(?P<stop>\.?)$"),
     "{price} is the {kind} of {what}{stop}"),
    (re.compile(r"^Do not put (?P<what>[^.;,]+?) out with (?P<kind>[^.;,]+)(?P<stop>\.?)$"),
     "{what_} must not be put out with {kind}{stop}"),
)  # fmt: skip
_REQUESTS = tuple("Put Take Empty Rinse Throw Wrap Keep Seal Use Return Tie Remove Press Book".split())


def contraction(start: Start, pool: Pool) -> list[Change]:
    """Do not as don't, it is as it's."""
    found = [(old, new) for old, new in _CONTRACTIONS if re.search(rf"\b{old}\b", start.text)]
    return [replaced(start.text, *_place(start.text, old), new) for old, new in found][:1]


def synonym(start: Start, pool: Pool) -> list[Change]:
    """One word for another that means the same here."""
    found = []
    for old, new in _SYNONYMS:
        if match := re.search(rf"\b{old}\b", start.text, re.IGNORECASE):
            spelt = (new[0].upper() if match.group()[0].isupper() else new[0].lower()) + new[1:]
            found.append(replaced(start.text, *match.span(), spelt))
    if match := _THROW_APART.search(start.text):
        found.append(replaced(start.text, *match.span(), f"{'D' if match[1] == 'T' else 'd'}ispose of {match[2]}"))
    return found[:2]


def numeral(start: Start, pool: Pool) -> list[Change]:
    """The same number, date or time written in another way."""
    return list(_numerals(start.text))[:2]


def order(start: Start, pool: Pool) -> list[Change]:
    """Main clause and condition, or the parts of a list, the other way round."""
    text = start.text
    if match := _IF.match(text):
        new = f"{_capital(match['main'])} if {match['cond']}{match['stop']}"
        return [Change(new, (0, len(new)), "clauses exchanged")]
    if match := _IF_TAIL.match(text):
        new = f"If {match['cond']}, {_small(match['main'])}{match['stop']}"
        return [Change(new, (0, len(new)), "clauses exchanged")]
    if match := _BEFORE.match(text):
        new = f"Before you put {match['it']} out, {_small(match['main'])}{match['stop']}"
        return [Change(new, (0, len(new)), "clauses exchanged")]
    if match := _WEATHER.match(text):
        levels = f"{match['h']}, the chance of precipitation {match['p']} and the temperature {match['t']}"
        new = f"The humidity is {levels}{match['stop']}"
        return [Change(new, (0, len(new)), "parts exchanged")]
    return []


def voice(start: Start, pool: Pool) -> list[Change]:
    """Passive as active and the reverse; subject and complement exchanged."""
    for pattern, frame in _PASSIVE:
        if match := pattern.match(start.text):
            parts = {key: value or "" for key, value in match.groupdict().items()}
            what = parts.get("what", "")
            parts |= {
                "what": what if "character" in frame or "{kind} of" in frame else _small(what),
                "what_": _capital(what),
            }
            new = frame.format(**parts)
            return [Change(new, (0, len(new)), "voice")]
    return []


def punctuation(start: Start, pool: Pool) -> list[Change]:
    """Please, a lead-in, no full stop, an exclamation mark."""
    body = start.text.rstrip(" .!")
    found = [Change(body + "!", (len(body), len(body) + 1), "with !")] if start.text.endswith(".") else []
    if start.text.startswith(_REQUESTS):
        found.append(Change("Please " + _small(start.text), (0, 7), "please"))
    else:
        found.append(Change("Note: " + start.text, (0, 6), "after Note"))
    return found


def _numerals(text: str) -> Iterator[Change]:
    if match := _WON.search(text):
        yield replaced(text, *match.span(), f"KRW {match[1]}")
        if "," in match[1]:
            yield replaced(text, *match.span(), f"{match[1].replace(',', '')} won")
    if match := _DATE.search(text):
        yield replaced(text, *match.span(), f"{match[2]} {match[1]}, {match[3]}")
    if match := _PERCENT.search(text):
        yield replaced(text, *match.span(), " percent")
    if (match := _TIMES.search(text)) and int(match[1]) < 12 < int(match[2]):
        change = replaced(text, *match.span(), f"{int(match[1])} a.m. to {int(match[2]) - 12} p.m.")
        yield Change(change.text.replace("p.m..", "p.m."), change.span, change.note)
    if match := _KM.search(text):
        yield replaced(text, *match.span(), f"{match[1]} kilometres")


def _place(text: str, words: str) -> tuple[int, int]:
    at = re.search(rf"\b{words}\b", text)
    return at.span() if at else (0, 0)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _small(text: str) -> str:
    """Lower the first letter unless the word is a name or an abbreviation."""
    first = text.split()[0] if text.split() else ""
    is_name = (first.isupper() and len(first) > 1) or first in ("CDs", "LEDs", "I")
    return text if is_name else text[:1].lower() + text[1:]
