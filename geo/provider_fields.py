"""Single fields of provider rows: may it be shown, what is offered, how much of it, when somebody last checked.

No problem made here repeats a cell: the row may be confidential. Proposals come from our own vocabulary only.
"""

import datetime as dt
import difflib
import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from geo.errors import Problem
from geo.may_be_shown import says_shown
from geo.project import ProviderFile
from geo.records import Dropped, counted
from geo.tables import MOST_PEOPLE, number_problems, parse_numbers, row_numbers
from geo.vocabulary import CATEGORIES

YES = frozenset({"yes", "true", "1"})
NO = frozenset({"no", "false", "0"})

_WORDS = {identifier: identifier for identifier in CATEGORIES} | {
    re.sub(r"[\s-]+", "_", label.lower()): identifier for identifier, label in CATEGORIES.items()
}
_ISO = re.compile(r"(?P<y>\d{4})[-/](?P<m>\d{1,2})[-/](?P<d>\d{1,2})(?:[T ].*)?", re.ASCII)
_US = re.compile(r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})(?: .*)?", re.ASCII)


def is_public(
    frame: pd.DataFrame, section: ProviderFile, called: Mapping[str, str], *, whole: pd.DataFrame
) -> tuple[pd.Series, list[Problem]]:
    """Return whether each row may be shown: its own word first, else that of its file, which is no unless it says so.

    Any word but those of `YES` and `NO` is a problem: a guess either way could do harm. So is a row that may be shown
    of which any other column in `whole`, all that the file has, says that it may not.
    """
    shown = pd.Series(section.public, index=frame.index)
    problems: list[Problem] = []
    if "public" in frame.columns:
        if says_shown(called["public"]) is False:
            remedy = "Name a column that says yes where a row may be shown."
            return shown & False, [
                Problem(
                    "sounds like the opposite of `public`.", file=section.file, column=called["public"], remedy=remedy
                )
            ]
        words = _words(frame["public"])
        shown = words.isin(YES) | (shown & words.eq(""))
        remedy = "Write yes only when the operator publishes the address and has agreed. Empty means no."
        problems += _odd(~words.isin([*YES, *NO, ""]), "must be yes or no.", section, called["public"], remedy)
    for place, name in enumerate(map(str, whole.columns)):
        if name != called.get("public"):
            problems += _says_otherwise(shown, whole.iloc[:, place], name, section)
    return shown, problems


def _says_otherwise(shown: pd.Series, cells: pd.Series, name: str, section: ProviderFile) -> list[Problem]:
    """Return a problem of rows that may be shown, and say otherwise in another column, whatever it is called."""
    if (yes_is_shown := says_shown(name)) is None:
        return []
    against = shown & ~_words(cells).isin([*(YES if yes_is_shown else NO), ""])
    message = "says no, but the row is public." if yes_is_shown else "says so, but the row is public."
    remedy = "Write no in a column `public`, or empty this cell when everybody may know the address."
    return _odd(against, message, section, name, remedy)


def _words(cells: pd.Series) -> pd.Series:
    return cells.str.strip().str.lower()


def _odd(rows: pd.Series, message: str, section: ProviderFile, column: str, remedy: str) -> list[Problem]:
    """Return a problem of the rows for which `rows` is true; none when there are none."""
    numbers = row_numbers(rows.index[rows])
    return [Problem(message, file=section.file, column=column, rows=numbers, remedy=remedy)] if rows.any() else []


def categories(
    frame: pd.DataFrame, section: ProviderFile, called: Mapping[str, str]
) -> tuple[pd.Series, list[Problem]]:
    """Return the categories of each row, joined by ``;`` in the order of the vocabulary.

    A row may name them by identifier or label, in any case; an empty cell takes the category of its file.
    """
    if "category" not in frame.columns:
        missing = Problem(
            "there is no such column.",
            file=section.file,
            column=called.get("category", "category"),
            remedy="Add it, or give the file one `category` in the project file.",
        )
        offered = pd.Series(section.category or "", index=frame.index, dtype="str")
        return offered, [] if section.category and "category" not in called else [missing]
    words = frame["category"].str.lower().str.split(r"[;|]", regex=True)
    words = words.map(lambda parts: [re.sub(r"[\s-]+", "_", part.strip()) for part in parts if part.strip()])
    words = words.map(lambda parts: parts or ([section.category] if section.category else []))
    problems: list[Problem] = []
    column = called["category"]
    none = words.map(len) == 0
    if none.any():
        problems.append(
            Problem("is empty.", file=section.file, column=column, rows=row_numbers(words.index[none]), remedy=_KNOWN)
        )
    unknown = words.map(lambda parts: [part for part in parts if part not in _WORDS])
    nearest = unknown[unknown.map(len) > 0].map(lambda parts: _nearest(parts[0]))
    problems += [
        Problem(
            "is not a service category.",
            file=section.file,
            column=column,
            rows=row_numbers(nearest.index[nearest == near]),
            remedy=f"Did you mean {near!r}? {_KNOWN}",
        )
        for near in dict.fromkeys(nearest)
    ]
    return words.map(_joined).astype("str"), problems


_KNOWN = f"Known: {', '.join(CATEGORIES)}; several are joined by a semicolon."


def _nearest(word: str) -> str:
    return _WORDS[difflib.get_close_matches(word, _WORDS, n=1, cutoff=0)[0]]


def _joined(words: list[str]) -> str:
    offered = {_WORDS.get(word) for word in words}
    return ";".join(category for category in CATEGORIES if category in offered)


def capacities(
    frame: pd.DataFrame, section: ProviderFile, called: Mapping[str, str]
) -> tuple[pd.Series, list[Problem], list[Dropped]]:
    """Return the capacity of each row, NaN when not known; negative numbers such as -999 mean "not known"."""
    if "capacity" not in frame.columns:
        return pd.Series(np.nan, index=frame.index), [], []
    values, reasons = parse_numbers(frame["capacity"], whole=True)
    negative = values < 0
    problems = number_problems(reasons, section.file, called["capacity"])
    high = values.gt(MOST_PEOPLE) & reasons.eq("")
    message, remedy = f"is above {MOST_PEOPLE:,.0f}.", "Correct the value or leave the cell empty."
    problems += _odd(high, message, section, called["capacity"], remedy)
    return (
        values.mask(negative),
        problems,
        counted(section.file, "negative capacities, taken as unknown", negative.sum()),
    )


def iso_dates(cells: pd.Series, section: ProviderFile, shown: str) -> tuple[pd.Series, list[Problem]]:
    """Return dates as ISO text, "" when not given; read are 2026-11-01 and, as in the U.S., 11/1/2026."""
    dates = cells.map(_iso_date)
    odd = dates.isna()
    problem = Problem(
        "is not a date.",
        file=section.file,
        column=shown,
        rows=row_numbers(cells.index[odd]),
        remedy="Write dates as 2026-11-01.",
    )
    return dates.astype("str").mask(odd, ""), [problem] if odd.any() else []


def _iso_date(cell: str) -> str | None:
    """Return ISO text, "" for an empty cell, None for anything that is not a date.

    Examples
    --------
    >>> _iso_date("2/29/2024"), _iso_date("2018-08-10T00:00:00Z"), _iso_date("31/12/2024"), _iso_date("")
    ('2024-02-29', '2018-08-10', None, '')
    """
    if not cell:
        return ""
    found = _ISO.fullmatch(cell) or _US.fullmatch(cell)
    if not found:
        return None
    try:
        return dt.date(int(found["y"]), int(found["m"]), int(found["d"])).isoformat()
    except ValueError:
        return None
