"""Travel times between places on the road network, by Dijkstra sweeps from the destinations on the reversed graph.

Every time runs from an origin to a destination, both off-road legs included, one-way streets obeyed. A sweep costs per
destination, or once for all destinations together where only the nearest matters; the number of origins hardly counts.
It runs on the contracted network: `geo.contraction`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from geo.core_search import Entries, Nearest, ascend, find_each, find_nearest, reaches
from geo.graph import Int32s, near_each_other
from geo.network import RoadNetwork
from geo.roads import Floats, Ints
from geo.runs import begins
from geo.snap import OFF_ROAD_DETOUR, Positions

_SWEEP_BYTES = 100_000_000
_SWEPT_TOGETHER = 24
_SAMPLES_AT_ONCE = 500_000
_PAIRS_AT_ONCE = 4_000_000


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
    return sweep_to_nearest(network, destinations).from_origins(Starts.of(network, origins))


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
    return sweep_to_nearest(network, destinations).metres_from(Starts.of(network, origins))


@dataclass(frozen=True, eq=False)
class Starts:
    """Connected origins with the ways to both ends of their edges: worked out once for any number of sweeps.

    Parameters
    ----------
    count
        Number of all origins.
    rows, places
        Those that are connected: their rows among all, and their positions.
    start, end
        The junctions at the ends of their edges.
    to_start, to_end
        Minutes to these along the edge.
    """

    count: int
    rows: Ints
    places: Positions
    start: Int32s
    end: Int32s
    to_start: Floats
    to_end: Floats

    @classmethod
    def of(cls, network: RoadNetwork, origins: Positions) -> "Starts":
        """Return the starts of some origins."""
        rows = np.flatnonzero(origins.connected)
        places = origins if len(rows) == len(origins) else origins.take(rows)
        ends = network.edge_start[places.edge], network.edge_end[places.edge]
        return cls(len(origins), rows, places, *ends, _to_start(network, places), _to_end(network, places))

    def over_ends(self, to_node: Floats) -> tuple[Floats, Floats]:
        """Return the minutes over the start and over the end of their edges, given those from all junctions."""
        return to_node[self.start] + self.to_start, to_node[self.end] + self.to_end


@dataclass(frozen=True, eq=False)
class NearestSweep:
    """The nearest of some destinations from every junction: one sweep answers for any number of origins.

    Parameters
    ----------
    network
        The network.
    targets, rows
        The destinations that are connected, and their rows among all.
    found
        The nearest of `targets` from each junction; None when there are none.
    """

    network: RoadNetwork
    targets: Positions
    rows: Ints
    found: Nearest | None

    @property
    def to_node(self) -> Floats:
        """Minutes from each junction."""
        return self.found.minutes if self.found else np.full(self.network.n_nodes, np.inf)

    def from_origins(self, starts: Starts) -> tuple[Floats, Ints]:
        """Return minutes and row of the nearest destination of each origin; see `minutes_to_nearest`."""
        minutes = np.full(starts.count, np.inf)
        nearest = np.full(starts.count, -1, dtype=np.int64)
        if self.found is None:
            return minutes, nearest
        over_start, over_end = starts.over_ends(self.found.minutes)
        best = np.minimum(over_start, over_end)
        end = np.where(over_start <= over_end, starts.start, starts.end)
        which = np.where(np.isfinite(best), self.found.destination[end], -1)
        for origin, destination, along in _closer_on_edge(self.network, starts.places, self.targets, best):
            best[origin], which[origin] = along, destination
        minutes[starts.rows] = best + starts.places.leg_min
        nearest[starts.rows] = np.where(which >= 0, self.rows[which], -1)
        return minutes, nearest

    def metres_from(self, starts: Starts) -> Floats:
        """Return the length of the way from each origin to its nearest destination; see `metres_to_nearest`."""
        metres = np.full(starts.count, np.inf)
        if not len(starts.rows) or self.found is None:
            return metres
        places, targets = starts.places, self.targets
        length_m = self.network.length_m[places.edge]
        over_start, over_end = starts.over_ends(self.to_node)
        best = np.minimum(over_start, over_end)
        by_start = self.node_m[starts.start] + places.fraction * length_m
        by_end = self.node_m[starts.end] + (1 - places.fraction) * length_m
        own = np.where(np.isfinite(best), np.where(over_start <= over_end, by_start, by_end), np.inf)
        for at, to, _ in _closer_on_edge(self.network, places, targets, best):
            apart_m = np.abs(targets.fraction[to] - places.fraction[at]) * length_m[at]
            own[at] = apart_m + targets.off_road_m[to] * OFF_ROAD_DETOUR
        metres[starts.rows] = own + places.off_road_m * OFF_ROAD_DETOUR
        return metres

    @cached_property
    def node_m(self) -> Floats:
        """Metres along the quickest way from each junction."""
        return self.found.metres() if self.found else np.full(self.network.n_nodes, np.inf)


def sweep_to_nearest(network: RoadNetwork, destinations: Positions) -> NearestSweep:
    """Return the sweep that `minutes_to_nearest` makes, for several sets of origins."""
    rows = np.flatnonzero(destinations.connected)
    targets = destinations.take(rows)
    found = find_nearest(network.contraction, _ways_in(network, targets), len(rows)) if len(rows) else None
    return NearestSweep(network, targets, rows, found)


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
        for target, times in zip(targets.tolist(), np.ascontiguousarray(minutes.T), strict=True):
            reached = np.flatnonzero(times <= cutoff_min)
            found[target] = rows[reached], times[reached]
    parts = [found[target] for target in sorted(found)]
    none = (np.zeros(0, dtype=np.int64), np.zeros(0))
    origin, apart = (np.concatenate(column) for column in zip(none, *parts, strict=True))
    return origin, np.repeat(np.array(sorted(found), dtype=np.int64), [len(rows) for rows, _ in parts]), apart


def sample_minutes(network: RoadNetwork, destinations: Positions) -> Floats:
    """Return the minutes to the nearest destination from each of the network's samples, points at most 200 m apart."""
    samples, sweep = network.samples, sweep_to_nearest(network, destinations)
    nowhere = np.zeros(len(samples.edge))
    places = Positions(samples.edge, samples.fraction, nowhere, nowhere)
    blocks = (slice(begin, begin + _SAMPLES_AT_ONCE) for begin in range(0, len(places), _SAMPLES_AT_ONCE))
    return np.concatenate([sweep.from_origins(Starts.of(network, places.take(block)))[0] for block in blocks])


def _ways_in(network: RoadNetwork, destinations: Positions) -> Entries:
    """Return the ways from the ends of each destination's edge, and from the junctions above them."""
    edge, fraction = destinations.edge, destinations.fraction
    from_start = _share(fraction, network.forward_min[edge])
    from_end = _share(1 - fraction, network.backward_min[edge])
    leg_m = destinations.off_road_m * OFF_ROAD_DETOUR
    entries = Entries(
        np.tile(np.arange(len(edge)), 2),
        np.append(network.edge_start[edge], network.edge_end[edge]).astype(np.int64),
        np.append(from_start, from_end) + np.tile(destinations.leg_min, 2),
        np.append(fraction, 1 - fraction) * np.tile(network.length_m[edge], 2) + np.tile(leg_m, 2),
    )
    return ascend(network.contraction, entries.take(np.isfinite(entries.minutes)))


def _share(share: Floats, minutes: Floats) -> Floats:
    """Return a share of the minutes along an edge; no share takes no time, even in a closed direction."""
    return np.where(share > 0, share, 1.0) * np.where(share > 0, minutes, 0.0)


def _to_start(network: RoadNetwork, places: Positions) -> Floats:
    """Return the minutes from places back to the start of their edge."""
    return _share(places.fraction, network.backward_min[places.edge])


def _to_end(network: RoadNetwork, places: Positions) -> Floats:
    """Return the minutes from places on to the end of their edge."""
    return _share(1 - places.fraction, network.forward_min[places.edge])


def _closer_on_edge(
    network: RoadNetwork, origins: Positions, destinations: Positions, best: Floats
) -> Iterator[tuple[Ints, Ints, Floats]]:
    """Yield origins that a destination on their own edge is nearest to, sooner than in `best` minutes: each once."""
    for origin, destination, along in _same_edge(network, origins, destinations):
        order = np.lexsort((destination, along, origin))
        first = order[begins(origin[order])]
        closer = first[along[first] < best[origin[first]]]
        yield origin[closer], destination[closer], along[closer]


def _same_edge(
    network: RoadNetwork, origins: Positions, destinations: Positions
) -> Iterator[tuple[Ints, Ints, Floats]]:
    """Yield the pairs on one edge that can be driven along it, with the minutes (the destination's leg included)."""
    is_shared = np.zeros(network.n_edges, dtype=bool)
    is_shared[destinations.edge] = True
    rows = np.flatnonzero(is_shared[origins.edge])  # few: the others need not be looked for
    order = np.argsort(destinations.edge, kind="stable")
    sorted_edges = destinations.edge[order]
    begin = np.searchsorted(sorted_edges, origins.edge[rows], side="left")
    count = np.searchsorted(sorted_edges, origins.edge[rows], side="right") - begin
    blocks = np.cumsum(count) // _PAIRS_AT_ONCE
    for block in np.unique(blocks):
        part = blocks == block
        own = count[part]
        origin = np.repeat(rows[part], own)
        offset = np.cumsum(own) - own
        destination = order[np.repeat(begin[part] - offset, own) + np.arange(own.sum())]
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

    The minutes have one column per destination; origins that are left out reach none of them within the cutoff.
    Destinations near each other are swept together, on the part of the network that lies within the cutoff of any of
    them: most of the cost of a bounded sweep is the size of the graph, not what is reached.
    """
    there, rows = np.flatnonzero(origins.connected), np.flatnonzero(destinations.connected)
    if not len(there) or not len(rows):
        return
    node = network.edge_start[destinations.edge[rows]]
    rows = rows[near_each_other(network.node_x[node], network.node_y[node], together=_SWEPT_TOGETHER)]
    start, targets = origins.take(there), destinations.take(rows)
    ends = np.stack([network.edge_start[start.edge], network.edge_end[start.edge]])
    asked, number = network.contraction.part(network.contraction.above(ends.ravel()))
    ways, ends = _ways_in(network, targets).renumbered(number), number[ends]
    for begin in range(0, len(rows), _SWEPT_TOGETHER):
        chunk = slice(begin, min(begin + _SWEPT_TOGETHER, len(rows)))
        own, count = ways.to(chunk), chunk.stop - begin
        part, number = asked.part(np.flatnonzero(reaches(asked, own, count, limit_min=cutoff_min)))
        own, near = own.renumbered(number), number[ends]
        about = np.flatnonzero((near >= 0).any(axis=0) | np.isin(start.edge, targets.edge[chunk], kind="table"))
        if not len(about):
            continue
        step = max(1, _SWEEP_BYTES // (8 * (part.n_nodes + 4 * len(about))))
        for first in range(0, count, step):
            swept = slice(first, min(first + step, count))
            to_node = find_each(part, own.to(swept), swept.stop - first, limit_min=cutoff_min)
            members = np.arange(begin + swept.start, begin + swept.stop)
            minutes = _between(network, start.take(about), targets.take(members), to_node, near[:, about])
            yield rows[members], there[about], minutes


def _between(
    network: RoadNetwork, origins: Positions, destinations: Positions, to_node: Floats, ends: Int32s
) -> Floats:
    """Return the minutes from all origins (rows) to some destinations (columns), both off-road legs included.

    `to_node` are the minutes from the junctions of a part, and `ends` the rows there of both ends of each origin's
    edge, -1 outside.
    """
    to_node = np.vstack([to_node, np.full(to_node.shape[1], np.inf)])  # the last one stands for all junctions outside
    best, over_end = (to_node[end] for end in ends)
    best += _to_start(network, origins)[:, None]
    over_end += _to_end(network, origins)[:, None]
    np.minimum(best, over_end, out=best)
    for origin, destination, along in _same_edge(network, origins, destinations):
        np.minimum.at(best, (origin, destination), along)
    best += origins.leg_min[:, None]
    return best
