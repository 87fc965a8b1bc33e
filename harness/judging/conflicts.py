"""What speaks against a claim in its evidence: misplaced words, other numbers, denial, opposites, lost conditions.

Each function returns counts by feature name (`signs.SIGNS` says what each is for); 0 means nothing was found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from harness.judging.alignment import STANDS, Alignment, content
from harness.judging.evidence import Meeting, opposed
from harness.judging.lexemes import Role, Word, is_meaning
from harness.judging.lexicon import lexicon
from harness.judging.look import Look
from harness.judging.segments import Segment

Counts = dict[str, float]

_CONCEDES = re.compile(r"[아어여려해와워라]도 (?!되|돼|됩|괜|좋|된)|더라도|\beven (?:if|when|though)\b", re.IGNORECASE)
_STRONG = re.compile(
    r"절대|결코|전혀|아무|모든|항상|언제나|완전|유일|오직|최고|가장|너무|매우|훨씬|더 |반드시|무조건"
    r"|\b(?:always|never|every|all|only|most|best|completely|entirely|absolutely|nobody|nothing|none|far more)\b",
    re.IGNORECASE,
)
_HEDGES = re.compile(
    r"일부|어떤|몇몇|때때로|아마|수도 있|수 있|것 같|\b(?:some|may|might|can|could|sometimes|often|likely|possibly)\b",
    re.IGNORECASE,
)
_ONLY_ENDING = re.compile(r"[가-힣]만(?:을|이|은)?$")
_ONLY = re.compile(
    r"(?:(?!지)[가-힣])만(?:은|이|을|으로)?[\s,]|뿐(?!만?\s?아니)|오직|\bonly\b|\bsolely\b", re.IGNORECASE
)
_NUMBERED_DONG = re.compile(r"^[가-힣]{1,3}\d동$")
_CONDITION = re.compile(r"(?:면|경우|경우에|경우에는|때|때는|때에는|때만)$|\b(?:if|when|unless|only)\b")
_MONEY = ("won", "dollar")
# What two names of one kind end in: 강남구 and 마포구, 역삼초등학교 and 역삼중학교.
_KINDS = "센터 약국 학교 공원 마트 정류장 구 동 군 역 류 함 병 캔 팩 등 길 점 관".split()


def is_region(stem: str) -> bool:
    """Whether a word names a city, a province or a district."""
    return stem in lexicon().lists["regions"] or _NUMBERED_DONG.match(stem) is not None


def count(found: Sequence[Word], sort: str) -> float:
    """How many words are of a sort."""
    return float(sum(word.sort == sort for word in found))


def binding(seen: Look) -> Counts:
    """Words that are missing where the rest of the claim is said, or stand elsewhere."""
    missed = [word for alignment in seen.alignments for word in alignment.missed]
    elsewhere = [word for alignment in seen.alignments for word in alignment.elsewhere]
    rivals = [word for alignment in seen.alignments for word in alignment.rivals]
    across = [word for alignment in seen.alignments for word in alignment.across]
    places = {alignment.segment.place for alignment in seen.alignments if not _says_little(alignment)}
    return {
        "missing_nouns": count(missed, "noun"),
        "missing_verbs": count(missed, "verb"),
        "missing_names": count(missed, "name"),
        "missing_numbers": count(missed, "number"),
        "elsewhere_nouns": count(elsewhere, "noun") + count(elsewhere, "name"),
        "elsewhere_numbers": count(elsewhere, "number"),
        "across_nouns": count(across, "noun") + count(across, "name"),
        "across_numbers": count(across, "number"),
        "rival_numbers": count(rivals, "number"),
        "rival_nouns": float(len(rivals)) - count(rivals, "number"),
        "place_missing": _with_role(missed, "slot"),
        "topic_missing": _with_role(missed, "topic"),
        "novel_places": _with_role(seen.novel, "slot"),
        "novel_values": _with_role(seen.novel, "value"),
        "novel_regions": float(sum(is_region(word.stem) for word in seen.novel)),
        "novel_meanings": float(sum(any(map(is_meaning, word.keys)) for word in seen.novel)),
        "novel_at_number": float(sum(_beside_number(alignment, seen) for alignment in seen.alignments)),
        "other_priced": float(sum(_other_priced(alignment, seen) for alignment in seen.alignments)),
        "scattered": float(max(0, len(places) - 1)),
        "met_by_topic": float(sum(meeting.late for alignment in seen.alignments for meeting in alignment.meetings)),
    }


def _beside_number(alignment: Alignment, seen: Look) -> int:
    """How many nouns that the context does not know a claim states a number of."""
    if not any(word.sort == "number" for word in alignment.words):
        return 0
    novel = {id(word) for word in seen.novel}
    return sum(id(word) in novel and word.sort in ("noun", "name") for word in alignment.words)


def _other_priced(alignment: Alignment, seen: Look) -> int:
    """How many things that the context does not know have a price in the claim that the evidence states of others."""
    priced = any(
        meeting.met and word.quantity is not None and word.quantity.unit in _MONEY
        for word, meeting in zip(alignment.words, alignment.meetings, strict=True)
    )
    novel = {id(word) for word in seen.novel}
    mine = sum(word.sort in ("noun", "name") and id(word) in novel for word in alignment.missed)
    return min(mine, sum(word.sort in ("noun", "name") for word in alignment.rest)) if priced else 0


def _says_little(alignment: Alignment) -> bool:
    return all(word.sort == "generic" for word in alignment.words)


def _with_role(found: Sequence[Word], role: Role) -> float:
    return float(sum(word.role == role for word in found))


def clashes(seen: Look) -> Counts:
    """Something else stands where the claim has a number, a place, a name or an action."""
    found = dict.fromkeys([*(name for name, _ in _CLASHES), "opposite", "other_class"], 0.0)
    for alignment in seen.alignments:
        misused = (_misused(w, m, alignment) for w, m in zip(alignment.words, alignment.meetings, strict=True))
        found["place_conflict"] += sum(misused)
        denying = [word for word in alignment.words for other in alignment.rest if _denies(word, other)]
        denying += [word for word in alignment.missed if word not in denying and _denied_beside(word, alignment, seen)]
        classes = sum(not lexicon().lists["classes"].isdisjoint(word.keys) for word in denying)
        found["other_class"] += classes
        found["opposite"] += len(denying) - classes
        for name, clash in _CLASHES:
            found[name] += sum(clash(word, alignment) for word in alignment.missed)
    return found


def _misused(word: Word, meeting: Meeting, alignment: Alignment) -> bool:
    """A place of the claim that is no place in the evidence, which names another: 비닐류로, 비닐은 종량제봉투에."""
    other = meeting.word
    if word.role != "slot" or not meeting.met or other is None or other.role in ("slot", ""):
        return False
    return any(rest.role == "slot" for rest in alignment.rest)


def _denies(word: Word, other: Word) -> bool:
    return word.denied == other.denied and opposed(word, other)


def _denied_beside(word: Word, alignment: Alignment, seen: Look) -> bool:
    """Whether the opposite of a word that is missing stands elsewhere in the sentence, and not in the claim."""
    mine = frozenset(key for own in seen.spoken for key in own.keys)
    theirs = (part for part in seen.known.segments if part.place == alignment.segment.place)
    return any(_denies(word, other) for part in theirs for other in part.own if mine.isdisjoint(other.keys))


def _other_number(word: Word, alignment: Alignment) -> bool:
    unit = word.quantity.unit if word.quantity else None
    return any(other.quantity is not None and other.quantity.unit == unit for other, _ in alignment.segment.all)


def _other_role(*roles: Role) -> Callable[[Word, Alignment], bool]:
    return lambda word, alignment: word.role in roles and any(other.role in roles for other in alignment.rest)


def _other_verb(word: Word, alignment: Alignment) -> bool:
    return word.sort == "verb" and any(other.sort == "verb" for other in alignment.rest)


def _nearly_named(word: Word, alignment: Alignment) -> bool:
    return any(_same_kind(word, other) for other, _ in alignment.segment.all)


def _same_kind(one: Word, other: Word) -> bool:
    first, second = one.stem, other.stem
    if one.sort not in ("noun", "name") or other.sort not in ("noun", "name") or one.keys & other.keys:
        return False
    kind = next((kind for kind in _KINDS if first.endswith(kind) and len(first) > len(kind)), None)
    alike = kind is not None and second.endswith(kind) and len(second) > len(kind)
    return alike and first not in second and second not in first


_CLASHES: tuple[tuple[str, Callable[[Word, Alignment], bool]], ...] = (
    ("number_conflict", _other_number),
    ("place_conflict", _other_role("slot")),
    ("topic_conflict", _other_role("topic", "value")),
    ("name_nearly", _nearly_named),
    ("verb_conflict", _other_verb),
)


def denial(seen: Look) -> Counts:
    """One side denies what the other says."""
    unequal = [word for alignment in seen.alignments for word in unequally_denied(alignment)]
    mine = any(word.denied for word in seen.words)
    theirs = seen.best_sentence is not None and any(word.denied for word in seen.best_sentence[0].own)
    return {
        "denied_verb": count(unequal, "verb"),
        "denied_noun": len(unequal) - count(unequal, "verb"),
        "denied_outright": float(sum(_denied_outright(alignment) for alignment in seen.alignments)),
        "denied_elsewhere": float(sum(len(alignment.contradicted) for alignment in seen.alignments)),
        "denial_added": float(mine and not theirs),
        "denial_dropped": float(theirs and not mine),
    }


def _denied_outright(alignment: Alignment) -> bool:
    said = len(alignment.words) > 1 and alignment.closeness >= STANDS
    return said and any(word.acts for word in unequally_denied(alignment))


def unequally_denied(alignment: Alignment) -> list[Word]:
    """The words of a claim's segment that claim and evidence share and only one of them denies.

    None where each side denies one of them: 넘지 못한다 and 넘게 올릴 수 없다 say the same.
    """
    found = [w for w, m in zip(alignment.words, alignment.meetings, strict=True) if _unequal(w, m, alignment)]
    return [] if len({word.denied for word in found}) > 1 else found


def _unequal(word: Word, meeting: Meeting, alignment: Alignment) -> bool:
    if not meeting.met or meeting.word is None or word.quantity is not None or meeting.word.denied == word.denied:
        return False
    theirs = alignment.segment.own
    # 수수료를 내지 않고 and 수수료 없이 deny different words of one thing.
    both = any(other.denied for other in alignment.words) and any(other.denied for other in theirs)
    agreed = any(other.denied != word.denied and opposed(word, other) for other in theirs)
    return (word.acts or not both) and not agreed


def conditions(seen: Look) -> Counts:
    """The claim says it always, only, of all, or leaves out when; or says more strongly than the evidence."""
    lists = lexicon().lists
    theirs = {
        form for sentence in seen.known.sentences for word in sentence.own for form in (word.stem, word.text.lower())
    }

    def added(name: str) -> float:
        listed = lists[name]
        said = any(word.stem in listed or word.text.lower() in listed for word in seen.spoken)
        return float(said and theirs.isdisjoint(listed))

    only = any(_ONLY_ENDING.search(word.text) and word.sort == "noun" for word in seen.spoken) or added("exclusive") > 0
    claim, context = seen.claim_text, seen.known.text
    return {
        "absolute": added("universal"),
        "regardless": added("regardless"),
        "cause_added": added("cause"),
        "only": float(only and not _ONLY.search(context)),
        "strong_added": float(bool(_STRONG.search(claim)) and not _STRONG.search(context)),
        "hedged": float(bool(_HEDGES.search(claim))),
        "concession": float(bool(_CONCEDES.search(claim)) and not _CONCEDES.search(context)),
        "limit_dropped": float(sum(_drops_limit(alignment, seen) for alignment in seen.alignments)),
        "condition_dropped": float(any(_drops_condition(alignment, seen) for alignment in seen.alignments)),
    }


def _drops_limit(alignment: Alignment, seen: Look) -> bool:
    """Whether the aligned part is about what is under or over a limit, and the claim names no amount of that unit."""
    limits = {word.quantity.unit for word in alignment.rest if word.quantity is not None and word.quantity.bound}
    return not limits <= {word.quantity.unit for word in seen.spoken if word.quantity is not None}


def names_condition(segment: Segment) -> bool:
    """Whether a part of a sentence says when the rest holds."""
    return _CONDITION.search(segment.text) is not None


def _drops_condition(alignment: Alignment, seen: Look) -> bool:
    """Whether the sentence of the aligned segment names a condition of which the claim says next to nothing."""
    mine = frozenset(key for word in seen.words for key in word.keys)
    for other in seen.known.segments:
        if other.place == alignment.segment.place and names_condition(other):
            said = content(other.own)
            if said and 3 * sum(not mine.isdisjoint(word.keys) for word in said) <= len(said):
                return True
    return False
