"""Asking an endpoint of Wikidata's shape about many items: in requests of bounded size, and about nothing else.

https://www.wikidata.org/wiki/Wikidata:SPARQL_query_service
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

from pyoxigraph import NamedNode, QuerySolutions, Store

from shahr.errors import EndpointError
from shahr.queries import Query
from shahr.solutions import Solutions, Term

MOST = 200  # rows of VALUES in one request

Found = Mapping[str, Term | None]  # terms by the names of variables
Part = TypeVar("Part")


class Asks(Protocol):
    """Who asks an endpoint for rows: shahr.client.Client."""

    endpoint: str

    def select(self, text: str) -> Solutions:
        """Give the rows of a SELECT, or raise EndpointError."""
        ...


def batches(parts: Sequence[Part], size: int = MOST) -> Iterator[Sequence[Part]]:
    """Cut a list into pieces for one request each."""
    return (parts[start : start + size] for start in range(0, len(parts), size))


def rows_about(
    client: Asks, query: Query, variables: Sequence[str], terms: Iterable[Sequence[NamedNode]]
) -> list[Found]:
    """Ask a query with these terms in its VALUES block over `variables`, of which the first is ?item.

    EndpointError also for an answer to another question: it would be taken for what is not said there.
    """
    asked = [list(row) for row in terms]
    found = client.select(query.filled(variables, asked))
    rows: list[Found] = [dict(zip(found.variables, row, strict=True)) for row in found.rows]
    wanted = _columns(query)
    if wanted - set(found.variables):
        raise EndpointError(client.endpoint, "the answer lacks columns that were asked for")
    items = {row[0] for row in asked}
    if any(row["item"] not in items or not isinstance(row.get("statement", row["item"]), NamedNode) for row in rows):
        raise EndpointError(client.endpoint, "the answer is about items that were not asked about")
    return rows


def _columns(query: Query) -> set[str]:
    found = Store().query(query.text)
    assert isinstance(found, QuerySolutions)  # what asks Wikidata is a SELECT
    return {one.value for one in found.variables}
