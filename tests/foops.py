"""The 24 checks of FOOPS! on an ontology, computed offline on the one of a release.

FOOPS! (Garijo, Corcho, Poveda-Villalón: FOOPS!, ISWC 2021 demos, CEUR-WS 2980; https://w3id.org/foops/) asks an
ontology behind its IRI. Here it is the file of a release, and the server of ours that is to stand behind the IRI once
w3id leads there; what is asked of others (w3id, prefix.cc, LOV, an archive) counts as missing. Identifiers, principles
and points are those of its checks; `ALL` are those on an IRI, `FILES` those on a file (its benchmark PRE).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from rdflib import DC, DCTERMS, FOAF, OWL, PROV, RDF, RDFS, SDO, SKOS, VANN, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from assessed import Assessed, Result, registered, weigh
from shahr.namespaces import BASE

BIBO, PAV = Namespace("http://purl.org/ontology/bibo/"), Namespace("http://purl.org/pav/")
CC = Namespace("http://creativecommons.org/ns#")
PERSISTENT = ("w3id.org", "doi.org", "purl.org", "www.w3.org", "linked.data.gov.au", "data.europa.eu")
RDF_TYPES = ("application/rdf+xml", "text/turtle", "application/ld+json")
TERMS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
LITERALS = ("title", "description", "version info", "creation date")  # which count as texts only

# The properties that say what an ontology is, by what FOOPS! calls it.
METADATA: Mapping[str, tuple[URIRef, ...]] = MappingProxyType(
    {
        "title": (DCTERMS.title, DC.title, SDO.name),
        "description": (DCTERMS.description, DCTERMS.abstract, DC.description, SDO.description, RDFS.comment),
        "license": (DCTERMS.license, SDO.license, CC.license),
        "rights": (DCTERMS.rights, DCTERMS.accessRights, DC.rights),
        "version iri": (OWL.versionIRI,),
        "author": (DCTERMS.creator, DC.creator, SDO.creator, PAV.createdBy, PAV.authoredBy, FOAF.maker),
        "namespace URI": (VANN.preferredNamespaceUri,),
        "namespace prefix": (VANN.preferredNamespacePrefix,),
        "version info": (OWL.versionInfo, SDO.schemaVersion),
        "creation date": (DCTERMS.created, SDO.dateCreated, PROV.generatedAtTime, PAV.createdOn),
        "citation": (DCTERMS.bibliographicCitation, SDO.citation),
        "publisher": (DCTERMS.publisher, DC.publisher, SDO.publisher),
        "logo": (FOAF.logo, SDO.logo),
        "status": (BIBO.status,),
        "source": (DCTERMS.source, DC.source, URIRef(f"{PROV}hadOriginalSource")),
        "issued": (DCTERMS.issued, SDO.datePublished),
        "DOI": (BIBO.doi,),
    }
)


def purl1(assessed: Assessed) -> Result:
    """Check that the ontology has an IRI of a register of persistent ones (PURL1); that it is in it is URI1."""
    return weigh("F1", "PURL1", {"no persistent IRI": any(one in iri_of(assessed) for one in PERSISTENT)})


def uri1(assessed: Assessed) -> Result:
    """Check that the IRI leads to RDF (URI1): the server has to give it, and w3id to lead there."""
    return _behind_w3id(assessed, "URI1", iri_of(assessed))


def uri2(assessed: Assessed) -> Result:
    """Check that what is given at the IRI calls itself so (URI2); parts of the ontology come with it there."""
    served = Graph().parse(data=_asked(assessed, iri_of(assessed), "text/turtle"), format="turtle")
    found = set(served.subjects(RDF.type, OWL.Ontology)) - set(served.objects(None, DCTERMS.hasPart))
    return weigh("F1", "URI2", {"another ontology at its IRI": found == {URIRef(BASE + "ns")} == _ontologies(assessed)})


def ver1(assessed: Assessed) -> Result:
    """Check that this version has an IRI, which is not that of the ontology (VER1)."""
    versions = set(map(str, _values(assessed, "version iri")))
    return weigh(
        "F1",
        "VER1",
        {"no version IRI": bool(versions), "the version has the IRI of all": not versions & {iri_of(assessed), ""}},
    )


def ver2(assessed: Assessed) -> Result:
    """Check that the IRI of the version leads to RDF (VER2): as with URI1."""
    return _behind_w3id(assessed, "VER2", str(next(iter(_values(assessed, "version iri")), "")))


def om1(assessed: Assessed) -> Result:
    """Check the least of metadata (OM1)."""
    names = ("title", "description", "license", "version iri", "author", "namespace URI")
    return _metadata(assessed, "F2", "OM1", names)


def om2(assessed: Assessed) -> Result:
    """Check what is recommended of metadata (OM2)."""
    return _metadata(assessed, "F2", "OM2", ("namespace prefix", "version info", "creation date", "citation"))


def om3(assessed: Assessed) -> Result:
    """Check metadata in detail (OM3)."""
    return _metadata(assessed, "R1", "OM3", ("DOI", "publisher", "logo", "status", "source", "issued"))


def om4_1(assessed: Assessed) -> Result:
    """Check for a licence, or else a statement of rights (OM4.1)."""
    said = _values(assessed, "license") or _values(assessed, "rights")
    return weigh("R1.1", "OM4.1", {"no licence": bool(said)})


def om4_2(assessed: Assessed) -> Result:
    """Check that the licence leads somewhere (OM4.2): offline, that it is one of Creative Commons by its own IRI."""
    said = [str(one) for one in _values(assessed, "license")]
    good = [one for one in said if one.startswith("https://creativecommons.org/licenses/") and one.endswith("/4.0/")]
    return weigh("R1.1", "OM4.2", {"a licence of no known address": bool(good) and good == said})


def om5_1(assessed: Assessed) -> Result:
    """Check for the basics of provenance (OM5.1)."""
    return _metadata(assessed, "R1.2", "OM5.1", ("creation date", "author"))


def om5_2(assessed: Assessed) -> Result:
    """Check for provenance in detail (OM5.2)."""
    return _metadata(assessed, "R1.2", "OM5.2", ("issued", "publisher"))


def find1(assessed: Assessed) -> Result:
    """Check that the ontology names its prefix (FIND1)."""
    return weigh("F3", "FIND1", {"no prefix": bool(_values(assessed, "namespace prefix"))})


def find2(assessed: Assessed) -> Result:
    """Check that prefix.cc or LOV knows the prefix and its namespace (FIND2)."""
    return weigh("F4", "FIND2", registered("prefix", "namespace of the prefix"))


def find3(assessed: Assessed) -> Result:
    """Check that LOV has the ontology (FIND3)."""
    return weigh("F4", "FIND3", registered("registry"))


def find3_bis(assessed: Assessed) -> Result:
    """Check that the metadata outlive the ontology, in LOV (FIND3 BIS)."""
    return weigh("A2", "FIND3 BIS", registered("registry"))


def cn1(assessed: Assessed) -> Result:
    """Check that the server gives a page or RDF, as it is asked (CN1)."""
    iri = iri_of(assessed)
    points = {"no page": _gives(assessed, iri, "text/html"), "no RDF": _gives(assessed, iri, "text/turtle")}
    return weigh("A1", "CN1", points)


def http1(assessed: Assessed) -> Result:
    """Check for an open protocol (HTTP1)."""
    return weigh("A1.1", "HTTP1", {"no open protocol": iri_of(assessed).startswith(("https://", "http://"))})


def rdf1(assessed: Assessed) -> Result:
    """Check that the ontology is there as RDF (RDF1): the file, and from the server in three formats."""
    served = all(_gives(assessed, iri_of(assessed), one) for one in RDF_TYPES)
    return weigh("I1", "RDF1", {"no RDF": served and len(assessed.ontology) > 0})


def doc1(assessed: Assessed) -> Result:
    """Check that there is a page about the ontology (DOC1)."""
    return weigh("R1", "DOC1", {"no page": _gives(assessed, iri_of(assessed), "text/html")})


def voc1(assessed: Assessed) -> Result:
    """Check that the metadata are said with known vocabularies (VOC1)."""
    known = tuple(str(one) for one in (DC, DCTERMS, SDO, VANN, PROV, BIBO, PAV, FOAF))
    used = assessed.ontology.predicates(URIRef(iri_of(assessed)))
    return weigh("I2", "VOC1", {"no known vocabulary": any(str(one).startswith(known) for one in used)})


def voc2(assessed: Assessed) -> Result:
    """Check that classes or properties of other vocabularies are used, or one is imported (VOC2)."""
    others = _terms(assessed) - _own_terms(assessed)
    imported = set(assessed.ontology.objects(None, OWL.imports))
    return weigh("I2", "VOC2", {"no other vocabulary": bool(others | imported)})


def voc3(assessed: Assessed) -> Result:
    """Check that every term has a label (VOC3); with us one in each language."""
    return _described(assessed, "VOC3", RDFS.label, SKOS.prefLabel)


def voc4(assessed: Assessed) -> Result:
    """Check that every term has a definition (VOC4); with us one in each language."""
    return _described(assessed, "VOC4", RDFS.comment, SKOS.definition)


Check = Callable[[Assessed], Result]
FILES: tuple[Check, ...] = (
    *(purl1, rdf1, om1, om2, om3, om4_1, om4_2, om5_1, om5_2, find1),
    *(voc1, voc2, voc3, voc4, ver1),
)
ALL: tuple[Check, ...] = (*FILES, uri1, cn1, doc1, find2, find3, find3_bis, http1, ver2, uri2)


def iri_of(assessed: Assessed) -> str:
    """Give the IRI of the ontology; "" where none is declared."""
    return min(map(str, _ontologies(assessed)), default="")


def _ontologies(assessed: Assessed) -> set[Node]:
    return set(assessed.ontology.subjects(RDF.type, OWL.Ontology))


def _values(assessed: Assessed, name: str) -> list[Node]:
    """Give what the ontology says of itself under one of METADATA."""
    ontology = URIRef(iri_of(assessed))
    found = [one for each in METADATA[name] for one in assessed.ontology.objects(ontology, each) if str(one)]
    return [one for one in found if name not in LITERALS or isinstance(one, Literal)]


def _metadata(assessed: Assessed, principle: str, check: str, names: tuple[str, ...]) -> Result:
    return weigh(principle, check, {name: bool(_values(assessed, name)) for name in names})


def _terms(assessed: Assessed) -> set[Node]:
    found = {one for kind in TERMS for one in assessed.ontology.subjects(RDF.type, kind)}
    return {one for one in found if isinstance(one, URIRef) and not one.startswith(str(OWL))}


def _own_terms(assessed: Assessed) -> set[Node]:
    return {one for one in _terms(assessed) if str(one).startswith(iri_of(assessed))}


def _described(assessed: Assessed, check: str, *properties: URIRef) -> Result:
    points = {}
    for term in sorted(map(str, _own_terms(assessed))):
        texts = [one for each in properties for one in assessed.ontology.objects(URIRef(term), each)]
        points[term] = {"en", "fa"} <= {one.language for one in texts if isinstance(one, Literal)}
    return weigh("R1", check, points or {"no terms": False})


def _asked(assessed: Assessed, iri: str, accept: str) -> str:
    """Give what the server says where w3id would lead, "" where it is not that."""
    answer = assessed.ask("/" + iri.removeprefix(BASE), accept)
    return answer.text if answer.status == 200 and answer.media_type == accept else ""


def _gives(assessed: Assessed, iri: str, accept: str) -> bool:
    return bool(_asked(assessed, iri, accept))


def _behind_w3id(assessed: Assessed, check: str, iri: str) -> Result:
    if not iri.startswith(BASE) or not _gives(assessed, iri, "text/turtle"):
        return weigh("F1", check, {"the server has nothing there": False})
    return weigh("F1", check, registered("w3id"))
