"""Reading files: formats, encodings, separators, spreadsheets, coordinate systems, and what is refused."""

import contextlib
import json
import time
import zipfile

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from geo import map_files
from geo.errors import InputError
from geo.files import read_table, require_file
from geo.sheets import clean

ODD_NAMES = [
    'Joe`s "Motel" ${x}',
    "<script>alert(1)</script>",
    "🏥 مستشفى בית",
    r"C:\u12 road",
    "=1+1",
    "O’Hara & Söhne",
]


def refused(path, **options):
    with pytest.raises(InputError) as error:
        read_table(path, **options)
    return [str(problem) for problem in error.value.problems]


def csv_file(folder, content, name="people.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(content.encode(encoding))
    return path


class TestDelimited:
    def test_cells_are_text_and_rows_are_numbered_as_in_a_spreadsheet(self, tmp_path):
        frame = read_table(csv_file(tmp_path, "id,n\n01003,1.0\n\n007,\n"))
        assert frame["id"].tolist() == ["01003", "007"]
        assert frame["n"].tolist() == ["1.0", ""]
        assert frame.index.tolist() == [2, 4]
        assert frame.index.name == "row"

    @pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
    def test_separators_are_recognised(self, tmp_path, separator):
        path = csv_file(tmp_path, separator.join(["name", "note"]) + "\n" + separator.join(["A", "b"]) + "\n")
        assert read_table(path).to_dict("list") == {"name": ["A"], "note": ["b"]}

    def test_the_line_by_which_excel_is_told_the_separator_is_no_row(self, tmp_path):
        frame = read_table(csv_file(tmp_path, "sep=;\r\na;b\r\n1,5;2\r\n"))
        assert frame.to_dict("list") == {"a": ["1,5"], "b": ["2"]}
        assert frame.index.tolist() == [2]

    def test_commas_in_the_cells_do_not_decide_the_separator(self, tmp_path):
        path = csv_file(tmp_path, "name;address\nA;1 Oak St, Apt 2, Jackson, MS, US\n")
        assert read_table(path)["address"].tolist() == ["1 Oak St, Apt 2, Jackson, MS, US"]

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    def test_unicode_needs_no_note(self, tmp_path, encoding):
        frame = read_table(csv_file(tmp_path, "name\nSöhne\n", encoding=encoding))
        assert frame["name"].tolist() == ["Söhne"]
        assert frame.attrs["notes"] == ()

    def test_windows_text_is_read_with_a_note(self, tmp_path):
        frame = read_table(csv_file(tmp_path, "name;n\nSöhne – “x”;1\n", encoding="cp1252"))
        assert frame["name"].tolist() == ["Söhne – “x”"]
        assert frame.attrs["notes"] == ("text encoding: not UTF-8, read as Windows-1252",)

    def test_a_named_encoding_is_used(self, tmp_path):
        assert read_table(csv_file(tmp_path, "name\nŁódź\n", encoding="cp1250"), encoding="cp1250")["name"][2] == "Łódź"

    def test_an_encoding_that_does_not_fit_is_said(self, tmp_path):
        path = csv_file(tmp_path, "name\nSöhne\n", encoding="cp1252")
        remedy = 'Save it as "CSV UTF-8", or set `encoding` in the project file.'
        assert refused(path, encoding="utf-8") == [f"people.csv: the text encoding 'utf-8' does not fit. {remedy}"]
        assert refused(path, encoding="klingon") == [f"people.csv: the text encoding 'klingon' does not fit. {remedy}"]

    def test_odd_names_pass_unchanged(self, tmp_path):
        path = tmp_path / "names.csv"
        pd.DataFrame({"name": ODD_NAMES, "n": "1"}).to_csv(path, index=False)
        assert read_table(path)["name"].tolist() == ODD_NAMES

    def test_control_characters_go(self, tmp_path):
        path = csv_file(tmp_path, 'name,n\n"A\x1b[31m\nB\x07",1\n')
        assert read_table(path)["name"].tolist() == ["A[31m B"]

    def test_short_rows_are_filled_and_long_rows_refused(self, tmp_path):
        assert read_table(csv_file(tmp_path, "a,b,c\n1,2\n"))["c"].tolist() == [""]
        assert refused(csv_file(tmp_path, "a,b\n1,2\n1,2,3\n4,5,,\n")) == [
            "people.csv, row 3: there are more cells than the 2 columns of the header. "
            "Put quotation marks around text that holds the separator, and give every column a name."
        ]

    def test_a_quotation_mark_that_is_never_closed(self, tmp_path):
        assert refused(csv_file(tmp_path, 'a,b\n1,2\n"1,2\n3,4\n')) == [
            "people.csv, row 3: cannot be split into cells: a quotation mark that is never closed, or a cell of more "
            "than 100,000 characters. Open the file in a spreadsheet, correct that row and save it as CSV again."
        ]

    def test_a_huge_cell_is_refused(self, tmp_path):
        assert "100,000 characters" in refused(csv_file(tmp_path, "a,b\n1," + "x" * 100_001 + "\n"))[0]

    def test_a_title_above_the_header_is_found(self, tmp_path):
        assert refused(csv_file(tmp_path, "Providers of 2026,,\n,,\nname,lon,lat\nA,1,2\n")) == [
            "people.csv, rows 1, 2: the column names are not in row 1: row 3 looks like the header. "
            "Delete the rows above the header."
        ]

    def test_a_missing_header_is_found(self, tmp_path):
        assert refused(csv_file(tmp_path, "A,-90.1,32.2\nB,-90.2,32.3\n")) == [
            "people.csv, row 1: holds numbers: the column names are missing. "
            "Add a first row with the name of each column."
        ]

    def test_two_columns_of_one_name_are_refused_without_repeating_it(self, tmp_path):
        assert refused(csv_file(tmp_path, "Oak,x,Oak\n1,2,3\n")) == [
            "people.csv, row 1: columns A, C do not all have names of their own. Rename them."
        ]

    def test_only_blank_lines(self, tmp_path):
        assert refused(csv_file(tmp_path, "\n\n,,\n")) == [
            "people.csv: is empty. Put the column names in row 1 and the data below."
        ]


class TestWorkbook:
    def workbook(self, folder, rows, merge=(), name="list.xlsx", sheets=()):
        book = openpyxl.Workbook()
        page = book.active
        for row in rows:
            page.append(row)
        for cells in merge:
            page.merge_cells(cells)
        for title in sheets:
            book.create_sheet(title)["A1"] = "name"
        book.save(folder / name)
        return folder / name

    def test_numbers_dates_and_blanks_become_text(self, tmp_path):
        day = pd.Timestamp("2026-11-01").to_pydatetime()
        path = self.workbook(
            tmp_path, [["id", "n", "day", "yes"], ["007", 12.0, day, True], [None] * 4, [7, 1.5, None, None]]
        )
        frame = read_table(path)
        assert frame.to_dict("list") == {
            "id": ["007", "7"], "n": ["12", "1.5"], "day": ["2026-11-01", ""], "yes": ["True", ""],
        }  # fmt: skip
        assert frame.index.tolist() == [2, 4]

    def test_a_stray_mark_in_the_last_row_makes_no_million_rows(self, tmp_path):
        path = self.workbook(tmp_path, [["a", None, "b"], ["1", None, "2"]])
        book = openpyxl.load_workbook(path)
        book.active["A1048576"], book.active["XFD3"].font = "x", openpyxl.styles.Font(bold=True)
        book.save(path)
        began = time.process_time()
        assert read_table(path).to_dict("index") == {2: {"a": "1", "b": "2"}, 1048576: {"a": "x", "b": ""}}
        assert time.process_time() - began < 5

    def test_merged_headers_are_refused(self, tmp_path):
        path = self.workbook(tmp_path, [["Where", None, "Name"], ["1", "2", "A"]], merge=["A1:B1"])
        assert refused(path) == [
            "list.xlsx, row 1: cells are merged in the header (A1:B1). "
            "Unmerge them in Excel, so that row 1 holds one name per column and each row its own values."
        ]

    def test_percentages_and_leading_zeros_are_read_as_excel_shows_them(self, tmp_path):
        book = openpyxl.Workbook()
        for row in (["fips", "poor", "n"], [8001, 0.123, 7], ["08003", "12%", 0.07]):
            book.active.append(row)
        book.active["A2"].number_format, book.active["B2"].number_format = "00000", "0.0%"
        book.save(tmp_path / "list.xlsx")
        table = read_table(tmp_path / "list.xlsx")
        assert table.to_numpy().tolist() == [["08001", "12.3%", "7"], ["08003", "12%", "0.07"]]

    def test_merged_data_are_refused(self, tmp_path):
        path = self.workbook(tmp_path, [["a", "b"], ["1", "2"], [None, "3"]], merge=["A2:A3"])
        assert refused(path)[0].startswith("list.xlsx, row 2: cells are merged among the data (A2:A3).")

    def test_a_title_above_the_header(self, tmp_path):
        path = self.workbook(tmp_path, [["Shelters"], [], ["name", "lon", "lat"], ["A", 1, 2]])
        assert refused(path)[0].startswith("list.xlsx, rows 1, 2: the column names are not in row 1: row 3 looks")

    def test_the_sheet_can_be_named_and_a_wrong_name_is_corrected(self, tmp_path):
        path = self.workbook(tmp_path, [["a"], ["1"]], sheets=["Providers"])
        assert read_table(path).attrs["notes"] == ("the first of 2 sheets",)
        assert list(read_table(path, layer="Providers").columns) == ["name"]
        assert refused(path, layer="Provider") == ["list.xlsx: there is no sheet 'Provider'. Did you mean 'Providers'?"]

    def test_sheets_of_notes_before_the_table_are_passed_over(self, tmp_path):
        book = openpyxl.Workbook()
        for line in ("About this list", "Call Ann before you change it"):
            book.active.append([line])
        page = book.create_sheet("Providers")
        for row in (["name", "lon"], ["A", 1]):
            page.append(row)
        book.save(tmp_path / "list.xlsx")
        table = read_table(tmp_path / "list.xlsx")
        assert (table["name"].tolist(), table.attrs["notes"]) == (["A"], ("sheet 2 of 2: there is no table before",))

    def test_damaged_workbooks(self, tmp_path):
        path = tmp_path / "list.xlsx"
        path.write_bytes(b"PK\x03\x04 not really")
        assert refused(path) == [
            "list.xlsx: is damaged, or not of the format its name says. Save or download it again."
        ]
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a.txt", "x")
        assert refused(path) == ["list.xlsx: is not an Excel workbook, or it is damaged. Save it as .xlsx again."]


def collection(*features, **extra):
    parts = [{"type": "Feature", "properties": properties, "geometry": geometry} for properties, geometry in features]
    return json.dumps({"type": "FeatureCollection", "features": parts, **extra})


class TestMapLayers:
    def test_attributes_become_text_and_geometry_flat(self, tmp_path):
        path = tmp_path / "a.geojson"
        point = {"type": "Point", "coordinates": [-90.1, 32.3, 99]}
        path.write_text(
            collection(
                ({"id": "01", "n": 5, "x": 1.5, "day": "2026-01-02", "b": True}, point),
                ({"id": None, "b": False}, None),
            )
        )
        frame = read_table(path)
        assert isinstance(frame, gpd.GeoDataFrame)
        assert frame.crs.to_epsg() == 4326
        assert frame.drop(columns="geometry").to_dict("list") == {
            "id": ["01", ""], "n": ["5", ""], "x": ["1.5", ""], "day": ["2026-01-02", ""], "b": ["True", "False"],
        }  # fmt: skip
        assert not frame.geometry[1].has_z
        assert frame.geometry[2] is None
        assert frame.index.tolist() == [1, 2]

    @pytest.mark.parametrize("suffix", [".gpkg", ".shp", ".parquet", ".geojson", ".zip"])
    def test_formats_give_the_same_table(self, tmp_path, suffix):
        path = tmp_path / f"a{suffix}"
        frame = gpd.GeoDataFrame(
            {"GEOID": ["01", "02"], "n": [1, 2]}, geometry=gpd.points_from_xy([1, 2], [3, 4]), crs=4326
        )
        if suffix == ".parquet":
            frame.to_parquet(path)
        elif suffix == ".zip":
            (tmp_path / "s").mkdir()
            frame.to_file(tmp_path / "s" / "a.shp")
            with zipfile.ZipFile(path, "w") as archive:
                for part in (tmp_path / "s").iterdir():
                    archive.write(part, part.name)
        else:
            frame.to_file(path)
        read = read_table(path)
        assert read["GEOID"].tolist() == ["01", "02"]
        assert read["n"].tolist() == ["1", "2"]
        assert [point.wkt for point in read.geometry] == ["POINT (1 3)", "POINT (2 4)"]
        assert read.crs.to_epsg() == 4326

    def test_parquet_without_geometry(self, tmp_path):
        pd.DataFrame({"id": ["01"], "n": [4710.0]}).to_parquet(tmp_path / "a.parquet")
        assert read_table(tmp_path / "a.parquet").to_dict("list") == {"id": ["01"], "n": ["4710"]}

    def test_a_layer_without_crs_is_refused_unless_it_is_in_degrees(self, tmp_path):
        for name, x, y in (("metres", 500_000, 1_300_000), ("degrees", -90, 32)):
            frame = gpd.GeoDataFrame({"a": ["1"]}, geometry=gpd.points_from_xy([x], [y]), crs=4326)
            frame.to_file(tmp_path / f"{name}.shp")
            (tmp_path / f"{name}.prj").unlink()
        assert refused(tmp_path / "metres.shp") == [
            "metres.shp: has no coordinate system (CRS). "
            "Set its CRS in a GIS and save it as GeoPackage; a shapefile needs its .prj file."
        ]
        frame = read_table(tmp_path / "degrees.shp")
        assert frame.crs.to_epsg() == 4326
        assert frame.attrs["notes"] == ("no coordinate system given: taken as longitude and latitude (WGS 84)",)

    def test_metres_that_call_themselves_degrees(self, tmp_path):
        path = tmp_path / "a.geojson"
        path.write_text(collection(({}, {"type": "Point", "coordinates": [500_000, 1_300_000]})))
        assert refused(path) == [
            "a.geojson: its coordinates are not degrees, though its CRS says so. "
            "Export it again with its true CRS, or as WGS 84 (EPSG:4326)."
        ]

    def test_degrees_beyond_the_180th_meridian(self, tmp_path):
        path = tmp_path / "a.geojson"
        path.write_text(collection(({}, {"type": "LineString", "coordinates": [[179.5, -17], [180.5, -17]]})))
        assert refused(path) == [
            "a.geojson: has longitudes beyond 180 degrees. Cut its shapes at the 180th meridian, and write longitudes "
            "beyond it less 360: -179.5, not 180.5."
        ]

    def test_swapped_degrees(self, tmp_path):
        path = tmp_path / "a.geojson"
        path.write_text(collection(({}, {"type": "Point", "coordinates": [32.3, -90.2]})))
        assert refused(path) == [
            "a.geojson: latitude and longitude are swapped. Write each position as longitude, latitude."
        ]

    def test_layers_must_be_chosen(self, tmp_path):
        path = tmp_path / "a.gpkg"
        frame = gpd.GeoDataFrame({"a": ["1"]}, geometry=gpd.points_from_xy([1], [1]), crs=4326)
        frame.to_file(path, layer="counties")
        frame.to_file(path, layer="tracts")
        assert refused(path) == [
            "a.gpkg: has 2 layers. Set `layer` in the project file to one of 'counties', 'tracts'."
        ]
        assert refused(path, layer="county") == ["a.gpkg: there is no layer 'county'. Did you mean 'counties'?"]
        assert len(read_table(path, layer="tracts")) == 1

    @pytest.mark.parametrize(
        "content", ["{", '{"type":"FeatureCollection","features":[{"type":"Fea', "[1]", "a,b\n1,2"]
    )
    def test_damaged_geojson(self, tmp_path, content):
        path = tmp_path / "a.geojson"
        path.write_text(content)
        assert refused(path) == ["a.geojson: is not GeoJSON, or it is damaged or cut off. Download or export it again."]

    def test_a_malformed_shape_is_no_shape(self, tmp_path):
        path = tmp_path / "a.geojson"
        ring = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}
        path.write_text(collection(({"a": "1"}, ring), ({"a": "2"}, {"type": "Point", "coordinates": [1, 1]})))
        assert read_table(path).geometry.isna().tolist() == [True, False]

    def test_a_shapefile_alone(self, tmp_path):
        frame = gpd.GeoDataFrame({"a": ["1"]}, geometry=[shapely.Point(1, 1)], crs=4326)
        frame.to_file(tmp_path / "a.shp")
        (tmp_path / "a.dbf").unlink()
        assert refused(tmp_path / "a.shp") == [
            "a.shp: its .dbf files are missing. Copy all files of the shapefile, or use a GeoPackage."
        ]


class TestRefusals:
    def test_missing_file_with_a_near_one(self, tmp_path):
        csv_file(tmp_path, "a\n1\n")
        assert refused(tmp_path / "peple.csv") == ["peple.csv: there is no such file. Did you mean 'people.csv'?"]

    def test_missing_folder(self, tmp_path):
        path = tmp_path / "data" / "people.csv"
        assert refused(path) == [f"people.csv: there is no such file. Looked in {path.parent}."]

    def test_a_folder(self, tmp_path):
        (tmp_path / "a.csv").mkdir()
        (tmp_path / "a.gdb").mkdir()
        assert refused(tmp_path / "a.csv") == ["a.csv: is a folder, not a file. Name a file inside it."]
        assert refused(tmp_path / "a.gdb") == [
            "a.gdb: is a folder, not a file. Export the layer as GeoPackage (.gpkg)."
        ]

    def test_an_empty_file(self, tmp_path):
        assert refused(csv_file(tmp_path, "")) == ["people.csv: is empty (0 bytes). Download or export it again."]

    def test_unknown_formats(self, tmp_path):
        assert refused(csv_file(tmp_path, "x", name="a.xls")) == [
            "a.xls: the format '.xls' is not read. Open it in Excel and save it as .xlsx."
        ]
        assert refused(csv_file(tmp_path, "x", name="a.dat"))[0].startswith("a.dat: the format '.dat' is not read. Use")
        assert "the format 'without ending' is not read." in refused(csv_file(tmp_path, "x", name="a"))[0]

    def test_files_that_are_something_else(self, tmp_path):
        assert refused(csv_file(tmp_path, "<!DOCTYPE html><html>")) == [
            "people.csv: is a web page, not data. Download the file itself again."
        ]
        assert refused(csv_file(tmp_path, "<html>", name="a.geojson"))[0].startswith("a.geojson: is a web page")
        assert refused(csv_file(tmp_path, "PK\x03\x04...")) == [
            "people.csv: is an Excel workbook or zip archive, not text. Rename it to .xlsx, or save it as CSV."
        ]
        assert refused(csv_file(tmp_path, "version https://git-lfs.github.com/spec/v1\n"))[0].startswith(
            "people.csv: is a placeholder of Git LFS, not data."
        )
        assert refused(csv_file(tmp_path, "a\0b,c\n1,2")) == ["people.csv: is not a text file. Save it as CSV (UTF-8)."]

    def test_an_unreadable_file(self, tmp_path, monkeypatch):
        path = csv_file(tmp_path, "a\n1\n")

        def denied(*_args, **_options):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(type(path), "open", denied)
        with pytest.raises(InputError, match=r"people.csv: cannot be read: Permission denied. Check its permissions."):
            require_file(path)

    @pytest.mark.parametrize("name", ["a.xlsx", "a.zip"])
    def test_a_bomb(self, tmp_path, monkeypatch, name):
        monkeypatch.setattr(map_files, "MAX_BYTES", 1000)
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("big", b"\0" * 1001)
        assert refused(path) == [f"{name}: unpacks to more than 1,000 bytes. Cut it to the study area."]


def test_an_archive_of_an_unknown_version(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.shp", "x")
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 6] = 229
    path.write_bytes(content)
    assert refused(path) == ["a.zip: is damaged, or not of the format its name says. Save or download it again."]


def small_files(folder):
    """Return a good file of each kind, to be damaged."""
    frame = gpd.GeoDataFrame({"name": ["A", "B"], "n": [1, 2]}, geometry=gpd.points_from_xy([1, 2], [3, 4]), crs=4326)
    for suffix in (".geojson", ".gpkg", ".shp"):
        frame.to_file(folder / f"a{suffix}")
    frame.to_parquet(folder / "a.parquet")
    table = pd.DataFrame(frame.drop(columns="geometry"))
    table.to_csv(folder / "a.csv", index=False)
    table.to_excel(folder / "a.xlsx", index=False)
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        for part in folder.glob("a.[ds][bh][fpx]"):
            archive.write(part, part.name)
    return {name: (folder / f"a.{name}").read_bytes() for name in ("csv", "xlsx", "geojson", "gpkg", "parquet", "zip")}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(draw=st.data())
def test_damaged_files_are_read_or_refused_and_nothing_else(tmp_path, draw):
    files = small_files(tmp_path) if not (tmp_path / "a.zip").exists() else None
    kind = draw.draw(st.sampled_from(["csv", "xlsx", "geojson", "gpkg", "parquet", "zip"]))
    if files:
        for name, content in files.items():
            (tmp_path / f"good.{name}").write_bytes(content)
    content = bytearray((tmp_path / f"good.{kind}").read_bytes())
    start = draw.draw(st.integers(0, len(content)))
    content[start : start + draw.draw(st.integers(0, 60))] = draw.draw(st.binary(max_size=30))
    path = tmp_path / f"damaged.{kind}"
    path.write_bytes(content)
    with contextlib.suppress(InputError):
        read_table(path)


def test_clean_keeps_letters_and_drops_what_moves_the_cursor():
    assert [clean(name) for name in ODD_NAMES] == ODD_NAMES
    assert clean("\ufeffa\u2028b\x9b\ud800c ") == "a bc"


@pytest.mark.parametrize(
    "rows",
    [
        "id,n\n1,2\n3,4\n",
        "id,n\r\n1, 2 \r\n3,4",
        "id,n\n1,\n,4\n\n\n",
        "id;n\n1;NA\n3;null\n",
        "id\tn\n1\tx y\n3\t4\n",
        "id,n\n1,2\n\n3,4\n",
        "id,n\n1,2\n,\n3,4\n",
        "id,n\n1\n3,4\n",
        "id,n,\n1,2,\n3,4,\n",
        'id,n\n1,"2"\n3,4\n',
        "id,n\n1,2\r3,4\n",
        "id,n\n1,é\n3,4\n",
        "id,n\n",
        f"id,n\n1,2\n3,{' ' * 99_999}4\n",
    ],
)
def test_plain_text_is_read_like_any_other(tmp_path, rows, monkeypatch):
    path = tmp_path / "t.csv"
    path.write_bytes(rows.encode())
    quick = read_table(path)
    monkeypatch.setattr("geo.sheets._plain", lambda *_: None)
    assert_frame_equal(quick, read_table(path))


@pytest.mark.parametrize(
    "rows", ["1,2\n3,4\n", "id,id\n1,2\n", "title\n\nid,n\n1,2\n", "id,n\n1,2,3\n", "1.5,2\n3,4\n", "\n\n"]
)
def test_plain_text_that_is_refused_is_refused_with_the_same_words(tmp_path, rows, monkeypatch):
    path = tmp_path / "t.csv"
    path.write_bytes(rows.encode())

    def said():
        try:
            return read_table(path).to_dict()
        except InputError as error:
            return str(error)

    quick = said()
    monkeypatch.setattr("geo.sheets._plain", lambda *_: None)
    assert quick == said()


def test_a_path_that_toml_took_for_a_tab_is_told(tmp_path):
    with pytest.raises(InputError, match="write / instead of"):
        require_file(tmp_path / "in\table.csv")


@pytest.mark.parametrize("name", ["list.csv", "list.tsv", "list.txt", "list.parquet"])
def test_a_layer_of_a_file_without_layers_is_refused(tmp_path, name):
    path = tmp_path / name
    if name.endswith("parquet"):
        pd.DataFrame({"name": ["A"]}).to_parquet(path)
    else:
        path.write_text("name,town\nA,B\n".replace(",", "\t" if name.endswith("tsv") else ","))
    assert len(read_table(path)) == 1
    assert refused(path, layer="x") == [f"{name}: has no layers or sheets. Take `layer` out of the project file."]
