"""Outputs appear whole or not at all."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
from shapely.geometry import Point

from geo.errors import OutputError
from geo.layers_out import write_layers
from geo.staging import staged


def test_files_appear_together_and_others_stay(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "out"
    with staged(folder) as stage:
        (stage / "a.txt").write_text("1")
        assert not (folder / "a.txt").exists()
    (folder / "mine.txt").write_text("keep")
    with staged(folder) as stage:
        (stage / "a.txt").write_text("2")
    assert {p.name: p.read_text() for p in folder.iterdir()} == {"a.txt": "2", "mine.txt": "keep"}


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_failure_leaves_the_earlier_files_and_no_debris(tmp_path: Path, error: type[BaseException]) -> None:
    with staged(tmp_path / "out") as stage:
        (stage / "a.txt").write_text("1")
    with pytest.raises(error), staged(tmp_path / "out") as stage:
        (stage / "a.txt").write_text("2")
        raise error
    assert [(p.name, p.read_text()) for p in (tmp_path / "out").iterdir()] == [("a.txt", "1")]


def test_a_full_disk_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="No space left on device"), staged(tmp_path / "out"):
        raise OSError(28, "No space left on device")


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(OutputError, match="Choose another folder"), staged(tmp_path / "out"):
        pytest.fail("nothing can be written here")


def test_a_geopackage_has_the_same_bytes_twice_and_no_infinity(tmp_path: Path) -> None:
    table = gpd.GeoDataFrame({"m": [1.0, np.inf]}, geometry=[Point(0, 0), Point(1, 1)], crs="EPSG:4326")
    for name in ("1.gpkg", "2.gpkg"):
        write_layers({"a": table, "b": table.iloc[:0]}, tmp_path / name)
    assert (tmp_path / "1.gpkg").read_bytes() == (tmp_path / "2.gpkg").read_bytes()
    assert [name for name, _ in pyogrio.list_layers(tmp_path / "1.gpkg")] == ["a", "b"]
    assert gpd.read_file(tmp_path / "1.gpkg", layer="a")["m"].isna().tolist() == [False, True]
