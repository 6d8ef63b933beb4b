"""Ways cut at junctions: the edges of a network, and the points along them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.graph import Int32s
from geo.osm_tags import ROAD_CLASSES
from geo.roads import Floats, Ints, Roads, segment_lengths_m

SAMPLE_SPACING_M = 200.0
"""Largest distance between neighbouring samples of an edge; see `Samples`."""

_BLOCK = 100_000


@dataclass(frozen=True, eq=False)
class Edges:
    """Ways cut at junctions, before anything is left out.

    `node` are the rows of the junctions in the roads' nodes; `start` and `end` count in them. `first` and `last` are
    the edge's ends among the vertices of all ways, and `metres` is the running length at each of these vertices.
    """

    node: Ints
    start: Int32s
    end: Int32s
    way: Ints
    first: Ints
    last: Ints
    metres: Floats

    @property
    def length_m(self) -> Floats:
        """Length of each edge."""
        return self.metres[self.last] - self.metres[self.first]


def cut_at_junctions(roads: Roads) -> Edges:
    """Cut ways at their ends and wherever a node is passed more than once."""
    ends = np.zeros(len(roads.vertex), dtype=bool)
    ends[roads.offset[1:] - 1] = True
    meets = np.bincount(roads.vertex, minlength=len(roads.node_id)) > 1
    meets[roads.vertex[ends]] = meets[roads.vertex[roads.offset[:-1]]] = True
    number = np.cumsum(meets, dtype=np.int32) - 1
    stops = np.flatnonzero(meets[roads.vertex])
    begins = np.flatnonzero(~ends[stops])
    first, last = stops[begins], stops[begins + 1]
    return Edges(
        node=np.flatnonzero(meets),
        start=number[roads.vertex[first]],
        end=number[roads.vertex[last]],
        way=np.searchsorted(roads.offset, first, side="right") - 1,
        first=first,
        last=last,
        metres=_metres_along(roads),
    )


def _metres_along(roads: Roads) -> Floats:
    """Return for each vertex the metres from the first vertex of all, not counting the jumps between ways."""
    metres = np.zeros(len(roads.vertex))
    for begin in range(0, len(metres) - 1, _BLOCK):
        vertex = roads.vertex[begin : begin + _BLOCK + 1]
        lon, lat = roads.lon[vertex], roads.lat[vertex]
        metres[begin + 1 : begin + len(vertex)] = segment_lengths_m(lon[:-1], lat[:-1], lon[1:], lat[1:])
    metres[roads.offset[:-1]] = 0
    return np.cumsum(metres, out=metres)


def middles_of(xy: Floats, roads: Roads, edges: Edges, rows: Ints) -> tuple[Floats, Floats]:
    """Return x and y halfway between the middle vertices of some edges."""
    double = edges.first[rows] + edges.last[rows]
    x, y = (xy[roads.vertex[double // 2]] + xy[roads.vertex[(double + 1) // 2]]).T / 2
    return x, y


@dataclass(frozen=True, eq=False)
class Samples:
    """Points along the edges, at most 200 m apart: where places attach, and where travel times can be drawn.

    The points of an edge stand one after another from its start to its end, both included: all vertices of the road,
    and more where these lie far apart.

    Parameters
    ----------
    edge
        The edge of each point, ascending.
    fraction
        Share of the edge's length from its start, 0 to 1.
    x, y
        Position in the network's CRS.
    is_bare_exit
        True at motorway exits that neither a slip road nor another road joins in the file.
    """

    edge: Int32s
    fraction: Floats
    x: Floats
    y: Floats
    is_bare_exit: npt.NDArray[np.bool_]


def samples_of(xy: Floats, roads: Roads, edges: Edges, rows: Ints) -> Samples:
    """Return the samples of some edges, worked out by the block to save memory."""
    bare = _bare_exits(roads)
    blocks = []
    for begin in range(0, len(rows), _BLOCK):
        number, fraction, at, step = _spread(edges, rows[begin : begin + _BLOCK])
        start, end = xy[roads.vertex[at]], xy[roads.vertex[np.where(step > 0, at + 1, at)]]
        x, y = (start + step[:, None] * (end - start)).T
        blocks.append(((number + begin).astype(np.int32), fraction, x, y, bare[roads.vertex[at]] & (step == 0)))
    columns = list(zip(*blocks, strict=True))
    blocks.clear()  # so that each column is there twice only while it is put together
    return Samples(*(np.concatenate(columns.pop(0)) for _ in range(len(columns))))


def _bare_exits(roads: Roads) -> npt.NDArray[np.bool_]:
    """Say which nodes are motorway exits that no way but motorways passes."""
    others = np.repeat(roads.road_class != ROAD_CLASSES.index("motorway"), np.diff(roads.offset))
    bare = roads.is_exit.copy()
    bare[roads.vertex[others]] = False
    return bare


def _spread(edges: Edges, rows: Ints) -> tuple[Ints, Floats, Ints, Floats]:
    """Return where the samples of some edges lie.

    The result is each sample's edge (row of `rows`), its fraction, the vertex at or before it, and how far it is from
    there to the next vertex, 0 to 1.
    """
    first, last, metres = edges.first[rows], edges.last[rows], edges.metres
    size = last - first + 1
    offset = np.cumsum(size) - size
    vertex = np.arange(size.sum()) + np.repeat(first - offset, size)
    gap = metres[np.minimum(vertex + 1, len(metres) - 1)] - metres[vertex]
    gap[offset + size - 1] = 0
    parts = np.maximum(np.ceil(gap / SAMPLE_SPACING_M), 1).astype(np.int64)
    step = (np.arange(parts.sum()) - np.repeat(np.cumsum(parts) - parts, parts)) / np.repeat(parts, parts)
    edge = np.repeat(np.repeat(np.arange(len(rows)), size), parts)
    at = np.repeat(vertex, parts)
    run = metres[at] - metres[first][edge] + step * np.repeat(gap, parts)
    length = (metres[last] - metres[first])[edge]
    fraction = np.clip(np.divide(run, length, out=np.zeros_like(run), where=length > 0), 0.0, 1.0)
    return edge, fraction, at, step
