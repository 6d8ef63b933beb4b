"""The templates of the page and the briefing."""

import re
from functools import cache

import jinja2
from markupsafe import Markup, escape

_NUMBERED = re.compile(r"\b[A-Z]{1,3}-\d+[A-Z]?\b")


def template(name: str) -> jinja2.Template:
    """Return a template, compiled once; what is put into it is escaped, and what it lacks is an error."""
    return _environment().get_template(name)


def unbroken(text: str) -> Markup:
    """Return a text whose highway numbers stay in one line.

    Examples
    --------
    >>> str(unbroken("along <I-55>"))
    'along &lt;<span class="nowrap">I-55</span>&gt;'
    """
    return Markup(_NUMBERED.sub(r'<span class="nowrap">\g<0></span>', str(escape(text))))  # noqa: S704 - escaped


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("maps"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["unbroken"] = unbroken
    return environment
