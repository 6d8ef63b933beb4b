"""The strip charts and the sections on the page, in a real browser, with the bundled example."""

import dataclasses
import re
from pathlib import Path

import pytest

from geo.example_study import write_example
from geo.inputs import load_inputs
from geo.project_file import load_project
from layers.study import make_study
from maps.page import render_page
from tests.browser.conftest import sync_api
from tests.browser.looking import AREA_BOX, apart, at_rest, click_while_it_zooms, inside, link_with, rect

MARKED = "svg.strip .span, svg.strip .needle"


@pytest.fixture(scope="module", autouse=True)
def along_page(pages: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Add the example, with sections of its highways, to the pages that can be visited."""
    folder = tmp_path_factory.mktemp("along")
    file = write_example(folder / "study")
    text = file.read_text(encoding="utf-8")
    if "[sections]" not in text:
        file.write_text(f'{text}\n[sections]\nby = "length"\n', encoding="utf-8")
    project = load_project(file)
    study = make_study(project, load_inputs(project), progress=lambda _: None)
    assert study.along is not None
    pages["along"] = folder / "along.html"
    pages["along"].write_text(render_page(study), encoding="utf-8")
    pages["no-gaps"] = folder / "no-gaps.html"
    along = study.along
    calm = dataclasses.replace(
        along,
        gaps=along.gaps.iloc[:0],
        strips=tuple(dataclasses.replace(strip, gaps=()) for strip in along.strips),
    )
    pages["no-gaps"].write_text(render_page(dataclasses.replace(study, along=calm, sections=None)), encoding="utf-8")


def centre(page) -> list[float]:
    """Return zoom, latitude and longitude from the page's address."""
    page.wait_for_timeout(400)  # until a move is over; on a busy machine the first address may take longer
    return [float(part) for part in link_with(page, "v=").split("v=")[1].split("&")[0].split("/")]


def test_a_gap_is_marked_on_the_map_and_on_its_chart(visit):
    seen = visit("along")
    page = seen.page
    page.click("#along-box > summary")
    assert re.search(
        r"miles beyond 30 minutes from .* \(at worst \d+ minutes\); ", page.inner_text("#gaps li:first-child")
    )
    page.click("#gaps li:first-child button")
    assert page.locator("path.span-inner").count() == 1
    assert page.locator(".strip-box.on .span").count() == 1
    assert page.get_attribute("#gaps li:first-child button", "aria-current") == "true"
    stretch = page.locator("path.span-inner").bounding_box()
    stage = page.locator("#stage").bounding_box()
    assert stage["y"] <= stretch["y"]
    assert stretch["y"] + stretch["height"] <= stage["y"] + stage["height"]
    page.locator(".strip-box.on [data-at^=gap]").last.click()
    assert page.locator("#gaps li.on").count() == 1
    page.select_option("#gap-category", "medical")
    assert "medical care" in page.locator("#gaps li:visible").first.inner_text()
    assert seen.errors == []
    assert not [url for url in seen.requests if not url.startswith(("file:", "data:"))]


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (768, 1024)])
def test_the_open_panel_leaves_all_areas_in_sight_above_the_credit(visit, width, height):
    page = visit("along", width, height).page
    page.click("#along-box > summary")
    at_rest(page)
    areas = page.evaluate(AREA_BOX, False)
    assert inside(areas, rect(page, "#stage"))
    assert areas["bottom"] <= rect(page, ".leaflet-control-attribution")["top"]


def test_the_panel_makes_room_for_what_was_chosen_also_while_the_map_zooms(visit):
    page = visit("along", motion=True).page
    row, panel = "#areas tbody tr:nth-child(7)", "#along-box > summary"
    page.click(row)
    at_rest(page)
    page.click(panel)
    at_rest(page)
    slowly = rect(page, "path.frame-inner")
    page.click(panel)
    page.click("#b-reset")
    at_rest(page)
    click_while_it_zooms(page, row, panel)
    assert rect(page, "path.frame-inner") == pytest.approx(slowly, abs=3)


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (375, 667)])
def test_a_chosen_stretch_is_clear_of_key_and_credit(visit, width, height):
    page = visit("along", width, height).page
    page.click("#along-box > summary")
    for button in page.locator("#gaps button").all()[:6]:
        button.click()
        at_rest(page)
        stretch = rect(page, "path.span-inner")
        assert inside(stretch, rect(page, "#stage"))
        for cover in ("#key", ".leaflet-control-zoom", ".leaflet-control-attribution"):
            assert apart(stretch, rect(page, cover)), (button.inner_text(), cover)


def test_exits_lead_from_the_chart_to_the_map_and_back(visit):
    seen = visit("along")
    page = seen.page
    page.click("#along-box > summary")
    page.click(".chooser button:nth-child(2)")
    page.locator(".strip-box.on [data-at='exit 3']").click(force=True)
    assert "I-20, exit 35" in page.inner_text(".leaflet-popup")
    assert "min" in page.inner_text(".leaflet-popup dl")
    assert page.locator(".strip-box.on .needle").count() == 1
    _, latitude, longitude = centre(page)
    assert abs(latitude - 32.34) < 0.1
    assert abs(longitude + 90.3) < 0.2
    page.click(".chooser button:nth-child(1)")
    page.evaluate("document.querySelector('.leaflet-popup-close-button').click()")
    page.locator("path.point.p-rest_area").first.dispatch_event("click")
    sync_api.expect(page.locator(MARKED)).to_have_count(1)
    assert seen.errors == []


REACHABLE = """() => {
  const covered = node => {
    const {left, top, width, height} = node.getBoundingClientRect();
    return ![[0.5, 0.5], [0.1, 0.1], [0.9, 0.1], [0.1, 0.9], [0.9, 0.9]].every(([x, y]) =>
      node.closest('.leaflet-popup').contains(document.elementFromPoint(left + x * width, top + y * height)));
  };
  return ['.leaflet-popup-close-button', '.leaflet-popup-content'].filter(each => covered(document.querySelector(each)));
}"""


@pytest.mark.parametrize(("width", "height"), [(320, 568), (375, 667), (768, 1024), (1280, 800)])
def test_nothing_covers_a_popup(visit, width, height):
    page = visit("along", width, height).page
    page.click("#tab-services")
    page.click("#along-box > summary")
    page.click("#key > summary")
    for opener in ("#services tbody tr:nth-child(3) button", "[data-exit]"):
        page.locator(opener).first.dispatch_event("click")
        at_rest(page)
        assert page.evaluate(REACHABLE) == [], opener
        assert inside(rect(page, ".leaflet-popup-content-wrapper"), rect(page, "#stage")), opener
        page.emulate_media(media="print")
        assert page.locator(".aside").evaluate_all(
            "all => all.every(n => getComputedStyle(n).visibility === 'visible')"
        )
        page.emulate_media(media="screen")
        page.click(".leaflet-popup-close-button")
        assert page.is_visible("#key > summary")
        assert page.is_visible(".leaflet-control-zoom-in")


def test_the_layers_are_off_at_first_and_can_be_switched_on(visit):
    page = visit("along").page
    assert page.locator(".folium-map path.stretch").count() == 0
    page.evaluate("document.querySelectorAll('#key input[data-layers^=beyond]').forEach(box => box.click())")
    assert page.locator(".folium-map path.stretch:not(.near)").count() >= 1
    assert page.locator(".folium-map path.stretch.near").count() >= 1
    page.evaluate("document.querySelector('#key input[data-layers=exits]').click()")
    assert page.locator(".folium-map path.exit-dot").count() == 52


def test_sections_are_coloured_by_what_the_chooser_says(visit):
    seen = visit("along")
    page = seen.page
    classes = "nodes => nodes.map(n => /k\\d/.exec(n.getAttribute('class'))[0]).join('')"
    areas = page.eval_on_selector_all(".folium-map path.area", classes)
    page.click("#by-sections")
    by_priority = page.eval_on_selector_all("path.section", classes)
    assert len(set(by_priority.split("k"))) > 3
    assert page.inner_text("#measure-of") == "Color sections by"
    assert page.locator("#key ul.ramp li").count() == 5
    assert page.locator(".rank.of-sections:visible").count() >= 8
    assert page.locator(".rank.of-areas:visible").count() == 0
    page.select_option("#measure", "minutes_medical")
    assert page.eval_on_selector_all("path.section", classes) != by_priority
    page.click("#by-areas")
    assert page.inner_text("#measure-of") == "Color counties by"
    assert page.locator("path.section").count() == 0
    assert page.eval_on_selector_all(".folium-map path.area", classes) != areas
    page.set_viewport_size({"width": 1700, "height": 900})
    assert page.is_visible("#areas")
    assert page.is_visible("#sections")
    assert seen.errors == []


def test_a_link_keeps_drawer_tab_stretch_and_section(visit):
    page = visit("along").page
    page.click("#along-box > summary")
    page.click("#gaps li:nth-child(3) button")
    chosen = page.inner_text("#gaps li:nth-child(3)")
    fragment = link_with(page, "g=3")
    again = visit("along", fragment=fragment).page
    again.wait_for_timeout(600)
    assert again.get_attribute("#along-box", "open") is not None
    assert again.inner_text("#gaps li.on") == chosen
    assert again.locator(".strip-box.on .span").count() == 1
    assert again.evaluate("location.hash") == fragment
    page.click("#by-sections")
    page.click("#sections tbody tr:nth-child(2) button")
    page.click("#tab-about")
    fragment = link_with(page, "p=about", "&s=")
    again = visit("along", fragment=fragment).page
    again.wait_for_timeout(600)
    assert again.inner_text("#card-name") == page.inner_text("#card-name")
    assert again.is_visible("#panel-about")
    assert again.locator("path.section").count()
    assert again.evaluate("location.hash") == fragment
    for garbage in ("#d=9&g=999&s=nothing&p=none&b=2", "#d=x&g=-1&p=&s=%00"):
        seen = visit("along", fragment=garbage)
        assert seen.page.is_visible("#areas")
        assert seen.errors == []


def test_a_link_keeps_a_section_with_a_stretch_and_another_chart(visit):
    page = visit("along").page
    page.click("#along-box > summary")
    page.click("#by-sections")
    page.click("#sections tbody tr:first-child button")
    page.click(".chooser button:not([aria-pressed=true])")
    chart = page.inner_text(".chooser [aria-pressed=true]")
    number = page.locator(".chooser button").all_inner_texts().index(chart) + 1
    fragment = link_with(page, "&s=", f"d={number}")
    again = visit("along", fragment=fragment).page
    assert again.inner_text("#card-name") == page.inner_text("#card-name")
    assert again.inner_text(".chooser [aria-pressed=true]") == chart
    page.click("#gaps li:nth-child(3) button")
    fragment = link_with(page, "&s=", "g=3")
    again = visit("along", fragment=fragment).page
    again.wait_for_timeout(600)
    assert again.inner_text("#card-name") == page.inner_text("#card-name")
    assert again.inner_text("#gaps li.on") == page.inner_text("#gaps li.on")
    assert again.evaluate("location.hash") == fragment
    # Another link in the same tab, without a section or a stretch.
    again.click("#card-close")
    again.click("#gaps li:nth-child(2) button")
    again.evaluate("location.hash = '#d=1'")
    sync_api.expect(again.locator("#gaps li.on, path.span-inner, .strip .span")).to_have_count(0)


def test_sections_tell_residents_and_drivers_apart(visit):
    seen = visit("along")
    page = seen.page
    assert not page.is_visible("#sections")
    page.click("#by-sections")
    assert not page.is_visible("#areas")
    page.click("#sections tbody tr:first-child button")
    card = page.inner_text("#card")
    assert card.index("People who live here") < card.index("Drivers on the highway")
    assert "never added" in card
    assert page.locator("path.frame-inner").count() == 1
    page.press("#card-close", "Enter")
    assert page.locator("path.frame-inner").count() == 0
    assert page.evaluate("document.activeElement.matches('#sections tbody tr:first-child button')")
    page.click("#by-areas")
    page.click("#areas tbody tr:first-child button")
    assert "Drivers" not in page.inner_text("#card")
    assert seen.errors == []


def test_presentation_goes_through_the_sections_while_the_map_shows_them(visit):
    seen = visit("along")
    page = seen.page
    page.click("#by-sections")
    names = page.locator("#sections tbody button").all_inner_texts()
    page.click("#sections tbody tr:nth-child(2) button")
    page.click("#b-present")
    assert page.inner_text("#card-name") == names[1]
    for key, name in (("ArrowRight", names[2]), ("ArrowLeft", names[1])):
        page.keyboard.press(key)
        assert page.inner_text("#card-name") == name
        assert "Drivers on the highway" in page.inner_text("#card")
        assert page.locator("path.frame-inner").count() == 1
    page.keyboard.press("Escape")
    assert page.is_visible("#sections tr.chosen")
    assert seen.errors == []


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (375, 667)])
def test_open_it_is_accessible_and_nothing_sticks_out(visit, axe_script, width, height):
    page = visit("along", width, height).page
    page.click("#along-box > summary")
    page.click("#by-sections")
    page.evaluate(axe_script)
    found = page.evaluate("async () => (await axe.run(document)).violations.map(v => v.id + ' ' + v.nodes[0].html)")
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_script_all_charts_are_there(visit):
    page = visit("along", script=False).page
    page.click("#along-box > summary")
    assert page.locator("svg.strip").count() == 2
    assert page.locator("svg.strip").nth(0).is_visible()
    assert page.locator("svg.strip").nth(1).is_visible()
    assert page.is_visible("#sections")


def test_a_study_without_gaps_says_so(visit):
    seen = visit("no-gaps")
    seen.page.click("#along-box > summary")
    assert "Every exit is within 30 minutes" in seen.page.inner_text(".gaps")
    assert seen.errors == []
