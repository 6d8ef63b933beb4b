"""Map layers and Parquet files as tables of text with geometry in two dimensions and a CRS."""

import contextlib
import json
import logging
import struct
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from geo.crs import WGS84
from geo.errors import InputError, Problem
from geo.sheets import clean
from geo.tables import ROW, nearest

MAX_BYTES = 1_000_000_000
"""Largest table read, in bytes; also the largest content of a compressed one."""

SHAPE_SIDECARS = (".shx", ".dbf")


def read_parquet(path: Path) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Read a Parquet file, with or without geometry, as `geo.files.read_table` describes."""
    try:
        try:
            frame: pd.DataFrame = gpd.read_parquet(path)
        except ValueError:  # no geometry in it
            return _as_text(pd.read_parquet(path)), ()
    except Exception:  # noqa: BLE001 - pyarrow raises a dozen kinds for a damaged file
        raise InputError(
            [Problem("is not a Parquet file, or it is damaged.", file=path, remedy="Export it again.")]
        ) from None
    return _with_crs(_as_text(frame), path)


def read_map_layer(
    path: Path, *, layer: str | None, encoding: str | None, numbers: bool = False
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Read a layer that GDAL knows, as `geo.files.read_table` describes."""
    suffix = path.suffix.lower()
    if suffix == ".zip":
        refuse_bomb(path)
    if suffix == ".shp":
        missing = [
            end
            for end in SHAPE_SIDECARS
            if not (path.with_suffix(end).exists() or path.with_suffix(end.upper()).exists())
        ]
        if missing:
            raise InputError(
                [
                    Problem(
                        f"its {' and '.join(missing)} files are missing.",
                        file=path,
                        remedy="Copy all files of the shapefile, or use a GeoPackage.",
                    )
                ]
            )
    with path.open("rb") as file:
        refuse_web_page(path, file.read(64).lstrip().lower())
    layer = _chosen_layer(path, layer)
    try:
        # GDAL's warnings may repeat values; what matters in them is checked below.
        with warnings.catch_warnings(), _quiet_gdal():
            warnings.simplefilter("ignore")
            frame = pyogrio.read_dataframe(
                path, layer=layer, encoding=encoding, datetime_as_string=True, on_invalid="ignore"
            )
    except Exception:  # noqa: BLE001 - GDAL and pyogrio let a dozen kinds through for a damaged file
        raise InputError([_damaged(path)]) from None
    table = _as_text(frame, numbers=numbers)
    return _with_crs(table, path) if isinstance(frame, gpd.GeoDataFrame) else (table, ())


def refuse_bomb(path: Path) -> None:
    """Refuse a compressed file that unpacks to more than `MAX_BYTES`, or is not one."""
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, RuntimeError, ValueError, OverflowError, struct.error):
        raise InputError(
            [Problem("is damaged, or not of the format its name says.", file=path, remedy="Save or download it again.")]
        ) from None
    if unpacked > MAX_BYTES:
        raise InputError(
            [Problem(f"unpacks to more than {MAX_BYTES:,} bytes.", file=path, remedy="Cut it to the study area.")]
        )


def refuse_web_page(path: Path, start: bytes) -> None:
    """Refuse what a failed download leaves behind, by its first bytes in lower case."""
    if start.startswith((b"<!doctype", b"<html")):
        raise InputError([Problem("is a web page, not data.", file=path, remedy="Download the file itself again.")])
    if start.startswith(b"version https://git-lfs"):
        raise InputError([Problem("is a placeholder of Git LFS, not data.", file=path, remedy="Run `git lfs pull`.")])


@contextlib.contextmanager
def _quiet_gdal() -> Iterator[None]:
    """Keep GDAL's messages, which may repeat values, out of the terminal while a layer is read."""
    logger = logging.getLogger("pyogrio")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)


def _chosen_layer(path: Path, layer: str | None) -> str:
    """Return the layer to read: the named one, or the only one with geometry."""
    try:
        with warnings.catch_warnings(), _quiet_gdal():
            warnings.simplefilter("ignore")
            found = pyogrio.list_layers(path)
    except Exception:  # noqa: BLE001 - as where the layer is read
        raise InputError([_damaged(path)]) from None
    names = [str(name) for name, _ in found]
    if layer is None:
        spatial = [str(name) for name, kind in found if kind is not None] or names
        if len(spatial) == 1:
            return spatial[0]
        if spatial:
            choices = ", ".join(repr(name) for name in spatial[:8])
            raise InputError(
                [
                    Problem(
                        f"has {len(spatial)} layers.",
                        file=path,
                        remedy=f"Set `layer` in the project file to one of {choices}.",
                    )
                ]
            )
    elif layer in names:
        return layer
    near = nearest(layer or "", names, cutoff=0)
    raise InputError(
        [
            Problem(
                f"there is no layer {layer!r}." if layer else "holds no layer.",
                file=path,
                remedy=f"Did you mean {near!r}?" if near else "Export it again.",
            )
        ]
    )


def _damaged(path: Path) -> Problem:
    kinds = {
        ".geojson": "GeoJSON",
        ".json": "GeoJSON",
        ".gpkg": "a GeoPackage",
        ".shp": "a shapefile",
        ".zip": "a zipped shapefile",
    }
    what = kinds.get(path.suffix.lower(), "a map file")
    return Problem(f"is not {what}, or it is damaged or cut off.", file=path, remedy="Download or export it again.")


def _as_text(frame: pd.DataFrame, *, numbers: bool = False) -> pd.DataFrame:
    """Return the table with every attribute, or all but `numbers`, as clean text and rows numbered from 1."""
    geometry = frame.active_geometry_name if isinstance(frame, gpd.GeoDataFrame) else None
    index = pd.RangeIndex(1, len(frame) + 1, name=ROW)
    kept = frame.select_dtypes("number").columns if numbers else ()
    table = pd.DataFrame(
        {
            str(name): frame[name].set_axis(index) if name in kept else _texts(frame[name], index)
            for name in frame.columns
            if name != geometry
        },
        index=index,
    )
    if geometry is None:
        return table
    places = gpd.GeoSeries(shapely.force_2d(frame.geometry.to_numpy()), index=index, crs=frame.crs)
    placed: pd.DataFrame = gpd.GeoDataFrame(table, geometry=places)
    return placed


def _texts(cells: pd.Series, index: pd.Index) -> pd.Series:
    """Write one attribute column as text: whole numbers without ".0", true and false, "" for nothing."""
    if pd.api.types.is_float_dtype(cells):
        values = [
            "" if pd.isna(value) else str(int(value)) if float(value).is_integer() else repr(float(value))
            for value in cells
        ]
    else:
        values = [_text(value) for value in cells]
    return pd.Series(values, index=index, dtype="str")


def _text(value: object) -> str:
    """Write one value as text: what is nested as JSON."""
    if isinstance(value, dict | list):
        return clean(json.dumps(value, ensure_ascii=False, default=str))
    return "" if value is None or value is pd.NA or value != value else clean(str(value))  # noqa: PLR0124 - NaN


def _with_crs(frame: pd.DataFrame, path: Path) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Make sure that a layer has a CRS, in two dimensions; degrees are recognised by their range."""
    if not isinstance(frame, gpd.GeoDataFrame):
        return frame, ()
    left, bottom, right, top = frame.total_bounds if len(frame) else (0, 0, 0, 0)
    no_shapes = np.isnan(left)
    degrees = bool(no_shapes or (left >= -180 and right <= 180 and bottom >= -90 and top <= 90))  # noqa: PLR2004
    if frame.crs is None:
        if not degrees:
            raise InputError(
                [
                    Problem(
                        "has no coordinate system (CRS).",
                        file=path,
                        remedy="Set its CRS in a GIS and save it as GeoPackage; a shapefile needs its .prj file.",
                    )
                ]
            )
        return gpd.GeoDataFrame(frame.set_crs(WGS84)), (
            "no coordinate system given: taken as longitude and latitude (WGS 84)",
        )
    if frame.crs.is_geographic and not degrees:
        raise InputError([_not_degrees(frame, path)])
    return gpd.GeoDataFrame(frame.set_crs(frame.crs.to_2d(), allow_override=True)), ()


def _not_degrees(frame: gpd.GeoDataFrame, path: Path) -> Problem:
    """Say why coordinates outside the globe are there: swapped, or metres declared as degrees."""
    left, bottom, right, top = frame.total_bounds
    if left >= -90 and right <= 90 and bottom >= -180 and top <= 180:  # noqa: PLR2004
        return Problem(
            "latitude and longitude are swapped.", file=path, remedy="Write each position as longitude, latitude."
        )
    if left >= -360 and right <= 360 and bottom >= -90 and top <= 90:  # noqa: PLR2004
        return Problem(
            "has longitudes beyond 180 degrees.",
            file=path,
            remedy="Cut its shapes at the 180th meridian, and write longitudes beyond it less 360: -179.5, not 180.5.",
        )
    return Problem(
        "its coordinates are not degrees, though its CRS says so.",
        file=path,
        remedy="Export it again with its true CRS, or as WGS 84 (EPSG:4326).",
    )
