"""A claim beside its evidence as named numbers, each readable alone. `signs` says which way it may count.

Nothing here is fitted: `fit` finds weights that respect the signs, `offline` adds them up.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from harness.judging.conflicts import binding, clashes, conditions, count, denial
from harness.judging.evidence import anywhere, coverage, meet
from harness.judging.lexemes import Word
from harness.judging.look import Look
from harness.judging.questions import wrong_kind
from harness.judging.segments import Segment, letter_runs
from harness.judging.signs import DEVIATIONS, EDITS, SCALED, SIGNS
from harness.judging.stance import stance

_CAP = 3.0
_ENOUGH = 2.0  # of `amount_met`: beyond it a long claim would outweigh its one false word
_IN_A_COPY = 0.4  # of `EDITS`: in a paraphrase words may stand where they like
_LATIN = re.compile(r"[a-z0-9']+")
_IN_ORDER_CHARACTERS = 20_000


def features(seen: Look) -> dict[str, float]:
    """Return every feature of `SIGNS`, in its order; counts are capped at 3."""
    found: dict[str, float] = {}
    for group in (
        _coverage,
        _letters,
        _novelty,
        binding,
        clashes,
        denial,
        conditions,
        stance,
        _copied,
        _surplus,
        _answering,
    ):
        found |= group(seen)
    found |= _deviation(seen, found)
    found["edited_copy"] = found["letters_sentence"] if _is_edited(found) else 0.0
    return {name: min(found[name], _CAP) if sign < 0 else found[name] for name, sign in SIGNS.items()}


def _is_edited(found: Mapping[str, float]) -> bool:
    return any(found[name] for name in DEVIATIONS) or any(found[name] > _IN_A_COPY for name in EDITS)


def scaled(found: Mapping[str, float]) -> dict[str, float]:
    """Count the signs of `SCALED` as far as the evidence speaks of the claim.

    Beside a foreign context "never" or "only" would else judge the claim alone, of which nothing can be known.
    """
    share = found["covered_context"]
    return {name: value * share if name in SCALED else value for name, value in found.items()}


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
    pairs, triples = letter_runs(seen.claim_text, 2), letter_runs(seen.claim_text, 3)
    in_sentences = (len(pairs & sentence.letter_pairs) for sentence in seen.known.sentences)
    return {
        "letters_context": len(pairs & seen.known.letter_pairs) / (len(pairs) or 1),
        "letters_sentence": max(in_sentences, default=0) / (len(pairs) or 1),
        "letters_triples": len(triples & seen.known.letter_triples) / (len(triples) or 1),
        "in_order": 0.0 if seen.korean else math.log1p(words_in_order(seen.claim_text, seen.known.text)),
    }


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


def _copied(seen: Look) -> dict[str, float]:
    slots = seen.slots
    return {
        "near_copy": slots.near,
        "put_in_place": slots.near * slots.put_in_place,
        "put_in": slots.near * slots.put_in,
        "moved": slots.near * slots.moved,
        "denial_in_place": slots.near * slots.denials,
        "limit_left_out": slots.near * slots.limits_left_out,
    }


def _deviation(seen: Look, found: Mapping[str, float]) -> dict[str, float]:
    """What else differs in a copy: whether it is denied, a duty, on a condition; and the longest run of new words."""
    near = found["near_copy"]
    waived = max(found["waives_alone"], found["allows_alone"], found["allows_left_out"])
    return {
        "unmet_run": _longest_run(seen.words, seen.familiar),
        "copy_denied": near * found["flipped"],
        "copy_waived": near * waived,
        "copy_on_condition": near * max(found["conditions_alone"], found["conditions_left_out"]),
    }


def _longest_run(found: Sequence[Word], familiar: Sequence[float]) -> float:
    """The most weight of words that follow each other and are not known at all."""
    best = run = 0.0
    for word, known in zip(found, familiar, strict=True):
        run = run + word.weight if known < 0.25 else 0.0
        best = max(best, run)
    return best


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
