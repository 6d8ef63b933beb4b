"""Travel and shared capacity on a straight road whose minutes are known by hand."""

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import CRS, Transformer

from geo.errors import NetworkError
from geo.network import RoadNetwork, build_network
from geo.osm import read_osm
from layers.decay import within
from layers.sharing import decay_of, inequality, kth_nearest, shared_capacity, sharing_by_area, supply
from layers.travel import attach, minutes_to_help, road_minutes, trips_within, unconnected

UTM = CRS.from_epsg(32616)
LEG_MIN_PER_KM = 1.3 / 40 * 60


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> RoadNetwork:
    """Return a two-way secondary road (70 km/h) of 70 km along the x axis from x = 500 000."""
    to_degrees = Transformer.from_crs(UTM, 4326, always_xy=True).transform
    nodes = "".join(
        '<node id="{}" version="1" lon="{:.9f}" lat="{:.9f}"/>'.format(
            i + 1, *to_degrees(500_000 + 1000 * i, 3_600_000)
        )
        for i in range(71)
    )
    refs = "".join(f'<nd ref="{i + 1}"/>' for i in range(71))
    way = f'<way id="1" version="1">{refs}<tag k="highway" v="secondary"/></way>'
    path = tmp_path_factory.mktemp("road") / "road.osm"
    path.write_text(f'<osm version="0.6">{nodes}{way}</osm>')
    return build_network(read_osm([Path(path)]).roads, crs=UTM)


def at(*kilometres: tuple[float, float]) -> gpd.GeoSeries:
    x, y = zip(*kilometres, strict=True)
    return gpd.GeoSeries.from_xy(500_000 + 1000 * np.array(x), 3_600_000 + 1000 * np.array(y), crs=UTM)


def providers(places: list[tuple[float, float]], categories: list[str], **columns: list) -> gpd.GeoDataFrame:
    table = {"categories": categories, "public": True, "capacity": np.nan} | columns
    return gpd.GeoDataFrame(table, geometry=at(*places), crs=UTM)


def people(*places: tuple[float, float]) -> gpd.GeoDataFrame:
    table = {"population": [100.0] * len(places), "area_id": ["A"] * len(places)}
    return gpd.GeoDataFrame(table, geometry=at(*places), crs=UTM)


def test_nobody_near_a_road_is_told_with_the_share_of_roads_that_hang_together(network: RoadNetwork) -> None:
    for share, words in ((0.018, "Only 2% of the length of its roads is connected"), (0.97, "Check that the road")):
        travel = attach(
            people((0, 40)), providers([(0, 0)], ["legal"]), replace(network, kept_share=share), max_off_road_m=5_000
        )
        with pytest.raises(NetworkError) as caught:
            unconnected(travel, people_file=Path("people.csv"), max_off_road_m=5_000)
        assert words in str(caught.value)


def test_minutes_by_hand(network: RoadNetwork) -> None:
    travel = attach(
        people((0, 0), (35, 1), (70, 50)),
        providers([(35, 0), (70, 2)], ["medical", "medical;legal"], public=[True, False]),
        network,
        max_off_road_m=10_000,
    )
    table = minutes_to_help(travel, categories=("medical", "legal"))
    leg = LEG_MIN_PER_KM
    assert table["minutes_medical"].to_numpy() == pytest.approx([30, leg, np.inf], rel=2e-3)
    assert table["minutes_legal"].to_numpy() == pytest.approx([60 + 2 * leg, 30 + 3 * leg, np.inf], rel=2e-3)
    assert table["minutes_worst"].tolist() == table["minutes_legal"].tolist()
    assert table["stands_in"].tolist() == [0.5, 0.5, 0.0]
    assert table["off_road_m"].to_numpy() == pytest.approx([0, 1000, 50_000], abs=20)


def test_local_streets_lead_straight_where_both_legs_say_they_exist(network: RoadNetwork) -> None:
    # both 4 km off the road and 5 km apart: by road 8 km of legs and 5 km of road, straight 5 km
    travel = attach(people((10, 4), (10, 1)), providers([(15, 4)], ["medical"]), network, max_off_road_m=10_000)
    table = minutes_to_help(travel, categories=("medical",))
    assert table["minutes_medical"].iloc[0] == pytest.approx(5 * LEG_MIN_PER_KM, rel=2e-3)
    # 1 km and 4 km of legs are shorter than the 5.8 km between them: by road
    assert table["minutes_medical"].iloc[1] == pytest.approx(5 * LEG_MIN_PER_KM + 5 / 70 * 60, rel=2e-3)
    assert len(travel.local_trips) == 1
    trips = trips_within(travel, catchment_min=30)
    assert trips["minutes"].tolist() == pytest.approx(table["minutes_medical"].tolist())


def test_another_provider_never_lengthens_a_trip_by_local_streets(network: RoadNetwork) -> None:
    # at home 0.1 km off the road; straight to the farther provider, 5 km off it, however many stand nearer at the road
    farther, nearer = (11, 5.0), [(10.0, -3.0), (10.2, -3.0), (10.4, -3.0), (10.6, -3.0), (9.8, -3.0)]
    times = {}
    for places in ([farther], [farther, *nearer]):
        offered = providers(places, ["medical", *["crisis"] * len(places[1:])])
        travel = attach(people((10, 0.1)), offered, network, max_off_road_m=10_000)
        alone = minutes_to_help(travel, categories=("medical",))["minutes_medical"].iloc[0]
        trips = trips_within(travel, catchment_min=60).set_index("destination")["minutes"]
        same = attach(people((10, 0.1)), offered.assign(categories="medical"), network, max_off_road_m=10_000)
        every = minutes_to_help(same, categories=("medical",))["minutes_medical"].iloc[0]
        times[len(places)] = alone, trips[0], every
    assert times[1] == pytest.approx([np.hypot(1, 4.9) * LEG_MIN_PER_KM] * 3, rel=2e-3)
    assert times[6][:2] == pytest.approx(times[1][:2])
    assert times[6][2] <= times[1][2]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), n_homes=st.integers(1, 30), n_places=st.integers(1, 12))
def test_local_trips_are_all_that_are_no_longer_than_both_legs(
    network: RoadNetwork, seed: int, n_homes: int, n_places: int
) -> None:
    rng = np.random.default_rng(seed)
    homes, places = (
        np.column_stack([rng.uniform(0, 30, count), rng.choice([-1, 1], count) * rng.uniform(0, 8, count) ** 2 / 8])
        for count in (n_homes, n_places)
    )
    travel = attach(people(*homes), providers(places, ["medical"] * len(places)), network, max_off_road_m=6_000)
    apart = np.hypot(*(np.subtract.outer(*axes) for axes in zip(homes.T, places.T, strict=True)))
    legs = [np.where(of.connected, of.off_road_m, -np.inf) / 1000 for of in (travel.origins, travel.destinations)]
    straight = np.argwhere(apart <= np.add.outer(*legs))
    found = travel.local_trips
    assert sorted(zip(found["origin"], found["destination"], strict=True)) == [tuple(pair) for pair in straight]
    assert found["minutes"].tolist() == pytest.approx(
        apart[found["origin"], found["destination"]] * LEG_MIN_PER_KM, rel=1e-6
    )
    assert found["minutes"].is_monotonic_increasing


def test_trips_agree_with_the_nearest(network: RoadNetwork) -> None:
    travel = attach(
        people((0, 0), (20, 1), (69, 0)),
        providers([(35, 0), (60, 0), (5, 0)], ["medical"] * 3),
        network,
        max_off_road_m=10_000,
    )
    trips = trips_within(travel, catchment_min=40)
    nearest = kth_nearest(trips, travel.people.index, k=1)
    assert nearest.tolist() == pytest.approx(minutes_to_help(travel, categories=("medical",))["minutes_medical"])
    assert (trips["minutes"] <= 40).all()
    second = kth_nearest(trips, travel.people.index, k=2)
    assert second.to_numpy() == pytest.approx([30, 15 / 70 * 60 + LEG_MIN_PER_KM, 34 / 70 * 60], rel=2e-3)
    assert kth_nearest(trips, travel.people.index, k=3).tolist()[2] == np.inf


def test_road_minutes_take_the_farthest_category(network: RoadNetwork) -> None:
    travel = attach(people((0, 0)), providers([(0, 0), (70, 0)], ["medical", "legal"]), network, max_off_road_m=9_000)
    table = road_minutes(travel, categories=("medical", "legal"))
    assert table["minutes"].min() == pytest.approx(30, rel=0.02)
    assert table["minutes"].max() == pytest.approx(60, rel=0.02)


def test_stated_capacity_is_used_only_when_everybody_states_it() -> None:
    table = providers([(0, 0)] * 3, ["shelter", "shelter;legal", "legal"], capacity=[4.0, 6.0, np.nan])
    capacity, basis = supply(table, "shelter")
    assert (capacity.tolist(), basis) == ([4.0, 6.0], "capacity")
    capacity, basis = supply(table, "legal")
    assert (capacity.tolist(), basis) == ([1.0, 1.0], "providers")


def test_shared_capacity_by_hand() -> None:
    crowd = people((0, 0), (1, 0), (2, 0)).assign(area_id=["A", "A", "B"])
    beds = providers([(0, 0), (0, 0)], ["shelter", "shelter"], capacity=[10.0, 5.0])
    trips = pd.DataFrame({"origin": [0, 1, 1], "destination": [0, 0, 1], "minutes": [5.0, 20.0, 7.0]})
    table, basis = shared_capacity(crowd, beds, trips, categories=("shelter",), measure="2sfca", decay=within(30))
    # provider 0: 10 beds for 200 people, provider 1: 5 beds for 100
    assert table["share_shelter"].tolist() == pytest.approx([0.05, 0.10, 0.0])
    assert table["choices_shelter"].tolist() == [1, 2, 0]
    assert table["second_shelter"].tolist() == [np.inf, 20.0, np.inf]
    joined = crowd.join(table)
    areas = sharing_by_area(joined, categories=("shelter",))
    assert areas["per_10k_shelter"].tolist() == pytest.approx([750, 0])
    assert areas["one_only_shelter"].tolist() == [0.5, 0.0]
    assert areas["second_shelter"].tolist() == [20.0, np.inf]
    spread = inequality(joined, basis)
    assert spread.loc["shelter", "basis"] == "capacity"
    # the best-served tenth has 0.10; the worst-served 40 % are a third with none and some of the second third
    assert spread.loc["shelter", "palma"] == pytest.approx(0.10 / (0.05 * (0.4 - 1 / 3) / 0.4))


def test_decays_scale_with_the_catchment() -> None:
    minutes = np.array([0.0, 20.0, 40.0, 60.0, 61.0])
    assert decay_of("step", measure="e2sfca", catchment_min=60)(minutes).tolist() == [1, 1, 0.68, 0.22, 0]
    assert decay_of("step", measure="2sfca", catchment_min=60)(minutes).tolist() == [1, 1, 1, 1, 0]
    assert decay_of("gaussian", measure="3sfca", catchment_min=60)(minutes)[3] == pytest.approx(0.01)
