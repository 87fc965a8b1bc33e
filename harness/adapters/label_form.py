"""Draw the form in which people decide claims: one file, no network, everything from outside as data."""

from __future__ import annotations

from collections.abc import Mapping

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from harness.jsonl import dump


def label_form(data: Mapping[str, object]) -> str:
    """The page. Its data stand in a script element, in which nothing but `<` could end it."""
    environment = Environment(loader=PackageLoader("harness", "templates"), autoescape=True, undefined=StrictUndefined)
    json = dump(data).replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return environment.get_template("label.html.j2").render(data=Markup(json))
