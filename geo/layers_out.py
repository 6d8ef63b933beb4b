"""A GeoPackage of several layers, the same bytes for the same tables."""

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio

FIXED_DATE = "2000-01-01T00:00:00Z"
"""GDAL stamps each layer with the time of writing; a fixed one keeps two runs byte-identical."""


def write_layers(layers: Mapping[str, gpd.GeoDataFrame], path: Path) -> None:
    """Write `layers` into a new GeoPackage, in place of one that is there: a process may have been ended half-way.

    Infinite numbers are written as null, since SQL has no infinity. There is no spatial index: some thousand shapes are
    drawn as fast without one, and it would hold every place twice more, to be written, sent and searched.

    Parameters
    ----------
    layers
        Tables by layer name.
    path
        The file.
    """
    for left in (path, path.with_name(f"{path.name}-journal")):  # a journal would be played back into the new file
        left.unlink(missing_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": FIXED_DATE})
    try:
        for name, layer in layers.items():
            finite = {
                str(column): cells.replace([np.inf, -np.inf], np.nan)
                for column, cells in layer.items()
                if cells.dtype.kind == "f"
            }
            pyogrio.write_dataframe(
                layer.assign(**finite), path, layer=name, driver="GPKG", append=path.exists(), SPATIAL_INDEX="NO"
            )
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
