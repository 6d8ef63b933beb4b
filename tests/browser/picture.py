"""Make the pictures of the README, the page of the bundled example at four sizes of screen: `make picture`."""

import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from maps.page import render_page
from tests.browser.conftest import ARGUMENTS, CHROMIUM, open_page
from tests.browser.studies import example

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
SIZES = {"desk": (1280, 800), "tablet": (768, 1024), "phone": (375, 667), "small": (320, 640)}
COLOURS = 256


def main() -> None:
    """Open the page of the bundled example at each size and keep what is seen."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page_file = Path(folder) / "map.html"
        page_file.write_text(render_page(example(Path(folder))), encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for name, size in SIZES.items():
            page = open_page(browser, page_file, *size).page
            page.wait_for_timeout(1000)
            reduced(Image.open(io.BytesIO(page.screenshot())).convert("RGB")).save(
                FOLDER / f"{name}.png", optimize=True
            )
            page.context.close()
        browser.close()


def reduced(picture: Image.Image) -> Image.Image:
    """Return a picture in its most frequent colors, a third of its bytes: areas keep theirs, only edges of letters change."""
    counts = sorted(picture.getcolors(picture.width * picture.height) or (), reverse=True)
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for _, color in counts[:COLOURS] for part in color])
    return picture.quantize(palette=palette, dither=Image.Dither.NONE)


if __name__ == "__main__":
    main()
