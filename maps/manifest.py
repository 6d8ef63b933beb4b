"""The manifest: what went in, what was left out, and with which parameters and versions the result was made."""

import importlib.metadata
import json
import os
import platform
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geo.route_miles import AGREES
from geo.version import PACKAGE, version
from layers.study import Study

LIBRARIES = (
    "folium",
    "geopandas",
    "h3",
    "numpy",
    "osmium",
    "pandas",
    "pyogrio",
    "pyproj",
    "scipy",
    "shapely",
    "xstatic-leaflet",
)


def manifest(study: Study) -> dict[str, Any]:
    """Return the manifest as plain values.

    It holds no clock, user name or absolute path: the same inputs give the same bytes.

    Parameters
    ----------
    study
        The finished analysis.
    """
    folder = study.project.folder
    return {
        "tool": {"name": PACKAGE, "version": version()},
        "python": platform.python_version(),
        "libraries": {name: importlib.metadata.version(name) for name in LIBRARIES},
        "crs": study.areas.crs.to_string(),
        "inputs": [
            {
                "file": os.path.relpath(record.path, folder).replace(os.sep, "/"),
                "sha256": record.sha256,
                "rows": record.rows,
                "notes": list(record.notes),
            }
            for record in study.files
        ],
        "dropped": [{"source": d.source, "reason": d.reason, "count": d.count} for d in study.dropped],
        "highways": [
            {"ref": row.ref, "length_m": round(row.length_m), "pieces": row.pieces}
            for row in study.highways.itertuples()
        ],
        "measured": _measured(study),
        "audience": study.audience,
        "expires_on": study.project.expires_on.isoformat(),
        "figures": vars(study.figures),
        "confidential_by_region": _by_region(study.confidential),
        "rural_service_gap": _records(study.rural),
        "shared_capacity": _records(study.sharing),
        "parameters": _relative(study.project.model_dump(mode="json"), str(folder)),
    }


def _measured(study: Study) -> list[dict[str, Any]]:
    """Return how each highway was measured, and how far its exit numbers are from that where they are mileposts."""
    if study.along is None:
        return []
    rows = []
    for route in study.along.routes.routes:
        exits = study.along.exits[study.along.exits["route_id"].eq(route.route_id)]
        off_by = exits.set_index("number")["off_by"].astype(float).dropna().round(1)
        rows.append(
            {
                "highway": route.label,
                "directions": list(route.directions),
                "from_milepost": round(float(route.mileposts[0]), 1),
                "to_milepost": round(float(route.mileposts[-1]), 1),
                "unit": route.unit,
                "n_exits": len(exits),
                "exit_numbers": route.calibration.kind,
                "median_off_by": None if off_by.empty else float(off_by.abs().median()),
                "far_off": [[str(number), off] for number, off in off_by.items() if abs(off) > AGREES],
            }
        )
    return rows


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a small table as rounded JSON rows; infinity becomes null."""
    rows = table.reset_index().round(4).replace(np.inf, np.nan)
    plain = rows.astype(object).where(rows.notna(), None)
    return [dict(zip(plain.columns, row, strict=True)) for row in plain.itertuples(index=False)]


def _by_region(counts: pd.Series | None) -> dict[str, int]:
    """Return the counts that may be said; a region whose count is suppressed is not told from one without any."""
    return {} if counts is None else {str(region): int(n) for region, n in counts.dropna().items()}


def manifest_bytes(study: Study) -> bytes:
    """Return the manifest as indented JSON."""
    return (json.dumps(manifest(study), indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _relative(value: Any, folder: str) -> Any:  # noqa: ANN401 - any JSON value
    """Return JSON `value` with every path below or beside `folder` made relative to it."""
    if isinstance(value, dict):
        return {key: _relative(item, folder) for key, item in value.items()}
    if isinstance(value, list):
        return [_relative(item, folder) for item in value]
    if isinstance(value, str) and Path(value).is_absolute():
        return os.path.relpath(value, folder).replace(os.sep, "/")
    return value
