"""Roads and places asked of an Overpass server, where no extract was downloaded: the only use of the network.

What is asked for are squares that cover the areas of a study. Nothing of the people and providers is read for it.
"""

import json
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import osmium
import shapely
from osmium.osm.mutable import Node, Relation, Way
from shapely.geometry.base import BaseGeometry

from geo.areas import read_areas
from geo.crs import WGS84
from geo.errors import InputError, OutputError, Problem, keys_of
from geo.osm import SUFFIXES
from geo.osm_tags import PLACE_TAGS, ROAD_CLASSES, is_place, is_social_facility
from geo.project import Project
from geo.speeds import class_speeds
from geo.study_roads import reach_m
from geo.workspace import workspace

SERVER = "https://overpass-api.de/api"
MOST_QUESTIONS = 60
"""How many squares are asked for at most: about ten counties. A public server is no place to copy a state from."""

STREETS_M, SQUARE_M, FAR_SQUARE_M = 10_000, 50_000, 100_000
"""How far around the areas every street is asked for; sides of the squares there and, with main roads, beyond."""

MAIN_CLASSES = ROAD_CLASSES[: ROAD_CLASSES.index("tertiary_link") + 1]

_ELSE = "Try again later, or download the OpenStreetMap extract of your state and name it in the project."

_ORDER = ("node", "way", "relation")

Element = dict[str, Any]
"""A node, way or relation as Overpass answers it in JSON."""


@dataclass(frozen=True)
class Question:
    """What is asked of the server in one go: one kind of thing in one square (EPSG:4326)."""

    kind: Literal["streets", "main roads", "places"]
    square: shapely.Polygon


def fetch_roads(project: Project, *, server: str = SERVER, progress: Callable[[str], None] | None = None) -> Path:
    """Ask for the roads and places around the areas of a project, and write them where its road file shall be.

    Every street and place in and near the areas, and main roads as far beyond as the last travel-time band reaches.
    Shelters and other social facilities are never kept.

    Parameters
    ----------
    project
        The project; of its files only that of the areas is read.
    server
        Address of an Overpass server, without "/interpreter".
    progress
        Called with what is being done.

    Returns
    -------
    pathlib.Path
        The file written: the one of `roads.osm` that was missing.

    Raises
    ------
    InputError
        If no road file is missing or more than one, the areas cannot be read or are too large to be asked for, or the
        server cannot be reached or gives no complete answer.
    OutputError
        If the file cannot be written.
    """
    say = progress or (lambda _: None)
    target = _missing(project)
    with keys_of(project.file):
        areas = read_areas(project.areas, crs=project.crs).table
        questions = questions_for(areas, reach_m(project, class_speeds(project.roads.speeds_kmh)))
    if len(questions) > MOST_QUESTIONS:
        message = f"covers so much ground that a public server would be asked {len(questions)} times."
        remedy = f"{MOST_QUESTIONS} are the most: download the extract of your state and name it in the project."
        raise InputError([Problem(message, file=project.areas.file, remedy=remedy)])
    _require_reachable(server)
    found: dict[tuple[str, int], Element] = {}
    for number, question in enumerate(questions, 1):
        say(f"Asking {server} for {question.kind}, {number} of {len(questions)} …")
        found |= {(element["type"], element["id"]): element for element in _answer(question, server)}
    _write(_kept(found), target)
    return target


def questions_for(areas: gpd.GeoDataFrame, reach: float) -> list[Question]:
    """Return what to ask for: streets and places in squares over the areas, main roads in squares around them.

    Parameters
    ----------
    areas
        Polygons in a metric CRS.
    reach
        How far around the areas' box main roads matter, in metres.
    """
    near = areas.geometry.union_all().buffer(STREETS_M)
    far = shapely.box(*areas.total_bounds).buffer(reach, join_style="mitre")
    close = gpd.GeoSeries(list(_squares(near, SQUARE_M)), crs=areas.crs).to_crs(WGS84)
    wide = gpd.GeoSeries(list(_squares(far, FAR_SQUARE_M)), crs=areas.crs).to_crs(WGS84)
    return [
        *(Question("streets", square) for square in close),
        *(Question("places", square) for square in close),
        *(Question("main roads", square) for square in wide),
    ]


def _squares(shape: BaseGeometry, side_m: float) -> Iterator[shapely.Polygon]:
    left, bottom, right, top = shape.bounds
    for x in np.arange(left, right, side_m):
        for y in np.arange(bottom, top, side_m):
            square = shapely.box(x, y, min(x + side_m, right), min(y + side_m, top))
            if square.intersects(shape):
                yield square


def _missing(project: Project) -> Path:
    """Return the one road file of the project that is not there yet."""
    missing = [path for path in project.roads.osm if not path.exists()]
    if len(missing) == 1 and missing[0].name.endswith(SUFFIXES):
        return missing[0]
    if len(missing) == 1:
        message, remedy = "is no name of an OpenStreetMap file.", "End it with .osm.pbf."
    elif missing:
        message, remedy = "names several files that are missing.", "Name one to fetch, and download the others."
    else:
        message, remedy = "is there already.", "Remove it, or name another file, to fetch the roads anew."
    raise InputError([Problem(message, file=(missing or project.roads.osm)[0], remedy=remedy)])


def _require_reachable(server: str) -> None:
    """Refuse a server that cannot be reached at once; osmnx would first wait a minute."""
    try:
        urllib.request.urlopen(f"{server}/status", timeout=30).close()  # noqa: S310 - the planner's own choice
    except urllib.error.HTTPError:
        return  # it is there, and may keep its state to itself
    except (OSError, ValueError):
        raise InputError([Problem(f"{server} cannot be reached.", remedy=_ELSE)]) from None


def _answer(question: Question, server: str) -> list[Element]:
    """Return what the server answers; osmnx asks politely, waiting for its turn."""
    import osmnx  # noqa: PLC0415 # takes a second to load, and nothing else needs it

    with tempfile.TemporaryDirectory() as folder, _settings(osmnx.settings, server, folder):
        try:
            if question.kind == "places":
                osmnx.features.features_from_polygon(question.square, _place_query())
            else:
                classes = ROAD_CLASSES if question.kind == "streets" else MAIN_CLASSES
                osmnx.graph.graph_from_polygon(
                    question.square, custom_filter=f'["highway"~"^({"|".join(classes)})$"]', retain_all=True
                )
        except InterruptedError:  # how osmnx ends when it only keeps the answer
            answers = [json.loads(path.read_text(encoding="utf-8")) for path in Path(folder).glob("*.json")]
        except OSError:
            raise InputError([Problem(f"{server} cannot be reached.", remedy=_ELSE)]) from None
        except ValueError:
            raise InputError([Problem(f"{server} refused to answer.", remedy=_ELSE)]) from None
    if not answers:
        raise InputError([Problem(f"{server} gave up on a part of the area.", remedy=_ELSE)])
    return [element for answer in answers for element in answer["elements"]]


def _place_query() -> dict[str, bool | str | list[str]]:
    keys = dict.fromkeys(key for key, _ in PLACE_TAGS)
    return {key: [value for name, value in PLACE_TAGS if name == key] for key in keys}


@contextmanager
def _settings(settings: Any, server: str, folder: str) -> Iterator[None]:  # noqa: ANN401 - a module
    """Let osmnx ask this server and nobody else, one question at a time, and keep the answer as it came."""
    ours = {
        "overpass_url": server,
        "cache_folder": folder,
        "use_cache": True,
        "cache_only_mode": True,
        "doh_url_template": None,
        "max_query_area_size": float("inf"),
    }
    before = {name: getattr(settings, name) for name in ours}
    try:
        for name, value in ours.items():
            setattr(settings, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(settings, name, value)


def _kept(found: Mapping[tuple[str, int], Element]) -> list[Element]:
    """Return roads and places with the nodes and ways that they are made of, in the order of OpenStreetMap files."""
    wanted = {key for key, element in found.items() if _matters(element)}
    for kind in ("relation", "way"):
        for key in [key for key in wanted if key[0] == kind]:
            wanted.update(_parts(found[key]))
    return [found[key] for key in sorted(wanted & found.keys(), key=lambda key: (_ORDER.index(key[0]), key[1]))]


def _matters(element: Element) -> bool:
    tags = element.get("tags", {})
    if is_social_facility(tags):
        return False
    return is_place(tags) or tags.get("highway") in {*ROAD_CLASSES, "motorway_junction"}


def _parts(element: Element) -> Iterable[tuple[str, int]]:
    members = [(member["type"], member["ref"]) for member in element.get("members", ())]
    return [*members, *(("node", number) for number in element.get("nodes", ()))]


def _write(elements: Iterable[Element], target: Path) -> None:
    """Write an OpenStreetMap file, whole or not at all; what is neither road nor place loses its tags."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with workspace(target.parent, ".fetching-") as folder:
            part = folder / target.name
            with osmium.SimpleWriter(part) as writer:
                for element in elements:
                    _add(writer, element)
            part.replace(target)
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        remedy = "Choose a folder that you may write to."
        raise OutputError([Problem(f"cannot be written: {reason}.", file=target, remedy=remedy)]) from None


def _add(writer: osmium.SimpleWriter, element: Element) -> None:
    same = {"id": element["id"], "version": 1, "tags": element.get("tags", {}) if _matters(element) else {}}
    if element["type"] == "node":
        writer.add_node(Node(location=(element["lon"], element["lat"]), **same))
    elif element["type"] == "way":
        writer.add_way(Way(nodes=element["nodes"], **same))
    else:
        members = [(member["type"][0], member["ref"], member["role"]) for member in element["members"]]
        writer.add_relation(Relation(members=members, **same))
