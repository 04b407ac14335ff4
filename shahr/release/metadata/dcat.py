"""metadata/dcat.ttl and .jsonld: the release for catalogues of data, each file with its size and digest.

https://www.w3.org/TR/vocab-dcat-3/, with what DCAT-AP 3 makes mandatory or recommends. The description stands on its
own; the catalogue is the sum of those of all releases.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from pyoxigraph import Literal, NamedNode, Triple

from shahr.namespaces import BASE
from shahr.release.changes.patch import MEDIA_TYPE as RDF_PATCH
from shahr.release.folder import Kind, ReleaseFolder
from shahr.release.metadata.figures import number
from shahr.release.metadata.naming import DATASET, MAKERS, file_iri, part_iri, release_iri
from shahr.release.metadata.statements import Values, jsonld, nodes, say, term, texts, turtle, typed
from shahr.release.metadata.statistics import Statistics
from shahr.releases import Record, ReleaseFile, Texts

RDF_CANON = "https://www.w3.org/TR/rdf-canon/"
_EU = "http://publications.europa.eu/resource/authority/"
_LANGUAGES = (f"{_EU}language/ENG", f"{_EU}language/FAS")
_THEMES = (f"{_EU}data-theme/GOVE", f"{_EU}data-theme/INTR")
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
_UNREGISTERED = (RDF_PATCH,)  # at IANA
_REPORT, _CHANGES = "report/validation.ttl", "changes/CHANGES.md"


def write_dcat(folder: ReleaseFolder, record: Record, found: Statistics) -> None:
    """Write the description of a release and of all its files but those that describe it."""
    said = list(dcat(record, found))
    title = {"en": "The release for catalogues of data (DCAT 3)", "fa": "این انتشار برای فهرست‌های داده (DCAT 3)"}
    for suffix, media_type, data in (
        ("ttl", "text/turtle", turtle(said)),
        ("jsonld", "application/ld+json", jsonld(said)),
    ):
        standards = ("https://www.w3.org/TR/vocab-dcat-3/",)
        folder.write(f"metadata/dcat.{suffix}", data, Kind("metadata", media_type, title, standards))


def dcat(record: Record, found: Statistics) -> Iterator[Triple]:
    """Describe a release, its files, and what both need to be understood alone."""
    own, about = release_iri(record.version), record.about
    files = [one for one in record.files if one.part != "metadata"]
    yield from say(own, "dcat:Dataset", _dataset(record, found) | _versions(record) | _quality(record))
    yield Triple(NamedNode(DATASET), term("dcat:hasVersion"), NamedNode(own))
    yield from chain.from_iterable(_distribution(record, one) for one in files)
    yield from say(
        MAKERS,
        "foaf:Organization",
        {"foaf:name": texts(about.creator), "foaf:homepage": NamedNode(about.homepage)},
    )
    yield Triple(NamedNode(MAKERS), term("rdf:type"), term("foaf:Agent"))
    yield from _time_and_place(record, found)
    yield from _hashes(record)
    yield from _conformance(record)
    yield from _kinds(record, files)


def _dataset(record: Record, found: Statistics) -> dict[str, Values]:
    about, version = record.about, record.version
    described = [one.path for one in record.files if one.part == "metadata"]
    return {
        "dcterms:title": texts(about.title),
        "dcterms:description": texts(about.description),
        "dcterms:identifier": typed(release_iri(version), "xsd:anyURI"),
        "dcterms:creator": NamedNode(MAKERS),
        "dcterms:publisher": NamedNode(MAKERS),
        "dcterms:license": NamedNode(about.licence),
        "dcterms:accessRights": NamedNode(f"{_EU}access-right/PUBLIC"),
        "dcterms:issued": typed(record.issued, "xsd:date"),
        "dcterms:modified": typed(record.issued, "xsd:date"),
        "dcterms:accrualPeriodicity": NamedNode(f"{_EU}frequency/IRREG"),
        "dcterms:language": nodes(_LANGUAGES),
        "dcterms:conformsTo": NamedNode(_ontology(version)),
        "dcterms:provenance": NamedNode(part_iri(version, "provenance")),
        "dcterms:spatial": nodes(found.countries),
        "dcterms:temporal": nodes([part_iri(version, "days")] if found.days else []),
        "dcat:keyword": [Literal(word, language=one) for one, words in about.keywords.items() for word in words],
        "dcat:theme": nodes(_THEMES),
        "dcat:landingPage": NamedNode(file_iri(version, "README.md")),  # a document: the release's own IRI is the data
        "dcat:distribution": nodes(_of_file(version, one) for one in record.files if one.part != "metadata"),
        "rdfs:seeAlso": nodes(file_iri(version, path) for path in described),
    }


def _versions(record: Record) -> dict[str, Values]:
    """Say which version it is, and of what."""
    before = [release_iri(record.previous)] if record.previous else []
    return {
        "dcat:version": Literal(record.version),
        "dcat:isVersionOf": NamedNode(DATASET),
        "dcat:previousVersion": nodes(before),
        "adms:versionNotes": texts(_notes(record)),
    }


def _notes(record: Record) -> Texts:
    if record.previous is None:
        return {"en": "The first release.", "fa": "نخستین انتشار."}
    english, persian = f"Follows version {record.previous}.", f"پس از نسخهٔ {record.previous}."
    if record.added is not None and record.removed is not None:
        english += f" {number(record.added, 'en')} statements were added and {number(record.removed, 'en')} removed."
        persian += f" {number(record.added, 'fa')} گزاره افزوده و {number(record.removed, 'fa')} گزاره حذف شده است."
    if any(one.path == _CHANGES for one in record.files):
        english += f" What changed, in words: {file_iri(record.version, _CHANGES)}"
        persian += f" شرح تغییرها: {file_iri(record.version, _CHANGES.replace('.md', '.fa.md'))}"
    return {"en": english, "fa": persian}


def _distribution(record: Record, file: ReleaseFile) -> Iterator[Triple]:
    """Describe one file, with its digest."""
    version, checksum = record.version, part_iri(record.version, f"checksum/{file.path}")
    said: dict[str, Values] = {
        "dcterms:title": texts(file.title),
        "dcterms:license": NamedNode(record.about.licence),
        "dcterms:issued": typed(record.issued, "xsd:date"),
        "dcterms:conformsTo": nodes(file.conforms_to),
        "dcat:accessURL": NamedNode(release_iri(version)),
        "dcat:downloadURL": NamedNode(file_iri(version, file.path)),
        "dcat:byteSize": typed(file.bytes, "xsd:nonNegativeInteger"),
        "dcat:mediaType": nodes(_media_type(file)),
        "dcat:compressFormat": nodes(_packing(file)),
        "spdx:checksum": NamedNode(checksum),
    }
    yield from say(_of_file(version, file), "dcat:Distribution", said)
    yield from say(checksum, "spdx:Checksum", _sha256(file.sha256))


def _sha256(digest: str) -> dict[str, Values]:
    return {
        "spdx:algorithm": term("spdx:checksumAlgorithm_sha256"),
        "spdx:checksumValue": typed(digest, "xsd:hexBinary"),
    }


def _hashes(record: Record) -> Iterator[Triple]:
    """Say what the graph itself hashes to, in whatever format it comes."""
    for name, digest, english, persian in (
        (
            *("dataset", record.canonical_hash),
            "SHA-256 of the canonical N-Quads of the dataset, made with RDFC-1.0",
            "چکیدهٔ SHA-256 از N-Quads کانونی مجموعه‌داده، ساخته با RDFC-1.0",
        ),
        (
            *("union", record.triples_hash),
            "SHA-256 of the canonical N-Triples of the union of its graphs, made with RDFC-1.0",
            "چکیدهٔ SHA-256 از N-Triples کانونی اجتماع گراف‌ها، ساخته با RDFC-1.0",
        ),
    ):
        said: dict[str, Values] = {
            "rdfs:label": texts({"en": english, "fa": persian}),
            "dcterms:conformsTo": NamedNode(RDF_CANON),
        }
        hashed = part_iri(record.version, f"hash/{name}")
        yield from say(hashed, "spdx:Checksum", _sha256(digest) | said)
        yield Triple(NamedNode(release_iri(record.version)), term("spdx:checksum"), NamedNode(hashed))


def _quality(record: Record) -> dict[str, Values]:
    measured = [part_iri(record.version, "conformance")] if _has_report(record) else []
    return {"dqv:hasQualityMeasurement": nodes(measured)}


def _conformance(record: Record) -> Iterator[Triple]:
    """Say that the data conform to the shapes: others are not released."""
    if not _has_report(record):
        return
    metric = part_iri(record.version, "conforms-to-shapes")
    said: dict[str, Values] = {
        "dqv:isMeasurementOf": NamedNode(metric),
        "dqv:computedOn": NamedNode(release_iri(record.version)),
        "dqv:value": typed("true", "xsd:boolean"),
        "prov:wasDerivedFrom": NamedNode(file_iri(record.version, _REPORT)),
    }
    yield from say(part_iri(record.version, "conformance"), "dqv:QualityMeasurement", said)
    definition = {
        "en": "Whether the data conform to the SHACL shapes of the release.",
        "fa": "اینکه آیا داده‌ها با شکل‌های SHACL این انتشار سازگارند.",
    }
    yield from say(
        metric,
        "dqv:Metric",
        {
            "skos:definition": texts(definition),
            "dqv:expectedDataType": term("xsd:boolean"),
            "dqv:inDimension": NamedNode("http://www.w3.org/2016/05/ldqd#consistency"),
        },
    )


def _has_report(record: Record) -> bool:
    return any(one.path == _REPORT for one in record.files)


def _time_and_place(record: Record, found: Statistics) -> Iterator[Triple]:
    """Say which days and countries the facts are about, and where they come from."""
    if found.days:
        first, last = (typed(day, "xsd:date") for day in found.days)
        days = part_iri(record.version, "days")
        yield from say(days, "dcterms:PeriodOfTime", {"dcat:startDate": first, "dcat:endDate": last})
    provenance = {
        "en": "Each fact names the article and passage, or the public page, it was read from, and who speaks there.",
        "fa": "هر واقعیت مقاله و قطعه‌ای یا صفحهٔ عمومی‌ای را که از آن گرفته شده است و گویندهٔ آن را نام می‌برد.",
    }
    said = {"rdfs:label": texts(provenance)}
    yield from say(part_iri(record.version, "provenance"), "dcterms:ProvenanceStatement", said)
    for country in found.countries:
        yield from say(country, "dcterms:Location", {})


def _kinds(record: Record, files: Sequence[ReleaseFile]) -> Iterator[Triple]:
    """Say what the IRIs of others stand for, which DCAT-AP wants to be told."""
    standards = {_ontology(record.version), RDF_CANON, *chain.from_iterable(one.conforms_to for one in files)}
    kinds = {
        "dcterms:LicenseDocument": [record.about.licence],
        "dcterms:LinguisticSystem": _LANGUAGES,
        "dcterms:RightsStatement": [f"{_EU}access-right/PUBLIC"],
        "dcterms:Frequency": [f"{_EU}frequency/IRREG"],
        "dcterms:MediaType": sorted({one for file in files for one in (*_media_type(file), *_packing(file))}),
        "dcterms:Standard": sorted(standards),
        "foaf:Document": [file_iri(record.version, "README.md")],
        "skos:Concept": _THEMES,
    }
    for kind, names in kinds.items():
        for name in names:
            yield from say(name, kind, {})


def _of_file(version: str, file: ReleaseFile) -> str:
    return part_iri(version, file.path)


def _media_type(file: ReleaseFile) -> list[str]:
    media_type = file.media_type.partition(";")[0]
    return [] if media_type in _UNREGISTERED else [_MEDIA_TYPES + media_type]


def _packing(file: ReleaseFile) -> list[str]:
    return [f"{_MEDIA_TYPES}application/{file.compression}"] if file.compression else []


def _ontology(version: str) -> str:
    return f"{BASE}ns/{version}"
