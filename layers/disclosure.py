"""What may be said of the number of confidential providers: small counts are suppressed, with what reveals them.

The rule is that of the U.S. Centers for Medicare & Medicaid Services for small cells: no count from 1 to 10 is shown,
nor any other figure from which one could be worked out.
"""

import dataclasses
import re
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
import pandas as pd

from geo.inputs import Inputs
from geo.records import Dropped, FileRecord
from layers.study import Study
from layers.travel import offers

LEAST = 11
"""Counts from here on may be shown; 0 as well."""

Audience = Literal["public", "taskforce"]

FEW = f"fewer than {LEAST}"

COUNTING = ("per_10k", "one_only", "second")
"""Figures of a category from which the number of its providers follows: capacity per person adds up to all capacity."""

LEFT_OUT = "left_out"
"""What shared capacity rests on where it may not be said."""

Units = TypeVar("Units", bound=pd.DataFrame)

_CONFIDENTIAL = re.compile(r"confidential", re.IGNORECASE)
_ROWS = re.compile(r"(?:(all) )?\d[\d,]*(?: of \d[\d,]*)? (?=rows)")


@dataclass(frozen=True, eq=False)
class Suppressed:
    """Counts of which none, alone or with the others, says a small number.

    Parameters
    ----------
    counts
        The given counts, NaN where suppressed.
    total
        Their sum, None when suppressed.
    """

    counts: pd.Series
    total: int | None


def suppress_small(counts: pd.Series, *, least: int = LEAST) -> Suppressed:
    """Suppress small counts, and as many others as it takes that no small one follows from the rest and the total.

    Parameters
    ----------
    counts
        Whole numbers, 0 or more, that add up to a total.
    least
        The smallest count above 0 that may be shown.

    Returns
    -------
    Suppressed
        Counts from 1 to `least` - 1 are suppressed. While what is suppressed is a single cell, or adds up to less than
        `least`, the smallest count left is suppressed too; if none is left, the total is.

    Examples
    --------
    >>> said = suppress_small(pd.Series({"a": 3, "b": 20, "c": 40, "d": 0}))
    >>> said.counts.tolist(), said.total
    ([nan, nan, 40.0, 0.0], 63)
    >>> suppress_small(pd.Series({"a": 3, "b": 4})).total is None
    True
    """
    shown = counts.astype("float64")
    hidden = shown.between(0, least, inclusive="neither")
    by_size = shown[~hidden & (shown > 0)].sort_values(kind="stable").index
    while hidden.any() and (hidden.sum() == 1 or shown[hidden].sum() < least):
        if by_size.empty:
            return Suppressed(shown.mask(hidden), None)
        hidden |= hidden.index == by_size[0]
        by_size = by_size[1:]
    return Suppressed(shown.mask(hidden), int(counts.sum()))


def confidential_by_region(providers: pd.DataFrame) -> pd.Series:
    """Return the number of confidential providers of each region that has any, by the region's id."""
    hidden = providers[~providers["public"].astype(bool)]
    return hidden["region"].value_counts().sort_index().rename("confidential_by_region")


def for_audience(study: Study, audience: Audience) -> Study:
    """Return the study as an audience may see it.

    Parameters
    ----------
    study
        The finished analysis.
    audience
        "taskforce" sees all counts of confidential providers. For "public" only their total and their number per region
        are left, and of these none that says or reveals a number from 1 to 10. Counts of rows of a file and of rows
        left out would reveal others in too many ways: they go, and so do the figures of `COUNTING` and the spread of
        capacity of each category that a confidential provider offers.
    """
    counts = confidential_by_region(study.providers)
    if audience == "taskforce":
        return dataclasses.replace(study, audience=audience, confidential=counts)
    said = suppress_small(counts)
    figures = study.figures
    if said.total is None:  # fewer than LEAST in all
        figures = dataclasses.replace(figures, n_confidential=None, n_providers=None)
    hidden = study.providers[~study.providers["public"].astype(bool)]
    unsaid = [category for category in study.project.access.required if offers(hidden, category).any()]
    return dataclasses.replace(
        study,
        audience=audience,
        areas=_without_capacity(study.areas, unsaid),
        sections=None if study.sections is None else _without_capacity(study.sections, unsaid),
        sharing=_without_spread(study.sharing, unsaid),
        confidential=said.counts,
        figures=figures,
        dropped=tuple(without_count(entry) for entry in study.dropped),
        files=tuple(without_counts(record) for record in study.files),
    )


def _without_capacity(units: Units, categories: list[str]) -> Units:
    columns = [f"{figure}_{category}" for figure in COUNTING for category in categories]
    return units.assign(**dict.fromkeys(columns, np.nan))


def _without_spread(sharing: pd.DataFrame, categories: list[str]) -> pd.DataFrame:
    unsaid = sharing.index.isin(categories)
    numbers = {name: sharing[name].mask(unsaid) for name in ("gini", "palma")}
    return sharing.assign(basis=sharing["basis"].mask(unsaid, LEFT_OUT), **numbers)


@dataclass(frozen=True)
class InputReport:
    """What may be said about the inputs: the files, what was left out of them, and a sentence on the providers."""

    files: tuple[FileRecord, ...]
    dropped: tuple[Dropped, ...]
    providers: str


def input_report(inputs: Inputs, audience: Audience) -> InputReport:
    """Return what an audience may know about the inputs before anything is computed."""
    hidden = int((~inputs.providers["public"].astype(bool)).sum())
    used = "confidential (used at a point of their region)"
    if audience == "taskforce":
        sentence = f"{len(inputs.providers):,} providers, {hidden:,} of them {used}"
        return InputReport(inputs.files, inputs.dropped, sentence)
    total = suppress_small(confidential_by_region(inputs.providers)).total
    sentence = (
        f"{len(inputs.providers) - hidden:,} public providers and {FEW} that are {used}"
        if total is None
        else f"{len(inputs.providers):,} providers, {total:,} of them {used}"
    )
    return InputReport(
        tuple(without_counts(record) for record in inputs.files),
        tuple(without_count(entry) for entry in inputs.dropped),
        sentence,
    )


def without_counts(record: FileRecord) -> FileRecord:
    """Return a file's record without the number of its rows, when some are confidential."""
    if not any(_CONFIDENTIAL.search(note) for note in record.notes):
        return record
    notes = tuple(_ROWS.sub(lambda found: f"{found[1] or 'some'} ", note) for note in record.notes)
    return dataclasses.replace(record, notes=notes, rows=None)


def without_count(entry: Dropped) -> Dropped:
    """Return what was left out, without its number when it is one of confidential providers."""
    return dataclasses.replace(entry, count=None) if _CONFIDENTIAL.search(entry.reason) else entry
