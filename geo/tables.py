"""Declared tables: what each column means, and a check that names every problem at once.

Tables read from files hold text only, and their index, named ``row``, holds the row numbers that the planner sees: the
header of a spreadsheet is row 1; the first feature of a map layer is row 1. A message names file, column and rows and
never repeats a cell: a cell may be the address of a place where people hide.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa

from geo.errors import Problem

ROW = "row"
"""Name of the index that holds row numbers."""

MISSING = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none", "-", "--", "."})
"""Texts, in lower case, that stand for "not known"."""

_PLAIN_COUNT, _PLAIN_NUMBER = r"(?:-?\d{1,15})?", r"(?:-?\d{1,15}(?:\.\d{1,15})?)?"
"""A column of such cells, some of them empty, needs no second look."""

UNKNOWN_NUMBERS = frozenset(
    {-999.0, -9999.0, -222222222.0, -333333333.0, -555555555.0, -666666666.0, -888888888.0, -999999999.0}
)
"""Numbers by which the U.S. Census Bureau, the CDC and HIFLD write "not known"."""

MOST_PEOPLE = 1e9
"""No town, and no point or cell that stands for people, holds more."""

Kind = Literal["text", "number", "count"]


@dataclass(frozen=True)
class Column:
    """One declared column.

    Parameters
    ----------
    name
        Our name of it.
    kind
        A count is a number of things, such as people: "1,234" can then only mean 1234.
    unit
        Unit of a number.
    low, high
        Smallest and largest value allowed; None for no limit.
    required
        Whether every row must have a value.
    unique
        Whether no two rows may have the same value.
    meaning
        One sentence for the documentation.
    """

    name: str
    kind: Kind = "text"
    unit: str = ""
    low: float | None = None
    high: float | None = None
    required: bool = True
    unique: bool = False
    meaning: str = ""


def people_column(meaning: str) -> Column:
    """Return the column of how many people a row stands for, which may be empty."""
    return Column("population", "count", low=0, high=MOST_PEOPLE, required=False, meaning=meaning)


@dataclass(frozen=True)
class Table:
    """A declared table: its name and its columns in order."""

    name: str
    columns: tuple[Column, ...]


def check(
    frame: pd.DataFrame,
    table: Table,
    *,
    source: Path | None,
    called: Mapping[str, str] | None = None,
    present: Iterable[str] | None = None,
) -> list[Problem]:
    """Compare a table with its declaration.

    Parameters
    ----------
    frame
        The table, with our column names; cells are text or already numbers.
    table
        What it should be like.
    source
        The file it came from.
    called
        Our column name → the file's, for the messages. A column that stands here was asked for: it must be there.
    present
        All columns of the file, to propose one of them for a missing one; default those of `frame`.

    Returns
    -------
    list of Problem
        Everything that is wrong; empty when nothing is.
    """
    called = called or {}
    problems: list[Problem] = []
    for column in table.columns:
        shown = called.get(column.name, column.name)
        if column.name in frame.columns:
            problems += _check_column(frame[column.name], column, source, shown)
        elif column.required or column.name in called:
            problems.append(missing_column(shown, frame.columns if present is None else present, source))
    return problems


def nearest(word: str, known: Iterable[str], *, cutoff: float = 0.55) -> str | None:
    """Return the member of `known` that looks most like `word`, or None when nothing comes near.

    Examples
    --------
    >>> nearest("populaton", ["name", "POPULATION"])
    'POPULATION'
    >>> nearest("beds", ["name"]) is None
    True
    """
    by_key = {str(name).casefold(): str(name) for name in known}
    found = difflib.get_close_matches(word.casefold(), by_key, n=1, cutoff=cutoff)
    return by_key[found[0]] if found else None


def missing_column(name: str, present: Iterable[str], source: Path | None, *, remedy: str = "") -> Problem:
    """Return the problem of a column that is not in the file, with the nearest one that is.

    Only a name that looks like the wanted one is repeated: in a file without a header the "names" are data.
    """
    near = nearest(name, present)
    hint = f"Did you mean {near!r}?" if near else "Correct its name in the project file or add it to this file."
    return Problem("there is no such column.", file=source, column=name, remedy=remedy or hint)


def row_numbers(rows: pd.Index) -> tuple[int, ...]:
    """Return row numbers for a message, in order; none when the index does not hold any."""
    return tuple(sorted(int(row) for row in rows)) if rows.name == ROW else ()


def parse_numbers(cells: pd.Series, *, whole: bool = False) -> tuple[pd.Series, pd.Series]:
    """Read numbers out of text.

    Accepted are plain numbers, a closing ``%``, spaces between groups of three digits, and commas between them where
    they can mean nothing else: "1,234,567" and "1,234.5", and "1,234" when the numbers are counts.

    Parameters
    ----------
    cells
        Text, or numbers already.
    whole
        True for counts of things.

    Returns
    -------
    tuple of Series
        The numbers (NaN where there is none), and for each cell what is wrong with it ("" for nothing).

    Examples
    --------
    >>> parse_numbers(pd.Series(["1,234", "12 000", "n/a"]), whole=True)[0].tolist()
    [1234.0, 12000.0, nan]
    >>> parse_numbers(pd.Series(["1,234", "3,5", "many"]))[1].tolist()
    ['ambiguous', 'comma', 'text']
    """
    if pd.api.types.is_numeric_dtype(cells):
        values = cells.astype("float64")
        return values, _reasons(values.index, infinite=values.abs() == float("inf"))
    text = cells.astype("str")
    if text.str.fullmatch(_PLAIN_COUNT if whole else _PLAIN_NUMBER).all():  # so in most columns, and ten times as fast
        numbers = pa.array(text.mask(text.eq(""))).cast(pa.float64()).to_numpy(zero_copy_only=False)
        values = pd.Series(numbers, index=text.index, name=text.name)
        return values, _reasons(values.index)
    text = text.str.replace(r"[\s\u00a0\u202f]+", " ", regex=True).str.strip()
    if not whole:
        text = text.str.replace(r"\s*%$", "", regex=True)
    missing = text.str.lower().isin(MISSING)
    grouped = r"[+-]?\d{1,3}(?:,\d{3})+"
    thousands = text.str.fullmatch(grouped + r"\.\d+|[+-]?\d{1,3}(?:,\d{3}){2,}" + ("|" + grouped if whole else ""))
    spaced = text.str.fullmatch(r"[+-]?\d{1,3}(?: \d{3})+(?:\.\d+)?")
    plain = text.mask(thousands, text.str.replace(",", "")).mask(spaced, text.str.replace(" ", ""))
    values = pd.to_numeric(plain.mask(missing), errors="coerce").astype("float64")
    failed = values.isna() & ~missing
    dotted = text.str.fullmatch(r"[+-]?\d{1,3}\.\d{3}") if whole else missing & False
    # "4.710 people" is most likely 4710 in a country that groups by dots; a fraction has other lengths somewhere.
    doubtful = dotted & bool(dotted.sum() > 1 and dotted[text.str.contains(".", regex=False)].all())
    return values, _reasons(
        values.index,
        infinite=values.abs() == float("inf"),
        text=failed,
        comma=failed & text.str.fullmatch(r"[+-]?[\d.]*\d,\d+"),
        ambiguous=(failed & text.str.fullmatch(grouped)) | doubtful,
    )


def as_numbers(cells: pd.Series, *, whole: bool = False) -> pd.Series:
    """Return a column as numbers, so that it is read once; as it is where `parse_numbers` has something to say of it.

    Examples
    --------
    >>> as_numbers(pd.Series(["12", ""])).tolist(), as_numbers(pd.Series(["12", "many"])).tolist()
    ([12.0, nan], ['12', 'many'])
    """
    values, reasons = parse_numbers(cells, whole=whole)
    return cells if reasons.ne("").any() else values


def without_codes(cells: pd.Series) -> tuple[pd.Series, int]:
    """Return a column with the `UNKNOWN_NUMBERS` emptied, and how many there were."""
    coded = parse_numbers(cells)[0].isin(UNKNOWN_NUMBERS)
    return cells.mask(coded, np.nan if pd.api.types.is_numeric_dtype(cells) else ""), int(coded.sum())


def number_problems(reasons: pd.Series, source: Path | None, column: str) -> list[Problem]:
    """Return one problem per kind of unreadable number that `parse_numbers` found."""
    found = set(reasons.unique())
    return [
        Problem(
            _NUMBER_MESSAGES[reason][0],
            file=source,
            column=column,
            rows=row_numbers(reasons.index[reasons == reason]),
            remedy=_NUMBER_MESSAGES[reason][1],
        )
        for reason in _NUMBER_MESSAGES
        if reason in found
    ]


_NUMBER_MESSAGES = {
    "text": ("is not a number.", "Write digits only, or leave the cell empty."),
    "comma": ("has a decimal comma.", "Write a decimal point: 32.5, not 32,5."),
    "ambiguous": (
        "has a number that can be read in two ways, as thousands or as a decimal.",
        "Write numbers without thousands separators and with a decimal point.",
    ),
    "infinite": ("is not a finite number.", "Correct the value or leave the cell empty."),
}


def _reasons(index: pd.Index, **found: pd.Series) -> pd.Series:
    """Return the name of the last condition that holds for each row, "" for none."""
    which = np.zeros(len(index), dtype=np.int8)
    for number, mask in enumerate(found.values(), start=1):
        which[mask.to_numpy(dtype=bool)] = number
    return pd.Series(pd.Categorical.from_codes(which, pd.Index(["", *found])), index=index)


def _check_column(cells: pd.Series, column: Column, source: Path | None, shown: str) -> list[Problem]:
    problems: list[Problem] = []
    if column.kind in {"number", "count"}:
        values, reasons = parse_numbers(cells, whole=column.kind == "count")
        problems += number_problems(reasons, source, shown)
        blank = values.isna() & (reasons == "")
        problems += _out_of_range(values[reasons == ""], column, source, shown)
    else:
        blank = cells.isna() | cells.astype("str").str.strip().eq("")
    if column.required:
        problems += _rows_where(blank, "is empty.", source, shown, "Fill it in, or remove the row.")
    if column.unique:
        problems += _rows_where(
            cells.astype("str").str.fullmatch(r"\d(?:\.\d+)?[eE]\+\d+"),
            "is in scientific notation: a spreadsheet has cut off digits.",
            source,
            shown,
            "Format the column as text before entering the identifiers.",
        )
        twice = cells[~blank].duplicated(keep=False)
        problems += _rows_where(
            twice, "holds the same value more than once.", source, shown, "Give each row a value of its own."
        )
    return problems


def _out_of_range(values: pd.Series, column: Column, source: Path | None, shown: str) -> list[Problem]:
    problems: list[Problem] = []
    unit = f" {column.unit}" if column.unit else ""
    if column.low is not None:
        what = "is negative." if column.low == 0 else f"is below {column.low:,.15g}{unit}."
        problems += _rows_where(values < column.low, what, source, shown, "Correct the value or leave the cell empty.")
    if column.high is not None:
        what = f"is above {column.high:,.15g}{unit}."
        problems += _rows_where(values > column.high, what, source, shown, "Correct the value or leave the cell empty.")
    return problems


def _rows_where(mask: pd.Series, message: str, source: Path | None, shown: str, remedy: str) -> list[Problem]:
    if not mask.any():
        return []
    return [Problem(message, file=source, column=shown, rows=row_numbers(mask.index[mask]), remedy=remedy)]
