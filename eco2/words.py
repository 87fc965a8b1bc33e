"""Korean function words for finding nouns where people leave spaces out, read from `data/words.toml`, and other names
of things from `data/names.toml`. No logic.
"""

from __future__ import annotations

from eco2.tables import alternation, table, words

PARTICLES = alternation(words("particles"))
CONTINUATIONS = alternation(words("continuations"))
MODIFIERS = alternation(words("modifiers"))
ADNOMINAL = alternation(words("adnominal_endings"))
NOT_A_WORD = words("not_a_word")
RIGHTLY_SPELT = frozenset(words("rightly_spelt"))
TOPIC_NOUNS = words("topic_nouns")
_PLAIN, _NAMES = table("words")["everyday_words"], table("names")
EVERYDAY_WORDS: dict[str, list[str]] = {
    id_: [*_PLAIN.get(id_, []), *_NAMES.get(id_, [])] for id_ in {**_PLAIN, **_NAMES}
}
"""What people call the thing of a rule besides its own names, by the id of the rule."""

NO_NOUN = (
    r"\bcan(?=\s+(?:i|you|we|it|they|this|these|that|those|the|be|both|all|anyone|he|she|one|my|someone|people)\b)|\bcan(?:'t|not)\b"
    r"|약(?=\s*\d)"
)
"""The English verb, which is no metal can; 약 before a number, which is no medicine."""
