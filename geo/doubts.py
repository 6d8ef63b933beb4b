"""What is not wrong but should be looked at again before a map is made: `outreach check` warns of it."""

import datetime as dt
from collections.abc import Iterable

from geo.errors import Problem
from geo.project import Project
from geo.provider_doubts import provider_doubts
from geo.records import Undrawn


def doubts(project: Project, *, undrawn: Iterable[Undrawn], today: dt.date, name_hidden: bool = True) -> list[Problem]:
    """Return what to look at again in a project and its files, already read without error.

    Parameters
    ----------
    project
        The project.
    undrawn
        Areas and regions without an outline.
    today
        The day on which it is looked at.
    name_hidden
        Whether the numbers of confidential rows may be told.

    Returns
    -------
    list of Problem
        A date of the data that lies in the future, areas and regions without an outline, and what
        `geo.provider_doubts.provider_doubts` finds.
    """
    of_providers = provider_doubts(project, today=today, name_hidden=name_hidden)
    return [*_ahead(project, today), *map(_left_out, undrawn), *of_providers]


def _ahead(project: Project, today: dt.date) -> list[Problem]:
    if project.as_of <= today:
        return []
    message, remedy = "lies in the future, and stands on every output.", "Correct it if it is a slip."
    return [Problem(message, file=project.file, column="as_of", remedy=remedy)]


def _left_out(undrawn: Undrawn) -> Problem:
    message, remedy = "has no outline, and is left out.", "Draw it, or remove the row."
    return Problem(message, file=undrawn.file, rows=undrawn.rows, remedy=remedy)
