"""What a public build says about the number of confidential providers."""

import io
import json
import re
import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.disclosure import suppress_small
from tests.safety.conftest import run


@pytest.mark.parametrize(
    ("counts", "shown", "total"),
    [
        ([], [], 0),
        ([0, 0], [0, 0], 0),
        ([11, 30, 0], [11, 30, 0], 41),
        ([1], [None], None),
        ([10, 12], [None, None], 22),
        ([3, 20, 40, 0], [None, None, 40, 0], 63),
        ([5, 6, 40], [None, None, 40], 51),
        ([5, 5, 40], [None, None, None], 50),
        ([1, 2, 3], [None, None, None], None),
        ([10, 0, 0], [None, 0, 0], None),
    ],
)
def test_small_counts_and_what_reveals_them(counts: list[int], shown: list[int | None], total: int | None) -> None:
    said = suppress_small(pd.Series(counts, dtype=float))
    assert [None if np.isnan(count) else int(count) for count in said.counts] == shown
    assert said.total == total


@given(st.lists(st.integers(0, 60), max_size=12))
def test_no_small_count_follows_from_the_others(counts: list[int]) -> None:
    said = suppress_small(pd.Series(counts, dtype=float))
    left = said.counts.dropna()
    assert not ((left > 0) & (left < 11)).any()
    hidden = int(said.counts.isna().sum())
    if said.total is not None and hidden:
        assert hidden >= 2
        assert said.total - left.sum() >= 11
    if said.total is None:
        assert sum(counts) < 11
        assert left.sum() == 0


@pytest.fixture(scope="module")
def builds(telling: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the outputs for each audience that say something of the number of confidential providers."""
    folder = tmp_path_factory.mktemp("builds")
    only = [word for name in ("map.html", "ranking", "areas.gpkg", "briefing") for word in ("--only", name)]
    for audience in ("public", "taskforce"):
        result = run("map", telling / "project.toml", "--out", folder / audience, "--audience", audience, *only)
        assert result.exit_code == 0, result.stderr
    return {audience: folder / audience for audience in ("public", "taskforce")}


def test_the_two_builds(builds: dict[str, Path]) -> None:
    public, team = (json.loads((folder / "manifest.json").read_text()) for folder in builds.values())
    assert (public["audience"], team["audience"]) == ("public", "taskforce")
    assert team["figures"]["n_confidential"] == 6
    assert sum(team["confidential_by_region"].values()) == 6
    assert public["figures"]["n_confidential"] is public["figures"]["n_providers"] is None
    assert public["confidential_by_region"] == {}
    (file,) = [entry for entry in public["inputs"] if entry["file"] == "providers.csv"]
    assert (file["rows"], file["notes"], file["sha256"]) == (None, ["some rows are confidential"], "")
    pages = [(folder / "map.html").read_text() for folder in builds.values()]
    assert "Fewer than 11 confidential services count" in pages[0]
    assert "6 confidential services count" in pages[1]
    assert "6 confidential" not in pages[0]


def test_public_is_the_default(telling: Path) -> None:
    assert json.loads((telling / "out" / "manifest.json").read_text())["audience"] == "public"


def test_check_says_what_each_audience_may_know(telling: Path) -> None:
    assert "6 of them confidential" in run("check", telling / "project.toml").stdout
    public = run("check", telling / "project.toml", "--audience", "public").stdout
    assert "77 public providers and fewer than 11 that are confidential" in public
    assert "providers.csv; some rows are confidential" in public
    assert "83 " not in public.replace("683 ", "")


@pytest.mark.parametrize(("where", "told"), [("yes", "rows left out are"), ("yes', 'no", "rows are")])
def test_rows_that_where_keeps_and_leaves_out_are_not_counted(
    telling: Path, tmp_path: Path, where: str, told: str
) -> None:
    """Attack: of 83 rows kept or left out, 77 stand on the map."""
    study = Path(shutil.copytree(telling, tmp_path / "study", ignore=shutil.ignore_patterns("out")))
    text = (study / "project.toml").read_text()
    (study / "project.toml").write_text(
        text.replace('file = "providers.csv"', f"file = 'providers.csv'\nwhere = {{public = ['{where}']}}")
    )
    said = run("check", study / "project.toml", "--audience", "public").stdout
    assert f"providers.csv; some rows kept by `where`; some {told} confidential" in said
    assert not re.search(r"\b(?:6|77|83)\b.*rows", said)


def capacity_told(study: Path, out: Path) -> dict[str, float]:
    """Attack: what is shared out over all people adds up to all capacity, and the public part of that is known."""
    areas = pd.read_csv(out / "ranking.csv")
    rows = pd.read_csv(study / "providers.csv", dtype="str", keep_default_na=False)
    shown = rows[rows["public"].eq("yes")]["category"].str.split(";")
    told = {}
    for column in areas.columns[areas.columns.str.startswith("per_10k_")]:
        category = column.removeprefix("per_10k_")
        together = (areas[column] * areas["population"]).sum(min_count=1) / 10_000
        told[category] = together - shown.map(lambda parts, c=category: c in parts).sum()
    return told


def test_capacity_per_person_does_not_tell_how_many_are_confidential(telling: Path, builds: dict[str, Path]) -> None:
    team = capacity_told(telling, builds["taskforce"])
    assert team["shelter"] == pytest.approx(6, abs=0.5)  # the attack works where it may
    public = capacity_told(telling, builds["public"])
    assert np.isnan(public["shelter"])
    assert public["legal"] == pytest.approx(0, abs=0.5)
    ranked = pd.read_csv(builds["public"] / "ranking.csv")
    assert ranked[["per_10k_shelter", "one_only_shelter", "second_shelter"]].isna().all(axis=None)
    layer = gpd.read_file(builds["public"] / "areas.gpkg", layer="areas")
    assert layer[["per_10k_shelter", "one_only_shelter", "second_shelter"]].isna().all(axis=None)
    said = json.loads((builds["public"] / "manifest.json").read_text())["shared_capacity"]
    shelter = next(row for row in said if row["category"] == "shelter")
    assert shelter == {"category": "shelter", "basis": "left_out", "gini": None, "palma": None}
    assert "it would tell how many are confidential" in (builds["public"] / "briefing.html").read_text()


@pytest.mark.parametrize("of", ["areas", "sections"])
def test_the_printed_ranking_is_for_the_public_unless_asked_otherwise(telling: Path, of: str) -> None:
    def printed(*options: str) -> pd.DataFrame:
        result = run("rank", telling / "project.toml", "--format", "csv", "--areas", of, *options)
        return pd.read_csv(io.BytesIO(result.stdout_bytes))

    assert printed()["per_10k_shelter"].isna().all()
    assert printed("--audience", "taskforce")["per_10k_shelter"].notna().any()
