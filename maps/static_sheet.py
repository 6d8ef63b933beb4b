"""A sheet of paper: the few things the static map draws with, in points from the lower left corner.

A sheet is a list of marks; what its files are made of is written in `maps.static_pdf` and `maps.static_svg`.
"""

from collections.abc import Iterable
from types import MappingProxyType
from typing import Literal

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from maps.static_marks import POINTS_PER_INCH, Box, Paper, Shape, Words
from maps.static_pdf import pdf_bytes, png_bytes
from maps.static_svg import svg_bytes
from maps.static_text import Weight, printable, text_width

DPI = 300
"""Dots per inch of a printed picture."""

Form = Literal["png", "svg", "pdf"]
Shapes = Iterable[BaseGeometry]

_BEFORE = MappingProxyType({"left": 0.0, "center": 0.5, "right": 1.0})
"""Which part of a line of text stands before its place."""


class Sheet:
    """A sheet of paper that is drawn on in points; later things lie above earlier ones.

    Parameters
    ----------
    width_px, height_px
        Size at `DPI` dots per inch.
    language
        Of its words, as "en": a reader that speaks reads PDF and SVG aloud in it.
    """

    def __init__(self, width_px: int, height_px: int, *, language: str = "en") -> None:
        self.language = language
        self.box = Box(0, 0, width_px / DPI * POINTS_PER_INCH, height_px / DPI * POINTS_PER_INCH)
        self.marks: list[Shape | Words] = []

    def fill(self, shapes: Shapes, colour: str, *, edge: str = "", width: float = 0.0, alpha: float = 1.0) -> None:
        """Draw polygons; `width` of their edge is in points."""
        self.marks += [
            Shape(_rings(shape), closed=True, face=colour, edge=edge, width=width, alpha=alpha)
            for shape in shapes
            if not shape.is_empty
        ]

    def stroke(
        self,
        shapes: Shapes,
        colour: str,
        width: float,
        *,
        dash: tuple[float, float] | tuple[()] = (),
        alpha: float = 1.0,
        casing: float = 0.0,
    ) -> None:
        """Draw lines, or the borders of polygons, `width` points wide; with a white casing that much wider."""
        lines = tuple(
            shapely.get_coordinates(line)
            for shape in shapes
            for line in shapely.get_parts(shapely.boundary(shape) if _is_polygon(shape) else shape)
            if not line.is_empty
        )
        if not lines:
            return
        if casing:
            self.marks.append(Shape(lines, closed=False, edge="white", width=width + casing, alpha=alpha))
        self.marks.append(Shape(lines, closed=False, edge=colour, width=width, alpha=alpha, dash=dash))

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float,
        weight: Weight = "regular",
        colour: str = "black",
        ha: Literal["left", "center", "right"] = "left",
        halo: str = "",
    ) -> None:
        """Write one line of text whose baseline is at `y`; a halo is drawn around its letters."""
        shown = printable(words)
        left = x - _BEFORE[ha] * text_width(shown, size, weight)
        self.marks.append(Words(left, y, shown, size, weight, colour, halo, max(1.4, size / 4) if halo else 0.0))

    def finished(self, title: str) -> Paper:
        """Return the sheet as it is now."""
        return Paper(tuple(self.marks), self.box.width, self.box.height, printable(title), self.language)

    def save(self, form: Form, *, title: str, dpi: int = DPI) -> bytes:
        """Return the sheet as it is now as a file: see `written`."""
        return written(self.finished(title), form, dpi=dpi)


def written(paper: Paper, form: Form, *, dpi: int = DPI) -> bytes:
    """Return a sheet as a file; the same sheet gives the same bytes, since nothing in it depends on the day."""
    if form == "svg":
        return svg_bytes(paper)
    return pdf_bytes(paper) if form == "pdf" else png_bytes(paper, dpi=dpi)


def _rings(shape: BaseGeometry) -> tuple[np.ndarray, ...]:
    return tuple(shapely.get_coordinates(ring) for ring in shapely.get_rings(shape))


def _is_polygon(shape: BaseGeometry) -> bool:
    return shape.geom_type in {"Polygon", "MultiPolygon"}
