"""Dead ends of a sparse road file, joined to the roads near them."""

import numpy as np
import pytest

from geo.dead_ends import LINK_KMH, join_dead_ends
from geo.osm import read_osm
from geo.roads import way_lengths_m

KM = 1 / 111.32  # degrees of latitude, and of longitude on the equator


@pytest.fixture
def roads(write_osm):
    """Two roads 2 km apart end to end, a motorway beside them, and a crossing road far away."""
    nodes = {
        1: (0, 0), 2: (5 * KM, 0), 3: (7 * KM, 0), 4: (12 * KM, 0),
        5: (0, 1 * KM), 6: (12 * KM, 1 * KM), 7: (0, 30 * KM), 8: (12 * KM, 30 * KM),
    }  # fmt: skip
    ways = [
        (1, [1, 2], {"highway": "secondary"}),
        (2, [3, 4], {"highway": "secondary"}),
        (3, [5, 6], {"highway": "motorway"}),
        (4, [7, 8], {"highway": "secondary"}),
    ]
    return read_osm([write_osm(nodes, ways)]).roads


def test_the_gap_is_bridged_once_and_slowly(roads):
    joined, links = join_dead_ends(roads, within_m=2_500)
    assert links == 1
    assert way_lengths_m(joined)[-1] == pytest.approx(2_000, rel=0.01)
    assert joined.maxspeed_kmh[-1] == LINK_KMH
    assert joined.direction[-1] == 0
    assert joined.way_id.tolist() == [*roads.way_id.tolist(), -1]
    ends = joined.node_id[joined.vertex[-2:]]
    assert sorted(ends) == [2, 3]


def test_nothing_is_joined_when_not_asked_or_too_far(roads):
    for within_m in (0, 1_500):
        joined, links = join_dead_ends(roads, within_m=within_m)
        assert links == 0
        assert np.array_equal(joined.vertex, roads.vertex)
