"""Tables for people without SPARQL: one CSV file a kind of fact, one row a fact, and what the columns mean (CSVW).

    tables/agreements.csv               the values as they are in the graph: UTF-8, RFC 4180
    tables/csv-metadata.json            CSV on the Web: https://www.w3.org/TR/tabular-metadata/
    tables/spreadsheet/agreements.csv   the same to be opened by a double click

A cell of the first kind is exactly what the graph says, since programs read it, and a changed value could not be
found again in the graph. Spreadsheet programs take a cell that begins with = + - @ for a formula and UTF-8 only with
a mark; so they have files of their own, where such a cell begins with an apostrophe.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import IO, cast

from pyoxigraph import Literal, NamedNode, QuerySolution, QuerySolutions, RdfFormat, Store

from shahr.errors import ReleaseError
from shahr.namespaces import iri
from shahr.queries import Query, read_query
from shahr.release.folder import Kind, Sink
from shahr.release.making import Making
from shahr.release.tables.columns import ROW, Column, columns_of
from shahr.release.tables.csvw import SEPARATOR, describe_tables
from shahr.spreadsheet import MARK, as_text

TABLES = ("agreements", "memberships", "offices")
IN_MEMORY = 2_000_000  # triples; a store of more is on the disk, which is slower by half
_QUERIES = Path(__file__).with_name("queries")
_CSV = ("https://www.rfc-editor.org/rfc/rfc4180", "https://www.w3.org/TR/tabular-data-model/")

Row = Mapping[str, Sequence[str]]  # the values of each variable


@dataclass(frozen=True)
class Table:
    """A table: the query that makes it, its columns, and its cells as they stand in the file."""

    query: Query
    columns: tuple[Column, ...]
    rows: list[list[str]]


def write_tables(making: Making) -> None:
    """Write tables/ of a release; ReleaseError where a value has no place in a cell."""
    store = _load(making)
    tables = [_table(store, name) for name in TABLES]
    for table in tables:
        title = {"en": table.query.summary, "fa": table.query.summary_fa}
        with making.folder.opened(f"tables/{table.query.name}.csv", Kind("tables", "text/csv", title, _CSV)) as sink:
            _write_csv(sink, [column.name for column in table.columns], table.rows)
    for table in tables:
        title = {"en": f"{table.query.summary} (for spreadsheets)", "fa": f"{table.query.summary_fa} (برای صفحه‌گسترده)"}
        with making.folder.opened(
            f"tables/spreadsheet/{table.query.name}.csv", Kind("tables", "text/csv", title)
        ) as sink:
            _write_spreadsheet(sink, table)
    kind = Kind(
        "tables",
        "application/csvm+json",
        {"en": "What the columns of the tables mean", "fa": "معنی ستون‌های جدول‌ها"},
        ("https://www.w3.org/TR/tabular-metadata/",),
    )
    described = describe_tables(making, store, [(table.query, table.columns) for table in tables])
    making.folder.write("tables/csv-metadata.json", described, kind)


def _load(making: Making) -> Store:
    """Load the union of the graphs; the tables ask for no graph by its name."""
    store = Store() if making.record.triples <= IN_MEMORY else Store(making.scratch / "tables")
    store.bulk_load(path=making.triples, format=RdfFormat.N_TRIPLES)
    return store


def _table(store: Store, name: str) -> Table:
    query = read_query(_QUERIES / f"{name}.rq")
    found = store.query(query.text)
    assert isinstance(found, QuerySolutions)
    variables = [one.value for one in found.variables]
    columns = columns_of(query, variables)
    return Table(query, columns, [_cells(columns, row, store) for row in _rows(found, variables)])


def _rows(found: Iterable[QuerySolution], variables: Sequence[str]) -> Iterator[Row]:
    """Gather the solutions of one ?iri, which come together; each value once, in the order it comes."""
    for _, solutions in groupby(found, key=lambda solution: solution[ROW]):
        values: dict[str, dict[str, None]] = {name: {} for name in variables}
        for solution in solutions:
            for name in variables:
                if isinstance(term := solution[name], NamedNode | Literal):
                    values[name][term.value] = None
        yield {name: tuple(held) for name, held in values.items()}


def _cells(columns: Iterable[Column], row: Row, store: Store) -> list[str]:
    return [_cell(column, _texts(column, row, store), row[ROW][0]) for column in columns]


def _texts(column: Column, row: Row, store: Store) -> Sequence[str]:
    if not column.language:
        return row[column.variable]
    return [_label(store, node, column.language) for node in row[column.variable]]


def _label(store: Store, node: str, language: str) -> str:
    labels = (quad.object for quad in store.quads_for_pattern(NamedNode(node), NamedNode(iri("rdfs:label")), None))
    return min((one.value for one in labels if isinstance(one, Literal) and one.language == language), default="")


def _cell(column: Column, texts: Sequence[str], row: str) -> str:
    """Join the values of a cell; those of one named node may be empty, and keep the place of the node."""
    if not column.many and len(texts) > 1:
        raise ReleaseError(f"{row} has {len(texts)} values of {column.name} ({', '.join(texts)}): leave it one")
    for text in texts:
        if column.many and SEPARATOR in text:
            raise ReleaseError(
                f"{text!r}, {column.name} of {row}, holds {SEPARATOR!r}, which parts values: name it without"
            )
    return SEPARATOR.join(texts) if any(texts) else ""


def _write_csv(sink: Sink, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    text = codecs.getwriter("utf-8")(cast("IO[bytes]", sink))
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)


def _write_spreadsheet(sink: Sink, table: Table) -> None:
    header = [f"{column.title['en']} · {column.title['fa']}" for column in table.columns]
    sink.write(MARK.encode())
    _write_csv(sink, header, ([as_text(cell) for cell in row] for row in table.rows))
