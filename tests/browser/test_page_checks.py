"""What pages made for the purpose show beyond the 47 checks of `page_checks`: hostile texts, Spanish, many areas."""

import csv
import io
import json
import re

import pytest

from maps.client import to_parsed
from tests.browser.conftest import Pages
from tests.browser.looking import (
    AREA_BOX,
    LABELS,
    OVERLAPS,
    RECT,
    apart,
    at_rest,
    click_while_it_zooms,
    comes_into_sight,
    link_with,
    placed_labels,
    rect,
    violations,
)
from tests.browser.page_checks import LIGHT_RAMP
from tests.maps.studies import HOSTILE

# First view


def test_01_headline_states_the_finding(desk):
    page = desk
    heading = page.inner_text("h1")
    assert re.search(r"\d", heading)
    assert "Gridland" in heading
    subtitle = page.inner_text(".subtitle")
    for word in ("Drive time", "I-5", "US-9", "county", "November 1, 2026"):
        assert word in subtitle
    assert "Example data, not for use" in page.inner_text("#head")


@pytest.mark.parametrize(
    ("name", "width", "height"),
    [("tracts", 1280, 800), ("tracts", 375, 667)],
)
def test_04_labels_and_discs_do_not_overlap(visit, name, width, height):
    page = visit(name, width, height).page
    for _ in range(3):
        found = placed_labels(page)
        assert found["hits"] == 0
        assert found["shown"] >= 8
        page.click(".leaflet-control-zoom-in")
        at_rest(page)


def test_labels_are_placed_where_they_end_on_a_machine_that_draws_late(visit):
    page = visit("example", motion=True).page
    page.evaluate("""() => document.addEventListener('transitionrun', () => {
      document.getAnimations().forEach(each => { each.playbackRate = 0.1; });
      window.drawnLate = true;
    })""")
    for _ in range(2):
        page.click(".leaflet-control-zoom-in")
        at_rest(page)
        page.evaluate("document.getAnimations().forEach(each => each.finish())")
        assert page.evaluate("window.drawnLate")
        assert page.evaluate(OVERLAPS, LABELS)["hits"] == 0


# Search


def test_filters_by_highway_and_underserved(visit):
    page = visit().page
    page.select_option("#highway", "I-5")
    on_i5 = page.locator("#areas tbody tr:visible").count()
    assert 9 <= on_i5 < 40
    page.check("#only-under")
    assert page.locator("#areas tbody tr:visible").count() <= on_i5
    assert page.locator(".folium-map path.area.dim").count() == 81 - page.locator("#areas tbody tr:visible").count()


def test_chooser_recolours_the_map(visit):
    page = visit().page
    before = page.eval_on_selector_all(".folium-map path.area", "n => n.map(a => a.getAttribute('class')).join()")
    keys = page.eval_on_selector_all("#measure option", "n => n.map(o => o.value)")
    assert {"priority", "worst", "minutes_shelter", "minutes_medical", "minutes_legal", "need", "reach"} <= set(keys)
    page.select_option("#measure", "minutes_legal")
    assert (
        page.eval_on_selector_all(".folium-map path.area", "n => n.map(a => a.getAttribute('class')).join()") != before
    )
    assert "or none" in page.inner_text("#ramp")
    assert "none" in page.locator("#areas tbody tr td:last-child").all_inner_texts()
    assert page.eval_on_selector_all("#ramp i", "n => n.map(i => getComputedStyle(i).backgroundColor)") == LIGHT_RAMP


# Moving the map


def view_of(page):
    """Return zoom, latitude and longitude once the map is at rest and the page's address tells them."""
    at_rest(page)
    page.wait_for_timeout(500)
    return [float(part) for part in link_with(page, "v=").split("v=")[1].split("&")[0].split("/")]


@pytest.mark.parametrize(
    ("then", "wait"),
    [("#areas tbody tr:nth-child(7)", True), ("#b-reset", False), ("#services tbody tr button", True)],
)
def test_the_last_choice_wins_while_the_map_zooms(visit, then, wait):
    """Both during the zoom and before its first frame, which comes late on a slow machine."""
    page = visit(motion=True).page
    page.click("#tab-services")  # its rows are made when they are first seen
    page.evaluate("selector => document.querySelector(selector).click()", then)
    wanted = view_of(page)
    page.keyboard.press("Escape")
    page.click("#b-reset")
    at_rest(page)
    click_while_it_zooms(page, "#areas tbody tr:nth-child(2)", then, wait=wait)
    assert view_of(page) == pytest.approx(wanted, abs=0.02)


# Popups


@pytest.mark.parametrize("kind", ["truck_stop", "provider"])
def test_19_20_hostile_names_are_text(visit, kind):
    seen = visit("hostile")
    page = seen.page
    points = page.locator(f".folium-map path.p-{kind}")
    assert points.count()
    points.last.dispatch_event("click")
    page.wait_for_selector(".leaflet-popup")
    assert "<img src=x onerror=alert(1)>" in page.inner_text(".leaflet-popup h3")
    page.click("#areas tbody tr:nth-child(2)")
    at_rest(page)
    assert "${alert(1)}" in page.inner_text("#card-name")
    assert "{{7*7}}" in page.inner_text("#card-name")
    page.hover(".folium-map path.area >> nth=3", force=True)
    page.click("#tab-services")
    page.click("#tab-about")
    assert page.locator("img").count() == 0
    assert page.evaluate("document.scripts.length") == 4
    assert not seen.errors
    assert not [url for url in seen.requests if not url.startswith("file:")]


def test_provider_popup_has_its_contact(visit):
    page = visit().page
    page.click("#tab-services")
    page.click("#services tbody tr:nth-child(2) button")
    text = page.inner_text(".leaflet-popup")
    for words in ("Phone", "601-555-", "24/7", "English, Spanish", "2026-10-15", "State directory"):
        assert words in text
    assert page.get_attribute(".leaflet-popup-content a", "rel") == "noopener noreferrer"


# Keyboard and accessibility


def test_the_keyboard_goes_into_a_popup_and_back(visit):
    page = visit().page
    page.click("#tab-services")
    opener = page.locator("#services tbody tr:nth-child(2) button")
    for closing in ("Escape", "Enter"):
        opener.focus()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.matches('.leaflet-popup[role=dialog]')")
        assert page.inner_text("#live") == opener.inner_text()
        if closing == "Enter":
            page.focus(".leaflet-popup-close-button")
        page.keyboard.press(closing)
        page.wait_for_selector(".leaflet-popup", state="detached")
        assert opener.evaluate("n => n === document.activeElement")


def test_closing_the_card_of_a_row_that_is_not_there_leads_to_the_search_or_the_tab(visit):
    page = visit().page
    close = page.locator("#card-close")
    page.click("#areas tbody tr:nth-child(3)")
    page.click("#tab-services")
    close.press("Enter")
    assert page.evaluate("document.activeElement.id") == "tab-services"
    page.click("#tab-list")
    page.click("#areas tbody tr:nth-child(3)")
    page.fill("#search", "nothing is called so")
    close.press("Enter")
    assert page.evaluate("document.activeElement.id") == "search"


@pytest.mark.parametrize(("name", "dark"), [("counties", False), ("spanish", True)])
def test_25_26_axe_desktop(visit, axe_script, name, dark):
    page = visit(name).page
    if dark:
        page.click("#b-dark")
        first = page.eval_on_selector("#ramp i", "n => getComputedStyle(n).backgroundColor")
        assert first == "rgb(38, 48, 58)"
    page.click("#areas tbody tr:nth-child(2)")
    at_rest(page)
    assert violations(page, axe_script) == []
    for tab in ("services", "about") if name == "counties" else ():
        page.click(f"#tab-{tab}")
        # The card is still open above: what the tab shows comes up beside it, not below the edge of the screen.
        assert page.eval_on_selector(f"#panel-{tab}", "n => n.getBoundingClientRect().top / innerHeight") < 0.6
        assert page.evaluate("document.scrollingElement.scrollHeight - innerHeight") == 0
        assert violations(page, axe_script) == []


# Small screens


@pytest.mark.parametrize("name", ["counties", "hostile", "spanish"])
def test_31_reflows_at_320(visit, name):
    page = visit(name, 320, 640).page
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.click("#areas tbody tr:nth-child(2) button")
    for tab in ("services", "about"):
        page.click(f"#tab-{tab}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


# What leaves the page


@pytest.mark.parametrize(("name", "rows"), [("counties", 81), ("hostile", 16)])
def test_32_csv(visit, name, rows, tmp_path):
    page = visit(name).page
    page.fill("#search", "a")
    with page.expect_download() as download:
        page.click("#b-csv")
    file = tmp_path / "ranking.csv"
    download.value.save_as(file)
    raw = file.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\r\n") == rows + 1
    table = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert len(table) == rows + 1
    assert len({len(line) for line in table}) == 1
    # As ranking.csv has them.
    assert {"rank", "rank_low", "rank_high", "name", "minutes_legal", "unreachable_legal"} <= set(table[0])
    assert {line[table[0].index("highways")] for line in table[1:]} <= {"", "I 5", "US 9", "I 5;US 9"}
    for line in table[1:]:
        for cell in line:
            assert not re.match(r"[=+@\t]|-(?!\d)", cell), cell


def test_a_browser_reads_back_what_was_written_for_it(desk):
    nasty = {"a": "`${alert(1)}`", "b": "\\`", "c": "\\${x}", "d": "\\", "e": HOSTILE, "f": ["$", "{{x}}", "\r\n"]}
    assert desk.evaluate(to_parsed(nasty)) == nasty


def test_csv_cells_cannot_be_formulas(desk, pages):
    text = pages["counties"].read_text()
    source = re.search(r"function csvCell\(value\) \{.*?\n\}", text, re.DOTALL)[0]
    cells = desk.evaluate(
        "(values) => values.map(value => (" + source.replace("function csvCell", "function") + ")(value))",
        ["=1+1", "@x", "-2+3", "+1", "\t=1", "\n=1", "\uff1d1", 'a"b', -2.5, None],
    )
    assert cells == ["'=1+1", "'@x", "'-2+3", "'+1", "'\t=1", '"\'\n=1"', "'\uff1d1", '"a""b"', "-2.5", ""]


def test_33_permalink_round_trip(visit):
    page = visit().page
    page.click("#areas tbody tr:nth-child(5)")
    page.select_option("#measure", "need")
    page.uncheck('#key [data-layers="band"]')
    page.select_option("#highway", "US-9")
    page.click("#b-dark")
    page.click(".leaflet-control-zoom-out")
    fragment = link_with(page, "t=dark")
    name = page.inner_text("#card-name")
    again = visit(fragment=fragment).page
    assert again.inner_text("#card-name") == name
    assert again.input_value("#measure") == "need"
    assert not again.is_checked('#key [data-layers="band"]')
    assert again.input_value("#highway") == "US-9"
    assert again.get_attribute("html", "data-theme") == "dark"
    again.wait_for_timeout(600)
    assert again.evaluate("location.hash") == fragment


@pytest.mark.parametrize(
    "fragment",
    [
        "#",
        "#v=x/y/z&a=nobody&l=9&m=none",
        "#%E0%A4%A&v=99/999/999",
        "#a=<script>alert(1)</script>",
        "#v=8/1e9/NaN",
        "#l=" + "1" * 500,
    ],
)
def test_34_garbage_in_the_address_is_ignored(visit, fragment):
    seen = visit(fragment=fragment)
    areas, stage = seen.page.evaluate(AREA_BOX, False), rect(seen.page, "#stage")
    assert areas["left"] >= stage["left"] - 1
    assert areas["right"] <= stage["right"] + 1
    assert not seen.errors


def test_image_of_the_map(visit, tmp_path):
    seen = visit()
    with seen.page.expect_download() as download:
        seen.page.click("#b-image")
    file = tmp_path / "map.png"
    download.value.save_as(file)
    assert file.read_bytes().startswith(b"\x89PNG")
    assert file.stat().st_size > 30_000
    assert not seen.errors


# Print, embed, script off


@pytest.mark.parametrize(
    ("name", "most", "sheet"), [("counties", 5, (792, 612)), ("tracts", 8, (792, 612)), ("spanish", 5, (842, 595))]
)
def test_35_print(visit, name, most, sheet):
    page = visit(name).page
    page.evaluate("document.getElementById('key').open = false")
    pdf = page.pdf(prefer_css_page_size=True, print_background=True, tagged=True)
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert 2 <= pages <= most
    width, height = (float(x) for x in re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf).groups())
    assert (round(width), round(height)) == sheet
    assert b"/StructTreeRoot" in pdf
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("document.getElementById('key').open")
    page.emulate_media(media="print")
    shown = page.locator("#areas tbody tr:visible").count()
    assert shown == {"counties": 81, "tracts": 160, "spanish": 25}[name]
    assert page.locator(".printonly:visible").count() == (name == "tracts")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert not page.evaluate("document.getElementById('key').open")


def test_layers_that_somebody_adds_are_drawn_above_those_of_the_page(desk):
    """Folium puts them into Leaflet's own pane, `docs/embedding.md` says that they can be added."""
    height = "name => Number(getComputedStyle(document.querySelector(`.leaflet-${name}-pane`)).zIndex)"
    below, added, above = (desk.evaluate(height, name) for name in ("providers", "overlay", "labels"))
    assert below < added < above


# Offline and weight


@pytest.mark.parametrize("name", ["hostile", "spanish"])
def test_38_45_no_requests_and_no_errors(visit, name):
    seen = visit(name)
    page = seen.page
    page.click("#areas tbody tr:nth-child(3)")
    for tab in ("services", "about", "list"):
        page.click(f"#tab-{tab}")
    for box in page.locator("#key input").all():
        box.click()
    for option in page.eval_on_selector_all("#measure option", "n => n.map(o => o.value)"):
        page.select_option("#measure", option)
    page.click(".leaflet-control-zoom-in")
    page.wait_for_timeout(500)
    assert [url for url in seen.requests if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in seen.requests if url.startswith("file:")]) == 1
    assert seen.errors == []


def test_39_the_policy_stops_what_does_not_belong(visit):
    seen = visit()
    page = seen.page
    result = page.evaluate("""async () => {
      const image = new Image();
      const blocked = [];
      document.addEventListener('securitypolicyviolation', event => blocked.push(event.violatedDirective));
      image.src = 'https://example.org/x.png';
      try { await fetch('https://example.org/'); } catch (error) { /* expected */ }
      const script = document.createElement('script');
      script.textContent = 'window.ran = true';
      document.body.append(script);
      document.body.insertAdjacentHTML('beforeend', '<b onclick="window.ran = true" id="bad">x</b>');
      document.getElementById('bad').click();
      await new Promise(done => setTimeout(done, 200));
      return {ran: window.ran === true, blocked};
    }""")
    assert result["ran"] is False
    assert {"img-src", "connect-src"} <= set(result["blocked"])
    assert (
        not [url for url in seen.requests if "example.org" in url and not url.startswith("file:")] or result["blocked"]
    )


# Meaning


def test_43_uncertainty_in_table_and_map(desk):
    page = desk
    ranges = page.locator("#areas tbody .range").all_inner_texts()
    assert len(ranges) == 81
    assert all(re.fullmatch(r"\d+–\d+", text) for text in ranges)
    flagged = page.locator("#areas .flag").count()
    assert flagged > 5
    assert page.get_attribute(".folium-map path.weak", "d").count("M") == flagged


def test_44_says_what_it_does_not_show(visit, pages):
    page = visit().page
    page.click("#tab-about")
    text = page.inner_text("#panel-about")
    for words in (
        "does not show where trafficking happens",
        "addresses of confidential services",
        "90% range",
        "OpenStreetMap contributors",
        "confidential services",
    ):
        assert words in text
    whole = page.inner_text("body").lower() + page.title().lower()
    for word in ("hotspot", "hot spot", "suspect", "risk site"):
        assert word not in whole


def test_hotline_footer(desk):
    page = desk
    text = page.inner_text(".hotline")
    for words in ("1-888-373-7888", "233733", "711", "911", "November 1, 2026"):
        assert words in text
    assert page.get_attribute(".hotline [lang]", "lang") == "es"


def test_many_areas_come_a_hundred_at_a_time(visit):
    page = visit("tracts").page
    rows = page.locator("#areas tbody tr:visible")
    assert rows.count() == 100
    assert page.get_attribute("#areas", "aria-rowcount") == "901"
    assert page.inner_text("#rows") == "Rows 1–100 of 900"
    assert page.is_disabled("#less")
    page.click("#more")
    assert rows.count() == 100
    assert page.evaluate("document.activeElement.closest('tr').dataset.i") == "100"
    assert rows.first.get_attribute("aria-rowindex") == "102"
    assert page.inner_text("#live") == "Rows 101–200 of 900"
    page.click("#less")
    assert page.evaluate("document.activeElement.closest('tr').dataset.i") == "0"


def test_an_area_of_a_later_page_of_the_table(visit):
    page = visit("tracts", fragment="#a=00450").page
    row = page.locator("#areas tr.chosen")
    assert row.locator("button").get_attribute("aria-current") == "true"
    assert comes_into_sight(page, "#areas tr.chosen", "#panel")
    name = row.locator("button").inner_text()
    assert name == page.inner_text("#card-name")
    number = int(row.get_attribute("data-i"))
    assert f"Rows {number // 100 * 100 + 1:,}–" in page.inner_text("#rows")
    page.click("#less" if number >= 100 else "#more")
    assert not page.locator("#areas tr.chosen").count()
    page.click("#card-close")
    assert page.evaluate("document.activeElement.closest('tr').dataset.i") == str(number)
    page.fill("#search", name)
    assert page.locator("#pager").is_hidden()
    page.press("#search", "Escape")
    assert page.inner_text("#rows") == "Rows 1–100 of 900"


@pytest.mark.parametrize("name", ["counties", "spanish", "hostile"])
def test_rows_are_the_same_with_and_without_script(visit, name):
    """The program makes the rows anew: nothing may change under a reader's eyes."""
    text = """rows => rows.map(row => [row.innerText, [...row.querySelectorAll('.bar')].map(bar =>
      ['--a', '--b', '--c'].map(name => Number(parseFloat(bar.style.getPropertyValue(name)).toFixed(0))))])"""
    page = visit(name).page
    rows = "#areas tbody tr"
    given = page.eval_on_selector_all(rows, text)
    page.evaluate("document.querySelector('#areas tbody tr').dataset.old = ''")
    page.fill("#search", "nothing is called so")
    page.fill("#search", "")
    assert page.locator(f"{rows}[data-old]").count() == 0
    assert page.eval_on_selector_all(rows, text) == given
    assert visit(name, script=False).page.eval_on_selector_all(rows, text) == given


def test_presentation_moves_with_the_arrow_keys(visit):
    seen = visit()
    page = seen.page
    page.click("#b-present")
    assert "Rank 1 of" in page.inner_text("#card")
    first = page.inner_text("#card-name")
    page.keyboard.press("ArrowRight")
    assert page.inner_text("#card-name") != first
    page.keyboard.press("ArrowLeft")
    assert page.inner_text("#card-name") == first
    page.keyboard.press("Escape")
    assert page.locator("#areas tbody tr:visible").count() == 81
    page.click("#card-close")
    page.fill("#search", "nothing is called so")
    page.click("#b-present")
    assert seen.errors == []


def test_larger_text(visit):
    page = visit().page
    size = page.evaluate("parseFloat(getComputedStyle(document.querySelector('#areas td')).fontSize)")
    page.click("#b-larger")
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('#areas td')).fontSize)") > 1.2 * size
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_larger_text_leaves_no_label_under_the_grown_key(visit):
    page = visit("example", 375, 667).page
    page.click("#b-larger")
    page.wait_for_timeout(200)
    key = rect(page, "#key")
    labels = page.locator(LABELS).filter(visible=True).all()
    covered = [label.inner_text() for label in labels if not apart(label.evaluate(RECT), key)]
    assert covered == []


def test_spanish_page_is_spanish(visit):
    page = visit("spanish").page
    assert page.get_attribute("html", "lang") == "es"
    page.click("#areas tbody tr:nth-child(2)")
    text = page.inner_text("body")
    for word in ("Ranking by", "Search", "Priority", "Access gap", "Showing", "minutes"):
        assert word not in text
    assert json.dumps(text).count("{") == 0


@pytest.mark.parametrize("size", ["display: none", "width: 0; height: 0", "width: 200px; height: 80px"])
def test_a_frame_that_is_hidden_or_tiny_at_first(profiles, pages, tmp_path, size):
    """As in a tab or a folded part of a report, opened later, closed and opened again."""
    host = tmp_path / "host.html"
    frame_tag = f"<iframe src='{pages['counties'].as_uri()}' sandbox='allow-scripts' style='{size}'></iframe>"
    host.write_text(f"<!doctype html><title>host</title>{frame_tag}")
    page = profiles.new_page(viewport={"width": 1000, "height": 700})
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(host.as_uri())
    for style in ("width: 900px; height: 500px", "display: none", "width: 900px; height: 500px"):
        page.evaluate("style => { document.querySelector('iframe').style.cssText = style; }", style)
        if "none" not in style:
            page.frames[1].wait_for_selector('html[data-ready="1"]', state="attached")
            page.wait_for_timeout(200)
    stage, land = page.frames[1].evaluate(
        "() => ['#stage', 'path.area'].map(name => [...document.querySelectorAll(name)]"
        ".map(node => node.getBoundingClientRect()).filter(box => box.width)"
        ".map(box => [box.left, box.right, box.top, box.bottom]))"
    )
    assert min(box[0] for box in land) >= stage[0][0]
    assert max(box[1] for box in land) <= stage[0][1]
    assert max(box[3] for box in land) - min(box[2] for box in land) > 150
    assert errors == []
    page.close()


def test_a_page_whose_data_is_missing_is_skipped_each_time(tmp_path, monkeypatch):
    """Every check of it says why, the second as the first: one that fails would hide what is wrong elsewhere."""
    monkeypatch.setattr("tests.browser.studies.DATA", tmp_path / "nowhere")
    pages = Pages(tmp_path)
    for _ in range(2):
        with pytest.raises(pytest.skip.Exception, match="no real data"):
            pages["real counties"]
