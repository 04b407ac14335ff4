"""How a table on a page shows a term: what is read of it, and the labels beside an IRI."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from pyoxigraph import Literal, NamedNode

from shahr.namespaces import curie
from shahr.queries import fill
from shahr.solutions import Solutions, Term
from shahr.web.state import page_query, state

LABELLED = 2000


def shown(term: Term) -> str:
    """Give what a reader sees of a term: a curie for a name we can shorten, the text of a literal."""
    return curie(term.value) if isinstance(term, NamedNode) else getattr(term, "value", str(term))


def labels_of(found: Solutions) -> dict[str, list[Literal]]:
    """Give labels of the nodes in a table by IRI; a very long table has them for its first nodes only."""
    nodes = {term: None for row in found.rows for term in row if isinstance(term, NamedNode)}
    labels: dict[str, list[Literal]] = {}
    for node, label in _label_rows(list(islice(nodes, LABELLED))):
        labels.setdefault(node, []).append(label)
    return labels


def _label_rows(nodes: Sequence[NamedNode]) -> list[tuple[str, Literal]]:
    query = fill(page_query("labels").text, ["node"], [[node] for node in nodes])
    rows = state().select(query).rows
    return [(n.value, one) for n, one in rows if isinstance(n, NamedNode) and isinstance(one, Literal)]
