"""What to grep for: the words of a question that say something, identifiers first, without endings and particles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kb.korean import cuts
from kb.translations import Translations

_TOKEN = re.compile(r"[가-힣]+|[A-Za-z_#][\w./:#-]*\w|\d[\d.,]*\d|\d+")
_IDENTIFIER = re.compile(r"[_./:#\d]|[a-z][A-Z]|^[A-Z]{2,}$")
_ERROR_LINE = re.compile(r"\b[A-Z]\w*(?:Error|Exception|Timeout|Warning)\b")
_ENDINGS = ("ations", "ation", "ings", "ing", "ied", "ies", "ers", "ed", "es", "er", "ly", "s")
_SHORTEST = 4
_MEANINGS = 3
_LEAST_SHARE = 0.15
_IDENTIFIES = 2.0
_PART = 0.5
_ENGLISH = frozenset(
    """a about after again all already also although am an and another any anything are as at away be became
    because been before being between both but by called came can cannot come comes could did do does doing
    done each either else ever every few find for from gets get give given go goes going gone got had has
    have having he her here how however i if in into is it its just keep let like long look made make makes
    many may me might more most much must my need never new no not now of off on once one only or other
    others our out over own per put quite rather really said same say says see seems she should show since
    so some somebody someone something still such take taken tell than that the their them then there these
    they thing things this those though through to together told too took two under until up us use used
    very want was way we went were what when where whether which while who whole whose why will with within
    without would yet you your right right. file traceback most recent call last line""".split()
)
_KOREAN = frozenset(
    """그거 그게 그건 그런 그럼 그래 그냥 그때 그렇게 거기 거야 건데 것도 게 나와 내가 누가 누구 누구한테 다른
    다시 대로 더 돼 되는 되나 되는거야 되는데 됐어 됐던 두고 둘 듣고 뭐 뭐가 뭐야 뭐랑 뭘 무슨 무엇 무엇으로
    무엇하고 바로 받아 보고 봐 아까 아니 아직 아직도 안 알려 어느 어디 어디까지 어디서 어디야 어디에 어떤
    어떻게 얼마 얼마나 없어 없이 여기 왜 우리 이거 이게 이런 이제 있어 있었지 있던 있는 자꾸 저거 정말 제일
    좀 줘 지금 지금도 처럼 처음 처음에 하나 하는 하던 하면 할 해도 해야 했어 했대 혹시 안에도 각각 먼저 싶어
    쪽을 쪽 때 거 게""".split()
)


@dataclass(frozen=True)
class Word:
    """A word to look for. `forms` are patterns any of which will do; `trust` is 1 for the question's own words."""

    text: str
    forms: tuple[str, ...]
    trust: float = 1.0


def words_of(question: str) -> list[Word]:
    """The words of a question, identifiers first; of a stack trace those of the lines that name an error."""
    errors = [line for line in question.splitlines() if _ERROR_LINE.search(line)]
    text = "\n".join(errors) if len(question.splitlines()) > 1 and errors else question
    found = dict.fromkeys(token.rstrip(".,:") for token in _TOKEN.findall(text))
    kept = [word for token in found if not _is_empty(token) for word in _words(token)]
    return sorted(kept, key=lambda word: -word.trust)


def translated(words: list[Word], table: Translations) -> Iterator[Word]:
    """What the words are called in the other language, for an agent that speaks both; the surest few of each."""
    for word in words:
        for text, share in table.meanings(word.text)[:_MEANINGS]:
            if share >= _LEAST_SHARE and not _is_empty(text):
                yield Word(word.text, _word(text).forms, trust=word.trust * share**0.5)


def _words(token: str) -> Iterator[Word]:
    """A word; an identifier counts for more, and so, for less, do its longer parts."""
    if not _IDENTIFIER.search(token):
        yield _word(token)
        return
    yield replace(_word(token), trust=_IDENTIFIES)
    for part in re.split(r"[./:_-]", token):
        if _SHORTEST <= len(part) < len(token) and not _is_empty(part):
            yield replace(_word(part), trust=_PART)


def _word(token: str) -> Word:
    if "가" <= token[0] <= "힣":
        return Word(token, (re.escape(cuts(token)[-1]),))
    return Word(token, (rf"(?<![a-z0-9]){re.escape(_stem(token))}",))


def _stem(token: str) -> str:
    if _IDENTIFIER.search(token):
        return token.lower()
    lowered = token.lower()
    ending = next((e for e in _ENDINGS if lowered.endswith(e) and len(lowered) - len(e) >= _SHORTEST), "")
    return lowered.removesuffix(ending)


def _is_empty(token: str) -> bool:
    if "가" <= token[:1] <= "힣":
        return token in _KOREAN or len(token) < 2 or cuts(token)[-1] in _KOREAN
    return token.lower() in _ENGLISH or (len(token) < 3 and not token.isupper())
