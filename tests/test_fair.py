"""A release is as FAIR as files and a server can make it: what is missing others must give, and each check can fail."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import redirect_stderr
from dataclasses import replace
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import Store
from rdflib import DCTERMS, FOAF, OWL, RDF, RDFS, SKOS, VANN, VOID, Literal, URIRef

import assessed
import fair
import foops
import principles
from assessed import NEEDED, Answer, Assessed, Result, read_assessed
from principles import DCAT, SPDX
from shahr.namespaces import BASE, iri

Spoil = Callable[[Assessed], Assessed]
ONTOLOGY = URIRef(f"{BASE}ns")
CITY = URIRef(f"{BASE}ns#City")
FACT = "claim:kazan-in-russia"
LINKS = f"{BASE}graph/links"


@pytest.fixture(scope="module")
def whole(released: Path) -> Assessed:
    with redirect_stderr(io.StringIO()):
        return read_assessed(released)


@pytest.fixture(scope="module")
def found(whole: Assessed) -> dict[str, Result]:
    return {one.check: one for results in fair.results(whole).values() for one in results}


def lacking(part: str, *names: URIRef, subject: URIRef | None = None) -> Spoil:
    """Take all statements with one of these properties out of the ontology, the catalogue or the VoID."""
    return changed(part, lambda graph: [graph.remove((subject, name, None)) for name in names])


def saying(part: str, subject: URIRef, name: URIRef, value: URIRef | Literal) -> Spoil:
    """Let a graph say this of a subject and nothing else under that property."""
    return changed(part, lambda graph: graph.set((subject, name, value)))


def changed(part: str, change: Callable[[rdflib.Graph], object]) -> Spoil:
    def spoil(given: Assessed) -> Assessed:
        graph = rdflib.Graph()
        graph += getattr(given, part)
        change(graph)
        parts: dict[str, rdflib.Graph] = {part: graph}
        return replace(given, **parts)  # type: ignore[arg-type]

    return spoil


def called(name: str) -> Spoil:
    """Give the ontology another IRI."""

    def rename(graph: rdflib.Graph) -> None:
        for _, predicate, value in list(graph.triples((ONTOLOGY, None, None))):
            graph.remove((ONTOLOGY, predicate, value))
            graph.add((URIRef(name), predicate, value))

    return changed("ontology", rename)


def silent(path: str, accept: str = "") -> Spoil:
    """Let the server have nothing at an address, or not in one form."""

    def spoil(given: Assessed) -> Assessed:
        def ask(asked: str, form: str) -> Answer:
            refused = asked == path and accept in ("", form)
            return Answer(404, "text/plain", "") if refused else given.ask(asked, form)

        return replace(given, ask=ask)

    return spoil


def without(*names: str) -> Spoil:
    """Take small files out of the release."""
    return lambda given: replace(given, texts={one: text for one, text in given.texts.items() if one not in names})


def updated(update: str) -> Spoil:
    """Change the dataset by SPARQL."""

    def spoil(given: Assessed) -> Assessed:
        store = Store()
        store.extend(given.dataset)
        store.update("".join(f"PREFIX {name}: <{iri(name + ':')}> " for name in ("claim", "dcterms", "shahr")) + update)
        return replace(given, dataset=store)

    return spoil


def other_digests(given: Assessed) -> Assessed:
    return replace(given, record=replace(given.record, files=tuple(replace(f, sha256="0") for f in given.record.files)))


def no_standards(given: Assessed) -> Assessed:
    return replace(
        given, record=replace(given.record, files=tuple(replace(f, conforms_to=()) for f in given.record.files))
    )


CASES: list[tuple[Callable[[Assessed], Result], Spoil, str]] = [
    (foops.purl1, called("https://shahr.example/ns"), "no persistent IRI"),
    (foops.uri1, silent("/ns"), "the server has nothing there"),
    (foops.uri2, called(f"{BASE}other"), "another ontology at its IRI"),
    (foops.ver1, lacking("ontology", OWL.versionIRI), "no version IRI"),
    (foops.ver1, saying("ontology", ONTOLOGY, OWL.versionIRI, ONTOLOGY), "the version has the IRI of all"),
    (foops.ver2, lacking("ontology", OWL.versionIRI), "the server has nothing there"),
    (foops.om1, saying("ontology", ONTOLOGY, DCTERMS.title, ONTOLOGY), "title"),
    (foops.om1, lacking("ontology", DCTERMS.creator), "author"),
    (foops.om2, lacking("ontology", DCTERMS.bibliographicCitation), "citation"),
    (foops.om3, lacking("ontology", FOAF.logo), "logo"),
    (foops.om3, lacking("ontology", DCTERMS.issued), "issued"),
    (foops.om4_1, lacking("ontology", DCTERMS.license, DCTERMS.rights), "no licence"),
    (foops.om4_2, saying("ontology", ONTOLOGY, DCTERMS.license, Literal("free")), "a licence of no known address"),
    (foops.om5_1, lacking("ontology", DCTERMS.created), "creation date"),
    (foops.om5_2, lacking("ontology", DCTERMS.publisher), "publisher"),
    (foops.find1, lacking("ontology", VANN.preferredNamespacePrefix), "no prefix"),
    (foops.cn1, silent("/ns", "text/html"), "no page"),
    (foops.cn1, silent("/ns", "text/turtle"), "no RDF"),
    (foops.http1, called("urn:shahr"), "no open protocol"),
    (foops.rdf1, silent("/ns", "application/ld+json"), "no RDF"),
    (foops.doc1, silent("/ns", "text/html"), "no page"),
    (foops.voc1, changed("ontology", lambda graph: graph.remove((ONTOLOGY, None, None))), "no known vocabulary"),
    (foops.voc2, lacking("ontology", RDF.type), "no other vocabulary"),
    (foops.voc3, lacking("ontology", RDFS.label, subject=CITY), str(CITY)),
    (foops.voc3, saying("ontology", CITY, RDFS.label, Literal("city", lang="en")), str(CITY)),
    (foops.voc4, lacking("ontology", SKOS.definition, subject=CITY), str(CITY)),
    (
        principles.f1_persistent,
        saying("catalogue", CITY, DCAT.downloadURL, URIRef("https://shahr.example/a")),
        "not below https://w3id.org/shahr/",
    ),
    (principles.f1_unique, lacking("catalogue", RDF.type), "no IRI of the release"),
    (principles.f1_unique, updated("INSERT DATA { GRAPH <urn:a> { [] a shahr:City } }"), "nameless nodes"),
    (principles.f2_rich, lacking("catalogue", DCAT.keyword), "keywords"),
    (principles.f3_names_data, lacking("catalogue", DCAT.downloadURL), "files that DCAT does not name"),
    (principles.f3_names_data, lacking("void", VOID.dataDump), "no dump"),
    (principles.f4_harvested, silent("/sitemap.xml"), "no /sitemap.xml"),
    (principles.f4_harvested, without("metadata/croissant.json"), "no Croissant"),
    (principles.a1_access, lacking("catalogue", DCAT.byteSize), "files half described"),
    (principles.a1_access, lacking("void", VOID.sparqlEndpoint), "no endpoint"),
    (principles.a1_resolve, silent("/dumps/0.1.0/data/shahr.nq.gz"), "files that are not served"),
    (principles.a1_resolve, silent("/city/isfahan"), "no data about a node"),
    (
        principles.a1_1_free,
        saying("catalogue", CITY, DCAT.accessURL, URIRef("ftp://shahr.example/")),
        "no HTTPS",
    ),
    (principles.a1_2_rights, lacking("catalogue", DCTERMS.accessRights), "no access rights"),
    (principles.a2_outlive, without("release.json"), "no release.json"),
    (
        principles.a2_outlive,
        updated("INSERT DATA { <https://w3id.org/shahr/city/gone> dcterms:isReplacedBy <urn:a> }"),
        "no word of what is gone (410)",
    ),
    (principles.i1_formal, no_standards, "files of no standard"),
    (
        principles.i2_vocabularies,
        updated("INSERT DATA { <urn:a> <urn:b> <urn:c> }"),
        "properties that are not declared",
    ),
    (principles.i2_vocabularies, lacking("void", VOID.vocabulary), "no void:vocabulary"),
    (principles.i3_references, updated(f"DROP GRAPH <{LINKS}>"), "no links"),
    (principles.i3_references, lacking("catalogue", DCAT.isVersionOf), "no tie to the other versions"),
    (principles.r1_attributes, other_digests, "wrong digests in DCAT"),
    (principles.r1_attributes, lacking("catalogue", SPDX.checksumValue), "wrong digests in DCAT"),
    (principles.r1_attributes, without("README.fa.md"), "no README"),
    (principles.r1_1_licence, lacking("void", DCTERMS.license), "no licence: VoID"),
    (principles.r1_1_licence, without("LICENSE-DATA"), "no licence: text"),
    (
        principles.r1_2_provenance,
        updated(f"DELETE WHERE {{ {FACT} shahr:evidence ?passage }}"),
        "facts without a source",
    ),
    (
        principles.r1_2_provenance,
        lacking("catalogue", DCTERMS.issued),
        "no day",
    ),
    (principles.r1_3_standards, without("report/validation.ttl"), "no report that conforms"),
]


def test_only_what_others_must_give_is_missing(found: dict[str, Result]) -> None:
    missing = {(one.check, name) for one in found.values() for name in one.missing}
    assert {(check, name) for check, name in missing if name not in NEEDED} == set()
    assert {name for _, name in missing} == NEEDED.keys() - assessed.REGISTERED


def test_the_score_is_what_it_was(whole: Assessed, found: dict[str, Result]) -> None:
    assert len(found) == len(foops.ALL) + len(principles.ALL) == 41
    assert fair.score(check(whole) for check in foops.FILES) >= 98.8
    assert fair.score(found[check(whole).check] for check in foops.ALL) >= 78.4
    assert fair.score(found.values()) >= 84.7


@pytest.mark.parametrize(("check", "spoil", "missing"), CASES, ids=lambda one: getattr(one, "__name__", None))
def test_a_check_can_fail(whole: Assessed, check: Callable[[Assessed], Result], spoil: Spoil, missing: str) -> None:
    before, after = check(whole), check(spoil(whole))
    assert missing not in before.missing
    assert missing in after.missing
    assert after.share < 1


def test_every_check_is_seen_to_fail(found: dict[str, Result], whole: Assessed) -> None:
    spoiled = {check for check, _, _ in CASES}
    never_here = {check for check in foops.ALL if found[check(whole).check].share == 0} - spoiled
    assert never_here == {foops.find2, foops.find3, foops.find3_bis}
    assert spoiled | never_here == {*foops.ALL, *principles.ALL}


def test_with_all_that_others_must_give_the_score_is_full(whole: Assessed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assessed, "REGISTERED", frozenset(NEEDED))
    done = saying("ontology", ONTOLOGY, foops.BIBO.doi, Literal("10.0000/an-example"))(whole)
    assert {one.check: one.missing for part in fair.results(done).values() for one in part if one.missing} == {}


def test_what_the_ontology_names_of_ours_is_answered(whole: Assessed) -> None:
    named = {str(one).partition("#")[0] for one in whole.ontology.objects(ONTOLOGY) if isinstance(one, URIRef)}
    ours = sorted(one for one in named if one.startswith(BASE))
    assert len(ours) >= 5
    asked = {one: whole.ask("/" + one.removeprefix(BASE), "text/turtle, */*;q=0.5").status for one in ours}
    assert {one: status for one, status in asked.items() if status != 200} == {}


def test_the_table_names_each_check_and_what_a_person_has_to_do(whole: Assessed, found: dict[str, Result]) -> None:
    lines = list(fair.table(whole))
    assert all(any(f" {name} " in line for line in lines) for name in found)
    assert {f"  {name}: {words}" for name, words in NEEDED.items()} <= set(lines)
    assert "The ontology, by the checks of FOOPS!: 78.5 %" in lines
    assert not [line for line in lines if "mend:" in line]
