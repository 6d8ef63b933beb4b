"""Background layers on a small network and a row of counties."""

import geopandas as gpd
import pytest
from pyproj import CRS
from shapely.geometry import LineString, box

from geo.network import build_network
from geo.osm import read_osm
from layers.background import AROUND_M, main_roads, neighbours, water

UTM = CRS.from_epsg(32616)


def test_main_roads_by_class_inside_the_area(tmp_path) -> None:
    nodes = "".join(f'<node id="{i}" version="1" lon="{-87 + i / 100}" lat="32.5"/>' for i in range(1, 7))
    ways = "".join(
        f'<way id="{i}" version="1"><nd ref="{i}"/><nd ref="{i + 1}"/><tag k="highway" v="{kind}"/></way>'
        for i, kind in enumerate(["primary", "primary", "trunk", "residential", "secondary"], start=1)
    )
    (tmp_path / "r.osm").write_text(f'<osm version="0.6">{nodes}{ways}</osm>')
    network = build_network(read_osm([tmp_path / "r.osm"]).roads, crs=UTM)
    everywhere = box(0, 0, 1e7, 1e7)
    roads = main_roads(network, everywhere)
    assert roads["road_class"].tolist() == ["trunk", "primary"]
    assert [line.geom_type for line in roads.geometry] == ["LineString", "LineString"]
    assert roads.geometry.length.tolist() == pytest.approx([939, 1_879], rel=0.01)
    assert main_roads(network, box(0, 0, 1, 1)).empty


def test_neighbours_are_the_regions_outside_cut_off_far_away() -> None:
    regions = gpd.GeoDataFrame(geometry=[box(0, 0, 10, 10), box(10, 0, 1e6, 10), box(9e5, 0, 1e6, 10)], crs=UTM)
    around = neighbours(regions, box(0, 0, 10, 10))
    assert around.geometry.iloc[0].bounds == (10, 0, 60_010, 10)
    assert len(around) == 1
    assert neighbours(None, box(0, 0, 10, 10)) is None
    assert neighbours(regions.iloc[:1], box(0, 0, 10, 10)) is None


def test_water_that_a_map_of_the_area_can_show() -> None:
    extent = box(0, 0, 120_000, 60_000)
    found = gpd.GeoDataFrame(
        {"name": ["Big", "Small", "Long", "Long", "Short", "Away", "Far"]},
        geometry=[
            box(0, 0, 2_000, 2_000), box(9_000, 0, 9_100, 100),
            LineString([(0, 0), (6_000, 0)]), LineString([(6_000, 0), (12_000, 0)]), LineString([(0, 9), (5_000, 9)]),
            LineString([(0, -9_000), (0, -900_000)]), LineString([(9e6, 0), (9.9e6, 0)]),
        ],
        crs=3814,
    )  # fmt: skip
    shown = water(found, extent)
    assert shown["kind"].tolist() == ["lake", "river"]
    assert shown.geometry.iloc[0].area == 4e6
    assert shown.geometry.iloc[1].length == 12_000 + AROUND_M - 9_000
    assert water(found.iloc[:0], extent).empty
