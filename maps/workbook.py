"""The ranking as a workbook: formatted sheets, a data dictionary, sources and parameters."""

import datetime as dt
import functools
import io
import math
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

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
_AMPERSAND = "\N{FULLWIDTH AMPERSAND}"
"""For footers, where "&" begins a code, and is taken for the place of a picture before a G even when it is doubled."""
_COUNTED_TWICE = re.compile("[\U00010000-\U0010ffff]")
"""Signs such as emoji: a footer of too many would be left out."""
_HEAD: Mapping[str, object] = MappingProxyType(
    {"bold": True, "font_color": "#FFFFFF", "bg_color": LIGHT["head"], "text_wrap": True, "valign": "vcenter"}
)
_HEAD_POINTS = 46
_LATE: Mapping[str, str] = MappingProxyType({"bg_color": "#8A1C1C", "font_color": "#FFFFFF"})
_AS_TYPED: Mapping[str, bool] = MappingProxyType(
    {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
)
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PAPER_CODES: Mapping[str, int] = MappingProxyType({"letter": 1, "a4": 9})


Style = Callable[..., Format]
"""Gives the format of a cell with such properties; each is made once for a workbook."""


@dataclass(frozen=True, eq=False)
class _Sheet:
    """A sheet to be written.

    Parameters
    ----------
    name
        Its name.
    heads
        The heading of each column.
    rows
        The cells; None is an empty one.
    formats
        The number format of each column.
    held
        How many columns stay in sight, and on each printed page, when there are more than fit.
    bars
        Columns with a bar in each cell: its longest value, and its colour.
    """

    name: str
    heads: Sequence[str]
    rows: Sequence[Sequence[object]]
    formats: Sequence[str]
    held: int = 0
    bars: Mapping[int, tuple[float, str]] = field(default_factory=dict)


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
    out = io.BytesIO()
    book = Workbook(out, dict(_AS_TYPED))
    style = functools.cache(lambda **properties: book.add_format(properties))
    for sheet in (
        *(_ranked(table, view) for table in tables),
        _rural(study, view),
        _sharing(study, view),
        _dictionary(tables, view),
        _sources(study, view),
    ):
        page = book.add_worksheet(sheet.name)
        across = _write_table(page, sheet, style)
        _for_print(page, sheet, paper=study.project.paper, across=across)
        _for_expiry(page, sheet, study, view, style)
    made = dt.datetime.combine(study.project.as_of, dt.time.min)  # of the data: no day of its own
    book.set_properties({"title": _text(view.title), "author": "outreach-map", "created": made})
    book.close()
    return out.getvalue()


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


def _ranked(table: _Table, view: View) -> _Sheet:
    """Return the sheet of a table of results; the scores of a ranking get bars."""
    names = [column.name for column in table.columns]
    return _Sheet(
        _sheet_name(table.name, view),
        [column.title for column in table.columns],
        [[_value(value, view) for value in record] for record in table.rows.itertuples(index=False, name=None)],
        [_FORMATS.get(column.kind, _PLAIN) for column in table.columns],
        held=names.index("name") + 1 if "name" in names else 0,
        bars={names.index(name): bar for name, bar in _BARS.items() if name in names},
    )


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


def _rural(study: Study, view: View) -> _Sheet:
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
    return _Sheet(_sheet_name("rural", view), heads, rows, [_GENERAL, count, count, share, count, count, share])


def _sharing(study: Study, view: View) -> _Sheet:
    t = view.texts
    heads = [t("briefing.rural.service"), *(t(f"briefing.sharing.{name}") for name in ("basis", "gini", "palma"))]
    rows = [
        [
            view.category(str(category)),
            t(f"briefing.sharing.basis_{record['basis']}"),
            _value(record["gini"], view),
            t("briefing.sharing.palma_none") if record["palma"] == math.inf else _value(record["palma"], view),
        ]
        for category, record in _records(study.sharing)
    ]
    return _Sheet(_sheet_name("sharing", view), heads, rows, [_GENERAL, _GENERAL, _PLAIN, _PLAIN])


def _records(table: pd.DataFrame | None) -> Iterable[tuple[Any, pd.Series]]:
    return () if table is None else table.iterrows()


def _dictionary(tables: Sequence[_Table], view: View) -> _Sheet:
    heads = [view.texts(f"workbook.{name}") for name in ("file", "heading", "column", "meaning", "unit", "values")]
    rows = [
        [_sheet_name(table.name, view), column.title, column.name, column.text, column.unit, column.allowed]
        for table in tables
        for column in table.columns
    ]
    return _Sheet(_sheet_name("dictionary", view), heads, rows, [_GENERAL] * len(heads))


def _sources(study: Study, view: View) -> _Sheet:
    heads = [view.texts(f"workbook.{name}") for name in ("group", "entry", "value")]
    return _Sheet(_sheet_name("sources", view), heads, list(_entries(study, view)), [_GENERAL] * 3)


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


def _write_table(page: Worksheet, sheet: _Sheet, style: Style) -> float:
    """Write a table with a frozen, filterable heading; return the width of its columns, as wide as their texts need."""
    page.write_row(0, 0, [_text(head) for head in sheet.heads], style(**_HEAD))
    page.set_row(0, _HEAD_POINTS)
    # In a table of nothing but texts they begin at the top of their row; else at its foot, beside the numbers.
    words = all(form == _GENERAL for form in sheet.formats)
    heights = [0.0] * len(sheet.rows)
    across = 0.0
    for position, (head, form) in enumerate(zip(sheet.heads, sheet.formats, strict=True)):
        cells = [row[position] for row in sheet.rows]
        texts = [str(cell) for cell in cells]
        # What is the same in all rows, such as the help line, would make each of them several lines high.
        same = len(texts) > 1 and len(set(texts)) == 1
        for number, (cell, text) in enumerate(zip(cells, texts, strict=True)):
            is_long = len(text) > _WIDEST and not same
            page.write(number + 1, position, _cell(cell), _style(style, form, words=words, wrapped=is_long))
            if is_long:
                heights[number] = max(heights[number], _needed_points(text))
        word = max((len(part) for part in head.split()), default=0)
        widest = max((word, len(head) // 2, *map(len, texts)))
        width = max(_NARROWEST, min(_WIDEST, widest) + 2)
        page.set_column(position, position, width)
        across += width
    for number, height in enumerate(heights):
        if height:
            page.set_row(number + 1, height)
    page.freeze_panes(1, sheet.held)
    page.autofilter(0, 0, len(sheet.rows), len(sheet.heads) - 1)
    for position, (most, colour) in sheet.bars.items():
        _draw_bars(page, position, len(sheet.rows), most=most, colour=colour)
    return across


def _style(style: Style, form: str, *, words: bool, wrapped: bool) -> Format | None:
    """Return the format of a cell; None where it has nothing of its own."""
    if words:
        return style(text_wrap=True, valign="top")
    properties: dict[str, object] = {"text_wrap": True} if wrapped else {}
    if form != _GENERAL:
        properties["num_format"] = form
    return style(**properties) if properties else None


def _needed_points(text: str) -> float:
    """Return how high a row has to be for a text of several lines; not every program sees to it by itself."""
    return min(max(1, len(textwrap.wrap(text, _WIDEST))) * _LINE_POINTS, _HIGHEST)


def _draw_bars(page: Worksheet, position: int, rows: int, *, most: float, colour: str) -> None:
    """Draw a bar in each cell of a column, the shortest for 0, the longest for `most`."""
    bar = {"type": "data_bar", "min_type": "num", "min_value": 0, "max_type": "num", "max_value": most}
    page.conditional_format(1, position, max(1, rows), position, {**bar, "bar_color": colour})


def _cell(value: object) -> object:
    """Return a value as it is written; a text stays a text, whatever it begins with."""
    return _text(value) if isinstance(value, str) else value


def _text(value: str) -> str:
    return str(guard_formula(_UNWRITABLE.sub(" ", value)))[:_LONGEST_CELL]


def _for_print(page: Worksheet, sheet: _Sheet, *, paper: str, across: float) -> None:
    page.set_landscape()
    page.set_paper(_PAPER_CODES[paper])
    page.repeat_rows(0)
    if sheet.held:  # a ranking has too many columns for one page: it takes several, each with the names
        page.repeat_columns(0, sheet.held - 1)
    page.fit_to_pages(math.ceil(across / _PAGE_CHARACTERS) if sheet.held else 1, 0)


def _for_expiry(page: Worksheet, sheet: _Sheet, study: Study, view: View, style: Style) -> None:
    """Say below each printed page until when it may be used, and turn the head of the table red after that day."""
    day = study.project.expires_on
    said = f"{view.texts('page.review_then', date=view.texts.date(day))} {help_line(study.project)}"
    said = _COUNTED_TWICE.sub("\N{WHITE SQUARE}", said.replace("&", _AMPERSAND))
    page.set_footer(f"&L&8 {textwrap.shorten(said, _LONGEST_FOOTER, placeholder=' …')}")
    is_late = f"=TODAY()>DATE({day.year},{day.month},{day.day})"
    late = {"type": "formula", "criteria": is_late, "format": style(**_LATE)}
    page.conditional_format(0, 0, 0, len(sheet.heads) - 1, late)
