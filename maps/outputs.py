"""All files of a run, from one `Study`."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import geopandas as gpd

from geo.crs import to_wgs84
from geo.layers_out import write_layers
from geo.staging import staged
from layers.disclosure import Audience, for_audience
from layers.study import Study
from maps.audit import audit_study, require_clean
from maps.manifest import manifest_bytes
from maps.page import render_page
from maps.tables import csv_bytes, gaps_table, ranking_table

PROVIDER_COLUMNS = (
    "provider_id", "name", "categories", "phone", "website", "address", "town", "hours", "languages", "serves",
    "capacity", "verified_on", "source", "area_id", "geometry",
)  # fmt: skip


def _write_map(study: Study, path: Path) -> None:
    path.write_text(render_page(study), encoding="utf-8", newline="\n")


def _write_ranking(study: Study, path: Path) -> None:
    path.write_bytes(csv_bytes(ranking_table(study)))


def _write_gaps(study: Study, path: Path) -> None:
    path.write_bytes(csv_bytes(gaps_table(study)))


def _write_sections(study: Study, path: Path) -> None:
    if study.sections is not None:
        path.write_bytes(csv_bytes(ranking_table(study, of="sections")))


def _write_areas(study: Study, path: Path) -> None:
    write_layers(geo_layers(study), path)


def _write_manifest(study: Study, path: Path) -> None:
    path.write_bytes(manifest_bytes(study))


OUTPUTS: Mapping[str, Callable[[Study, Path], None]] = MappingProxyType(
    {
        "map.html": _write_map,
        "ranking.csv": _write_ranking,
        "gaps.csv": _write_gaps,
        "sections.csv": _write_sections,
        "areas.gpkg": _write_areas,
        "manifest.json": _write_manifest,
    }
)
"""Every output by file name, in the order in which they are written."""


def write_outputs(
    study: Study, folder: Path, *, progress: Callable[[str], None], audience: Audience = "public"
) -> tuple[Path, ...]:
    """Write all outputs into `folder`; they appear there together, or not at all.

    Parameters
    ----------
    study
        The finished analysis.
    folder
        Created when missing; other files in it stay.
    progress
        Called with what is being done.
    audience
        For whom: how much is said of the number of confidential providers.

    Returns
    -------
    tuple of pathlib.Path
        The files, in the order of `OUTPUTS`.

    Raises
    ------
    OutputError
        If the folder cannot be written; earlier outputs are then untouched.
    AuditError
        If anything written would give a confidential provider away; nothing of it is kept.
    """
    shown = for_audience(study, audience)
    with staged(folder) as stage:
        for name, write in OUTPUTS.items():
            progress(f"Writing {name} …")
            write(shown, stage / name)
        progress("Searching them for anything confidential …")
        require_clean(audit_study(stage, study))
    return tuple(folder / name for name in OUTPUTS if (folder / name).exists())


def geo_layers(study: Study) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers of the GeoPackage in longitude and latitude.

    Only public providers are in it: a confidential one appears nowhere as a point.
    """
    ranking = ranking_table(study).set_index("area_id").drop(columns="name")
    areas = study.areas[["name", "geometry"]].join(ranking).reset_index()
    providers = study.providers[study.providers["public"]]
    return {
        "areas": to_wgs84(areas),
        "corridor": to_wgs84(study.corridor),
        "venues": to_wgs84(study.venues),
        "providers": to_wgs84(providers[list(PROVIDER_COLUMNS)]),
    }
