"""Hand-made OpenStreetMap files and the shared real ones."""

from pathlib import Path

import pytest
from pyproj import CRS

SHARED = Path(__file__).parents[3] / "shared" / "data"
MISSISSIPPI = SHARED / "real" / "ms_60km_converted_all.osm.pbf"
MALTA = SHARED / "osm" / "malta.osm.pbf"
ANDORRA = SHARED / "osm" / "andorra.osm.pbf"


def osm_xml(nodes, ways=(), relations=()):
    """Return an .osm document.

    `nodes` maps id to (lon, lat) or (lon, lat, tags); `ways` are (id, node ids, tags); `relations` are
    (id, members, tags) with members (way, role) or ("relation", id, role).
    """

    def tagged(tags):
        return "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())

    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6" generator="test">']
    for number, (lon, lat, *tags) in sorted(nodes.items()):
        lines.append(
            f'<node id="{number}" version="1" lon="{lon}" lat="{lat}">{tagged(tags[0] if tags else {})}</node>'
        )
    for number, refs, tags in sorted(ways, key=lambda way: way[0]):
        members = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        lines.append(f'<way id="{number}" version="1">{members}{tagged(tags)}</way>')
    for number, members, tags in relations:
        typed = [member if len(member) > 2 else ("way", *member) for member in members]
        inner = "".join(f'<member type="{kind}" ref="{ref}" role="{role}"/>' for kind, ref, role in typed)
        lines.append(f'<relation id="{number}" version="1">{inner}{tagged(tags)}</relation>')
    return "\n".join([*lines, "</osm>"])


@pytest.fixture
def write_osm(tmp_path):
    """Return a function that writes an .osm file and returns its path."""

    def write(nodes, ways=(), relations=(), *, name="test.osm"):
        path = tmp_path / name
        path.write_text(osm_xml(nodes, ways, relations), encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def mississippi_tm():
    """Return the metric CRS used for the hand-made files around 90° W, 32° N."""
    return CRS.from_epsg(3814)


@pytest.fixture(params=[(MISSISSIPPI, 3814), (MALTA, 32633), (ANDORRA, 32631)], ids=["mississippi", "malta", "andorra"])
def real_file(request):
    """Return a real road file and a metric CRS for it."""
    path, code = request.param
    return _there(path), CRS.from_epsg(code)


@pytest.fixture
def malta():
    """Return the path of the real Malta extract."""
    return _there(MALTA)


@pytest.fixture
def mississippi():
    """Return the path of the real Mississippi file."""
    return _there(MISSISSIPPI)


def _there(path):
    if not path.exists():
        pytest.skip(f"{path} is not here")
    return path
