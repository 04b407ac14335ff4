"""A client of endpoints that are busy, slow, broken or lie: one sentence each, which says what to do."""

from __future__ import annotations

import gzip
import shutil
import time
from base64 import b64decode
from pathlib import Path

import pytest

from endpoints import free_port, oxigraph
from misbehaving import JSON, Reply, drip, hang, misbehaving, pour, reset, response
from scripted import self_signed
from shahr.client import ATTEMPTS, Client
from shahr.errors import EndpointError
from shahr.exchange import LARGEST

SELECT = "SELECT ?x { ?s ?p ?x } ORDER BY ?x"
BODY = '{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"اصفهان"}}]}}'.encode()
ROWS = response(BODY)
REFUSED = response(b"no" * 200, "text/plain", "400 No")
JAVA = b"""SPARQL-QUERY: queryStr=SELECT ?x
java.util.concurrent.TimeoutException
\tat java.util.concurrent.FutureTask.get(FutureTask.java:205)
"""


def ask(reply: Reply | list[Reply], path: str = "/sparql", timeout: float = 20.0) -> tuple[EndpointError, list[float]]:
    """Give the error of a client that is answered so, and how long it had waited before."""
    waits: list[float] = []
    with misbehaving({"/sparql": reply}) as server:
        client = Client(f"{server.address}{path}", sleep=waits.append, timeout=timeout)
        with pytest.raises(EndpointError) as caught:
            client.select(SELECT)
    assert caught.value.endpoint == client.endpoint
    assert str(caught.value).startswith(f"{client.endpoint}: ")
    assert str(caught.value).isprintable()
    return caught.value, waits


def busy(*headers: str, status: str = "429 Too Many Requests") -> bytes:
    return response(b"slow down", "text/plain", status, *headers)


# What is sent, and what comes back where all is well


def test_a_query_goes_by_post_with_a_name_and_a_contact() -> None:
    with misbehaving({"/sparql": ROWS}) as server:
        found = Client(f"{server.address}/sparql?key=1").select(SELECT)
    (asked,) = server.requests
    assert [[getattr(term, "value", None) for term in row] for row in found.rows] == [["اصفهان"]]
    assert (asked.method, asked.target, dict(asked.form)) == ("POST", "/sparql?key=1", {"query": SELECT})
    assert asked.headers["user-agent"].startswith("Shahr/")
    assert "https://w3id.org/shahr" in asked.headers["user-agent"]
    assert asked.headers["accept"].startswith("application/sparql-results+json")
    assert asked.headers["accept-encoding"] == "identity"
    assert not asked.headers.keys() & {"referer", "cookie", "authorization"}


def test_words_in_comments_make_no_update_of_a_question() -> None:
    text = f"#+ summary: Which cities?\n#+ summary: add, insert or delete them\nPREFIX load: <a:b>\n{SELECT}"
    with misbehaving({"/sparql": ROWS}) as server:
        Client(f"{server.address}/sparql").select(text)
    assert server.requests[0].query == text


def test_a_real_endpoint_answers() -> None:
    with oxigraph(b"<a:s> <a:p> <a:o> .\n") as address:
        assert [str(row[0]) for row in Client(address).select(SELECT).rows] == ["<a:o>"]
        with pytest.raises(EndpointError, match=r"refused the query with status 400: .*expected") as caught:
            Client(address).select("SELECT ?x {")
    assert caught.value.status == 400


def test_the_environment_does_not_choose_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    monkeypatch.delenv("no_proxy", raising=False)
    with misbehaving({"/sparql": ROWS}) as server:
        assert len(Client(f"{server.address}/sparql").select(SELECT).rows) == 1


def test_a_password_is_sent_and_never_shown() -> None:
    with misbehaving({"/sparql": [ROWS, busy("Retry-After: 9999")]}) as server:
        host = server.address.removeprefix("http://")
        client = Client(f"http://shahr:p%40ss@{host}/sparql")
        client.select(SELECT)
        with pytest.raises(EndpointError) as caught:
            client.select(SELECT)
    assert client.endpoint == f"{server.address}/sparql"
    assert b64decode(server.requests[0].headers["authorization"].removeprefix("Basic ")) == b"shahr:p@ss"
    assert "ss@" not in f"{caught.value}{server.requests[0].headers['host']}"


def test_requests_are_counted_and_kept_apart() -> None:
    waits: list[float] = []
    with misbehaving({"/sparql": [ROWS, busy(), ROWS, hang]}) as server:
        client = Client(f"{server.address}/sparql", sleep=waits.append, pause=1000)
        client.select(SELECT)
        assert waits == []
        client.select(SELECT)
    assert client.requests == len(server.requests) == 3
    assert 900 < waits[0] <= 1000
    assert waits[1] == 1000  # rather than the 5 seconds of a busy endpoint


# Endpoints that are busy


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
def test_a_busy_endpoint_is_asked_again_when_it_says(status: str) -> None:
    date = "Date: Sun, 22 Nov 2026 10:00:00 GMT"
    replies: list[Reply] = [
        busy("Retry-After: 7", status=status),
        busy(date, "Retry-After: Sun, 22 Nov 2026 10:01:30 GMT", status=status),
        busy("Retry-After: Sun, 22 Nov 1998 10:01:30 GMT", status=status),
        busy("Retry-After: 0", status=status),
        ROWS,
    ]
    waits: list[float] = []
    with misbehaving({"/sparql": replies}) as server:
        assert len(Client(f"{server.address}/sparql", sleep=waits.append).select(SELECT).rows) == 1
    assert waits == [7, 90, 1, 1]
    assert server.most_at_once == 1


@pytest.mark.parametrize(
    "header", ["X: y", "Retry-After: soon", "Retry-After: -5", "Retry-After: ²", "Retry-After: 1e9"]
)
def test_waits_grow_where_a_busy_endpoint_does_not_say(header: str) -> None:
    error, waits = ask(busy(header).decode().encode("latin-1"))
    assert waits == [5, 10, 20, 40]
    assert len(waits) == ATTEMPTS - 1
    assert error.status == 429
    assert "still busy after 5 requests (status 429): try again later" in str(error)


@pytest.mark.parametrize(
    ("seconds", "later"),
    [
        ("121", "121 seconds"),
        ("86400", "86400 seconds"),
        *((seconds, "more than a day") for seconds in ("86401", "2303683123", "9" * 5000)),
    ],
    ids=lambda text: text[:12],
)
def test_a_wait_that_is_too_long_is_said(seconds: str, later: str) -> None:
    error, waits = ask(busy(f"Retry-After: {seconds}", status="503 Busy"))
    assert waits == []
    assert error.status == 503
    assert f"is busy: come again in {later}" in str(error)


# Endpoints that cannot be reached, are slow, or break off


@pytest.mark.parametrize(
    "address",
    [
        *("file:///etc/passwd", "nonsense", "", "ftp://example.org/", "http://", "http://[", "http://a:b/"),
        *("http://a:0/", "http://a b/", "http://a/\r\nX: y", "http://شهر/", "http://a/\x1b[31m", "http://u:pass/w@a/"),
    ],
)
def test_what_is_no_address_is_refused_at_once(address: str) -> None:
    with pytest.raises(EndpointError, match="is not an http or https address") as caught:
        Client(address)
    assert str(caught.value).isprintable()
    assert "pass/" not in str(caught.value)


def test_an_endpoint_that_is_down_is_named() -> None:
    with pytest.raises(EndpointError, match=r"cannot be reached or broke off .Connection refused.: check the address"):
        Client(f"http://127.0.0.1:{free_port()}/sparql").select(SELECT)


def test_a_host_that_nobody_has_is_named() -> None:
    with pytest.raises(EndpointError, match="cannot be reached"):
        Client("http://nobody.invalid/sparql").select(SELECT)


@pytest.mark.parametrize(
    "reply",
    [
        hang,
        drip(ROWS, seconds=0.2),
        drip(ROWS, ROWS.index(b"\r\n\r\n") + 4, seconds=0.2),
        drip(b"HTTP/1.1 200 OK\r\n\r\n" + BODY, 19, seconds=0.2),
    ],
    ids=["nothing", "drips headers", "drips rows", "drips rows without a length"],
)
def test_a_slow_answer_is_left_at_the_deadline(reply: Reply) -> None:
    began = time.monotonic()
    error, _ = ask(reply, timeout=0.5)
    assert "gave no whole answer within 0.5 seconds" in str(error)
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("reply", [drip(REFUSED, 80, seconds=0.2), reset(REFUSED[:80])])
def test_a_refusal_that_breaks_off_keeps_its_status(reply: Reply) -> None:
    error, _ = ask(reply, timeout=1)
    assert error.status == 400


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (reset(b""), "cannot be reached or broke off (Connection reset by peer)"),
        (reset(ROWS[:-20]), "cannot be reached or broke off (Connection reset by peer)"),
        (ROWS[:-20], "the answer broke off"),
        (ROWS.replace(b"Content-Length: ", b"Content-Length: 9"), "the answer broke off: try again later"),
        (b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{"he', "the answer broke off"),
        (b"", "cannot be reached or broke off (it hung up)"),
        (b"220 mail.example.org ready\r\n", "does not speak HTTP: check the address"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500, "does not speak HTTP"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "the answer broke off"),
    ],
)
def test_a_broken_connection_is_named(reply: Reply, said: str) -> None:
    error, _ = ask(reply)
    assert said in str(error)
    assert error.status is None


def test_a_huge_answer_is_left_at_the_limit() -> None:
    error, _ = ask(pour(10 * LARGEST))
    assert "the answer is larger than 32 MB: ask for less" in str(error)


def test_a_huge_length_is_enough_to_leave() -> None:
    error, _ = ask(f"HTTP/1.1 200 OK\r\nContent-Length: {LARGEST + 1}\r\n\r\n".encode())
    assert "the answer is larger than 32 MB" in str(error)


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes the certificate")
def test_https_needs_a_certificate_and_keeps_the_deadline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, context = self_signed(tmp_path)
    with misbehaving({"/sparql": [ROWS, drip(ROWS, 80, 0.2)]}, context) as server:
        client = Client(f"{server.address}/sparql", timeout=2)
        with pytest.raises(EndpointError, match=r"shows a certificate that cannot be trusted .self-signed"):
            client.select(SELECT)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert len(client.select(SELECT).rows) == 1
        with pytest.raises(EndpointError, match="no whole answer within 2 seconds"):
            client.select(SELECT)


# Answers that are no rows


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (response(b"<html>\x1b[31m<p>Sign in" + b"!" * 99, "text/html; charset=utf-8"), "sent text/html, not SPARQL"),
        (response(b"<?xml version='1.0'?><sparql/>", "application/sparql-results+xml"), "sent application/sparql-res"),
        (response(b"x\ny\n", "text/csv"), "sent text/csv, not SPARQL results in JSON: x y"),
        (response(b"hello", ""), "sent something without a media type, not SPARQL results in JSON: hello"),
        (response(b'{"error": "none"}'), "the answer is not SPARQL results in JSON (SPARQL JSON results must contain"),
        (response(b"[" * 100_000), "broke off"),
        (response(b'{"head": {}, "boolean": true}'), "(it is a boolean and has no rows)"),
        (response(BODY[:-3]), "the answer broke off, its JSON has no end: try again later"),
        (response(BODY + b"}"), "the answer is not SPARQL results in JSON"),
        (response(BODY.replace("اصفهان".encode(), "اصفهان".encode("cp1256")), f"{JSON}; charset=windows-1256"), "256"),
        (response(BODY.decode().encode("utf-16")), "the answer is not in UTF-8, as JSON has to be"),
        (response(gzip.compress(BODY), JSON, "200 OK", "Content-Encoding: gzip"), "sent a compressed answer (gzip)"),
        (response(gzip.compress(BODY)), "sent a compressed answer (gzip), though none was asked for"),
        (response(b""), "sent an empty answer"),
        (response(b" \n"), "sent an empty answer"),
        (ROWS.replace(b"Content-Length: ", b"Content-Length: 2\r\nX-Length: "), "the answer broke off"),
        (response(BODY[:-4] + b"," + b" " * 70_000 + JAVA), "the query took too long there: ask for less at a time"),
        (response(BODY[:-4] + b",\njava.lang.OutOfMemoryError: Java heap space\n\tat x"), "no end: Java heap space:"),
        (response(BODY, JSON, "200 OK", "X-SPARQL-MaxRows: 1"), "cut its answer: ask for less"),
        (response(BODY, JSON, "200 OK", "X-SQL-State: S1TAT"), "the query took too long there"),
    ],
)
def test_an_answer_without_rows_is_named(reply: bytes, said: str) -> None:
    error, _ = ask(reply)
    assert said in str(error)
    assert error.status is None
    assert error.__context__ is None  # else the parser lives on in a traceback, and may be dropped by another thread


def test_only_the_beginning_of_what_came_is_shown() -> None:
    error, _ = ask(response("\u202e".encode() + b"<html>\x1b[31m\r\n<p>Sign in" + b"!" * 99, "text/html"))
    shown = str(error).partition("not SPARQL results in JSON: ")[2]
    assert shown.startswith("<html> [31m <p>Sign in!!")
    assert len(shown) == 60


def test_rows_count_whatever_they_are_called() -> None:
    with misbehaving({"/sparql": response(b"\xef\xbb\xbf" + BODY, "text/plain; charset=iso-8859-1")}) as server:
        assert len(Client(f"{server.address}/sparql").select(SELECT).rows) == 1


# Statuses


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        ("204 No Content", b"", "answered with status 204"),
        ("206 Partial Content", BODY, "cut its answer"),
        ("304 Not Modified", b"", "answered with status 304"),
        ("400 Bad Request", b"no\x07 such\nfunction", "refused the query with status 400: no such function"),
        ("401 Unauthorized", b"", "give the address as https://NAME:PASSWORD@HOST/"),
        ("403 Forbidden", b"", "does not let us in (status 403)"),
        ("404 Not Found", b"<h1>", "there is no endpoint at this address (status 404)"),
        ("413 Too Large", b"", "the query is too long for it (status 413)"),
        ("418 Teapot", b"", "answered with status 418"),
        ("500 Oh", JAVA, "the query took too long there: ask for less at a time"),
        ("500 Oh", b"", "answered with status 500"),
        ("500 Oh", b"a." * 200_000, "answered with status 500: a.a.a."),
        ("500 Oh", b"a" * 200_000 + b" b.c.Error: \n", "answered with status 500: aaa"),
        ("502 Bad Gateway", b"<html>oh", "answered with status 502: <html>oh"),
        ("504 Gateway Timeout", b"", "the query took too long there"),
    ],
)
def test_a_status_is_said_and_kept(status: str, body: bytes, said: str) -> None:
    error, waits = ask(response(body, "text/plain", status))
    assert said in str(error)
    assert error.status == int(status[:3])
    assert waits == []


def test_of_a_trace_only_the_cause_is_shown() -> None:
    trace = b"SPARQL-QUERY: queryStr=SELEC\njava.util.concurrent.ExecutionException: org.openrdf.query."
    trace += b'MalformedQueryException: Encountered "SELEC" at line 1, column 1.\nWas expecting one of:\n\tat a.b'
    error, _ = ask(response(trace, "text/plain", "400 Bad Request"))
    assert str(error).endswith('refused the query with status 400: Encountered "SELEC" at line 1, column 1.')


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_said_and_not_followed(status: int) -> None:
    elsewhere = "https://somebody:secret@sparql.example.org/query\x1b[31m"
    error, _ = ask(response(b"", JSON, f"{status} Moved", f"Location: {elsewhere}"))
    leads = f"leads to https://sparql.example.org/query [31m (status {status}): give that address if you trust it"
    assert leads in str(error)
    assert error.status == status


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("/rows", "/rows (status 302): give that address"),
        ("/sparql", "leads to itself (status 302): check the address"),
        ("file:///etc/passwd", "leads to file:///etc/passwd (status 302): no endpoint can be there"),
        ("http://[", "leads to an address that is none"),
    ],
)
def test_a_redirect_that_leads_astray_is_said_and_not_followed(location: str, said: str) -> None:
    moved = response(b"", JSON, "302 Found", f"Location: {location}")
    with misbehaving({"/sparql": moved, "/rows": ROWS}) as server, pytest.raises(EndpointError) as caught:
        Client(f"{server.address}/sparql").select(SELECT)
    assert said in str(caught.value)
    assert [asked.path for asked in server.requests] == ["/sparql"]


def test_only_a_redirect_leads_elsewhere() -> None:
    error, _ = ask(response(b"", JSON, "201 Created", "Location: /graph"))
    assert "answered with status 201" in str(error)


def test_an_endpoint_may_recover() -> None:
    with misbehaving({"/sparql": [reset(b""), response(b"", JSON, "500 Oh"), ROWS]}) as server:
        client = Client(f"{server.address}/sparql")
        for _ in range(2):
            with pytest.raises(EndpointError):
                client.select(SELECT)
        assert len(client.select(SELECT).rows) == 1
    assert client.requests == 3
