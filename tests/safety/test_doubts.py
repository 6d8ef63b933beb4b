"""`check` asks again where a row marked public sounds like a place that is kept secret."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from tests.safety.conftest import run, tell_all


@pytest.fixture
def study(telling: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(telling, tmp_path / "study", ignore=shutil.ignore_patterns("out")))


def change(study: Path, **cells: object) -> None:
    table = pd.read_csv(study / "providers.csv", dtype="str", keep_default_na=False)
    table = table.assign(category=table["category"].str.replace("shelter", "housing"))
    table.loc[0, list(cells)] = list(cells.values())
    table.to_csv(study / "providers.csv", index=False)


@pytest.mark.parametrize(
    "name",
    ["Delta Safe House", "Women's Center", "Domestic Violence Program of Hinds", "Casa Segura", "St. Anne Shelter"],
)
def test_a_telling_name_is_asked_about_and_not_repeated(study: Path, name: str) -> None:
    change(study, name=name)
    text = (study / "project.toml").read_text()
    (study / "project.toml").write_text(text.replace('"shelter", ', ""))
    result = run("check", study / "project.toml")
    assert result.exit_code == 0
    assert "Warning: providers.csv, rows 2" in result.stderr
    assert "suggests a shelter" in result.stderr
    assert name not in result.output


def test_a_shelter_marked_public_is_asked_about(study: Path) -> None:
    result = run("check", study / "project.toml")
    assert result.exit_code == 0
    assert "Warning: providers.csv, rows 3, 20" in result.stderr


def test_a_file_without_the_column_public_is_said_to_be_all_confidential(study: Path) -> None:
    table = pd.read_csv(study / "providers.csv", dtype="str", keep_default_na=False)
    table.drop(columns="public").to_csv(study / "providers.csv", index=False)
    result = run("check", study / "project.toml", "--audience", "public")
    assert result.exit_code == 0
    assert "Warning: providers.csv: has no column 'public': all rows are confidential." in result.stderr
    assert " 83 rows" not in result.output


def test_rows_that_stand_twice_are_asked_about_whatever_their_id(study: Path) -> None:
    table = pd.read_csv(study / "providers.csv", dtype="str", keep_default_na=False)
    again = table.iloc[[4, 7]].assign(id=["again-1", "again-2"])
    pd.concat([table, again]).to_csv(study / "providers.csv", index=False)
    result = run("check", study / "project.toml")
    assert result.exit_code == 0
    assert f"Warning: providers.csv, rows 6, 9, {len(table) + 2}, {len(table) + 3}: says the same" in result.stderr


def test_what_a_public_row_says_of_a_confidential_one_is_told(study: Path) -> None:
    """The audit cannot look for what is shown on purpose, so the planner must know."""
    table = tell_all(study)
    rows = pd.read_csv(study / "providers.csv", dtype="str", keep_default_na=False)
    hidden = table.index
    for shown, column in enumerate(("phone", "address", "name", "website")):
        rows.loc[shown, column] = rows.loc[hidden[shown], column]
    rows.loc[4, ["lon", "lat"]] = rows.loc[hidden[4], ["lon", "lat"]].to_numpy()
    rows.to_csv(study / "providers.csv", index=False)
    result = run("check", study / "project.toml")
    assert result.exit_code == 0
    for number, kind in enumerate(("phone", "address", "name", "link", "place")):
        told = f"row {hidden[number] + 2}: is confidential, but a public row has the same {kind}, which is shown there."
        assert told in result.stderr
    assert result.stderr.count("is confidential, but") == 5
    assert not [cell for cell in table["name"] if cell in result.output]
    public = run("check", study / "project.toml", "--audience", "public").stderr
    for kind in ("phone", "address", "name", "link", "place"):
        assert (
            f"Warning: providers.csv: a public row has the same {kind} as a confidential one, and shows it." in public
        )
    assert not [row for row in hidden if str(row + 2) in public]


def test_nothing_is_told_where_rows_share_nothing(study: Path) -> None:
    tell_all(study)
    assert "is confidential, but" not in run("check", study / "project.toml").stderr
