"""A page that needs nothing but itself: own shell, assets inlined, every other address refused."""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from branca.element import CssLink, Element, Figure, JavascriptLink
from markupsafe import Markup

from maps.bundle import asset
from maps.templating import template

_END_TAG = re.compile(r"</(script|style)|<!--", re.IGNORECASE)
_BOOT = "document.documentElement.classList.add('js')"


class OfflineFigure(Figure):
    """The root of a map page, written as one file that makes no request.

    Parameters
    ----------
    title
        Title of the page, used for the notebook's frame.
    """

    context: Mapping[str, Any]
    """What the page's template shows around the map; set before rendering."""
    picture_hosts: tuple[str, ...]
    """Hosts that the page may ask for pictures: none, unless the project names a server of map tiles."""

    def __init__(self, title: str) -> None:
        super().__init__(title=title)
        self._id = "page"
        self.context = {}
        self.picture_hosts = ()

    def render(self, **kwargs: Any) -> str:  # noqa: ANN401 - branca's own signature
        """Return the page.

        Raises
        ------
        AssetError
            If a layer registered a script or style sheet that is not the page's own.
        """
        for child in list(self._children.values()):
            child.render(**kwargs)
        links: list[Element] = list(self.header._children.values())  # noqa: SLF001 - branca has no other way to them
        scripts = [_harmless(asset(link.url)) for link in links if isinstance(link, JavascriptLink)]
        styles = [_harmless(asset(link.url)) for link in links if isinstance(link, CssLink)]
        scripts.append(_harmless(self.script.render(**kwargs).strip()))
        return template("page.html.j2").render(
            **self.context,
            policy=_policy([_BOOT, *scripts], self.picture_hosts),
            boot=Markup(_BOOT),  # noqa: S704 - our own text
            styles=[Markup(style) for style in styles],  # noqa: S704 - our own assets
            scripts=[Markup(script) for script in scripts],  # noqa: S704 - our own assets; data in them is escaped JSON
            map_html=Markup(self.html.render(**kwargs)),  # noqa: S704 - one empty element with our own id
        )

    def _repr_html_(self, **kwargs: Any) -> str:  # noqa: ANN401 - branca's own signature
        """Return the page in a frame of its own, as a notebook shows it."""
        allow = "allow-scripts allow-downloads allow-popups allow-modals"
        return (
            f'<iframe srcdoc="{escape(self.render(**kwargs))}" sandbox="{allow}" title="{escape(self.title or "")}" '
            'style="width:100%;height:640px;border:1px solid #ccc"></iframe>'
        )


def _harmless(code: str) -> str:
    """Return code that cannot end the element it is put into."""
    return _END_TAG.sub(lambda found: found[0].replace("</", "<\\/").replace("<!--", "<\\!--"), code)


def _policy(scripts: Sequence[str], picture_hosts: Sequence[str]) -> str:
    """Return a content security policy: no request but for pictures from these hosts, and no script but these."""
    pictures = " ".join(["data:", "blob:", *(f"https://{host}" for host in picture_hosts)])
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'" for code in scripts
    )
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src {pictures}; "
        "connect-src 'none'; base-uri 'none'; form-action 'none'"
    )
