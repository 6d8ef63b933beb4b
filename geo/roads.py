"""Roads as arrays: the vertices of all ways one after another, and numbered highways as lines."""

import difflib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.crs import WGS84
from geo.errors import NetworkError, Problem
from geo.osm_tags import LINK_CLASSES, ROAD_CLASSES, canonical_ref, split_refs

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ROAD_TEXTS = ("ref", "name", "exit_ref")
"""The fields of `Roads` that are texts."""

MOST_KM = 20_000
"""Length of the longest highway that is believed, in kilometres: twice that of the longest Interstate's two sides."""

WGS84_A_M = 6_378_137.0
WGS84_E2 = 0.006_694_379_990_141_317


@dataclass(frozen=True, eq=False)
class Roads:
    """Ways that carry cars, with the vertices of all ways in one array.

    Way `i` runs through the nodes ``vertex[offset[i]:offset[i + 1]]``. A way that lost nodes at the edge of a file may
    stand here in several pieces with one `way_id`.

    Parameters
    ----------
    node_id
        OpenStreetMap id of each node that a way passes, in the order in which the ways come to them.
    lon, lat
        Its position, degrees in EPSG:4326.
    is_exit
        True at motorway exits (``highway=motorway_junction``).
    vertex
        Row in the node arrays of each vertex of each way.
    offset
        Where each way starts in `vertex`, and the end: one entry more than ways.
    way_id
        OpenStreetMap id of each way, ascending.
    road_class
        Position of its class in `ROAD_CLASSES`.
    maxspeed_kmh
        Tagged speed limit; NaN where there is none.
    direction
        1 one-way along the way, -1 against it, 0 both directions.
    ref
        Its number, or several joined by ";", those of its route relations behind its own; "" where absent.
    name
        Its name; of slip roads the road or town that their signs name (`destination`); "" where absent.
    exit_ref
        The exit number that a slip road carries (`junction:ref`); "" where absent.
    """

    node_id: Ints
    lon: Floats
    lat: Floats
    is_exit: npt.NDArray[np.bool_]
    vertex: npt.NDArray[np.int32]
    offset: Ints
    way_id: Ints
    road_class: npt.NDArray[np.int8]
    maxspeed_kmh: Floats
    direction: npt.NDArray[np.int8]
    ref: npt.NDArray[np.object_]
    name: npt.NDArray[np.object_]
    exit_ref: npt.NDArray[np.object_]

    def __len__(self) -> int:
        """Return the number of ways."""
        return len(self.way_id)


def segment_lengths_m(lon0: Floats, lat0: Floats, lon1: Floats, lat1: Floats) -> Floats:
    """Return the lengths of straight segments on the WGS 84 ellipsoid.

    The radii of curvature along the meridian and the parallel are taken at the middle latitude of each segment, and the
    convergence of the meridians is left in (Gauss mid-latitude formula, first order). For segments under 50 km away
    from the poles this is within 1e-5 of the geodesic; for those of real roads, within 1e-7.

    Parameters
    ----------
    lon0, lat0, lon1, lat1
        Both ends, degrees in EPSG:4326.

    Returns
    -------
    numpy.ndarray
        Metres.

    Examples
    --------
    >>> float(segment_lengths_m(*np.array([[-90.0], [32.0], [-90.0], [32.1]])).round(1)[0])
    11088.8
    """
    middle = np.radians((lat0 + lat1) / 2)
    squeeze = 1 - WGS84_E2 * np.sin(middle) ** 2
    north = np.radians(lat1 - lat0) * WGS84_A_M * (1 - WGS84_E2) / squeeze**1.5
    turn = np.radians((lon1 - lon0 + 180) % 360 - 180)
    east = turn * np.cos(middle) * WGS84_A_M / np.sqrt(squeeze)
    return np.hypot(east, north)


def way_lengths_m(roads: Roads, rows: Ints | None = None) -> Floats:
    """Return the length of each way, or of those in some rows, in metres, both directions counted once."""
    vertex, counts = _vertices(roads, np.arange(len(roads)) if rows is None else rows)
    if not len(counts):
        return np.zeros(0)
    lon, lat = roads.lon[vertex], roads.lat[vertex]
    steps = segment_lengths_m(lon[:-1], lat[:-1], lon[1:], lat[1:])
    ends = np.cumsum(counts)
    steps[ends[:-1] - 1] = 0
    return np.add.reduceat(np.append(steps, 0), ends - counts)


def highway_ways(roads: Roads, refs: Sequence[str], *, file: Path | None = None) -> gpd.GeoDataFrame:
    """Return the ways that carry each of the numbered highways; slip roads are left out.

    Parameters
    ----------
    roads
        The roads.
    refs
        Highway numbers as a project writes them. "I-55", "I 55" and "i55" are equal; "I 55 Business" is another
        highway. A way tagged "I 20;US 49" belongs to both.
    file
        The road file, to be named where it cannot be true.

    Returns
    -------
    geopandas.GeoDataFrame
        `ref` (as asked, or as most ways spell it where none does so), `way_id`, `one_way` (True for one carriageway of
        two), `length_m`; LineStrings in EPSG:4326, one-way ones in the direction of the traffic, in the order of
        `refs`, then by way.

    Raises
    ------
    NetworkError
        If a highway is not among the roads; all such highways at once, with near refs that exist. If one is longer
        than any on Earth.
    """
    asked: dict[str, str] = {canonical_ref(ref): ref for ref in refs}
    number, texts = pd.factorize(roads.ref)
    through = ~np.isin(roads.road_class, [ROAD_CLASSES.index(name) for name in LINK_CLASSES])
    uses = np.bincount(number[through], minlength=len(texts))
    known = Counter({ref: 0 for text in texts for ref in split_refs(text)})
    found: dict[str, list[int]] = {key: [] for key in asked}
    for row in np.flatnonzero(uses).tolist():
        for ref in dict.fromkeys(split_refs(texts[row])):
            known[ref] += int(uses[row])
            if canonical_ref(ref) in asked:
                found[canonical_ref(ref)].append(row)
    missing = [asked[key] for key, rows in found.items() if not rows]
    if missing:
        raise NetworkError([_unknown_ref(ref, +known) for ref in missing])
    spelled = {key: _spelling(asked[key], known) for key in asked}
    ways = {key: np.flatnonzero(np.isin(number, rows) & through) for key, rows in found.items()}
    chosen = np.concatenate(list(ways.values()))
    lines = _lines(roads, chosen)
    found_ways = gpd.GeoDataFrame(
        {
            "ref": [spelled[key] for key, rows in ways.items() for _ in rows],
            "way_id": roads.way_id[chosen],
            "one_way": roads.direction[chosen] != 0,
            "length_m": way_lengths_m(roads, chosen),
        },
        geometry=np.where(roads.direction[chosen] < 0, shapely.reverse(lines), lines),
        crs=WGS84,
    )
    _require_possible_lengths(found_ways, file)
    return found_ways


def _require_possible_lengths(ways: gpd.GeoDataFrame, file: Path | None) -> None:
    length_km = ways.groupby("ref", sort=False)["length_m"].sum() / 1000
    problems = [
        Problem(
            f"{ref} is {long:,.0f} km long in the roads, both directions together: more than any highway.",
            file=file,
            remedy="Its nodes are in wrong places: download the road file anew.",
        )
        for ref, long in length_km[length_km > MOST_KM].items()
    ]
    if problems:
        raise NetworkError(problems)


def _spelling(ref: str, known: Counter[str]) -> str:
    """Return a ref as most ways spell it, unless some way spells it as asked."""
    same = {name: uses for name, uses in known.items() if uses and canonical_ref(name) == canonical_ref(ref)}
    return ref if ref in same else max(same, key=lambda name: (same[name], name))


def _vertices(roads: Roads, rows: Ints) -> tuple[npt.NDArray[np.int32], Ints]:
    """Return the vertices of some ways, one way after another, and how many each has."""
    counts = np.diff(roads.offset)[rows]
    first = np.cumsum(counts) - counts
    return roads.vertex[np.repeat(roads.offset[rows] - first, counts) + np.arange(counts.sum())], counts


def _lines(roads: Roads, rows: Ints) -> npt.NDArray[np.object_]:
    """Return the LineStrings of some ways."""
    picked, counts = _vertices(roads, rows)
    coordinates = np.column_stack([roads.lon[picked], roads.lat[picked]])
    lines: npt.NDArray[np.object_] = shapely.linestrings(coordinates, indices=np.repeat(np.arange(len(rows)), counts))
    return lines


def _unknown_ref(ref: str, known: Counter[str]) -> Problem:
    """Return the problem of a highway that is not in the file, with what the planner may have meant."""
    near = list(_near_refs(ref, known))
    if near:
        remedy = "Did you mean " + " or ".join(f'"{name}"' for name in near) + "?"
    elif known:
        common = ", ".join(f'"{name}"' for name, _ in known.most_common(5))
        remedy = f"The most frequent numbers are {common}."
    else:
        remedy = "No road in the file carries a number (tag ref)."
    return Problem(
        f'there is no highway "{ref}" in the road file near the areas.', column="corridor.highways", remedy=remedy
    )


def _near_refs(ref: str, known: Iterable[str], count: int = 3) -> Iterable[str]:
    """Yield up to `count` existing refs close to an unknown one, the most similar first."""
    spelled = {canonical_ref(name): name for name in sorted(known, reverse=True)}
    wanted = canonical_ref(ref)
    digits = {word for word in wanted.split() if word.isdigit()}
    same_number = sorted(key for key in spelled if digits & set(key.split()))
    similar = difflib.get_close_matches(wanted, sorted(spelled), n=count, cutoff=0.7)
    for key in list(dict.fromkeys([*similar, *same_number]))[:count]:
        yield spelled[key]
