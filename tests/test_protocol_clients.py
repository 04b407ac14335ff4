"""Clients that people use, against the real server: SPARQLWrapper, rdflib's SPARQLStore, curl, urllib."""

from __future__ import annotations

import csv
import gzip
import io
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from typing import Literal as OneOf
from typing import TypeVar
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen
from xml.dom.minidom import Document, Text

import pytest
import SPARQLWrapper as sw
from rdflib import Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed, SPARQLWrapperException

from asking import (
    COUNT,
    CSV,
    DIRECT,
    HOUSE,
    ISFAHAN,
    ITEMS,
    JSON,
    MANY,
    NAMES,
    ONE,
    TWO,
    XML,
    E,
    graph,
    names,
    serving_trig,
)
from serving import Server

WAYS = [(sw.GET, sw.URLENCODED), (sw.POST, sw.URLENCODED), (sw.POST, sw.POSTDIRECTLY)]
CITY = f"CONSTRUCT WHERE {{ <{ISFAHAN}> ?p ?o }}"
Method = OneOf["GET", "POST", "POST_FORM"]
Format = OneOf["xml", "json", "csv", "tsv"]
T = TypeVar("T")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving_trig(tmp_path_factory.mktemp("clients")) as server:
        yield server


@pytest.fixture
def curl(server: Server) -> Callable[..., bytes]:
    """Run curl on the endpoint; what it prints."""
    program = shutil.which("curl")
    if program is None:
        pytest.skip("curl is not installed")

    def run(*arguments: str, given: str = "") -> bytes:
        command = [program, "-sS", "--max-time", "30", *arguments, f"{server.address}/sparql"]
        return subprocess.run(command, input=given.encode(), capture_output=True, check=True).stdout

    return run


def wrapper(server: Server, query: str, wanted: str, way: tuple[str, str] = WAYS[0]) -> sw.SPARQLWrapper:
    asked = sw.SPARQLWrapper(f"{server.address}/sparql", returnFormat=wanted)
    asked.setMethod(way[0])
    asked.setRequestMethod(way[1])
    asked.setQuery(query)
    return asked


def converted(kind: type[T], asked: sw.SPARQLWrapper) -> T:
    """Ask, and let SPARQLWrapper turn the answer into what it takes its media type for."""
    found = asked.queryAndConvert()
    assert isinstance(found, kind)
    return found


def bindings(asked: sw.SPARQLWrapper) -> list[dict[str, dict[str, str]]]:
    rows: list[dict[str, dict[str, str]]] = converted(dict, asked)["results"]["bindings"]
    return rows


def city() -> Graph:
    expected = Graph()
    for p, o in graph().predicate_objects(URIRef(ISFAHAN)):
        expected.add((URIRef(ISFAHAN), p, o))
    return expected


@pytest.mark.parametrize("way", WAYS, ids="-".join)
def test_sparqlwrapper_reads_json(server: Server, way: tuple[str, str]) -> None:
    rows = bindings(wrapper(server, NAMES, sw.JSON, way))
    assert {(row["name"]["value"], row["name"]["xml:lang"]) for row in rows} == {("اصفهان", "fa"), ("Isfahan", "en")}
    assert converted(dict, wrapper(server, "ASK {}", sw.JSON, way))["boolean"] is True


@pytest.mark.parametrize("way", WAYS, ids="-".join)
def test_sparqlwrapper_reads_xml(server: Server, way: tuple[str, str]) -> None:
    document = converted(Document, wrapper(server, NAMES, sw.XML, way))
    text = [node.firstChild for node in document.getElementsByTagName("literal")]
    assert {node.data for node in text if isinstance(node, Text)} == {"اصفهان", "Isfahan"}


@pytest.mark.parametrize("way", WAYS, ids="-".join)
def test_sparqlwrapper_reads_csv_and_tsv(server: Server, way: tuple[str, str]) -> None:
    text = converted(bytes, wrapper(server, NAMES, sw.CSV, way)).decode()
    assert {row[0] for row in csv.reader(io.StringIO(text))} == {"name", "اصفهان", "Isfahan"}
    text = converted(bytes, wrapper(server, NAMES, sw.TSV, way)).decode()
    assert set(text.split("\n")) == {"?name", '"اصفهان"@fa', '"Isfahan"@en', ""}


@pytest.mark.parametrize("way", WAYS, ids="-".join)
@pytest.mark.parametrize("wanted", [sw.TURTLE, sw.N3])
def test_sparqlwrapper_reads_turtle(server: Server, wanted: str, way: tuple[str, str]) -> None:
    for query in (CITY, f"DESCRIBE <{ISFAHAN}>"):
        text = converted(bytes, wrapper(server, query, wanted, way))
        assert isomorphic(Graph().parse(data=text, format="turtle"), city())


@pytest.mark.parametrize("way", WAYS, ids="-".join)
@pytest.mark.parametrize("wanted", [sw.XML, sw.RDFXML, sw.JSONLD])
def test_sparqlwrapper_reads_graphs(server: Server, wanted: str, way: tuple[str, str]) -> None:
    found = converted(Graph, wrapper(server, CITY, wanted, way))
    assert set(found.triples((URIRef(ISFAHAN), None, None))) == set(city())


def test_sparqlwrapper_may_leave_the_format_to_the_accept_header(server: Server) -> None:
    asked = wrapper(server, NAMES, sw.JSON)
    asked.setOnlyConneg(True)
    assert len(bindings(asked)) == 2


@pytest.mark.parametrize("way", WAYS, ids="-".join)
def test_sparqlwrapper_names_graphs(server: Server, way: tuple[str, str]) -> None:
    asked = wrapper(server, COUNT, sw.JSON, way)
    asked.addDefaultGraph(ONE)
    asked.addDefaultGraph(TWO)
    (row,) = bindings(asked)
    assert int(row["n"]["value"]) == len(graph(ONE, TWO))
    asked = wrapper(server, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", sw.JSON, way)
    asked.addNamedGraph(MANY)
    (row,) = bindings(asked)
    assert row["g"]["value"] == MANY


def test_sparqlwrapper_tells_a_bad_query_from_other_faults(server: Server) -> None:
    with pytest.raises(QueryBadFormed, match="line 1, column"):
        wrapper(server, "SELECT * { ?s ?p }", sw.JSON).query()


@pytest.mark.parametrize("way", WAYS[1:], ids="-".join)
def test_sparqlwrapper_cannot_write(server: Server, way: tuple[str, str]) -> None:
    with pytest.raises((SPARQLWrapperException, HTTPError)):
        wrapper(server, f"INSERT DATA {{ <{E}a> <{E}b> <{E}c> }}", sw.JSON, way).query()
    assert converted(dict, wrapper(server, f"ASK {{ <{E}a> ?p ?o }}", sw.JSON))["boolean"] is False


def store(server: Server, wanted: Format = "xml", method: Method = "GET") -> SPARQLStore:
    return SPARQLStore(f"{server.address}/sparql", returnFormat=wanted, method=method)


@pytest.mark.parametrize("wanted", ["xml", "json", "tsv"])
@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_selects(server: Server, wanted: Format, method: Method) -> None:
    rows = Graph(store(server, wanted, method)).query(NAMES)
    assert {row.name for row in rows} == names()  # type: ignore[union-attr]


def test_rdflib_selects_from_csv_which_has_no_languages(server: Server) -> None:
    rows = Graph(store(server, "csv")).query(NAMES)
    assert {str(row.name) for row in rows} == {"اصفهان", "Isfahan"}  # type: ignore[union-attr]


@pytest.mark.parametrize("wanted", ["xml", "json"])
def test_rdflib_asks(server: Server, wanted: Format) -> None:
    remote = Graph(store(server, wanted))
    assert remote.query(f"ASK {{ <{ISFAHAN}> ?p ?o }}").askAnswer is True
    assert remote.query("ASK { <urn:no> ?p ?o }").askAnswer is False


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("query", [CITY, f"DESCRIBE <{ISFAHAN}>"], ids=["construct", "describe"])
def test_rdflib_gets_a_graph(server: Server, query: str, method: Method) -> None:
    found = Graph(store(server, method=method)).query(query).graph
    assert found is not None
    assert isomorphic(found, city())


def test_rdflib_walks_the_graph_by_patterns(server: Server) -> None:
    remote = Graph(store(server))
    assert set(remote.objects(URIRef(ISFAHAN), URIRef(f"{E}name"))) == names()
    assert list(remote.subjects(URIRef(f"{E}name"), Literal("خانه\u200cهنر", lang="fa"))) == [URIRef(HOUSE)]
    assert (URIRef(ISFAHAN), None, None) in remote
    assert len(remote) == len(graph())


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_asks_one_named_graph(server: Server, method: Method) -> None:
    remote = Graph(store(server, method=method), identifier=URIRef(TWO))
    assert set(remote) == set(graph(TWO))
    many = Graph(store(server, method=method), identifier=URIRef(MANY))
    assert len(many) == 300


def test_rdflib_lists_the_named_graphs(server: Server) -> None:
    assert {URIRef(ONE), URIRef(TWO), URIRef(MANY)} <= set(store(server).contexts())


@pytest.mark.parametrize(
    "options",
    [
        ("--get", "--data-urlencode", "query@-"),
        ("--data-urlencode", "query@-"),
        ("--data-binary", "@-", "--header", f"Content-Type: {DIRECT}"),
    ],
    ids=["get", "form", "direct"],
)
def test_curl_asks_in_every_way(curl: Callable[..., bytes], options: tuple[str, ...]) -> None:
    printed = curl(*options, "--header", f"Accept: {CSV}", given=NAMES).decode()
    assert set(printed.split("\r\n")) == {"name", "اصفهان", "Isfahan", ""}


def test_curl_without_options_gets_json_and_turtle(curl: Callable[..., bytes]) -> None:
    rows = json.loads(curl("--get", "--data-urlencode", "query@-", given=NAMES))["results"]["bindings"]
    assert len(rows) == 2
    turtle = curl("--get", "--data-urlencode", "query@-", given=CITY)
    assert isomorphic(Graph().parse(data=turtle, format="turtle"), city())


def test_curl_unpacks_a_compressed_answer(curl: Callable[..., bytes]) -> None:
    plain = curl("--data-urlencode", "query@-", given=ITEMS)
    assert curl("--compressed", "--data-urlencode", "query@-", given=ITEMS) == plain
    sent = curl("--header", "Accept-Encoding: gzip", "--data-urlencode", "query@-", given=ITEMS)
    assert gzip.decompress(sent) == plain
    assert len(sent) < len(plain)


def test_curl_sees_the_headers_alone(curl: Callable[..., bytes]) -> None:
    head = curl("--head", "--get", "--data-urlencode", "query@-", given=NAMES).decode().lower()
    assert head.startswith("http/1.1 200")
    assert f"content-type: {JSON}" in head


def test_curl_shows_the_sentence_of_an_error(curl: Callable[..., bytes]) -> None:
    printed = curl("--get", "--data-urlencode", "query@-", "--write-out", "%{http_code}", given="SELECT")
    assert printed.endswith(b"\n400")
    assert b"line 1, column" in printed


def test_curl_waits_for_leave_to_send_a_large_query(curl: Callable[..., bytes]) -> None:
    direct = ("--header", f"Content-Type: {DIRECT}", "--header", "Expect: 100-continue", "--data-binary", "@-")
    assert json.loads(curl(*direct, given=f"ASK {{}} #{'x' * 1_900_000}"))["boolean"] is True
    assert b"2097152 bytes" in curl(*direct, given=f"ASK {{}} #{'x' * 2_100_000}")


def test_curl_keeps_one_connection_for_many_questions(curl: Callable[..., bytes], server: Server) -> None:
    address = f"{server.address}/sparql?{urlencode({'query': 'ASK {}'})}"
    count = ("--write-out", "%{num_connects} ", "--output", "/dev/null")
    assert curl(*count, address, "--output", "/dev/null", address, "--output", "/dev/null").split()[1:] == [b"0", b"0"]


def test_curl_may_ask_for_xml(curl: Callable[..., bytes]) -> None:
    printed = curl("--data-urlencode", "query@-", "--header", f"Accept: {XML}", given=NAMES).decode()
    assert printed.startswith("<?xml")
    assert "اصفهان" in printed


def test_urllib_reads_a_gzipped_answer(server: Server) -> None:
    headers = {"Accept": JSON, "Accept-Encoding": "gzip"}
    with urlopen(Request(f"{server.address}/sparql?query={quote(ITEMS)}", headers=headers), timeout=30) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        rows = json.loads(gzip.decompress(answer.read()))["results"]["bindings"]
    assert [int(row["n"]["value"]) for row in rows] == list(range(300))


def test_urllib_raises_with_the_sentence(server: Server) -> None:
    with pytest.raises(HTTPError) as refusal:
        urlopen(f"{server.address}/sparql?query=SELECT", timeout=30)
    assert refusal.value.code == 400
    assert b"line 1, column" in refusal.value.read()
