"""Requests made to hurt, byte by byte, against the real server: what HTTP forbids is refused, the next is unharmed.

A request that is no HTTP is refused by the HTTP library below us, often without a body; where a body comes it is
a sentence, and nothing is answered twice.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import suppress

import pytest

from hostile import (
    DIRECT,
    RESULTS,
    Heard,
    ask,
    check_refused,
    check_sentence,
    connected,
    drain,
    exchange,
    get_path,
    health,
    ordinary,
    request,
    ring,
    statuses,
)
from serving import Server, serving

OPTIONS = "--timeout 3 --result 32 --client-seconds 0 --client-errors 0"
FORM = "application/x-www-form-urlencoded"
TYPED = f"Content-Type: {DIRECT}\r\n"
POST = f"POST /sparql HTTP/1.1\r\nHost: a\r\n{TYPED}"
CLOSING = f"{POST}Connection: close\r\n"
SMUGGLED = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = ring(tmp_path_factory.mktemp("data") / "ring.nq")
    with serving(*OPTIONS.split(), dataset=data) as server:
        yield server


def post(server: Server, body: bytes, **headers: str) -> Heard:
    sent = {"Content-Type": DIRECT, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return request(server, "POST", "/sparql", body, sent)


@pytest.mark.parametrize("name", ["content-length", "chunked"])
def test_a_body_of_20_mb_is_refused_before_it_is_read(server: Server, name: str) -> None:
    start = "Content-Length: 20000000" if name == "content-length" else "Transfer-Encoding: chunked"
    chunk = b"#" * 65_534 + b"\r\n"
    chunk = chunk if name == "content-length" else b"10000\r\n" + chunk + b"\r\n"
    answer = exchange(server, f"{POST}{start}\r\n\r\n".encode() + chunk * 305)
    assert statuses(answer) in ([413], [])  # [] where the reset of the connection has overtaken the answer
    ordinary(server)


@pytest.mark.parametrize("length", ["20000000", "2100000", "99999999999999999"])
def test_a_length_that_is_too_large_is_refused_at_once(server: Server, length: str) -> None:
    answer = exchange(server, f"{POST}Content-Length: {length}\r\n\r\nASK".encode())
    assert statuses(answer) == [413]
    assert b"text/plain" in answer
    assert answer.endswith(b"\n")


def test_a_body_that_comes_in_one_piece_over_the_limit(server: Server) -> None:
    with suppress(BrokenPipeError, ConnectionResetError):  # refused before all of it was sent
        check_refused(post(server, b"#" * 2_100_000), {413})
    check_refused(request(server, "POST", "/sparql", b"query=" + b"%23" * 690_000, {"Content-Type": FORM}), {400, 413})
    ordinary(server)


LENGTHS: dict[str, tuple[str, list[list[int]]]] = {
    "longer than the body, which ends": (f"{CLOSING}Content-Length: 50\r\n\r\nASK {{}}", [[400], [408], []]),
    "shorter than the body": (f"{POST}Content-Length: 3\r\n\r\nASK {{}} garbage\r\n\r\n", [[400], [400, 400]]),
    "negative": (f"{CLOSING}Content-Length: -6\r\n\r\nASK {{}}", [[400]]),
    "signed": (f"{CLOSING}Content-Length: +6\r\n\r\nASK {{}}", [[400]]),
    "no number": (f"{CLOSING}Content-Length: six\r\n\r\nASK {{}}", [[400]]),
    "larger than any number": (f"{CLOSING}Content-Length: {'9' * 40}\r\n\r\nASK {{}}", [[400], [413]]),
    "two that differ": (f"{CLOSING}Content-Length: 6\r\nContent-Length: 7\r\n\r\nASK {{}}", [[400]]),
    "a list of two that differ": (f"{CLOSING}Content-Length: 6, 7\r\n\r\nASK {{}}", [[400]]),
    "none": (f"{CLOSING}\r\n", [[400], [411]]),
    "of an empty body": (f"{CLOSING}Content-Length: 0\r\n\r\n", [[400]]),
    "chunks without a size": (f"{CLOSING}Transfer-Encoding: chunked\r\n\r\nzz\r\nASK {{}}\r\n0\r\n\r\n", [[400], []]),
    "chunks of an endless size": (f"{CLOSING}Transfer-Encoding: chunked\r\n\r\n{'f' * 40}\r\nASK", [[400], [413], []]),
    "a coding of no name": (f"{CLOSING}Transfer-Encoding: cow\r\n\r\nASK {{}}", [[400], [411], [501]]),
}


@pytest.mark.parametrize("name", LENGTHS)
def test_a_length_that_lies(server: Server, name: str) -> None:
    data, allowed = LENGTHS[name]
    ends = name == "longer than the body, which ends"
    answer = exchange(server, data.encode(), finish=ends)
    assert statuses(answer) in allowed, answer
    assert b"Traceback" not in answer
    ordinary(server)


@pytest.mark.parametrize(
    "headers",
    [
        "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n",
        "Content-Length: 6\r\nTransfer-Encoding : chunked\r\n",
        "Content-Length: 6\r\nTransfer-Encoding: chunked, identity\r\n",
        "Content-Length: 6\r\nTransfer-Encoding:\x0bchunked\r\n",
    ],
)
def test_a_length_beside_chunks_smuggles_nothing(server: Server, headers: str) -> None:
    answer = exchange(server, f"{POST}{headers}\r\n0\r\n\r\n{SMUGGLED}".encode(), patience=1)
    found = statuses(answer)
    assert len(found) <= 1, answer
    assert not found or 400 <= found[0] < 500 or found == [501], answer
    ordinary(server)


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate", "x-nothing", "gzip, gzip"])
def test_a_compressed_body_is_refused(server: Server, coding: str) -> None:
    bomb = gzip.compress(b"#" * 50_000_000, 9)
    check_refused(post(server, bomb, Content_Encoding=coding), {415})
    ordinary(server)


HEADERS = {
    "a header of two lines": ("X-A: one\r\n two", {400}),
    "a carriage return": ("X-A: one\rX-B: two", {400}),
    "a NUL": ("X-A: one\x00two", {400}),
    "no colon": ("nonsense", {400}),
    "a space in its name": ("X A: one", {400}),
    "5,000 headers": ("\r\n".join(f"X-{at}: {at}" for at in range(5000)), {400, 431}),
    "one header of 1 MB": (f"X-A: {'a' * 1_000_000}", {400, 431}),
    "two hosts": ("Host: b", {200, 400}),
    "bytes that are no UTF-8": ("X-A: \xff\xfe", {200, 400}),
    "an Accept that is no UTF-8": ("Accept: \xff\xfe", {200, 400, 406}),
    "an Accept of 10,000 types": ("Accept: " + ",".join(f"a/b{at};q=0.{at % 9}" for at in range(2_000)), {406, 431}),
    "an Accept of commas": ("Accept: " + "," * 50_000, {200, 400, 406, 431}),
    "an Accept-Encoding of commas": ("Accept-Encoding: " + ",;q=" * 10_000, {200, 400, 406, 431}),
    "an If-None-Match of quotes": ("If-None-Match: " + '"' * 50_000, {200, 431}),
    "a forwarded address that is none": ("X-Forwarded-For: " + '::1%\\",' * 500, {200}),
    "a request to change the protocol": ("Upgrade: h2c, HTTP/2.0\r\nConnection: Upgrade, HTTP2-Settings", {200, 400}),
    "an expectation that is none": ("Expect: the-unexpected", {200, 400, 417}),
    "a range": ("Range: bytes=0-0,5-1,-1", {200}),
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_that_is_none(server: Server, name: str) -> None:
    line, allowed = HEADERS[name]
    data = f"GET {get_path('ASK {}')} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{line}\r\n\r\n"
    answer = exchange(server, data.encode("latin-1"))
    assert len(statuses(answer)) == 1, answer[:2000]
    assert statuses(answer)[0] in allowed, answer[:2000]
    assert b"Traceback" not in answer
    ordinary(server)


@pytest.mark.parametrize("host", ['a"><script>', "a b", "\xff", "[::1", "a:99999999", "", "a\\b", "{}", "a" * 5000])
def test_a_host_that_is_none_does_not_break_the_description(server: Server, host: str) -> None:
    lines = f"GET /sparql HTTP/1.1\r\nHost: {host}\r\nAccept: text/turtle\r\nConnection: close\r\n\r\n"
    answer = exchange(server, lines.encode("latin-1"))
    assert statuses(answer) in ([200], [400]), answer
    assert b"<script>" not in answer.partition(b"\r\n\r\n")[2]


@pytest.mark.parametrize(
    "parameter",
    [
        "query=ASK%7B%7D&default-graph-uri=http://a/%0D%0ASet-Cookie:%20a=b",
        "query=ASK%20%7B%7D%0D%0ASet-Cookie:%20a=b",
        "query=%0D%0A%0D%0AHTTP/1.1%20200%20OK",
        "timeout=1%0D%0ASet-Cookie:%20a=b&query=ASK%7B%7D",
        "query=%C2%85%E2%80%A8%1B[31m",
    ],
)
def test_line_breaks_in_parameters_come_back_in_no_header(server: Server, parameter: str) -> None:
    heard = request(server, "GET", f"/sparql?{parameter}")
    assert "Set-Cookie" not in heard.headers
    check_refused(heard, {400})


PATHS = {
    "up, encoded once": "/assets/..%2f..%2f..%2fserver.py",
    "up, encoded twice": "/assets/..%252f..%252f..%252fserver.py",
    "dots, encoded once": "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "dots, encoded twice": "/%252e%252e/%252e%252e/etc/passwd",
    "a question above": "/questions/..%252f..%252fpyproject",
    "a backslash": "/assets/..%5c..%5cserver.py",
    "a NUL": "/assets/shahr.css%00.py",
    "bytes that are no UTF-8": "/questions/%ff%fe",
    "a half percent": "/questions/%",
    "two slashes": "//etc/passwd",
    "the endpoint encoded twice": "/%2573parql?query=ASK%7B%7D",
    "the endpoint and a NUL": "/sparql%00?query=ASK%7B%7D",
    "an address inside": "/sparql/http://127.0.0.1/",
    "a line break": "/questions/a%0d%0aSet-Cookie:%20a=b",
}


@pytest.mark.parametrize("name", PATHS)
def test_a_path_that_leads_nowhere(server: Server, name: str) -> None:
    heard = request(server, "GET", PATHS[name])
    assert heard.status in (400, 404), heard
    assert "Set-Cookie" not in heard.headers
    check_sentence(heard)


@pytest.mark.parametrize(
    ("size", "allowed"), [(60_000, {400, 404, 414}), (100_000, {400, 414}), (10_000_000, {400, 414, 431})]
)
def test_an_address_that_is_too_long(server: Server, size: int, allowed: set[int]) -> None:
    for path in ("/", "/sparql?query=", "/questions/"):
        found = statuses(
            exchange(server, f"GET {path}{'a' * size} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
        )
        assert len(found) <= 1
        assert set(found) <= allowed
        assert found or size > 1_000_000  # the reset may overtake the answer while we still send
    ordinary(server)


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 500,
        b"\x00" * 10_000,
        b"GET / HTTP/9.9\r\nHost: a\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET  /  HTTP/1.1\r\nHost: a\r\n\r\n",
        b"G\x00T / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"\r\n" * 10_000,
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\xff" * 500,
    ],
    ids=["TLS", "NULs", "HTTP 9.9", "HTTP 0.9", "spaces", "a NUL in the method", "line breaks", "broken HTTP 2"],
)
def test_what_is_no_http_is_refused_or_dropped(server: Server, data: bytes) -> None:
    found = statuses(exchange(server, data, finish=True))
    assert found == [] or 400 <= found[0] < 600
    assert 500 not in found
    assert 502 not in found
    ordinary(server)


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "get", "A" * 2000])
def test_a_method_that_is_none(server: Server, method: str) -> None:
    target = "a:80" if method == "CONNECT" else "/sparql"
    answer = exchange(server, f"{method} {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
    assert statuses(answer) in ([400], [404], [405], [501])
    ordinary(server)


def test_a_web_socket_is_refused(server: Server) -> None:
    upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    answer = exchange(server, f"GET /sparql HTTP/1.1\r\nHost: a\r\n{upgrade}{key}\r\n".encode(), patience=1)
    assert len(statuses(answer)) == 1
    assert statuses(answer)[0] == 200 or 400 <= statuses(answer)[0] < 500
    ordinary(server)


@pytest.mark.parametrize(
    "body", [b"\x00" * 100, b"\x00" * 1_000_000, b"ASK { ?s ?p '\x00' }", b"\xff\xfeA\x00S\x00K\x00"]
)
def test_a_query_of_nuls(server: Server, body: bytes) -> None:
    check_refused(post(server, body), {400})
    check_refused(request(server, "GET", "/sparql?query=" + "%00" * 100), {400})
    ordinary(server)


def test_ten_thousand_parameters(server: Server) -> None:
    graphs = "&".join(f"default-graph-uri=http://a/{at}" for at in range(10_000))
    body = f"query=SELECT * {{ ?s ?p ?o }}&{graphs}".encode()
    heard = request(server, "POST", "/sparql", body, {"Content-Type": FORM, "Accept": RESULTS})
    assert heard.status == 200 or 400 <= heard.status < 500
    assert heard.status != 200 or heard.rows == []
    assert heard.seconds < 2
    ordinary(server)


def test_pipelined_requests_are_answered_in_order(server: Server) -> None:
    one = f"GET {get_path('ASK {}')} HTTP/1.1\r\nHost: a\r\nAccept: text/csv\r\n"
    with connected(server) as link:
        link.sendall(f"{one}\r\n{one}\r\n{one}Connection: close\r\n\r\n".encode())
        assert statuses(drain(link)) == [200, 200, 200]
    ordinary(server)


def test_the_log_holds_no_stack_trace(server: Server) -> None:
    ask(server, "ASK {")
    assert health(server)["status"] == "ok"
    assert "Traceback" not in server.log()
    assert "panicked" not in server.log()
