"""Asking our store and an endpoint, with the items in requests of bounded size."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import NamedNode, QuerySolutions, Store

from shahr.errors import EndpointError
from shahr.queries import read_query
from shahr.solutions import Solutions
from shahr.wikidata import MOST, Found, batches, rows_about

QUERIES = Path(__file__).parent / "queries"


def ask_here(store: Store, name: str, **values: Iterable[str]) -> Iterator[Found]:
    """Give the rows of a query of this stage from our store; `values`: IRIs for a VALUES block over one variable."""
    query = read_query(QUERIES / f"{name}.rq")
    text = query.text
    for variable, iris in values.items():
        text = query.filled([variable], _terms(iris))
    found = _solutions(store, text)
    names = [one.value for one in found.variables]
    yield from (dict(zip(names, row, strict=True)) for row in found)


@dataclass
class Asker:
    """Asks an endpoint about items, at most `size` in a request; `select` sends a query and gives its rows."""

    endpoint: str
    select: Callable[[str], Solutions]
    size: int = MOST
    _answered: bool = field(default=False, init=False)

    def ask(self, name: str, items: Iterable[str]) -> tuple[list[Found], set[str]]:
        """Give the rows of a query of this stage, and the items of requests that failed.

        EndpointError where the endpoint has answered nothing yet: it is down, or is no endpoint.
        """
        query = read_query(QUERIES / f"{name}.rq")
        rows: list[Found] = []
        failed: set[str] = set()
        for batch in batches(sorted(set(items)), self.size):
            try:
                rows += rows_about(self, query, ["item"], _terms(batch))
                self._answered = True
            except EndpointError:
                if not self._answered:
                    raise
                failed |= set(batch)
        return rows, failed


def _solutions(store: Store, text: str) -> QuerySolutions:
    found = store.query(text)
    assert isinstance(found, QuerySolutions)  # the queries of this stage are all SELECT
    return found


def _terms(iris: Iterable[str]) -> list[list[NamedNode]]:
    return [[NamedNode(one)] for one in iris]
