"""Every error a planner can cause, and the exit code each one ends the program with."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

MAX_ROWS_NAMED = 8


def printable(text: str) -> str:
    r"""Return text as it may be sent to a terminal: one line, and nothing in it that a terminal would obey.

    Names of files and columns, and values of a project file, may hold escape sequences or change the direction of text.

    Examples
    --------
    >>> printable("a\x1b[31m\n\u202eb")
    'a�[31m �b'
    """
    return "".join(" " if sign.isspace() else sign if sign.isprintable() else "\ufffd" for sign in text)


def rows_in_words(rows: Sequence[int]) -> str:
    """Return row numbers for a message: the first of them, and how many more there are.

    Examples
    --------
    >>> rows_in_words([3]), rows_in_words(range(2, 12))
    ('row 3', 'rows 2, 3, 4, 5, 6, 7, 8, 9 and 2 more')
    """
    shown = ", ".join(str(row) for row in rows[:MAX_ROWS_NAMED])
    more = len(rows) - MAX_ROWS_NAMED
    return f"{'row' if len(rows) == 1 else 'rows'} {shown}" + (f" and {more} more" if more > 0 else "")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, said so that a planner can mend it.

    Parameters
    ----------
    message
        What is wrong, without the place where it is.
    file
        The file concerned. Only its name is printed.
    column
        The column (or project key) concerned.
    rows
        Row numbers as a spreadsheet shows them: the header is row 1.
    remedy
        What to do about it.
    """

    message: str
    file: Path | None = None
    column: str | None = None
    rows: tuple[int, ...] = ()
    remedy: str | None = None

    def __str__(self) -> str:
        """Return the problem as one line: place, message, remedy."""
        # Without a file the problem lies in the project, whose entries are keys.
        noun = "column" if self.file and self.file.suffix != ".toml" else "key"
        places = [self.file.name if self.file else "", f"{noun} {self.column!r}" if self.column else ""]
        places += [rows_in_words(self.rows)] if self.rows else []
        place = ", ".join(part for part in places if part)
        line = f"{place}: {self.message}" if place else self.message
        return printable(f"{line} {self.remedy}" if self.remedy else line)


def with_rows_together(problems: Sequence[Problem]) -> list[Problem]:
    """Return problems that differ by their rows alone as one, and each of the others once.

    Examples
    --------
    >>> with_rows_together([Problem("is empty.", rows=(3,)), Problem("is empty.", rows=(2,))])[0].rows
    (2, 3)
    """
    rows: dict[Problem, set[int]] = {}
    for problem in problems:
        rows.setdefault(replace(problem, rows=()), set()).update(problem.rows)
    return [replace(problem, rows=tuple(sorted(numbers))) for problem, numbers in rows.items()]


class OutreachError(Exception):
    """Root of all errors that the command line shows without a traceback.

    Parameters
    ----------
    problems
        All problems of the stage that failed, or one message.
    """

    def __init__(self, problems: Sequence[Problem] | str) -> None:
        self.problems: tuple[Problem, ...] = (Problem(problems),) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ProjectError(OutreachError, ValueError):
    """The project file cannot be read or says something impossible."""


class InputError(OutreachError, ValueError):
    """An input file is missing, unreadable or holds values that cannot be used."""


class NetworkError(OutreachError, ValueError):
    """The roads cannot serve the study: no such highway, or nothing is connected to them."""


class OutputError(OutreachError, OSError):
    """The results cannot be written."""


class AuditError(OutreachError, ValueError):
    """The results hold something that gives a confidential provider away."""


@contextmanager
def keys_of(project_file: Path) -> Iterator[None]:
    """Name the project file in problems of its keys that only show when other files are read.

    Parameters
    ----------
    project_file
        The file; what finds such a problem knows the key alone.
    """
    try:
        yield
    except OutreachError as error:
        whose = [p if p.file or not p.column else replace(p, file=project_file) for p in error.problems]
        raise type(error)(whose) from None


EXIT_CODES: dict[type[OutreachError], int] = {
    OutreachError: 1,
    ProjectError: 3,
    InputError: 4,
    NetworkError: 5,
    OutputError: 6,
    AuditError: 7,
}
"""Exit code of each error. 0 is success, 2 is click's own usage error, 130 an interrupted run."""
