"""Where a highway can be left, and what the roads there are called."""

import numpy as np
import pytest

from geo.osm import read_osm
from geo.roads import highway_ways
from geo.route_access import EXIT, NUMBERED, RAMP, STREET, access_points
from geo.routes import measure_routes

# The highway runs north through nodes 1 to 5; node 2 is its exit, whose slip road ends at node 6 on a road from 7 to 8.
# At node 4, where it is no motorway any more, a road from 9 to 10 crosses it.
NODES = {
    1: (-90.0, 32.0),
    2: (-90.0, 32.1),
    3: (-90.0, 32.2),
    4: (-90.0, 32.3),
    5: (-90.0, 32.4),
    6: (-89.995, 32.105),
    7: (-90.1, 32.105),
    8: (-89.9, 32.105),
    9: (-90.1, 32.3),
    10: (-89.9, 32.3),
}


@pytest.fixture
def found(write_osm):
    """Return a function that gives the access points of I-55 by id."""

    def find(*, exit_tags=None, link=None, road=None, street=None):
        junction = {"highway": "motorway_junction", **({"ref": "51"} if exit_tags is None else exit_tags)}
        ways = [
            (1, [1, 2, 3], {"highway": "motorway", "ref": "I 55", "name": "Someone Highway", "oneway": "no"}),
            (2, [2, 6], {"highway": "motorway_link", "oneway": "yes", **(link or {})}),
            (4, [3, 4, 5], {"highway": "trunk", "ref": "I 55"}),
            (5, [9, 4, 10], {"highway": "tertiary", **(street or {})}),
        ]
        if road is not None:
            ways.insert(2, (3, [7, 6, 8], {"highway": "secondary", **road}))
        osm = read_osm([write_osm({**NODES, 2: (*NODES[2], junction)}, ways)])
        return osm, access_points(osm.roads, osm.junctions, ["I-55"]).set_index("osm_id")

    return find


@pytest.mark.parametrize(("one_way", "leaves"), [("yes", True), ("no", True), ("-1", False)])
def test_a_slip_road_that_leaves_is_an_exit_where_none_is_tagged(write_osm, one_way, leaves):
    # One that joins is none, and neither is one that leads to no road, such as that of a rest area (11).
    ways = [
        (1, [1, 2, 3, 4], {"highway": "motorway", "ref": "I 55"}),
        (2, [2, 6], {"highway": "motorway_link", "oneway": one_way, "junction:ref": "51"}),
        (3, [3, 11], {"highway": "motorway_link", "oneway": "yes"}),
        (4, [7, 6, 8], {"highway": "secondary", "ref": "MS 28"}),
    ]
    osm = read_osm([write_osm({**NODES, 11: (-89.999, 32.202)}, ways)])
    access = access_points(osm.roads, osm.junctions, ["I 55"])
    columns = ["osm_id", "ref", "kind", "on", "crossing", "leads_to"]
    expected = [["n2", "51", RAMP, "I 55", "MS 28", "MS 28"]] if leaves else []
    assert access.reindex(columns=columns).to_numpy().tolist() == expected


def test_ramps_lead_to_numbered_roads_and_crossings_are_found(found):
    _, access = found(road={"ref": "MS 28"}, street={"ref": "US 84"})
    assert access["kind"].to_dict() == {"n2": EXIT, "n4": NUMBERED}
    assert access["crossing"].to_dict() == {"n2": "MS 28", "n4": "US 84"}
    assert access["on"].to_dict() == {"n2": "I 55", "n4": "I 55;US 84"}
    assert access.loc["n2", "ref"] == "51"


@pytest.mark.parametrize(
    ("tags", "crossing"),
    [
        ({"name": "County Line Road"}, "County Line Road"),
        ({"name": "Raymond Road", "ref": "MS 18"}, "MS 18"),
        ({"name": "Raymond Road", "ref": "18"}, "Raymond Road (18)"),
        ({"ref": "18"}, "road 18"),
        ({"ref": "US 49;MS 18;US 98"}, "US 49 / MS 18"),
        ({"ref": "I 220"}, "I-220"),
        ({"ref": "FIXME", "name": "Main Street"}, "Main Street"),
        ({"ref": "FIXME", "name": "fixme: ask"}, ""),
        ({"name": "???"}, ""),
        ({}, ""),
    ],
)
def test_roads_are_called_by_their_number_with_its_kind_else_by_their_name(found, tags, crossing):
    _, access = found(road=tags, street=tags)
    assert access["crossing"].tolist() == [crossing, crossing]
    assert access.loc["n4", "kind"] == (NUMBERED if set("0123456789") & set(crossing) else STREET)


@pytest.mark.parametrize(
    ("exit_tags", "link", "number", "crossing"),
    [
        ({}, {"junction:ref": "26"}, "26", ""),
        ({"ref": "fixme"}, {"junction:ref": "26"}, "26", ""),
        ({"ref": "27"}, {"junction:ref": "26"}, "27", ""),
        ({}, {"destination": "Jackson;Hattiesburg;Gulfport"}, "", "Jackson / Hattiesburg"),
        ({}, {"destination": "Jackson", "destination:ref": "US 49 South"}, "", "US 49 South"),
        ({}, {"destination": "Jackson", "destination:street": "Elm Street"}, "", "Elm Street"),
        ({"exit_to": "MS 28 West"}, {}, "", "MS 28 West"),
        ({"exit_to": "MS 28 West"}, {"destination": "Jackson"}, "", "Jackson"),
        ({"exit_to": "unknown"}, {"name": "Ramp to somewhere"}, "", ""),
    ],
)
def test_signs_tell_what_the_exit_itself_does_not(found, exit_tags, link, number, crossing):
    _, access = found(exit_tags=exit_tags, link=link)
    assert access.loc["n2", ["ref", "crossing"]].tolist() == [number, crossing]


def test_numbers_of_a_road_itself_come_before_those_of_its_relations(write_osm):
    ways = [
        (1, [1, 4, 5], {"highway": "trunk", "ref": "I 55"}),
        (2, [9, 4, 10], {"highway": "primary", "ref": "US 61"}),
    ]
    routes = [
        (number, [(2, "")], {"type": "route", "route": "road", **tags})
        for number, tags in enumerate(
            [{"ref": "GRR"}, {"network": "US:US", "ref": "61"}, {"network": "US:MS", "ref": "3"}], start=1
        )
    ]
    osm = read_osm([write_osm(NODES, ways, routes)])
    assert access_points(osm.roads, osm.junctions, ["I-55"])["crossing"].tolist() == ["US 61 / GRR"]


def test_the_road_at_the_end_of_the_ramp_counts_more_than_the_sign(found):
    _, access = found(link={"destination": "Jackson"}, road={"name": "County Line Road"})
    assert access.loc["n2", "crossing"] == "County Line Road"


def test_exits_without_a_number_are_called_by_the_road(found, mississippi_tm):
    osm, access = found(exit_tags={}, road={"name": "County Line Road"}, street={"ref": "11"})
    ways = highway_ways(osm.roads, ["I-55"]).to_crs(mississippi_tm)
    routes = measure_routes(
        ways, access.reset_index().to_crs(mississippi_tm), extent=ways.union_all().buffer(1e5), unit="mi"
    )
    assert routes.exits["label"].tolist() == ["County Line Road", "road 11"]
    assert routes.exits["number"].tolist() == ["", ""]


def test_texts_are_kept_once(found):
    osm, _ = found(road={"name": "County Line Road"}, street={"name": "County Line Road"})
    names = osm.roads.name[osm.roads.name != ""]
    assert len(names) == 3
    assert len({id(name) for name in names}) == 2
    assert np.count_nonzero(osm.roads.exit_ref != "") == 0
