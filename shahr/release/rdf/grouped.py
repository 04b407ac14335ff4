"""The quads of a release, those of each graph together: what the formats are made from that write graph by graph."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from shahr.canonical import without_graph
from shahr.release.folder import BUFFER
from shahr.sorting import sorted_lines

_MARK = b"\t"  # stands in no N-Quads as they are written here: within a literal it is escaped


def write_grouped(quads: Path, scratch: Path) -> Path:
    """Write the lines of canonical N-Quads by graph, subject and the rest; give the file.

    The default graph comes first, then the named ones in the order of their IRIs.
    """
    path = scratch / "grouped.nq"
    with path.open("wb", BUFFER) as file:
        file.writelines(line.partition(_MARK)[2] for line in sorted_lines(_marked(quads), scratch))
    return path


def graph_of(line: bytes) -> bytes:
    """Give the graph of a line of N-Quads as it is written there, nothing for the default graph."""
    if without_graph(line) == line:
        return b""
    return line[:-3].rpartition(b" ")[2]


def _marked(quads: Path) -> Iterator[bytes]:
    with quads.open("rb", BUFFER) as file:
        for line in file:
            yield graph_of(line) + _MARK + line
