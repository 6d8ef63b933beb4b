"""Outputs appear whole or not at all: written beside their folder first, moved into it when all are complete.

Where the system can, the new folder and the old one change places in one step, with everything else that lies in it.
Elsewhere the moment that decides is one rename, of a folder with the complete new files. The old files then go before
the new ones come, the manifest last, so that old and new are never seen together; what a killed run leaves of that is
finished by the next one. What killed runs leave behind goes with the next run, too.
"""

import contextlib
import errno
import glob
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from geo.errors import OutputError, Problem
from geo.swap import forget, in_the_way, put_away, swap, was_replaced
from geo.workspace import is_at, lock

WAIT_S = 60
"""How long a run waits for another one that is writing into the same folder, in seconds."""

_WRITING, _COMPLETE, _STARTED = ".writing-", ".complete", ".started"
_LAST = "manifest.json"


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """Give an empty folder to write into; move its files into `folder` when the block ends well.

    Until then `folder` stays as it was, and when the block fails nothing is left behind. Files of `folder` that the
    block did not write stay. A symbolic link in the place of an output is replaced, never followed. Of two runs at once
    the second waits for the first.

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
        If `folder` cannot be written, is a symbolic link, or another run keeps writing into it.
    """
    try:  # a name may be too long, or stand where nobody may look
        is_link, created = folder.is_symlink(), not folder.exists()
    except OSError as error:
        raise _refusal(folder, error) from None
    if is_link:
        remedy = "Name the folder itself with --out."
        raise OutputError(
            [Problem("is a symbolic link; results are not written through one.", file=folder, remedy=remedy)]
        )
    try:
        folder = folder.absolute()
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder) as keep_alone:
            _tidy(folder)
            stage = _new_stage(folder)
            try:
                yield stage
                keep_alone(stage)
                _publish(stage, folder)
            finally:
                _tidy(folder)
    except OutputError:
        raise
    except OSError as error:
        raise _refusal(folder, error) from None
    finally:
        if created:
            with contextlib.suppress(OSError):
                folder.rmdir()  # only when nothing came of it


def _new_stage(folder: Path) -> Path:
    """Make an empty folder on the same file system: beside `folder` where that may be written, else in it."""
    try:
        stage = Path(tempfile.mkdtemp(prefix=f".{folder.name}{_WRITING}", dir=folder.parent))
    except OSError:
        return Path(tempfile.mkdtemp(prefix=_WRITING, dir=folder))
    if stage.stat().st_dev != folder.stat().st_dev:  # the folder is a mount
        stage.rmdir()
        return Path(tempfile.mkdtemp(prefix=_WRITING, dir=folder))
    return stage


def _publish(stage: Path, folder: Path) -> None:
    """Let complete files appear."""
    names = [path.name for path in sorted(stage.iterdir())]
    if obstacle := in_the_way(folder, names):
        raise IsADirectoryError(errno.EISDIR, f"{obstacle.name} is a folder")
    for name in names:
        _flush(stage / name)
    _flush(stage)
    at_home = Path.cwd().is_relative_to(folder.resolve())  # a shell that stands in it would be left in the old one
    if not at_home and stage.parent == folder.parent and swap(stage, folder):
        _flush(folder.parent)
        return
    stage.chmod(folder.stat().st_mode & 0o7777)
    stage.rename(folder / _COMPLETE)
    _flush(folder)


def _tidy(folder: Path) -> None:
    """Finish what a run that was cut off had complete, and remove what it had not."""
    complete = folder / _COMPLETE
    if complete.is_dir() and not complete.is_symlink():
        _move_out(complete, folder)
    forget(folder)
    for debris in (*folder.glob(f"{_WRITING}*"), *folder.parent.glob(f".{glob.escape(folder.name)}{_WRITING}*")):
        if was_replaced(debris):
            with contextlib.suppress(OSError, ValueError):  # what cannot be brought over stays where it is
                put_away(debris, folder)
        else:
            shutil.rmtree(debris, ignore_errors=True)


def _move_out(complete: Path, folder: Path) -> None:
    """Replace files by those of a complete set: first the old ones go, then the new ones come, the manifest last.

    However far that gets, all that can be seen is of one run.
    """
    started = complete / _STARTED
    if not started.exists():
        for path in complete.iterdir():
            (folder / path.name).unlink(missing_ok=True)
        started.touch()
    for path in sorted(complete.iterdir(), key=lambda path: (path.name == _LAST, path.name)):
        if path != started:
            path.replace(folder / path.name)
    started.unlink()
    complete.rmdir()
    _flush(folder)


def _flush(path: Path) -> None:
    """Wait until a file or folder is on the disk: a power cut cannot then leave an empty file under its final name."""
    if path.is_dir() and sys.platform == "win32":
        return
    handle = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)  # Windows flushes what it may write
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


if sys.platform == "win32":

    @contextmanager
    def _alone(folder: Path) -> Iterator[Callable[[Path], None]]:
        """Keep other runs out: by a file that the system removes when this run ends, however it ends."""
        try:
            handle = os.open(folder / ".lock", os.O_CREAT | os.O_EXCL | os.O_TEMPORARY)
        except FileExistsError:
            raise _taken(folder) from None
        try:
            yield lambda _: None
        finally:
            os.close(handle)

else:

    @contextmanager
    def _alone(folder: Path) -> Iterator[Callable[[Path], None]]:
        """Keep other runs out: by a lock on the folder itself, which ends with this run, however it ends.

        Yields a function that locks another folder as well: the one that is about to take its place.
        """
        deadline = time.monotonic() + WAIT_S
        handle, free = _locked(folder)
        while not free:
            if time.monotonic() > deadline:
                raise _taken(folder)
            time.sleep(0.1)
            handle, free = _locked(folder)
        handles = [handle]
        try:
            yield lambda other: handles.append(lock(other)[0])
        finally:
            for handle in handles:
                if handle is not None:
                    os.close(handle)

    def _locked(folder: Path) -> tuple[int | None, bool]:
        """Return an open handle of the folder that holds its lock, and whether the folder is free for this run.

        On a file system without locks it always is: the renames still keep the files whole.
        """
        handle, known = lock(folder)
        if handle is None:
            return None, not known
        if is_at(handle, folder):
            return handle, True
        os.close(handle)  # another run has just put a new folder in its place
        return None, False


def _taken(folder: Path) -> OutputError:
    remedy = "Wait until it is done, or choose another folder with --out."
    return OutputError([Problem("another run is writing into this folder.", file=folder, remedy=remedy)])


def _refusal(folder: Path, error: OSError) -> OutputError:
    reason = error.strerror or str(error)
    return OutputError(
        [Problem(f"cannot be written: {reason}.", file=folder, remedy="Choose another folder with --out.")]
    )
