"""Studies whose pages are checked in a browser: the bundled example, and real ones where the data is there."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.example_study import write_example
from geo.inputs import load_inputs
from geo.project import Areas, Project, Sections
from geo.project_file import load_project
from layers.study import Study, make_study

TESTS = Path(__file__).parents[1]
DATA = TESTS.parents[1] / "shared" / "data"
TRACTS = 878


def example(folder: Path) -> Study:
    """Return the bundled example as it is."""
    return _study(load_project(write_example(folder / "study")))


def example_sections(folder: Path) -> Study:
    """Return the bundled example with sections of its highways ranked beside its counties."""
    return _study(load_project(write_example(folder / "study")).model_copy(update={"sections": Sections()}))


def example_sections_in_spanish(folder: Path) -> Study:
    """Return the same for readers of Spanish."""
    project = load_project(write_example(folder / "study"))
    return _study(project.model_copy(update={"sections": Sections(), "language": "es"}))


def real_counties(_: Path) -> Study:
    """Return the counties of Mississippi."""
    return _study(_real("mississippi"))


def real_sections(_: Path) -> Study:
    """Return the counties of Mississippi, with sections from exit to exit."""
    return _study(_real("mississippi").model_copy(update={"sections": Sections(by="exits")}))


def real_tracts(folder: Path) -> Study:
    """Return all census tracts of Mississippi: 878 cells around the points of the tracts, within their counties.

    The data has the tracts' points, but the outlines of an older census with fewer tracts only.
    """
    project = _real("mississippi_tracts")
    people = pd.read_csv(
        project.folder / project.people.file, dtype={"tract_fips": str, "county_fips": str}, encoding="utf-8"
    )
    people = people[people["state_fips"] == 28]
    counties = gpd.read_file(DATA / "real" / "counties_2016cb.gpkg", layer="counties").set_index("GEOID")
    points = gpd.GeoSeries(gpd.points_from_xy(people["intpt_lon"], people["intpt_lat"]), crs="EPSG:4326").to_crs(3814)
    land = counties.geometry.to_crs(3814)
    cells = []
    for county, members in people.reset_index(drop=True).groupby("county_fips"):
        own = shapely.MultiPoint(points.iloc[members.index].to_list())
        parts = shapely.get_parts(shapely.voronoi_polygons(own, extend_to=land[county].buffer(1e5), ordered=True))
        cells += list(zip(members["tract_fips"], shapely.intersection(parts, land[county]), strict=True))
    names = [f"{int(fips[5:]) / 100:g}" for fips, _ in cells]
    table = gpd.GeoDataFrame(
        {"GEOID": [fips for fips, _ in cells], "name": names}, geometry=[c for _, c in cells], crs=3814
    )
    assert len(table) == TRACTS
    file = folder / "tracts.gpkg"
    table.to_file(file)
    areas = Areas(
        file=file, id="GEOID", name="name", singular="tract", plural="tracts", source="Cells around the tracts' points"
    )
    return _study(project.model_copy(update={"areas": areas}))


def _real(name: str) -> Project:
    if not DATA.is_dir():
        pytest.skip(f"no real data at {DATA}")
    return load_project(TESTS / "real" / f"{name}.toml")


def _study(project: Project) -> Study:
    return make_study(project, load_inputs(project, progress=_silent), progress=_silent)


def _silent(_: str) -> None:
    """Say nothing."""
