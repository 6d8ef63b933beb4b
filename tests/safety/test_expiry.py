"""Every output says until when it may be used, and which help line was last checked when."""

import datetime as dt
import html
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import openpyxl
import pyogrio
import pytest

from geo.errors import ProjectError
from geo.pdf_text import pdf_texts
from geo.project import Project
from geo.project_file import load_project
from maps.static import draw_poster
from maps.static_sheet import Sheet
from maps.view import make_view
from tests.fuzz.targets import members
from tests.maps.printed import make_full_study
from tests.safety.conftest import run

EXAMPLE = Path(__file__).parents[2] / "geo" / "example" / "project.toml"


def project(tmp_path: Path, as_of: str, more: str = "") -> Project:
    text = EXAMPLE.read_text(encoding="utf-8").replace("as_of = 2026-11-01", f"as_of = {as_of}\n{more}\n#")
    (tmp_path / "project.toml").write_text(text, encoding="utf-8")
    return load_project(tmp_path / "project.toml")


@pytest.mark.parametrize(
    ("as_of", "expires_on"),
    [("2026-11-01", dt.date(2027, 11, 1)), ("2028-02-29", dt.date(2029, 2, 28)), ("9999-05-01", dt.date(9999, 5, 1))],
)
def test_a_map_expires_a_year_after_its_data(tmp_path: Path, as_of: str, expires_on: dt.date) -> None:
    assert project(tmp_path, as_of).expires_on == expires_on


def test_the_planner_may_say_when(tmp_path: Path) -> None:
    assert project(tmp_path, "2026-11-01", "expires_on = 2027-02-01").expires_on == dt.date(2027, 2, 1)
    with pytest.raises(ProjectError, match="expires_on must not be before as_of"):
        project(tmp_path, "2026-11-01", "expires_on = 2026-10-31")


def test_the_outputs_say_it(telling: Path) -> None:
    page = (telling / "out" / "map.html").read_text(encoding="utf-8")
    assert 'id="expiry" class="banner" data-expires="2027-11-01" hidden' in page
    assert "November 1, 2027" in page
    found = json.loads((telling / "out" / "manifest.json").read_text())
    assert found["expires_on"] == found["parameters"]["expires_on"] == "2027-11-01"
    assert found["parameters"]["hotline"]["checked_on"] == "2026-11-01"


def test_the_help_line_and_the_day_it_was_checked_stand_on_the_page(telling: Path) -> None:
    page = (telling / "out" / "map.html").read_text(encoding="utf-8")
    for words in ("1-888-373-7888", "233733", "711", "911"):
        assert words in page


EXPIRY, SPOKEN = "2027-11-01", "November 1, 2027"
HELP = ("1-888-373-7888", "233733", "711", "601-555-0777")
CHECKED = "Numbers checked November 1, 2026"


def words_of(path: Path) -> str:
    """Return what a reader of an output sees, words in a row."""
    if path.suffix == ".pdf":
        text = " ".join(pdf_texts(path.read_bytes()))
    elif path.suffix == ".xlsx":
        text = " ".join(re.sub(r"<[^>]+>", " ", part.decode()) for part in members(path.read_bytes()).values())
    elif path.suffix == ".gpkg":
        layers = pyogrio.list_layers(path)[:, 0]
        assert all(
            {"expires_on", "help_line"} <= set(pyogrio.read_info(path, layer=layer)["fields"]) for layer in layers
        )
        text = " ".join(gpd.read_file(path, layer=layer).to_csv() for layer in layers)
    else:
        text = html.unescape(re.sub(r"<[^>]+>", " ", path.read_text(encoding="utf-8-sig")))
    return " ".join(text.split())


def test_every_output_says_until_when_and_where_to_call(
    telling: Path, record_property: Callable[[str, object], None]
) -> None:
    files = [path for path in sorted((telling / "out").iterdir()) if path.suffix != ".png" and path.name != "map.svg"]
    for path in files:
        said = words_of(path)
        glued = said.replace(" ", "")  # a PDF may set each word on its own
        assert EXPIRY in said or SPOKEN.replace(" ", "") in glued, path.name
        assert all(number in glued for number in HELP), path.name
        assert CHECKED.replace(" ", "") in glued or '"checked_on": "2026-11-01"' in said, path.name
    assert {path.suffix for path in files} == {".html", ".svg", ".pdf", ".csv", ".xlsx", ".gpkg", ".json"}
    record_property("figure", f"{len(files)} outputs say until when they hold, the help line, and when it was checked")


def test_painted_words_say_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words of map.png, map.svg and strip-*.png cannot be read from the files: those given to the pen are."""
    drawn: list[str] = []
    real = Sheet.text
    monkeypatch.setattr(
        Sheet, "text", lambda self, x, y, text, **how: (drawn.append(text), real(self, x, y, text, **how))
    )
    study = make_full_study(side=4)
    view = make_view(study)
    draw_poster(study, view)
    said = " ".join(reversed(drawn))  # the lines of a paragraph are drawn from below
    assert view.texts.date(view.expires_on) in said
    assert view.hotline.phone in said
    assert view.texts.date(view.hotline.checked_on) in " ".join(drawn)


def test_the_workbook_turns_red_after_that_day(telling: Path) -> None:
    for sheet in openpyxl.load_workbook(telling / "out" / "ranking.xlsx"):
        formulas = [
            rule.formula[0]
            for rules in sheet.conditional_formatting
            for rule in rules.rules
            if rule.type == "expression"
        ]
        assert formulas == ["TODAY()>DATE(2027,11,1)"]
        assert SPOKEN in sheet.oddFooter.left.text


def test_the_terminal_says_it_too(telling: Path, tmp_path: Path) -> None:
    printed = run("rank", telling / "project.toml", "--top", 1).stdout
    assert f"To be checked again by {SPOKEN}." in printed
    assert HELP[0] in printed
    text = (telling / "project.toml").read_text().replace("as_of = 2026-11-01", "as_of = 2020-11-01")
    study = Path(shutil.copytree(telling, tmp_path / "study", ignore=shutil.ignore_patterns("out")))
    (study / "project.toml").write_text(text)
    assert "This map was to be checked by November 1, 2021." in run("rank", study / "project.toml", "--top", 1).stdout
