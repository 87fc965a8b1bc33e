"""The labelling form as a person meets it: one file, no network, by mouse or by keyboard, on a desk and on a phone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.app_judge import draw_form
from harness.cases import Judgement
from harness.labelling.decisions import read_decisions
from harness.labelling.disputes import Dispute, Item
from harness.labelling.session import take_in
from tests.harness.support import CAP

if TYPE_CHECKING:
    from playwright.sync_api import Page

playwright = pytest.importorskip("playwright.sync_api", reason="no playwright: pip install playwright")

HOSTILE = "</script><img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"
LONG = "아주 긴 문장이에요. " * 200 + "x" * 400
ITEMS = (
    Item("뚜껑은?", ("라벨을 떼요.", CAP), "뚜껑을 닫아요.", "run:golden/dev-cap", "dev-cap"),
    Item(None, (HOSTILE,), HOSTILE, "rows.jsonl:2", "g2"),
    Item("긴 것?", (LONG, "🧴♻️\u2028다음 줄"), LONG, "rows.jsonl:3", "g3"),
)


@pytest.fixture
def form(tmp_path: Path) -> Path:
    said = {"offline": Judgement(0.9, "supported", None, 1, CAP, HOSTILE), "llm": None}
    path = tmp_path / "form.html"
    disputes = [Dispute(ITEMS[0], said, ("llm failed",)), *(Dispute(one, {}, ("asked",)) for one in ITEMS[1:])]
    path.write_text(draw_form(disputes, ""), encoding="utf-8")
    return path


@pytest.fixture(params=[(1280, 900, "light"), (390, 844, "dark")], ids=["desk, light", "phone, dark"])
def page(request: pytest.FixtureRequest, browser: str) -> Iterator[Page]:
    width, height, scheme = request.param
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        yield chromium.new_page(viewport={"width": width, "height": height}, color_scheme=scheme, offline=True)
        chromium.close()


def reload_when_stored(page: Page) -> None:
    """Reload once the browser has carried over what the page stored: it does so beside the page, a little later, and a
    new process of its may read before that. Nobody reloads within milliseconds of a click but a test.
    """
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        page.reload()
        if page.evaluate("localStorage.length"):
            return
        page.wait_for_timeout(100)


def downloaded(page: Page, folder: Path) -> Path:
    with page.expect_download() as found:
        page.get_by_role("button", name="Download decisions").click()
    path = folder / "decisions.jsonl"
    found.value.save_as(path)
    return path


def test_it_opens_without_a_network_and_fits_the_screen_whatever_the_texts(page: Page, form: Path) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("requestfailed", lambda request: said.append(request.url))
    page.goto(form.as_uri())
    for _ in ITEMS:
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.keyboard.press("n")
    assert said == []
    assert page.title() == "Claims to decide"


def test_hostile_text_is_shown_as_text(page: Page, form: Path) -> None:
    page.goto(form.as_uri())
    page.keyboard.press("n")
    assert page.locator("#text").inner_text() == HOSTILE
    assert page.locator("#context li").inner_text() == HOSTILE
    assert page.locator("img").count() == 0


def test_a_claim_is_shown_with_its_evidence_and_verdicts(page: Page, form: Path) -> None:
    page.goto(form.as_uri())
    assert page.locator("#question").inner_text() == "뚜껑은?"
    assert page.locator("#context li.best").inner_text() == CAP
    assert page.locator("#verdicts tr").all_inner_texts()[1].split() == ["llm", "failed"]


def test_decisions_by_keyboard_come_back_as_data(page: Page, form: Path, tmp_path: Path) -> None:
    page.goto(form.as_uri())
    page.keyboard.press("s")
    assert page.get_by_role("alert").inner_text().startswith("Say your name first")
    page.keyboard.type("susie")  # in the name field letters decide nothing
    page.keyboard.press("Enter")
    for key in ("s", "5", "u"):
        page.keyboard.press(key)
    assert page.get_by_role("status").inner_text() == "3 of 3 decided"
    path = downloaded(page, tmp_path)
    found = read_decisions(path)
    assert [(one.supported, one.kind, one.who) for one in found] == [
        (True, None, "susie"), (False, "polarity", "susie"), (False, None, "susie")
    ]  # fmt: skip
    assert [one.item.key for one in found] == [item.key for item in ITEMS]
    assert len(take_in(path, tmp_path / "dev.jsonl").rows) == 3


def test_decisions_by_click_survive_a_reload_and_can_be_changed(page: Page, form: Path, tmp_path: Path) -> None:
    page.goto(form.as_uri())
    page.get_by_label("Your name").fill("kim")
    page.get_by_role("button", name="Supported", exact=False).first.click()
    reload_when_stored(page)
    assert page.locator("#s").get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="number").click()
    page.get_by_role("button", name="Back").click()
    assert page.locator("#s").get_attribute("aria-pressed") == "false"
    assert [(one.supported, one.kind) for one in read_decisions(downloaded(page, tmp_path))] == [(False, "number")]


def test_every_control_can_be_reached_by_tab_and_has_a_name(page: Page, form: Path) -> None:
    page.goto(form.as_uri())
    names = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        names.add(page.evaluate("document.activeElement.innerText || document.activeElement.id"))
    for wanted in ("who", "Download decisions"):
        assert wanted in names
    assert sum(str(name).startswith(("Supported", "Unsupported", "Next", "Back")) for name in names) == 4
