"""Korean words without a morphological analyser: particles and endings come off, stems meet on letters.

Works on conjoining letters (NFD), so that 떼다 is found in 뗀, 뗍니다 and 떼어. Parts of speech are not tagged: a word
offers every stem it could have and matching takes any of them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from harness.judging.lexicon import lexicon

_HANGUL = re.compile(r"[가-힣]")
_LISTS = lexicon().lists
PARTICLES = _LISTS["particles"]
WHOLE = _LISTS["whole_words"]
_LONGEST_PARTICLE = max(map(len, PARTICLES))
_COPULA = re.compile(f"(?:{'|'.join(sorted(_LISTS['copulas'], key=lambda copula: (-len(copula), copula)))})$")

_FINAL = dict(zip("ㄴㄹㅁㅂㅆ", "\u11ab\u11af\u11b7\u11b8\u11bb", strict=True))


def letters(text: str) -> str:
    """Return conjoining letters (NFD)."""
    return unicodedata.normalize("NFD", text)


def _joined(ending: str) -> str:
    return _FINAL[ending[0]] + letters(ending[1:])


# Endings that begin with a whole syllable, and those that begin inside one (뗀 = 떼 + ㄴ).
_SPELT = [*map(letters, _LISTS["endings"]), *map(_joined, _LISTS["joined_endings"])]
_ANY = "|".join(sorted(_SPELT, key=lambda ending: (-len(ending), ending)))
# honorific, past, supposition, then a last ending; each may be missing but not all.
_TAIL = re.compile(
    f"(?:{letters('으')}?{letters('시')})?(?:{letters('었')}|{letters('았')}|{letters('였')}|{_FINAL['ㅆ']})?(?:{letters('겠')})?(?:{_ANY})?"
)


def is_korean(text: str) -> bool:
    """Whether Hangul syllables make up at least a third of the letters."""
    hangul = len(_HANGUL.findall(text))
    latin = sum(1 for character in text if character.isascii() and character.isalpha())
    return hangul > 0 and hangul * 4 >= latin


@lru_cache(maxsize=50_000)
def noun_stem(word: str) -> str:
    """Take the copula, then up to two particles, off the end; at least one syllable stays."""
    stem = word
    if (copula := _COPULA.search(stem)) and copula.start() >= 1:
        stem = stem[: copula.start()]
    for _ in range(2):
        bare = _without_particle(stem)
        if bare == stem:
            break
        stem = bare
    return stem


def _without_particle(word: str) -> str:
    if word in WHOLE:
        return word
    for length in range(min(_LONGEST_PARTICLE, len(word) - 1), 0, -1):
        if word[-length:] in PARTICLES:
            # 나이, 종이, 사고, 휴가: such endings are more often part of a two-syllable word than not.
            part_of_it = length == 1 and len(word) == 2 and word[-1] not in "은는을를의에와과로"
            return word if part_of_it else word[:-length]
    return word


@lru_cache(maxsize=50_000)
def verb_stems(word: str) -> tuple[str, ...]:
    """Every way to cut a word into a stem (in letters) and endings, longest stem first, the word itself at the head."""
    spelt = letters(word)
    if word in WHOLE:
        return (spelt,)
    cuts = (cut for cut in range(len(spelt), 1, -1) if _TAIL.fullmatch(spelt, cut))
    return tuple(spelt[:cut] for cut in cuts)


@lru_cache(maxsize=5_000)
def spellings(dictionary_form: str) -> frozenset[str]:
    """The letters a predicate's stem can have before an ending: 버리다 gives 버리 and 버려, 자르다 자르 and 잘라."""
    stem = letters(dictionary_form.removesuffix("다"))
    found = {stem}
    for old, new in _CONTRACTIONS:
        if stem.endswith(old):
            found |= {stem[: -len(old)] + letter for letter in new}
    if stem.endswith(_EU):
        found |= _after_eu(stem)
    return frozenset(found)


def _after_eu(stem: str) -> set[str]:
    """모으다 gives 모아, 쓰다 써, 자르다 잘라: the vowel before ㅡ decides."""
    bright = next((letter in "\u1161\u1169" for letter in reversed(stem[:-1]) if letter in _VOWELS), False)
    vowel = _A if bright else _EO
    doubled = {stem[:-2] + "\u11af" + stem[-2] + vowel} if stem.endswith(letters("르")) else set()
    return {stem[:-1] + vowel} | doubled


_VOWELS = "".join(map(chr, range(0x1161, 0x1176)))
_I, _U, _O, _EU, _A, _EO, _YEO, _AE = (letters(s)[1:] for s in ("이", "우", "오", "으", "아", "어", "여", "애"))
_WA, _WO, _E = (letters(s)[1:] for s in ("와", "워", "에"))
_CONTRACTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (letters("하"), (letters("해"), letters("하여"))),
    (_I, (_YEO,)),
    (_U, (_WO,)),
    (_O, (_WA,)),
    ("\u11b8", (letters("우"), letters("워"), letters("와"))),  # 줍다, 주워
    ("\u11af", ("",)),  # 풀다, 풉니다
    ("\u11c2", ("",)),  # 그렇다, 그런
    (letters("되"), (letters("돼"),)),
)
