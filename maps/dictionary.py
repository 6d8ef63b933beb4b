"""What every column of the ranking means: one declared table for the workbook, the documents and the tests."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from geo.project import Project
from maps.names import clean
from maps.texts import Texts
from maps.values import View

COUNT, SCORE, SHARE, MINUTES = "count", "score", "share", "minutes"
DISTANCE, INDEX, RATE, TEXT, IDENTIFIER = "distance", "index", "rate", "text", "identifier"
"""Kinds of column: what its numbers are, and so how they are shown."""


@dataclass(frozen=True)
class Column:
    """A declared column, or a family of columns that differ in category, band or indicator."""

    pattern: str
    """Name, with ``{category}``, ``{band}``, ``{kind}`` or ``{indicator}`` where it varies."""
    kind: str
    least: float | None = None
    """Smallest possible value; None where there is no bound."""
    most: float | None = None
    word: str = ""
    """Name of its texts in the catalogue, where it is not the pattern without its gaps."""

    @property
    def key(self) -> str:
        """Name of its texts in the catalogue."""
        return self.word or re.sub(r"_?\{\w+\}", "", self.pattern)


_VALIDITY = (Column("expires_on", TEXT), Column("help_line", TEXT))

COLUMNS = (
    Column("rank", COUNT, 1),
    Column("rank_low", COUNT, 1),
    Column("rank_high", COUNT, 1),
    Column("area_id", IDENTIFIER),
    Column("name", TEXT),
    Column("priority", SCORE, 0, 100),
    Column("access_gap", INDEX, 0, 1),
    Column("need", INDEX, 0, 1),
    Column("reach", INDEX, 0, 1),
    Column("underserved", TEXT),
    Column("confidence", TEXT),
    Column("confidence_why", TEXT),
    Column("population", COUNT, 0),
    Column("highways", TEXT),
    Column("corridor_share", SHARE, 0, 1),
    Column("rural_share", SHARE, 0, 1),
    Column("n_venues", COUNT, 0),
    Column("n_{kind}", COUNT, 0),
    Column("minutes_worst", MINUTES, 0),
    Column("beyond_{band}_any", SHARE, 0, 1),
    Column("rural_beyond_{band}_any", COUNT, 0),
    Column("minutes_{category}", MINUTES, 0),
    Column("median_{category}", MINUTES, 0),
    Column("p90_{category}", MINUTES, 0),
    Column("unreachable_{category}", SHARE, 0, 1),
    Column("rural_beyond_{band}_{category}", COUNT, 0),
    Column("beyond_{band}_{category}", SHARE, 0, 1),
    Column("per_10k_{category}", RATE, 0),
    Column("one_only_{category}", SHARE, 0, 1),
    Column("second_{category}", MINUTES, 0),
    Column("indicator_{indicator}", INDEX),
    *_VALIDITY,
)
"""Every column of the ranking. The first pattern that fits a name is its own."""

_WHERE = (
    Column("ref", TEXT),
    Column("from_milepost", DISTANCE),
    Column("to_milepost", DISTANCE),
    Column("unit", TEXT),
    Column("from_exit", TEXT),
    Column("to_exit", TEXT),
    Column("n_exits", COUNT, 0),
)

SECTION_COLUMNS = (
    *COLUMNS,
    *_WHERE,
    Column("town", TEXT),
    Column("exit_median_{category}", MINUTES, 0),
    Column("exit_worst_{category}", MINUTES, 0),
)
"""Every column of the ranking of sections."""

GAP_COLUMNS = (
    *_WHERE,
    Column("label", TEXT),
    Column("route_id", IDENTIFIER),
    Column("direction", TEXT),
    Column("category", TEXT, word="gap_category"),
    Column("band_min", MINUTES, 0, word="gap_band"),
    Column("length", DISTANCE, 0),
    Column("minutes_worst", MINUTES, 0, word="gap_minutes"),
    Column("n_venues", COUNT, 0, word="gap_venues"),
    *_VALIDITY,
)
"""Every column of the stretches far from help."""

_GAPS: Mapping[str, str] = {
    "{category}": r"(?P<category>[a-z_]+)",
    "{band}": r"(?P<band>\d+(?:\.\d+)?)",
    "{kind}": r"(?P<kind>[a-z_]+)",
    "{indicator}": r"(?P<indicator>[a-z0-9_]+)",
}


@dataclass(frozen=True)
class Meaning:
    """A column of one ranking in words."""

    name: str
    """Its name in ranking.csv."""
    title: str
    """A heading for people, different for every column."""
    text: str
    unit: str
    allowed: str
    """The range or the words it may hold."""
    kind: str


def declared(name: str, columns: Sequence[Column] = COLUMNS) -> tuple[Column, Mapping[str, str]]:
    """Return the declaration of a column and what stands in the gaps of its name.

    Parameters
    ----------
    name
        Name of the column.
    columns
        The declared columns of its table.

    Raises
    ------
    KeyError
        If no declaration fits: every column needs one.

    Examples
    --------
    >>> column, gaps = declared("beyond_30_mental_health")
    >>> column.pattern, gaps["band"], gaps["category"]
    ('beyond_{band}_{category}', '30', 'mental_health')
    """
    for column in columns:
        pattern = column.pattern
        for gap, expression in _GAPS.items():
            pattern = pattern.replace(gap, expression)
        if found := re.fullmatch(pattern, name):
            return column, found.groupdict()
    raise KeyError(name)


def meanings(
    names: Iterable[str], project: Project, view: View, *, columns: Sequence[Column] = COLUMNS
) -> tuple[Meaning, ...]:
    """Return what the columns of a table mean, in the language of the view.

    Parameters
    ----------
    names
        Columns of `maps.tables.ranking_table` or `gaps_table`.
    project
        The project, for the labels and units of its indicators.
    view
        The view of the same study.
    columns
        The declared columns of the table.
    """
    return tuple(_meaning(*declared(name, columns), name, project, view) for name in names)


def _meaning(column: Column, gaps: Mapping[str, str], name: str, project: Project, view: View) -> Meaning:
    t = view.texts
    words = {
        "singular": view.place.singular,
        "plural": view.place.plural,
        "headline": f"{view.place.headline_min:g}",
        "last": f"{view.place.bands_min[-1]:g}",
        "band": gaps.get("band", ""),
        "service": view.category(gaps["category"]) if "category" in gaps else "",
        "venues": view.kind(gaps["kind"], 2) if "kind" in gaps else "",
        "indicator": "",
    }
    unit = t(f"unit.{column.kind}")
    if "indicator" in gaps:
        indicator = project.people.indicators[gaps["indicator"]]
        words["indicator"] = clean(indicator.label)
        unit = clean(indicator.unit) or "–"
    return Meaning(
        name=name,
        title=t(f"column.{column.key}.title", **words),
        text=t(f"column.{column.key}.text", **words),
        unit=unit,
        allowed=_values(column, t),
        kind=column.kind,
    )


def _values(column: Column, t: Texts) -> str:
    known = t.get(f"column.{column.key}.values", "")
    if known:
        return known
    if column.least is None:
        return "–"
    if column.most is None:
        return t("unit.from", least=f"{column.least:g}")
    return t("unit.between", least=f"{column.least:g}", most=f"{column.most:g}")


def columns_document(texts: Texts) -> str:
    """Return the columns of all tables as the Markdown of docs/columns.md."""
    sections = [column for column in SECTION_COLUMNS if column not in COLUMNS]
    return (
        "# Columns\n\n"
        "What `maps/dictionary.py` declares; the workbook has the same words for the study at hand.\n"
        "`{category}` stands for a required service, `{band}` for minutes, `{kind}` for a kind of venue, \n"
        "`{indicator}` for a need indicator, T for the last of `bands_min`.\n\n"
        f"## ranking.csv, and areas in areas.gpkg\n\n"
        f"Where ranking.csv says “{texts('workbook.unreachable')}”, a number in areas.gpkg is empty (NULL).\n\n"
        f"{_table(COLUMNS, texts)}\n"
        f"## sections.csv: the columns of ranking.csv and these\n\n{_table(sections, texts)}\n"
        f"## gaps.csv\n\n{_table(GAP_COLUMNS, texts)}"
    )


def _table(columns: Iterable[Column], texts: Texts) -> str:
    gaps = {"service": "{category}", "venues": "{kind}", "indicator": "{indicator}", "band": "{band}"}
    words = {**gaps, "singular": "area", "plural": "areas", "headline": "`headline_min`", "last": "T"}
    lines = ["| column | meaning | unit | values |", "|---|---|---|---|"]
    for column in columns:
        text = texts(f"column.{column.key}.text", **words)
        unit = "as the project says" if "{indicator}" in column.pattern else texts(f"unit.{column.kind}")
        lines.append(f"| `{column.pattern}` | {text} | {unit} | {_values(column, texts)} |")
    return "\n".join(lines) + "\n"
