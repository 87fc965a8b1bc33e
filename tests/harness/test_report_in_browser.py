"""The report as a person meets it: offline, on a desk and on a phone, by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness import commands
from harness.app import Site
from harness.plan import Request
from tests.harness.support import write_config

if TYPE_CHECKING:
    from playwright.sync_api import Page

playwright = pytest.importorskip("playwright.sync_api", reason="no playwright: pip install playwright")


@pytest.fixture
def report(site: Site, workspace: Path) -> Path:
    write_config(workspace, "alters_a_number")
    commands.accept_gold(site, "first")
    commands.evaluate(Site(workspace, site.environ, workspace), Request(), None, "2026-01-20T09:00:00+00:00")
    return workspace / "reports" / "latest" / "report.html"


@pytest.fixture(params=[(1280, 900, "light"), (390, 844, "dark")], ids=["desk, light", "phone, dark"])
def page(request: pytest.FixtureRequest, browser: str) -> Iterator[Page]:
    width, height, scheme = request.param
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        yield chromium.new_page(viewport={"width": width, "height": height}, color_scheme=scheme, offline=True)
        chromium.close()


def test_the_report_opens_without_a_network_and_fits_the_screen(page: Page, report: Path) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("requestfailed", lambda request: said.append(request.url))
    page.goto(report.as_uri())
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.locator("h1").inner_text() == "A gate fails"


def test_a_failed_case_opens_by_keyboard_and_shows_claim_and_line(page: Page, report: Path) -> None:
    page.goto(report.as_uri())
    case = page.locator("details", has_text="dev-price")
    if case.get_attribute("open") is None:
        case.locator("summary").focus()
        page.keyboard.press("Enter")
    assert "530원" in case.locator(".claim > div").first.inner_text()
    assert "350원" in case.locator(".claim > div").nth(1).inner_text()
    assert case.locator("mark").is_visible()
