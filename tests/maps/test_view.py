"""The values that every output reads."""

import dataclasses
import math

import geopandas as gpd
import pytest
from shapely.geometry import LineString, MultiLineString, Point

from maps.geometry import to_degrees
from maps.shields import positions, shield
from maps.view import make_view
from tests.maps.studies import make_study


@pytest.fixture(scope="module")
def view(study):
    return make_view(study)


def test_headline_says_the_number(study, view):
    figures = study.figures
    assert view.title == (
        f"In {figures.n_underserved} of 81 Gridland counties, most people live more than 30 minutes from "
        "emergency shelter, medical care or legal help"
    )
    assert len(view.tiles) == 3
    assert view.tiles[2][0] == str(figures.n_venues)


@pytest.mark.parametrize(("number", "start"), [(0, "In each of the 81"), (81, "In all 81"), (1, "In 1 of 81")])
def test_headline_at_its_limits(study, number, start):
    changed = dataclasses.replace(study, figures=dataclasses.replace(study.figures, n_underserved=number))
    assert make_view(changed).title.startswith(start)


def test_rows_are_in_rank_order_and_explain_themselves(view):
    assert [row.rank for row in view.rows] == sorted(row.rank for row in view.rows)
    for row in view.rows:
        assert row.rank_low <= row.rank <= row.rank_high
        assert row.reason
        assert "nan" not in row.reason
        assert "inf" not in row.reason


def test_reason_gives_minutes_venues_and_need(view):
    row = next(row for row in view.rows if row.highways and row.venues and math.isfinite(row.worst_min))
    assert "minutes on average to drive to" in row.reason
    assert row.highways[0] in row.reason
    assert "Below the poverty line" in row.reason


def test_nobody_reaches_a_service(view):
    row = next(row for row in view.rows if math.isinf(row.worst_min))
    assert "No road in the data leads from here to legal help." in row.reason
    legal = next(measure for measure in view.measures if measure.key == "minutes_legal")
    assert legal.legend[-1][1] == "60+ or none"
    assert legal.classes[view.rows.index(row)] == 5


def test_every_measure_classes_every_area(view):
    keys = [measure.key for measure in view.measures]
    assert keys == [
        "priority",
        "worst",
        "minutes_shelter",
        "minutes_medical",
        "minutes_legal",
        "access_gap",
        "need",
        "reach",
    ]
    for measure in view.measures:
        assert len(measure.classes) == len(view.rows)
        assert sum(number for _, _, number in measure.legend) == len(view.rows)


def test_points_of_the_bar_end_at_the_priority(view):
    for row in view.rows:
        gap, need, end = view.points(row)
        assert 0 <= gap <= need <= end + 0.1
        assert end == pytest.approx(row.priority, abs=0.06)


def test_confidential_providers_end_here(study, view):
    assert view.n_confidential == 6
    assert len(view.providers) == 54
    assert all("onfidential" not in provider.name for provider in view.providers)


def test_only_venues_of_the_corridor(study, view):
    assert len(view.venues) == int(study.venues["in_corridor"].sum())
    assert sum(view.venue_counts.values()) == len(view.venues)


def test_search_words_are_the_towns_inside(study, view):
    assert any("Town" in row.search for row in view.rows)
    without = make_view(dataclasses.replace(study, towns=None))
    assert without.towns == ()


def test_distances_follow_the_unit():
    kilometres = make_view(make_study(side=3, units="km"))
    assert all("km" in highway.length for highway in kilometres.highways)
    assert all("km" in venue.distance for venue in kilometres.venues)


@pytest.mark.parametrize(
    ("crs", "origin"),
    [
        ("EPSG:32616", (200_000, 3_450_000)),
        ("EPSG:32760", (500_000, 5_400_000)),
        ("EPSG:3577", (0, -3_000_000)),
        ("EPSG:32633", (440_000, 3_960_000)),
    ],
)
def test_anywhere_in_the_world(crs, origin):
    view = make_view(make_study(side=3, crs=crs, origin=origin))
    (south, west), (north, east) = view.bounds
    assert -90 < south < north < 90
    assert 0 < east - west < 20
    for row in view.rows:
        assert south < row.label_lat < north
        assert west < row.label_lon < east


def test_a_study_across_the_180th_meridian_stays_in_one_piece():
    points = gpd.GeoSeries([Point(179.5, -17), Point(-179.5, -17)], crs="EPSG:4326")
    assert to_degrees(points.to_crs("EPSG:3832")).x.round(3).tolist() == [179.5, 180.5]


def test_a_highway_outside_the_study_area_has_no_shield(study):
    highways = study.highways.copy()
    highways.loc[1, ["length_m", "pieces"]] = 0
    highways.geometry = [highways.geometry.iloc[0], MultiLineString()]
    view = make_view(dataclasses.replace(study, highways=highways))
    assert view.highways[1].marks == ()


@pytest.mark.parametrize(
    ("ref", "kind", "text"),
    [
        ("I 55", "interstate", "55"),
        ("I-35W", "interstate", "35W"),
        ("US 49", "us", "49"),
        ("US-9", "us", "9"),
        ("MS 25", "plain", "MS 25"),
        ("CG-1", "plain", "CG-1"),
        ("1", "plain", "1"),
        ("II 5", "plain", "II 5"),
    ],
)
def test_shields(ref, kind, text):
    assert (shield(ref).kind, shield(ref).text) == (kind, text)


def test_shields_stand_apart_on_two_carriageways():
    line = LineString([(0, 0), (100_000, 0)])
    places = positions(MultiLineString([line, line.offset_curve(40)]), spacing_m=25_000)
    assert 3 <= len(places) <= 5
    assert all(abs(a[0] - b[0]) > 10_000 for i, a in enumerate(places) for b in places[:i])


def test_a_name_that_is_a_mere_number_gets_its_noun():
    study = make_study(side=3)
    areas = study.areas.assign(name=["9501", "9505.01", *study.areas["name"][2:]])
    names = [row.name for row in make_view(dataclasses.replace(study, areas=areas)).rows]
    assert names[:2] == ["County 9501", "County 9505.01"]
    assert names[2] == study.areas["name"].iloc[2]
