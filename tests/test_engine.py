from __future__ import annotations

import json

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from shahr.engine import Limits
from shahr.engine.store import StoreEvaluator
from shahr.errors import NotAcceptable, QueryError
from shahr.formats import graph_formats, negotiate, result_formats

JSON = "application/sparql-results+json"


def node(name: str) -> NamedNode:
    return NamedNode(f"https://example.org/{name}")


@pytest.fixture(scope="module")
def engine() -> StoreEvaluator:
    store = Store()
    for graph in (node("one"), node("two"), DefaultGraph()):
        store.add(Quad(node("s"), node("p"), Literal("صلح\u200cآمیز", language="fa"), graph))
    store.add(Quad(node("only"), node("p"), Literal("a\rb"), node("two")))
    store.add(Quad(node("bell"), node("p"), Literal("\x07"), node("three")))
    return StoreEvaluator(store)


def count(engine: StoreEvaluator, query: str, default: tuple[str, ...] = (), named: tuple[str, ...] = ()) -> int:
    body = engine.evaluate(query, default, named, JSON, Limits()).body
    return int(json.loads(body)["results"]["bindings"][0]["n"]["value"])


COUNT = "SELECT (COUNT(*) AS ?n) {} { ?s ?p ?o }"
IN_GRAPHS = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"


@pytest.mark.parametrize(
    ("clauses", "default", "expected"),
    [
        ("", (), 1),
        ("FROM <https://example.org/two>", (), 2),
        ("FROM <https://example.org/one> FROM <https://example.org/two>", (), 2),
        ("", ("one",), 1),
        ("", ("one", "two"), 2),
        ("", ("one", "two", "three", "one"), 3),
        ("FROM <https://example.org/two>", ("one",), 1),
        ("FROM <https://example.org/nowhere>", (), 0),
    ],
)
def test_a_triple_in_two_graphs_counts_once(
    engine: StoreEvaluator, clauses: str, default: tuple[str, ...], expected: int
) -> None:
    graphs = tuple(node(name).value for name in default)
    assert count(engine, COUNT.replace("{}", clauses, 1), graphs) == expected


def test_named_graphs_of_a_request(engine: StoreEvaluator) -> None:
    assert count(engine, IN_GRAPHS) == 4
    assert count(engine, IN_GRAPHS, named=(node("two").value,)) == 2
    assert count(engine, IN_GRAPHS, default=(node("two").value,)) == 0
    both = (node("one").value, node("two").value)
    assert count(engine, IN_GRAPHS, default=both, named=both) == 3
    assert count(engine, COUNT.replace("{}", "", 1), named=both) == 0


def test_a_relative_graph_name_is_refused(engine: StoreEvaluator) -> None:
    with pytest.raises(QueryError, match="whole IRI"):
        engine.evaluate("ASK {}", ["relative"], [], "", Limits())


def test_a_syntax_error_has_line_and_column(engine: StoreEvaluator) -> None:
    with pytest.raises(QueryError, match=r"Prefix not found \(line 2, column 13\)") as caught:
        engine.evaluate("SELECT *\n{ ?s ?p no:x }", [], [], "", Limits())
    assert (caught.value.line, caught.value.column) == (2, 13)


@pytest.mark.parametrize("query", ["SELECT * { SERVICE <http://127.0.0.1:1/> {} }", "CLEAR ALL"])
def test_what_the_tokens_refuse_is_not_run(engine: StoreEvaluator, query: str) -> None:
    with pytest.raises(QueryError):
        engine.evaluate(query, [], [], "", Limits())


@pytest.mark.parametrize("one", result_formats(), ids=lambda one: one.name)
def test_persian_survives_in_every_result_format(engine: StoreEvaluator, one: object) -> None:
    for accept in one.media_types:  # type: ignore[attr-defined]
        answer = engine.evaluate("SELECT ?o { ?s ?p ?o }", [], [], accept, Limits())
        assert answer.kind == "results"
        assert answer.media_type == accept
        assert "صلح\u200cآمیز".encode() in answer.body


@pytest.mark.parametrize("one", graph_formats(), ids=lambda one: one.name)
def test_persian_survives_in_every_graph_format(engine: StoreEvaluator, one: object) -> None:
    for accept in one.media_types:  # type: ignore[attr-defined]
        answer = engine.evaluate("DESCRIBE <https://example.org/s>", [], [], accept, Limits())
        assert answer.kind == "graph"
        assert answer.media_type == accept
        assert "صلح\u200cآمیز".encode() in answer.body


def test_turtle_declares_the_prefixes_it_uses() -> None:
    store = Store()
    store.add(Quad(NamedNode("https://w3id.org/shahr/city/qom"), node("p"), Literal("1")))
    body = StoreEvaluator(store).evaluate("CONSTRUCT WHERE { ?s ?p ?o }", [], [], "text/turtle", Limits()).body
    assert body.count(b"@prefix") == 1
    assert b"city:qom" in body


@pytest.mark.parametrize(
    "query", ["SELECT * { GRAPH ?g { ?s ?p ?o } }", "CONSTRUCT { ?s ?p ?o } { GRAPH ?g { ?s ?p ?o } }"]
)
def test_xml_is_never_broken(engine: StoreEvaluator, query: str) -> None:
    with pytest.raises(NotAcceptable, match="JSON"):
        engine.evaluate(query, [], [], "application/xml", Limits())
    two = engine.evaluate(query, [], [node("two").value], "application/xml", Limits()).body
    assert b"a&#13;b" in two


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("text/*", "text/csv"),
        ("text/csv;q=0.5, application/sparql-results+xml;q=0.4", "text/csv"),
        ("application/sparql-results+json;q=0, */*;q=0.1", "application/sparql-results+xml"),
        ("text/html, application/xml;q=0.9, */*;q=0.8", "application/xml"),
        ("application/json", "application/json"),
        ("text/csv; header=present", "text/csv"),
        ("text/tab-separated-values, text/csv", "text/csv"),
    ],
)
def test_negotiation(accept: str, chosen: str) -> None:
    assert negotiate(accept, result_formats())[0] == chosen


@pytest.mark.parametrize("accept", ["image/png", "*/*;q=0", "nonsense", "text/turtle"])
def test_nothing_acceptable(accept: str) -> None:
    with pytest.raises(NotAcceptable, match="text/csv"):
        negotiate(accept, result_formats())


@pytest.mark.parametrize("query", ["SELECT (<http://f/>(1) AS ?x) {}", "ASK { FILTER(<http://f/>(1)) }"])
def test_an_unknown_function_is_the_query_s_fault(query: str) -> None:
    with pytest.raises(QueryError, match="engine cannot answer"):
        StoreEvaluator(Store()).evaluate(query, [], [], "*/*", Limits())


@pytest.mark.parametrize(
    ("query", "accepted"),
    [
        ("CONSTRUCT {<a:a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#li> 1} {}", "application/rdf+xml"),
        ("CONSTRUCT {<a:a> <http://x/> 1} {}", "application/rdf+xml"),
        ("CONSTRUCT {<a:a> <http://www.w3.org/2000/xmlns/a> 1} {}", "application/rdf+xml"),
        ("CONSTRUCT {<a:a> <a:b> <<(<a:a> <a:b> 1)>>} {}", "application/ld+json"),
    ],
)
def test_a_graph_that_a_format_cannot_carry_is_not_acceptable(query: str, accepted: str) -> None:
    with pytest.raises(NotAcceptable):
        StoreEvaluator(Store()).evaluate(query, [], [], accepted, Limits())


def test_from_may_be_relative() -> None:
    store = Store()
    store.add(Quad(NamedNode("a:s"), NamedNode("a:p"), NamedNode("a:o"), NamedNode("http://x/g")))
    query = "BASE <http://x/> SELECT * FROM <g> { ?s ?p ?o }"
    assert b"a:s" in StoreEvaluator(store).evaluate(query, [], [], "text/csv", Limits()).body
