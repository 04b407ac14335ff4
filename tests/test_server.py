from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.templating import DispatchingJinjaLoader
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html
from pyoxigraph import RdfFormat, parse

from server import create_app
from shahr.errors import ProjectMissing
from shahr.paths import Project
from tiny import tiny_app

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
TOO_LARGE = b"#" * 2_100_000
SELECT = "SELECT ?o { <https://w3id.org/shahr/city/isfahan> ?p ?o FILTER(LANG(?o) = 'fa') }"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """One process of its own: its numbers go to no folder that an earlier test has named."""
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
        yield tiny_app(tmp_path_factory.mktemp("served")).test_client()


def is_a_sentence(text: str) -> bool:
    return text.count("\n") == 1 and text.endswith("\n") and "Traceback" not in text and len(text) < 400


def test_the_three_ways_to_ask_agree(client: FlaskClient) -> None:
    by_get = client.get(f"/sparql?query={quote(SELECT)}")
    by_form = client.post("/sparql", data={"query": SELECT})
    direct = client.post("/sparql", data=SELECT.encode(), content_type=f"{DIRECT}; charset=UTF-8")
    assert by_get.status_code == by_form.status_code == direct.status_code == 200
    assert by_get.data == by_form.data == direct.data
    assert json.loads(direct.data)["results"]["bindings"][0]["o"]["value"] == "اصفهان"


def test_head_and_options(client: FlaskClient) -> None:
    address = f"/sparql?query={quote(SELECT)}"
    head = client.head(address)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers == client.get(address).headers
    options = client.options("/sparql")
    assert options.status_code == 204
    assert set(options.headers["Allow"].split(", ")) == {"GET", "HEAD", "POST", "OPTIONS"}
    assert options.headers["Access-Control-Allow-Origin"] == "*"


def test_a_copy_that_is_still_good_is_not_sent_again(client: FlaskClient) -> None:
    address = f"/sparql?query={quote(SELECT)}"
    tag = client.get(address).headers["ETag"]
    again = client.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert "Content-Length" not in again.headers
    assert client.get(address, headers={"If-None-Match": '"another"'}).status_code == 200


def test_a_long_answer_is_compressed_for_who_takes_that(client: FlaskClient) -> None:
    address = f"/sparql?query={quote('SELECT * { ?s ?p ?o . ?s2 ?p2 ?o2 }')}"
    plain, coded = client.get(address), client.get(address, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert (coded.headers["Content-Encoding"], coded.headers["Content-Length"]) == ("gzip", str(len(coded.data)))
    assert gzip.decompress(coded.data) == plain.data


@pytest.mark.parametrize(
    ("method", "address", "content_type", "body", "status"),
    [
        ("GET", "/sparql?query=SELECT", None, b"", 400),
        ("POST", "/sparql", FORM, b"query=%FF", 400),
        ("POST", "/sparql?query=ASK%20%7B%7D", DIRECT, b"ASK {}", 400),
        ("POST", "/sparql", "application/sparql-update", b"CLEAR ALL", 403),
        ("GET", "/sparql/?query=ASK%20%7B%7D", None, b"", 404),
        ("PUT", "/sparql", None, b"", 405),
        ("POST", "/health", None, b"", 405),
        ("POST", "/sparql", DIRECT, TOO_LARGE, 413),
        ("POST", "/sparql", None, b"ASK {}", 415),
    ],
)
def test_a_refusal_is_one_sentence_for_anybody(
    client: FlaskClient, method: str, address: str, content_type: str | None, body: bytes, status: int
) -> None:
    response = client.open(address, method=method, content_type=content_type, data=body)
    assert (response.status_code, response.content_type) == (status, "text/plain; charset=utf-8")
    assert is_a_sentence(response.text)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert ("Allow" in response.headers) == (status == 405)


def test_a_path_with_two_slashes_is_no_endpoint(client: FlaskClient) -> None:
    response = client.get("/", environ_overrides={"PATH_INFO": "//sparql", "QUERY_STRING": "query=ASK%7B%7D"})
    assert response.status_code == 404
    assert is_a_sentence(response.text)


def test_a_type_that_there_is_not_is_refused(client: FlaskClient) -> None:
    response = client.get("/sparql?query=ASK%7B%7D", headers={"Accept": "image/png"})
    assert response.status_code == 406
    assert "text/csv" in response.text


@pytest.mark.parametrize(
    ("environ", "body", "status"),
    [
        ({"CONTENT_LENGTH": "", "wsgi.input_terminated": True}, b"ASK {}", 200),
        ({"CONTENT_LENGTH": "", "wsgi.input_terminated": True}, TOO_LARGE, 413),
        ({"CONTENT_LENGTH": ""}, b"ASK {}", 400),
        ({"CONTENT_LENGTH": "3000000"}, b"ASK {}", 413),
        ({"CONTENT_LENGTH": "7"}, b"ASK {}", 400),
        ({"CONTENT_LENGTH": "six"}, b"ASK {}", 400),
        ({"CONTENT_LENGTH": "٦"}, b"ASK {}", 400),
    ],
)
def test_a_body_is_read_as_long_as_its_server_says_and_no_longer(
    client: FlaskClient, environ: dict[str, object], body: bytes, status: int
) -> None:
    """A WSGI server hands on Content-Length as it came, and marks a chunked body, which it ends itself."""
    response = client.post("/sparql", data=body, content_type=DIRECT, environ_overrides=environ)
    assert response.status_code == status


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=60), st.sampled_from([DIRECT, FORM]))
def test_no_body_brings_the_server_down(client: FlaskClient, body: bytes, content_type: str) -> None:
    for data in (body, b"query=" + body):
        response = client.post("/sparql", data=data, content_type=content_type)
        assert response.status_code < 500


def test_headers_on_pages_and_answers(client: FlaskClient) -> None:
    sheet = re.search(r'href="(/assets/[^"]+[.]css)"', client.get("/").text)
    assert sheet
    assert client.get(sheet[1]).status_code == 200
    pages = ("/", "/nowhere", "/questions/sisters", sheet[1])
    for path in (*pages, "/sparql?query=ASK%7B%7D", "/sparql?query=SELECT", "/health"):
        assert client.get(path).headers["X-Content-Type-Options"] == "nosniff"
    for path in pages:
        policy = client.get(path).headers["Content-Security-Policy"].split("; ")
        assert {"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} < set(policy)
        assert all(rule.endswith((" 'none'", " 'self'")) for rule in policy)
    assert "Accept" in client.get("/sparql?query=ASK%7B%7D").headers["Vary"]


def test_without_a_query_the_endpoint_describes_itself(client: FlaskClient) -> None:
    described = client.get("/sparql")
    assert described.content_type == "text/turtle; charset=utf-8"
    triples = list(parse(described.data, format=RdfFormat.TURTLE))
    objects = {getattr(triple.object, "value", "") for triple in triples}
    assert "http://localhost/sparql" in objects
    assert "https://w3id.org/shahr/graph/entities" in objects
    assert client.get("/sparql", headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize("query", ["", "?query=ASK%20%7B%7D", "?query=CONSTRUCT%20WHERE%20%7B%3Fs%20%3Fp%20%3Fo%7D"])
def test_a_browser_is_shown_the_editor(client: FlaskClient, query: str) -> None:
    page = client.get(f"/sparql{query}", headers={"Accept": BROWSER})
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert "<textarea" in page.text


def test_health_and_metrics(client: FlaskClient) -> None:
    response = client.get("/health")
    assert response.status_code == 200
    health = json.loads(response.data)
    assert (health["status"], health["triples"]) == ("ok", 10)
    assert len(health["dataset"]) > 8
    assert health["engine"] == {"children": 3, "busy": 0, "queued": 0, "kills": 0}
    assert "shahr_queries" in client.get("/metrics").text


@pytest.mark.parametrize(
    ("headers", "query", "direction", "question"),
    [
        ({}, "", "ltr", "Which cities are sisters of a city?"),
        ({"Accept-Language": "fa-IR,fa;q=0.9,en;q=0.5"}, "", "rtl", "کدام شهرها خواهرِ یک شهرند؟"),
        ({"Accept-Language": "fa"}, "?lang=en", "ltr", "Which cities are sisters of a city?"),
        ({}, "?lang=fa", "rtl", "کدام شهرها خواهرِ یک شهرند؟"),
    ],
)
def test_the_start_page_is_in_the_language_asked_for(
    client: FlaskClient, headers: dict[str, str], query: str, direction: str, question: str
) -> None:
    page = client.get(f"/{query}", headers=headers)
    assert f'<html lang="{"fa" if direction == "rtl" else "en"}" dir="{direction}">' in page.text
    assert f'href="/questions/sisters{query}">{question}</a>' in page.text
    assert {"Accept", "Accept-Language"} <= set(page.vary)
    assert not re.search(r'(src|<link[^>]*href)="https?://', page.text)


@pytest.mark.parametrize("query", ["lang=de", "lang=", "lang=fa&lang=en", "lang=FA"])
def test_a_language_that_there_is_not_is_refused(client: FlaskClient, query: str) -> None:
    page = client.get(f"/?{query}", headers={"Accept": BROWSER, "Accept-Language": "fa"})
    assert (page.status_code, page.content_type) == (400, "text/html; charset=utf-8")
    assert "lang=en" in html.document_fromstring(page.text).xpath("//main")[0].text_content()
    curl = client.get(f"/?{query}")
    assert (curl.status_code, curl.content_type) == (400, "text/plain; charset=utf-8")
    assert is_a_sentence(curl.text)


def test_nothing_built_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "ontology").mkdir()
    with pytest.raises(ProjectMissing, match="make serve"):
        create_app({"PROJECT": Project.at(tmp_path)})


def test_templates_are_read_when_the_application_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = tiny_app(tmp_path).test_client()

    def broken(*_given: object) -> str:
        raise AssertionError("a template was read at its first use")

    monkeypatch.setattr(DispatchingJinjaLoader, "get_source", broken)
    for path in ("/", "/city/kazan.html", "/ns.html", "/nowhere.html"):
        assert "</html>" in client.get(path).text
