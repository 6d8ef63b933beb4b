"""A sheet of paper: the few things the static map draws with, in points from the lower left corner.

matplotlib is used here alone, without its global state, so that a picture depends on nothing but what is drawn.
"""

import io
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
import shapely
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font
from matplotlib.patches import PathPatch
from matplotlib.textpath import TextPath, text_to_path
from matplotlib.transforms import Affine2D, Transform
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from shapely.geometry import box
from shapely.geometry.base import BaseGeometry

POINTS_PER_INCH = 72
DPI = 300
"""Dots per inch of a printed picture."""

Weight = Literal["regular", "bold", "oblique"]
Form = Literal["png", "svg", "pdf"]
Shapes = Iterable[BaseGeometry]

_FONTS = MappingProxyType({"regular": "DejaVuSans", "bold": "DejaVuSans-Bold", "oblique": "DejaVuSans-Oblique"})
_BEFORE = MappingProxyType({"left": 0.0, "center": 0.5, "right": 1.0})
"""Which part of a line of text stands before its place."""

_MISSING = "\N{REPLACEMENT CHARACTER}"
_CLOCK = MappingProxyType({"svg": "Date", "pdf": "CreationDate"})
_SVG_PATH = re.compile(rb'(?<=\sd=")[^"]*"')
_SVG_NUMBER = re.compile(rb"-?\d+\.\d+")
_ENDING_ZEROS = re.compile(rb"\.00\b|(?<=\.\d)0\b")
_SETTINGS: Mapping[Any, object] = MappingProxyType(
    {
        "svg.hashsalt": "outreach",
        "svg.fonttype": "path",
        "pdf.fonttype": 42,
        "path.simplify": False,
        "text.parse_math": False,
        "text.hinting": "none",
    }
)


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


class _Line(Artist):
    """One line of text from its left end on, drawn without the layout of paragraphs, which takes half of the time."""

    def __init__(self, x: float, y: float, words: str, font: FontProperties, colour: str, points: Transform) -> None:
        super().__init__()
        self.x, self.y, self.words, self.font, self.colour = x, y, words, font, colour
        self.set_transform(points)

    def draw(self, renderer: RendererBase) -> None:
        """Draw it: called by matplotlib for each form."""
        x, y = self.get_transform().transform((self.x, self.y))
        _, height = renderer.get_canvas_width_height()
        gc = renderer.new_gc()
        gc.set_foreground(mpl.colors.to_rgba(self.colour), isRGBA=True)
        renderer.draw_text(gc, x, height - y if renderer.flipy() else y, self.words, self.font, 0)
        gc.restore()


class Sheet:
    """A sheet of paper that is drawn on in points; later things of one height lie above earlier ones.

    Parameters
    ----------
    width_px, height_px
        Size at `DPI` dots per inch.
    """

    def __init__(self, width_px: int, height_px: int) -> None:
        self.figure = Figure(figsize=(width_px / DPI, height_px / DPI), dpi=DPI, facecolor="white")
        self.box = Box(0, 0, width_px / DPI * POINTS_PER_INCH, height_px / DPI * POINTS_PER_INCH)
        self._points = Affine2D().scale(1 / POINTS_PER_INCH) + self.figure.dpi_scale_trans
        self._height = 0
        self._fills: list[tuple[BaseGeometry, Any, str, float]] = []

    def fill(self, shapes: Shapes, colour: str, *, edge: str = "none", width: float = 0.0, alpha: float = 1.0) -> None:
        """Draw polygons; `width` of their edge is in points."""
        face = mpl.colors.to_rgba(colour, alpha)
        self._fills += [(shape, face, edge, width) for shape in shapes if not shape.is_empty]

    def stroke(
        self,
        shapes: Shapes,
        colour: str,
        width: float,
        *,
        dash: tuple[float, float] | None = None,
        alpha: float = 1.0,
        casing: float = 0.0,
    ) -> None:
        """Draw lines, or the borders of polygons, `width` points wide; with a white casing that much wider."""
        lines = [
            shapely.get_coordinates(line)
            for shape in shapes
            for line in shapely.get_parts(shapely.boundary(shape) if _is_polygon(shape) else shape)
            if not line.is_empty
        ]
        if not lines:
            return
        path = _strokes(lines)
        styles = ((casing, "white", None), (0.0, colour, dash)) if casing else ((0.0, colour, dash),)
        for wider, tone, pattern in styles:
            self._add(
                PathPatch(
                    path,
                    facecolor="none",
                    edgecolor=mpl.colors.to_rgba(tone, alpha),
                    linewidth=width + wider,
                    linestyle=(0, tuple(part / width for part in pattern)) if pattern else "solid",
                    capstyle="butt" if pattern else "round",
                    joinstyle="round",
                    transform=self._points,
                )
            )

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
        halo: str | None = None,
    ) -> None:
        """Write one line of text whose baseline is at `y`; a halo is drawn around its letters."""
        shown, before = printable(words), _BEFORE[ha]
        left = x - before * text_width(shown, size, weight) if before else x
        font = _font(weight, size)
        if halo:  # as a path, found once for all forms; the letters above it remain letters
            letters = TextPath((left, y), shown, prop=font)
            looks = {"facecolor": colour, "edgecolor": halo, "linewidth": max(1.4, size / 4), "joinstyle": "round"}
            self._add(PathPatch(letters, **looks, transform=self._points))
        self._add(_Line(left, y, shown, font, colour, self._points))

    def _add_fills(self) -> None:
        """Put down the polygons since the last line or text: at once, which takes a fifth of the time."""
        if self._fills:
            shapes, faces, edges, widths = zip(*self._fills, strict=True)
            self._fills = []
            looks = {"facecolors": faces, "edgecolors": edges, "linewidths": widths}
            self._add(PathCollection(_outlines(shapes), **looks, transform=self._points))

    def _add(self, artist: Artist) -> None:
        self._add_fills()
        self._height += 1
        artist.set_zorder(self._height)
        self.figure.add_artist(artist)

    def save(self, form: Form, *, title: str, dpi: int = DPI) -> bytes:
        """Return the picture; the same drawing gives the same bytes, since nothing in it depends on the day."""
        self._add_fills()
        out = io.BytesIO()
        with _settings():
            if form == "png":
                _write_png(self.figure, out, title=printable(title), dpi=dpi)
            else:
                self.figure.savefig(out, format=form, metadata={_CLOCK[form]: None, "Title": printable(title)})
        return _slim(out.getvalue()) if form == "svg" else out.getvalue()


@contextmanager
def drawing(width_px: int, height_px: int) -> Iterator[Sheet]:
    """Give a sheet to draw on, under settings of its own: a matplotlibrc of the machine changes nothing."""
    with _settings():
        yield Sheet(width_px, height_px)


@contextmanager
def _settings() -> Iterator[None]:
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(dict(_SETTINGS))
        yield


def _write_png(figure: Figure, out: io.BytesIO, *, title: str, dpi: int) -> None:
    """Write a picture without its opacity, which is full everywhere: a smaller file in half the time."""
    canvas = FigureCanvasAgg(figure)
    figure.set_dpi(dpi)
    pixels, size = canvas.print_to_buffer()  # type: ignore[no-untyped-call] # as all of it is
    note = PngInfo()
    note.add_text("Title", title)
    picture = Image.frombuffer("RGBA", size, pixels).convert("RGB")
    picture.save(out, "png", compress_level=1, dpi=(dpi, dpi), pnginfo=note)


def _slim(svg: bytes) -> bytes:
    """Return a picture whose paths are given to a hundredth of a point, which halves it."""
    return _SVG_PATH.sub(lambda path: b" ".join(_hundredths(path[0]).split()), svg)


def _hundredths(path: bytes) -> bytes:
    rounded = _SVG_NUMBER.sub(b"%.2f", path) % tuple(map(float, _SVG_NUMBER.findall(path)))
    return _ENDING_ZEROS.sub(b"", rounded)


def _is_polygon(shape: BaseGeometry) -> bool:
    return shape.geom_type in {"Polygon", "MultiPolygon"}


def _strokes(lines: Sequence[np.ndarray]) -> mpl.path.Path:
    """Return lines as one path: hundreds of ways are drawn and written down as quickly as one."""
    codes = np.full(sum(map(len, lines)), mpl.path.Path.LINETO, dtype=mpl.path.Path.code_type)
    codes[np.cumsum([0, *map(len, lines[:-1])])] = mpl.path.Path.MOVETO
    return mpl.path.Path(np.concatenate(lines), codes)


def _outlines(shapes: Sequence[BaseGeometry]) -> list[mpl.path.Path]:
    """Return polygons as a path each; holes run the other way around, so that every backend leaves them empty."""
    parts, shape_of = shapely.get_parts(shapely.orient_polygons(np.array(shapes)), return_index=True)
    rings, part_of = shapely.get_rings(parts, return_index=True)
    vertices, ring_of = shapely.get_coordinates(rings, return_index=True)
    first = np.diff(ring_of, prepend=-1) > 0
    codes = np.full(len(vertices), mpl.path.Path.LINETO, dtype=mpl.path.Path.code_type)
    codes[first], codes[np.roll(first, -1)] = mpl.path.Path.MOVETO, mpl.path.Path.CLOSEPOLY
    ends = np.searchsorted(shape_of[part_of[ring_of]], np.arange(1, len(shapes)))
    return [mpl.path.Path(*path) for path in zip(np.split(vertices, ends), np.split(codes, ends), strict=True)]


@cache
def _file(weight: Weight) -> Path:
    """Return matplotlib's own font file, which every machine has the same of."""
    return Path(mpl.get_data_path()) / "fonts" / "ttf" / f"{_FONTS[weight]}.ttf"


@cache
def _font(weight: Weight, size: float) -> FontProperties:
    return FontProperties(fname=str(_file(weight)), size=size)


@cache
def _letters() -> FT2Font:
    return FT2Font(str(_file("regular")))


@cache
def printable(text: str) -> str:
    r"""Return text that the font can show: no direction marks, and a replacement sign for letters it lacks.

    Examples
    --------
    >>> printable("Doña \u202eAna $x$") == "Doña Ana $x$"
    True
    """
    kept = (sign for sign in text if unicodedata.category(sign) not in {"Cf", "Cc"})
    return "".join(sign if _letters().get_char_index(ord(sign)) else _MISSING for sign in kept)


@cache
def text_width(text: str, size: float, weight: Weight = "regular") -> float:
    """Return the width of one line of text, in points."""
    width, _, _ = text_to_path.get_text_width_height_descent(printable(text), _font(weight, size), ismath=False)
    return float(width)


def shortened(text: str, width: float, size: float, weight: Weight = "regular") -> str:
    """Return text that fits into `width` points, with an ellipsis where it was cut."""
    if text_width(text, size, weight) <= width:
        return text
    cut = len(text)
    while cut and text_width(text[:cut].rstrip() + "…", size, weight) > width:
        cut -= 1
    return text[:cut].rstrip() + "…"


def wrapped(
    text: str, width: float, size: float, *, weight: Weight = "regular", lines: int | None = None
) -> tuple[str, ...]:
    """Return text in lines of at most `width` points; what goes beyond `lines` of them ends in an ellipsis."""
    found: list[str] = []
    words = text.split()
    while words:
        many = _fitting(words, width, size, weight)
        found.append(" ".join(words[:many]))
        words = words[many:]
    if lines is not None and len(found) > lines:
        found = [*found[: lines - 1], " ".join(found[lines - 1 :])]
    return tuple(shortened(line, width, size, weight) for line in found)


def _fitting(words: Sequence[str], width: float, size: float, weight: Weight) -> int:
    """Return how many words, at least one, fit into a line: measured only near what their own widths suggest."""
    ends = np.cumsum([text_width(f"{word} ", size, weight) for word in words])
    many = max(1, int(np.searchsorted(ends, width)))
    while many < len(words) and text_width(" ".join(words[: many + 1]), size, weight) <= width:
        many += 1
    while many > 1 and text_width(" ".join(words[:many]), size, weight) > width:
        many -= 1
    return many


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
