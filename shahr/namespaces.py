"""The prefixes of Shahr, and names written with them."""

from __future__ import annotations

from types import MappingProxyType

from shahr.errors import UnknownPrefix

BASE = "https://w3id.org/shahr/"
SHAHR = BASE + "ns#"
SHAPE = BASE + "shapes#"
GRAPH = BASE + "graph/"
SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"  # what comes behind the prefix of a node: lower-case words joined by single hyphens

ENTITY_PREFIXES = ("city", "country", "place", "person", "organization", "post")
SOURCE_PREFIXES = ("article", "passage", "period")
FACT_PREFIXES = (
    *("tenure", "membership", "agreement", "event", "designation"),
    *("affiliation", "observation", "statement", "claim"),
)

_OUTSIDE = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "gn": "https://sws.geonames.org/",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "semapv": "https://w3id.org/semapv/vocab/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "sssom": "https://w3id.org/sssom/",
    "void": "http://rdfs.org/ns/void#",
    "wd": "http://www.wikidata.org/entity/",
    "wdt": "http://www.wikidata.org/prop/direct/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


_OWN = {
    **{name: f"{BASE}{name}/" for name in ENTITY_PREFIXES + SOURCE_PREFIXES + FACT_PREFIXES},
    "shahr": SHAHR,
    "shape": SHAPE,
    "concept": f"{BASE}concept/",
    "graph": GRAPH,
}
_ALL = MappingProxyType(dict(sorted((_OWN | _OUTSIDE).items())))


def prefix_map() -> dict[str, str]:
    """Give every prefix Shahr uses with its namespace, a fresh dict ordered by prefix."""
    return dict(_ALL)


def iri(curie: str) -> str:
    """Expand "city:isfahan" to a full IRI; UnknownPrefix where the prefix is not known."""
    prefix, colon, local = curie.partition(":")
    namespace = _ALL.get(prefix)
    if not colon or namespace is None:
        raise UnknownPrefix(curie)
    return namespace + local


def curie(iri: str) -> str:
    """Shorten a full IRI by its longest known namespace; an IRI outside all of them comes back as it is."""
    fitting = [(namespace, prefix) for prefix, namespace in _ALL.items() if iri.startswith(namespace)]
    if not fitting:
        return iri
    namespace, prefix = max(fitting, key=lambda pair: len(pair[0]))
    return f"{prefix}:{iri.removeprefix(namespace)}"


def graph_iri(name: str) -> str:
    """Give the IRI of the named graph `name`, the stem of its file or one of the four fixed names."""
    return GRAPH + name
