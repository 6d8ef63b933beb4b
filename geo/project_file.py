"""The project file: project.toml → a frozen `Project`.

Unknown keys are refused with the nearest known name, and all problems are reported together.
"""

import difflib
import tomllib
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from geo.errors import Problem, ProjectError
from geo.project import (
    Access,
    Areas,
    Corridor,
    Hotline,
    Indicator,
    People,
    Project,
    ProviderColumn,
    ProviderFile,
    Regions,
    Roads,
    Section,
    Sections,
    Source,
    Tiles,
    VenueColumn,
    VenueFile,
    Weights,
)

_S = TypeVar("_S", bound=Source)


def load_project(path: Path) -> Project:
    """Read a project file.

    Parameters
    ----------
    path
        A TOML file with the keys of `Project`.

    Returns
    -------
    Project
        With all paths absolute.

    Raises
    ------
    ProjectError
        If the file cannot be read, is not TOML, or has unknown, missing or impossible keys; all of them at once.
    """
    table = _read_toml(path)
    if "file" in table:
        raise ProjectError([Problem("unknown key.", file=path, column="file", remedy="Remove it.")])
    try:
        project = Project.model_validate({**table, "file": path.resolve()})
    except ValidationError as error:
        details = error.errors()
        # A list whose only entry is wrong is also reported as too short: the entry says it better.
        spoken = [d for d in details if d["type"] != "too_short" or not any(_is_inside(e, d) for e in details)]
        raise ProjectError([_problem(detail, path) for detail in spoken]) from None
    try:
        project = _with_absolute_paths(project)
    except ValueError:
        raise ProjectError(
            [Problem("a file name in it holds a zero byte.", file=path, remedy="Type it anew.")]
        ) from None
    if problems := _providers_shown(project):
        raise ProjectError(problems)
    return project


def _providers_shown(project: Project) -> list[Problem]:
    """Refuse lists of providers among the lists of what is shown: their confidential rows would be shown, too."""
    lists = {(section.file, section.layer) for section in project.providers}
    others: list[tuple[str, Source | None]] = [("areas", project.areas), ("regions", project.regions)]
    others += [("people", project.people), *(("venues", section) for section in project.venues)]
    shown = [(key, section.file, section.layer) for key, section in others if section]
    paths = (("towns", project.towns), ("people.urban_areas", project.people.urban_areas))
    shown += [(key, path, None) for key, path in paths if path]
    return [
        Problem(
            f"{path.name} is a list of providers, whose confidential rows would be shown.",
            file=project.file,
            column=key,
            remedy="Leave it under [[providers]] alone.",
        )
        for key, path, layer in shown
        if (path, layer) in lists
    ]


def _is_inside(inner: ErrorDetails, outer: ErrorDetails) -> bool:
    depth = len(outer["loc"])
    return len(inner["loc"]) > depth and inner["loc"][:depth] == outer["loc"]


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except IsADirectoryError:
        raise ProjectError(
            [
                Problem(
                    "is a folder.", file=path, remedy=f"Name the project file inside it, e.g. {path.name}/project.toml."
                )
            ]
        ) from None
    except UnicodeDecodeError:
        raise ProjectError([Problem("is not a text file in UTF-8.", file=path, remedy="Save it as UTF-8.")]) from None
    except OSError as error:
        raise ProjectError(
            [
                Problem(
                    f"cannot be read: {error.strerror}.",
                    file=path,
                    remedy="Check the path, or start from `outreach example DIR`.",
                )
            ]
        ) from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        remedy = "Text needs quotes; keys need an = sign; dates are written 2026-11-01."
        if "\\" in str(error):
            remedy = "In paths write / instead of \\, or put them in single quotes."
        elif "twice" in str(error) or "overwrite" in str(error):
            remedy = "Write each table and key once."
        raise ProjectError([Problem(f"is not valid TOML: {error}.", file=path, remedy=remedy)]) from None


def _problem(detail: ErrorDetails, path: Path) -> Problem:
    """Put one pydantic error into a planner's words."""
    location = [part for part in detail["loc"] if part != "[key]"]
    key = ".".join(str(part + 1 if isinstance(part, int) else part) for part in location)
    if detail["type"] == "extra_forbidden":
        name = str(location[-1])
        near = difflib.get_close_matches(name, _known_keys(location[:-1]), n=1, cutoff=0.5)
        remedy = f"Did you mean {near[0]!r}?" if near else f"Known here: {', '.join(_known_keys(location[:-1]))}."
        return Problem("unknown key.", file=path, column=key, remedy=remedy)
    if detail["type"] == "missing":
        return Problem("is missing.", file=path, column=key, remedy="Add it; README lists every key.")
    if detail["type"] == "literal_error" and "columns" in location:
        known = get_args(ProviderColumn if location[0] == "providers" else VenueColumn)
        near = difflib.get_close_matches(str(location[-1]), known, n=1, cutoff=0.4)
        remedy = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(known)}."
        return Problem("is not a column of this table.", file=path, column=key, remedy=remedy)
    message = detail["msg"].removeprefix("Value error, ").rstrip(".")
    return Problem(f"{message[0].lower()}{message[1:]}.", file=path, column=key or None)


def _known_keys(location: list[int | str]) -> list[str]:
    """Return the keys that the table at `location` may have."""
    sections: dict[str, type[Section]] = {
        "roads": Roads, "corridor": Corridor, "areas": Areas, "regions": Regions, "people": People,
        "providers": ProviderFile, "venues": VenueFile, "access": Access, "weights": Weights, "hotline": Hotline,
        "sections": Sections, "tiles": Tiles,
    }  # fmt: skip
    model: type[Section] = sections.get(str(location[0]), Project) if location else Project
    if "indicators" in location:
        model = Indicator
    return [name for name in model.model_fields if name != "file" or model is not Project]


def _with_absolute_paths(project: Project) -> Project:
    """Resolve every path of the project from its folder."""

    def source(section: _S) -> _S:
        return section.model_copy(update={"file": (project.folder / section.file).resolve()})

    def absolute(path: Path | None) -> Path | None:
        return (project.folder / path).resolve() if path else None

    cache = project.roads.cache
    return project.model_copy(
        update={
            "roads": project.roads.model_copy(
                update={
                    "osm": tuple((project.folder / path).resolve() for path in project.roads.osm),
                    "cache": absolute(cache) if isinstance(cache, Path) else cache,
                }
            ),
            "areas": source(project.areas),
            "regions": source(project.regions) if project.regions else None,
            "people": source(project.people).model_copy(update={"urban_areas": absolute(project.people.urban_areas)}),
            "providers": tuple(source(section) for section in project.providers),
            "venues": tuple(source(section) for section in project.venues),
            "towns": absolute(project.towns),
        }
    )
