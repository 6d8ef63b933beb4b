"""The map on paper: areas, highways, points and names of a study, in its own projection, inside a frame."""

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from layers.study import Study
from maps.first_sight import SMALLEST_PART, shown_at_start
from maps.geometry import Shapes, simplify, tidy, width_of
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
from maps.static_marks import Box, hatching, marker
from maps.static_scale import Fit, ScaleBar, draw_scale_bar, scale_bar
from maps.static_sheet import Sheet
from maps.static_text import Weight, text_width
from maps.symbology import LIGHT, PROVIDER, RAMP_LIGHT, SHAPES, VENUES
from maps.values import View

NUMBERED = 10
"""So many ranks stand on the map."""

AREA_VERTICES = 25_000
LINE_VERTICES = 8_000
_PADDING = 0.035
_TOWNS = 26
_BIG = 1 / 3
"""A town at least this part of the largest is written in bold."""
_LONGEST_NAME = 110.0
_NAMED_AREAS = 150
_DARK_FROM = 4
"""Ramp colours from this one up are dark: white letters are read on them."""
_SHIELDS_ACROSS = 4
_BORDER = 0.012
"""Reach nearer than this to the border of the study area, as a share of its width, is taken to end with it."""
_CROWD = 300
_RADII = ((40, 2.9), (150, 2.3), (400, 1.8), (1_000, 1.3))
_SMALLEST = 0.9


@dataclass(frozen=True, eq=False)
class Choice:
    """What is drawn of the things that a map can have too much of."""

    reach: BaseGeometry | None
    """How far the widest band reaches inside the study area; None where that is nothing or a tangle.

    The border of the study area is left out: the reach ends there only because nothing beyond it was asked.
    """
    providers: gpd.GeoDataFrame
    """The public providers; where they are too many, those of the category that most people are far from."""
    providers_words: str
    """Which providers these are."""


def fit(study: Study, frame: Box) -> Fit:
    """Return how the study is laid into a frame: as large as it goes, in the middle."""
    left, bottom, right, top = study.areas.total_bounds
    across, up = max(right - left, 1.0), max(top - bottom, 1.0)
    scale = min(frame.width / across, frame.height / up) / (1 + 2 * _PADDING)
    return Fit(
        scale,
        (frame.left + frame.right) / 2 - scale * (left + right) / 2,
        (frame.bottom + frame.top) / 2 - scale * (bottom + top) / 2,
    )


def has_regions(study: Study) -> bool:
    """Return whether outlines of larger regions are drawn above the areas."""
    return study.regions is not None and 0 < len(study.regions) < len(study.areas)


def has_roads(study: Study) -> bool:
    """Return whether other main roads are drawn."""
    return study.roads_context is not None and len(study.roads_context) > 0


def has_water(study: Study) -> bool:
    """Return whether lakes or rivers are drawn."""
    return study.water is not None and len(study.water) > 0


def proportion(study: Study) -> float:
    """Return width over height of the ranked areas."""
    left, bottom, right, top = study.areas.total_bounds
    return float(max(right - left, 1.0) / max(top - bottom, 1.0))


def draw_map(sheet: Sheet, frame: Box, study: Study, view: View, choice: Choice) -> None:
    """Draw the map of a study into a frame."""
    simple = simplify(study.areas.geometry, AREA_VERTICES, coverage=True)
    move, bar = _lay(study, view, frame, simple)
    areas, classes = move.shapes(simple), np.array(view.measures[0].classes)
    sheet.fill([frame.shape], LIGHT["land"])
    _draw_ground(sheet, frame, study, move)
    _draw_areas(sheet, areas, classes, study, move)
    _draw_lines(sheet, frame, study, choice, move)
    _draw_points(sheet, frame, study, view, move, choice.providers)
    draw_scale_bar(sheet, bar, view)
    _draw_labels(sheet, study, view, move, Placer(frame, [bar.place]), (areas, classes))
    sheet.stroke([frame.shape], LIGHT["edge"], 0.7)


def _lay(study: Study, view: View, frame: Box, simple: Shapes) -> tuple[Fit, ScaleBar]:
    """Return the largest map that leaves a corner to the scale bar, or else a strip at the bottom."""
    move = fit(study, frame)
    bar = scale_bar(study.areas.crs, move, frame, view, shapely.union_all(move.shapes(simple)))
    if not bar.covers:
        return move, bar
    move = fit(study, Box(frame.left, frame.bottom + bar.place.height, frame.right, frame.top))
    return move, scale_bar(study.areas.crs, move, frame, view, shapely.union_all(move.shapes(simple)))


def _draw_ground(sheet: Sheet, frame: Box, study: Study, move: Fit) -> None:
    context = study.context
    if context is not None and len(context):
        sheet.fill([frame.shape], LIGHT["water"])
        shapes = _inside(move.shapes(simplify(context.geometry, AREA_VERTICES // 2)), frame)
        sheet.fill(shapes, LIGHT["context"], edge=LIGHT["contextline"], width=0.5)


def _draw_areas(sheet: Sheet, areas: Shapes, classes: np.ndarray, study: Study, move: Fit) -> None:
    across = float(np.sqrt(np.median(shapely.area(areas))))
    border = min(0.6, max(0.12, across / 60))
    for colour in sorted(set(classes.tolist())):
        # White borders part the darker classes; on the palest they would not be seen.
        edge = LIGHT["contextline" if colour == 1 else "arealine"]
        sheet.fill(areas[classes == colour], RAMP_LIGHT[colour - 1], edge=edge, width=border)
    sheet.stroke([shapely.union_all(areas)], LIGHT["edge"], 0.4)
    weak = shapely.union_all(areas[study.areas["confidence"].eq("low").to_numpy()])
    draw_hatch(sheet, weak)
    if study.regions is not None and has_regions(study):
        outlines = move.shapes(simplify(study.regions.geometry, AREA_VERTICES // 2, coverage=True))
        sheet.stroke(outlines, LIGHT["region"], 0.6)
    underserved = shapely.union_all(areas[study.areas["underserved"].to_numpy(dtype=bool)])
    sheet.stroke([underserved], LIGHT["under"], 0.9, casing=1.0)


def draw_hatch(sheet: Sheet, area: BaseGeometry) -> None:
    """Draw the pattern of low confidence: a white and a dark line side by side, seen on every colour of the ramp."""
    sheet.stroke([hatching(area, spacing=5.2)], "white", 0.9, alpha=0.85)
    sheet.stroke([hatching(area, spacing=5.2, shift=0.75)], "#222222", 0.5, alpha=0.85)


def _draw_lines(sheet: Sheet, frame: Box, study: Study, choice: Choice, move: Fit) -> None:
    if has_water(study):
        lakes, rivers = (study.water.geometry[study.water["kind"].eq(kind)] for kind in ("lake", "river"))
        if len(lakes):
            sheet.fill(_inside(move.shapes(simplify(lakes, LINE_VERTICES)), frame), LIGHT["river"], alpha=0.8)
        if len(rivers):
            sheet.stroke(_inside(move.shapes(simplify(rivers, LINE_VERTICES)), frame), LIGHT["river"], 0.6, alpha=0.8)
    if has_roads(study):
        shapes = _inside(move.shapes(simplify(study.roads_context.geometry, LINE_VERTICES * 2)), frame)
        sheet.stroke(shapes, LIGHT["roads"], 0.35, alpha=0.8)
    if choice.reach is not None:
        sheet.stroke(move.shapes(np.array([choice.reach])), LIGHT["reach"], 1.0, dash=(3.6, 2.4), casing=0.9)
    band = _inside(move.shapes(simplify(study.corridor.geometry, LINE_VERTICES)), frame)
    band = [shapely.union_all(band)]
    sheet.fill(band, LIGHT["band"], alpha=0.06)
    sheet.stroke(band, LIGHT["band"], 0.45, alpha=0.8)
    highways = _inside(move.shapes(simplify(study.highways.geometry, LINE_VERTICES)), frame)
    sheet.stroke(highways, LIGHT["highway"], 2.0, casing=1.8)


def choose(study: Study, view: View) -> Choice:
    """Return what the map can show of a study and stay legible."""
    return Choice(_reach_line(study, view), *_drawn_providers(study, view))


def _reach_line(study: Study, view: View) -> BaseGeometry | None:
    if not len(study.reach):
        return None
    widest = study.reach.loc[study.reach["minutes"].idxmax()]
    if widest.geometry.is_empty or f"reach{widest['minutes']:g}" not in shown_at_start(study, view):
        return None
    across = width_of(study.areas.geometry)
    tidied = tidy(widest.geometry, (across / SMALLEST_PART) ** 2)
    outline = simplify(gpd.GeoSeries([tidied], crs=study.areas.crs), LINE_VERTICES)[0]
    land = shapely.union_all(simplify(study.areas.geometry, AREA_VERTICES, coverage=True))
    inland = shapely.difference(land, land.boundary.buffer(across * _BORDER))
    line = shapely.line_merge(shapely.intersection(shapely.boundary(outline), inland))
    long = [part for part in shapely.get_parts(line) if part.length > across * 2 * _BORDER]
    return shapely.MultiLineString(long) if long else None


def _drawn_providers(study: Study, view: View) -> tuple[gpd.GeoDataFrame, str]:
    public = study.providers[study.providers["public"].astype(bool)]
    hardest = study.figures.hardest_category
    own = public[public["categories"].str.split(";").map(lambda offered: hardest in offered)]
    number = view.texts.number
    if len(public) <= _CROWD or own.empty:
        return public, view.texts("static.providers", n=number(len(public)))
    total = number(len(public))
    return own, view.texts("static.providers_of", category=view.category(hardest), n=number(len(own)), total=total)


def _inside(shapes: Shapes, frame: Box) -> list[BaseGeometry]:
    return [clipped for shape in shapes if not (clipped := shapely.intersection(shape, frame.shape)).is_empty]


def _draw_points(sheet: Sheet, frame: Box, study: Study, view: View, move: Fit, providers: gpd.GeoDataFrame) -> None:
    """Draw venues, those of the most frequent kinds first, and the public providers above them."""
    venues = study.venues[study.venues["in_corridor"].astype(bool)]
    radius = point_radius(len(venues))
    order = sorted(view.venue_counts, key=lambda kind: (VENUES[kind].shown, -view.venue_counts[kind]))
    for kind in order:
        own = move.points(venues.geometry[venues["kind"].eq(kind).to_numpy()])
        _draw_marks(sheet, frame, own, VENUES[kind].shape, VENUES[kind].light, radius)
    places = move.points(providers.geometry)
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
    """Place the biggest town, ranks, shields, towns and names of areas in this order; draw the ranks last, on top."""
    towns = _towns(study, move)
    # For orientation: discs can stand aside.
    _draw_towns(sheet, towns[:1], placer)
    points = move.points(study.areas.representative_point())
    first = [n for n, row in enumerate(view.rows[:NUMBERED]) if row.rank <= NUMBERED]
    spots = place_discs(placer, [points[n] for n in first])
    discs = [(str(view.rows[n].rank), home, spot) for n, (home, spot) in zip(first, spots, strict=True)]
    _draw_shields(sheet, study, placer, move)
    _draw_towns(sheet, towns[1:], placer)
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


def _towns(study: Study, move: Fit) -> list[tuple[str, bool, tuple[float, float]]]:
    """Return name, whether it is a big one, and place of each town, the biggest first."""
    if study.towns is None or not len(study.towns):
        return []
    towns = study.towns.to_crs(study.areas.crs)
    found = sorted(
        (-float(population), clean(name), point)
        for population, name, point in zip(towns["population"], towns["name"], move.points(towns.geometry), strict=True)
    )
    return [(name, less <= found[0][0] * _BIG, point) for less, name, point in found]


def _draw_towns(sheet: Sheet, towns: Sequence[tuple[str, bool, tuple[float, float]]], placer: Placer) -> None:
    written = 0
    for name, big, (x, y) in towns:
        if written >= _TOWNS:
            break
        size = 8.0 if big else 6.2
        weight: Weight = "bold" if big else "regular"
        dot = around(x, y, 1.6)
        if not name or not placer.free(dot) or text_width(name, size, weight) > _LONGEST_NAME:
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
