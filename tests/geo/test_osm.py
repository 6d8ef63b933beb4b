"""Reading OpenStreetMap files: roads, exits, places, highways, and files that are no good."""

import bz2
import gzip

import numpy as np
import osmium
import pytest
import shapely

from geo.errors import InputError, NetworkError
from geo.osm import read_osm
from geo.osm_tags import ROAD_CLASSES, direction, is_open_to_cars
from geo.osm_ways import DELETED
from geo.roads import highway_ways, segment_lengths_m, way_lengths_m

LINE = {1: (-90.0, 32.0), 2: (-90.0, 32.1), 3: (-90.0, 32.2), 4: (-90.0, 32.3)}
HUNDREDTHS = {number: (-90 + number / 100, 32.0) for number in range(1, 20)}


def dropped(data):
    return {entry.reason: entry.count for entry in data.dropped}


def test_roads_keep_nodes_tags_and_order(write_osm):
    ways = [
        (7, [1, 2, 3], {"highway": "primary", "maxspeed": "45 mph", "ref": "A & B 49"}),
        (5, [3, 4], {"highway": "residential", "oneway": "-1"}),
        (6, [1, 4], {"highway": "footway"}),
        (8, [1, 4], {"highway": "service"}),
        (9, [1, 2, 3, 1], {"highway": "residential", "area": "yes"}),
    ]
    roads = read_osm(
        [write_osm(LINE, [(n, r, {k: v.replace("&", "&amp;") for k, v in t.items()}) for n, r, t in ways])]
    ).roads
    assert roads.way_id.tolist() == [5, 7]
    assert roads.node_id.tolist() == [3, 4, 1, 2]
    assert roads.lat.tolist() == [32.2, 32.3, 32.0, 32.1]
    assert roads.vertex.tolist() == [0, 1, 2, 3, 0]
    assert roads.offset.tolist() == [0, 2, 5]
    assert [ROAD_CLASSES[code] for code in roads.road_class] == ["residential", "primary"]
    assert roads.direction.tolist() == [-1, 0]
    assert np.isnan(roads.maxspeed_kmh[0])
    assert roads.maxspeed_kmh[1] == pytest.approx(72.42048)
    assert roads.ref.tolist() == ["", "A & B 49"]


@pytest.mark.parametrize(
    ("tags", "is_open"),
    [
        ({}, True),
        ({"access": "no"}, False),
        ({"access": "private"}, False),
        ({"access": "no", "motor_vehicle": "yes"}, True),
        ({"access": "yes", "motorcar": "no"}, False),
        ({"motor_vehicle": "no", "motorcar": "yes"}, True),
        ({"vehicle": "no", "motor_vehicle": "destination"}, True),
        ({"vehicle": "agricultural"}, False),
        ({"access": "private", "motor_vehicle": "unknown"}, False),
        ({"motorcar": "noexit"}, True),
        ({"access": "private; yes"}, True),
        ({"access": "customers"}, True),
        ({"access": "emergency"}, False),
        ({"bicycle": "no"}, True),
    ],
)
def test_the_most_specific_access_tag_wins(tags, is_open):
    assert is_open_to_cars(tags.get) is is_open


@pytest.mark.parametrize(
    ("road_class", "tags", "expected"),
    [
        ("primary", {}, 0),
        ("primary", {"oneway": "yes"}, 1),
        ("primary", {"oneway": "true"}, 1),
        ("primary", {"oneway": "1"}, 1),
        ("primary", {"oneway": "-1"}, -1),
        ("primary", {"oneway": "reverse"}, -1),
        ("primary", {"oneway": "reversible"}, 0),
        ("primary", {"oneway": "alternating"}, 0),
        ("primary", {"junction": "roundabout"}, 1),
        ("primary", {"junction": "circular"}, 1),
        ("primary", {"junction": "roundabout", "oneway": "no"}, 0),
        ("primary", {"junction": "roundabout", "oneway": "-1"}, -1),
        ("primary", {"oneway": "perhaps"}, 0),
        ("motorway", {}, 1),
        ("motorway", {"oneway": "no"}, 0),
        ("motorway_link", {}, 0),
    ],
)
def test_directions(road_class, tags, expected):
    assert direction(road_class, tags.get) == expected


def test_ways_closed_to_cars_are_counted(write_osm):
    ways = [
        (1, [1, 2], {"highway": "primary"}),
        (2, [2, 3], {"highway": "residential", "access": "private"}),
        (3, [3, 4], {"highway": "residential", "motor_vehicle": "no"}),
    ]
    data = read_osm([write_osm(LINE, ways)])
    assert len(data.roads) == 1
    assert dropped(data) == {"ways closed to cars (access tags)": 2}


def test_ways_are_used_up_to_missing_nodes(write_osm):
    ways = [
        (1, [1, 2, 99, 3, 4], {"highway": "primary"}),
        (2, [98, 1, 97], {"highway": "primary"}),
        (3, [4], {"highway": "primary"}),
        (4, [], {"highway": "primary"}),
        (5, [96, 95], {"highway": "primary"}),
        (6, [94, 2, 3, 93], {"highway": "primary"}),
    ]
    data = read_osm([write_osm(LINE, ways)])
    assert data.roads.way_id.tolist() == [1, 1, 6]
    assert data.roads.node_id[data.roads.vertex].tolist() == [1, 2, 3, 4, 2, 3]
    assert dropped(data) == {
        "ways with nodes missing from the file, used up to the gap": 2,
        "ways with fewer than two nodes in the file": 4,
    }


def test_a_node_on_the_other_side_of_the_globe_is_cut_out(write_osm):
    """A minus sign was forgotten: the road would run to China and back."""
    nodes = {**HUNDREDTHS, 3: (89.97, 32.0)}
    ways = [(1, [1, 2, 3, 4, 5], {"highway": "motorway", "ref": "I 55"}), (2, [2, 3], {"highway": "primary"})]
    data = read_osm([write_osm(nodes, ways)], clip=(-91, 31, -89, 33))
    assert data.roads.node_id[data.roads.vertex].tolist() == [1, 2, 4, 5]
    assert data.roads.way_id.tolist() == [1, 1]
    assert dropped(data) == {
        "ways cut where neighboring nodes are more than a degree apart: one of them is in a wrong place": 2,
        "ways with fewer than two nodes in the file": 1,
    }


def test_clip_keeps_whole_ways_that_come_inside(write_osm):
    nodes = {**HUNDREDTHS, 30: (-89.99, 32.0, {"tourism": "motel"}), 31: (-80.0, 32.0, {"tourism": "motel"})}
    ways = [(1, [1, 2, 3, 19], {"highway": "primary"}), (2, [5, 6], {"highway": "primary"})]
    data = read_osm([write_osm(nodes, ways)], clip=(-90, 31.9, -89.97, 32.1))
    assert data.roads.way_id.tolist() == [1]
    assert len(data.roads.vertex) == 4
    assert data.places.osm_id.tolist() == ["n30"]
    assert dropped(data) == {
        "ways beyond the study area and the travel distance around it": 1,
        "places beyond the study area and the travel distance around it": 1,
    }


def test_neighbouring_files_join_at_shared_nodes_and_count_copies_once(write_osm):
    motel = {"tourism": "motel"}
    west = write_osm(
        {1: (-90.0, 32.0), 2: (-89.9, 32.0), 9: (-89.9, 32.0, motel)},
        [
            (1, [1, 2], {"highway": "primary"}),
            (3, [2, 3], {"highway": "primary"}),
            (4, [1, 2, 3], {"highway": "trunk"}),
        ],
        name="west.osm",
    )
    east = write_osm(
        {2: (-89.9, 32.0), 3: (-89.8, 32.0), 9: (-89.9, 32.0, motel)},
        [(3, [2, 3], {"highway": "primary"}), (4, [1, 2, 3], {"highway": "trunk"})],
        name="east.osm",
    )
    for files in ([west, east], [east, west]):
        data = read_osm(files)
        assert data.roads.way_id.tolist() == [1, 3, 4]
        assert data.roads.node_id.tolist() == [1, 2, 3]
        assert data.places.osm_id.tolist() == ["n9"]
    copies = [entry for entry in read_osm([west, east]).dropped if "another listed file" in entry.reason]
    assert [(entry.source, entry.count) for entry in copies] == [("east.osm", 1)]


def test_compressed_files_read_alike(write_osm, tmp_path):
    plain = write_osm(LINE, [(1, [1, 2], {"highway": "primary"})])
    (tmp_path / "a.osm.gz").write_bytes(gzip.compress(plain.read_bytes()))
    (tmp_path / "b.osm.bz2").write_bytes(bz2.compress(plain.read_bytes()))
    for name in ("a.osm.gz", "b.osm.bz2"):
        assert read_osm([tmp_path / name]).roads.node_id.tolist() == [1, 2]


def test_a_file_with_locations_on_ways_reads_like_a_plain_one(write_osm, tmp_path):
    plain = write_osm({**LINE, 9: (-90.0, 32.0, {"tourism": "motel"})}, [(1, [1, 2, 3], {"highway": "primary"})])
    target = tmp_path / "low.osm.pbf"
    with osmium.SimpleWriter(osmium.io.File(str(target), "pbf,locations_on_ways=true")) as writer:
        for thing in osmium.FileProcessor(str(plain)).with_locations():
            if thing.is_way() or len(thing.tags):
                writer.add(thing)
    data = read_osm([target])
    assert data.roads.node_id.tolist() == [1, 2, 3]
    assert data.roads.lat.tolist() == [32.0, 32.1, 32.2]
    assert data.places.osm_id.tolist() == ["n9"]


def test_places_and_exits(write_osm):
    square = {20: (-89.0, 32.0), 21: (-88.9, 32.0), 22: (-88.9, 32.1), 23: (-89.0, 32.1)}
    nodes = {
        **LINE,
        **square,
        10: (-90.0, 32.0, {"highway": "motorway_junction", "ref": "61", "name": "Example Rd"}),
        11: (-90.0, 32.1, {"amenity": "fuel", "fuel:HGV_diesel": "yes", "brand:wikidata": "Q1"}),
        12: (-90.0, 32.1, {"amenity": "parking"}),
        13: (-90.0, 32.1, {"amenity": "parking", "capacity:hgv": "20"}),
        14: (-90.0, 32.1, {"tourism": "hostel", "social_facility": "shelter", "name": "Never Shown"}),
        15: (-90.0, 32.1, {"amenity": "social_facility", "tourism": "hotel"}),
        25: (-90.0, 32.1, {"amenity": "fuel; social_facility", "name": "Never Shown"}),
        26: (-90.0, 32.1, {"tourism": "hostel", "disused:amenity": "shelter", "name": "Never Shown"}),
        27: (-90.0, 32.1, {"tourism": "guest_house", "name": "Rosa Women\u2019s Shelter"}),
        28: (-90.0, 32.1, {"tourism": "motel", "description": "domestic violence safe house"}),
        16: (-90.0, 32.1, {"public_transport": "station", "train": "yes"}),
        17: (-90.0, 32.1, {"public_transport": "station", "bus": "yes"}),
        18: (-90.0, 32.1, {"tourism": "information", "information": "board"}),
        19: (-90.0, 32.1, {"tourism": "information", "name": "Mississippi Welcome Center"}),
        24: (-90.0, 32.1, {"tourism": "motel", "disused": "yes"}),
    }
    ways = [
        (1, [1, 2], {"highway": "motorway"}),
        (2, [20, 21, 22, 23, 20], {"tourism": "motel", "name": "Example Motel"}),
        (3, [20, 21, 22], {}),
        (4, [22, 23, 20], {}),
        (5, [20, 21, 22], {"tourism": "motel"}),
    ]
    relations = [(8, [(3, "outer"), (4, "outer")], {"type": "multipolygon", "highway": "rest_area"})]
    data = read_osm([write_osm(nodes, ways, relations)])
    assert data.places.osm_id.tolist() == ["n11", "n13", "n17", "n19", "w2", "r8"]
    assert data.places.hgv.tolist() == ["yes", "yes", "", "", "", ""]
    assert data.places.brand_wikidata.tolist()[0] == "Q1"
    assert data.places.name.tolist()[4] == "Example Motel"
    assert shapely.box(-89, 32, -88.9, 32.1).contains(data.places.geometry.iloc[4:]).all()
    assert data.junctions[["osm_id", "ref", "name"]].to_numpy().tolist() == [["n10", "61", "Example Rd"]]
    assert data.places.crs.to_epsg() == data.junctions.crs.to_epsg() == 4326
    assert not data.places.name.str.contains("Never").any()
    assert dropped(data)["shelters and social facilities, which are never taken from OpenStreetMap"] == 5


def test_hostile_names_survive_unchanged(write_osm):
    name = "&quot;`${x}`&lt;script&gt; \\ 💬 مرحبا, N=n1x2y3"
    nodes = {**LINE, 9: (-90.0, 32.0, {"tourism": "motel", "name": name})}
    data = read_osm([write_osm(nodes, [(1, [1, 2], {"highway": "primary", "name": name, "ref": "N n1x2y3"})])])
    expected = '"`${x}`<script> \\ 💬 مرحبا, N=n1x2y3'
    assert data.places.name.tolist() == [expected]
    assert data.roads.node_id.tolist() == [1, 2]


def test_without_places_and_exits_the_tables_are_empty_but_whole(write_osm):
    data = read_osm([write_osm(LINE, [(1, [1, 2], {"highway": "primary"})])])
    assert data.places.empty
    assert data.junctions.empty
    assert {"osm_id", "name", "hgv", "geometry"} <= set(data.places.columns)
    assert data.places.crs.to_epsg() == 4326


# --- files that are no good ---------------------------------------------------------------------------------------


def test_every_bad_file_is_named_in_one_error(tmp_path, write_osm):
    (tmp_path / "empty.osm.pbf").write_bytes(b"")
    (tmp_path / "roads.shp").write_bytes(b"x")
    (tmp_path / "old.osh.pbf").write_bytes(b"x")
    (tmp_path / "folder.osm").mkdir()
    names = [f"{'x' * 300}.osm", "missing.osm.pbf", "empty.osm.pbf", "roads.shp", "old.osh.pbf", "folder.osm"]
    with pytest.raises(InputError) as caught:
        read_osm([*(tmp_path / name for name in names), write_osm(LINE, [(1, [1, 2], {"highway": "primary"})])])
    assert [problem.file.name for problem in caught.value.problems] == names
    assert all(problem.remedy for problem in caught.value.problems)
    for words in ("File name too long", "no such file", "0 bytes", "not a kind", "history", "folder"):
        assert words in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.osm", b"hello"),
        ("a.osm", b"<html><body>Not found</body></html>"),
        ("a.osm", b'<osm version="0.6"><node id="1" lat="1"'),
        ("a.osm.pbf", b"this is not protobuf" * 100),
        ("a.osm", b'<osm version="0.6"><node id="1" version="1" lat="432.1" lon="1"/></osm>'),
        ("a.osm.gz", b"not gzip"),
        ("a.osm.gz", gzip.compress(b'<osm version="0.6">' + b"<node id='1' lat='1' lon='1'/>" * 999, mtime=0)[:80]),
        ("a.osm.bz2", bz2.compress(b'<osm version="0.6"><node id="1" lat="1" lon="1"/></osm>')[:40]),
    ],
    ids=["text", "a web page", "cut XML", "no protobuf", "off the globe", "no gzip", "cut gzip", "cut bzip2"],
)
def test_damaged_files_are_refused(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"a\.osm.*cannot be read as OpenStreetMap data.*download it again"):
        read_osm([path])


@pytest.mark.parametrize(("ids", "remedy"), [((2, 1), "osmium sort"), ((1, 1), "plain extract of one date")])
def test_ways_out_of_order_or_twice_are_refused_with_what_helps(tmp_path, ids, remedy):
    path = tmp_path / "a.osm"
    ways = "".join(f'<way id="{number}" version="1"><tag k="highway" v="primary"/></way>' for number in ids)
    path.write_text(f'<osm version="0.6">{ways}</osm>')
    with pytest.raises(InputError, match=remedy):
        read_osm([path])


def test_a_truncated_extract_is_refused(malta, tmp_path):
    content = malta.read_bytes()
    for share in (0.02, 0.5, 0.99):
        path = tmp_path / "cut.osm.pbf"
        path.write_bytes(content[: int(len(content) * share)])
        with pytest.raises(InputError, match="cannot be read"):
            read_osm([path])


def test_a_change_file_under_another_name_is_refused(tmp_path):
    path = tmp_path / "a.osm"
    path.write_text('<osmChange version="0.6"><modify><node id="1" lat="1" lon="1" version="2"/></modify></osmChange>')
    with pytest.raises(InputError, match="history or change file"):
        read_osm([path])


def test_what_is_marked_as_deleted_is_left_out_and_counted(tmp_path, write_osm):
    ring, motel = [1, 2, 11, 1], {"tourism": "motel", "name": "gone"}
    nodes = {**LINE, 11: (-90.01, 32.0), 9: (-90.0, 32.0, motel)}
    ways = [
        (1, [1, 2], {"highway": "primary"}), (2, [2, 3], {"highway": "primary", "name": "gone"}),
        (3, [2, 3], {"waterway": "river", "name": "gone"}), (4, ring, motel), (5, ring, {}),
    ]  # fmt: skip
    relations = [
        (1, [(1, "")], {"type": "route", "route": "road", "network": "US:I", "ref": "55", "name": "gone"}),
        (2, [(5, "outer")], {"type": "multipolygon", **motel}),
    ]
    text = write_osm(nodes, ways, relations).read_text()
    gone = "\n".join(
        line.replace('version="1"', 'version="2" visible="false"') if 'v="gone"' in line else line
        for line in text.split("\n")
    )
    assert gone.count("visible") == 6
    for name, content, left in (("a.osm", text, 0), ("b.osm", gone, 6)):
        (tmp_path / name).write_text(content)
        data = read_osm([tmp_path / name])
        assert len(data.roads.way_id) == (1 if left else 2)
        assert (len(data.places), len(data.water), data.roads.ref.tolist()[0]) == (
            (0, 0, "") if left else (3, 1, "I 55")
        )
        assert [(entry.count, entry.reason) for entry in data.dropped] == [(6, DELETED)] * bool(left)


@pytest.mark.parametrize("ending", [".osm", ".osm.gz", ".osm.bz2"])
@pytest.mark.parametrize("mark_at", [993, 1000, 1_000 + (1 << 20) - 8])  # where blocks of the file meet
def test_a_file_with_objects_deleted_in_an_editor_is_refused(tmp_path, write_osm, ending, mark_at):
    text = write_osm(LINE, [(1, [1, 2], {"highway": "primary"}), (2, [2, 3], {"highway": "primary"})]).read_text()
    begin = "<?xml version='1.0'?>\n<osm version='0.6' generator='JOSM'>\n"
    body = text[text.index(">", text.index("<osm")) + 1 :]
    body = body.replace('<way id="2"', "<way id='2' action='delete'")
    marked = " " * (mark_at - (begin + body).index(" action=")) + body
    assert (begin + marked).index(" action=") == mark_at
    packed = {".osm": bytes, ".osm.gz": gzip.compress, ".osm.bz2": bz2.compress}[ending]
    path = tmp_path / f"edited{ending}"
    path.write_bytes(packed((begin + marked).encode()))
    with pytest.raises(InputError, match="JOSM has marked 1 of its objects as deleted.*Purge"):
        read_osm([path])
    path.write_bytes(packed((begin + marked.replace("delete", "modify")).encode()))
    assert len(read_osm([path]).roads.way_id) == 2


@pytest.mark.parametrize(
    ("ways", "clip", "words"),
    [
        ([], None, "no roads for cars"),
        ([(1, [1, 2], {"highway": "footway"})], None, "no roads for cars"),
        ([(1, [1, 2], {"highway": "primary"})], (0, 0, 1, 1), "outside the study area"),
        ([(1, [98, 99], {"highway": "primary"})], None, "nodes that it does not hold"),
    ],
)
def test_a_file_without_usable_roads_says_why(write_osm, ways, clip, words):
    with pytest.raises(InputError, match=words):
        read_osm([write_osm(LINE, ways)], clip=clip)


# --- highways -----------------------------------------------------------------------------------------------------


@pytest.fixture
def highway_file(write_osm):
    nodes = {**LINE, 11: (-90.01, 32.0), 12: (-90.01, 32.1), 13: (-90.0, 32.4)}
    return write_osm(
        nodes,
        [
            (1, [1, 2], {"highway": "motorway", "ref": "I 55"}),
            (2, [12, 11], {"highway": "motorway", "ref": "I 55"}),
            (3, [2, 3], {"highway": "trunk", "ref": "US 49;I 55"}),
            (4, [3, 4], {"highway": "primary", "ref": "I 55 Business"}),
            (5, [2, 12], {"highway": "motorway_link", "ref": "I 55"}),
            (6, [4, 13], {"highway": "primary", "ref": "US 51"}),
        ],
    )


@pytest.mark.parametrize("spelling", ["I 55", "I-55", "I55", "i55", "Interstate 55", " I  55 "])
def test_highways_are_found_under_any_spelling_and_called_as_the_file_does(highway_file, spelling):
    roads = read_osm([highway_file]).roads
    ways = highway_ways(roads, [spelling])
    assert ways.ref.tolist() == ["I 55"] * 3
    assert ways.one_way.tolist() == [True, True, False]
    assert ways.length_m.sum() == pytest.approx(11088.7 * 2 + 11088.8, abs=1)


def test_of_several_spellings_in_a_file_the_one_asked_for_counts_else_the_most_frequent(write_osm):
    refs = ["CG-2", "CG 2", "CG-2", "cg2"]
    ways = [(n, [n, n + 1], {"highway": "primary", "ref": ref}) for n, ref in enumerate(refs, start=1)]
    roads = read_osm([write_osm({n: (1.5 + n / 100, 42.5) for n in range(1, 6)}, ways)]).roads
    assert highway_ways(roads, ["CG 2"])["ref"].unique().tolist() == ["CG 2"]
    assert highway_ways(roads, ["Cg2"])["ref"].unique().tolist() == ["CG-2"]


def test_several_highways_share_a_way(highway_file):
    ways = highway_ways(read_osm([highway_file]).roads, ["US 49", "I 55"])
    assert ways.ref.tolist() == ["US 49", "I 55", "I 55", "I 55"]
    assert ways.way_id.tolist() == [3, 1, 2, 3]
    assert ways.one_way.tolist() == [False, True, True, False]


def test_a_highway_longer_than_any_is_refused(write_osm):
    nodes = {number: (-90 + 0.9 * (number % 2), 32.0) for number in range(1, 300)}
    file = write_osm(nodes, [(1, list(nodes), {"highway": "motorway", "ref": "I 55"})])
    with pytest.raises(NetworkError, match=r"I 55 is 25,\d{3} km long in the roads") as caught:
        highway_ways(read_osm([file]).roads, ["I 55"], file=file)
    assert caught.value.problems[0].file == file
    assert "anew" in caught.value.problems[0].remedy


def test_unknown_highways_are_all_named_with_near_ones(highway_file):
    roads = read_osm([highway_file]).roads
    with pytest.raises(NetworkError) as caught:
        highway_ways(roads, ["I 55", "I 65", "US 4", "XYZ"])
    text = str(caught.value)
    assert len(caught.value.problems) == 3
    assert 'no highway "I 65"' in text
    assert '"I 55"' in text
    assert 'no highway "XYZ"' in text


def test_segment_lengths_agree_with_the_geodesic():
    from pyproj import Geod

    rng = np.random.default_rng(5)
    lon0, lat0 = rng.uniform(-180, 180, 500), rng.uniform(-70, 70, 500)
    lon1, lat1 = lon0 + rng.uniform(-0.1, 0.1, 500), lat0 + rng.uniform(-0.1, 0.1, 500)
    _, _, metres = Geod(ellps="WGS84").inv(lon0, lat0, lon1, lat1)
    assert segment_lengths_m(lon0, lat0, lon1, lat1) == pytest.approx(np.array(metres), rel=1e-5)


def test_way_lengths_do_not_count_the_jumps_between_ways(write_osm):
    roads = read_osm(
        [write_osm(LINE, [(1, [1, 2], {"highway": "primary"}), (2, [4, 3], {"highway": "primary"})])]
    ).roads
    assert way_lengths_m(roads) == pytest.approx([11088.7, 11088.9], abs=1)


# --- real files ---------------------------------------------------------------------------------------------------


def test_real_malta(malta):
    data = read_osm([malta])
    assert len(data.roads) > 13_000
    assert (data.places.osm_id.str[0] == "r").any(), "multipolygon places are read"
    assert (data.places.osm_id.str[0] == "w").any()
    assert data.places.osm_id.is_unique
    assert shapely.box(14, 35.7, 14.7, 36.2).contains(data.places.geometry).all()


def test_real_mississippi(mississippi):
    data = read_osm([mississippi])
    assert len(data.roads) == 2216
    assert len(data.junctions) == 498
    assert set(data.places.osm_id.str[0]) == {"n"}
    ways = highway_ways(data.roads, ["I 55", "I 20"])
    assert (ways.length_m.groupby(ways.ref).sum() > 240_000).all()
