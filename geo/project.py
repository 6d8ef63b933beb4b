"""What a project file may say: every key is a field here, with its default and its meaning."""

import datetime as dt
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from geo.project_values import (
    LEAST_MINUTES,
    Category,
    Day,
    FilePath,
    Minutes,
    Text,
    VenueKind,
    Weight,
    Where,
    as_bands,
    as_day,
    as_tuple,
    asks_for_numbers,
    first_minutes,
    phone_number,
    tile_address,
    web_address,
    without_truths,
)
from geo.speeds import URBAN_FACTOR
from geo.vocabulary import BAND_PRESETS, VENUE_KINDS


class Section(BaseModel):
    """A table of the project file: frozen, and strict about its keys."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False, defer_build=True
    )

    @field_validator("*", mode="before")
    @classmethod
    def _true_is_no_number(cls, value: object, info: ValidationInfo) -> object:
        asked = cls.model_fields[info.field_name or ""].annotation
        return without_truths(value) if asks_for_numbers(asked) else value


class Source(Section):
    """A file to read, with the rows to keep and the words that credit it."""

    file: FilePath
    """Path, relative to the project file's folder."""
    layer: str | None = None
    """Layer of a GeoPackage, or sheet of a workbook; default the first."""
    encoding: str | None = None
    """Text encoding of a CSV file; default UTF-8, else Windows-1252."""
    where: Where = Field(default_factory=dict)
    """Keep only rows whose column equals this value, or one of these values."""
    source: str = ""
    """Who publishes the data, and of when: printed on every output."""


class Roads(Section):
    """The OpenStreetMap extract and how fast its roads are driven."""

    osm: Annotated[tuple[FilePath, ...], BeforeValidator(as_tuple), Field(min_length=1)]
    """One or more files: .osm.pbf, .osm, .osm.gz or .osm.bz2."""
    source: str = "OpenStreetMap"
    """Publisher and date of the extract."""
    speeds_kmh: Mapping[str, Annotated[float, Field(gt=0, le=200)]] = Field(default_factory=dict)
    """Speeds that replace those of the class table, in km/h, by OpenStreetMap `highway` value."""
    max_off_road_m: Annotated[float, Field(gt=0, le=100_000)] = 10_000
    """A point farther than this from any road, in metres, counts as not connected."""
    join_dead_ends_m: Annotated[float, Field(ge=0, le=10_000)] = 0
    """For files of main roads only: join each dead end to other roads within this many metres. 0 joins nothing."""
    departure: Literal["free_flow", "typical", "worst"] = "free_flow"
    """When people drive: an empty road, an ordinary weekday, or rush hour and bad weather."""
    minutes_factor: Annotated[float, Field(ge=0.2, le=5)] = 1.0
    """Factor on all minutes along roads, from known trips: METHOD.md tells how to find it."""
    urban_speed_factor: Annotated[float, Field(ge=0.3, le=1)] = URBAN_FACTOR
    """Factor on class speeds inside the urban areas of `[people]`; tagged limits stay."""
    cache: Literal["off"] | Path | None = None
    """Folder for the network cache, or "off"; default the user's own cache folder."""
    venue_kinds: tuple[VenueKind, ...] = tuple(VENUE_KINDS)
    """Kinds of venue taken from the files; leave one out when the files' list of it is known to be poor."""


class Corridor(Section):
    """The highways whose corridor is studied."""

    highways: Annotated[tuple[Text, ...], BeforeValidator(as_tuple), Field(min_length=1)]
    """Highway numbers as OpenStreetMap writes them in `ref`: "I 55"."""
    half_width_m: Annotated[float, Field(gt=0, le=100_000)] = 8_000
    """Distance from the carriageway to the edge of the corridor, in metres."""
    within_min: Minutes | None = None
    """Longest drive from an exit that still counts as the corridor, in minutes; default: distance alone decides."""
    combine: Literal["distance", "time", "union"] = "union"
    """With `within_min`: places within the distance, within the time, or either of them."""


class Sections(Section):
    """How the corridor is cut into stretches that can be ranked like areas."""

    by: Literal["length", "exits", "towns"] = "length"
    """Stretches of one length, from exit to exit, or between the towns of `towns`."""
    length: Annotated[float, Field(ge=1, le=1000)] = 20
    """Length of a section, in `units`; used when they are cut by length."""


class Areas(Source):
    """The areas that are ranked."""

    id: Text
    """Column with the identifier of an area."""
    name: Text
    """Column with its name."""
    hexagons: Annotated[int, Field(ge=3, le=9)] | None = None
    """H3 resolution: rank hexagons that cover the polygons of the file instead of the polygons themselves."""
    singular: Text = "area"
    """What one area is called: county, tract, parish."""
    plural: Text = "areas"


class Regions(Source):
    """Regions coarse enough to stand in for a confidential provider: counties."""

    id: Text
    name: Text


class Indicator(Section):
    """One need indicator of the people table."""

    column: Text
    """Column of the people file."""
    label: Text
    """Words shown to people."""
    unit: str = ""
    """Text behind the value, such as "%"."""
    higher_is_worse: bool = True
    """Whether a higher value means more need."""
    weight: Weight = 1.0
    """Weight among the indicators; only ratios matter."""


class People(Source):
    """The people who live in the study area: points, or polygons that a point inside stands for."""

    id: Text | None = None
    """Column with an identifier; default the row number."""
    population: Text = "population"
    """Column with the number of people."""
    lon: Text | None = None
    """Longitude column of a table without geometry."""
    lat: Text | None = None
    """Latitude column of a table without geometry."""
    ruca: Text | None = None
    """Column with USDA RUCA codes: codes from 4 up are rural."""
    urban_areas: FilePath | None = None
    """Map file of urban areas: people outside them are rural. Without either, density decides."""
    indicators: Mapping[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Indicator] = Field(default_factory=dict)
    """Need indicators by a short name of lower-case letters."""

    @model_validator(mode="after")
    def _some_indicator_counts(self) -> "People":
        if self.indicators and not any(indicator.weight for indicator in self.indicators.values()):
            msg = "at least one indicator must have a weight above 0."
            raise ValueError(msg)
        return self


ProviderColumn = Literal[
    "id", "name", "category", "lon", "lat", "phone", "website", "address", "town", "region",
    "hours", "languages", "serves", "capacity", "verified_on", "public",
]  # fmt: skip
VenueColumn = Literal["id", "name", "kind", "lon", "lat"]


class ProviderFile(Source):
    """A list of service providers."""

    category: Category | None = None
    """Category of every row; leave out when a column says it per row."""
    public: bool = False
    """True only for a whole official list whose addresses its publisher makes public."""
    columns: Mapping[ProviderColumn, Text] = Field(default_factory=dict)
    """Our column name → the file's. A column of the same name is found without."""


class VenueFile(Source):
    """A list of venues beside OpenStreetMap, such as official rest areas."""

    kind: VenueKind | None = None
    """Kind of every row; leave out when a column says it per row."""
    columns: Mapping[VenueColumn, Text] = Field(default_factory=dict)


class Access(Section):
    """What counts as far from help."""

    required: tuple[Category, ...] = ()
    """Categories that make up the access gap; default every category that has a provider."""
    bands_min: Annotated[tuple[Minutes, ...], BeforeValidator(as_bands), Field(min_length=1, max_length=6)] = (30, 60)
    """Travel-time bands in minutes, rising, or the name of a policy preset. The access gap reaches 1 at the last."""
    headline_min: Minutes = 0
    """The band that the headline and the word "underserved" use; default the first."""
    sharing: Literal["2sfca", "e2sfca", "m2sfca", "3sfca"] = "e2sfca"
    """Floating-catchment measure by which capacity is shared out; the catchment is the last band."""
    decay: Literal["step", "gaussian"] = "step"
    """How a provider counts less with travel time in that measure."""

    @model_validator(mode="before")
    @classmethod
    def _headline_is_the_first_band(cls, table: Any) -> Any:  # noqa: ANN401 - whatever the file holds
        if isinstance(table, dict) and "headline_min" not in table:
            bands = table.get("bands_min", cls.model_fields["bands_min"].default)
            if isinstance(bands, str) and bands in BAND_PRESETS:
                bands = BAND_PRESETS[bands].minutes
            first = first_minutes(bands)
            return table if first is None else {**table, "headline_min": first}
        return table

    @model_validator(mode="after")
    def _bands_rise(self) -> "Access":
        if any(round(later - band, 6) < LEAST_MINUTES for band, later in pairwise(self.bands_min)):
            msg = f"bands_min must rise by {LEAST_MINUTES} minutes or more from one value to the next."
            raise ValueError(msg)
        if self.headline_min not in self.bands_min:
            msg = f"headline_min must be one of bands_min {list(self.bands_min)}."
            raise ValueError(msg)
        return self


class Weights(Section):
    """Weights of the three parts of the priority; only ratios matter."""

    access_gap: Weight = 0.4
    need: Weight = 0.25
    reach: Weight = 0.35

    @model_validator(mode="after")
    def _not_all_zero(self) -> "Weights":
        if self.access_gap + self.need + self.reach == 0:
            msg = "at least one weight must be above 0."
            raise ValueError(msg)
        return self


class Tiles(Section):
    """Pictures of a background map from a server, which a reader of the page may switch on: off unless asked for."""

    url: Annotated[Text, AfterValidator(tile_address)]
    """Address of a tile with {z}, {x} and {y}, https only."""
    attribution: Text
    """Whom the server wants credited, printed while its map shows."""
    max_zoom: Annotated[int, Field(ge=1, le=22)] = 16
    """Finest zoom the server has."""

    @property
    def host(self) -> str:
        """Host that is asked, with its port if it has one of its own."""
        return urlsplit(self.url).netloc


class Hotline(Section):
    """The help line printed on every output."""

    name: Text = "National Human Trafficking Hotline"
    phone: Annotated[Text, AfterValidator(phone_number)] = "1-888-373-7888"
    text: str = "233733"
    tty: str = "711"
    url: Annotated[str, AfterValidator(web_address)] = "humantraffickinghotline.org"
    """Its website, with or without https://; "" for none."""
    state_line: Annotated[str, Field(max_length=200)] = ""
    """A line of the state or region beside it, as it is printed: "Mississippi line: 601-555-0100"; "" for none."""
    checked_on: Day = dt.date(2026, 11, 1)
    """The day somebody last made sure that these are right."""


class Project(Section):
    """A study as its planner describes it: one frozen value for the whole run."""

    title: Text
    """Title of the map."""
    study_area: Text
    """Name of the study area, for headings."""
    example: bool = False
    """True when the data are invented: every output then says so."""
    as_of: Day
    """Date of the data, shown on every output."""
    expires_on: Day
    """The page asks for a new map after this day; default a year after `as_of`."""
    language: Literal["en", "es"] = "en"
    """Language of the map page."""
    units: Literal["mi", "km"] = "mi"
    """Unit of distances shown to people."""
    paper: Literal["letter", "a4"] = "letter"
    """Size of the sheet for what is printed."""
    crs: str | None = None
    """Metric CRS of the analysis, such as "EPSG:3814"; default the UTM zone of the areas."""
    roads: Roads
    corridor: Corridor
    areas: Areas
    regions: Regions | None = None
    people: People
    providers: Annotated[tuple[ProviderFile, ...], BeforeValidator(as_tuple), Field(min_length=1)]
    venues: Annotated[tuple[VenueFile, ...], BeforeValidator(as_tuple)] = ()
    towns: FilePath | None = None
    """Optional CSV with name, lon, lat, population: labels on the map."""
    access: Access = Field(default_factory=lambda: Access(headline_min=30))
    weights: Weights = Field(default_factory=Weights)
    sections: Sections | None = None
    """Rank sections of the highways beside the areas; without this table only areas are ranked."""
    tiles: Tiles | None = None
    """A background map from a server, which learns who looks where; without this table the page asks nobody."""
    hotline: Hotline = Field(default_factory=Hotline)
    file: Path = Field(default=Path("project.toml"), exclude=True)
    """The project file itself; set by `load_project`, not a key of the file."""

    @model_validator(mode="before")
    @classmethod
    def _expires_after_a_year(cls, table: Any) -> Any:  # noqa: ANN401 - whatever the file holds
        if not isinstance(table, dict) or "expires_on" in table:
            return table
        try:
            as_of = as_day(table.get("as_of"))
        except ValueError:  # of which `as_of` itself tells
            return {**table, "expires_on": dt.date.max}
        leap_day = (as_of.month, as_of.day) == (2, 29)
        later = as_of.replace(year=min(as_of.year + 1, dt.MAXYEAR), day=28 if leap_day else as_of.day)
        return {**table, "expires_on": later}

    @model_validator(mode="after")
    def _expires_later(self) -> "Project":
        if self.expires_on < self.as_of:
            msg = "expires_on must not be before as_of."
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _towns_to_cut_at(self) -> "Project":
        if self.sections and self.sections.by == "towns" and self.towns is None:
            msg = "sections.by is towns: name the file of towns too, with the key `towns`."
            raise ValueError(msg)
        return self

    @property
    def folder(self) -> Path:
        """Folder of the project file, from which its paths are resolved."""
        return self.file.parent
