"""Travel times: hand-made networks with known answers, and equality with networkx."""

import itertools

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS, Transformer

from geo.contraction import contract
from geo.edges import Samples
from geo.network import RoadNetwork, build_network
from geo.osm import read_osm
from geo.snap import OFF_ROAD_DETOUR, Positions, snap_xy
from geo.sweeps import metres_to_nearest, minutes_to_nearest, pairs_within, sample_minutes
from layers.sharing import kth_nearest

ROAD = {"highway": "primary", "maxspeed": "60"}
ONE_WAY = {**ROAD, "oneway": "yes"}
SQUARE = {1: (-90.0, 32.0), 2: (-90.0, 32.1), 3: (-89.9, 32.1), 4: (-89.9, 32.0)}
NORTH, EAST = 11.0887, 9.44  # minutes along 0.1° at 60 km/h


@pytest.fixture
def network_of(write_osm, mississippi_tm):
    """Return a function that builds the network of a hand-made file."""

    def build(nodes, ways):
        return build_network(read_osm([write_osm(nodes, ways)]).roads, crs=mississippi_tm)

    return build


def at(network, *lon_lat):
    """Attach positions in degrees."""
    lon, lat = np.array(lon_lat, dtype=float).T
    x, y = Transformer.from_crs(4326, network.crs, always_xy=True).transform(lon, lat)
    return snap_xy(network, np.asarray(x), np.asarray(y))


def minutes(network, origin, destination):
    return minutes_to_nearest(network, at(network, origin), at(network, destination))[0][0]


def test_a_one_way_loop_is_driven_the_right_way_round(network_of):
    network = network_of(SQUARE, [(1, [1, 2, 3, 4, 1], ONE_WAY)])
    assert minutes(network, SQUARE[1], SQUARE[2]) == pytest.approx(NORTH, abs=0.05)
    assert minutes(network, SQUARE[2], SQUARE[1]) == pytest.approx(NORTH + 2 * EAST, abs=0.1)
    sections = network_of(
        SQUARE, [(1, [1, 2], ONE_WAY), (2, [2, 3], ONE_WAY), (3, [3, 4], ONE_WAY), (4, [4, 1], ONE_WAY)]
    )
    assert minutes(sections, SQUARE[1], SQUARE[2]) == pytest.approx(NORTH, abs=0.05)
    assert minutes(sections, SQUARE[2], SQUARE[1]) == pytest.approx(NORTH + 2 * EAST, abs=0.1)


def test_a_reversed_one_way_is_driven_against_its_drawing(network_of):
    network = network_of(SQUARE, [(1, [1, 2, 3, 4, 1], {**ROAD, "oneway": "-1"})])
    assert minutes(network, SQUARE[2], SQUARE[1]) == pytest.approx(NORTH, abs=0.05)
    assert minutes(network, SQUARE[1], SQUARE[2]) == pytest.approx(NORTH + 2 * EAST, abs=0.1)


def test_a_roundabout_is_one_way(network_of):
    ring = {**ROAD, "junction": "roundabout"}
    arms = {5: (-90.1, 32.0), 6: (-90.1, 32.1)}
    network = network_of({**SQUARE, **arms}, [(1, [1, 2, 3, 4, 1], ring), (2, [5, 1], ROAD), (3, [6, 2], ROAD)])
    assert minutes(network, arms[5], arms[6]) == pytest.approx(2 * EAST + NORTH, abs=0.1)
    assert minutes(network, arms[6], arms[5]) == pytest.approx(4 * EAST + NORTH, abs=0.2)


def test_two_places_on_one_edge_are_joined_along_it(network_of):
    network = network_of(SQUARE, [(1, [1, 2], ROAD)])
    assert minutes(network, (-90, 32.02), (-90, 32.07)) == pytest.approx(NORTH / 2, abs=0.02)
    assert minutes(network, (-90, 32.07), (-90, 32.02)) == pytest.approx(NORTH / 2, abs=0.02)
    assert minutes(network, (-90, 32.02), (-90, 32.02)) == pytest.approx(0, abs=1e-4)


def test_on_one_edge_of_a_one_way_loop_the_way_back_leads_round(network_of):
    network = network_of(SQUARE, [(1, [1, 2], ONE_WAY), (2, [2, 3, 4, 1], ONE_WAY)])
    around = 2 * NORTH + 2 * EAST
    assert minutes(network, (-90, 32.02), (-90, 32.07)) == pytest.approx(NORTH / 2, abs=0.02)
    assert minutes(network, (-90, 32.07), (-90, 32.02)) == pytest.approx(around - NORTH / 2, abs=0.2)


def test_places_on_different_edges_use_the_right_ends(network_of):
    network = network_of(SQUARE, [(1, [1, 2], ROAD), (2, [2, 3], ROAD), (3, [3, 4], ROAD)])
    assert minutes(network, (-90, 32.05), (-89.9, 32.05)) == pytest.approx(NORTH + EAST, abs=0.05)


def test_the_faster_of_two_parallel_edges_counts(network_of):
    network = network_of(SQUARE, [(1, [1, 2], ROAD), (2, [1, 2], {"highway": "primary", "maxspeed": "120"})])
    assert sample_minutes(network, at(network, SQUARE[2]))[0] == pytest.approx(NORTH / 2, abs=0.01)


def test_off_road_legs_count_at_both_ends(network_of):
    network = network_of(SQUARE, [(1, [1, 2], ROAD)])
    legs = 2 * 944.7 * 1.3 / 40_000 * 60
    assert minutes(network, (-90.01, 32.02), (-90.01, 32.07)) == pytest.approx(NORTH / 2 + legs, abs=0.05)


def test_an_island_cannot_be_reached_and_stays_a_row(network_of):
    far = {8: (-90.9, 32.0), 9: (-90.9, 32.1)}
    network = network_of({**SQUARE, **far}, [(1, [1, 2], ROAD), (2, [8, 9], ROAD)])
    origins = at(network, SQUARE[1], far[8], (-95.0, 32.0))
    times, nearest = minutes_to_nearest(network, origins, at(network, SQUARE[2]))
    assert times[0] == pytest.approx(NORTH, abs=0.01)
    assert np.isinf(times[1:]).all()
    assert nearest.tolist() == [0, -1, -1]


def test_nobody_to_reach_or_nobody_to_start(network_of):
    network = network_of(SQUARE, [(1, [1, 2], ROAD)])
    somewhere, nowhere = at(network, SQUARE[1]), at(network, (-95.0, 32.0))
    none = somewhere.take(np.zeros(0, dtype=np.int64))
    for destinations in (none, nowhere):
        assert minutes_to_nearest(network, somewhere, destinations)[0].tolist() == [np.inf]
        assert [len(part) for part in pairs_within(network, somewhere, destinations, cutoff_min=60)] == [0, 0, 0]
        assert np.isinf(sample_minutes(network, destinations)).all()
    assert minutes_to_nearest(network, none, somewhere)[0].tolist() == []


def test_samples_show_times_along_the_road(network_of):
    network = network_of(SQUARE, [(1, [1, 2], ROAD)])
    times = sample_minutes(network, at(network, SQUARE[2]))
    assert times[0] == pytest.approx(NORTH, abs=0.01)
    assert times[-1] == pytest.approx(0, abs=0.01)
    assert np.all(np.diff(times) < 0)


# --- equality with networkx ---------------------------------------------------------------------------------------


def bare_network(ends, forward, backward, n_nodes, *, length_m=None):
    """Return a network without geometry."""
    start, end = np.array(ends, dtype=np.int32).reshape(-1, 2).T
    forward, backward = np.array(forward, dtype=float), np.array(backward, dtype=float)
    length_m = np.ones(len(start)) if length_m is None else length_m
    order, contraction = contract(start, end, forward, backward, length_m, n_nodes)
    number = np.argsort(order).astype(np.int32)
    none = np.zeros(0)
    return RoadNetwork(
        crs=CRS.from_epsg(3814),
        node_id=order,
        node_x=np.zeros(n_nodes),
        node_y=np.zeros(n_nodes),
        edge_start=number[start],
        edge_end=number[end],
        edge_way=np.zeros(len(start), np.int32),
        edge_class=np.zeros(len(start), np.int8),
        length_m=length_m,
        speed_kmh=np.ones(len(start)),
        forward_min=forward,
        backward_min=backward,
        samples=Samples(np.zeros(0, np.int32), none, none, none, none.astype(bool)),
        joinable=np.zeros(0, np.int32),
        contraction=contraction,
        n_components=1,
        kept_components=1,
        kept_share=1.0,
    )


def reference(network, origins, destinations):
    """Return minutes from every origin to every destination by networkx, on a graph with every place as a node.

    Each edge is cut into stretches at the places on it, so nothing of the way `geo.sweeps` attaches places is used.
    """
    graph = nx.MultiDiGraph()
    stops = {edge: [] for edge in range(network.n_edges)}
    for kind, places in (("from", origins), ("to", destinations)):
        for row in np.flatnonzero(places.connected):
            name, fraction = (kind, int(row)), float(places.fraction[row])
            place = ("road", int(places.edge[row]), fraction, name)
            stops[place[1]].append((fraction, place))
            graph.add_edge(*((name, place) if kind == "from" else (place, name)), minutes=places.leg_min[row])
    for edge, places in stops.items():
        start, end = ("node", int(network.edge_start[edge])), ("node", int(network.edge_end[edge]))
        chain = [(0.0, start), *sorted(places), (1.0, end)]
        for (near, a), (far, b) in itertools.pairwise(chain):
            for u, v, whole in ((a, b, network.forward_min[edge]), (b, a, network.backward_min[edge])):
                if far == near or np.isfinite(whole):
                    graph.add_edge(u, v, minutes=(far - near) * whole if far > near else 0.0)
    table = np.full((len(origins), len(destinations)), np.inf)
    for row in np.flatnonzero(origins.connected):
        times = nx.single_source_dijkstra_path_length(graph, ("from", int(row)), weight="minutes")
        table[row] = [times.get(("to", column), np.inf) for column in range(len(destinations))]
    return table


def assert_equals_reference(network, origins, destinations, cutoff_min):
    expected = reference(network, origins, destinations)
    times, nearest = minutes_to_nearest(network, origins, destinations)
    np.testing.assert_allclose(times, expected.min(axis=1, initial=np.inf), rtol=0, atol=1e-9)
    found = np.flatnonzero(nearest >= 0)
    assert np.array_equal(nearest >= 0, np.isfinite(times))
    np.testing.assert_allclose(expected[found, nearest[found]], times[found], rtol=0, atol=1e-9)
    origin, destination, apart = pairs_within(network, origins, destinations, cutoff_min=cutoff_min)
    assert len(set(zip(origin.tolist(), destination.tolist(), strict=True))) == len(origin)
    np.testing.assert_allclose(apart, expected[origin, destination], rtol=0, atol=1e-9)
    assert (apart <= cutoff_min).all()
    beyond = np.ones(expected.shape, bool)
    beyond[origin, destination] = False
    assert (expected[beyond] > cutoff_min - 1e-9).all()
    origin, _, apart = pairs_within(network, origins, destinations, cutoff_min=np.inf)
    for k in (1, 2, 3):
        by_rank = np.sort(np.column_stack([expected, np.full((len(origins), 3), np.inf)]), axis=1)[:, k - 1]
        kth = kth_nearest(pd.DataFrame({"origin": origin, "minutes": apart}), pd.RangeIndex(len(origins)), k=k)
        np.testing.assert_allclose(kth, by_rank, rtol=0, atol=1e-9)


@st.composite
def random_case(draw):
    n_nodes = draw(st.integers(1, 8))
    node = st.integers(0, n_nodes - 1)
    # Lengths from few values, so that ties, zeros and closed directions are common.
    time = st.sampled_from([0.0, 1.0, 1.0, 2.0, 2.5, 7.0, np.inf]) | st.floats(0, 20)
    edges = draw(st.lists(st.tuples(node, node, time, time), min_size=1, max_size=16))
    network = bare_network([(a, b) for a, b, _, _ in edges], [f for *_, f, _ in edges], [b for *_, b in edges], n_nodes)
    share = st.sampled_from([0.0, 0.25, 0.5, 1.0]) | st.floats(0, 1)
    place = st.tuples(st.integers(-1, len(edges) - 1), share, st.sampled_from([0.0, 0.5, 3.0]))

    def positions(places):
        edge, fraction, leg = np.array(places, dtype=float).reshape(-1, 3).T
        return Positions(edge.astype(np.int32), fraction, leg, leg)

    return network, positions(draw(st.lists(place, max_size=6))), positions(draw(st.lists(place, max_size=6)))


def test_a_provider_on_a_road_closed_both_ways_is_in_no_pair():
    network = bare_network([(0, 1), (1, 2)], [1.0, np.inf], [1.0, np.inf], 3)
    here, there = (Positions(np.array([edge], np.int32), *np.array([[0.5], [0], [0]])) for edge in (0, 1))
    assert [len(part) for part in pairs_within(network, here, there, cutoff_min=60)] == [0, 0, 0]


@given(random_case(), st.sampled_from([0.0, 1.0, 2.5, 5.0, 100.0]))
@settings(max_examples=200, deadline=None)
def test_random_networks_equal_networkx(case, cutoff_min):
    network, origins, destinations = case
    expected = reference(network, origins, destinations)
    # A pair exactly at the cutoff may fall either way in the last bit.
    if not np.any(np.abs(expected[np.isfinite(expected)] - cutoff_min) < 1e-9):
        assert_equals_reference(network, origins, destinations, cutoff_min)
    else:
        assert_equals_reference(network, origins, destinations, cutoff_min + 0.1234567)


@given(random_case())
@settings(max_examples=200, deadline=None)
def test_where_all_drive_alike_the_length_of_the_quickest_way_follows_from_its_time(case):
    network, origins, destinations = case
    drives = np.minimum(network.forward_min, network.backward_min)
    drives = np.where(np.isfinite(drives), drives, 0.0)
    network = bare_network(
        np.column_stack([network.edge_start, network.edge_end]),
        np.where(np.isfinite(network.forward_min), drives, np.inf),
        np.where(np.isfinite(network.backward_min), drives, np.inf),
        network.n_nodes,
        length_m=drives * 1000,
    )
    times, nearest = minutes_to_nearest(network, origins, destinations)
    metres = metres_to_nearest(network, origins, destinations)
    assert np.array_equal(np.isfinite(metres), np.isfinite(times))
    found = np.flatnonzero(nearest >= 0)
    off_road = origins.off_road_m[found] + destinations.off_road_m[nearest[found]]
    legs = origins.leg_min[found] + destinations.leg_min[nearest[found]]
    expected = (times[found] - legs) * 1000 + off_road * OFF_ROAD_DETOUR
    np.testing.assert_allclose(metres[found], expected, rtol=0, atol=1e-6)


def test_the_length_is_that_of_the_quickest_way_not_of_the_shortest(network_of):
    slow, fast = {"highway": "track", **ROAD, "maxspeed": "20"}, {**ROAD, "maxspeed": "120"}
    network = network_of(SQUARE, [(1, [1, 2], slow), (2, [2, 3], fast), (3, [3, 4], fast), (4, [4, 1], fast)])
    metres = metres_to_nearest(network, at(network, SQUARE[1]), at(network, SQUARE[2]))
    assert metres[0] == pytest.approx((NORTH + 2 * EAST) * 1000, rel=1e-3)


@given(random_case(), st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_row_order_and_new_destinations(case, random):
    network, origins, destinations = case
    times = minutes_to_nearest(network, origins, destinations)[0]
    order = random.sample(range(len(destinations)), len(destinations))
    shuffled = destinations.take(np.array(order, dtype=np.int64))
    assert minutes_to_nearest(network, origins, shuffled)[0].tolist() == times.tolist()
    fewer = destinations.take(np.array(order[:-1], dtype=np.int64))
    assert (times <= minutes_to_nearest(network, origins, fewer)[0]).all()


def test_real_networks_equal_networkx(real_file):
    path, crs = real_file
    network = build_network(read_osm([path]).roads, crs=crs)
    rng = np.random.default_rng(11)

    def scattered(count):
        picked = rng.integers(len(network.samples.x), size=count)
        shift = rng.normal(0, 400, (2, count))
        return snap_xy(network, network.samples.x[picked] + shift[0], network.samples.y[picked] + shift[1])

    assert_equals_reference(network, scattered(12), scattered(8), cutoff_min=45.0)


def test_on_real_networks_more_places_never_lengthen_a_trip(real_file):
    path, crs = real_file
    network = build_network(read_osm([path]).roads, crs=crs)
    rng = np.random.default_rng(12)
    picked = rng.integers(len(network.samples.x), size=540)
    places = snap_xy(network, network.samples.x[picked], network.samples.y[picked])
    origins, few, many = places.take(np.arange(500)), places.take(np.arange(500, 510)), places.take(np.arange(500, 540))
    assert (minutes_to_nearest(network, origins, many)[0] <= minutes_to_nearest(network, origins, few)[0]).all()


def test_pairs_ranks_and_the_nearest_agree_on_real_networks(real_file):
    path, crs = real_file
    network = build_network(read_osm([path]).roads, crs=crs)
    rng = np.random.default_rng(13)
    picked = rng.integers(len(network.samples.x), size=900)
    shift = rng.normal(0, 500, (2, 900))
    places = snap_xy(network, network.samples.x[picked] + shift[0], network.samples.y[picked] + shift[1])
    origins, destinations = places.take(np.arange(800)), places.take(np.arange(800, 900))
    nearest = minutes_to_nearest(network, origins, destinations)[0]
    origin, destination, apart = pairs_within(network, origins, destinations, cutoff_min=20.0)
    assert np.array_equal(np.lexsort((origin, destination)), np.arange(len(origin)))
    best = np.full(len(origins), np.inf)
    np.minimum.at(best, origin, apart)
    assert best == pytest.approx(np.where(nearest <= 20, nearest, np.inf), abs=1e-9)
    counts = np.bincount(origin, minlength=len(origins))
    third = kth_nearest(pd.DataFrame({"origin": origin, "minutes": apart}), pd.RangeIndex(len(origins)), k=3)
    assert np.array_equal(np.isfinite(third), counts >= 3)
