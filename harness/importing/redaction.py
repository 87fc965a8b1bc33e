"""Take personal data out of texts; what stood there is a placeholder that keeps its number within a conversation.

`010-1234-5678` becomes `[전화번호-1]` wherever it stands in that conversation, however it is written there, so an
answer that repeats it still refers to it. Nothing that was taken out is kept after the conversation is forgotten.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.importing.patterns import KINDS, Kind

_PLAIN = str.maketrans("０１２３４５６７８９＠．：－–—‐‑‒−―\u00a0\u3000\t", "0123456789@.:--------   ")
_PLACEHOLDER = re.compile(r"\[[가-힣A-Z]+-\d+\]")
_NAME = "이름"


@dataclass(frozen=True)
class Span:
    """A place in a text that holds personal data, and which."""

    start: int
    end: int
    label: str


@dataclass
class Redactor:
    """Redacts the texts of one conversation.

    Attributes:
        counts: how often each kind was taken out, shared by all conversations of an import.
    """

    counts: Counter[str] = field(default_factory=Counter)
    _numbers: dict[str, dict[str, int]] = field(default_factory=dict)

    def text(self, text: str) -> str:
        """Replace personal data until nothing more shows: a placeholder can bring a telling word nearer to a number."""
        while spans := spans_of(text, self._numbers.get(_NAME, {})):
            text = self._replaced(text, spans)
        return text

    def value(self, value: object) -> object:
        """Redact all texts of a JSON value; somebody may be a key too."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(str(key)): self.value(part) for key, part in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(part) for part in value]
        return value

    def _replaced(self, text: str, spans: list[Span]) -> str:
        parts, at = [], 0
        for span in spans:
            parts += [text[at : span.start], self._placeholder(span.label, text[span.start : span.end])]
            at = span.end
        return "".join((*parts, text[at:]))

    def _placeholder(self, label: str, value: str) -> str:
        self.counts[label] += 1
        known = self._numbers.setdefault(label, {})
        return f"[{label}-{known.setdefault(_canonical(value), len(known) + 1)}]"


def spans_of(text: str, names: Mapping[str, int] | None = None) -> list[Span]:
    """Where a text holds personal data, from left to right, without overlaps; earlier kinds of the table win.

    Args:
        text: what somebody wrote.
        names: names that the conversation has introduced; they are found without a frame too.
    """
    plain = _PLACEHOLDER.sub(lambda match: "\0" * len(match[0]), text.translate(_PLAIN))
    taken: list[Span] = []
    for kind in KINDS:
        taken += [span for span in _found(kind, plain) if _is_free(span, taken)]
    for name in names or ():
        found = (Span(match.start(), match.end(), _NAME) for match in re.finditer(re.escape(name), plain))
        taken += [span for span in found if len(name) > 2 and _is_free(span, taken)]
    return sorted(taken, key=lambda span: span.start)


def _found(kind: Kind, plain: str) -> list[Span]:
    matches = (match for match in kind.pattern.finditer(plain) if "\0" not in match["value"] and kind.check(match))
    return [Span(*match.span("value"), kind.label) for match in matches]


def _is_free(span: Span, taken: list[Span]) -> bool:
    return all(span.end <= other.start or span.start >= other.end for other in taken)


def _canonical(value: str) -> str:
    """One value however it is written: +82 10 is 010, dashes and spaces do not count in numbers."""
    plain = value.translate(_PLAIN)
    if any(character.isdigit() for character in plain) and not re.search("[가-힣A-Za-z@]", plain):
        digits = "".join(character for character in plain if character.isdigit())
        return "0" + digits[2:].lstrip("0") if plain.lstrip().startswith("+82") else digits
    return plain
