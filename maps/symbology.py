"""The one place for colours, shapes and class breaks: the page's CSS, its drawing code and the static map read it."""

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from types import MappingProxyType

CLASSES = 5

RAMP_LIGHT = ("#eef5fb", "#bfd3e6", "#9aa6cf", "#8856a7", "#6a0a5e")
"""Pale to dark: low to high. Purple, since red would read as an alarm."""
RAMP_DARK = ("#26303a", "#3d3f6b", "#6a51a3", "#b07cc6", "#fbd5ee")
"""The same classes on a dark page, dark to pale."""

LIGHT: Mapping[str, str] = MappingProxyType(
    {
        "ink": "#14212e", "ink2": "#46535f", "line": "#cfd6dd", "edge": "#6b7782", "bg": "#ffffff",
        "panel": "#ffffff", "head": "#12324a", "headink": "#ffffff", "headink2": "#d4dfe8", "acc": "#0b5c8f",
        "sel": "#111111", "selrow": "#fff3cf", "chip": "#e8eef3", "hover": "#eef4f9", "focus": "#ffbf47",
        "warn": "#fff3cf", "water": "#dbe7ef", "land": "#f7f7f4", "context": "#eceeec", "contextline": "#b9c2ca",
        "arealine": "#ffffff", "region": "#7d8892", "label": "#1d2a36", "halo": "#ffffffeb", "roads": "#9a938a",
        "river": "#4f93bd",
        "highway": "#b86500", "casing": "#ffffff", "band": "#b86500", "reach": "#00695c", "under": "#14212e",
        "hatch1": "#ffffffbf", "hatch2": "#222222bf", "pointline": "#ffffff",
        "gap": "#6a3d8f", "need": "#0b7285", "meet": "#b35c00",
    }
)  # fmt: skip
DARK: Mapping[str, str] = MappingProxyType(
    {
        "ink": "#eef2f5", "ink2": "#b5c0ca", "line": "#3a4753", "edge": "#8b98a4", "bg": "#10161c",
        "panel": "#161e26", "head": "#0c1218", "headink": "#ffffff", "headink2": "#d4dfe8", "acc": "#7cc4f2",
        "sel": "#ffffff", "selrow": "#4a3d10", "chip": "#26323d", "hover": "#1f2a34", "focus": "#ffbf47",
        "warn": "#4a3d10", "water": "#0e141a", "land": "#1b242d", "context": "#161d24", "contextline": "#2f3a45",
        "arealine": "#0e141a", "region": "#8b98a4", "label": "#eef2f5", "halo": "#0a0f14e6", "roads": "#59626b",
        "river": "#3d7ea6",
        "highway": "#ffb347", "casing": "#10161c", "band": "#ffb347", "reach": "#4dd0b8", "under": "#ffffff",
        "hatch1": "#0e141abf", "hatch2": "#eef2f5bf", "pointline": "#0e141a",
        "gap": "#b58ad6", "need": "#4fb3c8", "meet": "#ffa94d",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Symbol:
    """How a kind of point looks: a shape of its own, so that colour is never the only difference."""

    shape: str
    light: str
    dark: str
    shown: bool
    """Whether its layer is on when the page opens."""


VENUES: Mapping[str, Symbol] = MappingProxyType(
    {
        "truck_stop": Symbol("square", "#c2410c", "#ff9a57", shown=True),
        "rest_area": Symbol("diamond", "#0b8a63", "#5fe0b5", shown=True),
        "motel": Symbol("triangle", "#3d2b00", "#f2cf5b", shown=False),
        "hotel": Symbol("pennant", "#c565a3", "#c20188", shown=False),
        "bus_station": Symbol("circle", "#110689", "#8042ec", shown=True),
        "fuel": Symbol("hexagon", "#722259", "#866347", shown=False),
    }
)
PROVIDER = Symbol("cross", "#0b4fa0", "#6db8ff", shown=True)


def _regular(corners: int, radius: float, turn: float = 0.0) -> tuple[tuple[float, float], ...]:
    angles = (2 * math.pi * (corner + turn) / corners for corner in range(corners))
    return tuple((round(radius * math.sin(a), 3), round(-radius * math.cos(a), 3)) for a in angles)


SHAPES: Mapping[str, tuple[tuple[float, float], ...]] = MappingProxyType(
    {
        "square": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
        "diamond": ((0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)),
        "triangle": ((0, -1.15), (1.15, 0.92), (-1.15, 0.92)),
        "pennant": ((0, 1.15), (1.15, -0.92), (-1.15, -0.92)),
        "circle": _regular(16, 1.0),
        "hexagon": _regular(6, 1.1),
        "cross": (
            (-0.42, -1.15), (0.42, -1.15), (0.42, -0.42), (1.15, -0.42), (1.15, 0.42), (0.42, 0.42),
            (0.42, 1.15), (-0.42, 1.15), (-0.42, 0.42), (-1.15, 0.42), (-1.15, -0.42), (-0.42, -0.42),
        ),
    }
)  # fmt: skip
"""Corners of each shape around (0, 0), y downwards, for a marker of radius 1."""


def outline(shape: str, *, radius: float, x: float = 0.0, y: float = 0.0) -> str:
    """Return the SVG path of a shape around a centre.

    Examples
    --------
    >>> outline("diamond", radius=4, x=8, y=8)
    'M8 3L13 8L8 13L3 8z'
    """
    return "M" + "L".join(f"{x + radius * dx:.4g} {y + radius * dy:.4g}" for dx, dy in SHAPES[shape]) + "z"


def css_variables() -> str:
    """Return the colours of both themes as CSS variables; every rule of the page uses these names."""
    kinds = {**VENUES, "provider": PROVIDER}
    light = {**LIGHT, **_ramp(RAMP_LIGHT), **{f"p-{kind}": symbol.light for kind, symbol in kinds.items()}}
    dark = {**DARK, **_ramp(RAMP_DARK), **{f"p-{kind}": symbol.dark for kind, symbol in kinds.items()}}
    points = "".join(f".p-{kind}{{fill:var(--p-{kind})}}" for kind in kinds)
    return f":root{{{_declare(light)}}}[data-theme=dark]{{{_declare(dark)}}}{points}"


def _ramp(ramp: Sequence[str]) -> dict[str, str]:
    return {f"k{number}": colour for number, colour in enumerate(ramp, start=1)}


def _declare(variables: Mapping[str, str]) -> str:
    return "".join(f"--{name}:{colour};" for name, colour in variables.items())


def quantile_breaks(values: Sequence[float], *, decimals: int) -> tuple[float, ...]:
    """Return the values that part `values` into at most `CLASSES` groups of about equal size.

    Breaks are rounded, so that the key states exactly what is drawn, and fewer when values repeat. Where many have the
    lowest value, such as no reach at all, it is a group of its own. Non-finite values are left out.

    Examples
    --------
    >>> quantile_breaks([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], decimals=0)
    (3.0, 5.0, 7.0, 9.0)
    >>> quantile_breaks([0, 0, 0, 0, 0, 10, 20, 30, 40], decimals=0)
    (10.0, 20.0, 30.0, 40.0)
    >>> quantile_breaks([7, 7, 7], decimals=0)
    ()
    """
    known = sorted(value for value in values if math.isfinite(value))
    if not known:
        return ()
    lowest = bisect_right(known, known[0])
    if lowest * CLASSES > len(known) > lowest:
        cuts = [known[lowest + (len(known) - lowest) * part // (CLASSES - 1)] for part in range(CLASSES - 1)]
    else:
        cuts = [known[min(len(known) - 1, round(len(known) * part / CLASSES))] for part in range(1, CLASSES)]
    rounded = sorted({round(float(cut), decimals) for cut in cuts})
    return tuple(cut for cut in rounded if known[0] < cut <= known[-1])


def band_breaks(bands_min: Sequence[float]) -> tuple[float, ...]:
    """Return up to four breaks in minutes that contain the project's bands.

    Examples
    --------
    >>> band_breaks([30, 60])
    (15.0, 30.0, 45.0, 60.0)
    >>> band_breaks([40])
    (10.0, 20.0, 30.0, 40.0)
    """
    bands = [float(band) for band in bands_min]
    if len(bands) >= CLASSES - 1:
        return (*bands[: CLASSES - 2], bands[-1])
    breaks = set(bands)
    while len(breaks) < CLASSES - 1:
        ordered = [0.0, *sorted(breaks)]
        # Halve the widest step; of equal ones the last, where the long drives are.
        width, low = max((high - low, low) for low, high in pairwise(ordered))
        breaks.add(low + width / 2)
    return tuple(sorted(breaks))


def classify(value: float, breaks: Sequence[float]) -> int:
    """Return the ramp colour, 1 to `CLASSES`, of a value; a value at a break belongs to the class above it.

    With fewer classes than colours the classes are spread over the ramp. Infinite values take the last colour, unknown
    ones (NaN) the first.

    Examples
    --------
    >>> [classify(value, (15, 30, 45, 60)) for value in (3, 15, 59.9, math.inf)]
    [1, 2, 4, 5]
    >>> [classify(value, (10,)) for value in (3, 12)]
    [1, 5]
    """
    if math.isnan(value):
        return 1
    return ramp_positions(len(breaks) + 1)[bisect_right(breaks, value)]


@cache
def ramp_positions(classes: int) -> tuple[int, ...]:
    """Return the ramp colours (1 to `CLASSES`) that a given number of classes uses.

    Examples
    --------
    >>> ramp_positions(3)
    (1, 3, 5)
    """
    if classes == 1:
        return (3,)
    return tuple(1 + round(step * (CLASSES - 1) / (classes - 1)) for step in range(classes))
