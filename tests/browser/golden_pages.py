"""The structure of two pages as text, compared with what is kept in `golden/`; `make golden` renews it on purpose.

The outline is the accessibility tree: landmarks, headings, names of controls and layers, columns of tables, as a screen
reader meets them. Digits are masked, and of rows and list items the first stands for all: what changes with the data or
with a figure is no change of structure.
"""

import math
import re
import tempfile
from collections import Counter
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import ARGUMENTS, CHROMIUM, Pages, open_page
from tests.browser.looking import at_rest

FOLDER = Path(__file__).parent / "golden"
PAGES = ("example sections", "spanish")
"""The bundled example with sections, and a small second study in Spanish and kilometers, without measured highways."""

STATES = (
    ("opened", "", "body"),
    ("area chosen", "#areas tbody button.a", "#card"),
    ("services", "#tab-services", "#panel-services"),
    ("method", "#tab-about", "#panel-about"),
)
"""Name of each state, what is clicked to get there, and what is looked at."""

_MOST = {"text": 0, "paragraph": 0, "/url": 0, "img": 1, "row": 1, "listitem": 1, "option": 12}
"""How many of a role are kept beside each other; of others all."""


def file_of(name: str) -> Path:
    """Return where a page's outline is kept."""
    return FOLDER / f"{name.replace(' ', '-')}.txt"


def outline(page: object) -> str:
    """Return the outline of an opened page in each of its states."""
    parts = []
    for title, clicked, seen in STATES:
        if clicked:
            page.locator(clicked).first.click()
            at_rest(page)
        parts.append(f"[{title}]\n{shortened(page.locator(seen).aria_snapshot())}\n")
    return "\n".join(parts)


def shortened(snapshot: str) -> str:
    """Return an outline with digits masked, without running text and without the rows that are like the first."""
    kept = []
    beside: Counter[tuple[int, str]] = Counter()
    dropped_at = math.inf
    for line in snapshot.splitlines():
        indent, role = len(line) - len(line.lstrip()), re.match(r" *- '?\"?([\w/]*)", line)[1]
        if indent > dropped_at:
            continue
        dropped_at = math.inf
        for deeper in [key for key in beside if key[0] > indent]:
            del beside[deeper]
        beside[indent, role] += 1
        if beside[indent, role] > _MOST.get(role, math.inf):
            dropped_at = indent
        else:
            kept.append(re.sub(r"(?<!level=)\d+(?:[.,]\d+)*", "#", line))
    return "\n".join(kept)


def main() -> None:
    """Write the outlines anew; look at the difference before it is committed."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        pages = Pages(Path(folder))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for name in PAGES:
            file_of(name).write_text(outline(open_page(browser, pages[name]).page), encoding="utf-8")
        browser.close()


if __name__ == "__main__":
    main()
