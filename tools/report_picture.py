"""Draw `docs/report.png` of a run's report: the verdict, the first gates, the worst case as far as its time line.

`python -m tools.report_picture reports/latest`; needs a Chromium (`make browser`).
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.conftest import BROWSERS

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "report.png"
WIDTH = 1280
_SHORTEN = """
() => {
  const hide = (wanted) => document.querySelectorAll(wanted).forEach((one) => one.hidden = true);
  hide('main section:not(#gates, #failures), #gates tbody tr:nth-child(n + 4), #gates .note, footer');
  hide('.claims + .scroll tr:nth-child(n + 2)');
  const figure = document.querySelector('#failures figure');
  return (figure || document.querySelector('#failures')).getBoundingClientRect().bottom + 12;
}
"""


def main() -> None:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None or len(sys.argv) != 2:
        sys.exit("usage: python -m tools.report_picture FOLDER (of a run); needs a Chromium: `make browser`")
    with sync_playwright() as driver:
        page = driver.chromium.launch(executable_path=path, args=["--no-sandbox"]).new_page(
            viewport={"width": WIDTH, "height": 1000}, color_scheme="light"
        )
        page.goto((Path(sys.argv[1]).resolve() / "report.html").as_uri())
        bottom = float(page.evaluate(_SHORTEN))
        page.screenshot(
            path=PICTURE, full_page=True, clip={"x": 0, "y": 0, "width": WIDTH, "height": bottom}, animations="disabled"
        )


if __name__ == "__main__":
    main()
