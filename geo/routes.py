"""Numbered highways as measured lines: each a line in driving order with mileposts, exits and a side for everything."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import require_same_crs
from geo.osm_tags import canonical_ref
from geo.records import Dropped
from geo.route_exits import EXIT_COLUMNS, NODE_COLUMNS, exit_notes, exit_tables, nodes_on_route
from geo.route_line import METRES, Route, driving_order, inside_m, measure
from geo.route_lines import LONGEST_BRIDGE_M, Spine, spines
from geo.route_miles import AGREES, COUNTED, MILEPOSTS, OTHER, RESTART, UNCALIBRATED, calibrate, exit_number

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
        less the milepost where numbers are mileposts (else NaN).
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
        distance = np.column_stack([shapely.distance(route.line, geometries) for route in self.routes])
        nearest = np.argmin(np.round(distance, 2), axis=1)
        milepost, side = np.full(len(points), np.nan), np.full(len(points), "", dtype=object)
        for number, route in enumerate(self.routes):
            here = nearest == number
            here &= ~route.is_beyond(geometries, BEYOND_M)
            milepost[here], side[here] = route.milepost_of(geometries[here]), route.side_of(geometries[here])
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
        parts, said = _parts(str(ref), own, extent, signed=axis)
        notes += said
        end = 0.0
        for number, spine in enumerate(parts, start=1):
            route, on_route, said = _measured(
                str(ref), number, spine, own, access, extent=extent, unit=unit, signed=axis
            )
            if number > 1 and not len(route.calibration.at):
                route = _shifted(route, end + route.line.distance(routes[-1].line) / METRES[unit])
            notes += said
            end = float(route.mileposts[-1])
            routes.append(route)
            tables = exit_tables(route, on_route)
            exits.append(tables[0])
            nodes.append(tables[1])
    table = _joined(exits)
    by_numbers = {route.route_id for route in routes if route.calibration.kind == MILEPOSTS}
    numbers = table["number"].map(exit_number).astype(float) - table["milepost"].astype(float)
    table["off_by"] = numbers.where(table["route_id"].isin(by_numbers))
    return Routes(tuple(routes), table, _joined(nodes), tuple(notes))


def _joined(tables: list[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Return tables one after another; the first is empty and has the columns."""
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else tables[0]


def _parts(
    ref: str, ways: gpd.GeoDataFrame, extent: shapely.Geometry, *, signed: str
) -> tuple[list[Spine], list[Dropped]]:
    """Return the parts of a highway that cross the study area, in driving order, and what was left out."""
    found = spines(ways)
    here = [spine for spine in found if inside_m(spine.line, extent)]
    notes: list[Dropped] = []
    if not here:
        return [], [Dropped(ref, "highway that does not come into the study area", 1)]
    least = max(min(LEAST_PART_M, here[0].length_m), LEAST_PART_SHARE * here[0].length_m)
    small = [spine for spine in here if spine.length_m < least]
    if small:
        metres = sum(spine.length_m for spine in small)
        notes.append(
            Dropped(ref, f"short pieces cut off from the highway ({metres / 1000:.1f} km), left out", len(small))
        )
    parts = [spine for spine in here if spine.length_m >= least]
    if len(parts) > 1:
        text = f"parts more than {LONGEST_BRIDGE_M / 1000:.0f} km or their own length apart, measured one by one"
        notes.append(Dropped(ref, text, len(parts)))
    side_m = sum(spine.side_m for spine in parts)
    if side_m >= LEAST_PART_M / 10:
        text = f"course with side branches of the same number ({side_m / 1000:.1f} km), left out of the measured line"
        notes.append(Dropped(ref, text, sum(spine.side_m > 0 for spine in parts)))
    _, directions = driving_order(parts[0].line, ref, is_loop=parts[0].is_loop, signed=signed)
    axis = 1 if directions[0] == "NB" else 0
    return sorted(parts, key=lambda spine: spine.line.centroid.coords[0][axis]), notes


def _measured(
    ref: str,
    part: int,
    spine: Spine,
    ways: gpd.GeoDataFrame,
    access: gpd.GeoDataFrame,
    *,
    extent: shapely.Geometry,
    unit: str,
    signed: str,
) -> tuple[Route, gpd.GeoDataFrame, list[Dropped]]:
    """Return one part of a highway measured and calibrated, its access points, and what is odd about them."""
    line, directions = driving_order(spine.line, ref, is_loop=spine.is_loop, signed=signed)
    own = ways[ways.geometry.distance(spine.courses) < 1]
    for _ in range(2):
        runs_m = inside_m(line, extent)
        route = measure(spine, line, directions, runs_m=runs_m, ref=ref, part=part, unit=unit, crs=ways.crs)
        route = replace(route, drives_on_right=_drives_on_right(line, ways))
        nodes = nodes_on_route(route, access, own)
        numbers = np.array([exit_number(text) for text in nodes["ref"]], dtype=float)
        calibration = calibrate(nodes["milepost"].to_numpy(dtype=float), numbers)
        if not calibration.descending:
            break
        line, directions = line.reverse(), directions[::-1]
    route = route.calibrated(calibration)
    nodes = nodes.assign(milepost=route.milepost_at(nodes["along_m"].to_numpy(dtype=float)))
    return route, nodes, [*_route_notes(route, numbers, nodes), *exit_notes(route, nodes)]


def _shifted(route: Route, shift: float) -> Route:
    """Return a route with all mileposts moved, its calibration kept."""
    moved = route.calibrated(replace(UNCALIBRATED, at=np.array([0.0]), shift=np.array([shift])))
    return replace(moved, calibration=route.calibration)


def _drives_on_right(line: shapely.LineString, ways: gpd.GeoDataFrame) -> bool:
    """Say whether one-way carriageways that run along a line lie to its right; True where there are none."""
    own = ways.geometry[ways["one_way"].to_numpy(dtype=bool)].to_numpy()
    if not len(own):
        return True
    first, last = (shapely.line_locate_point(line, shapely.get_point(own, end)) for end in (0, -1))
    middle = shapely.line_interpolate_point(own, 0.5, normalized=True)
    along = shapely.line_locate_point(line, middle)
    tail = shapely.get_coordinates(shapely.line_interpolate_point(line, np.maximum(along - 5, 0)))
    tip = shapely.get_coordinates(shapely.line_interpolate_point(line, np.minimum(along + 5, line.length)))
    course, offset = tip - tail, shapely.get_coordinates(middle) - tail
    cross = course[:, 0] * offset[:, 1] - course[:, 1] * offset[:, 0]
    votes = -np.sign(cross) * np.sign(last - first) * shapely.length(own)
    return bool(votes[shapely.distance(middle, line) > 1].sum() >= 0)


def _route_notes(route: Route, numbers: np.ndarray, nodes: gpd.GeoDataFrame) -> list[Dropped]:
    """Return what was odd about a highway and how it was handled."""
    notes = []
    if route.gaps:
        unit_length = sum(gap.length_m for gap in route.gaps) / METRES[route.unit]
        text = f"gaps in the road file, bridged in a straight line ({unit_length:.1f} {route.unit} in all)"
        notes.append(Dropped(route.route_id, text, len(route.gaps)))
    if len(route.inside) > 1:
        text = "stretches inside the study area, the mileposts running on between them"
        notes.append(Dropped(route.route_id, text, len(route.inside)))
    known = int(np.isfinite(numbers).sum())
    why = {
        COUNTED: "exit numbers that count the exits",
        RESTART: "exit numbers that start over, or belong to other highways",
        OTHER: "exit numbers that are not mileposts",
    }
    if route.calibration.kind in why:
        text = f"{why[route.calibration.kind]}: mileposts are measured from the edge of the study area"
        notes.append(Dropped(route.route_id, text, known))
    if route.calibration.kind == MILEPOSTS:
        off = np.abs(numbers - nodes["milepost"].to_numpy(dtype=float))
        far = int((off > AGREES).sum())
        text = f"exit numbers more than {AGREES:g} {route.unit} from the milepost"
        notes += [Dropped(route.route_id, text, far)] if far else []
    return notes
