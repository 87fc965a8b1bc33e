"""Text -> terms for the lexical leg: Hangul bigrams, identifiers whole and split, numbers. Knows no morphology.

Korean nouns carry particles ("파드가", "파드를"), so words of whole text never meet; pairs of syllables do, without a
dictionary. Identifiers (`ADR-0012`, `chat_worker`, `EventRouter`, `v1.2.3`, paths) are kept whole and split as well,
so that both the exact name and its words are found. All is NFKC and lower case. VERSION is stamped into every index.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

VERSION = "hangul-bigrams-1"
QUERY_CHARACTERS = 8_000
_WHOLE_CHARACTERS = 64

_HANGUL = "가-힣"
_HAN = "぀-ヿ㐀-鿿"
_LATIN = "0-9A-Za-zÀ-ɏ"
_RUN = re.compile(
    rf"[{_HANGUL}]+|[{_HAN}]+"
    rf"|[{_LATIN}]+(?:[_\-./:#@+]+[{_LATIN}]+)*"
    rf"|[^\W\d_{_HANGUL}{_HAN}{_LATIN}]+"
)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_SEPARATOR = re.compile(r"[_\-./:#@+]+")
_HUMP = re.compile(r"[A-ZÀ-Þ]+(?![a-zß-ɏ])|[A-ZÀ-Þ]?[a-zß-ɏ]+|[^\W\d_]+|\d+")

# Words that say "this is a question", not what it is about; left out of queries, never out of documents.
_WORDS = """
무엇 무엇을 무엇이 무엇인가 무엇인가요 무엇이고 무엇이었나 뭐 뭐야 뭔가요 뭘 어떤 어떻게 어떤가요 어디 어디에
어디서 어디인가 어디야 어디에서 언제 언제인가 누가 누구 왜 얼마 얼마나 얼마인가 얼마로 몇 몇개 어느 이유
이유는 이유가 이유와 이유로 까닭 까닭은 방법 방법은 인가 인가요 일까 일까요 있나 있나요 있는가 있었나 없나
없나요 했나 했나요 했는가 하나 하나요 하는가 하는지 되나 되나요 되는가 됐나 됐나요 되었나 되었나요 였나 이었나
나요 건가 건가요 알려줘 알려주세요 설명해줘 설명해주세요 정리해줘 보여줘 찾아줘 말해줘 궁금해 궁금합니다 싶어
싶어요 주세요 대해 대해서 대한 관해 관한 관련 관련된 위해 위한 우리 우리가 그 이 저 것 것은 것이 거 때 때는 및
또는 그리고 하는 하려면 하려고 할 한 된 되는 했던 하던 있는 있던 없는 은 는 가 을 를 의 에 에서 에게 로 으로
와 과 도 만 까지 부터 이나 나 랑 이랑 하고 면 며 고 a an the is are was were be been being do does did done
have has had i we you it its they this that these those our your their my of in on at to for from by with
about into onto over under as and or but if then than so what which who whom whose when where why how can
could should would will shall may might must there here not no please tell me show explain describe any some
"""
_QUESTION_WORDS = frozenset(_WORDS.split())


def terms(text: str) -> list[str]:
    """Split text into terms, repeats kept, in reading order.

    Hangul (and kana, ideographs): pairs of neighbouring characters; a lone syllable stands whole. Latin: the identifier
    whole (up to 64 characters), its parts between separators, its humps; plural s is cut. "1,000" is "1000", "0012" is
    "12" too.
    """
    plain = _THOUSANDS.sub("", unicodedata.normalize("NFKC", text))
    return [term for run in _RUN.findall(plain) for term in _split(run)]


def query_terms(text: str) -> list[str]:
    """As `terms`, of the first 8,000 characters, without question words unless there are no others."""
    return [term for word in query_words(text) for term in _split(word)]


def query_words(text: str) -> list[str]:
    """The words and names of a question's first 8,000 characters, without question words unless there are no others."""
    plain = _THOUSANDS.sub("", unicodedata.normalize("NFKC", text[:QUERY_CHARACTERS]))
    runs: list[str] = _RUN.findall(plain)
    return [run for run in runs if not is_question_word(run)] or runs


def word_terms(word: str) -> tuple[str, ...]:
    """The terms of one word or name of a text."""
    return _split(word)


def is_question_word(word: str) -> bool:
    """True for a word that says "this is a question", or nothing at all."""
    return word.lower() in _QUESTION_WORDS


def is_hangul(word: str) -> bool:
    """True for a run of Korean syllables."""
    return bool(word) and "가" <= word[0] <= "힣"


@lru_cache(maxsize=1 << 18)
def _split(run: str) -> tuple[str, ...]:
    if run[0] >= "\u3040" and not run[0].isascii():
        return (run,) if len(run) == 1 else tuple(first + second for first, second in pairwise(run))
    return tuple(dict.fromkeys(term for term in _identifier(run) if term))


def _identifier(run: str) -> list[str]:
    parts = _SEPARATOR.split(run)
    whole = [run.lower()] if len(parts) > 1 and len(run) <= _WHOLE_CHARACTERS else []
    return whole + [term for part in parts for term in _part(part)]


def _part(part: str) -> list[str]:
    humps = _HUMP.findall(part)
    split = [_singular(hump.lower()) for hump in humps if len(hump) > 1 or hump.isdigit()] if len(humps) > 1 else []
    numbers = [hump.lstrip("0") for hump in humps if hump.isdigit() and hump.startswith("0")]
    return [_singular(part.lower())[:_WHOLE_CHARACTERS], *split, *numbers]


def _singular(word: str) -> str:
    """Cut an English plural s. Harman: How effective is suffixing?, JASIS 1991 (the S stemmer)."""
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")) or not word.isalpha():
        return word
    if word.endswith("ies") and not word.endswith(("eies", "aies")):
        return word[:-3] + "y"
    return word[:-1]
