"""Draw the HTML report from its view. The only file that knows Jinja; everything that comes from outside is escaped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

REPORT = "report.html.j2"


def html(view: Mapping[str, object], template: str = REPORT) -> str:
    """Draw a template of the package: the report, one file that opens without a network, or one case of it.

    The only style and the only script are the package's own and stand in the page; its policy names them by their hash,
    so that whatever slipped through the escaping would still not run.
    """
    return _environment().get_template(template).render(view)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("harness", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    # Charts and the index are made by `harness.charts` and `harness.reporting`, which escape what they hold.
    environment.filters["chart"] = Markup
    environment.filters["json"] = Markup
    for name in ("report.css", "report.js"):
        source = _source(environment, name)
        environment.globals[name.replace(".", "_")] = Markup(source)
        environment.globals[f"{name.replace('.', '_')}_hash"] = _hash(source)
    return environment


def _source(environment: Environment, name: str) -> str:
    loader = environment.loader
    if loader is None:
        raise LookupError(name)
    return loader.get_source(environment, name)[0]


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
