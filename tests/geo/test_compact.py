"""Coordinates as short text and back."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from geo.compact import LETTERS, pack_points, pack_shapes, unpack

DEGREES = arrays.arrays(float, st.tuples(st.integers(0, 40), st.just(2)), elements=st.floats(-360, 360))


def test_worked_by_hand():
    # 1 → 2 → "C"; -1 → 1 → "B"; 16 → 32 = 0 and more, then 1 → "gB".
    assert pack_points(np.array([[1, -1], [17, -1]]), decimals=0) == "xy0:CBgBA"


@given(DEGREES, st.integers(0, 7))
def test_points_come_back_rounded(xy, decimals):
    text = pack_points(xy, decimals=decimals)
    assert set(text[4:]) <= set(LETTERS)
    assert unpack(text) == pytest.approx(np.round(xy, decimals), abs=0.5001 * 10**-decimals)


@given(DEGREES)
def test_they_come_back_as_the_very_numbers_that_were_rounded(xy):
    for value in unpack(pack_points(xy, decimals=4)).ravel():
        assert round(value, 4) == value


def test_parts_rings_and_empty_shapes_keep_their_place():
    hole = shapely.Polygon(shapely.box(0, 0, 9, 9).exterior, [shapely.box(3, 3, 4, 4).exterior])
    two = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), hole])
    text = pack_shapes([two, shapely.Polygon(), shapely.LineString([(0, 0), (1, 1)])], decimals=0)
    shapes = text.removeprefix("xy0:").split(".")
    assert [[len(part.split(",")) for part in shape.split(";")] for shape in shapes] == [[1, 2], [1], [1]]
    assert shapes[1] == ""
    assert len(unpack(text)) == 4 + 4 + 4 + 2


def test_corners_that_fall_together_are_written_once_but_a_small_shape_stays():
    line = shapely.LineString([(0, 0), (0.00001, 0), (0.00002, 0), (1, 0)])
    assert len(unpack(pack_shapes([line], decimals=4))) == 2
    assert len(unpack(pack_shapes([shapely.box(0, 0, 1e-6, 1e-6)], decimals=4))) == 4


def test_several_texts_among_others_are_found():
    one, other = (pack_points(np.array([xy]), decimals=4) for xy in ([-90.1234, 32.4321], [1.5, 2.5]))
    assert unpack(f'{{"at":"{one}"}} galaxy4: and {other}.').tolist() == [[-90.1234, 32.4321], [1.5, 2.5]]


@pytest.mark.parametrize("text", ["", "xy4:", "xy4:g", "xy4:gggggggggggggggggggggggggggggB", "xy4:A", "xy9:___.;,"])
def test_what_only_looks_packed_is_harmless(text):
    assert np.isfinite(unpack(text)).all()
