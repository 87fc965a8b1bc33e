"""The same claim in other Korean words: register, spacing, particles, synonyms, written numbers, order, punctuation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from harness.mutation.hangul import final, particle
from harness.mutation.mutants import Change, Pool, Start, replaced
from harness.mutation.scoring.numerals_korean import written_otherwise
from harness.mutation.verbs import Mood, Register, predicate

_OTHER_REGISTER: Mapping[Register, tuple[Register, ...]] = {
    "polite": ("formal", "plain"), "formal": ("polite", "plain"), "plain": ("polite", "formal"),
}  # fmt: skip
_SAME_MOOD: Mapping[Mood, tuple[Mood, ...]] = {"command": ("request",), "request": ("command",)}
_ENDINGS = (
    (re.compile(r"(?P<noun>[가-힣0-9%])(?P<is>이에요|예요)(?=[\s.!]*$)"), "입니다"),
    (re.compile(r"(?P<noun>[가-힣0-9%])(?P<is>입니다)(?=[\s.!]*$)"), "이에요"),
    (re.compile(r"(?P<noun> )(?P<is>아니에요)(?=[\s.!]*$)"), "아닙니다"),
    (re.compile(r"(?P<noun> 수도? )(?P<is>있어요)(?=[\s.!]*$)"), "있습니다"),
    (re.compile(r"(?P<noun> 수 )(?P<is>없어요)(?=[\s.!]*$)"), "없습니다"),
    (re.compile(r"(?P<noun>에 )(?P<is>있어요)(?=[\s.!]*$)"), "있습니다"),
)  # fmt: skip
_SYNONYMS = (
    (r"함께 (?=내놓|넣|버리|모)", "같이 "), (r"(?<=[가-힣]) 뒤(?= |,)", " 후"),
    (r"(?<=[가-힣]) 다음(?= (?:납작|내놓|안|뚜껑))", " 뒤"),
    (r"(?<![가-힣])꼭 ", "반드시 "), (r"절대 (?=섞|버리|넣)", "결코 "), (r"먼저 ", "우선 "),
    (r"맡은 캐릭터", "담당하는 캐릭터"),
    (r"맡고 있", "담당하고 있"), (r"약 (?=\d)", "대략 "), (r"운영 시간", "영업시간"), (r"받지 않아요", "안 받아요"),
    (r"재활용되지 않아요", "재활용이 안 돼요"), (r"모두 (?=빼|비우)", "전부 "), (r"조심해서 ", "주의해서 "),
    (r"이물질을 없애", "이물질을 제거하"), (r"라벨을 떼", "라벨을 제거하"), (r"버려 주세요", "배출해 주세요"),
    (r"내놓으세요", "배출하세요"),
    (r"버려야 해요", "배출해야 해요"), (r"내놓아요", "배출해요"), (r"버리세요", "배출하세요"),
    (r"내놓아야 해요", "배출해야 해요"),
    (r"수수료 없이", "무료로"), (r"비워서", "비우고"), (r"(?<=[가-힣] )같은 (?=[가-힣]+(?:은|는|을))", "등의 "),
    (r"반납", "돌려주"),
    (r"쓰다 남은", "사용하고 남은"), (r"담기 어려", "넣기 어려"), (r"확인하세요", "확인해 보세요"),
    (r"떨어져 있", "거리에 있"),
    (r"기온은 영하 (?=\d)", "기온은 -"), (r"강수 확률", "비나 눈이 올 확률"),
)  # fmt: skip
_MENDED = (
    (r"제거하(?:어|여) ", "제거해 "), (r"제거하어서", "제거해서"), (r"제거하고", "제거하고"), (r"제거하어", "제거해"),
    (r"제거하면", "제거하면"),
    (r"돌려주하세요", "돌려주세요"),
)  # fmt: skip
_PARTICLE = re.compile(r"(?<=[가-힣]{2})(?:을|를)(?= (?:떼|비우|헹|빼|없애|벗기|닫|펼|눌|접|묶|담|붙|모|내|신청|확인))")
_NOUN_GAPS = (
    (" 수거함", "수거함"), ("대형폐기물", "대형 폐기물"), ("전용수거함", "전용 수거함"), ("종량제봉투", "종량제 봉투"),
    ("음식물류폐기물", "음식물류 폐기물"), ("전국 평균", "전국평균"), ("강수 확률", "강수확률"),
    ("운영 시간", "운영시간"), ("무상방문수거", "무상 방문 수거"),
)  # fmt: skip
_NOT_BUT = re.compile(
    r"^(?P<topic>[^,]*?[가-힣][은는] )(?P<place>[가-힣 ]*?\S+(?:에|와|과) )"
    r"(?P<stem>넣|섞)지 말고 (?P<rest>.+?)(?P<stop>[.]?)$"
)
_UNSURE = re.compile(r",|니 |면 |않는 |있는 |없는 |거나")
_LEVELS = re.compile(r"기온은 (?P<t>[^,]+), 습도는 (?P<h>[^,]+), 강수 확률은 (?P<p>.+?)예요")
_A_NOT_B = re.compile(
    r"(?P<lead>^|[은는] )(?P<a>[가-힣]+)(?:이|가) 아니라 (?P<b>[가-힣]+)(?:이에요|예요)(?P<stop>\.?)$"
)
_LEADS = ("참고로 ", "네, ", "안내해 드리면, ")
_TAILS = ("!", " 😊", "~")


def register(start: Start, pool: Pool) -> list[Change]:
    """Honorific, formal or plain; a command as a request."""
    text = start.text
    if seen := predicate(text):
        if seen.mood in ("and", "and_not"):
            return []
        others = (seen.verb.form(seen.mood, other) for other in _OTHER_REGISTER[seen.register])
        moods = (seen.verb.form(mood, seen.register) for mood in _SAME_MOOD.get(seen.mood, ()))
        return [replaced(text, seen.start, seen.end, form) for form in (*others, *moods) if form][:2]
    found = []
    for pattern, new in _ENDINGS:
        if match := pattern.search(text):
            ending = particle(match.group("noun"), new) if new == "이에요" else new
            found.append(replaced(text, match.start("is"), match.end("is"), ending))
    return found


def spacing(start: Start, pool: Pool) -> list[Change]:
    """Compounds written together or apart, a bound noun without its space, no space at all."""
    found = []
    for old, new in _NOUN_GAPS:
        if (at := start.text.find(old)) > 0:
            found.append(replaced(start.text, at, at + len(old), new))
    if match := re.search(r"(?<=[가-힣]) 수 (?=[있없])", start.text):
        found.append(replaced(start.text, *match.span(), "수 ", "할 수 → 할수"))
    if match := re.search(r"(?<=[에로을를]) (?=\S+$)", start.text):
        found.append(replaced(start.text, *match.span(), "", "last two words together"))
    return found[:2]


def particles(start: Start, pool: Pool) -> list[Change]:
    """An object without its particle, as in talk: 라벨 떼고."""
    return [
        replaced(start.text, *match.span(), "", f"{match.group()} dropped") for match in _PARTICLE.finditer(start.text)
    ][:1]


def synonym(start: Start, pool: Pool) -> list[Change]:
    """One word for another that means the same here."""
    found = []
    for pattern, new in _SYNONYMS:
        if match := re.search(pattern, start.text):
            text = replaced(start.text, *match.span(), new).text
            for wrong, right in _MENDED:
                text = re.sub(wrong, right, text)
            found.append(Change(text, (match.start(), match.start() + len(new)), f"{match.group()} → {new}"))
    return found[:2]


def numeral(start: Start, pool: Pool) -> list[Change]:
    """The same number, date, time or distance written in another way."""
    return list(written_otherwise(start.text))[:3]


def order(start: Start, pool: Pool) -> list[Change]:
    """Parts that do not depend on each other, the other way round."""
    text = start.text
    if match := _LEVELS.search(text):
        new = f"습도는 {match['h']}, 강수 확률은 {match['p']}, 기온은 {match['t']}예요"
        return [replaced(text, *match.span(), new, "parts exchanged")]
    if match := _A_NOT_B.search(text):
        a, b = match.group("a"), match.group("b")
        new = f"{match['lead']}{b}{particle(b, '이')}지 {a}{particle(a, '이')} 아니에요{match['stop']}"
        return [
            replaced(text, *match.span(), new.replace("가지", "지") if not final(b[-1]) else new, "parts exchanged")
        ]
    return list(_not_but(text))


def punctuation(start: Start, pool: Pool) -> list[Change]:
    """A lead-in, an emoji, no full stop, an exclamation mark."""
    body = start.text.rstrip(" .!")
    pick = sum(map(ord, body))
    whole = body.endswith(("요", "다"))
    lead = _LEADS[pick % len(_LEADS)]
    found = [Change(body, (len(body), len(body)), "no full stop")] if body != start.text else []
    if whole:
        found.append(Change(lead + start.text, (0, len(lead)), f"after {lead.strip()}"))
        tail = _TAILS[pick % len(_TAILS)]
        found.append(Change(body + tail, (len(body), len(body) + len(tail)), f"with {tail.strip()}"))
    return found[-2:]


def _not_but(text: str) -> Iterator[Change]:
    """유리병 수거함에 넣지 말고 신문지로 싸서 버려 주세요: what to do first, then what not."""
    match, seen = _NOT_BUT.match(text), predicate(text)
    if match and seen and seen.mood in ("command", "request") and not _UNSURE.search(text):
        does = text[match.start("rest") : seen.start] + seen.verb.stem + "고"
        new = f"{match['topic']}{does} {match['place']}{match['stem']}지 마세요{match['stop']}"
        yield Change(new, (0, len(new)), "parts exchanged")
