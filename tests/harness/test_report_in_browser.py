"""The report as a person meets it: from disk, without a network, on a desk and on a phone, by keyboard, without JS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness import commands
from harness.app import Site
from harness.plan import Request
from tests.harness.many_cases import FAILED, many, write_report
from tests.harness.support import full, write_config, write_rows

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

playwright = pytest.importorskip("playwright.sync_api", reason="no playwright: pip install playwright")
NOW = "2026-01-20T09:00:00+00:00"
EVIL = "<img src=x onerror=alert(1)><script>alert(2)</script> javascript:alert(3) \u2028 </script>"
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"}
PHONE: dict[str, Any] = {
    "viewport": {"width": 375, "height": 812}, "color_scheme": "dark", "device_scale_factor": 2, "is_mobile": True,
    "has_touch": True,
}  # fmt: skip
SCREENS = {"desk, light": DESK, "desk, dark": {**DESK, "color_scheme": "dark"}, "phone, dark": PHONE,
           "phone, light": {**PHONE, "color_scheme": "light"}}  # fmt: skip
Opens = Callable[..., "Page"]


@pytest.fixture
def report(site: Site, workspace: Path) -> Path:
    """Of a run with a false claim in every price; the words of one case try to break out."""
    write_config(workspace, "alters_a_number")
    path = workspace / "datasets" / "golden-dev.jsonl"
    price = {"id": "dev-price", "turns": ["요즘 시세 얼마야?"], "required": [["350"]]}
    cap = {"id": "dev-cap", "turns": ["안녕", "뚜껑은?"]}
    evil = {"id": "dev-evil", "turns": [f"뚜껑은? {EVIL}"], "tags": ["evil"]}
    write_rows(path, [full(row, "dev") for row in (price, evil, cap)])
    commands.accept_gold(site, "first")
    commands.evaluate(Site(workspace, site.environ, workspace), Request(), None, NOW)
    return workspace / "reports" / "latest" / "report.html"


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a thousand cases."""
    folder = tmp_path_factory.mktemp("large")
    return write_report(many(folder, 1_000), folder)


@pytest.fixture(scope="module")
def chromium(browser: str) -> Iterator[Browser]:
    with playwright.sync_playwright() as driver:
        yield driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])


@pytest.fixture
def opens(chromium: Browser) -> Iterator[Opens]:
    """Opens a page offline; whatever it complains of, asks a network for or says in a dialog fails the test."""
    said: list[str] = []

    def opened(path: Path, screen: dict[str, Any] = DESK, **options: Any) -> Page:
        page = chromium.new_context(offline=True, **screen, **options).new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.on("request", lambda request: said.extend([request.url] if _is_far(request.url) else []))
        page.goto(path.as_uri(), wait_until="load")
        return page

    yield opened
    assert said == []


@pytest.mark.parametrize("screen", SCREENS.values(), ids=SCREENS)
def test_the_page_fits_the_screen_and_every_word_has_contrast(
    opens: Opens, report: Path, screen: dict[str, Any]
) -> None:
    page = opens(report, screen)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(_FAINT) == []
    assert page.locator("h1").inner_text() == "A gate fails"


@pytest.mark.parametrize("screen", SCREENS.values(), ids=SCREENS)
def test_the_mark_of_a_bad_slice_has_contrast_on_every_colour(
    opens: Opens, report: Path, screen: dict[str, Any]
) -> None:
    page = opens(report, screen)
    page.evaluate(_BAD_CELLS)
    assert page.evaluate(_FAINT) == []


def test_words_that_turn_the_direction_turn_only_themselves(opens: Opens, report: Path) -> None:
    """The number of a claim stands behind its words, also where these would turn all that follows."""
    page = opens(report)
    page.locator(".sentences a", has_text="dev-price").first.click()
    page.evaluate("document.querySelectorAll('bdi, q').forEach((one) => one.prepend('\u202e'))")
    mark = page.locator("details:target mark").first
    words, sign = mark.locator("bdi").bounding_box(), mark.locator("sup").bounding_box()
    assert words is not None
    assert sign is not None
    assert sign["x"] >= words["x"] + words["width"] - 1
    rest = "[...document.querySelectorAll('.sentences q')].map((one) => getComputedStyle(one).unicodeBidi)"
    assert set(page.evaluate(rest)) == {"isolate"}


def test_in_print_the_page_is_dark_on_light(opens: Opens, report: Path) -> None:
    """Printers leave grounds out: light words would be lost on paper."""
    page = opens(report, SCREENS["desk, dark"])
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(_FAINT) == []
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(24, 33, 30)"
    assert not page.locator("nav").is_visible()


def test_the_header_leads_to_the_case_that_fails_a_gate(opens: Opens, report: Path) -> None:
    page = opens(report)
    page.locator(".sentences a", has_text="dev-price").first.click()
    case = page.locator("details:target")
    assert "530원" in case.locator(".claim > div").first.inner_text()
    assert "350원" in case.locator(".claim > div").nth(1).inner_text()
    assert "rules/waste.yaml" in case.locator(".claim > div").nth(1).inner_text()
    assert case.locator("mark.bad, mark.fault").first.is_visible()


def test_without_javascript_the_failed_cases_open_and_the_rest_is_said(opens: Opens, report: Path) -> None:
    page = opens(report, java_script_enabled=False)
    case = page.locator("#failures details.case").first
    if case.get_attribute("open") is None:
        case.locator("summary").first.click()
    assert case.locator(".talk").is_visible()
    assert "turn JavaScript on" in page.locator("#cases").inner_text()
    assert not page.locator("#find").is_visible()


def test_a_passed_case_comes_out_of_its_side_file_with_its_words_as_words(opens: Opens, report: Path) -> None:
    page = opens(report)
    page.locator("#words").fill("dev-evil")
    case = page.locator("#list .case")
    case.locator("summary").first.click()
    case.locator(".told").wait_for()
    assert "<script>alert(2)</script>" in case.locator(".talk .user").inner_text()
    assert page.locator("#list img, #list script").count() == 0


def test_a_side_file_that_is_gone_is_said_to_be_gone(chromium: Browser, large: Path) -> None:
    page = chromium.new_page()
    page.route("**/report-cases/*", lambda route: route.abort())
    page.goto(large.as_uri())
    page.locator("#verdict").select_option("P")
    page.locator("#list summary").first.click()
    page.get_by_text("does not lie beside this page").wait_for()


def test_the_keyboard_alone_finds_opens_and_leaves_a_case(opens: Opens, large: Path) -> None:
    page = opens(large)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("/")
    page.keyboard.type("dev-00777")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "verdict"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.keyboard.press("Enter")
    page.locator("#list .told").wait_for()
    assert "777개" in page.locator("#list .talk").inner_text()
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.closest('section').id") == "failures"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_everything_that_scrolls_or_opens_is_reached_by_tab(opens: Opens, report: Path) -> None:
    page = opens(report)
    reached = set()
    for _ in range(page.evaluate("document.querySelectorAll('a, summary, input, select, button, [tabindex]').length")):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)"))
    assert set(page.evaluate(_VISIBLE)) <= reached


def test_search_and_verdict_narrow_the_list_and_more_comes_on_demand(opens: Opens, large: Path) -> None:
    page = opens(large)
    assert page.locator("#list > *").count() == 50
    page.locator("#next").click()
    assert page.locator("#list > *").count() == 100
    page.locator("#verdict").select_option("F")
    assert page.locator("#found").inner_text() == f"{FAILED} of 1000 cases"
    page.locator("#words").fill("waste ko 249")
    assert page.locator("#list > *").count() == 1


def test_tables_have_heads_and_headings_go_down_by_one(opens: Opens, report: Path) -> None:
    page = opens(report)
    assert page.evaluate("[...document.querySelectorAll('th')].every((cell) => cell.scope)")
    levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3, h4')].map((one) => Number(one.tagName[1]))")
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.evaluate(
        "[...document.querySelectorAll('svg')].every((one) => one.querySelector('title')?.textContent)"
    )


@pytest.mark.soak
def test_ten_thousand_cases_open_at_once(opens: Opens, tmp_path: Path) -> None:
    path = write_report(many(tmp_path, 10_000), tmp_path)
    assert path.stat().st_size < 3_000_000
    page = opens(path)
    timing = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
    assert page.evaluate(timing) < 5_000
    assert page.locator("#found").inner_text() == "10000 of 10000 cases"


def _is_far(url: str) -> bool:
    return not url.startswith(("file:", "data:"))


_BAD_CELLS = """
(() => {
  const row = document.querySelector('.heat tbody tr');
  for (const heat of ['h0', 'h1', 'h2', 'h3', 'h4', 'h5']) {
    const cell = row.insertCell();
    cell.className = heat;
    cell.innerHTML = '0.00<b>▼</b><small>6</small>';
  }
})()
"""
_VISIBLE = """
(() => {
  const all = [...document.querySelectorAll('*')];
  const wanted = document.querySelectorAll('a, summary, input, select, button, [tabindex]');
  return [...wanted].filter((one) => one.checkVisibility()).map((one) => all.indexOf(one));
})()
"""
_FAINT = """
(() => {
  const linear = (share) => share <= .04045 ? share / 12.92 : ((share + .055) / 1.055) ** 2.4;
  const part = (value) => linear(value / 255);
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => .2126 * part(r) + .7152 * part(g) + .0722 * part(b);
  const ground = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const faint = new Set();
  for (let node = words.nextNode(); node; node = words.nextNode()) {
    const one = node.parentElement;
    if (!node.data.trim() || one.closest('svg, script, noscript, .skip') || !one.checkVisibility()) continue;
    const back = ground(one), style = getComputedStyle(one), ink = numbers(style.color);
    let opacity = 1;
    for (let at = one; at; at = at.parentElement) opacity *= Number(getComputedStyle(at).opacity);
    const mixed = ink.slice(0, 3).map((value, at) => value * opacity + back[at] * (1 - opacity));
    const [high, low] = [light(mixed), light(back)].sort((a, b) => b - a);
    const ratio = (high + .05) / (low + .05);
    if (ratio < 4.5) faint.add(`${one.tagName}.${one.className} ${ratio.toFixed(2)} ${node.data.trim().slice(0, 20)}`);
  }
  return [...faint];
})()
"""
