"""Files in: the one place that opens a table or map layer.

`read_table` gives every cell as text, so that "01003" stays "01003" and one code path reads numbers. The index, named
``row``, holds the row numbers of the file: spreadsheet rows from 2 on (the header is row 1), features from 1 on.
"""

from pathlib import Path

import pandas as pd

from geo.errors import InputError, Problem
from geo.map_files import MAX_BYTES, read_map_layer, read_parquet, refuse_bomb, refuse_web_page
from geo.sheets import read_delimited, read_workbook
from geo.tables import nearest

DELIMITED = frozenset({".csv", ".tsv", ".txt"})
WORKBOOKS = frozenset({".xlsx", ".xlsm"})
MAP_LAYERS = frozenset({".geojson", ".json", ".gpkg", ".shp", ".zip"})
PARQUET = frozenset({".parquet", ".geoparquet"})

_FORMATS = "Use .csv, .tsv, .xlsx, .geojson, .gpkg, .shp, .zip (with a shapefile in it) or .parquet."
_ADVICE = {
    ".xls": "Open it in Excel and save it as .xlsx.",
    ".ods": "Save it as .xlsx or .csv.",
    ".kml": "Convert it to GeoJSON, for example in QGIS.",
    ".gdb": "Export the layer as GeoPackage (.gpkg).",
    ".pbf": "An OpenStreetMap file belongs under [roads].",
    ".osm": "An OpenStreetMap file belongs under [roads].",
}


def read_table(
    path: Path, *, layer: str | None = None, encoding: str | None = None, numbers: bool = False
) -> pd.DataFrame:
    """Read a table or map layer.

    Parameters
    ----------
    path
        A .csv, .tsv, .txt, .xlsx, .xlsm, .geojson, .json, .gpkg, .shp, .zip (with a shapefile) or .parquet file.
    layer
        Layer of a map file, or sheet of a workbook; None takes the only one, or the first sheet.
    encoding
        Text encoding of a text file or shapefile; None detects it.
    numbers
        True to leave the numbers of a map layer numbers, which is quicker than to write them and read them again.

    Returns
    -------
    DataFrame or GeoDataFrame
        All cells as text ("" when absent), control characters removed. A GeoDataFrame when the file has geometry: in
        the file's CRS, two-dimensional. What had to be assumed stands in ``attrs["notes"]``, a tuple of sentences.

    Raises
    ------
    InputError
        If the file is missing, unreadable, empty, of an unknown or wrong format, has no CRS, or none of the layers that
        `layer` asks for.
    """
    require_file(path)
    suffix = path.suffix.lower()
    if layer is not None and suffix in DELIMITED | PARQUET:
        remedy = "Take `layer` out of the project file."
        raise InputError([Problem("has no layers or sheets.", file=path, remedy=remedy)])
    try:
        if suffix in DELIMITED:
            _refuse_disguised(path)
            frame, notes = read_delimited(path, encoding=encoding)
        elif suffix in WORKBOOKS:
            refuse_bomb(path)
            frame, notes = read_workbook(path, sheet=layer)
        elif suffix in PARQUET:
            frame, notes = read_parquet(path)
        elif suffix in MAP_LAYERS:
            frame, notes = read_map_layer(path, layer=layer, encoding=encoding, numbers=numbers)
        else:
            raise InputError(
                [
                    Problem(
                        f"the format {suffix or 'without ending'!r} is not read.",
                        file=path,
                        remedy=_ADVICE.get(suffix, _FORMATS),
                    )
                ]
            )
    except OSError as error:
        raise InputError([_cannot_open(path, error)]) from None
    frame.attrs["notes"] = notes
    return frame


def require_file(path: Path) -> None:
    """Refuse a path that is not a readable, non-empty file of sensible size.

    Raises
    ------
    InputError
        With the nearest file name of the folder when the file is missing.
    """
    problem: Problem | None = None
    try:
        if path.is_dir():
            problem = Problem(
                "is a folder, not a file.", file=path, remedy=_ADVICE.get(path.suffix, "Name a file inside it.")
            )
        elif (size := path.stat().st_size) == 0:
            problem = Problem("is empty (0 bytes).", file=path, remedy="Download or export it again.")
        elif size > MAX_BYTES and path.suffix.lower() not in {".pbf", ".osm", ".gz", ".bz2"}:
            problem = Problem(f"is larger than {MAX_BYTES:,} bytes.", file=path, remedy="Cut it to the study area.")
        else:
            with path.open("rb"):
                return
    except OSError as error:
        problem = _cannot_open(path, error)
    raise InputError([problem])


def _cannot_open(path: Path, error: OSError) -> Problem:
    if isinstance(error, FileNotFoundError):
        siblings = sorted(other.name for other in path.parent.iterdir()) if path.parent.is_dir() else []
        near = nearest(path.name, siblings)
        remedy = f"Did you mean {near!r}?" if near else f"Looked in {path.parent}."
        if not str(path).isprintable():
            remedy = 'In the project file "\\t" or "\\n" is no part of a path: write / instead of \\, or single quotes.'
        return Problem("there is no such file.", file=path, remedy=remedy)
    return Problem(
        f"cannot be read: {error.strerror or 'input/output error'}.", file=path, remedy="Check its permissions."
    )


def _refuse_disguised(path: Path) -> None:
    """Refuse a "text table" that is a workbook, a web page or a placeholder, by its first bytes."""
    with path.open("rb") as file:
        start = file.read(64).lstrip().lower()
    if start.startswith(b"pk\x03\x04"):
        raise InputError(
            [
                Problem(
                    "is an Excel workbook or zip archive, not text.",
                    file=path,
                    remedy="Rename it to .xlsx, or save it as CSV.",
                )
            ]
        )
    refuse_web_page(path, start)
