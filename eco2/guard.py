"""What of a user's input, or of a foreign answer, may reach an address, a file or another person's screen.

Addresses that are called are ours, by an allow-list; each is resolved once, checked, and then called by that very
number, so that a name cannot turn into an internal address between check and call. Nothing here opens a connection.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from eco2.turns import SourceUnavailable

MOST_QUERY_CHARACTERS = 400
MOST_PICTURE_BYTES = 20_000_000
_MOST_URL_CHARACTERS = 2_048
_INTERNAL_NAMES = re.compile(
    r"(?:^|\.)(?:localhost|local|internal|intranet|lan|home|corp|localdomain)\.?$", re.IGNORECASE
)
_NAME = re.compile(
    r"^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$", re.IGNORECASE
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)  # fmt: skip

Resolve = Callable[[str, int], Sequence[str]]
"""Returns the addresses of a host name, as numbers."""


class Refused(SourceUnavailable):
    """An input or an address that is not let through; the sub-agent goes on without its source."""


@dataclass(frozen=True)
class Hosts:
    """The hosts that may be called; whoever runs this named those of `internal`: they may lie inside and speak http."""

    allowed: frozenset[str]
    internal: frozenset[str] = field(default_factory=frozenset)

    def check(self, url: str) -> None:
        """Let an address pass, or raise.

        Raises:
            Refused: another host, another scheme than https, or a name and password in it.
        """
        parts = _parts(url)
        host = parts.hostname or ""
        if host not in self.allowed | self.internal:
            raise Refused(f"{host!r:.80} is not among the hosts that may be called; add its source to the settings")
        if parts.scheme != "https" and not (parts.scheme == "http" and host in self.internal):
            raise Refused(f"{host} may be called by https only, not by {parts.scheme!r:.20}")
        if parts.username is not None or parts.password is not None:
            raise Refused(f"an address of {host} carries a name or password; leave it out")

    def pinned(self, host: str, port: int, resolve: Resolve) -> tuple[str, ...]:
        """Resolve a host once and return its addresses, to be called as they are.

        Raises:
            Refused: the host is not allowed, has no address, or any of its addresses is internal.
        """
        if host not in self.allowed | self.internal:
            raise Refused(f"{host!r:.80} is not among the hosts that may be called; add its source to the settings")
        addresses = tuple(resolve(host, port))
        inside = [address for address in addresses if not is_public(address)]
        if not addresses or (inside and host not in self.internal):
            what = f"resolves to the internal address {inside[0]}" if inside else "has no address"
            raise Refused(f"{host} {what}; it is not called")
        return addresses


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet; an IPv4 address inside an IPv6 one counts as itself.

    >>> is_public("8.8.8.8"), is_public("169.254.169.254"), is_public("::ffff:127.0.0.1")
    (True, False, False)
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = _embedded(ip) if isinstance(ip, ipaddress.IPv6Address) else None
    if inner is not None:
        return is_public(str(inner))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def public_link(url: str) -> str | None:
    """Return a foreign link that may be shown: http or https, a name or an address of the open internet; else None.

    Showing is all: links of users and of answers are never fetched.
    """
    try:
        parts = _parts(url)
    except Refused:
        return None
    host = parts.hostname or ""
    shown = parts.scheme in ("http", "https") and parts.username is None and parts.password is None
    return url if shown and (is_public(host) or _is_public_name(host)) else None


def query(text: str, most: int = MOST_QUERY_CHARACTERS) -> str:
    """Return a user's words as one line without control or invisible characters.

    Raises:
        Refused: nothing is left, or it is longer than `most` characters.
    """
    normal = unicodedata.normalize("NFC", text)
    visible = "".join(
        " " if unicodedata.category(letter).startswith(("C", "Zl", "Zp")) else letter for letter in normal
    )
    line = " ".join(visible.split())
    if not line:
        raise Refused("there are no words to search for; ask with at least one")
    if len(line) > most:
        raise Refused(f"{len(line)} characters are too many to search for; ask with at most {most}")
    return line


def picture_path(given: str, folders: Sequence[Path]) -> Path:
    """Return the file that a user's picture path names, below one of `folders`, links resolved.

    Raises:
        Refused: it is an address, lies elsewhere, is no file, or is too large.
    """
    if "://" in given or "\0" in given:
        raise Refused(f"a picture is given as a file, never fetched: {given!r:.80}")
    for folder in folders:
        root = folder.resolve()
        path = (root / given).resolve()
        if path.is_relative_to(root) and path.is_file():
            if path.stat().st_size > MOST_PICTURE_BYTES:
                raise Refused(
                    f"the picture {path.name!r:.80} has more than {MOST_PICTURE_BYTES} bytes; give a smaller one"
                )
            return path
    raise Refused(f"no picture {given!r:.80} below the folders for pictures")


def media_type(data: bytes) -> str | None:
    """Return the type of a picture by its first bytes, whatever its name says; None for anything else."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((name for signature, name in _SIGNATURES if data.startswith(signature)), None)


def _parts(url: str) -> SplitResult:
    """Split an address.

    Raises:
        Refused: it is too long, has control characters or blanks, or cannot be split.
    """
    if len(url) > _MOST_URL_CHARACTERS or any(unicodedata.category(letter)[0] in "CZ" for letter in url) or "\\" in url:
        raise Refused(f"an address with blanks, control characters or too many letters: {url!r:.80}")
    try:
        parts = urlsplit(url)
        _ = parts.port, parts.hostname
    except ValueError as error:
        raise Refused(f"not an address: {url!r:.80}") from error
    return parts


def _is_public_name(host: str) -> bool:
    """Whether a host is a full name; a number in disguise ("2130706433", "0x7f.1") is not one."""
    try:
        name = host.encode("idna").decode("ascii")
    except UnicodeError:
        return False
    return bool(_NAME.match(name)) and not _INTERNAL_NAMES.search(name)


def _embedded(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that an IPv6 one leads to: mapped, NAT64, 6to4 or Teredo; else None."""
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
