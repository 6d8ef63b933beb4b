"""The roads of a study: how far around its areas they are read, and how fast they are driven."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from geo.areas import read_areas
from geo.example_study import write_example
from geo.network import build_network
from geo.osm import read_osm
from geo.project_file import load_project
from geo.speeds import CLASS_SPEEDS_KMH, class_speeds
from geo.study_roads import DEPARTURES, reach_m, read_study_roads, travel_box
from geo.urban import in_any

UTM = CRS.from_epsg(32616)


@pytest.fixture
def study(tmp_path):
    return write_example(tmp_path / "study").parent


def edit(study, old, new):
    text = (study / "project.toml").read_text()
    assert old in text
    (study / "project.toml").write_text(text.replace(old, new))


def roads_of(study, *, urban=None):
    project = load_project(study / "project.toml")
    areas = read_areas(project.areas, crs=project.crs).table
    return read_study_roads(project, areas, urban=urban, say=lambda _: None)


# --- how far ------------------------------------------------------------------------------------------------------


def test_roads_are_read_as_far_as_the_last_band_reaches(study):
    project = load_project(study / "project.toml")
    assert reach_m(project, CLASS_SPEEDS_KMH) == pytest.approx(105_000)
    assert reach_m(project, class_speeds({"trunk": 120})) == pytest.approx(120_000)
    edit(study, "bands_min = [30, 60]", "bands_min = [30]")
    assert reach_m(load_project(study / "project.toml"), CLASS_SPEEDS_KMH) == pytest.approx(52_500)


def test_the_travel_box_holds_everything_within_reach():
    areas = gpd.GeoDataFrame(geometry=[shapely.box(700_000, 3_500_000, 900_000, 3_800_000)], crs=UTM)
    left, bottom, right, top = travel_box(areas, 100_000)
    edge = areas.buffer(99_000).to_crs(4326).total_bounds
    assert left < edge[0]
    assert bottom < edge[1]
    assert right > edge[2]
    assert top > edge[3]
    assert top - bottom == pytest.approx(500 / 111, rel=0.03)


def test_a_shorter_last_band_reads_fewer_roads(study):
    outer = roads_of(study)
    edit(study, "[areas] ", '[areas]\nwhere = { GEOID = "28049" }\n')
    edit(study, "bands_min = [30, 60]", "bands_min = [30]")
    inner = roads_of(study)
    assert 0 < len(inner.osm.roads) < len(outer.osm.roads)
    assert "ways beyond the study area and the travel distance around it" in {d.reason for d in inner.osm.dropped}


# --- how fast -----------------------------------------------------------------------------------------------------


def test_departure_and_calibration_multiply_all_minutes(study):
    free = roads_of(study).network
    edit(study, "[corridor]", 'departure = "typical"\nminutes_factor = 1.2\n\n[corridor]')
    typical = roads_of(study).network
    assert DEPARTURES["free_flow"] == 1 < DEPARTURES["typical"] < DEPARTURES["worst"]
    for name in ("forward_min", "backward_min"):
        expected = getattr(free, name) * (DEPARTURES["typical"] * 1.2)
        assert np.array_equal(getattr(typical, name), expected)
    assert free.slowed(1.0) is free


NODES = {1: (-90.0, 32.0), 2: (-90.0, 32.1), 3: (-90.0, 32.2), 4: (-90.0, 32.3)}
WAYS = [
    (1, [1, 2], {"highway": "primary"}),
    (2, [2, 3], {"highway": "primary"}),
    (3, [3, 4], {"highway": "primary", "maxspeed": "80"}),
]


def test_untagged_roads_in_urban_areas_are_slower(write_osm, mississippi_tm):
    roads = read_osm([write_osm(NODES, WAYS)]).roads
    town = gpd.GeoSeries([shapely.box(-90.01, 32.11, -89.99, 32.4)], crs=4326).to_crs(mississippi_tm)
    network = build_network(roads, crs=mississippi_tm, urban=town)
    assert network.speed_kmh.tolist() == [80, 64, 80]
    assert build_network(roads, crs=mississippi_tm, urban=town, urban_factor=0.5).speed_kmh.tolist() == [80, 40, 80]
    assert build_network(roads, crs=mississippi_tm).speed_kmh.tolist() == [80, 80, 80]


def test_urban_areas_of_the_project_count(study):
    open_country = roads_of(study).network
    project = load_project(study / "project.toml")
    everywhere = read_areas(project.areas, crs=project.crs).table.geometry
    town = roads_of(study, urban=everywhere).network
    slower = town.speed_kmh < open_country.speed_kmh
    assert np.allclose(town.speed_kmh[slower], open_country.speed_kmh[slower] * 0.8)
    edit(study, "[corridor]", "urban_speed_factor = 1\n\n[corridor]")
    assert np.array_equal(roads_of(study, urban=everywhere).network.speed_kmh, open_country.speed_kmh)


def test_many_points_and_polygons_agree_with_shapely():
    rng = np.random.default_rng(2)
    x, y = rng.uniform(0, 100, (2, 2000))
    circles = gpd.GeoSeries(shapely.buffer(shapely.points(rng.uniform(0, 100, (30, 2))), 5))
    polygons = gpd.GeoSeries([*circles, shapely.MultiPolygon([shapely.box(1, 1, 3, 3), shapely.box(8, 8, 9, 9)]), None])
    expected = shapely.contains(polygons.union_all(), shapely.points(x, y))
    assert np.array_equal(in_any(polygons, x, y), expected)
