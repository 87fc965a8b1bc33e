"""Text -> its words in reading order; a number with its unit is one word. Knows nothing of sentences or denial."""

from __future__ import annotations

import re
from dataclasses import replace

from harness.judging.facts import Quantity
from harness.judging.korean import PARTICLES
from harness.judging.lexemes import WEIGHTS, Sort, Word, korean_word, latin_word
from harness.judging.lexicon import lexicon
from harness.judging.number_forms import quantities

_TOKEN = re.compile(r"[가-힣]+|[A-Za-zÀ-ɏ]+(?:['’][A-Za-z]+)?|[^\W\d_]+")
_PLACE_PARTICLE = re.compile(r"(?:에|으로|로|에다|에게|에서)(?:만|도|는|만은|다)?$|(?:에|으로|로)(?=[\s.,!])")
_ABOUT = "약"
# A number's unit says what it is: 5,000원 meets 수수료, a phone number meets 문의.
_MEASURES = {"won": "cost", "dollar": "cost", "phone": "call", "degree": "temperature"}


def words(text: str) -> list[Word]:
    """Split NFC text into words in reading order."""
    numbers = quantities(text)
    plain = _blank(text, numbers)
    spoken = (_spoken(match.group(), match.start(), text) for match in _TOKEN.finditer(plain))
    found = [*(_number(text, quantity) for quantity in numbers), *(word for word in spoken if word is not None)]
    in_order = _with_abouts(sorted(found, key=lambda word: word.start))
    return _with_shared_roles(_in_pairs(in_order, plain), plain)


def _with_abouts(found: list[Word]) -> list[Word]:
    """약 before a number is grammar (about 3 km), else medicine."""
    about = replace(korean_word(_ABOUT), sort="light", weight=WEIGHTS["light"], keys=frozenset({_ABOUT}))
    return [
        replace(about, start=word.start, end=word.end)
        if word.text == _ABOUT and following is not None and following.quantity is not None
        else word
        for word, following in zip(found, [*found[1:], None], strict=False)
    ]


def _blank(text: str, numbers: tuple[Quantity, ...]) -> str:
    pieces, at = [], 0
    for quantity in numbers:
        if quantity.start >= at:
            pieces += [text[at : quantity.start], " " * (quantity.end - quantity.start)]
            at = quantity.end
    return "".join([*pieces, text[at:]])


def _number(text: str, quantity: Quantity) -> Word:
    surface = text[quantity.start : quantity.end]
    sort: Sort = "mark" if quantity.value == "per" else "number"
    measure = _MEASURES.get(quantity.unit) if sort == "number" else None
    return Word(
        surface,
        quantity.start,
        quantity.end,
        frozenset({measure} if measure else ()),
        surface,
        sort,
        WEIGHTS[sort],
        "slot" if _PLACE_PARTICLE.match(text[quantity.end : quantity.end + 4]) else "",
        quantity=quantity,
    )


def _spoken(token: str, start: int, text: str) -> Word | None:
    """A word, or None for a particle or copula that hangs on a number, a Latin word or a closing quote."""
    if not "가" <= token[0] <= "힣":
        return replace(latin_word(token), start=start, end=start + len(token))
    before = text[start - 1 : start]
    glued = before.isalnum() or (before != "" and before in ")%℃'\"’”")
    if glued and (token in PARTICLES or token in lexicon().lists["copulas"]):
        return None
    return replace(korean_word(token), start=start, end=start + len(token))


def _in_pairs(found: list[Word], text: str) -> list[Word]:
    """Make one word of two that the lexicon knows together: general waste, 일반 쓰레기."""
    joined: list[Word] = []
    for word in found:
        pair = _pair(joined[-1], word, text) if joined else None
        if pair is None:
            joined.append(word)
        else:
            joined[-1] = pair
    return joined


def _pair(before: Word, word: Word, text: str) -> Word | None:
    if text[before.end : word.start] not in (" ", "-"):
        return None
    if before.text.isascii():
        return _english_pair(before, word, text[before.start : word.end]) if word.text.isascii() else None
    return _korean_pair(before, word, text[before.start : word.end])


def _english_pair(before: Word, word: Word, whole: str) -> Word | None:
    meanings = lexicon().english.get(f"{before.text}-{word.text}".lower())
    if not meanings:
        return None
    return Word(whole, before.start, word.end, meanings, min(meanings), "noun", WEIGHTS["noun"])


def _korean_pair(before: Word, word: Word, whole: str) -> Word | None:
    """Two nouns; what the parts mean is kept, save for a last one that says little by itself (쓰레기)."""
    if before.acts or word.acts or before.text != before.stem:
        return None
    together = before.stem + word.stem
    if together not in lexicon().korean:
        return None
    parts = before.keys if word.sort == "generic" else before.keys | word.keys
    keys = korean_word(together).keys | parts
    return replace(word, text=whole, start=before.start, keys=keys, stem=together, sort="noun", weight=WEIGHTS["noun"])


def _with_shared_roles(found: list[Word], text: str) -> list[Word]:
    """Give the role of a noun to the bare nouns right before it: 우체국 수거함에 is one place."""
    shared = list(found)
    for at in range(len(shared) - 2, -1, -1):
        word, following = shared[at], shared[at + 1]
        bare = word.sort == following.sort == "noun" and not word.role and text[word.end : following.start] == " "
        if bare and following.role in ("slot", "value", "object", "subject"):
            shared[at] = replace(word, role=following.role)
    return shared
