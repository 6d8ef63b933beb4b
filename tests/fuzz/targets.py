"""What is fuzzed: four kinds of input, the code that reads each, and small real files to start from."""

import contextlib
import faulthandler
import io
import json
import resource
import signal
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import geopandas as gpd
import openpyxl
import shapely
from pyproj import CRS

from geo.crs import to_metric
from geo.dead_ends import join_dead_ends
from geo.errors import OutreachError
from geo.files import read_table
from geo.network import build_network
from geo.osm import read_osm
from geo.project import ProviderFile
from geo.project_file import load_project
from geo.providers import read_providers
from geo.roads import highway_ways
from geo.route_access import access_points
from geo.routes import measure_routes
from geo.secrets import read_secrets
from geo.sources import find_column
from geo.speeds import class_speeds
from geo.tables import parse_numbers
from tests.fuzz import pbf

EXAMPLE = Path(__file__).parents[2] / "geo" / "example"
HANG_S, MEMORY_BYTES = 10, 2_000_000_000
SECRETS = ("Hidden Haven", "12 Oak Lane", "5550199", "32.4311", "90.4177")

METRIC = CRS.from_epsg(3814)
EXTENT = shapely.box(-92, 31, -88, 35)
REGIONS = gpd.GeoDataFrame(
    {"region_id": ["28001", "28003"], "name": ["Adams", "Alcorn"]},
    geometry=[shapely.box(-92, 31, -90, 33), shapely.box(-90, 33, -88, 35)],
    crs=4326,
).to_crs(METRIC)
_STUDY_AREA = gpd.GeoSeries([EXTENT], crs=4326).to_crs(METRIC).iloc[0]


def read_project(path: Path) -> None:
    load_project(path)


def read_provider_table(path: Path) -> None:
    section = ProviderFile(file=path)
    table = read_providers([section], regions=REGIONS, within=None, crs=METRIC).table
    hidden = table.loc[~table["public"].to_numpy()].drop(columns=["geometry", "source"])
    said = " ".join(str(cell) for row in hidden.drop(columns="capacity").itertuples(index=False) for cell in row)
    assert not any(secret in said for secret in SECRETS)
    # A capacity goes on, whatever number somebody wrote there; nothing else may come in its place.
    frame = read_table(path)
    column = find_column(frame, "capacity")
    stated = parse_numbers(frame[column], whole=True)[0] if column else ()
    assert set(hidden["capacity"].dropna()) <= set(stated)
    read_secrets([section], regions=REGIONS, crs=METRIC)


def read_roads(path: Path) -> None:
    osm = read_osm([path], clip=EXTENT.bounds)
    roads, _ = join_dead_ends(osm.roads, within_m=500)
    build_network(roads, crs=METRIC, speeds_kmh=class_speeds())
    if zlib.crc32(path.read_bytes()) % 4:  # measuring takes longer than all before it
        return
    ways = to_metric(highway_ways(osm.roads, ["I 55"]), METRIC)
    access = to_metric(access_points(osm.roads, osm.junctions, ["I 55"]), METRIC)
    measure_routes(ways, access, extent=_STUDY_AREA)


TABLE = b"""id,name,category,lon,lat,phone,region,capacity,verified_on,public
1,Open Door,medical,-90.2,32.3,601-555-0100,,12,2026-01-01,yes
2,Hidden Haven,shelter,-90.4177,32.4311,601-555-0199,28001,,,no
3,12 Oak Lane,legal;crisis,-89.1,34.2,,,3,1/2/2026,
"""
ROADS = b"""<?xml version='1.0' encoding='UTF-8'?>
<osm version="0.6">
<node id="1" version="1" lat="32.0" lon="-90.5"/>
<node id="2" version="1" lat="32.1" lon="-90.5"><tag k="highway" v="motorway_junction"/><tag k="ref" v="7"/></node>
<node id="3" version="1" lat="32.2" lon="-90.48"/>
<node id="4" version="1" lat="32.1" lon="-90.49"/>
<node id="5" version="1" lat="32.1" lon="-90.4"><tag k="amenity" v="fuel"/><tag k="name" v="Joe's"/><tag k="hgv" v="yes"/></node>
<node id="6" version="1" lat="32.11" lon="-90.4"/>
<way id="1" version="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="motorway"/><tag k="ref" v="I 55;US 51"/><tag k="oneway" v="yes"/><tag k="maxspeed" v="70 mph"/></way>
<way id="2" version="1"><nd ref="2"/><nd ref="4"/><tag k="highway" v="motorway_link"/></way>
<way id="3" version="1"><nd ref="4"/><nd ref="5"/><nd ref="6"/><tag k="highway" v="primary"/><tag k="ref" v="MS 18"/></way>
<way id="4" version="1"><nd ref="4"/><nd ref="5"/><nd ref="6"/><nd ref="4"/><tag k="tourism" v="motel"/></way>
<relation id="1" version="1"><member type="way" ref="4" role="outer"/><tag k="type" v="multipolygon"/><tag k="amenity" v="hospital"/></relation>
</osm>
"""


HEAD, *ROWS = [line.split(",") for line in TABLE.decode().splitlines()]


def workbook(rows: Sequence[Sequence[str]]) -> bytes:
    """Return rows of text as a workbook."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(list(row))
    book.save(out)
    return out.getvalue()


def geojson(head: Sequence[str], rows: Sequence[Sequence[str]], shapes: Sequence[object]) -> bytes:
    """Return rows of text and their shapes as GeoJSON."""
    features = [
        {"type": "Feature", "properties": dict(zip(head, row, strict=True)), "geometry": shape}
        for row, shape in zip(rows, shapes, strict=True)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def _tables() -> list[bytes]:
    """Return the same providers as text, GeoJSON and workbook."""
    points = [{"type": "Point", "coordinates": [float(row[3]), float(row[4])]} for row in ROWS]
    placed = geojson([*HEAD[:3], *HEAD[5:]], [[*row[:3], *row[5:]] for row in ROWS], points)
    return [TABLE, placed, workbook([HEAD, *ROWS])]


def _table_name(content: bytes) -> str:
    start = content[:4].lstrip()
    return "p.xlsx" if start.startswith(b"PK") else "p.geojson" if start.startswith(b"{") else "p.csv"


@dataclass(frozen=True)
class Kind:
    """A kind of input: what reads it, under which file name, and files to start from."""

    read: Callable[[Path], None]
    named: Callable[[bytes], str]
    seeds: Callable[[], list[bytes]]


KINDS: dict[str, Kind] = {
    "project": Kind(read_project, lambda _: "p.toml", lambda: [(EXAMPLE / "project.toml").read_bytes()]),
    "providers": Kind(read_provider_table, _table_name, _tables),
    "roads": Kind(read_roads, lambda _: "r.osm", lambda: [ROADS]),
    "pbf": Kind(read_roads, lambda _: "r.osm.pbf", lambda: [pbf.from_xml(ROADS)]),
}


@dataclass
class Tally:
    """What came of the inputs so far."""

    inputs: int = 0
    read: int = 0
    slowest_s: float = 0.0
    peak_mb: int = 0

    def add(self, *, read: bool, seconds: float) -> None:
        self.inputs += 1
        self.read += read
        self.slowest_s = max(self.slowest_s, seconds)
        self.peak_mb = max(self.peak_mb, peak_bytes() // 1_000_000)

    def __add__(self, other: "Tally") -> "Tally":
        """Return the tally of both."""
        return Tally(
            self.inputs + other.inputs,
            self.read + other.read,
            max(self.slowest_s, other.slowest_s),
            max(self.peak_mb, other.peak_mb),
        )


def attempt(kind: str, content: bytes, folder: Path, tally: Tally | None = None) -> None:
    """Give some content to the code that reads it; anything but success and an `OutreachError` that tells nothing is a find."""
    path = folder / KINDS[kind].named(content)
    path.write_bytes(content)
    started, before, said = time.process_time(), peak_bytes(), ""
    with _time_limit():
        try:
            KINDS[kind].read(path)
        except OutreachError as error:
            said = str(error)
            assert said
    seconds = time.process_time() - started
    assert kind != "providers" or not any(secret in said for secret in SECRETS)
    assert seconds < HANG_S
    assert peak_bytes() - before < MEMORY_BYTES
    if tally is not None:
        tally.add(read=not said, seconds=seconds)


def peak_bytes() -> int:
    """Return the most memory this process ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def limit_memory() -> None:
    """Let an allocation fail that would take this process beyond the limit by far: libosmium's threads reserve some."""
    limit = 8 * MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


@contextlib.contextmanager
def _time_limit() -> Iterator[None]:
    """Interrupt what computes for longer than the limit; end the process when even that does not help."""

    def late(signum: int, frame: FrameType | None) -> None:
        msg = f"more than {HANG_S} s of computing"
        raise TimeoutError(msg)

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, HANG_S)
    faulthandler.dump_traceback_later(6 * HANG_S, exit=True, file=sys.__stderr__)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
        faulthandler.cancel_dump_traceback_later()


def members(archive: bytes) -> dict[str, bytes]:
    """Return the files in a zip archive by name; none when it is not one."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            return {name: opened.read(name) for name in opened.namelist()}
    except Exception:  # noqa: BLE001 - zipfile lets a dozen kinds through
        return {}


def archived(files: dict[str, bytes]) -> bytes:
    """Return a zip archive of some files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()
