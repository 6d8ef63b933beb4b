"""The exits of a measured highway: the nodes of both carriageways put together, numbered, in order."""

from collections.abc import Iterable

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.osm_tags import canonical_ref
from geo.records import Dropped, noun
from geo.route_access import EXIT, RAMP, STREET
from geo.route_line import Route
from geo.route_miles import exit_numbers, exit_order

OFF_LINE_M = 50.0
"""An exit node of no road still belongs to a highway whose carriageway is this close."""

ON_ROAD_M = 1.0
"""A node this close to a carriageway lies on it."""

SAME_NUMBER_M = 3_000.0
"""Nodes with one number this close along the highway are one exit."""

SAME_PLACE_M = 800.0
"""Nodes without a number belong to an exit this close, and to each other."""

SPACING_M = 3_000.0
"""Main streets, and slip roads where no exit is tagged, count where nothing better does within this distance."""

EXIT_COLUMNS = ("exit_id", "route_id", "ref", "number", "name", "crossing", "label", "milepost", "geometry")
NODE_COLUMNS = ("exit_id", "osm_id", "way", "geometry")


def nodes_on_route(route: Route, access: gpd.GeoDataFrame, ways: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the access points that lie on a highway inside the study area, in order, with their place on it.

    Parameters
    ----------
    route
        The highway.
    access
        As `geo.route_access.access_points` returns them, in the CRS of the route. Without the column ``on`` every point
        within `OFF_LINE_M` of a carriageway counts.
    ways
        The ways of the highway, with ``one_way``.

    Returns
    -------
    geopandas.GeoDataFrame
        The rows on the highway, by milepost, with ``ref`` tidied ("12A;12B" and "12A-B" are "12A/12B"), ``along_m``
        (metres along the line), ``milepost``, ``way`` (1 for a carriageway along the line, -1 for the other, 0 for
        both) and ``off_line`` (on no road).
    """
    shapely.prepare(route.courses)
    near = access[shapely.dwithin(route.courses, access.geometry.to_numpy(), OFF_LINE_M)]
    off_line = pd.Series(~shapely.dwithin(route.courses, near.geometry.to_numpy(), ON_ROAD_M), index=near.index)
    if "on" in near.columns:
        own = near["on"].str.split(";").map(lambda refs: canonical_ref(route.ref) in refs).astype(bool)
        off_line = near["on"].eq("")
        near, off_line = near[own | off_line], off_line[own | off_line]
    along = shapely.line_locate_point(route.line, near.geometry.to_numpy())
    # Nodes beyond the line's ends, outside the study area, would all be placed on its ends.
    there = (along > 0) & (along < route.along_m[-1]) | (near.geometry.distance(route.line) <= OFF_LINE_M)
    near, off_line, along = near[there], off_line[there], along[there]
    near = near.assign(
        ref=["/".join(exit_numbers(text)) for text in near["ref"]],
        along_m=along,
        milepost=route.milepost_at(along),
        way=_carriageway(route, near, ways),
        off_line=off_line,
        _order=[exit_order(ref) for ref in near["ref"]],
    )
    inside = route.is_inside(near["milepost"].to_numpy())
    return near[inside].sort_values(["along_m", "_order", "osm_id"]).drop(columns="_order").reset_index(drop=True)


def exit_tables(route: Route, nodes: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return the exits of a highway and the nodes that each is made of.

    Parameters
    ----------
    route
        The highway, calibrated.
    nodes
        As `nodes_on_route` returns them.

    Returns
    -------
    exits : geopandas.GeoDataFrame
        ``exit_id``, ``route_id``, ``ref``, ``number`` ("" for none), ``name``, ``crossing``, ``label`` ("exit 51", else
        the name or the road crossed, else the milepost), ``milepost``; the point on the line. By milepost, then number.
    nodes : geopandas.GeoDataFrame
        ``exit_id``, ``osm_id``, ``way`` (as above; 0 for all where the nodes of one carriageway stand for both) and the
        node's own point.
    """
    nodes = nodes[_kept(nodes)].reset_index(drop=True)
    if _is_one_sided(nodes):
        nodes = nodes.assign(way=np.int8(0))
    group = same_exit(nodes)
    rows = []
    texts = {column: nodes[column].to_numpy(dtype=object) for column in ("ref", "name", "crossing")}
    for members in (np.flatnonzero(group == number) for number in range(int(group.max(initial=-1)) + 1)):
        along = float(nodes["along_m"].to_numpy(dtype=float)[members].mean())
        number = min(texts["ref"][members], key=lambda text: (-len(_numbers(text)), text))
        name, crossing = (_first_text(texts[column][members]) for column in ("name", "crossing"))
        milepost = float(route.milepost_at(np.array([along]))[0])
        label = f"exit {number}" if number else name or crossing or f"milepost {milepost:.0f}"
        rows.append((along, number, name, crossing, label, milepost, members))
    rows.sort(key=lambda row: (round(row[0], 1), exit_order(row[1]), row[4]))
    ids = _unique([f"{route.route_id} {row[4]}" for row in rows])
    points = shapely.line_interpolate_point(route.line, [row[0] for row in rows])
    exits = gpd.GeoDataFrame(
        {
            "exit_id": ids,
            "route_id": route.route_id,
            "ref": route.ref,
            **{
                name: [row[at] for row in rows]
                for at, name in enumerate(("number", "name", "crossing", "label"), start=1)
            },
            "milepost": np.array([row[5] for row in rows], dtype=float),
        },
        geometry=points,
        crs=nodes.crs,
    )
    own_exit = np.full(len(nodes), "", dtype=object)
    for exit_id, row in zip(ids, rows, strict=True):
        own_exit[row[6]] = exit_id
    table = nodes.assign(exit_id=own_exit)[list(NODE_COLUMNS)]
    return exits[list(EXIT_COLUMNS)], table


def exit_notes(route: Route, nodes: gpd.GeoDataFrame) -> list[Dropped]:
    """Return what is odd about the exits of a highway."""
    if nodes.empty:
        return [Dropped(route.label, "no exit or crossing on it in the study area: no minutes from it are known", None)]
    floating = int((nodes["off_line"] & nodes["kind"].eq(EXIT)).sum()) if "kind" in nodes.columns else 0
    text = f"{noun(floating, 'exit')} on no road of the file, placed on the highway beside"
    notes = [Dropped(route.label, text, floating)] if floating else []
    if _is_one_sided(nodes):
        notes.append(Dropped(route.label, "exits on one carriageway only, used for both", len(nodes)))
    return notes


def _is_one_sided(nodes: gpd.GeoDataFrame) -> bool:
    """Say whether all of several nodes lie on one carriageway of two: the file then leaves out those of the other."""
    return len(nodes) > 1 and abs(int(nodes["way"].sum())) == len(nodes)


def _carriageway(route: Route, nodes: gpd.GeoDataFrame, ways: gpd.GeoDataFrame) -> npt.NDArray[np.int8]:
    """Return which carriageway each node lies on: 1 along the line, -1 against it, 0 both or unknown."""
    if nodes.empty:
        return np.zeros(0, dtype=np.int8)
    lines = ways.geometry.to_numpy()
    node, way = shapely.STRtree(lines).query(nodes.geometry.to_numpy(), predicate="dwithin", distance=0.5)
    first, last = (route.along(shapely.get_point(lines[way], end)) for end in (0, -1))
    sign = np.where(ways["one_way"].to_numpy(dtype=bool)[way], np.sign(last - first), 0).astype(np.int8)
    signs = pd.Series(sign).groupby(node).agg(["min", "max"]).reindex(range(len(nodes)), fill_value=0)
    return np.where(signs["min"] == signs["max"], signs["min"], 0).astype(np.int8)


def _kept(nodes: gpd.GeoDataFrame) -> npt.NDArray[np.bool_]:
    """Say which nodes count: exits and numbered crossings, slip roads far from those, streets far from all others."""
    if "kind" not in nodes.columns:
        return np.ones(len(nodes), dtype=bool)
    kind, along = nodes["kind"].to_numpy(dtype=object), nodes["along_m"].to_numpy(dtype=float)
    street = nodes["leads_to"].tolist()
    kept = ~np.isin(kind, [RAMP, STREET])
    for lesser in (RAMP, STREET):
        better, last = along[kept], -1
        for row in np.flatnonzero(kind == lesser).tolist():
            if np.abs(better - along[row]).min(initial=np.inf) <= SPACING_M:
                continue
            since = along[row] - along[last] if last >= 0 else np.inf
            # The same street crosses the other carriageway, too.
            is_same = since <= SAME_PLACE_M and street[row] == street[last]
            if lesser == RAMP or since > SPACING_M or is_same:
                kept[row], last = True, last if is_same else row
    return kept


def same_exit(nodes: gpd.GeoDataFrame) -> npt.NDArray[np.int64]:
    """Return the number of the exit that each node belongs to, from 0; the nodes stand in the order of the highway."""
    along = nodes["along_m"].to_numpy(dtype=float)
    number, texts = nodes["ref"].map(_numbers).tolist(), list(zip(nodes["name"], nodes["leads_to"], strict=True))
    group = np.full(len(nodes), -1, dtype=np.int64)
    last: dict[str, int] = {}
    count = 0
    for row, own in enumerate(number):
        if own:
            before = next((last[text] for text in own if text in last), None)
            if before is not None and along[row] - along[before] <= SAME_NUMBER_M:
                group[row] = group[before]
            else:
                group[row], count = count, count + 1
            last |= dict.fromkeys(own, row)
    numbered, silent = group >= 0, np.array([not any(text) for text in texts], dtype=bool)
    # What says nothing of itself comes last: it belongs to whatever is near.
    for row in np.concatenate([np.flatnonzero(~numbered & ~silent), np.flatnonzero(~numbered & silent)]).tolist():
        is_near = np.abs(along - along[row]) <= SAME_PLACE_M
        near = np.flatnonzero(numbered & is_near)
        if not len(near):
            near = np.flatnonzero((group >= 0) & is_near)
            near = near[[silent[row] or _is_same(texts[row], texts[at]) for at in near]]
        if len(near):
            group[row] = group[near[np.argmin(np.abs(along[near] - along[row]))]]
        else:
            group[row], count = count, count + 1
    return group


def _is_same(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Say whether two places without a number, by name and the road that they lead to, are one exit."""
    (name, road), (other_name, other_road) = one, other
    return name == other_name if name and other_name else road != "" and road == other_road


def _numbers(text: str) -> list[str]:
    """Return the numbers of an exit that has several, as tidied by `nodes_on_route`: "12A/12B"."""
    return [part for part in text.split("/") if part]


def _first_text(texts: Iterable[str]) -> str:
    """Return the first text of the alphabet that is not empty, a road with a name before "road 11"."""
    return min((text for text in texts if text), key=lambda text: (text.startswith("road "), text), default="")


def _unique(names: list[str]) -> list[str]:
    """Return names with a number behind those that occurred before."""
    seen: dict[str, int] = {}
    result = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return result
