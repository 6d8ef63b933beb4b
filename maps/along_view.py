"""What the page says of the highways: a strip chart each, the stretches without help, and how both meet the map."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from markupsafe import Markup

from geo.route_line import Route
from geo.vocabulary import VENUE_KINDS
from layers.along import Along
from layers.people import area_of
from layers.strip import Strip, unrolled
from layers.study import Study
from maps.geometry import to_degrees
from maps.names import clean, isolate
from maps.strip_chart import strip_svg
from maps.strip_layout import capital, category_label, exit_label, exit_words, highway_name
from maps.texts import Texts
from maps.values import View

PRINTED_GAPS = 40
"""More stretches than this are not printed; the page says so."""

_SHEET_MM, _CAPTION_MM = 180.0, 12.0
"""Height on a sheet for charts, and for the heading and note of each."""
_FEW_GAPS, _FEW_GAPS_MM = 6, 24.0
"""Stretches that go below the charts, and the height they need."""
_LEGIBLE_MM, _WIDEST_MM = 140.0, 262.0
"""Width of a chart on paper: narrower its words are too small, wider it does not fit."""

_LINE_M = 150.0
"""Lines of highways are simplified by this much."""

_WHOLE_FROM = 10
_ENDS = ("from_milepost", "to_milepost")


@dataclass(frozen=True)
class ExitRow:
    """An exit in the table of a highway: what it is called, its milepost, its towns, minutes per category."""

    label: str
    milepost: str
    towns: str
    minutes: tuple[str, ...]


@dataclass(frozen=True)
class StripView:
    """A highway on the page."""

    label: str
    svg: Markup
    scroll: str
    table: str
    halves: str
    exits: tuple[ExitRow, ...]


@dataclass(frozen=True)
class GapView:
    """A stretch from whose exits help is farther than a band; all categories of which that is so together."""

    highway: int
    categories: tuple[str, ...]
    head: str
    tail: str


@dataclass(frozen=True)
class AlongView:
    """All the page says of the highways."""

    strips: tuple[StripView, ...]
    gaps: tuple[GapView, ...]
    categories: tuple[tuple[str, str], ...]
    summary: str
    none: str
    bands: tuple[str, ...]
    """Bands with at least one stretch, as names of layers: "30"."""
    data: Mapping[str, Any]
    """What the page's program needs; mileposts in it are rounded to a thousandth."""
    printed: int = PRINTED_GAPS

    @property
    def print_width(self) -> str:
        """Width of the charts on paper, as a length of CSS: as many on one sheet as stay legible."""
        sides = [re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', strip.svg) for strip in self.strips]
        ratio = max(float(found[2]) / float(found[1]) for found in sides if found)
        sheet_mm = _SHEET_MM - (_FEW_GAPS_MM if len(self.gaps) <= _FEW_GAPS else 0)
        widths = [(sheet_mm - _CAPTION_MM * n) / (n * ratio) for n in range(len(self.strips), 0, -1)]
        width = next((width for width in widths if width >= _LEGIBLE_MM), widths[-1])
        return f"{min(width, _WIDEST_MM):.0f}mm"


def make_along(study: Study, view: View) -> AlongView | None:
    """Return what the page says of the highways; None when the study has no measured highway.

    Parameters
    ----------
    study
        The finished analysis.
    view
        Its plain values.
    """
    along = study.along
    if along is None or not along.strips:
        return None
    texts, place = view.texts, view.place
    groups = _together(along.gaps)
    gaps = tuple(_gap(group, along, texts) for group in groups)
    used = tuple(c for c in place.required if any(c in gap.categories for gap in gaps))
    return AlongView(
        strips=tuple(_strip(strip, along, texts, place.bands_min) for strip in along.strips),
        gaps=gaps,
        categories=tuple((category, category_label(category, texts)) for category in used),
        summary=_summary(along, texts, place.headline_min),
        none=texts("along.gaps_none", minutes=texts.number(min(place.bands_min))),
        bands=tuple(f"{band:g}" for band in sorted(set(along.gaps["band_min"]))),
        data=_data(study, along, groups, view),
    )


def length_words(length: float, unit: str, texts: Texts) -> str:
    """Return a length along a highway in words: "21 miles", "0.8 miles".

    Parameters
    ----------
    length
        In `unit`.
    unit
        "mi" or "km".
    texts
        The catalogue.
    """
    shown = texts.number(length, 0 if length >= _WHOLE_FROM or round(length, 1) == round(length) else 1)
    return texts(f"along.{unit}.{'one' if shown == '1' else 'other'}", n=shown)


def between_words(from_exit: str, to_exit: str, unit: str, texts: Texts) -> str:
    """Return a stretch by its exits' labels.

    Parameters
    ----------
    from_exit, to_exit
        Labels of exits as `layers.exits` gives them: "exit 51", "US 82", "milepost 26".
    unit
        "mi" or "km".
    texts
        The catalogue.
    """
    numbers = [match[1] if (match := re.fullmatch(r"exit (\S+)", label)) else "" for label in (from_exit, to_exit)]
    if from_exit == to_exit:
        return exit_label(from_exit, numbers[0], unit, texts)
    if all(numbers):
        a, b = (isolate(clean(number)) for number in numbers)
        return texts("along.exits_between", a=a, b=b)
    a, b = (exit_label(label, number, unit, texts) for label, number in zip((from_exit, to_exit), numbers, strict=True))
    return texts("along.between", a=a, b=b)


def direction_words(direction: str, texts: Texts) -> str:
    """Return a direction of travel, "NB", as the language of the page has it."""
    return texts.get(f"strip.direction.{direction}", direction)


def _together(gaps: pd.DataFrame) -> list[list[dict[str, Any]]]:
    """Return the gaps, the longest first, with those that differ by nothing but their category in one group."""
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for gap in gaps.to_dict("records"):
        key = tuple(gap[name] for name in ("route_id", "direction", "band_min", "from_milepost", "to_milepost"))
        groups.setdefault(key, []).append({str(name): value for name, value in gap.items()})
    return list(groups.values())


def _gap(group: Sequence[Mapping[str, Any]], along: Along, texts: Texts) -> GapView:
    record, categories = group[0], tuple(gap["category"] for gap in group)
    services = [texts.get(f"category.{category}.plain", category) for category in categories]
    return GapView(
        highway=[strip.route_id for strip in along.strips].index(record["route_id"]),
        categories=categories,
        head=texts(
            "along.gap_head",
            highway=capital(highway_name(record["label"], texts)),
            direction=direction_words(record["direction"], texts),
            between=between_words(record["from_exit"], record["to_exit"], record["unit"], texts),
        ),
        tail=texts(
            "along.gap_tail",
            length=length_words(record["length"], record["unit"], texts),
            minutes=texts.number(record["band_min"]),
            service=texts.listing(services),
            worst=texts.minutes(max(gap["minutes_worst"] for gap in group)),
            venues=texts.count("along.venues", record["n_venues"]),
        ),
    )


def _summary(along: Along, texts: Texts, headline_min: float) -> str:
    """Return the longest stretch in a few words."""
    said = along.gaps[along.gaps["band_min"].eq(headline_min)]
    if said.empty:
        return texts("along.none", minutes=texts.number(headline_min))
    longest = said.iloc[0]
    gap = texts(
        "along.gap_short",
        highway=highway_name(longest["label"], texts),
        direction=direction_words(longest["direction"], texts),
        length=length_words(longest["length"], longest["unit"], texts),
        service=texts.get(f"category.{longest['category']}.plain", longest["category"]),
    )
    return texts("along.longest", minutes=texts.number(headline_min), gap=gap)


def _strip(strip: Strip, along: Along, texts: Texts, bands_min: Sequence[float]) -> StripView:
    label = highway_name(strip.label, texts)
    up, down = (direction_words(direction, texts) for direction in strip.directions)
    svg = strip_svg(strip, texts, bands_min=bands_min)
    return StripView(
        label=capital(label),
        svg=Markup(svg),  # noqa: S704 - text from data is escaped in it
        scroll=texts("along.scroll", highway=label),
        table=texts("along.table", highway=label),
        halves=texts("along.halves", up=up, down=down),
        exits=_exit_rows(strip, along.minutes[along.minutes["route_id"].eq(strip.route_id)], texts),
    )


def _exit_rows(strip: Strip, minutes: pd.DataFrame, texts: Texts) -> tuple[ExitRow, ...]:
    """Return the exits with their minutes; of both directions the longer drive."""
    columns = [f"minutes_{category}" for category in dict.fromkeys(p.category for p in strip.profiles)]
    places = minutes["milepost"].astype(float).round(3).tolist()
    longest = minutes[columns].groupby(places).max()
    found = dict(zip(longest.index.tolist(), longest.to_numpy(dtype=float).tolist(), strict=True))
    rows = []
    for exit_ in strip.exits:
        values = found.get(round(exit_.milepost, 3), [math.nan] * len(columns))
        rows.append(
            ExitRow(
                label=exit_words(exit_, strip.unit, texts),
                milepost=texts.number(exit_.milepost, 1),
                towns=clean(exit_.towns),
                minutes=tuple(_minutes(value, texts) for value in values),
            )
        )
    return tuple(rows)


def _minutes(value: float, texts: Texts) -> str:
    if math.isnan(value):
        return ""
    return texts("table.none") if math.isinf(value) else texts.number(value)


def _data(study: Study, along: Along, groups: Sequence[Sequence[Mapping[str, Any]]], view: View) -> dict[str, Any]:
    """Return lines, exits, venues and stretches by milepost."""
    texts = view.texts
    inside = _area_numbers(study, along, view)
    routes = {route.route_id: route for route in along.routes.routes}
    order = {strip.route_id: number for number, strip in enumerate(along.strips)}
    keys = ("route_id", "direction", "category", "band_min")
    position = {
        (*(gap[key] for key in keys), end, gap[end]): number
        for number, group in enumerate(groups)
        for gap in group
        for end in _ENDS
    }
    crossed = _venue_numbers(study)
    return {
        "routes": [
            {
                "label": capital(highway_name(strip.label, texts)),
                "line": _line(routes[strip.route_id], study.areas.crs),
                "exits": _exits(strip, along, texts, inside),
                "venues": [[_r(venue.milepost), *crossed.get(venue.venue_id, ["", -1])] for venue in strip.venues],
                "gaps": [
                    next(
                        position[key]
                        for end in _ENDS
                        if (key := (strip.route_id, gap.direction, gap.category, gap.band_min, end, getattr(gap, end)))
                        in position
                    )
                    for gap in strip.gaps
                ],
            }
            for strip in along.strips
        ],
        "near": _near(study, along),
        "gaps": [[order[gap["route_id"]], _r(gap["from_milepost"]), _r(gap["to_milepost"])] for gap, *_ in groups],
        "bands": {
            f"{band:g}": [
                [number, *stretch]
                for route_id, number in order.items()
                for stretch in merged(_unrolled(own[own["route_id"].eq(route_id)], along.strips[number]))
            ]
            for band, own in along.gaps.groupby("band_min")
        },
    }


def _unrolled(gaps: pd.DataFrame, strip: Strip) -> np.ndarray:
    """Return the ends of stretches, in two where a ring passes its milepost 0."""
    rows = gaps[list(_ENDS)].itertuples(index=False)
    parts = [part for low, high in rows for part in unrolled(low, high, strip.from_milepost, strip.to_milepost)]
    return np.array(parts).reshape(-1, 2)


def merged(stretches: np.ndarray) -> list[list[float]]:
    """Return stretches, rows of from and to, with those that touch as one.

    Examples
    --------
    >>> merged(np.array([[5, 8], [1, 3], [2, 4.5]]))
    [[1.0, 4.5], [5.0, 8.0]]
    """
    found: list[list[float]] = []
    for low, high in sorted(stretches.tolist()):
        if found and low <= found[-1][1]:
            found[-1][1] = max(found[-1][1], _r(high))
        else:
            found.append([_r(low), _r(high)])
    return found


def _r(value: float) -> float:
    return round(float(value), 3)


def _line(route: Route, crs: Any) -> list[list[float]]:  # noqa: ANN401 - pyproj's CRS or its name
    """Return a highway's line as latitude, longitude and milepost of its vertices."""
    source = shapely.get_coordinates(route.line).tolist()
    kept = shapely.get_coordinates(shapely.simplify(route.line, _LINE_M))
    at, mileposts = 0, []
    # Simplifying keeps vertices in order, so each is found again behind the one before: also on a ring.
    for place in kept.tolist():
        at = source.index(place, at)
        mileposts.append(_r(route.mileposts[at]))
    degrees = shapely.get_coordinates(to_degrees(gpd.GeoSeries(shapely.points(kept), crs=crs)).to_numpy())
    return [[round(y, 4), round(x, 4), milepost] for (x, y), milepost in zip(degrees.tolist(), mileposts, strict=True)]


def _area_numbers(study: Study, along: Along, view: View) -> dict[str, int]:
    """Return which row each exit's area is, by ``exit_id``; -1 outside the areas."""
    rows = {row.area_id: number for number, row in enumerate(view.rows)}
    inside = area_of(along.exits, study.areas).map(clean).map(rows).fillna(-1)
    return dict(zip(along.exits["exit_id"], inside.astype(int).tolist(), strict=True))


def _near(study: Study, along: Along) -> dict[str, list[Any]]:
    """Return for each row the exit that leads there, as its number among those of all strips, and the minutes."""
    ids = [exit_id for strip in along.strips for exit_id in _own(strip, along)["exit_id"]]
    numbers = {exit_id: number for number, exit_id in enumerate(ids)}
    near = along.area_exits.reindex(study.areas.index)
    minutes = near["exit_min"].round().astype(float)
    return {
        "exit": near["exit_id"].map(numbers).fillna(-1).astype(int).tolist(),
        "min": [int(value) if math.isfinite(value) else None for value in minutes],
    }


def _own(strip: Strip, along: Along) -> gpd.GeoDataFrame:
    """Return the exits of a strip's highway, in its order."""
    return along.exits[along.exits["route_id"].eq(strip.route_id)]


def _exits(strip: Strip, along: Along, texts: Texts, inside: Mapping[str, int]) -> list[list[Any]]:
    """Return milepost, latitude, longitude, name, towns and number of the area of each exit."""
    own = _own(strip, along)
    degrees = to_degrees(own.geometry)
    return [
        [
            _r(exit_.milepost), round(point.y, 4), round(point.x, 4),
            exit_words(exit_, strip.unit, texts), clean(exit_.towns), inside[exit_id],
        ]
        for exit_, point, exit_id in zip(strip.exits, degrees, own["exit_id"], strict=True)
    ]  # fmt: skip


def _venue_numbers(study: Study) -> dict[str, list[Any]]:
    """Return the kind of each venue on the map and its number among them: the map draws them in this order."""
    shown = study.venues[study.venues["in_corridor"].astype(bool)]
    return {
        venue_id: [kind, number]
        for kind in VENUE_KINDS
        for number, venue_id in enumerate(shown.loc[shown["kind"].eq(kind), "venue_id"])
    }
