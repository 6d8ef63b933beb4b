"""Hostile input can neither run code, nor read other files, nor fill the memory; the limits are those documented."""

import bz2
import gzip
import json
import re
import resource
import shutil
import time
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from geo.example_study import write_example
from geo.map_files import MAX_BYTES
from tests.safety.conftest import run

HOSTILE = ["${alert(1)}`);alert(2)//", "<img src=x onerror=alert(3)>", "</script><script>alert(4)</script>", '=HYPERLINK("http://x")',
           "@SUM(1)", "+1+1", "\t=1", "\x1b]0;owned\x07", "[x](javascript:alert(5))", "{{ 7*7 }}", "{% raw %}", "\u202egnp.exe", "a\u2028b", "'; DROP TABLE areas;--",
           "../../etc/passwd", "%s%n", "\\u003cscript>", "Robert'); //", "&lt;b&gt;", "\ud7ff\ufffe"]  # fmt: skip

BOMB = """<?xml version="1.0"?>
<!DOCTYPE osm [<!ENTITY a "aaaaaaaaaa">{}]>
<osm version="0.6"><node id="1" lat="32" lon="-90"><tag k="name" v="&z;"/></node></osm>"""
LAUGHS = "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">'
    for a, b in zip("abcdefghijklmnopqrstuvwxy", "bcdefghijklmnopqrstuvwxyz", strict=True)
)
OUTSIDE = '<!DOCTYPE osm [<!ENTITY z SYSTEM "file:///etc/passwd">]>'


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return write_example(tmp_path / "study").parent


def check(study: Path):
    """Run `check`, which must end within 10 seconds of its own time and 2 GB."""
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    result = run("check", study / "project.toml")
    assert time.process_time() - started < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2_000_000
    assert "Traceback" not in result.output
    return result


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def roads(study: Path, name: str, content: bytes) -> None:
    (study / name).write_bytes(content)
    replace(study / "project.toml", 'osm = "roads.osm"', f'osm = "{name}"')


@pytest.mark.parametrize(
    "content",
    [
        BOMB.format(LAUGHS), BOMB.format('<!ENTITY z SYSTEM "file:///etc/passwd">'), BOMB.format('<!ENTITY % z SYSTEM "http://localhost/x">%z;'),
        BOMB.format('<!ENTITY z "' + "z" * 100_000 + '">').replace('"&z;"', '"' + "&z;" * 20_000 + '"'),
    ],
    ids=["billion laughs", "a file", "an address", "one long entity"],
)  # fmt: skip
def test_xml_entities_are_refused(study: Path, content: str) -> None:
    roads(study, "bad.osm", content.encode())
    result = check(study)
    assert result.exit_code == 4
    assert "bad.osm" in result.stderr
    assert "root:" not in result.output


@pytest.mark.parametrize(("name", "pack"), [("b.osm.gz", gzip.compress), ("b.osm.bz2", bz2.compress)])
def test_packed_bombs_are_refused(study: Path, name: str, pack: Callable[[bytes], bytes]) -> None:
    content = b'<?xml version="1.0"?><osm version="0.6">' + b" " * 80_000_000 + b"</osm>"
    roads(study, name, pack(content))
    result = check(study)
    assert result.exit_code == 4
    assert f"{name}: unpacks to more than 100 times its size." in result.stderr


def test_packed_roads_of_a_usual_kind_are_read(study: Path) -> None:
    roads(study, "r.osm.gz", gzip.compress((study / "roads.osm").read_bytes()))
    assert check(study).exit_code == 0


@pytest.fixture(scope="module")
def zip_bomb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bomb") / "bomb.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("xl/workbook.xml", "w", force_zip64=True) as member,
    ):
        for _ in range(MAX_BYTES // 50_000_000 + 1):
            member.write(b"\0" * 50_000_000)
    return path


@pytest.mark.parametrize("suffix", [".xlsx", ".zip"])
def test_zip_bombs_are_refused(study: Path, zip_bomb: Path, suffix: str) -> None:
    name = f"people{suffix}"
    shutil.copy(zip_bomb, study / name)
    replace(study / "project.toml", "people.csv", name)
    result = check(study)
    assert result.exit_code == 4
    assert f"{name}: unpacks to more than" in result.stderr


def test_a_zip_whose_directory_lies(study: Path) -> None:
    book = openpyxl.Workbook()
    book.save(study / "people.xlsx")
    raw = bytearray((study / "people.xlsx").read_bytes())
    for found in re.finditer(b"PK\x01\x02", bytes(raw)):
        raw[found.start() + 24 : found.start() + 28] = (1).to_bytes(4, "little")
    (study / "people.xlsx").write_bytes(raw)
    replace(study / "project.toml", "people.csv", "people.xlsx")
    assert check(study).exit_code == 4


def test_one_enormous_row(study: Path) -> None:
    text = (study / "people.csv").read_text()
    (study / "people.csv").write_text(text + ",".join(["9" * 10_000] * 500) + "\n")
    assert check(study).exit_code == 4


def test_one_enormous_cell(study: Path) -> None:
    replace(study / "providers.csv", "Example Hospital (Jackson)", "x" * 3_000_000)
    assert check(study).exit_code in {0, 4}


def hostile_roads(path: Path) -> None:
    """Give all crossing roads and exits hostile names, signs and refs instead of numbers."""
    allowed = [re.sub(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]", "", text) for text in HOSTILE]
    roads = ET.parse(path)
    for number, element in enumerate(roads.getroot()):
        ref = element.find("tag[@k='ref']")
        if ref is None or "I " in ref.get("v", ""):
            continue
        element.remove(ref)
        text = allowed[number % len(allowed)]
        for key in ("name", "exit_to", "destination", "junction:ref", *(["ref"] if number % 2 else [])):
            ET.SubElement(element, "tag", k=key, v=text)
    roads.write(path, encoding="unicode")


@pytest.mark.parametrize("where", ["providers.csv", "counties.geojson", "project.toml", "roads.osm"])
def test_hostile_texts_go_through_the_whole_run(study: Path, where: str) -> None:
    if where == "providers.csv":
        table = pd.read_csv(study / where, dtype="str", keep_default_na=False)
        for column in ("name", "phone", "website", "town", "hours", "languages", "serves"):
            table[column] = [HOSTILE[n % len(HOSTILE)] for n in range(len(table))]
        table.to_csv(study / where, index=False)
    elif where == "counties.geojson":
        areas = json.loads((study / where).read_text())
        for number, feature in enumerate(areas["features"]):
            feature["properties"]["NAME"] = HOSTILE[number % len(HOSTILE)]
        (study / where).write_text(json.dumps(areas))
    elif where == "roads.osm":
        hostile_roads(study / where)
        replace(study / "project.toml", "[areas] ", '[sections]\nby = "exits"\n\n[areas] ')
    else:
        text = (study / where).read_text()
        (study / where).write_text(
            text.replace('study_area = "Mississippi"', "study_area = '''<b>${alert(1)}`{{7*7}}'''")
        )
    tables = ("ranking", "sections", "gaps", "strip")
    names = [word for name in ("map.html", "briefing", *tables) for word in ("--only", name)]
    result = run("map", study / "project.toml", *(names if where == "roads.osm" else names[:6]))
    assert result.exit_code == 0, result.stderr
    assert "\x1b]" not in result.output
    for path in (study / "out").iterdir():
        content = path.read_bytes()
        assert b"<img src=x onerror" not in content or path.suffix == ".csv"
        assert b"<script>alert" not in content or path.suffix == ".csv"
        assert b"javascript:alert" not in content or path.suffix in {".csv", ".html", ".svg"}
        assert not re.search(rb"href=.javascript:", content)
    for path in (study / "out").glob("*.csv"):
        for row in path.read_text(encoding="utf-8-sig").splitlines():
            assert not re.search(r'(?:^|,)"?[=+@\t]', row)


GEOMETRIES = {
    "not a number": '{"type":"Polygon","coordinates":[[[NaN,32],[-90,33],[-89,32],[NaN,32]]]}',
    "beyond the globe": '{"type":"Polygon","coordinates":[[[1e300,32],[-90,1e300],[-89,32],[1e300,32]]]}',
    "self-crossing": '{"type":"Polygon","coordinates":[[[-90,32],[-89,33],[-89,32],[-90,33],[-90,32]]]}',
    "empty": '{"type":"Polygon","coordinates":[]}',
    "with heights": '{"type":"Polygon","coordinates":[[[-90,32,9],[-89,32,9],[-89,33,9],[-90,32,9]]]}',
    "one point": '{"type":"Polygon","coordinates":[[[-90,32],[-90,32],[-90,32],[-90,32]]]}',
    "nested": '{"type":"GeometryCollection","geometries":' + '[{"type":"GeometryCollection","geometries":' * 40 + "[]" + "}]" * 40 + "}",
    "deeply nested JSON": "[" * 100_000,
}  # fmt: skip


@pytest.mark.parametrize("kind", GEOMETRIES)
def test_absurd_shapes(study: Path, kind: str) -> None:
    areas = (study / "counties.geojson").read_text()
    first = areas.index('"geometry":') + len('"geometry":')
    cut = areas.index("}", areas.index("coordinates", first)) + 1
    (study / "counties.geojson").write_text(areas[:first] + GEOMETRIES[kind] + areas[cut:])
    assert check(study).exit_code in {0, 4}


def test_paths_of_a_project(study: Path, tmp_path: Path) -> None:
    """A project may name files anywhere that its planner can read; folders and devices are refused; nothing is written there."""
    shutil.copy(study / "people.csv", tmp_path / "people.csv")
    replace(study / "project.toml", "people.csv", "../people.csv")
    assert check(study).exit_code == 0
    replace(study / "project.toml", "../people.csv", "/dev/zero")
    assert check(study).exit_code == 4
    replace(study / "project.toml", "/dev/zero", "../../../../../../etc")
    assert check(study).exit_code == 4


def test_a_fifo_does_not_hang(study: Path) -> None:
    import os

    (study / "people.csv").unlink()
    os.mkfifo(study / "people.csv")
    assert check(study).exit_code == 4


def test_client_data_in_any_file(study: Path) -> None:
    for name in ("people.csv", "providers.csv"):
        table = pd.read_csv(study / name, dtype="str", keep_default_na=False)
        table.assign(**{"Date of Birth": "1999-01-01"}).to_csv(study / name, index=False)
    result = check(study)
    assert result.stderr.count("looks like personal data about people") == 2


ESCAPE = "\x1b]0;owned\x07\x1b[31m\u202e"


def test_nothing_printed_is_obeyed_by_a_terminal(tmp_path: Path) -> None:
    """Names of files and columns, values of the project, texts of rows: none may hold an escape when it is printed."""
    study = write_example(tmp_path / "study").parent
    (study / "providers.csv").rename(study / f"p{ESCAPE}.csv")
    escaped = ESCAPE.replace("\x1b", "\\u001b").replace("\x07", "\\u0007").replace("\u202e", "\\u202e")
    text = (study / "project.toml").read_text().replace("providers.csv", f"p{escaped}.csv")
    text = text.replace('source = "Invented providers"', f'source = "{escaped}"')
    text = text.replace('singular = "county"', f'singular = "{escaped}[red]"')
    text += '\n[regions]\nfile = "counties.geojson"\nid = "GEOID"\nname = "NAME"\n'
    (study / "project.toml").write_text(text)
    counties = (study / "counties.geojson").read_text()
    (study / "counties.geojson").write_text(re.sub(r'("NAME": ?")', rf"\1{escaped}".replace("\\u", r"\\u"), counties))
    wrong = text.replace('population = "population"', f'population = "{escaped}"').replace(
        "half_width_m", f'"half{escaped}"'
    )
    (study / "wrong.toml").write_text(wrong)
    (study / "column.toml").write_text(text.replace('population = "population"', f'population = "{escaped}"'))
    for command in (("check", "project.toml"), ("rank", "project.toml"), ("map", "project.toml", "--only", "ranking.csv"), ("check", "wrong.toml"), ("check", "column.toml"), ("check", f"none{ESCAPE}.toml")):  # fmt: skip
        done = run(command[0], study / command[1], *command[2:])
        assert (done.exit_code == 0) == (command[1] == "project.toml"), command
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", done.output), command
    assert "p\ufffd]0;owned" in run("check", study / "project.toml").output
