"""Who counts as rural, and the rural service gap, by hand."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from layers.rural import rural_by_area, rural_by_density, rural_by_urban_areas, rural_gap

CRS = "EPSG:32616"


def points(rows: list[tuple[float, float, float]]) -> gpd.GeoDataFrame:
    x, y, population = zip(*rows, strict=True)
    return gpd.GeoDataFrame({"population": population}, geometry=gpd.points_from_xy(x, y), crs=CRS)


def test_density_counts_neighbours_and_points_on_one_spot() -> None:
    # 193 per km2 within 5 km is 15 158 people
    people = points([(0, 0, 8_000), (0, 0, 4_000), (3_000, 0, 3_500), (6_000, 0, 100), (90_000, 0, 15_000)])
    # at 3 km: 8000 + 4000 + 3500 + 100 = 15 600: urban; at 6 km: 3 600 within 5 km: rural
    assert rural_by_density(people).tolist() == [False, False, False, True, True]


def test_urban_areas() -> None:
    urban = gpd.GeoDataFrame(geometry=[box(0, 0, 10, 10), box(5, 5, 20, 20)], crs=CRS)
    assert rural_by_urban_areas(points([(7, 7, 1), (10, 0, 1), (30, 0, 1)]), urban).tolist() == [False, False, True]


@pytest.fixture
def people() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "area_id": ["A", "A", "B", "C"],
            "population": [100.0, 300.0, 50.0, 0.0],
            "rural": [True, False, True, True],
            "minutes_medical": [40.0, 10.0, np.inf, 99.0],
        }
    )


def test_gap_by_category(people: pd.DataFrame) -> None:
    row = rural_gap(people, categories=("medical",), band_min=30).loc["medical"]
    assert row.to_dict() == {
        "rural_people": 150, "rural_beyond": 150, "rural_share": 1.0,
        "other_people": 300, "other_beyond": 0, "other_share": 0.0,
    }  # fmt: skip


def test_gap_by_area(people: pd.DataFrame) -> None:
    table = rural_by_area(people, categories=("medical",), band_min=30)
    assert table["rural_share"].tolist() == [0.25, 1.0, 0.0]
    assert table["rural_beyond_30_medical"].tolist() == [100, 50, 0]


def test_beyond_any_counts_whoever_is_far_from_at_least_one(people: pd.DataFrame) -> None:
    two = people.assign(minutes_legal=[10, 40, 10, 10, 10][: len(people)])
    table = rural_by_area(two, categories=("medical", "legal"), band_min=30)
    far = (two["minutes_medical"] > 30) | (two["minutes_legal"] > 30)
    expected = two["population"].where(two["rural"] & far, 0).groupby(two["area_id"]).sum()
    assert table["rural_beyond_30_any"].tolist() == expected.tolist()


def test_nobody_is_rural(people: pd.DataFrame) -> None:
    none = people.assign(rural=False)
    assert rural_gap(none, categories=("medical",), band_min=30).loc["medical", "rural_share"] == 0
    assert rural_by_area(none, categories=("medical",), band_min=30)["rural_beyond_30_medical"].tolist() == [0, 0, 0]
