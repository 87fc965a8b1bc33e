"""The English words by which one decision takes another back. Works on sentences whose mentions stand as ⟦0⟧, ⟦1⟧, …

Kept out: what negates, supposes or weighs ("does not replace", "would revert", "consider dropping"), and what narrows
("replaces §4 of", "ADR-3's timeout", "partially").
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_REF = r"⟦(?P<old>\d+)⟧"
_SUPERSEDE = r"su[ps]+er[sc]+e+d"
_UNDO = "|".join(
    [rf"{_SUPERSEDE}(?:es?|ing|ed)", "replac(?:es?|ing|ed)", "revers(?:es?|ing|ed)", "revert(?:s|ing|ed)?",
     "overturn(?:s|ing|ed)?", "overrul(?:es?|ing|ed)", "overrid(?:es?|ing|den)", "overrode", "revok(?:es?|ing|ed)",
     "rescind(?:s|ing|ed)?", "retir(?:es?|ing|ed)", "abandon(?:s|ing|ed)?", "obsolet(?:es?|ing|ed)",
     "invalidat(?:es?|ing|ed)", "undo(?:es|ing)?", "undid", "undone", "withdr(?:aws?|awing|ew)",
     "cancel(?:s|l?ing|l?ed)?", "repeal(?:s|ing|ed)?", "deprecat(?:es?|ing|ed)", "discard(?:s|ing|ed)?",
     "drop(?:s|ping|ped)?", "roll(?:s|ing|ed)? back", "back(?:s|ing|ed)? out of", "step(?:s|ping|ped)? back from",
     "walk(?:s|ing|ed)? back", "go(?:es|ing)? back on", "mov(?:es?|ing|ed) away from", "depart(?:s|ing|ed)? from"]
)  # fmt: skip
_UNDONE = "|".join(
    [rf"{_SUPERSEDE}ed", "replaced", "reversed", "reverted", "revoked", "retired", "abandoned", "overturned",
     "overruled", "overridden", "withdrawn", "rescinded", "obsolete", "void", "moot", "invalid", "invalidated",
     "cancell?ed", "deprecated", "undone", "rolled back", "repealed"]
)  # fmt: skip
# What may stand between the verb and the mention: "reverses the decision we made in ADR-3".
_FILLER = "|".join(
    ["the", "our", "this", "that", "an?", "all", "what", "we", "was", "were", "had", "been", "it", "and", "both",
     "also", "fully", "entirely", "completely", "earlier", "previous", "prior", "original", "old", "initial", "first",
     "decisions?", "record", "choice", "approach", "policy", "architecture", "adr", "made", "taken", "recorded",
     "described", "documented", "decided", "chosen", "agreed", "set out", "in", "from", "of", "on", "as", "per",
     "with", "using", "following", "keeping", "continuing", "doing"]
)  # fmt: skip
_MADE = "|".join(
    ["chosen", "decided", "described", "proposed", "adopted", "introduced", "selected", "picked", "prescribed",
     "required", "planned", "agreed", "specified", "mandated", "settled on", "set up", "set out", "chose",
     "decided on", "agreed on"]
)  # fmt: skip
_CHOSE = "agreed|decided|chose|opted|settled|adopted|planned|committed|selected|picked|assumed|introduced|went"
_MORE = r"(?P<more>(?:\W{0,2}(?:,|&|/|and|as well as)\W{0,2}⟦\d+⟧)*)"
_TO_REF = rf"(?:\W+(?:{_FILLER})\b){{0,7}}\W{{0,3}}{_REF}{_MORE}(?P<tail>.{{0,40}})"
_INSTEAD = "instead of|in place of|in lieu of"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # "reverses ADR-3", "we use Kafka instead of ADR-3", "no longer follow ADR-3"
        rf"\b(?P<verb>{_UNDO})\b{_TO_REF}",
        rf"\b(?:we|use[sd]?|adopt(?:s|ed)?|choose|chose|decided?|decision|go(?:es)? with)\b[^.;⟦]{{0,60}}?"
        rf"\b(?P<verb>{_INSTEAD})\b{_TO_REF}",
        r"\b(?P<verb>no longer|stop(?:s|ped|ping)?)\W+(?:follow(?:s|ing)?|apply(?:ing)?|stand by|hold to"
        rf"|abid(?:e|ing) by|comply(?:ing)? with|adher(?:e|ing) to|agree with|bound by)\b{_TO_REF}",
        # "instead of the broker chosen in ADR-3"
        rf"\b(?P<verb>{_INSTEAD}|{_UNDO}|no longer (?:use|using|uses|follow|rely on|want|keep|need))\b[^.;,⟦]{{1,70}}?"
        rf"(?:, (?=which|that))?\b(?:as |that (?:was|were|we) |which (?:was|were|we|had been) )?(?:{_MADE})\b"
        rf"(?:\W+(?:to use|earlier|then))?\W+(?:in|by|with|from|through)\W+(?:the\W+)?{_REF}(?P<tail>.{{0,40}})",
        # "ADR-3 is hereby replaced by ADR-5"
        rf"{_REF}(?P<tail>(?:, (?:which|where) [^.;,⟦]{{1,40}},)?[^.;,⟦]{{0,25}}?)"
        r"\b(?:is|are|was|were|be|been|becomes|became|gets|now|hereby|thereby|thus)\W+"
        r"(?:(?:now|thus|thereby|hereby|therefore|fully|entirely|completely|effectively|implicitly)\W+)*"
        rf"(?P<verb>{_UNDONE})\b(?:\W+by\W+(?:the\W+)?(?:decision\W+)?⟦(?P<by>\d+)⟧)?(?P<after>.{{0,30}})",
        rf"\b(?P<verb>contrary to)\b{_TO_REF}",
        # "ADR-3 no longer holds"
        rf"{_REF}(?P<tail>[^.,;⟦]{{0,30}}?)\b(?P<verb>no longer)\W+(?:appl(?:y|ies)|holds?|valid|stands?"
        r"|in (?:force|effect|use)|applicable|true|relevant|followed|tenable|current|binding)\b",
    )
)
_GUARD = re.compile(
    r"\b(?:not|never|no(?! longer)|nor|neither|without|would|could|might|may|can|cannot|should|if|unless|whether|until"
    r"|than|options?|alternatives?|consider(?:s|ed|ing)?|need to|have to|future|eventually|propose|suggest(?:s|ed)?)\b"
    r"|n['’]t\b",
    re.IGNORECASE,
)
_WEIGHING = re.compile(r"^\W*(?:option|alternative|variant|roll-?back)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[;:.]|, (?:and|but|so)\b|\b(?:and|but) (?:it|we|this)\b", re.IGNORECASE)
_WHOLE = "decisions?|choice|approach|conclusion|solution|proposal|stance|design|direction|outcome"
_PART = re.compile(
    rf"^\W{{0,3}}(?:['’]s?\s+(?!(?:{_WHOLE})\b)|§|\(?(?:sections?|points?|clauses?|items?|parts?|steps?|rules?)\b"
    r"|\(?d\d|#\d|options?\b)|\bonly\b|\bpart(?:ly|ially)?\b|\bin part\b"
    r"|\bfor (?:this|these|the|an?|one|some) (?!whole|entire|time)",
    re.IGNORECASE,
)
_PART_BEFORE = re.compile(
    r"\b(?:part(?:ly|ially|s)?|narrowly|in part|a part|sections?|points?|clauses?)\b[^.;]{0,20}$|§\S*[^.;]{0,20}$",
    re.IGNORECASE,
)
_SELF = re.compile(
    r"\b(?:this|the present) (?:adr|decision|record|document|choice|approach)\b[^.;⟦]{0,30}?"
    rf"\b(?:{_UNDONE}) (?:by|in favou?r of|with) (?:the )?(?:decision )?{_REF}",
    re.IGNORECASE,
)
_ADVERBS = r"(?:\W+(?:had|have|then|originally|initially|previously|already|first))*"
_DECIDED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:in|per|with|by)\W+{_REF}[^.⟦]{{0,12}}\bwe\b{_ADVERBS}\W+(?:{_CHOSE})\b",
        rf"{_REF}{_ADVERBS}\W+(?:{_CHOSE}|proposed|established|prescribed|mandated)\b",
        rf"\bwe\b{_ADVERBS}\W+(?:{_CHOSE})\b[^.;⟦]{{0,80}}\W{_REF}",
    )
)
_TURN = re.compile(
    r"\bmore (?:issues|problems|trouble|harm|costs?|pain|work|complexity|friction) than\b"
    r"|\bno longer (?:holds?|valid|appl(?:y|ies)|true|the case|viable|makes? sense|tenable|acceptable|works?)\b"
    r"|\b(?:we|this|this decision|this adr) (?:now |therefore |hereby |will |have |are )*"
    r"(?:revers|revert|revok|abandon|undo|withdr|retir|giv(?:e|ing) up|g(?:o|oing) back on|reconsider|roll back|drop)"
    r"|\bturned out (?:to be )?(?:wrong|a mistake|untenable|unworkable|not to)\b"
    r"|\b(?:was|has been) (?:a mistake|wrong)\b"
    r"|\bchanged? our minds?\b|\b(?:did|does|has)(?:n['’]t| not) work(?:ed)?\b|\bin hindsight\b"
    r"|\b(?:replac(?:es?|ed|ing)|reverses?|reverts?) (?:it|this|that)\b",
    re.IGNORECASE,
)


def takes_back(marked: str) -> Iterator[tuple[int, int | None]]:
    """Which mentions a sentence takes back as a whole.

    Yields:
        (old, new): numbers of mentions; new is None where the text itself takes it back.
    """
    for pattern in _PATTERNS:
        for match in pattern.finditer(marked):
            if _is_meant(marked, match):
                groups = match.groupdict()
                by = groups.get("by")
                for number in (match["old"], *re.findall(r"\d+", groups.get("more") or "")):
                    yield int(number), int(by) if by else None


def reversed_by(marked: str) -> Iterator[int]:
    """The mention by which a text says that it was itself replaced."""
    return (int(match["old"]) for match in _SELF.finditer(marked) if not _GUARD.search(match.group()))


def decided_before(marked: str) -> Iterator[tuple[int, str]]:
    """Mentions as of an earlier choice ("in ⟦0⟧ we agreed on …"), each with the rest of the sentence."""
    for pattern in _DECIDED:
        yield from ((int(match["old"]), marked[match.end() :]) for match in pattern.finditer(marked))


def turns(text: str) -> bool:
    """True when words take back what was told just before."""
    match = _TURN.search(text)
    return match is not None and not _GUARD.search(text[max(0, match.start() - 25) : match.start()])


def _is_meant(marked: str, match: re.Match[str]) -> bool:
    if _WEIGHING.match(marked):
        return False
    before = marked[: match.start("verb")]
    clause = _CLAUSE.split(before)[-1][-60:]
    after = match.groupdict().get("after") or ""
    is_part = _PART.search(match["tail"]) or _PART_BEFORE.search(clause) or re.search(r"\b(?:only|part)", after)
    # "instead of ADR-3 rules" is about something of it, not about it.
    is_of_it = re.match(_INSTEAD, match["verb"], re.IGNORECASE) and re.match(r"\s+\w", match["tail"])
    # "replaced by ADR-5" takes back something else.
    is_agent = re.search(r"\bby\W*$", marked[: match.start("old") - 1])
    return not (is_part or is_of_it or is_agent) and not _GUARD.search(clause)
