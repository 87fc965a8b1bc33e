"""A turn on a time line: a lane for each run of a node, the critical path marked, as SVG."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from harness.latency import milliseconds, nodes_of
from harness.timing.critical_path import critical_path, slack
from harness.timing.timeline import Timeline, timeline

_WIDTH, _LABEL, _ROW, _RIGHT = 640, 170, 22, 74
_PLOT = _WIDTH - _LABEL - _RIGHT


@dataclass(frozen=True)
class Lane:
    """One run of a node, in milliseconds from the beginning of the turn."""

    name: str
    start_ms: float
    end_ms: float
    slack_ms: float
    is_critical: bool
    has_failed: bool = False


def lanes_of(response: Mapping[str, Any]) -> tuple[list[Lane], float]:
    """The lanes of a response by their start and the length of its turn; nothing and 0 where it tells no times."""
    turn = timeline(response)
    if turn is None:
        return [], 0.0
    idle, chain = slack(turn), critical_path(turn)
    failed = _failed(turn, response)
    lanes = [
        Lane(name, start, end, idle[name], name in chain.names, name in failed)
        for name, (start, end) in _times(turn).items()
    ]
    return lanes, chain.total_ms


def lanes_svg(response: Mapping[str, Any]) -> str:
    """The time line as SVG; empty where the response tells no times."""
    lanes, total = lanes_of(response)
    if not lanes or total <= 0:
        return ""
    height = _ROW * len(lanes) + 22
    body = "".join(_lane(lane, at, total) for at, lane in enumerate(lanes))
    return (
        f'<svg class="lanes" role="img" viewBox="0 0 {_WIDTH} {height}" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{escape(_in_words(lanes, total))}</title>{_grid(total, height)}{body}"
        f"{_mark(nodes_of(response).get('first_token'), total, height)}</svg>"
    )


def _times(turn: Timeline) -> dict[str, tuple[float, float]]:
    times: dict[str, tuple[float, float]] = {}
    for node in turn.nodes:
        start = max((times[name][1] for name in node.after), default=0.0) + node.lag_ms
        times[node.name] = (start, start + node.own_ms)
    return times


def _failed(turn: Timeline, response: Mapping[str, Any]) -> set[str]:
    """The nodes whose run failed; where no run of a stage says so, all runs of a stage that has a failed event."""
    told = response.get("events")
    events = [event for event in told if isinstance(event, Mapping)] if isinstance(told, list | tuple) else []
    stages = {str(event.get("stage")) for event in events if event.get("status") == "failed"}
    stages -= {node.stage for node in turn.nodes if node.has_failed}
    return {node.name for node in turn.nodes if node.has_failed or node.stage in stages}


def _in_words(lanes: Iterable[Lane], total: float) -> str:
    told = ", ".join(
        f"{lane.name} {lane.end_ms - lane.start_ms:.1f} ms{' (critical path)' if lane.is_critical else ''}"
        for lane in lanes
    )
    return f"Turn of {total:.1f} ms: {told}"


def _lane(lane: Lane, at: int, total: float) -> str:
    y, left = at * _ROW + 3, _x(lane.start_ms, total)
    width = max(_x(lane.end_ms, total) - left, 1.5)
    look = "failed" if lane.has_failed else "critical" if lane.is_critical else "idle"
    sign = "✗ " if lane.has_failed else "● " if lane.is_critical else ""
    took = f"{lane.end_ms - lane.start_ms:.1f} ms"
    title = f"{lane.name}: {took}, from {lane.start_ms:.1f} ms; slack {lane.slack_ms:.1f} ms"
    return (
        f'<g><title>{escape(title)}</title><text class="label" x="{_LABEL - 8}" y="{y + 12}" text-anchor="end">'
        f"{escape(sign + _short(lane.name))}</text>"
        f'<rect class="{look}" x="{left:.1f}" y="{y}" width="{width:.1f}" height="15" rx="3"/>'
        f'<text class="value" x="{left + width + 5:.1f}" y="{y + 12}">{took}</text></g>'
    )


def _grid(total: float, height: int) -> str:
    parts = []
    for quarter in range(5):
        x = _x(total * quarter / 4, total)
        parts.append(f'<path class="grid" d="M{x:.1f} 0V{height - 18}"/>')
        anchor = "start" if quarter == 0 else "middle"
        ms = f"{total * quarter / 4:.0f} ms"
        parts.append(f'<text class="tick" x="{x:.1f}" y="{height - 5}" text-anchor="{anchor}">{ms}</text>')
    return "".join(parts)


def _mark(raw: object, total: float, height: int) -> str:
    """Where the first token came."""
    at = milliseconds(raw)
    if at is None or at > total:
        return ""
    x = _x(at, total)
    return f'<path class="token" d="M{x:.1f} 0V{height - 18}"><title>first token after {at:.1f} ms</title></path>'


def _x(ms: float, total: float) -> float:
    return _LABEL + _PLOT * min(max(ms / total, 0.0), 1.0)


def _short(name: str) -> str:
    return name if len(name) <= 20 else name[:19] + "…"
