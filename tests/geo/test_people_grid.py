"""A population grid as the people of a study."""

import builtins
import warnings

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from geo.errors import InputError
from geo.people import read_people
from geo.people_grid import MOST_CELLS
from geo.project import Indicator, People

rasterio = pytest.importorskip("rasterio", exc_type=ImportError)
UTM = CRS.from_epsg(32616)

# rasterio calls its own library affine in a way that is to go.
pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")


@pytest.fixture
def write_grid(tmp_path):
    """Return a function that writes a GeoTIFF of 1 km cells whose upper left corner is (500000, 3600000)."""

    def write(values, *, crs="EPSG:32616", nodata=-99999.0, name="people.tif", **options):
        values = np.asarray(values)
        transform = rasterio.transform.from_origin(500_000, 3_600_000, 1000, 1000)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with rasterio.open(
                tmp_path / name, "w", driver="GTiff", height=values.shape[0], width=values.shape[1], count=1,
                dtype=values.dtype, crs=crs, transform=transform if crs else None, nodata=nodata, **options,
            ) as grid:  # fmt: skip
                grid.write(values, 1)
        return tmp_path / name

    return write


def area(*bounds):
    return gpd.GeoDataFrame({"area_id": ["a"], "name": ["A"]}, geometry=[shapely.box(*bounds)], crs=UTM)


EVERYTHING = area(490_000, 3_300_000, 700_000, 3_700_000)


def read(path, *, areas=EVERYTHING, crs=UTM, **keys):
    return read_people(People(file=path, **keys), areas=areas, crs=crs)


def message(path, **options):
    with pytest.raises(InputError) as caught:
        read(path, **options)
    return str(caught.value)


def test_inhabited_cells_become_points_in_their_middle(write_grid):
    reading = read(write_grid([[0.0, 2.5, -99999.0], [np.nan, -1.0, 40.0]]))
    assert reading.table["point_id"].tolist() == ["r0c1", "r1c2"]
    assert reading.table["population"].tolist() == [2.5, 40.0]
    assert shapely.get_coordinates(reading.table.geometry).tolist() == [[501_500, 3_599_500], [502_500, 3_598_500]]
    assert [(entry.reason, entry.count) for entry in reading.dropped] == [
        ("grid cells with a negative number of people", 1)
    ]
    (record,) = reading.files
    assert record.rows == 2
    assert record.notes == ("grid of 3 × 2 cells, WGS 84 / UTM zone 16N",)


def test_whole_numbers_without_nodata_are_read(write_grid):
    reading = read(write_grid(np.array([[0, 3]], dtype="uint8"), nodata=None))
    assert reading.table["population"].tolist() == [3.0]


def test_blocks_give_the_same_as_one_piece_and_far_ones_are_not_read(write_grid, monkeypatch):
    rng = np.random.default_rng(1)
    values = rng.poisson(2.0, (200, 150)).astype("float32")
    tiled = read(write_grid(values, name="tiled.tif", tiled=True, blockxsize=32, blockysize=32)).table
    assert tiled["population"].sum() == values.sum()
    assert tiled["population"].tolist() == values[values > 0].tolist()
    corner = area(500_000, 3_598_000, 502_000, 3_600_000)
    some = read(write_grid(values, name="some.tif", tiled=True, blockxsize=32, blockysize=32), areas=corner)
    assert some.table["population"].sum() == values[:2, :2].sum()
    assert some.dropped[0].reason == "grid cells outside every area"
    assert some.dropped[0].count < 32 * 32


def test_another_crs_is_brought_to_the_projects(write_grid):
    metres = read(write_grid([[5.0]])).table
    there = read(write_grid([[5.0]]), crs=CRS.from_epsg(3814)).table
    assert there.crs.to_epsg() == 3814
    assert shapely.distance(there.to_crs(UTM).geometry.iloc[0], metres.geometry.iloc[0]) < 0.01


def test_columns_and_indicators_cannot_be_named(write_grid):
    said = message(
        write_grid([[5.0]]), ruca="RUCA", indicators={"poverty": Indicator(column="p", label="Poverty")}
    ).splitlines()
    assert [line.split(": ")[2].split(" cannot")[0] for line in said] == ["people.ruca", "people.indicators.poverty"]


@pytest.mark.parametrize(
    ("values", "options", "words"),
    [
        ([[0.0, -99999.0]], {}, "nobody lives in any of its cells near the areas"),
        (
            [[5.0, 3.4e38]],
            {},
            "people.tif: has cells with more than 1,000,000,000 people. If a number stands for unknown",
        ),
        ([[5.0]], {"crs": None}, "does not say where on the earth it lies"),
    ],
)
def test_grids_of_no_use_are_refused(write_grid, values, options, words):
    assert words in message(write_grid(values, **options))


def test_a_grid_of_elsewhere_is_refused(write_grid):
    said = message(write_grid([[5.0]]), areas=area(100_000, 1_000_000, 110_000, 1_010_000))
    assert "nobody lives in any of its cells near the areas" in said


def test_damaged_files_are_refused(write_grid, tmp_path):
    whole = write_grid(np.ones((300, 300)))
    whole.write_bytes(whole.read_bytes()[:5000])
    assert "cannot be read as a GeoTIFF" in message(whole)
    (tmp_path / "text.tif").write_text("not a picture")
    assert "cannot be read as a GeoTIFF" in message(tmp_path / "text.tif")
    assert "there is no such file" in message(tmp_path / "nowhere.tif")


def test_too_fine_a_grid_is_refused(write_grid, monkeypatch):
    monkeypatch.setattr("geo.people_grid.MOST_CELLS", 3)
    assert "more than 3 inhabited cells" in message(write_grid(np.ones((2, 2))))
    assert MOST_CELLS > 1_000_000


def test_without_the_library_it_says_how_to_install_it(write_grid, monkeypatch):
    path = write_grid([[5.0]])
    real = builtins.__import__

    def without(name, *rest, **named):
        if name.startswith("rasterio"):
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    assert "pip install 'outreach-map[grid]'" in message(path)
