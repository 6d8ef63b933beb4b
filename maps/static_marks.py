"""What is on a sheet of paper: lines, polygons and words, in points from the lower left corner."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from shapely.geometry import box
from shapely.geometry.base import BaseGeometry

from maps.static_text import Weight

POINTS_PER_INCH = 72


@dataclass(frozen=True)
class Box:
    """A rectangle on the sheet, in points."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        """Width in points."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Height in points."""
        return self.top - self.bottom

    def overlaps(self, other: "Box") -> bool:
        """Return whether two rectangles share more than a border."""
        return (
            self.left < other.right and self.right > other.left and self.bottom < other.top and self.top > other.bottom
        )

    def holds(self, other: "Box") -> bool:
        """Return whether `other` lies inside."""
        return (
            self.left <= other.left
            and self.right >= other.right
            and self.bottom <= other.bottom
            and self.top >= other.top
        )

    def grown(self, by: float) -> "Box":
        """Return the rectangle with `by` points more on every side."""
        return Box(self.left - by, self.bottom - by, self.right + by, self.top + by)

    @property
    def shape(self) -> BaseGeometry:
        """The rectangle as a polygon."""
        return box(self.left, self.bottom, self.right, self.top)


@dataclass(frozen=True, eq=False)
class Shape:
    """Lines or rings that are stroked, filled or both; rings inside others are holes.

    Parameters
    ----------
    lines
        Their vertices, a ring's first one again as its last.
    closed
        Whether they are rings.
    face, edge
        Colours of the inside and of the line; "" for none.
    width
        Of the line, in points.
    alpha
        Opacity of both.
    dash
        Lengths of dash and gap in points; none for a line without gaps.
    """

    lines: tuple[np.ndarray, ...]
    closed: bool
    face: str = ""
    edge: str = ""
    width: float = 0.0
    alpha: float = 1.0
    dash: tuple[float, ...] = ()

    @cached_property
    def points(self) -> list[list[str]]:
        """The vertices as files have them, "x y" to a hundredth of a point; the first one of a ring once."""
        lines = [line[:-1] if self.closed else line for line in self.lines]
        return [("%.7g %.7g\n" * len(line) % tuple(line.round(2).ravel().tolist())).splitlines() for line in lines]


@dataclass(frozen=True)
class Words:
    """A line of text, from its left end on, in letters that the font has; with a halo of some width, or none (0)."""

    x: float
    y: float
    text: str
    size: float
    weight: Weight
    colour: str
    halo: str
    halo_width: float


@dataclass(frozen=True, eq=False)
class Paper:
    """A finished sheet.

    Parameters
    ----------
    marks
        What is on it, the lowest first.
    width, height
        Its size in points.
    title, language
        What it is called, and the language of its words, as "en".
    """

    marks: tuple[Shape | Words, ...]
    width: float
    height: float
    title: str
    language: str


def marker(corners: Sequence[tuple[float, float]], x: float, y: float, radius: float) -> BaseGeometry:
    """Return a symbol around a point; its corners are given with y downwards, for a radius of 1."""
    return shapely.Polygon([(x + radius * dx, y - radius * dy) for dx, dy in corners])


def disc(x: float, y: float, radius: float) -> BaseGeometry:
    """Return a circle."""
    return shapely.Point(x, y).buffer(radius, quad_segs=12)


def rounded(area: Box, radius: float) -> BaseGeometry:
    """Return a rectangle with round corners."""
    return area.grown(-radius).shape.buffer(radius, quad_segs=6)


def hatching(area: BaseGeometry, *, spacing: float, shift: float = 0.0) -> BaseGeometry:
    """Return rising diagonal lines within an area, `spacing` points apart.

    Drawn as lines and not as a pattern, since patterns come out differently in every viewer.
    """
    if area.is_empty:
        return area
    left, bottom, right, top = area.bounds
    step = spacing * math.sqrt(2)
    first = math.floor((left - top) / step) * step + shift * math.sqrt(2)
    starts = np.arange(first, right - bottom + step, step)
    lines = [((start + bottom, bottom), (start + top, top)) for start in starts]
    return shapely.intersection(shapely.MultiLineString(lines), area)
