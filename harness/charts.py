"""Static SVG charts as text: no script, no request, readable in light and dark since colours are the page's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 144, 22
_PAD, _MIDDLE = 6, 11
SPARK_WIDTH, SPARK_HEIGHT = 220, 56


@dataclass(frozen=True)
class Span:
    """A value with its interval on a scale from 0 to `top`, where the limit lies and where the baseline was."""

    value: float | None
    low: float | None = None
    high: float | None = None
    limit: float | None = None
    before: float | None = None
    top: float = 1.0


@dataclass(frozen=True)
class Point:
    """One run of a trend."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None


def span_bar(title: str, span: Span, look: str = "") -> str:
    """The interval as a bar, the value a dot, the limit a line, the baseline a diamond; empty without a value.

    Args:
        title: what a screen reader says.
        span: what is drawn; what lies beyond the scale is drawn at its end.
        look: a class, for the colour.
    """
    if span.value is None or span.top <= 0:
        return ""
    parts = [f'<path class="track" d="M{_PAD} {_MIDDLE}H{WIDTH - _PAD}"/>']
    if span.low is not None and span.high is not None:
        low, high = _at(span.low, span.top), _at(span.high, span.top)
        parts.append(f'<path class="interval" d="M{low:.1f} {_MIDDLE}H{max(high, low + 1):.1f}"/>')
    if span.limit is not None:
        parts.append(f'<path class="limit" d="M{_at(span.limit, span.top):.1f} 3V{HEIGHT - 3}"/>')
    if span.before is not None:
        x = _at(span.before, span.top)
        parts.append(f'<path class="before" d="M{x:.1f} {_MIDDLE - 5}l4 5l-4 5l-4 -5z"/>')
    parts.append(f'<circle class="dot" cx="{_at(span.value, span.top):.1f}" cy="{_MIDDLE}" r="4"/>')
    return _svg(f"span {look}".strip(), title, WIDTH, HEIGHT, "".join(parts))


def difference_bar(title: str, low: float, value: float, high: float, reach: float, look: str = "") -> str:
    """A difference with its interval around a line at zero; `reach` is what lies at either end."""
    if reach <= 0:
        return ""
    ends = [_at(min(max(bound, -reach), reach) + reach, 2 * reach) for bound in (low, value, high)]
    body = (
        f'<path class="track" d="M{_PAD} {_MIDDLE}H{WIDTH - _PAD}"/>'
        f'<path class="zero" d="M{WIDTH / 2} 2V{HEIGHT - 2}"/>'
        f'<path class="interval" d="M{ends[0]:.1f} {_MIDDLE}H{max(ends[2], ends[0] + 1):.1f}"/>'
        f'<circle class="dot" cx="{ends[1]:.1f}" cy="{_MIDDLE}" r="4"/>'
    )
    return _svg(f"span {look}".strip(), title, WIDTH, HEIGHT, body)


def sparkline(title: str, points: Sequence[Point]) -> str:
    """A line through the runs with a band for their intervals; empty for fewer than two."""
    if len(points) < 2:
        return ""
    lows = [point.value if point.low is None else point.low for point in points]
    highs = [point.value if point.high is None else point.high for point in points]
    floor, top = min(lows), max(highs)
    room = (top - floor) or 1.0
    step = (SPARK_WIDTH - 2 * _PAD) / (len(points) - 1)

    def place(at: int, value: float) -> str:
        y = _PAD + (SPARK_HEIGHT - 2 * _PAD) * (1 - (value - floor) / room if top > floor else 0.5)
        return f"{_PAD + at * step:.1f} {y:.1f}"

    line = "L".join(place(at, point.value) for at, point in enumerate(points))
    back = [place(at, low) for at, low in reversed(list(enumerate(lows)))]
    band = "L".join([*(place(at, high) for at, high in enumerate(highs)), *back])
    x, y = place(len(points) - 1, points[-1].value).split()
    body = (
        f'<path class="band" d="M{band}Z"/><path class="line" d="M{line}"/>'
        f'<circle class="dot" cx="{x}" cy="{y}" r="3.5"/>'
    )
    return _svg("spark", title, SPARK_WIDTH, SPARK_HEIGHT, body)


def _svg(look: str, title: str, width: int, height: int, body: str) -> str:
    return (
        f'<svg class="{look}" role="img" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'xmlns="http://www.w3.org/2000/svg"><title>{escape(title)}</title>{body}</svg>'
    )


def _at(value: float, top: float) -> float:
    return _PAD + (WIDTH - 2 * _PAD) * min(max(value / top, 0.0), 1.0)
