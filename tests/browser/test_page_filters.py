"""Filters: each acts on table, map and both rankings, tells how many are left, and is in the link."""

import pytest

from tests.browser.looking import left_of, link_with

SECTIONS = "#sections tbody tr"


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
    again = visit("example", fragment=link_with(page, "w=medical")).page
    assert again.input_value("#gap-category") == "medical"
    assert again.input_value("#service-category") == "legal"
    assert left_of(again, "#service-count") == told


@pytest.mark.parametrize("fragment", ["#k=<b>&c=Nowhere&h=none&w=x&y=y", "#k=constructor&c=__proto__"])
def test_a_link_with_unknown_filters_shows_all(visit, fragment):
    seen = visit("example sections", fragment=fragment)
    assert seen.page.inner_text("#count") == "Showing all 82 counties"
    assert not seen.errors
