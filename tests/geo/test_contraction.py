"""A network with most of its junctions folded away gives the minutes and metres that it gave before."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import dijkstra

from geo.contraction import MOST_NEIGHBOURS, contract
from geo.core_search import Entries, ascend, find_each, find_nearest, reaches
from geo.graph import fastest_edges


def folded(roads, n_nodes):
    """Return the order and the contraction of roads (start, end, minutes there, minutes back); a minute is 1000 m."""
    start, end, there, back = np.array(roads, dtype=float).reshape(-1, 4).T
    drives = np.where(np.isfinite(np.minimum(there, back)), np.minimum(there, back), 0.0)
    return contract(start.astype(np.int32), end.astype(np.int32), there, back, drives * 1000, n_nodes)


def minutes_between(roads, n_nodes):
    """Return the minutes from every junction (rows) to every other (columns), by scipy on the roads as they are."""
    start, end, there, back = np.array(roads, dtype=float).reshape(-1, 4).T
    tail, head = np.append(start, end).astype(int), np.append(end, start).astype(int)
    return dijkstra(fastest_edges(tail, head, np.append(there, back), n_nodes))


def ways_to(contraction, order, nodes):
    """Return the ways to some junctions, which count as destinations from 0."""
    nodes = np.array(nodes, dtype=np.int64)
    nothing = np.zeros(len(nodes))
    return ascend(contraction, Entries(np.arange(len(nodes)), np.argsort(order)[nodes], nothing, nothing))


@st.composite
def some_roads(draw, time):
    n_nodes = draw(st.integers(1, 12))
    node = st.integers(0, n_nodes - 1)
    return draw(st.lists(st.tuples(node, node, time, time), min_size=1, max_size=24)), n_nodes


times = st.sampled_from([0.0, 1.0, 1.0, 2.0, 2.5, 7.0, np.inf]) | st.floats(0, 20)


@given(some_roads(times), st.data())
@settings(max_examples=200, deadline=None)
def test_minutes_are_those_of_the_whole_network(case, data):
    roads, n_nodes = case
    order, contraction = folded(roads, n_nodes)
    assert sorted(order.tolist()) == list(range(n_nodes))
    node = st.integers(0, n_nodes - 1)
    targets = data.draw(st.lists(node, min_size=1, max_size=4))
    limit = data.draw(st.sampled_from([0.5137, 3.2571, np.inf]))
    minutes = minutes_between(roads, n_nodes)
    for of, table in (
        (contraction, minutes),
        (contraction.turned(), minutes.T),
        (contraction.slowed(1.5), minutes * 1.5),
    ):
        expected = table[order][:, targets]
        ways = ways_to(of, order, targets)
        nearest = find_nearest(of, ways, len(targets))
        assert nearest.minutes == pytest.approx(expected.min(axis=1), abs=1e-9)
        known = np.flatnonzero(nearest.destination >= 0)
        assert np.array_equal(nearest.destination >= 0, np.isfinite(nearest.minutes))
        assert expected[known, nearest.destination[known]] == pytest.approx(nearest.minutes[known], abs=1e-9)
        each = find_each(of, ways, len(targets), limit_min=limit)
        assert np.where(each <= limit, each, np.inf) == pytest.approx(
            np.where(expected <= limit, expected, np.inf), abs=1e-9
        )
        assert reaches(of, ways, len(targets), limit_min=limit)[nearest.minutes <= min(limit, 1e9)].all()


@given(some_roads(st.floats(0.1, 20)))
@settings(max_examples=100, deadline=None)
def test_metres_are_those_of_the_quickest_way(case):
    roads, n_nodes = case
    roads = [(start, end, minutes, minutes) for start, end, minutes, _ in roads]  # so that metres follow from minutes
    order, contraction = folded(roads, n_nodes)
    for of in (contraction, contraction.turned()):
        nearest = find_nearest(of, ways_to(of, order, [0]), 1)
        assert nearest.metres() == pytest.approx(nearest.minutes * 1000, abs=1e-5)


@given(some_roads(times), st.data())
@settings(max_examples=100, deadline=None)
def test_a_part_with_all_above_some_junctions_gives_their_minutes(case, data):
    roads, n_nodes = case
    order, contraction = folded(roads, n_nodes)
    node = st.integers(0, n_nodes - 1)
    asked = np.array(data.draw(st.lists(node, min_size=1, max_size=4)))
    targets = data.draw(st.lists(node, min_size=1, max_size=4))
    kept = contraction.above(asked)
    part, number = contraction.part(kept)
    assert part.n_nodes == len(kept)
    assert np.array_equal(np.flatnonzero(number >= 0), kept)
    ways = ways_to(contraction, order, targets).renumbered(number)
    each = find_each(part, ways, len(targets), limit_min=np.inf)
    expected = minutes_between(roads, n_nodes)[order[asked]][:, targets]
    assert each[number[asked]] == pytest.approx(expected, abs=1e-9)


def test_a_street_with_side_streets_folds_away_to_one_junction():
    street = [(n, n + 1, 1.0, 1.0) for n in range(40)]
    ends = [(n, 41 + n, 2.0, 2.0) for n in range(41)]
    order, contraction = folded(street + ends, 82)
    assert contraction.n_core == 1
    assert (contraction.via < np.arange(1, 82)[None] + 1).all()
    nearest = find_nearest(contraction, ways_to(contraction, order, [41]), 1)
    assert nearest.minutes[np.argsort(order)[[0, 40, 81]]].tolist() == [2, 42, 44]


def test_junctions_of_many_neighbours_stay():
    star = [(a, b, 1.0, 1.0) for a in range(6) for b in range(a)]
    _, contraction = folded(star, 6)
    assert contraction.n_core == 6 > MOST_NEIGHBOURS
    assert contraction.via.shape == (MOST_NEIGHBOURS, 0)


def test_of_a_one_way_ring_only_the_way_round_is_known():
    order, contraction = folded([(0, 1, 1.0, np.inf), (1, 2, 1.0, np.inf), (2, 0, 5.0, np.inf)], 3)
    nearest = find_nearest(contraction, ways_to(contraction, order, [0]), 1)
    assert nearest.minutes[np.argsort(order)].tolist() == pytest.approx([0, 6, 5], abs=1e-9)
    assert nearest.metres()[np.argsort(order)].tolist() == pytest.approx([0, 6000, 5000])
