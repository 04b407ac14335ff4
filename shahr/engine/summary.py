"""What a store holds, in figures: its digest, its size, the sizes of its named graphs."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from pyoxigraph import Literal, NamedNode, QuerySolutions, RdfFormat, Store

from shahr.queries import read_query

_BUFFER = 1024**2


@dataclass(frozen=True, slots=True)
class DatasetSummary:
    """A dataset: `digest` changes when it does; `graphs` are (IRI of a named graph, its triples) by IRI.

    `triples` is the size of the default graph; None where an endpoint behind us holds the data, whose sizes
    and graphs we do not know.
    """

    digest: str
    triples: int | None
    graphs: tuple[tuple[str, int], ...]


def summarise(store: Store, digest: str | None = None) -> DatasetSummary:
    """Count the graphs of a store, about a second a million triples; a digest not given takes two more."""
    sizes = dict(_sizes(store))
    total = sizes.pop("", 0)
    return DatasetSummary(digest or digest_of(store), total, tuple(sorted(sizes.items())))


def digest_of(store: Store) -> str:
    """Give 32 hex digits that are the same for two stores loaded alike, blank nodes under the same names."""
    sink = _Hashing()
    with io.BufferedWriter(sink, _BUFFER) as buffer:
        store.dump(cast(BinaryIO, buffer), RdfFormat.N_QUADS)
        buffer.flush()
        return sink.hash.hexdigest()


def _sizes(store: Store) -> Iterator[tuple[str, int]]:
    """Give (IRI, triples) of the named graphs, and "" for the default graph; a blank node names no graph to ask."""
    query = read_query(Path(__file__).parent / "queries" / "sizes.rq").text
    rows = store.query(query)
    assert isinstance(rows, QuerySolutions)
    for graph, size in rows:
        assert isinstance(size, Literal)
        if graph is None or isinstance(graph, NamedNode):
            yield (graph.value if graph else "", int(size.value))


class _Hashing(io.RawIOBase):
    """A file that keeps nothing of what is written to it but the hash."""

    def __init__(self) -> None:
        super().__init__()
        self.hash = hashlib.blake2b(digest_size=16)

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        block = memoryview(cast(bytes, data))
        self.hash.update(block)
        return block.nbytes
