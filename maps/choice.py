"""Which files of a run are wanted, and the loading of what makes them.

Libraries that make pages, pictures and workbooks take long to load. They are loaded when it is known which files are
wanted, once for all processes that write, and best while a core has nothing else to do.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

from geo.loading import loading

OUTPUTS: Mapping[str, str] = MappingProxyType(
    {
        "map.html": "maps.page",
        "map.png": "maps.static",
        "map.svg": "maps.static",
        "map.pdf": "maps.static",
        "briefing.html": "maps.briefing",
        "ranking.csv": "maps.tables",
        "ranking.xlsx": "maps.workbook",
        "gaps.csv": "maps.tables",
        "sections.csv": "maps.tables",
        "strip.svg": "maps.strip_chart",
        "strip.png": "maps.static_strip",
        "areas.gpkg": "geo.layers_out",
        "manifest.json": "maps.manifest",
    }
)
"""Every output by file name, in the order in which they are listed, and the module that makes it."""

SECTIONS = "sections.csv"
"""Is written only where the project asks for sections."""

ALWAYS = "manifest.json"
"""Is written whatever else is: files without it could not be traced."""


def choose_outputs(only: Sequence[str] = (), skip: Sequence[str] = ()) -> tuple[str, ...]:
    """Return which outputs are written.

    Parameters
    ----------
    only, skip
        File names ("map.png") or their stems ("map": all four maps). Without `only`, all are meant.

    Raises
    ------
    ValueError
        If a name is none of `OUTPUTS`; the message lists them.

    Examples
    --------
    >>> choose_outputs(only=["ranking"], skip=["ranking.xlsx"])
    ('ranking.csv', 'manifest.json')
    """
    unknown = [name for name in (*only, *skip) if not any(_means(name, file) for file in OUTPUTS)]
    if unknown:
        msg = f"{unknown[0]!r} is none of the outputs; known: {', '.join(OUTPUTS)}."
        raise ValueError(msg)
    wanted = [file for file in OUTPUTS if not only or any(_means(name, file) for name in only)]
    kept = {file for file in wanted if not any(_means(name, file) for name in skip)}
    return tuple(file for file in OUTPUTS if file in kept or file == ALWAYS)


def _means(name: str, file: str) -> bool:
    return name in {file, Path(file).stem}


def load_libraries(names: Sequence[str]) -> None:
    """Load what makes and writes these outputs; a signal waits until that is done."""
    with loading():
        for module in dict.fromkeys(["maps.outputs", *(OUTPUTS[name] for name in names)]):
            import_module(module)
