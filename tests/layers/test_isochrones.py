"""Reach outlines around roads whose minutes are known."""

import numpy as np
import pandas as pd
import pytest
from pyproj import CRS
from shapely.geometry import Point, box

from geo.snap import off_road_minutes
from layers.isochrones import service_reach

UTM = CRS.from_epsg(32616)
EXTENT = box(0, 0, 60_000, 60_000)


def reach(points: list[tuple[float, float, float]], **options: float) -> dict[float, object]:
    roads = pd.DataFrame(points, columns=["x", "y", "minutes"])
    options = {"max_off_road_m": 20_000.0, "cell_m": 1_000.0} | options
    table = service_reach(roads, bands_min=(20.0, 40.0), extent=EXTENT, crs=UTM, **options)
    return dict(zip(table["minutes"], table.geometry, strict=True))


def test_around_one_road_point_the_reach_is_a_disc() -> None:
    bands = reach([(30_000, 30_000, 10.0)])
    radius_m = 10 / off_road_minutes(np.array([1.0]))[0]  # the ten minutes that are left, off the road
    assert bands[20].area == pytest.approx(np.pi * radius_m**2, rel=0.03)
    assert bands[20].contains(Point(30_000, 30_000))
    assert bands[40].contains(bands[20])


def test_nothing_reaches_when_a_service_is_out_of_reach() -> None:
    assert reach([(30_000, 30_000, np.inf)])[40].is_empty


def test_land_far_from_roads_is_not_reached() -> None:
    bands = reach([(30_000, 30_000, 0.0)], max_off_road_m=4_000.0)
    assert bands[40].area == pytest.approx(np.pi * 4_000**2, rel=0.25)


def test_all_land_can_be_within() -> None:
    points = [(x, y, 1.0) for x in range(0, 60_001, 2_000) for y in range(0, 60_001, 2_000)]
    assert reach(points)[20].area == pytest.approx(EXTENT.area)
