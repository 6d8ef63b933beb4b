"""A sheet as a PDF, and as a picture of that PDF."""

import io
from contextlib import closing
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType

import pypdfium2
from PIL.PngImagePlugin import PngInfo
from reportlab import rl_config
from reportlab.lib.colors import Color, toColor
from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFDocument, PDFInfo, PDFString
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import FILL_EVEN_ODD, Canvas

from maps.static_marks import POINTS_PER_INCH, Paper, Shape, Words
from maps.static_text import FONTS, UNITS_PER_EM, Weight, advance, font_file, outline

_ROUND, _BUTT = 1, 0
_OPERATORS = MappingProxyType({"M": "m", "L": "l", "C": "c", "Z": "h"})
"""The words of PDF for the steps of an outline."""

rl_config.useA85 = False  # streams as bytes: as letters they are a quarter larger


@lru_cache(maxsize=1)  # the PNG is asked for next
def pdf_bytes(paper: Paper) -> bytes:
    """Return a sheet as a PDF of one page, with letters that can be selected; the same sheet gives the same bytes."""
    out, size = io.BytesIO(), (paper.width, paper.height)
    canvas = Canvas(
        out, size, invariant=True, pageCompression=1, initialFontName=_registered("regular"), lang=paper.language
    )
    canvas._doc.info = _Info()  # noqa: SLF001 - there is no other way to leave dates out
    canvas.setTitle(paper.title)
    canvas.setLineJoin(_ROUND)
    looks: tuple[object, ...] = ()
    for mark in paper.marks:
        if isinstance(mark, Words):
            _draw_words(canvas, mark)
            looks = ()
            continue
        if looks != (looks := (mark.face, mark.edge, mark.width, mark.alpha, mark.closed, mark.dash)):
            _take_pen(canvas, mark)
        _draw_shape(canvas, mark)
    canvas.save()
    return out.getvalue()


def png_bytes(paper: Paper, *, dpi: int) -> bytes:
    """Return a sheet as a PNG, a picture of its PDF at `dpi` dots per inch; the same sheet gives the same bytes."""
    with closing(pypdfium2.PdfDocument(pdf_bytes(paper))) as document:
        # Half a dot less than the sheet has across: sides are rounded up.
        scale = (round(paper.width * dpi / POINTS_PER_INCH) - 0.5) / paper.width
        picture = document[0].render(scale=scale, rev_byteorder=True).to_pil()
    note, out = PngInfo(), io.BytesIO()
    note.add_text("Title", paper.title)
    picture.save(out, "png", compress_level=1, dpi=(dpi, dpi), pnginfo=note)
    return out.getvalue()


class _Info(PDFInfo):  # type: ignore[misc] # as all of reportlab
    """What a PDF says of itself: its title, and no day."""

    def format(self, document: PDFDocument) -> bytes:
        said = PDFDictionary({"Title": PDFString(self.title), "Producer": PDFString(self.producer)})
        return bytes(said.format(document))


def _take_pen(canvas: Canvas, shape: Shape) -> None:
    """Set colours and lines to those of a shape; the shapes behind it that look alike are drawn with them as well."""
    if shape.face:
        canvas.setFillColor(_colour(shape.face, shape.alpha))
    if shape.edge:
        canvas.setStrokeColor(_colour(shape.edge, shape.alpha))
        canvas.setLineWidth(shape.width)
        canvas.setLineCap(_BUTT if shape.closed or shape.dash else _ROUND)
        canvas.setDash(list(shape.dash))


def _draw_shape(canvas: Canvas, shape: Shape) -> None:
    ending = " h" if shape.closed else ""
    path = " ".join(f"{first} m {' '.join(f'{to} l' for to in others)}{ending}" for first, *others in shape.points)
    canvas.drawPath(_Path(path), stroke=bool(shape.edge), fill=bool(shape.face), fillMode=FILL_EVEN_ODD)


def _draw_words(canvas: Canvas, words: Words) -> None:
    if words.halo:
        _draw_halo(canvas, words)
    canvas.setFillColor(_colour(words.colour, 1.0))
    canvas.setFont(_registered(words.weight), words.size)
    canvas.drawString(words.x, words.y, words.text)


def _draw_halo(canvas: Canvas, words: Words) -> None:
    """Draw the outlines of the letters: as lines and not as text, which would be there twice."""
    scale = words.size / UNITS_PER_EM
    canvas.saveState()
    canvas.transform(scale, 0, 0, scale, words.x, words.y)
    canvas.setStrokeColor(_colour(words.halo, 1.0))
    canvas.setLineWidth(words.halo_width / scale)
    canvas.setDash()
    for sign in words.text:
        if path := _letter(sign, words.weight):
            canvas.drawPath(_Path(path))
        canvas.translate(advance(sign, words.weight), 0)
    canvas.restoreState()


@dataclass(frozen=True)
class _Path:
    """A path in the words of PDF, as a canvas takes it."""

    code: str

    def getCode(self) -> str:  # noqa: N802 - named by reportlab
        return self.code


@cache
def _letter(sign: str, weight: Weight) -> str:
    return " ".join(
        f"{' '.join(f'{n:.5g}' for n in numbers)} {_OPERATORS[step]}" for step, numbers in outline(sign, weight)
    )


@cache
def _colour(name: str, alpha: float) -> Color:
    return toColor(name).clone(alpha=alpha)


@cache
def _registered(weight: Weight) -> str:
    """Return the name of a font that reportlab knows from now on."""
    registerFont(TTFont(FONTS[weight], io.BytesIO(font_file(weight))))
    return FONTS[weight]
