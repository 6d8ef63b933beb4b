"""A study whose confidential rows say everything, and its outputs, which must say nothing of it."""

import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from click.testing import CliRunner
from filelock import FileLock
from pyproj import CRS

from cli import main
from geo.crs import WGS84
from geo.example_study import write_example
from geo.project import ProviderFile
from geo.secrets import Secret, read_secrets
from tests.conftest import shared_folder


def run(*arguments: object):
    return CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)


def tell_all(study: Path, *, seed: int = 6) -> pd.DataFrame:
    """Fill the confidential rows of the example with invented names, contacts and places inside their regions."""
    counties = gpd.read_file(study / "counties.geojson").set_index("GEOID")
    table = pd.read_csv(study / "providers.csv", dtype="str", keep_default_na=False)
    rng = np.random.default_rng(seed)
    hidden = table.index[table["public"] != "yes"]
    for number, row in enumerate(hidden):
        shape = counties.geometry[table.loc[row, "region"]]
        left, bottom, right, top = shape.bounds
        while True:
            place = shapely.Point(rng.uniform(left, right), rng.uniform(bottom, top))
            if shape.buffer(-0.02).contains(place):
                break
        table.loc[row, ["name", "phone", "website", "town"]] = [
            f"Hidden Haven of Sister {chr(65 + number)}lma", f"(601) 555-09{seed % 10}{number}",
            f"https://www.haven{seed}-{number}.example/", "Jackson",
        ]  # fmt: skip
        table.loc[row, ["lon", "lat"]] = [f"{place.x:.6f}", f"{place.y:.6f}"]
        table.loc[row, "address"] = f"{412 + number} Old Mill Road"
    table["address"] = table["address"].fillna("")
    table.to_csv(study / "providers.csv", index=False)
    return table.loc[hidden]


@pytest.fixture(autouse=True, scope="module")
def _known_roads(known_roads: None) -> None:
    """No test here looks at roads but those of the cache, which name one of their own."""


@pytest.fixture(scope="session")
def telling(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a study whose confidential rows say everything, with its outputs in ``out``.

    Tests that run side by side share it: the first one makes it, and none changes it.
    """
    folder = shared_folder(tmp_path_factory) / "telling"
    with FileLock(folder.with_suffix(".lock")):
        if not folder.exists():
            making = tmp_path_factory.mktemp("making") / "study"
            write_example(making)
            tell_all(making)
            with (making / "project.toml").open("a", encoding="utf-8") as project:
                project.write('\n[hotline]\nstate_line = "Mississippi line: 601-555-0777"\n')
            assert run("map", making / "project.toml", "--out", making / "out").exit_code == 0
            making.rename(folder)
    return folder


@pytest.fixture(scope="session")
def secrets(telling: Path) -> tuple[Secret, ...]:
    regions = gpd.read_file(telling / "counties.geojson").rename(columns={"GEOID": "region_id", "NAME": "name"})
    section = ProviderFile(file=telling / "providers.csv")
    return read_secrets([section], regions=regions.to_crs(WGS84), crs=CRS.from_epsg(3814))


@pytest.fixture
def out(telling: Path, tmp_path: Path) -> Path:
    """Return a copy of the outputs to plant leaks in."""
    return Path(shutil.copytree(telling / "out", tmp_path / "out"))
