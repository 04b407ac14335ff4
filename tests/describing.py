"""A release of a graph that a test writes down, described; and what one reads in descriptions."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Store

from shahr.namespaces import prefix_map
from shahr.paths import Project
from shahr.release.about import read_about
from shahr.release.folder import Kind, ReleaseFolder
from shahr.release.making import Making
from shahr.release.metadata.description import write_description
from shahr.release.quads import write_quads
from shahr.releases import Record

PREFIXES = prefix_map() | {
    "adms": "http://www.w3.org/ns/adms#",
    "dqv": "http://www.w3.org/ns/dqv#",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "spdx": "http://spdx.org/rdf/terms#",
}


def described(root: Path, quads: str, previous: str | None = None) -> Path:
    """Write the release 1.2.0 of N-Quads: its one dump, and what describes it."""
    for name, text in {"graph.nq": quads, "inferred.nq": ""}.items():
        (root / "build").mkdir(parents=True, exist_ok=True)
        (root / "build" / name).write_text(text, encoding="utf-8")
    scratch = root / "scratch"
    scratch.mkdir()
    counted = write_quads(root / "build", scratch, "1.2.0", previous, "2026-03-04")
    hashes = counted.canonical_hash, counted.triples_hash
    about = read_about(Project.here().about)
    record = Record(*("1.2.0", previous, "2026-03-04", about, counted.quads, counted.triples), *hashes, counted.graphs)
    folder = ReleaseFolder(root / "release")
    kind = Kind("data", "application/n-quads", {"en": "N-Quads", "fa": "N-Quads"})
    with folder.packed("data/shahr.nq", kind) as sink:
        sink.write((scratch / "shahr.nq").read_bytes())
    files = scratch / "shahr.nq", scratch / "shahr.nt"
    write_description(Making(Project.here(), folder, scratch, root / "build", *files, record, None))
    return folder.root


def load(*paths: Path) -> Store:
    """Load Turtle, or packed N-Triples, into the default graph."""
    store = Store()
    for path in paths:
        packed = path.suffix == ".gz"
        data = gzip.decompress(path.read_bytes()) if packed else path.read_bytes()
        store.load(data, format=RdfFormat.N_TRIPLES if packed else RdfFormat.TURTLE)
    return store


def ask(store: Store, pattern: str) -> list[tuple[str, ...]]:
    """Give the rows of a SELECT, each term by its value; our prefixes are known to it."""
    rows = store.query(pattern, prefixes=PREFIXES)
    return [tuple(value(term) for term in row) for row in rows]  # type: ignore[union-attr]


def value(term: object) -> str:
    """Give what a term says, without its datatype and language."""
    assert isinstance(term, NamedNode | Literal | BlankNode)
    return term.value


def digest(path: Path) -> str:
    """Give the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
