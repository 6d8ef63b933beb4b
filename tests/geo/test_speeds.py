"""What maxspeed tags say."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import ProjectError
from geo.osm_tags import ROAD_CLASSES
from geo.speeds import CLASS_SPEEDS_KMH, class_speeds, parse_maxspeed


@pytest.mark.parametrize(
    ("text", "kmh"),
    [
        ("50", 50),
        ("50.5", 50.5),
        ("50 km/h", 50),
        ("50km/h", 50),
        ("50 kmh", 50),
        ("50 kph", 50),
        ("45 mph", 45 * 1.609344),
        ("45mph", 45 * 1.609344),
        (" 70 MPH ", 70 * 1.609344),
        ("10 knots", 18.52),
        ("50;60", 50),
        ("60; 50", 50),
        ("55 mph;45 mph", 45 * 1.609344),
        ("55;65 mph", 55 * 1.609344),
        ("100 km/h;55 mph", 55 * 1.609344),
        ("90;30;90;30;90;30", 30),
        ("50|60", 50),
        ("50;none", 50),
        ("walk", 5),
        ("3", 5),
    ],
)
def test_stated_speeds(text, kmh):
    assert parse_maxspeed(text) == pytest.approx(kmh)


@pytest.mark.parametrize(
    "text",
    [
        "none",
        "signals",
        "variable",
        "RU:urban",
        "US:rural",
        "DE:motorway",
        "fast",
        "",
        " ",
        "-50",
        "0",
        "700",
        "55mphh",
        "5O",
    ],
)
def test_unknown_speeds(text):
    assert math.isnan(parse_maxspeed(text))


@given(st.text())
def test_any_text_gives_a_driving_speed_or_none(text):
    speed = parse_maxspeed(text)
    assert math.isnan(speed) or 5 <= speed <= 150


def test_class_table_covers_every_road_class_and_no_service_roads():
    assert set(CLASS_SPEEDS_KMH) == set(ROAD_CLASSES)
    assert not {"service", "track", "footway"} & set(ROAD_CLASSES)


def test_project_speeds_replace_the_table():
    speeds = class_speeds({"secondary": 88})
    assert speeds["secondary"] == 88
    assert speeds["primary"] == CLASS_SPEEDS_KMH["primary"]
    assert class_speeds() == dict(CLASS_SPEEDS_KMH)


def test_all_bad_project_speeds_are_named():
    with pytest.raises(ProjectError, match=r"(?s)'freeway' is not a road class.*900 km/h for primary"):
        class_speeds({"freeway": 100, "primary": 900})
