"""The check digits that tell an identity number from a number that only looks like one. Digits alone come in."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

_RESIDENT = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_BUSINESS = (1, 3, 7, 1, 3, 7, 1, 3, 5)
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def is_luhn(digits: str) -> bool:
    """Payment cards: every second digit from the right doubled, the sum divisible by ten.

    Source:
        ISO/IEC 7812-1, annex B.
    """
    doubled = (int(digit) * (1 + index % 2) for index, digit in enumerate(reversed(digits)))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def is_birth_date(digits: str) -> bool:
    """The first six digits are a year, month and day; all zeros are none."""
    month, day = int(digits[2:4]), int(digits[4:6])
    return 1 <= month <= 12 and 1 <= day <= _DAYS[month - 1]


def is_resident(digits: str) -> bool:
    """Korean resident registration: thirteen digits, a birth date, the check digit of the numbers before October 2020.

    A foreigner's number (seventh digit 5 to 8) is two further on.
    """
    if len(digits) != 13 or not is_birth_date(digits):
        return False
    remainder = (11 - _weighted(digits, _RESIDENT) % 11) % 10
    return int(digits[12]) in (remainder, (remainder + 2) % 10)


def is_business(digits: str) -> bool:
    """Korean business registration: ten digits; the ninth counts five times and its tens are added."""
    total = _weighted(digits, _BUSINESS) + int(digits[8]) * 5 // 10
    return len(digits) == 10 and (10 - total % 10) % 10 == int(digits[9])


def is_iban(text: str) -> bool:
    """An international account number: letters as numbers, country and check digits moved behind, one modulo 97.

    Source:
        ISO 13616-1.
    """
    moved = text[4:] + text[:4]
    return 15 <= len(text) <= 34 and int("".join(str(int(character, 36)) for character in moved)) % 97 == 1


def is_address(text: str) -> bool:
    """An IP address of some machine; loopback and the unspecified address are nobody's."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return not (address.is_loopback or address.is_unspecified)


def _weighted(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))
