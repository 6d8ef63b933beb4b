"""The name and the version of this tool, as they are installed."""

import importlib.metadata

PACKAGE = "outreach-map"


def version() -> str:
    """Return the version of this tool, or "unknown" when it runs from a bare checkout."""
    try:
        return importlib.metadata.version(PACKAGE)
    except importlib.metadata.PackageNotFoundError:
        return "unknown"
