"""Rural people: who counts as rural, and how many of them are far from help.

Distance is a rural problem first, and a county mean hides it: one town with a clinic makes the figures of the farms
around it. So the rural service gap is a result of its own.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from geo.crs import require_same_crs
from geo.people import RUCA_UNKNOWN
from geo.points import held_by
from layers.access import mean_over_people, share_beyond, sum_over_people

RURAL_FROM_RUCA = 4
"""Primary RUCA codes 4 to 10 are outside metropolitan commuting (USDA Economic Research Service)."""

URBAN_DENSITY_PER_KM2 = 193.0
"""500 people per square mile, the density of urban territory in the Census Bureau's criteria up to 2010."""

NEIGHBOURHOOD_M = 5_000.0
"""Radius in which density is measured around a point, in metres."""

CELL_M = 500.0
"""Points that share a square of this side, in metres, count as one: hundreds of thousands of points stay affordable."""

CELLS_AT_ONCE = 20_000
"""Cells whose neighbours are looked up together, which bounds the memory."""


def rural_by_ruca(codes: pd.Series) -> pd.Series:
    """Return whether each point is rural by its RUCA code: 4 and above. An unknown code (NaN or 99) is not rural.

    Examples
    --------
    >>> rural_by_ruca(pd.Series([1.0, 3.0, 4.1, 10.0, 99.0])).tolist()
    [False, False, True, True, False]
    """
    return ((codes >= RURAL_FROM_RUCA) & (codes < RUCA_UNKNOWN)).rename("rural")


def rural_by_urban_areas(points: gpd.GeoDataFrame, urban: gpd.GeoDataFrame) -> pd.Series:
    """Return whether each point lies outside all urban areas (same metric CRS)."""
    require_same_crs(points, urban)
    inside = np.zeros(len(points), dtype=bool)
    inside[held_by(points.geometry.to_numpy(), urban.geometry.to_numpy())[0]] = True
    return pd.Series(~inside, index=points.index, name="rural")


def rural_by_density(
    people: gpd.GeoDataFrame, *, threshold: float = URBAN_DENSITY_PER_KM2, radius_m: float = NEIGHBOURHOOD_M
) -> pd.Series:
    """Return whether fewer than `threshold` people per km² live within `radius_m` of each point.

    A last resort where neither codes nor urban areas are at hand: points that each stand for a large tract hide the
    towns in it. Points in one square of `CELL_M` are measured together, at their middle.

    Parameters
    ----------
    people
        ``population`` and points in a metric CRS.
    threshold
        People per square kilometre.
    radius_m
        Radius in metres.
    """
    cell_of, xy, living = _cells(people, CELL_M)
    around = living.copy()
    # The cells come in strips from west to east: the neighbours that a block has behind it are not far behind.
    west_from_here = np.minimum.accumulate(xy[::-1, 0])[::-1]
    for begin in range(0, len(xy), CELLS_AT_ONCE):
        block = xy[begin : begin + CELLS_AT_ONCE]
        end = np.searchsorted(west_from_here, block[:, 0].max() + radius_m, side="right")
        one, other = cKDTree(xy[begin:end]).query_pairs(radius_m, output_type="ndarray").T
        of_block = np.flatnonzero(one < len(block))  # the smaller number of each pair
        one, other = one[of_block] + begin, other[of_block] + begin
        around += np.bincount(one, weights=living[other], minlength=len(xy))
        around += np.bincount(other, weights=living[one], minlength=len(xy))
    density = around / (np.pi * (radius_m / 1000) ** 2)
    return pd.Series((density < threshold)[cell_of], index=people.index, name="rural")


def _cells(people: gpd.GeoDataFrame, cell_m: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the cell of each point, and the middle and the population of the points of each cell.

    A point alone in its cell stays where it is, so that only crowded points are measured together.
    """
    xy = people.geometry.get_coordinates().to_numpy()
    column, row = np.floor(xy / cell_m).astype(np.int64).T
    _, cell_of = np.unique(column * (np.ptp(row) + 1) + row, return_inverse=True)
    count = np.bincount(cell_of)
    middle = np.column_stack([np.bincount(cell_of, weights=axis) / count for axis in xy.T])
    return cell_of, middle, np.bincount(cell_of, weights=people["population"].to_numpy(dtype=float))


def is_rural(people: gpd.GeoDataFrame, urban: gpd.GeoDataFrame | None) -> pd.Series:
    """Return whether each point is rural, by the best source at hand: RUCA codes, urban areas, else density.

    Parameters
    ----------
    people
        ``population``, points, and ``ruca`` where the planner's file has codes.
    urban
        Urban areas in the same metric CRS, or None.
    """
    if "ruca" in people.columns:
        return rural_by_ruca(people["ruca"])
    if urban is not None:
        return rural_by_urban_areas(people, urban)
    return rural_by_density(people)


def rural_gap(people: pd.DataFrame, *, categories: tuple[str, ...], band_min: float) -> pd.DataFrame:
    """Return, per category, how many rural and other people are beyond the band.

    Parameters
    ----------
    people
        ``population``, ``rural`` and ``minutes_<category>``.
    categories
        Service categories.
    band_min
        The headline band in minutes.

    Returns
    -------
    pandas.DataFrame
        Indexed by category: ``rural_people``, ``rural_beyond`` (people), ``rural_share`` (0–1 of the rural people),
        ``other_people``, ``other_beyond`` and ``other_share``.
    """
    population, rural = people["population"], people["rural"]
    rows = {}
    for category in categories:
        beyond = people[f"minutes_{category}"] > band_min
        row: dict[str, float] = {}
        for name, group in (("rural", rural), ("other", ~rural)):
            living = float(population[group].sum())
            far = float(population[group & beyond].sum())
            row |= {f"{name}_people": living, f"{name}_beyond": far, f"{name}_share": far / living if living else 0.0}
        rows[category] = row
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("category")


def rural_by_area(people: pd.DataFrame, *, categories: tuple[str, ...], band_min: float) -> pd.DataFrame:
    """Return, per area, the share of rural people and how many of them are beyond the band per category.

    Parameters
    ----------
    people, categories, band_min
        As for `rural_gap`; `people` has ``area_id`` as well.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``area_id``: ``rural_share`` (0–1, 0 where nobody lives), ``rural_beyond_<band>_<category>`` and
        ``rural_beyond_<band>_any``, beyond at least one of them (people).
    """
    area, rural = people["area_id"], people["rural"]
    living = people["population"].where(rural, 0.0)
    share = mean_over_people(rural.astype(float), people["population"], area).fillna(0.0)
    columns = {"rural_share": share}
    total = sum_over_people(living, area)
    minutes = {category: people[f"minutes_{category}"] for category in categories}
    minutes["any"] = pd.DataFrame(minutes).max(axis=1)
    for category, drive in minutes.items():
        beyond = share_beyond(drive, living, area, band_min=band_min).fillna(0.0)
        columns[f"rural_beyond_{band_min:g}_{category}"] = beyond * total
    return pd.DataFrame(columns)
