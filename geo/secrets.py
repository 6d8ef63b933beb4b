"""What must not be found: the needles that an audit looks for, taken from the confidential rows of provider files.

`read_secrets` is the second function, beside `geo.providers.read_providers`, that sees a confidential row. Its result
goes to the search and nowhere else: a `Secret` shows itself as file and row only, also in a traceback.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geo.crs import WGS84
from geo.errors import InputError, Problem
from geo.folding import fold
from geo.points import coordinate_columns
from geo.project import ProviderFile
from geo.provider_fields import categories, is_public
from geo.provider_rows import CONFIDENTIAL_NAME, KINDS_OF_REGION, Rows, region_rows
from geo.sources import Opened, choose, find_column, open_source, presentable_columns
from geo.tables import parse_numbers
from geo.vocabulary import CATEGORIES

SAME_PLACE_M = 25
"""A confidential row this close to a public one, or to its stand-in, cannot be told apart from it by its place."""

COARSE_DEG = 0.001
"""A public place that is given to three decimals is also that of everything so near to it."""

MIN_PHONE_DIGITS, US_PHONE_DIGITS = 7, 10
MIN_WORD_LETTERS = 5
"""A name of a single word is looked for from this length on; a shorter one would be found in any text."""

ONE_WORD = "one-word name"
"""Kind of a name of a single word: "Gateway" means nothing in a sentence, only where it stands alone."""

_EXTRA = re.compile(
    r"(?:.*_)?(?:addr|address|street|street\d?|e_?mail|contact|director|fax|tel|telephone|mobile|cell|url|web|website)"
    r"(?:_.*)?|(?:agency|organi[sz]ation|program|facility|site|legal|business)(?:_name)?"
)
"""Names, in snake case, of columns beside ours whose cells would give a provider away."""

_PARTS_OF_HOUSES = frozenset(
    {
        "suite", "ste", "floor", "fl", "unit", "apt", "apartment", "room", "rm", "building", "buildings", "bldg", "and",
        "po", "box", "lot", "annex", "wing", "level",
    }
)  # fmt: skip

_VOCABULARY = frozenset({*CATEGORIES, *CATEGORIES.values(), CONFIDENTIAL_NAME})


@dataclass(frozen=True, eq=False, repr=False)
class Secret:
    """What would give one confidential row away.

    Parameters
    ----------
    file, row
        Where it stands; all that a message may say.
    words
        Kind ("name", `ONE_WORD`, "address") and folded words of each text.
    phones
        Digits only, without the country code 1.
    links
        Web and mail addresses in lower case, without ``https://www.``.
    lon_deg, lat_deg
        Its place (WGS 84); NaN when the row gives none, or one that is no secret.
    categories
        What it offers.
    stand_in
        Longitude and latitude of the point that stands for its region; NaN when the region is not known.
    region_radius_m
        Distance from there to the farthest point of the region, in metres.
    """

    file: Path
    row: int
    words: tuple[tuple[str, tuple[str, ...]], ...]
    phones: tuple[str, ...]
    links: tuple[str, ...]
    lon_deg: float
    lat_deg: float
    categories: tuple[str, ...]
    stand_in: tuple[float, float]
    region_radius_m: float

    def __repr__(self) -> str:
        """Name file and row and nothing else."""
        return f"Secret({self.file.name}, row {self.row})"


@dataclass(frozen=True, eq=False)
class Known:
    """What public rows say: shown on purpose, so not looked for."""

    texts: str
    phones: frozenset[str]
    links: str
    points: np.ndarray

    def says(self, words: tuple[str, ...]) -> bool:
        """Return whether a text, or a longer one that holds it, stands in a public row."""
        return f" {' '.join(words)} " in self.texts

    def links_to(self, link: str) -> bool:
        """Return whether a public row has this address, one below it, or a host below it."""
        return link in self.links and re.search(link_pattern(link), self.links) is not None


def read_secrets(
    sections: Sequence[ProviderFile],
    *,
    regions: gpd.GeoDataFrame | None,
    crs: CRS,
    printed: Iterable[str] = (),
    said: Iterable[str] = (),
) -> tuple[Secret, ...]:
    """Return what must not be found, one `Secret` per confidential row.

    Parameters
    ----------
    sections
        Provider files, as the project file describes them. Their `where` is not applied: a row that a study leaves out
        is no less confidential.
    regions
        ``region_id``, ``name`` and polygons; None when they are not known.
    crs
        A metric CRS of the place.
    printed
        Names, numbers and addresses that are printed on purpose, such as the help line's.
    said
        Other texts that stand in the results whatever the provider files say, such as the product's own.

    Raises
    ------
    InputError
        If a file cannot be read. No message repeats a cell.
    """
    opened = [(section, *open_rows(section)) for section in sections]
    known = _known([(rows, shown) for _, rows, shown in opened], printed, said, regions)
    return tuple(
        secret
        for section, rows, shown in opened
        if not shown.all()
        for secret in _secrets(section, rows.where(~shown), known, regions, crs)
    )


def phone_digits(text: str) -> tuple[str, ...]:
    """Return the phone numbers of a cell, digits only; U.S. ones without the country code and extension.

    Examples
    --------
    >>> phone_digits("+1 (601) 555-0199 x12; 601.555.0100")
    ('6015550199', '6015550100')
    """
    found = []
    for part in re.split(r"[;,|/]| or ", text):
        digits = re.sub(r"\D", "", re.split(r"(?i)\s*(?:x|ext)", part)[0])
        digits = digits[1:] if len(digits) > US_PHONE_DIGITS and digits.startswith("1") else digits
        if len(digits) >= MIN_PHONE_DIGITS:
            found.append(digits)
    return tuple(found)


def bare_link(text: str) -> str:
    """Return a web or mail address without what may be written or not.

    Examples
    --------
    >>> bare_link(" https://www.Haven.example/ "), bare_link("mailto:a@haven.example")
    ('haven.example', 'a@haven.example')
    """
    return re.sub(r"^(?:mailto:|tel:|\w+://)?(?:www\.)?", "", text.strip().lower()).rstrip("/.")


def link_pattern(link: str) -> str:
    """Return the pattern by which a bare link is found in lower-case text: not inside a longer name."""
    return rf"(?<![\w\-]){re.escape(link)}(?![\w\-]|\.\w)"


def open_rows(section: ProviderFile, opened: Opened | None = None) -> tuple[Rows, pd.Series]:
    """Read all rows of a file, or take what was opened of it, and tell the public ones.

    What an unforeseen error says may be a cell: it stays here.
    """
    try:
        whole = (opened or open_source(section.model_copy(update={"where": {}}))).whole
        named: dict[str, str] = {o: theirs for o, theirs in section.columns.items() if o not in {"lon", "lat"}}
        if "lon" in section.columns or not isinstance(whole, gpd.GeoDataFrame):
            named |= coordinate_columns(whole, lon=section.columns.get("lon"), lat=section.columns.get("lat"))
        named |= {name: name for name in whole.columns if _EXTRA.fullmatch(_snake(name))} | (
            {"category": "category"} if "category" not in named and find_column(whole, "category") else {}
        )
        ours = ("name", "phone", "website", "address", "region", "public", "confidential")
        frame, called = choose(whole, named=named, optional=ours)
        shown, doubtful = is_public(frame, section, called, whole=whole)
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001 - as at the door
        kind = type(error).__name__
    else:
        rows = Rows(section, frame, called, presentable_columns(whole, section))
        return rows, shown & (not doubtful)
    raise InputError([Problem(f"could not be read ({kind}).", file=section.file)])


def _snake(name: object) -> str:
    return re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", str(name)).lower()).strip("_")


def _known(
    opened: Sequence[tuple[Rows, pd.Series]],
    printed: Iterable[str],
    said: Iterable[str],
    regions: gpd.GeoDataFrame | None,
) -> Known:
    """Gather what public rows, the vocabulary, the regions and the help line say."""
    lines = tuple(printed)
    texts = {fold(text) for text in (*_VOCABULARY, *lines, *said)}
    if regions is not None:
        texts |= {fold(f"{name} {kind}") for name in regions["name"] for kind in ("", *KINDS_OF_REGION)}
    digits = {number for line in lines for number in phone_digits(line)}
    links = {bare_link(line) for line in lines if is_link(line)}
    points: list[np.ndarray] = []
    for rows, shown in opened:
        public = rows.where(shown)
        for column in text_columns(public.frame):
            texts |= {fold(cell) for cell in public.frame[column]}
            digits |= {number for cell in public.frame[column] for number in phone_digits(cell)}
            links |= {bare_link(cell) for cell in public.frame[column] if is_link(cell)}
        if shown.any():
            points.append(degrees_of(public))
    placed = np.concatenate([np.empty((0, 2)), *points])
    together = " | ".join(" ".join(words) for words in sorted(texts))
    return Known(f" {together} ", frozenset(digits), " ".join(sorted(links)), placed[np.isfinite(placed).all(axis=1)])


def text_columns(frame: pd.DataFrame) -> list[str]:
    """Return the columns whose cells would give a provider away."""
    return [
        str(name)
        for name in frame.columns
        if name in {"name", "phone", "website", "address"} or (name != "geometry" and _EXTRA.fullmatch(_snake(name)))
    ]


def is_link(cell: str) -> bool:
    """Return whether a cell is a web or mail address."""
    return bool(re.search(r"[\w-]\.[A-Za-z]{2,}", cell)) and " " not in cell.strip()


def degrees_of(rows: Rows) -> np.ndarray:
    """Return longitude and latitude of each row, NaN where it gives none or one that cannot be read."""
    frame = rows.frame
    if {"lon", "lat"} <= set(frame.columns):
        degrees = np.column_stack([parse_numbers(frame[axis])[0] for axis in ("lon", "lat")])
        on_earth = (np.abs(degrees) <= (180, 90)).all(axis=1)
        return np.where(on_earth[:, None], degrees, np.nan)
    places = np.full((len(frame), 2), np.nan)
    if isinstance(frame, gpd.GeoDataFrame):
        points = frame.geometry.representative_point().to_crs(WGS84)
        there = ~(points.isna() | points.is_empty).to_numpy()
        places[there] = shapely.get_coordinates(points.to_numpy()[there])
    return places


def _secrets(
    section: ProviderFile, rows: Rows, known: Known, regions: gpd.GeoDataFrame | None, crs: CRS
) -> list[Secret]:
    frame = rows.frame
    degrees = degrees_of(rows)
    stand_ins, radii_m = _regions_of(rows, regions, crs)
    hidden = degrees.copy()
    hidden[_near(degrees, known.points) | (_apart_m(degrees, stand_ins) <= SAME_PLACE_M)] = np.nan
    offered, _ = categories(frame, section, rows.called)
    columns = text_columns(frame)
    secrets = []
    for position, row in enumerate(frame.index):
        cells = [(column, str(frame[column].iloc[position])) for column in columns]
        texts = dict.fromkeys((kind_of(column), fold(cell)) for column, cell in cells if not is_link(cell))
        phones = dict.fromkeys(number for c, cell in cells if c != "name" for number in phone_digits(cell))
        links = dict.fromkeys(bare_link(cell) for _, cell in cells if is_link(cell))
        lon, lat = (float(part) for part in hidden[position])
        secrets.append(
            Secret(
                file=section.file,
                row=int(row),
                words=tuple(
                    (ONE_WORD if kind == "name" and len(words) == 1 else kind, words)
                    for kind, words in texts
                    if is_telling(kind, words) and not known.says(words)
                ),
                phones=tuple(number for number in phones if number not in known.phones),
                links=tuple(link for link in links if not known.links_to(link)),
                lon_deg=lon,
                lat_deg=lat,
                categories=tuple(part for part in offered.iloc[position].split(";") if part),
                stand_in=(float(stand_ins[position, 0]), float(stand_ins[position, 1])),
                region_radius_m=float(radii_m[position]),
            )
        )
    return secrets


def kind_of(column: str) -> str:
    """Return what the cells of a column are: "address" or "name"."""
    return "address" if re.search(r"addr|street", _snake(column)) else "name"


def is_telling(kind: str, words: tuple[str, ...]) -> bool:
    """Return whether a text can be looked for: not "Suite 200", nor a word that stands in any text."""
    own = [word for word in words if word.isalpha() and word not in _PARTS_OF_HOUSES]
    if kind == "address":
        return len(words) > 1 and any(len(word) > 1 for word in own)
    return sum(map(len, own)) >= MIN_WORD_LETTERS


def _regions_of(rows: Rows, regions: gpd.GeoDataFrame | None, crs: CRS) -> tuple[np.ndarray, np.ndarray]:
    """Return the point that stands for the region of each row, in degrees, and the region's reach from it in metres."""
    places, radii = np.full((len(rows.frame), 2), np.nan), np.full(len(rows.frame), np.nan)
    if regions is None or regions.empty:
        return places, radii
    metric = regions.to_crs(crs)
    found, _ = region_rows(rows, metric)
    points = metric.geometry.representative_point()
    reach_m = [
        float(shapely.hausdorff_distance(point, shape.boundary))
        for point, shape in zip(points, metric.geometry, strict=True)
    ]
    degrees = shapely.get_coordinates(points.to_crs(WGS84).to_numpy())
    position = found.to_numpy()
    inside = position >= 0
    places[inside], radii[inside] = degrees[position[inside]], np.array(reach_m)[position[inside]]
    return places, radii


def _apart_m(here: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Return the distance of points in degrees, row by row, in metres; good to a per cent over short distances."""
    north = (here[:, 1] - there[:, 1]) * 110_574
    east = (here[:, 0] - there[:, 0]) * 111_320 * np.cos(np.radians(here[:, 1]))
    distance: np.ndarray = np.hypot(north, east)
    return np.where(np.isnan(distance), np.inf, distance)


def _near(here: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return which places have one of `points` at the same place, or are what is left of it after rounding."""
    near = np.zeros(len(here), dtype=bool)
    usable = np.flatnonzero(np.isfinite(here).all(axis=1))
    if not len(points) or not len(usable):
        return near
    tree = shapely.STRtree(shapely.points(points))
    around = shapely.box(*(here[usable] - COARSE_DEG).T, *(here[usable] + COARSE_DEG).T)
    which, where = tree.query(around)
    rows, shown = usable[which], points[where]
    printed = np.round(shown, 4)
    step = np.where(printed == np.round(shown, 3), COARSE_DEG, COARSE_DEG / 10)  # closing zeros are not printed
    coarse = (np.abs(here[rows] - printed) <= step).all(axis=1)
    near[rows[coarse | (_apart_m(here[rows], shown) <= SAME_PLACE_M)]] = True
    return near
