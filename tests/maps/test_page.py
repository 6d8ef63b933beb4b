"""The page without a browser: one file, no addresses to load from, data that stays data, the same bytes again."""

import base64
import dataclasses
import gzip
import hashlib
import json
import re
from html.parser import HTMLParser

import folium
import numpy as np
import pytest
from folium.plugins import MarkerCluster

from geo.compact import unpack
from maps.bundle import AssetError, asset
from maps.client import to_parsed, to_script
from maps.geometry import simplify
from maps.page import build_map, render_page
from tests.maps.studies import HOSTILE, make_study


class Elements(HTMLParser):
    """All elements of a page with their attributes, and the text of each script."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self._in_script = False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._in_script = tag == "script"
        if self._in_script:
            self.scripts.append("")

    def handle_endtag(self, tag):
        self._in_script = False

    def handle_data(self, data):
        if self._in_script:
            self.scripts[-1] += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def page(study):
    return render_page(study)


@pytest.fixture(scope="module")
def elements(page):
    return Elements(page)


def policy(elements: Elements) -> str:
    return next(m["content"] for m in elements.named("meta") if m.get("http-equiv") == "Content-Security-Policy")


def test_same_study_same_bytes(study, page):
    assert render_page(study) == page
    assert build_map(study).get_root().render() == page


def test_no_random_ids(page):
    assert not re.search(r"_[0-9a-f]{32}", page)


def test_policy_forbids_every_request(elements):
    rules = policy(elements)
    assert "default-src 'none'" in rules
    assert "connect-src 'none'" in rules
    assert "http" not in rules
    assert "unsafe-inline" not in rules.split("script-src")[1].split(";")[0]
    assert "unsafe-eval" not in rules


def test_only_a_tiles_table_names_a_host(page):
    tiles = {"url": "https://tiles.example.org/{z}/{x}/{y}.png", "attribution": "Example tiles"}
    with_tiles = render_page(make_study(tiles=tiles))
    rules = policy(Elements(with_tiles))
    assert "img-src data: blob: https://tiles.example.org;" in rules
    assert "connect-src 'none'" in rules
    assert "then asks tiles.example.org for pictures" in with_tiles
    assert 'id="tiles"' in with_tiles
    assert 'id="tiles"' not in page
    assert "img-src data: blob:;" in policy(Elements(page))


def test_policy_names_exactly_the_scripts_of_the_page(elements):
    hashes = {
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in elements.scripts
    }
    assert set(policy(elements).split("script-src ")[1].split(";")[0].split()) == hashes
    assert len(elements.scripts) == 4


def test_nothing_is_loaded_from_elsewhere(elements, page):
    for tag, attributes in elements.elements:
        assert tag not in ("iframe", "object", "embed", "img", "audio", "video", "source", "base", "form")
        assert "src" not in attributes
        assert not [name for name in attributes if name.startswith("on")], attributes
        if tag == "link":
            assert attributes["href"] == "data:,"
        if tag == "a":
            assert attributes["href"].startswith(("#", "https://www.openstreetmap.org/copyright"))
    style = "".join(re.findall(r"<style>(.*?)</style>", page, re.DOTALL))
    assert "@import" not in style
    assert set(re.findall(r"url\(([^)]*)\)", style)) == {"#hatch"}


def test_the_program_never_writes_markup(page):
    own = asset("asset:outreach.js")
    assert "innerHTML" not in own
    assert "insertAdjacentHTML" not in own
    assert "document.write" not in own
    assert "eval(" not in own


def test_document_basics(elements):
    assert elements.named("html") == [{"lang": "en"}]
    assert len(elements.named("h1")) == 1
    assert len(elements.named("main")) == 1
    viewport = next(m["content"] for m in elements.named("meta") if m.get("name") == "viewport")
    assert viewport == "width=device-width, initial-scale=1"


def test_one_row_per_area_in_rank_order(study, page):
    table = page.split('<table id="areas">')[1].split("</table>")[0]
    ranks = [int(rank) for rank in re.findall(r"<tr[^>]*><td><b>(\d+)</b>", table)]
    assert ranks == study.areas["rank"].tolist()
    assert table.count('scope="col"') == 4


def test_layers_are_folium_layers_with_names(study):
    page_map = build_map(study)
    assert isinstance(page_map, folium.Map)
    children = page_map._children
    for name in ("areas", "under", "band", "reach60", "reach30", "highways", "truck_stop", "motel", "providers"):
        assert isinstance(children[name], folium.map.Layer)
    assert json.loads(children["areas"].shapes).count(".") == len(study.areas) - 1


def test_a_layer_from_elsewhere_is_refused(study):
    page_map = build_map(study)
    MarkerCluster().add_to(page_map)
    with pytest.raises(AssetError, match=r"may not load .*markercluster"):
        page_map.get_root().render()


def test_a_further_folium_layer_is_welcome(study):
    page_map = build_map(study)
    folium.GeoJson({"type": "Point", "coordinates": [-90, 32]}, style_function=lambda _: {}).add_to(page_map)
    assert '"coordinates": [-90, 32]' in page_map.get_root().render()


def test_notebooks_show_the_page_in_a_frame(study, page):
    frame = build_map(study)._repr_html_()
    (attributes,) = Elements(frame).named("iframe")
    assert attributes["srcdoc"] == page
    assert "allow-same-origin" not in attributes["sandbox"]
    assert attributes["title"].startswith("In ")


def test_json_has_no_infinity(page):
    script = page.split("OutreachMap.start(")[1]
    assert "Infinity" not in script
    assert "NaN" not in script
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_script({"minutes": float("inf")})


def test_unreachable_is_said_in_words(page):
    table = page.split('<table id="areas">')[1].split("</table>")[0]
    assert '<td class="n">none</td>' in table


def test_confidential_providers_are_counted_and_nowhere_drawn(study, page):
    hidden = study.providers[~study.providers["public"]]
    drawn = unpack(page)
    assert len(drawn) > 500
    for point in hidden.to_crs("EPSG:4326").geometry:
        assert np.hypot(*(drawn - [point.x, point.y]).T).min() > 1e-4
    for point in hidden.to_crs("EPSG:4326").geometry:
        for decimals in (3, 4):
            lat, lon = f"{point.y:.{decimals}f}", f"{point.x:.{decimals}f}"
            assert f"{lon}, {lat}" not in page
            assert not (lat in page and lon in page and decimals == 4)
    assert "Confidential provider" not in page
    assert "6 confidential services count in the minutes but are not shown." in page


@pytest.fixture(scope="module")
def hostile_page():
    return render_page(make_study(side=4, hostile=HOSTILE))


def test_hostile_text_stays_text(hostile_page):
    elements = Elements(hostile_page)
    assert len(elements.scripts) == 4
    assert not elements.named("img")
    assert "<img" not in hostile_page
    main = elements.scripts[-1]
    assert "<" not in main.split("OutreachMap.start(")[1]
    assert "\u2028" not in main
    assert "\x07" not in hostile_page
    assert hostile_page.encode("utf-8")


def test_hostile_text_is_not_lost(hostile_page):
    assert "Joe`s ${alert(1)} &lt;img src=x onerror=alert(1)&gt;" in hostile_page
    assert "\U0001f699" in hostile_page


def test_hostile_names_cannot_turn_the_line(hostile_page):
    title = re.search(r"<h1>(.*?)</h1>", hostile_page, re.DOTALL)[1]
    assert title.count("\u2068") == title.count("\u2069") == 1
    rows = hostile_page.split('<table id="areas">')[1].split("</table>")[0]
    assert rows.count("<bdi>") == rows.count("</bdi>") >= 16


@pytest.mark.parametrize("text", ["{{7*7}}", "{{{7*7}}}", "{% raw %}", "{# gone #}", "{{ ''.__class__ }}", "{%", "{{"])
def test_names_are_not_templates(text):
    """Branca renders each element's text once more as a template: a name must not be able to use that."""
    study = make_study(side=2, n_venues=4)
    study = dataclasses.replace(study, areas=study.areas.assign(name=text), venues=study.venues.assign(name=text))
    data = Elements(render_page(study)).scripts[-1].split("OutreachMap.start(")[1]
    names = json.loads(data[data.index('{"texts"') : data.rindex("}") + 1])["areas"]["name"]
    assert names == [text] * 4


@pytest.mark.parametrize(
    "text", ["", " ", "a\x00b", "\u2067\u2067\u2067", "'", '"', "]]>", "<!--", "--></script>", "{{ 7*7 }}", "{n}", "%s", "\\", "x" * 5000]
)  # fmt: skip
def test_any_name_can_be_rendered(text):
    study = make_study(side=2, n_venues=4)
    areas = study.areas.assign(name=text)
    venues = study.venues.assign(name=text, exit=text)
    html = render_page(dataclasses.replace(study, areas=areas, venues=venues))
    assert Elements(html).scripts[-1].startswith("var map_main") or "L.map(" in Elements(html).scripts[-1]
    assert "49" not in re.findall(r"<bdi>(.*?)</bdi>", html)


def test_parsed_data_stays_in_its_template_string():
    nasty = {
        "a": "`${alert(1)}`",
        "b": "\\`",
        "c": "\\${x}",
        "d": "\\",
        "e": "`",
        "f": "$",
        "g": "{{x}}",
        "h": "</script>",
    }
    expression = to_parsed(nasty)
    assert expression.startswith("JSON.parse(String.raw`")
    inside = expression.removeprefix("JSON.parse(String.raw`").removesuffix("`)")
    assert "`" not in inside
    assert "${" not in inside
    assert "{{" not in inside
    assert "<" not in inside
    assert json.loads(inside) == nasty


def test_size_of_a_state_of_counties(page):
    assert len(page.encode()) < 600_000
    assert len(gzip.compress(page.encode())) < 160_000


def test_size_of_a_state_of_tracts():
    study = make_study(side=30, cell_m=9_000, n_venues=400)
    html = render_page(study)
    assert html.count("<tr data-i=") == 900
    assert len(html.encode()) < 1_500_000
    assert len(gzip.compress(html.encode())) < 400_000
    first, later, unprinted = re.findall(r"<tbody[^>]*>(.*?)</tbody>", html.split('id="areas"')[1], re.DOTALL)[:3]
    assert [part.count("<tr data-i=") for part in (first, later, unprinted)] == [100, 60, 740]
    assert html.count('<tbody class="later unprinted">') == 1


def test_neighbours_keep_their_common_border(study):
    simple = simplify(study.areas.geometry, 400, coverage=True)
    assert sum(shape.area for shape in simple) == pytest.approx(study.areas.area.sum())
    assert np.all([not shape.is_empty for shape in simple])


@pytest.mark.parametrize(
    "tables", [{"towns": None}, {"venues": "empty"}, {"providers": "confidential"}, {"reach": "empty"}, {"dropped": ()}]
)
def test_tables_may_be_missing_or_empty(study, tables):
    changed = dict(tables)
    if changed.get("venues"):
        changed["venues"] = study.venues.iloc[:0]
    if changed.get("providers"):
        changed["providers"] = study.providers.assign(public=False)
    if changed.get("reach"):
        changed["reach"] = study.reach.iloc[:0]
    html = render_page(dataclasses.replace(study, **changed))
    assert html.count("<tr data-i=") == 81


def test_optional_background_is_drawn(study):
    @dataclasses.dataclass(frozen=True)
    class Rich:
        base: object
        context: object
        roads_context: object
        regions: object

        def __getattr__(self, name):
            return getattr(self.base, name)

    regions = study.areas.iloc[:4][["name", "geometry"]]
    rich = Rich(study, study.areas[["geometry"]], study.highways[["geometry"]], regions)
    page_map = build_map(rich)
    assert {"context", "roads", "regions"} <= set(page_map._children)
    html = page_map.get_root().render()
    for words in ("Main roads", "Neighboring areas", "Region outlines"):
        assert words in html


def test_one_area_and_one_category():
    study = make_study(side=1, unreachable=False, n_venues=3)
    html = render_page(study)
    assert html.count("<tr data-i=") == 1


def test_expiry(study):
    @dataclasses.dataclass(frozen=True)
    class Expiring:
        base: object
        expires_on: object

        def __getattr__(self, name):
            return getattr(self.base, name)

    project = Expiring(study.project, study.project.as_of.replace(year=2027))
    html = render_page(dataclasses.replace(study, project=project))
    assert 'data-expires="2027-11-01" hidden' in html
    assert "checked again by November 1, 2027" in html


def test_spanish_page():
    html = render_page(make_study(side=3, language="es", units="km"))
    assert '<html lang="es">' in html
    assert "Datos de ejemplo, no usar" in html
    assert "No muestra dónde ocurre la trata" in html
    assert "Need help? Call 1-888-373-7888" in html
