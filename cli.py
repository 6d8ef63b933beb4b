"""The command line: the only place that prints. Results go to stdout or files, progress and errors to stderr."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

from geo.errors import EXIT_CODES, OutreachError
from geo.example_study import write_example
from geo.inputs import Inputs, load_inputs
from geo.project import Project
from geo.project_file import load_project
from layers.study import Study, make_study
from maps.manifest import version
from maps.outputs import write_outputs
from maps.tables import UNREACHABLE, csv_bytes, ranking_table

EXIT_INTERRUPTED = 130
TOP = 10

ProjectPath = click.Path(path_type=Path)


class OutreachGroup(click.Group):
    """A command group that turns a planner's mistake into one clear message and its exit code."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Run the command; see `geo.errors.EXIT_CODES` for the exit codes."""
        try:
            return super().invoke(ctx)
        except OutreachError as error:
            for problem in error.problems:
                click.secho(f"Error: {problem}", fg="red", err=True)
            ctx.exit(next(EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES))
        except KeyboardInterrupt:
            click.echo("Interrupted. Nothing was changed.", err=True)
            ctx.exit(EXIT_INTERRUPTED)


@click.group(cls=OutreachGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(version(), prog_name="outreach")
def main() -> None:
    """Plan outreach to survivors of human trafficking along highway corridors.

    Reads highways and places from OpenStreetMap, service providers and people from your own files, works out who is far
    from help, and ranks the underserved areas. Start with: outreach example my-study

    Exit codes: 0 success, 2 wrong usage, 3 the project file, 4 an input file, 5 the roads or highways, 6 writing the
    results, 130 interrupted.
    """


@main.command()
@click.argument("folder", type=ProjectPath)
def example(folder: Path) -> None:
    """Write a small ready study into FOLDER: project.toml and its inputs. Runs offline."""
    project_file = write_example(folder)
    click.echo(f"Example study written. Next: outreach map {project_file}")


@main.command()
@click.argument("project", type=ProjectPath)
def check(project: Path) -> None:
    """Validate PROJECT (a project.toml) and all its inputs, and report every problem at once."""
    _, inputs = _load(project)
    for record in inputs.files:
        click.echo(f"{record.path.name}: {record.rows:,} rows" + "".join(f"; {note}" for note in record.notes))
    for dropped in inputs.dropped:
        click.echo(f"{dropped.source}: {dropped.count:,} {dropped.reason}")
    confidential = int((~inputs.providers["public"]).sum())
    click.echo(
        f"{len(inputs.providers):,} providers, {confidential:,} of them confidential (used at a point of their region)"
    )
    click.echo("No problems found.")


@main.command("map")
@click.argument("project", type=ProjectPath)
@click.option("--out", type=ProjectPath, help="Folder for the results. [default: out beside PROJECT]")
def map_(project: Path, out: Path | None) -> None:
    """Make the map of PROJECT: map.html, ranking.csv, areas.gpkg and manifest.json."""
    study = _study(project)
    folder = out or project.parent / "out"
    with _progress() as say:
        written = write_outputs(study, folder, progress=say)
    _print_table(ranking_table(study).head(TOP), study)
    click.echo("")
    for path in written:
        click.echo(path)


@main.command()
@click.argument("project", type=ProjectPath)
@click.option("--top", type=click.IntRange(min=1), help="Print only the first N areas.")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
def rank(project: Path, top: int | None, form: str) -> None:
    """Print the ranking of PROJECT."""
    study = _study(project)
    table = ranking_table(study)
    table = table.head(top) if top else table
    if form == "table":
        _print_table(table, study)
    elif form == "csv":
        sys.stdout.buffer.write(csv_bytes(table))
    else:
        rows = table.astype(object).where(table.notna(), None).replace(float("inf"), UNREACHABLE)
        click.echo(json.dumps(rows.to_dict(orient="records"), ensure_ascii=False, indent=2, allow_nan=False))


def _load(path: Path) -> tuple[Project, Inputs]:
    project = load_project(path)
    with _progress() as say:
        return project, load_inputs(project, progress=say)


def _study(path: Path) -> Study:
    project, inputs = _load(path)
    with _progress() as say:
        return make_study(project, inputs, progress=say)


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Show on stderr what is being done: a spinner on a terminal, plain lines elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda doing: click.echo(doing, err=True)
        return
    with console.status("Starting …") as status:
        yield lambda doing: status.update(Text(doing))


def _print_table(table: pd.DataFrame, study: Study) -> None:
    """Print ranked areas with the figures that explain their rank."""
    view = Table(box=None, pad_edge=False, header_style="bold")
    view.add_column("Rank", justify="right")
    view.add_column("90 % range")
    view.add_column(study.project.areas.singular.capitalize())
    for heading in ("Priority", "Gap", "Need", "Reach", "Minutes*", "People"):
        view.add_column(heading, justify="right")
    for row in table.itertuples():
        minutes = UNREACHABLE if row.minutes_worst == float("inf") else f"{row.minutes_worst:.0f}"
        cells = [
            row.rank, f"{row.rank_low}–{row.rank_high}", row.name, f"{row.priority:.1f}", f"{row.access_gap:.2f}",
            f"{row.need:.2f}", f"{row.reach:.2f}", minutes, f"{row.population:,}",
        ]  # fmt: skip
        view.add_row(*(Text(str(cell)) for cell in cells))
    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
    console.print(view)
    console.print(
        "* to the farthest of the required services, mean over the people who can reach them all", style="dim"
    )


if __name__ == "__main__":
    main()
