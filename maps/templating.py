"""The templates of the page and the briefing."""

from functools import cache

import jinja2


def template(name: str) -> jinja2.Template:
    """Return a template, compiled once; what is put into it is escaped, and what it lacks is an error."""
    return _environment().get_template(name)


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("maps"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
