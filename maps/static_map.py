"""The map on paper: areas, highways, points and names of a study, in its own projection, inside a frame."""

import math
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS, Geod, Transformer
from shapely.geometry.base import BaseGeometry

from layers.study import Study
from maps.geometry import Shapes, simplify, tidy, width_of
from maps.layers import SMALLEST_PART, shown_at_start
from maps.names import clean
from maps.shields import positions, shield
from maps.static_labels import (
    ASCENT,
    DESCENT,
    Placer,
    around,
    beside,
    draw_discs,
    draw_shield,
    label_box,
    place_discs,
    shield_shape,
)
from maps.static_sheet import Box, Sheet, hatching, marker, text_width
from maps.symbology import LIGHT, PROVIDER, RAMP_LIGHT, SHAPES, VENUES
from maps.texts import METRES_PER
from maps.values import View

NUMBERED = 10
"""So many ranks stand on the map."""

AREA_VERTICES = 40_000
LINE_VERTICES = 8_000
_PADDING = 0.035
_TOWNS = 26
_BIG = 1 / 3
"""A town at least this part of the largest is written in bold."""
_NAMED_AREAS = 150
_DARK_FROM = 4
"""Ramp colours from this one up are dark: white letters are read on them."""
_SHIELDS_ACROSS = 4
_RADII = ((40, 2.9), (150, 2.3), (400, 1.8), (1_000, 1.3))
_SMALLEST = 0.9


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


def fit(study: Study, frame: Box) -> Fit:
    """Return how the study is laid into a frame: as large as it goes, in the middle."""
    left, bottom, right, top = study.areas.total_bounds
    scale = min(
        frame.width / max(right - left, 1.0), frame.height / max(top - bottom, 1.0)
    ) / (1 + 2 * _PADDING)  # fmt: skip
    return Fit(
        scale,
        (frame.left + frame.right) / 2 - scale * (left + right) / 2,
        (frame.bottom + frame.top) / 2 - scale * (bottom + top) / 2,
    )


def proportion(study: Study) -> float:
    """Return width over height of the ranked areas."""
    left, bottom, right, top = study.areas.total_bounds
    return float(max(right - left, 1.0) / max(top - bottom, 1.0))


def draw_map(sheet: Sheet, frame: Box, study: Study, view: View) -> None:
    """Draw the map of a study into a frame."""
    move = fit(study, frame)
    areas = move.shapes(simplify(study.areas.geometry, AREA_VERTICES, coverage=True))
    classes = np.array(view.measures[0].classes)
    sheet.fill([frame.shape], LIGHT["land"])
    _draw_ground(sheet, frame, study, move)
    _draw_areas(sheet, areas, classes, study)
    _draw_lines(sheet, frame, study, view, move)
    _draw_points(sheet, frame, study, view, move)
    placer = Placer(frame)
    _draw_scale(sheet, frame, study, view, move, placer, shapely.union_all(areas))
    _draw_labels(sheet, study, view, move, placer, (areas, classes))
    sheet.stroke([frame.shape], LIGHT["edge"], 0.7)


def _draw_ground(sheet: Sheet, frame: Box, study: Study, move: Fit) -> None:
    context: gpd.GeoDataFrame | None = getattr(study, "context", None)
    if context is not None and len(context):
        sheet.fill([frame.shape], LIGHT["water"])
        shapes = _inside(move.shapes(simplify(context.geometry, AREA_VERTICES // 2)), frame)
        sheet.fill(shapes, LIGHT["context"], edge=LIGHT["contextline"], width=0.5)


def _draw_areas(sheet: Sheet, areas: Shapes, classes: np.ndarray, study: Study) -> None:
    across = float(np.sqrt(np.median(shapely.area(areas))))
    border = min(0.6, max(0.12, across / 60))
    for colour in sorted(set(classes.tolist())):
        sheet.fill(areas[classes == colour], RAMP_LIGHT[colour - 1], edge=LIGHT["arealine"], width=border)
    sheet.stroke([shapely.union_all(areas)], LIGHT["edge"], 0.4)
    weak = shapely.union_all(areas[study.areas["confidence"].eq("low").to_numpy()])
    draw_hatch(sheet, weak)
    regions: gpd.GeoDataFrame | None = getattr(study, "regions", None)
    if regions is not None and len(regions) < len(study.areas):
        outlines = simplify(regions.geometry, AREA_VERTICES // 2, coverage=True)
        del outlines
    underserved = shapely.union_all(areas[study.areas["underserved"].to_numpy(dtype=bool)])
    sheet.stroke([underserved], LIGHT["under"], 0.9, casing=1.0)


def draw_hatch(sheet: Sheet, area: BaseGeometry) -> None:
    """Draw the pattern of low confidence: a white and a dark line side by side, seen on every colour of the ramp."""
    sheet.stroke([hatching(area, spacing=4.4)], "white", 0.9, alpha=0.85)
    sheet.stroke([hatching(area, spacing=4.4, shift=0.75)], "#222222", 0.5, alpha=0.85)


def _draw_lines(sheet: Sheet, frame: Box, study: Study, view: View, move: Fit) -> None:
    roads: gpd.GeoDataFrame | None = getattr(study, "roads_context", None)
    if roads is not None and len(roads):
        shapes = _inside(move.shapes(simplify(roads.geometry, LINE_VERTICES * 2)), frame)
        sheet.stroke(shapes, LIGHT["roads"], 0.35, alpha=0.8)
    if reach_minutes(study, view) is not None:
        widest = study.reach.loc[study.reach["minutes"].idxmax(), "geometry"]
        tidied = tidy(widest, (width_of(study.areas.geometry) / SMALLEST_PART) ** 2)
        outline = simplify(gpd.GeoSeries([tidied], crs=study.areas.crs), LINE_VERTICES)
        sheet.stroke(move.shapes(outline), LIGHT["reach"], 1.0, dash=(3.6, 2.4), casing=0.9)
    band = _inside(move.shapes(simplify(study.corridor.geometry, LINE_VERTICES)), frame)
    sheet.fill(band, LIGHT["band"], alpha=0.06)
    sheet.stroke(band, LIGHT["band"], 0.45, alpha=0.8)
    highways = _inside(move.shapes(simplify(study.highways.geometry, LINE_VERTICES)), frame)
    sheet.stroke(highways, LIGHT["highway"], 2.0, casing=1.8)


def reach_minutes(study: Study, view: View) -> float | None:
    """Return the band whose outline is drawn, or None where it would be a tangle."""
    if not len(study.reach) or study.reach.geometry.is_empty.all():
        return None
    widest = float(study.reach["minutes"].max())
    return widest if f"reach{widest:g}" in shown_at_start(study, view) else None


def _inside(shapes: Shapes, frame: Box) -> list[BaseGeometry]:
    return [clipped for shape in shapes if not (clipped := shapely.intersection(shape, frame.shape)).is_empty]


def _draw_points(sheet: Sheet, frame: Box, study: Study, view: View, move: Fit) -> None:
    """Draw venues, those of the most frequent kinds first, and the public providers above them."""
    venues = study.venues[study.venues["in_corridor"].astype(bool)]
    radius = point_radius(len(venues))
    order = sorted(view.venue_counts, key=lambda kind: (VENUES[kind].shown, -view.venue_counts[kind]))
    for kind in order:
        own = move.points(venues.geometry[venues["kind"].eq(kind).to_numpy()])
        _draw_marks(sheet, frame, own, VENUES[kind].shape, VENUES[kind].light, radius)
    public = study.providers[study.providers["public"].astype(bool)]
    places = move.points(public.geometry)
    seen = sum(frame.holds(around(x, y, 0)) for x, y in places)
    _draw_marks(sheet, frame, places, PROVIDER.shape, PROVIDER.light, 1.3 * point_radius(seen))


def point_radius(count: int) -> float:
    """Return how large symbols are drawn, in points: the more there are, the smaller."""
    return next((radius for most, radius in _RADII if count <= most), _SMALLEST)


def _draw_marks(
    sheet: Sheet, frame: Box, points: list[tuple[float, float]], shape: str, colour: str, radius: float
) -> None:
    inner = frame.grown(-radius)
    marks = [marker(SHAPES[shape], x, y, radius) for x, y in sorted(points) if inner.holds(around(x, y, 0))]
    sheet.fill(marks, colour, edge=LIGHT["pointline"], width=min(0.5, radius / 5))


def _draw_labels(
    sheet: Sheet, study: Study, view: View, move: Fit, placer: Placer, coloured: tuple[Shapes, np.ndarray]
) -> None:
    """Place ranks, shields, towns and names of areas in this order; draw the ranks last, above everything."""
    points = move.points(study.areas.representative_point())
    first = [n for n, row in enumerate(view.rows[:NUMBERED]) if row.rank <= NUMBERED]
    spots = place_discs(placer, [points[n] for n in first])
    discs = [(str(view.rows[n].rank), home, spot) for n, (home, spot) in zip(first, spots, strict=True)]
    _draw_shields(sheet, study, placer, move)
    _draw_towns(sheet, study, placer, move)
    if len(view.rows) <= _NAMED_AREAS:
        _draw_names(sheet, view, placer, points, coloured)
    draw_discs(sheet, discs)


def _draw_shields(sheet: Sheet, study: Study, placer: Placer, move: Fit) -> None:
    spacing_m = width_of(study.areas.geometry) / _SHIELDS_ACROSS
    for record in study.highways.itertuples():
        sign = shield(clean(record.ref))
        marks = positions(record.geometry, spacing_m=spacing_m)
        for x, y in move.points(gpd.GeoSeries(gpd.points_from_xy(*zip(*marks, strict=True)))) if marks else ():
            if placer.take(shield_shape(sign, x, y)[1]):
                draw_shield(sheet, sign, x, y)


def _draw_towns(sheet: Sheet, study: Study, placer: Placer, move: Fit) -> None:
    if study.towns is None or not len(study.towns):
        return
    towns = study.towns.to_crs(study.areas.crs)
    found = sorted(
        (-float(population), clean(name), point)
        for population, name, point in zip(towns["population"], towns["name"], move.points(towns.geometry), strict=True)
    )
    biggest = -found[0][0]
    written = 0
    for less, name, (x, y) in found:
        if written >= _TOWNS:
            break
        big = -less >= biggest * _BIG
        size, weight = (8.0, "bold") if big else (6.2, "regular")
        dot = around(x, y, 1.6)
        if not name or not placer.free(dot):
            continue
        for left, base in beside(x, y, name, size=size, weight=weight, gap=3.4):
            if placer.take(label_box(left, base, name, size=size, weight=weight)):
                placer.take(dot)
                sheet.fill([marker(SHAPES["circle"], x, y, 1.5)], LIGHT["label"], edge="white", width=0.5)
                sheet.text(left, base, name, size=size, weight=weight, colour=LIGHT["label"], halo="white")
                written += 1
                break


def _draw_names(
    sheet: Sheet,
    view: View,
    placer: Placer,
    points: list[tuple[float, float]],
    coloured: tuple[Shapes, np.ndarray],
) -> None:
    """Write the names of areas that are wide enough for them."""
    size = 4.8
    for row, (x, y), shape, colour in zip(view.rows, points, *coloured, strict=True):
        width = text_width(row.name, size)
        left, _, right, _ = shape.bounds
        if width > right - left:
            continue
        low = y - (ASCENT - DESCENT) / 2 * size
        for shift in (0, 7.5, -7.5, 11, -11, 15, -15):
            wanted = label_box(x - width / 2, low + shift, row.name, size=size, weight="regular")
            if shapely.covers(shape, wanted.shape) and placer.take(wanted):
                dark = colour >= _DARK_FROM
                sheet.text(
                    x, low + shift, row.name, size=size, ha="center",
                    colour="#ffffff" if dark else LIGHT["ink2"], halo=RAMP_LIGHT[colour - 1],
                )  # fmt: skip
                break


def _draw_scale(
    sheet: Sheet, frame: Box, study: Study, view: View, move: Fit, placer: Placer, land: BaseGeometry
) -> None:
    """Draw scale bar and north arrow in the corner where least is covered."""
    unit_m = METRES_PER[view.place.unit]
    middle = ((frame.left + frame.right) / 2, (frame.bottom + frame.top) / 2)
    truth, north = ground(study.areas.crs, ((middle[0] - move.x) / move.scale, (middle[1] - move.y) / move.scale))
    unit_pt = unit_m * move.scale * truth
    length = round_length(frame.width * 0.26 / unit_pt)
    bar = length * unit_pt
    block = _corner(frame, bar + 30, 56.0, land)
    placer.taken.append(block)
    x, y = block.left + 8, block.bottom + 10
    sheet.fill([block.grown(-2).shape], LIGHT["land"], alpha=0.8)
    sheet.fill([Box(x, y, x + bar / 2, y + 3.2).shape], "#111111", edge="#111111", width=0.5)
    sheet.fill([Box(x + bar / 2, y, x + bar, y + 3.2).shape], "white", edge="#111111", width=0.5)
    decimals = 0 if length / 2 == int(length / 2) else 1
    unit = view.texts(f"static.scale_{view.place.unit}")
    sheet.text(x, y + 6, "0", size=6, ha="center")
    sheet.text(x + bar / 2, y + 6, view.texts.number(length / 2, decimals), size=6, ha="center")
    last = view.texts.number(length, 0 if length == int(length) else 1)
    sheet.text(x + bar - text_width(last, 6) / 2, y + 6, f"{last} {unit}", size=6)
    _draw_north(sheet, x + 5, y + 28, north, view.texts("static.north_letter"))


def _draw_north(sheet: Sheet, x: float, y: float, angle: float, letter: str) -> None:
    """Draw an arrow that points to true north, which the grid of a projection misses by a little."""
    sine, cosine = math.sin(angle), math.cos(angle)

    def turned(dx: float, dy: float) -> tuple[float, float]:
        return x + dx * cosine + dy * sine, y - dx * sine + dy * cosine

    sheet.fill([shapely.Polygon([turned(0, 9), turned(-4.2, -6), turned(0, -3)])], "#111111")
    right = shapely.Polygon([turned(0, 9), turned(4.2, -6), turned(0, -3)])
    sheet.fill([right], "white", edge="#111111", width=0.5)
    tip = turned(0, 11)
    sheet.text(tip[0], tip[1], letter, size=6.5, weight="bold", ha="center")


def _corner(frame: Box, width: float, height: float, land: BaseGeometry) -> Box:
    inner = frame.grown(-4)
    corners = (
        Box(inner.left, inner.bottom, inner.left + width, inner.bottom + height),
        Box(inner.right - width, inner.bottom, inner.right, inner.bottom + height),
        Box(inner.left, inner.top - height, inner.left + width, inner.top),
        Box(inner.right - width, inner.top - height, inner.right, inner.top),
    )
    return min(corners, key=lambda corner: round(shapely.area(shapely.intersection(land, corner.shape))))


def ground(crs: CRS, centre: tuple[float, float]) -> tuple[float, float]:
    """Return how the map shows the ground at a point: map metres per true metre, and the direction of true north.

    Parameters
    ----------
    crs
        Metric CRS.
    centre
        Point in it.

    Returns
    -------
    tuple of float
        Scale factor of the projection (about 1), and the angle of true north, clockwise from up, in radians.
    """
    degrees = Transformer.from_crs(crs, CRS.from_epsg(4326), always_xy=True)
    lon, lat = degrees.transform(*centre)
    geod = crs.get_geod() or Geod(ellps="WGS84")
    step_m = 1_000.0
    east_lon, east_lat = degrees.transform(centre[0] + step_m, centre[1])
    _, _, true_m = geod.inv(lon, lat, east_lon, east_lat)
    ahead = degrees.transform(*geod.fwd(lon, lat, 0.0, step_m)[:2], direction="INVERSE")
    angle = math.atan2(ahead[0] - centre[0], ahead[1] - centre[1])
    return step_m / true_m, angle


def round_length(most: float) -> float:
    """Return the largest 1, 2 or 5 times a power of ten up to `most`.

    Examples
    --------
    >>> round_length(87.3), round_length(0.7), round_length(20)
    (50.0, 0.5, 20.0)
    """
    power = 10.0 ** math.floor(math.log10(most))
    return max(step * power for step in (1.0, 2.0, 5.0) if step * power <= most * (1 + 1e-9))
