"""A sheet as an SVG: a picture that asks for nothing, no font either; its words stand beside their outlines."""

from collections.abc import Iterable
from html import escape

from maps.static_marks import Paper, Shape, Words
from maps.static_text import UNITS_PER_EM, Weight, advance, outline


def svg_bytes(paper: Paper) -> bytes:
    """Return a sheet as an SVG; the same sheet gives the same bytes."""
    width, height = f"{paper.width:.7g}", f"{paper.height:.7g}"
    words = [mark for mark in paper.marks if isinstance(mark, Words)]
    letters = dict.fromkeys((sign, line.weight) for line in words for sign in line.text)
    # Upwards as on paper, so that places are the same numbers as in the PDF.
    return f"""<?xml version="1.0" encoding="utf-8"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" role="img" \
lang="{escape(paper.language)}" width="{width}pt" height="{height}pt" viewBox="0 0 {width} {height}">
<title>{escape(paper.title)}</title>
<defs>
{_lines(_letter(sign, weight) for sign, weight in letters)}
</defs>
<rect width="{width}" height="{height}" fill="white"/>
<g transform="matrix(1 0 0 -1 0 {height})" fill="none" fill-rule="evenodd" stroke-linejoin="round">
{_lines(_shape(mark) if isinstance(mark, Shape) else _words(mark) for mark in paper.marks)}
</g>
</svg>
""".encode()


def _lines(elements: Iterable[str]) -> str:
    return "\n".join(filter(None, elements))


def _shape(shape: Shape) -> str:
    ending = "Z" if shape.closed else ""
    path = "".join(f"M{' '.join(line)}{ending}" for line in shape.points)
    looks = {
        "fill": shape.face,
        "stroke": shape.edge,
        "stroke-width": f"{shape.width:.3g}" if shape.edge else "",
        "stroke-linecap": "" if shape.closed or shape.dash else "round",
        "stroke-dasharray": " ".join(f"{part:.3g}" for part in shape.dash),
        "opacity": f"{shape.alpha:.3g}" if shape.alpha < 1 else "",
    }
    return f'<path d="{path}"{_attributes(looks)}/>'


def _words(words: Words) -> str:
    """Return the letters of a line, each drawn elsewhere, above their halo."""
    scale = words.size / UNITS_PER_EM
    x, uses = 0, []
    for sign in words.text:
        if outline(sign, words.weight):
            uses.append(f'<use xlink:href="#{_name(sign, words.weight)}" x="{x}"/>')
        x += advance(sign, words.weight)
    letters = "".join(uses)
    halo = {"stroke": words.halo, "stroke-width": f"{words.halo_width / scale:.4g}"}
    behind = f"<g{_attributes(halo)}>{letters}</g>" if words.halo else ""
    place = f"matrix({scale:.5g} 0 0 {scale:.5g} {words.x:.7g} {words.y:.7g})"
    return (
        f'<g transform="{place}" fill-rule="nonzero"{_attributes({"fill": words.colour, "aria-label": words.text})}>'
        f"{behind}{letters}</g>"
    )


def _letter(sign: str, weight: Weight) -> str:
    steps = (step + " ".join(f"{number:.5g}" for number in numbers) for step, numbers in outline(sign, weight))
    path = "".join(steps)
    return f'<path id="{_name(sign, weight)}" d="{path}"/>' if path else ""


def _name(sign: str, weight: Weight) -> str:
    return f"{weight[0]}{ord(sign):x}"


def _attributes(looks: dict[str, str]) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in looks.items() if value)
