"""Names of sections in the language of the page, from the parts that the analysis gives."""

from collections.abc import Mapping, Sequence
from typing import Any

from maps.names import clean, isolate
from maps.strip_layout import capital, highway_name
from maps.texts import Texts


def section_names(records: Sequence[Mapping[Any, Any]], texts: Texts) -> tuple[str, ...]:
    """Return what each section is called: "I-55, exits 51 to 72 (Durant)".

    Parameters
    ----------
    records
        Rows of the table of `layers.sections.make_sections`.
    texts
        The catalogue.
    """
    names = [_name(record, texts) for record in records]
    return tuple(
        _apart(name, record, texts) if names.count(name) > 1 else name
        for name, record in zip(names, records, strict=True)
    )


def _name(record: Mapping[Any, Any], texts: Texts) -> str:
    highway = capital(highway_name(record["label"], texts))
    name = texts("sections.name", highway=highway, between=_between(record, texts))
    ended = record["from_town"] or record["to_town"]
    town = clean(record["town"])
    return texts("sections.near", name=name, town=isolate(town)) if town and not ended else name


def _between(record: Mapping[Any, Any], texts: Texts) -> str:
    unit = record["unit"]
    begin, end = (texts.number(record[side]) for side in ("from_milepost", "to_milepost"))
    first, last = (isolate(clean(record[side])) for side in ("from_number", "to_number"))
    if record["from_town"] or record["to_town"]:
        a, b = (
            isolate(clean(record[side])) or texts(f"strip.at_{unit}", n=at)
            for side, at in (("from_town", begin), ("to_town", end))
        )
        return texts("along.between", a=a, b=b)
    if not first:
        return texts(f"sections.{unit}", a=begin, b=end)
    return texts("strip.exit", n=first) if first == last else texts("along.exits_between", a=first, b=last)


def _apart(name: str, record: Mapping[Any, Any], texts: Texts) -> str:
    begin, end = (texts.number(record[side], 1) for side in ("from_milepost", "to_milepost"))
    return texts("sections.name", highway=name, between=texts(f"sections.{record['unit']}", a=begin, b=end))
