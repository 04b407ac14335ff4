"""Addresses below the IRIs of Shahr that name nothing, or were made to hurt: refused, nothing of the server told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, parse

from hostile import exchange, request, ring, statuses
from serving import Server, serving
from shahr.namespaces import BASE
from tiny import tiny_app

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
COMUNICA = "application/n-quads,application/trig;q=0.95,application/ld+json;q=0.9,text/turtle;q=0.6,text/html;q=0.2"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
        yield tiny_app(tmp_path_factory.mktemp("served")).test_client()


LOST = {
    "unknown": "/city/atlantis",
    "an ending too many": "/city/isfahan.html.ttl",
    "an ending that is none": "/city/isfahan.exe",
    "an empty ending": "/city/isfahan.",
    "no slug": "/city/",
    "a slash behind": "/city/isfahan/",
    "two slashes": "/city//isfahan",
    "capitals": "/City/isfahan",
    "capitals in the slug": "/city/Isfahan",
    "dots": "/city/%2e%2e",
    "a slash, encoded": "/city/isfahan%2F..%2F..%2Fetc%2Fpasswd",
    "dots, encoded twice": "/city/%252e%252e%252fetc",
    "a NUL": "/city/isfahan%00",
    "a line break": "/city/isfahan%0d%0aSet-Cookie:%20a=b",
    "bytes that are no UTF-8": "/city/%ff%fe",
    "a number sign": "/city/a%23b",
    "a percent sign": "/city/a%25zz",
    "Persian": "/city/%D8%A7%D8%B5%D9%81%D9%87%D8%A7%D9%86",
    "an IRI inside": "/city/javascript:alert(1)",
    "quotes": "/city/%22%3E%3Cscript%3E",
    "10,000 letters": "/city/" + "a" * 10_000,
    "10,000 letters below": "/ns/" + "a" * 10_000,
    "nothing below the ontology": "/ns/2.0.0",
    "an IRI below the ontology": "/ns/%3E%20%7B",
    "no graph": "/graph/atlantis",
    "no kind": "/river/zayandeh",
}


@pytest.mark.parametrize("ending", ["", ".ttl", ".jsonld"])
@pytest.mark.parametrize("name", LOST)
def test_an_address_of_nothing_is_refused(client: FlaskClient, name: str, ending: str) -> None:
    for accept in ("*/*", BROWSER, "application/n-quads", "text/turtle", "application/ld+json"):
        refused = client.get(LOST[name] + ending, headers={"Accept": accept})
        assert refused.status_code == 404
        assert "Set-Cookie" not in refused.headers
        assert b"Traceback" not in refused.data
        assert b"<script>" not in refused.data


@pytest.mark.parametrize("path", ["/", "/city/isfahan", "/city/isfahan.html", "/questions", "/search", "/nowhere"])
def test_an_accept_header_without_end_is_refused(client: FlaskClient, path: str) -> None:
    many = [f"a/b{at}" for at in range(200)]
    for accept in (",".join(many), ",".join([*many, "text/html"])):
        refused = client.get(path, headers={"Accept": accept})
        assert (refused.status_code, refused.mimetype) == (431, "text/plain")


PLACES = (
    *("/", "/city/isfahan", "/city/isfahan.html", "/city/isfahan.ttl", "/city.html", "/graph.html", "/shapes"),
    *("/ns.html", "/concept.html", "/context.jsonld", "/openapi.json", "/search", "/complete", "/questions"),
    "/questions/sisters",
)


@pytest.mark.parametrize("path", PLACES)
def test_a_parameter_that_an_address_does_not_know_is_refused(client: FlaskClient, path: str) -> None:
    client.get(path)
    for query in ("x=1", "lang=en&x=1", "%22%3E%3Cscript%3E=1"):
        refused = client.get(f"{path}?{query}", headers={"Accept": "text/html"})
        assert refused.status_code == 400
        assert "<script>" not in refused.text or refused.mimetype == "text/plain"
    assert client.get("/nowhere?x=1").status_code == 404


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = ring(tmp_path_factory.mktemp("data") / "ring.nq")
    with serving("--client-seconds", "0", "--client-errors", "0", dataset=data) as server:
        yield server


def test_the_real_server_leads_to_the_data(server: Server) -> None:
    seen = request(server, "GET", "/city/7?lang=fa", headers={"Accept": COMUNICA})
    assert (seen.status, seen.headers["Location"]) == (303, "/city/7.nq?lang=fa")
    given = request(server, "GET", "/city/7.nq")
    assert {str(quad.graph_name) for quad in parse(given.body, RdfFormat.N_QUADS)} == {
        f"<{BASE}graph/{name}>" for name in ("entities", "pairs")
    }
    assert request(server, "HEAD", "/city/7.nq").headers["Content-Length"] == str(len(given.body))


@pytest.mark.parametrize("name", LOST)
def test_the_real_server_refuses_an_address_of_nothing(server: Server, name: str) -> None:
    refused = request(server, "GET", LOST[name], headers={"Accept": "text/turtle"})
    assert refused.status in (400, 404)
    assert "Set-Cookie" not in refused.headers
    assert b"Traceback" not in refused.body


@pytest.mark.parametrize("query", ["اصفهان".encode(), b"\xff\xfe", "é".encode("latin-1")])
def test_letters_in_an_address_need_no_percent(server: Server, query: bytes) -> None:
    """A person types them as they are."""
    data = b"GET /search?q=%b HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n" % query
    assert statuses(exchange(server, data, patience=20)) in ([404], [400])  # nothing is searched in over a file
