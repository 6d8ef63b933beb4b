"""Provider rows that a planner should look at again: marked public, yet they sound like a place that is kept secret.

Like `geo.secrets`, this sees rows of provider files; what leaves it names files and rows and repeats no cell.
"""

import re

import pandas as pd

from geo.errors import InputError, Problem
from geo.project import Project, ProviderFile
from geo.provider_fields import categories, is_public
from geo.sources import choose, open_source
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


def provider_doubts(project: Project) -> list[Problem]:
    """Return what to look at again in the provider files of a project, already read without error.

    Parameters
    ----------
    project
        The project.

    Returns
    -------
    list of Problem
        Files without a column ``public`` all of whose rows are confidential for that reason; and public rows that
        their name or category suggests to be a shelter, safe house or domestic-violence program.
    """
    return [doubt for section in project.providers for doubt in _doubts(section)]


def _doubts(section: ProviderFile) -> list[Problem]:
    try:
        opened = open_source(section)
        named: dict[str, str] = {ours: theirs for ours, theirs in section.columns.items() if ours not in {"lon", "lat"}}
        frame, called = choose(opened.frame, named=named, optional=("name", "category", "public"))
        shown, _ = is_public(pd.DataFrame(frame), section, called)
        offered, _ = categories(pd.DataFrame(frame), section, called)
    except InputError:
        return []  # reported by the reader already
    if "public" not in frame.columns and not section.public:
        return [
            Problem(
                f"has no column 'public': all {len(frame)} rows are confidential.",
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
