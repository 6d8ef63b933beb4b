"""Random project files, provider tables and road files: an answer or a clear message, never a traceback, a hang or a leak.

A short run is part of the gate. ``make fuzz SECONDS=600`` runs until the time is over. What was found stays in ``corpus``
and is tried again in every run.
"""

import os
import random
import resource
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import CRS

from geo.errors import OutreachError
from geo.osm import read_osm
from geo.project import ProviderFile
from geo.project_file import load_project
from geo.providers import read_providers
from geo.secrets import read_secrets

HERE = Path(__file__).parent
EXAMPLE = HERE.parents[1] / "geo" / "example"
SECONDS = float(os.environ.get("OUTREACH_FUZZ_SECONDS", "0"))
HANG_S, MEMORY_KB = 10, 2_000_000
SECRETS = ("Hidden Haven", "12 Oak Lane", "5550199", "32.4311", "90.4177")

METRIC = CRS.from_epsg(3814)
REGIONS = gpd.GeoDataFrame(
    {"region_id": ["28001", "28003"], "name": ["Adams", "Alcorn"]},
    geometry=[shapely.box(-92, 31, -90, 33), shapely.box(-90, 33, -88, 35)],
    crs=4326,
).to_crs(METRIC)


def project_text(path: Path) -> None:
    load_project(path)


def provider_table(path: Path) -> None:
    section = ProviderFile(file=path)
    reading = read_providers([section], regions=REGIONS, within=None, crs=METRIC)
    hidden = reading.table[~reading.table["public"]]
    assert not any(secret in hidden.to_csv() for secret in SECRETS)
    read_secrets([section], regions=REGIONS, crs=METRIC)


def road_file(path: Path) -> None:
    read_osm([path])


ROADS = (EXAMPLE / "roads.osm").read_bytes()
TABLE = b"""id,name,category,lon,lat,phone,region,capacity,verified_on,public
1,Open Door,medical,-90.2,32.3,601-555-0100,,12,2026-01-01,yes
2,Hidden Haven,shelter,-90.4177,32.4311,601-555-0199,28001,,,no
3,12 Oak Lane,legal;crisis,-89.1,34.2,,,3,1/2/2026,
"""
TARGETS: dict[str, tuple[Callable[[Path], None], str, bytes]] = {
    "project": (project_text, "p.toml", (EXAMPLE / "project.toml").read_bytes()),
    "providers": (provider_table, "p.csv", TABLE),
    "roads": (road_file, "r.osm", ROADS[:6_000] + b"</osm>"),
    "roads in pbf": (road_file, "r.osm.pbf", b""),
}
PIECES = [b'"', b"'", b",", b";", b"\n", b"\0", b"=", b"[", b"]", b"{", b"}", b"<", b">", b"&", b"\xff", b"\xc3(", b"-", b"1e999",
          b"NaN", b"inf", b"99999999999999999999", b"yes", b"no", b"\r", b"\t", b"\xef\xbb\xbf", b"\xff\xfe", "مركز".encode(), b"2026-13-45",
          b"Hidden Haven", b"90.4177", b"=1+1", b"<!DOCTYPE", b"<way", b"<nd ref='1'/>", b"[[providers]]", b"public"]  # fmt: skip


@pytest.fixture(scope="session", autouse=True)
def pbf(tmp_path_factory: pytest.TempPathFactory) -> None:
    import osmium

    path = tmp_path_factory.mktemp("pbf") / "r.osm.pbf"
    (path.parent / "r.osm").write_bytes(ROADS)
    with osmium.SimpleWriter(str(path)) as writer:
        for entry in osmium.FileProcessor(str(path.parent / "r.osm")):
            writer.add(entry)
    target, name, _ = TARGETS["roads in pbf"]
    TARGETS["roads in pbf"] = (target, name, path.read_bytes())


def mutated(seed: bytes, chance: random.Random) -> bytes:
    """Return a seed with a few bytes, lines or halves changed."""
    content = bytearray(seed)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(content) + 1)
        to = min(at + chance.choice((0, 1, 1, 2, 8, 64)), len(content))
        kind = chance.randrange(6)
        if kind == 0:
            content[at:to] = chance.choice(PIECES)
        elif kind == 1:
            content[at:to] = bytes(chance.randrange(256) for _ in range(to - at + 1))
        elif kind == 2:
            content[at:at] = content[at:to] * chance.choice((1, 2, 50))
        elif kind == 3:
            del content[at:to]
        elif kind == 4:
            lines = content.split(b"\n")
            chance.shuffle(lines)
            content = bytearray(b"\n".join(lines))
        else:
            content = content[:at] if chance.random() < 0.2 else content[at:] + content[:at]
    return bytes(content)


def attempt(kind: str, content: bytes, folder: Path) -> None:
    """Give a target some content; anything but success and an `OutreachError` that gives nothing away is a find."""
    target, name, _ = TARGETS[kind]
    path = folder / name
    path.write_bytes(content)
    started = time.process_time()
    said = ""
    try:
        target(path)
    except OutreachError as error:
        said = str(error)
    assert kind != "providers" or not any(secret in said for secret in SECRETS)
    assert time.process_time() - started < HANG_S
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < MEMORY_KB


def finds() -> Iterator[tuple[str, Path]]:
    for path in sorted((HERE / "corpus").glob("[!.]*")):
        yield path.name.split("-")[0].replace("_", " "), path


@pytest.mark.parametrize(("kind", "path"), list(finds()), ids=lambda value: getattr(value, "name", ""))
def test_what_was_found_once(kind: str, path: Path, tmp_path: Path) -> None:
    attempt(kind, path.read_bytes(), tmp_path)


@pytest.mark.parametrize("kind", TARGETS)
def test_changed_files(kind: str, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    chance = random.Random(f"{kind} {os.environ.get('OUTREACH_FUZZ_SEED', '1')}")
    seed, until, number = TARGETS[kind][2], time.monotonic() + SECONDS / len(TARGETS), 0
    while number < 250 or time.monotonic() < until:
        content = mutated(seed, chance)
        number += 1
        try:
            attempt(kind, content, tmp_path)
        except BaseException:
            keep = HERE / "corpus" / f"{kind.replace(' ', '_')}-{zlib.crc32(content):08x}"
            if SECONDS:
                keep.write_bytes(content)
            raise
    record_property("figure", f"{kind}: {number:,} inputs, no traceback, no hang, no leak")
    sys.stderr.write(f"{kind}: {number:,} inputs\n")


@given(st.lists(st.lists(st.text(max_size=12), min_size=10, max_size=10), min_size=1, max_size=5))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_in_a_provider_table(tmp_path: Path, rows: list[list[str]]) -> None:
    lines = [TABLE.decode().splitlines()[0], *(",".join('"' + c.replace('"', '""') + '"' for c in row) for row in rows)]
    attempt("providers", "\n".join(lines).encode("utf-8", "surrogatepass"), tmp_path)
