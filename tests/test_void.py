"""VoID: what it counts is what there is, in a graph counted by hand and in the whole release counted by SPARQL."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Store

from describing import ask, described, load
from shahr.release.metadata.statistics import Use, count

BASE = "https://w3id.org/shahr/"
RELEASE = f"{BASE}dumps/1.2.0/"
RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
DAY = "<http://www.w3.org/2001/XMLSchema#date>"
LINKS = f"<{BASE}graph/links>"
SAME = "<http://www.w3.org/2002/07/owl#sameAs>"

# Eight triples in three graphs; the first stands in two of them.
QUADS = f"""\
<{BASE}city/isfahan> {RDF_TYPE} <{BASE}ns#City> <{BASE}graph/one> .
<{BASE}city/isfahan> {RDF_TYPE} <{BASE}ns#City> <{BASE}graph/two> .
<{BASE}city/kazan> {RDF_TYPE} <{BASE}ns#City> <{BASE}graph/one> .
<{BASE}country/iran> {RDF_TYPE} <{BASE}ns#Country> <{BASE}graph/one> .
_:b <{BASE}ns#near> <{BASE}city/kazan> <{BASE}graph/one> .
<{BASE}city/isfahan> <{BASE}ns#near> <{BASE}city/kazan> <{BASE}graph/one> .
<{BASE}city/isfahan> <{BASE}ns#earliest> "2021-05-11"^^{DAY} <{BASE}graph/two> .
<{BASE}city/isfahan> {SAME} <http://www.wikidata.org/entity/Q42053> {LINKS} .
<{BASE}city/kazan> {SAME} <https://example.org/set/kazan> {LINKS} .
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The VoID of those triples."""
    return load(described(tmp_path_factory.mktemp("small"), QUADS) / "metadata" / "void.ttl")


def number(store: Store, subject: str, name: str) -> int:
    ((found,),) = ask(store, f"SELECT ?n WHERE {{ <{subject}> {name} ?n }}")
    return int(found)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("void:triples", 8),
        ("void:entities", 3),
        ("void:distinctSubjects", 4),
        ("void:distinctObjects", 6),
        ("void:classes", 2),
        ("void:properties", 4),
    ],
)
def test_counts_are_those_made_by_hand(small: Store, name: str, expected: int) -> None:
    assert number(small, RELEASE, name) == expected


def test_a_class_has_its_instances_counted_each_once(small: Store) -> None:
    assert number(small, f"{RELEASE}#class/shahr:City", "void:entities") == 2


def test_a_property_has_its_triples_subjects_and_objects_counted(small: Store) -> None:
    part = f"{RELEASE}#property/shahr:near"
    names = ("void:triples", "void:distinctSubjects", "void:distinctObjects")
    assert [number(small, part, name) for name in names] == [2, 2, 1]


def test_each_named_graph_is_a_subset_with_all_its_triples(small: Store) -> None:
    rows = ask(small, "SELECT ?g ?n WHERE { ?d void:subset [ sd:name ?g ; void:triples ?n ] } ORDER BY ?g")
    assert rows == [(f"{BASE}graph/links", "2"), (f"{BASE}graph/one", "5"), (f"{BASE}graph/two", "2")]


def test_links_are_counted_by_data_set_and_predicate(small: Store) -> None:
    rows = ask(
        small,
        "SELECT ?space ?p ?n WHERE { ?l a void:Linkset ; void:subjectsTarget ?own ; void:linkPredicate ?p ; "
        "void:triples ?n ; void:objectsTarget/void:uriSpace ?space . ?own void:subset ?l } ORDER BY ?space",
    )
    same = SAME[1:-1]
    assert rows == [("http://www.wikidata.org/entity/", same, "1"), ("https://example.org/set/", same, "1")]


def test_the_dumps_are_those_of_the_release(small: Store) -> None:
    rows = ask(small, "SELECT ?dump WHERE { ?d void:dataDump ?dump } ORDER BY ?dump")
    assert rows == [(f"{RELEASE}data/shahr.nq.gz",), (f"{RELEASE}data/shahr.nq.zst",)]


def test_an_entity_of_each_kind_is_an_example(small: Store) -> None:
    rows = ask(small, "SELECT ?one WHERE { ?d void:exampleResource ?one } ORDER BY ?one")
    assert rows == [(f"{BASE}city/isfahan",), (f"{BASE}country/iran",)]


def test_a_graph_with_nothing_in_it_counts_nothing() -> None:
    found = count([], [])
    assert (found.triples, found.subjects, found.objects, found.days, found.links) == (0, 0, 0, (), {})


def test_what_is_no_day_dates_nothing() -> None:
    name = f"<{BASE}ns#earliest>"
    lines = [f"<a:a> {name} {value} .\n".encode() for value in ('"1400"', '"2021-05-11"', "<a:b>", "_:b")]
    assert count(lines, []).days == ("2021-05-11", "2021-05-11")


def test_one_object_of_two_properties_counts_for_each() -> None:
    lines = [b"<a:a> <a:p> <a:o> .\n", b"<a:a> <a:q> <a:o> .\n", b'<a:b> <a:q> "x y"@en .\n']
    found = count(lines, [])
    assert found.properties == {"a:p": Use(1, 1, 1), "a:q": Use(2, 2, 2)}
    assert (found.subjects, found.objects) == (2, 2)


@pytest.fixture(scope="module")
def void(released: Path) -> Store:
    return load(released / "metadata" / "void.ttl")


@pytest.fixture(scope="module")
def data(released: Path) -> Store:
    return load(released / "data" / "shahr.nt.gz")


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("void:triples", "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"),
        ("void:distinctSubjects", "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s ?p ?o }"),
        ("void:distinctObjects", "SELECT (COUNT(DISTINCT ?o) AS ?n) WHERE { ?s ?p ?o }"),
        ("void:properties", "SELECT (COUNT(DISTINCT ?p) AS ?n) WHERE { ?s ?p ?o }"),
        ("void:classes", "SELECT (COUNT(DISTINCT ?c) AS ?n) WHERE { ?s a ?c FILTER(isIRI(?c)) }"),
        (
            "void:entities",
            f"SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE {{ ?s ?p ?o FILTER(STRSTARTS(STR(?s), '{BASE}')) }}",
        ),
    ],
)
def test_counts_of_the_release_are_those_of_sparql(void: Store, data: Store, name: str, query: str) -> None:
    ((said,),) = ask(void, f"SELECT ?n WHERE {{ ?d a void:Dataset ; void:sparqlEndpoint ?e ; {name} ?n }}")
    assert [(said,)] == ask(data, query)


def test_class_partitions_of_the_release_are_those_of_sparql(void: Store, data: Store) -> None:
    said = ask(
        void,
        "SELECT ?c ?n WHERE { ?d void:classPartition ?part . ?part void:class ?c ; void:entities ?n } ORDER BY ?c",
    )
    there = "SELECT ?c (COUNT(?s) AS ?n) WHERE { ?s a ?c FILTER(isIRI(?c)) } GROUP BY ?c ORDER BY ?c"
    assert said
    assert said == ask(data, there)


def test_property_partitions_of_the_release_are_those_of_sparql(void: Store, data: Store) -> None:
    said = ask(
        void,
        "SELECT ?p ?n ?s ?o WHERE { ?d void:propertyPartition ?part . ?part void:property ?p ; void:triples ?n ; "
        "void:distinctSubjects ?s ; void:distinctObjects ?o } ORDER BY ?p",
    )
    there = (
        "SELECT ?p (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?o) AS ?objects) "
        "WHERE { ?s ?p ?o } GROUP BY ?p ORDER BY ?p"
    )
    assert said
    assert said == ask(data, there)


def test_no_node_is_without_a_name(void: Store) -> None:
    assert not [quad for quad in void if isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode)]
