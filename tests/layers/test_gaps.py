"""Stretches without help, by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.vocabulary import CATEGORIES
from layers.exits import attach_exits, exit_minutes
from layers.gaps import GAP_COLUMNS, gap_table
from tests.layers.highway_case import build, sweep_to, table

NO_VENUES = pd.DataFrame({"route_id": pd.Series(dtype=str), "milepost": pd.Series(dtype=float), "only_side": ""})


@pytest.fixture(scope="module")
def routes(tmp_path_factory):
    return build(tmp_path_factory.mktemp("highway"))[0]


def minutes_of(routes, up, down, category="shelter"):
    """Return the minutes table with given values per exit, northbound and southbound."""
    exits = routes.exits[["exit_id", "route_id", "label", "number", "milepost"]]
    return pd.concat(
        [
            exits.assign(heading=1, direction="NB", **{f"minutes_{category}": up}),
            exits.assign(heading=-1, direction="SB", **{f"minutes_{category}": down}),
        ],
        ignore_index=True,
    )


def gaps_of(routes, up, down, bands=(30,), venues=NO_VENUES):
    return gap_table(routes, minutes_of(routes, up, down), venues, categories=("shelter",), bands_min=bands)


def test_a_gap_begins_at_the_last_exit_with_help_and_ends_at_the_last_without(routes):
    gaps = gaps_of(routes, [10, 40, 45, 20], [5, 5, 5, 5])
    assert len(gaps) == 1
    row = gaps.iloc[0]
    # Whoever has passed exit 10 finds help again at exit 50 only.
    assert (row["direction"], row["from_exit"], row["to_exit"], row["n_exits"]) == ("NB", "exit 10", "exit 40", 3)
    assert (row["from_milepost"], row["to_milepost"]) == pytest.approx((10, 40), abs=0.3)
    assert row["length"] == pytest.approx(30, abs=0.3)
    assert row["minutes_worst"] == 45
    assert row["unit"] == "km"


def test_southbound_it_lies_on_the_other_side(routes):
    row = gaps_of(routes, [5, 5, 5, 5], [10, 40, 45, 20]).iloc[0]
    assert (row["from_milepost"], row["to_milepost"]) == pytest.approx((20, 50), abs=0.3)
    assert (row["direction"], row["from_exit"], row["to_exit"], row["n_exits"]) == ("SB", "exit 20", "exit 50", 3)


def test_exits_at_the_end_reach_to_the_edge_of_the_study_area(routes):
    gaps = gaps_of(routes, [99, 5, 5, 5], [5, 5, 5, 99])
    assert gaps["from_milepost"].tolist() == pytest.approx([0, 50], abs=0.3)
    assert gaps["to_milepost"].tolist() == pytest.approx([10, 60], abs=0.3)
    assert gaps["from_exit"].tolist() == ["milepost 0", "exit 50"]
    assert gaps["to_exit"].tolist() == ["exit 10", "milepost 60"]
    assert gaps["n_exits"].tolist() == [1, 1]


def test_a_stretch_of_a_ring_passes_milepost_0(routes):
    ring = replace(routes, routes=(replace(routes.routes[0], is_loop=True),))
    venues = pd.DataFrame({"route_id": "I 5", "milepost": [5.0, 15.0, 30.0, 55.0], "only_side": ""})
    gaps = gaps_of(ring, [40, 10, 10, 45], [40, 10, 10, 45], venues=venues).set_index("direction")
    assert gaps.loc["NB", ["from_exit", "to_exit"]].tolist() == ["exit 40", "exit 10"]
    assert gaps.loc["SB", ["from_exit", "to_exit"]].tolist() == ["exit 50", "exit 20"]
    assert gaps.loc["NB", ["from_milepost", "to_milepost", "length"]].tolist() == pytest.approx([40, 10, 30], abs=0.4)
    assert gaps["length"].tolist() == pytest.approx([30, 30], abs=0.4)
    assert gaps["n_exits"].tolist() == [3, 3]
    assert gaps["n_venues"].to_dict() == {"NB": 2, "SB": 3}
    whole = gaps_of(ring, [40] * 4, [10] * 4)
    assert whole["length"].tolist() == pytest.approx([60], abs=0.2)
    assert whole["n_exits"].tolist() == [4]


def test_exactly_on_the_band_is_near(routes):
    assert gaps_of(routes, [30, 30, 30, 30], [30, 30, 30, 30]).empty


def test_unreachable_counts_for_every_band(routes):
    gaps = gaps_of(routes, [np.inf] * 4, [5] * 4, bands=(30, 60))
    assert gaps["band_min"].tolist() == [60, 30]
    assert np.isinf(gaps["minutes_worst"]).all()
    assert gaps["n_exits"].tolist() == [4, 4]


def test_the_longest_comes_first_and_venues_are_counted(routes):
    venues = pd.DataFrame({"route_id": "I 5", "milepost": [11.0, 25.0, 45.0, np.nan], "only_side": ""})
    gaps = gaps_of(routes, [10, 40, 45, 20], [10, 10, 10, 99], venues=venues)
    assert gaps["length"].is_monotonic_decreasing
    assert gaps["n_venues"].tolist() == [2, 0]


def test_a_rest_area_of_the_other_direction_is_no_venue_of_the_stretch(routes):
    venues = pd.DataFrame({"route_id": "I 5", "milepost": [25.0, 26.0, 27.0], "only_side": ["NB", "SB", ""]})
    gaps = gaps_of(routes, [10, 40, 45, 20], [10, 40, 45, 45], venues=venues)
    assert gaps.set_index("direction")["n_venues"].to_dict() == {"NB": 2, "SB": 2}
    venues = venues.assign(only_side=["SB", "SB", ""])
    gaps = gaps_of(routes, [10, 40, 45, 20], [10, 40, 45, 45], venues=venues)
    assert gaps.set_index("direction")["n_venues"].to_dict() == {"NB": 1, "SB": 3}


def test_no_gap_has_columns_all_the_same(routes):
    assert tuple(gaps_of(routes, [1] * 4, [1] * 4).columns) == GAP_COLUMNS


def test_from_the_roads(tmp_path):
    routes, network = build(tmp_path)
    legal = table([(9, 10.1)], categories=["legal"])
    exits = attach_exits(routes, network)
    minutes = exit_minutes(exits, sweep_to(exits, legal), categories=("legal",))
    gaps = gap_table(routes, minutes, NO_VENUES, categories=("legal",), bands_min=(18,))
    # Exit 20 is 14 minutes away, exit 40 twenty-four.
    assert gaps["direction"].tolist() == ["NB", "SB"]
    assert gaps["from_exit"].tolist() == ["exit 20", "exit 40"]
    assert gaps["to_exit"].tolist() == ["exit 50", "milepost 60"]
    assert gaps["from_milepost"].tolist() == pytest.approx([20.1, 40.1], abs=0.2)
    assert gaps["to_milepost"].tolist() == pytest.approx([50.1, 60], abs=0.2)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.one_of(st.floats(0, 200), st.just(float("inf"))), min_size=8, max_size=8))
def test_a_higher_band_has_no_more_road_in_gaps(routes, values):
    gaps = gap_table(
        routes,
        minutes_of(routes, values[:4], values[4:]),
        NO_VENUES,
        categories=("shelter",),
        bands_min=(30, 60),
    )
    for direction in ("NB", "SB"):
        own = gaps[gaps["direction"].eq(direction)]
        low, high = (own.loc[own["band_min"].eq(band), "length"].sum() for band in (30, 60))
        assert high <= low + 1e-9
    assert (gaps["length"] >= 0).all()
    assert set(gaps["category"]) <= set(CATEGORIES)
