"""The services that later rooms keep their state in answer in their own protocol; `make services` starts them."""

from __future__ import annotations

import socket
import struct

GREETING = {
    "postgresql": (struct.pack("!ii", 8, 80877103), (b"S", b"N")),  # SSLRequest is answered with one letter
    "redis": (b"PING\r\n", (b"+PONG", b"-NOAUTH")),
    "rabbitmq": (b"AMQP\x00\x00\x09\x01", (b"\x01\x00\x00",)),  # connection.start on channel 0
}


def test_a_service_speaks_its_protocol(service: tuple[str, int]) -> None:
    name, port = service
    hello, answers = GREETING[name]
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(hello)
        assert connection.recv(64).startswith(answers)
