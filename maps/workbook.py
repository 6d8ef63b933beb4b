"""The ranking as a workbook: formatted sheets, a data dictionary, sources and parameters."""

import datetime as dt
import io
import math
import re
import textwrap
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.formatting.rule import DataBarRule, FormulaRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.dimensions import RowDimension
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from layers.study import Study
from maps.dictionary import (
    COUNT,
    DISTANCE,
    GAP_COLUMNS,
    IDENTIFIER,
    MINUTES,
    RATE,
    SCORE,
    SECTION_COLUMNS,
    SHARE,
    TEXT,
    Meaning,
    meanings,
)
from maps.help_line import help_line
from maps.manifest import manifest
from maps.symbology import LIGHT
from maps.tables import gaps_table, guard_formula, ranking_table
from maps.values import View
from maps.view import make_view

_GENERAL = "General"
_WRAPPED = Alignment(wrap_text=True)
_WORDS = Alignment(vertical="top", wrap_text=True)
"""For tables of nothing but texts; numbers stand at the foot of their row, and what is wrapped beside them as well."""
_FORMATS: Mapping[str, str] = MappingProxyType(
    {
        COUNT: "#,##0",
        SCORE: "0.0",
        SHARE: "0%",
        MINUTES: "0.0",
        DISTANCE: "0.0",
        RATE: "0.00##",
        TEXT: _GENERAL,
        IDENTIFIER: "@",
    }
)
_PLAIN = "0.00"
_BARS: Mapping[str, tuple[float, str]] = MappingProxyType(
    {
        "priority": (100, LIGHT["acc"]),
        "access_gap": (1, LIGHT["gap"]),
        "need": (1, LIGHT["need"]),
        "reach": (1, LIGHT["meet"]),
    }
)
"""Columns with a bar in each cell: the value of a full bar, and its colour."""
_WIDEST, _NARROWEST = 46, 9
_LINE_POINTS, _HIGHEST = 15.0, 409.0
_PAGE_CHARACTERS = 200
"""Width of the columns, in characters, up to which a sheet is printed on one page: about seven tenths of full size."""
_LONGEST_CELL = 32_000
_LONGEST_FOOTER = 230
_LATE = PatternFill(bgColor="FF8A1C1C", fill_type="solid")
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_CHANGED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PAPER_CODES: Mapping[str, int] = MappingProxyType({"letter": 1, "a4": 9})


def workbook_bytes(study: Study, *, view: View | None = None) -> bytes:
    """Return the workbook of a study as an .xlsx file; the same study gives the same bytes.

    Nothing in it is a formula: text that a spreadsheet would run gets an apostrophe in front, as in ranking.csv.

    Parameters
    ----------
    study
        The finished analysis.
    view
        Its view, when it is at hand.
    """
    view = view or make_view(study)
    tables = tuple(_tables(study, view))
    book = Workbook()
    book.remove(book.worksheets[0])
    for table in tables:
        _write_ranking(book.create_sheet(_sheet_name(table.name, view)), table, view)
    _write_rural(book.create_sheet(_sheet_name("rural", view)), study, view)
    _write_sharing(book.create_sheet(_sheet_name("sharing", view)), study, view)
    _write_dictionary(book.create_sheet(_sheet_name("dictionary", view)), tables, view)
    _write_sources(book.create_sheet(_sheet_name("sources", view)), study, view)
    for sheet in book.worksheets:
        _for_print(sheet, study.project.paper)
        _for_expiry(sheet, study, view)
    book.properties.creator = "outreach-map"
    book.properties.title = _text(view.title)
    out = io.BytesIO()
    book.save(out)
    return _undated(out.getvalue(), study.project.as_of)


@dataclass(frozen=True, eq=False)
class _Table:
    """A table of results with what its columns mean."""

    name: str
    rows: pd.DataFrame
    columns: tuple[Meaning, ...]


def _tables(study: Study, view: View) -> Iterator[_Table]:
    """Yield the ranking, and that of sections and the gaps where the study has them."""
    ranking = ranking_table(study)
    yield _Table("ranking", ranking, meanings(ranking.columns, study.project, view))
    if study.sections is not None:
        sections = ranking_table(study, of="sections")
        meant = meanings(sections.columns, study.project, view, columns=SECTION_COLUMNS)
        yield _Table("sections", sections, meant)
    gaps = gaps_table(study)
    if len(gaps):
        yield _Table("gaps", gaps, meanings(gaps.columns, study.project, view, columns=GAP_COLUMNS))


def _sheet_name(name: str, view: View) -> str:
    return view.texts(f"workbook.{name}")


def _write_ranking(sheet: Worksheet, table: _Table, view: View) -> None:
    """Write a table of results; the scores of a ranking get bars."""
    rows = [[_value(value, view) for value in record] for record in table.rows.itertuples(index=False, name=None)]
    formats = [_FORMATS.get(column.kind, _PLAIN) for column in table.columns]
    _write_table(sheet, [column.title for column in table.columns], rows, formats)
    letters = {column.name: get_column_letter(at) for at, column in enumerate(table.columns, start=1)}
    if "name" in letters:
        sheet.freeze_panes = f"{get_column_letter(1 + list(letters).index('name') + 1)}2"
    for name, (most, colour) in _BARS.items():
        if name in letters:
            span = f"{letters[name]}2:{letters[name]}{len(rows) + 1}"
            bar = DataBarRule("num", 0, "num", most, color=f"FF{colour[1:].upper()}", showValue=True)  # type: ignore[no-untyped-call]
            sheet.conditional_formatting.add(span, bar)


def _value(value: Any, view: View) -> object:  # noqa: ANN401 - any cell of a table
    """Return a cell of the ranking as a workbook holds it: infinity in words, unknown as empty."""
    t = view.texts
    if isinstance(value, str):
        return value
    if value is True or value is False:
        return t("workbook.yes") if value else t("workbook.no")
    number = float(value)
    if math.isnan(number):
        return None
    if math.isinf(number):
        return t("workbook.unreachable")
    return int(number) if number == int(number) else number


def _write_rural(sheet: Worksheet, study: Study, view: View) -> None:
    t = view.texts
    minutes = f"{view.place.headline_min:g}"
    far = t("briefing.beyond", minutes=minutes)
    heads = [
        t("briefing.rural.service"),
        t("workbook.rural_people"), f"{t('workbook.rural_people')}: {far}", t("briefing.rural.rural_share"),
        t("workbook.other_people"), f"{t('workbook.other_people')}: {far}", t("briefing.rural.other_share"),
    ]  # fmt: skip
    names = ("rural_people", "rural_beyond", "rural_share", "other_people", "other_beyond", "other_share")
    rows = [
        [view.category(str(category)), *(float(record[name]) for name in names)]
        for category, record in _records(study.rural)
    ]
    count, share = _FORMATS[COUNT], _FORMATS[SHARE]
    _write_table(sheet, heads, rows, [_GENERAL, count, count, share, count, count, share])


def _write_sharing(sheet: Worksheet, study: Study, view: View) -> None:
    t = view.texts
    heads = [t(f"briefing.sharing.{name}") for name in ("basis", "gini", "palma")]
    rows = [
        [
            view.category(str(category)),
            t(f"briefing.sharing.basis_{record['basis']}"),
            _value(record["gini"], view),
            t("briefing.sharing.palma_none") if record["palma"] == math.inf else _value(record["palma"], view),
        ]
        for category, record in _records(study.sharing)
    ]
    _write_table(sheet, [t("briefing.rural.service"), *heads], rows, [_GENERAL, _GENERAL, _PLAIN, _PLAIN])


def _records(table: pd.DataFrame | None) -> Iterable[tuple[Any, pd.Series]]:
    return () if table is None else table.iterrows()


def _write_dictionary(sheet: Worksheet, tables: Sequence[_Table], view: View) -> None:
    heads = [view.texts(f"workbook.{name}") for name in ("file", "heading", "column", "meaning", "unit", "values")]
    rows = [
        [_sheet_name(table.name, view), column.title, column.name, column.text, column.unit, column.allowed]
        for table in tables
        for column in table.columns
    ]
    _write_table(sheet, heads, rows, [_GENERAL] * len(heads))


def _write_sources(sheet: Worksheet, study: Study, view: View) -> None:
    heads = [view.texts(f"workbook.{name}") for name in ("group", "entry", "value")]
    _write_table(sheet, heads, [list(row) for row in _entries(study, view)], [_GENERAL] * 3)


def _entries(study: Study, view: View) -> Iterator[tuple[str, str, object]]:
    """Yield what the study rests on: its finding, sources, input files, what was left out, and every parameter."""
    t = view.texts
    record = manifest(study)
    about = t("workbook.about")
    if view.example:
        yield about, t("page.example"), t("page.example_long")
    yield about, t("workbook.title"), study.project.title
    yield about, t("workbook.finding"), view.title
    yield about, t("workbook.as_of"), t.date(study.project.as_of)
    if view.expires_on:
        yield about, t("workbook.expires"), t.date(view.expires_on)
    if view.hotline:
        yield about, t("workbook.help_line"), help_line(study.project)
    yield about, t("workbook.crs"), study.areas.crs.name
    yield about, t("workbook.made"), f"{record['tool']['name']} {record['tool']['version']}"
    if view.confidential_note:
        yield about, t("client.confidence"), view.confidential_note
    yield t("workbook.source"), t("workbook.osm"), t("static.osm", osm=t("attribution.osm"))
    for what, text in view.sources:
        yield t("workbook.source"), what, text
    for entry in record["inputs"]:
        rows = "" if entry["rows"] is None else t("workbook.rows", n=t.number(entry["rows"]))
        words = (rows, *entry["notes"], f"SHA-256 {entry['sha256']}")
        yield t("workbook.input"), entry["file"], "; ".join(part for part in words if part)
    for left_out in study.dropped:
        count = "" if left_out.count is None else f"{t.number(left_out.count)} "
        yield t("workbook.dropped"), left_out.source, f"{count}{left_out.reason}"
    for name, value in _flat(record["parameters"]):
        yield t("workbook.parameter"), name, value


def _flat(value: object, prefix: str = "") -> Iterator[tuple[str, object]]:
    """Yield nested parameters as dotted names and plain values; those left empty are not told."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _flat(part, f"{prefix}.{key}" if prefix else str(key))
    elif isinstance(value, list) and any(isinstance(part, Mapping) for part in value):
        for number, part in enumerate(value, start=1):
            yield from _flat(part, f"{prefix}[{number}]")
    elif isinstance(value, list):
        if value:
            yield prefix, "; ".join(str(part) for part in value)
    elif value not in (None, ""):
        yield prefix, value


def _write_table(
    sheet: Worksheet, heads: Sequence[str], rows: Sequence[Sequence[object]], formats: Sequence[str]
) -> None:
    """Write a table with a frozen, filterable heading and columns as wide as their texts need."""
    widths = [0] * len(heads)
    # What is the same in all rows, such as the help line, would make each of them several lines high.
    same = [len(rows) > 1 and len({str(row[position]) for row in rows}) == 1 for position in range(len(heads))]
    words = all(form == _GENERAL for form in formats)
    for number, row in enumerate([heads, *rows], start=1):
        for position, value in enumerate(row):
            cell = sheet.cell(row=number, column=position + 1)
            _put(cell, value)
            if number == 1:
                cell.font = Font(bold=True, color="FFFFFFFF")
                cell.fill = PatternFill("solid", fgColor=f"FF{LIGHT['head'][1:].upper()}")
                cell.alignment = Alignment(wrap_text=True, vertical="center")
                continue
            if formats[position] != _GENERAL:
                cell.number_format = formats[position]
            length = len(str(value))
            widths[position] = max(widths[position], length)
            is_long = length > _WIDEST and not same[position]
            if words or is_long:
                cell.alignment = _WORDS if words else _WRAPPED
            if is_long:
                _make_room(sheet.row_dimensions[number], str(value))
    for position, head in enumerate(heads):
        word = max((len(part) for part in head.split()), default=0)
        width = max(_NARROWEST, min(_WIDEST, max(widths[position], word, len(head) // 2)) + 2)
        sheet.column_dimensions[get_column_letter(position + 1)].width = width
    sheet.row_dimensions[1].height = 46
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{len(rows) + 1}"


def _make_room(row: RowDimension, text: str) -> None:
    """Make a row high enough for a text of several lines; not every program does so by itself."""
    lines = max(1, len(textwrap.wrap(text, _WIDEST)))
    row.height = min(max(row.height or 0.0, lines * _LINE_POINTS), _HIGHEST)


def _put(cell: Cell | Any, value: object) -> None:  # noqa: ANN401 - merged cells, which are not used here
    """Set a value; a text stays a text, whatever it begins with."""
    if isinstance(value, str):
        cell.value = _text(value)
        cell.data_type = "s"
    else:
        cell.value = value


def _text(value: str) -> str:
    return str(guard_formula(_UNWRITABLE.sub(" ", value)))[:_LONGEST_CELL]


def _for_print(sheet: Worksheet, paper: str) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _PAPER_CODES[paper]
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    held = sheet[str(sheet.freeze_panes)].column - 1
    if held:  # a ranking has too many columns for one page: it takes several, each with the names
        across = sum(column.width for column in sheet.column_dimensions.values())
        sheet.page_setup.fitToWidth = math.ceil(across / _PAGE_CHARACTERS)
        sheet.print_title_cols = f"A:{get_column_letter(held)}"


def _for_expiry(sheet: Worksheet, study: Study, view: View) -> None:
    """Say below each printed page until when it may be used, and turn the head of the table red after that day."""
    day = study.project.expires_on
    # "&" begins a code in headers and footers of pages; they hold 255 characters at most.
    said = f"{view.texts('page.review_then', date=view.texts.date(day))} {help_line(study.project)}"
    if sheet.oddFooter is not None:
        sheet.oddFooter.left.text = textwrap.shorten(said.replace("&", "&&"), _LONGEST_FOOTER, placeholder=" …")
        sheet.oddFooter.left.size = 8
    is_late = [f"TODAY()>DATE({day.year},{day.month},{day.day})"]
    late = FormulaRule(formula=is_late, fill=_LATE, font=Font(color="FFFFFFFF"))  # type: ignore[no-untyped-call]
    sheet.conditional_formatting.add(f"A1:{get_column_letter(sheet.max_column)}1", late)


def _undated(book: bytes, day: dt.date) -> bytes:
    """Return a workbook whose dates are those of its data and whose archive bears none of its own."""
    out = io.BytesIO()
    stamp = rb"\g<1>" + f"{day.isoformat()}T00:00:00Z".encode()
    with zipfile.ZipFile(io.BytesIO(book)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in given.namelist():
            content = given.read(name)
            if name == "docProps/core.xml":
                content = _CHANGED.sub(stamp, content)
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o600 << 16
            made.writestr(entry, content)
    return out.getvalue()
