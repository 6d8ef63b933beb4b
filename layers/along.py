"""Along the highway: the study as people on the road see it, by exit, milepost and section."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.inputs import Inputs
from geo.project import Project
from geo.records import Dropped
from geo.route_miles import METRES
from geo.routes import Routes
from layers.corridor import corridor_bands
from layers.exits import (
    ExitNetwork,
    exit_minutes,
    exits_of_areas,
    is_in_corridor,
    place_by_exit,
    time_corridor,
    towns_served,
)
from layers.gaps import gap_table
from layers.sections import make_sections
from layers.strip import Strip, make_strips
from layers.travel import Travel

ON_MOTORWAYS = ("rest_area",)
"""Kinds of venue that are reached from the motorway itself."""


@dataclass(frozen=True, eq=False)
class Along:
    """What a highway looks like to those on it. All minutes here start at exits: they are not those of residents.

    Parameters
    ----------
    routes
        The measured highways.
    exits
        ``routes.exits`` with ``towns``.
    minutes
        Minutes from each exit, per direction: `layers.exits.exit_minutes`.
    gaps
        Stretches without help, the longest first: `layers.gaps.gap_table`.
    strips
        The values of each highway's strip chart.
    provider_exits
        The exit of each public provider, on their index: ``exit_id``, ``exit_label`` ("exit 51", "US 82", "" for none),
        ``exit_min``, ``exit_m`` (`layers.exits.place_by_exit`; NaN for none) and the ``route_id`` and ``milepost`` of
        the exit. Confidential providers have none.
    area_exits
        The exit that leads to each area, and the drive from there to its people: `layers.exits.exits_of_areas`.
    """

    routes: Routes
    exits: gpd.GeoDataFrame
    minutes: pd.DataFrame
    gaps: pd.DataFrame
    strips: tuple[Strip, ...]
    provider_exits: pd.DataFrame
    area_exits: pd.DataFrame


def corridor_land(
    project: Project, exits: ExitNetwork, highways: gpd.GeoDataFrame, extent: shapely.Geometry
) -> gpd.GeoDataFrame:
    """Return the corridor of each highway as the project defines it: by distance, by time from the exits, or both.

    It ends with the study area, as mileposts and exits do: how far the road files reach beyond plays no part.

    Parameters
    ----------
    project
        The project.
    exits
        The exits on the road network.
    highways
        One row per highway: `layers.corridor.measure_highways`.
    extent
        The study area.
    """
    rule = project.corridor
    bands = corridor_bands(highways, half_width_m=rule.half_width_m)
    bands = bands.set_geometry(bands.geometry.intersection(extent))
    if rule.within_min is None or rule.combine == "distance":
        return bands
    soon = time_corridor(
        exits, within_min=rule.within_min, extent=extent, max_off_road_m=project.roads.max_off_road_m
    ).set_index("ref")
    shapes = soon.geometry.reindex(bands["ref"]).fillna(shapely.Polygon()).to_numpy()
    land = shapes if rule.combine == "time" else shapely.union(bands.geometry.to_numpy(), shapes)
    return bands.set_geometry(gpd.GeoSeries(land, index=bands.index, crs=bands.crs))


def place_venues(project: Project, exits: ExitNetwork, venues: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the venues with exit, drive from it, milepost and side, and whether they are in the corridor.

    Parameters
    ----------
    project
        The project.
    exits
        The exits on the road network.
    venues
        With ``kind``, ``distance_m`` and ``area_id``, "" beyond the study area, where the corridor has ended.

    Returns
    -------
    geopandas.GeoDataFrame
        With ``in_corridor``; inside the corridor also ``exit_id``, ``exit`` (its number, "" for none), ``exit_label``
        ("exit 51", "US 82"), ``exit_min``, ``exit_m``, ``route_id``, ``milepost`` and ``side`` (for places on the
        motorway what their name says, if it does), outside "" and NaN.
    """
    rule = project.corridor
    placed = place_by_exit(
        exits,
        venues,
        max_off_road_m=project.roads.max_off_road_m,
        on_motorways=venues["kind"].isin(ON_MOTORWAYS),
    )
    numbers = exits.routes.exits.set_index("exit_id")["number"]
    placed = placed.rename(columns={"exit": "exit_label"})
    placed["exit"] = placed["exit_id"].map(numbers).fillna("").astype(str)
    inside = is_in_corridor(
        venues["distance_m"],
        placed["exit_min"],
        half_width_m=rule.half_width_m,
        within_min=rule.within_min,
        combine=rule.combine,
    )
    inside &= venues["area_id"].ne("")
    # Only those inside are looked up along the highway: most places of a state lie nowhere near.
    placed = placed.join(exits.routes.locate(venues.geometry[inside])[["route_id", "milepost", "side"]])
    placed["side"] = sides_by_name(placed["side"], venues)
    texts = ["exit_id", "exit", "exit_label", "route_id", "side"]
    placed[texts] = placed[texts].where(inside, "")
    placed[["exit_min", "exit_m", "milepost"]] = placed[["exit_min", "exit_m", "milepost"]].where(inside, np.nan)
    placed["in_corridor"] = inside
    return venues.join(placed)


def sides_by_name(sides: pd.Series, venues: pd.DataFrame) -> pd.Series:
    """Return the direction that venues on the motorway itself name, else the one of the side that they lie on.

    A rest area lies close to both carriageways, and a sparse road file has one line for the two.

    Examples
    --------
    >>> venues = pd.DataFrame({"kind": "rest_area", "name": ["Rest Area I-20 WB", "Northbound Rest Area", "NB"]})
    >>> sides_by_name(pd.Series(["EB", "EB", "SB"]), venues).tolist()
    ['WB', 'EB', 'NB']
    """
    letters = venues["name"].str.extract(r"(?i)\b([NSEW])(?:B|orthbound|outhbound|astbound|estbound)\b")[0].str.upper()
    named = letters + "B"
    opposite = {"NB": "SB", "SB": "NB", "EB": "WB", "WB": "EB"}
    said = venues["kind"].isin(ON_MOTORWAYS) & named.eq(sides.map(opposite))
    return sides.mask(said, named)


def look_along(
    project: Project,
    exits: ExitNetwork,
    venues: gpd.GeoDataFrame,
    travel: Travel,
    towns: gpd.GeoDataFrame | None,
) -> Along:
    """Return what lies along the highways, and how far help is from their exits.

    Parameters
    ----------
    project
        The project, with its required categories named.
    exits
        The exits on the road network.
    venues
        Venues as `place_venues` returns them.
    travel
        The way to the providers; only public ones are shown beside the highway.
    towns
        ``name``, ``population`` and points; None when the project has none.
    """
    categories, bands = project.access.required, project.access.bands_min
    max_off_road_m = project.roads.max_off_road_m
    minutes = exit_minutes(exits, travel.sweep, categories=categories)
    beside = venues[venues["in_corridor"]]
    beside = beside.assign(only_side=beside["side"].where(beside["kind"].isin(ON_MOTORWAYS), ""))
    gaps = gap_table(exits.routes, minutes, beside, categories=categories, bands_min=bands)
    public = travel.providers[travel.providers["public"].to_numpy(dtype=bool)]
    public = public.join(place_by_exit(exits, public, max_off_road_m=max_off_road_m))
    near = public["exit_min"] <= (project.corridor.within_min or bands[0])
    served = towns_served(exits.routes.exits, towns)
    strips = make_strips(
        exits.routes,
        towns=served,
        venues=beside,
        providers=public[near],
        minutes=minutes,
        gaps=gaps,
        categories=categories,
    )
    table = exits.routes.exits.assign(towns=served)
    by_exit = public[["exit_id", "exit", "exit_min", "exit_m"]].rename(columns={"exit": "exit_label"})
    by_exit = by_exit.replace({"exit_min": np.inf}, np.nan).join(
        table.set_index("exit_id")[["route_id", "milepost"]].astype({"milepost": float}), on="exit_id"
    )
    return Along(
        exits.routes,
        table,
        minutes,
        gaps,
        strips,
        by_exit.fillna({"route_id": ""}),
        exits_of_areas(exits, travel.people, travel.origins),
    )


def cut_sections(
    project: Project, inputs: Inputs, corridor: shapely.Geometry
) -> tuple[gpd.GeoDataFrame | None, tuple[Dropped, ...]]:
    """Return the sections that the project asks for, as a table of areas; None when it asks for none.

    Parameters
    ----------
    project
        The project.
    inputs
        Its inputs.
    corridor
        The corridor inside the study area.

    Returns
    -------
    tuple of GeoDataFrame or None, and tuple of Dropped
        Sections indexed by ``area_id``, sorted; and those without land of their own.
    """
    if project.sections is None:
        return None, ()
    sections, dropped = make_sections(
        inputs.routes,
        corridor,
        by=project.sections.by,
        length_m=project.sections.length * METRES[project.units],
        towns=inputs.towns,
    )
    return sections.set_index("area_id").sort_index(), dropped
