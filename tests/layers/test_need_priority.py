"""Need, reach, priority, ranks and their uncertainty on small cases known by hand."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.project import Indicator, Project, Weights
from layers.access import mean_over_people
from layers.need import UNKNOWN_NEED, need_by_area, percentile_rank, point_need
from layers.priority import nobody_to_meet, priority, rank, reach, underserved
from layers.uncertainty import _need_by_draw, confidence, rank_interval

POVERTY = {"poverty": Indicator(column="p", label="Poverty")}


def small_project(**weights: float) -> Project:
    return Project.model_validate(
        {
            "title": "T", "study_area": "S", "as_of": dt.date(2026, 1, 1),
            "roads": {"osm": "r.osm"}, "corridor": {"highways": "I 1"},
            "areas": {"file": "a.gpkg", "id": "i", "name": "n"},
            "people": {"file": "p.csv", "indicators": {"poverty": {"column": "p", "label": "Poverty"}}},
            "providers": [{"file": "s.csv"}],
            "access": {"required": ("medical",)}, "weights": weights,
        }
    )  # fmt: skip


def test_need_by_hand() -> None:
    people = pd.DataFrame(
        {"area_id": ["A", "A", "B"], "population": [100.0, 100.0, 200.0], "poverty": [10.0, 30.0, 20.0]}
    )
    # ranks: 10 -> 50/400, 20 -> (100 + 100)/400, 30 -> (300 + 50)/400
    table = need_by_area(people, POVERTY)
    assert table["need"].to_dict() == {"A": pytest.approx((0.125 + 0.875) / 2), "B": 0.5}
    assert table["indicator_poverty"].to_dict() == {"A": 20.0, "B": 20.0}


def test_less_can_be_worse() -> None:
    people = pd.DataFrame({"area_id": ["A", "B"], "population": [1.0, 1.0], "income": [10.0, 90.0]})
    table = need_by_area(people, {"income": Indicator(column="i", label="Income", higher_is_worse=False)})
    assert table["need"].to_dict() == {"A": 0.75, "B": 0.25}


def test_unknown_indicators_give_the_middle_and_an_empty_mean() -> None:
    people = pd.DataFrame({"area_id": ["A", "B"], "population": [1.0, 1.0], "poverty": [np.nan, 5.0]})
    table = need_by_area(people, POVERTY)
    assert table.loc["A", "need"] == UNKNOWN_NEED
    assert np.isnan(table.loc["A", "indicator_poverty"])


def test_without_indicators_need_is_zero() -> None:
    people = pd.DataFrame({"area_id": ["A"], "population": [1.0]})
    assert need_by_area(people, {})["need"].tolist() == [0.0]


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.integers(1, 1000)), min_size=1, max_size=30))
def test_percentile_ranks_are_centred_and_keep_order(rows: list[tuple[float, int]]) -> None:
    values, population = pd.Series([r[0] for r in rows]), pd.Series([float(r[1]) for r in rows])
    ranks = percentile_rank(values, population)
    assert np.average(ranks, weights=population) == pytest.approx(0.5)
    assert ranks[values.argsort()].is_monotonic_increasing


def test_reach_is_absolute_and_bounded() -> None:
    assert reach(pd.Series([0, 5, 10**9]), pd.Series([0.0, 0.0, 1.0])).tolist() == pytest.approx([0, 0.25, 1.0])


def test_priority_can_be_recomputed_from_the_printed_parts() -> None:
    parts = pd.DataFrame({"access_gap": [0.123449], "need": [0.5], "reach": [0.1]})
    weights = Weights(access_gap=2, need=1, reach=1)
    assert priority(parts, weights).tolist() == [round(100 * (2 * 0.1234 + 0.5 + 0.1) / 4, 2)]


def test_equal_priorities_share_the_better_rank() -> None:
    assert rank(pd.Series([50.0, 70.0, 50.0, 10.0])).tolist() == [2, 1, 2, 4]


def test_underserved_means_more_than_half() -> None:
    shares, living = pd.Series([0.5, 0.51, 1.0]), pd.Series([10, 10, 0])
    assert underserved(shares, living).tolist() == [False, True, False]


def county_tables(n: int = 40) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(0)
    ids = [f"{i:02d}" for i in range(n)]
    areas = pd.DataFrame(
        {
            "population": 100.0, "n_venues": rng.integers(0, 9, n), "corridor_share": rng.random(n), "rank": np.arange(1, n + 1),
            "highways": "I 1",
        },
        index=pd.Index(ids, name="area_id"),
    )  # fmt: skip
    people = pd.DataFrame(
        {
            "area_id": ids, "population": 100.0, "minutes_medical": rng.random(n) * 90, "poverty": rng.random(n),
            "off_road_m": 100.0, "stands_in": 0.0,
        }
    )  # fmt: skip
    return areas, people


def test_rank_interval_holds_the_rank_and_repeats_exactly() -> None:
    areas, people = county_tables()
    interval = rank_interval(areas, people, small_project())
    assert (interval["rank_low"] <= areas["rank"]).all()
    assert (interval["rank_high"] >= areas["rank"]).all()
    assert interval["rank_low"].min() >= 1
    assert interval["rank_high"].max() <= len(areas)
    pd.testing.assert_frame_equal(interval, rank_interval(areas, people, small_project()))


def test_an_area_worst_in_everything_is_first_in_every_draw() -> None:
    areas, people = county_tables(20)
    areas.loc["00", ["n_venues", "corridor_share"]] = [500, 1.0]
    people.loc[0, ["minutes_medical", "poverty"]] = [np.inf, 9.0]
    interval = rank_interval(areas, people, small_project())
    assert interval.loc["00"].tolist() == [1, 1]


def test_where_nobody_can_be_met_the_distance_does_not_count() -> None:
    areas, people = county_tables(20)
    areas.loc["00", ["population", "n_venues", "corridor_share", "rank"]] = [0, 0, 0.0, 20]
    people.loc[0, ["population", "minutes_medical", "poverty"]] = [0, np.inf, 9.0]
    assert nobody_to_meet(areas).tolist() == [True] + [False] * 19
    assert rank_interval(areas, people, small_project()).loc["00"].tolist() == [20, 20]


def test_areas_that_are_always_equal_share_the_better_rank_in_every_draw() -> None:
    areas, people = county_tables(20)
    areas.loc[["00", "07", "13"], ["population", "n_venues", "corridor_share", "rank"]] = [0, 0, 0.0, 18]
    people.loc[[0, 7, 13], "population"] = 0
    interval = rank_interval(areas, people, small_project())
    assert interval.loc[["00", "07", "13"]].to_numpy().tolist() == [[18, 18]] * 3


def test_unknown_indicators_weigh_in_no_draw_as_in_the_ranking() -> None:
    rng = np.random.default_rng(5)
    _, people = county_tables(30)
    people["area_id"] = [f"{i % 6:02d}" for i in range(30)]
    people["rent"] = rng.random(30)
    people.loc[rng.random(30) < 0.3, "poverty"] = np.nan
    people.loc[rng.random(30) < 0.3, "rent"] = np.nan
    people.loc[:2, ["poverty", "rent"]] = np.nan
    indicators = {
        "poverty": Indicator(column="poverty", label="Poverty"),
        "rent": Indicator(column="rent", label="Rent", higher_is_worse=False),
    }
    areas = pd.DataFrame(index=pd.Index(sorted(set(people["area_id"])), name="area_id"))
    shares = np.array([[0.5, 0.5], [0.9, 0.1], [0.0, 1.0]])
    drawn = _need_by_draw(areas, people, indicators, shares)
    for share, need in zip(shares, drawn.T, strict=True):
        weighed = {
            name: each.model_copy(update={"weight": weight})
            for (name, each), weight in zip(indicators.items(), share, strict=True)
        }
        expected = mean_over_people(point_need(people, weighed), people["population"], people["area_id"])
        assert need == pytest.approx(expected.to_numpy())


def test_travelers_are_met_where_a_venue_is_listed() -> None:
    areas = pd.DataFrame({"population": [0, 0, 5], "n_venues": [0, 1, 0]})
    assert nobody_to_meet(areas).tolist() == [True, False, False]


def test_a_weight_of_zero_stays_out_of_every_draw() -> None:
    areas, people = county_tables(20)
    people["minutes_medical"] = 500.0
    people["poverty"] = np.arange(20.0)
    areas["rank"] = np.arange(20, 0, -1)
    interval = rank_interval(areas, people, small_project(access_gap=0.5, need=0.5, reach=0.0))
    assert (interval["rank_low"] == interval["rank_high"]).all()


def test_confidence_says_why() -> None:
    areas, people = county_tables(4)
    areas = areas.assign(rank_low=1, rank_high=1, n_venues=[1, 0, 0, 1])
    people["off_road_m"] = [10.0, 10.0, 9_000.0, 10.0]
    table = confidence(areas, people)
    assert table["confidence"].tolist() == ["high", "medium", "low", "high"]
    assert "no venue" in table.loc["01", "confidence_why"]
    assert "far from the nearest road" in table.loc["02", "confidence_why"]
    assert table.loc["00", "confidence_why"] == ""
