"""`check` asks again where a date lies in the future, or after that of the data."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import cli
from geo.example_study import write_example

pytestmark = pytest.mark.usefixtures("known_roads")


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a study of 2026-11-01, which is today."""
    monkeypatch.setattr(cli, "_today", lambda: dt.date(2026, 11, 1))
    return write_example(tmp_path / "study").parent


def warnings(study: Path) -> list[str]:
    result = CliRunner().invoke(cli.main, ["check", str(study / "project.toml")], catch_exceptions=False)
    assert result.exit_code == 0
    return [line for line in result.stderr.splitlines() if "suggests a shelter" not in line and "Warning: " in line]


def verify(study: Path, dates: dict[int, str]) -> None:
    """Write the days on which rows were last checked, by the row numbers of the file."""
    table = pd.read_csv(study / "providers.csv", dtype="str", keep_default_na=False)
    for row, date in dates.items():
        table.loc[row - 2, "verified_on"] = date
    table.to_csv(study / "providers.csv", index=False)


def test_dates_until_today_are_no_matter(study: Path) -> None:
    verify(study, {2: "2026-11-01", 3: "", 4: "11/1/2026"})
    assert warnings(study) == []


def test_a_study_of_the_future(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "_today", lambda: dt.date(2026, 10, 31))
    assert warnings(study) == [
        "Warning: project.toml, key 'as_of': lies in the future, and stands on every output. Correct it if it is a slip."
    ]


def test_providers_checked_in_the_future_or_after_the_date_of_the_data(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "_today", lambda: dt.date(2026, 11, 20))
    verify(study, {2: "2062-10-15", 3: "2026-11-21", 4: "2026-11-20", 5: "2026-11-02"})
    assert warnings(study) == [
        "Warning: providers.csv, column 'verified_on', rows 2, 3: lies in the future. "
        "Write the day on which somebody last checked the row.",
        "Warning: providers.csv, column 'verified_on', rows 4, 5: is later than `as_of`, the date of the data: 2026-11-01. "
        "Correct it, or set `as_of` to the date of the newest data.",
    ]


def test_days_of_confidential_rows_are_not_even_looked_at(study: Path) -> None:
    table = pd.read_csv(study / "providers.csv", dtype="str", keep_default_na=False)
    hidden = [int(row) + 2 for row in table.index[table["public"] != "yes"]]
    verify(study, dict.fromkeys(hidden, "2062-10-15"))
    assert hidden
    assert warnings(study) == []
