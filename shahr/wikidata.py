"""Asking an endpoint of Wikidata's shape about many items: in requests of bounded size, and about nothing else.

https://www.wikidata.org/wiki/Wikidata:SPARQL_query_service
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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
    """Ask a query with these terms in its VALUES block over `variables`, of which the first is ?item; EndpointError."""
    asked = [list(row) for row in terms]
    found = client.select(query.filled(variables, asked))
    check_answer(client.endpoint, found, _columns(query), variables[0], {row[0] for row in asked})
    rows: list[Found] = [dict(zip(found.variables, row, strict=True)) for row in found.rows]
    if not all(isinstance(row.get("statement", row["item"]), NamedNode) for row in rows):
        raise EndpointError(client.endpoint, "the answer has rows without the statement that they are about")
    return rows


def check_answer(
    endpoint: str, found: Solutions, columns: Collection[str], variable: str, asked: Collection[Term]
) -> None:
    """Refuse an answer to another question: it would be taken for what is not said there.

    EndpointError where one of `columns` or `variable` is not in it, or its terms of `variable` were not `asked` about.
    """
    if {*columns, variable} - set(found.variables):
        raise EndpointError(endpoint, "the answer lacks columns that were asked for")
    at = found.variables.index(variable)
    if any(row[at] is None or row[at] not in asked for row in found.rows):
        raise EndpointError(endpoint, "the answer is about terms that were not asked about")


def _columns(query: Query) -> set[str]:
    found = Store().query(query.text)
    assert isinstance(found, QuerySolutions)  # what asks Wikidata is a SELECT
    return {one.value for one in found.variables}
