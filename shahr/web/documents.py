"""What the data about a node, a graph or a vocabulary are, and how they are written: one document an address.

A document is the same bytes as long as the dataset is: triples in order, blank nodes by RDFC-1.0, prefixes in use.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from pyoxigraph import (
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryResultsFormat,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)
from werkzeug.exceptions import NotFound, RequestEntityTooLarge

from shahr.context import Compactor, make_context, write_context
from shahr.dataset import nquads
from shahr.engine.writing import write_graph
from shahr.errors import NotAcceptable
from shahr.formats import Format, data_formats
from shahr.namespaces import BASE, GRAPH, iri
from shahr.turtle import turtle_of
from shahr.web.language import number
from shahr.web.refusals import Replaced
from shahr.web.state import page_query, state

CONCEPTS = BASE + "concept/"
MOST, WHOLE = 20_000, 200_000  # triples about a node, and of a graph; document.rq and graph.rq find one more
LARGEST = 64 * 1024**2  # bytes of a document in RDF/XML, which is the longest
_REPLACED = iri("dcterms:isReplacedBy")


def check_node(node: str) -> None:
    """Make sure that the graph speaks of a node, or has one of that name; NotFound, or Replaced."""
    rows = state().select(_about("story", "node", node)).rows
    properties = {one.value for one, _ in rows if isinstance(one, NamedNode)}
    if _REPLACED in properties:
        raise Replaced(node, sorted(new.value for _, new in rows if isinstance(new, NamedNode)))
    if not properties and not _is_named(node):
        raise NotFound


class Library:
    """The documents of one application, all of them written with one compactor."""

    def __init__(self) -> None:
        self._compactor = Compactor()
        self._kept: tuple[str, dict[str, Any]] = ("", {})

    def node(self, node: str, suffix: str) -> bytes:
        """Write all that is said of a node as subject or object, and of what lies below its IRI; see check_node.

        RequestEntityTooLarge for more than MOST triples; a graph or vocabulary may have WHOLE.
        """
        check_node(node)
        return self.write(_selected("document", "node", node, MOST), suffix)

    def graph(self, name: str, suffix: str) -> bytes:
        """Write all triples of the graph with an IRI; NotFound where it has none."""
        return self.write(_selected("graph", "graph", name, WHOLE), suffix)

    def whole(self, name: str, suffix: str) -> bytes:
        """Write what "ns" (the ontology), "concept", "shapes" or "graph" (the list of graphs) names."""
        reading = {"ns": _ontology, "concept": _concepts, "shapes": _shapes, "graph": _graphs}
        return self.write(reading[name](), suffix)

    def context(self) -> bytes:
        """Write the JSON-LD context of the vocabulary in the dataset."""
        return write_context(self._context())

    def write(self, quads: Sequence[Quad], suffix: str) -> bytes:
        """Write a document of some quads, "ttl" say; NotFound for one of nothing, NotAcceptable."""
        if not quads:
            raise NotFound
        chosen = data_formats()[suffix]
        if chosen.name == "nquads":
            return nquads(quads)
        lines = nquads(Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
        if chosen.name == "ntriples":
            return lines
        triples = [quad.triple for quad in parse(lines, format=RdfFormat.N_TRIPLES)]
        if chosen.name == "turtle":
            return turtle_of(triples).encode()
        if chosen.name == "jsonld":
            return self._compactor.write(triples, self._context())
        return _write_xml(triples, chosen)

    def _context(self) -> dict[str, Any]:
        """Give the context of the vocabulary, made once a build."""
        version = state().version
        known, context = self._kept
        if known != version:
            context = make_context(state().select(page_query("vocabulary").text))
            self._kept = version, context
        return context


def _about(query: str, variable: str, node: str) -> str:
    """Give the text of a query of ours about a node; NotFound for what cannot be an IRI."""
    try:
        return page_query(query).filled([variable], [[NamedNode(node)]])
    except ValueError as error:
        raise NotFound from error


def _is_named(node: str) -> bool:
    """Tell whether a node is an object at least, or a graph."""
    answer = state().evaluate(_about("named", "node", node), [], [], "application/sparql-results+json")
    return bool(parse_query_results(answer.body, format=QueryResultsFormat.JSON))


def _selected(query: str, variable: str, node: str, most: int) -> list[Quad]:
    """Give the quads that a query selects as ?graph ?s ?p ?o; one without a graph stands in none.

    RequestEntityTooLarge for more than `most`: SPARQL gives those in parts.
    """
    rows = state().select(_about(query, variable, node)).rows
    if len(rows) > most:
        told = _(
            "there are more than %(most)s triples: ask for them in parts at %(address)s",
            most=number(most),
            address="/sparql",
        )
        raise RequestEntityTooLarge(told)
    return [Quad(s, p, o, DefaultGraph() if graph is None else graph) for graph, s, p, o in rows]  # type: ignore[arg-type]


def _shapes() -> list[Quad]:
    """Shapes belong to the checkout, whatever dataset is served."""
    triples = (one for found in state().shapes.values() for one in found)
    return [Quad(one.subject, one.predicate, one.object) for one in triples]


def _ontology() -> list[Quad]:
    quads = _selected("graph", "graph", GRAPH + "ontology", WHOLE)
    return [quad for quad in quads if not _is_concept(quad)]


def _concepts() -> list[Quad]:
    return [quad for quad in _selected("graph", "graph", GRAPH + "ontology", WHOLE) if _is_concept(quad)]


def _is_concept(quad: Quad) -> bool:
    return isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(CONCEPTS)


def _graphs() -> list[Quad]:
    """The graphs as parts of the dataset, with their sizes."""
    integer = NamedNode(iri("xsd:integer"))
    triples = []
    for name, size in state().summary.graphs:
        graph = NamedNode(name)
        triples.append(Quad(NamedNode(BASE), NamedNode(iri("void:subset")), graph))
        triples.append(Quad(graph, NamedNode(iri("rdf:type")), NamedNode(iri("void:Dataset"))))
        triples.append(Quad(graph, NamedNode(iri("void:triples")), Literal(str(size), datatype=integer)))
    return triples


def _write_xml(triples: Sequence[Triple], chosen: Format) -> bytes:
    try:
        return write_graph(triples, chosen, LARGEST)
    except NotAcceptable as error:
        others = ", ".join(f".{suffix}" for suffix, one in data_formats().items() if one != chosen)
        raise NotAcceptable(f"RDF/XML cannot carry all that is said here: ask for {others}") from error
