"""Shapes for the page's program: what it unpacks is what was packed, to the fourth decimal."""

import geopandas as gpd
import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS

from maps.shapes import packed_shapes

UTM = CRS.from_epsg(32616)


def unpacked(steps: list[int]) -> np.ndarray:
    """Return corners in degrees, as the page's program works them out."""
    return np.cumsum(np.array(steps).reshape(-1, 2), axis=0) / 1e4


def test_a_polygon_keeps_its_holes_and_parts():
    outer = shapely.box(400_000, 3_500_000, 440_000, 3_540_000)
    hole = shapely.box(410_000, 3_510_000, 420_000, 3_520_000)
    both = shapely.MultiPolygon([outer - hole, shapely.box(500_000, 3_500_000, 510_000, 3_510_000)])
    ((ring, inner), (second,)) = packed_shapes([both], UTM)[0]
    assert [len(unpacked(each)) for each in (ring, inner, second)] == [4, 4, 4]
    back = shapely.Polygon(unpacked(ring), [unpacked(inner)])
    expected = gpd.GeoSeries([outer - hole], crs=UTM).to_crs(4326).iloc[0]
    assert back.symmetric_difference(expected).area < 1e-3 * expected.area


def test_an_empty_shape_keeps_its_place():
    assert packed_shapes([shapely.Polygon(), shapely.box(4e5, 3.5e6, 4.1e5, 3.51e6)], UTM)[0] == []


@given(st.lists(st.tuples(st.integers(200_000, 800_000), st.integers(3_000_000, 4_000_000)), min_size=2, max_size=40))
def test_corners_are_within_rounding(corners):
    line = shapely.LineString(corners)
    ((steps,),) = packed_shapes([line], UTM)
    degrees = shapely.get_coordinates(gpd.GeoSeries([line], crs=UTM).to_crs(4326).iloc[0])
    found = unpacked(steps)
    kept = [0, *(np.flatnonzero(np.diff(np.rint(degrees * 1e4), axis=0).any(axis=1)) + 1)]
    assert np.abs(found - degrees[kept]).max() <= 0.5e-4 + 1e-9
