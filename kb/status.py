"""What a status says, in whatever words: "✅ ACCEPTED", "승인됨", "superceded by 7" -> one word. Knows no files."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

DECISION_STATUSES = ("proposed", "draft", "accepted", "rejected", "deprecated", "superseded", "withdrawn", "on hold")
INCIDENT_STATUSES = ("open", "investigating", "mitigated", "resolved", "draft", "review", "final", "unknown")
# A record that was never in force replaces nothing.
NEVER_IN_FORCE = frozenset({"proposed", "draft", "rejected", "withdrawn", "on hold"})

Patterns = tuple[tuple[re.Pattern[str], str], ...]
_DECISION_WORDS: Mapping[str, tuple[str, ...]] = {
    "accepted": (
        "accepted", "accept", "approved", "approve", "agreed", "adopted", "active", "decided", "final", "finalised",
        "finalized", "implemented", "done", "complete", "completed", "current", "in effect", "in force", "in use",
        "ratified", "confirmed", "enacted", "valid", "production ready",
        "승인", "채택", "확정", "수락", "수용", "적용", "결정됨", "결정 완료", "시행", "유효", "완료", "통과", "합의",
        "현행", "구현됨",
    ),
    "proposed": (
        "proposed", "propose", "proposal", "pending", "in review", "under review", "for review", "reviewed", "open",
        "in discussion", "under discussion", "discussion", "rfc", "request for comments", "candidate", "planned",
        "planning", "awaiting", "not yet accepted", "not yet approved", "pending approval", "to be accepted",
        "to be decided", "tbd",
        "제안", "검토", "검토 완료", "논의", "협의", "대기", "계획", "승인 대기", "승인 전", "승인 예정", "미승인",
        "미정",
    ),
    "draft": (
        "draft", "drafted", "wip", "work in progress", "in progress", "in-progress", "brainstorming", "idea",
        "초안", "작성 중", "작성중", "작성 예정", "진행 중", "진행중",
    ),
    "rejected": (
        "rejected", "reject", "declined", "denied", "refused", "dismissed", "not accepted", "not approved", "won't do",
        "wontfix", "거절", "거부", "반려", "기각", "부결", "미채택", "불채택", "채택 안 함", "채택하지 않음",
    ),
    "deprecated": (
        "deprecated", "deprecate", "depreciated", "obsolete", "retired", "expired", "outdated", "archived", "inactive",
        "sunset", "dead", "no longer",
        "폐기", "폐지", "사용 중단", "사용 중지", "지원 중단", "만료", "무효", "더 이상", "더이상",
    ),
    "superseded": (
        "replaced", "obsoleted by", "overridden", "대체됨", "대체되", "대체된", "대체", "교체됨",
    ),
    "withdrawn": ("withdrawn", "cancelled", "canceled", "abandoned", "revoked", "철회", "취소"),
    "on hold": ("on hold", "on-hold", "hold", "deferred", "postponed", "parked", "paused", "보류", "연기", "유예"),
}  # fmt: skip
_INCIDENT_WORDS: Mapping[str, tuple[str, ...]] = {
    "resolved": ("resolved", "closed", "fixed", "done", "complete", "completed", "해결", "종료", "완료", "복구"),
    "mitigated": ("mitigated", "monitoring", "완화", "관찰"),
    "investigating": ("investigating", "in progress", "identified", "조사", "진행"),
    "open": ("open", "ongoing", "active", "미해결"),
    "draft": ("draft", "wip", "초안", "작성"),
    "review": ("review", "in review", "under review", "검토"),
    "final": ("final", "published", "approved", "확정"),
    "unknown": ("unknown", "미상", "알 수 없음"),
}
# However it is spelt: superceded, superseeded, supersceded.
_SUPERSEDED = re.compile(r"(?<![a-z])su[ps]+er[sc]+e+d+ed(?![a-z])(?! by this)")
# 폐기물 is waste; "0002를 대체한다" is what a successor does.
_AROUND = {
    "폐기": ("", "(?!물)"),
    "replaced": ("", "(?! by this)"),
    "대체": ("(?<![을를])(?<![을를] )", "(?![하한할함해했])"),
}
_COMMENT = re.compile(r"<!--.*?(?:-->|$)", re.DOTALL)
_BADGE = re.compile(r"!\[[^\]]*\]\([^)]*/badge/[\w%]*status-+([a-z_]+)[^)]*\)", re.IGNORECASE)
_SEGMENT = re.compile(r"\s*[,;.]\s*|\s+[-–—]+\s+")
_WENT_ON = re.compile(r"\s*(?:$|\(|\d|on\b|in\b|by\b|since\b|as\b|at\b|\w+ \d)")
_PHASE = {"draft": 0, "proposed": 1, "on hold": 1, "accepted": 2}
_ENDED = 3
_STRUCK = re.compile(r"~~.*?~~")
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\](?:\([^)]*\)|\[[^\]]*\])")
_TAG = re.compile(r"</?[a-zA-Z][^>]*>")
_EMPHASIS = re.compile(r"[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}")
_ARROW = re.compile(r"\s*(?:→|⇒|->|=>|⟶|➜|➡️?)\s*")
_PLACEHOLDER = re.compile(
    r"\{[^}]*\}|^\W*\[[^\]]{3,}\](?!\()|^\W*<[^>]{3,}>|\bwhat is the status\b|상태를 적", re.IGNORECASE
)
_CHOICE = re.compile(r"\s*[|/│]\s*")
_LISTED = re.compile(r"\s*(?:[|/│,、]|\bor\b|또는|혹은)\s*")
_PARTLY = re.compile(r"\b(?:partially|partly|in part)\b|부분|일부")
_SMILES = {"✅": "accepted", "🟢": "accepted", "✔": "accepted", "☑": "accepted"}


def decision_status(text: str) -> str | None:
    """The status that a decision's own words state: one of `DECISION_STATUSES`.

    Args:
        text: what stands behind "Status:" or in a status section, Markdown and emoji included.

    Returns:
        The word; of "proposed → accepted" the last, of "accepted, superseded by 7" the one that ends the others. None
        for no known word and for the untouched choice of a template. "Partially superseded" is still accepted.
    """
    if is_placeholder(text):
        return None
    spoken = _spoken(text)
    for part in reversed(_ARROW.split(spoken)):
        if status := _decided(part):
            return status
    return next((status for smile, status in _SMILES.items() if smile in spoken and not re.search(r"\w", spoken)), None)


def incident_status(text: str) -> str | None:
    """The status of an incident report: one of `INCIDENT_STATUSES`; None for no known word."""
    found = _found(plain(text).lower(), _INCIDENT_PATTERNS)
    return found[0][1] if found else None


def is_placeholder(text: str) -> bool:
    """True for a status that a template left to choose: "{proposed | accepted}", "[Status]", "Proposed / Accepted"."""
    spoken = _spoken(text)
    if _PLACEHOLDER.search(_LINK.sub(r"\2", _COMMENT.sub("", text)).strip()):
        return True
    offered = {_decided(part) for part in _CHOICE.split(spoken)} - {None}
    listed = [_whole(part) for part in _LISTED.split(spoken.strip(" .?"))]
    return (len(offered) > 1 and bool(_CHOICE.search(spoken))) or (len(set(listed)) > 2 and None not in listed)


def leads_with_status(text: str) -> bool:
    """True when a line says little but a status: the word opens it, behind nothing but a date, a bullet or an emoji."""
    spoken = re.sub(r"^[\W\d_]+", "", plain(text).lower())
    return any(start == 0 for start, _ in _found(spoken, _DECISION_PATTERNS))


def is_status(text: str) -> bool:
    """True when a line is a status word and nothing else."""
    return _whole(re.sub(r"^[\W\d_]+", "", plain(text).lower())) is not None


def is_partly(text: str) -> bool:
    """True when words say that only a part is replaced."""
    return bool(_PARTLY.search(text.lower()))


def plain(text: str) -> str:
    """A line's words without link targets, HTML tags and emphasis, in one Unicode form."""
    bare = _EMPHASIS.sub("", _TAG.sub(" ", _LINK.sub(r"\2", _COMMENT.sub("", _BADGE.sub(r"\1", text)))))
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", bare)).strip()


def _spoken(text: str) -> str:
    return plain(_STRUCK.sub(" ", text)).lower()


def _decided(spoken: str) -> str | None:
    found = _found(spoken, _DECISION_PATTERNS)
    start = next((start for start, status in found if status == "superseded"), None)
    if start is not None:
        return "accepted" if is_partly(spoken[:start][-20:]) else "superseded"
    return _latest(spoken) or (found[0][1] if found else None)


def _latest(spoken: str) -> str | None:
    """Of "proposed by X, accepted in May, deprecated" the last phase; "accepted, pending work" goes no step back."""
    best: str | None = None
    for segment in _SEGMENT.split(spoken):
        bare = re.sub(r"^[\W\d_]+", "", segment)
        for start, end, status in _matches(bare, _DECISION_PATTERNS)[:1]:
            if start == 0 and (best is None or (_phase(status) > _phase(best) and _WENT_ON.match(bare[end:]))):
                best = status
    return best


def _phase(status: str) -> int:
    return _PHASE.get(status, _ENDED)


def _whole(part: str) -> str | None:
    """The status that a text is, and nothing else."""
    bare = part.strip(" .*_'\"…")
    return next((status for pattern, status in _DECISION_PATTERNS if pattern.fullmatch(bare)), None)


def _found(spoken: str, patterns: Patterns) -> list[tuple[int, str]]:
    return [(start, status) for start, _, status in _matches(spoken, patterns)]


# Records state the same few words again and again.
@lru_cache(maxsize=4096)
def _matches(spoken: str, patterns: Patterns) -> tuple[tuple[int, int, str], ...]:
    """Where which status is named, in order; of words that overlap, the longest counts."""
    matches = [(m.start(), m.end(), status) for pattern, status in patterns for m in pattern.finditer(spoken)]
    matches.sort(key=lambda match: (match[0], -match[1]))
    found: list[tuple[int, int, str]] = []
    for match in matches:
        if not found or match[0] >= found[-1][1]:
            found.append(match)
    return tuple(found)


def _patterns(words: Mapping[str, tuple[str, ...]]) -> Patterns:
    return tuple((_pattern(word), status) for status, of in words.items() for word in of)


def _pattern(word: str) -> re.Pattern[str]:
    before, behind = _AROUND.get(word, ("", ""))
    if word.isascii():
        before, behind = f"(?<![a-z]){before}", f"(?![a-z]){behind}"
    return re.compile(before + re.escape(word) + behind)


_DECISION_PATTERNS = (*_patterns(_DECISION_WORDS), (_SUPERSEDED, "superseded"))
_INCIDENT_PATTERNS = _patterns(_INCIDENT_WORDS)
