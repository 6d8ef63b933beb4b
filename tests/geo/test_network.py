"""The travel-time network, and how points attach to it."""

import dataclasses

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS, Transformer

from geo.core_search import Entries, ascend, find_each
from geo.edges import SAMPLE_SPACING_M
from geo.errors import NetworkError
from geo.graph import fastest_edges
from geo.network import build_network
from geo.osm import read_osm
from geo.snap import MAX_OFF_ROAD_M, off_road_minutes, snap, snap_xy
from geo.speeds import class_speeds

TWO_WAY = {"highway": "primary", "maxspeed": "60"}
ONE_WAY = {**TWO_WAY, "oneway": "yes"}
PRIMARY_KM = 11.0887  # a tenth of a degree of latitude at 32° N, in km: minutes at 60 km/h

CROSS = {
    1: (-90.0, 32.0),
    2: (-90.0, 32.1),
    3: (-90.0, 32.2),
    4: (-90.1, 32.1),
    5: (-89.9, 32.1),
}


@pytest.fixture
def network_of(write_osm, mississippi_tm):
    """Return a function that builds the network of a hand-made file."""

    def build(nodes, ways, **options):
        return build_network(read_osm([write_osm(nodes, ways)]).roads, crs=mississippi_tm, **options)

    return build


def at(network, lon, lat):
    """Return positions in degrees as a GeoSeries in the network's CRS."""
    x, y = Transformer.from_crs(4326, network.crs, always_xy=True).transform(np.atleast_1d(lon), np.atleast_1d(lat))
    return gpd.GeoSeries(shapely.points(x, y), crs=network.crs)


def minutes_of(network):
    """Return the minutes between all junctions, in the order of their ids."""
    order, nowhere = np.argsort(network.node_id), np.zeros(network.n_nodes)
    entries = Entries(np.arange(network.n_nodes), np.arange(network.n_nodes), nowhere, nowhere)
    ways = ascend(network.contraction, entries)
    return find_each(network.contraction, ways, network.n_nodes, limit_min=np.inf)[np.ix_(order, order)]


def test_ways_are_cut_where_they_meet(network_of):
    network = network_of(CROSS, [(1, [1, 2, 3], TWO_WAY), (2, [4, 2, 5], {**TWO_WAY, "maxspeed": "30"})])
    ends = network.node_id[np.column_stack([network.edge_start, network.edge_end])]
    assert ends.tolist() == [[1, 2], [2, 3], [4, 2], [2, 5]]
    assert network.n_edges == 4
    assert network.length_m[:2] == pytest.approx([11088.7, 11088.8], abs=1)
    assert network.forward_min[:2] == pytest.approx([PRIMARY_KM] * 2, abs=0.01)
    assert network.forward_min.tolist() == network.backward_min.tolist()
    assert network.speed_kmh.tolist() == [60, 60, 30, 30]
    assert network.edge_way.tolist() == [0, 0, 1, 1]
    assert network.kept_share == 1
    assert network.n_components == network.kept_components == 1


def test_nodes_between_junctions_are_shape_only(network_of):
    network = network_of(CROSS, [(1, [1, 2, 3], TWO_WAY)])
    assert sorted(network.node_id.tolist()) == [1, 3]
    assert network.length_m.tolist() == pytest.approx([22177.5], abs=1)


def test_speeds_come_from_tags_or_the_class_table(network_of):
    ways = [(1, [1, 2], TWO_WAY), (2, [2, 3], {"highway": "primary"}), (3, [2, 4], {"highway": "secondary"})]
    network = network_of(CROSS, ways, speeds_kmh=class_speeds({"secondary": 88}))
    assert network.speed_kmh.tolist() == [60, 80, 88]


def test_doubling_every_speed_halves_every_time(network_of):
    ways = [(1, [1, 2, 3], {"highway": "primary"}), (2, [4, 2, 5], {"highway": "secondary"})]
    slow = network_of(CROSS, ways, speeds_kmh=class_speeds({"primary": 40, "secondary": 30}))
    fast = network_of(CROSS, ways, speeds_kmh=class_speeds({"primary": 80, "secondary": 60}))
    assert fast.forward_min == pytest.approx(slow.forward_min / 2)


def test_one_way_dead_ends_and_small_pieces_are_left_out(network_of):
    nodes = {**CROSS, 8: (-90.3, 32.0), 9: (-90.3, 32.001)}
    ways = [(1, [1, 2, 3], TWO_WAY), (2, [2, 5], ONE_WAY), (3, [8, 9], TWO_WAY), (4, [4, 2], TWO_WAY)]
    network = network_of(nodes, ways)
    assert sorted(network.node_id) == [1, 2, 3, 4]
    assert network.n_components == 3
    assert network.kept_components == 1
    assert 0.7 < network.kept_share < 0.8


def test_an_island_with_many_roads_is_kept(network_of):
    nodes = {**CROSS, 8: (-90.5, 32.0), 9: (-90.5, 32.1)}
    ways = [(1, [1, 2, 3], TWO_WAY), (3, [8, 9], TWO_WAY)]
    assert network_of(nodes, ways).kept_components == 2
    assert network_of(nodes, ways, island_share=1.0).kept_components == 1


def test_only_one_way_dead_ends_make_no_network(network_of):
    with pytest.raises(NetworkError, match="no two junctions"):
        network_of(CROSS, [(1, [1, 2], ONE_WAY), (2, [2, 3], ONE_WAY)])


def test_loops_and_zero_lengths(network_of):
    nodes = {**CROSS, 6: (-90.0, 32.1)}
    ways = [(1, [1, 2], TWO_WAY), (2, [2, 3, 4, 2], TWO_WAY), (3, [2, 6], TWO_WAY), (4, [1, 1], TWO_WAY)]
    network = network_of(nodes, ways)
    assert network.n_nodes == 3
    assert (network.edge_start == network.edge_end).sum() == 2
    assert (network.contraction.core_min > 0).all()


def test_a_crs_made_for_elsewhere_is_refused(write_osm):
    roads = read_osm([write_osm({1: (90, 0), 2: (90, 0.1)}, [(1, [1, 2], TWO_WAY)])]).roads
    crs = CRS.from_user_input("+proj=ortho +lat_0=0 +lon_0=-90 +units=m")
    with pytest.raises(NetworkError, match="too far away"):
        build_network(roads, crs=crs)


def test_fastest_edges_takes_the_minimum_of_parallel_edges():
    graph = fastest_edges(np.array([0, 0, 1, 0]), np.array([1, 1, 0, 1]), np.array([3.0, 2.0, 0.0, np.inf]), 2)
    assert graph.toarray()[0, 1] == 2
    assert graph.nnz == 2
    assert graph.toarray()[1, 0] > 0
    assert fastest_edges(np.array([0]), np.array([1]), np.array([np.inf]), 2).nnz == 0


def test_a_turned_network_is_the_one_of_roads_driven_the_other_way(network_of):
    ways = [(1, [1, 2, 3], TWO_WAY), (2, [4, 2], ONE_WAY), (3, [2, 5, 4], ONE_WAY), (4, [2, 3], ONE_WAY)]
    network = network_of(CROSS, ways)
    other_way = [(1, [1, 2, 3], TWO_WAY), (2, [2, 4], ONE_WAY), (3, [4, 5, 2], ONE_WAY), (4, [3, 2], ONE_WAY)]
    expected = minutes_of(network_of(CROSS, other_way))
    assert minutes_of(network.turned) == pytest.approx(expected, abs=1e-9)
    assert minutes_of(network) != pytest.approx(expected, abs=1e-9)
    np.testing.assert_array_equal(network.turned.forward_min, network.backward_min)


def test_samples_lie_close_together_on_the_road(network_of):
    network = network_of(CROSS, [(1, [1, 2, 3], TWO_WAY), (2, [4, 2, 5], TWO_WAY)])
    samples = network.samples
    same = np.diff(samples.edge) == 0
    gaps = np.hypot(np.diff(samples.x), np.diff(samples.y))[same]
    assert gaps.max() <= SAMPLE_SPACING_M * 1.001
    assert samples.fraction[0] == 0
    assert samples.fraction[-1] == 1
    assert np.all(np.diff(samples.fraction)[same] > 0)
    assert np.bincount(samples.edge).min() > 40


def test_points_attach_in_the_middle_of_an_edge(network_of):
    network = network_of(CROSS, [(1, [1, 3], TWO_WAY)])
    position = snap(network, at(network, -90.01, 32.05))
    assert position.edge.tolist() == [0]
    assert position.fraction[0] == pytest.approx(0.25, abs=0.001)
    assert position.off_road_m[0] == pytest.approx(944.7, abs=1)
    assert position.leg_min[0] == pytest.approx(944.7 * 1.3 / 40_000 * 60, abs=0.01)


def test_points_too_far_away_or_missing_are_not_connected(network_of):
    network = network_of(CROSS, [(1, [1, 3], TWO_WAY)])
    points = at(network, [-90.2, -90.01], [32.05, 32.05])
    points = gpd.GeoSeries([*points, shapely.Point(), None], crs=network.crs)
    position = snap(network, points)
    assert position.edge.tolist() == [-1, 0, -1, -1]
    assert position.off_road_m[0] > MAX_OFF_ROAD_M
    assert np.isinf(position.off_road_m[2:]).all()
    assert position.connected.tolist() == [False, True, False, False]
    assert snap(network, points, max_off_road_m=20_000).connected.tolist() == [True, True, False, False]
    assert len(snap(network, points.iloc[:0])) == 0


def test_points_join_motorways_at_junctions_only_unless_asked(network_of):
    motorway = {"highway": "motorway", "oneway": "no"}
    network = network_of(CROSS, [(1, [1, 2, 3], motorway), (2, [4, 2], TWO_WAY)])
    point = at(network, -89.999, 32.15)
    away, on = snap(network, point, max_off_road_m=20_000), snap(network, point, on_motorways=True)
    assert network.edge_way[away.edge].tolist() == [1]
    assert away.off_road_m[0] > 5000
    assert network.edge_way[on.edge].tolist() == [0]
    assert on.off_road_m[0] == pytest.approx(94, abs=1)


def test_an_exit_without_a_mapped_slip_road_joins_the_motorway(network_of):
    motorway = {"highway": "motorway", "oneway": "no"}
    exit_tag = {"highway": "motorway_junction", "ref": "7"}
    nodes = {**CROSS, 2: (-90.0, 32.1, exit_tag), 3: (-90.0, 32.2, exit_tag), 6: (-90.0, 32.3), 7: (-90.1, 32.2)}
    ways = [(1, [1, 2, 3, 6], motorway), (2, [7, 3], {"highway": "motorway_link"}), (3, [4, 7], TWO_WAY)]
    network = network_of(nodes, ways)
    beside_bare = snap(network, at(network, -89.999, 32.12))
    assert beside_bare.off_road_m[0] == pytest.approx(2220, abs=10)
    assert network.edge_way[beside_bare.edge].tolist() == [0]
    beside_slip = snap(network, at(network, [-89.999], [32.2]), max_off_road_m=50_000)
    assert beside_slip.off_road_m[0] > 9_000
    along = snap(network, at(network, -89.999, 32.12), on_motorways=True)
    assert along.off_road_m[0] == pytest.approx(94, abs=1)


def test_a_network_of_motorways_alone_can_be_joined(network_of):
    network = network_of(CROSS, [(1, [1, 2, 3], {"highway": "motorway", "oneway": "no"})])
    assert snap(network, at(network, -90.001, 32.05)).connected.all()


def test_points_in_another_crs_and_other_shapes_are_refused(network_of):
    network = network_of(CROSS, [(1, [1, 3], TWO_WAY)])
    with pytest.raises(ValueError, match="points are in EPSG:4326"):
        snap(network, gpd.GeoSeries([shapely.Point(-90, 32)], crs=4326))
    with pytest.raises(ValueError, match="only points"):
        snap(network, gpd.GeoSeries([shapely.box(0, 0, 1, 1)], crs=network.crs))


def test_off_road_minutes():
    assert off_road_minutes(np.array([0.0, 40_000 / 1.3])).tolist() == pytest.approx([0, 60])


def test_points_attach_to_the_nearest_road(real_file):
    path, crs = real_file
    network = build_network(read_osm([path]).roads, crs=crs)
    rng = np.random.default_rng(3)
    picked = rng.integers(len(network.samples.x), size=300)
    x, y = network.samples.x[picked] + rng.normal(0, 300, 300), network.samples.y[picked] + rng.normal(0, 300, 300)
    position = snap_xy(network, x, y, on_motorways=True)
    lines = shapely.linestrings(np.column_stack([network.samples.x, network.samples.y]), indices=network.samples.edge)
    points = shapely.points(x, y)
    exact = shapely.STRtree(lines).query_nearest(points, return_distance=True, all_matches=False)[1]
    farther = position.off_road_m - exact
    assert farther.min() > -1e-6
    assert np.mean(farther < 1e-6) > 0.97
    assert farther.max() < 100
    there = shapely.line_interpolate_point(lines[position.edge], position.fraction, normalized=True)
    assert shapely.distance(there, points) == pytest.approx(position.off_road_m, abs=1)


def test_the_order_of_ways_does_not_matter(network_of):
    ways = [(1, [1, 2, 3], TWO_WAY), (2, [4, 2, 5], ONE_WAY), (3, [5, 4], ONE_WAY)]
    renumbered = [(10 - number, refs, tags) for number, refs, tags in ways]
    one, other = network_of(CROSS, ways), network_of(CROSS, renumbered)
    assert minutes_of(one) == pytest.approx(minutes_of(other), abs=1e-9)
    assert sorted(one.node_id) == sorted(other.node_id)


def test_the_same_file_gives_the_same_network(malta):
    crs = CRS.from_epsg(32633)
    one, other = (build_network(read_osm([malta]).roads, crs=crs) for _ in range(2))
    pairs = ((one, other), (one.samples, other.samples), (one.contraction, other.contraction))
    for mine, yours in pairs:
        for field in dataclasses.fields(mine):
            if field.name not in ("samples", "contraction"):
                assert np.array_equal(getattr(mine, field.name), getattr(yours, field.name)), field.name


def test_malta_keeps_its_second_island(malta):
    network = build_network(read_osm([malta]).roads, crs=CRS.from_epsg(32633))
    assert network.kept_components == 2
    assert network.kept_share > 0.98
