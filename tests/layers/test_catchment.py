"""Floating catchments: the golden vector, limits, conservation, and equality with PySAL access."""

import warnings

import numpy as np
import pandas as pd
import pytest
from access import weights as pysal_weights
from access.fca import three_stage_fca, two_stage_fca
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from layers.catchment import enhanced_two_step, modified_two_step, three_step, two_step
from layers.decay import LUO_QI_30, RURAL_60, WAN_60, gaussian, step, within
from layers.inequality import gini, palma

POPULATION = pd.Series({1: 1000.0, 2: 500.0, 3: 200.0, 4: 300.0})
CAPACITY = pd.Series({"a": 10.0, "b": 4.0})
TRIPS = pd.DataFrame(
    [(1, "a", 8.0), (1, "b", 25.0), (2, "a", 18.0), (2, "b", 9.0), (3, "a", 40.0), (3, "b", 28.0)],
    columns=["origin", "destination", "minutes"],
)


@pytest.mark.parametrize(
    ("access", "golden"),
    [
        (two_step(POPULATION, CAPACITY, TRIPS, catchment_min=30), [0.009020, 0.009020, 0.002353, 0]),
        (enhanced_two_step(POPULATION, CAPACITY, TRIPS, decay=LUO_QI_30), [0.008615, 0.010310, 0.001152, 0]),
        (three_step(POPULATION, CAPACITY, TRIPS, decay=WAN_60), [0.009161, 0.008457, 0.003054, 0]),
    ],
)
def test_golden_vector(access: pd.Series, golden: list[float]) -> None:
    assert access.to_numpy() == pytest.approx(golden, abs=1e-6)
    assert access[4] == 0  # no provider in its catchment: the worst served, not an unknown
    assert (access * POPULATION).sum() == pytest.approx(14)


def test_modified_two_step_by_hand() -> None:
    # one place of 100 people 15 minutes from a provider of 10: R = 10 / 68, A = R x 0.68^2
    one = pd.DataFrame([(1, "a", 15.0)], columns=["origin", "destination", "minutes"])
    access = modified_two_step(pd.Series({1: 100.0}), pd.Series({"a": 10.0}), one, decay=LUO_QI_30)
    assert access[1] == pytest.approx(10 / 68 * 0.68**2)


def test_an_endless_catchment_gives_all_capacity_per_person() -> None:
    everyone = pd.DataFrame(
        [(i, j, 10.0) for i in POPULATION.index for j in CAPACITY.index], columns=["origin", "destination", "minutes"]
    )
    access = two_step(POPULATION, CAPACITY, everyone, catchment_min=1e9)
    assert access.to_numpy() == pytest.approx([14 / 2000] * 4)


def test_no_trips_no_people_no_capacity() -> None:
    assert two_step(POPULATION, CAPACITY, TRIPS.iloc[:0], catchment_min=30).tolist() == [0, 0, 0, 0]
    assert two_step(POPULATION * 0, CAPACITY, TRIPS, catchment_min=30).tolist() == [0, 0, 0, 0]
    assert two_step(POPULATION, CAPACITY * 0, TRIPS, catchment_min=30).tolist() == [0, 0, 0, 0]


def test_trips_to_strangers_are_refused() -> None:
    with pytest.raises(ValueError, match="not in the tables"):
        two_step(POPULATION, CAPACITY.drop("b"), TRIPS, catchment_min=30)


DECAYS = {
    "luo-qi": (LUO_QI_30, pysal_weights.step_fn({10: 1, 20: 0.68, 30: 0.22})),
    "rural": (RURAL_60, pysal_weights.step_fn({20: 1, 40: 0.68, 60: 0.22})),
    "gaussian": (gaussian(15), pysal_weights.gaussian(15)),
    "binary": (within(30), pysal_weights.step_fn({30: 1})),
}


@st.composite
def markets(draw: st.DrawFn) -> tuple[pd.Series, pd.Series, pd.DataFrame]:
    n, m = draw(st.integers(1, 6)), draw(st.integers(1, 4))
    people = draw(st.lists(st.integers(1, 1000), min_size=n, max_size=n))
    beds = draw(st.lists(st.integers(1, 50), min_size=m, max_size=m))
    pairs = draw(
        st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, m - 1)), unique=True, min_size=1, max_size=n * m)
    )
    rows = [(i, 100 + j, draw(st.floats(0, 80))) for i, j in pairs]
    trips = pd.DataFrame(rows, columns=["origin", "destination", "minutes"])
    supply = pd.Series(beds, index=range(100, 100 + m), dtype=float)
    return pd.Series(people, index=range(n), dtype=float), supply, trips


def pysal(market: tuple[pd.Series, pd.Series, pd.DataFrame], stages: int, weight: object) -> pd.Series:
    population, capacity, trips = market
    demand = pd.DataFrame({"demand": population, "geoid": population.index})
    supply = pd.DataFrame({"supply": capacity, "geoid": capacity.index})
    costs = trips.rename(columns={"destination": "dest", "minutes": "cost"})
    function = {2: two_stage_fca, 3: three_stage_fca}[stages]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(demand, supply, costs, max_cost=1e9, weight_fn=weight)


@settings(deadline=None, max_examples=40)
@given(markets(), st.sampled_from(sorted(DECAYS)))
def test_equals_pysal_where_it_gives_a_number(market: tuple, name: str) -> None:
    ours, theirs = DECAYS[name]
    for stages, measure in ((2, enhanced_two_step), (3, three_step)):
        expected = pysal(market, stages, theirs)
        expected = expected[np.isfinite(expected)]
        got = measure(*market, decay=ours).reindex(expected.index)
        np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-12)


@given(markets(), st.sampled_from(sorted(DECAYS)))
def test_capacity_is_conserved(market: tuple, name: str) -> None:
    population, capacity, trips = market
    decay = DECAYS[name][0]
    asked = trips[decay(trips["minutes"].to_numpy()) > 0]
    offered = capacity[capacity.index.isin(asked["destination"])].sum()
    for measure in (enhanced_two_step, three_step):
        handed_out = (measure(*market, decay=decay) * population).sum()
        assert handed_out == pytest.approx(offered, rel=1e-6)
    assert (modified_two_step(*market, decay=decay) * population).sum() <= offered * (1 + 1e-9)


def test_decays_are_checked() -> None:
    for broken in (lambda: step({}), lambda: step({10: -1}), lambda: gaussian(0)):
        with pytest.raises(ValueError, match="needs zones|above 0"):
            broken()


@given(st.lists(st.tuples(st.floats(0, 100), st.integers(1, 100)), min_size=1, max_size=20), st.floats(0.1, 10))
def test_gini_is_bounded_and_ignores_the_unit(rows: list[tuple[float, int]], factor: float) -> None:
    access, people = pd.Series([r[0] for r in rows]), pd.Series([r[1] for r in rows])
    assume(access.sum() > 0)
    coefficient = gini(access, people)
    assert -1e-9 <= coefficient < 1
    assert gini(access * factor, people) == pytest.approx(coefficient, abs=1e-6)


def test_palma_at_its_limits() -> None:
    assert palma(pd.Series([2.0, 2.0, 2.0]), pd.Series([1, 5, 9])) == pytest.approx(1.0)
    assert palma(pd.Series([0.0, 1.0]), pd.Series([50, 50])) == np.inf


@pytest.mark.parametrize("measure", [gini, palma])
def test_what_nobody_has_is_not_spread_evenly(measure) -> None:
    assert np.isnan(measure(pd.Series([0.0, 0.0]), pd.Series([50, 50])))
    assert np.isnan(measure(pd.Series([0.0, 3.0]), pd.Series([50, 0])))  # where there is access nobody lives
