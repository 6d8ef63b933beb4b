"""Hexagons as areas, and people spread over the areas their polygons straddle."""

import geopandas as gpd
import numpy as np
import pytest
from pyproj import CRS
from shapely.geometry import box

from geo.errors import ProjectError
from geo.hexagons import hexagon_areas
from geo.people import read_people
from geo.project import People
from geo.spread import spread_over_areas

UTM = CRS.from_epsg(32616)


def frame(shapes: list, **columns: list) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=UTM)


AREAS = frame([box(0, 0, 10, 10), box(10, 0, 20, 10)], area_id=["a", "b"], name=["A", "B"])


def people_in(*polygons: object) -> tuple[gpd.GeoDataFrame, gpd.GeoSeries]:
    outlines = gpd.GeoSeries(list(polygons), crs=UTM)
    table = gpd.GeoDataFrame(
        {"point_id": [f"t{i}" for i in range(len(outlines))], "population": 100.0, "poverty": 7.0},
        geometry=outlines.representative_point(),
    )
    return table, outlines


def test_a_polygon_across_a_border_is_shared_by_surface() -> None:
    spread, beyond = spread_over_areas(*people_in(box(8, 0, 16, 5)), AREAS)
    assert spread["point_id"].tolist() == ["t0/1", "t0/2"]
    assert spread["population"].tolist() == pytest.approx([25, 75])
    assert spread["poverty"].tolist() == [7, 7]
    assert [AREAS.geometry[i].contains(point) for i, point in enumerate(spread.geometry)] == [True, True]
    assert beyond == pytest.approx(0)


def test_slivers_do_not_split() -> None:
    people, outlines = people_in(box(0, 0, 10.05, 10))
    spread, beyond = spread_over_areas(people, outlines, AREAS)
    assert spread["point_id"].tolist() == ["t0"]
    assert spread["population"].tolist() == pytest.approx([100])
    assert spread.geometry[0] == people.geometry[0]
    assert beyond == pytest.approx(0)


def test_people_outside_all_areas_are_counted() -> None:
    spread, beyond = spread_over_areas(*people_in(box(15, 0, 25, 10), box(50, 0, 60, 10)), AREAS)
    assert spread["population"].tolist() == pytest.approx([50])
    assert AREAS.geometry[1].contains(spread.geometry[0])
    assert beyond == pytest.approx(150)


def test_a_polygon_file_is_spread_when_read(tmp_path) -> None:
    path = tmp_path / "tracts.gpkg"
    frame([box(500_008, 3_600_000, 500_012, 3_600_010)], pop=[80], tract=["7"]).to_file(path)
    areas = AREAS.assign(geometry=AREAS.geometry.translate(500_000, 3_600_000))
    table = read_people(People(file=path, id="tract", population="pop"), areas=areas, crs=UTM).table
    assert table["population"].tolist() == pytest.approx([40, 40])
    assert table["point_id"].tolist() == ["7/1", "7/2"]


def test_hexagons_cover_the_land_once() -> None:
    """Also where an island lies in the cells of the mainland."""
    land = box(500_000, 3_600_000, 560_000, 3_640_000) | box(560_500, 3_610_000, 562_000, 3_620_000)
    county = frame([land], area_id=["1"], name=["Example"])
    cells = hexagon_areas(county, resolution=6)
    assert cells.geometry.area.sum() == pytest.approx(county.geometry.area.sum(), rel=1e-4)
    assert cells.geometry.union_all().symmetric_difference(county.geometry[0]).area < 1e-4 * county.geometry.area.sum()
    assert cells["area_id"].is_unique
    assert cells["area_id"].is_monotonic_increasing
    assert cells["name"].tolist() == [f"Example {i + 1}" for i in range(len(cells))]
    assert np.median(cells.geometry.area) == pytest.approx(36e6, rel=0.15)


def test_far_too_many_hexagons_are_refused() -> None:
    county = frame([box(500_000, 3_600_000, 660_000, 3_740_000)], area_id=["1"], name=["Example"])
    with pytest.raises(ProjectError, match="Use a lower resolution"):
        hexagon_areas(county, resolution=9)
