"""All inputs of a project together."""

import re
import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from geo.errors import InputError, NetworkError, OutreachError, ProjectError
from geo.example_study import write_example
from geo.inputs import load_inputs
from geo.project_file import load_project
from geo.vocabulary import CATEGORIES

REAL = Path(__file__).parents[1] / "real"
SHARED = Path(__file__).parents[3] / "shared" / "data"

pytestmark = pytest.mark.usefixtures("known_roads")


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    return write_example(tmp_path_factory.mktemp("example") / "study").parent


@pytest.fixture
def study(example, tmp_path):
    return shutil.copytree(example, tmp_path / "study")


def load(study):
    return load_inputs(load_project(study / "project.toml"))


def replace(study, old, new, name="project.toml"):
    text = (study / name).read_text()
    assert old in text
    (study / name).write_text(text.replace(old, new))


def test_every_table_is_in_one_metric_crs(study):
    inputs = load(study)
    tables = ("highways", "places", "areas", "people", "providers", "listed_venues", "regions", "towns")
    assert {getattr(inputs, name).crs.to_epsg() for name in tables} == {3814}
    assert len(inputs.areas) == len(inputs.regions) == 82
    assert [record.path.name for record in inputs.files] == [
        "roads.osm", "counties.geojson", "people.csv", "providers.csv", "towns.csv",
    ]  # fmt: skip
    assert set(";".join(inputs.providers["categories"]).split(";")) <= set(CATEGORIES)


def test_areas_without_any_road_near_are_refused(study):
    areas = gpd.read_file(study / "counties.geojson")
    areas.set_geometry(areas.translate(-4.2, 0)).to_file(study / "counties.geojson")
    with pytest.raises(OutreachError) as error:
        load(study)
    said = [str(problem) for problem in error.value.problems]
    assert re.match(r"roads.osm: no road comes within \d+ m of any of the counties. Check that", said[0])
    assert said[1].startswith("people.csv: none of its")
    assert len(said) == 2


def test_progress_is_told(study, monkeypatch):
    monkeypatch.setenv("OUTREACH_CACHE_DIR", "off")
    said = []
    load_inputs(load_project(study / "project.toml"), progress=said.append)
    assert said[0] == "Reading areas …"
    assert any(line.startswith("Reading roads.osm") for line in said)


def test_a_mistake_of_the_project_alone_is_a_project_error(study):
    replace(study, "[corridor]", "[roads.speeds_kmh]\nsecundary = 50\n\n[corridor]")
    with pytest.raises(ProjectError, match="'secundary' is not a road class"):
        load(study)


def test_a_mistake_of_the_highways_alone_is_a_network_error(study):
    replace(study, '["I 55", "I 20"]', '["I 555"]')
    with pytest.raises(NetworkError, match="I 555"):
        load(study)


def test_a_crs_that_stretches_is_told_beside_the_other_problems(study):
    replace(study, 'crs = "EPSG:3814"', 'crs = "EPSG:3857"')
    replace(study, '"poverty_pct"', '"poverty"')
    with pytest.raises(InputError) as error:
        load(study)
    assert ["Mercator" in str(problem) for problem in error.value.problems] == [True, False]


def test_highways_that_come_nowhere_near_the_areas_are_refused(study):
    shutil.copy(study / "counties.geojson", study / "regions.geojson")
    replace(study, "[people] ", '[regions]\nfile = "regions.geojson"\nid = "GEOID"\nname = "NAME"\n\n[people] ')
    replace(study, '["I 55", "I 20"]', '["I 55"]')
    replace(study, 'singular = "county"', 'where = { GEOID = "28081" }\nsingular = "county"')  # Lee, 80 km off
    with pytest.raises(NetworkError) as error:
        load(study)
    assert [str(problem) for problem in error.value.problems] == [
        "project.toml, key 'corridor.highways': none of these highways comes within 8000 m of any of the counties. Name the highways "
        "of these counties, or the areas that they run through."
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('["I 55", "I 20"]', '["I 55", "I 99"]', "key 'corridor.highways': there is no highway \"I 99\""),
        ("[corridor]", "speeds_kmh = { lane = 30 }\n[corridor]", "key 'roads.speeds_kmh': 'lane' is not a road class."),
        ("[corridor]", "speeds_kmh = { trunk = 3 }\n[corridor]", "key 'roads.speeds_kmh': 3 km/h for trunk is not"),
        ('singular = "county"', 'singular = "county"\nhexagons = 9', "key 'areas.hexagons': resolution 9 makes about"),
        ('crs = "EPSG:3814"', 'crs = "EPSG:4326"', "key 'crs': 'EPSG:4326' (WGS 84) is not measured in metres."),
    ],
)
def test_keys_found_wrong_after_reading_are_told_with_their_file(study, old, new, said):
    replace(study, old, new)
    with pytest.raises(OutreachError) as error:
        load(study)
    assert str(error.value.problems[0]).startswith(f"project.toml, {said}")


def test_areas_on_top_of_each_other_are_told(study):
    assert not [entry for entry in load(study).dropped if "overlap" in entry.reason]
    areas = gpd.read_file(study / "counties.geojson")
    twin = areas.iloc[:9].assign(GEOID=[f"9{number}" for number in range(9)])
    twin = twin.set_geometry(twin.translate(0.001))  # a copy would be refused
    pd.concat([areas, twin]).to_file(study / "counties.geojson")
    (entry,) = [entry for entry in load(study).dropped if "overlap" in entry.reason]
    assert entry.source == "counties.geojson"
    assert re.match(r"counties overlap on 1\d% of the land: people and venues there count in one of them", entry.reason)


def test_areas_whose_people_are_missing_are_told(study):
    assert not [entry for entry in load(study).dropped if "nobody" in entry.reason]
    people, areas = pd.read_csv(study / "people.csv"), gpd.read_file(study / "counties.geojson")
    gone = areas[areas["NAME"].isin(["Hinds", "Rankin"])].union_all()
    points = gpd.GeoSeries(gpd.points_from_xy(people["lon"], people["lat"]), crs=4326)
    people[~points.intersects(gone)].to_csv(study / "people.csv", index=False)
    (entry,) = [entry for entry in load(study).dropped if "nobody" in entry.reason]
    assert (entry.source, entry.count) == ("people.csv", 2)
    assert entry.reason == "counties in which nobody of this file lives, ranked as empty: Hinds, Rankin"


def test_mistakes_of_several_kinds_are_an_input_error_with_all(study):
    replace(study, '["I 55", "I 20"]', '["I 555"]')
    replace(study, '"poverty_pct"', '"poverty"')
    replace(study, 'crs = "EPSG:3814"', 'crs = "EPSG:99999999"')
    with pytest.raises(InputError) as error:
        load(study)
    assert ["CRS" in str(problem) or "poverty" in str(problem) for problem in error.value.problems] == [True, True]


def test_regions_that_cannot_be_read_are_said_once_and_providers_still_checked(study):
    replace(study, "[people] ", '[regions]\nfile = "regions.geojson"\nid = "GEOID"\nname = "NAME"\n\n[people] ')
    replace(study, ",crisis,", ",crisys,", "providers.csv")
    with pytest.raises(InputError) as error:
        load(study)
    said = [str(problem) for problem in error.value.problems]
    assert said[0].startswith("regions.geojson: there is no such file.")
    assert re.match(
        r"providers.csv, column 'category', rows? [\d, ]+.*: is not a service category\. Did you mean 'crisis'", said[1]
    )
    assert len(said) == 2


def test_a_region_file_of_its_own_is_used(study):
    shutil.copy(study / "counties.geojson", study / "regions.geojson")
    replace(study, 'singular = "county"', 'singular = "hexagon"')
    replace(study, "[people] ", '[regions]\nfile = "regions.geojson"\nid = "GEOID"\nname = "NAME"\n\n[people] ')
    inputs = load(study)
    assert len(inputs.regions) == 82
    assert (~inputs.providers["public"]).any()


@pytest.mark.parametrize(
    ("name", "areas", "people", "providers"),
    [
        ("mississippi", 82, 2_958_846, 2046), ("mississippi_tracts", 661, 2_958_846, 2046), ("malta", 14, None, 9),
        ("andorra", 7, None, 6),
    ],
)  # fmt: skip
def test_real_studies(name, areas, people, providers):
    if not (SHARED / "real").is_dir():
        pytest.skip("the shared real data are not here")
    inputs = load_inputs(load_project(REAL / f"{name}.toml"))
    assert len(inputs.areas) == areas
    assert len(inputs.providers) == providers
    assert people in {None, inputs.people["population"].sum()}
    assert inputs.areas.is_valid.all()
    assert inputs.providers["provider_id"].is_unique
