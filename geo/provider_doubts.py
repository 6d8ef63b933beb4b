"""Provider rows to look at again: public ones that sound secret, or that say what a confidential one hides.

Like `geo.secrets`, this sees rows of provider files; what leaves it names files and rows and repeats no cell.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from geo.errors import Problem
from geo.folding import fold
from geo.project import Project, ProviderFile
from geo.provider_fields import categories, is_public, iso_dates
from geo.provider_rows import Rows
from geo.secrets import bare_link, degrees_of, is_link, is_telling, kind_of, open_rows, phone_digits, text_columns
from geo.sources import Opened, choose, find_column, open_source
from geo.tables import row_numbers

SECRET_WORDS = re.compile(
    r"\b(?:safe ?(?:house|home|place|haven)s?|shelters?|refuge|domestic (?:violence|abuse)|family violence"
    r"|battered|abuse[dr]?|anti[ -]?violence|sexual assault|rape crisis|women'?s (?:center|house|home)"
    r"|traffick\w*|survivors?|casa segura|refugio|albergue|violencia)\b",
    re.IGNORECASE,
)
"""Words of a name that suggest a place whose address is often kept secret."""

SECRET_CATEGORIES = frozenset({"shelter"})
"""Categories that suggest it."""


def provider_doubts(project: Project, *, today: dt.date, name_hidden: bool = True) -> list[Problem]:
    """Return what to look at again in the provider files of a project, already read without error.

    Parameters
    ----------
    project
        The project.
    today
        The day on which it is looked at.
    name_hidden
        Whether the numbers of confidential rows may be told.

    Returns
    -------
    list of Problem
        Files without a column ``public`` all of whose rows are confidential for that reason; public rows that their
        name or category suggests to be a shelter, safe house or domestic-violence program; rows that stand twice;
        public rows last checked after today or after the date of the data; and confidential rows whose name, address,
        phone, link or place a public row gives as well.
    """
    opened = [(section, open_source(section)) for section in project.providers]
    doubts = [doubt for pair in opened for doubt in (*_doubts(*pair), *_repeated(*pair))]
    doubts += [doubt for pair in opened for doubt in _checked_ahead(*pair, today=today, as_of=project.as_of)]
    return [*doubts, *_said_elsewhere(opened, name_hidden=name_hidden)]


def _doubts(section: ProviderFile, opened: Opened) -> list[Problem]:
    named: dict[str, str] = {ours: theirs for ours, theirs in section.columns.items() if ours not in {"lon", "lat"}}
    frame, called = choose(opened.frame, named=named, optional=("name", "category", "public"))
    shown, _ = is_public(pd.DataFrame(frame), section, called, whole=opened.frame)
    offered, _ = categories(pd.DataFrame(frame), section, called)
    if "public" not in frame.columns and not section.public:
        return [
            Problem(
                "has no column 'public': all rows are confidential.",
                file=section.file,
                remedy="Add the column, with yes where the operator publishes the address and agrees.",
            )
        ]
    names = frame["name"] if "name" in frame.columns else pd.Series("", index=frame.index)
    telling = names.str.contains(SECRET_WORDS) | offered.str.split(";").map(SECRET_CATEGORIES.intersection).astype(
        "bool"
    )
    doubtful = shown & telling
    if not doubtful.any():
        return []
    return [
        Problem(
            "is marked public, and its name or category suggests a shelter, safe house or similar program.",
            file=section.file,
            rows=row_numbers(frame.index[doubtful]),
            remedy="Make sure that the operator publishes this address and agrees; otherwise set public to no.",
        )
    ]


def _repeated(section: ProviderFile, opened: Opened) -> list[Problem]:
    """Return the rows that differ from another by their identifier at most."""
    frame = opened.frame
    own = find_column(frame, section.columns.get("id", "id"))
    said = pd.DataFrame(frame).drop(columns=[own] if own else []).astype("str")
    twice = said.duplicated(keep=False)
    if not twice.any():
        return []
    return [
        Problem(
            "says the same as another row: each counts as a provider.",
            file=section.file,
            rows=row_numbers(frame.index[twice]),
            remedy="Remove the repeats, unless there are several.",
        )
    ]


def _checked_ahead(section: ProviderFile, opened: Opened, *, today: dt.date, as_of: dt.date) -> list[Problem]:
    """Return the public rows that somebody checked last on a day to come, or after the date of the data."""
    _, shown = open_rows(section, opened)
    column = find_column(opened.frame, section.columns.get("verified_on", "verified_on"))
    if column is None:
        return []
    public = opened.frame[shown[opened.frame.index]]
    dates, _ = iso_dates(public[column], section, column)
    ahead = dates > today.isoformat()
    late = ~ahead & (dates > as_of.isoformat())
    message = f"is later than `as_of`, the date of the data: {as_of}."
    found = (
        (ahead, "lies in the future.", "Write the day on which somebody last checked the row."),
        (late, message, "Correct it, or set `as_of` to the date of the newest data."),
    )
    return [
        Problem(said, file=section.file, column=column, rows=row_numbers(public.index[rows]), remedy=remedy)
        for rows, said, remedy in found
        if rows.any()
    ]


def _said_elsewhere(files: Sequence[tuple[ProviderFile, Opened]], *, name_hidden: bool) -> list[Problem]:
    """Return the confidential rows of which a public row says something: it is shown, and the audit may not mind it."""
    told_apart = [(section, *open_rows(section, opened)) for section, opened in files]
    said = {mark for _, rows, shown in told_apart for _, mark in _marks(rows.where(shown))}
    found: dict[tuple[Path, str], set[int]] = defaultdict(set)
    for section, rows, shown in told_apart:
        for row, mark in _marks(rows.where(~shown)):
            if mark in said:
                found[section.file, mark[0]].add(row)
    return [
        Problem(
            f"is confidential, but a public row has the same {kind}, which is shown there."
            if name_hidden
            else f"a public row has the same {kind} as a confidential one, and shows it.",
            file=file,
            rows=tuple(sorted(rows)) if name_hidden else (),
            remedy="Take it out of the public row unless everybody may know it: the audit does not look for it.",
        )
        for (file, kind), rows in found.items()
    ]


def _marks(rows: Rows) -> Iterator[tuple[int, tuple[str, object]]]:
    """Yield what would give each row away: its kind, and itself in the form in which the audit compares it."""
    for column in text_columns(rows.frame):
        for row, cell in zip(rows.frame.index.tolist(), rows.frame[column], strict=True):
            if is_link(cell):
                yield row, ("link", bare_link(cell))
                continue
            if is_telling(kind_of(column), fold(cell)):
                yield row, (kind_of(column), fold(cell))
            yield from ((row, ("phone", number)) for number in phone_digits(cell) if column != "name")
    places = np.round(degrees_of(rows), 4)
    for row, place in zip(rows.frame.index.tolist(), places.tolist(), strict=True):
        if np.isfinite(place).all():
            yield row, ("place", tuple(place))
