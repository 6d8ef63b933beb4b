"""Driving speeds: what a `maxspeed` tag says, and what each class of road is driven at where there is none."""

import math
import re
from collections.abc import Mapping
from types import MappingProxyType

from geo.errors import Problem, ProjectError

KMH_PER_MPH = 1.609344
KMH_PER_KNOT = 1.852
WALK_KMH = 5.0
SLOWEST_KMH = 5.0
FASTEST_KMH = 150.0

CLASS_SPEEDS_KMH: Mapping[str, float] = MappingProxyType(
    {
        "motorway": 105.0,
        "motorway_link": 60.0,
        "trunk": 90.0,
        "trunk_link": 55.0,
        "primary": 80.0,
        "primary_link": 50.0,
        "secondary": 70.0,
        "secondary_link": 45.0,
        "tertiary": 60.0,
        "tertiary_link": 40.0,
        "unclassified": 50.0,
        "residential": 40.0,
        "living_street": 15.0,
        "road": 40.0,
    }
)
"""Free-flow speed of each road class that cars may use, km/h, where no `maxspeed` is tagged.

The values are this tool's own and sit a little under the usual limits, because junctions and lights are not
modelled. A project may change any of them. `service` roads (drives, car parks) are left out: they add four ways in
ten to a file and change no travel time between places.
"""

URBAN_FACTOR = 0.8
"""Class speeds inside urban areas times this: an assumption for lights, crossings and parked cars."""

_NUMBER = re.compile(r"^(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|kmph|mph|knots?|kn)?$")
_FACTORS: Mapping[str, float] = MappingProxyType(
    {"mph": KMH_PER_MPH, "knot": KMH_PER_KNOT, "knots": KMH_PER_KNOT, "kn": KMH_PER_KNOT}
)


def parse_maxspeed(text: str) -> float:
    """Return the speed in km/h that the value of a `maxspeed` tag states.

    Where several values are listed, the lowest one counts; those without a unit have that of the last one. Values that
    name a rule instead of a number ("RU:urban", "US:rural"), no limit ("none", "signals", "variable"), and everything
    else that is not a speed are unknown, so that the class table decides. Speeds under 5 km/h are taken as 5 km/h;
    above 150 km/h they are slips of the pen and unknown.

    Parameters
    ----------
    text
        The value as tagged. Plain numbers are km/h, as OpenStreetMap defines them.

    Returns
    -------
    float
        Between 5 and 150 km/h, or NaN when unknown.

    Examples
    --------
    >>> parse_maxspeed("50")
    50.0
    >>> round(parse_maxspeed("45 mph"), 2)
    72.42
    >>> parse_maxspeed("50;60"), parse_maxspeed("80 km/h"), parse_maxspeed("walk")
    (50.0, 80.0, 5.0)
    >>> parse_maxspeed("RU:urban"), parse_maxspeed("none"), parse_maxspeed("fast")
    (nan, nan, nan)
    """
    parts = [part.strip().lower() for part in re.split(r"[;|,]", text)]
    last = _NUMBER.match(parts[-1])
    unit = (last and last[2]) or "km/h"
    return min((speed for part in parts if not math.isnan(speed := _one_speed(part, unit))), default=math.nan)


def _one_speed(word: str, unit: str) -> float:
    """Return one stated speed in km/h, or NaN; a number without a unit has the given one."""
    if word == "walk":
        return WALK_KMH
    match = _NUMBER.match(word)
    if match is None:
        return math.nan
    speed = float(match[1]) * _FACTORS.get(match[2] or unit, 1.0)
    return max(speed, SLOWEST_KMH) if 0 < speed <= FASTEST_KMH else math.nan


def class_speeds(overrides: Mapping[str, float] | None = None) -> dict[str, float]:
    """Return the class table with the project's own values put in.

    Parameters
    ----------
    overrides
        Road class to km/h; None or empty keeps the table.

    Raises
    ------
    ProjectError
        If a class is not in the table or a speed is not between 5 and 150 km/h; all such entries at once.

    Examples
    --------
    >>> class_speeds({"secondary": 88})["secondary"]
    88.0
    """
    problems = []
    for name, speed in (overrides or {}).items():
        if name not in CLASS_SPEEDS_KMH:
            known = ", ".join(CLASS_SPEEDS_KMH)
            problems.append(
                Problem(f"{name!r} is not a road class.", column="roads.speeds_kmh", remedy=f"Use one of {known}.")
            )
        elif not SLOWEST_KMH <= speed <= FASTEST_KMH:
            problems.append(
                Problem(
                    f"{speed:g} km/h for {name} is not a driving speed.",
                    column="roads.speeds_kmh",
                    remedy=f"Give km/h between {SLOWEST_KMH:g} and {FASTEST_KMH:g}.",
                )
            )
    if problems:
        raise ProjectError(problems)
    return {**CLASS_SPEEDS_KMH, **{name: float(speed) for name, speed in (overrides or {}).items()}}
