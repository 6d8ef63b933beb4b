"""Spreadsheets and delimited text as tables of text, with the row numbers that a spreadsheet shows."""

import codecs
import csv
import datetime as dt
import functools
import io
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
from pyarrow import compute
from pyarrow import csv as arrow_csv

from geo.errors import InputError, Problem
from geo.tables import ROW, nearest

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

SEPARATORS = ",;\t|"
FIRST_ROWS = 10
"""Rows in which a header under a title is looked for."""

MAX_CELL_CHARS = 100_000
"""Longest cell of a text file, in characters. A longer one is a file gone wrong."""

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_delimited(path: Path, *, encoding: str | None = None) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Read a text table whose cells are separated by commas, semicolons, tabs or bars.

    Parameters
    ----------
    path
        The file. Its first row holds the column names.
    encoding
        Text encoding; None reads a byte order mark, else UTF-8, else Windows-1252.

    Returns
    -------
    tuple of DataFrame and tuple of str
        All cells as text, index = row numbers; and what had to be assumed.

    Raises
    ------
    InputError
        If the text cannot be decoded, rows have too many cells or the first row does not hold the column names.
    """
    text, notes = decode(path, encoding)
    declared = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)  # a line for Excel, which does not show it either
    text = text[declared.end() :] if declared else text
    separator = declared[1] if declared else _separator(text)
    plain = None if declared else _plain(text, separator)
    if plain is not None:
        return plain, notes
    csv.field_size_limit(MAX_CELL_CHARS)
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        rows.extend(reader)
    except csv.Error:
        raise InputError(
            [
                Problem(
                    "cannot be split into cells: a quotation mark that is never closed, or a cell of more than "
                    f"{MAX_CELL_CHARS:,} characters.",
                    file=path,
                    rows=(len(rows) + 1,),
                    remedy="Open the file in a spreadsheet, correct that row and save it as CSV again.",
                )
            ]
        ) from None
    return _framed(rows, path), notes


def _plain(text: str, separator: str) -> pd.DataFrame | None:
    """Read a text of equal rows without quotation marks or odd characters, as large tables are; None for any other.

    What it cannot tell for certain it leaves to the reader that can say what is wrong.
    """
    text = text.replace("\r\n", "\n").rstrip("\n")
    first = [line.split(separator) for line in text.split("\n", FIRST_ROWS)[:FIRST_ROWS]]
    header = [name.strip() for name in first[0]]
    printable = text.isascii() and text.replace("\n", "").replace(separator, "").isprintable()
    if not printable or '"' in text or not all(header) or _header_problem(first, Path()):
        return None
    try:
        cells = arrow_csv.read_csv(
            pa.BufferReader(text.encode()),
            read_options=arrow_csv.ReadOptions(use_threads=False, column_names=header, skip_rows=1),
            parse_options=arrow_csv.ParseOptions(delimiter=separator, quote_char=False, ignore_empty_lines=False),
            convert_options=arrow_csv.ConvertOptions(column_types=dict.fromkeys(header, pa.string())),
        )
    except pa.ArrowInvalid:  # rows of different lengths, or no row at all
        return None
    columns = [compute.utf8_trim_whitespace(column) for column in cells.columns]
    blank = functools.reduce(compute.and_, [compute.equal(column, "") for column in columns])
    longest = max(compute.max(compute.binary_length(column)).as_py() or 0 for column in cells.columns)
    if not cells.num_rows or compute.any(blank).as_py() or longest > MAX_CELL_CHARS:
        return None
    table = pd.DataFrame({name: pd.array(column, dtype="str") for name, column in zip(header, columns, strict=True)})
    return table.set_index(pd.RangeIndex(2, cells.num_rows + 2).astype("int64").rename(ROW))


def decode(path: Path, encoding: str | None) -> tuple[str, tuple[str, ...]]:
    """Return the text of a file, and a note when its encoding had to be guessed.

    Raises
    ------
    InputError
        If the encoding is unknown or does not fit, or the file is not text at all.
    """
    content = path.read_bytes()
    marked = next((name for mark, name in _BYTE_ORDER_MARKS if content.startswith(mark)), None)
    notes: tuple[str, ...] = ()
    try:
        if marked or encoding:
            text = content.decode(marked or str(encoding))
        else:
            try:
                text = content.decode("utf-8")
            except UnicodeDecodeError:
                text = content.decode("cp1252")
                notes = ("text encoding: not UTF-8, read as Windows-1252",)
    except (UnicodeDecodeError, LookupError):
        named = f"the text encoding {encoding!r} does not fit." if encoding else "the text encoding is not known."
        raise InputError(
            [Problem(named, file=path, remedy='Save it as "CSV UTF-8", or set `encoding` in the project file.')]
        ) from None
    if "\0" in text:
        raise InputError([Problem("is not a text file.", file=path, remedy="Save it as CSV (UTF-8).")])
    return text, notes


def _separator(text: str) -> str:
    """Return the separator that splits the header into most cells; a title row above it does not decide."""
    lines = [line for line in text.splitlines()[:FIRST_ROWS] if line.strip()]
    for candidates in (lines[:1], lines):
        widths = {mark: max((_width(line, mark) for line in candidates), default=1) for mark in SEPARATORS}
        best = max(SEPARATORS, key=widths.__getitem__)
        if widths[best] > 1:
            return best
    return ","


def _width(line: str, separator: str) -> int:
    return len(next(csv.reader([line], delimiter=separator), []))


def read_workbook(path: Path, *, sheet: str | None = None) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Read one sheet of an Excel workbook as text.

    Whole numbers lose their ".0", dates become ISO text, percentages stay percentages and the zeros of a format such as
    "00000" are there; formulas give the value that Excel stored.

    Parameters
    ----------
    path
        An .xlsx or .xlsm file.
    sheet
        Name of the sheet; None takes the first visible one with two rows and two columns or more, else the first.

    Returns
    -------
    tuple of DataFrame and tuple of str
        All cells as text, index = row numbers; and what had to be assumed.

    Raises
    ------
    InputError
        If the workbook is damaged, the sheet is missing, cells are merged or the first row does not hold the names.
    """
    import openpyxl  # noqa: PLC0415 # takes long to load, and few files are workbooks

    try:
        book = openpyxl.load_workbook(path, data_only=True)
    except Exception:  # noqa: BLE001 - openpyxl lets the errors of zipfile, XML and its own classes through
        raise InputError(
            [Problem("is not an Excel workbook, or it is damaged.", file=path, remedy="Save it as .xlsx again.")]
        ) from None
    visible = [page for page in book.worksheets if page.sheet_state == "visible"] or book.worksheets
    names = [page.title for page in book.worksheets]
    if sheet is not None and sheet not in names:
        near = nearest(sheet, names, cutoff=0) or names[0]
        raise InputError([Problem(f"there is no sheet {sheet!r}.", file=path, remedy=f"Did you mean {near!r}?")])
    page, notes = (book[sheet], ()) if sheet is not None else _first_table(visible)
    _refuse_merged(page, path)
    return _framed(_rows_of(page), path), notes


def _rows_of(page: "Worksheet") -> list[list[str]]:
    """Return the cells of a sheet as text, each row up to its last one and the first row as wide as the widest."""
    # What openpyxl offers makes a cell of every blank: below a stray mark in the last row stand a million rows of them.
    cells = page._cells  # noqa: SLF001
    texts = {place: text for place, cell in cells.items() if (text := _cell_text(cell.value, cell.number_format))}
    rows: list[list[str]] = [[] for _ in range(max((row for row, _ in texts), default=0))]
    for row, column in sorted(texts):
        line = rows[row - 1]
        line += [*[""] * (column - 1 - len(line)), texts[row, column]]
    if rows:
        rows[0] += [""] * (max(column for _, column in texts) - len(rows[0]))
    return rows


def _first_table(pages: Sequence["Worksheet"]) -> tuple["Worksheet", tuple[str, ...]]:
    """Return the first sheet that is more than a list of remarks, and which of several it is."""
    number = next((n for n, page in enumerate(pages) if page.max_row > 1 and page.max_column > 1), 0)
    if len(pages) == 1:
        return pages[0], ()
    which = (
        f"sheet {number + 1} of {len(pages)}: there is no table before"
        if number
        else f"the first of {len(pages)} sheets"
    )
    return pages[number], (which,)


def _cell_text(value: object, shown_as: str) -> str:
    """Return a cell as Excel shows it, where that says more than its value: 08001 for 8001, 12.3% for 0.123."""
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if set(shown_as) == {"0"} and float(value).is_integer():
            return str(int(value)).zfill(len(shown_as))
        if shown_as.endswith("%"):
            return f"{value * 100:.12g}%"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _refuse_merged(page: "Worksheet", path: Path) -> None:
    merged = sorted(page.merged_cells.ranges, key=lambda cells: (cells.min_row, cells.min_col))
    if not merged:
        return
    where = "in the header" if merged[0].min_row == 1 else "among the data"
    shown = ", ".join(str(cells) for cells in merged[:3]) + (" and more" if len(merged) > 3 else "")  # noqa: PLR2004
    raise InputError(
        [
            Problem(
                f"cells are merged {where} ({shown}).",
                file=path,
                rows=tuple(dict.fromkeys(cells.min_row for cells in merged)),
                remedy="Unmerge them in Excel, so that row 1 holds one name per column and each row its own values.",
            )
        ]
    )


def _framed(rows: Sequence[Sequence[str]], path: Path) -> pd.DataFrame:
    """Turn rows of cells into a table: names in row 1, blank rows and unnamed empty columns left out."""
    problem = _header_problem(rows, path)
    if problem:
        raise InputError([problem])
    header = [clean(name) for name in rows[0]]
    width = len(header)
    ragged = tuple(n for n, row in enumerate(rows, start=1) if len(row) > width and "".join(row[width:]).strip())
    if ragged:
        raise InputError(
            [
                Problem(
                    f"there are more cells than the {width} columns of the header.",
                    file=path,
                    rows=ragged,
                    remedy="Put quotation marks around text that holds the separator, and give every column a name.",
                )
            ]
        )
    numbers = [n for n, row in enumerate(rows[1:], start=2) if any(map(str.strip, row))]
    kept = (rows[n - 1] for n in numbers)
    columns = zip(
        *(row if len(row) == width else [*row[:width], *[""] * (width - len(row))] for row in kept), strict=True
    )
    named = {name: _cleaned(cells) for name, cells in zip(header, columns, strict=True) if name} if numbers else {}
    index = pd.Index(numbers, name=ROW, dtype="int64")
    return pd.DataFrame(named, columns=[name for name in header if name], index=index, dtype="str")


def _header_problem(rows: Sequence[Sequence[str]], path: Path) -> Problem | None:
    """Return what is wrong with row 1 as a header, or None. A header under a title row is looked for."""
    filled = [[cell.strip() for cell in row if cell.strip()] for row in rows[:FIRST_ROWS]]
    if not any(filled):
        return Problem("is empty.", file=path, remedy="Put the column names in row 1 and the data below.")
    widths = [len(cells) for cells in filled]
    first = next((n for n, width in enumerate(widths) if width * 2 > max(widths)), 0)
    if first > 0:
        return Problem(
            f"the column names are not in row 1: row {first + 1} looks like the header.",
            file=path,
            rows=tuple(range(1, first + 1)),
            remedy="Delete the rows above the header.",
        )
    if any(_is_number(cell) for cell in filled[0]):
        return Problem(
            "holds numbers: the column names are missing.",
            file=path,
            rows=(1,),
            remedy="Add a first row with the name of each column.",
        )
    names = [cell.strip() for cell in rows[0]]
    twice = [n for n, name in enumerate(names, start=1) if name and names.count(name) > 1]
    if twice:
        from openpyxl.utils import get_column_letter  # noqa: PLC0415

        what = f"columns {', '.join(map(get_column_letter, twice))} do not all have names of their own."
        return Problem(what, file=path, rows=(1,), remedy="Rename them.")
    return None


def _is_number(cell: str) -> bool:
    """Return whether a cell is a decimal number, as a coordinate is; a year may be a column name."""
    try:
        float(cell)
    except ValueError:
        return False
    return "." in cell


def _cleaned(cells: Sequence[str]) -> list[str]:
    """Return the cells of a column, cleaned; all at once where there is nothing but plain text, as in most columns."""
    together = "".join(cells)
    return list(map(str.strip if together.isascii() and together.isprintable() else clean, cells))


def clean(text: str) -> str:
    r"""Return text without control characters and outer spaces; line breaks and tabs become single spaces.

    Quotes, markup, emoji and right-to-left text stay as they are: what is shown is escaped where it is shown.

    Examples
    --------
    >>> clean(" Joe's\x1b[31m `Motel`\r\n${x} ")
    "Joe's[31m `Motel` ${x}"
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    # Cc are control characters, Cs halves of a character that cannot be written to a file.
    spaced = "".join(" " if ch in "\t\n\r\v\f\x85\u2028\u2029" else ch for ch in text.replace("\r\n", "\n"))
    kept = "".join(ch for ch in spaced if unicodedata.category(ch) not in {"Cc", "Cs"})
    return kept.strip(" \u00a0\ufeff")
