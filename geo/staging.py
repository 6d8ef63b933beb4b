"""Outputs appear whole or not at all: written beside their folder first, moved into it when all are complete."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geo.errors import OutputError, Problem


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """Give an empty folder to write into; move its files into `folder` when the block ends well.

    Until then `folder` stays as it was, and when the block fails nothing is left behind. Files of `folder` that the
    block did not write stay.

    Parameters
    ----------
    folder
        Where the files shall appear. Created when missing.

    Yields
    ------
    pathlib.Path
        The empty folder, on the same file system.

    Raises
    ------
    OutputError
        If `folder` cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stage = Path(tempfile.mkdtemp(prefix=".writing-", dir=folder))
    except OSError as error:
        raise _refusal(folder, error) from None
    try:
        yield stage
        for path in sorted(stage.iterdir()):
            _flush(path)
        for path in sorted(stage.iterdir()):
            path.replace(folder / path.name)
    except OSError as error:
        raise _refusal(folder, error) from None
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _flush(path: Path) -> None:
    """Wait until the file is on the disk, so that a power cut cannot leave an empty file under its final name."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _refusal(folder: Path, error: OSError) -> OutputError:
    reason = error.strerror or str(error)
    return OutputError(
        [Problem(f"cannot be written: {reason}.", file=folder, remedy="Choose another folder with --out.")]
    )
