"""Make docs/example.png, the picture of the README: `make picture`."""

import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from maps.page import render_page
from tests.browser.conftest import ARGUMENTS, CHROMIUM, open_page
from tests.browser.studies import example

FILE = Path(__file__).parents[2] / "docs" / "example.png"


def main() -> None:
    """Open the page of the bundled example at 1280 by 800 and keep what is seen."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page_file = Path(folder) / "map.html"
        page_file.write_text(render_page(example(Path(folder))), encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = open_page(browser, page_file).page
        page.wait_for_timeout(1000)
        Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(FILE, optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
