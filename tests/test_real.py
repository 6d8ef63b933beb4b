"""The same commands on real data: Mississippi, Malta and Andorra."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.spatial import cKDTree

from geo.inputs import load_inputs
from geo.project_file import load_project
from layers.study import Study, make_study

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "shared" / "data"
MILE_M = 1609.344

pytestmark = [
    pytest.mark.skipif(not DATA.is_dir(), reason=f"no real data at {DATA}"),
    pytest.mark.usefixtures("known_roads"),
]


def silent(_: str) -> None:
    """Say nothing."""


def study(name: str) -> Study:
    project = load_project(HERE / "real" / f"{name}.toml")
    return make_study(project, load_inputs(project, progress=silent), progress=silent)


@pytest.fixture(scope="module")
def mississippi() -> Study:
    return study("mississippi")


def test_interstates_have_their_official_length_and_no_gap(mississippi: Study) -> None:
    highways = mississippi.highways.set_index("ref")
    miles = highways["length_m"] / MILE_M
    assert miles["I 55"] == pytest.approx(290.4, rel=0.01)
    assert miles["I 20"] == pytest.approx(154.6, rel=0.015)
    assert highways["pieces"].tolist() == [1, 1]


def test_every_county_is_ranked_once_with_figures(mississippi: Study) -> None:
    areas = mississippi.areas
    assert len(areas) == 82
    assert areas["population"].sum() == pytest.approx(2_958_846, rel=0.001)
    parts = areas[["access_gap", "need", "reach", "priority", "rank", "rank_low", "rank_high"]]
    assert np.isfinite(parts.to_numpy(dtype=float)).all()


def test_minutes_are_plausible(mississippi: Study) -> None:
    people = mississippi.people
    for category in mississippi.project.access.required:
        minutes = people[f"minutes_{category}"]
        assert np.isfinite(minutes).all()
        assert minutes.quantile(0.5) < 20
        assert minutes.max() < 100
    # Jackson has everything at hand; the far south of the Delta has not.
    hinds = mississippi.areas[mississippi.areas["name"].eq("Hinds")].iloc[0]
    issaquena = mississippi.areas[mississippi.areas["name"].eq("Issaquena")].iloc[0]
    assert hinds["minutes_medical"] < 12
    assert issaquena["minutes_medical"] > hinds["minutes_medical"]


def absurd(result: Study) -> int:
    """Count minutes beyond 10 plus 3 per kilometre of straight distance: ample but where a river lies between."""
    count = 0
    for category in result.project.access.required:
        offering = result.providers[result.providers["categories"].str.contains(category)]
        places = result.people.geometry.get_coordinates()
        straight_m = cKDTree(offering.geometry.get_coordinates()).query(places)[0]
        count += int((result.people[f"minutes_{category}"] > 10 + 3 * straight_m / 1000).sum())
    return count


def test_nobody_drives_around_the_county_to_the_next_street(mississippi: Study) -> None:
    """METHOD.md prints both counts: the file lacks streets, and links between dead ends mend most of it."""
    assert absurd(mississippi) == 3
    project = load_project(HERE / "real" / "mississippi.toml")
    unlinked = project.model_copy(update={"roads": project.roads.model_copy(update={"join_dead_ends_m": 0})})
    assert absurd(make_study(unlinked, load_inputs(unlinked, progress=silent), progress=silent)) == 16


def test_venues_are_the_listed_ones_once(mississippi: Study) -> None:
    kinds = mississippi.venues["kind"].value_counts()
    assert 45 <= kinds["truck_stop"] <= 75
    assert 20 <= kinds["rest_area"] <= 45
    assert "motel" not in kinds  # no list is at hand: none is shown rather than invented


def test_tracts_are_ranked_too() -> None:
    result = study("mississippi_tracts")
    assert len(result.areas) == 661
    assert not result.areas["priority"].isna().any()


@pytest.mark.parametrize("name", ["malta", "andorra"])
def test_nothing_is_tied_to_mississippi(name: str) -> None:
    result = study(name)
    assert (result.highways["length_m"] > 3_000).all()
    assert result.areas["rank"].iloc[0] == 1
    assert len(result.venues) > 0
    assert isinstance(result.people, pd.DataFrame)
