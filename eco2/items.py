"""What a message names: things (items and classes), conditions (tags), prices, fees, characters, places; what is left
over when all known words are taken out. Which of the things are meant as the subject is decided here too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from eco2.cues import ASPECTS, CONDITIONS, DENIALS, DIRT, PLACE_WORDS
from eco2.lexicon import Mention, without
from eco2.patterns import blanked, which
from eco2.residue import is_noun, residue_of
from eco2.tables import alternation, question
from eco2.tables import words as word_list
from eco2.vocabulary import Vocabulary

_BIN_KO = r"(?:\s*(?:수거함|전용함|통|봉투|마대|함|쪽|류|칸))?"
_INTO_KO = re.compile(
    rf"^{_BIN_KO}(?:에다가?|에|으로|로)\s*(?:같이|함께|그냥|바로|잘|꼭)?\s*"
    r"(?:넣|담|싸|감싸|분류|내놓|내놔|섞|취급|버|배출|가|들어|해도|하면|재활용|처리|보내)"
    r"|^\s*(?:수거함|전용함|통|봉투|마대)(?:에다가?|에|으로)(?=\s|$|[?!.~])"
    r"|^(?:하고|랑|이랑|와|과)\s*(?:같이|함께)?\s*섞"
)
_INTO_EN = re.compile(
    r"\b(?:in|into|as|inside|under|with)\s+(?:(?:the|a|an|my|our|same|regular|general)\s+)*$", re.IGNORECASE
)
_IS_EN = re.compile(r"\W*(?:is|are)\b", re.IGNORECASE)
_BAG_BESIDE = re.compile(r"\s+(?:봉투|마대)에")
"""A bag that is no part of the name before it ("이불 봉투에 넣어도 돼?")."""
_IS_IT = re.compile(
    r"^(?:\s*쓰레기)?\s*(?:이야|야|이에요|예요|인가|인지|맞|일까|이죠|이지|아니|아님|아닌|로\s*분류|에\s*속)"
)
_MADE_OF = re.compile(r"^\s*(?:으?로\s*(?:된|만든|만들어진|되어)|소재|재질|제(?=\s))|^ made\b")
_NOT_THIS = re.compile(
    r"^\s*(?:은|는|이|가)?\s*(?:말고|빼고(?!\s*(?:버|내[놓놔]|배출|나서|나면|줘))|아니고|아니라|대신)|^\s*이\s*아니"
)
_NOT_THIS_EN = re.compile(r"\b(?:not|except|instead of|rather than)\s+(?:the\s+|a\s+)?$", re.IGNORECASE)
_VESSEL = re.compile(
    r"\s*(?:통|병|용기|봉지|봉투|상자|팩|그릇|접시|포장지|껍데기|껍질|찌꺼기|국물)(?=\s|$|[은는이가을를도에로의]|[?.!,])|\s+(?:박스|컵|캔)(?=\s|$|[은는이가을를도에로의]|[?.!,])"
)
_VESSEL_OWN = re.compile(
    r"(?:통|병|용기|봉지|봉투|상자|박스|팩|캔|컵|그릇|접시|껍질|껍데기|쓰레기)$|^(?:플라스틱|종이|유리|스티로폼|비닐|페트|PET|PP|PE|PS)",
    re.IGNORECASE,
)
_LONGEST_HEAD = 2
"""Unknown nouns that the name of an accessory has after the thing that it belongs to ("프린터 잉크 카트리지")."""
_HEAD, _HEAD_EN = re.compile(r" ([가-힣]{2,8})(?=[^가-힣]|$)"), re.compile(r" ([A-Za-z]{3,})\b")
_AFTER_THE_HEAD_EN = question("after_the_head_english")
_AFTER_THE_HEAD = question("after_the_head")
_PORTION = re.compile(rf"(?:{alternation(word_list('portions'))})")
_PART = re.compile(r"(?:빨대|테이프|손잡이|스프링|단추|지퍼|끈)(?:[은는이가을를도]|이랑|랑)?$")
_NEXT_WORD = re.compile(r"[ ]([가-힣]{2,}|[A-Za-z]{3,})")
_FOOD = "food-waste"
_MATERIALS = frozenset(word_list("materials"))
_KINDS = _MATERIALS | {word.lower() for word in word_list("kinds")}
_FAMILIES = ("fees", "prices", "characters", "regions", "districts", "spots", "venues")
_PART_OF_A_THING = re.compile(
    r"(?:라벨|뚜껑|마개|상표)"
    r"(?=\S{0,2}\s*(?:\S{1,5}\s*){0,2}(?:떼|뗄|뜯|벗|제거|없애|닫|열고|열어|분리|따로|같이|씌))|(?<=의 )(?:뚜껑|라벨)"
    r"|(?<=\S[는은의] )(?:뚜껑|라벨)",
)  # fmt: skip


@dataclass(frozen=True)
class Named:
    """What a piece of a message names. Mentions are in the order of the text.

    `things` are those that the question is about; `into` are bins and wrappings it only speaks of.
    `kind_only` are names of a class that only say what some other, unknown thing is made of ("플라스틱 빨대").
    `bulky` are fetched by the district on request, `other` are not; `large` says that one is filed under bulky waste.
    `residue` are the content words that no family knows, `rest` is the text with everything known blanked out.
    """

    things: tuple[Mention, ...] = ()
    into: tuple[Mention, ...] = ()
    kind_only: tuple[Mention, ...] = ()
    tags: tuple[str, ...] = ()
    bulky: tuple[Mention, ...] = ()
    large: bool = False
    other: tuple[Mention, ...] = ()
    fees: tuple[Mention, ...] = ()
    prices: tuple[Mention, ...] = ()
    characters: tuple[Mention, ...] = ()
    regions: tuple[Mention, ...] = ()
    districts: tuple[Mention, ...] = ()
    spots: tuple[Mention, ...] = ()
    venues: tuple[Mention, ...] = ()
    residue: tuple[str, ...] = ()
    rest: str = ""

    @property
    def compares(self) -> bool:
        """Whether a bin is named and something that may go into it ("영수증 종이로 버려도 돼?"), known or not."""
        return bool(self.into and (self.things or self.residue))

    @property
    def hints(self) -> tuple[Mention, ...]:
        """Whatever tells the class of what is spoken of, the surest first."""
        return (*self.things, *self.kind_only, *self.into)

    @property
    def subjects(self) -> tuple[Mention, ...]:
        """The things; for want of any and of an unknown one, the bins ("종이로 버려도 돼?" with nothing before it)."""
        return self.things or (() if self.residue else self.into)


def name(text: str, words: Vocabulary) -> Named:
    """Find what a text names.

    Args:
        text: one piece of a message, typing errors mended.
        words: the lexicons of the workspace.
    """
    tags = words.tags.find(text)
    mentions = _outside_of(tags, words.things.find(_part_hidden(text)))
    families = {family: tuple(getattr(words, family).find(text)) for family in _FAMILIES}
    families["fees"] = tuple(fee for fee in families["fees"] if not _only_begins(fee, mentions))
    rest, residue = _left(text, [*mentions, *tags], families)
    _, unpriced = _left(text, [*mentions, *tags], {**families, "prices": ()})
    owners = [mention for mention in mentions if _names_an_owner(text, mention, unpriced, words)]
    if owners:
        mentions = [mention for mention in mentions if mention not in owners]
        families = {
            family: tuple(mention for mention in found if not any(_overlaps(mention, (owner,)) for owner in owners))
            for family, found in families.items()
        }
        rest, residue = _left(text, [*mentions, *tags], families)
    kind_only = tuple(mention for mention in mentions if _is_kind_only(text, mention, mentions, residue, words))
    things, into = _subjects(text, [mention for mention in mentions if mention not in kind_only], words)
    bulky = tuple(
        mention for mention in things if words.bulky & set(mention.keys) or _overlaps(mention, families["fees"])
    )
    return Named(
        things=things,
        into=into,
        kind_only=kind_only,
        tags=tags_in(text, tags, words.tag_names),
        bulky=bulky or families["fees"],
        large=any(words.classes.get(key) == "bulky-waste" for mention in things for key in mention.keys),
        other=tuple(mention for mention in things if mention not in bulky),
        residue=residue,
        rest=rest,
        **families,
    )


def _left(
    text: str, mentions: Sequence[Mention], families: Mapping[str, Sequence[Mention]]
) -> tuple[str, tuple[str, ...]]:
    """Return the text with everything known blanked out, and the content words that are left."""
    every = [*mentions, *(mention for found in families.values() for mention in found)]
    rest = blanked(PLACE_WORDS, blanked(ASPECTS, blanked(CONDITIONS, without(text, every))))
    return rest, residue_of(rest)


def _names_an_owner(text: str, thing: Mention, residue: Sequence[str], words: Vocabulary) -> bool:
    """Whether a thing only says whose part or accessory an unknown noun right after it is ("에어컨 필터는 어떻게")."""
    if _names_a_class(thing, words) and text[thing.start : thing.end].lower() in _KINDS:
        return False
    english = text[thing.start : thing.end].isascii()
    at, most = thing.end, _LONGEST_HEAD
    while most and (head := (_HEAD_EN if english else _HEAD).match(text, at)):
        noun = next((word for word in residue if head[1].startswith(word)), "")
        if not _may_be_a_head(noun):
            return False
        at, most = head.start(1) + len(noun), most - 1
        if (_AFTER_THE_HEAD_EN if english else _AFTER_THE_HEAD).search(text[at:]):
            return True
        if at < head.end(1):
            return False
    return False


def _may_be_a_head(noun: str) -> bool:
    return len(noun) > 1 and is_noun(noun) and not _PORTION.fullmatch(noun)


def tags_in(text: str, mentions: Iterable[Mention], tag_names: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Return the ids of the tags that a text states, by alias or by verb form, less those that it denies."""
    stated = {key for mention in mentions for key in mention.keys}
    said, denied = set(which(CONDITIONS, text)), set(which(DENIALS, text))
    stated |= {id_ for id_, tag in tag_names if tag in said}
    refused = {tag for tag in said if tag in denied} | (DIRT if "dirt" in denied else set())
    return tuple(id_ for id_, tag in tag_names if id_ in stated and tag not in refused)


def _part_hidden(text: str) -> str:
    """Blank out "라벨" and the like where they are a part of the thing that is asked about, not a thing themselves."""
    match = _PART_OF_A_THING.search(text)
    return (
        text if not match or not text[: match.start()].strip() else text[: match.start()] + "  " + text[match.end() :]
    )


def _outside_of(tags: Sequence[Mention], things: Sequence[Mention]) -> list[Mention]:
    """Drop things that are only a word of a longer condition ("음식물" in "음식물 묻은")."""
    return [
        thing
        for thing in things
        if not any(tag.start <= thing.start and thing.end <= tag.end and tag.word != thing.word for tag in tags)
    ]


def _subjects(
    text: str, things: Sequence[Mention], words: Vocabulary
) -> tuple[tuple[Mention, ...], tuple[Mention, ...]]:
    """Part things into what is asked about and what it would go into or be wrapped in."""
    wanted = [thing for thing in things if not _is_excluded(text, thing)]
    wanted = [thing for thing in wanted if thing is wanted[-1] or not _MADE_OF.search(text[thing.end :])]
    into = [thing for thing in wanted if _is_destination(text, thing, words, first=thing is wanted[0])]
    return tuple(thing for thing in wanted if thing not in into), tuple(into)


def _is_kind_only(
    text: str, thing: Mention, things: Sequence[Mention], residue: Sequence[str], words: Vocabulary
) -> bool:
    """Whether a word only says what kind the next word is of: a class before a noun, food before its vessel."""
    after = text[thing.end :]
    if _INTO_KO.search(after) or _IS_IT.search(after):
        return False
    following = [other for other in things if other.start == thing.end + len(after) - len(after.lstrip())]
    if following:
        return _names_a_class(thing, words) and not _names_a_class(following[0], words)
    if _VESSEL.match(after) and words.classes.get(thing.keys[0]) == _FOOD:
        return not _VESSEL_OWN.search(text[thing.start : thing.end])
    next_word = _NEXT_WORD.match(after)
    if not next_word or text[thing.start : thing.end].lower() not in _MATERIALS:
        return False
    if _PART.match(next_word[1]):
        return True
    return is_noun(next_word[1]) and any(next_word[1].startswith(word) for word in residue)


def _names_a_class(thing: Mention, words: Vocabulary) -> bool:
    return words.classes.get(thing.keys[0]) == thing.keys[0]


def _is_destination(text: str, thing: Mention, words: Vocabulary, *, first: bool) -> bool:
    after, before = text[thing.end :], text[: thing.start]
    if _BAG_BESIDE.match(after) and not _names_a_class(thing, words):
        return False
    if _INTO_KO.search(after) or (_IS_IT.search(after) and _names_a_class(thing, words)):
        return True
    if not first and _IS_EN.match(text) and _names_a_class(thing, words) and not after.strip(" ?.!"):
        return True
    return bool(_INTO_EN.search(before)) and (not first or bool(residue_of(before)))


def _is_excluded(text: str, thing: Mention) -> bool:
    return bool(_NOT_THIS.search(text[thing.end :]) or _NOT_THIS_EN.search(text[: thing.start]))


def _only_begins(mention: Mention, others: Iterable[Mention]) -> bool:
    """Whether a word is only the beginning of the name of another thing: the head comes last ("소파 쿠션")."""
    return any(other.start <= mention.start and mention.end < other.end for other in others)


def _overlaps(mention: Mention, others: Iterable[Mention]) -> bool:
    return any(mention.start < other.end and other.start < mention.end for other in others)
