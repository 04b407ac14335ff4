"""The triples of the ontology within a dataset."""

from __future__ import annotations

from pyoxigraph import Quad, RdfFormat, parse

from shahr.namespaces import GRAPH, SHAHR
from shahr.release.changes.sides import Side

_GRAPH = f"<{GRAPH}ontology> .\n".encode()
_OWN = (f"<{SHAHR}".encode(), b"_:")


def ontology_triples(side: Side) -> list[Quad]:
    """Give what stands in the graph of the ontology; without graphs, what is said of our terms and of blank nodes."""
    lines = (line for line in side.lines() if (line.startswith(_OWN) if side.union else line.endswith(_GRAPH)))
    return list(parse(b"".join(lines), format=RdfFormat.N_QUADS))
