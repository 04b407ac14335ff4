"""The remote evaluator: in front of real endpoints it answers as over our own store; of bad ones it says what is wrong.

Known gaps of Virtuoso 7: it gives xsd:boolean as "1" in results, divides integers to integers, describes nothing
without a default graph, counts a triple in two graphs of FROM twice, and cuts a CONSTRUCT at its limit of rows without
a word (rows of a SELECT it declares), so that limit must be off or out of reach behind a service.
"""

from __future__ import annotations

import json
import socket
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
from scripted import JSON, Reply, response, rows, scripted
from shahr.engine import Answer, Evaluator, Limits
from shahr.engine.connect import parse_address
from shahr.engine.remote import RemoteEvaluator
from shahr.engine.store import StoreEvaluator
from shahr.errors import (
    Busy,
    EndpointDown,
    EndpointError,
    EngineError,
    NotAcceptable,
    OutOfTime,
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


def hang(connection: socket.socket) -> None:
    connection.recv(1)  # nothing comes: until the other side has hung up


def drip(connection: socket.socket) -> None:
    connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\nContent-Length: 99999\r\n\r\n".encode())
    for _ in range(400):
        connection.sendall(b" ")
        time.sleep(0.02)


def pour(connection: socket.socket) -> None:
    connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
    for _ in range(4000):
        connection.sendall(b"8000\r\n" + b" " * 0x8000 + b"\r\n")


@pytest.mark.parametrize("reply", [hang, drip])
def test_an_endpoint_that_keeps_us_waiting_is_left(reply: Reply) -> None:
    began = time.monotonic()
    with scripted(reply) as endpoint, pytest.raises(OutOfTime, match=r"0\.4 seconds"):
        RemoteEvaluator(endpoint.address).evaluate(SELECT, (), (), "", Limits(seconds=0.4))
    assert time.monotonic() - began < 3


def test_an_answer_without_end_is_left_at_the_limit() -> None:
    with scripted(pour) as endpoint, pytest.raises(TooLarge, match="1 MB"):
        RemoteEvaluator(endpoint.address).evaluate(SELECT, (), (), "", Limits(result=1024**2))


def test_an_answer_that_grows_when_written_is_bounded_too() -> None:
    names = [f"a_rather_long_name_of_a_variable_{number}" for number in range(20)]
    empty: list[dict[str, dict[str, str]]] = [{}] * 1000
    with scripted(rows(" ".join(names), *empty)) as endpoint, pytest.raises(TooLarge):
        RemoteEvaluator(endpoint.address).evaluate(SELECT, (), (), "text/csv", Limits(result=10_000))


def test_endless_headers_are_refused() -> None:
    with scripted(b"HTTP/1.1 200 OK\r\n" + b"X-More: yes\r\n" * 5000) as endpoint, pytest.raises(EndpointDown):
        RemoteEvaluator(endpoint.address).evaluate(SELECT, (), (), "", Limits(seconds=5))


ROW = b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"a"}}'
LATER = b', "error": "out of time"}'


@pytest.mark.parametrize(
    ("reply", "error", "reason"),
    [
        (response(b"", JSON, "302 Found", "Location: file:///etc/passwd"), EndpointDown, "redirect"),
        (response(b"oh", "text/plain", "500 Oh"), EndpointDown, "status 500"),
        (response(b"no", "text/plain", "404 No"), EndpointDown, "status 404"),
        (response(b"who?", "text/plain", "401 Who"), EndpointDown, "status 401"),
        (response(b"no", "text/plain", "400 No"), QueryError, "refuses the query: no"),
        (response(b"", "text/plain", "400 No"), QueryError, "gives no reason"),
        (response(b"later", "text/plain", "429 Later", "Retry-After: 7"), Busy, "7 seconds"),
        (response(b"later", "text/plain", "503 Later", "Retry-After: 99999999999"), Busy, "5 seconds"),
        (response(b"later", "text/plain", "503 Later"), Busy, "5 seconds"),
        (response(b"later", "text/plain", "504 Late"), OutOfTime, "stopped after"),
        (response(ROW + b"]}}", JSON, "206 Partial Content"), TooLarge, "LIMIT"),
        (response(ROW + b"]}}", JSON, "200 OK", "X-SPARQL-MaxRows: 1"), TooLarge, "LIMIT"),
        (response(ROW + b"]}}", JSON, "200 OK", "X-SQL-State: S1TAT"), OutOfTime, "stopped after"),
        (response(ROW + b"]}}", JSON, "200 OK", "Content-Encoding: gzip"), EndpointDown, "compresses"),
        (response(ROW), EndpointDown, "broke off"),
        (response(ROW + LATER), EndpointDown, "broke off"),
        (response(ROW + b"]}" + LATER), EndpointDown, "broke off"),
        (response(ROW + b"]}}out of time"), EndpointDown, "broke off"),
        (response(b'{"head":{},"boolean":true}out of time'), EndpointDown, "broke off"),
        (response(b'{"head":{},"boolean":true}'), EndpointDown, "boolean"),
        (response(b"<html>", "text/html"), EndpointDown, "text/html"),
        (response(b""), EndpointDown, "broke off"),
        (response(ROW + b"]}}", ""), EndpointDown, "no media type"),
        (response(ROW + b"]}}").replace(b"Content-Length: 85", b"Content-Length: 99"), EndpointDown, "broke off"),
        (response(ROW + b"]}}").replace(b"Content-Length: 85\r\n", b""), EndpointDown, "Content-Length"),
        (b"220 mail.example.org ready\r\n", EndpointDown, "HTTP"),
        (b"", EndpointDown, "broke off"),
    ],
)
def test_bad_answers_are_named_and_never_passed_on(reply: bytes, error: type[ShahrError], reason: str) -> None:
    assert len(ROW + b"]}}") == 85
    with scripted(reply, keeps=False) as endpoint, pytest.raises(error, match=reason) as caught:
        RemoteEvaluator(endpoint.address).evaluate(SELECT, (), (), "", Limits())
    assert "\n" not in str(caught.value)
    assert str(endpoint.port) not in str(caught.value)


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"<a:b> <a:c> <a:d> .\n<a:b> <a:c", "application/n-triples"),
        (b"<a:b> <a:c> <a:d> .\nout of time", "text/turtle"),
        (b"<a:b> <a:c> <a:d> .", "application/rdf+xml"),
        (b"<a:b> <a:c> <a:d> .", JSON),
    ],
)
def test_bad_graphs_are_named_and_never_passed_on(body: bytes, media_type: str) -> None:
    with scripted(response(body, media_type)) as endpoint, pytest.raises(EndpointDown):
        RemoteEvaluator(endpoint.address).evaluate("CONSTRUCT WHERE { ?s ?p ?o }", (), (), "", Limits())


@pytest.mark.parametrize("body", [ROW + b"]}}", b"<html>"])
def test_an_ask_is_answered_with_a_boolean_or_not_at_all(body: bytes) -> None:
    with scripted(response(body)) as endpoint, pytest.raises(EndpointDown):
        RemoteEvaluator(endpoint.address).evaluate("ASK {}", (), (), "", Limits())


def test_triples_that_an_endpoint_repeats_come_once() -> None:
    body = b"<a:b> <a:c> <a:d> .\n" * 3
    with scripted(response(body, "text/plain;charset=utf-8")) as endpoint:
        answer = RemoteEvaluator(endpoint.address).evaluate("CONSTRUCT WHERE { ?s ?p ?o }", (), (), TTL, Limits())
    assert answer.body == b"<a:b> <a:c> <a:d> .\n"


def test_a_redirect_to_another_place_is_not_followed() -> None:
    with scripted(rows("x")) as other:
        reply = response(b"", JSON, "307 Temporary Redirect", f"Location: {other.address}")
        with scripted(reply) as endpoint, pytest.raises(EndpointDown, match="redirect"):
            RemoteEvaluator(endpoint.address).evaluate(SELECT, (), (), "", Limits())
    assert other.connections == 0


def test_what_an_endpoint_says_is_shown_without_control_characters_and_not_at_length() -> None:
    body = b"line \x1b[31mone\x00\x7f \xe2\x80\xae" + b"x" * 1000 + b"\r\nSet-Cookie: two"
    with scripted(response(body, "text/plain", "400 No")) as endpoint, pytest.raises(QueryError) as caught:
        RemoteEvaluator(endpoint.address).evaluate(SELECT, (), (), "", Limits())
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 280
    assert "Cookie" not in str(caught.value)


def test_an_error_leaves_the_next_query_unharmed() -> None:
    bad = response(b"x" * 200_000, "text/plain", "400 No")
    with scripted(bad, response(ROW), rows("x")) as endpoint:
        evaluator = RemoteEvaluator(endpoint.address)
        for _ in range(2):
            with pytest.raises((QueryError, EngineError)):
                evaluator.evaluate(SELECT, (), (), "", Limits())
        assert table(evaluator.evaluate(SELECT, (), (), "", Limits())) == (["x"], [])


def test_an_endpoint_that_is_not_there() -> None:
    with pytest.raises(EndpointDown, match="cannot be reached"):
        RemoteEvaluator("http://127.0.0.1:1/").evaluate(SELECT, (), (), "", Limits())


@pytest.mark.parametrize(
    "url",
    [
        *("", "nonsense", "ftp://example.org/", "file:///etc/passwd", "http://", "http://:80/", "http://["),
        *("http://example.org:0/", "http://example.org:99999/", "http://example.org:x/", "http://a..b/"),
        *("http://user:secret@example.org/", "http://example.org/\r\nX: y", "http://exam ple.org/", "http://a/\\u0041"),
    ],
)
def test_what_is_no_address_of_an_endpoint(url: str) -> None:
    with pytest.raises(EndpointError) as caught:
        RemoteEvaluator(url)
    assert "secret" not in str(caught.value)


def test_addresses_are_read_as_browsers_do() -> None:
    address = parse_address("HTTPS://شهر.Example.ORG./a?q=آ#part")
    assert (address.scheme, address.host, address.port) == ("https", "xn--wgbf1d.example.org", 443)
    assert address.target == "/a?q=%D8%A2"
    assert parse_address("http://[::1]:8080").target == "/"
