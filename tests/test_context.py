"""The JSON-LD context: documents written with it are short to read, and say what the graph says to any reader."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import rdflib
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    parse,
)

from shahr.context import ADDRESS, Compactor, make_context, write_context
from shahr.dataset import load_store
from shahr.errors import NotAcceptable
from shahr.namespaces import BASE, iri
from shahr.paths import Project
from shahr.queries import read_query
from shahr.solutions import Solutions, read_solutions
from tiny import tiny_app

QUERIES = Path(__file__).resolve().parent.parent / "shahr" / "web" / "queries"


@pytest.fixture(scope="module")
def store(built: Path) -> Store:
    return load_store(built / "graph.nq", built / "inferred.nq")


@pytest.fixture(scope="module")
def context(store: Store) -> dict[str, Any]:
    rows = store.query(read_query(QUERIES / "vocabulary.rq").text)
    assert isinstance(rows, QuerySolutions)
    return make_context(read_solutions(rows.serialize(format=QueryResultsFormat.JSON) or b""))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
        yield tiny_app(tmp_path_factory.mktemp("served")).test_client()


def of_shahr(triples: Iterable[Triple], context: dict[str, Any]) -> tuple[set[Quad], set[Quad], Any]:
    """Write triples, read them with both libraries with the context put in, and give both and the document."""
    document = json.loads(Compactor().write(triples, context))
    assert document["@context"] == ADDRESS
    text = json.dumps(document | {"@context": context})
    other = rdflib.Graph().parse(data=text, format="json-ld").serialize(format="nt")
    ours = canonical(parse(text.encode(), format=RdfFormat.JSON_LD))
    return ours, canonical(parse(other.encode(), format=RdfFormat.N_TRIPLES)), document


def canonical(quads: Iterable[Quad]) -> set[Quad]:
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return set(dataset)


def quads_of(triples: Iterable[Triple]) -> set[Quad]:
    return canonical(Quad(one.subject, one.predicate, one.object) for one in triples)


def test_every_node_of_the_graph_is_read_alike_by_two_libraries(store: Store, context: dict[str, Any]) -> None:
    nodes: dict[str, list[Triple]] = {}
    for quad in store.quads_for_pattern(None, None, None, DefaultGraph()):
        for term in {quad.subject, quad.object}:
            if isinstance(term, NamedNode) and term.value.startswith(BASE) and "#" not in term.value:
                nodes.setdefault(term.value, []).append(quad.triple)
    assert len(nodes) > 500
    for node, triples in nodes.items():
        ours, other, _ = of_shahr(triples, context)
        assert ours == other == quads_of(triples), node


def test_ontology_and_shapes_are_read_alike_by_two_libraries(store: Store, context: dict[str, Any]) -> None:
    files = [*Project.here().shapes.glob("*.ttl"), *Project.here().ontology.glob("*.ttl")]
    for path in files:
        triples = [quad.triple for quad in parse(path=path, format=RdfFormat.TURTLE)]
        ours, _, _ = of_shahr(triples, context)
        assert ours == quads_of(triples), path.name


def test_a_program_reads_short_names_and_whole_iris(store: Store, context: dict[str, Any]) -> None:
    kazan = NamedNode(f"{BASE}city/kazan")
    found = [quad.triple for quad in store.quads_for_pattern(kazan, None, None, DefaultGraph())]
    (node,) = of_shahr(found, context)[2]["@graph"]
    assert node["@id"] == f"{BASE}city/kazan"
    assert "City" in node["@type"]
    assert node["label"]["fa"] == "کازان"
    assert node["twinnedWith"] == f"{BASE}city/isfahan"
    assert node["country"] == f"{BASE}country/russia"


def test_terms_are_the_properties_and_classes_of_the_ontology(store: Store, context: dict[str, Any]) -> None:
    own = f"{BASE}ns#"
    for kind in ("ObjectProperty", "DatatypeProperty", "Class"):
        for quad in store.quads_for_pattern(None, NamedNode(iri("rdf:type")), NamedNode(iri(f"owl:{kind}"))):
            if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(own):
                definition = context[quad.subject.value.removeprefix(own)]
                name = definition if isinstance(definition, str) else definition["@id"]
                assert name.replace("shahr:", own) == quad.subject.value
                assert (kind == "ObjectProperty") == (definition == {"@id": name, "@type": "@id"})
    assert context["startOffset"] == {"@id": "shahr:startOffset", "@type": "xsd:nonNegativeInteger"}


def test_no_term_is_a_prefix_as_well(context: dict[str, Any]) -> None:
    """`city` is a property of ours: were it the prefix of cities too, one of both would be lost."""
    assert isinstance(context["city"], dict)
    assert f"{BASE}city/" not in context.values()


def test_the_document_of_the_context_is_what_data_name(client: FlaskClient) -> None:
    given = client.get("/context.jsonld")
    assert (given.status_code, given.mimetype) == (200, "application/ld+json")
    assert given.headers["Access-Control-Allow-Origin"] == "*"
    assert "max-age" in given.headers["Cache-Control"]
    assert json.loads(given.data)["@context"]["shahr"] == f"{BASE}ns#"
    again = client.get("/context.jsonld", headers={"If-None-Match": given.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert json.loads(client.get("/city/kazan.jsonld").data)["@context"] == f"{BASE}context.jsonld"


def test_the_context_is_written_as_it_is(context: dict[str, Any]) -> None:
    assert json.loads(write_context(context)) == {"@context": context}


def test_names_that_can_be_no_terms_go_out_by_prefix() -> None:
    odd = ("od,d", "1st", "a:b", "x%20y", "schema", "label", "", "@id")
    rows = [(NamedNode(f"{BASE}ns#{name}"), NamedNode(iri("owl:DatatypeProperty")), None) for name in (*odd, "good-1")]
    context = make_context(Solutions(("term", "kind", "range"), list(rows), b""))
    assert context["good-1"] == "shahr:good-1"
    assert not {"od,d", "1st", "a:b", "x%20y", "", "@id"} & context.keys()
    assert (context["schema"], context["label"]["@id"]) == (iri("schema:"), "rdfs:label")
    triples = [Triple(OWN[0], term, Literal(term.value)) for term, _kind, _range in rows]
    assert of_shahr(triples, context)[0] == quads_of(triples)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
DATATYPES = ("xsd:string", "xsd:integer", "xsd:nonNegativeInteger", "xsd:boolean", "xsd:double", "xsd:date", "rdf:HTML")
LITERALS = st.one_of(
    st.builds(Literal, TEXTS),
    st.builds(lambda text, tag: Literal(text, language=tag), TEXTS, st.sampled_from(["en", "fa", "fa-latn"])),
    st.builds(lambda text, name: Literal(text, datatype=NamedNode(iri(name))), TEXTS, st.sampled_from(DATATYPES)),
)
OWN = [NamedNode(f"{BASE}{name}") for name in ("city/a", "city/b", "ns#City", "ns", "")]
NODES = st.sampled_from(
    [*OWN, NamedNode("http://a.example/"), NamedNode(iri("rdf:nil")), BlankNode("b"), BlankNode("c")]
)
PROPERTIES = st.sampled_from(
    [
        NamedNode(iri(name))
        for name in (
            "rdfs:label",
            "skos:definition",
            "shahr:city",
            "shahr:startOffset",
            "rdf:type",
            "rdf:first",
            "rdf:rest",
        )
    ]
)


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.builds(Triple, NODES, PROPERTIES, st.one_of(NODES, LITERALS)), max_size=8))
def test_nothing_is_lost_of_any_graph(context: dict[str, Any], triples: list[Triple]) -> None:
    try:
        document = json.loads(Compactor().write(triples, context))
    except NotAcceptable:
        assert lists_without_a_member(triples)
        return
    text = json.dumps(document | {"@context": context})
    assert canonical(parse(text.encode(), format=RdfFormat.JSON_LD)) == quads_of(triples)


def lists_without_a_member(triples: Iterable[Triple]) -> set[NamedNode | BlankNode | Triple]:
    """Give the nodes that go on as lists do, but hold nothing."""
    ends = {
        name: {one.subject for one in triples if one.predicate.value == iri(name)} for name in ("rdf:first", "rdf:rest")
    }
    return ends["rdf:rest"] - ends["rdf:first"]


def test_a_list_that_is_not_whole_is_refused_with_a_sentence(context: dict[str, Any]) -> None:
    rest, nil = NamedNode(iri("rdf:rest")), NamedNode(iri("rdf:nil"))
    triples = [Triple(BlankNode("a"), rest, nil), Triple(OWN[0], rest, BlankNode("a"))]
    with pytest.raises(NotAcceptable, match="Turtle"):
        Compactor().write(triples, context)


@pytest.mark.parametrize("odd", ["schema:confused", "geo:35.7,51.4"])
def test_an_iri_that_looks_like_one_of_our_names_is_refused(context: dict[str, Any], odd: str) -> None:
    with pytest.raises(NotAcceptable, match="Turtle"):
        Compactor().write([Triple(OWN[0], NamedNode(iri("rdfs:seeAlso")), NamedNode(odd))], context)
