"""A browser for the page's checks: Debian's Chromium, driven by Playwright, with the network cut off."""

import copyreg
import os
import pickle
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from types import MappingProxyType

import pytest
from filelock import FileLock

from layers.study import Study
from maps.page import render_page
from maps.values import View
from maps.view import make_view
from tests.browser import studies
from tests.conftest import shared_folder
from tests.maps.studies import HOSTILE, make_study

pytest.register_assert_rewrite("tests.browser.page_checks", "tests.browser.looking")
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
READY = 'html[data-ready="1"]'
LOCAL = ("file:", "data:", "blob:", "about:")


@dataclass
class Visit:
    """A page that was opened, with everything it complained about or asked the network for."""

    page: object
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@pytest.fixture(autouse=True, scope="module")
def _known_roads(known_roads: None) -> None:
    """No page is about roads that are read for it alone."""


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    if CHROMIUM is None:
        reason = "Chromium is not installed; on Debian: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


class Profiles:
    """Profiles of a browser, one for each kind of reader: a window of its own takes ten times as long as one more tab."""

    def __init__(self, browser: object) -> None:
        self.browser = browser
        self.contexts: dict[tuple, object] = {}

    def new_page(
        self,
        *,
        viewport: dict[str, int],
        java_script_enabled: bool = True,
        reduced_motion: str = "no-preference",
        **options: object,
    ) -> object:
        """Open a tab, as the browser itself would in a new window; tabs of one window can differ in size and motion."""
        kind = (java_script_enabled, *sorted(options.items()))
        if kind not in self.contexts:
            self.contexts[kind] = self.browser.new_context(
                viewport=viewport, java_script_enabled=java_script_enabled, **options
            )
        page = self.contexts[kind].new_page()
        page.set_viewport_size(viewport)
        page.emulate_media(reduced_motion=reduced_motion)
        return page


@pytest.fixture(scope="session")
def profiles(browser: object) -> Profiles:
    return Profiles(browser)


STUDIES: dict[str, Callable[[Path], Study]] = {
    "counties": lambda _: make_study(),
    "tracts": lambda _: make_study(side=30, cell_m=9_000, n_venues=400),
    "hexagons": lambda _: make_study(side=9, cell_m=47_000, hexagons=6, n_venues=20_000),
    "hostile": lambda _: make_study(side=4, hostile=HOSTILE),
    "spanish": lambda _: make_study(side=5, language="es", units="km", paper="a4"),
    "example": studies.example,
    "example sections": studies.example_sections,
    "example sections in Spanish": studies.example_sections_in_spanish,
    "real counties": studies.real_counties,
    "real tracts": studies.real_tracts,
    "real sections": studies.real_sections,
}
"""What the pages are of: studies made in code, the bundled example, and real ones where the data is there."""


def read_only(mapping: dict[object, object]) -> MappingProxyType[object, object]:
    return MappingProxyType(mapping)


copyreg.pickle(MappingProxyType, lambda proxy: (read_only, (dict(proxy),)))  # views hold some


class Pages(dict[str, Path]):
    """Files of pages by name, and their views; each is made when it is first asked for, here or beside."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.views: dict[str, View] = {}

    def __missing__(self, name: str) -> Path:
        folder = self.folder / name.replace(" ", "-")
        folder.mkdir(exist_ok=True, parents=True)  # it is asked for again where its data is missing
        page, kept = folder / "map.html", folder / "view"
        with FileLock(folder.with_suffix(".lock")):
            if not kept.exists():
                study = STUDIES[name](folder)
                view = make_view(study)
                page.write_text(render_page(study, view), encoding="utf-8")
                kept.write_bytes(pickle.dumps(view))
        self[name], self.views[name] = page, pickle.loads(kept.read_bytes())
        return page


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    return Pages(shared_folder(tmp_path_factory) / "pages")


def open_page(
    browser: object,
    file: Path,
    width: int = 1280,
    height: int = 800,
    *,
    fragment: str = "",
    script: bool = True,
    motion: bool = False,
    **options: object,
) -> Visit:
    """Open a page in a new tab and wait until it is ready; the map moves slowly, or at once."""
    page = browser.new_page(
        viewport={"width": width, "height": height},
        java_script_enabled=script,
        reduced_motion="no-preference" if motion else "reduce",
        **options,
    )
    seen = Visit(page)
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("console", lambda line: seen.errors.append(line.text) if line.type in ("error", "warning") else None)
    page.on("dialog", lambda dialog: (seen.errors.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    load(seen, file, fragment=fragment, script=script)
    return seen


def load(seen: Visit, file: Path, *, fragment: str, script: bool) -> None:
    """Load a page into a tab that shows nothing yet, in front of the others: what is behind moves slowly or never."""
    seen.page.bring_to_front()
    seen.page.goto(file.as_uri() + fragment)
    if script:
        seen.page.wait_for_selector(READY, state="attached", timeout=20_000)
        seen.page.wait_for_timeout(100)


class Tabs:
    """Tabs of the browser, each free again after a test."""

    def __init__(self, profiles: Profiles) -> None:
        self.profiles = profiles
        self.free: dict[tuple, list[Visit]] = {}
        self.used: list[tuple[tuple, Visit]] = []

    def visit(
        self,
        file: Path,
        width: int,
        height: int,
        *,
        fragment: str = "",
        script: bool = True,
        motion: bool = False,
        **options: object,
    ) -> Visit:
        """Open a page in a free tab of these options, as if it were new: nothing is kept from page to page."""
        kind = (script, motion, *sorted(options.items()))
        if self.free.get(kind):
            seen = self.free[kind].pop()
            seen.page.set_viewport_size({"width": width, "height": height})
            load(seen, file, fragment=fragment, script=script)
        else:
            seen = open_page(
                self.profiles, file, width, height, fragment=fragment, script=script, motion=motion, **options
            )
        self.used.append((kind, seen))
        return seen

    def leave(self) -> None:
        """Clear all tabs that are in use."""
        while self.used:
            kind, seen = self.used.pop()
            seen.page.unroute_all()
            seen.page.emulate_media(media="null")
            seen.page.goto("about:blank")
            seen.page.mouse.move(0, 0)
            seen.requests.clear()
            seen.errors.clear()
            self.free.setdefault(kind, []).append(seen)


@pytest.fixture(scope="session")
def tabs(profiles: Profiles) -> Tabs:
    return Tabs(profiles)


@pytest.fixture
def visit(tabs: Tabs, pages: dict[str, Path]) -> Iterator[Callable[..., Visit]]:
    """Open a page: ``visit("counties", 375, 667, fragment="#…", script=False)``."""

    def go(name: str = "counties", width: int = 1280, height: int = 800, **options: object) -> Visit:
        return tabs.visit(pages[name], width, height, **options)

    yield go
    tabs.leave()


@pytest.fixture(scope="session")
def desks(profiles: Profiles, pages: Pages) -> Iterator[Callable[[str], object]]:
    """Open a page on a desk screen, for checks that only look: in one tab, where it stays until another is looked at."""
    seen: Visit | None = None
    shown = ""

    def look(name: str) -> object:
        nonlocal seen, shown
        if seen is None:
            seen = open_page(profiles, pages[name])
        elif name != shown:
            load(seen, pages[name], fragment="", script=True)
        shown = name
        seen.page.bring_to_front()
        return seen.page

    yield look
    assert seen is None or seen.errors == []


@pytest.fixture
def desk(desks: Callable[[str], object]) -> object:
    """Look at the page of the counties on a desk screen."""
    return desks("counties")


@pytest.fixture(scope="session")
def axe_script() -> str:
    """Return axe-core as its registry package carries it."""
    return resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
