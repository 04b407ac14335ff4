"""The queries of this stage, of our graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pyoxigraph import Literal, NamedNode, QuerySolution, QuerySolutions, Store

from shahr.queries import Query, read_query

FOLDER = Path(__file__).parent / "queries"


def own_query(name: str) -> Query:
    """Read a query of this stage by the name of its file."""
    return read_query(FOLDER / f"{name}.rq")


def rows(store: Store, text: str) -> Iterator[QuerySolution]:
    """Give the rows of a SELECT over our graph."""
    found = store.query(text)
    assert isinstance(found, QuerySolutions)
    return iter(found)


def rows_about(store: Store, name: str, variable: str, terms: Iterable[str]) -> Iterator[QuerySolution]:
    """Give the rows of a query of ours for some terms of its one variable in VALUES; none for no terms."""
    wanted = [[NamedNode(term)] for term in sorted(set(terms))]
    return rows(store, own_query(name).filled((variable,), wanted)) if wanted else iter(())


def text_of(row: QuerySolution, name: str) -> str | None:
    """Give the IRI or the text that a row has for a variable; None where it has neither."""
    term = row[name]
    return term.value if isinstance(term, NamedNode | Literal) else None
