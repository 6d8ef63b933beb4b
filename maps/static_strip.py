"""A highway's strip chart as a picture for slides and reports, from the same marks as the page's."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal

from shapely.geometry.base import BaseGeometry

from layers.strip import Strip
from maps.static_marks import POINTS_PER_INCH, Box, hatching, marker
from maps.static_sheet import DPI, Sheet
from maps.strip_chart import COLOURS, strip_title
from maps.strip_layout import lay_out
from maps.strip_marks import Bar, Drawing, Mark, Point, Words
from maps.symbology import SHAPES
from maps.texts import Texts

WIDTH_PX = 3300
_MARGIN = 12.0
_LETTERS = 0.92
"""The printed font is wider than a screen's."""

_FILLS: Mapping[str, str] = MappingProxyType(
    {
        "road": COLOURS["highway"], "off": COLOURS["chip"], "blank": COLOURS["chip"], "tick": COLOURS["ink2"],
        "rail": COLOURS["line"], "mark": COLOURS["ink"],
    }
)  # fmt: skip
_ANCHORS: Mapping[str, Literal["left", "center", "right"]] = MappingProxyType(
    {"start": "left", "middle": "center", "end": "right"}
)


def strip_png(strip: Strip, texts: Texts, *, bands_min: Sequence[float], title: str = "", footer: str = "") -> bytes:
    """Return a highway's strip chart as a PNG, `WIDTH_PX` wide; the same values give the same bytes.

    Parameters
    ----------
    strip
        The highway's values.
    texts
        The catalogue.
    bands_min
        The study's bands, in minutes.
    title, footer
        What to write above and below it.
    """
    chart = lay_out(strip, texts, bands_min=bands_min, title=title, footer=footer)
    across = WIDTH_PX / DPI * POINTS_PER_INCH - 2 * _MARGIN
    scale = across / chart.width
    height = chart.height * scale + 2 * _MARGIN
    sheet = Sheet(WIDTH_PX, round(height / POINTS_PER_INCH * DPI))
    pen = _Pen(sheet, chart, scale)
    for mark in chart.marks:
        pen.draw(mark)
    return sheet.save("png", title=title or strip_title(strip, texts))


class _Pen:
    """Puts marks, which are in pixels from the upper left, on a sheet in points from the lower left."""

    def __init__(self, sheet: Sheet, chart: Drawing, scale: float) -> None:
        self.sheet, self.scale = sheet, scale
        self.top = _MARGIN + chart.height * scale

    def draw(self, mark: Mark) -> None:
        if isinstance(mark, Bar):
            self._bar(mark)
        elif isinstance(mark, Point):
            shape = marker(SHAPES[mark.shape], *self._at(mark.x, mark.y), mark.radius * self.scale)
            colour = COLOURS[mark.look.split()[-1]]
            self.sheet.fill([shape], colour, edge=COLOURS["pointline"], width=0.3)
        else:
            self._words(mark)

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return _MARGIN + x * self.scale, self.top - y * self.scale

    def _box(self, bar: Bar) -> BaseGeometry:
        left, top = self._at(bar.x, bar.y)
        return Box(left, top - bar.height * self.scale, left + bar.width * self.scale, top).shape

    def _bar(self, bar: Bar) -> None:
        shape = self._box(bar)
        if bar.look == "frame":
            self.sheet.stroke([shape], COLOURS["edge"], 0.5)
        elif bar.look == "weak":
            self.sheet.stroke([hatching(shape, spacing=3.2)], "white", 1.1)
            self.sheet.stroke([hatching(shape, spacing=3.2, shift=0.8)], COLOURS["ink"], 0.4)
        else:
            self.sheet.fill([shape], _FILLS.get(bar.look) or COLOURS[bar.look])

    def _words(self, words: Words) -> None:
        looks = words.look.split()
        self.sheet.text(
            *self._at(words.x, words.y),
            words.text,
            size=words.size * self.scale * _LETTERS,
            weight="bold" if "strong" in looks else "regular",
            colour=COLOURS["ink2" if "soft" in looks else "ink"],
            ha=_ANCHORS[words.anchor],
        )
