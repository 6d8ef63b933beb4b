"""Searches on a contracted network: from the destinations up to its core, through the core, down to all junctions."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from geo.contraction import MOST_NEIGHBOURS, Contraction, Descent
from geo.graph import SMALLEST_MIN, Int32s
from geo.roads import Floats, Ints
from geo.runs import Bools, begins


@dataclass(frozen=True, eq=False)
class Entries:
    """Ways from junctions to destinations.

    Parameters
    ----------
    destination, node
        Numbers of both; destinations count from 0.
    minutes, metres
        What each way takes.
    """

    destination: Ints
    node: Ints
    minutes: Floats
    metres: Floats

    @classmethod
    def joined(cls, parts: Sequence["Entries"]) -> "Entries":
        """Return all of several."""
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))

    def take(self, rows: Ints | Bools | slice) -> "Entries":
        """Return some of them."""
        return Entries(*(getattr(self, field.name)[rows] for field in fields(self)))

    def to(self, destinations: slice) -> "Entries":
        """Return those to some destinations, numbered afresh from 0. Needs them in the order of destinations."""
        begin, end = np.searchsorted(self.destination, [destinations.start, destinations.stop])
        own = self.take(slice(begin, end))
        return replace(own, destination=own.destination - destinations.start)

    def renumbered(self, number: Int32s) -> "Entries":
        """Return those from junctions that have a new number, which is not -1."""
        kept = self.take(number[self.node] >= 0)
        return replace(kept, node=number[kept.node].astype(np.int64))

    def fastest(self) -> "Entries":
        """Return the fastest from each junction to each destination, by destination."""
        order = np.lexsort((self.metres, self.minutes, self.node, self.destination))
        return self.take(order[begins(self.node[order], self.destination[order])])

    def nearest(self) -> "Entries":
        """Return the fastest from each junction to whatever destination, by destination."""
        order = np.lexsort((self.metres, self.destination, self.minutes, self.node))
        first = order[begins(self.node[order])]
        return self.take(first[np.argsort(self.destination[first], kind="stable")])


@dataclass(frozen=True, eq=False)
class Nearest:
    """The nearest destination of each junction.

    Parameters
    ----------
    contraction, entries
        The network, and the ways that were begun with: one at most from each junction.
    minutes
        Infinity where none can be reached.
    destination
        Its number, or -1.
    following
        The next junction on the way there: -1 where an entry leads there, and where nothing does.
    """

    contraction: Contraction
    entries: Entries
    minutes: Floats
    destination: Ints
    following: Int32s

    def metres(self) -> Floats:
        """Return the length of the way from each junction; infinity where none can be reached."""
        contraction, following = self.contraction, self.following
        metres = np.full(contraction.n_nodes + 1, np.inf)
        metres[self.entries.node] = self.entries.metres
        inner = np.flatnonzero(following[: contraction.n_core] >= 0)
        edges = contraction.core_end.astype(np.int64) * contraction.n_core + contraction.core_start
        edge = np.searchsorted(edges, following[inner].astype(np.int64) * contraction.n_core + inner)
        metres[inner] = contraction.core_m[edge]
        outer = np.flatnonzero(following[contraction.n_core :] >= 0)
        over = (contraction.via[:, outer] == following[contraction.n_core + outer]).argmax(axis=0)
        metres[contraction.n_core + outer] = contraction.to_m[over, outer]
        # Twice as many steps in each round, until all ways have come to their end, behind the last junction.
        metres[-1], end = 0.0, contraction.n_nodes
        following = np.append(np.where(following >= 0, following, end), end)
        while (following != end).any():
            metres += metres[following]
            following = following[following]
        return metres[:-1]


def ascend(contraction: Contraction, entries: Entries) -> Entries:
    """Return these ways and those that begin farther up, as far as the core: the fastest of each."""
    done, todo = [], entries
    for nodes, _ in reversed(list(contraction.blocks())):
        is_now = todo.node >= nodes.start
        now = todo.take(is_now).fastest()
        row = now.node - contraction.n_core
        up = Entries(
            np.tile(now.destination, MOST_NEIGHBOURS),
            contraction.via[:, row].astype(np.int64).ravel(),
            (now.minutes + contraction.from_min[:, row]).ravel(),
            (now.metres + contraction.from_m[:, row]).ravel(),
        )
        done.append(now)
        todo = Entries.joined([todo.take(~is_now), up.take(np.isfinite(up.minutes))])
    return Entries.joined([*done, todo]).fastest()


def find_nearest(contraction: Contraction, entries: Entries, n_destinations: int) -> Nearest:
    """Return the nearest destination of each junction.

    Parameters
    ----------
    contraction
        The network.
    entries
        From `ascend`.
    n_destinations
        How many there are, at least one.
    """
    entries, n_core = entries.nearest(), contraction.n_core
    minutes, destination = np.full(contraction.n_nodes, np.inf), np.full(contraction.n_nodes, -1)
    minutes[entries.node], destination[entries.node] = entries.minutes, entries.destination
    following = np.full(contraction.n_nodes, -1, dtype=np.int32)
    graph, roots = _rooted(contraction, entries, n_destinations)
    found, before, root = dijkstra(graph, indices=roots, min_only=True, return_predecessors=True)
    minutes[:n_core] = found[:n_core]
    destination[:n_core] = np.maximum(root[:n_core] - n_core, -1)
    following[:n_core] = np.where(before[:n_core] < n_core, np.maximum(before[:n_core], -1), -1)
    for nodes, rows in contraction.blocks():
        own, to = minutes[nodes], following[nodes]
        for via, over in zip(contraction.via[:, rows], contraction.to_min[:, rows], strict=True):
            by_it = over + minutes[via]
            is_faster = by_it < own
            np.copyto(own, by_it, where=is_faster)
            np.copyto(to, via, where=is_faster)
        destination[nodes] = np.where(to >= 0, destination[to], destination[nodes])
    return Nearest(contraction, entries, minutes, destination, following)


def reaches(descent: Descent, entries: Entries, n_destinations: int, *, limit_min: float) -> Bools:
    """Say which junctions reach any destination in so many minutes; a few that take a little longer are among them."""
    reached = np.zeros(descent.n_nodes, dtype=bool)
    n_core = descent.n_core
    graph, roots = _rooted(descent, entries, n_destinations)
    reached[:n_core] = np.isfinite(dijkstra(graph, indices=roots, min_only=True, limit=limit_min)[:n_core])
    reached[entries.node] = True
    for nodes, rows in descent.blocks():
        reached[nodes] |= reached[descent.via[:, rows]].any(axis=0)
    return reached


def find_each(descent: Descent, entries: Entries, n_destinations: int, *, limit_min: float) -> Floats:
    """Return the minutes from each junction (rows) to each destination (columns).

    Infinity where it is not reached, or only by a way that takes more than `limit_min` minutes to the core.
    """
    n_core = descent.n_core
    minutes = np.full((descent.n_nodes, n_destinations), np.inf)
    minutes[entries.node, entries.destination] = entries.minutes
    graph, roots = _rooted(descent, entries, n_destinations)
    minutes[:n_core] = dijkstra(graph, indices=roots, limit=limit_min)[:, :n_core].T
    for nodes, rows in descent.blocks():
        own = minutes[nodes]
        for via, over in zip(descent.via[:, rows], descent.to_min[:, rows], strict=True):
            by_it = minutes[via]
            by_it += over[:, None]
            np.minimum(own, by_it, out=own)
    return minutes


def _rooted(descent: Descent, entries: Entries, n_destinations: int) -> tuple[csr_matrix, Ints]:
    """Return the core with one more node per destination, tied to its entries there; and the rows of these nodes.

    Nothing leads into them, so no way runs through them.
    """
    inner = entries.take(entries.node < descent.n_core)
    size = descent.n_core + n_destinations
    count = np.bincount(inner.destination, minlength=n_destinations)
    graph = csr_matrix(
        (
            np.concatenate([descent.core_min, np.maximum(inner.minutes, SMALLEST_MIN)]),
            np.concatenate([descent.core_start, inner.node.astype(np.int32)]),
            np.concatenate([descent.core_offset, descent.core_offset[-1] + np.cumsum(count)]).astype(np.int32),
        ),
        shape=(size, size),
    )
    return graph, np.arange(descent.n_core, size)
