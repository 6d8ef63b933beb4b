"""The words of the page: one catalogue per language, with its numbers, dates and distances."""

import datetime as dt
import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files
from types import MappingProxyType

METRES_PER = {"mi": 1609.344, "km": 1000.0}
_WHOLE_FROM = 10


@dataclass(frozen=True)
class Texts:
    """A catalogue: dotted keys to texts with ``{named}`` gaps."""

    language: str
    entries: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Return a text with its gaps filled.

        Raises
        ------
        KeyError
            If the catalogue lacks the key, or a value for a gap is missing.
        """
        return self.entries[key].format_map(values)

    def count(self, key: str, number: int, **values: object) -> str:
        """Return the ``.one`` or ``.other`` form of a text; ``{n}`` is the number."""
        form = "one" if number == 1 else "other"
        return self(f"{key}.{form}", n=self.number(number), **values)

    def get(self, key: str, default: str) -> str:
        """Return a text without gaps, or `default` when the catalogue has none."""
        return self.entries.get(key, default)

    def phrase(self, english: str) -> str:
        """Return a fixed English phrase of the analysis in this language; several may be joined by "; "."""
        return "; ".join(self.entries.get(f"phrase.{part}", part) for part in english.split("; "))

    def section(self, name: str) -> dict[str, str]:
        """Return the texts below a key, with the rest of their keys, in the catalogue's order."""
        prefix = f"{name}."
        return {key.removeprefix(prefix): text for key, text in self.entries.items() if key.startswith(prefix)}

    def number(self, value: float, decimals: int = 0) -> str:
        """Return a number with this language's separators."""
        # Half up, as people and the page's program round; Python's own formatting rounds half to even.
        exact = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        text = f"{exact:,f}"
        swap = {",": self.entries["format.thousands"], ".": self.entries["format.decimal"]}
        return "".join(swap.get(sign, sign) for sign in text)

    def rough(self, value: float) -> str:
        """Return a number of people as it is said: 1.2 million, 993,000, 640."""
        if value >= 1e6:  # noqa: PLR2004
            return self("format.million", n=self.number(value / 1e6, 1))
        if value >= 1e4:  # noqa: PLR2004 - below ten thousand every hundred is said
            return self.number(round(value, -3))
        return self.number(round(value, -1) if value >= 1e3 else value)  # noqa: PLR2004

    def percent(self, share: float) -> str:
        """Return a share, 0–1, as whole per cent; tiny and nearly full shares are not rounded away."""
        hundred = 100 * share
        if 0 < hundred < 1:
            return self("format.percent_below", n=1)
        if 99 < hundred < 100:  # noqa: PLR2004
            return self("format.percent_above", n=99)
        return self("format.percent", n=self.number(hundred))

    def minutes(self, value: float) -> str:
        """Return a travel time in words; infinity is "no service reachable"."""
        if math.isinf(value):
            return self("format.unreachable")
        return self("format.minutes", n=self.number(value))

    def distance(self, metres: float, unit: str) -> str:
        """Return a distance in miles or kilometres."""
        value = metres / METRES_PER[unit]
        whole = value >= _WHOLE_FROM or round(value, 1) == round(value)
        return self(f"format.{unit}", n=self.number(value, 0 if whole else 1))

    def date(self, day: dt.date) -> str:
        """Return a date in words."""
        month = self.entries["format.months"].split()[day.month - 1]
        return self("format.date", day=day.day, month=month, year=day.year)

    def listing(self, parts: Sequence[str], *, last: str = "and") -> str:
        """Return "a, b and c", or with "or" before the last."""
        if len(parts) <= 1:
            return "".join(parts)
        joint = self.entries[f"format.{last}"]
        return f"{', '.join(parts[:-1])} {joint} {parts[-1]}"


@cache
def load_texts(language: str) -> Texts:
    """Return the catalogue of a language.

    Raises
    ------
    ValueError
        If there is no catalogue for `language`.
    """
    file = files("maps").joinpath("texts", f"{language}.toml")
    if not file.is_file():
        msg = f"there is no page text in {language!r}; known: {', '.join(languages())}"
        raise ValueError(msg)
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    return Texts(language, MappingProxyType(dict(_flat(table))))


def languages() -> tuple[str, ...]:
    """Return the languages that have a catalogue."""
    folder = files("maps").joinpath("texts")
    return tuple(sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml")))


def _flat(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)
