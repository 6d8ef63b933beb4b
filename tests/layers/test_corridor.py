"""The corridor on lines and squares whose figures are known by hand."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, box

from layers.corridor import corridor_bands, corridor_highways, corridor_share, measure_highways
from layers.people import area_of, settle

CRS = "EPSG:32616"
EXTENT = box(0, -50_000, 100_000, 50_000)


def ways(*rows: tuple[str, bool, list[tuple[float, float]]]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"ref": [r[0] for r in rows], "one_way": [r[1] for r in rows]},
        geometry=[LineString(r[2]) for r in rows],
        crs=CRS,
    )


def test_two_one_way_carriageways_count_once() -> None:
    table = measure_highways(
        ways(
            ("I 1", True, [(0, 0), (40_000, 0)]),
            ("I 1", True, [(40_000, 40), (0, 40)]),
            ("I 1", False, [(40_000, 20), (90_000, 20)]),
        ),
        EXTENT,
    )
    assert table["length_m"].tolist() == [pytest.approx(90_000)]
    assert table["pieces"].tolist() == [1]
    assert table["label"].tolist() == ["I-1"]


def test_only_what_lies_inside_counts_and_a_gap_makes_two_pieces() -> None:
    table = measure_highways(
        ways(("7", False, [(-50_000, 0), (10_000, 0)]), ("7", False, [(11_000, 0), (20_000, 0)])), EXTENT
    )
    assert table["length_m"].tolist() == [pytest.approx(19_000)]
    assert table["pieces"].tolist() == [2]


def test_a_highway_outside_the_study_area_has_no_piece() -> None:
    table = measure_highways(ways(("7", False, [(-9, 0), (-5, 0)]), ("8", False, [(-9, 0), (0, 0)])), EXTENT)
    assert table[["length_m", "pieces"]].to_numpy().tolist() == [[0, 0], [0, 0]]


def test_the_band_of_a_winding_highway_is_true_to_half_a_percent_of_its_width() -> None:
    x = np.arange(0.0, 60_001.0, 100.0)
    bend = np.column_stack([x, 6_000 * np.sin(x / 7_000)])
    pieces = ways(*(("I 1", False, bend[at : at + 31].tolist()) for at in range(0, 600, 30)))
    band = corridor_bands(measure_highways(pieces, EXTENT), half_width_m=8_000).geometry.iloc[0]
    true = LineString(bend).buffer(8_000, quad_segs=64)
    assert shapely.hausdorff_distance(band.exterior, true.exterior) <= 40
    assert band.area == pytest.approx(true.area, rel=0.003)


def test_share_and_highways_of_an_area() -> None:
    highways = measure_highways(
        ways(("I 1", False, [(-1e5, 0), (1e5, 0)]), ("I 2", False, [(-1e5, 90_000), (1e5, 90_000)])), EXTENT
    )
    corridor = corridor_bands(highways, half_width_m=5_000)
    areas = gpd.GeoDataFrame(
        {"area_id": ["in", "half", "out"]},
        geometry=[box(0, -1_000, 1_000, 1_000), box(0, 0, 1_000, 10_000), box(0, 20_000, 1_000, 21_000)],
        crs=CRS,
    ).set_index("area_id")
    assert corridor_share(areas, corridor).tolist() == [1.0, pytest.approx(0.5), 0.0]
    assert corridor_highways(areas, corridor).tolist() == ["I 1", "I 1", ""]


def test_an_area_without_people_gets_a_point_of_nobody() -> None:
    areas = gpd.GeoDataFrame(
        {"area_id": ["a", "b"]}, geometry=[box(0, 0, 10, 10), box(10, 0, 20, 10)], crs=CRS
    ).set_index("area_id")
    people = gpd.GeoDataFrame(
        {"point_id": ["1", "2", "3"], "population": [5.0, 6.0, 7.0]},
        geometry=gpd.points_from_xy([5, 10, 99], [5, 5, 5]),
        crs=CRS,
    )
    # the second point lies on the border and goes to the first area, the third lies outside
    assert area_of(people, areas).tolist() == ["a", "a", ""]
    settled = settle(people, areas)
    assert settled[["area_id", "population"]].to_numpy().tolist() == [["a", 5], ["a", 6], ["b", 0]]
    assert areas.loc["b", "geometry"].contains(settled.geometry.iloc[-1])
