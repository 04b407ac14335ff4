from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, request
from pyoxigraph import NamedNode, Quad, QueryResultsFormat, RdfFormat, parse
from pyoxigraph import serialize as write

from server import create_app
from shahr.errors import EndpointError, MissingParameter, QueryError, UnknownQuestion
from shahr.federation import answer, inline_service, query_endpoint
from shahr.paths import Project
from tiny import TWINS_ELSEWHERE, running, tiny_app, tiny_project

ROWS = {"head": {"vars": ["x"]}, "results": {"bindings": [{"x": {"type": "literal", "value": 'a"}\n'}}]}}
SAMPLE = Path(__file__).resolve().parents[2] / "shared" / "wikidata" / "wikidata-shaped-sample.ttl"
INVENTED = """
@prefix wd: <http://www.wikidata.org/entity/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
wd:Q42053 rdfs:label "Isfahan"@en, "اصفهان"@fa . wd:Q900 rdfs:label "Kazan"@en .
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return tiny_project(tmp_path / "here")


@pytest.fixture(scope="module")
def wikidata(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Our own server over Wikidata-shaped triples stands in for the query service."""
    there = tiny_project(tmp_path_factory.mktemp("wikidata"))
    turtle = SAMPLE.read_bytes() if SAMPLE.exists() else INVENTED.encode()
    graph = NamedNode("https://example.org/sample")
    quads = [Quad(one.subject, one.predicate, one.object, graph) for one in parse(turtle, format=RdfFormat.TURTLE)]
    there.graph.write_bytes(write(quads, format=RdfFormat.N_QUADS) or b"")
    with running(create_app({"PROJECT": there})) as address:
        yield f"{address}/sparql"


def test_a_federated_question_joins_both_sides(project: Project, wikidata: str) -> None:
    found = answer(project, "labels-elsewhere", {}, wikidata=wikidata)
    assert found.variables == ("city", "item", "name")
    values = [[getattr(term, "value", None) for term in row] for row in found.rows]
    assert values == [
        ["https://w3id.org/shahr/city/isfahan", "http://www.wikidata.org/entity/Q42053", "Isfahan"],
    ]


def test_a_question_can_be_asked_of_an_endpoint(tmp_path: Path, project: Project) -> None:
    local = answer(project, "sisters", {"city": "city:isfahan"})
    with running(tiny_app(tmp_path / "there")) as address:
        remote = answer(project, "sisters", {"city": "city:isfahan"}, endpoint=f"{address}/sparql")
    assert len(local.rows) == 1
    assert remote.rows == local.rows
    assert local.serialize(QueryResultsFormat.CSV).endswith(b"city/isfahan,https://w3id.org/shahr/city/kazan\r\n")


def test_wrong_calls_are_named(project: Project) -> None:
    with pytest.raises(UnknownQuestion):
        answer(project, "nothing", {})
    with pytest.raises(QueryError, match="'town'"):
        answer(project, "sisters", {"town": "city:isfahan"})
    assert issubclass(MissingParameter, QueryError)


def stub(answers: Iterable[tuple[int, dict[str, str], Any]]) -> tuple[Flask, list[str]]:
    """A fake endpoint that gives these answers (status, headers, JSON or bytes) one after another."""
    app, waiting, asked = Flask("stub"), iter(answers), []

    def reply() -> Response:
        asked.append(request.form["query"])
        assert request.headers["User-Agent"].startswith("Shahr/")
        status, headers, body = next(waiting)
        data = body if isinstance(body, bytes) else json.dumps(body)
        return Response(data, status, {"Content-Type": "application/sparql-results+json", **headers})

    app.add_url_rule("/", "reply", reply, methods=["POST"])
    return app, asked


def test_rows_come_back_as_terms_that_cannot_break_out() -> None:
    app, asked = stub([(200, {}, ROWS)])
    with running(app) as address:
        text = inline_service("SELECT * { SERVICE <a:b> { ?s ?p ?x } }", address)
    assert asked == ["SELECT * WHERE { ?s ?p ?x }"]
    assert text == 'SELECT * { VALUES (?x) { ("a\\"}\\n") } }'


def test_unbound_places_and_no_rows() -> None:
    partly = {"head": {"vars": ["x", "y"]}, "results": {"bindings": [{"y": {"type": "uri", "value": "a:b"}}]}}
    nothing = {"head": {"vars": ["x"]}, "results": {"bindings": []}}
    app, _ = stub([(200, {}, partly), (200, {}, nothing)])
    with running(app) as address:
        assert "VALUES (?x ?y) { (UNDEF <a:b>) }" in inline_service("SELECT * { SERVICE <a:b> { ?x ?p ?y } }", address)
        assert "VALUES (?x) {  }" in inline_service("SELECT * { SERVICE <a:b> { ?x ?p ?y } }", address)


def test_a_busy_endpoint_is_asked_again_when_it_says() -> None:
    app, asked = stub([(429, {"Retry-After": "7"}, {}), (429, {}, {}), (200, {}, ROWS)])
    waits: list[float] = []
    with running(app) as address:
        found = query_endpoint(address, "SELECT ?x { ?s ?p ?x }", waits.append)
    assert len(found.rows) == 1
    assert waits == [7, 5]
    assert len(asked) == 3


@pytest.mark.parametrize(
    ("answers", "status", "reason"),
    [
        ([(429, {"Retry-After": "1"}, {})] * 3, 429, "status 429"),
        ([(429, {"Retry-After": "9999"}, {})], 429, "9999 seconds"),
        ([(400, {}, {})], 400, "status 400"),
        ([(500, {}, {})], 500, "status 500"),
        ([(503, {}, {})], 503, "status 503"),
        ([(200, {}, b'{"head": {"vars": ["x"]}, "results": {"bindings": [{"x"')], None, "JSON"),
        ([(200, {}, b"<html>")], None, "JSON"),
        ([(200, {}, {"head": {}, "boolean": True})], None, "boolean"),
    ],
)
def test_failures_are_one_sentence_with_the_endpoint(
    answers: list[tuple[int, dict[str, str], Any]], status: int | None, reason: str
) -> None:
    app, _ = stub(answers)
    with running(app) as address, pytest.raises(EndpointError, match=reason) as caught:
        query_endpoint(address, "SELECT ?x { ?s ?p ?x }", lambda seconds: None)
    assert caught.value.status == status
    assert str(caught.value).startswith(address)
    assert "\n" not in str(caught.value)


def test_blank_nodes_cannot_come_back() -> None:
    blank = {"head": {"vars": ["x"]}, "results": {"bindings": [{"x": {"type": "bnode", "value": "b0"}}]}}
    app, _ = stub([(200, {}, blank)])
    with running(app) as address, pytest.raises(EndpointError, match="_:"):
        inline_service(TWINS_ELSEWHERE, address)


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/sparql", "file:///etc/passwd", "nonsense"])
def test_what_cannot_be_reached(address: str) -> None:
    with pytest.raises(EndpointError) as caught:
        query_endpoint(address, "SELECT ?x { ?s ?p ?x }")
    assert caught.value.endpoint == address
