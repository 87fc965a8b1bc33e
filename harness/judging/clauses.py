"""A sentence -> its clauses: where a statement ends and the next begins, for Korean and English, without a parser.

싱글 6,000원 / 더블 10,000원 is two clauses; a list that shares one verb (뼈, 씨, 티백은 … 버려요) is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from harness.judging.lexemes import Word

EXCEPT = frozenset({"아니라", "아니고", "말고", "대신"})
_CONNECTS = re.compile(
    r"(?:[고며서면]|지만|는데|은데|으나|니까|으니|므로|아도|어도|여도|려도|라도|도록|다가"
    r"|[려해어아여러라워와져겨])$"
)
_LATER = re.compile(r"^(?:뒤|후|다음|후에|뒤에|다음에|채|채로|상태로|경우|경우에|경우에는|때|때는|때에는)$")
_BREAK = re.compile(r"이고|이며|이지만|인데|이나(?=\s)|[,;/|()\[\]{}:：→，；、]|\s[-–—]\s|\s·\s")
_STRONG_BREAK = re.compile(r"[:：(;→|]")
_GLOSS = re.compile(r"\([^()\s]{1,20}\)[가-힣]")
_GLOSS_END = re.compile(r"\)[가-힣]")
_LOOK_AHEAD = 8


def clauses(sentence: str, found: list[Word]) -> Iterator[list[Word]]:
    """Cut the words of a sentence into clauses, in order; none is empty and every word is in one."""
    part: list[Word] = []
    for position, word in enumerate(found):
        part.append(word)
        ahead = found[position + 1 : position + 1 + _LOOK_AHEAD]
        gap = _gap(sentence, word, ahead[0]) if ahead else ""
        if not ahead or ((_BREAK.search(gap) or _connects(part, ahead[0])) and _complete(part, gap, ahead)):
            yield part
            part = []


def _gap(sentence: str, word: Word, following: Word) -> str:
    """What stands between two words; the brackets of a gloss (EPS(스티로폼)의) are no break."""
    gap = sentence[word.end : following.start]
    if _GLOSS.match(sentence, word.end) or _GLOSS_END.match(gap):
        return " "
    return gap


def _connects(part: list[Word], following: Word) -> bool:
    """Whether the last word of a part ends a clause."""
    word = part[-1]
    if word.text in EXCEPT:
        return True
    if _LATER.match(word.text):
        return len(part) > 1 and part[-2].acts
    helps = following.auxiliary or following.text in ("안", "못", "야") or bool(_LATER.match(following.text))
    return states(word) and (word.linking or bool(_CONNECTS.search(word.text))) and not helps


def states(word: Word) -> bool:
    """Whether a word can be a predicate: a verb, or 있다, 없다, 되다 with an ending."""
    return word.acts or (word.sort == "light" and len(word.text) > 1 and word.text[0] in "되하있없않말")


def _complete(part: list[Word], gap: str, ahead: list[Word]) -> bool:
    """Whether a part may stand alone: a predicate or a number, or a topic and something on it before the next topic."""
    if _STRONG_BREAK.search(gap) or any(states(word) or word.sort == "number" or word.text in EXCEPT for word in part):
        return True
    said = any(_leads(word) for word in part[:-1]) and not _leads(part[-1])
    before_next_predicate = takewhile(lambda word: not states(word), ahead)
    return said and any(map(_leads, before_next_predicate))


def _leads(word: Word) -> bool:
    return word.role in ("topic", "subject")
