"""The bundled example study, written into a folder of the planner's choice."""

import shutil
from importlib.resources import as_file, files
from pathlib import Path

from geo.errors import OutputError, Problem


def write_example(folder: Path) -> Path:
    """Copy the example study into `folder` and return the path of its project file.

    Parameters
    ----------
    folder
        Created when missing. Files of the study that already stand there are not overwritten.

    Raises
    ------
    OutputError
        If the folder already holds a study, or cannot be written.
    """
    try:
        with as_file(files("geo") / "example") as source:
            names = sorted(path.name for path in source.iterdir() if path.is_file())
            _refuse_overwriting(folder, names)
            folder.mkdir(parents=True, exist_ok=True)
            for name in names:
                shutil.copyfile(source / name, folder / name)
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(
            [Problem(f"cannot be written: {error.strerror}.", file=folder, remedy="Choose another folder.")]
        ) from None
    return folder / "project.toml"


def _refuse_overwriting(folder: Path, names: list[str]) -> None:
    taken = [name for name in names if (folder / name).exists()]
    if taken:
        raise OutputError([Problem(f"already holds {', '.join(taken)}.", file=folder, remedy="Name a new folder.")])
