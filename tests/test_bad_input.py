"""Wrong input of every kind through the command line: one clear message, its remedy, the right exit code."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from cli import main
from geo.example_study import write_example

SECRETS = ("Hidden Haven", "12 Oak Lane", "601-555-0199", "32.4311", "-90.4177")
HOSTILE = [
    "Joe`s ${alert(1)}",
    "<script>alert(1)</script>",
    "\\u12 \\\\`);alert(2)//",
    "مركز 🏥 בית",
    '=cmd|"/c calc"!A1',
    "\x1b[2J",
]


pytestmark = pytest.mark.usefixtures("known_roads")


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_example(tmp_path_factory.mktemp("example") / "study").parent


@pytest.fixture
def study(example: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(example, tmp_path / "study"))


def check(study: Path) -> Result:
    return CliRunner().invoke(main, ["check", str(study / "project.toml")], catch_exceptions=False)


def errors(result: Result) -> list[str]:
    return [line.removeprefix("Error: ") for line in result.stderr.splitlines() if line.startswith("Error: ")]


def replace(study: Path, name: str, old: str, new: str) -> None:
    text = (study / name).read_text(encoding="utf-8")
    assert old in text
    (study / name).write_text(text.replace(old, new), encoding="utf-8")


def change(study: Path, name: str, edit: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    edit(pd.read_csv(study / name, dtype="str", keep_default_na=False)).to_csv(study / name, index=False)


def add_hidden_row(study: Path, **cells: str) -> int:
    """Add a confidential row to the providers and return its number."""
    row = {
        "id": "X-1", "name": "Hidden Haven", "category": "shelter", "lon": "-90.4177", "lat": "32.4311",
        "phone": "601-555-0199", "town": "12 Oak Lane", "public": "", **cells,
    }  # fmt: skip
    change(study, "providers.csv", lambda table: pd.concat([table, pd.DataFrame([row])]).fillna(""))
    return len(pd.read_csv(study / "providers.csv")) + 1


def test_the_example_is_good(study: Path) -> None:
    result = check(study)
    assert (result.exit_code, errors(result)) == (0, [])


def people_in_a_workbook(study: Path, **options: object) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    if options.get("title"):
        page.append(["People of the study area, 2026"])
    for row in (study / "people.csv").read_text(encoding="utf-8").splitlines():
        page.append(row.split(","))
    if options.get("merge"):
        page.merge_cells("A1:B1")
    book.save(study / "people.xlsx")
    replace(study, "project.toml", "people.csv", "people.xlsx")


def empty_layer(study: Path) -> None:
    (study / "counties.geojson").write_text('{"type":"FeatureCollection","features":[]}')


def without_crs(study: Path) -> None:
    gpd.read_file(study / "counties.geojson").to_crs(3814).to_file(study / "counties.shp")
    (study / "counties.prj").unlink()
    replace(study, "project.toml", "counties.geojson", "counties.shp")


def swapped_areas(study: Path) -> None:
    areas = json.loads((study / "counties.geojson").read_text())
    turn = lambda part: part[::-1] if isinstance(part[0], float) else [turn(inner) for inner in part]  # noqa: E731
    for feature in areas["features"]:
        feature["geometry"]["coordinates"] = turn(feature["geometry"]["coordinates"])
    (study / "counties.geojson").write_text(json.dumps(areas))


def elsewhere(study: Path) -> None:
    areas = gpd.read_file(study / "counties.geojson")
    areas.set_geometry(areas.translate(100, 10)).to_file(study / "counties.geojson")


def one_way_alone(study: Path) -> None:
    """Replace the roads by one of them, in Hinds County."""
    nodes = "".join(f'<node id="{node}" version="1" lon="-90.3" lat="32.{node}"/>' for node in (2, 3))
    tags = '<nd ref="2"/><nd ref="3"/><tag k="highway" v="trunk"/><tag k="oneway" v="yes"/>'
    (study / "roads.osm").write_text(f'<osm version="0.6">{nodes}<way id="1" version="1">{tags}</way></osm>')


def without_outlines(study: Path, *names: str) -> list[int]:
    """Take the outlines of counties away and return their row numbers."""
    areas = json.loads((study / "counties.geojson").read_text(encoding="utf-8"))
    rows = [row for row, one in enumerate(areas["features"], start=1) if one["properties"]["NAME"] in names]
    for row in rows:
        areas["features"][row - 1]["geometry"] = None
    (study / "counties.geojson").write_text(json.dumps(areas), encoding="utf-8")
    return rows


# What is broken: how, the exit code, and the messages; "…" stands for anything.
BROKEN: dict[str, tuple[Callable[[Path], object], int, list[str]]] = {
    "missing file": (
        lambda s: (s / "people.csv").rename(s / "people_2026.csv"), 4,
        ["people.csv: there is no such file. Did you mean 'people_2026.csv'?"],
    ),
    "a folder": (
        lambda s: ((s / "people.csv").unlink(), (s / "people.csv").mkdir()), 4,
        ["people.csv: is a folder, not a file. Name a file inside it."],
    ),
    "0 bytes": (
        lambda s: (s / "towns.csv").write_text(""), 4,
        ["towns.csv: is empty (0 bytes). Download or export it again."],
    ),
    "wrong format": (
        lambda s: ((s / "people.csv").rename(s / "people.docx"), replace(s, "project.toml", "people.csv", "people.docx")), 4,
        ["people.docx: the format '.docx' is not read. Use .csv, .tsv, .xlsx, .geojson, .gpkg, .shp, .zip (with a shapefile in it) or .parquet."],
    ),
    "one-way dead ends alone": (
        one_way_alone, 5,
        ["roads.osm: no two junctions can be reached from each other by car. Use an extract that holds both directions of its roads, and the roads that join them."],
    ),
    "cut off": (
        lambda s: (s / "counties.geojson").write_text((s / "counties.geojson").read_text()[:5000]), 4,
        ["counties.geojson: is not GeoJSON, or it is damaged or cut off. Download or export it again."],
    ),
    "no areas": (
        empty_layer, 4,
        ["counties.geojson: has no rows. Add rows, or remove it from the project file."],
    ),
    "no CRS": (
        without_crs, 4,
        ["counties.shp: has no coordinate system (CRS). Set its CRS in a GIS and save it as GeoPackage; a shapefile needs its .prj file."],
    ),
    "areas swapped": (
        swapped_areas, 4,
        ["counties.geojson: latitude and longitude are swapped. Write each position as longitude, latitude."],
    ),
    "people swapped": (
        lambda s: change(s, "people.csv", lambda t: t.assign(lon=t["lat"], lat=t["lon"])), 4,
        ["people.csv, column 'lon, lat', rows 2, 3, …: latitude and longitude are swapped. Exchange the two columns, here or in the project file."],
    ),
    "people elsewhere": (
        lambda s: change(s, "people.csv", lambda t: t.assign(lon="-100", lat="40")), 4,
        ["people.csv: none of its … points lies in the areas. Check that it is about the same place, and its coordinate system."],
    ),
    "duplicate ids": (
        lambda s: replace(s, "counties.geojson", '"GEOID":"28003"', '"GEOID":"28001"'), 4,
        ["counties.geojson, column 'GEOID', rows 1, 2: holds the same value more than once. Give each row a value of its own."],
    ),
    "negative and text population": (
        lambda s: (replace(s, "people.csv", ",645,", ",-645,"), replace(s, "people.csv", ",1412,", ",about 1400,")), 4,
        [
            "people.csv, column 'population', row 3: is not a number. Write digits only, or leave the cell empty.",
            "people.csv, column 'population', row 2: is negative. Correct the value or leave the cell empty.",
        ],
    ),
    "decimal commas": (
        lambda s: change(s, "people.csv", lambda t: t.assign(lon=t["lon"].str.replace(".", ","))), 4,
        ["people.csv, column 'lon', rows 2, 3, …: has a decimal comma. Write a decimal point: 32.5, not 32,5."],
    ),
    "no providers": (
        lambda s: change(s, "providers.csv", lambda t: t.iloc[:0]), 4,
        ["providers.csv: has no rows. Add rows, or remove it from the project file."],
    ),
    "a required category without provider": (
        lambda s: change(s, "providers.csv", lambda t: t.assign(category="medical")), 4,
        [
            f"no provider offers the required category {name}. Add a provider of it, or take it out of `required` under [access]."
            for name in ("'crisis' (Crisis response)", "'shelter' (Emergency shelter)", "'mental_health' (Mental health care)", "'legal' (Legal help)")
        ],
    ),
    "a wrong column": (
        lambda s: replace(s, "project.toml", '"population"', '"populaton"'), 4,
        ["people.csv, column 'populaton': there is no such column. Did you mean 'population'?"],
    ),
    "merged headers": (
        lambda s: people_in_a_workbook(s, merge=True), 4,
        ["people.xlsx, row 1: cells are merged in the header (A1:B1). Unmerge them in Excel, so that row 1 holds one name per column and each row its own values."],
    ),
    "a title above the header": (
        lambda s: people_in_a_workbook(s, title=True), 4,
        ["people.xlsx, row 1: the column names are not in row 1: row 2 looks like the header. Delete the rows above the header."],
    ),
    "client data": (
        lambda s: change(s, "providers.csv", lambda t: t.assign(**{"Client Name": "x"})), 4,
        ["providers.csv, column 'Client Name': looks like personal data about people who were helped or harmed. Such a file is not read. Remove these columns: the tool never needs them."],
    ),
    "where without such a column": (
        lambda s: replace(s, "project.toml", 'id = "GEOID"', 'id = "GEOID"\nwhere = { GEOIDS = "28001" }'), 4,
        ["counties.geojson, column 'GEOIDS': there is no such column. Did you mean 'GEOID'?"],
    ),
    "confidential without regions": (
        lambda s: replace(s, "project.toml", 'singular = "county"', 'singular = "hexagon"'), 4,
        ["providers.csv, rows …: is confidential, and there are no regions to stand in for its place. Add a [regions] table with county outlines to the project file."],
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_one_message_with_remedy_and_exit_code(study: Path, kind: str) -> None:
    break_it, code, expected = BROKEN[kind]
    break_it(study)
    result = check(study)
    assert len(errors(result)) == len(expected)
    for line, pattern in zip(errors(result), expected, strict=True):
        assert re.fullmatch(re.escape(pattern).replace("…", ".*"), line)
    assert result.exit_code == code
    assert "Traceback" not in result.output


def test_areas_and_roads_of_different_places(study: Path) -> None:
    elsewhere(study)
    result = check(study)
    assert result.exit_code in {4, 5}
    assert any(line.startswith("roads.osm: ") for line in errors(result))
    assert any(line.startswith("people.csv: none of its ") for line in errors(result))


def test_problems_of_all_files_come_together(study: Path) -> None:
    for kind in ("negative and text population", "0 bytes", "cut off", "client data"):
        BROKEN[kind][0](study)
    (study / "roads.osm").write_bytes(b"")
    result = check(study)
    assert result.exit_code == 4
    files = [line.split(":")[0].split(",")[0] for line in errors(result)]
    assert files == ["counties.geojson", "roads.osm", "people.csv", "people.csv", "providers.csv", "towns.csv"]


@pytest.mark.parametrize(
    "cells",
    [
        {"public": "perhaps"}, {"category": "shleter"}, {"capacity": "12 beds in 12 Oak Lane"}, {"lon": "-90.4177,"},
        {"lon": "", "lat": ""}, {"region": "12 Oak Lane"}, {"lon": "32.4311", "lat": "-90.4177"}, {"lon": "90.4177"},
        {"lon": "-904177"}, {"id": "EX-001"}, {"category": ""},
    ],
)  # fmt: skip
def test_messages_about_a_confidential_row_name_it_and_say_nothing_of_it(study: Path, cells: dict[str, str]) -> None:
    row = add_hidden_row(study, **cells)
    result = check(study)
    assert result.exit_code == 4
    assert re.search(rf"rows? (2, )?{row}:", errors(result)[0])
    assert not [secret for secret in SECRETS if secret in result.output]
    assert "shleter" not in result.output


def test_a_confidential_row_beyond_the_regions_is_counted_only(study: Path) -> None:
    add_hidden_row(study, lon="-87.4177")
    result = check(study)
    assert result.exit_code == 0
    assert "providers.csv: 1 confidential providers outside every region" in result.stdout
    assert not [secret for secret in SECRETS if secret in result.output]


@pytest.mark.parametrize(
    ("encoding", "separator"), [("cp1252", ";"), ("utf-8-sig", "\t"), ("utf-16", ","), ("utf-8", "|")]
)
def test_spreadsheet_exports_are_read_as_they_come(study: Path, encoding: str, separator: str) -> None:
    table = pd.read_csv(study / "providers.csv", dtype="str", keep_default_na=False)
    table.loc[0, "name"] = "Señora – “Esperanza”"
    table.to_csv(study / "providers.csv", index=False, encoding=encoding, sep=separator)
    result = check(study)
    assert (result.exit_code, errors(result)) == (0, [])
    assert ("read as Windows-1252" in result.stdout) == (encoding == "cp1252")


def test_regions_without_an_outline_are_told_from_unknown_ones(study: Path) -> None:
    row = add_hidden_row(study, lon="", lat="", region="Leake County")
    first, second = without_outlines(study, "Leake", "Neshoba")
    result = check(study)
    said = "names a region that has no outline in counties.geojson"
    assert errors(result) == [
        f"providers.csv, column 'region', row {row}: {said} (rows {first}, {second}). Draw it there."
    ]
    assert result.exit_code == 4


def test_an_area_without_an_outline_is_warned_of(study: Path) -> None:
    (row,) = without_outlines(study, "Leake")
    result = check(study)
    assert (result.exit_code, errors(result)) == (0, [])
    warned = f"Warning: counties.geojson, row {row}: has no outline, and is left out. Draw it, or remove the row."
    assert result.stderr.splitlines().count(warned) == 1


def test_hostile_names_pass_safely(study: Path) -> None:
    names = lambda table: table.assign(name=[HOSTILE[n % len(HOSTILE)] for n in range(len(table))])  # noqa: E731
    change(study, "providers.csv", names)
    result = check(study)
    assert (result.exit_code, errors(result)) == (0, [])
    assert "\x1b" not in result.output
