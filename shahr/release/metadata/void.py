"""metadata/void.ttl: what the data hold, counted, for programs that look for data. https://www.w3.org/TR/void/"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Triple

from shahr.namespaces import BASE, GRAPH, curie
from shahr.release.folder import Kind, ReleaseFolder
from shahr.release.metadata.naming import DATASET, ENDPOINT, MAKERS, file_iri, part_iri, release_iri
from shahr.release.metadata.statements import Values, nodes, number, say, term, texts, turtle, typed
from shahr.release.metadata.statistics import Statistics, namespace_of
from shahr.releases import Record, ReleaseFile

PATH = "metadata/void.ttl"
_FEATURES = "http://www.w3.org/ns/formats/"
_FORMATS = {
    "application/n-quads": "N-Quads",
    "application/n-triples": "N-Triples",
    "text/turtle": "Turtle",
    "application/trig": "TriG",
    "application/rdf+xml": "RDF_XML",
    "application/ld+json": "JSON-LD",
}
_TARGETS = {
    "http://www.wikidata.org/entity/": ("Wikidata", "ویکی‌داده", "https://www.wikidata.org/"),
    "https://sws.geonames.org/": ("GeoNames", "جئونیمز", "https://www.geonames.org/"),
}


def write_void(folder: ReleaseFolder, record: Record, found: Statistics) -> None:
    """Write the description of the data of a record, whose dumps are among its files."""
    title = {"en": "What the data hold, counted (VoID)", "fa": "آنچه در داده‌هاست، با شمار (VoID)"}
    kind = Kind("metadata", "text/turtle", title, ("https://www.w3.org/TR/void/",))
    folder.write(PATH, turtle(void(record, found)), kind)


def void(record: Record, found: Statistics) -> Iterator[Triple]:
    """Describe a release and its parts."""
    yield from say(file_iri(record.version, PATH), "void:DatasetDescription", _document(record))
    yield from say(release_iri(record.version), "void:Dataset", _dataset(record) | _counts(found))
    yield from say(MAKERS, "foaf:Organization", {"foaf:name": texts(record.about.creator)})
    yield from _partitions(record, found)
    yield from _graphs(record)
    yield from _linksets(record, found)


def _document(record: Record) -> dict[str, Values]:
    return {
        "dcterms:title": texts(record.about.title),
        "dcterms:creator": NamedNode(MAKERS),
        "dcterms:issued": typed(record.issued, "xsd:date"),
        "foaf:primaryTopic": NamedNode(release_iri(record.version)),
    }


def _dataset(record: Record) -> dict[str, Values]:
    """Say of the release what is not counted."""
    about = record.about
    dumps = [one for one in record.files if _is_dump(one)]
    features = sorted({_FEATURES + _FORMATS[one.media_type] for one in dumps})
    return {
        "dcterms:title": texts(about.title),
        "dcterms:description": texts(about.description),
        "dcterms:creator": NamedNode(MAKERS),
        "dcterms:publisher": NamedNode(MAKERS),
        "dcterms:license": NamedNode(about.licence),
        "dcterms:issued": typed(record.issued, "xsd:date"),
        "dcterms:modified": typed(record.issued, "xsd:date"),
        "dcterms:isVersionOf": NamedNode(DATASET),
        "dcat:version": Literal(record.version),
        "foaf:homepage": NamedNode(about.homepage),
        "void:uriSpace": Literal(BASE),
        "void:uriRegexPattern": Literal("^" + re.escape(BASE)),
        "void:sparqlEndpoint": NamedNode(ENDPOINT),
        "void:dataDump": nodes(file_iri(record.version, one.path) for one in dumps),
        "void:feature": nodes(features),
    }


def _is_dump(file: ReleaseFile) -> bool:
    """Tell whether a file holds just what is counted: the RDF 1.2 edition says more."""
    return file.part == "data" and file.media_type in _FORMATS and not any("rdf12" in one for one in file.conforms_to)


def _counts(found: Statistics) -> dict[str, Values]:
    vocabularies = sorted({namespace_of(name) for name in (*found.classes, *found.properties)} - {""})
    return {
        "void:triples": number(found.triples),
        "void:entities": number(found.entities),
        "void:classes": number(len(found.classes)),
        "void:properties": number(len(found.properties)),
        "void:distinctSubjects": number(found.subjects),
        "void:distinctObjects": number(found.objects),
        "void:vocabulary": nodes(vocabularies),
        "void:exampleResource": nodes(found.examples),
    }


def _partitions(record: Record, found: Statistics) -> Iterator[Triple]:
    """Describe the instances of each class and the triples of each property."""
    said: dict[str, Values]
    for name, many in found.classes.items():
        said = {"void:class": NamedNode(name), "void:entities": number(many)}
        yield from _part(record, "void:classPartition", f"class/{curie(name)}", said)
    for name, use in found.properties.items():
        said = {
            "void:property": NamedNode(name),
            "void:triples": number(use.triples),
            "void:distinctSubjects": number(use.subjects),
            "void:distinctObjects": number(use.objects),
        }
        yield from _part(record, "void:propertyPartition", f"property/{curie(name)}", said)


def _graphs(record: Record) -> Iterator[Triple]:
    """Describe each named graph."""
    for name, many in record.graphs.items():
        said: dict[str, Values] = {"sd:name": NamedNode(name), "void:triples": number(many)}
        yield from _part(record, "void:subset", f"graph/{name.removeprefix(GRAPH)}", said)


def _linksets(record: Record, found: Statistics) -> Iterator[Triple]:
    """Describe the links to each other data set, those of each predicate on their own."""
    for target in sorted({space for space, _ in found.links}):
        yield from say(_target(record, target), "void:Dataset", _other(target))
    for (target, predicate), many in found.links.items():
        said: dict[str, Values] = {
            "void:subjectsTarget": NamedNode(release_iri(record.version)),
            "void:objectsTarget": NamedNode(_target(record, target)),
            "void:linkPredicate": NamedNode(predicate),
            "void:triples": number(many),
        }
        name = f"links/{_slug(target)}/{curie(predicate)}"
        yield from _part(record, "void:subset", name, said, "void:Linkset")


def _part(
    record: Record, relation: str, name: str, said: Mapping[str, Values], kind: str = "void:Dataset"
) -> Iterator[Triple]:
    part = part_iri(record.version, quote(name, "/:"))
    yield Triple(NamedNode(release_iri(record.version)), term(relation), NamedNode(part))
    yield from say(part, kind, said)


def _other(target: str) -> dict[str, Values]:
    """Say what is known of another data set."""
    if target not in _TARGETS:
        return {"void:uriSpace": Literal(target)}
    english, persian, homepage = _TARGETS[target]
    return {
        "dcterms:title": texts({"en": english, "fa": persian}),
        "foaf:homepage": NamedNode(homepage),
        "void:uriSpace": Literal(target),
    }


def _target(record: Record, target: str) -> str:
    return part_iri(record.version, f"target/{_slug(target)}")


def _slug(target: str) -> str:
    """Give the name of a data set in an IRI: its title, else its namespace."""
    return _TARGETS[target][0].lower() if target in _TARGETS else quote(target)
