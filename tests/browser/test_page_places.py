"""Exits: the card of an area or a section names them, and popups say the drive from theirs."""

import re


def test_the_card_names_the_exits_of_the_area(visit):
    page = visit("example", fragment="#a=28015").page
    buttons = page.locator("#card .exits-here button")
    assert buttons.all_inner_texts() == ["exit 173, MS 35", "exit 196, MS 404"]
    assert page.inner_text("#card .exits-here b") == "I-55"
    buttons.first.click()
    assert "I-55, exit 173, MS 35" in page.inner_text(".leaflet-popup h3")


def test_where_there_is_no_exit_the_card_names_the_one_that_leads_there(visit, pages):
    page = visit("example").page
    number = next(number for number, row in enumerate(pages.views["example"].rows) if not row.highways)
    page.click(f"#areas tbody tr:nth-child({number + 1})")
    text = page.inner_text("#card .exits-here")
    assert re.search(r"Nearest exit\n+I-(55|20) exit \d+.* \d+ min away on average", text), text


def test_popups_of_venues_and_services_say_their_exit_and_the_drive(visit):
    page = visit("example", fragment="#a=28015").page
    for summary in page.locator("#card details summary").all():
        summary.click()
    venue = page.locator("#card details li").first
    assert re.search(r"Motel · I-55, exit 1(73|96).*: \d+ min drive", venue.inner_text())
    venue.locator("button").click()
    assert re.search(r"I-55, exit 1(73|96).*: \d+ min drive", page.inner_text(".leaflet-popup"))
    page.click("#tab-services")
    page.click("#services tbody tr button")
    assert re.search(r"I-(55|20), exit \d+.*: \d+ min drive", page.inner_text(".leaflet-popup"))
    page.click("#services tbody tr:nth-child(3) button")
    page.wait_for_selector(".leaflet-popup :text('adults, families')")


def test_a_section_names_its_exits(visit):
    page = visit("example sections").page
    page.click("#by-sections")
    page.click("#sections tbody tr:nth-child(2)")
    page.locator("#card .exits-here button").first.click()
    assert page.inner_text("#card .exits-here button >> nth=0") in page.inner_text(".leaflet-popup h3")


def test_in_spanish(visit):
    page = visit("example sections in Spanish", fragment="#a=28015").page
    for summary in page.locator("#card details summary").all():
        summary.click()
    page.wait_for_selector("#card details li")  # made when first seen
    text = page.inner_text("#card")
    assert "Salidas aquí" in text
    assert re.search(r"I-55, salida 1(73|96).*: a \d+ min en auto", text)
