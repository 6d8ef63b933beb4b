"""Shapes for the page's program: what it unpacks is what was packed, to the fourth decimal."""

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

from geo.compact import unpack
from maps.geometry import simplify
from maps.shapes import packed_shapes

UTM = CRS.from_epsg(32616)


def test_a_polygon_keeps_its_holes_and_parts():
    outer = shapely.box(400_000, 3_500_000, 440_000, 3_540_000)
    hole = shapely.box(410_000, 3_510_000, 420_000, 3_520_000)
    both = shapely.MultiPolygon([outer - hole, shapely.box(500_000, 3_500_000, 510_000, 3_510_000)])
    text = packed_shapes([both], UTM)
    assert [part.count(",") for part in text.split(";")] == [1, 0]
    corners = unpack(text)
    back = shapely.Polygon(corners[:4], [corners[4:8]])
    expected = gpd.GeoSeries([outer - hole], crs=UTM).to_crs(4326).iloc[0]
    assert back.symmetric_difference(expected).area < 1e-3 * expected.area


def test_an_empty_shape_keeps_its_place():
    assert packed_shapes([shapely.Polygon(), shapely.box(4e5, 3.5e6, 4.1e5, 3.51e6)], UTM).startswith("xy4:.")


def test_the_ways_of_a_road_are_simplified_as_one_line():
    along = np.arange(4e5, 4.4e5, 100)
    corners = np.column_stack([along, 3.5e6 + 900 * np.sin(along / 6_000)])
    road = shapely.MultiLineString([corners[at : at + 2] for at in range(len(corners) - 1)])
    simple = simplify(gpd.GeoSeries([road], crs=UTM), 60)
    assert shapely.get_num_coordinates(simple).sum() <= 60
    assert simple[0].hausdorff_distance(road) < 40
