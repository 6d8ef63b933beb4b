"""Sparse graphs of roads, as the shortest-path searches want them."""

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_matrix

from geo.roads import Floats, Ints

Int32s = npt.NDArray[np.int32]

SMALLEST_MIN = 1e-12
"""Weight of an edge of no length: a stored zero would be read as "no edge"."""


def fastest_edges(row: Int32s | Ints, column: Int32s | Ints, minutes: Floats, n_nodes: int) -> csr_matrix:
    """Return a sparse graph with the fastest of each set of parallel edges; edges that take for ever are left out.

    Examples
    --------
    >>> fastest_edges(np.array([0, 0]), np.array([1, 1]), np.array([5.0, 3.0]), 2).toarray()[0]
    array([0., 3.])
    """
    is_open = np.isfinite(minutes)
    weight = np.maximum(minutes[is_open], SMALLEST_MIN)
    edges = coo_array((weight, (row[is_open].astype(np.int32), column[is_open].astype(np.int32))), (n_nodes, n_nodes))
    edges.has_canonical_format = True  # else scipy would add parallel edges up
    graph = edges.tocsr()
    graph.has_sorted_indices = False
    graph.sort_indices()
    starts = np.zeros(graph.nnz, dtype=bool)
    starts[graph.indptr[:-1][np.diff(graph.indptr) > 0]] = True
    kept = np.flatnonzero(starts | (np.diff(graph.indices, prepend=-1) != 0))
    data = np.minimum.reduceat(graph.data, kept) if len(kept) else graph.data
    indptr = np.searchsorted(kept, graph.indptr).astype(np.int32)
    return csr_matrix((data, graph.indices[kept], indptr), shape=(n_nodes, n_nodes))


def near_each_other(x: Floats, y: Floats, *, together: int = 24) -> Ints:
    """Return the rows of places in an order in which neighbours in space tend to follow each other.

    Strips from south to north, one beside the other, in which so many places `together` take about a square.

    Examples
    --------
    >>> near_each_other(np.array([0.0, 9.0, 0.0, 9.0]), np.array([0.0, 0.0, 5.0, 5.0]), together=1).tolist()
    [0, 2, 1, 3]
    """
    strips = int(np.ceil(np.sqrt(len(x) / together)))
    strip = np.argsort(np.argsort(x, kind="stable"), kind="stable") * strips // max(len(x), 1)
    return np.lexsort((y, strip))


def places_among(nodes: Ints | Int32s, n_nodes: int) -> Int32s:
    """Return for each of so many nodes its place among some of them, -1 for those that are not.

    Examples
    --------
    >>> places_among(np.array([3, 1]), 4).tolist()
    [-1, 1, -1, 0]
    """
    place = np.full(n_nodes, -1, dtype=np.int32)
    place[nodes] = np.arange(len(nodes), dtype=np.int32)
    return place
