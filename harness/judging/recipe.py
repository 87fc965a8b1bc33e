"""What the offline judge is fitted on and how much each set counts. Changing this file changes the weights.

Sets, shares and penalties were chosen on development data alone: out of fold, and with each set left out in turn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

HEADS = ("domain", "copy", "copy_english", "korean", "english_answer", "english")
FOLDS = 5
PRIOR = 0.5
BAND = (0.47, 0.53)
CROSSING = 0.6
# A set that is named nowhere counts so much.
OTHER_SHARE = 0.02
# What each set counts for each head. A set that is foreign to a head counts a little, so that the head knows of it.
SHARES: Mapping[str, Mapping[str, float]] = {
    "domain": {
        "rules": 1.0, "guide": 1.0, "observed": 1.0, "strangers": 1.0, "answers": 0.7, "mutants_ko": 0.02,
        "mutants_en": 0.02, "xnli_ko_dev": 0.1,
        "halueval": 0.1, "expertqa": 0.05, "begin": 0.05, "summedits": 0.02,
    },
    "copy": {"mutants_ko": 2.5, "rules": 1.0, "guide": 1.0, "observed": 1.0, "strangers": 1.0, "answers": 0.7},
    "copy_english": {"mutants_en": 1.0, "rules": 0.5, "observed": 0.5, "answers": 0.3},
    "korean": {
        "xnli_ko_dev": 1.0, "rules": 0.1, "guide": 0.05, "observed": 0.1, "answers": 0.1, "strangers": 0.1,
    },
    "english_answer": {"expertqa": 1.0, "begin": 0.3, "halueval": 0.5, "rules": 0.1, "observed": 0.1},
    "english": {"begin": 1.0, "halueval": 1.0, "expertqa": 0.3, "summedits": 0.5, "rules": 0.1, "observed": 0.1},
}  # fmt: skip
# Heads that learn from the examples of others as well: the fewer are labelled, the more a foreign one tells.
LEARNS_FROM: Mapping[str, frozenset[str]] = {
    "domain": frozenset({"domain", "copy", "copy_english"}),
    "copy": frozenset({"domain", "copy"}),
}
# Heads whose signs count only as far as the evidence speaks of the claim. Pairs of a premise and a hypothesis share few
# words even where one follows from the other: there it cost more than it gave.
SCALED = frozenset({"domain", "copy", "copy_english", "english_answer", "english"})
# How strongly weights are drawn towards 0.
PENALTIES: Mapping[str, float] = {
    "domain": 0.003,
    "copy": 0.001,
    "copy_english": 0.001,
    "korean": 0.003,
    "english_answer": 0.01,
    "english": 0.01,
}
KIND_PENALTY = 0.01
# Few long English answers are labelled, and not consistently: more features only fit the noise.
FEATURES: Mapping[str, Sequence[str]] = {
    "english_answer": (
        "in_order", "question_known", "amount_met", "surplus", "covered_sentence", "letters_triples", "novel_numbers",
        "novel_names", "number_conflict", "unit_conflict", "denied_noun", "opposite", "absolute",
    ),
}  # fmt: skip
# Features that a head is not given: a copy that says much, or leaves much out, is none the less true; and where the
# sentence that it copies has no hedge, one is an edit like any other.
WITHOUT: Mapping[str, frozenset[str]] = dict.fromkeys(
    ("copy", "copy_english"), frozenset({"said", "surplus", "surplus_at_number", "scattered", "hedged"})
)
