"""Every output says until when it may be used, and which help line was last checked when."""

import datetime as dt
import json
from pathlib import Path

import pytest

from geo.errors import ProjectError
from geo.project import Project
from geo.project_file import load_project

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
