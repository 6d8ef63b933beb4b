"""Palettes that everybody can tell apart, and classes that say what is drawn."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.symbology import (
    CLASSES,
    DARK,
    LIGHT,
    PROVIDER,
    RAMP_DARK,
    RAMP_LIGHT,
    SHAPES,
    VENUES,
    band_breaks,
    classify,
    css_variables,
    quantile_breaks,
    ramp_positions,
)
from tests.maps.colour_vision import VISION, contrast, difference, seen, smallest_difference

KINDS = [*VENUES.values(), PROVIDER]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_point_colours_differ_for_every_kind_of_sight(theme):
    assert smallest_difference([getattr(symbol, theme) for symbol in KINDS]) >= 10


def test_every_kind_has_its_own_shape():
    shapes = [symbol.shape for symbol in KINDS]
    assert len(set(shapes)) == len(shapes)
    assert set(shapes) == set(SHAPES)


@pytest.mark.parametrize(("ramp", "least"), [(RAMP_LIGHT, 14), (RAMP_DARK, 10)])
@pytest.mark.parametrize("vision", VISION)
def test_ramp_steps_differ_and_lightness_runs_one_way(ramp, least, vision):
    assert all(difference(a, b, vision) >= least for a, b in pairwise(ramp))
    lightness = [seen(colour, vision)[0] for colour in ramp]
    assert lightness in (sorted(lightness), sorted(lightness, reverse=True))


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize(
    ("front", "back", "least"),
    [
        ("ink", "panel", 7), ("ink2", "panel", 4.5), ("ink2", "chip", 4.5), ("headink", "head", 7), ("headink2", "head", 4.5),
        ("ink", "selrow", 7), ("ink2", "selrow", 4.5), ("ink2", "hover", 4.5), ("acc", "panel", 4.5), ("edge", "panel", 3),
        ("highway", "land", 3), ("reach", "land", 3), ("gap", "chip", 3), ("need", "chip", 3), ("meet", "chip", 3),
    ],
)  # fmt: skip
def test_contrast(theme, front, back, least):
    assert contrast(theme[front], theme[back]) >= least


def test_themes_name_the_same_colours():
    assert set(LIGHT) == set(DARK)
    style = css_variables()
    assert all(f"--{name}:" in style for name in LIGHT)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=200))
def test_classes_follow_the_values(values):
    breaks = quantile_breaks(values, decimals=1)
    assert list(breaks) == sorted(set(breaks))
    assert len(breaks) < CLASSES
    classes = [classify(value, breaks) for value in sorted(values)]
    assert classes == sorted(classes)
    assert set(classes) <= set(ramp_positions(len(breaks) + 1))


@given(st.lists(st.floats(1, 300), min_size=1, max_size=6, unique=True).map(sorted))
def test_band_breaks_hold_the_last_band(bands):
    breaks = band_breaks(bands)
    assert len(breaks) == CLASSES - 1
    assert list(breaks) == sorted(breaks)
    assert breaks[-1] == bands[-1]
    if len(bands) < CLASSES:
        assert set(bands) <= set(breaks)


def test_no_value_and_no_reach():
    assert quantile_breaks([], decimals=0) == ()
    assert quantile_breaks([math.inf], decimals=0) == ()
    assert classify(math.inf, (15, 30)) == CLASSES
    assert classify(math.nan, (15, 30)) == 1
