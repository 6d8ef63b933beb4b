"""Areas and regions: outlines read, mended, counted, refused."""

import geopandas as gpd
import pytest
import shapely
from pyproj import CRS

from geo.areas import read_areas, read_regions
from geo.crs import metric_crs, require_true_lengths
from geo.errors import InputError, ProjectError
from geo.project import Areas, Regions
from geo.records import Dropped

METRIC = CRS.from_epsg(3814)


def square(x, y, size=1.0):
    return shapely.box(x, y, x + size, y + size)


def area_file(folder, shapes, name="areas.gpkg", crs=4326, **columns):
    columns = {"GEOID": [f"{n:02}" for n in range(1, len(shapes) + 1)], "NAME": "A", **columns}
    gpd.GeoDataFrame(columns, geometry=list(shapes), crs=crs).to_file(folder / name)
    return folder / name


def section(path, **changes):
    return Areas(**{"file": path, "id": "GEOID", "name": "NAME", **changes})


def refused(path, **changes):
    with pytest.raises(InputError) as error:
        read_areas(section(path, **changes), crs=None)
    return [str(problem) for problem in error.value.problems]


def test_areas_come_sorted_by_text_id_in_metres(tmp_path):
    path = area_file(tmp_path, [square(-90, 32), square(-91, 32)], GEOID=["02", "01"], NAME=["B", "A"])
    reading = read_areas(section(path), crs="EPSG:3814")
    assert list(reading.table.columns) == ["area_id", "name", "geometry"]
    assert reading.table[["area_id", "name"]].to_numpy().tolist() == [["01", "A"], ["02", "B"]]
    assert reading.table.crs == METRIC
    assert reading.files[0].rows == 2
    assert len(reading.files[0].sha256) == 64


def test_the_utm_zone_is_chosen_without_crs(tmp_path):
    assert read_areas(section(area_file(tmp_path, [square(-90, 32)])), crs=None).table.crs.to_epsg() == 32616


@pytest.mark.parametrize(
    ("boxes", "name"),
    [
        ([(-90, 32, -89, 33)], "WGS 84 / UTM zone 16N"),
        ([(150, -34, 151, -33)], "WGS 84 / UTM zone 56S"),
        # Fiji: the mean of both longitudes is Greenwich, in whose zone the islands would lie upside down.
        ([(177, -19, 180, -16), (-180, -19, -178, -16)], "WGS 84 / UTM zone 60S"),
        # Alaska is six zones wide; lengths at its ends would be 13 % wrong in that of its middle.
        ([(-168, 54.5, -130, 71.4)], "Lambert azimuthal equal-area around 63° N, 149° W"),
        ([(172, 51, 180, 53), (-180, 51, -130, 71)], "Lambert azimuthal equal-area around 61° N, 159° W"),
    ],
)
def test_without_crs_one_is_chosen_with_true_lengths_and_north_up(boxes, name):
    areas = gpd.GeoDataFrame(geometry=[shapely.box(*box) for box in boxes], crs=4326)
    crs = metric_crs(None, areas)
    assert crs.name == name
    require_true_lengths(areas.to_crs(crs))
    west, east = boxes[0], boxes[-1]
    ends = gpd.GeoSeries.from_xy([west[0], east[2], west[0]], [west[1], west[1], west[3]], crs=4326).to_crs(crs)
    assert ends.x[0] < ends.x[1]
    assert ends.y[0] < ends.y[2]


def test_a_crs_across_the_180th_meridian_is_looked_at_where_the_areas_are():
    areas = gpd.GeoDataFrame(geometry=[shapely.box(177, -19, 180, -16), shapely.box(-180, -19, -178, -16)], crs=4326)
    require_true_lengths(areas.to_crs("EPSG:3460"))  # Fiji's own grid


def test_a_crs_in_degrees_is_the_projects_mistake(tmp_path):
    with pytest.raises(ProjectError, match="is not measured in metres"):
        read_areas(section(area_file(tmp_path, [square(-90, 32)])), crs="EPSG:4326")


@pytest.mark.parametrize(
    ("crs", "off"),
    # Mercator stretches by 1 / cos of the latitude: 1.186 at 32.5. The zone of Utah lies 21 degrees to the west.
    [("EPSG:3857", "1[89] %"), ("EPSG:32612", "[45] %")],
)
def test_a_crs_that_stretches_the_areas_is_the_projects_mistake(tmp_path, crs, off):
    areas = read_areas(section(area_file(tmp_path, [square(-90, 32)])), crs=crs).table
    with pytest.raises(ProjectError, match=f"{crs}.* measures lengths in the areas up to {off} wrong"):
        require_true_lengths(areas)


@pytest.mark.parametrize("crs", ["EPSG:5070", "EPSG:3814", "EPSG:32615", "EPSG:32616"])
def test_a_crs_made_for_the_country_or_the_state_will_do(tmp_path, crs):
    require_true_lengths(read_areas(section(area_file(tmp_path, [square(-90, 32)])), crs=crs).table)


@pytest.mark.parametrize("wanted", ["28", ["28", "01"]])
def test_where_keeps_rows(tmp_path, wanted):
    path = area_file(tmp_path, [square(-90, 32), square(-91, 32)], STATE=["28", "22"])
    reading = read_areas(section(path, where={"STATE": wanted}), crs=None)
    assert reading.table["area_id"].tolist() == ["01"]
    assert reading.files[0].notes == ("1 of 2 rows kept by `where`",)


@pytest.mark.parametrize(("column", "value"), [("n", 5), ("n", 5.0), ("b", True), ("s", "1")])
def test_where_compares_numbers_and_truth_values(tmp_path, column, value):
    path = area_file(tmp_path, [square(-90, 32), square(-91, 32)], n=[5, 6], b=[True, False], s=["1", "01"])
    assert read_areas(section(path, where={column: value}), crs=None).table["area_id"].tolist() == ["01"]


def test_where_that_keeps_nothing_or_names_no_column(tmp_path):
    path = area_file(tmp_path, [square(-90, 32)], STATEFP="28")
    assert refused(path, where={"STATEFP": "29"}) == [
        "areas.gpkg: `where` keeps none of the 1 rows. Compare its values with those in the file; text is compared exactly."
    ]
    assert refused(path, where={"STATEPF": "28"}) == [
        "areas.gpkg, column 'STATEPF': there is no such column. Did you mean 'STATEFP'?"
    ]


def test_all_problems_at_once(tmp_path):
    path = area_file(
        tmp_path, [square(-90, 32), shapely.Point(-90, 32), square(-91, 32)], GEOID=["1", "1", ""], name="a.geojson"
    )
    assert refused(path, name="NAMES") == [
        "a.geojson, row 2: is not a polygon. Use a file of outlines.",
        "a.geojson, column 'GEOID', row 3: is empty. Fill it in, or remove the row.",
        "a.geojson, column 'GEOID', rows 1, 2: holds the same value more than once. Give each row a value of its own.",
        "a.geojson, column 'NAMES': there is no such column. Did you mean 'NAME'?",
    ]


def test_a_table_without_outlines(tmp_path):
    (tmp_path / "a.csv").write_text("GEOID,NAME\n1,A\n")
    assert refused(tmp_path / "a.csv") == [
        "a.csv: has no outlines. Use a map file with polygons: GeoJSON, GeoPackage, shapefile."
    ]


def test_outlines_that_cross_themselves_are_mended_and_missing_ones_counted(tmp_path):
    bow_tie = shapely.Polygon([(-90, 32), (-89, 33), (-89, 32), (-90, 33)])
    path = area_file(tmp_path, [bow_tie, None, shapely.Polygon(), square(-91, 32)], name="a.geojson")
    reading = read_areas(section(path), crs=None)
    assert reading.table["area_id"].tolist() == ["01", "04"]
    assert reading.table.is_valid.all()
    assert reading.table.geom_type.tolist() == ["MultiPolygon", "Polygon"]
    assert reading.dropped == (
        Dropped("a.geojson", "without an outline", 2),
        Dropped("a.geojson", "outlines that crossed themselves, mended", 1),
    )


def test_an_outline_that_stands_twice_is_refused_wherever_it_begins(tmp_path):
    again = shapely.Polygon([(-89, 33), (-90, 33), (-90, 32), (-89, 32)])
    path = area_file(tmp_path, [square(-91, 32), square(-90, 32), square(-88, 32), again], name="a.geojson")
    assert refused(path) == [
        "a.geojson, rows 2, 4: has the same outline as another row. Keep one of them, or give each its own outline."
    ]


def test_areas_of_one_extent_are_not_taken_for_copies(tmp_path):
    upper = shapely.Polygon([(-90, 32), (-89, 33), (-90, 33)])
    lower = shapely.Polygon([(-90, 32), (-89, 32), (-89, 33)])
    assert len(read_areas(section(area_file(tmp_path, [upper, lower])), crs=None).table) == 2


def test_no_outline_at_all(tmp_path):
    path = area_file(tmp_path, [None, None], name="a.geojson")
    assert refused(path) == [
        "a.geojson: has no outlines. Use a map file with polygons: GeoJSON, GeoPackage, shapefile."
    ]


def test_swapped_outlines(tmp_path):
    path = area_file(tmp_path, [square(32, -91)], name="a.geojson")
    assert refused(path) == [
        "a.geojson: latitude and longitude are swapped. Write each position as longitude, latitude."
    ]


def test_regions(tmp_path):
    path = area_file(tmp_path, [square(-90, 32), square(-91, 32)], GEOID=["02", "01"])
    reading = read_regions(Regions(file=path, id="GEOID", name="NAME"), crs=METRIC)
    assert list(reading.table.columns) == ["region_id", "name", "geometry"]
    assert reading.table["region_id"].tolist() == ["01", "02"]
    assert reading.table.crs == METRIC
