"""The ontology keeps to its OWL 2 profiles, and HermiT finds it and the data free of contradiction."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, Store

from owl_profiles import profile_violations
from shahr.consistency import check_consistency, check_store
from shahr.dataset import load_store
from shahr.errors import ConsistencyError
from shahr.namespaces import graph_iri, iri
from shahr.paths import Project

RULE_FILES = ("shahr.ttl", "shahr-rl.ttl", "alignments.ttl", "concepts.ttl")


@pytest.fixture
def ontology() -> Path:
    return Project.here().ontology


@pytest.mark.parametrize("profile", ["EL", "RL", "DL"])
def test_the_core_is_in_all_three_profiles(ontology: Path, tmp_path: Path, profile: str) -> None:
    assert profile_violations([ontology / "shahr.ttl"], tmp_path)[profile] == []


@pytest.mark.parametrize("profile", ["RL", "DL"])
def test_the_whole_ontology_is_in_rl_and_dl(ontology: Path, tmp_path: Path, profile: str) -> None:
    assert profile_violations([ontology / name for name in RULE_FILES], tmp_path)[profile] == []


@pytest.mark.parametrize(
    ("profile", "axiom"),
    [
        ("EL", "shahr:holder a owl:FunctionalProperty ."),
        ("RL", "shahr:City rdfs:subClassOf [ a owl:Restriction ; owl:onProperty shahr:country ; "
               "owl:someValuesFrom shahr:Country ] ."),
        ("DL", "shahr:memberOf a owl:IrreflexiveProperty ."),
    ],
)  # fmt: skip
def test_a_profile_is_really_checked(ontology: Path, tmp_path: Path, profile: str, axiom: str) -> None:
    bad = tmp_path / "bad.ttl"
    prefixes = "".join(f"PREFIX {name}: <{iri(name + ':')}>\n" for name in ("shahr", "owl", "rdfs"))
    bad.write_text(prefixes + axiom)
    assert profile_violations([ontology / "shahr.ttl", bad], tmp_path)[profile] != []


def test_ontology_and_data_are_consistent(built: Path) -> None:
    proof = check_consistency(built)
    assert proof.unsatisfiable == ()
    assert proof.classes > 30
    assert proof.triples > 5000


@pytest.mark.parametrize(
    "contradiction",
    [
        ("city:isfahan", "rdf:type", "shahr:Person"),
        ("city:isfahan", "shahr:twinnedWith", "city:isfahan"),
        ("tenure:zakani-mayor-of-tehran", "shahr:holder", "city:isfahan"),
    ],
)
def test_hermit_sees_a_contradiction(built: Path, contradiction: tuple[str, str, str]) -> None:
    store = load_store(built / "graph.nq")
    subject, predicate, object_ = (NamedNode(iri(name)) for name in contradiction)
    store.add(Quad(subject, predicate, object_, NamedNode(graph_iri("entities"))))
    with pytest.raises(ConsistencyError, match="contradiction"):
        check_store(store)


def test_hermit_names_a_class_that_can_have_no_member(built: Path) -> None:
    store = load_store(built / "graph.nq")
    city, person, graph = NamedNode(iri("shahr:City")), NamedNode(iri("shahr:Ghost")), NamedNode(graph_iri("ontology"))
    for wider in (city, NamedNode(iri("shahr:Person"))):
        store.add(Quad(person, NamedNode(iri("rdfs:subClassOf")), wider, graph))
    store.add(Quad(person, NamedNode(iri("rdf:type")), NamedNode(iri("owl:Class")), graph))
    assert check_store(store).unsatisfiable == (iri("shahr:Ghost"),)


def test_no_classes_read_is_no_proof() -> None:
    with pytest.raises(ConsistencyError, match="read 0"):
        check_store(Store())
