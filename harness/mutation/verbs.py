"""Conjugate the verbs that answers end with, so that a mood or register can be exchanged in grammatical Korean.

Verbs that are not listed are left alone: no guess is better than a wrong form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from harness.mutation.hangul import ends_in_rieul, final, with_nieun, with_pieup, with_rieul, without_final

Mood = Literal[
    "command", "request", "prohibit", "declare", "deny", "must", "must_not", "may", "need_not", "can", "cannot",
    "suffices", "and", "and_not",
]  # fmt: skip
Register = Literal["polite", "formal", "plain"]

_LEXICON = """
버리 버려|넣 넣어|내놓 내놓아|담 담아|떼 떼어|빼 빼|비우 비워|헹구 헹궈|말리 말려|씻 씻어|닫 닫아|열 열어
접 접어|펼치 펼쳐|묶 묶어|풀 풀어|모으 모아|나누 나눠|섞 섞어|붙이 붙여|누르 눌러|찌그러뜨리 찌그러뜨려
감싸 감싸|싸 싸|감 감아|자르 잘라|벗기 벗겨|없애 없애|덜 덜어|털 털어|맡기 맡겨|돌려주 돌려줘|가져가 가져가
받 받아|내 내|하 해|되 돼|고르 골라|쓰 써|따르 따라|다루 다뤄|물어보 물어봐|알아보 알아봐|알리 알려|보내 보내
챙기 챙겨|맞추 맞춰|꺼내 꺼내|채우 채워|지우 지워|분리하 분리해|줄이 줄여|녹이 녹여|태우 태워|묻 묻어|걸 걸어
들 들어|팔 팔아|사 사|오 와|다르 달라|나뉘 나뉘어|골라내 골라내|맡 맡아|남기 남겨|끼우 끼워|씌우 씌워|적시 적셔
부풀리 부풀려|보이 보여|속하 속해|가리키 가리켜|거두 거둬|서두르 서둘러|뜯 뜯어|부수 부숴|지니 지녀|바꾸 바꿔
"""
_LIGHT = ("하", "되")
_NOT_BEFORE_LIGHT = "야지면도"
_STOP = re.compile(r"[\s.!~…]*$")
_ENDS = {"polite": ("해요", "돼요", "있어요", "없어요"), "formal": ("합니다", "됩니다", "있습니다", "없습니다"),
         "plain": ("한다", "된다", "있다", "없다")}  # fmt: skip


@dataclass(frozen=True)
class Verb:
    """A verb by its stem (버리) and the form before 요 or 도 (버려)."""

    stem: str
    aeo: str

    @property
    def _joined(self) -> str:
        """The stem before 면, 세요 and the like, which ask for 으 after a consonant."""
        return self.stem + "으" if final(self.stem[-1]) and not ends_in_rieul(self.stem) else self.stem

    @property
    def _open(self) -> str:
        """The same before endings that swallow ㄹ: 푸세요."""
        return without_final(self.stem) if ends_in_rieul(self.stem) else self._joined

    @property
    def prospective(self) -> str:
        """버릴, 넣을, 풀."""
        return self.stem if ends_in_rieul(self.stem) else with_rieul(self._joined)

    @property
    def past_modifier(self) -> str:
        """버린, 넣은, 푼."""
        return with_nieun(self._open)

    @property
    def formal(self) -> str:
        """버립니다, 넣습니다, 풉니다."""
        if final(self.stem[-1]) and not ends_in_rieul(self.stem):
            return self.stem + "습니다"
        return with_pieup(self._open) + "니다"

    @property
    def plain(self) -> str:
        """버린다, 넣는다, 푼다."""
        if final(self.stem[-1]) and not ends_in_rieul(self.stem):
            return self.stem + "는다"
        return with_nieun(self._open) + "다"

    def form(self, mood: Mood, register: Register) -> str | None:
        """The predicate in a mood and register; None where nobody says so."""
        does, becomes, is_, is_not = _ENDS[register]
        under = self._joined + "면"
        forms: dict[Mood, str | None] = {
            "declare": {"polite": self.aeo + "요", "formal": self.formal, "plain": self.plain}[register],
            "deny": f"{self.stem}지 " + {"polite": "않아요", "formal": "않습니다", "plain": "않는다"}[register],
            "must": f"{self.aeo}야 {does}",
            "must_not": f"{under} 안 {becomes}",
            "may": f"{self.aeo}도 {becomes}",
            "need_not": f"{self.stem}지 않아도 {becomes}",
            "can": f"{self.prospective} 수 {is_}",
            "cannot": f"{self.prospective} 수 {is_not}",
            "suffices": f"{under} {becomes}",
            "and": f"{self.stem}고" if register == "polite" else None,
            "and_not": f"{self.stem}지 않고" if register == "polite" else None,
            "command": {"polite": self._open + "세요", "formal": self._open + "십시오"}.get(register),
            "request": {"polite": f"{self.aeo} 주세요", "formal": f"{self.aeo} 주십시오"}.get(register),
            "prohibit": {"polite": f"{self.stem}지 마세요", "formal": f"{self.stem}지 마십시오"}.get(register),
        }
        return forms[mood]


MOODS: tuple[Mood, ...] = (
    "command", "request", "prohibit", "declare", "deny", "must", "must_not", "may", "need_not", "can", "cannot",
    "suffices", "and", "and_not",
)  # fmt: skip
REGISTERS: tuple[Register, ...] = ("polite", "formal", "plain")


@dataclass(frozen=True)
class Predicate:
    """The predicate that a claim ends with: `text[start:end]`."""

    verb: Verb
    mood: Mood
    register: Register
    start: int
    end: int


@lru_cache(maxsize=4096)
def predicate(text: str) -> Predicate | None:
    """The verb at the end of a claim; None when it ends otherwise or the verb is not known."""
    end = _STOP.search(text).start()  # type: ignore[union-attr]
    for length in range(min(_longest(), end), 1, -1):
        found = _forms().get(text[end - length : end])
        if found and _stands_alone(found[0], text, end - length):
            return Predicate(*found, end - length, end)
    return None


@cache
def verbs() -> dict[str, Verb]:
    """The lexicon by stem."""
    pairs = (entry.split() for line in _LEXICON.split("\n") for entry in line.split("|") if entry.strip())
    return {stem: Verb(stem, aeo) for stem, aeo in pairs}


@cache
def _forms() -> dict[str, tuple[Verb, Mood, Register]]:
    found: dict[str, tuple[Verb, Mood, Register]] = {}
    for verb, mood, register, form in _all_forms():
        found.setdefault(form, (verb, mood, register))
    return found


def _all_forms() -> Iterator[tuple[Verb, Mood, Register, str]]:
    for verb in verbs().values():
        for mood in MOODS:
            for register in REGISTERS:
                if form := verb.form(mood, register):
                    yield verb, mood, register, form


@cache
def _longest() -> int:
    return max(map(len, _forms()))


def _stands_alone(verb: Verb, text: str, start: int) -> bool:
    """신고해요 ends with 해요; 버려야 해요 does not, nor is 드세요 within 만드세요 another verb."""
    before = text[start - 1 : start]
    if verb.stem in _LIGHT:
        return "가" <= before <= "힣" and before not in _NOT_BEFORE_LIGHT
    return not before or before.isspace()
