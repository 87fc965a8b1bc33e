"""An httpx transport that calls only checked hosts, by the address that was checked, and stops at a point in time.

httpx's own timeouts begin anew with every byte, so that a source that drips would hold a turn for ever; here every read
and write gets what is left of the request. A key travels in `extensions["secret"]` and is put into the request below
httpx, whose log line and whose errors carry the address. Proxies of the environment are not used: the address would be
theirs to choose. Resolving a name has no timeout of its own in Python; whoever runs a sub-agent bounds that.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpcore
import httpx

from eco2.guard import Hosts, Resolve
from eco2.policy import Clock, Deadline

MOST_ANSWER_BYTES = 32_000_000
_LONGEST_S = 60.0


@dataclass(frozen=True)
class Secret:
    """What proves who is calling; kept out of every repr."""

    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a name in the order of the system; empty when it has none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return list(dict.fromkeys(str(address[4][0]) for address in found))


def pinned_client(hosts: Hosts, resolve: Resolve = resolve, clock: Clock = time.monotonic) -> httpx.Client:
    """Return a client that calls `hosts` only and follows no redirect."""
    transport = PinnedTransport(hosts, resolve, clock)
    return httpx.Client(transport=transport, follow_redirects=False, trust_env=False)


class PinnedTransport(httpx.BaseTransport):
    """Sends a request whose host passes, with its secret, and reads the whole answer before its deadline.

    `extensions` of a request: "deadline_s", seconds for all of it; "secret", a `Secret`.
    """

    def __init__(self, hosts: Hosts, resolve: Resolve = resolve, clock: Clock = time.monotonic) -> None:
        self._hosts, self._clock = hosts, clock
        self._network = _PinnedNetwork(hosts, resolve)
        self._pool = httpcore.ConnectionPool(ssl_context=httpx.create_ssl_context(), network_backend=self._network)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request.

        Raises:
            Refused: its host may not be called.
            httpx.TransportError: it could not be sent, or answered in time.
        """
        self._hosts.check(str(request.url))
        self._network.by(Deadline.after(float(request.extensions.get("deadline_s", _LONGEST_S)), self._clock))
        try:
            with self._pool.stream(**_with_secret(request)) as answer:
                _check_plain(answer.headers, request)
                body = _whole(answer.iter_stream(), request)
                return httpx.Response(answer.status, headers=answer.headers, content=body, request=request)
        except httpcore.TimeoutException as error:
            raise httpx.ReadTimeout(type(error).__name__, request=request) from None
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise httpx.NetworkError(type(error).__name__, request=request) from None

    def close(self) -> None:
        self._pool.close()


def _with_secret(request: httpx.Request) -> dict[str, Any]:
    """Return what httpcore is given: the request with the secret's parameters and headers."""
    secret = request.extensions.get("secret", Secret())
    url = request.url.copy_merge_params(dict(secret.params)) if secret.params else request.url
    headers = [*request.headers.raw, *((key.encode(), value.encode()) for key, value in secret.headers.items())]
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    return {"method": request.method, "url": target, "headers": headers, "content": request.read()}


def _check_plain(headers: Iterable[tuple[bytes, bytes]], request: httpx.Request) -> None:
    """Refuse a packed answer: a plain one was asked for, and a packed one can unpack to any size."""
    packed = [value for key, value in headers if key.lower() == b"content-encoding" and value.lower() != b"identity"]
    if packed:
        raise httpx.NetworkError("a packed answer", request=request)


def _whole(chunks: Iterable[bytes], request: httpx.Request) -> bytes:
    """Read an answer up to its allowed size."""
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > MOST_ANSWER_BYTES:
            raise httpx.NetworkError(f"more than {MOST_ANSWER_BYTES} bytes", request=request)
    return bytes(body)


class _PinnedNetwork(httpcore.NetworkBackend):
    """Connects to checked addresses; each thread's streams end at the deadline that it set last."""

    def __init__(self, hosts: Hosts, resolve: Resolve) -> None:
        self._hosts, self._resolve = hosts, resolve
        self._network = httpcore.SyncBackend()
        self._of_thread = threading.local()

    def by(self, deadline: Deadline) -> None:
        self._of_thread.deadline = deadline

    def left(self) -> float:
        """Return the seconds left.

        Raises:
            httpcore.ReadTimeout: none are.
        """
        deadline: Deadline = self._of_thread.deadline
        if deadline.expired:
            raise httpcore.ReadTimeout("deadline")
        return deadline.remaining_s

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        del timeout, local_address
        return _Stream(self._first(self._hosts.pinned(host, port, self._resolve), port, socket_options), self.left)

    def _first(self, addresses: Sequence[str], port: int, options: Iterable[Any] | None) -> httpcore.NetworkStream:
        """Connect to the first address that answers, in order."""
        for address in addresses[:-1]:
            try:
                return self._network.connect_tcp(address, port, self.left(), socket_options=options)
            except httpcore.NetworkError:
                continue
        return self._network.connect_tcp(addresses[-1], port, self.left(), socket_options=options)


class _Stream(httpcore.NetworkStream):
    """A connection whose every read and write gets at most the seconds that are left."""

    def __init__(self, stream: httpcore.NetworkStream, left: Callable[[], float]) -> None:
        self._stream, self._left = stream, left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        del timeout
        return self._stream.read(max_bytes, self._left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        del timeout
        self._stream.write(buffer, self._left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        del timeout
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, self._left()), self._left)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
