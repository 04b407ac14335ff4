from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, QueryResultsFormat, RdfFormat, parse
from pyoxigraph import serialize as write

from misbehaving import Reply, misbehaving, response
from server import create_app
from shahr.errors import EndpointError, MissingParameter, QueryError, UnknownQuestion
from shahr.federation import answer, inline_service
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


def answered(*found: object) -> list[Reply]:
    """Give replies that hold these results, one after another."""
    return [response(json.dumps(one).encode()) for one in found]


def test_rows_come_back_as_terms_that_cannot_break_out() -> None:
    with misbehaving({"/": answered(ROWS)}) as server:
        text = inline_service("SELECT * { SERVICE <a:b> { ?s ?p ?x } }", f"{server.address}/")
    assert [asked.query for asked in server.requests] == ["SELECT * WHERE { ?s ?p ?x }"]
    assert text == 'SELECT * { VALUES (?x) { ("a\\"}\\n") } }'


def test_unbound_places_and_no_rows() -> None:
    partly = {"head": {"vars": ["x", "y"]}, "results": {"bindings": [{"y": {"type": "uri", "value": "a:b"}}]}}
    nothing = {"head": {"vars": ["x"]}, "results": {"bindings": []}}
    query = "SELECT * { SERVICE <a:b> { ?x ?p ?y } }"
    with misbehaving({"/": answered(partly, nothing)}) as server:
        assert "VALUES (?x ?y) { (UNDEF <a:b>) }" in inline_service(query, f"{server.address}/")
        assert "VALUES (?x) {  }" in inline_service(query, f"{server.address}/")


def test_a_busy_endpoint_is_asked_again() -> None:
    waits: list[float] = []
    busy = response(b"", "text/plain", "429 Busy", "Retry-After: 7")
    with misbehaving({"/": [busy, *answered(ROWS)]}) as server:
        text = inline_service("SELECT * { SERVICE <a:b> { ?s ?p ?x } }", f"{server.address}/", waits.append)
    assert "VALUES" in text
    assert waits == [7]


def test_an_endpoint_that_breaks_off_gives_no_rows(project: Project) -> None:
    with misbehaving({"/": response(b'{"head": {"vars": ["item", "name"]}, "results": {"bindings": [')}) as server:
        for elsewhere in ({"endpoint": f"{server.address}/"}, {"wikidata": f"{server.address}/"}):
            name = "sisters" if "endpoint" in elsewhere else "labels-elsewhere"
            with pytest.raises(EndpointError, match="broke off"):
                answer(project, name, {}, **elsewhere)


def test_blank_nodes_cannot_come_back() -> None:
    blank = {"head": {"vars": ["x"]}, "results": {"bindings": [{"x": {"type": "bnode", "value": "b0"}}]}}
    with misbehaving({"/": answered(blank)}) as server, pytest.raises(EndpointError, match="_:") as caught:
        inline_service(TWINS_ELSEWHERE, server.address.replace("//", "//me:secret@") + "/")
    assert "secret" not in str(caught.value)
