"""The printed map as an SVG in a browser: the same picture as the PNG, which is drawn from the PDF."""

import io
import re
from pathlib import Path

import numpy as np
from PIL import Image

from maps.static import draw_poster
from maps.view import make_view
from tests.maps.printed import make_full_study

WIDTH, HEIGHT = 1056, 816
"""A letter in landscape at the 96 dots per inch of a browser."""


def squares(png: bytes) -> np.ndarray:
    """Return the mean colour of each square of 16 × 16 dots: the two smooth the borders of letters and lines otherwise."""
    dots = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(float)
    return dots.reshape(HEIGHT // 8, 16, WIDTH // 8, 16, 3).mean(axis=(1, 3))


def seen(profiles, file: Path, svg: bytes) -> np.ndarray:
    file.write_bytes(svg)
    page = profiles.new_page(viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=2)
    page.goto(file.as_uri())
    try:
        return squares(page.screenshot())
    finally:
        page.close()


def test_an_svg_is_the_picture_of_the_pdf(profiles, tmp_path):
    study = make_full_study()
    sheet = draw_poster(study, make_view(study))
    svg, picture = sheet.save("svg", title="x"), squares(sheet.save("png", title="x", dpi=2 * 96))
    difference = np.abs(seen(profiles, tmp_path / "map.svg", svg) - picture)
    assert difference.mean() < 1
    assert difference.max() < 35
    mute = re.sub(rb'<g [^>]*aria-label="Priority score".*?</g>\n', b"", svg)
    assert len(mute) < len(svg)
    assert np.abs(seen(profiles, tmp_path / "mute.svg", mute) - picture).max() > 70
