"""Paint flat shapes as PNG files with the standard library alone: the same shapes give the same pixels everywhere."""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Colour = tuple[int, int, int]
Point = tuple[float, float]

SIDE = 192
"""Width and height of a picture in pixels, and of the square that shapes are drawn in."""
_SAMPLES = 2
"""Each pixel is the mean of this many samples squared, so that edges look smooth."""
_SHADES = 6
"""Softened colours are rounded down to steps of this, which keeps the files small."""


@dataclass(frozen=True)
class Shape:
    """A filled polygon. Coordinates run from 0 to `SIDE`, y downwards."""

    points: tuple[Point, ...]
    colour: Colour


def area(colour: Colour, *points: Point) -> Shape:
    return Shape(points, colour)


def box(colour: Colour, left: float, top: float, width: float, height: float) -> Shape:
    right, bottom = left + width, top + height
    return area(colour, (left, top), (right, top), (right, bottom), (left, bottom))


def disc(colour: Colour, x: float, y: float, radius_x: float, radius_y: float | None = None) -> Shape:
    return Shape(arc(x, y, radius_x, radius_y or radius_x, 0, 360), colour)


def rounded(colour: Colour, left: float, top: float, width: float, height: float, radius: float) -> Shape:
    """A box with round corners."""
    right, bottom = left + width - radius, top + height - radius
    left, top = left + radius, top + radius
    corners = ((right, bottom, 0), (left, bottom, 90), (left, top, 180), (right, top, 270))
    return Shape(tuple(p for x, y, turn in corners for p in arc(x, y, radius, radius, turn, turn + 90)), colour)


def line(colour: Colour, width: float, start: Point, end: Point) -> Shape:
    (x, y), (to_x, to_y) = start, end
    length = math.hypot(to_x - x, to_y - y)
    dx, dy = (y - to_y) / length * width / 2, (to_x - x) / length * width / 2
    return area(colour, (x + dx, y + dy), (to_x + dx, to_y + dy), (to_x - dx, to_y - dy), (x - dx, y - dy))


def zigzag(left: float, right: float, y: float, height: float, teeth: int) -> tuple[Point, ...]:
    """The points of a saw-toothed edge from left to right."""
    step = (right - left) / (2 * teeth)
    return tuple((left + step * n, y - height * (n % 2)) for n in range(2 * teeth + 1))


def arc(x: float, y: float, radius_x: float, radius_y: float, start: int, stop: int) -> tuple[Point, ...]:
    """Points every six degrees. Rounded, because the last digits of `math.cos` differ between platforms."""
    turns = [math.radians(degree) for degree in range(start, stop + 1, 6)]
    return tuple((round(x + radius_x * math.cos(t), 3), round(y + radius_y * math.sin(t), 3)) for t in turns)


def paint(shapes: Iterable[Shape], background: Colour) -> list[list[Colour]]:
    """Return `SIDE` rows of `SIDE` pixels."""
    samples = [[background] * (SIDE * _SAMPLES) for _ in range(SIDE * _SAMPLES)]
    for shape in shapes:
        _fill(samples, shape)
    return [[_mean(_square(samples, x, y)) for x in range(SIDE)] for y in range(SIDE)]


def soften(rows: Sequence[Sequence[Colour]], radius: int) -> list[list[Colour]]:
    """Blur by the mean over `radius` pixels to each side, first along the rows, then along the columns."""
    columns = zip(*(_smear(row, radius) for row in rows), strict=True)
    return [list(row) for row in zip(*(_smear(column, radius) for column in columns), strict=True)]


def png(rows: Sequence[Sequence[Colour]]) -> bytes:
    """Encode 8-bit RGB rows as a PNG file."""
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 2, 0, 0, 0)
    raw = b"".join(b"\x00" + bytes(channel for pixel in row for channel in pixel) for row in rows)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(raw, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _fill(samples: list[list[Colour]], shape: Shape) -> None:
    """Fill by scan lines through sample centres; where a polygon crosses itself, even-odd."""
    size = SIDE * _SAMPLES
    points = [(x * _SAMPLES, y * _SAMPLES) for x, y in shape.points]
    edges = list(zip(points, points[1:] + points[:1], strict=True))
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    for row in range(max(0, int(top)), min(size, int(bottom) + 1)):
        crossings = sorted(_crossings(edges, row + 0.5))
        for left, right in zip(crossings[::2], crossings[1::2], strict=True):
            start, stop = max(0, math.ceil(left - 0.5)), min(size, math.ceil(right - 0.5))
            samples[row][start:stop] = [shape.colour] * max(0, stop - start)


def _crossings(edges: Iterable[tuple[Point, Point]], y: float) -> list[float]:
    return [x + (y - top) * (to_x - x) / (to_y - top) for (x, top), (to_x, to_y) in edges if (top <= y) != (to_y <= y)]


def _square(samples: list[list[Colour]], x: int, y: int) -> list[Colour]:
    left, top = x * _SAMPLES, y * _SAMPLES
    return [pixel for row in samples[top : top + _SAMPLES] for pixel in row[left : left + _SAMPLES]]


def _smear(pixels: Sequence[Colour], radius: int) -> list[Colour]:
    means = [_mean(pixels[max(0, at - radius) : at + radius + 1]) for at in range(len(pixels))]
    return [(red - red % _SHADES, green - green % _SHADES, blue - blue % _SHADES) for red, green, blue in means]


def _mean(pixels: Sequence[Colour]) -> Colour:
    count = len(pixels)
    red, green, blue = (sum(channel) // count for channel in zip(*pixels, strict=True))
    return red, green, blue


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
