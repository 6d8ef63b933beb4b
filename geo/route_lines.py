"""One line per highway from its many ways: gaps bridged, carriageways merged, side branches left out.

The ways of a highway form a graph whose nodes are their vertices. A highway is the longest way through it, driven once
from end to end along the one-way streets; driving back gives the other carriageway, and the measured line runs in the
middle. Where ways are missing, the graph gets bridges, which cost ten times their length: a path takes one only where
there is no road.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from geo.graph import fastest_edges
from geo.roads import Floats, Ints
from geo.runs import runs

SPACING_M = 100.0
"""Largest distance between neighbouring vertices of a measured line."""

SEAM_M = 200.0
"""Line ends closer than this belong together: opposite carriageways, a roundabout that carries no number."""

LONGEST_BRIDGE_M = 15_000.0
"""Pieces of a highway farther apart than this, or than the shorter piece is long, are different roads."""

SPLIT_M = 300.0
"""Carriageways farther apart than this are reported as split."""

LOOP_APART_M = 500.0
"""Both halves of a ring road are at least this far apart, but for its two ends."""

_AGAINST_ONE_WAY = 3.0
_BRIDGE = 10.0


@dataclass(frozen=True, eq=False)
class Spine:
    """The course of one connected highway, not yet measured.

    Parameters
    ----------
    line
        The centre line, with vertices at most 100 m apart, from either end.
    courses
        The carriageways that it was made from.
    is_loop
        Whether it is a ring that ends where it starts.
    bridges
        Straight stretches of the line, longer than `SEAM_M`, where no way of the highway exists.
    splits
        Stretches of the line whose carriageways are more than `SPLIT_M` apart.
    length_m
        Length of all its ways, one-way carriageways counted half.
    side_m
        Length of the ways that lie apart from the line: spurs.
    """

    line: shapely.LineString
    courses: shapely.MultiLineString
    is_loop: bool
    bridges: tuple[shapely.LineString, ...]
    splits: tuple[shapely.LineString, ...]
    length_m: float
    side_m: float


@dataclass(frozen=True, eq=False)
class _Graph:
    """The vertices of the ways (sorted by position, so that the order of the ways plays no part) and their segments."""

    xy: Floats
    start: Ints
    end: Ints
    one_way: npt.NDArray[np.bool_]
    way: Ints

    @property
    def length(self) -> Floats:
        """Length of each segment in metres."""
        return np.hypot(*(self.xy[self.end] - self.xy[self.start]).T)


def spines(ways: gpd.GeoDataFrame) -> list[Spine]:
    """Return the connected parts of one highway as lines, the longest first.

    Parameters
    ----------
    ways
        The ways of one highway with ``one_way``, LineStrings in a metric CRS.
    """
    graph = _graph(ways)
    if not len(graph.start):
        return []
    bridges, group = _bridges(graph)
    parts = [_spine(graph, bridges, group == number) for number in range(int(group.max()) + 1)]
    found = [part for part in parts if part is not None]
    return sorted(found, key=lambda part: (-round(part.length_m, 3), part.line.coords[0]))


def _graph(ways: gpd.GeoDataFrame) -> _Graph:
    ways = ways[ways.length > 0]  # a way may name one node many times
    lines = shapely.segmentize(ways.geometry.to_numpy(), SPACING_M)
    coordinates, way = shapely.get_coordinates(lines, return_index=True)
    # To the centimetre: neighbouring ways share nodes, and a node has one position.
    xy, vertex = np.unique(np.round(coordinates, 2), axis=0, return_inverse=True)
    step = np.flatnonzero((np.diff(way) == 0) & (np.diff(vertex.ravel()) != 0))
    vertex = vertex.ravel().astype(np.int64)
    one_way = ways["one_way"].to_numpy(dtype=bool)[way[step]]
    return _Graph(xy, vertex[step], vertex[step + 1], one_way, way[step].astype(np.int64))


def _undirected(graph: _Graph, bridges: Ints) -> csr_matrix:
    """Return the road distances between vertices in metres, one-way streets ignored."""
    start, end = np.concatenate([graph.start, bridges[:, 0]]), np.concatenate([graph.end, bridges[:, 1]])
    length = np.hypot(*(graph.xy[end] - graph.xy[start]).T)
    row, column = np.concatenate([start, end]), np.concatenate([end, start])
    return fastest_edges(row, column, np.concatenate([length, length]), len(graph.xy))


def _directed(graph: _Graph, bridges: Ints) -> csr_matrix:
    """Return the costs of driving: metres, three times against a one-way street, ten times where there is no road."""
    gap = np.hypot(*(graph.xy[bridges[:, 1]] - graph.xy[bridges[:, 0]]).T) * _BRIDGE
    row = np.concatenate([graph.start, graph.end, bridges[:, 0], bridges[:, 1]])
    column = np.concatenate([graph.end, graph.start, bridges[:, 1], bridges[:, 0]])
    back = graph.length * np.where(graph.one_way, _AGAINST_ONE_WAY, 1.0)
    return fastest_edges(row, column, np.concatenate([graph.length, back, gap, gap]), len(graph.xy))


def _bridges(graph: _Graph) -> tuple[Ints, Ints]:
    """Return the pairs of vertices to be joined, and the number of the part that each vertex then belongs to."""
    none = np.zeros((0, 2), dtype=np.int64)
    seams = _seams(graph, _undirected(graph, none))
    count, label = connected_components(_undirected(graph, seams), directed=False)
    joins = np.array(list(_joins(graph, label, count)), dtype=np.int64).reshape(-1, 2)
    bridges = np.concatenate([seams, joins])
    _, group = connected_components(_undirected(graph, bridges), directed=False)
    return bridges, group.astype(np.int64)


def _seams(graph: _Graph, roads: csr_matrix) -> Ints:
    """Return the pairs that join each loose end to what lies within `SEAM_M` but is not connected nearby."""
    loose = np.flatnonzero(np.diff(roads.indptr) == 1)
    if not len(loose):
        return np.zeros((0, 2), dtype=np.int64)
    near = cKDTree(graph.xy).query_ball_point(graph.xy[loose], SEAM_M)
    is_loose = np.zeros(len(graph.xy), dtype=bool)
    is_loose[loose] = True
    pairs: list[tuple[int, int]] = []
    for end, candidates in zip(loose, near, strict=True):
        along = dijkstra(roads, indices=end, limit=3 * SEAM_M)
        apart = np.array(sorted(candidates), dtype=np.int64)
        apart = apart[~np.isfinite(along[apart])]
        distance = np.hypot(*(graph.xy[apart] - graph.xy[end]).T)
        chosen = set(apart[is_loose[apart]])
        if not chosen and len(apart):
            chosen.add(apart[np.argmin(distance)])
        pairs += [(int(end), int(other)) for other in sorted(chosen)]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def _joins(graph: _Graph, label: npt.NDArray[np.int32], count: int) -> Iterator[tuple[int, int]]:
    """Yield the pairs that bridge the gaps between pieces which are one highway, the smallest gap first."""
    weight = graph.length * np.where(graph.one_way, 0.5, 1.0)
    length = np.bincount(label[graph.start], weight, minlength=count)
    members = [np.flatnonzero(label == number) for number in range(count)]
    trees = [cKDTree(graph.xy[rows]) for rows in members]
    gaps: list[tuple[float, int, int, int, int]] = []
    shapes = np.array([shapely.MultiPoint(graph.xy[rows]) for rows in members], dtype=object)
    near = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=LONGEST_BRIDGE_M).T
    for i, j in near[near[:, 0] < near[:, 1]].tolist():
        distance, nearest = trees[j].query(graph.xy[members[i]])
        best = int(np.argmin(distance))
        gaps.append((float(distance[best]), i, j, int(members[i][best]), int(members[j][nearest[best]])))
    group = np.arange(count)
    waiting = sorted(gaps)
    while True:
        for gap, i, j, one, other in waiting:
            total = np.bincount(group, length, minlength=count)
            if group[i] != group[j] and gap <= max(SEAM_M, min(total[group[i]], total[group[j]])):
                group[group == group[j]] = group[i]
                yield one, other
                break
        else:
            return


def _spine(graph: _Graph, bridges: Ints, inside: npt.NDArray[np.bool_]) -> Spine | None:
    """Return the line of one connected part."""
    rows = np.flatnonzero(inside[graph.start])
    if not len(rows):
        return None
    own = bridges[inside[bridges[:, 0]]]
    part = _Graph(graph.xy, graph.start[rows], graph.end[rows], graph.one_way[rows], graph.way[rows])
    first, last = _ends(part, own)
    costs = _directed(part, own)
    gap_pairs = {frozenset(pair) for pair in own.tolist()}
    there = _without_stubs(_path(costs, first, last), gap_pairs)
    ring = _ring(part, costs, there)
    back = _without_stubs(_path(costs, last, first)[::-1], gap_pairs) if ring is None else ring[:0]
    nodes = there if ring is None else ring
    line, splits = _centre(part.xy, nodes, back)
    courses = [shapely.LineString(part.xy[course]) for course in (nodes, back) if len(course) > 1]
    if not courses or len(line) < 2:  # noqa: PLR2004 # a line has two ends
        return None
    segments = shapely.linestrings(np.stack([part.xy[part.start], part.xy[part.end]], axis=1))
    weight = part.length * np.where(part.one_way, 0.5, 1.0)
    merged = shapely.MultiLineString(courses)
    shapely.prepare(merged)
    apart = ~shapely.dwithin(merged, shapely.centroid(segments), SPLIT_M)
    return Spine(
        line=shapely.LineString(line),
        courses=merged,
        is_loop=ring is not None,
        bridges=tuple(_bridged(part, nodes, gap_pairs)),
        splits=tuple(splits),
        length_m=float(weight.sum()),
        side_m=float(weight[apart].sum()),
    )


def _ends(part: _Graph, bridges: Ints) -> tuple[int, int]:
    """Return the two vertices farthest apart by road; the southern or western one first, when in doubt."""
    # Carriageways that never meet form a ring with the bridges at their ends: rungs in between make it a ladder.
    beside = np.unique(np.concatenate([part.start[part.one_way], part.end[part.one_way]]))
    rungs = beside[cKDTree(part.xy[beside]).query_pairs(SEAM_M, output_type="ndarray")].reshape(-1, 2)
    roads = _undirected(part, np.concatenate([bridges, rungs]))
    begin = int(part.start.min())
    one = _farthest(dijkstra(roads, indices=begin))
    other = _farthest(dijkstra(roads, indices=one))
    return (one, other) if tuple(part.xy[one]) <= tuple(part.xy[other]) else (other, one)


def _farthest(distance: Floats) -> int:
    return int(np.argmax(np.where(np.isfinite(distance), distance, -1.0)))


def _path(costs: csr_matrix, first: int, last: int) -> Ints:
    """Return the vertices of the cheapest path; empty when there is none."""
    _, before = dijkstra(costs, indices=first, return_predecessors=True)
    path = [last]
    while path[-1] != first:
        previous = int(before[path[-1]])
        if previous < 0:
            return np.zeros(0, dtype=np.int64)
        path.append(previous)
    return np.array(path[::-1], dtype=np.int64)


def _without_stubs(path: Ints, gap_pairs: set[frozenset[int]]) -> Ints:
    """Return a path without the bridges that it begins and ends with: they lead over to the other carriageway."""
    begin, end = 0, len(path)
    while end - begin > 1 and frozenset(path[begin : begin + 2].tolist()) in gap_pairs:
        begin += 1
    while end - begin > 1 and frozenset(path[end - 2 : end].tolist()) in gap_pairs:
        end -= 1
    return path[begin:end]


def _ring(part: _Graph, costs: csr_matrix, there: Ints) -> Ints | None:
    """Return the whole ring, clockwise from its southernmost vertex, when another way leads back; else None."""
    if len(there) < 4:  # noqa: PLR2004 # too short to be half of a ring
        return None
    metres = _metres(part.xy[there])
    free_m = min(3 * LOOP_APART_M, metres[-1] / 5)
    middle = there[(metres > free_m) & (metres < metres[-1] - free_m)]
    if len(middle) < 2:  # noqa: PLR2004 # as above
        return None
    course = shapely.LineString(part.xy[middle])
    shapely.prepare(course)
    blocked = shapely.dwithin(course, shapely.points(part.xy), min(LOOP_APART_M, free_m / 2))
    matrix = costs.tocoo()
    is_open = ~(blocked[matrix.row] | blocked[matrix.col])
    kept = csr_matrix((matrix.data[is_open], (matrix.row[is_open], matrix.col[is_open])), shape=matrix.shape)
    back = _path(kept, int(there[-1]), int(there[0]))
    if len(back) < 2 or shapely.LineString(part.xy[back]).length < metres[-1] / 3:  # noqa: PLR2004 # as above
        return None
    ring = np.concatenate([there, back[1:-1]])
    if shapely.is_ccw(shapely.LinearRing(part.xy[ring])):
        ring = ring[::-1]
    south = int(np.lexsort((part.xy[ring, 0], part.xy[ring, 1]))[0])
    turned = np.roll(ring, -south)
    return np.append(turned, turned[0])


def _bridged(part: _Graph, nodes: Ints, gap_pairs: set[frozenset[int]]) -> Iterator[shapely.LineString]:
    """Yield the bridges on a path that are longer than a seam."""
    for one, other in zip(nodes[:-1].tolist(), nodes[1:].tolist(), strict=True):
        if frozenset((one, other)) in gap_pairs:
            line = shapely.LineString(part.xy[[one, other]])
            if line.length > SEAM_M:
                yield line


def _centre(xy: Floats, there: Ints, back: Ints) -> tuple[Floats, list[shapely.LineString]]:
    """Return the line in the middle of both carriageways, and where they are far apart.

    Where both paths use the same vertices the road is one; each stretch between such vertices is merged by itself.
    """
    if len(back) < 2 or len(there) < 2:  # noqa: PLR2004 # nothing to merge
        return xy[there if len(there) > 1 else back], []
    place = {int(node): at for at, node in enumerate(back)}
    pieces, splits = [], []
    at_there = at_back = 0
    shared = [(at, place[int(node)]) for at, node in enumerate(there) if int(node) in place]
    for here, over_there in [*shared, (len(there) - 1, len(back) - 1)]:
        if here < at_there or over_there < at_back:
            continue
        one, other = xy[there[at_there : here + 1]], xy[back[at_back : over_there + 1]]
        merged, split = _between(one, other)
        pieces.append(merged)
        splits += split
        at_there, at_back = here, over_there
    line = np.concatenate(pieces)
    keep = np.append(True, np.hypot(*np.diff(line, axis=0).T) > 0)
    return line[keep], splits


def _between(one: Floats, other: Floats) -> tuple[Floats, list[shapely.LineString]]:
    """Return the middle of two lines that run the same way, and the stretches where they are far apart."""
    if len(one) <= 2 or len(other) <= 2:  # noqa: PLR2004 # one segment of a two-way road, or one line only
        return (one if len(one) > 1 else other), []
    xy = shapely.get_coordinates(shapely.segmentize(shapely.LineString(one), SPACING_M))
    metres, course = _metres(xy), _metres(other)

    def at(along: Floats) -> Floats:
        return np.stack([np.interp(along, course, values) for values in other.T], axis=1)

    # shapely would walk along the whole line for each point: too long for long lines.
    segments, points = shapely.linestrings(np.stack([other[:-1], other[1:]], axis=1)), shapely.points(xy)
    nearest = shapely.STRtree(segments).query_nearest(points, all_matches=False)[1]
    match = np.maximum.accumulate(course[nearest] + shapely.line_locate_point(segments[nearest], points))
    apart = np.hypot(*(xy - at(match)).T) > SPLIT_M
    if apart.all():
        match = metres / max(metres[-1], SEAM_M / 1e6) * course[-1]
    elif apart.any():
        match = np.interp(metres, metres[~apart], match[~apart])
    middle = (xy + at(match)) / 2
    parted = [middle[begin:end] for begin, end in np.column_stack(runs(apart)) if end - begin > 1]
    return middle, [shapely.LineString(part) for part in parted]


def _metres(xy: Floats) -> Floats:
    """Return the metres from the start of a line to each of its vertices."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
