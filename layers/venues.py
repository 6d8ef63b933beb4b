"""Venues: places where outreach can meet people, read from tags, each site once, placed on the corridor."""

from collections.abc import Mapping
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geo.crs import require_same_crs

OPENSTREETMAP = "OpenStreetMap"
"""What `find_venues` gives as the source of a venue of the road files."""

TRUCK_STOP_BRANDS = frozenset({"Q1872496", "Q64128179", "Q7339377", "Q64130592", "Q64051305", "Q7835892"})
"""Wikidata ids of truck-stop chains: Love's, Pilot, Road Ranger, Flying J, Petro, TravelCenters of America."""

TRUCK_STOP_NAME = (
    r"(?i)\b(?:truck\s?stop|travel\s?(?:center|centre|plaza|stop)|love'?s|flying j|pilot\b|petro\b|road ranger"
    r"|travelcenters of america|ambest)"
)
"""Names and brands that say truck stop where ``hgv`` is not tagged, as is common."""

MERGE_RADIUS_M: Mapping[str, float] = MappingProxyType(
    {"truck_stop": 300.0, "rest_area": 150.0, "motel": 100.0, "hotel": 100.0, "bus_station": 200.0, "fuel": 60.0}
)
"""Objects of one kind closer than this, in metres, and not named differently are one site mapped several times."""


def venue_kind(places: pd.DataFrame) -> pd.Series:
    """Return the kind of venue that each place's OpenStreetMap tags say, or ``""`` for none.

    The rules are tried in order and the first that holds wins. A kind says what a place is, nothing about what
    happens there.

    Parameters
    ----------
    places
        Text columns ``amenity``, ``highway``, ``tourism``, ``information``, ``public_transport``, ``hgv``, ``name``,
        ``brand`` and ``brand_wikidata``; ``""`` where a tag is absent.

    Notes
    -----
    OpenStreetMap wiki: Tag:highway=rest_area, Tag:highway=services, Key:hgv, Tag:tourism=motel.
    """
    hgv = places["hgv"].isin(["yes", "designated", "only"])
    fuel = places["amenity"].eq("fuel")
    named_truck_stop = (places["name"] + "|" + places["brand"]).str.contains(TRUCK_STOP_NAME, regex=True)
    chain = places["brand_wikidata"].isin(TRUCK_STOP_BRANDS)
    welcome = places["information"].ne("") & places["name"].str.contains(r"(?i)welcome cent(?:er|re)")
    bus_station = places["amenity"].eq("bus_station") | places["public_transport"].eq("station")
    rules = [
        (places["highway"].eq("rest_area") | welcome, "rest_area"),
        (places["highway"].eq("services") | places["amenity"].eq("truck_stop"), "truck_stop"),
        (fuel & (hgv | chain | named_truck_stop), "truck_stop"),
        (places["amenity"].eq("weighbridge") & places["brand"].str.contains(r"(?i)^cat\b"), "truck_stop"),
        (places["amenity"].eq("parking") & hgv, "truck_stop"),
        (places["tourism"].eq("motel"), "motel"),
        (places["tourism"].isin(["hotel", "hostel", "guest_house"]), "hotel"),
        (bus_station, "bus_station"),
        (fuel, "fuel"),
    ]
    kinds = np.select([rule.to_numpy() for rule, _ in rules], [kind for _, kind in rules], default="")
    return pd.Series(kinds, index=places.index, name="kind", dtype=str)


def merge_sites(venues: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return one row per site: objects of one kind close together and not named differently are merged.

    The row kept is the one with a name, then the first by ``venue_id``; its ``source`` names all sources of the site.

    Parameters
    ----------
    venues
        ``venue_id``, ``kind``, ``name``, ``source`` and points in a metric CRS.

    Returns
    -------
    geopandas.GeoDataFrame
        The same columns, sorted by ``venue_id``, with a fresh index.
    """
    ordered = venues.assign(_unnamed=venues["name"].eq("")).sort_values(["_unnamed", "venue_id"], kind="stable")
    ordered = ordered.drop(columns="_unnamed").reset_index(drop=True)
    site = np.arange(len(ordered))
    for kind, radius_m in MERGE_RADIUS_M.items():
        members = np.flatnonzero(ordered["kind"].eq(kind))
        if len(members) > 1:
            site[members] = members[_first_of_cluster(ordered.iloc[members], radius_m)]
    sources: dict[int, dict[str, None]] = {}
    for first, source in zip(site.tolist(), ordered["source"], strict=True):
        sources.setdefault(first, {})[source] = None
    merged = ordered.loc[list(sources)].assign(source=["; ".join(named) for named in sources.values()])
    return merged.sort_values("venue_id", kind="stable").reset_index(drop=True)


def _first_of_cluster(venues: gpd.GeoDataFrame, radius_m: float) -> np.ndarray:
    """Return, for each venue of one kind, the position of the first venue of its site."""
    points = venues.geometry.get_coordinates().to_numpy()
    pairs = cKDTree(points).query_pairs(radius_m, output_type="ndarray")
    names = venues["name"].str.casefold().to_numpy(dtype=object)
    left, right = names[pairs[:, 0]], names[pairs[:, 1]]
    together = pairs[(left == right) | (left == "") | (right == "")]
    n = len(venues)
    links = coo_array((np.ones(len(together)), (together[:, 0], together[:, 1])), shape=(n, n))
    cluster = connected_components(links, directed=False)[1]
    first = np.full(cluster.max() + 1, n)
    np.minimum.at(first, cluster, np.arange(n))
    site: np.ndarray = first[cluster]
    return site


def nearest_highway(venues: gpd.GeoDataFrame, highways: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the highway nearest to each venue.

    Parameters
    ----------
    venues, highways
        Metric CRS. `highways` has one row per highway with ``ref``.

    Returns
    -------
    pandas.DataFrame
        On the index of `venues`: ``highway``, its ``ref``, and ``distance_m`` to it.
    """
    require_same_crs(venues, highways)
    distances = np.column_stack([venues.geometry.distance(line) for line in highways.geometry])
    nearest = distances.argmin(axis=1)
    return pd.DataFrame(
        {
            "highway": highways["ref"].to_numpy(dtype=object)[nearest],
            "distance_m": distances[np.arange(len(venues)), nearest],
        },
        index=venues.index,
    )


def find_venues(places: gpd.GeoDataFrame, listed: gpd.GeoDataFrame, *, kinds: tuple[str, ...]) -> gpd.GeoDataFrame:
    """Return every venue once, from OpenStreetMap and the planner's lists.

    Parameters
    ----------
    places
        OpenStreetMap places with their tags.
    listed
        Venues of the planner's lists: ``venue_id``, ``kind``, ``name``, ``source`` and points in the same CRS.
    kinds
        Kinds to take from OpenStreetMap; the lists are taken whole.

    Returns
    -------
    geopandas.GeoDataFrame
        ``venue_id``, ``kind``, ``name`` (``""`` when unknown), ``source`` and points.
    """
    mapped = places.assign(kind=venue_kind(places), source=OPENSTREETMAP).rename(columns={"osm_id": "venue_id"})
    mapped = mapped[mapped["kind"].isin(kinds)]
    columns = ["venue_id", "kind", "name", "source", "geometry"]
    both = pd.concat([mapped[columns], listed[columns]], ignore_index=True)
    both["name"] = both["name"].mask(both["name"].str.casefold().eq("unknown"), "")
    return merge_sites(gpd.GeoDataFrame(both, geometry="geometry", crs=places.crs))


def count_by_kind(venues: gpd.GeoDataFrame, areas: pd.Index, kinds: Mapping[str, str]) -> pd.DataFrame:
    """Return the number of venues in the corridor per area and kind, as columns ``n_<kind>`` and ``n_venues``.

    Parameters
    ----------
    venues
        With ``area_id``, ``kind`` and ``in_corridor``.
    areas
        The ``area_id`` of every area; areas without a venue get 0.
    kinds
        Kinds of venue by identifier.
    """
    inside = venues[venues["in_corridor"]]
    table = pd.crosstab(inside["area_id"], inside["kind"]).reindex(index=areas, columns=list(kinds), fill_value=0)
    counts = table.add_prefix("n_").rename_axis(columns=None)
    return counts.assign(n_venues=counts.sum(axis=1)).astype(int)
