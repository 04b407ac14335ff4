"""The remote evaluator: in front of real endpoints it answers as over our own store; of bad ones it says what is wrong.

Known gaps of Virtuoso 7: it gives xsd:boolean as "1" in results, divides integers to integers, describes nothing
without a default graph, counts a triple in two graphs of FROM twice, and cuts a CONSTRUCT at its limit of rows without
a word (rows of a SELECT it declares), so that limit must be off or out of reach behind a service.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence

import pytest
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Quad,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    parse,
    parse_query_results,
)

from endpoints import has_virtuoso, oxigraph, virtuoso
from scripted import JSON, response, rows, scripted
from shahr.engine import Answer, Evaluator, Limits
from shahr.engine.remote import RemoteEvaluator
from shahr.engine.store import StoreEvaluator
from shahr.errors import (
    EndpointDown,
    NotAcceptable,
    QueryError,
    ShahrError,
    TooLarge,
)

E = "https://example.org/"
XSD = "http://www.w3.org/2001/XMLSchema#"
ONE, TWO = f"{E}one", f"{E}two"
TTL = "text/turtle"
MOST_ROWS = 40
SELECT = "SELECT ?x { ?s ?p ?x }"


def nquads() -> bytes:
    facts = [
        *(f'<{E}city/{n}> <{E}name> "city {n}"@en <{ONE}> .' for n in range(30)),
        *(f"<{E}city/{n}> <{E}twin> <{E}city/{n * 7 % 30}> <{ONE}> ." for n in range(30)),
        f'<{E}city/1> <{E}name> "صلح\u200cآمیز"@fa <{ONE}> .',
        f"<{E}شهر/۱> <{E}twin> <{E}city/1> <{ONE}> .",
        f'<{E}city/2> <{E}note> "a\\"b\\\\c\\nd\\te" <{ONE}> .',
        f'<{E}city/2> <{E}since> "1999-12-31"^^<{XSD}date> <{ONE}> .',
        f'<{E}city/3> <{E}people> "1200"^^<{XSD}integer> <{ONE}> .',
        f"<{E}city/4> <{E}place> _:place <{ONE}> .",
        f'_:place <{E}name> "somewhere" <{ONE}> .',
        f'<{E}city/1> <{E}name> "other"@en <{TWO}> .',
    ]
    return ("\n".join(facts) + "\n").encode()


@pytest.fixture(scope="module")
def local() -> Evaluator:
    store = Store()
    store.load(nquads(), RdfFormat.N_QUADS)
    return StoreEvaluator(store)


@pytest.fixture(scope="module")
def behind_oxigraph() -> Iterator[Evaluator]:
    with oxigraph(nquads()) as address:
        yield RemoteEvaluator(address)


@pytest.fixture(scope="module")
def behind_virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evaluator]:
    if not has_virtuoso():
        pytest.skip("Virtuoso is not installed here (Debian: virtuoso-opensource)")
    with virtuoso(nquads(), tmp_path_factory.mktemp("virtuoso"), MOST_ROWS) as address:
        yield RemoteEvaluator(address)


@pytest.fixture(scope="module", params=["behind_oxigraph", "behind_virtuoso"])
def remote(request: pytest.FixtureRequest) -> Evaluator:
    evaluator: Evaluator = request.getfixturevalue(request.param)
    return evaluator


def ask(
    evaluator: Evaluator, query: str, accepted: str = "", default: Sequence[str] = (ONE,), named: Sequence[str] = ()
) -> Answer:
    return evaluator.evaluate(f"PREFIX e: <{E}> {query}", default, named, accepted, Limits())


def table(answer: Answer) -> tuple[list[str], list[list[str]]]:
    found = parse_query_results(answer.body, format=QueryResultsFormat.JSON)
    assert isinstance(found, QuerySolutions)
    names = [one.value for one in found.variables]
    return names, [["_:" if isinstance(term, BlankNode) else str(term) for term in row] for row in found]


def canonical(answer: Answer) -> str:
    dataset = Dataset(Quad(*quad.triple) for quad in parse(answer.body, RdfFormat.TURTLE))
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return "\n".join(sorted(map(str, dataset)))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?s ?n { ?s e:name ?n FILTER(LANG(?n) = 'en') } ORDER BY STR(?s)",
        "SELECT ?s ?n { ?s e:name ?n FILTER(LANG(?n) = 'fa') } ORDER BY STR(?s)",
        "SELECT ?s { ?s e:twin <https://example.org/city/1> } ORDER BY STR(?s)",
        "SELECT ?o { <https://example.org/city/2> e:note ?o }",
        "SELECT ?p ?o { e:nobody ?p ?o }",
        "SELECT ?s ?d ?n { ?s e:since ?d OPTIONAL { ?s e:people ?n } }",
        "SELECT ?s ?n { ?s e:people ?n FILTER(?n > 1000) }",
        "SELECT ?place ?name { ?s e:place ?place . ?place e:name ?name }",
        "SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT ?o) AS ?d) { ?s e:twin ?o }",
        "SELECT ?o (COUNT(?s) AS ?n) { ?s e:twin ?o } GROUP BY ?o ORDER BY DESC(?n) STR(?o) LIMIT 3",
        "SELECT ?s { ?s e:twin/e:twin/e:since ?d } ORDER BY STR(?s)",
        "SELECT ?s { ?s e:twin ?o MINUS { ?s e:name ?n } }",
        "SELECT ?n { VALUES ?s { <https://example.org/city/5> } ?s e:name ?n }",
    ],
)
def test_rows_are_the_same_as_over_our_own_store(local: Evaluator, remote: Evaluator, query: str) -> None:
    names, found = table(ask(remote, query))
    assert (names, found) == table(ask(local, query))


def test_rows_of_a_named_graph_are_the_same(local: Evaluator, remote: Evaluator) -> None:
    query = "SELECT ?g ?n { GRAPH ?g { <https://example.org/city/1> e:name ?n } } ORDER BY STR(?n)"
    answers = [table(ask(one, query, default=(), named=(ONE, TWO))) for one in (local, remote)]
    assert answers[0] == answers[1]
    assert len(answers[0][1]) == 3


@pytest.mark.parametrize(("query", "truth"), [("ASK { ?s e:since ?o }", True), ("ASK { ?s e:nothing ?o }", False)])
def test_the_truth_of_an_ask(local: Evaluator, remote: Evaluator, query: str, truth: bool) -> None:
    assert json.loads(ask(remote, query).body)["boolean"] is truth
    assert ask(remote, query).body == ask(local, query).body


@pytest.mark.parametrize("accepted", ["text/csv", "text/tab-separated-values", "application/sparql-results+xml", JSON])
def test_every_format_of_rows_is_ours_to_the_byte(local: Evaluator, remote: Evaluator, accepted: str) -> None:
    query = "SELECT ?s ?n { ?s e:name ?n FILTER(LANG(?n) = 'fa') }"
    assert ask(remote, query, accepted) == ask(local, query, accepted)


@pytest.mark.parametrize(
    "query",
    [
        "CONSTRUCT { ?s e:twin ?o } { ?s e:twin ?o }",
        "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o . ?s e:note|e:since|e:people|e:place ?any }",
        "CONSTRUCT { ?s e:made [ e:from ?n ] } { ?s e:people ?n }",
        "CONSTRUCT { ?s e:place ?place . ?place e:name ?name } { ?s e:place ?place . ?place e:name ?name }",
        "CONSTRUCT WHERE { e:nobody ?p ?o }",
    ],
)
def test_graphs_are_the_same_as_over_our_own_store(local: Evaluator, remote: Evaluator, query: str) -> None:
    assert canonical(ask(remote, query, TTL)) == canonical(ask(local, query, TTL))


def test_a_graph_comes_in_every_format_of_ours(local: Evaluator, remote: Evaluator) -> None:
    query = "CONSTRUCT { ?s e:name ?n } { ?s e:name ?n FILTER(LANG(?n) = 'fa') }"
    for accepted in ("application/n-triples", "application/ld+json", "application/rdf+xml", "application/n-quads"):
        assert ask(remote, query, accepted) == ask(local, query, accepted)


def test_a_description_holds_all_that_is_said_of_a_node(local: Evaluator, remote: Evaluator) -> None:
    """Virtuoso adds what is said of it elsewhere: SPARQL 1.1, 16.4, leaves that to the endpoint."""
    query = "DESCRIBE <https://example.org/city/3>"
    expected = set(canonical(ask(local, query, TTL)).splitlines())
    assert len(expected) == 3
    assert expected <= set(canonical(ask(remote, query, TTL)).splitlines())


def test_a_function_that_the_endpoint_does_not_know_is_an_error_in_one_sentence(remote: Evaluator) -> None:
    with pytest.raises((QueryError, EndpointDown), match=r"^the endpoint behind this service [^\n]+$"):
        ask(remote, "SELECT ?s { ?s e:people ?n FILTER(e:unheard(?n)) }")


def test_rows_that_virtuoso_has_cut_are_never_shown_as_all(behind_virtuoso: Evaluator, local: Evaluator) -> None:
    query = "SELECT ?s ?p ?o { ?s ?p ?o }"
    assert len(table(ask(local, query))[1]) > MOST_ROWS
    with pytest.raises(TooLarge, match="LIMIT"):
        ask(behind_virtuoso, query)


@pytest.mark.parametrize(
    ("query", "default", "accepted", "error"),
    [
        ("SELECT * {\n ?s ?p }", (), "", QueryError),
        ("CLEAR ALL", (), "", QueryError),
        ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", (), "", QueryError),
        ("SELECT * { " + "(" * 200, (), "", QueryError),
        (SELECT, ("relative",), "", QueryError),
        (SELECT, (), "image/png", NotAcceptable),
        ("CONSTRUCT WHERE { ?s ?p ?o }", (), "text/csv", NotAcceptable),
    ],
)
def test_what_is_wrong_here_is_not_sent(
    query: str, default: tuple[str], accepted: str, error: type[ShahrError]
) -> None:
    with scripted(rows("x")) as endpoint, pytest.raises(error):
        RemoteEvaluator(endpoint.address).evaluate(query, default, (), accepted, Limits())
    assert endpoint.requests == []


def test_a_syntax_error_has_line_and_column_before_anything_is_sent() -> None:
    with pytest.raises(QueryError, match=r"line 2, column \d+") as caught:
        RemoteEvaluator("http://127.0.0.1:1/").evaluate("SELECT *\n{ ?s ?p }", (), (), "", Limits())
    assert caught.value.line == 2


def test_the_request_is_a_form_with_our_name_on_it() -> None:
    with scripted(rows("x")) as endpoint:
        RemoteEvaluator(f"{endpoint.address}?key=شهر").evaluate(SELECT, (ONE, TWO), (TWO,), "text/csv", Limits())
    head, form = endpoint.requests[0]
    assert head.startswith("POST /sparql?key=%D8%B4%D9%87%D8%B1 HTTP/1.1\r\n")
    assert f"Accept: {JSON}\r\n" in head
    assert "User-Agent: Shahr/" in head
    assert form == {"query": [SELECT], "default-graph-uri": [ONE, TWO], "named-graph-uri": [TWO]}


def test_a_function_that_only_the_endpoint_knows_is_sent_to_it() -> None:
    query = "ASK { FILTER(<urn:far>(1)) }"
    with scripted(response(b'{"head":{},"boolean":true}')) as endpoint:
        answer = RemoteEvaluator(endpoint.address).evaluate(query, (), (), "", Limits())
    assert json.loads(answer.body)["boolean"] is True
    assert endpoint.queries == [query]


def test_the_connection_stays_open_between_queries() -> None:
    with scripted(rows("x")) as endpoint:
        evaluator = RemoteEvaluator(endpoint.address)
        for _ in range(5):
            evaluator.evaluate(SELECT, (), (), "", Limits())
        assert endpoint.connections == 1


def test_a_kept_connection_that_was_closed_meanwhile_is_opened_again() -> None:
    with scripted(rows("x"), keeps=False) as endpoint:
        evaluator = RemoteEvaluator(endpoint.address)
        for _ in range(3):
            evaluator.evaluate(SELECT, (), (), "", Limits())
            time.sleep(0.05)
        assert endpoint.connections == 3


def test_a_new_connection_that_breaks_is_not_tried_again() -> None:
    with scripted(b"", keeps=False) as endpoint, pytest.raises(EndpointDown, match="broke off"):
        RemoteEvaluator(endpoint.address).evaluate(SELECT, (), (), "", Limits())
    assert endpoint.connections == 1


def test_an_answer_in_chunks_of_a_chatty_endpoint() -> None:
    body = rows("x", {"x": {"type": "literal", "value": "a"}}).partition(b"\r\n\r\n")[2]
    chunks = b"".join(b"%x\r\n%c\r\n" % (1, byte) for byte in body) + b"0\r\n\r\n"
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {JSON};charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    with scripted(head + chunks) as endpoint:
        evaluator = RemoteEvaluator(endpoint.address)
        for _ in range(2):
            assert table(evaluator.evaluate(SELECT, (), (), "", Limits())) == (["x"], [['"a"']])
    assert endpoint.connections == 1


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/")
    with scripted(rows("x")) as endpoint:
        RemoteEvaluator(endpoint.address).evaluate(SELECT, (), (), "", Limits())
        assert len(endpoint.requests) == 1
