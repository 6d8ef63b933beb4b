"""The ranking as a flat table: what the CSV, the GeoPackage, the workbook and the terminal show."""

import unicodedata
from typing import Literal

import numpy as np
import pandas as pd

from geo.vocabulary import VENUE_KINDS
from layers.gaps import GAP_COLUMNS
from layers.study import Study
from maps.help_line import help_line

UNREACHABLE = "no provider reachable"
"""Stands where minutes would, when nobody in the area can reach a provider."""

MINUTES_DECIMALS = 1
SHARE_DECIMALS = 4


VALIDITY_COLUMNS = ("expires_on", "help_line")
"""Columns of every table that leaves the tool, the same in each row."""

SECTION_COLUMNS = ("ref", "from_milepost", "to_milepost", "unit", "from_exit", "to_exit", "town", "n_exits")


def ranking_table(study: Study, *, of: Literal["areas", "sections"] = "areas") -> pd.DataFrame:
    """Return one row per area in rank order, with the parts from which the priority can be recomputed.

    Parameters
    ----------
    study
        The finished analysis.
    of
        "areas", or "sections" of the highways where the study has them: these also carry where they lie and the minutes
        from their exits, ``exit_median_c`` and ``exit_worst_c``, which are those of people on the road.

    Returns
    -------
    pandas.DataFrame
        Rounded for people; minutes are ``inf`` where no provider can be reached. METHOD.md explains each column.
    """
    units = study.areas if of == "areas" else study.sections
    if units is None:
        msg = "the study has no sections"
        raise ValueError(msg)
    areas = units.drop(columns="geometry").reset_index()
    required, bands = study.project.access.required, study.project.access.bands_min
    first = [
        "rank", "rank_low", "rank_high", "area_id", "name", "priority", "access_gap", "need", "reach", "underserved",
        "confidence", "confidence_why", "population", "highways", "corridor_share", "rural_share",
        "n_venues",
    ]  # fmt: skip
    kinds = [f"n_{kind}" for kind in VENUE_KINDS]
    worst = ["minutes_worst", *(f"beyond_{band:g}_any" for band in bands)]
    rural = f"rural_beyond_{study.project.access.headline_min:g}"
    worst.append(f"{rural}_any")
    per_category = [
        f"{figure}_{category}"
        for category in required
        for figure in (
            *("minutes", "median", "p90", "unreachable"),
            *(f"beyond_{band:g}" for band in bands),
            *("per_10k", "one_only", "second", rural),
        )
    ]
    indicators = [f"indicator_{name}" for name in study.project.people.indicators]
    columns = [*first, *kinds, *worst, *per_category, *indicators]
    if of == "sections":
        columns += [*SECTION_COLUMNS, *(f"exit_{figure}_{c}" for c in required for figure in ("median", "worst"))]
    return held_until(_rounded(areas[columns]), study)


def gaps_table(study: Study) -> pd.DataFrame:
    """Return the stretches of highway without help within each band, the longest first, rounded for people.

    Minutes are ``inf`` where no provider can be reached.
    """
    if study.along is None:
        return pd.DataFrame(columns=[*GAP_COLUMNS, *VALIDITY_COLUMNS])
    return held_until(study.along.gaps.round(MINUTES_DECIMALS), study)


def held_until(table: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return a table that says in each row until when it may be used, and where to call: tables travel alone."""
    expires_on = study.project.expires_on.isoformat()
    return table.assign(**dict(zip(VALIDITY_COLUMNS, (expires_on, help_line(study.project)), strict=True)))


def _rounded(table: pd.DataFrame) -> pd.DataFrame:
    decimals = {
        column: MINUTES_DECIMALS
        if column.startswith(("minutes_", "median_", "p90_", "second_", "exit_", "from_milepost", "to_milepost"))
        else 2
        if column.startswith("indicator_")
        else 0
        if column.startswith("rural_beyond_")
        else SHARE_DECIMALS
        for column in table.select_dtypes("number").columns
    }
    return table.round(decimals).assign(population=table["population"].round().astype(int))


def csv_bytes(table: pd.DataFrame) -> bytes:
    """Return a table as CSV that every spreadsheet opens rightly: UTF-8 with byte order mark, CRLF, no live formulas.

    Text that a spreadsheet would run as a formula gets an apostrophe in front, as OWASP advises for CSV injection.
    Infinite minutes are written as `UNREACHABLE`.
    """
    safe = table.copy()
    for column in safe.columns:
        if pd.api.types.is_float_dtype(safe[column]) and np.isinf(safe[column]).any():
            safe[column] = safe[column].astype(object).where(~np.isinf(safe[column]), UNREACHABLE)
        elif not pd.api.types.is_numeric_dtype(safe[column]):
            safe[column] = safe[column].map(guard_formula)
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def guard_formula(cell: object) -> object:
    """Return `cell` with an apostrophe in front when a spreadsheet would take the text for a formula.

    The wide and small forms of its sign count as well: some spreadsheets of East Asia read them alike.

    Examples
    --------
    >>> guard_formula("=1+1"), guard_formula("\uff1d1+1") == "'\uff1d1+1", guard_formula("Hinds")
    ("'=1+1", True, 'Hinds')
    """
    first = unicodedata.normalize("NFKC", cell[:1]) if isinstance(cell, str) else ""
    dangerous = first in {"=", "+", "-", "@", "\t", "\r", "\n"}
    return f"'{cell}" if dangerous else cell
