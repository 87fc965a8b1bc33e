"""Korean function words for finding nouns where people leave spaces out, read from `data/words.toml`. No logic."""

from __future__ import annotations

from eco2.tables import alternation, table, words

PARTICLES = alternation(words("particles"))
CONTINUATIONS = alternation(words("continuations"))
MODIFIERS = alternation(words("modifiers"))
ADNOMINAL = alternation(words("adnominal_endings"))
NOT_A_WORD = words("not_a_word")
RIGHTLY_SPELT = frozenset(words("rightly_spelt"))
TOPIC_NOUNS = words("topic_nouns")
EVERYDAY_WORDS: dict[str, list[str]] = table("words")["everyday_words"]

NO_NOUN = (
    r"\bcan(?=\s+(?:i|you|we|it|they|this|these|that|those|the|be|both|all|anyone|he|she|one|my|someone|people)\b)|\bcan(?:'t|not)\b"
    r"|약(?=\s*\d)"
)
"""The English verb, which is no metal can; 약 before a number, which is no medicine."""
