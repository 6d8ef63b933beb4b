"""Roads fetched over the network: from a server of our own that answers as Overpass does."""

import json
import re
import shutil
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import geopandas as gpd
import osmium
import pytest
import shapely
from click.testing import CliRunner
from pyproj import CRS

from cli import main
from geo.areas import read_areas
from geo.example_study import write_example
from geo.osm import read_osm
from geo.overpass import MAIN_CLASSES, questions_for
from geo.project_file import load_project
from geo.study_roads import read_study_roads

STATUS = "Connected as: 1\nCurrent time: now\nAnnounced endpoint: none\nRate limit: 2\n2 slots available now.\n"
COUNTIES = '"Hinds", "Madison"'
REFUGE = """<node id="900001" version="1" lat="32.30" lon="-90.19"><tag k="tourism" v="hostel"/>
<tag k="social_facility" v="shelter"/><tag k="name" v="Quiet Door"/></node>
<node id="900002" version="1" lat="32.31" lon="-90.18"><tag k="tourism" v="motel"/><tag k="name" v="Blue Motel"/></node>
"""


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """Return the example of two counties, with its roads taken away, and the file they are in."""
    base = tmp_path_factory.mktemp("example")
    folder, whole = write_example(base / "study").parent, base / "everything.osm"
    text = (folder / "roads.osm").read_text(encoding="utf-8")
    whole.write_text(text.replace("<way ", REFUGE + "<way ", 1), encoding="utf-8")
    (folder / "roads.osm").unlink()
    project = folder / "project.toml"
    text = project.read_text().replace('"roads.osm"', '"fetched/roads.osm.pbf"')
    project.write_text(text.replace('name = "NAME"\n', f'name = "NAME"\nwhere = {{ NAME = [{COUNTIES}] }}\n'))
    return folder, whole


@pytest.fixture
def study(example, tmp_path):
    return shutil.copytree(example[0], tmp_path / "study")


def elements(path):
    """Return what an .osm file holds as Overpass writes it, and where each is."""
    at, found, shapes = {}, [], []
    for thing in osmium.FileProcessor(str(path)):
        element = {"id": thing.id, "tags": dict(thing.tags)}
        if thing.is_node():
            at[thing.id] = (thing.lon, thing.lat)
            found.append({**element, "type": "node", "lon": thing.lon, "lat": thing.lat})
            shapes.append(shapely.Point(at[thing.id]))
        elif thing.is_way():
            nodes = [node.ref for node in thing.nodes]
            found.append({**element, "type": "way", "nodes": nodes})
            shapes.append(shapely.LineString([at[node] for node in nodes]))
    return found, shapely.STRtree(shapes)


def answer(query, known):
    """Return the elements that a query of osmnx asks for, with the nodes of the ways."""
    numbers = [float(number) for number in re.search(r"poly:'([^']*)'", query)[1].split()]
    square = shapely.Polygon(list(zip(numbers[1::2], numbers[::2], strict=True)))
    classes = re.search(r'\["highway"~"\^\(([a-z_|]+)\)\$"\]', query)
    tags = set(re.findall(r"\['(\w+)'='(\w+)'\]", query))
    found, shapes = known
    wanted = [
        element
        for element in (found[number] for number in shapes.query(square, predicate="intersects"))
        if (
            (element["type"] == "way" and element["tags"].get("highway") in classes[1].split("|"))
            if classes
            else tags & set(element["tags"].items())
        )
    ]
    corners = {node for element in wanted for node in element.get("nodes", ())}
    return [*wanted, *(element for element in found if element["type"] == "node" and element["id"] in corners)]


@pytest.fixture(scope="module")
def known(example):
    return elements(example[1])


@pytest.fixture
def server(known):
    """Serve the example's roads; yield the address, the queries asked, and how to answer otherwise."""
    with serving(known) as running:
        yield running


@contextmanager
def serving(known):
    asked, other = [], {}

    class Overpass(BaseHTTPRequestHandler):
        def do_GET(self):
            self.reply(STATUS.encode())

        def do_POST(self):
            query = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())["data"][0]
            asked.append(query)
            content = other.get("content") or json.dumps({"elements": answer(query, known)}).encode()
            self.reply(content, other.get("status", 200))

        def reply(self, content, status=200):
            self.send_response(status)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Overpass) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}/api", asked, other
        running.shutdown()
        thread.join()


def run(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def fetched(example, known, tmp_path_factory):
    """Fetch for a study without its providers and people; return its folder, what was asked and what was said."""
    folder = shutil.copytree(example[0], tmp_path_factory.mktemp("fetched") / "study")
    (folder / "providers.csv").unlink()
    (folder / "people.csv").unlink()
    with serving(known) as (address, asked, _):
        return folder, asked, run("fetch", folder / "project.toml", "--server", address)


def test_what_is_fetched_is_what_the_study_needs(example, fetched):
    (folder, _, result), (_, whole) = fetched, example
    assert result.exit_code == 0, result.output
    assert "© OpenStreetMap contributors" in result.stdout
    fetched, known = read_osm([folder / "fetched" / "roads.osm.pbf"]), read_osm([whole])
    assert fetched.dropped == ()  # the refuge, never got into the file, though the server knows it
    assert "Blue Motel" in set(fetched.places["name"])
    # Of the roads beyond the counties only main ones within an hour's drive; exits and refs come with them.
    assert 0 < len(fetched.roads) < len(known.roads)
    assert {"I 55", "I 20"} <= set(fetched.roads.ref)
    near = (known.junctions.geometry.x + 90.3).abs().lt(0.3) & (known.junctions.geometry.y - 32.4).abs().lt(0.3)
    assert near.sum() > 10
    assert set(known.junctions[near]["osm_id"]) <= set(fetched.junctions["osm_id"])
    project = load_project(folder / "project.toml")
    areas = read_areas(project.areas, crs=project.crs).table
    assert read_study_roads(project, areas, urban=None, say=lambda _: None).network.kept_share == 1


def test_nothing_of_providers_and_people_is_read_or_sent(fetched):
    _, asked, result = fetched
    assert result.exit_code == 0, result.output
    assert len(asked) > 10
    assert all("poly:" in query and "social" not in query for query in asked)


def counties():
    shapes = [shapely.box(740_000, 3_560_000, 780_000, 3_620_000), shapely.box(780_000, 3_600_000, 800_000, 3_650_000)]
    return gpd.GeoDataFrame({"area_id": ["a", "b"]}, geometry=shapes, crs=CRS.from_epsg(32615))


def test_questions_cover_the_areas_and_what_can_be_reached():
    areas = counties()
    questions = questions_for(areas, 60_000)
    covered = {
        kind: gpd.GeoSeries([q.square for q in questions if q.kind == kind], crs=4326).to_crs(areas.crs).union_all()
        for kind in ("streets", "places", "main roads")
    }
    union = areas.union_all()
    # A straight side in one projection is a slight curve in another: some meters of play.
    assert covered["streets"].buffer(100).covers(union.buffer(10_000))
    assert covered["streets"].equals(covered["places"])
    assert covered["main roads"].buffer(300).covers(shapely.box(*union.bounds).buffer(60_000, join_style="mitre"))
    assert "residential" not in MAIN_CLASSES
    assert MAIN_CLASSES[0] == "motorway"


@pytest.mark.parametrize(
    ("otherwise", "message"),
    [
        ({"content": b"<html>Too busy</html>", "status": 200}, "refused to answer"),
        ({"content": b"no", "status": 400}, "refused to answer"),
        ({"content": b'{"elements": [], "remark": "runtime error: out of memory"}'}, "gave up on a part of the area"),
    ],
    ids=["a web page", "bad request", "out of memory"],
)
def test_a_server_that_does_not_answer_leaves_nothing_behind(study, server, otherwise, message):
    address, _, other = server
    other.update(otherwise)
    result = run("fetch", study / "project.toml", "--server", address)
    assert result.exit_code == 4
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert not (study / "fetched").exists()


def test_no_server_at_all(study):
    result = run("fetch", study / "project.toml", "--server", "http://127.0.0.1:9/api")
    assert result.exit_code == 4
    assert "http://127.0.0.1:9/api cannot be reached. Try again later, or download" in result.stderr


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"fetched/roads.osm.pbf"', '"project.toml"', "project.toml: is there already."),
        ('"fetched/roads.osm.pbf"', '["a.osm", "b.osm"]', "a.osm: names several files"),
        ('"fetched/roads.osm.pbf"', '"roads.zip"', "roads.zip: is no name of an OpenStreetMap file"),
        (f"where = {{ NAME = [{COUNTIES}] }}", "", "counties.geojson: covers so much ground"),
    ],
    ids=["there already", "several", "other kind", "a whole state"],
)
def test_what_cannot_be_fetched(study, server, old, new, message):
    project = study / "project.toml"
    project.write_text(project.read_text().replace(old, new))
    result = run("fetch", project, "--server", server[0])
    assert result.exit_code == 4
    assert message in result.stderr
    assert server[1] == []


def test_the_public_server_is_asked_by_default(study, monkeypatch):
    """No network in tests: only which address would be asked."""
    asked = []
    monkeypatch.setattr("geo.overpass._require_reachable", asked.append)
    monkeypatch.setattr("geo.overpass._answer", lambda question, server: asked.append(server) or [])
    assert run("fetch", study / "project.toml").exit_code == 0
    assert set(asked) == {"https://overpass-api.de/api"}
    assert load_project(study / "project.toml").roads.osm[0].exists()
