"""Nothing on the page is cut, covered or out of reach, whatever the window's size and the language."""

import pytest

from tests.browser.looking import SMALL_TARGETS, apart, at_rest, rect, until

SPILLING = """(selector) => [...document.querySelectorAll(selector)]
  .filter(n => n.getClientRects().length && n.scrollWidth > n.clientWidth).map(n => n.textContent)"""
BROKEN = """(selector) => [...document.querySelectorAll(selector)].flatMap(n => n.textContent.split(' ').filter(word => {
  const range = document.createRange();
  const at = n.textContent.indexOf(word);
  range.setStart(n.firstChild, at);
  range.setEnd(n.firstChild, at + word.length);
  return range.getClientRects().length > 1;
}))"""


@pytest.mark.parametrize(
    ("name", "width", "height", "opens"),
    [
        ("example sections", 1280, 800, "#sections"),
        ("example sections in Spanish", 1280, 800, "#sections"),
        ("example sections in Spanish", 768, 1024, "#sections"),
        ("example sections in Spanish", 320, 568, "#sections"),
        ("example sections in Spanish", 320, 568, "#areas"),
    ],
)
def test_minutes_on_the_card_leave_room_for_the_service(visit, name, width, height, opens):
    page = visit(name, width, height).page
    if opens == "#sections":
        page.click("#by-sections")
    page.click(f"{opens} tbody tr:nth-child(2) button")
    at_rest(page)
    assert page.locator("#card dd small").count()
    assert page.evaluate(SPILLING, "#card dt, #card dd") == []


@pytest.mark.parametrize("turned", [(700, 800), (640, 400), (844, 390)])
def test_buttons_are_in_reach_however_the_window_changes(visit, turned):
    page = visit("counties").page
    page.focus("#b-csv")
    for width, height in (turned, (1280, 800), turned):
        page.set_viewport_size({"width": width, "height": height})
        button = page.locator("#b-csv")
        button.scroll_into_view_if_needed(timeout=2000)
        assert button.is_visible()
        assert page.locator("#panel .actions").count() == (width < 1280)
        assert page.locator("#b-csv:focus").count()
    with page.expect_download():
        page.click("#b-csv")


def test_a_low_window_scrolls_as_a_narrow_one(visit):
    page = visit("counties", 844, 390).page
    assert rect(page, "#stage")["width"] == 844
    assert rect(page, "#stage")["height"] > 0.6 * 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 844
    assert page.evaluate(SMALL_TARGETS) == []
    page.click("#areas tbody tr:nth-child(6) button")
    until(page, "Math.abs(document.getElementById('stage').getBoundingClientRect().top) < 10")


@pytest.mark.parametrize(("pressed", "width"), [("#b-larger", 1280), ("#b-present", 1280), ("#b-present", 1440)])
def test_the_credit_leaves_room_for_the_scale(visit, pressed, width):
    page = visit("example", width, 800).page
    page.click(pressed)
    at_rest(page)
    assert apart(rect(page, ".leaflet-control-scale"), rect(page, ".leaflet-control-attribution"))


@pytest.mark.parametrize(
    ("name", "width", "height", "larger"),
    [
        ("example sections in Spanish", 768, 1024, False),
        ("example sections in Spanish", 960, 540, False),
        ("example sections in Spanish", 320, 568, False),
        ("example", 320, 568, False),
        ("example", 375, 667, True),
    ],
)
def test_tabs_and_names_fit_the_panel(visit, name, width, height, larger):
    page = visit(name, width, height).page
    if larger:
        page.click("#b-larger")
    assert page.evaluate(SPILLING, "#panel, [role=tablist]") == []
    assert page.evaluate(BROKEN, "#areas bdi") == []
    page.click("#tab-services")
    assert page.evaluate(SPILLING, "#panel, [role=tablist]") == []


def test_what_is_chosen_can_be_told_in_forced_colours(visit):
    """As Windows' contrast themes have them: the page's own colours, shadows and grounds are gone."""
    page = visit("example sections", forced_colors="active").page
    page.click("#areas tbody tr:nth-child(2) button")
    page.click("#along summary")
    page.click("#gaps li button")
    looks = page.evaluate("""() => Object.fromEntries(Object.entries({
      tab: ['#tab-list', '#tab-about', 'borderBottomColor'], button: ['#by-areas', '#by-sections', 'color'],
      row: ['#areas tr.chosen', '#areas tbody tr:not(.chosen)', 'outlineStyle'],
      stretch: ['#gaps li.on', '#gaps li:not(.on)', 'outlineStyle'], disc: ['.rank span', '#areas td', 'backgroundColor'],
    }).map(([what, [chosen, other, look]]) =>
      [what, [chosen, other].map(each => getComputedStyle(document.querySelector(each))[look])]))""")
    assert [what for what, (chosen, other) in looks.items() if chosen == other] == []
    assert looks["disc"][0] == "rgb(17, 17, 17)"


def test_after_printing_the_list_is_where_it_was(visit):
    page = visit("example").page
    page.evaluate("document.getElementById('panel').scrollTop = 900")
    page.pdf()
    until(page, "!document.documentElement.classList.contains('printing')")
    assert page.evaluate("document.getElementById('panel').scrollTop") == 900
