"""From the course of a highway to measured parts: calibrated by exit numbers, and cut where those start over."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import geopandas as gpd
import numpy as np
import shapely
from shapely.ops import substring

from geo.osm_tags import highway_label
from geo.records import Dropped, noun
from geo.route_exits import ON_ROAD_M, exit_notes, nodes_on_route, same_exit
from geo.route_line import CLOCKWISE, NORTH_SOUTH, Route, driving_order, inside_m, measure, metres_along, runs_across
from geo.route_lines import Spine
from geo.route_miles import (
    AGREES,
    COUNTED,
    FEW,
    METRES,
    MILEPOSTS,
    OTHER,
    RESTART,
    Calibration,
    begun_later,
    calibrate_in,
    exit_number,
    posted_units,
    ring_zero,
)

_MOST_TOLD = 12
_UNIT_NAMES = {"mi": "miles", "km": "kilometers"}
_NO_MILEPOSTS = {
    COUNTED: "exit numbers that count the exits",
    RESTART: "exit numbers that start over",
    OTHER: "exit numbers that are not mileposts",
}


@dataclass(frozen=True, eq=False)
class Course:
    """A connected highway in driving order, not yet measured, with what may lie on it.

    Parameters
    ----------
    ref, unit
        See `Route`.
    spine
        Its course.
    line, directions
        Its centre line in driving order, and the names of the directions.
    ways
        The ways along it, with ``one_way``.
    access
        Exits and crossings of all highways: `geo.route_access.access_points`.
    drives_on_right
        Whether traffic keeps to the right.
    """

    ref: str
    unit: str
    spine: Spine
    line: shapely.LineString
    directions: tuple[str, str]
    ways: gpd.GeoDataFrame
    access: gpd.GeoDataFrame
    drives_on_right: bool

    def turned(self) -> "Course":
        """Return the course driven the other way.

        Where it runs across the way in which it is signed, nothing but its numbers tells one direction from the other.
        """
        is_ring = self.directions[0] in CLOCKWISE
        kept = not is_ring and runs_across(self.line, northward=self.directions[0] in NORTH_SOUTH)
        up, down = self.directions
        return replace(self, line=self.line.reverse(), directions=(up, down) if kept else (down, up))

    def begun_at(self, along_m: float) -> "Course":
        """Return a ring that begins, and ends, elsewhere along its line."""
        ends = substring(self.line, along_m, self.line.length), substring(self.line, 0, along_m)
        coordinates = [shapely.get_coordinates(part) for part in ends if part.length]
        return replace(self, line=shapely.LineString(np.concatenate(coordinates)))

    def measured(self, runs_m: list[tuple[float, float]], part: int) -> tuple[Route, gpd.GeoDataFrame, Calibration]:
        """Return it measured, the access points on it, and what their numbers say about the measure."""
        route = measure(
            self.spine,
            self.line,
            self.directions,
            runs_m=runs_m,
            ref=self.ref,
            part=part,
            unit=self.unit,
            crs=self.ways.crs,
        )
        route = replace(route, drives_on_right=self.drives_on_right)
        nodes = nodes_on_route(route, self.access, self.ways)
        posted = np.array([exit_number(text) for text in nodes["ref"]], dtype=float)
        milepost = nodes["milepost"].to_numpy(dtype=float)
        found = calibrate_in(self.unit, milepost, posted, posted=posted_units(self.ref, self.unit))
        return route, nodes.assign(posted=posted), found


def course_of(
    spine: Spine,
    ref: str,
    ways: gpd.GeoDataFrame,
    access: gpd.GeoDataFrame,
    *,
    extent: shapely.Geometry,
    unit: str,
    signed: str,
) -> Course:
    """Return the course of a connected highway in driving order.

    Parameters
    ----------
    spine
        Its course.
    ref, unit
        See `Route`.
    ways
        All ways of the highway, with ``one_way``, in a metric CRS.
    access
        Exits and crossings in the same CRS.
    extent
        The study area: a ring that is not wholly in it begins outside.
    signed
        "NS" or "EW" if it is known how the highway is signed, else "".
    """
    line, directions = driving_order(spine.line, ref, is_loop=spine.is_loop, signed=signed)
    shapely.prepare(spine.courses)
    along = ways[shapely.dwithin(spine.courses, ways.geometry.to_numpy(), np.nextafter(ON_ROAD_M, 0))]
    course = Course(ref, unit, spine, line, directions, along, access, _drives_on_right(line, ways))
    if not spine.is_loop:
        return course
    outside = np.flatnonzero(~shapely.intersects_xy(extent, *shapely.get_coordinates(line).T))
    return course.begun_at(float(metres_along(line, ways.crs)[0][outside[0]])) if len(outside) else course


def measured_parts(
    course: Course, *, extent: shapely.Geometry, first: int
) -> Iterator[tuple[Route, gpd.GeoDataFrame, list[Dropped]]]:
    """Yield a connected highway measured and calibrated, the access points on it, and what is odd about it.

    It comes in one part, unless its exit numbers start over: then each stretch of numbers is a part.

    Parameters
    ----------
    course
        The highway in driving order; turned round if its exit numbers run against it.
    extent
        The study area.
    first
        Number of the first part.
    """
    runs_m = inside_m(course.line, extent)
    route, nodes, calibration = _measured(course, runs_m, first)
    if calibration.descending:
        course = course.turned()
        runs_m = inside_m(course.line, extent)
        route, nodes, calibration = _measured(course, runs_m, first)
    if route.is_loop and calibration.kind in {MILEPOSTS, RESTART}:
        numbers = nodes["posted"].to_numpy(dtype=float) * METRES[calibration.posted] / METRES[course.unit]
        zero = ring_zero(nodes["milepost"].to_numpy(dtype=float), numbers, float(route.mileposts[-1]))
        if zero:
            course = course.begun_at(float(np.interp(zero, route.mileposts, route.along_m)))
            route, nodes, calibration = course.measured(runs_m, first)
    stretches = [(route, nodes, calibration)]
    if calibration.restarts:
        cuts = runs_m[0][0] + np.interp(calibration.restarts, route.mileposts, route.along_m)
        pieces = cut_runs(runs_m, cuts.tolist())
        stretches = [course.measured(piece, number) for number, piece in enumerate(pieces, start=first)]
    for before, on_route, found in stretches:
        part = before.calibrated(found)
        on_part = on_route.assign(milepost=part.milepost_at(on_route["along_m"].to_numpy(dtype=float)))
        notes = [*_notes(part, on_part, is_later=part.part > first), *exit_notes(part, on_part)]
        if len(stretches) > 1 and part.part == first:
            text = "parts whose exit numbers start over, as at a state line, each with mileposts of its own"
            notes.append(Dropped(highway_label(part.ref), text, len(stretches)))
        yield part, on_part, notes


def _measured(
    course: Course, runs_m: list[tuple[float, float]], part: int
) -> tuple[Route, gpd.GeoDataFrame, Calibration]:
    """Return a course measured; where too few exits inside the study area have numbers, those beyond it tell."""
    route, nodes, found = course.measured(runs_m, part)
    whole = [(0.0, course.line.length)]
    if found.kind != FEW or course.spine.is_loop:
        return route, nodes, found
    longer, _, beyond = course.measured(whole, part)
    if beyond.descending:
        return route, nodes, beyond
    if beyond.restarts:
        cuts = np.interp(beyond.restarts, longer.mileposts, longer.along_m)
        middle = (runs_m[0][0] + runs_m[-1][1]) / 2
        whole = cut_runs(whole, cuts.tolist())[int(np.searchsorted(cuts, middle))]
        longer, _, beyond = course.measured(whole, part)
    if beyond.kind != MILEPOSTS:
        return route, nodes, found
    ahead_m = runs_m[0][0] - whole[0][0]
    # The state line may be taken to lie a little inside the study area: before it the measure goes on backwards.
    start = float(longer.milepost_at(np.array([ahead_m]))[0]) + min(ahead_m, 0.0) / METRES[course.unit]
    return route, nodes, begun_later(beyond, start)


def cut_runs(runs_m: list[tuple[float, float]], cuts_m: list[float]) -> list[list[tuple[float, float]]]:
    """Return stretches, pairs of metres along a line, in groups before, between and behind some places.

    Examples
    --------
    >>> cut_runs([(0, 5), (7, 9)], [8])
    [[(0, 5), (7, 8)], [(8, 9)]]
    """
    return [
        [(max(begin, low), min(end, high)) for begin, end in runs_m if begin < high and end > low]
        for low, high in pairwise([-np.inf, *cuts_m, np.inf])
    ]


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


def _notes(route: Route, nodes: gpd.GeoDataFrame, *, is_later: bool) -> list[Dropped]:
    """Return what was odd about a highway and how it was handled."""
    unit, found = route.unit, route.calibration
    counts: dict[str, int] = {}
    if route.gaps:
        apart = sum(gap.length_m for gap in route.gaps) / METRES[unit]
        text = (
            f"{noun(len(route.gaps), 'gap')} in the road file, bridged in a straight line ({apart:.1f} {unit} in all)"
        )
        counts[text] = len(route.gaps)
    if route.splits:
        apart = sum(split.length_m for split in route.splits) / METRES[unit]
        stretches = noun(len(route.splits), "stretch")
        text = f"{stretches} with carriageways far apart, measured in the middle ({apart:.1f} {unit} in all)"
        counts[text] = len(route.splits)
    if len(route.inside) > 1:
        counts["stretches inside the study area, the mileposts running on between them"] = len(route.inside)
    posted = nodes["posted"].to_numpy(dtype=float)
    # An exit has nodes on both carriageways.
    exits = same_exit(nodes)
    numbered = len(np.unique(exits[np.isfinite(posted)]))
    if found.kind in _NO_MILEPOSTS:
        begin = "where they start over" if is_later else "the edge of the study area"
        counts[f"{_NO_MILEPOSTS[found.kind]}: mileposts are measured from {begin}"] = numbered
    if found.kind == MILEPOSTS and found.posted != unit:
        names = _UNIT_NAMES[found.posted], _UNIT_NAMES[unit]
        counts[f"exit numbers that are mileposts in {names[0]}; all other mileposts here are in {names[1]}"] = numbered
    if found.kind == MILEPOSTS:
        mileposts = posted * METRES[found.posted] / METRES[unit]
        rows = np.abs(mileposts - nodes["milepost"].to_numpy(dtype=float)) > AGREES
        far = len(np.unique(exits[rows]))
        numbers = list(dict.fromkeys(nodes["ref"][rows]))
        told = ", ".join([*numbers[:_MOST_TOLD], *(["…"] if len(numbers) > _MOST_TOLD else [])])
        counts[f"{noun(far, 'exit number')} more than {AGREES:g} {unit} from the milepost ({told})"] = far
    return [Dropped(route.label, text, count) for text, count in counts.items() if count]
