"""Labels of the static map, placed one after the other so that none covers another: the more important first."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import shapely
from shapely.geometry.base import BaseGeometry

from maps.shields import Shield
from maps.static_marks import Box, disc, rounded
from maps.static_sheet import Sheet
from maps.static_text import Weight, text_width

ASCENT = 0.76
DESCENT = 0.2
"""Height of letters above and below the baseline, as a share of their size."""

DISC_PT = 5.8
_LEAD_PT = (0.0, 14.0, 22.0, 32.0, 44.0, 58.0)
"""How far a disc may move from its area when another one is in its place."""
_TURNS = 12

_SHIELD_UNIT = 0.5
_INTERSTATE = "4 2 10 3 13 1.5 16 3 22 2 25.3 8 25.3 13 23.5 17 19 20.7 13 23 7 20.7 2.5 17 .7 13 .7 8"
_US = (
    "3 4 6 1.5 9.5 2.6 13 1.5 16.5 2.6 20 1.5 23 4 22.2 7 23.4 11 24.2 15 22.6 18.4 18.6 20.2 13 23 7.4 20.2 3.4 18.4"
    " 1.8 15 2.6 11 3.8 7"
)


@dataclass
class Placer:
    """What is already taken on a map.

    Parameters
    ----------
    frame
        The map; labels stay inside.
    """

    frame: Box
    taken: list[Box] = field(default_factory=list)

    def free(self, wanted: Box) -> bool:
        """Return whether nothing is in the way."""
        return self.frame.grown(-2).holds(wanted) and not any(wanted.overlaps(other) for other in self.taken)

    def take(self, wanted: Box) -> bool:
        """Take a place when it is free, and return whether it was."""
        if not self.free(wanted):
            return False
        self.taken.append(wanted)
        return True


def around(x: float, y: float, radius: float) -> Box:
    """Return the square around a point."""
    return Box(x - radius, y - radius, x + radius, y + radius)


def place_discs(
    placer: Placer, points: Sequence[tuple[float, float]]
) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """Yield, for each point, the point and where its disc goes: onto it, or aside when another disc is there."""
    for x, y in points:
        for distance in _LEAD_PT:
            spots = (
                (x + distance * math.sin(turn), y + distance * math.cos(turn))
                for turn in (2 * math.pi * step / _TURNS for step in range(_TURNS if distance else 1))
            )
            spot = next((spot for spot in spots if placer.take(around(*spot, DISC_PT + 0.8))), None)
            if spot:
                yield (x, y), spot
                break
        else:
            # Better one upon the other than a rank that cannot be found.
            yield (x, y), (x, y)


def draw_discs(sheet: Sheet, discs: Sequence[tuple[str, tuple[float, float], tuple[float, float]]]) -> None:
    """Draw numbered discs, with a line back to the area where one had to move."""
    leads = [shapely.LineString([home, spot]) for _, home, spot in discs if home != spot]
    sheet.stroke(leads, "#111111", 0.8, casing=1.2)
    sheet.fill([disc(*home, 1.3) for _, home, spot in discs if home != spot], "#111111", edge="white", width=0.4)
    for text, _, (x, y) in discs:
        sheet.fill([disc(x, y, DISC_PT)], "#111111", edge="white", width=0.9)
        sheet.text(x, y - 2.3, text, size=6.4, weight="bold", colour="white", ha="center")


def label_box(x: float, y: float, words: str, *, size: float, weight: Weight) -> Box:
    """Return the rectangle of a line of text that starts at a point on its baseline."""
    return Box(x, y - DESCENT * size, x + text_width(words, size, weight), y + ASCENT * size)


def beside(x: float, y: float, words: str, *, size: float, weight: Weight, gap: float) -> Iterator[tuple[float, float]]:
    """Yield where a name may begin beside its point, the best place first: right, left, then above and below."""
    width, middle = text_width(words, size, weight), y - (ASCENT - DESCENT) / 2 * size
    up, down = y + gap + DESCENT * size, y - gap - ASCENT * size
    yield x + gap, middle
    yield x + gap * 0.7, up - gap * 0.4
    yield x + gap * 0.7, down + gap * 0.4
    yield x - gap - width, middle
    yield x - gap * 0.7 - width, up - gap * 0.4
    yield x - gap * 0.7 - width, down + gap * 0.4
    yield x - width / 2, up
    yield x - width / 2, down


def shield_shape(shield: Shield, x: float, y: float) -> tuple[BaseGeometry, Box]:
    """Return the outline of a route shield around a point, and the place it takes."""
    if shield.kind == "plain":
        half = max(6.5, text_width(shield.text, 5.4, "bold") / 2 + 2.6)
        area = Box(x - half, y - 4.9, x + half, y + 4.9)
        return rounded(area, 2), area.grown(1)
    numbers = [float(number) for number in (_INTERSTATE if shield.kind == "interstate" else _US).split()]
    wide = 1.22 if len(shield.text) > 2 else 1.0  # noqa: PLR2004 - three figures need a wider shield
    corners = [
        (x + (across - 13) * _SHIELD_UNIT * wide, y - (down - 12) * _SHIELD_UNIT)
        for across, down in zip(numbers[::2], numbers[1::2], strict=True)
    ]
    shape = shapely.Polygon(corners)
    return shape, Box(*shape.bounds).grown(1)


def draw_shield(sheet: Sheet, shield: Shield, x: float, y: float) -> None:
    """Draw a route shield around a point."""
    shape, _ = shield_shape(shield, x, y)
    blue = shield.kind == "interstate"
    sheet.fill([shape.buffer(0.8)], "white" if blue else "#111111")
    sheet.fill([shape], "#1d3f77" if blue else "white")
    if blue:
        crown = shapely.clip_by_rect(shape, x - 20, y + 3.1, x + 20, y + 20)
        sheet.fill([crown], "#b3232b")
    lower = 1.0 if blue else 0.2
    sheet.text(
        x, y - 2.0 - lower, shield.text, size=5.4, weight="bold", colour="white" if blue else "#111111", ha="center"
    )
