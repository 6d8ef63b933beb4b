"""Contraction: junctions of few neighbours are folded away, so that searches run on the few that are left.

A junction with at most three neighbours is taken out, and these are joined by shortcuts over it: the minutes between
all others stay what they were. Round after round this leaves a core, about a fifth of a state's junctions. The minutes
of a junction that was folded away follow from those of its neighbours: sums of arrays in place of a search.

This is the first part of contraction hierarchies (Geisberger et al. 2008, doi:10.1007/978-3-540-68552-4_24), with
sweeps as in PHAST (Delling et al. 2013, doi:10.1016/j.jpdc.2012.02.007). It depends on the roads alone, never on who
travels, and is kept with them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from geo.graph import SMALLEST_MIN, Int32s, places_among
from geo.roads import Floats, Ints
from geo.runs import begins

MOST_NEIGHBOURS = 3
"""A junction with more would leave more shortcuts behind than it had roads."""

_WORTH_A_ROUND = 0.01
_SCRAMBLER = 2_654_435_761
"""A prime near 2**32 divided by the golden ratio: the remainders of its multiples jump about evenly."""


@dataclass(frozen=True, eq=False)
class Descent:
    """The way from a core of junctions to those folded away, each of which has its neighbours before it in number.

    The core comes first, then what was folded away in the last round, and so on to the first round.

    Parameters
    ----------
    core_offset, core_start, core_min
        The roads and shortcuts between the first junctions, as rows of a sparse graph turned round: where the edges to
        each junction begin, the junction at which each edge starts (ascending among those to one junction), and its
        minutes, at least `SMALLEST_MIN`.
    rounds
        Number of the first junction of each round, ascending, and the number of all at the end.
    via
        Neighbours of each junction behind the core when it was folded away: `MOST_NEIGHBOURS` rows, one column per
        junction; its own number where it had fewer.
    to_min
        Minutes from it to each of them, infinity where there is no way; the same shape.
    """

    core_offset: Int32s
    core_start: Int32s
    core_min: Floats
    rounds: Ints
    via: Int32s
    to_min: Floats

    @property
    def n_core(self) -> int:
        """Number of junctions in the core."""
        return int(self.rounds[0])

    @property
    def n_nodes(self) -> int:
        """Number of junctions."""
        return int(self.rounds[-1])

    def blocks(self) -> Iterator[tuple[slice, slice]]:
        """Yield the junctions of each round, those nearest to the core first, and their columns in `via`."""
        for begin, end in pairwise(self.rounds.tolist()):
            yield slice(begin, end), slice(begin - self.n_core, end - self.n_core)

    def above(self, nodes: Ints | Int32s) -> Ints:
        """Return some junctions with all that minutes from them depend on: the core, and those on the way from it."""
        wanted = np.zeros(self.n_nodes, dtype=bool)
        wanted[nodes] = True
        for block, columns in reversed(list(self.blocks())):
            wanted[self.via[:, columns][:, wanted[block]]] = True
        wanted[: self.n_core] = True
        return np.flatnonzero(wanted)

    def part(self, nodes: Ints) -> tuple["Descent", Int32s]:
        """Return the part with some junctions, ascending, numbered afresh, and the new number of each or -1."""
        number = places_among(nodes, self.n_nodes)
        rounds = np.searchsorted(nodes, self.rounds)
        inner, outer = nodes[: rounds[0]], nodes[rounds[0] :] - self.n_core
        core = csr_matrix((self.core_min, self.core_start, self.core_offset), shape=(self.n_core, self.n_core))
        core = core[inner][:, inner]
        via, to_min = number[self.via[:, outer]], self.to_min[:, outer]
        to_min[via < 0] = np.inf
        via = np.where(via < 0, np.arange(rounds[0], rounds[-1], dtype=np.int32), via)
        return Descent(core.indptr, core.indices, core.data, rounds, via, to_min), number


@dataclass(frozen=True, eq=False)
class Contraction(Descent):
    """A road network whose junctions can be descended to, and the way back up.

    Parameters
    ----------
    core_m
        Metres of the edges of the core.
    from_min
        Minutes from the neighbours in `via`; the same shape.
    to_m, from_m
        Metres of the ways of `to_min` and `from_min`.
    """

    core_m: Floats
    from_min: Floats
    to_m: Floats
    from_m: Floats

    @property
    def core_end(self) -> Int32s:
        """The junction at which each edge of the core ends."""
        return np.repeat(np.arange(self.n_core, dtype=np.int32), np.diff(self.core_offset))

    def turned(self) -> "Contraction":
        """Return the contraction of the same roads, all driven the other way."""
        core = _core(self.core_start, self.core_end, self.core_min, self.core_m, self.n_core)
        return replace(self, **core, to_min=self.from_min, from_min=self.to_min, to_m=self.from_m, from_m=self.to_m)

    def slowed(self, factor: float) -> "Contraction":
        """Return the contraction with all minutes times `factor`."""
        minutes = {name: getattr(self, name) * factor for name in ("core_min", "to_min", "from_min")}
        return replace(self, **minutes)


def contract(
    start: Int32s, end: Int32s, forward_min: Floats, backward_min: Floats, length_m: Floats, n_nodes: int
) -> tuple[Ints, Contraction]:
    """Fold junctions away until few of the rest have few neighbours.

    Parameters
    ----------
    start, end
        Numbers of the junctions at both ends of each road; equal for a loop.
    forward_min, backward_min
        Minutes from start to end and back; infinity in a direction that is closed.
    length_m
        Length of each road.
    n_nodes
        Number of junctions.

    Returns
    -------
    order : numpy.ndarray
        The junctions in the order in which the contraction numbers them.
    contraction : Contraction
        The contraction.

    Examples
    --------
    Of a street of three junctions the one in the middle is left, 1 and 2 minutes from its ends.

    >>> start, end, minutes = np.array([0, 1]), np.array([1, 2]), np.array([1.0, 2.0])
    >>> order, contraction = contract(start, end, minutes, minutes, 100 * minutes, 3)
    >>> order.tolist(), contraction.n_core, contraction.to_min[0].tolist()
    ([1, 0, 2], 1, [1.0, 2.0])
    """
    roads = _pairs(start, end, np.column_stack([forward_min, backward_min, length_m, length_m]), n_nodes)
    left = np.ones(n_nodes, dtype=bool)
    rounds = [_Round.of_none()]
    while len(folded := _next_round(roads, n_nodes)) > _WORTH_A_ROUND * left.sum():
        left[folded] = False
        done, roads = _fold(roads, folded, n_nodes)
        rounds.insert(0, done)
    order = np.concatenate([np.flatnonzero(left), *(done.node for done in rounds)])
    number = places_among(order, n_nodes)
    near, far, n_core = number[roads.near], number[roads.far], int(left.sum())
    ends = np.append(far, near), np.append(near, far)
    to_min, from_min, to_m, from_m = (
        np.concatenate([done.ways[:, :, column].T for done in rounds], axis=1) for column in range(4)
    )
    return order, Contraction(
        **_core(*ends, roads.ways[:, :2].T.ravel(), roads.ways[:, 2:].T.ravel(), n_core),
        rounds=np.cumsum([n_core, *(len(done.node) for done in rounds[:-1])]),
        via=number[np.concatenate([done.via.T for done in rounds], axis=1)],
        to_min=to_min,
        from_min=from_min,
        to_m=to_m,
        from_m=from_m,
    )


_TURNED = [1, 0, 3, 2]
"""The columns of ways, there and back, in minutes and in metres: the other way round."""


@dataclass(frozen=True, eq=False)
class _Roads:
    """What joins pairs of junctions, each pair once, `near` with the smaller number, sorted by both.

    `ways` has four columns: minutes from `near` to `far` and back, and the metres of both.
    """

    near: Int32s
    far: Int32s
    ways: Floats


@dataclass(frozen=True, eq=False)
class _Round:
    """Junctions that are folded away together, none a neighbour of another.

    `via` are their neighbours, `MOST_NEIGHBOURS` columns; `ways` has for each of these the minutes to it and back, and
    the metres of both.
    """

    node: Int32s
    via: Int32s
    ways: Floats

    @classmethod
    def of_none(cls) -> "_Round":
        none = np.zeros((0, MOST_NEIGHBOURS), dtype=np.int32)
        return cls(none[:, 0], none, np.zeros((0, MOST_NEIGHBOURS, 4)))


def _pairs(start: Int32s, end: Int32s, ways: Floats, n_nodes: int) -> _Roads:
    """Return the fastest way of each pair of junctions and direction; loops and closed roads are left out."""
    used = np.flatnonzero((start != end) & np.isfinite(ways[:, :2]).any(axis=1))
    start, end, ways = start[used], end[used], ways[used]
    turned = np.flatnonzero(start > end)
    ways[turned] = ways[turned][:, _TURNED]
    pair = np.minimum(start, end).astype(np.int64) * n_nodes + np.maximum(start, end)
    order = np.argsort(pair, kind="stable")
    pair = pair[order]
    first = np.flatnonzero(begins(pair))
    count = np.diff(np.append(first, len(pair)))
    fastest = ways[order[first]]
    for step in range(1, count.max(initial=0)):
        several = np.flatnonzero(count > step)
        other = ways[order[first[several] + step]]
        for direction in (0, 1):
            is_faster = other[:, direction] < fastest[several, direction]
            fastest[several[is_faster], direction::2] = other[is_faster, direction::2]
    near, far = np.divmod(pair[first], n_nodes)
    return _Roads(near.astype(np.int32), far.astype(np.int32), fastest)


def _next_round(roads: _Roads, n_nodes: int) -> Int32s:
    """Return junctions of few neighbours of which none is a neighbour of another, those of the fewest preferred."""
    neighbours = np.bincount(roads.near, minlength=n_nodes) + np.bincount(roads.far, minlength=n_nodes)
    is_few = (neighbours > 0) & (neighbours <= MOST_NEIGHBOURS)
    # Among equals by numbers that jump about: in the order of space every second junction at most would go first.
    turn = neighbours * 2**32 + np.arange(n_nodes, dtype=np.int64) * _SCRAMBLER % 2**32
    both = np.flatnonzero(is_few[roads.near] & is_few[roads.far])
    near, far = roads.near[both], roads.far[both]
    is_few[np.where(turn[near] > turn[far], near, far)] = False
    return np.flatnonzero(is_few).astype(np.int32)


def _fold(roads: _Roads, folded: Int32s, n_nodes: int) -> tuple[_Round, _Roads]:
    """Return junctions with their neighbours, and the roads without them: shortcuts join their neighbours."""
    row = places_among(folded, n_nodes)
    from_near, from_far = row[roads.near], row[roads.far]
    at = np.flatnonzero((from_near >= 0) | (from_far >= 0))
    rest = np.flatnonzero((from_near < 0) & (from_far < 0))
    turned = from_far[at] >= 0
    of = np.where(turned, from_far[at], from_near[at])
    order = np.argsort(of, kind="stable")
    at, turned, of = at[order], turned[order], of[order]
    column = np.arange(len(of)) - np.searchsorted(of, of)
    own = roads.ways[at]
    own[turned] = own[turned][:, _TURNED]
    via = np.repeat(folded[:, None], MOST_NEIGHBOURS, axis=1)
    via[of, column] = np.where(turned, roads.near[at], roads.far[at])
    ways = np.full((len(folded), MOST_NEIGHBOURS, 4), np.inf)
    ways[of, column] = own
    pairs = list(combinations(range(MOST_NEIGHBOURS), 2))
    return _Round(folded, via, ways), _pairs(
        np.concatenate([roads.near[rest], *(via[:, a] for a, _ in pairs)]),
        np.concatenate([roads.far[rest], *(via[:, b] for _, b in pairs)]),
        np.concatenate([roads.ways[rest], *(ways[:, a][:, _TURNED] + ways[:, b] for a, b in pairs)]),
        n_nodes,
    )


def _core(end: Int32s, start: Int32s, minutes: Floats, metres: Floats, n_core: int) -> dict[str, npt.NDArray[Any]]:
    """Return the fields of the core's edges; those that take for ever are left out."""
    order = np.lexsort((start, end))
    order = order[np.isfinite(minutes[order])]
    return {
        "core_offset": np.append(0, np.cumsum(np.bincount(end[order], minlength=n_core))).astype(np.int32),
        "core_start": start[order].astype(np.int32),
        "core_min": np.maximum(minutes[order], SMALLEST_MIN),
        "core_m": metres[order],
    }
