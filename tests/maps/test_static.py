"""The printed map: its size, its truth to scale, its determinism, and that nothing in it but ink comes from data."""

import dataclasses
import io
import itertools
import re
import struct
import xml.etree.ElementTree as ET
from contextlib import closing

import geopandas as gpd
import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageFont
from pyproj import CRS, Geod, Transformer
from shapely.geometry import LineString

from maps.static import PAPERS, draw_poster, picture, static_map
from maps.static_labels import DISC_PT, Placer, place_discs
from maps.static_map import choose, fit
from maps.static_marks import Box, hatching
from maps.static_parts import credits_of, key_entries, lay_key
from maps.static_scale import on_the_ground, scale_bar
from maps.static_sheet import Sheet
from maps.static_text import font_file, outline, printable, shortened, text_width, wrapped
from maps.symbology import RAMP_LIGHT
from maps.view import make_view
from tests.maps.studies import HOSTILE, make_study

SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}href"


@pytest.fixture(scope="module")
def view(study):
    return make_view(study)


@pytest.fixture(scope="module")
def sheet(study, view):
    return draw_poster(study, view)


@pytest.fixture(scope="module")
def svg(sheet, view):
    return sheet.save("svg", title=view.title)


@pytest.fixture(scope="module")
def pdf(sheet, view):
    return sheet.save("pdf", title=view.title)


def png_chunks(png: bytes) -> dict[bytes, bytes]:
    chunks, at = {}, 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        chunks.setdefault(png[at + 4 : at + 8], png[at + 8 : at + 8 + length])
        at += 12 + length
    return chunks


def dates_of(text: bytes) -> list[bytes]:
    return re.findall(rb"CreationDate|ModDate|dc:date|Creation Time", text)


@pytest.mark.parametrize("paper", PAPERS)
def test_a_png_is_a_sheet_of_paper_at_300_dpi(paper):
    png = static_map(make_study(side=3, paper=paper), "png")
    chunks = png_chunks(png)
    assert struct.unpack(">II", chunks[b"IHDR"][:8]) == PAPERS[paper]
    inches = {"letter": (11, 8.5), "a4": (297 / 25.4, 210 / 25.4)}[paper]
    assert np.allclose(PAPERS[paper], np.array(inches) * 300, atol=0.6)
    across, up, unit = struct.unpack(">IIB", chunks[b"pHYs"])
    assert (across, up, unit) == (11811, 11811, 1)  # dots per metre
    assert not dates_of(png)


def test_the_same_study_gives_the_same_bytes(study, view, svg, pdf):
    again = draw_poster(study, view)
    assert again.save("svg", title=view.title) == svg
    assert again.save("pdf", title=view.title) == pdf
    assert picture(study, view) == picture(study, view)


def test_pdf_and_svg_say_in_which_language_they_are():
    spanish = make_study(side=3, language="es")
    sheet = draw_poster(spanish, make_view(spanish))
    assert b"/Lang (es)" in sheet.save("pdf", title="x")
    assert ET.fromstring(sheet.save("svg", title="x")).get("lang") == "es"


def test_a_pdf_has_a_title_and_letters_but_no_date(pdf):
    assert pdf.startswith(b"%PDF")
    assert b"/Title" in pdf
    assert b"/FontFile2" in pdf  # text can be selected
    assert not dates_of(pdf)
    assert len(pdf) < 600_000


def test_an_svg_is_a_picture_that_asks_for_nothing(svg, view):
    root = ET.fromstring(svg)
    assert root.find(f"{SVG}title").text == view.title
    names = {element.tag.removeprefix(SVG) for element in root.iter() if element.tag.startswith(SVG)}
    assert names <= {"svg", "title", "metadata", "defs", "style", "g", "path", "use", "clipPath", "rect"}
    assert all(link.startswith("#") for element in root.iter() if (link := element.get(XLINK)))
    assert b"url(http" not in svg
    assert not dates_of(svg)
    assert len(svg) < 2_500_000
    for colour, _, number in view.measures[0].legend:
        assert (RAMP_LIGHT[colour - 1].encode() in svg) or not number


@pytest.mark.filterwarnings("error")
def test_hostile_text_is_only_ink():
    study = make_study(side=4, hostile=HOSTILE)
    view = make_view(study)
    root = ET.fromstring(draw_poster(study, view).save("svg", title=view.title))
    assert not [
        e for e in root.iter() if e.tag.removeprefix(SVG) in {"script", "img", "image", "text", "foreignObject", "a"}
    ]
    assert not [name for e in root.iter() for name in e.attrib if name.lower().startswith("on")]


def test_confidential_providers_are_never_drawn(study, view):
    assert (~study.providers["public"]).any()
    assert choose(study, view).providers["public"].all()


def test_many_providers_are_thinned_to_the_kind_most_people_are_far_from(study, view):
    crowd = study.providers.loc[np.repeat(study.providers.index, 8)].reset_index(drop=True)
    chosen = choose(dataclasses.replace(study, providers=crowd), view)
    hardest = study.figures.hardest_category
    assert chosen.providers["categories"].str.contains(hardest).all()
    assert f"of {int(crowd['public'].sum())})" in chosen.providers_words


def test_the_reach_ends_inside_the_study_area(study, view):
    line = choose(study, view).reach
    assert study.areas.geometry.union_all().contains(line)
    empty = dataclasses.replace(study, reach=study.reach.iloc[:0])
    assert choose(empty, view).reach is None


def test_the_key_explains_what_is_drawn_and_nothing_else(study, view):
    words = [entry.words for entry in key_entries(study, view, choose(study, view))]
    assert "I-5 and US-9" in words
    assert "Underserved" in words
    assert "Low confidence" in words
    assert [w for w in words if w.startswith("Motels")] == [f"Motels ({view.venue_counts['motel']})"]
    bare = dataclasses.replace(
        study, reach=study.reach.iloc[:0], areas=study.areas.assign(underserved=False, confidence="high")
    )
    bare_view = make_view(bare)
    words = [entry.words for entry in key_entries(bare, bare_view, choose(bare, bare_view))]
    assert not any(word.startswith(("Underserved", "Low", "All key")) for word in words)


@pytest.mark.parametrize("width", [120.0, 260.0, 400.0, 900.0])
def test_no_words_of_the_key_run_into_the_next_column(study, view, width):
    key = lay_key(key_entries(study, view, choose(study, view)), width)
    assert sum(key.columns) == pytest.approx(width) or len(key.columns) == 1
    assert len(key.entries) <= key.rows * len(key.columns)


def test_the_credits_name_openstreetmap_the_sources_and_the_projection(study, view):
    text = ". ".join(credits_of(study, view))
    for words in ("© OpenStreetMap contributors (openstreetmap.org/copyright)", "ODbL", "Survey of Gridland", "UTM zone 16N", "November 1, 2026"):  # fmt: skip
        assert words in text


@pytest.mark.parametrize("crs", ["EPSG:32616", "EPSG:3814", "EPSG:2180", "EPSG:32722"])
@pytest.mark.parametrize("unit", ["mi", "km"])
def test_the_scale_bar_is_true_in_the_middle_of_the_map(crs, unit):
    study = make_study(side=3, crs=crs, origin=(500_000, 400_000 if crs == "EPSG:2180" else 1_200_000), units=unit)
    frame = Box(0, 0, 400, 300)
    move = fit(study, frame)
    bar = scale_bar(study.areas.crs, move, frame, make_view(study), frame.shape)
    degrees = Transformer.from_crs(study.areas.crs, CRS.from_epsg(4326), always_xy=True)
    ends = [((200 + side * bar.width / 2 - move.x) / move.scale, (150 - move.y) / move.scale) for side in (-1, 1)]
    (lon, lat), (lon2, lat2) = (degrees.transform(*end) for end in ends)
    _, _, true_m = Geod(ellps="WGS84").inv(lon, lat, lon2, lat2)
    assert true_m == pytest.approx(bar.length * {"mi": 1609.344, "km": 1000.0}[unit], rel=0.003)
    assert bar.width < 400 / 3


def test_a_projection_that_stretches_is_measured_and_north_is_true():
    stretch, north = on_the_ground(CRS.from_epsg(3857), (0.0, 8_399_737.9))  # 60 degrees north: twice as long
    assert stretch == pytest.approx(2.0, rel=0.01)
    assert north == pytest.approx(0.0, abs=1e-6)
    # East of its meridian the grid of a UTM zone turns clockwise, so that true north lies to the left.
    _, north = on_the_ground(CRS.from_epsg(32616), (700_000.0, 5_000_000.0))
    assert -0.05 < north < -0.01


def test_the_scale_bar_gets_a_strip_of_its_own_where_the_areas_fill_the_frame(study, view):
    frame = Box(0, 0, 300, 300)
    move = fit(study, frame)
    land = frame.grown(-5).shape
    assert scale_bar(study.areas.crs, move, frame, view, land).covers
    assert not scale_bar(study.areas.crs, move, frame, view, Box(0, 60, 300, 300).shape).covers


def test_ten_ranks_in_one_place_do_not_cover_each_other():
    placer = Placer(Box(0, 0, 300, 300))
    spots = [spot for _, spot in place_discs(placer, [(150.0, 150.0)] * 10)]
    for one, other in itertools.combinations(spots, 2):
        assert np.hypot(one[0] - other[0], one[1] - other[1]) >= 2 * DISC_PT


@pytest.mark.parametrize(("side", "cell_m"), [(1, 30_000), (2, 500), (29, 9_000)])
def test_any_number_of_areas_is_drawn(side, cell_m):
    study = make_study(side=side, cell_m=cell_m, units="km", language="es", paper="a4")
    view = make_view(study)
    draw_poster(study, view)
    assert picture(study, view).startswith(b"\x89PNG")


def test_text_fits_its_line():
    long = "Long names of places that nobody could ever fit into a narrow column"
    assert text_width(shortened(long, 60, 7), 7) <= 60
    lines = wrapped(long, 100, 7, lines=2)
    assert len(lines) == 2
    assert all(text_width(line, 7) <= 100 for line in lines)
    assert lines[-1].endswith("…")
    assert " ".join(wrapped(long, 100, 7)) == long
    assert wrapped("", 100, 7) == ()
    assert printable("a\u202eb\u4e2d\x07") == "ab\ufffd"


def test_outlines_of_regions_and_main_roads_are_in_the_key_when_drawn(study, view):
    halves = study.areas.iloc[:2][["geometry"]].assign(name=["North", "South"])
    roads = study.highways[["geometry"]].iloc[:1]
    lake = gpd.GeoDataFrame(
        {"kind": ["lake", "river"]},
        geometry=[study.areas.geometry.iloc[3].buffer(-9e3), roads.geometry.iloc[0]],
        crs=roads.crs,
    )
    richer = dataclasses.replace(study, regions=halves, roads_context=roads, water=lake)
    words = [entry.words for entry in key_entries(richer, view, choose(richer, view))]
    assert "Region outlines" in words
    assert {"Main roads", "Lakes and rivers"} <= set(words)
    plain = [entry.words for entry in key_entries(study, view, choose(study, view))]
    assert not {"Region outlines", "Main roads", "Lakes and rivers"} & set(plain)
    draw_poster(dataclasses.replace(richer, context=halves), view)


def test_hatching_stays_inside():
    area = Box(0, 0, 20, 10).shape
    lines = hatching(area, spacing=3)
    assert area.buffer(1e-6).contains(lines)
    assert lines.length == pytest.approx(area.area / 3, rel=0.15)


def test_the_biggest_town_is_named_even_where_the_first_ranks_are(monkeypatch):
    study = make_study(side=9)
    first = study.areas.representative_point()[make_view(study).rows[0].area_id]
    capital = study.towns.assign(
        name=["Capital", *study.towns["name"][1:]], geometry=[first, *study.towns.geometry[1:]]
    )
    written = []
    monkeypatch.setattr(Sheet, "text", lambda _, x, y, words, **__: written.append(words))
    crowded = dataclasses.replace(study, towns=capital)
    draw_poster(crowded, make_view(crowded))
    assert "Capital" in written
    assert {str(rank) for rank in range(1, 11)} <= set(written)


@pytest.fixture(scope="module")
def ring():
    """Return a sheet of 75 × 50 points: a square with a hole to the upper left, a line below, words with a halo."""
    made = Sheet(313, 208)
    square = Box(10, 30, 26, 46).shape
    made.fill([square.difference(Box(14, 34, 22, 42).shape)], "#ff0000")
    made.stroke([LineString([(5, 10), (70, 10)])], "#0000ff", 4, casing=2)
    made.text(60, 30, "No <b>", size=8, colour="#008000", ha="center", halo="#ffff00")
    return made


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def test_a_hole_stays_empty_and_up_is_up(ring):
    picture = pixels(ring.save("png", title="x"))
    assert picture.shape == (208, 313, 3)
    at = {name: tuple(picture[round((50 - y) * 300 / 72), round(x * 300 / 72)]) for name, (x, y) in
          {"square": (12, 38), "hole": (18, 38), "line": (30, 10), "paper": (30, 20)}.items()}  # fmt: skip
    assert at == {"square": (255, 0, 0), "hole": (255, 255, 255), "line": (0, 0, 255), "paper": (255, 255, 255)}


def test_words_can_be_found_in_an_svg_and_are_written_once_in_a_pdf(ring):
    said = [group.get("aria-label") for group in ET.fromstring(ring.save("svg", title="x")).iter(f"{SVG}g")]
    assert [words for words in said if words] == ["No <b>"]
    with closing(pypdfium2.PdfDocument(ring.save("pdf", title="No <b>"))) as document:
        assert document[0].get_textpage().get_text_range() == "No <b>"
        assert document.get_metadata_dict(skip_empty=True).keys() == {"Title", "Producer"}
        assert document.get_metadata_dict()["Title"] == "No <b>"


@pytest.mark.parametrize("weight", ["regular", "bold", "oblique"])
def test_letters_are_as_wide_as_freetype_says(weight):
    letters = "AVWm il.0189ñŁőʻā—→☎"
    font = ImageFont.truetype(io.BytesIO(font_file(weight)), 2048, layout_engine=ImageFont.Layout.BASIC)
    for letter in letters:
        assert text_width(letter, 2048, weight) == font.getlength(letter)
        corners = np.array([number for _, numbers in outline(letter, weight) for number in numbers]).reshape(-1, 2)
        wide_high = np.ptp(corners, axis=0) if len(corners) else (0, 0)
        left, top, right, bottom = font.getmask(letter).getbbox() or (0, 0, 0, 0)
        assert (right - left, bottom - top) == pytest.approx(tuple(wide_high), abs=40)  # beyond a curve are corners
