"""The RDF 1.2 edition: which fact says each plain triple, https://www.w3.org/TR/rdf12-concepts/#section-triple-terms

`agreement:isfahan-kazan rdf:reifies <<( city:isfahan shahr:twinnedWith city:kazan )>>`, in a graph of its own, so that
without this graph the dataset is what all other formats hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from pyoxigraph import NamedNode, QuerySolutions, RdfFormat, Store, Triple

from shahr.namespaces import graph_iri, iri
from shahr.queries import read_query
from shahr.release.folder import BUFFER
from shahr.sorting import sorted_lines

_QUERY = Path(__file__).with_name("queries") / "reified.rq"
_TYPE = f"<{iri('rdf:type')}>".encode()
_NAMED = re.compile(r"\b(?:shahr|org|concept):[\w-]+")
_OF_FACTS = f" <{iri('rdf:reifies')}> <<( ".encode()
_GRAPH = f" )>> <{graph_iri('reified')}> .\n".encode()


def write_reified(triples: Path, scratch: Path) -> Path:
    """Write which fact reifies which of the triples of a file of canonical N-Triples, as N-Quads 1.2; give the file."""
    path = scratch / "reified.nq"
    with path.open("wb", BUFFER) as file:
        file.writelines(sorted_lines(_reifiers(triples, _said(_store(triples, scratch))), scratch))
    return path


def _store(triples: Path, scratch: Path) -> Store:
    """Load what the query asks for, which is a small part of all."""
    text = read_query(_QUERY).text
    names = {f"<{iri(name)}>".encode() for name in _NAMED.findall(text)}
    wanted = scratch / "wanted.nt"
    with wanted.open("wb", BUFFER) as file, triples.open("rb", BUFFER) as lines:
        file.writelines(line for line in lines if _is_wanted(line, names))
    store = Store()
    store.bulk_load(path=wanted, format=RdfFormat.N_TRIPLES)
    return store


def _is_wanted(line: bytes, names: set[bytes]) -> bool:
    _, predicate, rest = line.split(b" ", 2)
    return predicate in names if predicate != _TYPE else rest[:-3] in names


def _said(store: Store) -> dict[bytes, list[bytes]]:
    """Give the facts that say a triple, by the triple; not each of these triples stands in the graph."""
    said: dict[bytes, list[bytes]] = {}
    rows = store.query(read_query(_QUERY).text)
    assert isinstance(rows, QuerySolutions)
    for fact, subject, predicate, value in rows:
        if isinstance(predicate, NamedNode) and not isinstance(subject, Triple):
            said.setdefault(f"{subject} {predicate} {value}".encode(), []).append(str(fact).encode())
    return said


def _reifiers(triples: Path, said: dict[bytes, list[bytes]]) -> Iterator[bytes]:
    with triples.open("rb", BUFFER) as lines:
        for line in lines:
            yield from _of(line[:-3], said.get(line[:-3], ()))


def _of(triple: bytes, facts: Iterable[bytes]) -> Iterator[bytes]:
    yield from (fact + _OF_FACTS + triple + _GRAPH for fact in facts)
