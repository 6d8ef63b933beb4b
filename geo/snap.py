"""Places on the road network: which road a point attaches to, where along it, and how far off it lies."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import cKDTree

from geo.edges import Samples
from geo.graph import Int32s
from geo.network import RoadNetwork
from geo.roads import Floats, Ints

OFF_ROAD_KMH = 40.0
"""Speed on the way between a point and the road it attaches to: local streets and tracks that the network lacks."""

OFF_ROAD_DETOUR = 1.3
"""Length of that way in straight lines: the usual ratio of road distance to crow-fly distance."""

MAX_OFF_ROAD_M = 10_000.0
"""Farther from any road than this, a point is not connected."""

Complexes = npt.NDArray[np.complex128]

_NEAR_SAMPLES = 8
_TILE_M = 2_000.0
_BLOCK = 5_000
_BEFORE_AND_BEHIND = np.array([[-1], [1]], dtype=np.int32)


@dataclass(frozen=True, eq=False)
class Positions:
    """Points attached to a road network, in the order of the points.

    Parameters
    ----------
    edge
        Row of the edge, or -1 where the point is not connected.
    fraction
        Share of the edge's length from its start, 0 to 1.
    off_road_m
        Straight distance from the point to the road, also where it is too far to be connected; infinity when there
        is no point at all.
    leg_min
        Minutes between the point and the road.
    """

    edge: Int32s
    fraction: Floats
    off_road_m: Floats
    leg_min: Floats

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.edge)

    @property
    def connected(self) -> npt.NDArray[np.bool_]:
        """True where the point is attached to a road."""
        return self.edge >= 0

    def take(self, rows: Ints | slice) -> "Positions":
        """Return some of the points."""
        return Positions(self.edge[rows], self.fraction[rows], self.off_road_m[rows], self.leg_min[rows])

    def replaced(self, rows: Ints, others: "Positions") -> "Positions":
        """Return the points with `others` in place of those in `rows`."""
        columns = {column.name: getattr(self, column.name).copy() for column in fields(self)}
        for name, column in columns.items():
            column[rows] = getattr(others, name)
        return Positions(**columns)


def off_road_minutes(off_road_m: Floats) -> Floats:
    """Return the minutes for the way between a point and its road: 1.3 times the straight distance at 40 km/h.

    Examples
    --------
    >>> off_road_minutes(np.array([1000.0])).round(2)
    array([1.95])
    """
    return off_road_m * (OFF_ROAD_DETOUR * 60 / (OFF_ROAD_KMH * 1000))


def snap(
    network: RoadNetwork,
    points: gpd.GeoSeries,
    *,
    max_off_road_m: float = MAX_OFF_ROAD_M,
    on_motorways: bool = False,
) -> Positions:
    """Attach points to the nearest place on a road.

    A point attaches anywhere along an edge, not at junctions only. The road is looked for beside the eight nearest
    samples of the network and the distance to it is exact. Where many roads lie close together, about one point in a
    hundred gets a road some metres (at most some tens of metres) farther than the nearest one.

    Parameters
    ----------
    network
        The network.
    points
        Points in the network's CRS; empty or missing ones are not connected.
    max_off_road_m
        Points farther away than this are not connected.
    on_motorways
        Whether points may attach to motorways and their ramps between junctions. False, the default, is right for
        people and providers, who join at exits; True for rest areas, which can be reached from the motorway only.

    Raises
    ------
    ValueError
        If `points` are in another CRS, or are not points.
    """
    if points.crs is None or points.crs != network.crs:
        msg = f"points are in {points.crs}, the network in {network.crs}"
        raise ValueError(msg)
    geometries = np.asarray(points.array)
    if not np.isin(shapely.get_type_id(geometries), (-1, 0)).all():
        msg = "only points can be attached to roads"
        raise ValueError(msg)
    there = shapely.get_type_id(geometries) == 0
    there[there] = ~shapely.is_empty(geometries[there])
    xy = np.full((len(geometries), 2), np.nan)
    xy[there] = shapely.get_coordinates(geometries[there])
    return snap_xy(network, xy[:, 0], xy[:, 1], max_off_road_m=max_off_road_m, on_motorways=on_motorways)


def snap_xy(
    network: RoadNetwork,
    x: Floats,
    y: Floats,
    *,
    max_off_road_m: float = MAX_OFF_ROAD_M,
    on_motorways: bool = False,
) -> Positions:
    """Attach positions given as coordinates in the network's CRS, NaN for none; see `snap`."""
    edge = np.full(len(x), -1, dtype=np.int32)
    fraction = np.zeros(len(x))
    off_road = np.full(len(x), np.inf)
    points = np.column_stack([x, y])
    there = np.flatnonzero(np.isfinite(points).all(axis=1))
    # Neighbours look at the same samples: one after another they are found in half the time.
    there = there[np.lexsort(np.floor(points[there] / _TILE_M).T)]
    blocks = np.array_split(there, max(os.cpu_count() or 1, -(-len(there) // _BLOCK)))
    trees = [(network.joinable_tree, network.joinable)]
    if on_motorways and len(network.limited):
        trees.append((network.limited_tree, network.limited))
    # Not by the `workers` of the trees: Ctrl-C would end them in the middle, and the program with a crash.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(lambda rows: _nearest(network.samples, points[rows], trees, on_motorways=on_motorways), blocks)
        for rows, place in zip(blocks, found, strict=True):
            edge[rows], fraction[rows], off_road[rows] = place
    far = ~(off_road <= max_off_road_m)
    edge[far] = -1
    return Positions(edge, np.where(far, 0.0, fraction), off_road, off_road_minutes(off_road))


def _nearest(
    samples: Samples, points: Floats, trees: Sequence[tuple[cKDTree, Int32s]], *, on_motorways: bool
) -> tuple[Int32s, Floats, Floats]:
    """Return edge, fraction and distance of the nearest place on the stretches beside the nearest samples."""
    # One row per near sample, one column for each of the two samples beside it, one layer per point.
    near = np.hstack([_near_samples(tree, rows, points) for tree, rows in trees]).T[:, None]
    other = np.clip(near + _BEFORE_AND_BEHIND, 0, len(samples.edge) - 1)
    stretch = samples.edge[other] == samples.edge[near]
    if not on_motorways:  # a bare exit can be used itself, not the motorway beside it
        stretch &= ~samples.is_bare_exit[near]
    beside = np.where(stretch, other, near)
    start, end = (_plane(samples.x[sample], samples.y[sample]) for sample in (near, beside))
    along, distance = _foot(_plane(*points.T), start, end)
    row, column = np.unravel_index(distance.reshape(2 * len(near), -1).argmin(axis=0), distance.shape[:2])
    best = row, column, np.arange(len(points))
    sample, beside = near[row, 0, best[2]], beside[best]
    begin = samples.fraction[sample]
    return samples.edge[sample], begin + along[best] * (samples.fraction[beside] - begin), distance[best]


def _near_samples(tree: cKDTree, rows: Int32s, points: Floats) -> Int32s:
    """Return the samples nearest to each point, one row each."""
    near: Int32s = rows[tree.query(points, k=np.arange(1, min(_NEAR_SAMPLES, tree.n) + 1))[1]]
    return near


def _plane(x: Floats, y: Floats) -> Complexes:
    """Return positions as numbers of the complex plane, in which a foot takes half the time that it takes in pairs."""
    positions = np.empty(x.shape, dtype=np.complex128)
    positions.real, positions.imag = x, y
    return positions


def _foot(point: Complexes, start: Complexes, end: Complexes) -> tuple[Floats, Floats]:
    """Return where on each segment the nearest place to each point lies (0 to 1), and its distance."""
    line, offset = end - start, point - start
    square = (line * line.conj()).real
    along = np.divide((offset * line.conj()).real, square, out=np.zeros_like(square), where=square > 0)
    along = np.clip(along, 0.0, 1.0)
    away = offset - along * line
    return along, np.hypot(away.real, away.imag)
