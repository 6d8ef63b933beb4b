"""Two folders change places in one step, and what others keep in the old one comes along.

Files that are not replaced become hard links in the new folder before the exchange: the same file in two folders.
After it the old folder is emptied; what somebody put there meanwhile, or changed, is brought over first. A note inside
the old folder says what was replaced, so that any later run can do that, too.
"""

import ctypes
import json
import os
import shutil
import sys
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

_NOTE = ".replaced"
_AT_CWD, _EXCHANGE, _SWAP = -100, 2, 2

MOST_CARRIED = 2_000
"""Files and folders that are carried over; where more lie, somebody keeps other things than results."""


def swap(new: Path, folder: Path) -> bool:
    """Put `new` in the place of `folder`, with everything of `folder` that `new` has no file for.

    Parameters
    ----------
    new
        The complete new files, in the same parent folder. Afterwards the old folder, for `put_away`.
    folder
        The folder that everybody knows.

    Returns
    -------
    bool
        False when that cannot be done here: nothing has changed then.
    """
    replaced = {path.name for path in new.iterdir()}
    try:
        others = [path for path in folder.iterdir() if path.name not in {*replaced, _NOTE}]
        if not _are_few(others):
            return False
        for path in others:
            _link(path, new / path.name)
        _make_alike(folder, new)
        (folder / _NOTE).write_text(json.dumps(sorted(replaced)), encoding="utf-8")
        if change_places(new, folder):
            return True
    except OSError:
        pass
    (folder / _NOTE).unlink(missing_ok=True)
    for path in new.iterdir():
        if path.name not in replaced:
            _remove(path)
    return False


def was_replaced(folder: Path) -> bool:
    """Return whether a folder is an old one whose place another has taken."""
    return (folder / _NOTE).is_file()


def forget(folder: Path) -> None:
    """Remove the note of an exchange that a killed run did not come to."""
    (folder / _NOTE).unlink(missing_ok=True)


def put_away(old: Path, new: Path) -> None:
    """Remove an old folder; what came into it since `new` was made is brought over first.

    Raises
    ------
    OSError
        If something cannot be brought over: the old folder stays.
    """
    replaced = {*json.loads((old / _NOTE).read_text(encoding="utf-8")), _NOTE}
    for path in sorted(old.iterdir()):
        if path.name not in replaced:
            _bring(path, new / path.name)
    shutil.rmtree(old)


def change_places(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; return whether the system can."""
    names = (os.fsencode(one), os.fsencode(other))
    try:
        system = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            return bool(system.renamex_np(*names, _SWAP) == 0)
        return bool(system.renameat2(_AT_CWD, names[0], _AT_CWD, names[1], _EXCHANGE) == 0)
    except (AttributeError, OSError, TypeError):  # not on this system
        return False


def _are_few(paths: Iterable[Path]) -> bool:
    """Return whether there are no more files and folders than are carried over, those in folders counted as well."""
    inside = (inner for path in paths for inner in (path, *(path.rglob("*") if _is_folder(path) else ())))
    return len(list(islice(inside, MOST_CARRIED + 1))) <= MOST_CARRIED


def _link(path: Path, to: Path) -> None:
    """Make a second name for a file; a folder is made anew, with second names for what is in it."""
    if not _is_folder(path):
        os.link(path, to, follow_symlinks=False)
        return
    to.mkdir()
    for inner in path.iterdir():
        _link(inner, to / inner.name)
    _make_alike(path, to)


def _make_alike(folder: Path, copy: Path) -> None:
    """Give a copy of a folder the same owner, rights and times."""
    wanted, own = folder.stat(), copy.stat()
    if (wanted.st_uid, wanted.st_gid) != (own.st_uid, own.st_gid):
        os.chown(copy, wanted.st_uid, wanted.st_gid)
    shutil.copystat(folder, copy)


def _bring(path: Path, to: Path) -> None:
    """Move a file to where it is missing, or where an older one lies; the same file under two names is left alone."""
    if _is_folder(path) and _is_folder(to):
        for inner in sorted(path.iterdir()):
            _bring(inner, to / inner.name)
    elif not os.path.lexists(to):
        path.rename(to)
    elif not _is_folder(path) and not _is_folder(to) and path.lstat().st_mtime_ns > to.lstat().st_mtime_ns:
        path.replace(to)


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _remove(path: Path) -> None:
    if _is_folder(path):
        shutil.rmtree(path)
    else:
        path.unlink()


def in_the_way(folder: Path, names: Iterable[str]) -> Path | None:
    """Return a folder that has the name of a file to be written; None when there is none."""
    return next((folder / name for name in sorted(names) if _is_folder(folder / name)), None)
