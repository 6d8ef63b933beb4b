"""Columns that describe single people who were helped or harmed: a table that has one is not read.

Names are compared without accents, word by word, in English and Spanish. What describes a service ("victim_services",
"number_of_clients", "child_care") is left alone.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import product

import pandas as pd

_PERSON = {
    "client", "victim", "survivor", "patient", "participant", "trafficker", "perpetrator", "offender", "abuser",
    "minor", "child", "youth", "resident", "caller", "beneficiary", "guardian", "buyer", "suspect", "cliente",
    "victima", "sobreviviente", "paciente", "participante", "tratante", "agresor", "menor", "beneficiario", "tutor",
    "comprador",
}  # fmt: skip
_ALONE = _PERSON - {
    "patient", "participant", "minor", "child", "youth", "resident", "guardian", "beneficiary", "paciente",
    "participante", "menor", "tutor", "beneficiario",
}  # fmt: skip
"""Such a word alone is the name or the number of somebody."""

_NUMBER = {"id", "no", "num", "nbr", "number", "numero"}
_TRAIT = {
    *_NUMBER, "uid", "code", "race", "ethnicity", "nationality", "raza", "etnia", "nacionalidad",
    "name", "names", "initials", "dob", "age", "sex", "gender", "phone", "address", "email", "ssn", "nombre",
    "nombres", "apellido", "apellidos", "iniciales", "edad", "sexo", "genero", "telefono", "direccion", "correo",
}  # fmt: skip
_IDENTITY = {"name", "names", "initials", "dob", "phone", "address", "email", "ssn", "nombre", "nombres", "apellidos"}
"""What many people have one by one, too: "victims_name", while "clients_age" may say whom a service is for."""

_BETWEEN = {"of", "the", "s", "full", "first", "last", "middle", "legal", "de", "del", "la", "el", "completo"}
_BIRTH = {"dob", "yob", "birthdate", "birthday", "birthyear", "nacimiento"}
_OF_BIRTH = {"birth", "date", "dt", "day", "month", "year", "place", "of", "time"}
_FILE = {
    "visa", "uscis", "alien_registration", "driver_license", "drivers_license", "dl",
    "case", "intake", "incident", "hmis", "hmis_client", "docket", "police_report", "alien", "a", "passport",
    "medical_record", "caso", "expediente", "pasaporte", "social_security", "seguro_social",
}  # fmt: skip
"""What a number behind it, or before it, makes the file of one person."""

_FILE_ALONE = {
    *("ssn", "nss", "curp", "mrn", "social_security", "seguro_social"),
    *("expediente", "pasaporte", "passport"),
}
_NAMES = {"first_name", "last_name", "full_name", "surname", "nombre", "apellido", "apellidos"}
_TRAITS_OF_ONE = {"age", "sex", "gender", "edad", "sexo", "genero"}
_TOGETHER = {
    *(f"{person}{trait}" for person, trait in product(_PERSON, _TRAIT)),
    *(f"{file.replace('_', '')}{number}" for file, number in product(_FILE - {"a"}, _NUMBER)),
}
FIRST_CELLS = 20
"""Cells of a column in which packed columns are looked for."""


def personal_columns(frame: pd.DataFrame) -> list[str]:
    """Return the columns of a table that look like personal data about people who were helped or harmed.

    A column of JSON objects, as a map layer has for what is nested, is one when a key in it is.

    Examples
    --------
    >>> personal_columns(pd.DataFrame(columns=["name", "D.O.B.", "Víctima", "Case #", "clients_served"]))
    ['D.O.B.', 'Víctima', 'Case #']
    """
    names = [str(name) for name in frame.columns]
    found = [name for name in names if _is_personal(snake_case(name)) or _packs_personal(frame[name])]
    keys = {snake_case(name): name for name in names}
    if _NAMES & keys.keys() and _TRAITS_OF_ONE & keys.keys():
        found += [name for key, name in keys.items() if key in _NAMES | _TRAITS_OF_ONE]
    return list(dict.fromkeys(found))


def _is_personal(name: str) -> bool:
    words = name.split("_")
    if name in _ALONE | _FILE_ALONE or name.replace("_", "") in _BIRTH | _TOGETHER | {"ssn"}:
        return True
    if set(words) & _BIRTH or {"fecha", "nac"} <= set(words) or any(re.fullmatch(r"ssn\d*", word) for word in words):
        return True
    persons = set(words) & _PERSON
    if "birth" in words and set(words) <= _OF_BIRTH | _PERSON | _BETWEEN:
        return len(words) > 1
    if persons and set(words) <= _PERSON | _TRAIT | _BETWEEN:
        return bool(set(words) & _TRAIT)
    several = {word for word in words if word.removesuffix("s") in _PERSON}
    if several and set(words) - several <= _IDENTITY | _BETWEEN:
        return bool(set(words) & _IDENTITY)
    plain = [word for word in words if word not in _BETWEEN]
    bare = "_".join(word for word in plain if word not in _NUMBER)
    return bare in _FILE and len(bare.split("_")) < len(plain)


def _packs_personal(cells: pd.Series) -> bool:
    if not isinstance(cells, pd.Series) or not pd.api.types.is_string_dtype(cells):  # geometry, or a name used twice
        return False
    return any(_is_personal(snake_case(key)) for cell in cells.head(FIRST_CELLS) if "{" in cell for key in _keys(cell))


def _keys(cell: str) -> Iterable[str]:
    try:
        parts: Sequence[object] = [json.loads(cell)]
    except (ValueError, RecursionError):
        return
    while parts:
        yield from (key for part in parts if isinstance(part, dict) for key in part)
        inner = [list(part.values()) if isinstance(part, dict) else part for part in parts]
        parts = [one for part in inner if isinstance(part, list) for one in part]


def snake_case(name: str) -> str:
    """Return a column name in snake case, without accents; a number sign is the word "no".

    Examples
    --------
    >>> [snake_case(name) for name in ("ClientName", "Fecha de Nacimiento", "Víctima", "Case #", "S.S.N.")]
    ['client_name', 'fecha_de_nacimiento', 'victima', 'case_no', 's_s_n']
    """
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign)).replace("#", " no ")
    return re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", plain).lower()).strip("_")
