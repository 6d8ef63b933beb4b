"""Planted leaks of every kind are caught, and nothing else is."""

import base64
import bz2
import dataclasses
import gzip
import json
import lzma
import os
import re
import shutil
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import matplotlib as mpl
import matplotlib.figure
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely
from PIL import Image, PngImagePlugin
from pyproj import Transformer

from geo.compact import pack_points
from geo.folding import fold
from geo.inputs import Inputs, load_inputs
from geo.pdf_text import pdf_texts
from geo.project import Sections
from geo.project_file import load_project
from geo.search import Search
from geo.secrets import Secret, bare_link, phone_digits, read_secrets
from layers.study import make_study
from maps.attack import attack_study
from maps.audit import audit_files, audit_folder, audit_study, search_for
from maps.bundle import assets
from maps.static_sheet import Sheet
from tests.safety.conftest import run

NAME, ADDRESS, PHONE, SITE = "Hidden Haven of Sister Alma", "412 Old Mill Road", "(601) 555-0960", "haven6-0.example"


def only(out: Path, *names: str) -> Path:
    """Leave of a copy of the outputs what is looked at, and the manifest: to search the others takes seconds."""
    for path in out.iterdir():
        if path.name not in {*names, "manifest.json"}:
            path.unlink()
    return out


@pytest.fixture(scope="module")
def inputs(telling: Path) -> Inputs:
    return load_inputs(load_project(telling / "project.toml"))


@pytest.fixture(scope="session")
def place(telling: Path) -> tuple[float, float]:
    table = pd.read_csv(telling / "providers.csv")
    row = table[table["name"] == NAME].iloc[0]
    return float(row["lon"]), float(row["lat"])


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def kinds(out: Path, study: Path) -> set[str]:
    audit = audit_files(out, [study / "providers.csv"])
    return {finding.kind for finding in audit.findings}


def plant_json(out: Path, value: object) -> None:
    page = (out / "map.html").read_text(encoding="utf-8")
    (out / "map.html").write_text(page.replace("</body>", f"<script>x={json.dumps(value)}</script></body>"))


def workbook(out: Path, *cells: object, comment: str = "") -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for number, cell in enumerate(cells, start=1):
        sheet.cell(2, number, cell)
    if comment:
        sheet["A1"].comment = openpyxl.comments.Comment(comment, "x")
    book.save(out / "ranking.xlsx")


def figure(path: Path, text: str, **options: object) -> None:
    with mpl.rc_context({"pdf.fonttype": options.pop("fonttype", 3), "svg.fonttype": "none"}):
        drawing = matplotlib.figure.Figure(figsize=(3, 2))
        drawing.text(0.1, 0.5, text)
        drawing.savefig(path, **options)


def printed(path: Path, text: str) -> None:
    """Draw text as the map's own PDF does: numbers of glyphs of one byte."""
    sheet = Sheet(600, 300)
    sheet.text(10, 10, text, size=9, colour="black")
    path.write_bytes(sheet.save("pdf", title="x"))


def letter_by_letter(path: Path, text: str) -> None:
    """Write a PDF of glyph numbers of one byte, each in hexadecimal and alone."""
    letters = "".join(sorted(set(text)))
    table = " ".join(f"<{number:02x}> <{ord(letter):04x}>" for number, letter in enumerate(letters))
    shown = "".join(f"<{letters.index(letter):02x}>" for letter in text)
    streams = (f"beginbfchar {table} endbfchar", f"[{shown}] TJ")
    path.write_text("%PDF-1.7" + "".join(f" stream\n{stream}\nendstream" for stream in streams))


def png(out: Path, keyword: str, text: str, *, packed: bool) -> None:
    note = PngImagePlugin.PngInfo()
    note.add_text(keyword, text, zip=packed)
    Image.new("RGB", (4, 4)).save(out / "map.png", pnginfo=note)


def chunk(path: Path, kind: bytes, data: bytes) -> None:
    """Put a chunk behind the head of a PNG."""
    content, check = path.read_bytes(), zlib.crc32(kind + data)
    path.write_bytes(
        content[:33] + struct.pack(">I4s", len(data), kind) + data + struct.pack(">I", check) + content[33:]
    )


def photograph(path: Path, lon: float, lat: float) -> None:
    """Write a picture that says where it was taken, to the hundredth of a second of arc."""
    exif = Image.Exif()
    place = exif.get_ifd(0x8825)
    for of, (letters, degrees) in ((1, ("NS", lat)), (3, ("EW", lon))):
        minutes, seconds = divmod(abs(degrees) * 3600, 60)
        place[of] = letters[degrees < 0]
        place[of + 1] = (minutes // 60, minutes % 60, round(seconds, 2))
    Image.new("RGB", (4, 4)).save(path, exif=exif.tobytes())


def layer(out: Path, x: float, y: float, crs: int = 4326, **cells: object) -> None:
    points = gpd.GeoSeries([shapely.Point(x, y)], crs=4326).to_crs(crs)
    gpd.GeoDataFrame({"kind": ["x"], **{k: [v] for k, v in cells.items()}}, geometry=points).to_file(
        out / "areas.gpkg", layer="more"
    )


def deleted_row(out: Path, lon: float, lat: float) -> None:
    layer(out, lon, lat, note=NAME)
    with sqlite3.connect(out / "areas.gpkg") as database:
        database.execute("PRAGMA secure_delete = OFF")
        for trigger in database.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{trigger[0]}"')
        database.execute("DELETE FROM more")
    database.close()


def metres(lon: float, lat: float, crs: int) -> tuple[float, float]:
    x, y = Transformer.from_crs(4326, crs, always_xy=True).transform(lon, lat)
    return float(x), float(y)


# Each leak: what plants it (folder, longitude, latitude) and the kind it is found as.
LEAKS: dict[str, tuple[Callable[[Path, float, float], object], str]] = {
    "name in the page": (lambda o, x, y: append(o / "map.html", f"<p>{NAME}</p>"), "name"),
    "name in capitals over two lines": (lambda o, x, y: append(o / "map.html", NAME.upper().replace(" ", "\n ")), "name"),
    "name with markup inside": (lambda o, x, y: append(o / "map.html", "<p>Hidden <b>Haven</b> of&nbsp;Sister <i>Alma</i>"), "name"),
    "name with invisible signs": (lambda o, x, y: append(o / "map.html", "\u2068Hidden\u2069 Ha\u00adven of Sister Al\u200bma"), "name"),
    "name with markup inside its words": (lambda o, x, y: append(o / "map.html", "<p>Hid<wbr>den H<b>a</b>ven of Sister Al<i>ma</i>"), "name"),
    "letters each in a tag": (lambda o, x, y: (o / "b.svg").write_text("<svg><text>" + "".join(f"<tspan>{c}</tspan>" for c in NAME) + "</text></svg>"), "name"),
    "name in other letters": (lambda o, x, y: append(o / "map.html", NAME.replace("a", "\u00e1")), "name"),
    "name escaped twice": (lambda o, x, y: append(o / "map.html", NAME.replace(" ", "&amp;#32;")), "name"),
    "name in escaped JSON": (lambda o, x, y: append(o / "map.html", '"' + "".join(f"\\u{ord(c):04x}" for c in NAME) + '"'), "name"),
    "name in a link": (lambda o, x, y: append(o / "map.html", f'<a href="?q={NAME.replace(" ", "%20")}">'), "name"),
    "name in the manifest": (lambda o, x, y: append(o / "manifest.json", json.dumps({"where": {"NAME": NAME}})), "name"),
    "name as a file name": (lambda o, x, y: (o / f"{NAME}.csv").write_text("a"), "name"),
    "address in the table": (lambda o, x, y: append(o / "ranking.csv", f"1,{ADDRESS},2"), "address"),
    "phone as written": (lambda o, x, y: append(o / "ranking.csv", PHONE), "phone"),
    "phone with dots": (lambda o, x, y: append(o / "map.html", "601.555.0960"), "phone"),
    "phone as a number": (lambda o, x, y: plant_json(o, {"n": 6015550960}), "phone"),
    "phone to dial": (lambda o, x, y: append(o / "map.html", '<a href="tel:+16015550960">'), "phone"),
    "website": (lambda o, x, y: append(o / "map.html", f'<a href="http://{SITE}/about?x=1">'), "link"),
    "mail address": (lambda o, x, y: append(o / "map.html", f"mail to help@{SITE}."), "link"),
    "exact coordinates": (lambda o, x, y: plant_json(o, [x, y]), "coordinates"),
    "coordinates swapped": (lambda o, x, y: plant_json(o, {"lat": y, "lon": x}), "coordinates"),
    "degrees west": (lambda o, x, y: append(o / "map.html", f"<p>{y}\u00b0 N, {-x}\u00b0 W"), "coordinates"),
    "whole millionths of a degree": (lambda o, x, y: plant_json(o, [round(x * 1e6), round(y * 1e6)]), "coordinates"),
    "hexadecimal shape": (lambda o, x, y: append(o / "ranking.csv", f"1,{shapely.Point(x, y).wkb_hex}"), "coordinates"),
    "rounded to 5 decimals": (lambda o, x, y: plant_json(o, [round(x, 5), round(y, 5)]), "coordinates"),
    "rounded to 4 decimals": (lambda o, x, y: plant_json(o, {"at": f"{y:.4f} N {-x:.4f} W", "p": [round(x, 4), round(y, 4)]}), "coordinates"),
    "rounded to 3 decimals": (lambda o, x, y: append(o / "map.html", f"<p>at {x:.3f}, {y:.3f}"), "coordinates"),
    "cut to 3 decimals": (lambda o, x, y: append(o / "map.html", f"<p>at {np.trunc(x * 1000) / 1000:.3f}, {np.trunc(y * 1000) / 1000:.3f}"), "coordinates"),
    "in a row far apart": (lambda o, x, y: append(o / "ranking.csv", f"\n{x:.4f},{'word,' * 60}{y:.4f}\n"), "coordinates"),
    "in two columns": (lambda o, x, y: plant_json(o, {"lon": [-90.1, round(x, 4), -89.3], "name": ["word"] * 90, "lat": [32.1, round(y, 4), 31.3]}), "coordinates"),
    "packed as the page packs": (lambda o, x, y: plant_json(o, {"at": pack_points(np.array([[-90, 33], [x, y], [-91, 32]]), decimals=4)}), "coordinates"),
    "metres of the study": (lambda o, x, y: plant_json(o, [round(v) for v in metres(x, y, 3814)]), "coordinates"),
    "metres to 100": (lambda o, x, y: append(o / "ranking.csv", "{:.0f} {:.0f}".format(*(round(v, -2) for v in metres(x, y, 3814)))), "coordinates"),
    "Web Mercator": (lambda o, x, y: plant_json(o, metres(x, y, 3857)), "coordinates"),
    "a point in a layer": (layer, "coordinates"),
    "a point in a layer in metres": (lambda o, x, y: layer(o, x, y, 3857), "coordinates"),
    "columns of a layer": (lambda o, x, y: layer(o, -90, 33, lon=x, lat=y), "coordinates"),
    "text of a layer": (lambda o, x, y: layer(o, -90, 33, note=f"see {ADDRESS}"), "address"),
    "a deleted row of a layer": (deleted_row, "coordinates"),
    "text of a deleted row": (deleted_row, "name"),
    "binary numbers": (lambda o, x, y: (o / "x.bin").write_bytes(b"abc" + np.array([x, y], ">f8").tobytes()), "coordinates"),
    "short binary numbers": (lambda o, x, y: (o / "x.bin").write_bytes(b"a" + np.array([y, x], "<f4").tobytes()), "coordinates"),
    "a cell of a workbook": (lambda o, x, y: workbook(o, 1, NAME), "name"),
    "numbers of a workbook": (workbook, "coordinates"),
    "a comment of a workbook": (lambda o, x, y: workbook(o, comment=f"call {PHONE}"), "phone"),
    "markup of a workbook": (lambda o, x, y: zipfile.ZipFile(o / "ranking.xlsx", "w").writestr("xl/a.vml", "<xml>" + NAME.replace(" ", "&#32;")), "name"),
    "a PDF": (lambda o, x, y: figure(o / "b.pdf", f"{ADDRESS} is here"), "address"),
    "a PDF of glyph numbers": (lambda o, x, y: figure(o / "b.pdf", ADDRESS, fonttype=42), "address"),
    "a PDF of glyph numbers in brackets": (lambda o, x, y: figure(o / "b.pdf", f"Łódź – {ADDRESS} →", fonttype=42), "address"),
    "a PDF as the map's own": (lambda o, x, y: printed(o / "b.pdf", f"Łódź – {ADDRESS} →"), "address"),
    "the title of a PDF": (lambda o, x, y: figure(o / "b.pdf", "x", metadata={"Title": NAME}), "name"),
    "a title of a PDF in hexadecimal": (lambda o, x, y: (o / "b.pdf").write_bytes(b"%PDF-1.7 <</Title <FEFF" + NAME.encode("utf-16-be").hex().encode() + b">>>"), "name"),
    "a drawing": (lambda o, x, y: figure(o / "b.svg", NAME), "name"),
    "an attribute of a drawing": (lambda o, x, y: (o / "b.svg").write_text(f'<svg><path data-x="{x}" data-y="{y}"/></svg>'), "coordinates"),
    "text of a picture": (lambda o, x, y: png(o, "Comment", ADDRESS, packed=False), "address"),
    "packed text of a picture": (lambda o, x, y: png(o, "Comment", f"{x} {y}", packed=True), "coordinates"),
    "packed text of a picture, with its language": (lambda o, x, y: (png(o, "Comment", "x", packed=False), chunk(o / "map.png", b"iTXt", b"Comment\0\1\0en\0Note\0" + zlib.compress(NAME.encode()))), "name"),
    "a private part of a picture": (lambda o, x, y: (png(o, "Comment", "x", packed=False), chunk(o / "map.png", b"noTe", NAME.encode())), "name"),
    "a picture inside the page": (
        lambda o, x, y: (png(o, "Comment", NAME, packed=True), append(o / "map.html", "<img src='data:image/png;base64," + base64.b64encode((o / "map.png").read_bytes()).decode() + "'>"), (o / "map.png").unlink()),
        "name",
    ),
    "GeoJSON": (lambda o, x, y: (o / "p.geojson").write_text(shapely.to_geojson(shapely.LineString([(x, y), (-90, 33)]))), "coordinates"),
    "Parquet": (lambda o, x, y: gpd.GeoDataFrame({"n": [1]}, geometry=[shapely.Point(x, y)], crs=4326).to_parquet(o / "p.parquet"), "coordinates"),
    "text of Parquet": (lambda o, x, y: pd.DataFrame({"n": [NAME] * 50}).to_parquet(o / "p.parquet", compression="zstd"), "name"),
    "gzip": (lambda o, x, y: (o / "p.csv.gz").write_bytes(gzip.compress(NAME.encode())), "name"),
    "zip": (lambda o, x, y: zipfile.ZipFile(o / "p.zip", "w", zipfile.ZIP_DEFLATED).writestr("a/b.csv", f"{x},{y}"), "coordinates"),
    "UTF-16": (lambda o, x, y: (o / "p.csv").write_text(NAME, encoding="utf-16"), "name"),
    "bzip2": (lambda o, x, y: (o / "p.csv.bz2").write_bytes(bz2.compress(NAME.encode())), "name"),
    "xz": (lambda o, x, y: (o / "p.csv.xz").write_bytes(lzma.compress(f"{x},{y}".encode())), "coordinates"),
    "base 64": (lambda o, x, y: plant_json(o, base64.b64encode(f"{NAME}?>".encode()).decode()), "name"),
    "base 64 for addresses": (lambda o, x, y: append(o / "map.html", f"?q={base64.urlsafe_b64encode(b'???>>>' + ADDRESS.encode()).decode()}"), "address"),
    "escapes of a style sheet": (lambda o, x, y: append(o / "map.html", "<style>a::after{content:'" + "".join(rf"\{ord(c):x} " for c in NAME) + "'}</style>"), "name"),
    "the position of a photograph": (lambda o, x, y: photograph(o / "p.jpg", x, y), "coordinates"),
    "the position of a picture": (lambda o, x, y: photograph(o / "p.png", x, y), "coordinates"),
    "ASCII85 in a PDF": (lambda o, x, y: (o / "b.pdf").write_bytes(b"%PDF-1.7 << /Filter [/ASCII85Decode /FlateDecode] >> stream\n" + base64.a85encode(zlib.compress(NAME.encode()), adobe=True, wrapcol=40) + b"\nendstream"), "name"),
    "a link to a file": (lambda o, x, y: (o / "p").symlink_to(f"/tmp/{NAME}"), "name"),
}  # fmt: skip


@pytest.mark.parametrize("leak", LEAKS)
def test_a_planted_leak_is_caught(leak: str, tmp_path: Path, telling: Path, place: tuple[float, float]) -> None:
    plant, kind = LEAKS[leak]
    (tmp_path / "map.html").write_text("<html><body><p>A page</p></body></html>")
    (tmp_path / "ranking.csv").write_text("rank,name\n1,Hinds\n")
    shutil.copy(telling / "out" / "manifest.json", tmp_path)
    plant(tmp_path, *place)
    assert kinds(tmp_path, telling) == {kind} | ({"name", "coordinates"} if "deleted" in leak else set())


@pytest.mark.parametrize("where", ["before", "behind", "inside"])
def test_a_leak_beside_or_inside_a_script_of_the_page_is_caught(tmp_path: Path, telling: Path, where: str) -> None:
    script = max(assets(), key=len)
    half = len(script) // 2
    page = {"before": NAME + script, "behind": script + NAME, "inside": f"{script[:half]}/* {NAME} */{script[half:]}"}
    (tmp_path / "map.html").write_text(f"<html><script>{script}</script></html>", encoding="utf-8")
    shutil.copy(telling / "out" / "manifest.json", tmp_path)
    assert kinds(tmp_path, telling) == set()
    (tmp_path / "map.html").write_text(f"<html><script>{page[where]}</script></html>", encoding="utf-8")
    assert kinds(tmp_path, telling) == {"name"}


DAMAGED = {
    "cut.zip": b"PK\x03\x04" + b"x" * 90,
    "cut.parquet": b"PAR1" + b"x" * 90 + b"PAR1",
    "cut.bz2": bz2.compress(b"abc")[:-9],
    "cut.xz": lzma.compress(b"abc")[:-9],
    "cut.jpg": b"\xff\xd8Exif\0\0II*\0" + b"\xff" * 40,
    "cut.sqlite": b"SQLite format 3\0" + b"x" * 200,
    "cut.png": b"\x89PNG\r\n\x1a\n\0\0\0\xffIHDR",
    "cut.pdf": b"%PDF stream\n<~zz!~>endstream <</T <FE>>>",
}


def test_what_is_damaged_or_encrypted_is_searched_as_bytes(tmp_path: Path, telling: Path) -> None:
    (tmp_path / "below" / "it").mkdir(parents=True)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.csv", "a")
    locked = (tmp_path / "a.zip").read_bytes().replace(b"\x14\0\0\0", b"\x14\0\1\0")
    files = DAMAGED | {"locked.zip": locked}
    for name, content in files.items():
        (tmp_path / "below" / "it" / name).write_bytes(content + b"\n" + NAME.encode())
    audit = audit_files(tmp_path, [telling / "providers.csv"])
    assert {finding.file for finding in audit.findings} == {f"below/it/{name}" for name in files}


def test_what_unpacks_to_too_much_is_refused(tmp_path: Path, telling: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo.unpack.MAX_UNPACKED", 10_000)
    for pack in (gzip.compress, bz2.compress, lzma.compress):
        (tmp_path / "big").write_bytes(pack(bytes(10_001)))
        result = run("audit", tmp_path, "--providers", telling / "providers.csv")
        assert (result.exit_code, "big unpacks to more than" in result.stderr) == (6, True)


@pytest.mark.parametrize("draw", [printed, figure, letter_by_letter])
def test_ligatures_of_a_pdf_are_read(tmp_path: Path, draw: Callable[[Path, str], None]) -> None:
    """A printed "ff" or "fi" is one glyph, of another font than the letters around it; as "–" is in a small font."""
    draw(tmp_path / "b.pdf", "Griffin – Office of Clifford Flats")
    read = {"".join(fold(text)) for text in pdf_texts((tmp_path / "b.pdf").read_bytes())}
    assert any("griffinofficeofcliffordflats" in text for text in read)


def test_the_clean_outputs_are_clean(out: Path, telling: Path) -> None:
    result = run("audit", out, "--providers", telling / "providers.csv")
    assert result.exit_code == 0, result.stderr
    assert " files searched for 6 confidential rows, 6 with a place." in result.stdout
    assert "Nothing confidential found." in result.stdout
    radius, region = map(float, re.findall(r"([\d.]+) km", result.stdout))
    assert radius >= region > 15


def test_a_leak_ends_with_its_exit_code_and_is_not_repeated(out: Path, telling: Path) -> None:
    append(out / "map.html", f"{NAME}, {ADDRESS}, {PHONE}")
    result = run("audit", out, "--providers", telling / "providers.csv")
    assert result.exit_code == 7
    assert result.stderr.count("Error: map.html: holds the ") == 3
    assert result.stderr.count("Do not share these files.") == 3
    assert "Nothing was published." not in result.stderr
    assert "of confidential row 79 of providers.csv" in result.stderr
    assert not any(word in result.output for word in ("Haven", "Mill", "0960"))


@pytest.mark.parametrize("noise_m", [1, 4, 40])
def test_a_vertex_beside_every_place_is_caught(
    out: Path, telling: Path, secrets: tuple[Secret, ...], noise_m: int
) -> None:
    near = [[s.lon_deg + noise_m / 93_000, s.lat_deg] for s in secrets]
    plant_json(only(out, "map.html"), [[float(f"{x:.6f}"), float(f"{y:.6f}")] for x, y in near])
    assert audit_files(out, [telling / "providers.csv"]).problems


def test_what_was_searched_while_it_was_written_counts_only_as_it_was(out: Path, secrets: tuple[Secret, ...]) -> None:
    """A file that changed, came or became a link after it was searched is searched as it is now."""
    search = Search(secrets)
    earlier = [search.look([path], out) for path in out.iterdir()]
    before = audit_folder(out, search, crs=None)
    again = audit_folder(out, search, crs=None, earlier=earlier)
    assert not again.findings
    assert again.files == before.files == len(list(out.iterdir()))
    assert again.nearest_m.tolist() == before.nearest_m.tolist()
    append(out / "map.html", NAME)
    (out / "new.txt").write_text(PHONE)
    (out / "ranking.csv").unlink()
    (out / "ranking.csv").symlink_to(ADDRESS)
    found = audit_folder(out, search, crs=None, earlier=earlier).findings
    assert {(finding.file, finding.kind) for finding in found} == {
        ("map.html", "name"), ("new.txt", "phone"), ("ranking.csv", "address"),
    }  # fmt: skip


def test_map_publishes_nothing_that_leaks(telling: Path, tmp_path: Path) -> None:
    study = Path(shutil.copytree(telling, tmp_path / "study", ignore=shutil.ignore_patterns("out")))
    out = study / "out"
    assert run("map", study / "project.toml", "--only", "map.html").exit_code == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    text = (study / "project.toml").read_text()
    (study / "project.toml").write_text(text.replace("Invented providers", f"List of {NAME}"))
    result = run("map", study / "project.toml", "--only", "map.html")
    assert result.exit_code == 7
    assert "map.html: holds the name" in result.stderr
    assert "Nothing was published." in result.stderr
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_what_public_rows_say_is_no_leak(telling: Path, out: Path) -> None:
    """A number, a link, a name and a place that a public row has, too, are shown on purpose."""
    table = pd.read_csv(telling / "providers.csv", dtype="str", keep_default_na=False)
    public = table[table["public"].eq("yes")].iloc[0]
    columns = ["name", "lon", "lat", "phone", "website", "town"]
    table.loc[table["public"].ne("yes"), columns] = public[columns].to_numpy()
    table.to_csv(out.parent / "providers.csv", index=False)
    assert not audit_files(out, [out.parent / "providers.csv"]).problems


def test_the_help_line_and_the_region_are_no_leak(out: Path) -> None:
    """A planner gives the help line as the way to a provider, and its county as the address."""
    row = "National Human Trafficking Hotline,Hinds County,1-888-373-7888,https://humantraffickinghotline.org/"
    (out.parent / "p.csv").write_text(f"name,address,phone,website,category,region\n{row},shelter,28049\n")
    (out / "more.html").write_text(f"<p>{row}</p>")
    assert not audit_files(out, [out.parent / "p.csv"]).problems


def test_a_file_without_public_column_is_all_confidential(telling: Path, out: Path) -> None:
    table = pd.read_csv(telling / "providers.csv", dtype="str", keep_default_na=False)
    table.drop(columns="public").to_csv(out.parent / "providers.csv", index=False)
    audit = audit_files(only(out, "map.html"), [out.parent / "providers.csv"])
    assert len(audit.secrets) == len(table)
    assert {f.kind for f in audit.findings} == {"name", "phone", "link", "coordinates"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<p>The gateway to the Delta, connect here, Connect.on", False),
        ("<li>Gateway Inn</li><li>Days Gateway</li>", False),
        ("<li> Gateway </li>", True),
        ('{"name": "GATEWAY"}', True),
        ("1,Gat\u00ebway,3", True),
        ("Services:\nGateway\n", True),
        ("Name: Gateway", True),
        ("<b>Access</b>, <b>Window</b>", False),  # the page says so itself
    ],
)
def test_a_name_of_one_word_is_found_where_it_stands_alone(tmp_path: Path, text: str, *, found: bool) -> None:
    (tmp_path / "p.csv").write_text("name\nGateway\nAccess\nWindow\nConnect\n")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.html").write_text(text)
    problems = audit_files(tmp_path / "out", [tmp_path / "p.csv"]).problems
    assert [str(problem).count("one-word name of confidential row 2 of p.csv.") for problem in problems] == [1] * found
    assert all("empty the cell" in str(problem) for problem in problems)


def test_map_minds_no_ordinary_word_as_the_name_of_a_provider(telling: Path, tmp_path: Path) -> None:
    study = Path(shutil.copytree(telling, tmp_path / "study", ignore=shutil.ignore_patterns("out")))
    rows = pd.read_csv(study / "providers.csv", dtype="str", keep_default_na=False)
    words = ["Access", "Greenwich", "Catalog", "Magnolia", "Promise", "Connect"]  # of the page, formats, towns, scripts
    rows.loc[rows["public"].ne("yes"), "name"] = words
    rows.to_csv(study / "providers.csv", index=False)
    only = (word for name in ("map.html", "areas.gpkg", "ranking") for word in ("--only", name))
    result = run("map", study / "project.toml", *only)
    assert result.exit_code == 0, result.stderr


def test_a_secret_does_not_show_itself(secrets: tuple[Secret, ...]) -> None:
    assert re.fullmatch(r"Secret\(providers\.csv, row \d+\)", repr(secrets[0]))
    assert "Haven" not in repr(secrets) + str(list(secrets))


def test_no_message_of_the_audit_repeats_a_cell(tmp_path: Path, out: Path) -> None:
    (tmp_path / "p.csv").write_text("name,lon,lat,region\nHidden Haven,12 Oak Lane,x,nowhere\n")
    result = run("audit", out, "--providers", tmp_path / "p.csv")
    assert "Traceback" not in result.output
    assert not any(word in result.output for word in ("Haven", "Oak", "nowhere"))


@pytest.mark.parametrize(
    ("left", "right"),
    [(fold("O’Neil's—House"), ("o", "neil", "s", "house")), (phone_digits("555-0199"), ("5550199",)), (bare_link("HTTPS://A.org/x/"), "a.org/x")],
)  # fmt: skip
def test_forms_in_which_texts_are_compared(left: object, right: object) -> None:
    assert left == right


def test_a_missing_folder_or_file(tmp_path: Path, telling: Path) -> None:
    assert run("audit", tmp_path / "none", "--providers", telling / "providers.csv").exit_code == 4
    assert run("audit", tmp_path, "--providers", tmp_path / "none.csv").exit_code == 4
    assert run("audit", tmp_path / ("x" * 300), "--providers", telling / "providers.csv").exit_code == 6


def test_a_folder_that_may_not_be_looked_into_is_no_clean_one(
    tmp_path: Path, telling: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "closed").mkdir()
    scandir = os.scandir

    def closed(path: object) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr("os.scandir", closed)
    result = run("audit", tmp_path, "--providers", telling / "providers.csv")
    assert (result.exit_code, "cannot be searched: Permission denied." in result.stderr) == (6, True)


def test_needles_come_from_unmapped_columns_too(tmp_path: Path) -> None:
    from geo.project import ProviderFile

    (tmp_path / "p.csv").write_text(
        "Agency Name,Street1,Contact,E-Mail\nThe Quiet Place,9 Elm St,Ann Smith,ann@quiet.example\n"
    )
    (secret,) = read_secrets([ProviderFile(file=tmp_path / "p.csv")], regions=None, crs="EPSG:3814")
    assert {words for _, words in secret.words} >= {("the", "quiet", "place"), ("9", "elm", "st"), ("ann", "smith")}
    assert secret.links == ("ann@quiet.example",)


def true_minutes(points: gpd.GeoSeries, telling: Path, *, nth: int = 1) -> np.ndarray:
    """Return minutes by the straight way to the nearest true place of a shelter."""
    table = pd.read_csv(telling / "providers.csv")
    shelters = table[table["category"].str.contains("shelter")]
    places = gpd.GeoSeries(gpd.points_from_xy(shelters["lon"], shelters["lat"]), crs=4326).to_crs(3814)
    metres = np.sort([points.to_crs(3814).centroid.distance(place) for place in places], axis=0)[nth - 1]
    return np.asarray(metres / 1000 * 1.1 + 3)


@pytest.mark.parametrize(("figure", "nth"), [("minutes", 1), ("median", 1), ("p90", 1), ("second", 2), ("second", 1)])
def test_every_figure_in_minutes_is_attacked(telling: Path, out: Path, figure: str, nth: int) -> None:
    areas = gpd.read_file(only(out, "areas.gpkg") / "areas.gpkg", layer="areas")
    areas[f"{figure}_shelter"] = true_minutes(areas.geometry, telling, nth=nth)
    areas.to_file(out / "areas.gpkg", layer="areas")
    betrayed = any(
        "the minutes point to" in problem.message for problem in audit_files(out, [telling / "providers.csv"]).problems
    )
    assert betrayed == (nth == 2 or figure != "second")


def test_an_attack_counts_only_for_the_minutes_it_was_made_on(telling: Path, out: Path, inputs: Inputs) -> None:
    study = make_study(load_project(telling / "project.toml"), inputs, progress=lambda _: None)
    tried = attack_study(only(out, "areas.gpkg"), study, search_for(study))
    assert audit_study(out, study, tried=tried).radius_m.tolist() == audit_study(out, study).radius_m.tolist()
    areas = gpd.read_file(out / "areas.gpkg", layer="areas")
    areas["minutes_shelter"] = true_minutes(areas.geometry, telling)
    areas.to_file(out / "areas.gpkg", layer="areas")
    assert audit_study(out, study, tried=tried).problems


def test_minutes_from_exits_and_sections_are_attacked(telling: Path, out: Path, inputs: Inputs) -> None:
    project = load_project(telling / "project.toml").model_copy(update={"sections": Sections(length=10)})
    study = make_study(project, inputs, progress=lambda _: None)
    assert audit_study(only(out, "areas.gpkg"), study).problems == []
    exits = study.along.exits.set_index("exit_id").geometry
    to_exits = true_minutes(exits, telling)[exits.index.get_indexer(study.along.minutes["exit_id"])]
    along = dataclasses.replace(study.along, minutes=study.along.minutes.assign(minutes_shelter=to_exits))
    sections = study.sections.assign(exit_median_shelter=true_minutes(study.sections.geometry, telling))
    for leak in (dataclasses.replace(study, along=along), dataclasses.replace(study, sections=sections)):
        (problem,) = audit_study(out, leak).problems
        assert "the minutes point to" in problem.message
