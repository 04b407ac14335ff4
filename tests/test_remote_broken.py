"""Endpoints that hang, cut, lie or redirect: what is wrong is said, and nothing half is passed on."""

from __future__ import annotations

import shutil
import socket
import time
from pathlib import Path

import pytest

from scripted import JSON, Reply, response, rows, scripted, self_signed
from shahr.engine import Limits
from shahr.engine.connect import Address, Connection, dial_any, parse_address
from shahr.engine.remote import RemoteEvaluator
from shahr.errors import (
    Busy,
    EndpointDown,
    EndpointError,
    EngineError,
    OutOfTime,
    QueryError,
    ShahrError,
    TooLarge,
)

SELECT = "SELECT ?x { ?s ?p ?x }"


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
        (b"220 mail.example.org ready\r\n", EndpointDown, "no HTTP came"),
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
        answer = RemoteEvaluator(endpoint.address).evaluate("CONSTRUCT WHERE { ?s ?p ?o }", (), (), "", Limits())
    assert answer.body == b"<a:b> <a:c> <a:d> .\n"


def test_a_redirect_to_another_place_is_not_followed() -> None:
    with scripted(rows("x")) as other:
        reply = response(b"", JSON, "307 Temporary Redirect", f"Location: {other.address}")
        with scripted(reply) as endpoint, pytest.raises(EndpointDown, match="redirect"):
            RemoteEvaluator(endpoint.address).evaluate(SELECT, (), (), "", Limits())
    assert other.connections == 0


@pytest.mark.parametrize("keeps", [True, False])
def test_a_long_answer_whose_connection_is_to_be_closed(keeps: bool) -> None:
    many = rows("x", *[{"x": {"type": "literal", "value": f"{number:09}"}} for number in range(20_000)])
    with scripted(many.replace(b"\r\n", b"\r\nConnection: close\r\n", 1), keeps=keeps) as endpoint:
        evaluator = RemoteEvaluator(endpoint.address)
        for _ in range(2):
            assert evaluator.evaluate(SELECT, (), (), "text/csv", Limits()).body.count(b"\n") == 20_001
    assert endpoint.connections == 2


def test_no_body_waits_for_the_head_to_be_acknowledged() -> None:
    dialled: list[socket.socket] = []

    def dial(address: Address, seconds: float) -> socket.socket:
        dialled.append(dial_any(address, seconds))
        return dialled[0]

    with scripted(rows("x")) as endpoint:
        Connection(endpoint.address, "the endpoint", dial).post([("query", SELECT)], JSON, Limits())
        assert dialled[0].getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes the certificate")
def test_https_needs_a_certificate_of_that_very_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, context = self_signed(tmp_path)
    with scripted(rows("x"), context=context) as endpoint:
        address = endpoint.address.replace("http:", "https:")
        with pytest.raises(EndpointDown, match="certificate"):
            RemoteEvaluator(address).evaluate(SELECT, (), (), "", Limits())
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert RemoteEvaluator(address).evaluate(SELECT, (), (), "text/csv", Limits()).body == b"x\r\n"
        with pytest.raises(EndpointDown, match="certificate"):
            RemoteEvaluator(address.replace("127.0.0.1", "localhost")).evaluate(SELECT, (), (), "", Limits())


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
        assert evaluator.evaluate(SELECT, (), (), "text/csv", Limits()).body == b"x\r\n"


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
