"""A claim beside its evidence as named numbers, each readable alone. The signs say which way a number may count.

Nothing here is fitted: `fit` finds weights that respect the signs, `offline` adds them up.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import pairwise

from harness.judging.conflicts import binding, clashes, conditions, count, denial
from harness.judging.evidence import anywhere, coverage, meet
from harness.judging.look import Look
from harness.judging.questions import wrong_kind
from harness.judging.segments import Segment

# +1: more of it supports; -1: more of it speaks against; 0: only the shape of the input.
SIGNS: dict[str, int] = {
    # how much of the claim the evidence says, 0 to 1
    "covered_sentence": 1,  # in the best sentence
    "covered_window": 1,  # in two sentences that follow each other
    "covered_segment": 1,  # each part of the claim in its best part of the evidence
    "covered_weakest": 1,  # the least covered part
    "covered_context": 1,  # anywhere
    "covered_fresh": 1,  # anywhere, words of the question left out
    "letters_context": 1,  # pairs of letters
    "letters_sentence": 1,
    "letters_triples": 1,
    "amount_met": 1,  # weight of the words met, logarithmic
    "in_order": 1,  # English words met in the claim's order, logarithmic
    "question_known": 1,  # of the question's words
    "question_near": 1,  # of the question's words beside a fragment
    "hedged": 1,  # the claim only says that it may be so
    # words that the evidence does not have
    "novel_nouns": -1,
    "novel_verbs": -1,
    "novel_names": -1,
    "novel_numbers": -1,
    "novel_places": -1,  # in the role of a place or class
    "novel_values": -1,  # asserted by a copula
    "novel_meanings": -1,  # of a meaning that the lexicon knows, so that a synonym would have met
    "novel_at_number": -1,  # in a part that states a number
    "other_priced": -1,  # that has the price of something else
    # words that are not where the rest of the claim is said
    "missing_nouns": -1,
    "missing_verbs": -1,
    "missing_names": -1,
    "missing_numbers": -1,
    "place_missing": -1,
    "topic_missing": -1,
    "elsewhere_nouns": -1,  # but in another sentence
    "elsewhere_numbers": -1,
    "across_nouns": -1,  # but in another part of the sentence
    "across_numbers": -1,
    "rival_numbers": -1,  # where that part has another number of the same unit
    "rival_nouns": -1,  # or another word in the same role
    "scattered": -1,  # parts of the claim from different sentences
    "met_by_topic": -1,  # met only by what a part inherits
    # something else stands there
    "number_conflict": -1,
    "unit_conflict": -1,
    "place_conflict": -1,
    "topic_conflict": -1,
    "name_nearly": -1,
    "verb_conflict": -1,
    "opposite": -1,  # open and close, wet and dry
    "other_class": -1,  # recycling and general waste, one district and another
    "denied_verb": -1,
    "denied_noun": -1,
    "denied_elsewhere": -1,  # of the claim's topic the evidence says the opposite
    "denial_added": -1,
    "denial_dropped": -1,
    # the claim says it more generally or more strongly
    "absolute": -1,
    "regardless": -1,
    "only": -1,
    "concession": -1,
    "condition_dropped": -1,
    "strong_added": -1,
    "cause_added": -1,
    # the rest
    "edited_copy": -1,  # a near copy of a sentence, with a deviation
    "surplus": -1,  # share of the evidence's part that the claim leaves out
    "surplus_at_number": -1,
    "said": -1,  # words of the claim, logarithmic: more said, more to be wrong
    "question_far": -1,  # a fragment that stands away from what the question asks
    "topic_far": -1,  # the same for a sentence without a topic
    "answer_kind": -1,  # a fragment of another kind than asked for
    "fragment": 0,
}
_CAP = 3.0
_ENOUGH = 2.0  # of `amount_met`: beyond it a long claim would outweigh its one false word
# In a near copy of a sentence a deviation is rather a changed fact than another way to say it.
_DEVIATIONS = (
    "missing_nouns missing_verbs missing_names missing_numbers denied_verb denied_noun elsewhere_nouns"
    " elsewhere_numbers unit_conflict"
    " place_conflict across_nouns across_numbers scattered opposite other_class verb_conflict name_nearly"
    " rival_numbers rival_nouns denied_elsewhere"
    " topic_conflict place_missing absolute regardless only concession"
).split()
_LATIN = re.compile(r"[a-z0-9']+")
_IN_ORDER_CHARACTERS = 20_000


def features(seen: Look) -> dict[str, float]:
    """Return every feature of `SIGNS`, in its order; counts are capped at 3."""
    found: dict[str, float] = {}
    for group in (_coverage, _letters, _novelty, binding, clashes, denial, conditions, _surplus, _answering):
        found |= group(seen)
    found["edited_copy"] = found["letters_sentence"] if any(found[name] for name in _DEVIATIONS) else 0.0
    return {name: min(found[name], _CAP) if sign < 0 else found[name] for name, sign in SIGNS.items()}


def _coverage(seen: Look) -> dict[str, float]:
    total = sum(word.weight for word in seen.words) or 1.0
    share = [word.weight / total for word in seen.words]
    known = list(zip(share, seen.familiar, seen.words, strict=True))
    fresh = [(part, familiar) for part, familiar, word in known if seen.asked_keys.isdisjoint(word.keys)]
    shares = sum(alignment.share for alignment in seen.alignments) or 1.0
    return {
        "covered_context": sum(part * familiar for part, familiar, _ in known),
        "covered_fresh": sum(p * f for p, f in fresh) / sum(p for p, _ in fresh) if fresh else 1.0,
        "covered_sentence": coverage(seen.words, seen.best_sentence[1]) if seen.best_sentence else 0.0,
        "covered_window": _window(seen, share),
        "covered_segment": sum(a.share * a.closeness for a in seen.alignments) / shares,
        "covered_weakest": min((a.closeness for a in seen.alignments), default=0.0),
        "amount_met": min(
            _ENOUGH,
            math.log1p(sum(w.weight for _, familiar, w in known if familiar >= 0.5 and _is_new(w.keys, seen))),
        ),
        "said": math.log1p(len(seen.words)),
    }


def _is_new(keys: frozenset[str], seen: Look) -> bool:
    return seen.asked_keys.isdisjoint(keys)


def _window(seen: Look, share: Sequence[float]) -> float:
    """The best coverage by two sentences that follow each other in one passage."""
    best = max((coverage(seen.words, met) for _, met in seen.by_sentence), default=0.0)
    for (one, met), (other, also) in pairwise(seen.by_sentence):
        if one.passage == other.passage:
            both = sum(part * max(a.closeness, b.closeness) for part, a, b in zip(share, met, also, strict=True))
            best = max(best, both)
    return best


def _letters(seen: Look) -> dict[str, float]:
    pairs, triples = _runs(seen.claim_text, 2), _runs(seen.claim_text, 3)
    in_sentences = (len(pairs & _runs(sentence.text, 2)) for sentence in seen.known.sentences)
    return {
        "letters_context": len(pairs & _runs(seen.known.text, 2)) / (len(pairs) or 1),
        "letters_sentence": max(in_sentences, default=0) / (len(pairs) or 1),
        "letters_triples": len(triples & _runs(seen.known.text, 3)) / (len(triples) or 1),
        "in_order": 0.0 if seen.korean else math.log1p(words_in_order(seen.claim_text, seen.known.text)),
    }


def _runs(text: str, length: int) -> set[str]:
    """Every run of so many letters, spaces and signs left out."""
    plain = "".join(character for character in text.lower() if character.isalnum())
    return {plain[at : at + length] for at in range(len(plain) - length + 1)}


def words_in_order(claim: str, context: str) -> int:
    """Length of the longest common subsequence of English words, counted in bits.

    Source:
        Hyyrö: Bit-Parallel LCS-length Computation Revisited, AWOCA 2004.
    """
    mine = _LATIN.findall(claim.lower())
    places: dict[str, int] = {}
    for position, word in enumerate(mine):
        places[word] = places.get(word, 0) | 1 << position
    everything = (1 << len(mine)) - 1
    unmatched = everything
    for word in _LATIN.findall(context.lower()[:_IN_ORDER_CHARACTERS]):
        matched = unmatched & places.get(word, 0)
        unmatched = ((unmatched + matched) | (unmatched - matched)) & everything
    return len(mine) - unmatched.bit_count()


def _novelty(seen: Look) -> dict[str, float]:
    known = zip(seen.words, seen.familiar, strict=True)
    other_unit = sum(word.sort == "number" and 0.25 <= familiar < 0.5 for word, familiar in known)
    return {
        "novel_nouns": count(seen.novel, "noun"),
        "novel_verbs": count(seen.novel, "verb"),
        "novel_names": count(seen.novel, "name"),
        "novel_numbers": count(seen.novel, "number"),
        "unit_conflict": other_unit + count(seen.novel, "mark"),
    }


def _surplus(seen: Look) -> dict[str, float]:
    shares, beside = [], 0
    for alignment in seen.alignments:
        rest = [word for word in alignment.rest if _is_new(word.keys, seen)]
        shares.append(sum(word.weight for word in rest) / (sum(word.weight for word in alignment.segment.own) or 1.0))
        if any(word.sort == "number" for word in alignment.words):
            beside += sum(word.sort in ("noun", "name") for word in rest)
    return {"surplus": sum(shares) / len(shares) if shares else 0.0, "surplus_at_number": float(beside)}


def _answering(seen: Look) -> dict[str, float]:
    near, far = _distance(seen) if (seen.fragment or seen.elliptical) and seen.asked and seen.alignments else (0.0, 0.0)
    of_other_kind = seen.fragment and wrong_kind(seen.question or "", seen.words, fragment=True)
    return {
        "question_known": 0.0 if seen.fragment else _question_known(seen),
        "question_near": near if seen.fragment else 0.0,
        "question_far": far if seen.fragment else 0.0,
        "topic_far": far if seen.elliptical else 0.0,
        "answer_kind": float(of_other_kind),
        "fragment": float(seen.fragment),
    }


def _distance(seen: Look) -> tuple[float, float]:
    """How much of the question stands beside the answer, and how much less than beside the best place for it."""
    here = [_asked_share(seen, alignment.segment) for alignment in seen.alignments]
    return max(here), max(_asked_share(seen, segment) for segment in seen.known.segments) - min(here)


def _asked_share(seen: Look, segment: Segment) -> float:
    return coverage(seen.asked, [meet(word, segment) for word in seen.asked])


def _question_known(seen: Look) -> float:
    total = sum(word.weight for word in seen.asked)
    return sum(word.weight * anywhere(word, seen.known) for word in seen.asked) / total if total else 0.0
