"""The rows of an answer as a table for spreadsheets."""

from __future__ import annotations

import csv
import io

from pyoxigraph import Literal

from shahr.namespaces import prefix_map
from shahr.solutions import Solutions, Term
from shahr.spreadsheet import MARK, as_text

_NUMBERS = ("integer", "decimal", "double", "float", "nonNegativeInteger", "positiveInteger", "long", "int")


def spreadsheet_csv(found: Solutions) -> bytes:
    """Write rows as CSV (RFC 4180) with a byte order mark; text that looks like a formula begins with an apostrophe."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(found.variables)
    writer.writerows([_cell(term) for term in row] for row in found.rows)
    return (MARK + text.getvalue()).encode("utf-8")


def _cell(term: Term | None) -> str:
    if term is None:
        return ""
    text = str(getattr(term, "value", term))
    return text if _is_number(term) else as_text(text)


def _is_number(term: Term) -> bool:
    numbers = [prefix_map()["xsd"] + name for name in _NUMBERS]
    return isinstance(term, Literal) and term.datatype.value in numbers
