"""Coordinate reference systems: degrees at the two edges, metres in between."""

import geopandas as gpd
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.errors import Problem, ProjectError

WGS84 = CRS.from_epsg(4326)


def metric_crs(code: str | None, areas: gpd.GeoDataFrame) -> CRS:
    """Return the CRS in which the whole analysis is done.

    Parameters
    ----------
    code
        What the project file says, such as ``"EPSG:3814"``; None chooses the UTM zone of `areas`.
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
        return areas.estimate_utm_crs()
    try:
        crs = CRS.from_user_input(code)
    except CRSError:
        raise ProjectError(
            [Problem(f"{code!r} is not a known CRS.", column="crs", remedy='Use a code such as "EPSG:3814".')]
        ) from None
    if not crs.is_projected or any(axis.unit_name not in {"metre", "meter"} for axis in crs.axis_info[:2]):
        raise ProjectError(
            [
                Problem(
                    f"{code!r} ({crs.name}) is not measured in metres.",
                    column="crs",
                    remedy="Use a projected metric CRS, or leave the key out to have one chosen.",
                )
            ]
        )
    return crs


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
