"""The map page in a browser: its weight and the time to the first view, ``python -m benchmarks.page NAME``.

Prints one line of JSON: bytes plain and packed, seconds to build it, and milliseconds until it is ready on this machine
and on one whose processor is four times as slow, which Chromium imitates.
"""

import gzip
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from layers.study import Study
from maps.page import render_page
from tests.browser import studies
from tests.browser.conftest import ARGUMENTS, CHROMIUM, READY, sync_api
from tests.maps.studies import make_study

TIMES = 5
SLOWER = 4
MARK = "performance.getEntriesByName('outreach-ready')[0].startTime"

STUDIES: dict[str, Callable[[Path], Study]] = {
    "81 counties": lambda _: make_study(),
    "900 tracts, 400 venues": lambda _: make_study(side=30, cell_m=9_000, n_venues=400),
    "878 tracts of Mississippi, 2,046 services": studies.real_tracts,
    "5,092 hexagons, 19,000 venues": lambda _: make_study(side=9, cell_m=47_000, hexagons=6, n_venues=20_000),
}
"""Made up, except the one named after its state."""


def main(name: str) -> None:
    """Build a page, open it some times, and print what was measured."""
    with TemporaryDirectory() as folder:
        study = STUDIES[name](Path(folder))
        began = time.perf_counter()
        raw = render_page(study).encode()
        built_s = time.perf_counter() - began
        file = Path(folder) / "map.html"
        file.write_bytes(raw)
        with sync_api.sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            ready_ms = {
                rate: median(opened_ms(browser, file.as_uri(), rate=rate) for _ in range(TIMES)) for rate in (1, SLOWER)
            }
            browser.close()
    told = {"bytes": len(raw), "packed": len(gzip.compress(raw)), "built_s": built_s}
    print(json.dumps({**told, "ready_ms": ready_ms[1], "slow_ms": ready_ms[SLOWER]}))


def opened_ms(browser: sync_api.Browser, address: str, *, rate: int) -> float:
    """Open a page in a profile of its own and return when it was ready, counted from the start of the visit."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": rate})
    page.goto(address)
    page.wait_for_selector(READY, state="attached", timeout=60_000)
    ready = float(page.evaluate(MARK))
    context.close()
    return ready


if __name__ == "__main__":
    main(sys.argv[1])
