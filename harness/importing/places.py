"""What an address looks like: a street or a lot with a house number. A district or a neighbourhood alone is none.

`비닐로 3장` ends like a street too, so a street needs a district before it, a flat after it, or a word of dwelling.
"""

from __future__ import annotations

_COUNTERS = (
    r"(?!\d|[,.]\d|\s?(?:개|장|원|번(?!길|지)|일|시|분|월|년|kg|g\b|L\b|리터|%|회|명|가지|만|천|주\b|차|배|병|층|cm|mm|m\b"
    r"|도\b|잔|킬로|톤|봉|박스|상자|캔|호선|단계|등급|구역|대\b|세트|인분|칸|줄|초|인용|마리|그루|켤레|포대))"
)
_DISTRICT = r"(?:[가-힣]{1,7}(?:시|군|구|읍|면|동)\s+)"
_STREET = r"[가-힣][가-힣\d·]{0,9}(?:대로|로|길)(?:\s?\d{1,4}(?:번길|길|번안길))?\s?(?:지하\s?)?\d{1,4}(?:-\d{1,4})?"
_FLAT = r"(?:\d{1,4}동\s?\d{1,4}호|지하\s?\d{1,3}호|\d{1,2}층\s?\d{1,4}호|\d{1,4}호)"
_HOUSE = r"(?:[가-힣A-Za-z\d]{1,12}(?:아파트|빌라|오피스텔|타운|맨션|연립|빌딩|팰리스|파크|캐슬|자이|힐스테이트)\s?)"
_MORE = rf"(?:\s?,?\s?\(?{_HOUSE}?{_FLAT}\)?)?"
_DWELLING = r"(?:주소|사는\s?곳|거주지|배송지|우리\s?집|저희\s?집|집은|집이)"

PLACES: tuple[str, ...] = (
    rf"{_DISTRICT}(?P<value>{_STREET}{_COUNTERS}{_MORE})",
    rf"(?P<value>(?<![가-힣]){_STREET}{_COUNTERS}\s?,?\s?\(?{_HOUSE}?{_FLAT}\)?)",
    rf"{_DWELLING}\s?[은는이:]?\s*(?P<value>{_STREET}{_COUNTERS}{_MORE})",
    rf"(?P<value>(?<![가-힣]){_STREET}{_COUNTERS})(?=\s?(?:에|에서)\s?(?:살|사는|거주))",
    rf"(?P<value>[가-힣]{{1,5}}\d?(?:동|읍|면|리|가)\s?(?:산\s?)?\d{{1,4}}(?:-\d{{1,4}})?\s?번지{_MORE})",
    rf"(?:[가-힣]{{1,7}}(?:시|군|구|읍|면)\s+)(?P<value>[가-힣]{{1,5}}\d?(?:동|읍|면|리|가)\s?(?:산\s?)?\d{{1,4}}-\d{{1,4}}{_COUNTERS}{_MORE})",
    rf"(?P<value>{_HOUSE}?(?<!\d)\d{{1,4}}동\s?\d{{1,4}}호)",
    rf"(?P<value>{_HOUSE}(?:지하\s?)?\d{{1,4}}호)(?!선)",
    r"(?P<value>(?<![\w-])\d{1,5},?\s(?:[A-Z][a-z]+\s){1,3}(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct)\b"
    r"\.?(?:,?\s(?:Apt|Unit|Suite|#)\.?\s?\w+)?)",
    r"(?P<value>(?:(?:Apt|Unit|Room|No)\.?\s?\d{1,4},?\s)?(?<![\w-])\d{1,4}(?:-\d{1,4})?,?\s(?:[A-Z][a-z]+(?:-?\d+)?-)(?:ro|gil|daero)\b(?:\s?\d{1,3}(?:beon)?-gil)?)",
    r"(?P<value>(?<![\w-])[A-Z][a-z]+-(?:ro|gil|daero)\s\d{1,4}(?:-\d{1,4})?(?:,?\s(?:Apt|Unit)\.?\s?\d{1,4})?)",
    r"(?P<value>\b(?:Apt|Apartment|Unit)\.?\s?#?\d{1,4}[A-Z]?\b)",
)
