"""What the page's program gets: the names of the folium layers and one block of JSON."""

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from branca.element import MacroElement
from folium.template import Template

from geo.compact import pack_points
from geo.vocabulary import CATEGORIES, VENUE_KINDS
from maps import story
from maps.geometry import DECIMALS
from maps.values import Measure, View

Column = list[str] | dict[str, list[str] | list[int]]
_REPEATS = 2
_JINJA = re.compile(r"\{(?=[{%#])")
_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "'": "\\u0027", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_UNSAFE = re.compile(f"[{''.join(_ESCAPES)}]")


class App(MacroElement):
    """Starts the page's program with the map, its layers and the data.

    Parameters
    ----------
    layers
        The page's name of each folium layer.
    data
        The page's values, JSON-ready.
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        OutreachMap.start(
            {{ this._parent.get_name() }},
            { {%- for key, layer in this.layers.items() %}{{ key }}: {{ layer.get_name() }}, {% endfor -%} },
            {{ this.data }}
        );
        {% endmacro %}
        """
    )

    def __init__(self, layers: Mapping[str, Any], data: Mapping[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name, self._id = "App", "main"
        self.layers = layers
        self.data = to_parsed(data)


def to_script(value: object) -> str:
    """Return a value as JSON that is safe inside a script element and inside a template.

    branca renders what an element has rendered once more as a Jinja template, so ``{{ … }}`` in a name would run while
    the page is built. A brace that could open a Jinja expression is written as its escape; JSON's own braces are
    never followed by another brace, a per cent sign or a hash.

    Raises
    ------
    ValueError
        If it holds a NaN or an infinity, which JSON has no word for.
    """
    text = json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    return _JINJA.sub(r"\\u007b", _UNSAFE.sub(lambda sign: _ESCAPES[sign[0]], text))


def to_parsed(value: object) -> str:
    """Return a value as a script expression that browsers read several times faster than an object written out.

    It is the text of `to_script`, which `JSON.parse` gets as it stands.
    """
    text = to_script(value).replace("`", "\\u0060").replace("${", "\\u0024{")
    return f"JSON.parse(String.raw`{text}`)"


def page_data(view: View) -> dict[str, Any]:
    """Return the values the page's program works with."""
    place = view.place
    return {
        "texts": {
            **view.texts.section("client"),
            **view.texts.section("format"),
            "osm": view.texts("attribution.osm"),
            "colour_by": view.texts.entries["key.measure"],
            "fill": view.texts.entries["key.fill"],
            "credit": view.attribution,
            "under": view.texts("table.under"),
            "low": view.texts("table.low"),
            "print_cap": view.texts.get("table.print_cap", ""),
        },
        "noun": {"singular": place.singular, "plural": place.plural},
        "headline": place.headline_min,
        "required": list(place.required),
        "categories": {c: view.category(c) for c in CATEGORIES if c in place.required or c in view.provider_counts},
        "kinds": {kind: view.kind(kind) for kind in VENUE_KINDS},
        "areas": _areas(view),
        "measures": [
            {
                **measure_data(measure),
                "unit": measure.unit,
                "values": _numbers(measure.values, 1) if measure.unit != "minutes" else [],
            }
            for measure in view.measures
        ],
        "weights": {part: round(weight, 4) for part, weight in view.weights.items()},
        "refs": {highway.label: highway.ref for highway in view.highways},
        "shields": [
            [highway.shield.kind, highway.shield.text, round(lat, 4), round(lon, 4)]
            for highway in view.highways
            for lat, lon in highway.marks
        ],
        "towns": [[town.name, round(town.lat, 4), round(town.lon, 4), town.population] for town in view.towns],
        "bounds": [[round(lat, 4), round(lon, 4)] for lat, lon in view.bounds],
    }


def measure_data(measure: Measure) -> dict[str, Any]:
    """Return how areas or sections are colored by a measure: its words, its legend and the color of each."""
    return {
        "key": measure.key,
        "label": measure.label,
        "legend": [[colour, words, number] for colour, words, number in measure.legend],
        "classes": "".join(map(str, measure.classes)),
    }


def _areas(view: View) -> dict[str, Any]:
    """Return the rows column by column, which is half the size of a list of objects."""
    rows = view.rows
    kinds = [kind for kind in VENUE_KINDS if any(kind in row.venues for row in rows)]
    reasons = sorted({row.confidence_why for row in rows})
    return {
        "id": [row.area_id for row in rows],
        "name": [row.name for row in rows],
        "place": [row.place for row in rows] if any(row.place for row in rows) else [],
        "search": packed([row.search for row in rows]),
        "point": pack_points(np.array([[row.label_lon, row.label_lat] for row in rows]), decimals=DECIMALS),
        "rank": [row.rank for row in rows],
        "low": [row.rank_low for row in rows],
        "high": [row.rank_high for row in rows],
        "priority": _numbers([row.priority for row in rows], 2),
        "access_gap": _numbers([row.access_gap for row in rows], 4),
        "need": _numbers([row.need for row in rows], 4),
        "reach": _numbers([row.reach for row in rows], 4),
        "population": _numbers([row.population for row in rows], 0),
        "highways": [";".join(row.highways) for row in rows],
        "share": _numbers([row.corridor_share for row in rows], 3),
        "venues": {kind: [row.venues.get(kind, 0) for row in rows] for kind in kinds},
        "rural": _numbers([row.rural_share for row in rows], 3) if _any_rural(view) else [],
        "worst": _numbers([row.worst_min for row in rows], 1),
        "beyond_any": _numbers([row.beyond_any for row in rows], 3),
        "minutes": _by_service(view, "minutes", 1),
        "beyond": _by_service(view, "beyond", 3),
        "unreachable": _by_service(view, "unreachable", 3),
        "indicators": [
            {
                "key": name,
                "label": label,
                "unit": unit,
                "values": _numbers((row.indicators.get(name, math.nan) for row in rows), 3),
            }
            for name, (label, unit) in view.indicators.items()
        ],
        "underserved": "".join(str(int(row.underserved)) for row in rows),
        "confidence": "".join(row.confidence[:1] for row in rows),
        "why": [reasons.index(row.confidence_why) for row in rows],
        "whys": reasons,
        "sentences": [packed([row.sentences[part] for row in rows]) for part in range(story.SENTENCES)],
    }  # fmt: skip


def _any_rural(view: View) -> bool:
    return any(row.rural_share > 0 for row in view.rows)


def packed(values: Sequence[str]) -> Column:
    """Return texts as they are or, when they repeat, as the different ones, ``of``, and a number for each, ``at``.

    Examples
    --------
    >>> packed(["a", "b"]), packed(["x", "x", "y", "x"])
    (['a', 'b'], {'of': ['x', 'y'], 'at': [0, 0, 1, 0]})
    """
    different = sorted(set(values))
    if len(different) * _REPEATS > len(values):
        return list(values)
    number = {value: at for at, value in enumerate(different)}
    return {"of": different, "at": [number[value] for value in values]}


def _by_service(view: View, field: str, decimals: int) -> dict[str, list[float | int | None]]:
    return {
        category: _numbers([getattr(row.services[position], field) for row in view.rows], decimals)
        for position, category in enumerate(view.place.required)
    }


def _numbers(values: Iterable[float], decimals: int) -> list[float | int | None]:
    """Return rounded numbers; None stands for what is unknown or without end."""
    rounded = (round(float(value), decimals) if math.isfinite(value) else None for value in values)
    return [int(value) if value is not None and value == int(value) else value for value in rounded]
