"""Filters: each acts on table, map and both rankings, tells how many are left, and is in the link."""

import re

import pytest

SECTIONS = "#sections tbody tr"
DIM = ".folium-map path.area.dim"


def left_of(page, selector="#count"):
    """Return how many rows are left of how many, as the page says it."""
    numbers = re.findall(r"\d[\d,]*", page.inner_text(selector))
    return tuple(int(number.replace(",", "")) for number in numbers)


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
    page.wait_for_timeout(500)
    again = visit("real tracts", fragment=page.evaluate("location.hash")).page
    assert left_of(again)[0] == len(expected)
    assert again.input_value("#service") == "medical"
    assert again.is_checked("#only-rural")
    again.click("#clear")
    assert again.inner_text("#count") == "Showing all 878 tracts"
    assert again.locator(DIM).count() == 0
    assert again.locator("#clear").is_hidden()
    again.wait_for_timeout(500)
    assert not re.search("[&#][hckur]=", again.evaluate("location.hash"))


def test_sections_obey_the_same_filters(visit):
    page = visit("example sections").page
    page.click("#by-sections")
    total = page.locator(SECTIONS).count()
    page.select_option("#highway", "I-20")
    names = page.locator(f"{SECTIONS}:visible bdi").all_inner_texts()
    assert 0 < len(names) < total
    assert all(name.startswith("I-20") for name in names)
    assert left_of(page, "#section-count") == (len(names), total)
    assert page.locator("path.section.dim").count() == total - len(names)
    assert page.locator(".rank.of-sections.dim").count()
    page.select_option("#county", "Hinds")
    assert left_of(page, "#section-count")[0] < len(names)
    page.fill("#search", "zzzz")
    assert "No section matches" in page.inner_text("#section-count")


def test_a_kind_of_service_is_taken_over_by_the_other_lists(visit):
    page = visit("example").page
    page.select_option("#service", "legal")
    page.click("#tab-services")
    assert page.input_value("#service-category") == "legal"
    told = left_of(page, "#service-count")
    assert told[0] < told[1]
    page.click("#along-box summary")
    assert page.input_value("#gap-category") == "legal"
    assert left_of(page, "#gap-count")[0] == page.locator("#gaps li:visible").count()
    page.select_option("#gap-category", "medical")
    page.wait_for_timeout(500)
    again = visit("example", fragment=page.evaluate("location.hash")).page
    assert again.input_value("#gap-category") == "medical"
    assert again.input_value("#service-category") == "legal"
    assert left_of(again, "#service-count") == told


@pytest.mark.parametrize("fragment", ["#k=<b>&c=Nowhere&h=none&w=x&y=y", "#k=constructor&c=__proto__"])
def test_a_link_with_unknown_filters_shows_all(visit, fragment):
    seen = visit("example sections", fragment=fragment)
    assert seen.page.inner_text("#count") == "Showing all 82 counties"
    assert not seen.errors
