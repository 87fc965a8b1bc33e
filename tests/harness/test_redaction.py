"""Personal data goes, look-alikes stay: one table of each, and what holds whatever the text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.importing.checksums import is_business, is_iban, is_luhn, is_resident
from harness.importing.redaction import Redactor

PERSONAL = """
주민등록번호 | 주민등록번호 900101-1234567 입니다
주민등록번호 | 제 주번은 850315-2345678이에요
주민등록번호 | 외국인등록번호 900101-5234567
주민등록번호 | 0003154012345 주민번호예요
전화번호 | 010-1234-5678로 연락 주세요
전화번호 | 01012345678
전화번호 | 010 1234 5678
전화번호 | 010.1234.5678
전화번호 | (010)1234-5678
전화번호 | +82 10-1234-5678
전화번호 | +82-10-1234-5678
전화번호 | +821012345678
전화번호 | 연락처는０１０－１２３４－５６７８
전화번호 | 02-345-6789로 전화 주세요
전화번호 | 031-234-5678
전화번호 | 070-1234-5678
전화번호 | 0505-123-4567
전화번호 | 011-234-5678
전화번호 | +1 (415) 555-2671
전화번호 | call me at 415-555-2671
전화번호 | +44 20 7946 0958
이메일 | hong@naver.com으로 보내 주세요
이메일 | gildong.hong+eco@mail.example.co.kr
이메일 | my mail: a_b@test.org.
이메일 | hong(at)naver.com
이메일 | hong 골뱅이 naver.com
카드번호 | 카드 4111-1111-1111-1111 결제
카드번호 | 4111111111111111
카드번호 | 5500 0000 0000 0004
카드번호 | 3782-822463-10005
계좌번호 | 신한 110-123-456789로 환불해 주세요
계좌번호 | 국민은행 123456-12-123456
계좌번호 | 계좌번호는 3333-01-1234567 카카오뱅크예요
계좌번호 | 우체국 012345-67-890123
계좌번호 | 농협 302-1234-5678-91
계좌번호 | 계좌 11012345678901로 입금
계좌번호 | IBAN DE89370400440532013000
사업자등록번호 | 사업자등록번호 220-81-62517
사업자등록번호 | 120-81-47521 이에요
사업자등록번호 | 사업자번호 1208147521
주소 | 서울시 마포구 망원로 12 101동 1203호에 살아요
주소 | 마포구 월드컵로 212
주소 | 강남구 테헤란로 152, 12층 1203호
주소 | 은평구 진관2로 29-21
주소 | 수원시 영통구 광교중앙로 145번길 20
주소 | 망원동 123-45번지
주소 | 마포구 망원동 456-7
주소 | 래미안아파트 101동 1203호인데요
주소 | 101동 1203호
주소 | 우리 집은 독막로 320 이에요
주소 | 행복빌라 302호예요
주소 | 1234 Main Street, Apt 5
주소 | 12 Mangwon-ro 5-gil
주소 | Apt 1203
이름 | 제 이름은 홍길동입니다
이름 | 저는 김민수입니다. 소파 버리려고요
이름 | 이름은 박서준이에요
이름 | 저는 이영희라고 합니다
이름 | 예금주 홍길동
이름 | 받는 사람: 최지우
이름 | 홍길동 씨가 신청했어요
이름 | my name is John Smith
이름 | Hi, I am Jane Doe.
이름 | Mr. Smith called
IP주소 | 접속 IP 203.0.113.7 입니다
IP주소 | 2001:db8:0:1:1:1:1:1
비밀키 | sk-abcdEFGH1234567890abcd
비밀키 | AIzaSyA1234567890abcdefghijklmnopqrstuv
비밀키 | eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTYifQ.abcDEF123456
비밀키 | ghp_abcdefghijklmnopqrstuvwxyz0123456789
비밀키 | 비밀번호는 abcd1234! 예요
비밀키 | Bearer abcdefghijklmnop123456
차량번호 | 12가 3456 차량
차량번호 | 서울 12가 3456
차량번호 | 123나4567 주차했어요
여권번호 | 여권번호 M12345678
여권번호 | M123A4567
여권번호 | passport no 123456789
운전면허번호 | 11-12-123456-78 면허
생년월일 | 생년월일 1990-01-01
생년월일 | 1990년 1월 1일생이에요
사회보장번호 | 123-45-6789 SSN
"""
OTHERS = """
5,000원이에요
대형폐기물 수수료는 15,000원
1330으로 전화
국번 없이 120
다산콜센터 120번으로 문의
1588-1234 대표번호
1661-0000으로 문의하세요
2026-01-20 화요일
2026년 1월 20일 오전 9시
09:00~18:00 운영
09:00-18:00
1kg에 1,400원
페트병 350원/kg
1/1/2026
버전 1.2.3.4
v10.2.3.4
127.0.0.1
종이로 3개 만들었어요
비닐로 2장 포장
앞으로 3일
카드로 5,000원 결제
하루로 1번만
마포구 망원동에서 버려요
은평구에 있어요
영등포구 여의도동 어디에 있어요?
강남구 예시 목록에서 1인용 소파
12주 1000원
50구 2000개 형광등
30도 1000시간
2주 걸려요
위도 37.5665, 경도 126.978
주문번호 2026012012345678
4111111111111112
123-45-67890
978-89-1234-567-8 ISBN
바코드 8801234567893
8801234567893
d-041
rule:fee-sofa-1
world:place-mapo-recycling
[전화번호-1]로 연락
페트병은 라벨을 떼고
캐릭터 이름은 페티예요
캐릭터 이름은 유리예요
이름이 뭐예요?
내 이름은 기억해?
저는 대학생입니다
저는 한국인입니다
저는 자취생이에요
저는 주부입니다
저는 공무원입니다
저는 고양이라고 합니다
저는 이 동네 처음이에요
저는 서울시민입니다
복숭아씨는 일반쓰레기
민들레 씨
고객님 안녕하세요
선생님께서
I am looking for a bin
I am Korean American.
This is Very Good
My name tag broke
git@github.com:org/repo
react@18.2.0
@eco2 안녕
pet@1.5L
12월 25일
3층 분리수거장
2호선 망원역 1번 출구
망원역 2번 출구
1번 출구
AA 건전지 4개
1600 1522
비밀번호는 어떻게 바꿔요?
api key가 필요한가요
12345
1,234,567원
100x200x300
100-200-300
2.5L 페트병 12개
우리 구 폐기물 접수번호 123-45-678901
접수번호 20260120-0001
101동 분리수거장
이동 2-3분
운동 3-4번
A4 용지 500장
task-abcdefghijklmnopqrst
제2조 3항
서울 1000가구
동작구 100가구 2000명
S20260120
20251231
12:30:45
24시간 365일
로켓 12호
중앙로 쪽으로 가면 있나요
길 3개
10길로 쭉
"""


def _rows(table: str) -> list[str]:
    return table.strip().split("\n")


@pytest.mark.parametrize("row", _rows(PERSONAL))
def test_personal_data_goes(row: str) -> None:
    label, _, text = row.partition(" | ")
    redactor = Redactor()
    redacted = redactor.text(text)
    assert f"[{label}-1]" in redacted
    assert not re.search(r"\d{4}", redacted)
    assert set(redactor.counts) == {label}


@pytest.mark.parametrize("text", _rows(OTHERS))
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert Redactor().text(text) == text


def test_there_are_enough_of_both() -> None:
    assert min(len(_rows(PERSONAL)), len(_rows(OTHERS))) >= 60


def test_a_value_keeps_its_placeholder_however_it_is_written() -> None:
    redactor = Redactor()
    assert redactor.text("010-1234-5678이고 010-9999-0000이에요") == "[전화번호-1]이고 [전화번호-2]이에요"
    assert redactor.text("+82 10 1234 5678 로 전화할게요") == "[전화번호-1] 로 전화할게요"
    assert Redactor().text("010-9999-0000") == "[전화번호-1]"


def test_a_name_that_was_introduced_goes_without_a_frame_too() -> None:
    redactor = Redactor()
    assert redactor.text("제 이름은 홍길동입니다") == "제 이름은 [이름-1]입니다"
    assert redactor.text("홍길동님, 안녕하세요") == "[이름-1]님, 안녕하세요"
    assert Redactor().text("그건 홍길동, 그 사람이에요") == "그건 홍길동, 그 사람이에요"


def test_a_district_stays_beside_a_house() -> None:
    assert Redactor().text("마포구 월드컵로 212 근처") == "마포구 [주소-1] 근처"


def test_values_are_redacted_at_any_depth_and_keys_are_not() -> None:
    redacted = Redactor().value({"email": ["a@b.com", {"n": 3, "ok": True, "to": ("a@b.com",)}]})
    assert redacted == {"email": ["[이메일-1]", {"n": 3, "ok": True, "to": ["[이메일-1]"]}]}


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (is_luhn, "4111111111111111", "4111111111111112"),
        (is_resident, "8001011234560", "8001011234568"),
        (is_business, "1208147521", "1208147522"),
        (is_iban, "GB82WEST12345698765432", "GB82WEST12345698765433"),
    ],
    ids=["card", "resident", "business", "iban"],
)
def test_check_digits_tell_numbers_from_look_alikes(check: object, good: str, bad: str) -> None:
    assert callable(check)
    assert check(good)
    assert not check(bad)


DIGITS = st.text("0123456789", min_size=4, max_size=4)
PHONES = st.builds(
    lambda sep, one, two: f"010{sep}{one}{sep}{two}", st.sampled_from(["", "-", " ", ".", "－"]), DIGITS, DIGITS
)
CARDS = st.text("0123456789", min_size=14, max_size=14).map(lambda body: _with_check("4" + body))
RESIDENTS = st.builds(
    lambda year, month, day, rest: f"{year:02}{month:02}{day:02}-{rest}",
    st.integers(0, 99), st.integers(1, 12), st.integers(1, 28), st.from_regex(r"\A[1-8][0-9]{6}\Z"),
)  # fmt: skip
WORDS = st.text("가나다로동호 번시구,.!?에서은는\nabc:@-계좌여권", max_size=30)


def _with_check(body: str) -> str:
    return next(body + digit for digit in "0123456789" if is_luhn(body + digit))


@given(WORDS, st.one_of(PHONES, CARDS, RESIDENTS), WORDS)
def test_no_run_of_a_planted_number_survives(before: str, planted: str, after: str) -> None:
    redacted = Redactor().text(f"{before} {planted} {after}")
    for run in re.findall(r"\d{4,}", planted):
        assert run not in redacted


@given(
    st.lists(st.one_of(WORDS, PHONES, CARDS, RESIDENTS, st.sampled_from(_rows(PERSONAL) + _rows(OTHERS))), max_size=6)
)
def test_redacting_twice_changes_nothing(parts: list[str]) -> None:
    once = Redactor().text(" ".join(parts))
    assert Redactor().text(once) == once


@given(st.text())
def test_any_text_can_be_redacted(text: str) -> None:
    assert isinstance(Redactor().text(text), str)
