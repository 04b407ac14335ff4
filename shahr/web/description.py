"""The service description of the endpoint: SPARQL 1.1 Service Description, section 3."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pyoxigraph import NamedNode, RdfFormat, Triple, serialize

from shahr.formats import Format, graph_formats, result_formats

_SD = "http://www.w3.org/ns/sparql-service-description#"
_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")


def describe(endpoint: str, graphs: Sequence[NamedNode], chosen: Format) -> bytes:
    """Write the description of the service at `endpoint` (an IRI) with its named graphs."""
    if not isinstance(chosen.writer, RdfFormat):
        raise TypeError(f"{chosen.name} is no RDF format")
    prefixes = {"sd": _SD} if chosen.writer in (RdfFormat.TURTLE, RdfFormat.TRIG) else None
    return serialize(_triples(endpoint, graphs), format=chosen.writer, prefixes=prefixes) or b""


def _triples(endpoint: str, graphs: Sequence[NamedNode]) -> Iterator[Triple]:
    service, dataset = NamedNode(f"{endpoint}#service"), NamedNode(f"{endpoint}#dataset")
    yield Triple(service, _TYPE, _sd("Service"))
    yield Triple(service, _sd("endpoint"), NamedNode(endpoint))
    yield Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query"))
    yield Triple(service, _sd("feature"), _sd("UnionDefaultGraph"))
    for one in (*result_formats(), *graph_formats()):
        yield Triple(service, _sd("resultFormat"), NamedNode(one.writer.iri))
    yield Triple(service, _sd("defaultDataset"), dataset)
    yield Triple(dataset, _TYPE, _sd("Dataset"))
    yield Triple(dataset, _sd("defaultGraph"), NamedNode(f"{endpoint}#union"))
    yield Triple(NamedNode(f"{endpoint}#union"), _TYPE, _sd("Graph"))
    for number, graph in enumerate(graphs, 1):
        entry = NamedNode(f"{endpoint}#graph-{number}")
        yield Triple(dataset, _sd("namedGraph"), entry)
        yield Triple(entry, _sd("name"), graph)


def _sd(name: str) -> NamedNode:
    return NamedNode(_SD + name)
