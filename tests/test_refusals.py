"""Errors come in the form that was asked for: a page in the reader's language, RDF about the address, or a sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, Triple, parse

from server import create_app
from shahr.namespaces import BASE
from shahr.web.settings import Settings
from tiny import iri, nquads, tiny_project

HTTP = "http://www.w3.org/2011/http#"
REPLACED = "<http://purl.org/dc/terms/isReplacedBy>"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
FORMATS = {
    "ttl": ("text/turtle", RdfFormat.TURTLE),
    "nt": ("application/n-triples", RdfFormat.N_TRIPLES),
    "jsonld": ("application/ld+json", RdfFormat.JSON_LD),
    "rdf": ("application/rdf+xml", RdfFormat.RDF_XML),
    "nq": ("application/n-quads", RdfFormat.N_QUADS),
}
EXTRA = [
    f"{iri('city/old')} {REPLACED} {iri('city/kazan')} {iri('graph/entities')} .",
    f"{iri('city/parted')} {REPLACED} {iri('city/kazan')} {iri('graph/entities')} .",
    f"{iri('city/parted')} {REPLACED} {iri('city/isfahan')} {iri('graph/entities')} .",
    f"{iri('city/isfahan')} {REPLACED} {iri('city/kazan')} {iri('graph/entities')} .",
    f"{iri('city/hostile')} {REPLACED} <javascript:alert(1)> {iri('graph/entities')} .",
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
        yield with_replaced(tmp_path_factory.mktemp("served"))


def with_replaced(root: Path) -> FlaskClient:
    """Give a client of the tiny project with cities that were replaced."""
    project = tiny_project(root)
    project.graph.write_text(nquads() + "\n".join(EXTRA) + "\n", encoding="utf-8")
    app = create_app({"SERVICE": Settings(project, client_seconds=0, client_errors=0), "TESTING": False})
    return app.test_client()


def triples_of(body: bytes, suffix: str) -> set[Triple]:
    return {quad.triple for quad in parse(body, format=FORMATS[suffix][1])}


def said(triples: set[Triple]) -> set[tuple[str, str, str]]:
    return {tuple(getattr(term, "value", "") for term in triple) for triple in triples}  # type: ignore[misc]


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("by_suffix", [True, False], ids=["by suffix", "by Accept"])
def test_what_is_not_there_is_told_in_rdf(client: FlaskClient, suffix: str, by_suffix: bool) -> None:
    path = f"/city/atlantis.{suffix}" if by_suffix else "/city/atlantis"
    refused = client.get(path, headers={"Accept": "*/*" if by_suffix else FORMATS[suffix][0]})
    assert (refused.status_code, refused.mimetype) == (404, FORMATS[suffix][0])
    address = f"{BASE}{path[1:]}"
    found = triples_of(refused.data, suffix)
    assert {
        (f"{address}#request", f"{HTTP}absoluteURI", address),
        (f"{address}#request", f"{HTTP}resp", f"{address}#response"),
        (f"{address}#response", f"{HTTP}statusCodeValue", "404"),
        (f"{address}#response", f"{HTTP}sc", "http://www.w3.org/2011/http-statusCodes#NotFound"),
    } <= said(found)
    comments = {str(one.object).rpartition("@")[2] for one in found if str(one.predicate).endswith("comment>")}
    assert comments == {"en", "fa"}


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("by_suffix", [True, False], ids=["by suffix", "by Accept"])
def test_what_was_replaced_is_told_in_rdf(client: FlaskClient, suffix: str, by_suffix: bool) -> None:
    path = f"/city/parted.{suffix}" if by_suffix else "/city/parted"
    refused = client.get(path, headers={"Accept": "*/*" if by_suffix else FORMATS[suffix][0]})
    assert (refused.status_code, refused.mimetype) == (410, FORMATS[suffix][0])
    news = {(f"{BASE}city/parted", REPLACED.strip("<>"), f"{BASE}city/{name}") for name in ("isfahan", "kazan")}
    assert said(triples_of(refused.data, suffix)) == news


@pytest.mark.parametrize("path", ["/city/old", "/city/old.html"])
def test_a_reader_is_led_to_what_replaces_it(client: FlaskClient, path: str) -> None:
    refused = client.get(path, headers={"Accept": BROWSER})
    assert (refused.status_code, refused.mimetype) == (410, "text/html")
    assert 'href="/city/kazan.html"' in refused.text
    assert "&lt;b&gt;" in refused.text
    assert "<b>" not in refused.text
    assert "<b>Kazan" not in refused.text


def test_a_replacement_that_is_no_address_is_no_link(client: FlaskClient) -> None:
    refused = client.get("/city/hostile", headers={"Accept": BROWSER})
    assert refused.status_code == 410
    assert 'href="javascript' not in refused.text


def test_a_replaced_node_is_gone_even_if_its_labels_stayed(client: FlaskClient) -> None:
    assert client.get("/city/isfahan").status_code == 410
    assert client.get("/city/isfahan.nt").status_code == 410


def test_who_accepts_anything_gets_a_sentence(client: FlaskClient) -> None:
    for path, status in (("/city/atlantis", 404), ("/city/old", 410), ("/nowhere", 404)):
        refused = client.get(path)
        assert (refused.status_code, refused.content_type) == (status, "text/plain; charset=utf-8")
        assert refused.text.count("\n") == 1
    assert f"{BASE}city/kazan" in client.get("/city/old").text


@pytest.mark.parametrize(
    ("accept", "mimetype"),
    [
        ("", "text/plain"),
        ("image/png", "text/plain"),
        ("text/*", "text/plain"),
        ("text/plain, text/turtle;q=0.9", "text/plain"),
        ("*/*, text/turtle;q=0.5", "text/plain"),
        ("text/turtle, */*;q=0.1", "text/turtle"),
        ("text/turtle;q=0.5, text/html;q=0.4", "text/turtle"),
        ("text/turtle, text/html", "text/html"),
        ("TEXT/HTML", "text/html"),
        ("application/ld+json, text/html;q=0.9", "application/ld+json"),
        (BROWSER, "text/html"),
    ],
)
def test_the_form_of_an_error_is_that_which_is_liked_best(client: FlaskClient, accept: str, mimetype: str) -> None:
    refused = client.get("/nowhere", headers={"Accept": accept} if accept else {})
    assert (refused.status_code, refused.mimetype) == (404, mimetype)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/city/atlantis", 404),
        ("GET", "/city/a<script>alert(1)</script>", 404),
        ("GET", "/questions/nothing", 404),
        ("POST", "/city/isfahan", 405),
    ],
)
@pytest.mark.parametrize("language", ["en", "fa"])
def test_an_error_page_is_in_the_language_of_its_reader(
    client: FlaskClient, method: str, path: str, status: int, language: str
) -> None:
    page = client.open(path, method=method, headers={"Accept": BROWSER, "Accept-Language": language})
    assert (page.status_code, page.mimetype) == (status, "text/html")
    assert f'<html lang="{language}"' in page.text
    assert {"Accept", "Accept-Language"} <= set(page.vary)
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "<script" not in page.text
    assert ("Allow" in page.headers) == (status == 405)


def test_a_language_that_there_is_not_is_refused(client: FlaskClient) -> None:
    refused = client.get("/?lang=xx", headers={"Accept": BROWSER})
    assert refused.status_code == 400
    assert "lang=fa" in refused.text


def test_other_errors_are_never_told_in_rdf(client: FlaskClient) -> None:
    refused = client.post("/city/isfahan", headers={"Accept": "text/turtle"})
    assert (refused.status_code, refused.mimetype) == (405, "text/plain")


@pytest.mark.parametrize("path", ["/city/a%23b", "/a%25zz", "/questions/a%23b", "/a%20%22%3E"])
@pytest.mark.parametrize("suffix", ["ttl", "jsonld"])
def test_rdf_about_an_odd_address_names_it_as_it_was_asked_for(client: FlaskClient, path: str, suffix: str) -> None:
    refused = client.get(path, headers={"Accept": FORMATS[suffix][0]})
    assert (refused.status_code, refused.mimetype) == (404, FORMATS[suffix][0])
    assert f"{BASE}{path[1:]}" in {name for triple in said(triples_of(refused.data, suffix)) for name in triple}


@pytest.mark.parametrize("path", ["/city/" + "a" * 10_000, "/nowhere?x=" + "a" * 10_000, "/?x=" + "a" * 10_000])
def test_a_long_address_is_not_told_back(client: FlaskClient, path: str) -> None:
    short = {
        accept: len(client.get("/nowhere?y=1", headers={"Accept": accept}).data) for accept in ("text/turtle", BROWSER)
    }
    for accept, size in short.items():
        refused = client.get(path, headers={"Accept": accept})
        assert refused.status_code in (400, 404)
        assert len(refused.data) + len(str(refused.headers)) < size + 3000
    page = client.get(path, headers={"Accept": BROWSER}).text
    assert 'href="/?lang=fa"' in page


@pytest.mark.parametrize("suffix", FORMATS)
def test_rdf_about_a_long_address_tells_the_status_alone(client: FlaskClient, suffix: str) -> None:
    refused = client.get("/" + "a" * 10_000, headers={"Accept": FORMATS[suffix][0]})
    assert len(refused.data) < 2000
    found = said(triples_of(refused.data, suffix))
    assert {triple[1:] for triple in found if triple[1].startswith(HTTP)} == {
        (f"{HTTP}sc", "http://www.w3.org/2011/http-statusCodes#NotFound"),
        (f"{HTTP}statusCodeValue", "404"),
    }


def test_an_error_differs_by_language_in_every_form(client: FlaskClient) -> None:
    for accept in ("*/*", BROWSER, "text/turtle"):
        assert "Accept-Language" in client.get("/nowhere", headers={"Accept": accept}).vary


def test_an_error_in_json_ld_needs_no_context(client: FlaskClient) -> None:
    document = json.loads(client.get("/city/atlantis.jsonld").data)
    assert "@context" not in json.dumps(document)


def test_a_service_that_is_full_says_so_on_a_page(tmp_path: Path) -> None:
    project = tiny_project(tmp_path)
    settings = Settings(project, client_seconds=0, client_errors=1, cache=0)
    client = create_app({"SERVICE": settings}).test_client()
    for _ in range(3):
        client.get("/sparql?query=SELECT")
    page = client.get("/city/kazan", headers={"Accept": BROWSER})
    assert (page.status_code, page.mimetype) == (429, "text/html")
    assert int(page.headers["Retry-After"]) > 0
    assert "<h1>" in page.text


def test_head_of_an_error_has_the_headers_of_its_get(client: FlaskClient) -> None:
    for accept in (BROWSER, "text/turtle", "*/*"):
        full, head = (client.open("/nowhere", method=one, headers={"Accept": accept}) for one in ("GET", "HEAD"))
        assert head.data == b""
        assert head.headers["Content-Length"] == full.headers["Content-Length"] == str(len(full.data))
        assert head.headers["Content-Type"] == full.headers["Content-Type"]
