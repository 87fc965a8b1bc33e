"""A context taken apart once, and how a claim's words meet it: in a segment, in a sentence, anywhere.

Nothing is decided here. `Meeting` says for each word of a claim what it met and how well.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from harness.judging.base_units import in_base_unit
from harness.judging.facts import OTHER_UNIT, Quantity, joins
from harness.judging.lexemes import Word, is_meaning, korean_word
from harness.judging.lexicon import lexicon
from harness.judging.segments import Passage, Segment, letter_runs, nfc, passage

MAX_CANDIDATES = 24
_INSIDE, _APART, _OPPOSITE, _SYNONYM, _OTHER_COMPOUND = 0.9, 0.9, 0.7, 0.6, 0.55


@dataclass(frozen=True, slots=True)
class Meeting:
    """What a word of a claim met. `closeness` is 0 to 1; `late` when only an inherited word was met."""

    closeness: float
    word: Word | None
    late: bool = False

    @property
    def met(self) -> bool:
        return self.closeness >= 0.5


NOTHING = Meeting(0.0, None)


@dataclass(frozen=True)
class Evidence:
    """A context, taken apart. `by_key` gives the numbers of the segments that own or inherit a key."""

    passages: tuple[Passage, ...]
    segments: tuple[Segment, ...]
    sentences: tuple[Segment, ...]
    by_key: dict[str, list[int]]
    owned: frozenset[str]
    stems: frozenset[str]
    numbers: tuple[Word, ...]
    squeezed: str
    texts: tuple[str, ...]

    @cached_property
    def text(self) -> str:
        return "\n".join(self.texts)

    @cached_property
    def letter_pairs(self) -> frozenset[str]:
        return letter_runs(self.text, 2)

    @cached_property
    def letter_triples(self) -> frozenset[str]:
        return letter_runs(self.text, 3)


@lru_cache(maxsize=64)
def evidence(context: tuple[str, ...]) -> Evidence:
    """Take a context apart; the last ones are kept, since the claims of an answer share one."""
    passages = tuple(passage(text, index) for index, text in enumerate(context))
    segments = tuple(segment for part in passages for segment in part.segments)
    by_key: dict[str, list[int]] = defaultdict(list)
    for number, segment in enumerate(segments):
        for key in segment.by_key:
            by_key[key].append(number)
    return Evidence(
        passages=passages,
        segments=segments,
        sentences=tuple(sentence for part in passages for sentence in part.sentences),
        by_key=dict(by_key),
        owned=frozenset(key for segment in segments for word in segment.own for key in word.keys),
        stems=frozenset(word.stem for segment in segments for word in segment.own),
        numbers=tuple(word for segment in segments for word in segment.own if word.quantity is not None),
        squeezed=" ".join(segment.squeezed for segment in segments),
        texts=tuple(map(nfc, context)),
    )


def candidates(found: Iterable[Word], known: Evidence) -> list[Segment]:
    """The segments that share most weight with some words, in reading order; all of them where there are few."""
    if len(known.segments) <= MAX_CANDIDATES:
        return list(known.segments)
    shared: Counter[int] = Counter()
    for word in found:
        for number in {number for key in word.keys for number in known.by_key.get(key, ())}:
            shared[number] += int(word.weight * 100)
        if word.quantity is not None:
            value = word.quantity.value
            shared.update(
                {
                    n: 150
                    for n, part in enumerate(known.segments)
                    if any(o.quantity and o.quantity.value == value for o in part.own)
                }
            )
    best = sorted(shared, key=lambda number: (-shared[number], number))[:MAX_CANDIDATES]
    return [known.segments[number] for number in sorted(best)]


def meet(word: Word, segment: Segment, stems: frozenset[str] = frozenset()) -> Meeting:
    """The best that a claim's word finds in a segment: own words before inherited ones, equal denial before unequal.

    A synonym counts less where the word itself is among the `stems` of the evidence: 담요 is not 이불 where both stand.
    """
    if word.quantity is not None:
        return _meet_number(word, segment)
    best, rank = NOTHING, (0.0, False, 0)
    for key in word.keys:
        for other, nearness in segment.by_key.get(key, ()):
            synonym = word.sort == "noun" and other.stem != word.stem and word.stem in stems
            closeness = nearness * (_SYNONYM if synonym else 1.0)
            # The first of equals: keys are a set, whose order differs between runs.
            if (mine := (closeness, other.denied == word.denied, -other.start)) > rank:
                best, rank = Meeting(closeness, other, late=nearness < 1.0), mine
    return best if best.word is not None else _meet_loosely(word, segment, stems)


def _meet_loosely(word: Word, segment: Segment, stems: frozenset[str]) -> Meeting:
    """Across spacing (의류 수거함), in parts (사과의 씨), or as the denied opposite (재활용 안 됨, 종량제봉투)."""
    if inside(word, segment.squeezed):
        holder = next((other for other in segment.own if word.stem in other.text), None)
        return Meeting(_INSIDE if word.stem not in stems else _OTHER_COMPOUND, holder or word)
    if (part := _in_parts(word, segment)) is not None:
        return Meeting(_APART, part)
    denials = denials_of(word.keys)
    if denials and any(o.denied != word.denied and not denials.isdisjoint(o.keys) for o in segment.own):
        return Meeting(_OPPOSITE, word)
    return NOTHING


def _meet_number(word: Word, segment: Segment) -> Meeting:
    best = NOTHING
    for other, nearness in segment.all:
        if word.quantity is not None and other.quantity is not None:
            closeness = _same_amount(word.quantity, other.quantity) * nearness
            if closeness > best.closeness:
                best = Meeting(closeness, other, nearness < 1.0)
    return best


def _same_amount(claimed: Quantity, known: Quantity) -> float:
    """How far a known number supports a claimed one, whichever unit of a kind it is given in: 2,400 m is 2.4 km."""
    found = joins(claimed, known)
    if found > OTHER_UNIT or claimed.unit == known.unit:
        return found
    return max(found, joins(in_base_unit(claimed), in_base_unit(known)))


def _in_parts(word: Word, segment: Segment) -> Word | None:
    stem = word.stem
    if word.sort != "noun" or len(stem) < 3 or not "가" <= stem[0] <= "힣":
        return None
    for cut in range(1, len(stem)):
        head, tail = _owner(stem[:cut], segment), _owner(stem[cut:], segment)
        if head and tail:
            return tail
    return None


def _owner(part: str, segment: Segment) -> Word | None:
    """Who has a part of a compound, or what it means: 영업시간 beside 운영 시간."""
    if found := segment.by_key.get(part):
        return found[0][0]
    meanings = filter(is_meaning, korean_word(part).keys) if len(part) > 1 else ()
    return next((segment.by_key[key][0][0] for key in sorted(meanings) if key in segment.by_key), None)


def inside(word: Word, squeezed: str) -> bool:
    """Whether a Korean noun of two syllables or more stands in a text whatever its spacing."""
    return len(word.stem) > 1 and "가" <= word.stem[0] <= "힣" and word.stem in squeezed


@lru_cache(maxsize=20_000)
def denials_of(keys: frozenset[str]) -> frozenset[str]:
    """The meanings that say the opposite of what a word is matched by; of most words there are none."""
    opposites = lexicon().opposites
    return frozenset().union(*(opposites[key] for key in keys if key in opposites))


def opposed(one: Word, other: Word) -> bool:
    """Whether two words say opposite things."""
    return not denials_of(one.keys).isdisjoint(other.keys)


def anywhere(word: Word, known: Evidence) -> float:
    """How well the whole context knows a word, 0 to 1."""
    if word.quantity is not None:
        return max(
            (_same_amount(word.quantity, other.quantity) for other in known.numbers if other.quantity), default=0.0
        )
    if not known.owned.isdisjoint(word.keys):
        return 1.0
    return _INSIDE if inside(word, known.squeezed) else 0.0


def coverage(found: Sequence[Word], meetings: Sequence[Meeting]) -> float:
    """Share of the weight of words that were met, 0 to 1."""
    total = sum(word.weight for word in found)
    return (
        sum(word.weight * meeting.closeness for word, meeting in zip(found, meetings, strict=True)) / total
        if total
        else 0.0
    )
