"""What the endpoint refuses, and how it says so, over the real server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import quote, urlencode

import pytest

from asking import COUNT, DIRECT, FORM, E, ask, get, is_refusal, post, serving_trig, target, three_ways
from serving import Server

UPDATE = f"INSERT DATA {{ <{E}a> <{E}b> <{E}c> }}"
UPDATES = [
    UPDATE,
    UPDATE.lower().replace("data", "DATA"),
    f"PREFIX e: <{E}> # SELECT\n{UPDATE}",
    f"INSERT {{ ?s <{E}b> <{E}c> }} WHERE {{ ?s ?p ?o }}",
    "DELETE WHERE { ?s ?p ?o }",
    f"DELETE DATA {{ <{E}kazan> <{E}name> 'Kazan'@en }}",
    f"WITH <{E}graph/one> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}",
    "LOAD <file:///etc/passwd>",
    "LOAD SILENT <http://127.0.0.1:9/x.ttl>",
    "CLEAR ALL",
    "DROP ALL",
    f"CREATE GRAPH <{E}new>",
    f"COPY <{E}graph/one> TO <{E}graph/two>",
    f"MOVE <{E}graph/one> TO <{E}graph/two>",
    f"ADD <{E}graph/one> TO <{E}graph/two>",
    f"SELECT * {{ ?s ?p ?o }} ; {UPDATE}",
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving_trig(tmp_path_factory.mktemp("refusals")) as server:
        yield server


@pytest.mark.parametrize("query", ["", " ", "\n\t\r\n", "# only a comment", f"PREFIX e: <{E}>"])
def test_an_empty_query_is_refused(server: Server, query: str) -> None:
    for answer in three_ways(server, query):
        assert is_refusal(answer, 400)
        assert "empty" in answer.text


@pytest.mark.parametrize(
    ("query", "line", "column"),
    [
        ("SELECT *\n{ ?s ?p no:x }", 2, 13),
        ("SELEC * { ?s ?p ?o }", 1, 1),
        ("# شهر\nASK { ?s ?p 'شهر' . ?s ?p no:x }", 2, 31),
        ("ASK {\r\n ?s ?p no:x }", 2, 12),
        ("ASK { ?s ?p ?o }}", 1, 18),
    ],
)
def test_a_query_that_cannot_be_read_is_refused_with_line_and_column(
    server: Server, query: str, line: int, column: int
) -> None:
    for answer in three_ways(server, query):
        assert is_refusal(answer, 400)
        assert f"line {line}, column {column}" in answer.text


@pytest.mark.parametrize("nul", ["\x00", "\x00" * 1000, "SELECT * {\x00 ?s ?p ?o }", "ASK {}\x00", "\x00ASK {}"])
def test_nul_outside_a_literal_is_refused(server: Server, nul: str) -> None:
    for answer in three_ways(server, nul):
        assert is_refusal(answer, 400)


@pytest.mark.parametrize("query", ["SELECT (<https://example.org/no>(1) AS ?x) {}", "SELECT ?x ?x { ?x ?x }", "ASK"])
def test_a_query_that_makes_no_sense_is_refused(server: Server, query: str) -> None:
    for answer in three_ways(server, query):
        assert is_refusal(answer, 400)


@pytest.mark.parametrize(
    ("query", "column"),
    [
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", 12),
        ("ASK { SERVICE ?s {} }", 7),
        ("ASK { service SILENT <urn:x> {} }", 7),
    ],
)
def test_service_is_off(server: Server, query: str, column: int) -> None:
    for answer in three_ways(server, query):
        assert is_refusal(answer, 400, 403)
        assert "SERVICE" in answer.text
        assert f"line 1, column {column}" in answer.text


def test_two_queries_are_refused(server: Server) -> None:
    both = urlencode([("query", "ASK {}"), ("query", "ASK {}")])
    for answer in (
        ask(server, f"/sparql?{both}"),
        post(server, both, FORM),
        post(server, "ASK {}", DIRECT, target("ASK {}")),
        post(server, "query=ASK%7B%7D", FORM, target("ASK {}")),
    ):
        assert is_refusal(answer, 400)
        assert "two queries" in answer.text


def test_a_post_without_a_query_is_refused(server: Server) -> None:
    for body in ("", "default-graph-uri=urn:x", "Query=ASK%7B%7D"):
        assert is_refusal(post(server, body, FORM), 400)


@pytest.mark.parametrize("bad", ["%FF", "%C3%28", "%ED%A0%80", "%F4%90%80%80", "%C0%80", "%E2%80"])
def test_bad_utf_8_is_refused(server: Server, bad: str) -> None:
    query = f"query=ASK%7B%7D%23{bad}"
    raw = b"ASK {} #" + bytes.fromhex(bad.replace("%", ""))
    for answer in (ask(server, f"/sparql?{query}"), post(server, query, FORM), post(server, raw, DIRECT)):
        assert is_refusal(answer, 400)
        assert "UTF-8" in answer.text


def test_bad_utf_8_in_a_form_that_is_not_percent_encoded_is_refused(server: Server) -> None:
    assert is_refusal(post(server, b"query=ASK{}%23\xff", FORM), 400)


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_is_refused(server: Server, codec: str) -> None:
    body = "ASK { ?s ?p 'شهر' }".encode(codec)
    assert is_refusal(post(server, body, DIRECT), 400)
    assert is_refusal(post(server, body, f"{DIRECT}; charset={codec}"), 415)


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1256", "nonsense"])
def test_any_other_charset_is_refused(server: Server, charset: str) -> None:
    for media_type in (DIRECT, FORM):
        assert is_refusal(post(server, "query=ASK%7B%7D", f"{media_type}; charset={charset}"), 415)


@pytest.mark.parametrize(
    "media_type",
    [
        "text/plain",
        "application/json",
        "multipart/form-data; boundary=x",
        "application/sparql-results+json",
        "*/*",
        "x",
    ],
)
def test_a_wrong_media_type_is_refused(server: Server, media_type: str) -> None:
    answer = post(server, "ASK {}", media_type)
    assert is_refusal(answer, 415)
    assert DIRECT in answer.text


def test_a_missing_media_type_is_refused(server: Server) -> None:
    for body in ("ASK {}", "query=ASK%7B%7D", ""):
        assert is_refusal(post(server, body, None), 415)


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate", "identity, gzip"])
def test_a_compressed_body_is_refused(server: Server, coding: str) -> None:
    headers = [("Content-Type", DIRECT), ("Content-Encoding", coding)]
    assert is_refusal(ask(server, "/sparql", "POST", headers, b"\x1f\x8b"), 415)


def count(server: Server) -> int:
    return int(json.loads(get(server, COUNT).body)["results"]["bindings"][0]["n"]["value"])


@pytest.mark.parametrize("update", UPDATES)
def test_an_update_is_refused_in_every_form_and_writes_nothing(server: Server, update: str) -> None:
    before = count(server)
    for answer in three_ways(server, update):
        assert is_refusal(answer, 400, 403)
    for answer in (
        post(server, urlencode({"update": update}), FORM),
        post(server, update, "application/sparql-update"),
        post(server, update, "application/sparql-update; charset=utf-8"),
        post(server, update, "Application/SPARQL-Update"),
        ask(server, f"/sparql?{urlencode({'update': update})}"),
        post(server, "ASK {}", DIRECT, f"/sparql?{urlencode({'update': update})}"),
        post(server, urlencode({"query": "ASK {}", "update": update}), FORM),
    ):
        assert is_refusal(answer, 403)
        assert "read only" in answer.text
    assert count(server) == before


def test_an_update_written_with_escapes_is_refused(server: Server) -> None:
    before = count(server)
    for word in (r"\u0049NSERT", r"INS\u0045RT", r"\U00000049NSERT"):
        for answer in three_ways(server, UPDATE.replace("INSERT", word)):
            assert is_refusal(answer, 400, 403)
    assert count(server) == before


def test_an_update_in_another_method_is_refused(server: Server) -> None:
    before = count(server)
    for method in ("PUT", "PATCH", "DELETE"):
        headers = [("Content-Type", "application/sparql-update")]
        assert is_refusal(ask(server, "/sparql", method, headers, UPDATE.encode()), 405)
    assert count(server) == before


@pytest.mark.parametrize("path", ["/nowhere", "/questions/none", "/questions/..%2Fsecret", "/sparql/x", "/.env"])
def test_an_address_that_is_not_there_is_404_in_a_sentence(server: Server, path: str) -> None:
    assert is_refusal(ask(server, path), 404)


def test_what_was_asked_is_not_thrown_back_with_its_line_breaks(server: Server) -> None:
    for text in ("ASK { ?s ?p no\r\n\tx }", "\u2028\u0085\x0b\x1b[31m", "ASK {\x85 \u2029 a"):
        for answer in three_ways(server, text):
            assert is_refusal(answer, 400)


def test_a_refusal_leaves_a_kept_connection_usable(server: Server) -> None:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    for query, status in (("ASK {}", 200), ("ASK", 400), ("ASK {}", 200)):
        connection.request("GET", f"/sparql?query={quote(query)}")
        answer = connection.getresponse()
        assert answer.status == status
        answer.read()
    connection.close()
