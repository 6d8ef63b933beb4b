"""The strip chart: structure, escaping, determinism, miles and kilometres, and a highway with nothing along it."""

import dataclasses
import math
import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

from layers.strip import Strip, StripExit, StripGap, StripProfile, StripProvider, StripVenue
from maps.along_view import between_words, length_words
from maps.static_strip import strip_png
from maps.strip_chart import describe, slug, strip_svg
from maps.strip_layout import LEFT, RIGHT, highway_name, lay_out, towns_along
from maps.strip_marks import Bar, Point, Words
from maps.symbology import outline
from maps.texts import load_texts
from tests.maps.studies import HOSTILE

BANDS = (30.0, 60.0)
SVG = "{http://www.w3.org/2000/svg}"


def make_strip(**changes) -> Strip:
    """Return a highway of 100 miles with three exits; from the last one, legal help cannot be reached northbound."""
    strip = Strip(
        route_id="I 5",
        label="I-5",
        unit="mi",
        directions=("NB", "SB"),
        from_milepost=0.0,
        to_milepost=100.0,
        ticks=(0.0, 50.0, 100.0),
        outside=((70.0, 80.0),),
        exits=(
            StripExit(10.0, "exit 10", "10", "Adams, Benton", "MS 27 / road 9"),
            StripExit(50.0, "exit 50", "50", "Benton"),
            StripExit(90.0, "US 82", "", ""),
        ),
        venues=(
            StripVenue("n1", "truck_stop", "Example Truck Stop", 12.0, "NB"),
            StripVenue("n2", "rest_area", "", 50.0, "SB"),
        ),
        providers=(StripProvider("p1", "Example Clinic", ("medical",), 10.0, 4.0),),
        profiles=(
            StripProfile("NB", "medical", (10.0, 50.0, 90.0), (5.0, 35.0, 70.0)),
            StripProfile("NB", "legal", (10.0, 50.0, 90.0), (5.0, 5.0, math.inf)),
            StripProfile("SB", "medical", (10.0, 50.0, 90.0), (5.0, 35.0, 70.0)),
            StripProfile("SB", "legal", (10.0, 50.0, 90.0), (5.0, 5.0, 5.0)),
        ),
        gaps=(StripGap("NB", "medical", 30.0, 10.0, 90.0), StripGap("NB", "medical", 60.0, 50.0, 90.0)),
    )
    return dataclasses.replace(strip, **changes)


def draw(strip: Strip, **options) -> ET.Element:
    return ET.fromstring(strip_svg(strip, load_texts("en"), bands_min=BANDS, **options))


def words_of(picture: ET.Element) -> list[str]:
    return [text.text or "" for text in picture.iter(f"{SVG}text")]


def linked(picture: ET.Element, kind: str) -> list[ET.Element]:
    return [node for node in picture.iter() if node.get("data-at", "").startswith(f"{kind} ")]


def test_it_is_one_picture_with_a_name_and_a_description():
    picture = draw(make_strip())
    assert picture.get("role") == "img"
    names = picture.get("aria-labelledby", "").split()
    told = {node.get("id"): node.text for node in picture if node.get("id")}
    assert told[names[0]] == "Strip chart of I-5"
    assert told[names[1]].startswith(
        "From milepost 0 to 100: 3 exits, Truck stop (1), Rest area (1) and 1 service shown."
    )


def test_everything_along_it_is_drawn_at_its_milepost():
    picture = draw(make_strip())

    def x(milepost: float) -> float:
        return LEFT + milepost / 100 * (RIGHT - LEFT)

    ticks = linked(picture, "exit")
    assert [float(tick.get("x", 0)) + 0.6 for tick in ticks] == pytest.approx([x(10), x(50), x(90)], abs=0.2)
    assert [tick[0].text for tick in ticks] == ["exit 10, MS 27 / road 9, Adams, Benton", "exit 50, Benton", "US 82"]
    gaps = linked(picture, "gap")
    assert [(float(g.get("x", 0)), float(g.get("width", 0))) for g in gaps] == [
        pytest.approx((x(10), x(90) - x(10)), abs=0.2),
        pytest.approx((x(50), x(90) - x(50)), abs=0.2),
    ]
    assert float(gaps[0].get("height", 0)) < float(gaps[1].get("height", 0))
    assert len(linked(picture, "venue")) == 2
    assert {"10", "50", "US 82", "Adams", "Benton", "100", "Mile", "Truck stop (1)"} <= set(words_of(picture))


def test_roads_that_are_mere_numbers_say_what_they_are_in_the_language_of_the_page():
    exits = (StripExit(10.0, "exit 10", "10", "", "MS 27 / road 9"), StripExit(50.0, "road 11", "", "", "road 11"))
    picture = ET.fromstring(strip_svg(make_strip(exits=exits), load_texts("es"), bands_min=BANDS))
    assert [tick[0].text for tick in linked(picture, "exit")] == ["salida 10, MS 27 / carretera 9", "carretera 11"]


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("I-20 (part 2)", "I-20 (parte 2)"),
        ("7 (part 3)", "la carretera 7 (parte 3)"),
        ("I-20", "I-20"),
        ("a\nb", "a b"),
    ],
)
def test_highways_in_parts_say_which(label, name):
    assert highway_name(label, load_texts("es")).replace("\u2068", "").replace("\u2069", "") == name


def test_symbols_are_those_of_the_map():
    drawing = lay_out(make_strip(), load_texts("en"), bands_min=BANDS)
    stop = next(mark for mark in drawing.marks if isinstance(mark, Point) and mark.link == "venue 0")
    assert stop.look == "point p-truck_stop"
    assert outline("square", radius=stop.radius, x=stop.x, y=stop.y) in strip_svg(
        make_strip(), load_texts("en"), bands_min=BANDS
    )


def test_unreachable_is_hatched_and_directions_have_lanes_where_they_differ():
    picture = draw(make_strip())
    hatched = [node for node in picture.iter(f"{SVG}rect") if node.get("class") == "weak"]
    assert len(hatched) == 2  # the lane and its entry in the key
    assert words_of(picture).count("NB") == 2


@pytest.mark.parametrize(("language", "words"), [("en", {"CW", "CCW"}), ("es", {"hor.", "antih."})])
def test_lanes_of_a_ring_have_short_words(language, words):
    # "counterclockwise" ran into the name of the service.
    turned = {"NB": "clockwise", "SB": "counterclockwise"}
    strip = make_strip(directions=tuple(turned.values()), gaps=())
    strip = dataclasses.replace(
        strip, profiles=tuple(dataclasses.replace(own, direction=turned[own.direction]) for own in strip.profiles)
    )
    svg = strip_svg(strip, load_texts(language), bands_min=BANDS)
    assert words <= {text.text for text in ET.fromstring(svg).iter(f"{SVG}text")}


def test_directions_that_do_not_differ_share_a_lane():
    both = tuple(StripProfile(way, "legal", (10.0, 50.0, 90.0), (5.0, 5.0, 5.0)) for way in ("NB", "SB"))
    same = make_strip(profiles=both, gaps=(), exits=())
    assert "NB" in words_of(draw(same))  # beyond the last exit each direction is unknown elsewhere
    ring = dataclasses.replace(same, from_milepost=10.0, to_milepost=90.0)
    assert "NB" not in words_of(draw(ring))


def test_hostile_names_are_text():
    strip = make_strip(
        label=HOSTILE,
        route_id=HOSTILE,
        exits=(StripExit(10.0, HOSTILE, "", HOSTILE, HOSTILE), StripExit(60.0, HOSTILE, HOSTILE, "", HOSTILE)),
        venues=(StripVenue(HOSTILE, "motel", HOSTILE, 5.0, HOSTILE),),
        providers=(StripProvider(HOSTILE, HOSTILE, ("legal",), 9.0, 1.0),),
    )
    for standalone in (False, True):
        picture = draw(strip, standalone=standalone, title=HOSTILE, footer=HOSTILE)
        assert {node.tag.removeprefix(SVG) for node in picture.iter()} <= {
            "svg", "title", "desc", "style", "defs", "pattern", "rect", "path", "text",
        }  # fmt: skip
        assert all(not name.startswith("on") for node in picture.iter() for name in node.attrib)
    assert re.fullmatch(r"[a-z0-9-]+", slug(HOSTILE))
    assert strip_png(strip, load_texts("en"), bands_min=BANDS, title=HOSTILE).startswith(b"\x89PNG")


def test_the_same_values_give_the_same_bytes():
    first, second = (
        (
            strip_svg(make_strip(), load_texts("en"), bands_min=BANDS, standalone=True),
            strip_png(make_strip(), load_texts("en"), bands_min=BANDS),
        )
        for _ in range(2)
    )
    assert first == second


def test_kilometres_and_spanish():
    strip = make_strip(unit="km", directions=("EB", "WB"))
    assert "Kilometer" in words_of(draw(strip))
    assert describe(strip, load_texts("es")).startswith("Del kilómetro 0 al 100: 3 salidas")


@pytest.mark.parametrize("ends", [(0.0, 100.0), (7.0, 7.0)])
def test_a_highway_with_nothing_along_it(ends):
    fields = ("ticks", "outside", "exits", "venues", "providers", "profiles", "gaps")
    nothing: dict[str, tuple[()]] = dict.fromkeys(fields, ())
    strip = make_strip(**nothing, from_milepost=ends[0], to_milepost=ends[1])
    assert "No exits in the data" in words_of(draw(strip))
    assert strip_png(strip, load_texts("en"), bands_min=BANDS).startswith(b"\x89PNG")


def test_labels_keep_apart():
    exits = tuple(StripExit(number / 2, f"exit {number}", str(number), "") for number in range(200))
    drawing = lay_out(make_strip(exits=exits), load_texts("en"), bands_min=BANDS)
    ticks = [mark for mark in drawing.marks if isinstance(mark, Bar) and mark.link.startswith("exit ")]
    rows: dict[float, list[float]] = {}
    for mark in drawing.marks:
        if isinstance(mark, Words) and mark.anchor == "middle" and mark.y < ticks[0].y:
            rows.setdefault(mark.y, []).append(mark.x)
    assert len(ticks) == 200
    assert len(rows) == 2
    assert all(b - a > 12 for row in rows.values() for a, b in pairwise(row))


def test_a_file_brings_its_own_colours():
    text = strip_svg(make_strip(), load_texts("en"), bands_min=BANDS, standalone=True)
    assert "var(" not in text
    assert "#6a0a5e" in text
    assert "var(" not in strip_svg(make_strip(), load_texts("en"), bands_min=BANDS)


def test_towns_with_most_exits_come_first():
    assert [name for _, name in towns_along(make_strip())] == ["Benton", "Adams"]


def test_stretches_in_words():
    t = load_texts("en")
    assert between_words("exit 51", "exit 72", "mi", t) == "exits 51 to 72"
    assert between_words("exit 51", "exit 51", "mi", t) == "exit 51"
    assert between_words("US 82", "milepost 26", "km", t) == "US 82 to km 26"
    assert between_words("exit 12A", "US 82", "mi", t) == "exit 12A to US 82"
    assert [length_words(x, "mi", t) for x in (21.4, 1.0, 0.84, 1.04)] == ["21 miles", "1 mile", "0.8 miles", "1 mile"]
    assert length_words(5.5, "km", load_texts("es")) == "5.5 kilómetros"
