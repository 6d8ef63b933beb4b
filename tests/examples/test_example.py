"""The bundled example: made by its generator, honest, and whole."""

import csv
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import osmium
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from examples.make_example import FOLDER, make_example
from geo.project_file import load_project
from geo.vocabulary import CATEGORIES

FILES = ("counties.geojson", "people.csv", "providers.csv", "roads.osm", "towns.csv")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example")
    make_example(folder)
    return folder


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def roads() -> Iterator[tuple[list[int], dict[str, str]]]:
    for thing in osmium.FileProcessor(str(FOLDER / "roads.osm")):
        if thing.is_way() and thing.tags.get("highway", "rest_area") != "rest_area":
            yield [node.ref for node in thing.nodes], dict(thing.tags)


def named_places() -> list[dict[str, str]]:
    things = osmium.FileProcessor(str(FOLDER / "roads.osm"))
    return [dict(thing.tags) for thing in things if "name" in thing.tags]


@pytest.mark.parametrize("name", FILES)
def test_the_generator_gives_the_committed_bytes(made: Path, name: str) -> None:
    assert (made / name).read_bytes() == (FOLDER / name).read_bytes(), "run: python -m examples.make_example"


def test_it_is_small() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {*FILES, "project.toml"}
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 400_000
    assert (FOLDER / "counties.geojson").stat().st_size < 150_000


def test_the_project_says_that_it_is_an_example_and_its_files_exist() -> None:
    project = load_project(FOLDER / "project.toml")
    assert project.example
    files = [*project.roads.osm, project.areas.file, project.people.file, *(each.file for each in project.providers)]
    assert all(file.is_file() for file in files)


def test_there_are_82_counties_that_share_their_borders() -> None:
    counties = gpd.read_file(FOLDER / "counties.geojson")
    assert len(counties) == counties["GEOID"].nunique() == counties["NAME"].nunique() == 82
    assert counties.is_valid.all()
    assert shapely.coverage_is_valid(counties.geometry.to_numpy())


def test_towns_and_people_are_inside_the_state_and_told_apart() -> None:
    state = gpd.read_file(FOLDER / "counties.geojson").to_crs(3814).union_all().buffer(2000)
    for name in ("towns.csv", "people.csv"):
        table = rows(name)
        points = gpd.GeoSeries.from_xy([r["lon"] for r in table], [r["lat"] for r in table], crs=4326).to_crs(3814)
        assert points.within(state).all()
        assert len({row["name"] for row in table}) == len(table)
    people = rows("people.csv")
    assert len({row["county"] for row in people}) == 82
    assert all(int(row["population"]) > 0 for row in people)


def test_every_road_reaches_every_other() -> None:
    steps = [
        (a, b)
        for nodes, tags in roads()
        for a, b in itertools.pairwise(nodes)
        for a, b in ([(a, b)] if tags.get("oneway") == "yes" else [(a, b), (b, a)])
    ]
    ends, positions = np.unique(np.array(steps), return_inverse=True)
    start, end = positions.reshape(-1, 2).T
    links = coo_array((np.ones(len(start)), (start, end)), shape=(len(ends), len(ends)))
    assert connected_components(links, connection="strong")[0] == 1


def test_roads_say_that_they_are_simplified_and_the_corridor_is_there() -> None:
    numbered = [tags for _, tags in roads() if "ref" in tags]
    assert all(tags["note"] == "simplified for the example" for tags in numbered)
    refs = {ref for tags in numbered for ref in tags["ref"].split(";")}
    assert {"I 55", "I 20", "I 59", "US 49", "US 61", "MS 25"} <= refs
    assert any(tags["ref"] == "I 55;I 20" for tags in numbered)
    assert all(re.fullmatch(r"\d\d mph", tags["maxspeed"]) for tags in numbered)


def test_every_venue_is_named_as_an_example() -> None:
    names = [tags["name"] for tags in named_places()]
    assert len(names) > 100
    assert all(name.startswith("Example ") for name in names)
    assert len(set(names)) < len(names), "some sites are mapped twice"


def test_every_provider_is_named_as_an_example_and_cannot_be_called() -> None:
    providers = rows("providers.csv")
    assert 45 <= len(providers) <= 99, "the telephone block has a hundred numbers"
    assert len({row["id"] for row in providers}) == len(providers)
    assert all(row["name"].startswith("Example ") for row in providers)
    offered = {category for row in providers for category in row["category"].split(";")}
    assert offered == set(CATEGORIES)
    for row in providers:
        if row["public"] == "yes":
            assert re.fullmatch(r"\d{3}-555-01\d\d", row["phone"])
            assert row["website"].startswith("https://example.org/")


def test_confidential_providers_say_their_county_and_nothing_finer() -> None:
    confidential = [row for row in rows("providers.csv") if row["public"] != "yes"]
    assert 4 <= len(confidential) <= 6
    counties = {row["county"] for row in rows("people.csv")}
    for row in confidential:
        assert row["region"] in counties
        assert not any(row[column] for column in ("lon", "lat", "phone", "website", "town", "hours", "capacity"))
