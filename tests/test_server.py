from __future__ import annotations

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse
from SPARQLWrapper import JSON, POSTDIRECTLY, URLENCODED, SPARQLWrapper

from server import create_app
from shahr.errors import ProjectMissing
from shahr.paths import Project
from tiny import running, tiny_app

RESULTS = "application/sparql-results+json"
FORM = "application/x-www-form-urlencoded"
SELECT = "SELECT ?o { <https://w3id.org/shahr/city/isfahan> ?p ?o FILTER(LANG(?o) = 'fa') }"
UPDATE = "INSERT DATA { <a:b> <c:d> <e:f> }"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return tiny_app(tmp_path_factory.mktemp("served")).test_client()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tiny_app(tmp_path_factory.mktemp("running"))) as address:
        yield address


def get(client: FlaskClient, query: str, accept: str = RESULTS) -> tuple[int, str, str]:
    response = client.get(f"/sparql?query={quote(query)}", headers={"Accept": accept})
    return response.status_code, response.content_type, response.get_data(as_text=True)


def is_a_sentence(text: str) -> bool:
    return text.count("\n") == 1 and text.endswith("\n") and "Traceback" not in text and len(text) < 400


def test_the_three_ways_to_ask_agree(client: FlaskClient) -> None:
    by_get = client.get(f"/sparql?query={quote(SELECT)}")
    by_form = client.post("/sparql", data={"query": SELECT})
    direct = client.post("/sparql", data=SELECT.encode(), content_type="application/sparql-query; charset=UTF-8")
    assert by_get.status_code == by_form.status_code == direct.status_code == 200
    assert by_get.data == by_form.data == direct.data
    assert json.loads(direct.data)["results"]["bindings"][0]["o"]["value"] == "اصفهان"


def test_head_and_options(client: FlaskClient) -> None:
    head = client.head(f"/sparql?query={quote(SELECT)}")
    assert (head.status_code, head.data) == (200, b"")
    options = client.options("/sparql")
    assert options.status_code == 204
    assert set(options.headers["Allow"].split(", ")) == {"GET", "HEAD", "POST", "OPTIONS"}
    assert options.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods(client: FlaskClient, method: str) -> None:
    response = client.open("/sparql", method=method)
    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]
    assert is_a_sentence(response.text)


@pytest.mark.parametrize(
    ("query", "accept", "expected"),
    [
        ("ASK {}", "application/sparql-results+xml", "application/sparql-results+xml"),
        ("ASK {}", "text/csv", "text/csv; charset=utf-8"),
        ("SELECT * {}", "text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "application/ld+json", "application/ld+json"),
        ("DESCRIBE <https://w3id.org/shahr/city/kazan>", "*/*", "text/turtle; charset=utf-8"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "text/turtle;q=0.2, application/n-triples", "application/n-triples"),
    ],
)
def test_formats(client: FlaskClient, query: str, accept: str, expected: str) -> None:
    status, content_type, _ = get(client, query, accept)
    assert (status, content_type) == (200, expected)


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("", 400, "empty"),
        ("SELECT *\n{ ?s ?p no:x }", 400, "line 2, column 13"),
        ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", 400, "line 1, column 12"),
        (UPDATE, 400, "read only"),
        ("ASK { ?s ?p '\x00' }", 400, "U+0000"),
        ("ASK { " + "{" * 200, 400, "120"),
    ],
)
def test_queries_that_are_refused(client: FlaskClient, query: str, status: int, words: str) -> None:
    for response in (
        client.get(f"/sparql?query={quote(query)}"),
        client.post("/sparql", data={"query": query}),
        client.post("/sparql", data=query.encode(), content_type="application/sparql-query"),
    ):
        assert response.status_code == status
        assert response.content_type == "text/plain; charset=utf-8"
        assert words in response.text
        assert is_a_sentence(response.text)
        assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("address", "body", "content_type", "status"),
    [
        ("/sparql", b"", FORM, 400),
        ("/sparql", b"query=ASK%20%7B%7D&query=ASK%20%7B%7D", FORM, 400),
        ("/sparql?query=ASK%20%7B%7D", b"ASK {}", "application/sparql-query", 400),
        ("/sparql", b"query=%FF", FORM, 400),
        ("/sparql", b"ASK {} # \xff", "application/sparql-query", 400),
        ("/sparql", "ASK {}".encode("utf-16"), "application/sparql-query", 400),
        ("/sparql", "ASK {}".encode("utf-16"), "application/sparql-query; charset=utf-16", 415),
        ("/sparql", b"ASK {}", "text/plain", 415),
        ("/sparql", b"ASK {}", None, 415),
        ("/sparql", UPDATE.encode(), "application/sparql-update", 403),
        ("/sparql", f"update={quote(UPDATE)}".encode(), FORM, 403),
        ("/sparql?update=x", b"ASK {}", "application/sparql-query", 403),
        ("/sparql", b"#" * 2_100_000, "application/sparql-query", 413),
        ("/sparql?default-graph-uri=relative", b"ASK {}", "application/sparql-query", 400),
    ],
)
def test_bad_requests(client: FlaskClient, address: str, body: bytes, content_type: str | None, status: int) -> None:
    before = client.get("/health").data
    response = client.post(address, data=body, content_type=content_type)
    assert response.status_code == status
    assert is_a_sentence(response.text)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get("/health").data == before


@pytest.mark.parametrize("query_string", ["query=ASK{}&query=ASK{}", "query=%C3%28", "query=%ED%A0%80", "update=x"])
def test_bad_addresses(client: FlaskClient, query_string: str) -> None:
    response = client.get(f"/sparql?{query_string}")
    assert 400 <= response.status_code < 500
    assert is_a_sentence(response.text)


def test_406_says_what_there_is(client: FlaskClient) -> None:
    status, _, text = get(client, "ASK {}", "image/png")
    assert status == 406
    assert "text/csv" in text
    status, _, text = get(client, "SELECT * { ?s ?p ?o }", "application/sparql-results+xml")
    assert status == 406
    assert "JSON" in text


def test_graphs_of_the_request(client: FlaskClient) -> None:
    def count(parameters: str) -> str:
        query = quote("SELECT (COUNT(*) AS ?n) { ?s a ?o }")
        data = json.loads(client.get(f"/sparql?query={query}{parameters}").data)
        return str(data["results"]["bindings"][0]["n"]["value"])

    graph = "&default-graph-uri=https://w3id.org/shahr/graph/"
    assert count("") == count(f"{graph}entities{graph}one") == "1"
    assert count(f"{graph}links") == "0"
    assert count("&unknown=ignored&format=xml") == "1"


def test_without_a_query(client: FlaskClient) -> None:
    described = client.get("/sparql")
    assert described.content_type == "text/turtle; charset=utf-8"
    triples = list(parse(described.data, format=RdfFormat.TURTLE))
    objects = {getattr(triple.object, "value", "") for triple in triples}
    assert "http://localhost/sparql" in objects
    assert "https://w3id.org/shahr/graph/entities" in objects
    page = client.get("/sparql", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (page.status_code, page.headers["Location"]) == (303, "/")
    assert client.get("/sparql", headers={"Accept": "image/png"}).status_code == 406


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=60), st.sampled_from(["application/sparql-query", FORM]))
def test_no_body_brings_the_server_down(client: FlaskClient, body: bytes, content_type: str) -> None:
    for data in (body, b"query=" + body):
        response = client.post("/sparql", data=data, content_type=content_type)
        assert response.status_code < 500


def test_headers_on_pages_and_answers(client: FlaskClient) -> None:
    for path in ("/", "/sparql?query=ASK%7B%7D", "/nowhere", "/questions/sisters", "/static/shahr.css"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Accept" in client.get("/sparql?query=ASK%7B%7D").headers["Vary"]


def test_the_start_page(client: FlaskClient) -> None:
    page = client.get("/").text
    assert 'dir="rtl"' in page
    assert 'href="/questions/sisters"' in page
    assert "کدام شهرها خواهرِ یک شهرند؟" in page
    assert "http://" not in page
    assert "https://" not in page


def test_a_question_page_shows_its_example_with_labels_escaped(client: FlaskClient) -> None:
    page = client.get("/questions/sisters").text
    assert '<a href="https://w3id.org/shahr/city/kazan">city:kazan</a>' in page
    assert "&lt;b&gt;Kazan" in page
    assert "<b>Kazan" not in page
    assert '<span class="label" lang="fa" dir="rtl">اصفهان</span>' in page


def test_a_question_as_rest(client: FlaskClient) -> None:
    response = client.get("/questions/sisters?city=city:isfahan&format=csv")
    assert (
        response.data
        == b"city,sister\r\n"
        + b",".join(f"https://w3id.org/shahr/city/{name}".encode() for name in ("isfahan", "kazan"))
        + b"\r\n"
    )
    nobody = client.get("/questions/sisters?city=city:kazan&format=json")
    assert json.loads(nobody.data)["results"]["bindings"] == []


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/questions/sisters?format=json", 400, "'city'"),
        ("/questions/sisters?format=json&city=<a b>", 400, "'city'"),
        ("/questions/sisters?town=city:kazan", 400, "'town'"),
        ("/questions/sisters?city=city:kazan&format=pdf", 400, "'pdf'"),
        ("/questions/labels-elsewhere?format=json", 400, "federated"),
        ("/questions/nothing", 404, "'nothing'"),
        ("/questions/..%2Fsecret", 404, ""),
    ],
)
def test_wrong_questions(client: FlaskClient, path: str, status: int, words: str) -> None:
    response = client.get(path)
    assert response.status_code == status
    assert words in response.text
    assert is_a_sentence(response.text)


def test_a_federated_question_has_a_page_without_rows(client: FlaskClient) -> None:
    assert "shahr query labels-elsewhere" in client.get("/questions/labels-elsewhere").text


def test_only_web_addresses_become_links(client: FlaskClient) -> None:
    page = client.get("/questions/odd").text
    assert "javascript:alert(1)" in page
    assert 'href="javascript' not in page


def test_health(client: FlaskClient) -> None:
    assert client.get("/health").json == {"status": "ok", "triples": 10}


def test_sparqlwrapper_against_a_running_server(address: str) -> None:
    for method, request_method in (("GET", URLENCODED), ("POST", URLENCODED), ("POST", POSTDIRECTLY)):
        wrapper = SPARQLWrapper(f"{address}/sparql", returnFormat=JSON)
        wrapper.setMethod(method)
        wrapper.setRequestMethod(request_method)
        wrapper.setQuery(SELECT)
        rows = json.loads(wrapper.query().response.read())["results"]["bindings"]
        assert [row["o"]["value"] for row in rows] == ["اصفهان"]


def test_a_body_without_length_is_bounded_too(address: str) -> None:
    connection = HTTPConnection(address.removeprefix("http://"))
    for body, status in ((b"ASK {}", 200), (b"#" * 2_100_000, 413)):
        chunks = (body[at : at + 65536] for at in range(0, len(body), 65536))
        headers = {"Content-Type": "application/sparql-query"}
        connection.request("POST", "/sparql", chunks, headers, encode_chunked=True)
        response = connection.getresponse()
        assert response.status == status
        response.read()
        connection.close()


def test_nothing_built_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "ontology").mkdir()
    with pytest.raises(ProjectMissing, match="make serve"):
        create_app({"PROJECT": Project.at(tmp_path)})


def test_a_browser_is_shown_json(client: FlaskClient) -> None:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    for query in ("SELECT * WHERE { ?s ?p ?o } LIMIT 1", "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1"):
        answer = client.get("/sparql", query_string={"query": query}, headers={"Accept": accept})
        assert answer.status_code == 200
        assert answer.mimetype == "application/json"


def test_a_parameter_given_twice_is_refused(client: FlaskClient) -> None:
    answer = client.get("/questions/sisters?city=city:isfahan&city=city:kazan")
    assert answer.status_code == 400
    assert "more than once" in answer.text


def test_a_compressed_body_is_refused(client: FlaskClient) -> None:
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/sparql-query"}
    assert client.post("/sparql", data=b"\x1f\x8b", headers=headers).status_code == 415
