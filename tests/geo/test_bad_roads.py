"""Road files as they come: cut, in pieces, with loops, far from the people. Each is handled and counted, or refused."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import osmium
import pandas as pd
import pytest
from pyproj import CRS

from geo.errors import NetworkError
from geo.example_study import write_example
from geo.inputs import load_inputs
from geo.network import build_network
from geo.osm import read_osm
from geo.project_file import load_project
from layers.study import make_study
from maps.manifest import manifest_bytes

ROAD = {"highway": "primary"}

pytestmark = pytest.mark.usefixtures("known_roads")


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    return write_example(tmp_path_factory.mktemp("example") / "study").parent


@pytest.fixture
def study(example, tmp_path):
    return shutil.copytree(example, tmp_path / "study")


def load(study):
    return load_inputs(load_project(study / "project.toml"))


def run(study):
    project = load_project(study / "project.toml")
    return make_study(project, load_inputs(project), progress=lambda _: None)


def edit(study, old, new):
    text = (study / "project.toml").read_text()
    assert old in text
    (study / "project.toml").write_text(text.replace(old, new))


def interstate_nodes(path):
    """Return the nodes of I 55 from south to north, and the positions of all nodes."""
    lat, nodes = {}, set()
    for thing in osmium.FileProcessor(str(path)):
        if thing.is_node():
            lat[thing.id] = thing.location.lat
        elif thing.is_way() and "I 55" in thing.tags.get("ref", ""):
            nodes |= {node.ref for node in thing.nodes}
    return sorted(nodes, key=lat.get), lat


def rewritten(path, keep):
    """Write a road file again with some of its nodes only, as a bad cut leaves it."""
    target = path.with_name("cut.osm")
    with osmium.SimpleWriter(str(target)) as writer:
        for thing in osmium.FileProcessor(str(path)):
            if not thing.is_node() or keep(thing):
                writer.add(thing)
    target.replace(path)


def test_an_extract_cut_through_the_interstate_is_used_up_to_the_cut(study):
    whole = load(study)
    _, lat = interstate_nodes(study / "roads.osm")
    border = np.quantile(list(lat.values()), 0.7)
    rewritten(study / "roads.osm", lambda node: node.location.lat < border)
    cut = load(study)
    counts = {entry.reason: entry.count for entry in cut.dropped if entry.source == "roads.osm"}
    assert counts["ways with nodes missing from the file, used up to the gap"] > 0
    length = {name: part.highways.groupby("ref")["length_m"].sum() for name, part in (("whole", whole), ("cut", cut))}
    assert 0 < length["cut"]["I 55"] < length["whole"]["I 55"]
    assert cut.network.kept_share > 0.5


def test_two_halves_listed_together_are_the_whole(study):
    whole = load(study)
    source = study / "roads.osm"
    shutil.copy(source, study / "north.osm")
    _, lat = interstate_nodes(source)
    border = np.median(list(lat.values()))
    # As extracts with complete ways are cut: each half holds its nodes, and the ways with all of theirs that touch it.
    south_ways, north_ways = set(), set()
    needed = {"south": set(), "north": set()}
    for thing in osmium.FileProcessor(str(source)).with_filter(osmium.filter.EntityFilter(osmium.osm.WAY)):
        refs = [node.ref for node in thing.nodes]
        for name, ways, side in (("south", south_ways, -1), ("north", north_ways, 1)):
            if any((lat[ref] - border) * side >= 0 for ref in refs):
                ways.add(thing.id)
                needed[name] |= set(refs)
    for name, ways, path in (("south", south_ways, source), ("north", north_ways, study / "north.osm")):
        target = path.with_name("part.osm")
        with osmium.SimpleWriter(str(target)) as writer:
            for thing in osmium.FileProcessor(str(path)):
                if (thing.is_node() and thing.id in needed[name]) or (thing.is_way() and thing.id in ways):
                    writer.add(thing)
        target.replace(path)
    edit(study, 'osm = "roads.osm"', 'osm = ["roads.osm", "north.osm"]')
    halves = load(study)
    assert halves.network.n_edges == whole.network.n_edges
    assert halves.network.length_m.sum() == pytest.approx(whole.network.length_m.sum())
    assert [entry.source for entry in halves.dropped if "another listed file" in entry.reason] == ["north.osm"]


def test_people_in_the_sea_are_counted_and_stay_beyond_every_band(study):
    people = pd.read_csv(study / "people.csv")
    edit(study, "[corridor]", "max_off_road_m = 2000\n\n[corridor]")
    result = run(study)
    (entry,) = [entry for entry in result.dropped if "from any road" in entry.reason]
    assert entry.source == "people.csv"
    assert 0 < entry.count < len(people)
    apart = result.people[np.isinf(result.people["minutes_worst"]) & (result.people["population"] > 0)]
    assert entry.count == len(apart)


def test_a_hundred_thousand_points_in_the_sea_are_counted(study):
    """Half of them outside every area, half inside one but away from all roads; those on land keep their figures."""
    edit(study, "[corridor]", "max_off_road_m = 2000\n\n[corridor]")
    before = run(study)
    apart = before.people[np.isinf(before.people["minutes_worst"]) & (before.people["population"] > 0)]
    bay = apart.to_crs(4326).geometry.iloc[0]
    people = pd.read_csv(study / "people.csv")
    rng = np.random.default_rng(1)
    sea = people.iloc[np.zeros(100_000, dtype=int)].reset_index(drop=True).assign(population=1)
    sea["lon"] = np.where(sea.index % 2, bay.x, -60.0) + rng.uniform(-1e-4, 1e-4, len(sea))
    sea["lat"] = np.where(sea.index % 2, bay.y, 30.0) + rng.uniform(-1e-4, 1e-4, len(sea))
    pd.concat([people, sea]).assign(point_id=range(len(people) + len(sea))).to_csv(study / "people.csv", index=False)
    began = time.process_time()
    result = run(study)
    assert time.process_time() - began < 30
    told = {entry["reason"]: entry["count"] for entry in json.loads(manifest_bytes(result))["dropped"]}
    assert told["outside every area"] == 50_000
    assert told["points with people farther than 2000 m from any road: kept, as beyond every band"] == 50_000 + len(
        apart
    )
    known = result.people.merge(before.people, on="point_id", suffixes=("", "_before"))
    assert len(known) >= len(people)
    assert (known["minutes_worst"] == known["minutes_worst_before"]).all()


def test_a_hundred_thousand_points_away_from_all_roads_are_refused(study):
    rng = np.random.default_rng(1)
    people = pd.read_csv(study / "people.csv").iloc[np.zeros(100_000, dtype=int)]
    columns = {"lon": rng.uniform(-90.5, -89.5, len(people)), "lat": rng.uniform(32, 34, len(people))}
    people.assign(**columns).to_csv(study / "people.csv", index=False)
    edit(study, "[corridor]", "max_off_road_m = 0.001\n\n[corridor]")
    with pytest.raises(NetworkError) as caught:
        run(study)
    said = str(caught.value)
    assert re.match(r"people.csv: none of its [\d,]+ points with people lies within 0.001 m of a road\. Check", said)


def test_pieces_left_out_are_counted(malta):
    network = build_network(read_osm([malta]).roads, crs=CRS.from_epsg(32633))
    assert network.n_components - network.kept_components > 100
    assert network.kept_share > 0.98


def test_the_record_of_a_road_file_says_what_is_left_out(study):
    (record,) = [record for record in load(study).files if record.path.name == "roads.osm"]
    assert re.fullmatch(
        r"[\d.]+% of the length of all roads is connected and used; \d+ cut-off pieces left out", record.notes[1]
    )


def test_contradictory_and_looping_ways_are_driven_somehow(write_osm, mississippi_tm):
    nodes = {1: (-90.0, 32.0), 2: (-90.0, 32.1), 3: (-89.9, 32.1), 4: (-89.9, 32.0)}
    ways = [
        (1, [1, 2], ROAD),
        (2, [2, 2], ROAD),
        (3, [2, 3, 2], ROAD),
        (4, [3, 3, 4, 4], ROAD),
        (5, [1, 4], {**ROAD, "oneway": "yes"}),
        (6, [1, 4], {**ROAD, "oneway": "-1"}),
        (7, [1, 4], {**ROAD, "oneway": "yes;no"}),
    ]
    network = build_network(read_osm([write_osm(nodes, ways)]).roads, crs=mississippi_tm)
    assert set(network.node_id.tolist()) == {1, 2, 3, 4}
    assert (network.contraction.core_min > 0).all()
    assert network.kept_share == 1


NO_ROOM = """
import gc, resource, sys
from pathlib import Path
from geo.errors import InputError
from geo.osm import read_osm
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    read_osm([Path(sys.argv[1])])
except InputError as error:
    print(error)
gc.collect()
"""


@pytest.mark.skipif(os.name != "posix", reason="limits of POSIX")
def test_no_room_for_what_is_unpacked_ends_in_a_message(example):
    """Libosmium ends the process when it throws away a writer that has failed."""
    path = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", NO_ROOM, str(example / "roads.osm")]
    done = subprocess.run(command, env=path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "roads.osm" in done.stdout
