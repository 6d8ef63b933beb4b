"""Access figures against answers known by hand, at the limits, and as properties."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.access import access_by_area, mean_minutes, point_gap, quantile_minutes, share_beyond

INF = np.inf


def people(rows: list[tuple[str, float, float, float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["area_id", "population", "minutes_medical", "minutes_shelter"])


@pytest.fixture
def county() -> pd.DataFrame:
    """Area A: 300 people 10 and 50 minutes away, 100 people 40 and 70. Area B: 50 people who can reach no shelter."""
    return people([("A", 300, 10, 50), ("A", 100, 40, 70), ("B", 50, 20, INF)])


def figures(table: pd.DataFrame) -> pd.DataFrame:
    return access_by_area(table, categories=("medical", "shelter"), bands_min=(30.0, 60.0))


def test_figures_by_hand(county: pd.DataFrame) -> None:
    a = figures(county).loc["A"]
    assert a["minutes_medical"] == pytest.approx(17.5)  # (300 x 10 + 100 x 40) / 400
    assert a["median_medical"] == 10
    assert a["p90_medical"] == 40
    assert a["beyond_30_medical"] == 0.25
    assert a["beyond_60_shelter"] == 0.25
    assert a["beyond_30_any"] == 1.0
    assert a["minutes_worst"] == pytest.approx(55.0)
    # 300 people: (10/60 + 50/60) / 2 = 0.5; 100 people: (40/60 + 1) / 2 = 5/6
    assert a["access_gap"] == pytest.approx((300 * 0.5 + 100 * 5 / 6) / 400)


def test_unreachable_is_a_state_and_never_nan(county: pd.DataFrame) -> None:
    table = figures(county)
    b = table.loc["B"]
    assert b["minutes_shelter"] == b["median_shelter"] == b["p90_shelter"] == b["minutes_worst"] == INF
    assert b["unreachable_shelter"] == b["beyond_60_shelter"] == b["beyond_60_any"] == 1.0
    assert b["access_gap"] == pytest.approx((20 / 60 + 1) / 2)
    assert not table.isna().to_numpy().any()


def test_a_partly_unreachable_area_counts_the_unreached_in_shares_only() -> None:
    table = figures(people([("A", 90, 10, 20), ("A", 10, 10, INF)]))
    assert table.loc["A", "minutes_shelter"] == 20
    assert table.loc["A", "unreachable_shelter"] == pytest.approx(0.1)
    assert table.loc["A", "p90_shelter"] == 20


def test_an_area_of_nobody_has_the_figures_of_its_points() -> None:
    table = figures(people([("A", 0, 10, 30), ("A", 0, 30, 30), ("B", 5, 1, 1)]))
    assert table.loc["A", "minutes_medical"] == 20


def test_exactly_on_the_band_is_within_it() -> None:
    one = pd.Series([1.0])
    assert share_beyond(pd.Series([30.0]), one, pd.Series(["A"]), band_min=30)["A"] == 0


def test_adding_an_area_changes_nobody_elses_figures(county: pd.DataFrame) -> None:
    more = pd.concat([county, people([("C", 9_000, 300, INF)])], ignore_index=True)
    pd.testing.assert_frame_equal(figures(county), figures(more).drop("C"))


minutes = st.one_of(st.floats(0, 500), st.just(INF))
rows = st.lists(st.tuples(st.sampled_from("AB"), st.integers(0, 1000), minutes, minutes), min_size=1, max_size=30)


@given(rows, st.randoms(use_true_random=False))
def test_shares_and_gaps_stay_in_range_and_row_order_does_not_matter(table: list, random: object) -> None:
    frame = people(table)
    result = figures(frame)
    shares = result.filter(regex=r"^(beyond|unreachable|access_gap)")
    assert ((shares >= 0) & (shares <= 1 + 1e-12)).to_numpy().all()
    assert not result.isna().to_numpy().any()
    shuffled = frame.sample(frac=1, random_state=random.randrange(2**32))
    pd.testing.assert_frame_equal(result, figures(shuffled))


@given(st.lists(st.floats(0, 500), min_size=1, max_size=20))
def test_quantiles_rise_and_bracket_the_mean(values: list[float]) -> None:
    t = pd.Series(values)
    one, area = pd.Series(1.0, index=t.index), pd.Series("A", index=t.index)
    low, high = (quantile["A"] for quantile in quantile_minutes(t, one, area, shares=(1e-9, 1.0)))
    assert (low, high) == (t.min(), t.max())
    assert low - 1e-9 <= mean_minutes(t, one, area)["A"] <= high + 1e-9


def test_the_gap_is_full_only_when_every_service_is_far() -> None:
    assert point_gap(pd.DataFrame({"a": [0.0, 60.0], "b": [0.0, 600.0]}), full_gap_min=60).tolist() == [0.0, 1.0]
