"""Travel times between places on the road network, by Dijkstra sweeps from the destinations on the reversed graph.

Every time runs from an origin to a destination, both off-road legs included, one-way streets obeyed. A sweep costs per
destination, or once for all destinations together where only the nearest matters; the number of origins hardly counts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from geo.graph import SMALLEST_MIN, Int32s, near_each_other
from geo.network import RoadNetwork
from geo.roads import Floats, Ints
from geo.snap import OFF_ROAD_DETOUR, Positions

_SWEEP_BYTES = 100_000_000
_SWEPT_TOGETHER = 24
_ORIGINS_AT_ONCE = 500_000
_PAIRS_AT_ONCE = 4_000_000


@dataclass(frozen=True, eq=False)
class _Part:
    """A part of the reversed graph.

    `nodes` are its nodes in the whole graph, ascending; `row` is the row of each node of the whole graph in the part,
    one past the last for nodes outside.
    """

    graph: csr_matrix
    nodes: Ints
    row: Int32s


def minutes_to_nearest(network: RoadNetwork, origins: Positions, destinations: Positions) -> tuple[Floats, Ints]:
    """Return the minutes from each origin to its nearest destination, and which one that is.

    Parameters
    ----------
    network
        The network both were attached to.
    origins, destinations
        Positions on it. Those that are not connected reach nothing and are reached by nobody.

    Returns
    -------
    minutes : numpy.ndarray
        Infinity where no destination can be reached.
    nearest : numpy.ndarray
        Row of the destination, or -1.
    """
    return sweep_to_nearest(network, destinations).from_origins(origins)


def metres_to_nearest(network: RoadNetwork, origins: Positions, destinations: Positions) -> Floats:
    """Return the length of the quickest way from each origin to its nearest destination, legs off the road included.

    Parameters
    ----------
    network, origins, destinations
        As in `minutes_to_nearest`.

    Returns
    -------
    numpy.ndarray
        Metres on the ellipsoid; infinity where no destination can be reached.
    """
    return sweep_to_nearest(network, destinations).metres_from(origins)


@dataclass(frozen=True, eq=False)
class NearestSweep:
    """The nearest of some destinations from every junction: one sweep answers for any number of origins.

    Parameters
    ----------
    network
        The network.
    targets, rows
        The destinations that are connected, and their rows among all.
    to_node, source
        Minutes from each junction, and the row in `targets` (-1 for none).
    before
        The junction behind each on its way, and behind these rows one for each target; negative where a way ends.
    """

    network: RoadNetwork
    targets: Positions
    rows: Ints
    to_node: Floats
    source: Ints
    before: Int32s

    def from_origins(self, origins: Positions) -> tuple[Floats, Ints]:
        """Return minutes and row of the nearest destination of each origin; see `minutes_to_nearest`."""
        minutes = np.full(len(origins), np.inf)
        nearest = np.full(len(origins), -1, dtype=np.int64)
        there = np.flatnonzero(origins.connected) if len(self.rows) else self.rows
        for begin in range(0, len(there), _ORIGINS_AT_ONCE):
            block = there[begin : begin + _ORIGINS_AT_ONCE]
            minutes[block], which = _nearest(self.network, origins.take(block), self.targets, self.to_node, self.source)
            nearest[block] = np.where(which >= 0, self.rows[which], -1)
        return minutes, nearest

    def metres_from(self, origins: Positions) -> Floats:
        """Return the length of the way from each origin to its nearest destination; see `metres_to_nearest`."""
        metres = np.full(len(origins), np.inf)
        there = np.flatnonzero(origins.connected)
        if not len(there) or not len(self.rows):
            return metres
        network, start, targets = self.network, origins.take(there), self.targets
        length_m = network.length_m[start.edge]
        edge_start, edge_end = network.edge_start[start.edge], network.edge_end[start.edge]
        over_start = self.to_node[edge_start] + _to_start(network, start)
        over_end = self.to_node[edge_end] + _to_end(network, start)
        best = np.minimum(over_start, over_end)
        by_start, by_end = (
            self.node_m[edge_start] + start.fraction * length_m,
            self.node_m[edge_end] + (1 - start.fraction) * length_m,
        )
        own = np.where(np.isfinite(best), np.where(over_start <= over_end, by_start, by_end), np.inf)
        for origin, destination, along in _same_edge(network, start, targets):
            order = np.lexsort((destination, along, origin))
            first = order[np.append(True, np.diff(origin[order]) > 0)[: len(order)]]
            closer = first[along[first] < best[origin[first]]]
            at, to = origin[closer], destination[closer]
            apart_m = np.abs(targets.fraction[to] - start.fraction[at]) * length_m[at]
            own[at] = apart_m + targets.off_road_m[to] * OFF_ROAD_DETOUR
        metres[there] = own + start.off_road_m * OFF_ROAD_DETOUR
        return metres

    @cached_property
    def node_m(self) -> Floats:
        """Metres along the quickest way from each junction."""
        return _metres_along(self.network, self.targets, self.before)


def sweep_to_nearest(network: RoadNetwork, destinations: Positions) -> NearestSweep:
    """Return the sweep that `minutes_to_nearest` makes, for several sets of origins."""
    rows = np.flatnonzero(destinations.connected)
    targets = destinations.take(rows)
    if not len(rows):
        none = np.full(network.n_nodes, -1, dtype=np.int32)
        return NearestSweep(network, targets, rows, np.full(network.n_nodes, np.inf), none.astype(np.int64), none)
    return NearestSweep(network, targets, rows, *_sweep_from_all(network, targets))


def pairs_within(
    network: RoadNetwork, origins: Positions, destinations: Positions, *, cutoff_min: float
) -> tuple[Ints, Ints, Floats]:
    """Return all pairs of an origin and a destination that it reaches within a time.

    Parameters
    ----------
    network, origins, destinations
        As in `minutes_to_nearest`.
    cutoff_min
        Longest time, minutes, included.

    Returns
    -------
    origin, destination : numpy.ndarray
        Rows of both, sorted by destination, then by origin.
    minutes : numpy.ndarray
        Time between them.
    """
    found: dict[int, tuple[Ints, Floats]] = {}
    for targets, rows, minutes in _sweeps(network, origins, destinations, cutoff_min):
        for target, times in zip(targets.tolist(), minutes, strict=True):
            reached = np.flatnonzero(np.isfinite(times))
            found[target] = rows[reached], times[reached]
    parts = [found[target] for target in sorted(found)]
    none = (np.zeros(0, dtype=np.int64), np.zeros(0))
    origin, apart = (np.concatenate(column) for column in zip(none, *parts, strict=True))
    return origin, np.repeat(np.array(sorted(found), dtype=np.int64), [len(rows) for rows, _ in parts]), apart


def sample_minutes(network: RoadNetwork, destinations: Positions) -> Floats:
    """Return the minutes to the nearest destination from each of the network's samples, points at most 200 m apart."""
    samples = network.samples
    nowhere = np.zeros(len(samples.edge))
    return minutes_to_nearest(network, Positions(samples.edge, samples.fraction, nowhere, nowhere), destinations)[0]


def _nearest(
    network: RoadNetwork, origins: Positions, destinations: Positions, to_node: Floats, source: Ints
) -> tuple[Floats, Ints]:
    """Return the minutes to the nearest destination and its row, from the minutes and rows at the junctions."""
    edge_start, edge_end = network.edge_start[origins.edge], network.edge_end[origins.edge]
    over_start = to_node[edge_start] + _to_start(network, origins)
    over_end = to_node[edge_end] + _to_end(network, origins)
    best = np.minimum(over_start, over_end)
    which = np.where(np.isfinite(best), source[np.where(over_start <= over_end, edge_start, edge_end)], -1)
    for origin, destination, along in _same_edge(network, origins, destinations):
        order = np.lexsort((destination, along, origin))
        first = order[np.append(True, np.diff(origin[order]) > 0)[: len(order)]]
        closer = first[along[first] < best[origin[first]]]
        best[origin[closer]], which[origin[closer]] = along[closer], destination[closer]
    return best + origins.leg_min, which


def _sweep_from_all(network: RoadNetwork, destinations: Positions) -> tuple[Floats, Ints, Int32s]:
    """Return `NearestSweep.to_node`, `source` and `before`."""
    graph = _with_destinations(network, destinations)
    roots = np.arange(network.n_nodes, graph.shape[0])
    minutes, before, source = dijkstra(graph, indices=roots, min_only=True, return_predecessors=True)
    inside = slice(0, network.n_nodes)
    sources = np.where(source[inside] >= 0, source[inside].astype(np.int64) - network.n_nodes, -1)
    return minutes[inside], sources, before


def _metres_along(network: RoadNetwork, destinations: Positions, before: Int32s) -> Floats:
    """Return the metres from each junction to its destination, along the way that `NearestSweep.before` tells."""
    size = network.n_nodes
    roots = np.arange(size, len(before))
    # The first step of each way: over an edge to the next junction, or along the destination's own edge to its end.
    start, end, there = network.edge_start, network.edge_end, destinations.edge
    whole, fraction = network.length_m, destinations.fraction
    leg_min, leg_m = destinations.leg_min, destinations.off_road_m * OFF_ROAD_DETOUR
    tail = np.concatenate([start, end, start[there], end[there]])
    head = np.concatenate([end, start, roots, roots])
    to_start, to_end = _share(fraction, network.forward_min[there]), _share(1 - fraction, network.backward_min[there])
    time = np.concatenate([network.forward_min, network.backward_min, to_start + leg_min, to_end + leg_min])
    parts_m = [whole, whole, fraction * whole[there] + leg_m, (1 - fraction) * whole[there] + leg_m]
    step = np.flatnonzero((before[tail] == head) & np.isfinite(time))
    step = step[np.argsort(-time[step], kind="stable")]  # of parallel edges the quickest last, as it stays
    metres = np.full(len(before), np.inf)
    metres[roots] = 0.0
    metres[tail[step]] = np.concatenate(parts_m)[step]
    # Twice as many steps in each round, until all ways have come to their end.
    following = np.where(before >= 0, before, np.arange(len(before)))
    while (following != following[following]).any():
        metres += metres[following]
        following = following[following]
    return metres[:size]


def _with_destinations(network: RoadNetwork, destinations: Positions) -> csr_matrix:
    """Return the reversed graph with one more node per destination, tied to both ends of its edge.

    Nothing leads into these nodes, so no path runs through them.
    """
    base = network.towards
    edge, fraction = destinations.edge, destinations.fraction
    from_start = _share(fraction, network.forward_min[edge]) + destinations.leg_min
    from_end = _share(1 - fraction, network.backward_min[edge]) + destinations.leg_min
    minutes = np.column_stack([from_start, from_end]).ravel()
    ends = np.column_stack([network.edge_start[edge], network.edge_end[edge]]).ravel()
    is_open = np.isfinite(minutes)
    counts = is_open.reshape(-1, 2).sum(axis=1)
    size = base.shape[0] + len(edge)
    return csr_matrix(
        (
            np.concatenate([base.data, np.maximum(minutes[is_open], SMALLEST_MIN)]),
            np.concatenate([base.indices, ends[is_open].astype(np.int32)]),
            np.concatenate([base.indptr, base.indptr[-1] + np.cumsum(counts, dtype=np.int32)]).astype(np.int32),
        ),
        shape=(size, size),
    )


def _share(share: Floats, minutes: Floats) -> Floats:
    """Return a share of the minutes along an edge; no share takes no time, even in a closed direction."""
    return np.where(share > 0, share, 1.0) * np.where(share > 0, minutes, 0.0)


def _to_start(network: RoadNetwork, places: Positions) -> Floats:
    """Return the minutes from places back to the start of their edge."""
    return _share(places.fraction, network.backward_min[places.edge])


def _to_end(network: RoadNetwork, places: Positions) -> Floats:
    """Return the minutes from places on to the end of their edge."""
    return _share(1 - places.fraction, network.forward_min[places.edge])


def _same_edge(
    network: RoadNetwork, origins: Positions, destinations: Positions
) -> Iterator[tuple[Ints, Ints, Floats]]:
    """Yield the pairs on one edge that can be driven along it, with the minutes (the destination's leg included)."""
    order = np.argsort(destinations.edge, kind="stable")
    sorted_edges = destinations.edge[order]
    begin = np.searchsorted(sorted_edges, origins.edge, side="left")
    count = np.searchsorted(sorted_edges, origins.edge, side="right") - begin
    rows = np.flatnonzero(count)
    blocks = np.cumsum(count[rows]) // _PAIRS_AT_ONCE
    for block in np.unique(blocks):
        part = rows[blocks == block]
        offset = np.cumsum(count[part]) - count[part]
        origin = np.repeat(part, count[part])
        destination = order[np.repeat(begin[part] - offset, count[part]) + np.arange(count[part].sum())]
        ahead = destinations.fraction[destination] - origins.fraction[origin]
        edge = origins.edge[origin]
        along = np.where(
            ahead >= 0, _share(ahead, network.forward_min[edge]), _share(-ahead, network.backward_min[edge])
        )
        drivable = np.isfinite(along)
        minutes = along[drivable] + destinations.leg_min[destination[drivable]]
        yield origin[drivable], destination[drivable], minutes


def _sweeps(
    network: RoadNetwork, origins: Positions, destinations: Positions, cutoff_min: float
) -> Iterator[tuple[Ints, Ints, Floats]]:
    """Yield rows of some destinations, rows of the origins about them in ascending order, and the minutes between.

    The minutes have one row per destination and are infinite beyond the cutoff; origins that are left out reach none
    of them. Destinations near each other are swept together, on the part of the graph that lies within the cutoff of
    any of them: most of the cost of a bounded sweep is the size of the graph, not what is reached.
    """
    there, rows = np.flatnonzero(origins.connected), np.flatnonzero(destinations.connected)
    if not len(there) or not len(rows):
        return
    node = network.edge_start[destinations.edge[rows]]
    rows = rows[near_each_other(network.node_x[node], network.node_y[node], together=_SWEPT_TOGETHER)]
    start, targets = origins.take(there), destinations.take(rows)
    graph = _with_destinations(network, targets)
    for begin in range(0, len(rows), _SWEPT_TOGETHER):
        chunk = np.arange(begin, min(begin + _SWEPT_TOGETHER, len(rows)))
        part = _part_within(graph, network.n_nodes + chunk, cutoff_min)
        about = np.flatnonzero(_is_about(network, start, targets.take(chunk), part))
        step = max(1, _SWEEP_BYTES // (8 * (len(part.nodes) + 4 * len(about))))
        for first in range(0, len(chunk), step):
            swept = chunk[first : first + step]
            to_node = dijkstra(part.graph, indices=part.row[network.n_nodes + swept], limit=cutoff_min)
            minutes = _between(network, start.take(about), targets.take(swept), to_node, part.row)
            minutes[minutes > cutoff_min] = np.inf
            yield rows[swept], there[about], minutes


def _part_within(graph: csr_matrix, roots: Ints, cutoff_min: float) -> _Part:
    """Return the part of the graph within a time of any of the roots."""
    nodes = np.flatnonzero(np.isfinite(dijkstra(graph, indices=roots, min_only=True, limit=cutoff_min)))
    row = np.full(graph.shape[0], len(nodes), dtype=np.int32)
    row[nodes] = np.arange(len(nodes))
    return _Part(graph[nodes][:, nodes], nodes, row)


def _is_about(network: RoadNetwork, origins: Positions, destinations: Positions, part: _Part) -> npt.NDArray[np.bool_]:
    """Say which origins have an end of their edge in the part of the graph, or a destination on their edge."""
    edges = np.zeros(network.n_edges, dtype=bool)
    edges[destinations.edge] = True
    inside = part.row < len(part.nodes)
    edge = origins.edge
    about: npt.NDArray[np.bool_] = inside[network.edge_start[edge]] | inside[network.edge_end[edge]] | edges[edge]
    return about


def _between(network: RoadNetwork, origins: Positions, destinations: Positions, to_node: Floats, row: Int32s) -> Floats:
    """Return the minutes from all origins (columns) to some destinations (rows), both off-road legs included.

    `to_node` are the minutes from the nodes of a part of the graph, and `row` gives the place of each junction in it.
    """
    to_node = np.column_stack([to_node, np.full(len(to_node), np.inf)])  # the last one stands for all nodes outside
    edge = origins.edge
    over_start = to_node[:, row[network.edge_start[edge]]] + _to_start(network, origins)
    over_end = to_node[:, row[network.edge_end[edge]]] + _to_end(network, origins)
    best: Floats = np.minimum(over_start, over_end, out=over_start)
    for origin, destination, along in _same_edge(network, origins, destinations):
        np.minimum.at(best, (destination, origin), along)
    best += origins.leg_min
    return best
