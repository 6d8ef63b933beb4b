"""Outputs appear whole or not at all: written beside their folder first, moved into it when all are complete.

Where the folder holds nothing but earlier outputs, old and new folder change places in one step of the system. Else the
moment that decides is one rename, of a folder with the complete new files, from which they are then moved: a run killed
before it has changed nothing, and one killed after it is finished by the next run. What killed runs leave behind goes
with the next run, too.
"""

import contextlib
import ctypes
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

WAIT_S = 60
"""How long a run waits for another one that is writing into the same folder, in seconds."""

_WRITING, _COMPLETE = ".writing-", ".complete"


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
    if folder.is_symlink():
        remedy = "Name the folder itself with --out."
        raise OutputError(
            [Problem("is a symbolic link; results are not written through one.", file=folder, remedy=remedy)]
        )
    created = not folder.exists()
    try:
        folder = folder.absolute()
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder) as still_alone:
            _tidy(folder)
            stage = _new_stage(folder)
            try:
                yield stage
                _publish(stage, folder)
            finally:
                shutil.rmtree(stage, ignore_errors=True)
                if still_alone():
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
    names = set()
    for path in sorted(stage.iterdir()):
        names.add(path.name)
        _flush(path)
    stage.chmod(folder.stat().st_mode & 0o7777)
    _flush(stage)
    nothing_else = all(path.name in names and not path.is_dir() for path in folder.iterdir())
    if (
        nothing_else
        and folder.resolve() != Path.cwd()
        and stage.parent == folder.parent
        and _change_places(stage, folder)
    ):
        _flush(folder.parent)
        return
    stage.rename(folder / _COMPLETE)
    _flush(folder)
    _tidy(folder)


def _change_places(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; return whether the system can."""
    names = (os.fsencode(one), os.fsencode(other))
    try:
        system = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            return bool(system.renamex_np(*names, 2) == 0)
        return bool(system.renameat2(-100, names[0], -100, names[1], 2) == 0)
    except (AttributeError, OSError, TypeError):  # not on this system
        return False


def _tidy(folder: Path) -> None:
    """Finish what a run that was cut off had complete, and remove what it had not."""
    complete = folder / _COMPLETE
    if complete.is_dir() and not complete.is_symlink():
        for path in sorted(complete.iterdir()):
            path.replace(folder / path.name)
        complete.rmdir()
        _flush(folder)
    for debris in (*folder.glob(f"{_WRITING}*"), *folder.parent.glob(f".{glob.escape(folder.name)}{_WRITING}*")):
        shutil.rmtree(debris, ignore_errors=True)


def _flush(path: Path) -> None:
    """Wait until a file or folder is on the disk: a power cut cannot then leave an empty file under its final name."""
    if path.is_dir() and sys.platform == "win32":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


if sys.platform == "win32":

    @contextmanager
    def _alone(folder: Path) -> Iterator[Callable[[], bool]]:
        """Keep other runs out: by a file that the system removes when this run ends, however it ends."""
        try:
            handle = os.open(folder / ".lock", os.O_CREAT | os.O_EXCL | os.O_TEMPORARY)
        except FileExistsError:
            raise _taken(folder) from None
        try:
            yield lambda: True
        finally:
            os.close(handle)

else:
    import fcntl

    @contextmanager
    def _alone(folder: Path) -> Iterator[Callable[[], bool]]:
        """Keep other runs out: by a lock on the folder itself, which ends with this run, however it ends.

        Once another folder is in its place, that one may be locked by the next run: what is yielded tells.
        """
        deadline = time.monotonic() + WAIT_S
        handle = _locked(folder)
        while handle is None:
            if time.monotonic() > deadline:
                raise _taken(folder)
            time.sleep(0.1)
            handle = _locked(folder)
        try:
            yield lambda: _is_at(handle, folder)
        finally:
            os.close(handle)

    def _locked(folder: Path) -> int | None:
        """Return an open handle of the folder that holds its lock; None while another run has it."""
        handle = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        except OSError:
            return handle  # a file system without locks: the renames still keep the files whole
        if _is_at(handle, folder):
            return handle
        os.close(handle)  # another run has just put a new folder in its place
        return None


def _is_at(handle: int, folder: Path) -> bool:
    """Return whether an open folder is still the one of that name."""
    return folder.exists() and os.path.samestat(os.fstat(handle), folder.stat())


def _taken(folder: Path) -> OutputError:
    remedy = "Wait until it is done, or choose another folder with --out."
    return OutputError([Problem("another run is writing into this folder.", file=folder, remedy=remedy)])


def _refusal(folder: Path, error: OSError) -> OutputError:
    reason = error.strerror or str(error)
    return OutputError(
        [Problem(f"cannot be written: {reason}.", file=folder, remedy="Choose another folder with --out.")]
    )
