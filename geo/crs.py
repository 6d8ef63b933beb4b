"""Coordinate reference systems: degrees at the two edges, metres in between."""

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS, Proj
from pyproj.crs import ProjectedCRS
from pyproj.crs.coordinate_operation import LambertAzimuthalEqualAreaConversion
from pyproj.exceptions import CRSError

from geo.errors import Problem, ProjectError

WGS84 = CRS.from_epsg(4326)
SCALE_ERROR = 0.02
"""Most that the metric CRS may be wrong about a length; equal-area projections of the whole US stay below it."""

_HALF_THE_GLOBE = 180.0
_ELSE = "or leave the key out to have one chosen."


def metric_crs(code: str | None, areas: gpd.GeoDataFrame) -> CRS:
    """Return the CRS in which the whole analysis is done.

    Parameters
    ----------
    code
        What the project file says, such as ``"EPSG:3814"``; None chooses the UTM zone of `areas`, or an equal-area
        projection around their middle where they are too wide for one (Alaska).
    areas
        The areas to rank, in any CRS.

    Returns
    -------
    pyproj.CRS
        A projected CRS with metres on both axes.

    Raises
    ------
    ProjectError
        If `code` is unknown or not measured in metres.
    """
    if code is None:
        return _chosen(areas)
    try:
        crs = CRS.from_user_input(code)
    except CRSError:
        raise ProjectError(_problem(f"{code!r} is not a known CRS.", 'Use a code such as "EPSG:3814".')) from None
    if not crs.is_projected or any(axis.unit_name not in {"metre", "meter"} for axis in crs.axis_info[:2]):
        raise ProjectError(
            _problem(f"{code!r} ({crs.name}) is not measured in metres.", f"Use a projected metric CRS, {_ELSE}")
        )
    return crs


def _chosen(areas: gpd.GeoDataFrame) -> CRS:
    """Return the UTM zone in which the middle of some areas lies, or a projection of their own for wide ones."""
    west, south, east, north = _bounds(areas)
    lon, lat = (west + east) / 2, (south + north) / 2
    zone = int(((lon + 180) % 360) // 6) + 1
    utm = CRS.from_epsg((32600 if lat >= 0 else 32700) + zone)
    if _length_error(utm, (west, south, east, north)) <= SCALE_ERROR:
        return utm
    lon, lat = round((lon + 180) % 360 - 180), round(lat)
    name = f"Lambert azimuthal equal-area around {abs(lat)}° {'NS'[lat < 0]}, {abs(lon)}° {'EW'[lon < 0]}"
    return ProjectedCRS(LambertAzimuthalEqualAreaConversion(lat, lon), name=name)


def _bounds(areas: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    """Return the box around areas in degrees; across the 180th meridian its east lies beyond 180."""
    degrees = areas.to_crs(WGS84)
    west, south, east, north = (float(bound) for bound in degrees.total_bounds)
    if east - west > _HALF_THE_GLOBE:
        lon = shapely.get_coordinates(degrees.geometry.to_numpy())[:, 0] % 360
        west, east = float(lon.min()), float(lon.max())
    return west, south, east, north


def _length_error(crs: CRS, bounds: tuple[float, float, float, float]) -> float:
    """Return by how much, 0 to 1, a metric CRS is wrong about lengths at 5 by 5 points of a box in degrees."""
    west, south, east, north = bounds
    lon, lat = np.meshgrid(np.linspace(west, east, 5), np.linspace(south, north, 5))
    scales = Proj(crs).get_factors(lon.ravel(), lat.ravel())
    errors = np.abs(np.concatenate([scales.meridional_scale, scales.parallel_scale]) - 1)
    return float(np.where(np.isfinite(errors), errors, np.inf).max())


def _problem(message: str, remedy: str) -> list[Problem]:
    return [Problem(message, column="crs", remedy=remedy)]


def require_true_lengths(areas: gpd.GeoDataFrame) -> None:
    """Refuse a metric CRS that stretches the areas, such as Web Mercator.

    Parameters
    ----------
    areas
        The areas to rank, in their metric CRS.

    Raises
    ------
    ProjectError
        If a metre of the CRS is more than `SCALE_ERROR` off a metre on the ground at any of the points.
    """
    error = _length_error(areas.crs, _bounds(areas))
    if error > SCALE_ERROR:
        worst = f"up to {error * 100:.0f} % wrong" if error < 1 else "wrong"
        raise ProjectError(
            _problem(
                f"{areas.crs.to_string()!r} ({areas.crs.name}) measures lengths in the areas {worst}.",
                f"Use a projection made for their state, {_ELSE}",
            )
        )


def to_metric(frame: gpd.GeoDataFrame, crs: CRS) -> gpd.GeoDataFrame:
    """Return `frame` in the metric `crs`.

    Raises
    ------
    ValueError
        If `frame` has no CRS: a guess would move every distance.
    """
    if frame.crs is None:
        msg = "the table has no CRS"
        raise ValueError(msg)
    return frame.to_crs(crs)


def to_wgs84(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return `frame` in longitude and latitude (EPSG:4326), for drawing and exchange files."""
    return to_metric(frame, WGS84)


def require_same_crs(*frames: gpd.GeoDataFrame) -> None:
    """Refuse tables whose CRS differ or are missing.

    Raises
    ------
    ValueError
        If any CRS is missing or two differ.
    """
    known = {frame.crs.to_wkt() if frame.crs else None for frame in frames}
    if None in known or len(known) > 1:
        msg = f"all tables must share one CRS, got {[str(frame.crs) for frame in frames]}"
        raise ValueError(msg)
