"""Every format of an answer, from the real server and read back by another parser."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.query import Result
from rdflib.term import Identifier

from asking import (
    CSV,
    HOUSE,
    ISFAHAN,
    JSON,
    ODD,
    SISTER,
    TSV,
    XML,
    E,
    get,
    graph,
    is_refusal,
    names,
    post,
    serving_trig,
)
from serving import Server

CITY = f"SELECT ?p ?o {{ <{ISFAHAN}> ?p ?o }}"
TEXT = f"SELECT ?o {{ <{E}kazan> <{E}text> ?o }}"
HARD = "a \"b\", 'c'\n\td\\e; <f> & ]]>"
SPARQL = "{http://www.w3.org/2005/sparql-results#}"
GRAPHS = [
    ("text/turtle", "turtle"),
    ("application/n-triples", "nt"),
    ("application/ld+json", "json-ld"),
    ("application/rdf+xml", "xml"),
    ("application/trig", "trig"),
    ("application/n-quads", "nquads"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving_trig(tmp_path_factory.mktemp("formats")) as server:
        yield server


def facts() -> set[tuple[Identifier, Identifier]]:
    return {(p, o) for p, o in graph().predicate_objects(URIRef(ISFAHAN))}  # type: ignore[misc]


def terms(body: bytes) -> list[tuple[Identifier, ...]]:
    """Read TSV cell by cell: each is a term of Turtle."""
    rows = body.decode("utf-8").split("\n")[1:-1]
    return [tuple(term(cell) for cell in row.split("\t")) for row in rows]


def term(cell: str) -> Identifier:
    found = next(Graph().parse(data=f"<urn:s> <urn:p> {cell} .", format="turtle").objects())
    assert isinstance(found, Identifier)
    return found


@pytest.mark.parametrize("media_type", [JSON, XML])
def test_select_as_json_and_xml(server: Server, media_type: str) -> None:
    answer = get(server, CITY, media_type)
    assert (answer.status, answer.headers["content-type"]) == (200, media_type)
    rows = Result.parse(io.BytesIO(answer.body), content_type=media_type)
    assert {(row.p, row.o) for row in rows} == facts()  # type: ignore[union-attr]


def test_select_as_csv(server: Server) -> None:
    answer = get(server, CITY, CSV)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    header, *rows = csv.reader(io.StringIO(answer.text, newline=""))
    assert header == ["p", "o"]
    assert {tuple(row) for row in rows} == {(str(p), str(o)) for p, o in facts()}
    assert answer.text.count("\r\n") == len(rows) + 1


def test_select_as_tsv(server: Server) -> None:
    answer = get(server, CITY, TSV)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/tab-separated-values; charset=utf-8")
    assert answer.text.startswith("?p\t?o\n")
    assert set(terms(answer.body)) == facts()


@pytest.mark.parametrize(("query", "truth"), [(f"ASK {{ <{ISFAHAN}> ?p ?o }}", True), ("ASK { ?x ?x ?x }", False)])
def test_ask_in_all_formats(server: Server, query: str, truth: bool) -> None:
    word = str(truth).lower()
    assert json.loads(get(server, query, JSON).body)["boolean"] is truth
    assert ElementTree.fromstring(get(server, query, XML).body).findtext(f"{SPARQL}boolean") == word
    for media_type in (CSV, TSV):
        answer = get(server, query, media_type)
        assert answer.media_type == media_type
        assert word in answer.text.lower()


@pytest.mark.parametrize(("media_type", "syntax"), GRAPHS)
@pytest.mark.parametrize("form", ["CONSTRUCT WHERE {{ <{0}> ?p ?o }}", "DESCRIBE <{0}>"])
def test_construct_and_describe_in_all_formats(server: Server, media_type: str, syntax: str, form: str) -> None:
    answer = get(server, form.format(ISFAHAN), media_type)
    charset = "; charset=utf-8" if media_type.startswith("text/") else ""
    assert (answer.status, answer.headers["content-type"]) == (200, media_type + charset)
    if syntax in ("trig", "nquads"):  # rdflib reads these into a dataset; without graph names they are also Turtle
        syntax = "turtle"
    read = Graph().parse(data=answer.body, format=syntax)
    assert set(read.predicate_objects(URIRef(ISFAHAN))) == facts()
    assert len(read) == len(facts())


@pytest.mark.parametrize(("media_type", "syntax"), GRAPHS)
def test_a_graph_with_blank_nodes_and_persian_names_round_trips(server: Server, media_type: str, syntax: str) -> None:
    query = f"CONSTRUCT WHERE {{ <{HOUSE}> <{E}name> ?name ; <{E}near> ?place . ?place <{E}name> ?near }}"
    answer = get(server, query, media_type)
    read = Graph().parse(data=answer.body, format="turtle" if syntax in ("trig", "nquads") else syntax)
    wanted = Graph()
    for triple in graph():
        if triple[0] == URIRef(HOUSE) or triple[2] == Literal("میدان", lang="fa"):
            wanted.add(triple)
    assert isomorphic(read, wanted)
    assert "\u200c" in answer.text or "200c" in answer.text.lower()


@pytest.mark.parametrize(("media_type", "syntax"), GRAPHS)
def test_an_empty_graph_is_a_whole_document(server: Server, media_type: str, syntax: str) -> None:
    answer = get(server, "CONSTRUCT WHERE { <urn:no> ?p ?o }", media_type)
    assert answer.status == 200
    assert len(Graph().parse(data=answer.body, format="turtle" if syntax in ("trig", "nquads") else syntax)) == 0


@pytest.mark.parametrize("media_type", [JSON, XML, CSV, TSV])
def test_no_rows_is_a_whole_document(server: Server, media_type: str) -> None:
    answer = get(server, "SELECT ?x { <urn:no> ?x ?y }", media_type)
    assert answer.status == 200
    expected = {CSV: "x\r\n", TSV: "?x\n"}
    if media_type in expected:
        assert answer.text == expected[media_type]
    else:
        assert len(Result.parse(io.BytesIO(answer.body), content_type=media_type)) == 0


@pytest.mark.parametrize(
    ("asked", "given"),
    [("application/json", "application/json"), ("application/xml", "application/xml"), ("text/xml", "text/xml")],
)
def test_other_names_of_a_format_are_known(server: Server, asked: str, given: str) -> None:
    for query in (CITY, f"CONSTRUCT WHERE {{ <{ISFAHAN}> ?p ?o }}"):
        answer = get(server, query, asked)
        assert (answer.status, answer.media_type) == (200, given)


@pytest.mark.parametrize("media_type", [JSON, XML])
def test_persian_literals_zwnj_and_iris_round_trip_in_json_and_xml(server: Server, media_type: str) -> None:
    answer = get(server, f'SELECT ?s ?o ("نمی‌دانیم" AS ?x) {{ ?s <{E}name> ?o FILTER(?s = <{HOUSE}>) }}', media_type)
    (row,) = Result.parse(io.BytesIO(answer.body), content_type=media_type)
    expected = (URIRef(HOUSE), Literal("خانه\u200cهنر", lang="fa"), Literal("نمی\u200cدانیم"))
    assert tuple(row) == expected  # type: ignore[arg-type]


def test_persian_literals_zwnj_and_iris_round_trip_in_csv_and_tsv(server: Server) -> None:
    query = f"SELECT ?s ?o {{ ?s <{E}name> ?o FILTER(?s = <{HOUSE}>) }}"
    assert get(server, query, CSV).text == f"s,o\r\n{HOUSE},خانه\u200cهنر\r\n"
    assert terms(get(server, query, TSV).body) == [(URIRef(HOUSE), Literal("خانه\u200cهنر", lang="fa"))]


def test_a_persian_query_is_understood_in_every_way(server: Server) -> None:
    query = f"SELECT ?شهر {{ ?شهر <{SISTER}> <{E}kazan> }}"
    for answer in (get(server, query, JSON), post(server, query, "application/sparql-query")):
        assert json.loads(answer.body)["results"]["bindings"][0]["شهر"]["value"] == ISFAHAN


def test_quotes_breaks_and_marks_round_trip_in_every_format(server: Server) -> None:
    assert json.loads(get(server, TEXT, JSON).body)["results"]["bindings"][0]["o"]["value"] == HARD
    root = ElementTree.fromstring(get(server, TEXT, XML).body)
    assert [literal.text for literal in root.iter(f"{SPARQL}literal")] == [HARD]
    assert list(csv.reader(io.StringIO(get(server, TEXT, CSV).text, newline="")))[1] == [HARD]
    assert terms(get(server, TEXT, TSV).body) == [(Literal(HARD),)]
    for media_type, syntax in GRAPHS[:4]:
        answer = get(server, f"CONSTRUCT WHERE {{ <{E}kazan> <{E}text> ?o }}", media_type)
        assert list(Graph().parse(data=answer.body, format=syntax).objects()) == [Literal(HARD)]


def test_a_carriage_return_round_trips(server: Server) -> None:
    query = f"SELECT ?o {{ <{E}return> <{E}sound> ?o }}"
    assert json.loads(get(server, query, JSON).body)["results"]["bindings"][0]["o"]["value"] == "a\rb"
    root = ElementTree.fromstring(get(server, query, XML).body)
    assert [literal.text for literal in root.iter(f"{SPARQL}literal")] == ["a\rb"]
    assert list(csv.reader(io.StringIO(get(server, query, CSV).text, newline="")))[1] == ["a\rb"]
    assert terms(get(server, query, TSV).body) == [(Literal("a\rb"),)]


def test_unbound_and_blank_cells_keep_their_place(server: Server) -> None:
    query = "SELECT ?a ?b ?c { BIND(1 AS ?a) BIND(BNODE() AS ?c) }"
    assert set(json.loads(get(server, query, JSON).body)["results"]["bindings"][0]) == {"a", "c"}
    row = list(csv.reader(io.StringIO(get(server, query, CSV).text)))[1]
    assert row[:2] == ["1", ""]
    assert row[2].startswith("_:")
    assert get(server, query, TSV).text.split("\n")[1].startswith("1\t\t_:")


def test_names_not_bound_anywhere_are_still_in_the_header(server: Server) -> None:
    assert json.loads(get(server, "SELECT ?a ?b {}", JSON).body)["head"]["vars"] == ["a", "b"]


@pytest.mark.parametrize(
    ("query", "accept"),
    [
        (f"SELECT ?o {{ <{E}bell> ?p ?o }}", XML),
        (f"CONSTRUCT WHERE {{ <{E}bell> ?p ?o }}", "application/rdf+xml"),
        (f"SELECT ?o FROM <{ODD}> {{ ?s ?p ?o }}", "text/xml"),
        ("SELECT ('\ufffe' AS ?x) {}", XML),
        (r"SELECT ('\u0001' AS ?x) {}", XML),
        ("CONSTRUCT { <urn:x:a> <urn:1> 1 } {}", "application/rdf+xml"),
    ],
)
def test_what_xml_cannot_carry_is_406_with_a_hint(server: Server, query: str, accept: str) -> None:
    answer = get(server, query, accept)
    assert is_refusal(answer, 406)
    assert "JSON" in answer.text or "Turtle" in answer.text or "another format" in answer.text


def test_what_xml_cannot_carry_the_others_can(server: Server) -> None:
    query = f"SELECT ?o {{ <{E}bell> ?p ?o }}"
    assert json.loads(get(server, query, JSON).body)["results"]["bindings"][0]["o"]["value"] == "\x07"
    assert terms(get(server, query, TSV).body) == [(Literal("\x07"),)]
    turtle = get(server, f"CONSTRUCT WHERE {{ <{E}bell> ?p ?o }}", "text/turtle")
    assert list(Graph().parse(data=turtle.body, format="turtle").objects()) == [Literal("\x07")]


def test_names_of_isfahan_are_whole(server: Server) -> None:
    answer = get(server, f"SELECT ?name {{ <{ISFAHAN}> <{E}name> ?name }}", JSON)
    rows = Result.parse(io.BytesIO(answer.body), content_type=JSON)
    assert {row.name for row in rows} == names()  # type: ignore[union-attr]
