"""The plain values a study is told with, and nothing that computes them."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from geo.vocabulary import CATEGORIES, VENUE_KINDS
from maps.shields import Shield
from maps.texts import Texts


@dataclass(frozen=True)
class Measure:
    """A measure of every area, parted into classes."""

    key: str
    label: str
    unit: str
    """``score`` (0–100), ``minutes`` or ``people``."""
    legend: tuple[tuple[int, str, int], ...]
    """Ramp colour (1–5), words and number of areas of each class."""
    classes: tuple[int, ...]
    """Ramp colour of each area, in the order of the rows."""
    values: tuple[float, ...]
    """The measure itself; minutes may be infinite."""


@dataclass(frozen=True)
class Chapter:
    """A heading with its paragraphs."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Service:
    """How far the people of an area are from one required category of service."""

    category: str
    minutes: float
    """Mean minutes of the people who can reach one; infinite when nobody can."""
    beyond: float
    """Share of people beyond the headline band, those who cannot reach one included, 0–1."""
    unreachable: float
    """Share of people who cannot reach one by road, 0–1."""


@dataclass(frozen=True)
class Row:
    """One ranked area."""

    area_id: str
    name: str
    place: str
    """Region the area lies in, or an empty text."""
    search: str
    """Words a search also finds the area by: towns in it."""
    rank: int
    rank_low: int
    rank_high: int
    priority: float
    access_gap: float
    need: float
    reach: float
    population: float
    highways: tuple[str, ...]
    corridor_share: float
    venues: Mapping[str, int]
    services: tuple[Service, ...]
    worst_min: float
    beyond_any: float
    indicators: Mapping[str, float]
    rural_share: float
    """Share of people who count as rural, 0–1; NaN when that is not known."""
    rural_beyond: float
    """Rural people beyond the headline band of at least one required service; NaN when that is not known."""
    underserved: bool
    confidence: str
    confidence_why: str
    sentences: tuple[str, ...]
    """Why it ranks there: the part that weighs most, access, venues, need; some may be empty."""
    label_lat: float
    label_lon: float

    @property
    def reason(self) -> str:
        """Why it ranks there, in words."""
        return " ".join(sentence for sentence in self.sentences if sentence)


@dataclass(frozen=True)
class Highway:
    """One studied highway."""

    ref: str
    label: str
    shield: Shield
    length: str
    marks: tuple[tuple[float, float], ...]
    """Latitude and longitude of its shields."""


@dataclass(frozen=True)
class Provider:
    """One public provider, as it may be shown."""

    name: str
    categories: tuple[str, ...]
    phone: str
    website: str
    address: str
    town: str
    hours: str
    languages: str
    serves: str
    verified_on: str
    source: str
    area_id: str
    lat: float
    lon: float
    exit: str
    """The exit that leads there, with its highway: "I-55, exit 26, County Line Road"; an empty text for none."""
    drive: str
    """Whole minutes from that exit."""


@dataclass(frozen=True)
class Venue:
    """One outreach venue in the corridor."""

    kind: str
    name: str
    highway: str
    exit: str
    """The exit that leads there, with its highway, and `drive`, the whole minutes from it: see `Provider`."""
    drive: str
    distance: str
    source: str
    area_id: str
    lat: float
    lon: float


@dataclass(frozen=True)
class Town:
    """A place name for orientation."""

    name: str
    population: int
    lat: float
    lon: float


@dataclass(frozen=True)
class Place:
    """Where and how the study is told: nouns, units, categories."""

    area: str
    singular: str
    plural: str
    unit: str
    required: tuple[str, ...]
    headline_min: float
    bands_min: tuple[float, ...]


@dataclass(frozen=True)
class View:
    """Everything an output says about a study."""

    texts: Texts
    title: str
    subtitle: str
    example: bool
    place: Place
    tiles: tuple[tuple[str, str], ...]
    """Three figures: value and what it counts."""
    measures: tuple[Measure, ...]
    rows: tuple[Row, ...]
    highways: tuple[Highway, ...]
    venues: tuple[Venue, ...]
    providers: tuple[Provider, ...]
    n_confidential: int | None
    """None where too few to be counted."""
    confidential_note: str
    towns: tuple[Town, ...]
    weights: Mapping[str, float]
    """Share of each part in the priority; the shares sum to 1."""
    indicators: Mapping[str, tuple[str, str]]
    """Label and unit of each need indicator."""
    about: tuple[Chapter, ...]
    sources: tuple[tuple[str, str], ...]
    attribution: str
    as_of: dt.date | None
    expires_on: dt.date | None
    hotline: Any
    bounds: tuple[tuple[float, float], tuple[float, float]]
    """South-west and north-east corner of the ranked areas, latitude and longitude."""

    def category(self, category: str) -> str:
        """Return the label of a service category."""
        return self.texts.get(f"category.{category}.label", CATEGORIES.get(category, category))

    def kind(self, kind: str, number: int = 1) -> str:
        """Return the label of a kind of venue, singular or plural."""
        form = "one" if number == 1 else "other"
        return self.texts.get(f"venue.{kind}.{form}", VENUE_KINDS.get(kind, kind))

    @cached_property
    def venue_counts(self) -> dict[str, int]:
        """Number of venues of each kind that has one, in the vocabulary's order."""
        counts = Counter(venue.kind for venue in self.venues)
        return {kind: counts[kind] for kind in VENUE_KINDS if kind in counts}

    @cached_property
    def provider_counts(self) -> dict[str, int]:
        """Number of public providers of each category that has one, in the vocabulary's order."""
        counts = Counter(category for provider in self.providers for category in set(provider.categories))
        return {category: counts[category] for category in CATEGORIES if category in counts}

    def points(self, row: Row) -> tuple[float, float, float]:
        """Return where the three parts of a row's priority end on a bar from 0 to 100, one after the other."""
        gap = 100 * self.weights["access_gap"] * row.access_gap
        need = gap + 100 * self.weights["need"] * row.need
        return (round(gap, 1), round(need, 1), round(row.priority, 1))
