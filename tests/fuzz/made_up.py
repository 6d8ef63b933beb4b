"""Made-up files of each kind, as hypothesis strategies: right in their build, wrong in anything they say."""

import datetime as dt
import json
import random
import tomllib
from typing import Any
from xml.sax.saxutils import quoteattr

from hypothesis import strategies as st

from tests.fuzz import pbf
from tests.fuzz.changes import PIECES, changed
from tests.fuzz.targets import EXAMPLE, KINDS, TABLE, geojson, workbook

_TEXT = st.one_of(st.sampled_from([piece.decode("latin-1") for piece in PIECES]), st.text(max_size=12))
_NUMBER = st.one_of(st.integers(-(2**70), 2**70), st.floats(), st.sampled_from([0, -1, 90.0, 32.4311, 1e308]))


def files(kind: str) -> st.SearchStrategy[bytes]:
    """Return files of a kind: made up, or a real one changed."""
    real = st.builds(
        lambda seed, number: changed(kind, seed, random.Random(number)),
        st.sampled_from(KINDS[kind].seeds()),
        st.integers(0, 2**32),
    )
    return st.one_of(real, _MADE_UP[kind])


_VALUE = st.recursive(
    st.one_of(_TEXT, _NUMBER, st.booleans(), st.dates()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_TEXT, inner, max_size=3)),
    max_leaves=6,
)


@st.composite
def _projects(draw: st.DrawFn) -> bytes:
    """Return the example's project file with some of its values, keys or tables changed."""
    project = tomllib.loads((EXAMPLE / "project.toml").read_text(encoding="utf-8"))
    for _ in range(draw(st.integers(0, 4))):
        table: Any = project
        while True:
            keys = list(table) if isinstance(table, dict) else list(range(len(table)))
            key = draw(st.sampled_from(keys)) if keys else None
            deeper = key is not None and isinstance(table[key], dict | list) and table[key]
            if not deeper or draw(st.booleans()):
                break
            table = table[key]
        if key is None:
            continue
        if draw(st.booleans()):
            table[key] = draw(_VALUE)
        elif isinstance(table, dict):
            table[draw(_TEXT)] = table.pop(key)
    return "\n".join(f"{json.dumps(key)} = {_toml(value)}" for key, value in project.items()).encode(errors="replace")


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_toml(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(part) for part in value) + "]"
    if isinstance(value, dt.date):
        return value.isoformat()
    return json.dumps(value) if isinstance(value, str | bool) else repr(value)


_HEAD = TABLE.decode().splitlines()[0].split(",")
_CELLS: dict[str, st.SearchStrategy[Any]] = {
    "category": st.sampled_from(["medical", "shelter", "legal; crisis", "", "x"]),
    "lon": st.sampled_from(["-90.2", "-90.4177", "", "32.4311", "-1e9", "nan", "-90,2", "180"]),
    "lat": st.sampled_from(["32.3", "32.4311", "", "-90.4177", "inf", "91"]),
    "region": st.sampled_from(["28001", "Adams", "alcorn county", "", "nowhere"]),
    "public": st.sampled_from(["yes", "no", "", "maybe", "TRUE"]),
    "name": st.sampled_from(["Hidden Haven", "Open Door", "", "=1+1"]),
}


@st.composite
def _tables(draw: st.DrawFn) -> bytes:
    """Return a provider table as text, GeoJSON or workbook."""
    head = draw(st.lists(st.one_of(st.sampled_from(_HEAD), _TEXT), min_size=1, max_size=12))
    cells = [st.one_of(_CELLS.get(name, _TEXT), _CELLS.get(name, _TEXT), _TEXT) for name in head]
    rows = draw(st.lists(st.tuples(*cells), min_size=1, max_size=4))
    form = draw(st.integers(0, 9))
    if form == 0:
        return workbook([[_printable(cell) for cell in row] for row in (head, *rows)])
    if form == 1:
        return geojson(head, rows, [draw(_SHAPE) for _ in rows])
    lines = [",".join('"' + str(cell).replace('"', '""') + '"' for cell in row) for row in (head, *rows)]
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def _printable(text: object) -> str:
    return "".join(sign for sign in str(text) if sign >= " " and not "\ud800" <= sign <= "\udfff")


_POINT = st.lists(st.one_of(st.floats(), st.floats(-91, 33)), max_size=4)
_SHAPE = st.one_of(
    st.none(),
    st.builds(lambda at: {"type": "Point", "coordinates": at}, _POINT),
    st.builds(lambda at: {"type": "LineString", "coordinates": at}, st.lists(_POINT, max_size=4)),
    st.builds(lambda at: {"type": "Polygon", "coordinates": [at]}, st.lists(_POINT, max_size=5)),
    st.builds(lambda at: {"type": "Polygon", "coordinates": [at, *at[:1]]}, st.just([[-90, 32], [-89, 33], [-89, 32], [-90, 33]])),
    st.just({"type": "GeometryCollection", "geometries": []}),
)  # fmt: skip

_ID = st.one_of(st.integers(-3, 9), st.integers(1, 6), st.integers(-(2**64), 2**64))
_KEY = st.one_of(
    st.sampled_from(
        ["highway", "ref", "oneway", "maxspeed", "amenity", "name", "access", "area", "type", "junction", "hgv"]
    ),
    _TEXT,
)
_SAID = st.one_of(st.sampled_from(["motorway", "primary", "motorway_junction", "motorway_link", "I 55", "I 55;US 51", "yes", "no", "-1", "70 mph", "fuel", "hospital", "social_facility", "multipolygon"]), _TEXT)  # fmt: skip
_TAGS = st.dictionaries(_KEY, _SAID, max_size=4)
_LAT = st.one_of(st.floats(31.5, 32.5), st.floats(allow_nan=True), st.sampled_from([32.0, 90.0, -90.1]))
_LON = st.one_of(st.floats(-91, -90), st.floats(allow_nan=True), st.sampled_from([-90.5, 180.0, -180.1]))
_NODES = st.lists(st.tuples(_ID, _LAT, _LON, _TAGS), max_size=6)
_WAYS = st.lists(st.tuples(_ID, st.lists(_ID, max_size=6), _TAGS), max_size=4)


@st.composite
def _xml(draw: st.DrawFn) -> bytes:
    lines = ['<osm version="0.6">']
    for number, lat, lon, tags in draw(_NODES):
        lines.append(f'<node id="{number}" lat="{lat}" lon="{lon}">{_xml_tags(tags)}</node>')
    for number, refs, tags in draw(_WAYS):
        nodes = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        lines.append(f'<way id="{number}">{nodes}{_xml_tags(tags)}</way>')
    return "\n".join([*lines, "</osm>"]).encode("utf-8", "replace")


def _xml_tags(tags: dict[str, str]) -> str:
    return "".join(
        f"<tag k={quoteattr(_printable(key))} v={quoteattr(_printable(said))}/>" for key, said in tags.items()
    )


@st.composite
def _binary(draw: st.DrawFn) -> bytes:
    """Return nodes and ways in the binary format, packed tightly or not."""
    texts: list[str] = [""]

    def number_of(text: str) -> int:
        if text not in texts:
            texts.append(text)
        return texts.index(text)

    nodes, ways = draw(_NODES), draw(_WAYS)
    ids, lats, lons, said = [], [], [], []
    for number, lat, lon, tags in nodes:
        ids.append(number)
        lats.append(_hundred_nano(lat))
        lons.append(_hundred_nano(lon))
        said += [number_of(part) for pair in tags.items() for part in pair] + [0]
    dense = [[1, 2, _steps(ids)], [8, 2, _steps(lats)], [9, 2, _steps(lons)], [10, 2, said]]
    groups = [[2, 2, [[2, 2, dense]]]] if nodes else []
    for number, refs, tags in ways:
        keys, values = [number_of(key) for key in tags], [number_of(value) for value in tags.values()]
        groups.append([2, 2, [[3, 2, [[1, 0, number % 2**64], [2, 2, keys], [3, 2, values], [8, 2, _steps(refs)]]]]])
    table = [[1, 2, text.encode("utf-8", "surrogatepass")] for text in texts]
    head = [[4, 2, b"OsmSchema-V0.6"], [4, 2, b"DenseNodes"]]
    blobs = [(b"OSMHeader", head), (b"OSMData", [[1, 2, table], *groups])]
    return pbf.file_of(blobs, packed=draw(st.booleans()))


def _hundred_nano(degrees: float) -> int:
    return int(max(-1e18, min(1e18, degrees * 1e7))) if degrees == degrees else 2**62  # noqa: PLR0124 - NaN


def _steps(values: list[int]) -> list[int]:
    """Return the steps between values as the format writes signed numbers: 0, -1, 1, -2 are 0, 1, 2, 3."""
    steps = [after - before for before, after in zip([0, *values], values, strict=False)]
    return [(step << 1 ^ step >> 63) % 2**64 for step in steps]


_MADE_UP = {"project": _projects(), "providers": _tables(), "roads": _xml(), "pbf": _binary()}
