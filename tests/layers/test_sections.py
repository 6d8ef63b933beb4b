"""Sections of a corridor, by hand; and the values of its strip chart."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.exits import attach_exits, exit_minutes, towns_served
from layers.gaps import gap_table
from layers.sections import make_sections, section_minutes
from layers.strip import make_strips
from tests.layers.highway_case import EXTENT, at, build, sweep_to, table

TOWNS = table(
    [(3, 21), (-2, 41), (1, 43), (30, 30)], name=["Ash", "Birch", "Cedar", "Far"], population=[900, 500, 50, 9e5]
)


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    routes, network = build(tmp_path_factory.mktemp("highway"))
    return routes, attach_exits(routes, network), routes.routes[0].line.buffer(5000).intersection(EXTENT)


def test_sections_of_one_length(case):
    routes, _, corridor = case
    sections, dropped = make_sections(routes, corridor, by="length", length_m=20_000, towns=TOWNS)
    assert not dropped
    assert sections["name"].tolist() == ["I-5, exit 10", "I-5, exit 20 (Ash)", "I-5, exits 40 to 50 (Birch)"]
    assert sections["from_milepost"].tolist() == pytest.approx([0, 20, 40])
    assert sections["area_id"].is_unique
    assert sections.area.sum() == pytest.approx(corridor.area, rel=1e-9)
    assert sections.geometry.iloc[1].covers(at(4, 30))
    assert not sections.geometry.iloc[1].covers(at(0, 41))


@pytest.mark.parametrize(
    ("numbers", "names"),
    [
        # Where a US highway runs along an interstate, or crosses it, exits carry the numbers of the other.
        (["", "", "40", ""], ["I-5, km 0 to 20", "I-5, km 20 to 40 (Ash)", "I-5, km 40 to 60 (Birch)"]),
        (["10", "20", "40", ""], ["I-5, exit 10", "I-5, exit 20 (Ash)", "I-5, km 40 to 60 (Birch)"]),
    ],
)
def test_numbers_name_a_section_where_most_exits_have_one(case, numbers, names):
    routes, _, corridor = case
    routes = replace(routes, exits=routes.exits.assign(number=numbers))
    sections, _ = make_sections(routes, corridor, by="length", length_m=20_000, towns=TOWNS)
    assert sections["name"].tolist() == names


def test_a_short_rest_belongs_to_the_section_before(case):
    routes, _, corridor = case
    sections, _ = make_sections(routes, corridor, by="length", length_m=25_000)
    assert sections["to_milepost"].tolist() == pytest.approx([25, 60], abs=0.1)


def test_sections_from_exit_to_exit(case):
    routes, _, corridor = case
    sections, _ = make_sections(routes, corridor, by="exits")
    assert len(sections) == 5
    assert sections["name"].iloc[1] == "I-5, exits 10 to 20"
    assert sections["name"].is_unique


def test_sections_between_towns(case):
    routes, _, corridor = case
    sections, _ = make_sections(routes, corridor, by="towns", towns=TOWNS)
    # Cedar is too close to the larger Birch to part two sections.
    assert sections["name"].tolist() == ["I-5, km 0 to Ash", "I-5, Ash to Birch", "I-5, Birch to km 60"]
    # A town that parts two of them counts in the one that it ends, not by chance.
    assert [sections.covers(town).to_numpy().nonzero()[0].tolist() for town in TOWNS.geometry[:2]] == [[0], [1]]


def test_without_towns_or_exits_there_are_mileposts(tmp_path):
    routes, network = build(tmp_path, exits=())
    land = routes.routes[0].line.buffer(5000)
    for by in ("exits", "towns"):
        assert len(make_sections(routes, land, by=by)[0]) == 1
    sections, _ = make_sections(routes, land, by="length", length_m=30_000)
    assert sections["name"].tolist() == ["I-5, km 0 to 30", "I-5, km 30 to 60"]
    exits = attach_exits(routes, network)
    minutes = exit_minutes(exits, sweep_to(exits, table([(1, 1)], categories=["legal"])), categories=("legal",))
    figures = section_minutes(sections, minutes, categories=("legal",))
    assert figures["exit_median_legal"].isna().all()


def test_minutes_of_people_on_the_road(case):
    routes, exits, corridor = case
    shelter = table([(10, 20.1)], categories=["shelter"])
    minutes = exit_minutes(exits, sweep_to(exits, shelter), categories=("shelter",))
    sections, _ = make_sections(routes, corridor, by="length", length_m=20_000)
    figures = section_minutes(sections, minutes, categories=("shelter",))
    assert figures.index.tolist() == sections["area_id"].tolist()
    assert figures["n_exits"].tolist() == [1, 1, 2]
    assert figures["exit_median_shelter"].tolist() == pytest.approx([15, 10, 20.7], abs=0.6)
    assert figures["exit_worst_shelter"].tolist() == pytest.approx([15.9, 10.3, 25.9], abs=0.6)


def test_a_section_without_an_exit_takes_the_ones_around_it(case):
    routes, exits, corridor = case
    minutes = exit_minutes(exits, sweep_to(exits, table([(10, 20.1)], categories=["shelter"])), categories=("shelter",))
    sections, _ = make_sections(routes, corridor, by="length", length_m=5_000)
    figures = section_minutes(sections, minutes, categories=("shelter",))
    empty = figures.loc["I 5 30.0-35.0"]
    assert empty["n_exits"] == 0
    assert empty["exit_worst_shelter"] == pytest.approx(20.9, abs=0.4)


@settings(deadline=None, max_examples=15)
@given(st.floats(2_000, 80_000))
def test_sections_cover_the_corridor_once(case, length_m):
    routes, _, corridor = case
    sections, _ = make_sections(routes, corridor, by="length", length_m=length_m)
    assert sections.area.sum() == pytest.approx(corridor.area, rel=1e-9)
    assert sections["from_milepost"].iloc[1:].tolist() == sections["to_milepost"].iloc[:-1].tolist()
    assert sections["name"].is_unique


def test_strip_chart_values(case):
    routes, exits, _ = case
    providers = table(
        [(10, 20.1), (1, 40.1)],
        provider_id=["p1", "confidential-0001"],
        name=["Open house", "Confidential provider"],
        categories=["legal;shelter", "shelter"],
        public=[True, False],
        exit_id=["I 5 exit 20", "I 5 exit 40"],
        exit_min=[10.0, 1.0],
    )
    minutes = exit_minutes(exits, sweep_to(exits, providers), categories=("shelter", "legal"))
    venues = pd.DataFrame(
        {
            "venue_id": ["v2", "v1"],
            "kind": "motel",
            "name": "",
            "route_id": "I 5",
            "milepost": [41.0, np.nan],
            "side": ["NB", ""],
            "only_side": "",
        }
    )
    gaps = gap_table(routes, minutes, venues, categories=("shelter", "legal"), bands_min=(12, 60))
    (strip,) = make_strips(
        routes,
        towns=towns_served(routes.exits, TOWNS),
        venues=venues,
        providers=providers,
        minutes=minutes,
        gaps=gaps,
        categories=("shelter", "legal"),
    )
    assert (strip.label, strip.unit, strip.directions) == ("I-5", "km", ("NB", "SB"))
    assert (strip.from_milepost, strip.to_milepost) == pytest.approx((0, 60), abs=0.1)
    assert strip.ticks[:3] == (0, 5, 10)
    assert [mark.label for mark in strip.exits] == ["exit 10", "exit 20", "exit 40", "exit 50"]
    assert strip.exits[1].towns == "Ash"
    assert [venue.venue_id for venue in strip.venues] == ["v2"]
    assert [provider.provider_id for provider in strip.providers] == ["p1"]
    assert strip.providers[0].categories == ("legal", "shelter")
    assert len(strip.profiles) == 4
    assert strip.profiles[0].minutes[1] == pytest.approx(10, abs=0.3)
    assert len(strip.gaps) == len(gaps)
