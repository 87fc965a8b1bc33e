"""Bulky waste: fees by thing and size (one district's examples), contacts by district, how to apply, free pickup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from eco2.agents.area import unknown_area
from eco2.agents.row import Sources
from eco2.districts import DistrictWaste
from eco2.evidence import rule_statement, rules_evidence
from eco2.items import Named
from eco2.phrases import say, with_josa
from eco2.tables import question
from eco2.turns import Finding, SourceUnavailable, Statement, Task
from kb.rulebook import Rule

_FEE = question("bulk_fee")
_HOW = question("bulk_how")
_CONTACT = question("bulk_contact")
_FREE = question("bulk_free")
_BED_SIZE = re.compile(r"슈퍼\s*싱글|킹|퀸|패밀리|\b(?:king|queen|super single)\b", re.IGNORECASE)
_NUMBER = re.compile(r"(\d+)\s*(인치|inch|리터|ℓ|l\b|litres?|liters?|인용|인|칸|seat|-seater)", re.IGNORECASE)
_UNITS = {
    "inch": "인치",
    "l": "L",
    "리터": "L",
    "ℓ": "L",
    "litre": "L",
    "litres": "L",
    "liter": "L",
    "liters": "L",
    "인": "인용",
    "seat": "인용",
    "-seater": "인용",
}
_COUNTS = {"one": 1, "single": 1, "two": 2, "three": 3, "four": 4, "일": 1, "이": 2, "삼": 3, "사": 4}
_SEATS = re.compile(
    r"(?:(?<=\s)|^)(one|single|two|three|four|[일이삼사])(?:(?<=[일이삼사])\s?인용|[- ]?(?:seat(?:er)?s?|person)\b)",
    re.IGNORECASE,
)
_BELOW = re.compile(
    r"\s*(?:짜리|도|이|가|보다)?\s*(?:안\s*[되돼된]|못\s*[되돼된미]|미만|이하|아래|밑|작|적은|넘지\s*않)"
    r"|\s*or (?:less|smaller|under)\b"
)
_BELOW_EN = re.compile(
    r"(?:under|below|less than|smaller than|not over|no more than|up to|at most)\s*(?:about\s*)?$", re.IGNORECASE
)
_LIMIT = re.compile(r"(\d+)\s*(인치|L|인용|칸)\s*(미만|이상)?")
_MOST_FEES = 3
_APPLY, _PICKUP, _OTHER_DISTRICT, _NOT_LISTED, _NO_CONTACT = (
    "service-bulky-apply", "service-free-pickup", "service-fee-district", "service-fee-unknown",
    "service-contact-unknown",
)  # fmt: skip


def bulk_waste(task: Task, sources: Sources) -> Finding:
    """Answer what bulky waste costs, how it is applied for and whom to call, as far as it is asked for."""
    named = sources.named(task.text)
    contact, stranger = _district(named, task.text, sources)
    fees = fees_of(named, task.text, sources)
    asks_fee, asks_contact = bool(_FEE.search(task.text)), bool(_CONTACT.search(task.text))
    appliance = _is_appliance(fees, named, sources)
    if appliance and _FREE.search(task.text) and not named.districts:
        return _finding(task, _rules(sources, _PICKUP), ())
    away = _is_elsewhere(contact, stranger, sources)
    known = _rules(sources, _PICKUP) if appliance or _FREE.search(task.text) else []
    how = _how_to(
        task.text,
        contact,
        stranger,
        sources,
        asks_contact=asks_contact,
        appliance=bool(known),
        only_fee=asks_fee and bool(fees),
    )
    size = _unlisted_size(fees, task.text)
    said = [say("fee_size_unknown", size=size)] if size and not away else []
    if asks_fee:
        said += _missing_fee(fees, named, contact, stranger, away=away)
        known += _of_the_fee(fees, sources, away=away, is_missing=bool(said))
    known += how
    if not asks_fee:
        known += [] if away or asks_contact else fees
        said += [say("contact_district_unknown", district=stranger)] if stranger else []
    asked = str(contact.data.get("district")) if contact else stranger
    return _with_live(_finding(task, known or _rules(sources, _APPLY), said), asked, sources)


def _of_the_fee(fees: list[Rule], sources: Sources, *, away: bool, is_missing: bool) -> list[Rule]:
    """Return the fees themselves, else the rule that says why there is none to tell."""
    if away:
        return _rules(sources, _OTHER_DISTRICT)
    return fees or _rules(sources, _NOT_LISTED if is_missing else _OTHER_DISTRICT)


def _with_live(finding: Finding, district: str, sources: Sources) -> Finding:
    """Put what the district itself reports now before what the rules say; where it cannot be asked, say so."""
    try:
        now = sources.outside.district(district) if district else None
    except SourceUnavailable:
        statements = (say("bulk_static"), *finding.statements)
        return replace(finding, statements=statements, degraded=("bulk_waste: no live source, rules instead",))
    if now is None or not (now.method or now.phone):
        return finding
    said = _reported(now)
    evidence = (now.evidence(said.text_ko, said.text_en), *finding.evidence)
    return replace(finding, status="answered", statements=(said, *finding.statements), evidence=evidence)


def _reported(now: DistrictWaste) -> Statement:
    """Return what a district reports in one sentence, in its own words where it has any."""
    office = " ".join(filter(None, (now.office, now.phone)))
    ko = [f"배출 방법은 ‘{now.method}’"] if now.method else []
    en = [f'put it out as follows: "{now.method}"'] if now.method else []
    if office:
        ko, en = [*ko, f"문의처는 {office}"], [*en, f"ask {office}"]
    day_ko, day_en = (f" ({now.dated} 자료)", f" (data of {now.dated})") if now.dated else ("", "")
    place = f"{now.region} {now.district}".strip()
    return Statement(
        with_josa(f"{place} 대형폐기물의 {', '.join(ko)}(이)에요{day_ko}."),
        f"Bulky waste in {place}: {'; '.join(en)}{day_en}.",
        f"world:{now.id}",
    )


def fees_of(named: Named, text: str, sources: Sources) -> list[Rule]:
    """Return the fees of the things that are named, of the stated size where one is stated, at most three a thing."""
    found: list[Rule] = []
    for mention in named.fees:
        family = [sources.rules.rules[key] for key in mention.keys]
        found += of_size(family, text)[:_MOST_FEES]
    return list({rule.id: rule for rule in found}.values())


def of_size(family: Sequence[Rule], text: str) -> list[Rule]:
    """Keep the fees of a family whose size is stated in words or in numbers; all when none is."""
    text = _in_digits(text)
    by_number = [rule for rule in family if _fits(str(rule.data.get("size") or ""), text)]
    if by_number:
        return by_number
    said = {rule.id: _longest_word(rule, text) for rule in family}
    longest = max(said.values(), default=0)
    return [rule for rule in family if longest and said[rule.id] == longest] or list(family)


def _fits(size: str, text: str) -> bool:
    """Whether a number in the text lies in a size such as "40인치 미만", "3인용 이상" or "2칸"."""
    limit = _LIMIT.search(size)
    if limit is None:
        return False
    least, unit, side = int(limit[1]), limit[2], limit[3]
    for number in _NUMBER.finditer(text):
        if _UNITS.get(number[2].lower(), number[2]) == unit:
            value, below = int(number[1]), _says_below(number, text)
            fits = {
                "미만": value < least or (below and value == least),
                "이상": value > least or (value == least and not below),
                None: value == least,
            }
            if fits[side]:
                return True
    return False


def _says_below(number: re.Match[str], text: str) -> bool:
    """Whether a stated number is more than the size itself ("200리터 안 되는", "under 200 L")."""
    return bool(_BELOW.match(text, number.end()) or _BELOW_EN.search(text[: number.start()]))


def _unlisted_size(fees: Sequence[Rule], text: str) -> str:
    """Return a stated size that the listed fees do not have; empty when there is none."""
    text = _in_digits(text)
    if not fees or any(_longest_word(rule, text) for rule in fees):
        return ""
    units = {limit[2] for rule in fees if (limit := _LIMIT.search(str(rule.data.get("size") or "")))}
    numbers = [match for match in _NUMBER.finditer(text) if _UNITS.get(match[2].lower(), match[2]) in units]
    if numbers and not any(_fits(str(rule.data.get("size") or ""), text) for rule in fees):
        return numbers[0][0]
    named = _BED_SIZE.search(text)
    return named[0] if named else ""


def _in_digits(text: str) -> str:
    """Return the text with the seats of a sofa or table in digits ("two-seater", "이인용")."""
    return _SEATS.sub(lambda match: f"{_COUNTS[match[1].lower()]}인용", text)


def _longest_word(rule: Rule, text: str) -> int:
    words = rule.data.get("size_words")
    lowered = text.lower().replace(" ", "")
    every = [str(word) for group in (words.values() if isinstance(words, dict) else ()) for word in group]
    return max((len(word) for word in every if word.lower().replace(" ", "") in lowered), default=0)


def _district(named: Named, text: str, sources: Sources) -> tuple[Rule | None, str]:
    """Return the contact of the district that is named, or the name of an area that has none."""
    for mention in named.districts:
        return sources.rules.rules[mention.keys[0]], ""
    for mention in named.spots:
        district = next(
            (found.fact.district for found in sources.outside.spots() if found.fact.id == mention.keys[0]), None
        )
        for key in sources.words.districts.keys_of(district or ""):
            return sources.rules.rules[key], ""
        return None, mention.word
    return None, unknown_area(text, named)


def _is_appliance(fees: Iterable[Rule], named: Named, sources: Sources) -> bool:
    if any(rule.data.get("group") == "가전류" for rule in fees):
        return True
    return any(sources.words.classes.get(mention.keys[0]) == "electronics" for mention in named.things) or any(
        "appliance" in key for mention in named.things for key in mention.keys
    )


def _is_elsewhere(contact: Rule | None, stranger: str, sources: Sources) -> bool:
    """Whether a district is named for which no fees are known."""
    listed = {rule.data.get("district") for rule in sources.rules.of_kind("fee")}
    return bool(stranger) or (contact is not None and contact.data.get("district") not in listed)


def _missing_fee(fees: list[Rule], named: Named, contact: Rule | None, stranger: str, *, away: bool) -> list[Statement]:
    if away:
        return [say("fee_district_unknown", district=stranger or str(contact.data.get("district") if contact else ""))]
    if not fees and (thing := _thing(named)):
        return [say("fee_item_unknown", thing=thing)]
    return []


def _thing(named: Named) -> str:
    return ", ".join(mention.word for mention in named.things if mention.keys[0] != "bulky-waste") or " ".join(
        named.residue
    )


def _how_to(
    text: str,
    contact: Rule | None,
    stranger: str,
    sources: Sources,
    *,
    asks_contact: bool,
    appliance: bool,
    only_fee: bool,
) -> list[Rule]:
    if contact is not None:
        return [contact]
    if stranger or (asks_contact and not appliance):
        return _rules(sources, _NO_CONTACT)
    if asks_contact:
        return []
    return [] if only_fee and not _HOW.search(text) else _rules(sources, _APPLY)


def _finding(task: Task, known: Sequence[Rule], said: Sequence[Statement]) -> Finding:
    statements = (*said, *(rule_statement(rule) for rule in known))
    return Finding("bulk_waste", task.index, "unknown" if said else "answered", statements, rules_evidence(known))


def _rules(sources: Sources, *ids: str) -> list[Rule]:
    return [sources.rules.rules[id_] for id_ in ids if id_ in sources.rules.rules]
