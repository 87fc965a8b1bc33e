"""One token -> what it is: its stems and meanings, its sort, its weight, and the job its particle gives it.

Meanings come from the lexicon and are shared by both languages, so 강남구 meets Gangnam. A word that the lexicon does
not know is told by its ending; a wrong guess costs a match, never an error.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from harness.judging.english import english_stem
from harness.judging.facts import Quantity
from harness.judging.korean import WHOLE, letters, noun_stem, spellings, verb_stems
from harness.judging.lexicon import lexicon

Sort = Literal["noun", "verb", "name", "number", "generic", "light", "mark"]
Role = Literal["", "topic", "subject", "object", "slot", "value"]
Meanings = frozenset[str]
WEIGHTS: dict[Sort, float] = {
    "number": 1.5, "noun": 1.0, "name": 1.0, "verb": 0.7, "mark": 0.5, "generic": 0.3, "light": 0.15,
}  # fmt: skip
STOP_WEIGHT = 0.05


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text; `start` and `end` are code points of the sentence it stands in.

    Two words that share one of `keys` mean the same. `sort` is what it is for a judge: `generic` says little (곳,
    방법, 버리다 beside the place), `light` is grammar, `mark` is what something is counted by (kg당). `role` is the
    particle's job: `slot` is a place or class (에, 로), `value` what a copula asserts. `acts` marks predicates,
    `auxiliary` those that can follow one without a meaning of their own, `linking` a bare stem that joins what follows
    (감싸). `denied` is set by `denial`.
    """

    text: str
    start: int
    end: int
    keys: Meanings
    stem: str
    sort: Sort
    weight: float
    role: Role = ""
    denied: bool = False
    acts: bool = False
    auxiliary: bool = False
    linking: bool = False
    quantity: Quantity | None = None


_ROLES: tuple[tuple[Role, re.Pattern[str]], ...] = (
    ("slot", re.compile(r"(?:[가-힣]에|으로|[가-힣]로|에다|에게|에서)(?:만|도|는|만은|다)?$")),
    ("topic", re.compile(r"[가-힣](?:은|는|이란|란)$")),
    ("subject", re.compile(r"[가-힣](?:이|가|께서)$")),
    ("object", re.compile(r"[가-힣](?:을|를)$")),
    (
        "value",
        re.compile(r"[가-힣](?:이에요|예요|에요|입니다|이다|이며|이고|이었다|였다|였습니다|이었습니다|이므로)$"),
    ),
)
# Endings that no noun has; 지, 고, 면, 서 alone end too many nouns (색지, 창고).
_PREDICATE = re.compile(
    r"(?:[가-힣](?:다|요|한|된|할|될|해|돼|함|됨|네)|습니까|니까|죠|[하되](?:고|며|면|지|기|게|도록|는)|하던|해서|하여|되어"
    r"|[해돼어아여]야|지만|[는은]데|[가-힣]{2}(?:[았었였렸졌겼혔]고|으면|며|고|면)|[어아]서|려고|거나|면서|던"
    r"|[워려러겨져혀켜]서)$"
)
_COPULATIVE = re.compile(r"[가-힣](?:이다|이었다|입니다|이에요|예요|이며|이었습니다|였습니다|이므로|이지만)$")
_ACTS = re.compile(r"[하해한할합했되된될됩됐돼]")
_WITH_DO = ("하", "해", "되", "돼", "시키", "시켜", "하여", "되어")
_CONTRACTED = {"\u1167": "\u1175", "\u116a": "\u1169", "\u116f": "\u116e"}  # ㅕ ㅣ, ㅘ ㅗ, ㅝ ㅜ


@lru_cache(maxsize=50_000)
def korean_word(token: str) -> Word:
    """Say what a run of Hangul is; its place in the text is 0."""
    word = _korean(token)
    if word.stem not in _nouns() and any(cut in _listed_verbs("auxiliary") for cut in verb_stems(token)):
        word = replace(word, auxiliary=True)
    generic = word.sort in ("noun", "verb") and _is_generic(word)
    return replace(word, sort="generic", weight=WEIGHTS["generic"]) if generic else word


@lru_cache(maxsize=50_000)
def latin_word(token: str) -> Word:
    """Say what a run of Latin letters is; its place in the text is 0."""
    lower = token.lower().replace("’", "'")
    lists = lexicon().lists
    if lower in lists["english_stop"] or lower.endswith("n't"):
        return Word(token, 0, 0, frozenset({lower}), lower, "light", STOP_WEIGHT)
    stem = english_stem(lower)
    meanings = lexicon().english.get(lower) or lexicon().english.get(stem) or _english().get(stem, frozenset())
    if lower in lists["generic"] or not lists["generic"].isdisjoint(meanings):
        return _word(token, stem, frozenset({stem, *meanings}), "generic")
    return _word(token, stem, frozenset({stem, *meanings}), "name" if token[0].isupper() and not meanings else "noun")


def is_meaning(key: str) -> bool:
    """Whether a key is a meaning of the lexicon and not a stem."""
    return key in lexicon().meanings


def _korean(token: str) -> Word:
    stem, cuts = noun_stem(token), verb_stems(token)
    verb = next((_verbs()[cut] for cut in cuts if len(cut) > 1 and cut in _verbs()), None)
    if _is_light(token, stem, cuts, known=verb is not None):
        return _word(token, stem, frozenset({stem}), "light", _role(token))
    noun = _noun_meanings(token, stem)
    if verb is not None and (noun is None or cuts[0] != letters(token) or _ACTS.search(token)):
        return replace(_word(token, stem, verb | {_full(cuts[-1])}, "verb", acts=True), linking=cuts[0] in _verbs())
    if noun is not None:
        return _word(token, stem, noun | _stems(token, stem), "noun", _role(token))
    if _is_predicate(token, cuts):
        return _word(token, stem, _predicate_keys(token, stem, cuts), "verb", acts=True)
    return _word(token, stem, _stems(token, stem), "noun", _role(token))


def _word(token: str, stem: str, keys: Meanings, sort: Sort, role: Role = "", *, acts: bool = False) -> Word:
    return Word(token, 0, 0, keys, stem, sort, WEIGHTS[sort], role, acts=acts)


def _is_light(token: str, stem: str, cuts: tuple[str, ...], *, known: bool) -> bool:
    light = lexicon().lists["light"]
    # 한도 is no 한 + 도: a lone syllable is light only with the commonest particles.
    by_stem = stem in light and (len(stem) > 1 or token[1:] not in ("도", "고", "로", "나"))
    return token in light or by_stem or (not known and any(cut in _listed_verbs("light") for cut in cuts))


def _noun_meanings(token: str, stem: str) -> Meanings | None:
    nouns = _nouns()
    bare = stem[:-1] if len(stem) > 1 and stem[-1] in "별용째식" else ""  # 색깔별, 재활용용
    return nouns.get(stem) or nouns.get(token) or nouns.get(bare)


def _is_predicate(token: str, cuts: tuple[str, ...]) -> bool:
    compared = len(token) > 2 and token.endswith("보다")
    if token in WHOLE or compared or _COPULATIVE.search(token):
        return False
    return bool(_PREDICATE.search(token) or _before_do(cuts))


def _predicate_keys(token: str, stem: str, cuts: tuple[str, ...]) -> Meanings:
    own = {stem, f"v:{_full(cuts[-1])}"} if len(cuts[-1]) > 3 else {stem, token}
    return frozenset(own) | _before_do(cuts)


def _before_do(cuts: tuple[str, ...]) -> Meanings:
    """회상했다 meets 회상: the noun before 하다, 되다 and 시키다."""
    for cut in reversed(cuts):
        bare = unicodedata.normalize("NFC", cut)
        for ending in _WITH_DO:
            if bare.endswith(ending) and len(bare) > len(ending) + 1:
                return frozenset({bare[: -len(ending)]})
    return frozenset()


def _stems(token: str, stem: str) -> Meanings:
    """물도 may be 물 or a word of its own."""
    unsure = len(token) == len(stem) == 2 and token[1] in "도만이가로나" and token not in WHOLE
    return frozenset({stem, token[0]}) if unsure else frozenset({stem})


def _role(token: str) -> Role:
    return next((role for role, ending in _ROLES if len(token) > 1 and ending.search(token)), "")


def _full(stem: str) -> str:
    """One spelling for a stem's contracted and full form: 버려 and 버리, 해 and 하."""
    if stem.endswith("\u1112\u1162"):
        return stem[:-1] + "\u1161"
    return stem[:-1] + _CONTRACTED.get(stem[-1], stem[-1])


def _is_generic(word: Word) -> bool:
    generic = lexicon().lists["generic"]
    if word.acts and any(cut in _listed_verbs("generic") for cut in verb_stems(word.text)):
        return True
    forms = (unicodedata.normalize("NFC", key) + "다" for key in word.keys)
    return word.stem in generic or not generic.isdisjoint(word.keys) or any(form in generic for form in forms)


@lru_cache(maxsize=8)
def _listed_verbs(name: str) -> Meanings:
    return frozenset(s for form in lexicon().lists[name] if form.endswith("다") for s in spellings(form))


@lru_cache(maxsize=1)
def _verbs() -> dict[str, Meanings]:
    found: dict[str, Meanings] = {}
    for form, meanings in lexicon().korean.items():
        for spelling in spellings(form) if form.endswith("다") and len(form) > 1 else ():
            found[spelling] = found.get(spelling, frozenset()) | meanings
    return found


@lru_cache(maxsize=1)
def _nouns() -> dict[str, Meanings]:
    """Nouns, those before 하다 and 되다 among them (배출하다 gives 배출)."""
    found: dict[str, Meanings] = {}
    for form, meanings in lexicon().korean.items():
        noun = re.sub(r"[하되]다$", "", form)
        if not noun.endswith("다") and (len(noun) > 1 or form == noun):
            found[noun] = found.get(noun, frozenset()) | meanings
    return found


@lru_cache(maxsize=1)
def _english() -> dict[str, Meanings]:
    return {english_stem(word): meanings for word, meanings in lexicon().english.items()}
