"""What the values of a project file may be: types of its keys, and what turns a planner's way of writing into them."""

import datetime as dt
import difflib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field

from geo.vocabulary import BAND_PRESETS, CATEGORIES, VENUE_KINDS

Text = Annotated[str, Field(min_length=1, max_length=500)]
LEAST_MINUTES, MOST_MINUTES = 0.1, 600
Minutes = Annotated[float, Field(ge=LEAST_MINUTES, le=MOST_MINUTES)]
Where = Mapping[str, str | int | float | bool | list[str | int | float]]

LEAST_WEIGHT, MOST_WEIGHT = 0.001, 1000
"""Between such weights sums and ratios stay numbers; a million to one is as good as all to nothing."""


def asks_for_numbers(annotation: object) -> bool:
    """Return whether values of a type may be, or hold, numbers and never true or false."""
    types = list(_types(annotation))
    return any(kind is int or kind is float for kind in types) and not any(kind is bool for kind in types)


def _types(annotation: object) -> Iterator[object]:
    """Yield what a type is made of."""
    parts = get_args(annotation)
    yield from (kind for part in parts for kind in _types(part)) if parts else (annotation,)


def without_truths(value: object) -> object:
    """Put what is no number in the place of true and false, which pydantic reads as 1 and 0; it then names each."""
    if isinstance(value, bool):
        return object()
    if isinstance(value, dict):
        return {key: without_truths(part) for key, part in value.items()}
    return [without_truths(part) for part in value] if isinstance(value, list) else value


def _names_a_file(path: Path) -> Path:
    """Refuse what stands for a folder whatever the disk holds: nothing, "." and the like."""
    if path.name.strip() in {"", ".."}:
        msg = "names a folder or nothing. Write the name of a file."
        raise ValueError(msg)
    return path


FilePath = Annotated[Path, AfterValidator(_names_a_file)]


def _weight(value: float) -> float:
    if value == 0 or LEAST_WEIGHT <= value <= MOST_WEIGHT:
        return value
    msg = f"must be 0, or from {LEAST_WEIGHT:g} to {MOST_WEIGHT:g}; only the ratios of weights matter."
    raise ValueError(msg)


Weight = Annotated[float, Field(ge=0), AfterValidator(_weight)]


def _known(vocabulary: Mapping[str, str], noun: str) -> AfterValidator:
    def check(value: str) -> str:
        if value in vocabulary:
            return value
        near = difflib.get_close_matches(value, vocabulary, n=1, cutoff=0)[0]
        msg = f"{value!r} is not a {noun}; did you mean {near!r}? Known: {', '.join(vocabulary)}."
        raise ValueError(msg)

    return AfterValidator(check)


Category = Annotated[str, _known(CATEGORIES, "service category")]
VenueKind = Annotated[str, _known(VENUE_KINDS, "kind of venue")]


def as_tuple(value: object) -> object:
    """Let a planner write one value, or one table, where a list is meant."""
    return (value,) if isinstance(value, str | dict) else value


def as_day(value: object) -> dt.date:
    """Return a date; a planner may put it in quotes."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        msg = "is not a date. Write dates as 2026-11-01."
        raise ValueError(msg) from None


Day = Annotated[dt.date, BeforeValidator(as_day)]


def as_bands(value: object) -> object:
    """Let a planner name a policy instead of its minutes."""
    if isinstance(value, str):
        if value not in BAND_PRESETS:
            msg = f"{value!r} is not a preset; known: {', '.join(BAND_PRESETS)}. Or give minutes, such as [30, 60]."
            raise ValueError(msg)
        return BAND_PRESETS[value].minutes
    return value


def tile_address(url: str) -> str:
    """Refuse what is not the address of map tiles, and whatever could say more than a host in the page's policy."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?", parts.netloc):
        msg = f"{url!r} must begin with https:// and a plain host name in lower-case letters."
        raise ValueError(msg)
    gaps = re.findall(r"\{[^}]*\}", url)
    if sorted(gaps) != ["{x}", "{y}", "{z}"] or re.search(r"[\s\"'<>\\]", url):
        msg = f"{url!r} must hold {{z}}, {{x}} and {{y}} once each, no other gap and no space."
        raise ValueError(msg)
    return url


_LABEL = r"[^\W_](?:[\w-]*[^\W_])?"
_WEBSITE = re.compile(
    rf"(?:https?://)?{_LABEL}(?:\.{_LABEL})+(?::[0-9]{{1,5}})?(?:[/?#][^\s\"'<>\\]*)?", flags=re.IGNORECASE
)


def first_minutes(values: object) -> float | None:
    """Return the first of some minutes as far as it may be one; of anything else their own key tells."""
    if not isinstance(values, list | tuple) or not values or isinstance(values[0], bool):
        return None
    try:
        first = float(values[0])
    except (TypeError, ValueError):
        return None
    return first if LEAST_MINUTES <= first <= MOST_MINUTES else None


def web_address(url: str) -> str:
    """Refuse what no reader could open as a website; "" is none."""
    if url and not _WEBSITE.fullmatch(url):
        msg = f"{url!r} is not the address of a website. Write it as help.example.org."
        raise ValueError(msg)
    return url


def phone_number(number: str) -> str:
    """Refuse what nobody could dial."""
    if not any(sign.isdecimal() for sign in number):
        msg = f"{number!r} is no telephone number: there is no digit in it."
        raise ValueError(msg)
    return number
