"""How long the report of many cases takes to draw and to open from disk in headless Chromium, and how large it is.

`python -m benchmarks.report_opening [CASES …]`; 1,000 and 10,000 where none are given.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, sync_playwright

from benchmarks.console import say
from tests.conftest import BROWSERS
from tests.harness.many_cases import many, write_report

SIZES = (1_000, 10_000)
TIMES = 5
_TOLD = """
(() => {
  const page = performance.getEntriesByType('navigation')[0];
  const seen = performance.getEntriesByName('first-contentful-paint')[0];
  return [seen ? seen.startTime : page.domInteractive, page.domContentLoadedEventEnd];
})()
"""


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:]] or SIZES
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        sys.exit("no Chromium; run `make browser`")
    say(f"{'cases':>8}{'draw s':>9}{'page MB':>9}{'beside MB':>11}{'first paint ms':>16}{'ready ms':>10}\n")
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for size in sizes:
            with TemporaryDirectory() as folder:
                say(_line(chromium, Path(folder), size))


def _line(chromium: Browser, folder: Path, size: int) -> str:
    run = many(folder, size)
    started = time.perf_counter()
    page = write_report(run, folder)
    drawn_s = time.perf_counter() - started
    beside = sum(path.stat().st_size for path in (folder / "report-cases").iterdir())
    painted, ready = (statistics.median(times) for times in zip(*_opened(chromium, page), strict=True))
    sizes = f"{page.stat().st_size / 1e6:9.2f}{beside / 1e6:11.1f}"
    return f"{size:8}{drawn_s:9.1f}{sizes}{painted:16.0f}{ready:10.0f}\n"


def _opened(chromium: Browser, path: Path) -> list[tuple[float, float]]:
    """(first paint, ready) in milliseconds, each time in a new page."""
    found: list[tuple[float, float]] = []
    for _ in range(TIMES):
        page = chromium.new_page()
        page.goto(path.as_uri())
        painted, ready = page.evaluate(_TOLD)
        found.append((painted, ready))
        page.close()
    return found


if __name__ == "__main__":
    main()
