"""The FAIR principles on the dataset, computed offline on a release and on the server over it.

The principles are those of Wilkinson et al. (2016, https://doi.org/10.1038/sdata.2016.18), the identifiers those of the
indicators of the RDA FAIR Data Maturity Model (2020, https://doi.org/10.15497/rda00050): M is of metadata, D of data.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from rdflib import DCTERMS, RDF, VOID, Graph, Literal, Namespace, URIRef

from assessed import Assessed, Result, registered, weigh
from shahr.namespaces import BASE, prefix_map
from shahr.releases import ReleaseFile

DCAT = Namespace("http://www.w3.org/ns/dcat#")  # that of rdflib lacks the terms of DCAT 3
SPDX = Namespace("http://spdx.org/rdf/terms#")
SH = Namespace("http://www.w3.org/ns/shacl#")
CC_BY = URIRef("https://creativecommons.org/licenses/by/4.0/")
RICH = {
    "title": DCTERMS.title,
    "description": DCTERMS.description,
    "keywords": DCAT.keyword,
    "creator": DCTERMS.creator,
    "publisher": DCTERMS.publisher,
    "day": DCTERMS.issued,
    "version": DCAT.version,
    "languages": DCTERMS.language,
    "period": DCTERMS.temporal,
}
FACT = "?one a ?class . ?class rdfs:subClassOf* shahr:Fact"
OUTSIDE = ("http://purl.org/vocab/vann/", "http://purl.org/ontology/bibo/")  # vocabularies in no prefix of ours


def f1_persistent(assessed: Assessed) -> Result:
    """RDA-F1-01M, -01D: data and metadata have persistent identifiers: by form here; that they lead on is A1-03."""
    iris = [release_of(assessed), *assessed.catalogue.objects(None, DCAT.downloadURL)]
    good = all(str(one).startswith(BASE) for one in iris)
    return weigh("F1", "RDA-F1-01", {"not below https://w3id.org/shahr/": good, **registered("DOI")})


def f1_unique(assessed: Assessed) -> Result:
    """RDA-F1-02M, -02D: identifiers are unique: each version has its own, and nothing but axioms is nameless."""
    nameless = assessed.count(
        "GRAPH ?graph { ?one ?property ?value } FILTER(isBlank(?one) && ?graph != graph:ontology)"
    )
    described = set(assessed.catalogue.subjects(RDF.type, DCAT.Dataset))
    points = {"nameless nodes": nameless == 0, "no IRI of the release": URIRef(release_of(assessed)) in described}
    return weigh("F1", "RDA-F1-02", points)


def f2_rich(assessed: Assessed) -> Result:
    """RDA-F2-01M: rich metadata (what DCAT-AP 3 asks of a dataset, or recommends), texts in both languages."""
    points = {name: bool(_said(assessed, one)) for name, one in RICH.items()}
    for name in ("title", "description", "keywords"):
        languages = {one.language for one in _said(assessed, RICH[name]) if isinstance(one, Literal)}
        points[f"{name} in both languages"] = {"en", "fa"} <= languages
    return weigh("F2", "RDA-F2-01M", points)


def f3_names_data(assessed: Assessed) -> Result:
    """RDA-F3-01M: the metadata name the data: each file of data in DCAT, each dump in VoID."""
    urls = set(map(str, assessed.catalogue.objects(None, DCAT.downloadURL)))
    dumps = set(map(str, assessed.void.objects(None, VOID.dataDump)))
    wanted = {_address(assessed, one) for one in assessed.record.files if one.part == "data"}
    return weigh(
        "F3", "RDA-F3-01M", {"files that DCAT does not name": bool(wanted) and wanted <= urls, "no dump": bool(dumps)}
    )


def f4_harvested(assessed: Assessed) -> Result:
    """RDA-F4-01M: metadata can be harvested and indexed."""
    paths = {"/catalog": "text/turtle", "/.well-known/void": "text/turtle", "/sitemap.xml": "", "/robots.txt": ""}
    points = {f"no {path}": assessed.ask(path, kind or "*/*").status == 200 for path, kind in paths.items()}
    points["no Croissant"] = "metadata/croissant.json" in assessed.texts
    return weigh("F4", "RDA-F4-01M", points | registered("portal"))


def a1_access(assessed: Assessed) -> Result:
    """RDA-A1-01M: metadata say how to get the data: address, size and licence of each file, and the endpoint."""
    needed = (DCAT.downloadURL, DCAT.accessURL, DCAT.byteSize, DCTERMS.license)
    whole = [all(_has(assessed, one, each) for each in needed) for one in _distributions(assessed)]
    endpoint = bool(set(assessed.void.objects(None, VOID.sparqlEndpoint)))
    return weigh("A1", "RDA-A1-01M", {"files half described": bool(whole) and all(whole), "no endpoint": endpoint})


def a1_resolve(assessed: Assessed) -> Result:
    """RDA-A1-02, -03, -05: identifiers lead to a page, to metadata, to the data; the server's part, and w3id's."""
    at = "/" + release_of(assessed).removeprefix(BASE)
    nodes = ("/city/isfahan", "/graph/entities")
    files = [f"{at}{one.path}" for one in assessed.record.files]
    points = {
        "no page of the release": assessed.ask(at, "text/html").status == 200,
        "no data about a node": all(assessed.ask(one, "text/turtle").media_type == "text/turtle" for one in nodes),
        "files that are not served": all(assessed.ask(one, "*/*").status == 200 for one in files),
    }
    return weigh("A1", "RDA-A1-03", points | registered("w3id"))


def a1_1_free(assessed: Assessed) -> Result:
    """RDA-A1.1-01M, -01D (and A1-04): an open and free protocol: HTTPS."""
    urls = [str(one) for name in (DCAT.downloadURL, DCAT.accessURL) for one in assessed.catalogue.objects(None, name)]
    return weigh("A1.1", "RDA-A1.1-01", {"no HTTPS": bool(urls) and all(one.startswith("https://") for one in urls)})


def a1_2_rights(assessed: Assessed) -> Result:
    """RDA-A1.2-01D: the protocol, HTTPS, could ask who one is; here it need not, and the metadata say so."""
    said = [str(one) for one in _said(assessed, DCTERMS.accessRights)]
    return weigh("A1.2", "RDA-A1.2-01D", {"no access rights": any(one.endswith("/PUBLIC") for one in said)})


def a2_outlive(assessed: Assessed) -> Result:
    """RDA-A2-01M: metadata stay when data go: in files of their own, with a way back, and in an archive."""
    names = ("metadata/dcat.ttl", "metadata/void.ttl", "release.json", "SHA256SUMS")
    points = {f"no {name}": name in assessed.texts for name in names}
    gone = [f"/{one.removeprefix(BASE)}" for one in assessed.subjects_of("dcterms:isReplacedBy")]
    asked = {"/city/none": 404} | dict.fromkeys(gone, 410)
    told = all(assessed.ask(path, "text/turtle").status == status for path, status in asked.items())
    points["no word of what is gone (410)"] = told
    return weigh("A2", "RDA-A2-01M", points | registered("archive"))


def i1_formal(assessed: Assessed) -> Result:
    """RDA-I1-01, -02: data and metadata are in a formal language with a standard: RDF 1.1 in each of its syntaxes."""
    data = [one for one in assessed.record.files if one.part == "data"]
    types = {one.media_type for one in data}
    wanted = {"application/n-quads", "text/turtle", "application/ld+json", "application/rdf+xml"}
    points = {"formats": wanted <= types, "files of no standard": bool(data) and all(one.conforms_to for one in data)}
    return weigh("I1", "RDA-I1", points | {"no DCAT": len(assessed.catalogue) > 0, "no VoID": len(assessed.void) > 0})


def i2_vocabularies(assessed: Assessed) -> Result:
    """RDA-I2-01M, -01D: vocabularies are FAIR themselves: our own is documented, the others known, and all named."""
    known = tuple(one for name, one in prefix_map().items() if not one.startswith(BASE)) + OUTSIDE
    own = {str(one) for one in assessed.ontology.subjects() if str(one).startswith(BASE + "ns#")}
    used = {one.predicate.value for one in assessed.dataset}
    named = set(map(str, assessed.void.objects(None, VOID.vocabulary)))
    points = {
        "properties that are not declared": all(one in own or one.startswith(known) for one in used),
        "no void:vocabulary": any(one.startswith(BASE) for one in named) and len(named) > 5,
    }
    return weigh("I2", "RDA-I2-01", points)


def i3_references(assessed: Assessed) -> Result:
    """RDA-I3-01 to -04: qualified references: links to other data, each with its reason, and sets of them in VoID."""
    links = assessed.count("GRAPH graph:links { ?one ?property ?value }")
    tables = [text for name, text in assessed.texts.items() if name.endswith(".sssom.tsv")]
    reasons = bool(tables) and all("mapping_justification" in text and "object_id" in text for text in tables)
    sets = set(assessed.void.subjects(RDF.type, VOID.Linkset))
    whole = bool(_said(assessed, DCAT.isVersionOf))
    points = {"no links": links > 0, "links of no reason": reasons, "no void:Linkset": bool(sets)}
    return weigh("I3", "RDA-I3", points | {"no tie to the other versions": whole})


def r1_attributes(assessed: Assessed) -> Result:
    """RDA-R1-01M: many accurate attributes: each file with what it is and its true digest; README in both languages."""
    sums = {line[66:]: line[:64] for line in assessed.texts.get("SHA256SUMS", "").splitlines()}
    files = [one for one in assessed.record.files if one.part != "metadata"]
    points = {
        "files without a title in both languages": all({"en", "fa"} <= one.title.keys() for one in files),
        "wrong digests in the record": all(sums.get(one.path) == one.sha256 for one in files),
        "wrong digests in DCAT": all(_checksum(assessed, _address(assessed, one)) == one.sha256 for one in files),
        "no README": {"README.md", "README.fa.md"} <= assessed.texts.keys(),
    }
    return weigh("R1", "RDA-R1-01M", points if files else {"no files": False})


def r1_1_licence(assessed: Assessed) -> Result:
    """RDA-R1.1-01M to -03M: a licence, a standard one, that a machine understands, and the same everywhere."""
    zenodo = _json(assessed, "metadata/zenodo.json")
    points = {
        "record": assessed.record.about.licence == str(CC_BY),
        "DCAT": _said(assessed, DCTERMS.license) == [CC_BY],
        "VoID": set(assessed.void.objects(URIRef(release_of(assessed)), DCTERMS.license)) == {CC_BY},
        "ontology": set(assessed.ontology.objects(None, DCTERMS.license)) == {CC_BY},
        "Zenodo": "cc-by-4.0" in json.dumps(zenodo).lower(),
        "text": str(CC_BY) in assessed.texts.get("LICENSE-DATA", ""),
    }
    return weigh("R1.1", "RDA-R1.1", {f"no licence: {name}": there for name, there in points.items()})


def r1_2_provenance(assessed: Assessed) -> Result:
    """RDA-R1.2-01M, -02M: provenance: of the release (who, when, from what), and of every single fact."""
    facts = assessed.count(FACT)
    sourced = assessed.count(f"{FACT} . {{ ?one shahr:evidence ?passage }} UNION {{ ?one dcterms:source ?source }}")
    points = {
        "facts without a source": 0 < facts == sourced,
        "no maker": bool(_said(assessed, DCTERMS.creator)),
        "no day": [str(one) for one in _said(assessed, DCTERMS.issued)] == [assessed.record.issued],
        "no version before": bool(_said(assessed, DCAT.previousVersion)) == (assessed.record.previous is not None),
    }
    return weigh("R1.2", "RDA-R1.2", points)


def r1_3_standards(assessed: Assessed) -> Result:
    """RDA-R1.3-01, -02: community standards: DCAT, VoID, CSVW, SSSOM, and a SHACL report that says the data conform."""
    report = Graph().parse(data=assessed.texts.get("report/validation.ttl", ""), format="turtle")
    points = {
        "no report that conforms": Literal(True) in set(report.objects(None, SH.conforms)),
        "no CSVW": "tables" in _json(assessed, "tables/csv-metadata.json"),
        "no SSSOM": any(name.endswith(".sssom.tsv") for name in assessed.texts),
        "no shapes": any(name.startswith("shapes/") for name in assessed.texts),
        "no citation": "CITATION.cff" in assessed.texts,
    }
    return weigh("R1.3", "RDA-R1.3", points)


ALL: tuple[Callable[[Assessed], Result], ...] = (
    *(f1_persistent, f1_unique, f2_rich, f3_names_data, f4_harvested),
    *(a1_access, a1_resolve, a1_1_free, a1_2_rights, a2_outlive),
    *(i1_formal, i2_vocabularies, i3_references),
    *(r1_attributes, r1_1_licence, r1_2_provenance, r1_3_standards),
)


def release_of(assessed: Assessed) -> str:
    """Give the IRI of the release."""
    return f"{BASE}dumps/{assessed.record.version}/"


def _address(assessed: Assessed, file: ReleaseFile) -> str:
    return release_of(assessed) + file.path


def _said(assessed: Assessed, name: URIRef) -> list[Any]:
    """Give what DCAT says of the release under a property."""
    return sorted(assessed.catalogue.objects(URIRef(release_of(assessed)), name))


def _distributions(assessed: Assessed) -> list[Any]:
    return sorted(assessed.catalogue.subjects(RDF.type, DCAT.Distribution))


def _has(assessed: Assessed, subject: URIRef, name: URIRef) -> bool:
    return (subject, name, None) in assessed.catalogue


def _checksum(assessed: Assessed, address: str) -> str | None:
    """Give the digest that DCAT has of the file at an address."""
    distribution = assessed.catalogue.value(None, DCAT.downloadURL, URIRef(address), any=True)
    checksum = assessed.catalogue.value(distribution, SPDX.checksum, any=True)
    value = assessed.catalogue.value(checksum, SPDX.checksumValue, any=True)
    return None if value is None else str(value).lower()


def _json(assessed: Assessed, name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(assessed.texts.get(name, "{}"))
    return read
