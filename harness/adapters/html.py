"""Draw the HTML report from its view. The only file that knows Jinja; everything that comes from outside is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup


def html(view: Mapping[str, object]) -> str:
    """One file that opens without a network: style inline, charts as SVG, no script."""
    return _template().render(view)


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("harness", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Charts are made by `harness.charts`, which escapes every label itself.
    environment.filters["chart"] = Markup
    return environment.get_template("report.html.j2")
