"""Numbered highways as measured lines: each a line in driving order with mileposts, exits and a side for everything."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import require_same_crs
from geo.osm_tags import canonical_ref, highway_label
from geo.records import Dropped, noun
from geo.route_exits import EXIT_COLUMNS, NODE_COLUMNS, exit_tables
from geo.route_line import Route, driving_order, inside_m
from geo.route_lines import LONGEST_BRIDGE_M, Spine, spines
from geo.route_miles import METRES, MILEPOSTS, UNCALIBRATED, exit_number
from geo.route_parts import course_of, measured_parts

LEAST_PART_M = 3_000.0
"""A part of a highway that is cut off and shorter than this, in metres, is left out."""

LEAST_PART_SHARE = 0.05
"""So is one that is shorter than this share of the longest part."""

BEYOND_M = 1_000.0
"""Places farther than this ahead of the end of a highway, in metres, have no milepost on it."""


@dataclass(frozen=True, eq=False)
class Routes:
    """All measured highways of a study, in the order in which the project names them.

    Parameters
    ----------
    routes
        The highways; one in several parts far from each other has one entry per part.
    exits
        Where they can be left: `geo.route_exits.exit_tables`, by route, then milepost, with ``off_by``, the exit number
        less the milepost where numbers are mileposts (else NaN), in the unit of the mileposts.
    exit_nodes
        The nodes of both carriageways that each exit is made of.
    notes
        What was odd and how it was handled.
    """

    routes: tuple[Route, ...]
    exits: gpd.GeoDataFrame
    exit_nodes: gpd.GeoDataFrame
    notes: tuple[Dropped, ...]

    def get(self, route_id: str) -> Route:
        """Return one highway by its ``route_id``."""
        return next(route for route in self.routes if route.route_id == route_id)

    def locate(self, points: gpd.GeoSeries) -> pd.DataFrame:
        """Return where points lie along the nearest highway.

        Parameters
        ----------
        points
            Points in the metric CRS of the routes.

        Returns
        -------
        pandas.DataFrame
            On the index of `points`: ``route_id``, ``ref``, ``milepost``, ``offset_m`` (distance to the centre line)
            and ``side``, the direction of the traffic there. Of two highways that run together the first counts.
            Beyond the end of a highway by more than `BEYOND_M` there is no milepost: NaN, and "" as the side.
        """
        geometries = np.asarray(points.array)
        if not self.routes:
            nowhere = pd.DataFrame({"route_id": "", "ref": "", "milepost": np.nan}, index=points.index)
            return nowhere.assign(offset_m=np.inf, side="")
        places, distances = zip(*(route.nearest(geometries) for route in self.routes), strict=True)
        distance = np.column_stack(distances)
        nearest = np.argmin(np.round(distance, 2), axis=1)
        milepost, side = np.full(len(points), np.nan), np.full(len(points), "", dtype=object)
        for number, route in enumerate(self.routes):
            here = np.flatnonzero(nearest == number)
            along = places[number][here]
            there = ~route.is_beyond(geometries[here], along, BEYOND_M)
            here, along = here[there], along[there]
            milepost[here], side[here] = route.milepost_at(along), route.side_of(geometries[here], along)
        return pd.DataFrame(
            {
                "route_id": np.array([route.route_id for route in self.routes], dtype=object)[nearest],
                "ref": np.array([route.ref for route in self.routes], dtype=object)[nearest],
                "milepost": milepost,
                "offset_m": distance[np.arange(len(points)), nearest],
                "side": side,
            },
            index=points.index,
        )


def measure_routes(
    ways: gpd.GeoDataFrame,
    access: gpd.GeoDataFrame,
    *,
    extent: shapely.Geometry,
    unit: str = "mi",
    signed: Mapping[str, str] = MappingProxyType({}),
) -> Routes:
    """Measure each highway from where it first enters the study area.

    Parameters
    ----------
    ways
        The ways of all highways with ``ref`` and ``one_way``: `geo.roads.highway_ways`, in a metric CRS. A way of two
        highways stands once for each.
    access
        Exits and crossings: `geo.route_access.access_points`, or plain junctions (``osm_id``, ``ref``, ``name``), in
        the same CRS.
    extent
        The study area in the same CRS.
    unit
        "mi" or "km", the unit of the mileposts.
    signed
        By canonical ref, "NS" or "EW" where it is known how a highway is signed.

    Returns
    -------
    Routes
        The order of the rows of `ways` and `access` changes nothing but the order of the highways.
    """
    require_same_crs(ways, access)
    access = access.assign(**{name: "" for name in ("crossing", "leads_to") if name not in access.columns})
    # An empty table has no text columns of its own accord.
    access = access.astype(dict.fromkeys({"ref", "name", "crossing", "leads_to", "on"} & set(access.columns), str))
    routes: list[Route] = []
    notes: list[Dropped] = []
    exits = [gpd.GeoDataFrame(columns=list(EXIT_COLUMNS), geometry="geometry", crs=ways.crs)]
    nodes = [gpd.GeoDataFrame(columns=list(NODE_COLUMNS), geometry="geometry", crs=ways.crs)]
    for ref, own in ways.groupby("ref", sort=False):
        axis = signed.get(canonical_ref(str(ref)), "")
        parts, said = _parts(str(ref), own, extent, unit=unit, signed=axis)
        notes += said
        end = 0.0
        for spine in parts:
            first = sum(route.ref == ref for route in routes) + 1
            course = course_of(spine, str(ref), own, access, extent=extent, unit=unit, signed=axis)
            for part, on_route, said in measured_parts(course, extent=extent, first=first):
                follows = part.part == first > 1 and not len(part.calibration.at)
                route = _shifted(part, end + part.line.distance(routes[-1].line) / METRES[unit]) if follows else part
                notes += said
                end = float(route.mileposts[-1])
                routes.append(route)
                tables = exit_tables(route, on_route)
                exits.append(tables[0])
                nodes.append(tables[1])
    table = _joined(exits)
    lengths = {
        route.route_id: METRES[route.calibration.posted] / METRES[unit]
        for route in routes
        if route.calibration.kind == MILEPOSTS
    }
    posted = table["number"].map(exit_number).astype(float) * table["route_id"].map(lengths).astype(float)
    table["off_by"] = posted - table["milepost"].astype(float)
    return Routes(tuple(routes), table, _joined(nodes), tuple(notes))


def _joined(tables: list[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Return tables one after another; the first is empty and has the columns."""
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else tables[0].reset_index(drop=True)


def _parts(
    ref: str, ways: gpd.GeoDataFrame, extent: shapely.Geometry, *, unit: str, signed: str
) -> tuple[list[Spine], list[Dropped]]:
    """Return the parts of a highway that cross the study area, in driving order, and what was left out."""
    label = highway_label(ref)
    found = spines(ways)
    here = [spine for spine in found if inside_m(spine.line, extent)]
    notes: list[Dropped] = []
    if not here:
        return [], [Dropped(label, "highway that does not come into the study area", 1)]
    least = max(min(LEAST_PART_M, here[0].length_m), LEAST_PART_SHARE * here[0].length_m)
    small = [spine for spine in here if spine.length_m < least]
    if small:
        metres = sum(spine.length_m for spine in small)
        text = f"{noun(len(small), 'short piece')} cut off from the highway ({_told(metres, unit)}), left out"
        notes.append(Dropped(label, text, len(small)))
    parts = [spine for spine in here if spine.length_m >= least]
    if len(parts) > 1:
        far = _told(LONGEST_BRIDGE_M, unit, decimals=0)
        notes.append(
            Dropped(label, f"parts more than {far} or their own length apart, measured one by one", len(parts))
        )
    side_m = sum(spine.side_m for spine in parts)
    if side_m >= LEAST_PART_M / 10:
        count = sum(spine.side_m > 0 for spine in parts)
        text = f"{noun(count, 'course')} with side branches of the same number ({_told(side_m, unit)}), left out"
        notes.append(Dropped(label, text, count))
    _, directions = driving_order(parts[0].line, ref, is_loop=parts[0].is_loop, signed=signed)
    axis = 1 if directions[0] == "NB" else 0
    return sorted(parts, key=lambda spine: spine.line.centroid.coords[0][axis]), notes


def _told(metres: float, unit: str, decimals: int = 1) -> str:
    """Return a length for people."""
    return f"{metres / METRES[unit]:.{decimals}f} {unit}"


def _shifted(route: Route, shift: float) -> Route:
    """Return a route with all mileposts moved, its calibration kept."""
    moved = route.calibrated(replace(UNCALIBRATED, at=np.array([0.0]), shift=np.array([shift])))
    return replace(moved, calibration=route.calibration)
