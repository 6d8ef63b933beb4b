"""The whole analysis: what does not depend on how many processes do it."""

import geopandas as gpd
import pandas as pd
import pytest

import geo.beside
from geo.example_study import write_example
from geo.inputs import load_inputs
from geo.project import Sections
from geo.project_file import load_project
from layers.access import mean_over_people
from layers.need import point_need
from layers.study import make_study

pytestmark = pytest.mark.usefixtures("known_roads")


def test_one_process_and_several_find_the_same_and_what_is_to_be_done_meanwhile_is_done_once(
    tmp_path, monkeypatch: pytest.MonkeyPatch
):
    project = load_project(write_example(tmp_path / "study")).model_copy(update={"sections": Sections()})
    inputs = load_inputs(project)
    studies, calls = [], []
    for cores in (1, 2, 3):
        monkeypatch.setattr(geo.beside, "_cores", lambda cores=cores: cores)
        studies.append(make_study(project, inputs, progress=lambda _: None, meanwhile=lambda: calls.append(1)))
    assert len(calls) == len(studies)
    alone, *others = studies
    for name, table in vars(alone).items():
        if isinstance(table, gpd.GeoDataFrame | pd.DataFrame):
            for other in others:
                pd.testing.assert_frame_equal(table, vars(other)[name], check_exact=True)
    assert len(alone.areas) > 1
    assert len(alone.sections) > 1
    # Need is relative to the people of the study area, also where sections are ranked.
    need = point_need(alone.people, project.people.indicators)
    inside = alone.people["section_id"].isin(alone.sections.index[alone.sections["population"] > 0])
    of_section = mean_over_people(need[inside], alone.people["population"][inside], alone.people["section_id"][inside])
    pd.testing.assert_series_equal(
        alone.sections["need"].reindex(of_section.index), of_section, check_names=False, atol=1e-4, rtol=0
    )
