"""What a person's name looks like: only in frames that introduce one (`제 이름은 …`, `저는 …입니다`, `my name is …`).

A family name and one or two more syllables are also the shape of `고양이` and `한국인`: words of that shape that people
call themselves are listed. A name of two syllables is taken only where somebody says that it is a name.
"""

from __future__ import annotations

import re

_COMMON = "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민나진지엄채원천방"
_RARE = "공현함변염여추도소석선설마길연위표명기반라왕금옥육맹제모탁국어은편용예경봉사부복"
_THREE = f"(?:[{_COMMON}][가-힣]{{2}}|(?:남궁|황보|제갈|선우|독고|사공)[가-힣]{{1,2}})"
_ANY = f"(?:[{_COMMON}{_RARE}][가-힣]{{1,3}}?)"
_COPULA = r"(?=\s?(?:이에요|예요|입니다|이라고|라고|이야|이고|인데|이라|임\b|이며|야\b|[.,!\n]|$))"
_SAYING = r"(?:제|내|저의|나의|본인|아이|딸|아들|남편|아내|어머니|아버지)\s?(?:이름|성함)(?:은|이)?\s+"

NAMES: tuple[str, ...] = (
    rf"{_SAYING}(?P<value>{_ANY}){_COPULA}",
    rf"(?:이름|성함)은\s+(?P<value>{_THREE}){_COPULA}",
    rf"(?:^|[\s,.!?])(?:저는|나는|전|난)\s+(?P<value>{_THREE})(?=\s?(?:이에요|예요|입니다|이라고\s?(?:해|합|불)|라고\s?(?:해|합|불)|이야\b))",
    rf"(?:예금주|성명|신청인|신청자|받는\s?(?:사람|분)|보내는\s?(?:사람|분)|수령인|담당자|고객명)\s?[:은는]?\s*(?P<value>{_THREE})(?![가-힣])",
    rf"(?<![가-힣])(?P<value>{_THREE})(?=\s?씨(?![가-힣])|\s?씨(?:가|는|의|를|에게|한테|께|도|랑|와|입니다|예요))",
    rf"(?<![가-힣])(?P<value>{_THREE})(?=\s?님(?![비프]))",
    r"(?i:my name is|name's|call me)\s+(?P<value>[A-Z][a-z]+(?:[ -][A-Z][a-z]+){0,2})",
    r"(?:\bI am|\bI'm|[Tt]his is)\s+(?P<value>[A-Z][a-z]+ (?:[A-Z]\. )?[A-Z][a-z]+)(?=[.,!\n]|$| (?:and|from|here)\b)",
    r"\b(?:Mr|Mrs|Ms|Miss|Dr)\.?\s(?P<value>[A-Z][a-z]+(?: [A-Z][a-z]+)?)",
)
_NO_NAMES = frozenset(
    """
    고양이 강아지 한국인 미국인 유학생 신입생 공무원 선생님 임산부 연구원 정치인 변호사 배달원 경비원
    조합원 노동자 한부모 장애인 소비자 사업자 여학생 남학생 임차인 임대인 이용자 이웃집 안내원 기술자
    구청장 신청자 신청인 주인공 하숙생 전문가 원주민 어르신 방문자 방문객 정규직 계약직 예약자 유튜버
    한의사 간호사 안경사 수험생 지원자 원어민 이방인 노약자 문외한 무직자 유공자 심리사 사회인 서울인
    부산인 제주인 주재원 구직자 구매자 이주민 변리사 세무사 민들레 나팔꽃 고구마 강낭콩 홍고추 오미자
    이파리 오라버 고모부 이모부 조합장 이사장 조교수 정교수 주무관 조사관 심사관 노무사 진행자 주치의 구독자 정비사
    조리사 민원인 배송원 신고자 주지스 전문의 유가족
    """.split()
)
_THINGS = re.compile(r"(?:캐릭터|품목|제품|상품|앱|가게|상호|브랜드|식물|동물|강아지|고양이|파일|모델)[의은]?\s*$")
_NOT_ENGLISH = frozenset(
    "Not Very Really Sorry Just Korean American English Looking Living Seoul The From Sure New".split()
)


def is_name(value: str, before: str) -> bool:
    """A value that stands in a frame is a name: no listed word, and not the name of a thing."""
    if value.split()[0] in _NOT_ENGLISH or _THINGS.search(before[-8:]):
        return False
    return value not in _NO_NAMES
