"""Headers of columns that say whether a row may be shown, whatever they are called: "Public?", "do_not_publish".

Words are compared without accents, in English and Spanish. A header with any other word in it, such as "private_pay" or
"public_transport", is about something else.
"""

from geo.personal import snake_case

_OPEN = {
    "public", "publicly", "publish", "published", "publishable", "publishing", "publication", "share", "shared",
    "shareable", "sharing", "show", "shown", "display", "displayed", "disclose", "disclosed", "disclosable",
    "disclosure", "publico", "publica", "publicar", "publicado", "publicada", "compartir", "mostrar",
}  # fmt: skip
_SECRET = {
    "confidential", "confidentiality", "confidentially", "conf", "private", "privately", "undisclosed", "unlisted",
    "nondisclosed", "unpublished", "secret", "hidden", "hide", "nonpublic", "restricted", "sensitive", "suppress",
    "suppressed", "withhold", "withheld", "confidencial", "confidencialidad", "privado", "privada", "secreto",
    "secreta", "oculto", "oculta", "reservado", "reservada",
}  # fmt: skip
_NOT = {"not", "non", "no", "never", "cannot", "cant", "dont"}
_BESIDE = {
    "is", "are", "be", "to", "can", "may", "must", "do", "don", "t", "the", "a", "an", "this", "of", "on", "in", "for",
    "it", "ok", "okay", "safe", "yes", "y", "n", "s", "true", "false", "flag", "status", "row", "record", "listing",
    "entry", "provider", "organization", "organisation", "org", "agency", "address", "addr", "location", "loc", "place",
    "site", "info", "information", "data", "level", "map", "website", "web", "online", "si", "es", "se", "puede", "la",
    "el", "direccion", "ubicacion", "lugar", "sitio", "mapa",
}  # fmt: skip


def says_shown(header: str) -> bool | None:
    """Return True where yes in a column means that a row may be shown, False where it means the opposite.

    None for a column about anything else.

    Examples
    --------
    >>> [says_shown(name) for name in ("Public?", "OK to publish", "not confidential")]
    [True, True, True]
    >>> [says_shown(name) for name in ("Confidential?", "DoNotPublish", "Address private (yes/no)")]
    [False, False, False]
    >>> [says_shown(name) for name in ("private_pay", "Public transport", "status")]
    [None, None, None]
    """
    words = snake_case(header.replace("'", "").replace("’", "")).replace("yes_no", "").replace("si_no", "").split("_")
    telling = [word for word in words if word and word not in _BESIDE]
    secret, negated = (sum(word in known for word in telling) for known in (_SECRET, _NOT))
    if len(telling) == negated or any(word not in _OPEN | _SECRET | _NOT for word in telling):
        return None
    return (secret > 0) == (negated % 2 == 1)
