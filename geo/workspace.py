"""Folders for unfinished work, locked while their run lives: so the next run can clear away those of killed ones."""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ABANDONED_S = 86_400
"""Where folders cannot be locked, those older than this, in seconds, are taken for abandoned."""


@contextmanager
def workspace(parent: Path, prefix: str) -> Iterator[Path]:
    """Give an empty folder, gone when the block ends; first remove those whose runs were killed.

    Parameters
    ----------
    parent
        The folder to make it in.
    prefix
        What its name begins with. Every folder of this user in `parent` with such a name is taken for a workspace.

    Raises
    ------
    OSError
        If `parent` cannot be written.
    """
    remove_abandoned(parent, prefix)
    folder, handle = _made(parent, prefix)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        _release(handle)


def remove_abandoned(parent: Path, prefix: str) -> None:
    """Remove the workspaces of runs that were killed, as far as they can be removed."""
    for folder in parent.glob(f"{prefix}*"):
        try:
            if folder.is_symlink() or not folder.is_dir() or not _is_ours(folder):
                continue
            handle, known = lock(folder)
        except OSError:
            continue
        if handle is not None or (not known and folder.stat().st_mtime < time.time() - ABANDONED_S):
            shutil.rmtree(folder, ignore_errors=True)
        _release(handle)


def is_at(handle: int, folder: Path) -> bool:
    """Return whether an open folder is still the one of that name."""
    return folder.exists() and os.path.samestat(os.fstat(handle), folder.stat())


def _made(parent: Path, prefix: str) -> tuple[Path, int | None]:
    """Make a folder and lock it; anew when another run has cleared it away before it was locked."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        try:
            handle, known = lock(folder)
        except FileNotFoundError:
            continue
        if not known or (handle is not None and is_at(handle, folder)):
            return folder, handle
        _release(handle)


def _release(handle: int | None) -> None:
    if handle is not None:
        os.close(handle)


if sys.platform == "win32":

    def _is_ours(folder: Path) -> bool:
        return folder.exists()

    def lock(folder: Path) -> tuple[int | None, bool]:
        """Return that nothing is known: a folder cannot be locked here."""
        return None, not folder.exists()

else:
    import fcntl

    def _is_ours(folder: Path) -> bool:
        return folder.stat().st_uid == os.geteuid()

    def lock(folder: Path) -> tuple[int | None, bool]:
        """Try to lock a folder; the lock ends with the process, however that ends.

        Returns
        -------
        tuple
            The open folder, None when there is no lock; and whether that means that another run has it: False where the
            file system knows no locks.
        """
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(handle)
            return None, isinstance(error, BlockingIOError)
        return handle, True
