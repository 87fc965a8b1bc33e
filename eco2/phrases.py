"""The bot's own words in both languages, read from `data/phrases.toml`: what is said around the rules' sentences. None
of them claims a fact of the domain; whatever does comes from a rule or from the outside world and carries a citation.
"""

from __future__ import annotations

from collections.abc import Mapping

from eco2.tables import table
from eco2.turns import Statement

_TABLE = table("phrases")
PHRASES: Mapping[str, tuple[str, str]] = {key: (row["ko"], row["en"]) for key, row in _TABLE.items() if key != "topics"}
TOPICS: Mapping[str, tuple[str, str]] = {key: (row["ko"], row["en"]) for key, row in _TABLE["topics"].items()}
"""What each agent is about, for the sentence that says that it failed."""

_JOSA = {
    "은(는)": ("은", "는"),
    "이(가)": ("이", "가"),
    "을(를)": ("을", "를"),
    "과(와)": ("과", "와"),
    "(이)에요": ("이에요", "예요"),
    "(이)고": ("이고", "이고"),
    "(으)로": ("으로", "로"),
}
_DIGITS_WITH_TAIL = "013678"
_LATIN_WITH_TAIL = "lmnr"


def say(phrase: str, **words: str) -> Statement:
    """Return one of the bot's own sentences in both languages, filled; it claims nothing and cites nothing."""
    ko, en = PHRASES[phrase]
    return Statement(with_josa(ko.format(**words)), en.format(**words))


def with_josa(text: str) -> str:
    """Choose the particle that fits the sound before it; a closing quotation mark or bracket is looked through.

    >>> with_josa("‘우주선’은(는) 없어요")
    '‘우주선’은 없어요'
    """
    for marked, (closed, opened) in _JOSA.items():
        while (at := text.find(marked)) >= 0:
            text = text[:at] + (closed if _ends_closed(text[:at], marked) else opened) + text[at + len(marked) :]
    return text


def _ends_closed(text: str, marked: str) -> bool:
    last = text.rstrip("’”'\")]》 ")[-1:]
    if "가" <= last <= "힣":
        tail = (ord(last) - ord("가")) % 28
        return tail != 0 and not (marked == "(으)로" and tail == 8)
    return last in _DIGITS_WITH_TAIL or last.lower() in _LATIN_WITH_TAIL
