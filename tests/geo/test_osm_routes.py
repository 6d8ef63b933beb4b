"""Route relations: highways whose ways carry no number of their own, another one, or several."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.errors import NetworkError
from geo.osm import read_osm
from geo.osm_routes import NOT_HERE
from geo.roads import highway_ways
from geo.route_access import access_points
from geo.routes import measure_routes

NODES = {number: (-90 + number / 20, 32 + number / 40) for number in range(1, 13)}
ROAD = {"highway": "motorway", "oneway": "no"}
I55 = {"type": "route", "route": "road", "network": "US:I", "ref": "55"}


def way(number, **tags):
    """Return way `number`, from node `number` to the next."""
    return number, [number, number + 1], {**ROAD, **tags}


def read(write_osm, ways, relations, **options):
    return read_osm([write_osm(NODES, ways, relations, **options)])


def on(osm, ref):
    """Return the ways of a highway."""
    return highway_ways(osm.roads, [ref])["way_id"].tolist()


def missing(osm):
    return sum(entry.count for entry in osm.dropped if entry.reason == NOT_HERE)


def test_ways_without_a_number_belong_to_the_highway_of_their_relation(write_osm):
    ways = [way(1, ref="I 55"), way(2), way(3, ref="US 51"), way(4, ref="I 55;US 51"), way(5)]
    osm = read(write_osm, ways, [(9, [(1, ""), (2, ""), (3, ""), (4, "")], I55)])
    assert on(osm, "I-55") == [1, 2, 3, 4]
    assert on(osm, "US 51") == [3, 4]
    assert osm.roads.ref.tolist() == ["I 55", "I 55", "US 51;I 55", "I 55;US 51", ""]
    assert missing(osm) == 0


@pytest.mark.parametrize(
    ("tags", "ref"),
    [
        ({"network": "US:I", "ref": "55"}, "I 55"),
        ({"network": "US:I", "ref": "I 55"}, "i55"),
        ({"ref": "I-55"}, "I 55"),
        ({"network": "US:US", "ref": "49"}, "US 49"),
        ({"network": "US:MS", "ref": "18"}, "MS 18"),
        ({"network": "US:MS:Hinds", "ref": "18"}, "CR 18"),
        ({"network": "MT:arterial", "ref": "1"}, "1"),
        ({"network": "e-road", "ref": "E 80;A 4"}, "A 4"),
    ],
)
def test_numbers_of_relations_are_those_that_ways_carry(write_osm, tags, ref):
    osm = read(write_osm, [way(1), way(2)], [(9, [(1, "")], {"type": "route", "route": "road", **tags})])
    assert on(osm, ref) == [1]


@pytest.mark.parametrize(
    "tags",
    [
        {"type": "route", "route": "bus", "ref": "I 55"},
        {"type": "multipolygon", "route": "road", "ref": "I 55"},
        {"type": "route", "route": "road", "ref": "fixme"},
        {"type": "route", "route": "road", "network": "US:I:Business", "ref": "55"},
        {"type": "route", "route": "road", "network": "US:I", "ref": "55", "modifier": "Business"},
        {"type": "route", "route": "road", "network": "US:I:Spur", "ref": "55"},
    ],
)
def test_other_relations_and_branches_do_not_count(write_osm, tags):
    osm = read(write_osm, [way(1), way(2)], [(9, [(1, "")], tags)])
    with pytest.raises(NetworkError, match="no highway"):
        on(osm, "I 55")


def test_links_spurs_and_business_loops_stay_out_even_when_the_relation_lists_them(write_osm):
    ways = [
        way(1),
        (2, [2, 3], {"highway": "motorway_link"}),
        way(3, ref="I 55 Business"),
        way(4),
        way(5),
        way(6, ref="US 55"),
    ]
    members = [(1, ""), (2, ""), (3, ""), (4, "link"), (5, "business:forward"), (6, "forward")]
    osm = read(write_osm, ways, [(9, members, I55)])
    assert on(osm, "I 55") == [1, 6]
    assert osm.roads.ref[2] == "I 55 Business"


def test_super_relations_and_those_of_one_direction_are_one_highway(write_osm):
    relations = [
        (10, [(1, ""), (2, "")], {**I55, "direction": "north"}),
        (11, [(3, "")], {"type": "route", "route": "road", "direction": "southbound"}),  # without a number of its own
        (12, [(4, "")], {"type": "route", "route": "road", "network": "US:I:Business", "ref": "55"}),
        (
            13,
            [("relation", 10, "north"), ("relation", 11, "south"), ("relation", 12, ""), ("relation", 13, "")],
            {**I55, "type": "superroute"},
        ),
    ]
    osm = read(write_osm, [way(number) for number in range(1, 6)], relations)
    assert on(osm, "I 55") == [1, 2, 3]
    assert on(osm, "I 55 Business") == [4]
    assert osm.signed == {"I 55": "NS"}


def test_relations_in_a_circle_end(write_osm):
    bare = {"type": "route", "route": "road"}
    relations = [(10, [("relation", 11, "")], I55), (11, [("relation", 10, ""), (1, "")], bare)]
    assert on(read(write_osm, [way(1)], relations), "I 55") == [1]


def test_missing_members_are_counted(write_osm):
    members = [(1, ""), (77, ""), (78, "forward"), ("relation", 99, ""), ("node", 1, "stop"), (77, "")]
    osm = read(write_osm, [way(1)], [(9, members, I55)])
    assert on(osm, "I 55") == [1]
    assert missing(osm) == 3


def test_a_relation_cut_into_two_files_is_one(write_osm):
    west = write_osm(NODES, [way(1), way(2)], [(9, [(1, ""), (2, "")], I55)], name="west.osm")
    east = write_osm(NODES, [way(2), way(3)], [(9, [(2, ""), (3, "")], I55)], name="east.osm")
    for files in ([west, east], [east, west]):
        osm = read_osm(files)
        assert on(osm, "I 55") == [1, 2, 3]
        assert missing(osm) == 0


@pytest.mark.parametrize(
    ("roles", "signed"),
    [
        (["north", "north", "south"], {"I 55": "NS"}),
        (["east", "west", ""], {"I 55": "EW"}),
        (["forward", "backward", ""], {}),
        (["north", "", ""], {}),  # most say nothing
        (["north", "east", ""], {}),
    ],
)
def test_roles_say_how_a_highway_is_signed(write_osm, mississippi_tm, roles, signed):
    ways = [way(number) for number in (1, 2, 3)]
    osm = read(write_osm, ways, [(9, list(zip((1, 2, 3), roles, strict=True)), I55)])
    assert osm.signed == signed
    own = highway_ways(osm.roads, ["I-55"]).to_crs(mississippi_tm)
    access = access_points(osm.roads, osm.junctions, ["I-55"]).to_crs(mississippi_tm)
    route = measure_routes(own, access, extent=own.union_all().buffer(1e5), signed=osm.signed).routes[0]
    # The course runs to the north-east; an odd number would be signed north.
    assert route.directions == (("EB", "WB") if signed.get("I 55") == "EW" else ("NB", "SB"))


def test_one_way_streets_drawn_against_the_traffic_run_with_it(write_osm):
    ways = [way(1, ref="I 55", oneway="-1"), way(2, ref="I 55", oneway="yes"), way(3, ref="I 55")]
    own = highway_ways(read(write_osm, ways, []).roads, ["I 55"])
    assert own["one_way"].tolist() == [True, True, False]
    starts = [geometry.coords[0] for geometry in own.geometry]
    assert np.allclose(starts, [NODES[2], NODES[2], NODES[3]])


WAYS = [{"ref": "I 55"}, {}, {"ref": "US 51"}, {}, {"ref": "I 20"}, {}, {}]
RELATIONS = [
    ([(1, "north"), (2, "north"), (3, "north")], I55),
    ([(4, ""), (5, ""), (2, "")], {"type": "route", "route": "road"}),
    ([("relation", 1, ""), ("relation", 2, "")], {**I55, "type": "superroute"}),
    ([(5, "east"), (6, "east"), (2, "")], {"type": "route", "route": "road", "network": "US:I", "ref": "20"}),
    ([(6, ""), (2, "")], {"type": "route", "route": "road", "network": "US:US", "ref": "51"}),
]


def renumbered(write_osm, way_id, relation_id, *, shuffle, name):
    """Read the case with other ids: a file is sorted by them, so that its ways and relations come in another order."""
    ways = sorted((way_id[at - 1], [at, at + 1], {**ROAD, **tags}) for at, tags in enumerate(WAYS, start=1))
    relations = []
    for number, (members, tags) in zip(relation_id, RELATIONS, strict=True):
        own = [
            (way_id[member[0] - 1], member[1])
            if len(member) == 2
            else ("relation", relation_id[member[1] - 1], member[2])
            for member in members
        ]
        relations.append((number, shuffle(own), tags))
    osm = read_osm([write_osm(NODES, ways, sorted(relations), name=name)])
    order = [osm.roads.way_id.tolist().index(number) for number in way_id]
    return osm.roads.ref[order].tolist(), osm.signed


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ways=st.permutations(range(1, 8)), relations=st.permutations(range(1, 6)), data=st.data())
def test_the_order_in_the_file_changes_nothing(write_osm, ways, relations, data):
    def shuffle(members):
        return data.draw(st.permutations(members))

    refs, signed = renumbered(write_osm, ways, relations, shuffle=shuffle, name="a.osm")
    assert refs == ["I 55", "I 20;I 55;US 51", "US 51;I 55", "I 55", "I 20;I 55", "I 20;US 51", ""]
    assert signed == {"I 20": "EW", "I 55": "NS"}
