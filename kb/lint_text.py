"""Rules about the text itself: characters that hide, and sentences that give orders to whoever reads with a model.

They look at every line of every file, comments and code included: a reader does not see a comment, a model does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from kb.lint_subject import Found, Subject

_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_ZERO_WIDTH = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200d\u2060-\u2064\u206a-\u206f\u3164\ufeff\uffa0"
)
_TAGS = "\U000e0000-\U000e007f"
_HIDDEN = re.compile(f"[{_BIDI}{_ZERO_WIDTH}{_TAGS}]")
# A joiner inside an emoji, and inside scripts that need it, shows.
_JOINS = re.compile(r"[\u0600-\u06ff\u0900-\u0dff\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]")
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007f]+")

_FORGET = r"(?:ignore|disregard|forget|override|bypass)"
_EARLIER = r"(?:previous|prior|above|earlier|preceding|foregoing|existing|original|system|initial)"
_ORDERED = "|".join(
    ["instructions?", "prompts?", "rules?", "directions?", "directives?", "commands?", "guidelines?", "constraints?",
     "context", "messages?"]
)  # fmt: skip
_MODEL = r"(?:ai|llm|language\s+model|assistant|agent|claude|chatgpt|gpt|copilot|gemini)s?"
_READING = r"(?:reads?|reading|process(?:es|ing)|summari[sz](?:es|ing))"
# Words without which a pattern cannot match, and the pattern; both for small letters.
_ORDERS = tuple(
    (needles, re.compile(pattern))
    for needles, pattern in (
        (
            ("ignore", "disregard", "forget", "override", "bypass"),
            rf"\b{_FORGET}\s+(?:(?:all|any|the|your|my|of|these|those|every)\s+)*{_EARLIER}\s+(?:\w+\s+){{0,2}}?"
            rf"(?:{_ORDERED})\b",
        ),
        (
            ("ignore", "disregard", "forget"),
            rf"\b{_FORGET}\s+(?:everything|anything|all)\s+(?:above|before|you\s+(?:were|have\s+been)\s+told)\b",
        ),
        (
            (" user",),
            r"\b(?:do\s+not|don['’]t|never)\s+(?:(?:tell|inform|alert|notify)|(?:mention|reveal)\s+\w+\s+to)\s+"
            r"(?:the\s+)?users?\b",
        ),
        (
            ("prompt",),
            r"\b(?:reveal|print|show|output|repeat|leak|disclose)\s+(?:me\s+)?(?:your|the)\s+"
            r"(?:(?:hidden|full|entire)\s+)?system\s+prompt\b",
        ),
        (
            ("you are",),
            r"\byou\s+are\s+(?:now|no\s+longer)\s+(?:an?\s+|in\s+|bound\s+by\s+)?"
            r"(?:dan\b|jailbroken|unrestricted|developer\s+mode|your\s+rules)",
        ),
        (
            (" this",),
            rf"\b{_MODEL}\s+(?:that\s+|who\s+)?{_READING}\s+this\b.{{0,60}}"
            r"\b(?:must|should|shall|have\s+to|please)\s+(?:ignore|send|forward|reply|respond|say|reveal|execute|delete)\b",
        ),
        (
            ("무시", "잊", "따르지", "버려", "버리고"),
            r"(?:이전|위|앞|앞선|기존|지금까지|상기)(?:의|에)?\s*(?:(?:받은|있는|내린|나온)\s*)?(?:모든\s*)?"
            r"(?:지시|지침|명령|프롬프트|규칙|안내)(?:\s*사항)?(?:들)?(?:을|를|은|는)?\s*"
            r"(?:(?:모두|전부|다|싹)\s*)?(?:무시|잊|따르지\s*마|버려|버리고)",
        ),
        (
            ("에게",),
            r"(?:사용자|유저|이용자)에게\s*(?:\S+\s*){0,3}?(?:알리지|말하지|밝히지|보이지)\s*(?:마|말)",
        ),
        (("시스템",), r"시스템\s*프롬프트(?:를|을)\s*(?:(?:그대로|모두)\s*)?(?:출력|공개|알려|보여|말해)"),
    )
)


def hidden_character(subject: Subject) -> Iterator[Found]:
    """Zero-width, bidirectional and tag characters, one finding a line."""
    for source in subject.sources:
        if not _HIDDEN.search(source.text):
            continue
        for number, line in enumerate(source.text.split("\n"), start=1):
            hidden = [line[place] for place in _hidden_in(line)]
            if hidden:
                names = ", ".join(dict.fromkeys(_named(character) for character in hidden))
                yield Found(source.path, number, f"holds {names}, which nobody sees; delete it")


def order_to_agents(subject: Subject) -> Iterator[Found]:
    """Text that gives orders to agents: "ignore previous instructions" and its like, broken over lines or not."""
    for source in subject.sources:
        for line, said in orders_in(source.text):
            message = f"gives orders to agents ({said!r}); knowledge states, so reword or remove it"
            yield Found(source.path, line, message)


def orders_in(text: str) -> Iterator[tuple[int, str]]:
    """The orders to agents in a text: line, and the words, 60 characters of them at most."""
    # Hidden characters between letters must not hide the words.
    bare = unicodedata.normalize("NFKC", _HIDDEN.sub("", text)).lower()
    patterns = [pattern for needles, pattern in _ORDERS if any(needle in bare for needle in needles)]
    for match in (match for pattern in patterns for match in pattern.finditer(bare)):
        yield bare.count("\n", 0, match.start()) + 1, " ".join(match.group().split())[:60]


def without_hidden(text: str) -> str:
    """A text without the characters that nobody sees; joiners and flags that show stay."""
    places = set(_hidden_in(text))
    return "".join(character for place, character in enumerate(text) if place not in places) if places else text


def _hidden_in(line: str) -> Iterator[int]:
    flags = [range(match.start(), match.end()) for match in _FLAG.finditer(line)]
    for match in _HIDDEN.finditer(line):
        place = match.start()
        joins = match.group() in "\u200c\u200d" and _is_joined(line, place)
        if not joins and not any(place in flag for flag in flags):
            yield place


def _is_joined(line: str, place: int) -> bool:
    around = line[max(0, place - 1) : place] + line[place + 1 : place + 2]
    return len(around) > 1 and all(_JOINS.match(character) for character in around)


def _named(character: str) -> str:
    return f"U+{ord(character):04X} {unicodedata.name(character, 'UNASSIGNED')}"
