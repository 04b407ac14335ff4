"""The two files that all others of a release are made from: canonical N-Quads, and N-Triples of the union."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from shahr.canonical import canonical_lines, without_graph
from shahr.release.folder import BUFFER
from shahr.release.stamp import stamped


@dataclass(frozen=True)
class Counted:
    """How many quads and triples there are, their digests, and the triples of each graph by its IRI."""

    quads: int
    triples: int
    canonical_hash: str
    triples_hash: str
    graphs: Mapping[str, int]


def write_quads(build: Path, scratch: Path, version: str, previous: str | None, day: str) -> Counted:
    """Write shahr.nq and shahr.nt to `scratch`: the quads of a build, stamped with the version."""
    sources = chain.from_iterable(_lines(build / name) for name in ("graph.nq", "inferred.nq"))
    lines = canonical_lines(stamped(sources, version, previous, day), scratch)
    graphs: Counter[bytes] = Counter()
    quads = _write(scratch / "shahr.nq", _counted(lines, graphs))
    union = canonical_lines(map(without_graph, _lines(scratch / "shahr.nq")), scratch)
    triples = _write(scratch / "shahr.nt", union)
    sizes = {name.decode()[1:-1]: size for name, size in sorted(graphs.items())}
    return Counted(quads[0], triples[0], quads[1], triples[1], sizes)


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb", BUFFER) as file:
        yield from file


def _counted(lines: Iterator[bytes], graphs: Counter[bytes]) -> Iterator[bytes]:
    """Count the quads of each graph on their way; every quad of a build stands in a graph."""
    for line in lines:
        graphs[line[:-3].rpartition(b" ")[2]] += 1
        yield line


def _write(path: Path, lines: Iterator[bytes]) -> tuple[int, str]:
    """Write lines; give their number and the SHA-256 of all, hexadecimal."""
    number, digest = 0, hashlib.sha256()
    with path.open("wb", BUFFER) as file:
        for line in lines:
            file.write(line)
            digest.update(line)
            number += 1
    return number, digest.hexdigest()
