"""Sections: stretches of the corridor as areas that can be ranked, with names that people on the road would use."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import require_same_crs
from geo.records import Dropped
from geo.route_line import Route
from geo.route_miles import METRES
from geo.routes import Routes
from layers.exits import TOWN_REACH_M

By = Literal["length", "exits", "towns"]

LEAST_M = 1_600.0
"""Exits closer than this, in metres, do not part two sections."""

TOWNS_APART_M = 16_000.0
"""Towns that part two sections are at least this far apart along the highway."""

BEHIND_TOWN_M = 250.0
"""So far behind the middle of a town a section ends, in metres: the town itself counts in it, not half by chance."""

_SAMPLE_M = 500.0
_TOGETHER_M = 100.0
_MOSTLY = 0.6


def make_sections(
    routes: Routes,
    corridor: shapely.Geometry,
    *,
    by: By,
    length_m: float = 32_186.88,
    towns: gpd.GeoDataFrame | None = None,
) -> tuple[gpd.GeoDataFrame, tuple[Dropped, ...]]:
    """Cut the corridor into sections.

    Every place in the corridor belongs to the section whose stretch of highway is nearest; where two highways run
    together, to that of the first.

    Parameters
    ----------
    routes
        The measured highways.
    corridor
        The corridor inside the study area, by distance, time or both, in the CRS of the routes.
    by
        "length": stretches of `length_m`, cut at its multiples; "exits": from exit to exit; "towns": from town to town,
        each of which counts in the section that it ends, in the order of mileposts.
    length_m
        Length of a section, in metres.
    towns
        ``name``, ``population`` and points: they part sections, or else name them. None when the project has none.

    Returns
    -------
    sections : geopandas.GeoDataFrame
        A table of areas: ``area_id``, ``name``, the polygon; and ``route_id``, ``ref``, ``label``, ``unit``,
        ``from_milepost``, ``to_milepost``, ``from_exit``, ``to_exit`` (labels, "" for none) and ``town`` (the largest
        beside it). What the name is made of, each "" where it is not: ``from_number``, ``to_number`` (exits) or
        ``from_town``, ``to_town``.
    dropped : tuple of Dropped
        Sections without land of their own.
    """
    placed = _towns_along(routes, towns)
    rows = [
        _row(route, begin, end, routes.exits[routes.exits["route_id"].eq(route.route_id)], placed, by=by)
        for route in routes.routes
        for start, stop in route.inside
        for begin, end in _pairs(_cuts(route, start, stop, routes.exits, placed, by=by, length_m=length_m))
    ]
    table = pd.DataFrame(rows)
    if table.empty:
        empty = gpd.GeoDataFrame({"area_id": [], "name": []}, geometry=[], crs=routes.exits.crs)
        return empty, ()
    table["name"] = _told_apart(table)
    sections = gpd.GeoDataFrame(table, geometry=_cells(routes, table, corridor), crs=routes.exits.crs)
    bare = sections.geometry.is_empty
    text = "sections that run together with another highway and count there"
    dropped = tuple(
        Dropped(str(route_id), text, int(own.sum())) for route_id, own in bare.groupby(table["route_id"]) if own.any()
    )
    return sections[~bare].reset_index(drop=True), dropped


def section_minutes(sections: pd.DataFrame, minutes: pd.DataFrame, *, categories: tuple[str, ...]) -> pd.DataFrame:
    """Return how far help is from the exits of each section: figures of people on the road, not of residents.

    Parameters
    ----------
    sections
        ``area_id``, ``route_id``, ``from_milepost`` and ``to_milepost``.
    minutes
        One row per exit and direction: `layers.exits.exit_minutes`.
    categories
        Service categories.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``area_id``: ``n_exits``, and per category ``exit_median_c`` and ``exit_worst_c``, minutes over the
        exits in the section, both directions (``inf``: not reachable from it; NaN: the highway has no exit at all). A
        section without an exit takes the nearest ones before and behind it.
    """
    keys = ("area_id", "route_id", "from_milepost", "to_milepost")
    rows = {
        area_id: _exit_figures(minutes[minutes["route_id"].eq(route_id)], float(begin), float(end), categories)
        for area_id, route_id, begin, end in zip(*(sections[key].tolist() for key in keys), strict=True)
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("area_id")


def _exit_figures(exits: pd.DataFrame, begin: float, end: float, categories: tuple[str, ...]) -> dict[str, float]:
    """Return the figures of a stretch of a highway from the minutes of its exits."""
    milepost = exits["milepost"]
    inside = exits[milepost.between(begin - 1e-6, end + 1e-6)]
    before, behind = milepost[milepost < begin].max(), milepost[milepost > end].min()
    used = exits[milepost.isin([before, behind])] if inside.empty else inside
    figures: dict[str, float] = {"n_exits": inside["exit_id"].nunique()}
    for category in categories:
        values = used[f"minutes_{category}"].sort_values().to_numpy(dtype=float)
        # No mean of the two in the middle: one of them may be infinite.
        figures[f"exit_median_{category}"] = float(values[(len(values) - 1) // 2]) if len(values) else np.nan
        figures[f"exit_worst_{category}"] = float(values[-1]) if len(values) else np.nan
    return figures


def _towns_along(routes: Routes, towns: gpd.GeoDataFrame | None) -> pd.DataFrame:
    """Return the towns beside each highway with their milepost and that of the cut behind them, the largest first."""
    columns = ["route_id", "name", "population", "milepost", "cut"]
    if towns is None or towns.empty:
        return pd.DataFrame(columns=columns)
    require_same_crs(routes.exits, towns)
    parts = []
    for route in routes.routes:
        near = towns[towns.geometry.distance(route.line) <= TOWN_REACH_M]
        mileposts = route.milepost_of(near.geometry.to_numpy())
        parts.append(
            pd.DataFrame(
                {
                    "route_id": route.route_id,
                    "name": near["name"].to_numpy(),
                    "population": near["population"].to_numpy(),
                    "milepost": mileposts,
                    "cut": mileposts + BEHIND_TOWN_M / METRES[route.unit],
                }
            )
        )
    table = pd.concat(parts, ignore_index=True)
    return table.sort_values(["population", "name"], ascending=[False, True], kind="stable").reset_index(drop=True)


def _cuts(
    route: Route, start: float, stop: float, exits: gpd.GeoDataFrame, towns: pd.DataFrame, *, by: By, length_m: float
) -> list[float]:
    """Return the mileposts at which a stretch of highway is cut, both ends included."""
    metre = 1 / METRES[route.unit]
    if by == "length":
        step = round(length_m * metre, 6)
        first, last = int(np.ceil(start / step - 0.5)), int(np.floor(stop / step + 0.5))
        inner = [float(number * step) for number in range(first, last + 1)]
        least = step / 2
    elif by == "exits":
        inner = exits.loc[exits["route_id"].eq(route.route_id), "milepost"].astype(float).tolist()
        least = LEAST_M * metre
    else:
        inner = towns.loc[towns["route_id"].eq(route.route_id), "cut"].tolist()
        least = TOWNS_APART_M * metre
    cuts: list[float] = []
    # In the order given: towns from the largest down.
    for cut in inner:
        if start + least <= cut <= stop - least and all(abs(cut - other) >= least - 1e-9 for other in cuts):
            cuts.append(cut)
    return [start, *sorted(cuts), stop]


def _pairs(cuts: Sequence[float]) -> list[tuple[float, float]]:
    return list(pairwise(cuts))


def _row(
    route: Route, begin: float, end: float, exits: gpd.GeoDataFrame, towns: pd.DataFrame, *, by: By
) -> dict[str, object]:
    """Return a section without its land."""
    label = f"Highway {route.label}" if route.label[:1].isdigit() else route.label
    inside = exits[exits["milepost"].between(begin - 1e-6, end + 1e-6)]
    first, last = (inside["label"].iloc[0], inside["label"].iloc[-1]) if len(inside) else ("", "")
    beside = towns[towns["route_id"].eq(route.route_id)]
    town = next(iter(beside.loc[beside["milepost"].between(begin, end), "name"]), "")
    numbers = [number for number in inside["number"] if number] if by != "towns" else []
    if any(own["number"].ne("").mean() < _MOSTLY for own in (exits, inside)):
        # Numbers that a highway has where it runs along an interstate for a while are those of the other.
        numbers = []
    ends = ["", ""]
    if by == "towns":
        ends = [next(iter(beside.loc[np.isclose(beside["cut"].astype(float), at), "name"]), "") for at in (begin, end)]
        name = f"{label}, {ends[0] or _at(route, begin)} to {ends[1] or _at(route, end)}"
    else:
        name = f"{label}, {_between(route, begin, end, numbers)}" + (f" ({town})" if town else "")
    return {
        "area_id": f"{route.route_id} {begin:.1f}-{end:.1f}",
        "name": name,
        "route_id": route.route_id,
        "ref": route.ref,
        "label": route.label,
        "unit": route.unit,
        "from_milepost": begin,
        "to_milepost": end,
        "from_exit": first,
        "to_exit": last,
        "from_number": next(iter(numbers), ""),
        "to_number": next(reversed(numbers), ""),
        "from_town": ends[0],
        "to_town": ends[1],
        "town": town,
    }


def _at(route: Route, milepost: float) -> str:
    """Return a place without a name."""
    return f"{'mile' if route.unit == 'mi' else 'km'} {round(milepost)}"


def _between(route: Route, begin: float, end: float, numbers: Sequence[str]) -> str:
    """Return a stretch in the words of the road: its exit numbers, else its mileposts."""
    if len(numbers) > 1:
        return f"exits {numbers[0]} to {numbers[-1]}"
    if numbers:
        return f"exit {numbers[0]}"
    return f"{'miles' if route.unit == 'mi' else 'km'} {round(begin)} to {round(end)}"


def _told_apart(sections: pd.DataFrame) -> pd.Series:
    """Return the names, with the mileposts behind those that occur twice."""
    twice = sections["name"].duplicated(keep=False)
    keys = ("name", "unit", "from_milepost", "to_milepost")
    places = [
        f"{name}, {'miles' if unit == 'mi' else 'km'} {begin:.1f} to {end:.1f}"
        for name, unit, begin, end in zip(*(sections[key].tolist() for key in keys), strict=True)
    ]
    return sections["name"].where(~twice, pd.Series(places, index=sections.index))


def _cells(routes: Routes, sections: pd.DataFrame, corridor: shapely.Geometry) -> np.ndarray:
    """Return the land of each section: what is nearer to its stretch of highway than to any other."""
    points, owner = [], []
    taken: list[shapely.LineString] = []
    for route in routes.routes:
        for row in np.flatnonzero(sections["route_id"].eq(route.route_id)):
            begin, end = sections["from_milepost"].iloc[row], sections["to_milepost"].iloc[row]
            count = max(1, int(np.ceil((end - begin) * METRES[route.unit] / _SAMPLE_M)))
            own = route.points_at(begin + (np.arange(count) + 0.5) / count * (end - begin))
            for line in taken:
                own = own[~shapely.dwithin(own, line, _TOGETHER_M)]
            points.append(own)
            owner.append(np.full(len(own), row))
        shapely.prepare(route.line)
        taken.append(route.line)
    every, owners = np.concatenate(points), np.concatenate(owner)
    if len(every) == 1:
        cells = np.array([corridor], dtype=object)
    else:
        shapes = shapely.voronoi_polygons(shapely.MultiPoint(every), extend_to=corridor, ordered=True)
        cells = shapely.get_parts(shapes)
    land = [shapely.intersection(shapely.union_all(cells[owners == row]), corridor) for row in range(len(sections))]
    return np.array(land, dtype=object)
