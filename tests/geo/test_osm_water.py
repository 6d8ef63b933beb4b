"""Water of OpenStreetMap files: what a map can show of it, and nothing of it among roads and places."""

import pytest
import shapely
from pyproj import CRS

from geo.network import build_network
from geo.osm import read_osm
from geo.road_entry import RoadEntry, read_entry, write_entry
from geo.speeds import CLASS_SPEEDS_KMH

NODES = {
    1: (-90.0, 32.0), 2: (-90.0, 32.1), 3: (-89.9, 32.1), 4: (-89.9, 32.0),
    5: (-90.0, 32.2), 6: (-89.99, 32.3), 7: (-90.0, 32.4), 8: (-89.9, 32.2), 9: (-89.999, 32.2), 10: (-90.0, 32.201),
}  # fmt: skip
LAKE = {"natural": "water", "water": "lake", "name": "Lake A"}
WAYS = [
    (1, [1, 2, 3, 4, 1], LAKE),
    (2, [1, 2, 3, 1], {"natural": "water", "water": "lake"}),
    (3, [5, 9, 10, 5], {**LAKE, "name": "Too small"}),
    (4, [5, 6, 7], {"waterway": "river", "name": "Big River"}),
    (5, [7, 8], {"waterway": "river"}),
    (6, [7, 8], {"waterway": "stream", "name": "Brook"}),
    (7, [2, 5], {"highway": "primary"}),
    (8, [6, 8], {"highway": "footway", "waterway": "river", "name": "Path and River"}),
    (9, [5, 8], {"highway": "residential", "waterway": "dam", "name": "Dam Road"}),
]


@pytest.fixture
def found(write_osm):
    return read_osm([write_osm(NODES, WAYS)])


def test_named_lakes_and_rivers_are_kept(found):
    kinds = dict(zip(found.water["name"], found.water.geometry.geom_type, strict=True))
    assert kinds == {"Lake A": "Polygon", "Big River": "LineString", "Path and River": "LineString"}
    lake = found.water.geometry[found.water["name"].eq("Lake A")].iloc[0]
    assert lake.bounds == (-90.0, 32.0, -89.9, 32.1)


def test_water_is_no_road_no_place_and_nothing_left_out(found):
    assert found.roads.way_id.tolist() == [7, 9]
    assert found.places.empty
    assert found.dropped == ()


def test_a_lake_of_several_ways_needs_no_name_and_stands_once(write_osm):
    halves = [(1, [1, 2, 3], {}), (2, [3, 4, 1], {}), (7, [2, 5], {"highway": "primary"})]
    relation = [(9, [(1, "outer"), (2, "outer")], {"type": "multipolygon", "natural": "water", "water": "river"})]
    files = [write_osm(NODES, halves, relation, name=name) for name in ("a.osm", "b.osm")]
    water = read_osm(files).water
    assert len(water) == 1
    assert water.geometry.iloc[0].area == pytest.approx(0.01)


def test_water_beyond_the_clip_is_left_out(write_osm):
    path = write_osm(NODES, WAYS)
    assert read_osm([path], clip=(-90.1, 32.15, -89.8, 32.5)).water["name"].tolist() == ["Big River", "Path and River"]


def test_a_lake_with_a_broken_outline_is_left_out(write_osm):
    ways = [(1, [1, 3, 2, 4, 1], LAKE), (2, [1, 99, 2, 1], LAKE), (7, [2, 5], {"highway": "primary"})]
    assert all(shape.is_valid for shape in read_osm([write_osm(NODES, ways)]).water.geometry)


def test_water_comes_back_from_the_cache(found, tmp_path):
    crs = CRS.from_epsg(3814)
    network = build_network(found.roads, crs=crs, speeds_kmh=CLASS_SPEEDS_KMH)
    write_entry(RoadEntry(("test.osm",), found, network, 0), tmp_path / "entry")
    back = read_entry(tmp_path / "entry", RoadEntry, crs=crs).osm.water
    assert back["name"].tolist() == found.water["name"].tolist()
    assert shapely.equals(back.geometry.to_numpy(), found.water.geometry.to_numpy()).all()
    assert back.crs == found.water.crs
