"""The descriptions of what is offered: VoID of the newest release, and a DCAT catalogue of all.

Nothing of the server is in them: all addresses are IRIs of ours, which lead to the server that runs now.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping, Sequence

from flask import Blueprint
from pyoxigraph import Literal, NamedNode, Quad, Triple
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from shahr.errors import SourceError
from shahr.formats import data_formats
from shahr.namespaces import BASE, iri
from shahr.releases import LANGUAGES, Record
from shahr.turtle import parse_turtle
from shahr.web.dereference import data_response, see
from shahr.web.documents import Library
from shahr.web.dumps.pages import no_releases
from shahr.web.dumps.shelf import ROOT, Offer
from shahr.web.state import shelf

CATALOGUE, ENDPOINT = BASE + "catalog", BASE + "sparql"
DEVELOPERS = CATALOGUE + "#developers"
PROTOCOL = "https://www.w3.org/TR/sparql11-protocol/"
_LANGUAGE = "http://publications.europa.eu/resource/authority/language/"
_TITLE = {"en": "The catalogue of Shahr", "fa": "فهرست داده‌های شهر"}
_DESCRIPTION = {
    "en": "Every release of the knowledge graph of city diplomacy, and the endpoint at which it can be queried.",
    "fa": "همهٔ انتشارهای گراف دانش دیپلماسی شهری، و نشانی‌ای که در آن می‌توان از گراف پرسید.",
}
_SERVICE = {"en": "The SPARQL endpoint of Shahr", "fa": "نقطهٔ دسترسی SPARQL شهر"}


def blueprint() -> Blueprint:
    """Give the routes of the descriptions."""
    routes, views = Blueprint("catalogue", __name__), _Views(Library())
    suffixes = ", ".join(data_formats())
    routes.add_url_rule("/.well-known/void", "well_known", views.see_void)
    for name, choose, give in (("void", views.see_void, views.void), ("catalog", views.see_catalog, views.catalog)):
        routes.add_url_rule(f"/{name}", f"see_{name}", choose)
        routes.add_url_rule(f"/{name}.<any({suffixes}):suffix>", name, give)
    return routes


class _Views:
    """What answers at the routes; NotFound as long as there is no release."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def see_void(self) -> Response:
        """Send to the list of the releases or to VoID, which is Turtle for who takes anything."""
        return _see("/void")

    def see_catalog(self) -> Response:
        """Send to the list of the releases or to the catalogue."""
        return _see("/catalog")

    def void(self, suffix: str) -> Response:
        """Give the newest release in VoID (https://www.w3.org/TR/void/)."""
        newest = shelf().newest
        offer = shelf().offer(newest.version, "metadata/void.ttl") if newest else None
        if offer is None:
            raise NotFound(no_releases())
        return self._data(_read(offer), suffix)

    def catalog(self, suffix: str) -> Response:
        """Give the catalogue in DCAT 3 (https://www.w3.org/TR/vocab-dcat-3/), with what each release says of itself."""
        if shelf().newest is None:
            raise NotFound(no_releases())
        found = (shelf().offer(one.version, "metadata/dcat.ttl") for one in shelf().releases)
        told = [triple for offer in found if offer for triple in _read(offer)]
        return self._data([*_catalogue(shelf().releases), *told], suffix)

    def _data(self, triples: Sequence[Triple], suffix: str) -> Response:
        quads = [Quad(one.subject, one.predicate, one.object) for one in triples]
        body = self._library.write(quads, suffix)
        if suffix == "jsonld":
            body = _with_context(body, json.loads(self._library.context())["@context"])
        return data_response(body, data_formats()[suffix].media_types[0])


def _with_context(document: bytes, context: Mapping[str, object]) -> bytes:
    """Give a document in JSON-LD with what it uses of its context inside.

    Who looks for data may know no other address of ours, and harvesters fetch no context.
    """
    body = json.loads(document)
    terms = _used(context, json.dumps(body["@graph"]))
    prefixes = _used(context, json.dumps(list(terms.values())))
    return json.dumps(body | {"@context": prefixes | terms}, ensure_ascii=False, indent=1).encode() + b"\n"


def _used(context: Mapping[str, object], text: str) -> dict[str, object]:
    """Give the definitions of the terms and prefixes that stand in some JSON; one too many does no harm."""
    return {name: one for name, one in context.items() if f'"{name}"' in text or f'"{name}:' in text}


def _see(path: str) -> Response:
    if shelf().newest is None:
        raise NotFound(no_releases())
    return see(path, page=ROOT)


def _read(offer: Offer) -> list[Triple]:
    """Read a description of a release; nothing of one that is damaged, which the log names."""
    try:
        return parse_turtle(offer.path)
    except SourceError as error:
        logging.getLogger("shahr").error("a release is damaged: %s", error)
        return []


def _catalogue(releases: Sequence[Record]) -> Iterator[Triple]:
    """Say what the catalogue is, the dataset over all its versions, and the endpoint; `releases` newest first."""
    newest, whole = releases[0], BASE
    about = newest.about
    days = sorted(one.issued for one in releases)
    yield from _described(CATALOGUE, "dcat:Catalog", _TITLE, _DESCRIPTION)
    yield from _described(whole, "dcat:Dataset", about.title, about.description)
    yield from _described(ENDPOINT, "dcat:DataService", _SERVICE, about.description)
    for node in (CATALOGUE, whole, ENDPOINT):
        yield _link(node, "dcterms:license", about.licence)
        yield _link(node, "dcterms:publisher", DEVELOPERS)
    yield _link(DEVELOPERS, "rdf:type", iri("foaf:Agent"))
    yield from _texts(DEVELOPERS, "foaf:name", about.creator)
    for node in (CATALOGUE, whole):
        yield _link(node, "foaf:homepage", about.homepage)
        yield _day(node, "dcterms:issued", days[0])
        yield _day(node, "dcterms:modified", days[-1])
        for code in ("ENG", "FAS"):
            yield _link(node, "dcterms:language", _LANGUAGE + code)
    yield from _offered(releases)
    for language in LANGUAGES:
        for word in about.keywords.get(language, ()):
            yield _triple(whole, "dcat:keyword", Literal(word, language=language))


def _offered(releases: Sequence[Record]) -> Iterator[Triple]:
    """Link the catalogue to the datasets, their versions and the endpoint."""
    versions = [f"{BASE}dumps/{one.version}/" for one in releases]
    yield _link(CATALOGUE, "dcat:service", ENDPOINT)
    yield _link(ENDPOINT, "dcat:endpointURL", ENDPOINT)
    yield _link(ENDPOINT, "dcat:endpointDescription", ENDPOINT)
    yield _link(ENDPOINT, "dcat:servesDataset", BASE)
    yield _link(ENDPOINT, "dcterms:conformsTo", PROTOCOL)
    yield _link(BASE, "dcat:hasCurrentVersion", versions[0])
    for dataset in (BASE, *versions):
        yield _link(CATALOGUE, "dcat:dataset", dataset)
    for version in versions:
        yield _link(BASE, "dcat:hasVersion", version)
        yield _link(version, "rdf:type", iri("dcat:Dataset"))


def _described(node: str, kind: str, title: Mapping[str, str], description: Mapping[str, str]) -> Iterator[Triple]:
    yield _link(node, "rdf:type", iri(kind))
    yield from _texts(node, "dcterms:title", title)
    yield from _texts(node, "dcterms:description", description)


def _texts(node: str, name: str, texts: Mapping[str, str]) -> Iterator[Triple]:
    for language in LANGUAGES:
        yield _triple(node, name, Literal(texts[language], language=language))


def _day(node: str, name: str, day: str) -> Triple:
    return _triple(node, name, Literal(day, datatype=NamedNode(iri("xsd:date"))))


def _link(node: str, name: str, other: str) -> Triple:
    return _triple(node, name, NamedNode(other))


def _triple(node: str, name: str, value: NamedNode | Literal) -> Triple:
    return Triple(NamedNode(node), NamedNode(iri(name)), value)
