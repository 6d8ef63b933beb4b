"""A population grid: each cell of a GeoTIFF in which people live becomes a point that stands for them."""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geo.errors import InputError, Problem
from geo.files import require_file
from geo.fingerprints import sha256_of
from geo.points import expect_inside
from geo.project import People
from geo.records import FileRecord, Reading, counted
from geo.tables import MOST_PEOPLE

GRID_SUFFIXES = frozenset({".tif", ".tiff"})

MOST_CELLS = 2_000_000
"""More inhabited cells than this are not worth their time: a coarser grid gives the same minutes."""

_TABLE_KEYS = ("id", "lon", "lat", "ruca", "layer", "encoding", "where")


def read_people_grid(section: People, *, areas: gpd.GeoDataFrame | None, crs: CRS) -> Reading:
    """Read a grid of the number of people per cell.

    The file is read block by block and only around the areas. Cells without people, and those that the file marks as
    unknown, are left out.

    Parameters
    ----------
    section
        The `[people]` table of the project file; indicators and columns cannot be named, for a grid has none.
    areas
        The areas to rank: cells whose middle lies outside all of them are dropped and counted. None leaves that out.
    crs
        The project's metric CRS.

    Returns
    -------
    Reading
        ``point_id`` ("r12c7": row and column from 0), ``population`` (above 0, fractions stay) and the middle of the
        cell in `crs`, by row and column.

    Raises
    ------
    InputError
        If the file is no GeoTIFF, has no CRS, or nobody or too many in it, or the project asks for columns.
    """
    require_file(section.file)
    problems = _column_problems(section)
    if problems:
        raise InputError(problems)
    rasterio = _rasterio(section.file)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        warnings.simplefilter("ignore", PendingDeprecationWarning)  # between rasterio and its own library affine
        try:
            with rasterio.open(section.file) as grid:
                if grid.crs is None or grid.transform.is_identity:
                    raise InputError([_no_place(section.file)])
                cells, negative = _inhabited(grid, areas, section.file)
                grid_crs = CRS.from_wkt(grid.crs.to_wkt())
                notes = (f"grid of {grid.width:,} × {grid.height:,} cells, {grid_crs.name}",)
        except rasterio.errors.RasterioError as error:
            raise InputError([_unreadable(section.file, error)]) from None
    if cells.empty:
        raise InputError([_nobody(section.file, areas)])
    points = gpd.GeoSeries(shapely.points(cells["x"], cells["y"]), crs=grid_crs)
    at_home = pd.Series(data=True, index=cells.index)
    if areas is not None:
        at_home, problems = expect_inside(points, areas.geometry, file=section.file, place="the areas")
    if problems:
        raise InputError(problems)
    table = gpd.GeoDataFrame(cells[["point_id", "population"]], geometry=points).to_crs(crs)
    dropped = counted(section.file, "grid cells with a negative number of people", negative)
    dropped += counted(section.file, "grid cells outside every area", int((~at_home).sum()))
    record = FileRecord(section.file, sha256_of(section.file), len(cells), notes)
    return Reading(table[at_home].reset_index(drop=True), tuple(dropped), (record,))


def _rasterio(path: Path) -> Any:  # noqa: ANN401 - a module that may be missing
    """Return the library that reads grids."""
    try:
        import rasterio  # noqa: PLC0415 - most studies have no grid, and it is not always installed
        import rasterio.errors  # noqa: PLC0415
        import rasterio.windows  # noqa: PLC0415
    except ImportError:
        remedy = "Install it with: pip install 'outreach-map[grid]'. Or give people as points or polygons."
        raise InputError([Problem("reading a grid needs the library rasterio.", file=path, remedy=remedy)]) from None
    return rasterio


def _column_problems(section: People) -> list[Problem]:
    named = [f"people.{key}" for key in _TABLE_KEYS if getattr(section, key)]
    named += ["people.population"] if "population" in section.model_fields_set else []
    named += [f"people.indicators.{name}" for name in section.indicators]
    remedy = "Take it out of the project, or give people as a table."
    return [
        Problem(f"a grid has no columns: {name} cannot be used with it.", file=section.file, remedy=remedy)
        for name in named
    ]


def _inhabited(grid: Any, areas: gpd.GeoDataFrame | None, path: Path) -> tuple[pd.DataFrame, int]:  # noqa: ANN401
    """Return the cells with people, and the number of cells with less than nobody."""
    blocks, negative, count = [], 0, 0
    for column, row, values in _blocks(grid, areas):
        people = np.ma.filled(values.astype("float64"), np.nan)
        negative += int((people < 0).sum())
        rows, columns = np.nonzero(people > 0)
        rows, columns, living = rows + row, columns + column, people[rows, columns]
        finite = np.isfinite(living)
        if np.any(living[finite] > MOST_PEOPLE):
            raise InputError([_too_many(path)])
        blocks.append(np.column_stack([rows, columns, living])[finite])
        count += len(blocks[-1])
        if count > MOST_CELLS:
            remedy = "Add up its cells to a coarser grid, of 500 m or 1 km."
            raise InputError([Problem(f"has more than {MOST_CELLS:,} inhabited cells.", file=path, remedy=remedy)])
    found = np.vstack([np.zeros((0, 3)), *blocks])
    found = found[np.lexsort((found[:, 1], found[:, 0]))]
    to, down, across = grid.transform, found[:, 0] + 0.5, found[:, 1] + 0.5
    x, y = to.a * across + to.b * down + to.c, to.d * across + to.e * down + to.f
    names = [f"r{row}c{column}" for row, column in found[:, :2].astype(int).tolist()]
    return pd.DataFrame({"point_id": names, "population": found[:, 2], "x": x, "y": y}), negative


def _blocks(grid: Any, areas: gpd.GeoDataFrame | None) -> Iterator[tuple[int, int, np.ma.MaskedArray[Any, Any]]]:  # noqa: ANN401
    """Yield the blocks near the areas: first column, first row and values, unknown ones masked."""
    import rasterio.windows  # noqa: PLC0415

    near = None
    if areas is not None and grid.transform.b == grid.transform.d == 0:
        bounds = areas.to_crs(grid.crs.to_wkt()).total_bounds
        near = rasterio.windows.from_bounds(*bounds, transform=grid.transform)
    for _, window in grid.block_windows(1):
        if near is None or rasterio.windows.intersect(window, near):
            yield window.col_off, window.row_off, grid.read(1, window=window, masked=True)


def _no_place(path: Path) -> Problem:
    remedy = "Export it as a GeoTIFF with its coordinate system."
    return Problem("does not say where on the earth it lies (no CRS).", file=path, remedy=remedy)


def _unreadable(path: Path, error: Exception) -> Problem:
    remedy = "It is damaged or of another kind: download or export it again."
    return Problem(f"cannot be read as a GeoTIFF ({error}).", file=path, remedy=remedy)


def _too_many(path: Path) -> Problem:
    remedy = "If a number stands for unknown, export the grid with it as its no-data value."
    return Problem(f"has cells with more than {MOST_PEOPLE:,.0f} people.", file=path, remedy=remedy)


def _nobody(path: Path, areas: gpd.GeoDataFrame | None) -> Problem:
    where = "in any of its cells" if areas is None else "in any of its cells near the areas"
    remedy = "Check that it is about the same place, and that its cells are numbers of people."
    return Problem(f"nobody lives {where}.", file=path, remedy=remedy)
