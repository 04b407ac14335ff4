"""Canonical N-Quads of any size: RDF Dataset Canonicalization (RDFC-1.0), https://www.w3.org/TR/rdf-canon/

The names that RDFC-1.0 gives to blank nodes depend on nothing but the quads that hold blank nodes. So those alone are
read into memory; all other lines are only sorted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from pyoxigraph import RdfFormat, parse

from shahr.dataset import nquads
from shahr.sorting import sorted_lines


def canonical_lines(lines: Iterable[bytes], folder: Path) -> Iterator[bytes]:
    """Give the lines of N-Quads (as pyoxigraph writes them, in any order) in their canonical form and order.

    `folder` is for files that are needed while sorting. Blank nodes of one name are one node; NotAcceptable where
    they are too much alike.
    """
    blank: list[bytes] = []
    named = (line for line in lines if not _keep_blank(line, blank))
    yield from sorted_lines(chain(named, _named_anew(blank)), folder)


def without_graph(line: bytes) -> bytes:
    """Give a line of N-Quads as one of N-Triples: the name of its graph left out, if it has one.

    What stands behind the last space is a graph if it is whole: an IRI or blank node, behind three terms. Where that
    space is within a literal, its closing quotation mark follows, which no IRI may hold.
    """
    terms, _, last = line[:-3].rpartition(b" ")
    if last[:1] not in (b"<", b"_") or b'"' in last or terms.count(b" ") < 2:
        return line
    return terms + b" .\n"


def _named_anew(blank: list[bytes]) -> Iterator[bytes]:
    """Canonicalise the lines with blank nodes; to be asked when `blank` is complete."""
    if blank:
        yield from nquads(parse(b"".join(blank), format=RdfFormat.N_QUADS)).splitlines(keepends=True)


def _keep_blank(line: bytes, blank: list[bytes]) -> bool:
    """Put a line aside that may hold a blank node; a literal with `_:` in it may go along."""
    if b"_:" not in line:
        return False
    blank.append(line)
    return True
