"""The rules against golden lists, and against owlrl in what OWL can say."""

from __future__ import annotations

from pathlib import Path

import owlrl
import pytest
import rdflib
from pyoxigraph import DefaultGraph, Quad, RdfFormat, Store, Triple

from shahr.dataset import load_store
from shahr.errors import RuleError
from shahr.paths import Project
from shahr.queries import read_queries, read_query
from shahr.reason import materialize, reason
from shahr.turtle import parse_turtle

HERE = Path(__file__).parent
SHAHR = rdflib.Namespace("https://w3id.org/shahr/ns#")


def triples(name: str) -> set[Triple]:
    return set(parse_turtle(HERE / name))


def ontology_triples() -> set[Triple]:
    return {triple for path in Project.here().ontology.glob("*.ttl") for triple in parse_turtle(path)}


@pytest.fixture(scope="module")
def inferred() -> set[Triple]:
    """What our rules derive from the tiny world."""
    store = Store()
    given = ontology_triples() | triples("world.ttl")
    store.extend(Quad(one.subject, one.predicate, one.object, DefaultGraph()) for one in given)
    return {quad.triple for quad in materialize(store, read_queries(Project.here().rules))}


@pytest.mark.parametrize("golden", ["golden/rules.ttl", "golden/owl.ttl"])
def test_the_golden_lists_are_derived(inferred: set[Triple], golden: str) -> None:
    assert triples(golden) - inferred == set()


def test_nothing_denied_is_derived(inferred: set[Triple]) -> None:
    assert triples("golden/denied.ttl") & inferred == set()


def test_owlrl_agrees_in_what_owl_can_say(inferred: set[Triple]) -> None:
    """Given the edges that only rules can make, owlrl derives the very edges of ours, no more and no fewer."""
    given = ontology_triples() | triples("world.ttl") | triples("golden/rules.ttl")
    closure = rdflib.Graph().parse(data=ntriples(given), format="nt")
    closure.remove((None, rdflib.OWL.hasKey, None))  # owlrl 7.6.2 never compares the last property of a key
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(closure)
    ours = rdflib.Graph().parse(data=ntriples(given | inferred), format="nt")
    assert edges(closure) == edges(ours)
    golden = rdflib.Graph().parse(HERE / "golden/owl.ttl")
    assert [triple for triple in golden if triple not in closure] == []


def ntriples(given: set[Triple]) -> str:
    return "".join(f"{triple} .\n" for triple in given)


def edges(graph: rdflib.Graph) -> set[tuple[rdflib.term.Node, ...]]:
    """The triples between IRIs with a property of ours, ontology terms aside."""
    return {
        (subject, predicate, object_)
        for subject, predicate, object_ in graph
        if str(predicate).startswith(SHAHR) and isinstance(object_, rdflib.URIRef)
        if not str(subject).startswith(SHAHR)
    }


def test_a_second_run_gives_the_same_bytes(tmp_path: Path, built: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "graph.nq").write_bytes((built / "graph.nq").read_bytes())
        reason(Project.here(), tmp_path / name)
    assert (tmp_path / "one" / "inferred.nq").read_bytes() == (tmp_path / "two" / "inferred.nq").read_bytes()


def test_the_inferred_graph_repeats_nothing_that_is_asserted(built: Path) -> None:
    asserted = {quad.triple for quad in load_store(built / "graph.nq").quads_for_pattern(None, None, None)}
    both = load_store(built / "inferred.nq")
    assert {quad.triple for quad in both.quads_for_pattern(None, None, None, DefaultGraph())} & asserted == set()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            "CONSTRUCT { ?s <urn:p> ?new } WHERE { ?s <urn:p> ?o BIND(IRI(CONCAT(STR(?o), '-')) AS ?new) }",
            "rounds",
        ),
        ("CONSTRUCT { ?s <urn:p> [] } WHERE { ?s <urn:p> ?o }", "blank node"),
        ("SELECT ?s WHERE { ?s <urn:p> ?o }", "CONSTRUCT"),
    ],
)
def test_a_bad_rule_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "bad.rq"
    path.write_text(f"#+ summary: A bad rule.\n{text}\n")
    store = Store()
    store.load(b"<urn:a> <urn:p> <urn:b> .", format=RdfFormat.N_TRIPLES)
    with pytest.raises(RuleError, match=complaint):
        materialize(store, [read_query(path)])
