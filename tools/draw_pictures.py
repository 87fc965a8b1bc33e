"""Draw the 24 pictures of the frozen world into `datasets/world/pictures`, each a few flat shapes on a plain ground.

The recorded vision results name these files by their SHA-256, so redraw them only on purpose. Reads nothing and writes
nothing else. Run from the root: `python -m tools.draw_pictures [FOLDER]`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from tools.painter import Colour, Point, Shape, arc, area, box, disc, line, paint, png, rounded, soften, zigzag

PAPER, WHITE, BLACK = (236, 240, 235), (252, 252, 250), (38, 40, 44)
GREY, STEEL, DARK = (150, 156, 160), (196, 202, 207), (92, 98, 104)
RED, ORANGE, YELLOW, CREAM = (206, 58, 48), (232, 140, 50), (243, 205, 84), (248, 236, 208)
GREEN, LEAF, BLUE, NAVY = (44, 132, 82), (120, 190, 120), (62, 126, 200), (40, 66, 120)
BROWN, TAN, KRAFT, STAIN = (116, 74, 44), (206, 164, 112), (188, 142, 90), (146, 96, 44)
CLEAR, GLINT, PINK = (198, 226, 240), (232, 246, 252), (240, 190, 180)


def bottle(body: Colour, cap: Colour, glint: Colour) -> list[Shape]:
    """An upright PET bottle without a label."""
    return [
        rounded(cap, 84, 14, 24, 16, 3),
        box(body, 87, 30, 18, 12),
        area(body, (87, 40), (105, 40), (130, 74), (62, 74)),
        rounded(body, 62, 66, 68, 112, 10),
        box(glint, 71, 78, 7, 88),
        *(box(glint, 62, y, 68, 2) for y in (136, 148, 160)),
    ]


def glass_bottle(glass: Colour, glint: Colour) -> list[Shape]:
    return [
        rounded(STEEL, 85, 10, 22, 9, 3),
        box(glass, 87, 18, 18, 46),
        area(glass, (87, 60), (105, 60), (124, 88), (68, 88)),
        rounded(glass, 68, 80, 56, 100, 8),
        box(glint, 76, 92, 5, 76),
    ]


def tube(start: Point, end: Point, socket: Point) -> list[Shape]:
    """A stretch of fluorescent tube with a metal socket at `socket`."""
    return [line(GREY, 20, start, end), line(WHITE, 15, start, end), disc(DARK, *socket, 11), disc(STEEL, *socket, 7)]


def bone(x: float, y: float, to_x: float, to_y: float) -> list[Shape]:
    ends = [disc(CREAM, end_x + side, end_y, 10) for end_x, end_y in ((x, y), (to_x, to_y)) for side in (-7, 7)]
    return [line(CREAM, 13, (x, y), (to_x, to_y)), *ends, line(TAN, 2, (x, y), (to_x, to_y))]


def half_egg(x: float, y: float, colour: Colour) -> list[Shape]:
    shell = (*zigzag(x - 30, x + 30, y, 9, 4), *arc(x, y, 30, 34, 0, 180))
    return [disc(WHITE, x, y - 2, 28, 7), Shape(shell, colour)]


def bag(film: Colour, glint: Colour) -> list[Shape]:
    return [
        *(area(film, (x, 70), (x + 6, 20), (x + 26, 20), (x + 32, 70)) for x in (46, 114)),
        *(area(PAPER, (x + 11, 62), (x + 14, 30), (x + 19, 30), (x + 22, 62)) for x in (46, 114)),
        area(film, (40, 66), (152, 66), (164, 172), (28, 172)),
        *(line(glint, 4, (x, 78), (x - 8, 160)) for x in (64, 98, 134)),
    ]


def shards(colour: Colour, corners: Iterable[Point]) -> list[Shape]:
    return [area(colour, (x, y), (x + 16, y + 5), (x + 5, y + 14)) for x, y in corners]


def stains(colour: Colour, spots: Iterable[tuple[float, float, float]]) -> list[Shape]:
    return [disc(colour, x, y, radius, radius * 0.7) for x, y, radius in spots]


def rules(colour: Colour, left: float, top: float, widths: Iterable[float]) -> list[Shape]:
    """Lines as of text, one below the other."""
    return [box(colour, left, top + 12 * n, width, 4) for n, width in enumerate(widths)]


PIZZA_SPOTS = ((70, 146, 16), (112, 158, 12), (136, 132, 14), (88, 124, 9), (60, 60, 13), (128, 70, 16), (96, 44, 9))
SMEARS = ((70, 110, 18), (118, 134, 22), (60, 150, 12))
BARCODE = ((66, 3), (73, 2), (78, 5), (87, 2), (93, 4), (102, 3), (109, 6), (120, 2))
T_SHIRT = ((66, 32), (126, 32), (176, 66), (156, 98), (136, 84), (136, 172), (56, 172), (56, 84), (36, 98), (16, 66))
CRUSHED = (
    (52, 96), (66, 84), (84, 98), (102, 82), (120, 96), (142, 84), (160, 104), (152, 126), (134, 138), (112, 128),
    (90, 142), (70, 128), (50, 138), (38, 116),
)  # fmt: skip

PICTURES: dict[str, list[Shape]] = {
    "clear-pet-bottle-label": [*bottle(CLEAR, BLUE, GLINT), box(BLUE, 62, 92, 68, 36), box(WHITE, 72, 102, 48, 8)],
    "crushed-pet-bottle": [
        Shape(CRUSHED, CLEAR),
        *(line(GLINT, 4, (x, 96), (x + 8, 130)) for x in (66, 98, 130)),
        line((164, 200, 220), 3, (54, 112), (150, 116)),
        box(CLEAR, 28, 106, 16, 16),
        rounded(BLUE, 14, 103, 16, 22, 3),
    ],
    "coloured-pet-bottle": [*bottle(GREEN, WHITE, LEAF), box(YELLOW, 62, 92, 68, 36), disc(RED, 96, 110, 13)],
    "greasy-pizza-box": [
        area(KRAFT, (36, 22), (156, 22), (166, 96), (26, 96)),
        area(TAN, (26, 100), (166, 100), (178, 176), (14, 176)),
        *stains(STAIN, PIZZA_SPOTS),
        area(YELLOW, (100, 112), (146, 116), (112, 166)),
        *(disc(RED, x, y, 5) for x, y in ((116, 124), (130, 126), (116, 142))),
    ],
    "milk-carton": [
        area(STEEL, (58, 72), (134, 72), (118, 34), (74, 34)),
        box(WHITE, 74, 20, 44, 16),
        box(WHITE, 58, 72, 76, 106),
        box(BLUE, 58, 108, 76, 40),
        disc(WHITE, 96, 128, 14),
        box(GREY, 132, 72, 2, 106),
    ],
    "broken-glass-bottle": [
        Shape(((62, 178), *zigzag(62, 130, 112, 30, 4), (130, 178)), GREEN),
        box(LEAF, 70, 122, 5, 48),
        *shards(GREEN, ((20, 160), (34, 132), (142, 150), (158, 168), (150, 122))),
        *shards(LEAF, ((24, 108), (154, 96), (96, 62))),
    ],
    "soju-bottle": [
        *glass_bottle(GREEN, LEAF),
        box(WHITE, 68, 112, 56, 42),
        box(RED, 76, 120, 40, 6),
        box(NAVY, 76, 132, 40, 12),
    ],
    "gas-can": [
        rounded(RED, 86, 12, 20, 22, 3),
        area(STEEL, (78, 34), (114, 34), (130, 50), (62, 50)),
        rounded(NAVY, 60, 48, 72, 130, 6),
        box(YELLOW, 60, 82, 72, 54),
        area(ORANGE, (96, 86), (112, 114), (102, 130), (88, 130), (80, 112)),
        area(RED, (96, 104), (104, 120), (96, 130), (88, 120)),
        box(DARK, 60, 172, 72, 6),
    ],
    "aluminium-can": [
        box(STEEL, 60, 40, 72, 128),
        disc(STEEL, 96, 168, 36, 10),
        box(RED, 60, 66, 72, 76),
        line(WHITE, 8, (62, 118), (130, 88)),
        disc(WHITE, 96, 40, 36, 10),
        disc(GREY, 96, 40, 28, 7),
        disc(STEEL, 100, 40, 10, 4),
    ],
    "battery": [
        rounded(ORANGE, 30, 68, 128, 56, 6),
        rounded(BLACK, 30, 68, 90, 56, 6),
        box(STEEL, 158, 84, 12, 24),
        *(box(WHITE, *corner) for corner in ((132, 93, 18, 6), (138, 87, 6, 18), (44, 93, 18, 6))),
    ],
    "fluorescent-tube": [*tube((24, 150), (168, 42), (24, 150)), disc(DARK, 168, 42, 11), disc(STEEL, 168, 42, 7)],
    "broken-fluorescent-tube": [
        *tube((20, 156), (84, 112), (20, 156)),
        *tube((172, 44), (114, 84), (172, 44)),
        *shards(WHITE, ((88, 84), (96, 118), (70, 66), (120, 132), (96, 150), (132, 104))),
        *shards(GREY, ((106, 66), (76, 138), (140, 130))),
    ],
    "styrofoam-box-tape": [
        area(STEEL, (24, 84), (60, 56), (168, 56), (136, 84)),
        box(WHITE, 24, 84, 112, 88),
        area((214, 218, 220), (136, 84), (168, 56), (168, 140), (136, 172)),
        box(GREY, 24, 104, 112, 2),
        box(KRAFT, 70, 84, 20, 56),
        area(KRAFT, (70, 84), (104, 56), (122, 56), (90, 84)),
    ],
    "dirty-vinyl": [*bag((214, 208, 190), CREAM), *stains(STAIN, SMEARS), *stains(RED, ((112, 96, 12),))],
    "clean-vinyl": bag((206, 230, 246), WHITE),
    "delivery-container-sauce": [
        area(BLACK, (16, 74), (176, 74), (156, 158), (36, 158)),
        disc(DARK, 96, 74, 80, 22),
        disc(RED, 96, 78, 66, 15),
        *stains(ORANGE, ((70, 76, 12), (112, 82, 16), (136, 74, 8))),
        *(line(RED, 7, (x, 92), (x - 2, bottom)) for x, bottom in ((58, 128), (92, 146), (140, 118))),
    ],
    "pump-bottle": [
        rounded(DARK, 52, 16, 62, 12, 4),
        box(DARK, 52, 22, 10, 14),
        box(STEEL, 92, 28, 10, 26),
        rounded(DARK, 80, 50, 34, 16, 3),
        rounded(PINK, 56, 64, 82, 114, 12),
        rounded(WHITE, 68, 92, 58, 54, 4),
        *rules(RED, 76, 104, (42, 30, 36)),
    ],
    "old-t-shirt": [
        Shape(T_SHIRT, BLUE),
        disc(PAPER, 96, 32, 20, 11),
        box((120, 160, 214), 72, 118, 30, 28),
        *(line(WHITE, 2, (x, 116), (x, 148)) for x in (76, 86, 96)),
        disc(PAPER, 118, 100, 7, 5),
    ],
    "sofa": [
        rounded(BROWN, 24, 58, 144, 66, 14),
        *(rounded(STAIN, x, 100, 62, 34, 8) for x in (34, 96)),
        *(rounded(BROWN, x, 84, 28, 70, 12) for x in (12, 152)),
        box(BROWN, 30, 132, 132, 22),
        *(box(BLACK, x, 154, 10, 14) for x in (28, 154)),
    ],
    "refrigerator": [
        rounded(STEEL, 54, 12, 84, 164, 6),
        box(DARK, 54, 74, 84, 3),
        *(rounded(DARK, 62, top, 6, height, 3) for top, height in ((36, 30), (84, 44))),
        *(box(BLACK, x, 176, 12, 6) for x in (60, 120)),
    ],
    "chicken-bones": [
        disc(WHITE, 96, 124, 84, 44),
        disc(STEEL, 96, 122, 66, 32),
        *bone(54, 76, 132, 136),
        *bone(138, 84, 62, 132),
    ],
    "eggshells": [*half_egg(58, 88, TAN), *half_egg(132, 104, CREAM), *shards(TAN, ((40, 150), (84, 158), (104, 70)))],
    "receipt": [
        Shape(((56, 16), (136, 16), *reversed(zigzag(56, 136, 178, 8, 8))), WHITE),
        box(BLACK, 70, 28, 52, 8),
        *rules(GREY, 66, 48, (60, 44, 58, 38, 60, 50)),
        *rules(BLACK, 66, 126, (60,)),
        *(box(BLACK, x, 142, width, 18) for x, width in BARCODE),
    ],
    "blur": [
        *stains(GREY, ((60, 70, 60), (140, 120, 50), (90, 150, 40))),
        *stains(DARK, ((110, 80, 34), (50, 130, 26))),
        *stains(TAN, ((80, 100, 30), (150, 60, 24))),
    ],
}  # fmt: skip
"""Name of the picture, what it shows, back to front."""

_OUT_OF_FOCUS = {"blur": 14}


def draw(name: str) -> bytes:
    """Return the PNG file of one of `PICTURES`."""
    rows = paint(PICTURES[name], PAPER)
    radius = _OUT_OF_FOCUS.get(name, 0)
    return png(soften(soften(rows, radius), radius) if radius else rows)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in PICTURES:
        (folder / f"{name}.png").write_bytes(draw(name))


if __name__ == "__main__":
    default = Path(__file__).resolve().parent.parent / "datasets" / "world" / "pictures"
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else default)
