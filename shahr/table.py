"""A plain table of query results, for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from pyoxigraph import NamedNode

from shahr.namespaces import curie


def table(variables: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Lay out rows of terms (None where unbound) in columns; IRIs are written with their prefixes."""
    cells = [list(variables), *([_cell(term) for term in row] for row in rows)]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    head, *body = ["  ".join(map(_padded, row, widths)).rstrip() for row in cells]
    return "\n".join([head, "  ".join("-" * width for width in widths), *body])


def _cell(term: object) -> str:
    if term is None:
        return ""
    text = curie(term.value) if isinstance(term, NamedNode) else str(getattr(term, "value", term))
    return " ".join(text.split())


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """Count the columns that a text takes: none for marks and ZWNJ, two for wide letters."""
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf", "Cc"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
