"""The audit: whether anything in a folder of outputs gives a confidential provider away."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
from pydantic import ValidationError
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.beside import beside
from geo.crs import WGS84
from geo.errors import AuditError, InputError, Problem
from geo.folding import fold
from geo.inputs import COARSE_AREAS
from geo.project import ProviderFile
from geo.search import Finding, Search, Searched
from geo.secrets import ONE_WORD, Secret, read_secrets
from geo.unpack import all_below, unsearchable
from layers.study import Study
from layers.venues import OPENSTREETMAP
from maps.attack import AREAS, Attack, minutes_along, radii_m, read_layer
from maps.bundle import assets, own_texts

TOUCHING_M = 5
"""A vertex this near to a confidential place says it."""

MANY_NEAR_M, MANY_ROWS = 50, 5
"""From so many places on, a vertex within this distance of more than half of them is no chance."""

REMEDY = "Say no more of the row than its categories and region."
BY_CHANCE = "If that word stands there by chance, empty the cell of the row that says it: it is never used."


@dataclass(frozen=True, eq=False)
class Audit:
    """What an audit found.

    Parameters
    ----------
    findings
        Secrets that stand in a file.
    secrets
        What was looked for.
    files
        Number of files searched.
    nearest_m
        Metres from each known confidential place to the nearest vertex of any file.
    radius_m
        How near the published minutes bring anybody to each known place; NaN where that could not be judged.
    region_m
        How far the region of each known place reaches: the radius may not be smaller.
    """

    findings: tuple[Finding, ...]
    secrets: tuple[Secret, ...]
    files: int
    nearest_m: np.ndarray
    radius_m: np.ndarray
    region_m: np.ndarray

    @property
    def problems(self) -> list[Problem]:
        """Every leak, by file and kind, in words that give nothing away."""
        rows: dict[tuple[str, str, str], set[int]] = defaultdict(set)
        for finding in self.findings:
            rows[finding.file, finding.kind, finding.secret.file.name].add(finding.secret.row)
        found = [
            Problem(
                f"holds the {kind} of confidential {_rows(numbers)} of {source}.",
                file=Path(file),
                remedy=f"{REMEDY} {BY_CHANCE}" if kind == ONE_WORD else REMEDY,
            )
            for (file, kind, source), numbers in sorted(rows.items())
        ]
        if np.any(self.nearest_m <= TOUCHING_M):
            found.append(Problem(f"a vertex lies within {TOUCHING_M} m of a confidential place.", remedy=REMEDY))
        near = np.count_nonzero(self.nearest_m <= MANY_NEAR_M)
        if len(self.nearest_m) >= MANY_ROWS and near > len(self.nearest_m) / 2:
            message = f"{near} of {len(self.nearest_m)} confidential places have a vertex within {MANY_NEAR_M} m."
            found.append(Problem(message, remedy=REMEDY))
        betrayed = np.count_nonzero(self.radius_m < self.region_m)
        if betrayed:
            message = f"the minutes point to {betrayed} confidential places more closely than their region does."
            found.append(Problem(message, remedy=REMEDY))
        return found

    def lines(self) -> list[str]:
        """Return what the audit did, as sentences."""
        places = len(self.nearest_m)
        said = [f"{self.files:,} files searched for {len(self.secrets):,} confidential rows, {places:,} with a place."]
        by_file = Counter(secret.file.name for secret in self.secrets)
        said += [f"  {name}: {number:,} confidential rows" for name, number in by_file.items()]
        mute = sum(not (s.words or s.phones or s.links or np.isfinite(s.lon_deg)) for s in self.secrets)
        if mute:
            said.append(f"{mute:,} rows hold nothing that could be looked for.")
        near = self.nearest_m[np.isfinite(self.nearest_m)]
        if len(near):
            said.append(
                f"Nearest vertex to a confidential place: {near.min():,.0f} m; median {np.median(near):,.0f} m."
            )
        judged = np.isfinite(self.radius_m)
        if judged.any():
            least = int(np.nanargmin(self.radius_m))
            said.append(
                f"From the published minutes nobody gets nearer to a confidential place than "
                f"{self.radius_m[least] / 1000:,.1f} km (its region reaches {self.region_m[least] / 1000:,.1f} km); "
                f"{judged.sum():,} places tried."
            )
        elif places:
            said.append("The minutes were not tried: the regions or the areas with their minutes are not known.")
        return said


def audit_folder(
    folder: Path,
    search: Search,
    *,
    crs: CRS | None,
    along: Sequence[gpd.GeoDataFrame] = (),
    earlier: Sequence[Searched] = (),
    tried: Attack | None = None,
) -> Audit:
    """Search a folder of outputs for anything that gives a confidential provider away.

    Parameters
    ----------
    folder
        Every file in it and below is taken apart.
    search
        What is looked for.
    crs
        The study's metric CRS; None when it is not known.
    along
        Exits and sections, whose minutes stand in the files otherwise than as a layer: `maps.attack.minutes_along`.
    earlier
        What the same search found in files before: those that hold the same bytes still are not searched again.
    tried
        What the same attack on the minutes came to, if the GeoPackage holds the same bytes still.

    Raises
    ------
    OutputError
        If a file cannot be read.
    """
    searched = _search(folder, search, earlier)
    known = tried is not None and _holds(folder / AREAS, tried.sha256)
    radius_m = tried.radius_m if tried and known else radii_m(folder, search.placed, crs, along)
    region_m = np.array([secret.region_radius_m for secret in search.placed], dtype=float)
    return Audit(searched.findings, search.secrets, len(searched.files), searched.nearest_m, radius_m, region_m)


def _search(folder: Path, search: Search, earlier: Sequence[Searched]) -> Searched:
    """Search half of the files here and half of them beside, but for those that were searched as they are."""
    try:
        paths = sorted(all_below(folder), key=lambda path: (-path.lstat().st_size, path))
        known = [part for part in earlier if all(_holds(folder / file, part.files[file]) for file in part.files)]
    except OSError as error:
        raise unsearchable(folder, error) from None
    done = {file for part in known for file in part.files}
    new = [path for path in paths if path.relative_to(folder).as_posix() not in done]
    if not new:
        return search.together(*known)
    with beside(lambda: search.look(new[1::2], folder)) as rest:
        return search.together(*known, search.look(new[::2], folder), rest())


def _holds(file: Path, digest: str) -> bool:
    """Return whether a file is there and holds what a search has seen."""
    return file.is_file() and not file.is_symlink() and sha256(file.read_bytes()).hexdigest() == digest


def search_for(study: Study, *, every: bool = False) -> Search:
    """Return the search for the confidential rows of a study.

    Parameters
    ----------
    study
        Its files with confidential rows are read again.
    every
        Read the files without such rows as well: what they make public is no leak, nor is what the product says itself,
        nor a name of one word that a town or a place of OpenStreetMap has.
    """
    project, crs = study.project, study.areas.crs
    holding = {record.path for record in study.files if not record.sha256}
    sections = [section for section in project.providers if section.file in holding]
    if not sections:
        return Search(())
    printed = _printed(project.hotline.model_dump())
    read = project.providers if every else sections
    said = [*own_texts(), WGS84.to_wkt(), *_names_on_map(study)] if every else []
    secrets = read_secrets(read, regions=study.regions, crs=crs, printed=printed, said=said)
    return Search(secrets, crs=[crs], known=assets())


def _names_on_map(study: Study) -> list[str]:
    """Return the names of one word that the map shows from other sources than lists of the planner's services."""
    mapped = study.venues.loc[study.venues["source"].eq(OPENSTREETMAP), "name"]
    names = [*mapped, *(study.towns["name"] if study.towns is not None else ())]
    return [name for name in names if len(fold(name)) == 1]


def audit_study(
    folder: Path,
    study: Study,
    *,
    search: Search | None = None,
    earlier: Sequence[Searched] = (),
    tried: Attack | None = None,
) -> Audit:
    """Search the outputs of a study for its own confidential rows.

    Parameters
    ----------
    folder
        The outputs.
    study
        Where they come from.
    search
        From `search_for`, when it is at hand. When it finds something, all provider files are read: what others make
        public is no leak.
    earlier
        What the search found in files while they were written.
    tried
        What `attack_study` came to with the same search.
    """
    search = search or search_for(study)
    crs, along = study.areas.crs, minutes_along(study) if search.secrets else []
    audit = audit_folder(folder, search, crs=crs, along=along, earlier=earlier, tried=tried)
    return audit_folder(folder, search_for(study, every=True), crs=crs, along=along) if audit.problems else audit


def audit_files(folder: Path, files: Sequence[Path]) -> Audit:
    """Search a folder for the confidential rows of provider files, with what its manifest says about them.

    Raises
    ------
    InputError
        If the folder or a provider file cannot be read.
    """
    try:
        is_folder = folder.is_dir()
    except OSError as error:
        raise unsearchable(folder, error) from None
    if not is_folder:
        raise InputError([Problem("there is no such folder.", file=folder, remedy="Name the folder of the results.")])
    manifest = _manifest(folder)
    parameters = manifest.get("parameters") or {}
    listed = parameters.get("providers") or []
    sections = [_section(file, listed) for file in files]
    areas = read_layer(folder, "areas")
    crs = _crs(manifest, areas)
    regions = _regions(parameters, areas)
    printed = _printed(parameters.get("hotline") or {})
    said = [*own_texts(), WGS84.to_wkt()]
    secrets = read_secrets(sections, regions=regions, crs=crs or WGS84, printed=printed, said=said)
    return audit_folder(folder, Search(secrets, crs=[crs] if crs else [], known=assets()), crs=crs)


def require_clean(audit: Audit, *, kept_back: bool = False) -> None:
    """Raise an `AuditError` with every leak that an audit found.

    Parameters
    ----------
    audit
        The audit.
    kept_back
        Whether the files appear nowhere, as those of a run that fails.
    """
    if audit.problems:
        first = "Nothing was published." if kept_back else "Do not share these files."
        raise AuditError([replace(problem, remedy=f"{first} {problem.remedy}") for problem in audit.problems])


def _rows(numbers: set[int]) -> str:
    listed = sorted(numbers)
    shown = ", ".join(map(str, listed[:8])) + (f" and {len(listed) - 8} more" if len(listed) > 8 else "")  # noqa: PLR2004
    return f"row {shown}" if len(listed) == 1 else f"rows {shown}"


def _printed(line: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what the outputs say of the help line."""
    ways = (str(line.get(key, "")) for key in ("name", "phone", "url", "state_line"))
    return (*ways, "1-888-373-7888", "1-888-222-8000")


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _section(file: Path, listed: Sequence[object]) -> ProviderFile:
    """Return how to read a provider file: as the manifest says, else every row without "yes" is confidential."""
    for entry in listed:
        if isinstance(entry, dict) and Path(str(entry.get("file"))).name == file.name:
            try:
                return ProviderFile.model_validate({**entry, "file": file})
            except ValidationError:
                break
    return ProviderFile(file=file)


def _crs(manifest: dict[str, Any], areas: gpd.GeoDataFrame | None) -> CRS | None:
    try:
        return CRS.from_user_input(str(manifest["crs"]))
    except (KeyError, CRSError):
        return areas.estimate_utm_crs() if areas is not None and len(areas) else None


def _regions(parameters: dict[str, Any], areas: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame | None:
    """Return the ranked areas as regions, when the manifest says that they are."""
    section = parameters.get("areas")
    singular = str(section.get("singular", "")) if isinstance(section, dict) else ""
    if areas is None or parameters.get("regions") or singular.casefold() not in COARSE_AREAS:
        return None
    return areas.rename(columns={"area_id": "region_id"})[["region_id", "name", "geometry"]]
