"""The picture that the page saves of its map: what can be seen there, and nothing else, as legible as it is there."""

import pytest

from tests.browser.looking import at_rest

CATCH = """() => { window.Image = class extends Image { set src(address) { window.caught = address; super.src = address; } }; }"""
PICTURE = """async () => {
  const text = decodeURIComponent(window.caught.replace(/^[^,]*,/, ''));
  const picture = new DOMParser().parseFromString(text, 'image/svg+xml').documentElement;
  const width = Number(picture.getAttribute('width'));
  document.body.append(picture);
  const all = selector => [...picture.querySelectorAll(selector)];
  const found = {
    width,
    texts: all(':scope > text').map(n => [n.textContent, Number(n.getAttribute('font-size')), n.getBBox().x + n.getBBox().width]),
    hatched: all('path[fill*=hatch]').length,
    outlined: all('path[stroke-width="1.8px"]').length,
    lines: all('line').filter(n => n.getTotalLength() > 1).length,
    dots: all('circle[r="2.5"]').length,
    names: all('svg text[paint-order]').map(n => n.getAttribute('stroke')),
    ramp_above_map: all('svg > svg text').some(n => n.textContent.includes('–')),
  };
  picture.remove();
  return found;
}"""
SHOWN = """selector => [...document.querySelectorAll(selector)]
  .filter(n => n.getClientRects().length && getComputedStyle(n).visibility !== 'hidden').length"""


@pytest.fixture
def picture(tmp_path):
    """Save the picture of a page and tell what is in it."""

    def take(page) -> dict[str, object]:
        at_rest(page)
        page.evaluate(CATCH)
        with page.expect_download() as download:
            page.click("#b-image")
        download.value.save_as(tmp_path / "map.png")
        assert (tmp_path / "map.png").read_bytes().startswith(b"\x89PNG")
        return page.evaluate(PICTURE)

    return take


def test_what_the_page_hides_is_not_in_the_picture(visit, picture):
    page = visit("example sections").page
    found = picture(page)
    assert found["hatched"] == found["outlined"] == 1
    page.click("#by-sections")
    found = picture(page)
    assert found["hatched"] == found["outlined"] == 0


def test_names_in_a_dark_picture_have_their_halo_and_towns_their_dot(visit, picture):
    page = visit("example").page
    page.click("#b-dark")
    page.click("#areas tbody tr:nth-child(3) button")
    found = picture(page)
    halo = page.evaluate("getComputedStyle(document.body).getPropertyValue('--halo')")
    assert len(found["names"]) == page.evaluate(SHOWN, ".town, .area-name")
    assert set(found["names"]) == {halo}
    assert found["dots"] == page.evaluate(SHOWN, ".town") > 5
    assert not found["ramp_above_map"]


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (375, 667), (320, 568)])
def test_title_and_credit_are_whole_in_the_picture(visit, picture, width, height):
    page = visit("example", width, height).page
    found = picture(page)
    texts = found["texts"]
    words = " ".join(text for text, _, _ in texts)
    assert page.inner_text("h1").replace("\n", " ") in words
    assert page.inner_text(".leaflet-control-attribution").replace("\n", " ") in words
    assert min(size for _, size, _ in texts) >= 11
    assert max(right for _, _, right in texts) <= found["width"]
    moved = page.evaluate("[...document.querySelectorAll('.rank i')].filter(n => n.offsetWidth > 1).length")
    assert found["lines"] == 2 * moved
    assert moved or width > 400
