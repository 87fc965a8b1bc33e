"""What a user, or a foreign answer, cannot make this program call, read or show."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eco2.guard import Hosts, Refused, is_public, media_type, picture_path, public_link, query

HOSTS = Hosts(frozenset({"dapi.kakao.com"}), frozenset({"127.0.0.1"}))
INTERNAL = [
    "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.8", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254",
    "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a00:1::",
    "not an address", "",
]  # fmt: skip


@pytest.mark.parametrize("address", INTERNAL)
def test_an_internal_address_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "211.231.99.17", "2001:4860:4860::8888", "::ffff:8.8.8.8"])
def test_an_open_address_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/", "http://dapi.kakao.com/", "https://dapi.kakao.com@evil.example/", "ftp://127.0.0.1/",
        "https://user:word@dapi.kakao.com/", "https://dapi.kakao.com.evil.example/", "https://dapi.kakao.com\\@evil/",
        "https://DAPI.kakao.com:99999/", "file:///etc/passwd", "https://dapi.kakao.com/\r\nX: y", "",
    ],
)  # fmt: skip
def test_another_address_than_ours_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        HOSTS.check(url)


@pytest.mark.parametrize("url", ["https://dapi.kakao.com/v2/local?query=a", "http://127.0.0.1:8080/kma"])
def test_an_address_of_ours_passes(url: str) -> None:
    HOSTS.check(url)


@pytest.mark.parametrize("addresses", [["10.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::ffff:169.254.169.254"], []], ids=str)
def test_a_host_with_any_internal_address_is_refused(addresses: Sequence[str]) -> None:
    with pytest.raises(Refused, match=r"dapi\.kakao\.com (resolves to the internal address|has no address)"):
        HOSTS.pinned("dapi.kakao.com", 443, lambda host, port: addresses)


def test_a_host_is_called_by_the_addresses_that_were_checked() -> None:
    assert HOSTS.pinned("dapi.kakao.com", 443, lambda host, port: ["8.8.8.8"]) == ("8.8.8.8",)


def test_a_host_that_whoever_runs_this_named_may_be_internal() -> None:
    assert HOSTS.pinned("127.0.0.1", 80, lambda host, port: ["127.0.0.1"]) == ("127.0.0.1",)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "data:text/html,x", "http://localhost/admin", "http://127.0.0.1/", "http://2130706433/",
        "http://0x7f.1/", "http://[::1]/", "http://169.254.169.254/latest/meta-data", "http://printer.local/",
        "https://me:pw@news.example.org/", "https://news.example.org/\u202e", "//news.example.org/", "", "http://intra/",
        "https://" + "a" * 3000 + ".org/", "http://metadata.google.internal/",
    ],
)  # fmt: skip
def test_a_link_that_leads_inside_is_not_shown(url: str) -> None:
    assert public_link(url) is None


@pytest.mark.parametrize(
    "url", ["https://news.example.org/a?b=c", "http://8.8.8.8/", "https://xn--3e0b707e.kr/", "https://한국.kr/"]
)
def test_an_open_link_is_shown_as_it_is(url: str) -> None:
    assert public_link(url) == url


@given(st.text(max_size=300))
def test_a_query_is_one_visible_line_or_refused(text: str) -> None:
    try:
        line = query(text, 100)
    except Refused:
        return
    assert 0 < len(line) <= 100
    assert all(unicodedata.category(letter)[0] != "C" for letter in line)
    assert query(line, 100) == line


@pytest.mark.parametrize(
    "text", ["", " \n\t", "\u200b\u2060", "\x00\x1b", "가" * 401], ids=["empty", "blank", "hidden", "control", "long"]
)
def test_a_query_without_words_or_with_too_many_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        query(text)


def test_control_characters_do_not_reach_a_query() -> None:
    assert query("재활용\r\nHost: evil\u202e\x00 센터") == "재활용 Host: evil 센터"


@pytest.mark.parametrize(
    "given",
    ["../secret.png", "/etc/passwd", "http://10.0.0.1/a.png", "file:///etc/passwd", "link.png", "a\0b", "", "no.png"],
)
def test_a_picture_elsewhere_is_not_read(given: str, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    (tmp_path / "secret.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(Refused):
        picture_path(given, [folder])


def test_a_picture_below_the_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "cup.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert picture_path("cup.png", [tmp_path]) == tmp_path / "cup.png"
    assert picture_path(str(tmp_path / "cup.png"), [tmp_path]) == tmp_path / "cup.png"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x89PNG\r\n\x1a\nx", "image/png"), (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"RIFF\0\0\0\0WEBPVP8", "image/webp"), (b"GIF89a", "image/gif"), (b"<svg onload=x>", None),
        (b"", None), (b"RIFF\0\0\0\0WAVE", None),
    ],
)  # fmt: skip
def test_a_picture_is_known_by_its_bytes(data: bytes, kind: str | None) -> None:
    assert media_type(data) == kind
