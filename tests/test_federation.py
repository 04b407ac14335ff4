from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, QueryResultsFormat, RdfFormat, parse
from pyoxigraph import serialize as write

from endpoints import oxigraph
from misbehaving import Reply, misbehaving, response, rows
from server import create_app
from shahr.errors import EndpointError, MissingParameter, QueryError, UnknownQuestion
from shahr.federation import answer, inline_service
from shahr.paths import Project
from shahr.solutions import Solutions
from tiny import TWINS_ELSEWHERE, running, tiny_app, tiny_project

WD = "http://www.wikidata.org/entity/"
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
        text = inline_service("SELECT * { SERVICE <a:b> { ?s ?p ?x } }", f"{server.address}/", sleep=waits.append)
    assert "VALUES" in text
    assert waits == [7]


def test_an_endpoint_that_breaks_off_gives_no_rows(project: Project) -> None:
    with misbehaving({"/": response(b'{"head": {"vars": ["item", "name"]}, "results": {"bindings": [')}) as server:
        for elsewhere in ({"endpoint": f"{server.address}/"}, {"wikidata": f"{server.address}/"}):
            name = "sisters" if "endpoint" in elsewhere else "labels-elsewhere"
            with pytest.raises(EndpointError, match="broke off"):
                answer(project, name, {}, **elsewhere)


def bindings(*found: dict[str, str]) -> dict[str, object]:
    """Give results over ?item and ?x: blank nodes for _:names, else IRIs."""
    return {
        "head": {"vars": ["item", "x"]},
        "results": {"bindings": [{name: _json(term) for name, term in row.items()} for row in found]},
    }


def _json(term: str) -> dict[str, str]:
    blank = term.startswith("_:")
    return {"type": "bnode" if blank else "uri", "value": term.removeprefix("_:")}


def test_a_blank_node_comes_back_as_an_iri_of_this_answer() -> None:
    query = "SELECT * { SERVICE <a:b> { ?item ?p ?x } }"
    found = bindings({"item": "a:1", "x": "_:b0"}, {"item": "a:2", "x": "_:b0"}, {"item": "a:3", "x": "_:b1"})
    with misbehaving({"/": answered(found)}) as server:
        text = inline_service(query, f"{server.address}/")
        again = inline_service(query.replace("?p", "?q"), f"{server.address}/")
    nodes = re.findall(r"<https://w3id\.org/shahr/\.well-known/genid/[0-9a-f]{32}>", text)
    assert len(nodes) == 3
    assert nodes[0] == nodes[1] != nodes[2]
    assert nodes[0] not in again  # what another answer calls b0 is another node


def test_a_triple_cannot_come_back() -> None:
    parts = {"subject": _json("a:s"), "predicate": _json("a:p"), "object": _json("a:o")}
    found = {"head": {"vars": ["x"]}, "results": {"bindings": [{"x": {"type": "triple", "value": parts}}]}}
    with misbehaving({"/": answered(found)}) as server, pytest.raises(EndpointError, match="holds <a:s>") as caught:
        inline_service(TWINS_ELSEWHERE, server.address.replace("//", "//me:secret@") + "/")
    assert "secret" not in str(caught.value)


LISTED = """\
#+ summary: What are the items called elsewhere?
#+ summary-fa: آیتم‌ها در جای دیگر چه نامی دارند؟
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?city ?item ?x WHERE {
  SERVICE <https://query.wikidata.org/sparql> {
    VALUES ?item { <http://www.wikidata.org/entity/Q1> }
    ?item rdfs:label ?x
  } . ?city skos:exactMatch ?item
  FILTER(STRLEN(?x) > 0) FILTER EXISTS { ?city skos:exactMatch ?any FILTER(STR(?any) != ?x) }
}
ORDER BY ?city ?item ?x
"""


def linked(root: Path, numbers: Iterable[int]) -> Project:
    """A project with the question `listed`, and cities that are linked to the items of these numbers."""
    project = tiny_project(root)
    (project.questions / "listed.rq").write_text(LISTED, encoding="utf-8")
    match, graph = NamedNode("http://www.w3.org/2004/02/skos/core#exactMatch"), NamedNode("https://example.org/links")
    quads = [
        Quad(NamedNode(f"https://w3id.org/shahr/city/c{one}"), match, NamedNode(target), graph)
        for one in numbers
        for target in (f"{WD}Q{one}", f"https://sws.geonames.org/{one}/")
    ]
    project.graph.write_bytes(write(quads, format=RdfFormat.N_QUADS) or b"")
    return project


def labels(numbers: Iterable[int]) -> bytes:
    return "".join(
        f'<{WD}Q{one}> <http://www.w3.org/2000/01/rdf-schema#label> "Q{one}" .\n' for one in numbers
    ).encode()


def items(found: Solutions) -> list[str]:
    return [getattr(row[1], "value", "").removeprefix(WD) for row in found.rows]


def test_all_items_of_the_graph_that_is_asked_are_asked_about(tmp_path: Path) -> None:
    with oxigraph(labels(range(1, 600))) as wikidata:
        here = answer(linked(tmp_path / "here", range(10, 460)), "listed", {}, wikidata=wikidata)
        there = linked(tmp_path / "there", [500, 501])
        with running(create_app({"PROJECT": there})) as address:
            project = linked(tmp_path / "other", [502])
            remote = answer(project, "listed", {}, endpoint=f"{address}/sparql", wikidata=wikidata)
    assert sorted(items(here)) == sorted(f"Q{one}" for one in range(10, 460))
    assert items(remote) == ["Q500", "Q501"]


def test_items_are_asked_about_two_hundred_at_a_time_and_nobody_for_none(tmp_path: Path) -> None:
    with misbehaving({"/": rows("item x")}) as server:
        answer(linked(tmp_path / "many", range(450)), "listed", {}, wikidata=f"{server.address}/")
        sizes = [asked.query.count(f"<{WD}Q") for asked in server.requests]
        assert answer(linked(tmp_path / "none", []), "listed", {}, wikidata=f"{server.address}/").rows == []
        assert len(server.requests) == 3
    assert sizes == [200, 200, 50]


def test_the_list_of_the_file_stays_where_the_rest_says_nothing_of_items(tmp_path: Path) -> None:
    project = linked(tmp_path, [7])
    alone = LISTED.replace("?city skos:exactMatch ?item\n", "OPTIONAL { ?city skos:closeMatch ?other }\n")
    (project.questions / "listed.rq").write_text(alone, encoding="utf-8")
    with oxigraph(labels([1, 7])) as wikidata:
        assert items(answer(project, "listed", {}, wikidata=wikidata)) == ["Q1"]


def test_an_answer_about_other_items_is_refused(tmp_path: Path) -> None:
    project = linked(tmp_path, [7])
    replies = answered(bindings({"item": f"{WD}Q8", "x": "a:b"}), bindings({"x": "a:b"}), ROWS)
    with misbehaving({"/": replies}) as server:
        for words in ("about terms that were not asked", "about terms that were not asked", "lacks columns"):
            with pytest.raises(EndpointError, match=words):
                answer(project, "listed", {}, wikidata=f"{server.address}/")
