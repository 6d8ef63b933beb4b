"""OpenStreetMap files: roads, numbered routes, motorway exits and places."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import osmium

from geo.errors import InputError, Problem
from geo.memory import give_back
from geo.osm_edits import deleted_in_editor
from geo.osm_places import JUNCTION_COLUMNS, Places, place_table, read_places
from geo.osm_routes import NOT_HERE, with_routes
from geo.osm_tags import PLACE_COLUMNS
from geo.osm_water import Bbox, Row, water_table
from geo.osm_ways import COPIES, CUT, NO_NODES, OUTSIDE, Ways, join_roads, read_ways, write_ways
from geo.packed import packed_bomb
from geo.pbf_texts import unbearable_text
from geo.records import Dropped
from geo.roads import Roads
from geo.workspace import workspace

SUFFIXES = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2")
_HISTORY_SUFFIXES = (".osh", ".osc", ".osh.pbf", ".osh.gz", ".osc.gz", ".osh.bz2", ".osc.bz2")

_READ_ERRORS = (RuntimeError, ValueError, LookupError, osmium.InvalidLocationError)
"""What libosmium and pyarrow raise when a file is no good: its structure, a number, a text that is not UTF-8."""


@dataclass(frozen=True, eq=False)
class OsmData:
    """What the road files hold.

    Parameters
    ----------
    roads
        Ways that carry cars, with the numbers of their own and of the route relations that they belong to.
    signed
        By canonical number, "NS" or "EW" for highways whose route relations say how they are signed.
    junctions
        Motorway exits: `osm_id`, `ref` (exit number), `name`, `exit_to`; Points in EPSG:4326.
    places
        Places where outreach may meet people, not yet classified: `osm_id` ("n1", "w2", "r3"), the text columns of
        `PLACE_COLUMNS`; Points in EPSG:4326, inside the outline of ways and relations.
    water
        Lakes and pieces of rivers with their `name`: polygons and lines in EPSG:4326 (`geo.osm_water`).
    dropped
        What was left out, by file and reason.
    """

    roads: Roads
    signed: Mapping[str, str]
    junctions: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    water: gpd.GeoDataFrame
    dropped: tuple[Dropped, ...]


def read_osm(
    paths: Sequence[Path], *, clip: Bbox | None = None, progress: Callable[[str], None] | None = None
) -> OsmData:
    """Read roads, motorway exits and places from OpenStreetMap files.

    Neighbouring extracts may be listed together: ways and places that stand in several files count once, and roads join
    at the nodes they share. Where a file was cut through a way, the way is used up to the cut.

    Parameters
    ----------
    paths
        .osm.pbf, .osm, .osm.gz or .osm.bz2 files.
    clip
        (left, bottom, right, top) in degrees. Ways without a node inside and places outside are left out. None
        keeps everything.
    progress
        Called with a line of text at each step.

    Raises
    ------
    InputError
        If a file is missing, unreadable, damaged or of another kind, or when no road for cars is left; the problems of
        all files together.
    """
    say = progress or (lambda _: None)
    problems = refusals(paths)
    if problems:
        raise InputError(problems)
    ways: list[Ways] = []
    places: list[Places] = []
    water: list[Row] = []
    for path in paths:
        say(f"Reading {path.name} …")
        if unbearable := unbearable_text(path):
            problems.append(unbearable)
            continue
        try:
            file_ways, file_places, file_rivers = _read_file(path, clip)
        except _READ_ERRORS as error:
            problems.append(_unreadable(path, str(error)))
            continue
        ways.append(file_ways)
        places.append(file_places)
        water += file_places.lakes + file_rivers
    if problems:
        raise InputError(problems)
    say("Joining roads …")
    junctions = place_table([row for part in places for row in part.junctions], JUNCTION_COLUMNS)
    roads, copies = join_roads(ways, junctions["osm_id"].str.removeprefix("n").astype("int64").to_numpy())
    roads, signed, missing = with_routes(roads, [part.routes for part in places])
    dropped = tuple(
        Dropped(path.name, reason, count)
        for path, part, copied, absent in zip(paths, places, copies, missing, strict=True)
        for reason, count in sorted({**part.dropped, COPIES: copied, NOT_HERE: absent}.items())
        if count
    )
    if not len(roads):
        raise InputError([_no_roads(paths, {entry.reason for entry in dropped})])
    found = place_table([row for part in places for row in part.places], PLACE_COLUMNS)
    data = OsmData(roads, signed, junctions, found, water_table(water), dropped)
    del ways, places
    give_back()
    return data


def _read_file(path: Path, clip: Bbox | None) -> tuple[Ways, Places, list[Row]]:
    """Read the roads, places and rivers of one file, at the same time: libosmium leaves Python free meanwhile."""
    with workspace(Path(tempfile.gettempdir()), "outreach-roads-") as folder, ThreadPoolExecutor(1) as worker:
        text = folder / "ways.opl"
        writing = worker.submit(write_ways, path, text)
        places = read_places(path, clip)
        writing.result()
        ways, rivers, dropped = read_ways(text, clip)
    places.dropped.update(dropped)
    return ways, places, rivers


def refusals(paths: Sequence[Path]) -> list[Problem]:
    """Return what is wrong with files that are not worth opening, by a look at their names and first bytes."""
    return [problem for path in paths if (problem := _first_look(path)) is not None]


def _first_look(path: Path) -> Problem | None:
    try:
        return _refusal(path)
    except OSError as error:
        return Problem(f"cannot be read: {error.strerror}.", file=path, remedy="Check its name and permissions.")


def _refusal(path: Path) -> Problem | None:
    """Return why a file is not worth opening, or None."""
    kinds = "Give a .osm.pbf, .osm, .osm.gz or .osm.bz2 file."
    name = path.name.lower()
    if not path.exists():
        return Problem("there is no such file.", file=path, remedy=f"It was looked for in {path.parent}.")
    if not path.is_file():
        return Problem("this is a folder, not a file.", file=path, remedy=kinds)
    if name.endswith(_HISTORY_SUFFIXES):
        return _history(path)
    if not name.endswith(SUFFIXES):
        return Problem("this is not a kind of OpenStreetMap file that can be read.", file=path, remedy=kinds)
    if path.stat().st_size == 0:
        return Problem("the file is empty (0 bytes).", file=path, remedy="Download it again.")
    return packed_bomb(path) or _header_problem(path) or deleted_in_editor(path)


def _header_problem(path: Path) -> Problem | None:
    """Return what the first bytes of a file say against it, or None."""
    try:
        with osmium.io.Reader(str(path), osmium.osm.NOTHING) as reader:
            several = reader.header().has_multiple_object_versions
    except _READ_ERRORS as error:
        return _unreadable(path, str(error))
    return _history(path) if several else None


def _history(path: Path) -> Problem:
    """Return the problem of a file that holds changes, or several versions of each object."""
    return Problem(
        "this is a history or change file, with several versions of each road.",
        file=path,
        remedy="Use a plain extract of one date (.osm.pbf).",
    )


def _unreadable(path: Path, reason: str) -> Problem:
    """Return the problem of a file that libosmium gave up on."""
    if "twice in input" in reason:
        return _history(path)
    if "out of order" in reason:
        return Problem(
            "its nodes, ways or relations do not stand in the order of their ids.",
            file=path,
            remedy=f"Sort it: osmium sort {path.name} -o sorted.osm.pbf",
        )
    return Problem(
        f"the file cannot be read as OpenStreetMap data ({reason.strip()}).",
        file=path,
        remedy="It is damaged, cut short or of another kind: download it again.",
    )


def _no_roads(paths: Sequence[Path], reasons: set[str]) -> Problem:
    """Return the problem of files that hold no road for cars, with the likely cause."""
    if OUTSIDE in reasons:
        cause, remedy = "its roads lie outside the study area", "Use the extract of the region that the areas lie in."
    elif reasons & {NO_NODES, CUT}:
        cause = "its roads refer to nodes that it does not hold"
        remedy = "Use a complete extract with nodes before ways (osmium sort) and no negative ids (osmium renumber)."
    else:
        cause, remedy = "it holds no roads for cars", "Use an extract that holds ways tagged highway=…."
    more = f" (and {len(paths) - 1} more)" if len(paths) > 1 else ""
    return Problem(f"{cause}{more}.", file=paths[0], remedy=remedy)
