"""Scale and direction of the static map: from metres to paper, the scale bar and the north arrow."""

import math
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS, Geod, Transformer
from shapely.geometry.base import BaseGeometry

from maps.geometry import Shapes
from maps.static_marks import Box
from maps.static_sheet import Sheet
from maps.static_text import text_width
from maps.texts import METRES_PER
from maps.values import View

_BAR = 0.24
"""The bar takes at most this part of the map's width."""
_LONGEST_BAR = 130.0
_NORTH = 22.0
_HEIGHT = 31.0


@dataclass(frozen=True)
class Fit:
    """From metres in the study's CRS to points on the sheet."""

    scale: float
    """Points per metre."""
    x: float
    y: float

    def shapes(self, shapes: Shapes) -> Shapes:
        """Return shapes on the sheet."""
        moved: Shapes = shapely.transform(
            shapely.force_2d(shapes), lambda xy: xy * self.scale + np.array([self.x, self.y])
        )
        return moved

    def points(self, geometry: gpd.GeoSeries) -> list[tuple[float, float]]:
        """Return points on the sheet."""
        xy = shapely.get_coordinates(geometry.to_numpy()) * self.scale + np.array([self.x, self.y])
        return [(float(x), float(y)) for x, y in xy]


@dataclass(frozen=True)
class ScaleBar:
    """A scale bar with its north arrow, not yet drawn."""

    place: Box
    covers: bool
    """Whether it would cover ranked areas."""
    length: float
    """Length on the ground, in the unit of the study."""
    width: float
    """Length on paper, in points."""
    north: float
    """Direction of true north, clockwise from up, in radians."""


def scale_bar(crs: CRS, move: Fit, frame: Box, view: View, land: BaseGeometry) -> ScaleBar:
    """Return the scale bar of a map, in the corner where it covers least of the ranked areas.

    Parameters
    ----------
    crs
        Metric CRS of the map.
    move
        How the map is laid into the frame.
    frame
        The frame.
    view
        For the unit of length.
    land
        The ranked areas on the sheet.
    """
    middle = (frame.left + frame.right) / 2, (frame.bottom + frame.top) / 2
    stretch, north = on_the_ground(crs, ((middle[0] - move.x) / move.scale, (middle[1] - move.y) / move.scale))
    unit_pt = METRES_PER[view.place.unit] * move.scale * stretch
    length = round_length(min(frame.width * _BAR, _LONGEST_BAR) / unit_pt)
    words = view.texts(f"static.scale_{view.place.unit}")
    across, inner = _NORTH + length * unit_pt + text_width(words, 6) + 22, frame.grown(-3)
    corners = (
        Box(inner.left, inner.bottom, inner.left + across, inner.bottom + _HEIGHT),
        Box(inner.right - across, inner.bottom, inner.right, inner.bottom + _HEIGHT),
        Box(inner.left, inner.top - _HEIGHT, inner.left + across, inner.top),
        Box(inner.right - across, inner.top - _HEIGHT, inner.right, inner.top),
    )
    covered = [shapely.area(shapely.intersection(land, corner.shape)) for corner in corners]
    best = min(range(len(corners)), key=lambda number: round(covered[number], 3))
    return ScaleBar(corners[best], bool(covered[best] > 1.0), length, length * unit_pt, north)


def draw_scale_bar(sheet: Sheet, bar: ScaleBar, view: View) -> None:
    """Draw a scale bar and its north arrow."""
    t = view.texts
    x, y = bar.place.left + _NORTH + 8, bar.place.bottom + 7
    half = bar.width / 2
    sheet.fill([Box(x, y, x + half, y + 3.2).shape], "#111111", edge="#111111", width=0.5)
    sheet.fill([Box(x + half, y, x + bar.width, y + 3.2).shape], "white", edge="#111111", width=0.5)
    for part in (0.0, 0.5, 1.0):
        value = bar.length * part
        number = t.number(value, 0 if value == int(value) else 1 if value * 10 == int(value * 10) else 2)
        sheet.text(x + bar.width * part, y + 6, number, size=6, ha="center", halo="white")
        if part == 1:
            words = t(f"static.scale_{view.place.unit}")
            sheet.text(x + bar.width + text_width(number, 6) / 2 + 2, y + 6, words, size=6, halo="white")
    _draw_north(sheet, bar.place.left + 10, bar.place.bottom + 11, bar.north, t("static.north_letter"))


def _draw_north(sheet: Sheet, x: float, y: float, angle: float, letter: str) -> None:
    """Draw an arrow that points to true north, which the grid of a projection misses by a little."""
    sine, cosine = math.sin(angle), math.cos(angle)

    def turned(dx: float, dy: float) -> tuple[float, float]:
        return x + dx * cosine + dy * sine, y - dx * sine + dy * cosine

    left, right = (shapely.Polygon([turned(0, 9), turned(side, -6), turned(0, -3)]) for side in (-4.2, 4.2))
    sheet.fill([left], "#111111", edge="#111111", width=0.5)
    sheet.fill([right], "white", edge="#111111", width=0.5)
    sheet.text(*turned(0, 11), letter, size=6.5, weight="bold", ha="center", halo="white")


def on_the_ground(crs: CRS, centre: tuple[float, float]) -> tuple[float, float]:
    """Return how a projection shows the ground at a point.

    Parameters
    ----------
    crs
        Metric CRS.
    centre
        Point in it.

    Returns
    -------
    tuple of float
        Map metres per metre on the ground, and the direction of true north, clockwise from up, in radians.

    Examples
    --------
    >>> stretch, north = on_the_ground(CRS.from_epsg(32616), (500_000.0, 3_600_000.0))
    >>> round(stretch, 4), round(north, 4) + 0.0
    (0.9996, 0.0)
    """
    degrees = Transformer.from_crs(crs, CRS.from_epsg(4326), always_xy=True)
    geod = crs.get_geod() or Geod(ellps="WGS84")
    lon, lat = degrees.transform(*centre)
    step_m = 1_000.0
    east = degrees.transform(centre[0] + step_m, centre[1])
    _, _, true_m = geod.inv(lon, lat, *east)
    ahead = degrees.transform(*geod.fwd(lon, lat, 0.0, step_m)[:2], direction="INVERSE")
    return step_m / true_m, math.atan2(ahead[0] - centre[0], ahead[1] - centre[1])


def round_length(most: float) -> float:
    """Return the largest 1, 2 or 5 times a power of ten up to `most`.

    Examples
    --------
    >>> round_length(87.3), round_length(0.7), round_length(20)
    (50.0, 0.5, 20.0)
    """
    power = 10.0 ** math.floor(math.log10(most))
    return max(step * power for step in (1.0, 2.0, 5.0) if step * power <= most * (1 + 1e-9))
