"""SPARQL 1.1 Protocol over the real server: the ways to ask, one test a line of the specification."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest
import rdflib

from asking import CSV, DIRECT, FORM, NAMES, E, ask, get, graph, is_refusal, post, serving_trig, target, three_ways
from serving import Server

METHODS = {"GET", "HEAD", "POST", "OPTIONS"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving_trig(tmp_path_factory.mktemp("protocol")) as server:
        yield server


def words(header: str) -> set[str]:
    return {word.strip() for word in header.split(",")}


def test_get_form_and_direct_post_give_the_same_answer(server: Server) -> None:
    answers = three_ways(server, NAMES)
    assert [answer.status for answer in answers] == [200, 200, 200]
    assert len({answer.body for answer in answers}) == 1
    rows = json.loads(answers[0].body)["results"]["bindings"]
    assert {row["name"]["value"] for row in rows} == {"اصفهان", "Isfahan"}


@pytest.mark.parametrize(
    "media_type", [DIRECT, f"{DIRECT}; charset=UTF-8", f'{DIRECT};charset="utf-8"', DIRECT.upper()]
)
def test_a_direct_post_may_name_its_charset(server: Server, media_type: str) -> None:
    assert post(server, NAMES, media_type).status == 200


def test_a_form_may_name_its_charset(server: Server) -> None:
    assert post(server, urlencode({"query": NAMES}), f"{FORM}; charset=utf-8").status == 200


def test_a_direct_post_in_chunks_is_read(server: Server) -> None:
    body = NAMES.encode()
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:9], body[9:])) + b"0\r\n\r\n"
    headers = f"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: {DIRECT}\r\nTransfer-Encoding: chunked\r\n"
    assert raw(server, headers.encode() + b"Connection: close\r\n\r\n" + chunks).startswith(b"HTTP/1.1 200")


def raw(server: Server, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", server.port), 30) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize("space", ["+", "%20"])
def test_a_space_may_be_a_plus_or_percent_20(server: Server, space: str) -> None:
    query = quote(NAMES, safe="").replace("%20", space)
    expected = get(server, NAMES).body
    assert ask(server, f"/sparql?query={query}").body == expected
    assert post(server, f"query={query}", FORM).body == expected


def test_a_plus_and_an_ampersand_in_a_literal_survive(server: Server) -> None:
    for answer in three_ways(server, 'SELECT ("1+1&a=b;c%20#d" AS ?x) {}'):
        assert json.loads(answer.body)["results"]["bindings"][0]["x"]["value"] == "1+1&a=b;c%20#d"


def test_raw_utf_8_in_the_address_is_understood_or_refused(server: Server) -> None:
    query = 'SELECT("شهر"AS?x){}'.encode()
    answer = raw(server, b"GET /sparql?query=" + query + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 400"))
    assert head.startswith(b"HTTP/1.1 400") or "شهر".encode() in body


@pytest.mark.parametrize(
    ("address", "accept"),
    [(target(NAMES), CSV), ("/sparql", "text/turtle"), (target("SELECT"), CSV), (target(NAMES), "image/png")],
    ids=["answer", "description", "error", "not acceptable"],
)
def test_head_gives_the_headers_of_get_and_no_body(server: Server, address: str, accept: str) -> None:
    by_get, by_head = (ask(server, address, method, [("Accept", accept)]) for method in ("GET", "HEAD"))
    assert by_head.body == b""
    assert by_head.status == by_get.status
    for headers in (by_get.headers, by_head.headers):
        headers.pop("date", None)
    assert by_head.headers == by_get.headers
    assert int(by_get.headers["content-length"]) == len(by_get.body)


def test_options_names_the_methods(server: Server) -> None:
    answer = ask(server, "/sparql", "OPTIONS")
    assert (answer.status, answer.body) == (204, b"")
    assert words(answer.headers["allow"]) == METHODS


def test_a_preflight_is_granted_without_credentials(server: Server) -> None:
    headers = [("Origin", "https://elsewhere.example"), ("Access-Control-Request-Method", "POST")]
    asked = ask(server, "/sparql", "OPTIONS", [*headers, ("Access-Control-Request-Headers", "content-type, accept")])
    assert asked.status in (200, 204)
    assert asked.headers["access-control-allow-origin"] == "*"
    assert words(asked.headers["access-control-allow-methods"]) >= {"GET", "POST"}
    assert words(asked.headers["access-control-allow-headers"].lower()) >= {"content-type", "accept"}
    assert "access-control-allow-credentials" not in asked.headers


@pytest.mark.parametrize("accept", [CSV, "image/png"], ids=["answer", "error"])
def test_answers_and_errors_may_be_read_from_any_origin_without_credentials(server: Server, accept: str) -> None:
    answer = get(server, NAMES, accept, ("Origin", "https://elsewhere.example"), ("Cookie", "a=b"))
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "QUERY", "get", "FOO"])
def test_any_other_method_is_405_with_allow(server: Server, method: str) -> None:
    answer = ask(server, target(NAMES), method)
    assert words(answer.headers["allow"]) == METHODS
    assert is_refusal(answer, 405)


def test_unknown_parameters_are_ignored(server: Server) -> None:
    expected = get(server, NAMES).body
    others = [("format", "xml"), ("output", "json"), ("results", "csv"), ("should-sponge", "soft"), ("شهر", "\u200c")]
    for answer in three_ways(server, NAMES, *others, ("QUERY", "x"), ("using-graph-uri", "relative"), ("", "")):
        assert (answer.status, answer.body) == (200, expected)


def test_pages_and_answers_carry_the_headers_that_keep_a_browser_safe(server: Server) -> None:
    pages = (ask(server, "/"), ask(server, "/nowhere"), get(server, NAMES, "text/html"))
    for page in pages:
        assert "default-src 'none'" in page.headers["content-security-policy"]
    for answer in (*pages, get(server, NAMES), get(server, "SELECT"), ask(server), ask(server, "/health")):
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/%2573parql", "/static/..%252f..%252fserver.py", "/static/..%2f..%2fserver.py"])
def test_a_double_encoded_path_leads_nowhere(server: Server, path: str) -> None:
    answer = ask(server, path)
    assert answer.status == 404
    assert b"import" not in answer.body


def test_a_path_with_two_slashes_is_no_way_around_the_endpoint(server: Server) -> None:
    answer = ask(server, f"/{target(NAMES)}", headers=[("Accept", CSV)])
    assert answer.status in (301, 308, 404) or answer.media_type == CSV


@pytest.mark.parametrize("path", ["/health", "/metrics"])
def test_health_and_metrics_are_only_read(server: Server, path: str) -> None:
    assert ask(server, path, "HEAD").body == b""
    for method in ("POST", "DELETE"):
        answer = ask(server, path, method)
        assert is_refusal(answer, 405)
        assert words(answer.headers["allow"]) >= {"GET", "HEAD"}


def test_a_path_that_is_encoded_once_is_the_same_path(server: Server) -> None:
    assert ask(server, target(NAMES).replace("/sparql", "/%73parql")).body == get(server, NAMES).body


@pytest.mark.parametrize("path", ["/%FF", "/questions/%C3%28", "/%00", "/a%0D%0AX-Injected:%201", "/%E2%80%A8"])
def test_a_path_that_is_no_text_is_refused_in_a_sentence(server: Server, path: str) -> None:
    answer = ask(server, path)
    assert "x-injected" not in answer.headers
    assert is_refusal(answer, 400, 404)


@pytest.mark.parametrize("name", ["query", "default-graph-uri", "timeout", "other"])
def test_line_breaks_in_a_parameter_reach_no_header(server: Server, name: str) -> None:
    answer = ask(server, target(NAMES, (name, "x\r\nX-Injected: 1\r\n\r\n")))
    assert "x-injected" not in answer.headers
    assert answer.status == 200 if name == "other" else is_refusal(answer, 400)


def test_without_a_query_the_service_is_described(server: Server) -> None:
    for accept, syntax in (("*/*", "turtle"), ("application/rdf+xml", "xml"), ("application/ld+json", "json-ld")):
        answer = ask(server, headers=[("Accept", accept)])
        assert answer.status == 200
        described = rdflib.Graph().parse(data=answer.body, format=syntax)
        description = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
        assert set(described.objects(None, description.endpoint)) == {rdflib.URIRef(f"{server.address}/sparql")}
        assert rdflib.URIRef(f"{E}graph/one") in set(described.objects(None, description.name))
        assert {"accept"} <= answer.vary


def test_a_host_that_is_no_name_makes_no_broken_description(server: Server) -> None:
    answer = raw(server, b'GET /sparql HTTP/1.1\r\nHost: a"><b> .\r\nAccept: text/turtle\r\nConnection: close\r\n\r\n')
    head, _, body = answer.partition(b"\r\n\r\n")
    if head.startswith(b"HTTP/1.1 200"):
        assert len(rdflib.Graph().parse(data=body.partition(b"\r\n\r\n")[0], format="turtle"))
    else:
        assert head.startswith(b"HTTP/1.1 400")


def test_without_a_query_a_browser_gets_the_editor(server: Server) -> None:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    page = ask(server, headers=[("Accept", accept)])
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "<textarea" in page.text
    assert 'name="query"' in page.text
    assert 'src="http' not in page.text
    assert 'rel="stylesheet" href="http' not in page.text


def test_a_browser_gets_its_answer_as_a_page(server: Server) -> None:
    page = get(server, NAMES, "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
    assert (page.status, page.media_type) == (200, "text/html")
    assert "اصفهان" in page.text


def test_a_page_escapes_what_the_query_brings(server: Server) -> None:
    page = get(server, 'SELECT ("<script>1</script>" AS ?x) (IRI("javascript:alert(1)") AS ?y) {}', "text/html")
    assert page.status == 200
    assert "<script>1" not in page.text
    assert 'href="javascript' not in page.text


def test_health_counts_each_triple_once(server: Server) -> None:
    health = ask(server, "/health")
    assert health.status == 200
    assert json.loads(health.body)["triples"] == len(graph())
