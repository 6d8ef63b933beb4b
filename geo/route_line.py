"""A highway as one measured line: mileposts in driving order, and what lies where along it."""

import re
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Transformer
from shapely.ops import substring

from geo.crs import WGS84
from geo.osm_tags import canonical_ref, highway_label
from geo.roads import Floats, segment_lengths_m
from geo.route_lines import Spine
from geo.route_miles import METRES, UNCALIBRATED, Calibration
from geo.runs import begins

SLIVER_M = 500.0
"""A highway that touches the study area, or leaves it, for less than this stays where it is."""

_NEARLY_RING = 0.1
"""A line whose ends are no farther apart than this share of its length is a ring with a piece missing."""

NORTH_SOUTH = ("NB", "SB")
_EAST_WEST = ("EB", "WB")
CLOCKWISE = ("clockwise", "counterclockwise")


@dataclass(frozen=True)
class Gap:
    """A stretch of a measured line where the road file has no way of the highway; the line runs straight there.

    Parameters
    ----------
    from_milepost, to_milepost
        Where it lies.
    length_m
        How long it is, in metres.
    """

    from_milepost: float
    to_milepost: float
    length_m: float


@dataclass(frozen=True, eq=False)
class Route:
    """A highway as a line measured in driving order.

    Parameters
    ----------
    route_id
        The highway number as the project writes it, with a part number behind it when the highway is in several parts.
    ref
        The highway number as the project writes it.
    part
        1, or the number of this part, in driving order.
    unit
        "mi" or "km": the unit of all mileposts.
    directions
        Names of driving up and down the mileposts: ("NB", "SB"), ("EB", "WB"), ("clockwise", "counterclockwise").
    line
        The centre line from where the highway first enters the study area to where it last leaves it, metric CRS.
    along_m, mileposts
        Metres along the line (in its CRS) and milepost of each of its vertices, both rising.
    inside
        Stretches inside the study area as pairs of mileposts.
    length_m
        Length inside the study area on the ellipsoid, bridged gaps left out.
    courses
        The carriageways.
    gaps, splits
        Where ways are missing, and where the carriageways run far apart.
    is_loop
        Whether the highway is a ring that lies wholly in the study area.
    drives_on_right
        Whether traffic keeps to the right.
    calibration
        What the exit numbers say about the mileposts.
    """

    route_id: str
    ref: str
    part: int
    unit: str
    directions: tuple[str, str]
    line: shapely.LineString
    along_m: Floats
    mileposts: Floats
    inside: tuple[tuple[float, float], ...]
    length_m: float
    courses: shapely.MultiLineString
    gaps: tuple[Gap, ...]
    splits: tuple[Gap, ...]
    is_loop: bool
    drives_on_right: bool
    calibration: Calibration

    @property
    def label(self) -> str:
        """The highway's number as people write it, with the part behind it from the second on: "I-20 (part 2)"."""
        return highway_label(self.ref) + (f" (part {self.part})" if self.part > 1 else "")

    def milepost_at(self, along_m: Floats) -> Floats:
        """Return the mileposts at some metres along the line."""
        return np.interp(along_m, self.along_m, self.mileposts)

    def milepost_of(self, points: npt.NDArray[np.object_]) -> Floats:
        """Return the milepost nearest to each of some points in the CRS of the line."""
        return self.milepost_at(self.along(points))

    def along(self, points: npt.NDArray[np.object_]) -> Floats:
        """Return the metres along the line of the place on it that is nearest to each of some points in its CRS."""
        return self.nearest(points)[0]

    def nearest(self, points: npt.NDArray[np.object_]) -> tuple[Floats, Floats]:
        """Return the metres along the line of the place nearest to each of some points in its CRS, and those to it.

        Of places as near the first counts. shapely alone would walk along the whole line for each point.
        """
        (point, segment), metres = self._segments.query_nearest(points, return_distance=True)
        order = np.lexsort((segment, point))
        first = order[begins(point[order])]
        at = segment[first]
        return self.along_m[at] + shapely.line_locate_point(self._segments.geometries[at], points), metres[first]

    @cached_property
    def _segments(self) -> shapely.STRtree:
        """Search tree of the pieces between the vertices of the line."""
        xy = shapely.get_coordinates(self.line)
        return shapely.STRtree(shapely.linestrings(np.stack([xy[:-1], xy[1:]], axis=1)))

    def points_at(self, mileposts: Floats) -> npt.NDArray[np.object_]:
        """Return the points of the line at some mileposts."""
        points: npt.NDArray[np.object_] = shapely.line_interpolate_point(
            self.line, np.interp(mileposts, self.mileposts, self.along_m)
        )
        return points

    def stretch(self, from_milepost: float, to_milepost: float) -> shapely.LineString:
        """Return the line between two mileposts."""
        begin, end = np.interp([from_milepost, to_milepost], self.mileposts, self.along_m)
        return substring(self.line, float(begin), float(end))

    def is_inside(self, mileposts: Floats) -> npt.NDArray[np.bool_]:
        """Say which mileposts lie inside the study area."""
        inside = np.zeros(len(mileposts), dtype=bool)
        for begin, end in self.inside:
            inside |= (mileposts >= begin - 1e-6) & (mileposts <= end + 1e-6)
        return inside

    def is_beyond(self, points: npt.NDArray[np.object_], along: Floats, metres: float) -> npt.NDArray[np.bool_]:
        """Say which points lie more than some metres ahead of either end of the line, by their places along it."""
        beyond = np.zeros(len(points), dtype=bool)
        if self.is_loop:
            return beyond
        xy, vertices = shapely.get_coordinates(points), shapely.get_coordinates(self.line)
        for at, (tip, tail) in ((0.0, vertices[[0, 1]]), (self.along_m[-1], vertices[[-1, -2]])):
            course = (tip - tail) / np.hypot(*(tip - tail))
            beyond |= (np.abs(along - at) < 1) & ((xy - tip) @ course > metres)
        return beyond

    def side_of(self, points: npt.NDArray[np.object_], along: Floats | None = None) -> npt.NDArray[np.object_]:
        """Return, for each point, the direction of the traffic that passes on its side of the highway.

        `along` are the metres at which the points lie, where they are known.
        """
        along = self.along(points) if along is None else along
        ahead = np.minimum(along + 1, self.along_m[-1])
        vertices = shapely.get_coordinates(self.line).T
        tail, tip = (
            np.column_stack([np.interp(at, self.along_m, axis) for axis in vertices]) for at in (ahead - 1, ahead)
        )
        course, offset = tip - tail, shapely.get_coordinates(points) - tail
        is_right = course[:, 0] * offset[:, 1] - course[:, 1] * offset[:, 0] < 0
        return np.where(is_right == self.drives_on_right, *self.directions).astype(object)

    def calibrated(self, calibration: Calibration) -> "Route":
        """Return the route with the mileposts that its exit numbers ask for."""
        apply = calibration.apply
        ends = np.array([[gap.from_milepost, gap.to_milepost] for gap in (*self.gaps, *self.splits)]).reshape(-1, 2)
        moved = [
            Gap(float(begin), float(end), gap.length_m)
            for (begin, end), gap in zip(apply(ends), (*self.gaps, *self.splits), strict=True)
        ]
        inside = apply(np.array(self.inside, dtype=float).reshape(-1, 2))
        return replace(
            self,
            mileposts=apply(self.mileposts),
            inside=tuple((float(begin), float(end)) for begin, end in inside),
            gaps=tuple(moved[: len(self.gaps)]),
            splits=tuple(moved[len(self.gaps) :]),
            calibration=calibration,
        )


def driving_order(
    line: shapely.LineString, ref: str, *, is_loop: bool, signed: str = ""
) -> tuple[shapely.LineString, tuple[str, str]]:
    """Return a line from south to north or from west to east, and the names of its directions.

    `signed` ("NS" or "EW") names them, where route relations say how the highway is signed. Otherwise US highways of
    one or two digits say which: odd numbers run from south to north, even ones from west to east. For others, and where
    a US route (not an interstate, which is signed so everywhere) does not fit the course at all, the longer of the two
    distances decides. It also says which end comes first where a highway does not get on in the way it is signed. A
    ring runs clockwise, also one that lacks a piece.

    Examples
    --------
    >>> driving_order(shapely.LineString([(9, 40), (0, 0)]), "I 55", is_loop=False)[1]
    ('NB', 'SB')
    >>> driving_order(shapely.LineString([(10, 9), (0, 0)]), "CR 9", is_loop=False)[1]
    ('EB', 'WB')
    """
    if is_loop:
        return line, CLOCKWISE
    east, north = _course(line)
    number = re.match(r"(I|US) (\d{1,2})\b", canonical_ref(ref))
    northward = abs(north) > abs(east)
    if signed:
        northward = signed == "NS"
    elif not number and abs(complex(east, north)) < line.length * _NEARLY_RING:
        closed = shapely.LinearRing(line.coords)
        return line.reverse() if shapely.is_ccw(closed) else line, CLOCKWISE
    elif number and (number[1] == "I" or not runs_across(line, northward=int(number[2]) % 2 == 1)):
        northward = int(number[2]) % 2 == 1
    along, across = (north, east) if northward else (east, north)
    if (along if abs(along) > abs(across) / 20 else across) < 0:
        line = line.reverse()
    return line, NORTH_SOUTH if northward else _EAST_WEST


def runs_across(line: shapely.LineString, *, northward: bool) -> bool:
    """Say whether a line runs four times as far, or more, across the way that its directions name as along it.

    Examples
    --------
    >>> line = shapely.LineString([(0, 0), (2, 30)])
    >>> runs_across(line, northward=False), runs_across(line, northward=True)
    (True, False)
    """
    east, north = map(abs, _course(line))
    along, across = (north, east) if northward else (east, north)
    return along <= across / 4


def _course(line: shapely.LineString) -> tuple[float, float]:
    """Return how far a line leads to the east and to the north."""
    (x0, y0), (x1, y1) = line.coords[0], line.coords[-1]
    return x1 - x0, y1 - y0


def metres_along(line: shapely.LineString, crs: CRS) -> tuple[Floats, Floats]:
    """Return the metres from the start of a line to each vertex: in its CRS, and on the ellipsoid."""
    xy = shapely.get_coordinates(line)
    lon, lat = Transformer.from_crs(crs, WGS84, always_xy=True).transform(xy[:, 0], xy[:, 1])
    flat = np.hypot(*np.diff(xy, axis=0).T)
    true = segment_lengths_m(lon[:-1], lat[:-1], lon[1:], lat[1:])
    return np.concatenate([[0.0], np.cumsum(flat)]), np.concatenate([[0.0], np.cumsum(true)])


def inside_m(line: shapely.LineString, extent: shapely.Geometry) -> list[tuple[float, float]]:
    """Return where a line runs inside an area, in metres along it; short exits and touches left out."""
    pieces = shapely.get_parts(shapely.intersection(line, extent))
    pieces = pieces[shapely.get_type_id(pieces) == shapely.GeometryType.LINESTRING]
    # The middle, not the ends: the ends of a ring lie at both its start and its end.
    middle = shapely.line_locate_point(line, shapely.line_interpolate_point(pieces, 0.5, normalized=True))
    half = shapely.length(pieces) / 2
    runs: list[tuple[float, float]] = []
    first, last = np.maximum(middle - half, 0.0), np.minimum(middle + half, line.length)
    for begin, end in sorted(zip(first.tolist(), last.tolist(), strict=True)):
        if runs and begin - runs[-1][1] < SLIVER_M:
            runs[-1] = (runs[-1][0], max(end, runs[-1][1]))
        else:
            runs.append((begin, end))
    return [run for run in runs if run[1] - run[0] >= min(SLIVER_M, line.length / 2)]


def measure(
    spine: Spine,
    line: shapely.LineString,
    directions: tuple[str, str],
    *,
    runs_m: list[tuple[float, float]],
    ref: str,
    part: int,
    unit: str,
    crs: CRS,
) -> Route:
    """Return a highway measured from where it first enters the study area, milepost 0, before calibration.

    Traffic is taken to keep to the right.

    Parameters
    ----------
    spine
        Its course.
    line, directions
        Its centre line in driving order, and the names of the directions.
    runs_m
        Where the line runs inside the study area; see `inside_m`.
    ref, part, unit
        See `Route`.
    crs
        The metric CRS of the line.
    """
    cut = substring(line, runs_m[0][0], runs_m[-1][1])
    along, true = metres_along(cut, crs)
    mileposts = true / METRES[unit]

    def places(stretches: tuple[shapely.LineString, ...]) -> tuple[Gap, ...]:
        near = [
            own
            for own in stretches
            if shapely.distance(cut, shapely.line_interpolate_point(own, 0.5, normalized=True)) < 1
        ]
        ends = [np.sort(shapely.line_locate_point(cut, shapely.points(own.coords)))[[0, -1]] for own in near]
        rows = sorted((*np.interp(pair, along, mileposts), own.length) for pair, own in zip(ends, near, strict=True))
        return tuple(Gap(float(begin), float(end), float(length)) for begin, end, length in rows)

    runs = np.interp(np.array(runs_m) - runs_m[0][0], along, true)
    gaps = places(spine.bridges)
    return Route(
        route_id=ref if part == 1 else f"{ref} (part {part})",
        ref=ref,
        part=part,
        unit=unit,
        directions=directions,
        line=cut,
        along_m=along,
        mileposts=mileposts,
        inside=tuple((float(begin), float(end)) for begin, end in runs / METRES[unit]),
        length_m=float((runs[:, 1] - runs[:, 0]).sum() - sum(gap.length_m for gap in gaps)),
        courses=spine.courses,
        gaps=gaps,
        splits=places(spine.splits),
        is_loop=spine.is_loop and cut.length >= line.length - 1,
        drives_on_right=True,
        calibration=UNCALIBRATED,
    )
