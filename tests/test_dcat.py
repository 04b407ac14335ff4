"""DCAT: the catalogue entry of a release says of every file what is true of it, and has what portals demand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pyld import jsonld
from pyoxigraph import BlankNode, Dataset, RdfFormat, Store, parse
from pyshacl import validate
from rdflib import Graph

from describing import ask, described, digest, load
from shahr.dataset import nquads
from shahr.releases import read_record

BASE = "https://w3id.org/shahr/"
FIRST = f"{BASE}dumps/0.1.0/"
IANA = "https://www.iana.org/assignments/media-types/"

# What DCAT-AP 3 makes mandatory, and what of its recommendations we promise.
SHAPES = """
PREFIX adms: <http://www.w3.org/ns/adms#>
PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX spdx: <http://spdx.org/rdf/terms#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
[] a sh:NodeShape ; sh:targetSubjectsOf dcat:distribution ; sh:class dcat:Dataset ; sh:property
  [ sh:path dcterms:title ; sh:minCount 2 ; sh:uniqueLang true ; sh:languageIn ( "en" "fa" ) ] ,
  [ sh:path dcterms:description ; sh:minCount 2 ; sh:uniqueLang true ; sh:languageIn ( "en" "fa" ) ] ,
  [ sh:path adms:versionNotes ; sh:minCount 2 ; sh:uniqueLang true ; sh:languageIn ( "en" "fa" ) ] ,
  [ sh:path dcat:keyword ; sh:minCount 2 ; sh:languageIn ( "en" "fa" ) ] ,
  [ sh:path dcat:theme ; sh:minCount 1 ; sh:nodeKind sh:IRI ] ,
  [ sh:path dcterms:publisher ; sh:minCount 1 ; sh:maxCount 1 ; sh:class foaf:Agent ] ,
  [ sh:path dcterms:creator ; sh:minCount 1 ; sh:class foaf:Agent ] ,
  [ sh:path dcterms:accessRights ; sh:maxCount 1 ; sh:class dcterms:RightsStatement ] ,
  [ sh:path dcterms:issued ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:date ] ,
  [ sh:path dcterms:modified ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:date ] ,
  [ sh:path dcterms:language ; sh:minCount 1 ; sh:class dcterms:LinguisticSystem ] ,
  [ sh:path dcterms:conformsTo ; sh:class dcterms:Standard ] ,
  [ sh:path dcterms:spatial ; sh:minCount 1 ; sh:class dcterms:Location ] ,
  [ sh:path dcterms:temporal ; sh:minCount 1 ; sh:class dcterms:PeriodOfTime ] ,
  [ sh:path dcterms:provenance ; sh:class dcterms:ProvenanceStatement ] ,
  [ sh:path dcat:landingPage ; sh:minCount 1 ; sh:class foaf:Document ] ,
  [ sh:path dcat:version ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:Literal ] ,
  [ sh:path dcat:isVersionOf ; sh:hasValue <https://w3id.org/shahr/> ] ,
  [ sh:path dcat:distribution ; sh:minCount 1 ; sh:class dcat:Distribution ] .
[] a sh:NodeShape ; sh:targetClass foaf:Agent ; sh:property
  [ sh:path foaf:name ; sh:minCount 1 ; sh:nodeKind sh:Literal ] .
[] a sh:NodeShape ; sh:targetClass dcterms:PeriodOfTime ; sh:property
  [ sh:path dcat:startDate ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:date ] ,
  [ sh:path dcat:endDate ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:date ] .
[] a sh:NodeShape ; sh:targetClass dcat:Distribution ; sh:property
  [ sh:path dcterms:title ; sh:minCount 2 ; sh:uniqueLang true ; sh:languageIn ( "en" "fa" ) ] ,
  [ sh:path dcterms:license ; sh:minCount 1 ; sh:maxCount 1 ; sh:class dcterms:LicenseDocument ] ,
  [ sh:path dcterms:conformsTo ; sh:class dcterms:Standard ] ,
  [ sh:path dcat:accessURL ; sh:minCount 1 ; sh:nodeKind sh:IRI ] ,
  [ sh:path dcat:downloadURL ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ,
  [ sh:path dcat:mediaType ; sh:maxCount 1 ; sh:class dcterms:MediaType ] ,
  [ sh:path dcat:compressFormat ; sh:maxCount 1 ; sh:class dcterms:MediaType ] ,
  [ sh:path dcat:byteSize ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:nonNegativeInteger ] ,
  [ sh:path spdx:checksum ; sh:minCount 1 ; sh:maxCount 1 ; sh:class spdx:Checksum ] .
[] a sh:NodeShape ; sh:targetClass spdx:Checksum ; sh:property
  [ sh:path spdx:algorithm ; sh:minCount 1 ; sh:maxCount 1 ; sh:hasValue spdx:checksumAlgorithm_sha256 ] ,
  [ sh:path spdx:checksumValue ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:hexBinary ; sh:minLength 64 ] .
"""
ENTRY = (
    "SELECT ?url ?size ?digest WHERE { ?release dcat:distribution ?d . ?d dcat:downloadURL ?url ; "
    "dcat:byteSize ?size ; spdx:checksum/spdx:checksumValue ?digest } ORDER BY ?url"
)


@pytest.fixture(scope="module")
def store(released: Path) -> Store:
    return load(released / "metadata" / "dcat.ttl")


def violations(turtle: str) -> str:
    conforms, _, text = validate(
        Graph().parse(data=turtle, format="turtle"), shacl_graph=Graph().parse(data=SHAPES, format="turtle")
    )
    return "" if conforms else str(text)


def test_what_dcat_ap_demands_is_there(released: Path) -> None:
    assert violations((released / "metadata" / "dcat.ttl").read_text(encoding="utf-8")) == ""


@pytest.mark.parametrize("lost", ["dcat:byteSize", "dcterms:publisher", "foaf:name", "spdx:checksumValue"])
def test_what_dcat_ap_demands_is_missed_where_it_is_lost(tmp_path: Path, lost: str) -> None:
    said = (described(tmp_path, DATED) / "metadata" / "dcat.ttl").read_text(encoding="utf-8")
    assert violations(said) == ""
    assert violations(said.replace(f" {lost}", " dcterms:relation")) != ""


def test_every_file_but_the_metadata_is_told_of_with_its_size_and_digest(released: Path, store: Store) -> None:
    files = [one for one in read_record(released).files if one.part != "metadata"]
    there = [
        (FIRST + one.path, str((released / one.path).stat().st_size), digest(released / one.path)) for one in files
    ]
    assert len(there) > 2
    assert ask(store, ENTRY) == sorted(there)


def test_a_packed_file_names_what_is_in_it_and_how_it_is_packed(store: Store) -> None:
    rows = ask(
        store,
        f"SELECT ?type ?packed WHERE {{ ?d dcat:downloadURL <{FIRST}data/shahr.nq.zst> ; dcat:mediaType ?type ; "
        "dcat:compressFormat ?packed }",
    )
    assert rows == [(f"{IANA}application/n-quads", f"{IANA}application/zstd")]


def test_the_hashes_of_the_graph_are_told_with_the_way_they_are_made(released: Path, store: Store) -> None:
    record = read_record(released)
    rows = ask(
        store,
        f"SELECT ?digest WHERE {{ <{FIRST}> spdx:checksum ?c . ?c spdx:checksumValue ?digest ; "
        "dcterms:conformsTo <https://www.w3.org/TR/rdf-canon/> }",
    )
    assert {digest for (digest,) in rows} == {record.canonical_hash, record.triples_hash}


def test_the_days_of_the_facts_span_those_in_the_data(released: Path, store: Store) -> None:
    data = load(released / "data" / "shahr.nt.gz")
    there = ask(
        data,
        "SELECT (MIN(?d) AS ?first) (MAX(?d) AS ?last) WHERE { ?s shahr:earliest|shahr:latest ?d }",
    )
    assert ask(store, "SELECT ?a ?b WHERE { ?d a dcterms:PeriodOfTime ; dcat:startDate ?a ; dcat:endDate ?b }") == there


def test_the_first_release_follows_none(store: Store) -> None:
    assert ask(store, "SELECT ?v WHERE { ?d dcat:previousVersion ?v }") == []


def test_a_later_release_names_the_one_before(released_again: Path) -> None:
    later = load(released_again / "metadata" / "dcat.ttl")
    assert ask(later, f"SELECT ?v WHERE {{ <{BASE}dumps/0.2.0/> dcat:previousVersion ?v }}") == [(FIRST,)]


def test_the_notes_of_a_version_lead_to_what_changed(released_again: Path) -> None:
    query = "SELECT ?note WHERE { ?d adms:versionNotes ?note FILTER(LANG(?note) = 'fa') }"
    ((note,),) = ask(load(released_again / "metadata" / "dcat.ttl"), query)
    there = (released_again / "changes" / "CHANGES.fa.md").is_file()
    assert "نسخهٔ 0.1.0" in note
    assert (f"{BASE}dumps/0.2.0/changes/CHANGES.fa.md" in note) is there


def test_descriptions_of_two_releases_can_be_put_together(released: Path, released_again: Path) -> None:
    both = load(released / "metadata" / "dcat.ttl", released_again / "metadata" / "dcat.ttl")
    rows = ask(both, f"SELECT ?v WHERE {{ <{BASE}> dcat:hasVersion ?one . ?one dcat:version ?v }} ORDER BY ?v")
    assert rows == [("0.1.0",), ("0.2.0",)]
    assert len(ask(both, ENTRY)) == sum(
        one.part != "metadata" for folder in (released, released_again) for one in read_record(folder).files
    )


def test_the_release_says_that_it_conforms_where_it_holds_the_report(released: Path, store: Store) -> None:
    has_report = (released / "report" / "validation.ttl").is_file()
    rows = ask(store, f"SELECT ?v WHERE {{ <{FIRST}> dqv:hasQualityMeasurement/dqv:value ?v }}")
    assert rows == ([("true",)] if has_report else [])


def test_jsonld_says_what_turtle_says(released: Path) -> None:
    document = json.loads((released / "metadata" / "dcat.jsonld").read_text(encoding="utf-8"))
    read = jsonld.to_rdf(document, {"format": "application/n-quads"})
    turtle = (released / "metadata" / "dcat.ttl").read_bytes()
    assert nquads(parse(read, format=RdfFormat.N_QUADS)) == nquads(Dataset(parse(turtle, format=RdfFormat.TURTLE)))


def test_no_node_is_without_a_name(store: Store) -> None:
    assert not [quad for quad in store if isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode)]


DATED = f"""\
<{BASE}city/isfahan> <{BASE}ns#country> <{BASE}country/iran> <{BASE}graph/one> .
<{BASE}country/china> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{BASE}ns#Country> <{BASE}graph/one> .
<{BASE}event/talks> <{BASE}ns#earliest> "2021-05-11"^^<http://www.w3.org/2001/XMLSchema#date> <{BASE}graph/one> .
"""


def test_the_places_are_the_countries_that_the_cities_lie_in(tmp_path: Path) -> None:
    said = load(described(tmp_path, DATED) / "metadata" / "dcat.ttl")
    assert ask(said, "SELECT ?place WHERE { ?d dcterms:spatial ?place }") == [(f"{BASE}country/iran",)]


def test_the_same_release_is_described_by_the_same_bytes(tmp_path: Path) -> None:
    one, other = (described(tmp_path / name, DATED, "1.1.0") for name in ("one", "other"))
    for path in sorted(path for path in one.rglob("*") if path.is_file()):
        assert path.read_bytes() == (other / path.relative_to(one)).read_bytes()
