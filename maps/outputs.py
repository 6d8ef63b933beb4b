"""All files of a run, from one `Study`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property, partial
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import geopandas as gpd

from geo.beside import spread
from geo.crs import to_wgs84
from geo.errors import OutputError, Problem
from geo.layers_out import write_layers
from geo.search import Search, Searched
from geo.staging import staged
from layers.disclosure import Audience, for_audience
from layers.study import Study
from maps.attack import AREAS, Attack, attack_study
from maps.audit import audit_study, require_clean, search_for
from maps.choice import OUTPUTS, SECTIONS, load_libraries
from maps.manifest import manifest_bytes
from maps.strip_chart import file_words, slug, strip_svg
from maps.tables import csv_bytes, gaps_table, held_until, ranking_table
from maps.values import View
from maps.view import make_view

if TYPE_CHECKING:
    from maps.static_marks import Paper
    from maps.static_sheet import Form

PROVIDER_COLUMNS = (
    "provider_id", "name", "categories", "phone", "website", "address", "town", "hours", "languages", "serves",
    "capacity", "verified_on", "source", "area_id", "geometry",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Shown:
    """A study as it is shown, with what several outputs share.

    Parameters
    ----------
    study
        The study.
    view
        Its plain values.
    """

    study: Study
    view: View

    @cached_property
    def paper(self) -> "Paper":
        """Its printed map: made once, and only when an output asks for it."""
        from maps.static import draw_poster  # noqa: PLC0415 # loaded only where it is wanted: `maps.choice`

        return draw_poster(self.study, self.view).finished(self.view.title)


def _write_map(shown: Shown, path: Path) -> None:
    from maps.page import render_page  # noqa: PLC0415 # loaded only where it is wanted: `maps.choice`

    _write_text(path, render_page(shown.study, shown.view))


def _write_static_map(shown: Shown, path: Path) -> None:
    from maps.static_sheet import written  # noqa: PLC0415 # loaded only where it is wanted: `maps.choice`

    form: Mapping[str, Form] = {".png": "png", ".svg": "svg", ".pdf": "pdf"}
    path.write_bytes(written(shown.paper, form[path.suffix]))


def _write_briefing(shown: Shown, path: Path) -> None:
    from maps.briefing import render_briefing  # noqa: PLC0415 # loaded only where it is wanted: `maps.choice`

    _write_text(path, render_briefing(shown.study, view=shown.view))


def _write_ranking(shown: Shown, path: Path) -> None:
    path.write_bytes(csv_bytes(ranking_table(shown.study)))


def _write_workbook(shown: Shown, path: Path) -> None:
    from maps.workbook import workbook_bytes  # noqa: PLC0415 # loaded only where it is wanted: `maps.choice`

    path.write_bytes(workbook_bytes(shown.study, view=shown.view))


def _write_gaps(shown: Shown, path: Path) -> None:
    path.write_bytes(csv_bytes(gaps_table(shown.study)))


def _write_sections(shown: Shown, path: Path) -> None:
    path.write_bytes(csv_bytes(ranking_table(shown.study, of="sections")))


def _write_strips(shown: Shown, path: Path) -> None:
    """Write a file per highway: "strip-i-55.svg" for "strip.svg"."""
    along, view, bands = shown.study.along, shown.view, shown.view.place.bands_min
    for strip in along.strips if along else ():
        file = path.with_name(f"{path.stem}-{slug(strip.route_id)}{path.suffix}")
        title, footer = file_words(strip, view)
        if path.suffix == ".png":
            from maps.static_strip import strip_png  # noqa: PLC0415 # loaded only where it is wanted: `maps.choice`

            file.write_bytes(strip_png(strip, view.texts, bands_min=bands, title=title, footer=footer))
        else:
            chart = strip_svg(strip, view.texts, bands_min=bands, standalone=True, title=title, footer=footer)
            _write_text(file, chart)


def _write_areas(shown: Shown, path: Path) -> None:
    write_layers(geo_layers(shown.study), path)


def _write_manifest(shown: Shown, path: Path) -> None:
    path.write_bytes(manifest_bytes(shown.study))


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


WRITERS: Mapping[str, Callable[[Shown, Path], None]] = MappingProxyType(
    {
        "map.html": _write_map,
        "map.png": _write_static_map,
        "map.svg": _write_static_map,
        "map.pdf": _write_static_map,
        "briefing.html": _write_briefing,
        "ranking.csv": _write_ranking,
        "ranking.xlsx": _write_workbook,
        "gaps.csv": _write_gaps,
        "sections.csv": _write_sections,
        "strip.svg": _write_strips,
        "strip.png": _write_strips,
        "areas.gpkg": _write_areas,
        "manifest.json": _write_manifest,
    }
)
"""What writes each of `OUTPUTS`."""

LONGEST = (("map.html", "areas.gpkg"), ("map.pdf", "map.svg", "map.png"), ("briefing.html", "strip.png"))
"""Outputs that take longest, those of one sheet together: of enough processes each begins with one group."""


def _queues(names: Sequence[str]) -> list[list[str]]:
    """Return the outputs in queues; those that take little time come last, when a process has nothing else to do."""
    *first, last = ([name for name in group if name in names] for group in LONGEST)
    others = [name for name in names if not any(name in group for group in LONGEST)]
    return [queue for queue in (*first, last + others) if queue]


def write_outputs(
    study: Study,
    folder: Path,
    *,
    progress: Callable[[str], None],
    audience: Audience = "public",
    names: Sequence[str] = tuple(OUTPUTS),
) -> tuple[Path, ...]:
    """Write outputs into `folder`; they appear there together, or not at all.

    Parameters
    ----------
    study
        The finished analysis.
    folder
        Created when missing; other files in it stay.
    progress
        Called with what is being done.
    audience
        For whom: how much is said of the number of confidential providers.
    names
        Which of `OUTPUTS`: see `choose_outputs`.

    Returns
    -------
    tuple of pathlib.Path
        The files, in the order of `OUTPUTS`.

    Raises
    ------
    OutputError
        If the folder cannot be written, or a result would replace an input; earlier outputs are then untouched.
    AuditError
        If anything written would give a confidential provider away; nothing of it is kept.
    """
    _refuse_inputs(study, folder, names)
    load_libraries(names)
    told = for_audience(study, audience)
    shown = Shown(told, make_view(told))
    names = [name for name in names if name != SECTIONS or study.sections is not None]
    with staged(folder) as stage:
        progress("Writing the results …")
        writer = _Writer(shown, study, stage, search_for(study), progress)
        found = list(chain.from_iterable(spread([[partial(writer.write, name) for name in q] for q in _queues(names)])))
        written = [path.name for name in names for path in _files_of(name, stage)]
        progress("Searching them for anything confidential …")
        earlier = [searched for searched, _ in found]
        tried = next((attack for _, attack in found if attack), None)
        audit = audit_study(stage, study, search=writer.search, earlier=earlier, tried=tried)
        require_clean(audit, kept_back=True)
    return tuple(folder / name for name in written)


def _refuse_inputs(study: Study, folder: Path, names: Sequence[str]) -> None:
    """Refuse a folder in which a result would take the place of an input, also where case makes no difference."""
    here = folder.resolve()
    patterns = [pattern.casefold() for name in names for pattern in (name, f"{Path(name).stem}-*{Path(name).suffix}")]
    problems = [
        Problem(
            "is one of the inputs, and a result would replace it.",
            file=record.path,
            remedy="Choose another folder with --out.",
        )
        for record in study.files
        if record.path.parent == here and any(fnmatchcase(record.path.name.casefold(), p) for p in patterns)
    ]
    if problems:
        raise OutputError(problems)


@dataclass(frozen=True, eq=False)
class _Writer:
    """Writes outputs into a folder and searches each at once, while other processors are busy with others."""

    shown: Shown
    study: Study
    stage: Path
    search: Search
    progress: Callable[[str], None]

    def write(self, name: str) -> tuple[Searched, Attack | None]:
        """Return what the search finds in an output once it is written, and what its minutes say, if it has any."""
        self.progress(f"Writing {name} …")
        WRITERS[name](self.shown, self.stage / name)
        attack = attack_study(self.stage, self.study, self.search) if name == AREAS else None
        return self.search.look(_files_of(name, self.stage), self.stage), attack


def _files_of(name: str, stage: Path) -> list[Path]:
    """Return the files of an output: one of its own name, or several such as "strip-i-55.svg"."""
    own = stage / name
    return sorted({*stage.glob(name), *stage.glob(f"{own.stem}-*{own.suffix}")})


def geo_layers(study: Study) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers of the GeoPackage in longitude and latitude.

    Only public providers are in it: a confidential one appears nowhere as a point.
    """
    ranking = ranking_table(study).set_index("area_id").drop(columns="name")
    areas = study.areas[["name", "geometry"]].join(ranking).reset_index()
    providers = study.providers.loc[study.providers["public"], list(PROVIDER_COLUMNS)]
    if study.along is not None:
        providers = providers.join(study.along.provider_exits)
    return {
        "areas": to_wgs84(areas),
        "corridor": to_wgs84(held_until(study.corridor, study)),
        "venues": to_wgs84(held_until(study.venues, study)),
        "providers": to_wgs84(held_until(providers, study)),
    }
