"""Minutes from exits and to places from exits, by hand."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.snap import snap
from layers.exits import (
    attach_exits,
    exit_minutes,
    exits_of_areas,
    is_in_corridor,
    place_by_exit,
    time_corridor,
    towns_served,
)
from tests.layers.highway_case import EXTENT, TM, at, build, sweep_to, table

FAR_M = 5_000


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    routes, network = build(tmp_path_factory.mktemp("highway"))
    return routes, attach_exits(routes, network)


def test_the_case_itself(case):
    routes, _ = case
    assert routes.exits["label"].tolist() == ["exit 10", "exit 20", "exit 40", "exit 50"]
    assert routes.exits["crossing"].tolist() == ["MS 10", "MS 20", "MS 40", "MS 50"]
    assert sorted(routes.exit_nodes["way"]) == [-1] * 4 + [1] * 4
    assert routes.routes[0].directions == ("NB", "SB")


def test_minutes_from_exits_depend_on_the_direction(case):
    _, exits = case
    # A shelter 10 km east of exit 20: 10 minutes from its ramps. Northbound, exit 40 lies beyond it: one has to go on to
    # exit 50, or turn at the end; over exit 40's side road and back it is 20 km on the motorway.
    shelter = table([(10, 20.1)], categories=["shelter"])
    minutes = exit_minutes(exits, sweep_to(exits, shelter), categories=("shelter",))
    by = minutes.set_index(["direction", "label"])["minutes_shelter"]
    assert by["NB", "exit 20"] == pytest.approx(10, abs=0.3)
    assert by["SB", "exit 20"] == pytest.approx(10.3, abs=0.3)
    assert by["NB", "exit 10"] == pytest.approx(15, abs=0.3)
    assert by["SB", "exit 40"] == pytest.approx(20.3, abs=0.3)
    # Off at exit 40, under the bridge and back on southwards costs the ramps: a little more than from the other side.
    assert by["NB", "exit 40"] == pytest.approx(20.9, abs=0.4)
    assert by["NB", "exit 40"] > by["SB", "exit 40"]
    assert minutes["direction"].tolist() == ["NB"] * 4 + ["SB"] * 4
    assert minutes["heading"].tolist() == [1] * 4 + [-1] * 4


def test_no_provider_is_infinitely_far(case):
    _, exits = case
    minutes = exit_minutes(exits, sweep_to(exits, table([(10, 20.1)], categories=["legal"])), categories=("shelter",))
    assert np.isinf(minutes["minutes_shelter"]).all()


def test_places_have_the_exit_that_leads_to_them(case):
    _, exits = case
    # A motel on the side road of exit 40, and one right beside the motorway but on the road of exit 20.
    motels = table([(6, 40.1), (1.5, 20.1), (0, 300), (28, 50.1)]).set_axis([3, 1, 2, 4])
    placed = place_by_exit(exits, motels, max_off_road_m=FAR_M)
    assert placed.index.tolist() == [3, 1, 2, 4]
    assert placed["exit"].tolist() == ["exit 40", "exit 20", "", "exit 50"]
    assert placed["exit_min"].tolist() == pytest.approx([6, 1.5, np.inf, 28], abs=0.2)
    assert placed["exit_m"].tolist() == pytest.approx([6000, 1500, np.nan, 28_000], abs=150, nan_ok=True)


def test_a_place_between_exits_is_reached_by_an_exit_not_over_the_fence(case):
    _, exits = case
    # 300 m from the motorway at kilometre 30, where there is no exit: with nothing but the side roads it is far off.
    placed = place_by_exit(exits, table([(0.3, 30)]), max_off_road_m=15_000)
    assert placed["exit_min"].iloc[0] > 15


def test_a_rest_area_is_reached_from_the_motorway(case):
    _, exits = case
    rest_area = table([(0.1, 30)])
    direct = place_by_exit(exits, rest_area, max_off_road_m=FAR_M, on_motorways=pd.Series([True]))
    assert direct["exit"].tolist() == ["exit 20"]
    assert direct["exit_min"].iloc[0] == pytest.approx(5, abs=0.4)


def test_a_rest_area_belongs_to_the_exit_before_it_in_its_own_direction(case):
    _, exits = case
    # Both lie at kilometre 30, one beside each carriageway: the exit before is 20 northbound and 40 southbound.
    both = table([(0.1, 30), (-0.1, 30)])
    placed = place_by_exit(exits, both, max_off_road_m=FAR_M, on_motorways=pd.Series([True, True]))
    assert placed["exit"].tolist() == ["exit 20", "exit 40"]
    assert placed["exit_min"].tolist() == pytest.approx([5, 5], abs=0.4)
    assert exits.routes.locate(both.geometry)["side"].tolist() == ["NB", "SB"]


@given(
    distance=st.floats(0, 1e5),
    minutes=st.one_of(st.floats(0, 500), st.just(float("inf"))),
    within=st.floats(1, 60),
    width=st.floats(100, 2e4),
)
def test_the_union_holds_both(distance, minutes, within, width):
    def rule(combine):
        inside = is_in_corridor(
            pd.Series([distance]), pd.Series([minutes]), half_width_m=width, within_min=within, combine=combine
        )
        return bool(inside.iloc[0])

    assert rule("union") == (rule("distance") or rule("time"))


def test_the_corridor_by_time_follows_the_side_roads(case):
    _, exits = case
    land = time_corridor(exits, within_min=10, extent=EXTENT, max_off_road_m=FAR_M).geometry.iloc[0]
    assert land.covers(at(8, 20.1))
    assert not land.covers(at(13, 20.1))
    assert not land.covers(at(8, 30))
    # Ten kilometres from the exits on both sides: the motorway passes in five minutes, and is not left there.
    assert not land.covers(at(0.5, 30))
    wider = time_corridor(exits, within_min=15, extent=EXTENT, max_off_road_m=FAR_M).geometry.iloc[0]
    assert wider.area > land.area
    assert wider.covers(at(13, 20.1))


def test_towns_are_named_the_largest_first(case):
    routes, _ = case
    towns = table([(2, 11), (-3, 9), (30, 20)], name=["Small", "Large", "Far"], population=[10, 500, 9000])
    served = towns_served(routes.exits, towns)
    assert served.tolist() == ["Large, Small", "", "", ""]
    assert towns_served(routes.exits, None).eq("").all()
    assert towns_served(routes.exits.iloc[:0], towns).empty


def test_an_area_has_the_exit_that_leads_to_most_of_its_people(case):
    _, exits = case
    # 30 people 6 minutes from exit 40 and 10 people 2 minutes from it; fewer beside exit 20; an area where nobody lives.
    homes = table([(6, 40.1), (2, 40.1), (1, 20.1), (4, 50.1), (0, 300)])
    homes = homes.assign(population=[30, 10, 39, 0, 5], area_id=["a", "a", "a", "b", "c"])
    found = exits_of_areas(exits, homes, snap(exits.network, homes.geometry, max_off_road_m=FAR_M))
    assert found.index.tolist() == ["a", "b"]
    labels = exits.routes.exits.set_index("exit_id")["label"]
    assert found["exit_id"].map(labels).tolist() == ["exit 40", "exit 50"]
    assert found["exit_min"].tolist() == pytest.approx([5, 4], abs=0.2)


def test_a_highway_without_exits(tmp_path):
    routes, network = build(tmp_path, exits=())
    exits = attach_exits(routes, network)
    assert exit_minutes(exits, sweep_to(exits, table([(1, 1)], categories=["legal"])), categories=("legal",)).empty
    placed = place_by_exit(exits, table([(1, 1)]), max_off_road_m=FAR_M)
    assert placed["exit"].tolist() == [""]
    home = table([(1, 1)]).assign(population=1, area_id="a")
    assert exits_of_areas(exits, home, snap(network, home.geometry)).empty
    land = time_corridor(exits, within_min=10, extent=EXTENT, max_off_road_m=FAR_M)
    assert land.geometry.is_empty.all()
    assert isinstance(land, gpd.GeoDataFrame)
    assert land.crs == TM
