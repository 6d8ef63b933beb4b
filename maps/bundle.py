"""The scripts and styles of the page, as text to put into it."""

import json
import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path

from xstatic.pkg import leaflet

from maps.symbology import SHAPES, css_variables

SCHEME = "asset:"
SCRIPTS = (
    "dom", "words", "shapes", "canvas", "viewport", "popups", "areas", "points", "labels", "key", "filters", "table",
    "services", "exits", "card", "along", "sections", "permalink", "export", "image", "page", "present", "tiles",
    "start",
)  # fmt: skip
STYLES = ("page", "panel", "map", "strip", "along", "print")

_CSS_ADDRESS = re.compile(r"url\(\s*['\"]?(?!data:|['\"]?#)[^)]*\)", re.IGNORECASE)


class AssetError(ValueError):
    """A layer of the map asks for a file from outside; the page would then need the network."""


@cache
def own_texts() -> tuple[str, ...]:
    """Return every text that the results hold whatever they are about: words, templates, scripts and styles."""
    folders = (files("maps").joinpath(name) for name in ("texts", "templates"))
    read = (file.read_text(encoding="utf-8") for folder in folders for file in folder.iterdir() if file.is_file())
    return (*read, *assets())


@cache
def assets() -> tuple[str, ...]:
    """Return the scripts and styles of the page, each as it stands there: the same whatever the page is about."""
    return _leaflet_script(), _leaflet_style(), _own_script(), _own_style()


@cache
def asset(address: str) -> str:
    """Return the text behind an ``asset:`` address.

    Raises
    ------
    AssetError
        If `address` is not one of the page's own assets.
    """
    makers: dict[str, Callable[[], str]] = {
        f"{SCHEME}leaflet.js": _leaflet_script,
        f"{SCHEME}leaflet.css": _leaflet_style,
        f"{SCHEME}outreach.js": _own_script,
        f"{SCHEME}outreach.css": _own_style,
    }
    if address not in makers:
        msg = f"the page may not load {address!r}; its assets are {', '.join(makers)}"
        raise AssetError(msg)
    return makers[address]()


def _leaflet_script() -> str:
    script = (Path(leaflet.BASE_DIR) / "leaflet.js").read_text(encoding="utf-8")
    # It tries what only Internet Explorer had, and catches the error: for its place a browser reads all of it again.
    script = script.replace("document.namespaces.add(", "document.namespaces?.add(")
    return re.sub(r"//# sourceMappingURL=.*", "", script).strip()


def _leaflet_style() -> str:
    style = (Path(leaflet.BASE_DIR) / "leaflet.css").read_text(encoding="utf-8")
    # Its pictures belong to the layer switch and the default marker, which the page does not use.
    return _squeeze_style(re.sub(r"url\([^)]*\)", "none", style))


def _own_script() -> str:
    folder = files("maps").joinpath("assets", "js")
    script = "\n".join(folder.joinpath(f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS)
    lines = (line.strip() for line in script.splitlines())
    kept = (line for line in lines if line and not line.startswith(("//", "/*", "*")))
    corners = json.dumps(dict(SHAPES), separators=(",", ":"))
    return f"(function () {{\n'use strict';\nconst SHAPES = {corners};\n" + "\n".join(kept) + "\n}());"


def _own_style() -> str:
    folder = files("maps").joinpath("assets", "css")
    style = css_variables() + "\n".join(folder.joinpath(f"{name}.css").read_text(encoding="utf-8") for name in STYLES)
    if found := _CSS_ADDRESS.search(style):
        msg = f"the style sheet may not load {found[0]!r}"
        raise AssetError(msg)
    return _squeeze_style(style)


def _squeeze_style(style: str) -> str:
    """Drop comments and indentation; the sources keep them."""
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    return "\n".join(line.strip() for line in style.splitlines() if line.strip())
