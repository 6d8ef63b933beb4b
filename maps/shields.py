"""Route shields: what a highway's shield looks like and where along the line it stands."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

ShieldKind = Literal["interstate", "us", "plain"]

_INTERSTATE = re.compile(r"I[ -]?(\d+[A-Z]?)")
_US = re.compile(r"US[ -]?(\d+[A-Z]?)")


@dataclass(frozen=True)
class Shield:
    """A shield: the shape it has and the text on it."""

    kind: ShieldKind
    text: str


def shield(ref: str) -> Shield:
    """Return the shield of a highway number as OpenStreetMap writes it in `ref`.

    Examples
    --------
    >>> shield("I 55"), shield("US 49"), shield("CG-1")
    (Shield(kind='interstate', text='55'), Shield(kind='us', text='49'), Shield(kind='plain', text='CG-1'))
    """
    if match := _INTERSTATE.fullmatch(ref):
        return Shield("interstate", match[1])
    if match := _US.fullmatch(ref):
        return Shield("us", match[1])
    return Shield("plain", ref)


def positions(highway: BaseGeometry, *, spacing_m: float) -> tuple[tuple[float, float], ...]:
    """Return points along a highway at which shields stand, at least about `spacing_m` apart.

    Parameters
    ----------
    highway
        Its lines, in a metric CRS. Two carriageways count as one line: a shield near another one is left out.
    spacing_m
        Wanted distance between shields, in metres.
    """
    found: list[tuple[float, float]] = []
    for line in _longest_first(highway):
        steps = max(1, round(line.length / spacing_m))
        if found and line.length < spacing_m:
            continue
        for step in range(steps):
            point = line.interpolate((step + 0.5) / steps, normalized=True)
            if all((point.x - x) ** 2 + (point.y - y) ** 2 >= (0.7 * spacing_m) ** 2 for x, y in found):
                found.append((point.x, point.y))
    return tuple(found)


def _longest_first(highway: BaseGeometry) -> Sequence[LineString]:
    merged = shapely.line_merge(highway)
    lines = [line for line in shapely.get_parts(merged) if line.geom_type == "LineString" and line.length > 0]
    return sorted(lines, key=lambda line: (-line.length, line.wkb))
