"""Reading what HTTP says beside the answer: pauses and error words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from eco2.adapters.model_wire import error_words, retry_after_s


@pytest.mark.parametrize(
    ("header", "body", "seconds"),
    [
        ("7", "", 7.0),
        ("0.5", "", 0.5),
        ("-3", "", 0.0),
        ("soon", "", None),
        (None, "", None),
        (None, "no json", None),
        (None, '{"error": {"details": [{}, {"retryDelay": "2.5s"}]}}', 2.5),
        (None, '{"error": {"details": []}}', None),
        (None, '{"error": "busy"}', None),
    ],
)
def test_a_pause_is_read_from_wherever_it_is_given(header: str | None, body: str, seconds: float | None) -> None:
    assert retry_after_s(header, body) == seconds


def test_a_pause_until_a_date_is_read_too() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)

    assert retry_after_s(later) == pytest.approx(30, abs=3)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"error": {"message": "too\\n many"}}', ": too many"),
        ('{"error": "model not found"}', ": model not found"),
        ('{"error": {"message": "key sk-abcdefgh is bad"}}', ": key *** is bad"),
        ('{"error": {}}', ""),
        ("[]", ""),
        ("<html>", ""),
    ],
)
def test_error_words_are_one_line_without_secrets(body: str, words: str) -> None:
    assert error_words(body, ("Bearer sk-abcdefgh",)) == words


def test_long_error_words_are_cut() -> None:
    assert len(error_words('{"error": "' + "x" * 5000 + '"}')) < 200
