"""What an ontology may not take back without a higher major version, and what it may do."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Triple, parse

from differing import PREFIXES, begun, release
from shahr.errors import BadVersion
from shahr.paths import Project
from shahr.release.changes.breaking import OntologyChanges, check_breaking, ontology_changes
from shahr.turtle import parse_turtle

CLASSES = "shahr:Place a owl:Class . shahr:City a owl:Class ; rdfs:subClassOf shahr:Place . shahr:Person a owl:Class ."
HAS = "shahr:has a owl:ObjectProperty"


def triples(turtle: str) -> list[Triple]:
    return [quad.triple for quad in parse((PREFIXES + turtle).encode(), format=RdfFormat.TURTLE)]


def changes(old: str, new: str) -> OntologyChanges:
    return ontology_changes(triples(old), triples(new))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("shahr:City a owl:Class .", "", "shahr:City is gone"),
        (f"{HAS} .", "shahr:has rdfs:label 'has'@en .", "shahr:has is gone"),
        (f"{HAS} .", "shahr:has a owl:DatatypeProperty .", "shahr:has is no longer an object property but a datatype"),
        ("shahr:City a owl:Class .", "shahr:City a owl:ObjectProperty .", "shahr:City is no longer a class but an obj"),
        (f"{HAS} .", f"{HAS} ; rdfs:domain shahr:City .", "the domain of shahr:has is now shahr:City"),
        (
            f"{HAS} ; rdfs:range shahr:Place .",
            f"{HAS} ; rdfs:range shahr:City .",
            "the range of shahr:has is now shahr:C",
        ),
        (
            "shahr:name a owl:DatatypeProperty ; rdfs:range rdfs:Literal .",
            "shahr:name a owl:DatatypeProperty ; rdfs:range xsd:date .",
            "the range of shahr:name is now xsd:date",
        ),
        (
            CLASSES,
            CLASSES.replace("rdfs:subClassOf", "rdfs:seeAlso"),
            "shahr:City is no longer a subclass of shahr:Place",
        ),
        (
            f"{HAS} ; rdfs:subPropertyOf shahr:knows .",
            f"{HAS} .",
            "shahr:has is no longer a subproperty of shahr:knows",
        ),
        (
            CLASSES,
            CLASSES + "shahr:City owl:disjointWith shahr:Person .",
            "shahr:City and shahr:Person are now disjoint",
        ),
        (
            CLASSES,
            CLASSES + "[] a owl:AllDisjointClasses ; owl:members ( shahr:City shahr:Person ) .",
            "shahr:City and shahr:Person are now disjoint",
        ),
        (f"{HAS} .", f"{HAS} , owl:FunctionalProperty .", "shahr:has is now functional"),
        (f"{HAS} .", f"{HAS} , owl:IrreflexiveProperty .", "shahr:has is now irreflexive"),
        (f"{HAS} , owl:SymmetricProperty .", f"{HAS} .", "shahr:has is no longer symmetric"),
        (f"{HAS} ; owl:inverseOf shahr:of .", f"{HAS} .", "an inverse or chain of shahr:has is gone"),
        (
            f"{HAS} ; owl:propertyChainAxiom ( shahr:a shahr:b ) .",
            f"{HAS} .",
            "an inverse or chain of shahr:has is gone",
        ),
        (
            CLASSES,
            CLASSES
            + "shahr:City rdfs:subClassOf [ a owl:Restriction ; owl:onProperty shahr:p ; owl:minCardinality 1 ] .",
            "shahr:City has a new restriction [owl:minCardinality 1 ; owl:onProperty shahr:p]",
        ),
        (CLASSES, CLASSES + "shahr:City owl:hasKey ( shahr:p ) .", "shahr:City has a new key (shahr:p)"),
        (CLASSES, CLASSES + "shahr:Place owl:equivalentClass shahr:City .", "shahr:City and shahr:Place are now equiv"),
        (
            f"{HAS} . shahr:of a owl:ObjectProperty .",
            f"{HAS} . shahr:of a owl:ObjectProperty ; owl:equivalentProperty shahr:has .",
            "shahr:has and shahr:of are now equivalent",
        ),
    ],
)
def test_a_promise_that_is_not_kept_is_breaking(old: str, new: str, sentence: str) -> None:
    found = changes(old, new).breaking
    assert len(found) == 1
    assert found[0]["en"].startswith(sentence)
    assert found[0]["fa"] != found[0]["en"]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("", "shahr:City a owl:Class .", "shahr:City is new, a class"),
        ("", CLASSES + f"{HAS} , owl:FunctionalProperty ; rdfs:domain shahr:City .", "shahr:City is new, a class"),
        (f"{HAS} .", f"{HAS} ; owl:deprecated true .", "shahr:has is now deprecated"),
        (f"{HAS} ; owl:deprecated true .", f"{HAS} .", "shahr:has is no longer deprecated"),
        (f"{HAS} ; owl:deprecated true .", "", "shahr:has, deprecated before, is gone"),
        (f"{HAS} .", f"{HAS} ; owl:equivalentProperty <x:has> .", "shahr:has is now a subproperty of x:has"),
        (f"{HAS} .", f"{HAS} ; rdfs:label 'has'@en .", "the words about shahr:has have changed"),
        (
            CLASSES + f"{HAS} ; rdfs:domain shahr:City .",
            CLASSES + f"{HAS} ; rdfs:domain shahr:Place .",
            "the domain of shahr:has is wider",
        ),
        (
            f"{HAS} ; rdfs:range shahr:City .",
            f"{HAS} ; rdfs:range [ owl:unionOf ( shahr:City shahr:Person ) ] .",
            "the range of shahr:has is wider",
        ),
        (f"{HAS} ; rdfs:range shahr:City .", f"{HAS} .", "the range of shahr:has is wider"),
        (
            "shahr:name a owl:DatatypeProperty ; rdfs:range xsd:nonNegativeInteger .",
            "shahr:name a owl:DatatypeProperty ; rdfs:range xsd:integer .",
            "the range of shahr:name is wider",
        ),
    ],
)
def test_what_leaves_data_and_queries_right_is_compatible(old: str, new: str, sentence: str) -> None:
    found = changes(old, new)
    assert found.breaking == ()
    assert sentence in [one["en"] for one in found.compatible]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (CLASSES, CLASSES.replace("City a owl:Class ; rdfs:subClassOf shahr:Place", "City a owl:Class")
         + "shahr:City rdfs:subClassOf shahr:Town . shahr:Town rdfs:subClassOf shahr:Place ."),
        (f"{HAS} ; owl:inverseOf shahr:of .", f"{HAS} . shahr:of owl:inverseOf shahr:has ."),
        ("shahr:City a owl:Class ; owl:disjointWith shahr:Person . shahr:Person a owl:Class .",
         "shahr:City a owl:Class . shahr:Person a owl:Class ; owl:disjointWith shahr:City ."),
        ("shahr:City a owl:Class ; owl:equivalentClass shahr:Town . shahr:Town a owl:Class .",
         "shahr:City a owl:Class . shahr:Town a owl:Class ; owl:equivalentClass shahr:City ."),
        ("shahr:City a owl:Class ; rdfs:subClassOf shahr:Town . shahr:Town a owl:Class ; rdfs:subClassOf shahr:City .",
         "shahr:City a owl:Class ; owl:equivalentClass shahr:Town . shahr:Town a owl:Class ."),
    ],
)  # fmt: skip
def test_the_same_said_otherwise_breaks_nothing(old: str, new: str) -> None:
    assert changes(old, new).breaking == ()


def test_expressions_within_expressions_without_end_are_read_as_far_as_one_can_see() -> None:
    deep = f"shahr:City a owl:Class ; owl:hasKey {'(' * 3000}{')' * 3000} ."
    assert [one["en"].count("(") for one in changes(CLASSES, CLASSES + deep).breaking] == [32]


def test_a_version_is_no_change() -> None:
    ontology = "<https://w3id.org/shahr/ns> a owl:Ontology ; owl:versionInfo '{}' ."
    assert changes(ontology.format("0.1.0"), ontology.format("0.2.0")) == OntologyChanges((), (), frozenset())


def test_the_ontology_is_compatible_with_itself_however_its_blank_nodes_are_called() -> None:
    one, other = (
        [triple for path in sorted(Project.here().ontology.glob("*.ttl")) for triple in parse_turtle(path)]
        for _ in range(2)
    )
    assert ontology_changes(one, other) == OntologyChanges((), (), frozenset())


BEFORE = "graph:ontology { " + CLASSES + " }"
AFTER = "graph:ontology { shahr:City a owl:Class }"


@pytest.mark.parametrize(("before", "after", "next_"), [("0.1.0", "0.2.0", "1.0.0"), ("1.2.0", "1.3.0", "2.0.0")])
def test_a_break_wants_a_higher_major_version(tmp_path: Path, before: str, after: str, next_: str) -> None:
    previous = release(tmp_path / "previous", before, BEFORE)
    with pytest.raises(BadVersion) as raised:
        check_breaking(begun(tmp_path / "next", after, AFTER, previous))
    assert str(raised.value) == (
        f"'{after}' cannot be the version of a release: the ontology breaks what {before} promised (shahr:City is no "
        f"longer a subclass of shahr:Place; shahr:Person is gone; shahr:Place is gone), so the next version is {next_}"
    )


def test_a_higher_major_version_may_break_and_any_version_may_add(tmp_path: Path) -> None:
    previous = release(tmp_path / "previous", "1.2.0", BEFORE)
    check_breaking(begun(tmp_path / "major", "2.0.0-rc.1", AFTER, previous))
    check_breaking(begun(tmp_path / "patch", "1.2.1", BEFORE + "graph:ontology { shahr:New a owl:Class }", previous))
    check_breaking(begun(tmp_path / "first", "0.1.0", AFTER))


def test_what_a_pre_release_of_a_major_version_has_is_no_promise(tmp_path: Path) -> None:
    previous = release(tmp_path / "previous", "2.0.0-rc.1", BEFORE)
    check_breaking(begun(tmp_path / "candidate", "2.0.0-rc.2", AFTER, previous))
    check_breaking(begun(tmp_path / "major", "2.0.0", AFTER, previous))
    previous = release(tmp_path / "minor", "2.1.0-rc.1", BEFORE)
    with pytest.raises(BadVersion, match=r"so the next version is 3\.0\.0"):
        check_breaking(begun(tmp_path / "next", "2.1.0", AFTER, previous))
