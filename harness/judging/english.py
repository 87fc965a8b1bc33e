"""Stems of English words: inflection and the commonest derivations come off. No dictionary, no parts of speech."""

from __future__ import annotations

from functools import lru_cache

_SUFFIXES = "ations ation ings ing edly ies ied ed ers er es ly ment ments ness s al e y".split()
_FORMS = """
take took taken taking|give gave given giving|throw threw thrown|keep kept|leave left leaving|bring brought|buy bought
sell sold|make made making|break broke broken|tear tore torn|wear wore worn|write wrote written writing|see saw seen
know knew known|go went gone goes|come came coming|find found|hold held|send sent|pay paid|say said|tell told
teach taught|think thought|build built|lose lost|win won|eat ate eaten|drink drank drunk|drive drove driven driving
freeze froze frozen|fall fell fallen|grow grew grown|choose chose chosen|speak spoke spoken|steal stole stolen
stick stuck|strip stripped|wrap wrapped wrapping|drop dropped dropping|put putting|cut cutting|empty emptied emptying
get got gotten getting|begin began begun|run ran running|meet met|feed fed|lead led|spend spent|lend lent|bend bent
use used using|tie tied tying|dry dried drying|lie lay lain|die died dying|bind bound|wind wound|show shown|sew sewn
"""
_IRREGULAR = {
    form: forms.split()[0] for line in _FORMS.splitlines() for forms in line.split("|") for form in forms.split()[1:]
}
_SHORT = frozenset({"s", "ed", "e", "es"})


@lru_cache(maxsize=50_000)
def english_stem(word: str) -> str:
    """Cut up to two suffixes off a lower-case word; at least four letters stay, three before s, ed, e and es."""
    plain = word.split("'")[0]
    stem = _IRREGULAR.get(plain, plain)
    for _ in range(2):
        stem = _cut(stem)
    return stem[:-1] if len(stem) > 3 and stem[-1] == stem[-2] else stem


def _cut(stem: str) -> str:
    for suffix in _SUFFIXES:
        if stem.endswith(suffix) and len(stem) - len(suffix) >= (3 if suffix in _SHORT else 4):
            return stem[: -len(suffix)]
    return stem
