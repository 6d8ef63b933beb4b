"""What is not wrong but should be looked at again before a map is made: `outreach check` warns of it."""

import datetime as dt

from geo.errors import Problem
from geo.project import Project
from geo.provider_doubts import provider_doubts


def doubts(project: Project, *, today: dt.date, name_hidden: bool = True) -> list[Problem]:
    """Return what to look at again in a project and its files, already read without error.

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
        A date of the data that lies in the future, and what `geo.provider_doubts.provider_doubts` finds.
    """
    return [*_ahead(project, today), *provider_doubts(project, today=today, name_hidden=name_hidden)]


def _ahead(project: Project, today: dt.date) -> list[Problem]:
    if project.as_of <= today:
        return []
    message, remedy = "lies in the future, and stands on every output.", "Correct it if it is a slip."
    return [Problem(message, file=project.file, column="as_of", remedy=remedy)]
