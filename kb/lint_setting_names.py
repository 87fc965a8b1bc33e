"""What a number in a sentence is the value of: "the timeout of the worker is", "워커의 타임아웃은" -> its words.

Words are folded, so that both languages and word orders meet: articles and particles go, plurals are cut, the words for
common settings are one. Knows no documents and no numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kb.lint_setting_words import FOLDED, SETTING, SETTINGS, STOPS, VAGUE

_JOINS = frozenset({"of", "for", "on", "in"})
_PARTICLE = re.compile(r"(?:은|는|이|가|을|를|의|에서는|에서|에는|에|으로|로|와|과|도|까지|마다|부터)$")
_TOKEN = re.compile(
    r"`(?P<code>[^`]+)`|(?P<word>[A-Za-z][A-Za-z0-9_./-]*[A-Za-z0-9_]|[A-Za-z]|[가-힣]+)|(?P<mark>[^\s\w])"
)
# A dash alone makes an identifier only of what is marked as code: "fan-in" is a word.
_IDENTIFIER = re.compile(r"[A-Za-z]\w*(?:[._][A-Za-z][\w-]*)+|[A-Za-z]\w*_\w+|[a-z]+(?:[A-Z][a-z0-9]+)+")
_CODE = re.compile(rf"{_IDENTIFIER.pattern}|[A-Za-z]\w*(?:-\w+)+")
_FILE = re.compile(
    r"\.(?:md|ya?ml|py|json|toml|html?|js|ts|go|java|sh|txt|large|xlarge|com|org|io|net)$", re.IGNORECASE
)
_ASSIGNED = re.compile(r"`(?P<code>[A-Za-z][\w.-]*)\s*[:=]\s*[\"']?$")
# Two words that are one in the list of settings.
_APART = re.compile(r"(보존|보관|유지|유효|제한|만료|대기|지연|재시도|동시|시간) (기간|시간|횟수|실행|제한)")
_VERB = re.compile(r"(?<=[가-힣]{2})(?:한다|합니다|하며|하고|해서|하도록|된다|됩니다|되며|되고|함|됨)$")
# Between a name and its number.
_COPULA = re.compile(
    r"(?:\s*[:=(,]|\s+(?:is|are|of|stays?|remains?|equals?|defaults?)(?:\s+(?:now|always|currently|fixed|set|kept"
    r"|limited|capped|at|to|as))*|\s+(?:(?:is|are)\s+)?set\s+(?:to|at)|\s+(?:to|at)|\s*)\s*(?:max(?:imum)?|최대|현재|기본|총)?\s*$",
    re.IGNORECASE,
)
_LONGEST = 6  # words in a name
_FEWEST, _MOST = 2, 12  # words in a sentence that is a name as a whole


@dataclass(frozen=True)
class Name:
    """What is given a number: its folded words, how it stands, and the other telling words of its sentence."""

    words: frozenset[str]
    text: str
    beside: frozenset[str] = frozenset()
    where: frozenset[str] = frozenset()
    has_identifier: bool = False

    @property
    def is_specific(self) -> bool:
        """True when it says whose setting it is."""
        telling = {word for word in self.words if word not in SETTINGS and word not in VAGUE}
        return self.has_identifier or bool(telling)

    def within(self, environment: frozenset[str]) -> Name:
        return replace(self, where=environment)

    def is_comparable(self, other: Name) -> bool:
        """True where neither sentence narrows the name in a way of its own."""
        narrowed = self.beside <= other.beside or other.beside <= self.beside
        return self.words == other.words and self.where == other.where and narrowed


@dataclass(frozen=True)
class _Token:
    text: str
    kind: str
    particle: str = ""


def name_before(before: str) -> Name | None:
    """The setting that the words in front of a number name: "… timeout of the worker is", "`ttl_s` =", "… 주기는"."""
    if assigned := _ASSIGNED.search(before):
        return _identified(assigned["code"], _tokens(before[: assigned.start()]))
    copula = _COPULA.search(before)
    tokens = _tokens(before[: copula.start()] if copula else before)
    if not tokens or tokens[-1].kind == "mark":
        return None
    if (tokens[-1].kind == "code" or _is_identifier(tokens[-1])) and not _of_phrase(tokens):
        return _identified(tokens[-1].text, tokens[:-1])
    return _of_phrase(tokens)


def name_behind(before: str, behind: str) -> Name | None:
    """The setting that follows a number: "a 10-second timeout for the worker", "5초 타임아웃"."""
    tokens = _tokens(re.split(r"[.,;:()]|\s(?:and|so|because|which|that)\s", behind, maxsplit=1)[0])[: _LONGEST + 2]
    place = next((number for number, token in enumerate(tokens[:4]) if token.text.lower() in SETTING), None)
    if place is None or any(token.kind != "word" or _stops(token) for token in tokens[:place]):
        return None
    held = list(tokens[: place + 1])
    rest = tokens[place + 1 :]
    if rest and rest[0].text.lower() in _JOINS:
        held += _until_stop(rest[1:])
    return _named(held, _tokens(before))


def name_around(before: str, behind: str, unit: str) -> Name | None:
    """All telling words of a short sentence: two that differ in the number alone speak of one thing."""
    words = _telling(_tokens(f"{before} {behind} {unit if unit in SETTING else ''}"))
    if not unit and words.isdisjoint(SETTINGS):
        return None
    if not _FEWEST <= len(words) <= _MOST or not any(token.kind == "word" for token in _tokens(before)):
        return None
    return Name(words, " ".join(before.split()).strip(" -*:") or " ".join(sorted(words)))


def _identified(code: str, before: Sequence[_Token]) -> Name | None:
    if not _CODE.fullmatch(code) or _FILE.search(code):
        return None
    return Name(frozenset({code.lower()}), code, _telling(before), has_identifier=True)


def _of_phrase(tokens: Sequence[_Token]) -> Name | None:
    """The noun phrase at the end: back to a stop word, a mark or a particle, over "of" and "의"."""
    held: list[_Token] = []
    place = len(tokens)
    for token in reversed(tokens):
        is_last = place == len(tokens)
        if token.kind == "mark" or (not is_last and token.particle not in {"", "의"}) or len(held) >= _LONGEST + 2:
            break
        if _stops(token) and not (held and _is_article_within(tokens, place - 1)):
            break
        held.insert(0, token)
        place -= 1
    return _named(held, tokens[:place]) if _ends_in_setting(held) else None


def _is_article_within(tokens: Sequence[_Token], place: int) -> bool:
    return tokens[place].text.lower() in {"the", "a", "an", "our"} and (
        place > 0 and tokens[place - 1].text.lower() in _JOINS
    )


def _ends_in_setting(held: Sequence[_Token]) -> bool:
    """True for "… timeout", "timeout of …" and "재시도 횟수"."""
    if not held:
        return False
    joint = next((place for place, token in enumerate(held) if token.text.lower() in _JOINS), None)
    head = held[joint - 1] if joint else held[-1]
    return joint != 0 and _bare(head) in SETTING


def _named(held: Sequence[_Token], before: Sequence[_Token]) -> Name | None:
    words = frozenset(_folded(token) for token in held if not _stops(token) and token.text.lower() not in _JOINS)
    if not words or len(words) > _LONGEST:
        return None
    text = " ".join(_bare(token) if token is held[-1] else token.text + token.particle for token in held)
    has_identifier = any(token.kind == "code" or _is_identifier(token) for token in held)
    return Name(words, text, _telling(before), has_identifier=has_identifier)


def _telling(tokens: Sequence[_Token]) -> frozenset[str]:
    return frozenset(
        _folded(token)
        for token in tokens
        if token.kind != "mark" and not _stops(token) and token.text.lower() not in _JOINS
    )


def _until_stop(tokens: Sequence[_Token]) -> list[_Token]:
    held: list[_Token] = []
    for token in tokens:
        if token.kind == "mark" or (_stops(token) and token.text.lower() not in {"the", "a", "an"}):
            break
        held.append(token)
    return held


def _stops(token: _Token) -> bool:
    return token.kind == "word" and token.text.lower() in STOPS


def _tokens(text: str) -> list[_Token]:
    """Words, code and marks; a Korean particle, joined to its word or to code, stands with it."""
    text = _APART.sub(r"\1\2", text)
    found: list[_Token] = []
    end = -1
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        said = match[kind]
        is_hangul = "가" <= said[0] <= "힣"
        if is_hangul and found and match.start() == end and found[-1].kind != "mark" and _PARTICLE.fullmatch(said):
            found[-1] = replace(found[-1], particle=said)
        elif is_hangul and said not in SETTING and (particle := _PARTICLE.search(said)) and particle.start() > 0:
            found.append(_Token(said[: particle.start()], kind, particle.group()))
        else:
            found.append(_Token(said, kind))
        end = match.end()
    return found


def _is_identifier(token: _Token) -> bool:
    return bool(_IDENTIFIER.fullmatch(token.text)) and not _FILE.search(token.text)


def _bare(token: _Token) -> str:
    return token.text.lower() if token.kind != "code" else token.text


def _folded(token: _Token) -> str:
    word = _VERB.sub("", token.text.lower())
    single = word[:-1] if word.isascii() and len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
    return SETTING.get(word) or FOLDED.get(word) or FOLDED.get(single) or single
