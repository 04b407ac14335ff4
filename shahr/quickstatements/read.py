"""The statements that our graph supports: each query of queries/statements tells those of one property."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Literal, QuerySolution, Store

from shahr.queries import Query, read_queries
from shahr.quickstatements.asking import FOLDER, rows, text_of
from shahr.quickstatements.linked import Linked
from shahr.quickstatements.moment import Moment, read_moment
from shahr.quickstatements.statement import Property, Statement, Times


def read_statements(store: Store, linked: Linked) -> list[Statement]:
    """Give every statement once, ordered by property and fact; a name of several meanings gives one for each."""
    found: dict[tuple[str, str, str, str | Moment], Statement] = {}
    for query in read_queries(FOLDER / "statements"):
        property_ = _property(query)
        for row in rows(store, query.text):
            for one in _statements(row, property_, linked):
                found.setdefault((property_.id, one.fact, one.subject, one.value), one)
    return list(found.values())


def _property(query: Query) -> Property:
    title = {"en": query.metadata["title"], "fa": query.metadata["title-fa"]}
    single, symmetric = (query.metadata.get(key) == "yes" for key in ("one-at-a-time", "symmetric"))
    return Property(query.metadata["property"], title, single, symmetric)


def _statements(row: QuerySolution, property_: Property, linked: Linked) -> Iterator[Statement]:
    fact, subject, value = (text_of(row, name) for name in ("fact", "subject", "value"))
    if fact is None or subject is None or value is None:
        return
    settled, times = text_of(row, "settled") == "true", _times(row)
    if isinstance(row["value"], Literal):
        year = read_moment(value)
        for (meant,), choices in linked.read_as(subject) if year else ():
            ends = meant, year or value, linked.items.get(meant), year.value if year else None
            yield Statement(fact, property_, *ends, times, settled, choices)
    else:
        for (meant, other), choices in linked.read_as(subject, value):
            ends = meant, other, linked.items.get(meant), linked.items.get(other)
            yield Statement(fact, property_, *ends, times, settled, choices)


def _times(row: QuerySolution) -> Times:
    names = ("start", "end", "earliest", "latest")
    return Times(*(read_moment(text_of(row, name) or "") for name in names))
