"""The dataset: named graphs read from the sources, written as canonical N-Quads, loaded into a store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from pyoxigraph import (
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    NamedNode,
    Quad,
    RdfFormat,
    Store,
    Triple,
    parse,
    serialize,
)

from shahr.blanknodes import ALIKE, too_much_alike
from shahr.errors import NotAcceptable, ProjectMissing, SourceError
from shahr.mappings import accepted_links, link_files, read_links
from shahr.namespaces import graph_iri
from shahr.paths import Project
from shahr.turtle import parse_turtle


@dataclass(frozen=True)
class Source:
    """One source file: the name of the graph it goes to, its path, its triples."""

    graph: str
    path: Path
    triples: list[Triple]


def source_files(project: Project) -> Iterator[tuple[str, Path]]:
    """Give each source file after the name of its graph, in the order of graph and path; OSError as files_in."""
    yield from (("ontology", path) for path in files_in(project.ontology, ".ttl"))
    yield from (("entities", path) for path in files_in(project.entities, ".ttl"))
    yield from (("links", path) for path in link_files(project))
    own = (*files_in(project.articles, ".ttl"), *files_in(project.external, ".ttl"))
    yield from ((path.stem, path) for path in sorted(own))


def files_in(folder: Path, ending: str) -> list[Path]:
    """Give what lies in a folder of sources and has a name with this ending, in order; none where there is no folder.

    OSError for a folder that cannot be read: Path.glob would take it for an empty one.
    """
    if not folder.exists():
        return []
    return sorted(path for path in folder.iterdir() if path.name.endswith(ending))


def read_sources(project: Project) -> tuple[list[Source], list[SourceError]]:
    """Read all sources of a project; files that cannot be used come back as errors beside the rest."""
    sources: list[Source] = []
    errors: list[SourceError] = []
    for graph, path in source_files(project):
        try:
            triples = read_links(path) if graph == "links" else parse_turtle(path)
            if too_much_alike(triples):
                raise SourceError(path, None, f"has blank nodes that are {ALIKE}")
        except SourceError as error:
            errors.append(error)
        else:
            sources.append(Source(graph, path, triples))
    return sources, errors or _contradictions(project)


def _contradictions(project: Project) -> list[SourceError]:
    """Two files of links may each be sound, and contradict each other."""
    try:
        accepted_links(project)
    except SourceError as error:
        return [error]
    return []


def quads_of(sources: Iterable[Source]) -> Iterator[Quad]:
    """Give the triples of sources in their named graphs."""
    for source in sources:
        name = NamedNode(graph_iri(source.graph))
        yield from (Quad(triple.subject, triple.predicate, triple.object, name) for triple in source.triples)


def nquads(quads: Iterable[Quad]) -> bytes:
    """Write quads as canonical N-Quads: blank nodes by RDFC-1.0, lines in code point order, no line twice.

    NotAcceptable where blank nodes are too much alike.
    """
    dataset = Dataset(quads)
    if too_much_alike(dataset):
        raise NotAcceptable(f"blank nodes are {ALIKE}")
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    written = serialize(dataset, format=RdfFormat.N_QUADS) or b""
    return b"".join(line + b"\n" for line in sorted(written.split(b"\n")) if line)


def read_nquads(path: Path) -> Iterator[Quad]:
    """Give the quads of an N-Quads file, blank nodes with the names they have there."""
    try:
        yield from parse(path=path, format=RdfFormat.N_QUADS)
    except FileNotFoundError as error:
        raise ProjectMissing(f"{path} is not there yet: run `shahr run` (or `make serve`) first") from error
    except SyntaxError as error:
        raise SourceError(path, error.lineno, f"is not N-Quads: {error.msg}") from error


def load_store(*paths: Path) -> Store:
    """Load N-Quads files: their named graphs, and as default graph the union of all, each triple once.

    Oxigraph's own union view would repeat a triple that stands in two graphs, and every COUNT would be wrong.
    """
    store = Store()
    quads = list(chain.from_iterable(map(read_nquads, paths)))
    store.bulk_extend(quads)
    store.bulk_extend(Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()) for quad in quads)
    return store
