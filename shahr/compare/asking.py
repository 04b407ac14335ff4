"""Asking our store and an endpoint, with the items in requests of bounded size."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import NamedNode, QuerySolutions, Store

from shahr.errors import EndpointError
from shahr.queries import Query, read_query
from shahr.solutions import Solutions, Term

QUERIES = Path(__file__).parent / "queries"
LARGEST = 200  # items in one request

Found = Mapping[str, Term | None]  # a row: its terms by the names of variables


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
    size: int = LARGEST
    _answered: bool = field(default=False, init=False)

    def ask(self, name: str, items: Iterable[str]) -> tuple[list[Found], set[str]]:
        """Give the rows of a query of this stage, and the items of requests that failed.

        EndpointError where the endpoint has answered nothing yet: it is down, or is no endpoint.
        """
        query = read_query(QUERIES / f"{name}.rq")
        rows: list[Found] = []
        failed: set[str] = set()
        for batch in _batches(sorted(set(items)), self.size):
            try:
                rows += self._rows(query, batch)
            except EndpointError:
                if not self._answered:
                    raise
                failed |= set(batch)
        return rows, failed

    def _rows(self, query: Query, items: list[str]) -> Iterator[Found]:
        found = self.select(query.filled(["item"], _terms(items)))
        rows = [dict(zip(found.variables, row, strict=True)) for row in found.rows]
        self._check(query, found.variables, rows, set(items))
        self._answered = True
        yield from rows

    def _check(self, query: Query, variables: tuple[str, ...], rows: Sequence[Found], items: set[str]) -> None:
        """Refuse an answer to another question: it would be taken for what is not said there."""
        wanted = tuple(one.value for one in _solutions(Store(), query.text).variables)
        if set(wanted) - set(variables):
            raise EndpointError(self.endpoint, "the answer lacks columns that were asked for")
        nodes = [row[name] for row in rows for name in ("item", "statement") if name in wanted]
        if not all(isinstance(one, NamedNode) for one in nodes) or any(
            str(row["item"])[1:-1] not in items for row in rows
        ):
            raise EndpointError(self.endpoint, "the answer is about items that were not asked about")


def _solutions(store: Store, text: str) -> QuerySolutions:
    found = store.query(text)
    assert isinstance(found, QuerySolutions)  # the queries of this stage are all SELECT
    return found


def _batches(items: list[str], size: int) -> Iterator[list[str]]:
    yield from (items[start : start + size] for start in range(0, len(items), size))


def _terms(iris: Iterable[str]) -> list[list[NamedNode]]:
    return [[NamedNode(one)] for one in iris]
