"""QuickStatements' two forms: lines of version 1, divided by tabs, and CSV.

https://www.wikidata.org/wiki/Help:QuickStatements#Command_sequence_syntax
A text stands in double quotes and is not escaped: what the form cannot carry has been left out (see sources).
Each reference is a line of its own, for one line makes one reference; a statement that is there is not made again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from shahr.quickstatements.sources import Reference
from shahr.quickstatements.statement import Finding

_SOURCES = ("S854", "S1476", "S577", "S407", "S813")
_QUALIFIERS = ("P580", "P582")


@dataclass(frozen=True)
class Command:
    """A statement with one reference: values as QuickStatements writes them, by property in its order."""

    item: str
    property: str
    target: str
    qualifiers: tuple[tuple[str, str], ...]
    sources: tuple[tuple[str, str], ...]


def commands(sent: Iterable[tuple[Finding, Sequence[Reference]]]) -> list[Command]:
    """Give a command for each statement to send and each of its references, in order of the items' numbers."""
    found = {_command(finding, reference) for finding, references in sent for reference in references}
    return sorted(found, key=_order)


def _order(one: Command) -> tuple[int, int, str, object]:
    return int(one.item[1:]), int(one.property[1:]), one.target, (one.qualifiers, one.sources)


def _command(finding: Finding, reference: Reference) -> Command:
    statement, times = finding.statement, finding.times
    told = zip(_QUALIFIERS, (times.start, times.end), strict=True)
    qualifiers = tuple((name, time.value) for name, time in told if time)
    ends = statement.item or "", statement.predicate.id, statement.target or ""
    return Command(*ends, qualifiers, tuple(_sources(reference)))


def _sources(reference: Reference) -> Iterator[tuple[str, str]]:
    values = (
        f'"{reference.address}"',
        f'{reference.title_language}:"{reference.title}"' if reference.title else "",
        reference.published.value if reference.published else "",
        reference.language,
        reference.retrieved.value if reference.retrieved else "",
    )
    return ((name, value) for name, value in zip(_SOURCES, values, strict=True) if value)


def tsv(batch: Iterable[Command]) -> bytes:
    """Write commands as lines of version 1."""
    return "".join(f"{chr(9).join(_cells(one))}\n" for one in batch).encode()


def _cells(one: Command) -> Iterator[str]:
    yield from (one.item, one.property, one.target)
    for name, value in (*one.qualifiers, *one.sources):
        yield from (name, value)


def csv_tables(batch: Iterable[Command]) -> list[bytes]:
    """Write commands as CSV, a table for each set of columns, at least one: QuickStatements 2 skips no empty cell.

    A source with a capital S begins a reference, one with a small s adds to it.
    """
    tables: dict[tuple[str, ...], list[list[str]]] = {}
    for one in batch:
        values = (value for _, value in (*one.qualifiers, *one.sources))
        tables.setdefault(_head(one), []).append([one.item, one.target, *values])
    return [_table(head, rows) for head, rows in tables.items()] or [_table(("qid",), [])]


def _head(one: Command) -> tuple[str, ...]:
    qualifiers = (name.replace("P", "qal") for name, _ in one.qualifiers)
    sources = (name if name == _SOURCES[0] else name.lower() for name, _ in one.sources)
    return ("qid", one.property, *qualifiers, *sources)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([head, *rows])
    return out.getvalue().encode()
