"""The briefing in a browser: no request, accessible, no sideways scroll on a phone, and few pages of paper."""

import re

import pytest

from maps.briefing import render_briefing
from tests.browser.looking import violations
from tests.maps.printed import make_full_study
from tests.maps.studies import HOSTILE

MOST_PAGES = 6


@pytest.fixture(scope="module")
def briefings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("briefings")
    studies = {
        "counties": make_full_study(),
        "spanish": make_full_study(side=4, language="es", units="km", paper="a4"),
        "hostile": make_full_study(side=4, hostile=HOSTILE),
    }
    for name, study in studies.items():
        (folder / f"{name}.html").write_text(render_briefing(study), encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", ["counties", "spanish", "hostile"])
def test_a_briefing_is_accessible_silent_and_short(profiles, briefings, axe_script, name):
    page = profiles.new_page(viewport={"width": 375, "height": 667})
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda line: said.append(line.text) if line.type in ("error", "warning") else None)
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.goto((briefings / f"{name}.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    assert violations(page, axe_script) == []
    assert all(url.startswith(("file:", "data:")) for url in asked)
    assert said == []
    pdf = page.pdf(prefer_css_page_size=True, tagged=True)
    # Every name of the hostile study is 160 letters long.
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) <= MOST_PAGES + (2 if name == "hostile" else 0)
    page.close()
