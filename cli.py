"""The command line: the only place that prints. Results go to stdout or files, progress and errors to stderr.

Each command loads what it works with, so that none waits for the libraries of another.
"""

from __future__ import annotations

import signal
import threading

QUIETLY = (
    threading.current_thread() is threading.main_thread()
    and signal.getsignal(signal.SIGINT) is signal.default_int_handler
)
if QUIETLY:  # Ctrl-C while this is loaded ends the program at once: nothing has begun that is to be told.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import atexit
import datetime as dt
import gc
import json
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from geo.errors import EXIT_CODES, OutreachError, Problem, printable
from geo.loading import loading, seldom_collecting
from geo.signals import ENDING, answered
from geo.version import version
from maps.choice import choose_outputs, load_libraries

if TYPE_CHECKING:
    import pandas as pd

    from geo.inputs import Inputs
    from geo.project import Project
    from layers.disclosure import Audience
    from layers.study import Study

if QUIETLY:
    signal.signal(signal.SIGINT, signal.default_int_handler)
atexit.register(gc.freeze)  # At the very end all memory goes back to the system: nothing is looked through for garbage.

EXIT_INTERRUPTED, EXIT_SIGNAL = 130, 128
TOP = 10
MEGABYTE = 1_000_000

ProjectPath = click.Path(path_type=Path)

Command = TypeVar("Command", bound=Callable[..., object])


def _audience(default: Audience, *, help: str) -> Callable[[Command], Command]:  # noqa: A002 - click's word
    """Return the option `--audience`."""
    kinds = click.Choice(["public", "taskforce"])
    return click.option("--audience", type=kinds, default=default, show_default=True, help=help)


class TerminatedError(KeyboardInterrupt):
    """The system asked the program to end: it cleans up as after Ctrl-C."""

    def __init__(self, number: int) -> None:
        self.exit_code = EXIT_SIGNAL + number
        super().__init__()


def _terminate(number: int, _: object) -> None:
    raise TerminatedError(number)


class OutreachGroup(click.Group):
    """A command group that turns a planner's mistake into one clear message and its exit code."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Run the command; see `geo.errors.EXIT_CODES` for the exit codes."""
        try:
            with answered(ENDING, _terminate), seldom_collecting():
                return super().invoke(ctx)
        except OutreachError as error:
            for problem in error.problems:
                click.secho(f"Error: {problem}", fg="red", err=True)
            ctx.exit(next(EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES))
        except KeyboardInterrupt as error:
            click.echo("Interrupted. Nothing was changed.", err=True)
            ctx.exit(error.exit_code if isinstance(error, TerminatedError) else EXIT_INTERRUPTED)


@click.group(cls=OutreachGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(version(), prog_name="outreach")
def main() -> None:
    """Plan outreach to survivors of human trafficking along highway corridors.

    Reads highways and places from OpenStreetMap, service providers and people from your own files, works out who is far
    from help, and ranks the underserved areas. Start with: outreach example my-study

    Exit codes: 0 success, 2 wrong usage, 3 the project file, 4 an input file, 5 the roads or highways, 6 writing the
    results, 7 something confidential in the results, 130 interrupted.
    """


@main.command()
@click.argument("folder", type=ProjectPath)
def example(folder: Path) -> None:
    """Write a small ready study into FOLDER: project.toml and its inputs. Runs offline."""
    from geo.example_study import write_example

    project_file = write_example(folder)
    _say(f"Example study written. Next: outreach map {project_file}")


@main.command()
@click.argument("project", type=ProjectPath)
@click.option("--server", metavar="URL", help="Overpass server to ask. [default: the public one of overpass-api.de]")
def fetch(project: Path, server: str | None) -> None:
    """Download the roads and places around the areas of PROJECT, into the road file that it names and that is missing.

    The only command that uses the network. It sends squares around your areas to a server of OpenStreetMap data, and
    nothing of your providers or people. For a few counties; for a whole state, download the extract of the state.
    """
    with loading():
        from geo.overpass import SERVER, fetch_roads  # nothing else may open a connection
        from geo.project_file import load_project

    with _progress() as say:
        written = fetch_roads(load_project(project), server=server or SERVER, progress=say)
    _say(f"Written: {written}")
    click.echo("© OpenStreetMap contributors, ODbL. Next: outreach check " + printable(str(project)))


@main.command()
@click.argument("project", type=ProjectPath)
@_audience("taskforce", help="Who will see what is printed: for the public no small number of confidential providers.")
def check(project: Path, audience: Audience) -> None:
    """Validate PROJECT (a project.toml) and all its inputs, and report every problem at once."""
    plan, inputs = _load(project)
    with loading():
        from geo.doubts import doubts
        from geo.records import noun
        from layers.disclosure import input_report

    said = input_report(inputs, audience)
    for record in said.files:
        rows = "" if record.rows is None else f": {record.rows:,} {noun(record.rows, 'row')}"
        _say(f"{record.path.name}{rows}" + "".join(f"; {note}" for note in record.notes))
    for dropped in said.dropped:
        _say(f"{dropped.source}: " + ("" if dropped.count is None else f"{dropped.count:,} ") + dropped.reason)
    click.echo(said.providers)
    _warn(doubts(plan, undrawn=inputs.undrawn, today=_today(), name_hidden=audience == "taskforce"))
    click.echo("No problems found.")


@main.command()
@click.argument("folder", type=ProjectPath)
@click.option(
    "--providers", "files", type=ProjectPath, multiple=True, required=True, help="A provider file; repeat it."
)
def audit(folder: Path, files: tuple[Path, ...]) -> None:
    """Search every file in FOLDER for anything that gives a confidential row of the provider files away.

    Looks inside pages, GeoPackages, workbooks, PDF and pictures for names, addresses, phone numbers, links and
    coordinates, and tries to find the places from the published minutes. Ends with exit code 7 when it finds something.
    """
    with loading():
        from maps.audit import audit_files, require_clean

    with _progress() as say:
        say(f"Searching {folder} …")
        result = audit_files(folder, files)
    for line in result.lines():
        _say(line)
    require_clean(result)
    click.echo("Nothing confidential found.")


@main.command("map")
@click.argument("project", type=ProjectPath)
@click.option("--out", type=ProjectPath, help="Folder for the results. [default: out beside PROJECT]")
@_audience("public", help="Who will see it: for the public no small number of confidential providers is said.")
@click.option("--only", multiple=True, metavar="NAME", help="Write only this file, or all of this stem; repeat it.")
@click.option("--skip", multiple=True, metavar="NAME", help="Do not write this file, or any of this stem; repeat it.")
def map_(project: Path, out: Path | None, audience: Audience, only: tuple[str, ...], skip: tuple[str, ...]) -> None:
    """Make the map of PROJECT for screen and paper, its briefing, tables and manifest.

    Nothing appears when anything in it would give a confidential provider away.

    NAME is a file name such as map.png, or a stem such as map for all four maps. The manifest is always written.
    """
    try:
        names = choose_outputs(only, skip)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    study = _study(project, meanwhile=partial(load_libraries, names))
    from maps.outputs import write_outputs  # is loaded: while another process ranked
    from maps.tables import ranking_table

    folder = out or project.parent / "out"
    with _progress() as say:
        written = write_outputs(study, folder, progress=say, audience=audience, names=names)
    _print_table(ranking_table(study).head(TOP), noun=study.project.areas.singular)
    _say_how_long(study.project)
    click.echo("")
    for path in written:
        _say(str(path))


@main.command()
@click.argument("project", type=ProjectPath)
@click.option("--top", type=click.IntRange(min=1), help="Print only the first N areas.")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@click.option(
    "--areas",
    "of",
    type=click.Choice(["areas", "sections"]),
    default="areas",
    show_default=True,
    help="Rank the areas of the project, or sections of its highways.",
)
@_audience("public", help="Who will see it: for the public nothing that counts confidential providers is said.")
def rank(project: Path, top: int | None, form: str, of: Literal["areas", "sections"], audience: Audience) -> None:
    """Print the ranking of PROJECT."""
    study = _study(project, sections=of == "sections")
    with loading():
        from layers.disclosure import for_audience
        from maps.tables import UNREACHABLE, csv_bytes, ranking_table

    study = for_audience(study, audience)
    table = ranking_table(study, of=of)
    table = table.head(top) if top else table
    if form == "table":
        _print_table(table, noun="section" if of == "sections" else study.project.areas.singular)
        _say_how_long(study.project)
    elif form == "csv":
        sys.stdout.buffer.write(csv_bytes(table))
    else:
        rows = table.astype(object).where(table.notna(), None).replace(float("inf"), UNREACHABLE)
        click.echo(json.dumps(rows.to_dict(orient="records"), ensure_ascii=False, indent=2, allow_nan=False))


@main.group()
def cache() -> None:
    """Show or empty the road cache, in which road networks and highways are kept so that later runs are quick.

    With PROJECT it is the cache that this project uses, else your own. It holds nothing but what stands in road files
    and the outlines of areas.
    """


@cache.command("list")
@click.argument("project", type=ProjectPath, required=False)
def cache_list(project: Path | None) -> None:
    """List what the cache holds, what was used last first."""
    folder = _cache_folder(project)
    from geo.cache import entries  # is loaded by now

    for entry in entries(folder) if folder else ():
        made_of = ", ".join(entry.sources) or "damaged, will be made anew"
        _say(f"{entry.path.stem}  {entry.size / MEGABYTE:,.0f} MB  {made_of}")
    _say(f"Folder: {folder}" if folder else "The road cache is switched off.")


@cache.command("clear")
@click.argument("project", type=ProjectPath, required=False)
def cache_clear(project: Path | None) -> None:
    """Remove everything from the cache; later runs fill it again."""
    folder = _cache_folder(project)
    from geo.cache import clear  # is loaded by now
    from geo.records import noun

    count, size = clear(folder) if folder else (0, 0)
    click.echo(f"Removed {count:,} {noun(count, 'file')}, {size / MEGABYTE:,.0f} MB.")


def _cache_folder(project: Path | None) -> Path | None:
    with loading():
        from geo.cache import cache_folder
        from geo.project_file import load_project

    return cache_folder(load_project(project).roads.cache if project else None)


def _load(path: Path) -> tuple[Project, Inputs]:
    with loading():
        from geo.fingerprints import fingerprints
        from geo.project_file import load_project

    project = load_project(path)
    with ThreadPoolExecutor(1) as aside, _progress() as say:
        seen = aside.submit(fingerprints, project.roads.osm)
        with loading():
            from geo.inputs import load_inputs

        return project, load_inputs(project, seen=seen.result, progress=say)


def _study(path: Path, *, sections: bool = False, meanwhile: Callable[[], None] = lambda: None) -> Study:
    project, inputs = _load(path)
    with loading():
        from geo.project import Sections
        from layers.study import make_study

    if sections and project.sections is None:
        project = project.model_copy(update={"sections": Sections()})
    with _progress() as say:
        return make_study(project, inputs, progress=say, meanwhile=meanwhile)


def _today() -> dt.date:
    """Return the day on the planner's own calendar."""
    return dt.datetime.now().astimezone().date()


def _say(line: str) -> None:
    """Print a line of the results; names in it may come from anybody."""
    click.echo(printable(line))


def _warn(doubts: list[Problem]) -> None:
    """Say on stderr what is not wrong but should be looked at."""
    for doubt in doubts:
        click.secho(f"Warning: {doubt}", fg="yellow", err=True)


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Show on stderr what is being done: a spinner on a terminal, plain lines elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda doing: click.echo(printable(doing), err=True)
        return
    with console.status("Starting …") as status:
        # A process that works beside has no spinner of its own, and would wait for ever for the lock of this one.
        here = os.getpid()
        yield lambda doing: status.update(Text(printable(doing))) if os.getpid() == here else None


def _print_table(table: pd.DataFrame, *, noun: str) -> None:
    """Print what is ranked, each a `noun`, with the figures that explain their rank."""
    from maps.tables import UNREACHABLE
    from maps.texts import load_texts

    view = Table(box=None, pad_edge=False, header_style="bold")
    view.add_column("Rank", justify="right")
    view.add_column("90 % range")
    view.add_column(Text(printable(noun.capitalize())))
    for heading in ("Priority", "Gap", "Need", "Reach", "Minutes*", "People"):
        view.add_column(heading, justify="right")
    number = load_texts("en").number  # halves go up, as on the page
    for row in table.to_dict(orient="records"):
        minutes = UNREACHABLE if row["minutes_worst"] == float("inf") else number(row["minutes_worst"])
        cells = [
            row["rank"], f"{row['rank_low']}–{row['rank_high']}", row["name"], number(row["priority"], 1),
            *(number(row[part], 2) for part in ("access_gap", "need", "reach")), minutes, number(row["population"]),
        ]  # fmt: skip
        view.add_row(*(Text(printable(str(cell))) for cell in cells))
    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
    console.print(view)
    console.print(
        "* to the farthest of the required services, mean over the people who can reach them all", style="dim"
    )


def _say_how_long(project: Project) -> None:
    """Print until when the results may be used, and where to call."""
    from maps.help_line import help_line
    from maps.texts import load_texts

    texts = load_texts(project.language)
    late = dt.datetime.now(tz=dt.UTC).date() > project.expires_on
    said = texts("page.expired" if late else "page.review_then", date=texts.date(project.expires_on))
    click.secho(f"\n{said}\n{printable(help_line(project))}", fg="yellow" if late else None)


if __name__ == "__main__":
    main()
