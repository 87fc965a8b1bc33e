"""What tests share: where the public data lies, which services answer, and one line for whatever is not there."""

from __future__ import annotations

import os
import shutil
import socket
from collections import Counter
from pathlib import Path

import pytest

SERVICES = {"postgresql": 5432, "redis": 6379, "rabbitmq": 5672}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_LEFT_OUT = "for want of "


def _leave_out(what: str, how: str) -> None:
    """Skip a test for want of `what`; with REQUIRE_SERVICES=1 fail it instead."""
    if os.environ.get("REQUIRE_SERVICES") == "1":
        pytest.fail(f"{what} is missing and REQUIRE_SERVICES=1: {how}")
    pytest.skip(f"{_LEFT_OUT}{what}: {how}")


@pytest.fixture(scope="session")
def repository() -> Path:
    return Path(__file__).resolve().parent.parent


@pytest.fixture
def shared_data() -> Path:
    """The folder of public data, see `docs/development.md`."""
    folder = os.environ.get("SHARED_DATA")
    if folder and Path(folder).is_dir():
        return Path(folder).resolve()
    _leave_out("public data", "set SHARED_DATA to its folder")
    raise AssertionError("unreachable")


@pytest.fixture(scope="session")
def browser() -> str:
    """The path of a Chromium."""
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    _leave_out("Chromium", "run `make browser`")
    raise AssertionError("unreachable")


@pytest.fixture(params=sorted(SERVICES))
def service(request: pytest.FixtureRequest) -> tuple[str, int]:
    """The name and port of a service that accepts connections."""
    name, port = str(request.param), SERVICES[request.param]
    with socket.socket() as probe:
        probe.settimeout(2)
        if probe.connect_ex(("127.0.0.1", port)):
            _leave_out(name, "run `make services`")
    return name, port


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Count what was left out and say how to get it, read from the reports: the tests ran in other processes."""
    why = [
        report.longrepr[2] for report in terminalreporter.stats.get("skipped", []) if isinstance(report.longrepr, tuple)
    ]
    absent = Counter(reason.partition(_LEFT_OUT)[2] for reason in why if _LEFT_OUT in reason)
    for what, count in sorted(absent.items()):
        terminalreporter.write_line(f"left out {count} tests {_LEFT_OUT}{what}")
