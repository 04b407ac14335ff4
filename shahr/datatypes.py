"""The datatypes that data/ may use, and what their values look like (XML Schema 1.1 part 2, section 3)."""

from __future__ import annotations

import re
from datetime import date, time


def is_well_typed(text: str, datatype: str) -> bool:
    """Tell whether `text` is a value of `datatype` (a curie); False for a datatype that data/ does not use."""
    patterns = {
        "rdf:langString": r"(?s).*",
        "xsd:string": r"(?s).*",
        "xsd:integer": r"[+-]?[0-9]+",
        "xsd:nonNegativeInteger": r"\+?[0-9]+",
        "xsd:decimal": r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)",
        "xsd:date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
        "xsd:time": r"[0-9]{2}:[0-9]{2}:[0-9]{2}",
    }
    fits = datatype in patterns and re.fullmatch(patterns[datatype], text) is not None
    return fits and _is_in_calendar(text, datatype)


def _is_in_calendar(text: str, datatype: str) -> bool:
    """Tell whether a date or time that looks like one exists."""
    parsers = {"xsd:date": date.fromisoformat, "xsd:time": time.fromisoformat}
    try:
        parsers.get(datatype, str)(text)
    except ValueError:
        return False
    return True
