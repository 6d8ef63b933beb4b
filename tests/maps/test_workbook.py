"""The workbook: the figures of the CSV with formats, a meaning for every column, and no formula whatever the data say."""

import datetime as dt
import io
import math
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from maps.dictionary import (
    COLUMNS,
    GAP_COLUMNS,
    SECTION_COLUMNS,
    columns_document,
    declared,
    meanings,
)
from maps.tables import SECTION_COLUMNS as SECTION_NAMES
from maps.tables import gaps_table, ranking_table
from maps.texts import languages, load_texts
from maps.view import make_view
from maps.workbook import workbook_bytes
from tests.maps.printed import make_full_study
from tests.maps.studies import HOSTILE

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def full():
    return make_full_study(side=5)


@pytest.fixture(scope="module")
def packed(full):
    return workbook_bytes(full)


@pytest.fixture(scope="module")
def book(packed):
    return openpyxl.load_workbook(io.BytesIO(packed))


def rows_of(sheet) -> list[tuple]:
    return list(sheet.iter_rows(min_row=2, values_only=True))


def heads_of(sheet) -> list[str]:
    return [cell.value for cell in sheet[1]]


def test_sheets_are_named_frozen_and_filterable(book):
    assert book.sheetnames == [
        "Ranking", "Highway gaps", "Rural gap", "Shared capacity", "Data dictionary", "Sources & parameters",
    ]  # fmt: skip
    for sheet in book:
        assert sheet.freeze_panes in {"A2", "F2"}
        assert sheet.auto_filter.ref == sheet.dimensions
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.print_title_rows == "$1:$1"
        assert len(set(heads_of(sheet))) == len(heads_of(sheet))
        for letter in sheet.column_dimensions:
            assert 9 <= sheet.column_dimensions[letter].width <= 50


def test_a_printed_ranking_can_be_read(book):
    ranking, dictionary = book["Ranking"], book["Data dictionary"]
    # A file states widths with their edges, five of the seven pixels of a character, and equal neighbours together.
    across = sum((dim.width - 5 / 7) * (dim.max - dim.min + 1) for dim in ranking.column_dimensions.values())
    assert across / 200 <= ranking.page_setup.fitToWidth < across / 200 + 1
    assert ranking.print_title_cols == "$A:$E"
    assert dictionary.sheet_properties.pageSetUpPr.fitToPage
    assert dictionary.page_setup.fitToWidth in {None, 1}  # one page, unless a file says otherwise
    assert dictionary.print_title_cols is None


def test_rows_are_as_high_as_what_stands_in_them(book):
    words = next(
        cell for row in book["Data dictionary"].iter_rows(min_row=2) for cell in row if len(str(cell.value)) > 100
    )
    assert words.alignment.wrap_text
    assert words.parent.row_dimensions[words.row].height >= 3 * 15
    # The help line stands in every row of the ranking: it must not make them all three lines high.
    last = book["Ranking"].cell(2, book["Ranking"].max_column)
    assert "1-888-373-7888" in last.value
    assert not last.alignment.wrap_text
    assert all(row.height in {None, 15, 30} for number, row in book["Ranking"].row_dimensions.items() if number > 1)


def test_the_figures_are_those_of_the_ranking(full, book):
    table = ranking_table(full)
    for row, (_, expected) in zip(rows_of(book["Ranking"]), table.iterrows(), strict=True):
        for value, wanted in zip(row, expected, strict=True):
            if isinstance(wanted, str):
                assert (value or "") == wanted
            elif isinstance(wanted, bool):
                assert value == ("yes" if wanted else "no")
            elif math.isinf(wanted):
                assert value == "no provider reachable"
            else:
                assert value == pytest.approx(wanted)
    assert "no provider reachable" in {value for row in rows_of(book["Ranking"]) for value in row}


def test_numbers_are_numbers_with_formats(full, book):
    sheet = book["Ranking"]
    columns = list(ranking_table(full).columns)
    formats = {name: sheet.cell(2, at).number_format for at, name in enumerate(columns, start=1)}
    assert formats["population"] == "#,##0"
    assert formats["priority"] == "0.0"
    assert formats["area_id"] == "@"
    assert formats["corridor_share"] == formats["beyond_30_any"] == "0%"
    assert sheet.cell(2, columns.index("area_id") + 1).value == full.areas.index[0]
    assert sheet.cell(2, columns.index("priority") + 1).data_type == "n"
    assert len(sheet.conditional_formatting) == 4 + 1  # bars, and the head after the day of expiry


def test_a_little_capacity_is_not_rounded_to_none(full):
    little = replace(full, areas=full.areas.assign(per_10k_legal=0.0012))
    assert ranking_table(little)["per_10k_legal"].eq(0.0012).all()


def test_small_tables_have_a_row_per_service(full, book):
    assert [row[0] for row in rows_of(book["Rural gap"])] == ["Emergency shelter", "Medical care", "Legal help"]
    assert rows_of(book["Rural gap"])[0][1:4] == (4000, 1000, 0.25)
    palma = [row[3] for row in rows_of(book["Shared capacity"])]
    assert palma[2] == "worst four tenths have none"
    assert palma[0] == pytest.approx(full.sharing["palma"].iloc[0])


def test_every_column_has_a_meaning(full, book):
    dictionary = rows_of(book["Data dictionary"])
    assert [row[2] for row in dictionary] == [*ranking_table(full).columns, *gaps_table(full).columns]
    assert all(cell for row in dictionary for cell in row)
    for sheet in ("Ranking", "Highway gaps"):
        assert heads_of(book[sheet]) == [row[1] for row in dictionary if row[0] == sheet]


def test_columns_of_sections_have_a_meaning_too():
    for name in (*SECTION_NAMES, "exit_median_legal", "exit_worst_mental_health"):
        assert declared(name, SECTION_COLUMNS)[0] in SECTION_COLUMNS
    with pytest.raises(KeyError, match="n_unicorns_2"):
        declared("n_unicorns_2")


@pytest.mark.parametrize("language", languages())
def test_declared_columns_have_words_and_words_a_column(language):
    entries = load_texts(language).section("column")
    keys = {column.key for column in (*COLUMNS, *SECTION_COLUMNS, *GAP_COLUMNS)}
    assert {name.rpartition(".")[0] for name in entries} == keys
    assert all(f"{key}.{part}" in entries for key in keys for part in ("title", "text"))


def test_values_keep_to_their_declared_range(full):
    view = make_view(full)
    table = ranking_table(full)
    for meaning in meanings(table.columns, full.project, view):
        column, _ = declared(meaning.name)
        values = table[meaning.name]
        if column.least is not None:
            assert values.min() >= column.least, meaning.name
        if column.most is not None:
            assert values.max() <= column.most, meaning.name


def test_the_document_of_columns_is_up_to_date():
    assert (ROOT / "docs" / "columns.md").read_text(encoding="utf-8") == columns_document(load_texts("en"))


def test_sources_and_parameters_are_told(book):
    entries = {(kind, entry): value for kind, entry, value in rows_of(book["Sources & parameters"])}
    assert entries["Source", "Map data"].startswith("© OpenStreetMap contributors")
    assert entries["Parameter", "corridor.highways"] == "I 5; US 9"
    assert entries["Parameter", "access.bands_min"] == "30.0; 60.0"
    assert ("About", "Example data, not for use") in entries
    assert entries["Left out", "people.csv"] == "3 outside the study area"


def test_the_same_study_gives_the_same_bytes_of_no_day(full, packed):
    assert workbook_bytes(full) == packed
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    properties = openpyxl.load_workbook(io.BytesIO(packed)).properties
    assert properties.created == properties.modified == dt.datetime(2026, 11, 1)  # noqa: DTZ001 - as the file has it


@pytest.mark.parametrize(
    ("name", "shown"),
    [("R&G &[Picture] Line", "R＆G ＆[Picture] Line"), ("\U0001f49a" * 90, "\N{WHITE SQUARE}" * 90)],
)
def test_footers_hold_any_name(name, shown):
    study = make_full_study(side=2)
    line = study.project.hotline.model_copy(update={"name": name})
    study = replace(study, project=study.project.model_copy(update={"hotline": line}))
    for sheet in openpyxl.load_workbook(io.BytesIO(workbook_bytes(study))):
        assert shown in sheet.oddFooter.left.text
        assert sheet.oddFooter.left.size == 8


@pytest.mark.parametrize("hostile", [HOSTILE, "=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "a\ufffe\x00b"])
def test_nothing_becomes_a_formula(hostile):
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(make_full_study(side=2, hostile=hostile))))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert cell.hyperlink is None
                assert not isinstance(cell.value, str) or not cell.value.startswith(("=", "+", "-", "@"))


def test_confidential_providers_leave_nothing(full, packed):
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        text = b"".join(archive.read(name) for name in archive.namelist())
    for row in full.providers[~full.providers["public"]].itertuples():
        assert f">{row.provider_id}<".encode() not in text
    assert b"Confidential provider" not in text


def test_a_workbook_in_spanish():
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(make_full_study(side=2, language="es"))))
    assert book.sheetnames[0] == "Clasificación"
    assert pd.Series(heads_of(book["Clasificación"])).is_unique
