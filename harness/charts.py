"""Static SVG charts as text: no script, no request, readable in light and dark since colours are the page's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Bar:
    """A value between 0 and `top` with an optional interval and an optional limit."""

    label: str
    value: float
    shown: str
    low: float | None = None
    high: float | None = None


ROW, LABEL, WIDTH = 26, 190, 640
_PLOT = WIDTH - LABEL - 70


def bars(title: str, rows: Sequence[Bar], top: float) -> str:
    """Horizontal bars, one a row, with whiskers where there is an interval; empty text for no rows.

    Args:
        title: what a screen reader says.
        rows: in the order drawn.
        top: the value at the right end; everything beyond is cut there.
    """
    if not rows or top <= 0:
        return ""
    height = ROW * len(rows) + 8
    body = "".join(_row(bar, index, top) for index, bar in enumerate(rows))
    return (
        f'<svg class="chart" role="img" viewBox="0 0 {WIDTH} {height}" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{escape(title)}</title>{body}</svg>"
    )


def _row(bar: Bar, index: int, top: float) -> str:
    y = index * ROW + 6
    end = _x(bar.value, top)
    whisker = _whisker(bar, y, top) if bar.low is not None and bar.high is not None else ""
    return (
        f'<text class="label" x="{LABEL - 8}" y="{y + 13}" text-anchor="end">{escape(_short(bar.label))}</text>'
        f'<rect class="track" x="{LABEL}" y="{y}" width="{_PLOT}" height="16" rx="3"/>'
        f'<rect class="bar" x="{LABEL}" y="{y}" width="{max(end - LABEL, 1):.1f}" height="16" rx="3"/>'
        f'{whisker}<text class="value" x="{LABEL + _PLOT + 8}" y="{y + 13}">{escape(bar.shown)}</text>'
    )


def _whisker(bar: Bar, y: int, top: float) -> str:
    low, high = _x(bar.low or 0.0, top), _x(bar.high or 0.0, top)
    return f'<path class="whisker" d="M{low:.1f} {y + 8}H{high:.1f}M{low:.1f} {y + 4}v8M{high:.1f} {y + 4}v8"/>'


def _x(value: float, top: float) -> float:
    return LABEL + _PLOT * min(max(value / top, 0.0), 1.0)


def _short(label: str) -> str:
    return label if len(label) <= 28 else label[:27] + "…"
