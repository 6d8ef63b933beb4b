"""The road cache: what it keeps, when it is made anew, and that it is never trusted blindly."""

import dataclasses
import os
import threading

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from geopandas.testing import assert_geodataframe_equal
from pyproj import CRS
from shapely import LineString, box

import geo.cache
from cli import main
from geo.areas import read_areas
from geo.cache import cache_folder, cache_key, clear, entries, fetch, keep
from geo.example_study import write_example
from geo.inputs import load_inputs
from geo.network import build_network
from geo.osm import read_osm
from geo.project_file import load_project
from geo.road_entry import (
    MAGIC,
    DamagedEntryError,
    HighwayEntry,
    RoadEntry,
    _digest,
    _kept,
    _mapped,
    entry_sources,
    read_entry,
    write_entry,
)
from geo.routes import measure_routes
from geo.snap import snap_xy
from geo.study_roads import read_study_roads

ROAD = {"highway": "primary", "ref": "I 55; 💬 \u202e", "name": "Joe’s 💬"}
NODES = {
    1: (-90.0, 32.0, {"highway": "motorway_junction", "ref": "1"}),
    2: (-90.0, 32.1),
    3: (-89.9, 32.1, {"tourism": "motel", "name": "Joe’s &quot;motel&quot; \\ 🏥"}),
    4: (-90.0, 32.2),
}
ROUTES = [(9, [(1, "north"), (2, "north"), (9, "")], {"type": "route", "route": "road", "network": "US:I", "ref": "5"})]
MEASURING = "Measuring the highways …"
FROM_CACHE = "Taking the road network from the cache …"
KEEPING = "Keeping the road network for the next run …"


@pytest.fixture
def crs():
    return CRS.from_epsg(3814)


@pytest.fixture
def entry(write_osm, crs):
    path = write_osm(NODES, [(1, [1, 2, 3], ROAD), (2, [2, 4], {"highway": "residential"}), (3, [4, 99], ROAD)], ROUTES)
    osm = read_osm([path])
    path.unlink()
    assert osm.signed == {"I 5": "NS"}
    return RoadEntry((path.name,), osm, build_network(osm.roads, crs=crs), 0)


@pytest.fixture
def highways(entry, crs):
    line = LineString([(0, 0), (9e3, 0)])
    ways = gpd.GeoDataFrame({"ref": ["I 55"], "way_id": [1], "one_way": [False]}, geometry=[line], crs=crs)
    exits, extent = entry.osm.junctions.to_crs(crs), box(0, -9, 1e4, 9)
    return HighwayEntry(("test.osm",), ways, measure_routes(ways, exits, extent=extent), extent)


@pytest.fixture
def study(tmp_path, monkeypatch):
    monkeypatch.setenv("OUTREACH_CACHE_DIR", str(tmp_path / "cache"))
    return write_example(tmp_path / "study").parent


def load(study):
    """Read the roads of the study and return what was said and the roads."""
    said = []
    project = load_project(study / "project.toml")
    areas = read_areas(project.areas, crs=project.crs).table
    return said, read_study_roads(project, areas, urban=None, say=said.append)


def edit(study, old, new, name="project.toml"):
    text = (study / name).read_text()
    assert old in text
    (study / name).write_text(text.replace(old, new))


def assert_same(one, other):
    """Compare all arrays of two dataclasses."""
    for field in dataclasses.fields(one):
        mine, yours = getattr(one, field.name), getattr(other, field.name)
        if isinstance(mine, tuple) and mine and dataclasses.is_dataclass(mine[0]):
            assert len(mine) == len(yours)
            for ours, theirs in zip(mine, yours, strict=True):
                assert_same(ours, theirs)
        elif isinstance(mine, np.ndarray):
            assert mine.dtype == yours.dtype, field.name
            assert np.array_equal(mine, yours, equal_nan=mine.dtype.kind == "f"), field.name
        elif dataclasses.is_dataclass(mine):
            assert_same(mine, yours)
        elif hasattr(mine, "geometry"):
            assert_geodataframe_equal(mine, yours)
        else:
            assert mine == yours, field.name


# --- one entry ----------------------------------------------------------------------------------------------------


def test_an_entry_comes_back_as_it_was(entry, tmp_path, crs):
    write_entry(entry, tmp_path / "a")
    assert_same(entry, read_entry(tmp_path / "a", RoadEntry, crs=crs))
    assert entry_sources(tmp_path / "a") == ("test.osm",)


def test_highways_come_back_as_they_were_also_without_exits_or_courses(highways, tmp_path, crs):
    nowhere = measure_routes(highways.ways, highways.routes.exits, extent=box(8e4, 0, 9e4, 9))
    assert [len(part.routes) for part in (highways.routes, nowhere)] == [1, 0]
    for routes in (highways.routes, nowhere):
        kept = dataclasses.replace(highways, routes=routes)
        keep(tmp_path, "k", kept)
        assert_same(kept, fetch(tmp_path, "k", HighwayEntry, crs=crs))
    assert [part.path.name for part in entries(tmp_path)] == ["highways-k.cache"]


def test_an_array_of_objects_is_taken_for_damage(entry, tmp_path, crs):
    """Whoever writes such a file, with a right checksum, could make Python look anywhere in its memory."""
    path = tmp_path / "a"
    write_entry(entry, path)
    content = path.read_bytes().replace(b"'<f8'", b"'|O' ")
    head = MAGIC + _digest(content)
    path.write_bytes(head + content[len(head) :])
    with pytest.raises(DamagedEntryError):
        read_entry(path, RoadEntry, crs=crs)


@pytest.mark.parametrize("place", [0, 20, 85, 120, 0.3, 0.5, 0.9, -1])
def test_one_altered_byte_is_noticed(entry, tmp_path, crs, place):
    path = tmp_path / "a"
    write_entry(entry, path)
    content = bytearray(path.read_bytes())
    content[int(place * len(content)) if isinstance(place, float) else place] ^= 1
    path.write_bytes(content)
    with pytest.raises(DamagedEntryError):
        read_entry(path, RoadEntry, crs=crs)


@pytest.mark.parametrize("share", [0, 0.0001, 0.5, 0.99])
def test_an_entry_cut_short_is_noticed(entry, tmp_path, crs, share):
    path = tmp_path / "a"
    write_entry(entry, path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(DamagedEntryError):
        read_entry(path, RoadEntry, crs=crs)


def test_a_damaged_entry_is_thrown_away(entry, tmp_path, crs):
    keep(tmp_path, "k", entry)
    assert fetch(tmp_path, "k", RoadEntry, crs=crs) is not None
    (tmp_path / "roads-k.cache").write_bytes(b"half")
    assert entries(tmp_path)[0].sources == ()
    assert fetch(tmp_path, "k", RoadEntry, crs=crs) is None
    assert not list(tmp_path.glob("roads-*"))


def test_a_run_that_breaks_leaves_no_entry(entry, tmp_path, crs, monkeypatch):
    def broken(entry, path):
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(geo.cache, "write_entry", broken)
    with pytest.raises(KeyboardInterrupt):
        keep(tmp_path, "k", entry)
    assert not list(tmp_path.iterdir())
    assert fetch(tmp_path, "k", RoadEntry, crs=crs) is None


def test_two_runs_at_once_both_find_a_whole_entry(entry, tmp_path, crs):
    failed = []

    def run():
        try:
            for _ in range(10):
                keep(tmp_path, "k", entry)
                assert fetch(tmp_path, "k", RoadEntry, crs=crs) is not None
        except Exception as error:  # noqa: BLE001 - a thread cannot raise into the test
            failed.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert [path.name for path in tmp_path.iterdir()] == ["roads-k.cache"]


def test_the_entries_used_longest_ago_go_first(entry, tmp_path, crs):
    for number, key in enumerate("abc"):
        keep(tmp_path, key, entry)
        os.utime(tmp_path / f"roads-{key}.cache", (1000 + number, 1000 + number))
    size = (tmp_path / "roads-a.cache").stat().st_size
    fetch(tmp_path, "a", RoadEntry, crs=crs)
    keep(tmp_path, "d", entry, limit_bytes=int(2.5 * size))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["roads-a.cache", "roads-d.cache"]
    keep(tmp_path, "e", entry, limit_bytes=1)
    assert [path.name for path in tmp_path.iterdir()] == ["roads-e.cache"]


def test_clearing_leaves_other_files_alone(entry, tmp_path):
    keep(tmp_path, "a", entry)
    (tmp_path / "mine.txt").write_text("keep me")
    (tmp_path / ".roads-writing-x").mkdir()
    (tmp_path / ".roads-writing-x" / "entry").write_text("half")
    assert clear(tmp_path)[0] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert clear(tmp_path / "nowhere") == (0, 0)


def test_the_key_depends_on_everything(monkeypatch):
    keys = {
        cache_key([("a.osm", "1")], {"clip": [0, 1]}),
        cache_key([("a.osm", "2")], {"clip": [0, 1]}),
        cache_key([("b.osm", "1")], {"clip": [0, 1]}),
        cache_key([("a.osm", "1")], {"clip": [0, 1.0000001]}),
        cache_key([("a.osm", "1"), ("b.osm", "2")], {}),
        cache_key([("b.osm", "2"), ("a.osm", "1")], {}),
    }
    assert len(keys) == 6
    before = cache_key([], {})
    assert cache_key([], {}) == before
    monkeypatch.setattr("importlib.metadata.version", lambda _: "0")
    assert cache_key([], {}) != before
    monkeypatch.undo()
    monkeypatch.setattr(geo.cache, "_code_digest", lambda: "other code")
    assert cache_key([], {}) != before


def test_any_change_of_the_code_makes_entries_anew(tmp_path):
    (tmp_path / "roads.py").write_text("a = 1")
    seen = [geo.cache._code_digest(tmp_path)]
    for name, text in (("roads.py", "a = 2"), ("speeds.py", ""), ("speeds.py", "b = 1")):
        (tmp_path / name).write_text(text)
        seen.append(geo.cache._code_digest(tmp_path))
    (tmp_path / "speeds.py").rename(tmp_path / "ways.py")
    seen.append(geo.cache._code_digest(tmp_path))
    assert len(set(seen)) == len(seen)
    assert geo.cache._code_digest() != geo.cache._code_digest(tmp_path)


def test_where_the_cache_is(tmp_path, monkeypatch):
    monkeypatch.setenv("OUTREACH_CACHE_DIR", str(tmp_path))
    assert cache_folder(None) == tmp_path
    assert cache_folder(tmp_path / "own") == tmp_path / "own"
    assert cache_folder("off") is None
    monkeypatch.setenv("OUTREACH_CACHE_DIR", "off")
    assert cache_folder(None) is None
    monkeypatch.delenv("OUTREACH_CACHE_DIR")
    assert cache_folder(None).name == "outreach-map"


# --- in a run -----------------------------------------------------------------------------------------------------


def test_a_second_run_reads_no_road_file(study):
    cold, first = load(study)
    warm, second = load(study)
    assert KEEPING in cold
    assert FROM_CACHE not in cold
    assert FROM_CACHE in warm
    assert not [line for line in warm if line.startswith("Reading roads.osm")]
    assert_same(dataclasses.replace(first, network=first.network.in_order_of_search()), second)


def test_places_join_the_same_roads_in_order_of_search(study):
    network = load(study)[1].network
    ordered = network.in_order_of_search()
    assert not np.array_equal(network.joinable, ordered.joinable)
    rng = np.random.default_rng(1)
    x, y = (rng.uniform(axis.min(), axis.max(), 500) for axis in (network.node_x, network.node_y))
    # At the junctions themselves, several samples are as near as each other.
    x, y = np.append(x, network.node_x[:500]), np.append(y, network.node_y[:500])
    assert_same(snap_xy(network, x, y), snap_xy(ordered, x, y))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[corridor]", "[roads.speeds_kmh]\nsecondary = 88\n\n[corridor]"),
        ('crs = "EPSG:3814"', ""),
        ("[corridor]", "join_dead_ends_m = 500\n\n[corridor]"),
        ("bands_min = [30, 60]", "bands_min = [30, 90]"),
    ],
    ids=["speeds", "crs", "dead ends", "clip"],
)
def test_another_parameter_is_another_entry(study, old, new):
    load(study)
    edit(study, old, new)
    assert FROM_CACHE not in load(study)[0]


@pytest.mark.parametrize("line", ['departure = "worst"', "minutes_factor = 1.1", "max_off_road_m = 5000"])
def test_what_comes_later_needs_no_other_entry(study, line):
    load(study)
    edit(study, "[corridor]", f"{line}\n\n[corridor]")
    assert FROM_CACHE in load(study)[0]


def test_one_more_byte_in_the_file_is_another_entry(study):
    load(study)
    with (study / "roads.osm").open("a") as file:
        file.write("\n")
    assert FROM_CACHE not in load(study)[0]
    assert FROM_CACHE in load(study)[0]


def test_a_damaged_entry_is_made_anew(study, tmp_path):
    load(study)
    (path,) = (tmp_path / "cache").glob("roads-*.cache")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    said, _ = load(study)
    assert FROM_CACHE not in said
    assert path.read_bytes() == whole


def test_a_folder_that_cannot_be_written_is_said_and_harmless(study, tmp_path):
    (tmp_path / "cache").write_text("a file stands where the folder should be")
    said, roads = load(study)
    assert roads.network.n_edges > 0
    assert [line for line in said if line.startswith("Going on without the road cache:")]


def test_the_project_may_name_a_folder_or_none(study, tmp_path):
    edit(study, "[corridor]", 'cache = "kept"\n\n[corridor]')
    load(study)
    assert len(list((study / "kept").iterdir())) == 1
    edit(study, 'cache = "kept"', 'cache = "off"')
    assert KEEPING not in load(study)[0]
    assert not (tmp_path / "cache").exists()


def all_inputs(study):
    """Read everything and return what was said, and the inputs."""
    said = []
    return said, load_inputs(load_project(study / "project.toml"), progress=said.append)


def test_a_second_run_measures_no_highway(study, tmp_path):
    cold, first = all_inputs(study)
    warm, second = all_inputs(study)
    assert MEASURING in cold
    assert MEASURING not in warm
    assert_same(first.routes, second.routes)
    assert_geodataframe_equal(first.highways, second.highways)
    assert (first.dropped, first.files) == (second.dropped, second.files)
    (path,) = (tmp_path / "cache").glob("highways-*.cache")
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    said, third = all_inputs(study)
    assert MEASURING in said
    assert FROM_CACHE in said
    assert path.read_bytes() == whole
    assert_same(first.routes, third.routes)


def test_highways_of_other_parameters_are_measured_among_the_same_roads(study):
    all_inputs(study)
    edit(study, "[-88.8251,34.3939]", "[-88.8252,34.3939]", "counties.geojson")
    said = [all_inputs(study)[0]]
    edit(study, "title =", 'units = "km"\ntitle =')
    edit(study, '"I 20"', '"US 49"')
    said.append(all_inputs(study)[0])
    assert all({MEASURING, FROM_CACHE} <= set(lines) for lines in said)


def test_nothing_confidential_is_kept(study, tmp_path):
    load_inputs(load_project(study / "project.toml"))
    highways, roads = sorted((tmp_path / "cache").iterdir())
    providers = pd.read_csv(study / "providers.csv", dtype=str)
    for path, expected in (
        (roads, {"plain", "osm.roads", "osm.junctions", "osm.places", "osm.water", "network"}),
        (highways, {"plain", "ways", "routes.routes", "routes.exits", "routes.exit_nodes", "extent"}),
    ):
        content = path.read_bytes()
        assert not [name for name in providers["name"] if name.encode() in content]
        names = {name for name, _ in _kept(_mapped(path))}
        assert {next(part for part in expected if f"{name}.".startswith(f"{part}.")) for name in names} == expected


def test_the_commands_list_and_clear(study, highways, tmp_path):
    load(study)
    keep(tmp_path / "cache", "k", highways)
    run = CliRunner()
    listed = run.invoke(main, ["cache", "list"])
    assert listed.exit_code == 0
    assert [line.split("-")[0] for line in listed.stdout.splitlines()[:-1]] == ["highways", "roads"]
    assert "roads.osm" in listed.stdout
    assert f"Folder: {tmp_path / 'cache'}" in listed.stdout
    cleared = run.invoke(main, ["cache", "clear"])
    assert cleared.stdout.startswith("Removed 2 files, ")
    assert run.invoke(main, ["cache", "list"]).stdout == f"Folder: {tmp_path / 'cache'}\n"
    edit(study, "[corridor]", 'cache = "off"\n\n[corridor]')
    off = run.invoke(main, ["cache", "list", str(study / "project.toml")])
    assert off.stdout == "The road cache is switched off.\n"
