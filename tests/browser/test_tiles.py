"""The online background map: nothing is asked before the reader asks, and the page works when nobody answers."""

import base64

import pytest

from maps.page import render_page
from tests.browser.conftest import sync_api
from tests.maps.studies import make_study

TILES = {"url": "https://tiles.example.org/{z}/{x}/{y}.png", "attribution": "© Example tiles", "max_zoom": 12}
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


@pytest.fixture(scope="module", autouse=True)
def tiled_page(pages, tmp_path_factory):
    pages["tiled"] = tmp_path_factory.mktemp("tiled") / "map.html"
    pages["tiled"].write_text(render_page(make_study(tiles=TILES)), encoding="utf-8")


def asked(seen) -> list[str]:
    return [url for url in seen.requests if not url.startswith(("file:", "data:", "blob:"))]


def test_nothing_is_asked_before_the_reader_ticks_the_box(visit):
    seen = visit("tiled")
    page = seen.page
    page.route("https://tiles.example.org/**", lambda route: route.fulfill(body=DOT, content_type="image/png"))
    page.click("#areas tbody tr:nth-child(3)")
    page.wait_for_timeout(700)
    assert asked(seen) == []
    assert "learns your address" in page.inner_text("#key")
    page.check("#tiles")
    page.wait_for_selector(".leaflet-tile-loaded", state="attached")
    assert asked(seen)
    assert all(url.startswith("https://tiles.example.org/") for url in asked(seen))
    assert "Example tiles" in page.inner_text(".leaflet-control-attribution")
    fragment = page.evaluate("location.hash")
    page.uncheck("#tiles")
    assert "Example tiles" not in page.inner_text(".leaflet-control-attribution")
    assert page.locator(".leaflet-tile").count() == 0
    again = visit("tiled", fragment=fragment)
    assert not again.page.is_checked("#tiles")
    assert asked(again) == []


def test_the_page_works_when_nobody_answers(visit):
    page = visit("tiled").page
    page.route("https://tiles.example.org/**", lambda route: route.abort())
    page.check("#tiles")
    sync_api.expect(page.locator("#live")).to_contain_text("cannot be reached")
    page.click("#areas tbody tr:nth-child(3)")
    assert page.is_visible("#card")
