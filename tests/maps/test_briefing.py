"""The briefing: one file without script, in order for readers and printers, with every text from data inert."""

import base64
import re
from html.parser import HTMLParser

import pytest

from maps.briefing import POLICY, ROWS, render_briefing
from tests.maps.printed import make_full_study
from tests.maps.studies import HOSTILE


class Outline(HTMLParser):
    """Elements with their attributes in order, and the text of each."""

    VOID = frozenset({"meta", "link", "img", "br"})

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(page)
        assert not self._open

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if data.strip():
            self.texts.append((self._open[-1], data.strip()))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]

    def words(self, *tags: str) -> list[str]:
        return [text for tag, text in self.texts if tag in tags]


@pytest.fixture(scope="module")
def full():
    return make_full_study()


@pytest.fixture(scope="module")
def page(full):
    return render_briefing(full)


@pytest.fixture(scope="module")
def outline(page):
    return Outline(page)


def test_it_is_one_file_without_script_that_may_ask_for_nothing(page, outline):
    assert outline.all("html") == [{"lang": "en"}]
    assert {"http-equiv": "Content-Security-Policy", "content": POLICY} in outline.all("meta")
    assert POLICY.startswith("default-src 'none'")
    assert "script-src" not in POLICY
    assert not outline.all("script")
    sources = [value for _, attrs in outline.elements for name, value in attrs.items() if name in {"src", "href"}]
    assert all(value.startswith("data:") for value in sources)
    assert len(page.encode()) < 900_000


def test_its_parts_come_in_order(outline):
    assert len(outline.all("h1")) == len(outline.all("main")) == 1
    assert outline.words("h2") == [
        "Ranking", "Why the first ones rank there", "The rural service gap", "How evenly help is shared",
        "Gaps along the highways", "What this shows", "How the score is made", "How sure we are",
        "What it does not show", "What was left out of the data", "Sources",
    ]  # fmt: skip
    assert len(outline.words("dd")) == 3
    assert any("Example data" in text for text in outline.words("b"))
    assert any("1-888-373-7888" in text for text in outline.words("b"))


def test_every_table_can_be_read_aloud(outline):
    assert all(attrs.get("scope") in {"col", "row"} for attrs in outline.all("th"))
    regions = [attrs for attrs in outline.all("div") if attrs.get("role") == "region"]
    assert len(regions) == len(outline.all("table")) == 5
    assert all(attrs["tabindex"] == "0" and attrs["aria-label"] for attrs in regions)
    assert all(attrs["alt"] for attrs in outline.all("img"))


def test_the_first_areas_stand_in_rank_order(full, page):
    body = page[page.index("<tbody>") : page.index("</tbody>")]
    assert re.findall(r"<bdi>([^<]*)</bdi>", body) == full.areas["name"].head(ROWS).tolist()
    assert "First 25 of 81 counties" in page


def test_what_nobody_reaches_is_said_in_words(outline):
    cells = outline.words("td")
    assert "worst four tenths have none" in cells
    assert "none" in cells
    assert "inf" not in cells
    assert "nan" not in cells
    assert "stated places" in cells
    assert "number of services" in cells


def test_the_map_is_a_picture_in_the_file(outline):
    (image,) = outline.all("img")
    assert base64.b64decode(image["src"].partition(",")[2]).startswith(b"\x89PNG")


def test_the_same_study_gives_the_same_bytes(full, page):
    assert render_briefing(full) == page


def test_hostile_text_stays_text():
    page = render_briefing(make_full_study(side=4, hostile=HOSTILE))
    outline = Outline(page)
    assert not outline.all("script")
    assert len(outline.all("img")) == 1
    assert not [name for _, attrs in outline.elements for name in attrs if name.startswith("on")]
    assert "{{7*7}}" in page.replace("&#123;", "{")
    assert "49 \u202e" not in page
    style = page[page.index("<style>") : page.index("</style>")]
    assert "alert" not in style


def test_confidential_providers_leave_nothing(full, page):
    hidden = full.providers[~full.providers["public"]]
    assert len(hidden)
    assert "Confidential provider" not in page
    assert "confidential services count in the minutes but are not shown" in page
    for provider_id in hidden["provider_id"]:
        assert f">{provider_id}<" not in page


@pytest.mark.parametrize(("paper", "size"), [("letter", "Letter portrait"), ("a4", "A4 portrait")])
def test_it_speaks_the_language_and_takes_the_paper_of_the_project(paper, size):
    page = render_briefing(make_full_study(side=2, language="es", units="km", paper=paper))
    assert '<html lang="es">' in page
    assert "Clasificación" in page
    assert f"size: {size}" in page
    gaps = page[page.index("Tramos más largos") :].split("</table>")[0]
    assert "salidas" in gaps
    assert not re.search(r"\bexit\b|\b[NSEW]B\b", gaps)
