"""The 47 checks on the page of all 878 census tracts of Mississippi."""

from tests.browser.looking import left_of, link_with, until
from tests.browser.page_checks import PageChecks

DIM = ".folium-map path.area.dim"


class TestRealTracts(PageChecks):
    """See `PageChecks`."""

    name = "real tracts"


# Here and not beside the other checks of filters, so that this page is made once.


def test_every_filter_is_a_named_control_that_the_keyboard_reaches(visit):
    page = visit("real tracts").page
    page.focus("#search")
    reached = [page.evaluate("document.activeElement.id")]
    for _ in range(5):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id"))
    assert reached == ["search", "highway", "county", "service", "only-under", "only-rural"]
    for name in ("search", "highway", "county", "service"):
        assert page.get_attribute(f"#{name}", "aria-label")
    assert page.get_attribute("#count", "role") == "status"


def test_filters_act_together_on_table_map_and_link(visit, pages):
    seen = visit("real tracts")
    page, view = seen.page, pages.views["real tracts"]
    far = view.place.required.index("medical")
    page.select_option("#county", "Holmes")
    assert left_of(page) == (sum(row.place == "Holmes" for row in view.rows), 878)
    page.select_option("#county", "")
    page.select_option("#service", "medical")
    expected = [row for row in view.rows if row.services[far].beyond > 0.5]
    assert 0 < len(expected) < 878
    assert left_of(page) == (len(expected), 878)
    assert page.locator(DIM).count() == 878 - len(expected)
    page.check("#only-rural")
    page.select_option("#highway", "I-55")
    expected = [row for row in expected if row.rural_share > 0.5 and "I-55" in row.highways]
    assert left_of(page)[0] == len(expected)
    again = visit("real tracts", fragment=link_with(page, "r=1", "h=I-55")).page
    assert left_of(again)[0] == len(expected)
    assert again.input_value("#service") == "medical"
    assert again.is_checked("#only-rural")
    again.click("#clear")
    assert again.inner_text("#count") == "Showing all 878 tracts"
    assert again.locator(DIM).count() == 0
    assert again.locator("#clear").is_hidden()
    until(again, "!/[&#][hckur]=/.test(location.hash)")
