"""The service description of the endpoint: SPARQL 1.1 Service Description, section 3."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from urllib.parse import urlsplit

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from shahr.engine.summary import DatasetSummary
from shahr.formats import Format, graph_formats, result_formats
from shahr.namespaces import BASE, prefix_map

_SD = "http://www.w3.org/ns/sparql-service-description#"
_SIMPLE = "http://www.w3.org/ns/entailment/Simple"
_FORMATS = "http://www.w3.org/ns/formats/"
_PROPOSALS = "https://github.com/w3c/sparql-dev/blob/main/SEP/"
_GEO = "http://www.opengis.net/def/function/geosparql/"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_EXTENSIONS = ("SEP-0002/sep-0002.md", "SEP-0006/sep-0006.md")  # ADJUST and durations; LATERAL
_RELATIONS = (
    *("sfEquals", "sfDisjoint", "sfIntersects", "sfTouches", "sfWithin", "sfContains", "sfOverlaps", "sfCrosses"),
    *("ehEquals", "ehDisjoint", "ehMeet", "ehOverlap", "ehCovers", "ehCoveredBy", "ehInside", "ehContains"),
    *("rcc8eq", "rcc8dc", "rcc8ec", "rcc8po", "rcc8tpp", "rcc8tppi", "rcc8ntpp", "rcc8ntppi", "relate"),
)
_MEASURES = (
    *("distance", "length", "perimeter", "area", "dimension", "coordinateDimension", "spatialDimension"),
    *("isEmpty", "isSimple", "getSRID", "asGeoJSON", "centroid", "convexHull", "envelope"),
    *("difference", "symDifference", "intersection", "union"),
)
_CASTS = (
    *("date", "time", "duration", "dayTimeDuration", "yearMonthDuration"),
    *("gYear", "gYearMonth", "gMonth", "gMonthDay", "gDay"),
)


def describe(endpoint: str, dataset: DatasetSummary, chosen: Format, federated: bool = False) -> bytes:
    """Write the description of the service at `endpoint`, with its dataset, in an RDF format.

    An `endpoint` that is no http(s) IRI, as an odd Host header makes it, is replaced by Shahr's own name for it.
    `federated` tells whether SERVICE is allowed for some hosts. The languages and functions of an endpoint behind
    us are not known, and left out. TypeError for a format of tables.
    """
    if not isinstance(chosen.writer, RdfFormat):
        raise TypeError(f"{chosen.name} is no RDF format")
    prefixes = {"sd": _SD} | {name: prefix_map()[name] for name in ("rdfs", "void", "xsd")}
    triples = _triples(usable_address(endpoint), dataset, federated)
    turtle = chosen.writer in (RdfFormat.TURTLE, RdfFormat.TRIG)
    return serialize(triples, format=chosen.writer, prefixes=prefixes if turtle else None) or b""


def extension_functions() -> tuple[str, ...]:
    """Give the IRIs of the functions that our engine knows beyond SPARQL 1.1: GeoSPARQL 1.1, and casts to XSD types."""
    return (*(_GEO + name for name in (*_RELATIONS, *_MEASURES)), *(_XSD + name for name in _CASTS))


def _triples(endpoint: str, dataset: DatasetSummary, federated: bool) -> Iterator[Triple]:
    service = NamedNode(f"{endpoint}#service")
    yield from _typed(service, "Service")
    yield Triple(service, _sd("endpoint"), NamedNode(endpoint))
    yield Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query"))
    for one in (*result_formats(), *graph_formats()):
        yield Triple(service, _sd("resultFormat"), NamedNode(_FORMATS + one.writer.iri.rpartition("/")[2]))
    if federated:
        yield Triple(service, _sd("feature"), _sd("BasicFederatedQuery"))
    if dataset.triples is not None:
        yield from chain(_abilities(service), _dataset(endpoint, service, dataset, dataset.triples))


def _abilities(service: NamedNode) -> Iterator[Triple]:
    """What the engine of our own can do; it draws no conclusions, for those stand in the graph."""
    yield Triple(service, _sd("feature"), _sd("UnionDefaultGraph"))
    yield Triple(service, _sd("defaultEntailmentRegime"), NamedNode(_SIMPLE))
    for name in _EXTENSIONS:
        yield Triple(service, _sd("languageExtension"), NamedNode(_PROPOSALS + name))
    functions = [NamedNode(iri) for iri in extension_functions()]
    yield from (Triple(service, _sd("extensionFunction"), function) for function in functions)
    label = NamedNode(prefix_map()["rdfs"] + "label")
    for function in functions:
        yield from _typed(function, "Function")
        yield Triple(function, label, Literal(function.value.replace("#", "/").rpartition("/")[2]))


def _dataset(endpoint: str, service: NamedNode, dataset: DatasetSummary, triples: int) -> Iterator[Triple]:
    node, union = NamedNode(f"{endpoint}#dataset"), NamedNode(f"{endpoint}#union")
    yield Triple(service, _sd("defaultDataset"), node)
    yield Triple(service, _sd("availableGraphs"), node)  # sd:Dataset is a subclass of sd:GraphCollection
    yield from _graph(union, triples)
    yield from _typed(node, "Dataset")
    yield Triple(node, _sd("defaultGraph"), union)
    entries = [NamedNode(f"{endpoint}#named-{number}") for number, _ in enumerate(dataset.graphs, 1)]
    yield from (Triple(node, _sd("namedGraph"), entry) for entry in entries)
    for entry, (name, size) in zip(entries, dataset.graphs, strict=True):
        graph = NamedNode(entry.value.replace("#named-", "#graph-"))
        yield from _typed(entry, "NamedGraph")
        yield Triple(entry, _sd("name"), NamedNode(name))
        yield Triple(entry, _sd("graph"), graph)
        yield from _graph(graph, size)


def _graph(node: NamedNode, size: int) -> Iterator[Triple]:
    yield from _typed(node, "Graph")
    yield Triple(node, NamedNode(prefix_map()["void"] + "triples"), Literal(size))


def _typed(node: NamedNode, name: str) -> Iterator[Triple]:
    yield Triple(node, NamedNode(prefix_map()["rdf"] + "type"), _sd(name))


def _sd(name: str) -> NamedNode:
    return NamedNode(_SD + name)


def usable_address(endpoint: str) -> str:
    """Give an http(s) IRI back as it is, and Shahr's own name of the endpoint for anything else."""
    try:
        parts = urlsplit(endpoint)
        NamedNode(endpoint)
    except ValueError:
        return f"{BASE}sparql"
    usable = parts.scheme in ("http", "https") and parts.hostname and not parts.fragment
    return endpoint if usable else f"{BASE}sparql"
