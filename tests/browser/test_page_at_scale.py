"""The page of 5,000 hexagons and 20,000 venues: a canvas draws them, and all that elements can do still holds."""

import csv
import gzip
import io
import re

import pytest

from tests.browser.conftest import sync_api
from tests.browser.looking import at_rest, link_with, placed_labels, rect, until, violations

AREAS = 5_092
VENUES = 19_000
PRINTED = 160
MB = 1_000_000

PIXEL = """([pane, x, y]) => {
  const canvas = document.querySelector(`.leaflet-${pane}-pane canvas`), box = canvas.getBoundingClientRect();
  const at = [(x - box.left) * canvas.width / box.width, (y - box.top) * canvas.height / box.height];
  return [...canvas.getContext('2d').getImageData(...at, 1, 1).data];
}"""
OTHER = f"([before, ...at]) => ({PIXEL})(at).join() !== before.join()"
VENUE = """() => {
  const canvas = document.querySelector('.leaflet-venues-pane canvas'), box = canvas.getBoundingClientRect();
  const stage = document.getElementById('stage').getBoundingClientRect();
  const {data, width} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  for (let i = 3; i < data.length; i += 4) {
    const [x, y] = [box.left + (i >> 2) % width, box.top + Math.floor((i >> 2) / width)];
    if (data[i] === 255 && x > stage.left + 60 && y > stage.top + 60) return [x, y];
  }
  return null;
}"""


@pytest.fixture(scope="module")
def opened(profiles, pages):
    from tests.browser.conftest import open_page

    seen = open_page(profiles, pages["hexagons"])
    yield seen.page
    assert not seen.errors
    assert len(seen.requests) == 1
    seen.page.close()


@pytest.fixture
def page(opened):
    opened.bring_to_front()
    return opened


@pytest.fixture
def fresh(visit):
    return lambda *size, **options: visit("hexagons", *size, **options).page


def middle(page):
    """Return a point of the map that shows land and nothing else."""
    stage = rect(page, "#stage")
    return stage["left"] + 0.2 * stage["width"], stage["top"] + 0.3 * stage["height"]


def test_weight(pages):
    raw = pages["hexagons"].read_bytes()
    assert len(raw) < 4 * MB
    assert len(gzip.compress(raw)) < 1 * MB


def test_few_elements(page):
    assert page.evaluate("document.querySelectorAll('*').length") < 3_000
    assert page.locator(".folium-map path.area").count() == 0
    assert page.locator("#areas tbody tr").count() == 100
    assert page.inner_text("#rows") == f"Rows 1–100 of {AREAS:,}"
    assert page.get_attribute("#areas", "aria-rowcount") == str(AREAS + 1)


def test_labels_and_discs_do_not_overlap(page):
    found = placed_labels(page)
    assert found["hits"] == 0
    assert found["shown"] >= 10


def test_the_canvas_has_the_colours_of_the_key(fresh):
    page = fresh()
    swatches = page.eval_on_selector_all("#ramp i", "nodes => nodes.map(n => getComputedStyle(n).backgroundColor)")
    drawn = page.evaluate("""() => {
      const canvas = document.querySelector('.leaflet-areas-pane canvas');
      const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      const found = {};
      for (let i = 0; i < data.length; i += 4) if (data[i + 3] === 255) {
        const name = `rgb(${data[i]}, ${data[i + 1]}, ${data[i + 2]})`;
        found[name] = (found[name] || 0) + 1;
      }
      return Object.entries(found).sort((a, b) => b[1] - a[1]).slice(0, 8).map(([name]) => name);
    }""")
    assert set(swatches) <= set(drawn)
    at = middle(page)
    light = page.evaluate(PIXEL, ["areas", *at])
    page.click("#b-dark")
    until(page, OTHER, [light, "areas", *at])
    page.click("#b-dark")
    page.uncheck('#key [data-layers="fill"]')
    until(page, OTHER, [light, "areas", *at])
    page.check('#key [data-layers="fill"]')
    page.fill("#search", "nowhere")
    until(page, f"at => ({PIXEL})(at)[3] < 255", ["areas", *at])


def test_an_area_is_chosen_by_a_click_and_found_on_its_page(fresh):
    page = fresh()
    page.mouse.move(*middle(page))
    assert page.locator(".tip").is_visible()
    page.mouse.click(*middle(page))
    at_rest(page)
    row = page.locator("#areas tr.chosen")
    assert row.locator("button").inner_text() == page.inner_text("#card-name")
    assert page.locator("path.frame-inner").count() == 1
    again = fresh(fragment=link_with(page, "a="))
    assert again.inner_text("#card-name") == page.inner_text("#card-name")
    assert again.locator("#areas tr.chosen").count() == 1


def test_every_area_is_within_reach_of_the_keyboard(fresh, pages):
    page = fresh()
    view = pages.views["hexagons"]
    page.focus("#more")
    for _ in range(3):
        page.focus("#more")
        page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('tr').getAttribute('aria-rowindex')") == "302"
    page.keyboard.press("Enter")
    assert page.inner_text("#card-name") == view.rows[300].name
    page.fill("#search", view.rows[4_000].name)
    page.press("#search", "Enter")
    assert view.rows[4_000].name in page.inner_text("#card-name")
    assert page.locator("path[tabindex='0']").count() == 0


def test_venues_are_made_when_they_are_shown_and_answer_the_pointer(fresh):
    page = fresh()
    assert page.locator(".leaflet-venues-pane canvas").count() == 0
    for kind in ("motel", "truck_stop"):
        page.check(f'#key [data-layers="{kind}"]')
    spot = until(page, VENUE)
    page.mouse.move(*spot)
    assert page.locator(".tip:visible").count() == 1
    assert "Example place" in page.inner_text(".tip")
    page.mouse.click(*spot)
    popup = page.wait_for_selector(".leaflet-popup")
    assert popup.get_attribute("role") == "dialog"
    assert "says nothing about what happens there" in popup.inner_text()
    assert not page.is_visible("#card")
    page.click(".leaflet-popup-close-button")
    page.wait_for_timeout(700)
    before = page.url
    page.mouse.move(*spot)
    page.mouse.down()
    page.mouse.move(spot[0] + 80, spot[1] + 40, steps=4)
    page.mouse.up()
    sync_api.expect(page).not_to_have_url(before, timeout=10_000)
    assert not page.locator(".leaflet-popup").count()


def test_venues_of_an_area_are_listed_on_its_card(fresh):
    page = fresh()
    page.select_option("#highway", "I-5")
    page.click("#areas tbody tr:nth-child(1)")
    page.click("#card details summary")
    page.click("#card details li >> nth=0 >> button")
    assert page.wait_for_selector(".leaflet-popup h3").inner_text().startswith("Example place")


def test_axe(fresh, axe_script):
    page = fresh()
    page.click("#more")
    page.click("#areas tbody tr:nth-child(2)")
    at_rest(page)
    assert violations(page, axe_script) == []


def test_print_caps_the_rows_and_says_so(fresh):
    page = fresh()
    page.click("#more")
    pdf = page.pdf(prefer_css_page_size=True, print_background=True, tagged=True)
    assert 2 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 8
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("#areas tbody tr:visible").count() == PRINTED
    assert f"The first {PRINTED} of {AREAS:,} are printed" in page.inner_text(".printonly:visible")
    fine = page.evaluate("""() => { const canvas = document.querySelector('.leaflet-areas-pane canvas');
      return canvas.width / canvas.getBoundingClientRect().width }""")
    assert fine == pytest.approx(2, abs=0.01)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert page.inner_text("#rows") == f"Rows 101–200 of {AREAS:,}"


def test_csv_and_picture_have_everything(fresh, tmp_path):
    page = fresh()
    with page.expect_download() as download:
        page.click("#b-csv")
    download.value.save_as(tmp_path / "a.csv")
    text = (tmp_path / "a.csv").read_text(encoding="utf-8-sig")
    assert len(list(csv.reader(io.StringIO(text)))) == AREAS + 1
    with page.expect_download() as download:
        page.click("#b-image")
    download.value.save_as(tmp_path / "map.png")
    assert (tmp_path / "map.png").stat().st_size > 150_000


def test_script_off(fresh):
    page = fresh(script=False)
    assert page.locator(".still > svg").is_visible()
    assert page.locator("#areas tbody tr:visible").count() == PRINTED
    assert f"the first {PRINTED} of {AREAS:,} rows" in page.inner_text("#stage .banner")
    assert "ranking.csv" in page.inner_text("#stage .banner")


def test_small_screen(fresh):
    page = fresh(375, 667, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.tap("#more")
    page.tap("#areas tbody tr:nth-child(3) button")
    until(page, "Math.abs(document.getElementById('stage').getBoundingClientRect().top) < 10")
