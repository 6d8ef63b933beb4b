"""Pictures of even surfaces and lines as PNG."""

import io
import struct
import zlib

import numpy as np
from PIL.PngImagePlugin import PngInfo, putchunk

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_BITS, _RGB, _METRE = 8, 2, 1
_METRES_PER_INCH = 0.0254


def png_bytes(pixels: np.ndarray, *, title: str, dpi: int) -> bytes:
    """Return a picture as a file.

    No filter runs over the rows: it helps photographs, and makes what is drawn a tenth larger in twice the time.

    Parameters
    ----------
    pixels
        Red, green and blue from 0 to 255, as rows × columns × 3.
    title
        What the picture says of itself.
    dpi
        Dots per inch.

    Examples
    --------
    >>> png_bytes(np.zeros((1, 1, 3), dtype=np.uint8), title="Dot", dpi=300)[1:4]
    b'PNG'
    """
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + 3 * width), dtype=np.uint8)  # each begins with its filter: none
    rows[:, 1:] = pixels.reshape(height, -1)
    per_metre = round(dpi / _METRES_PER_INCH)
    note = PngInfo()
    note.add_text("Title", title)
    out = io.BytesIO(_SIGNATURE)
    out.seek(0, io.SEEK_END)
    putchunk(out, b"IHDR", struct.pack(">2I5B", width, height, _BITS, _RGB, 0, 0, 0))
    putchunk(out, b"pHYs", struct.pack(">2IB", per_metre, per_metre, _METRE))
    for kind, text, _ in note.chunks:
        putchunk(out, kind, text)
    putchunk(out, b"IDAT", zlib.compress(rows.data, 1))
    putchunk(out, b"IEND")
    return out.getvalue()
