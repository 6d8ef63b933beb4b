"""Sections are called by their exits, towns or mileposts, in the language of the page."""

import pytest

from geo.example_study import write_example
from geo.inputs import load_inputs
from geo.project import Sections
from geo.project_file import load_project
from layers.study import make_study
from maps.page import render_page
from maps.section_names import section_names
from maps.texts import load_texts

PARTS = {
    "label": "I-55", "unit": "mi", "from_milepost": 49.6, "to_milepost": 71.8, "from_number": "51", "to_number": "72",
    "from_town": "", "to_town": "", "town": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "english", "spanish"),
    [
        ({}, "I-55, exits 51 to 72", "I-55, salidas 51 a 72"),
        ({"town": "Durant"}, "I-55, exits 51 to 72 (Durant)", "I-55, salidas 51 a 72 (Durant)"),
        ({"to_number": "51"}, "I-55, exit 51", "I-55, salida 51"),
        ({"from_number": "", "to_number": ""}, "I-55, miles 50 to 72", "I-55, millas 50 a 72"),
        ({"from_number": "", "to_number": "", "unit": "km"}, "I-55, km 50 to 72", "I-55, km 50 a 72"),
        ({"from_town": "Canton", "to_town": "Durant"}, "I-55, Canton to Durant", "I-55, de Canton a Durant"),
        ({"from_town": "Canton"}, "I-55, Canton to mile 72", "I-55, de Canton a milla 72"),
        ({"label": "113"}, "Highway 113, exits 51 to 72", "La carretera 113, salidas 51 a 72"),
    ],
)
def test_a_section_is_called_by_its_parts(changes, english, spanish):
    record = {**PARTS, **changes}
    assert section_names([record], load_texts("en")) == (english,)
    assert section_names([record], load_texts("es")) == (spanish,)


def test_names_that_occur_twice_are_told_apart():
    records = [PARTS, {**PARTS, "from_milepost": 150.0, "to_milepost": 160.0}]
    assert section_names(records, load_texts("en")) == (
        "I-55, exits 51 to 72, miles 49.6 to 71.8",
        "I-55, exits 51 to 72, miles 150.0 to 160.0",
    )


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    project = load_project(write_example(tmp_path_factory.mktemp("example") / "study"))
    return project, load_inputs(project)


@pytest.mark.parametrize("by", ["length", "towns", "exits"])
def test_english_names_are_those_of_the_tables_and_spanish_ones_are_spanish(example, by):
    project, inputs = example[0].model_copy(update={"sections": Sections(by=by)}), example[1]
    study = make_study(project, inputs, progress=lambda _: None)
    records = study.sections.to_dict("records")
    assert list(section_names(records, load_texts("en"))) == study.sections["name"].tolist()
    spanish = section_names(records, load_texts("es"))
    assert not [name for name in spanish if any(word in name for word in ("exit", "mile", " to "))]
    if by == "length":
        whole = make_study(project.model_copy(update={"language": "es"}), inputs, progress=lambda _: None)
        assert spanish[0] in render_page(whole)
