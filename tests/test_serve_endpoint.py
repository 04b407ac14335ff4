"""`shahr serve --endpoint` in front of a real Oxigraph, and SERVICE for hosts that are allowed, by the real server."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from pyoxigraph import RdfFormat, parse

from endpoints import free_port, oxigraph
from hostile import ENDLESS, RESULTS, Listener, ask, check_refused, engine_state, get_path, health, request, ring
from scripted import response, scripted
from serving import Server, serving

NO_BUDGET = ("--client-seconds", "0", "--client-errors", "0")
OPTIONS = ("--workers", "1", "--children", "3", "--timeout", "1.5", "--result", "1", *NO_BUDGET)
GRAPH = "https://w3id.org/shahr/graph/entities"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
NAME = f"SELECT ?name {{ GRAPH <{GRAPH}> {{ <https://w3id.org/shahr/city/7> <{LABEL}> ?name }} }}"
WIDE = f"SELECT * {{ GRAPH <{GRAPH}> {{ ?a ?b ?c . ?d ?e ?f }} }} LIMIT 20000"
SLOW = ENDLESS.replace("{ ?a", f"{{ GRAPH <{GRAPH}> {{ ?a").replace("?l }", "?l } }")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = ring(tmp_path_factory.mktemp("data") / "ring.nq").read_bytes()
    with oxigraph(data) as endpoint, serving("--endpoint", endpoint, *OPTIONS) as server:
        yield server


def test_rows_come_in_every_format(server: Server) -> None:
    assert ask(server, NAME).rows == [["شهر 7"]]
    as_csv = ask(server, NAME, accept="text/csv")
    assert list(csv.reader(io.StringIO(as_csv.text, newline=""))) == [["name"], ["شهر 7"]]
    assert ask(server, NAME, accept="text/tab-separated-values").text == '?name\n"شهر 7"@fa\n'
    assert "شهر 7" in ask(server, NAME, accept="application/sparql-results+xml").text


def test_the_truth_and_graphs_come_too(server: Server) -> None:
    assert json.loads(ask(server, f"ASK {{ GRAPH <{GRAPH}> {{ ?s ?p ?o }} }}").body)["boolean"] is True
    query = f"CONSTRUCT {{ ?s <urn:name> ?o }} {{ GRAPH <{GRAPH}> {{ ?s <{LABEL}> ?o }} }} LIMIT 5"
    for media_type, kind in (("text/turtle", RdfFormat.TURTLE), ("application/n-triples", RdfFormat.N_TRIPLES)):
        heard = ask(server, query, accept=media_type)
        assert heard.status == 200
        assert len(list(parse(heard.body, kind))) == 5


def test_the_graphs_that_a_request_names_are_asked(server: Server) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    heard = request(server, "GET", f"{get_path(query)}&default-graph-uri={GRAPH}", headers={"Accept": RESULTS})
    assert heard.rows == [["800"]]


def test_a_slow_query_is_stopped_at_the_limit_and_the_next_is_answered(server: Server) -> None:
    heard = ask(server, SLOW)
    check_refused(heard, {503})
    assert 1.4 <= heard.seconds < 3
    assert ask(server, NAME).rows == [["شهر 7"]]


def test_an_answer_that_is_too_large_is_refused(server: Server) -> None:
    check_refused(ask(server, WIDE), {413})


@pytest.mark.parametrize(
    ("query", "statuses"),
    [
        ("SELECT", {400}),
        ("SELECT (<urn:no-such-function>(1) AS ?x) {}", {504}),  # Oxigraph says 500 to it
        ("INSERT DATA { <urn:a> <urn:b> <urn:c> }", {400}),
        ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", {400}),
    ],
)
def test_what_is_refused_is_refused_in_a_sentence(server: Server, query: str, statuses: set[int]) -> None:
    heard = ask(server, query)
    assert heard.status in statuses, heard
    if heard.status != 200:
        check_refused(heard)


def test_no_media_type_that_fits_is_406(server: Server) -> None:
    check_refused(ask(server, NAME, accept="image/png"), {406})


def test_an_answer_of_another_server_is_never_kept(server: Server) -> None:
    for _ in range(2):
        heard = request(server, "GET", get_path(NAME), headers={"Accept": RESULTS})
        assert (heard.status, heard.rows) == (200, [["شهر 7"]])
        assert heard.headers["ETag"] is None
    again = request(server, "GET", get_path(NAME), headers={"Accept": RESULTS, "If-None-Match": "*"})
    assert again.status == 200
    assert 'shahr_queries_total{outcome="cached"} 0' in request(server, "GET", "/metrics").text.replace(".0", "")


def test_health_tells_no_triples(server: Server) -> None:
    told = health(server)
    assert (told["status"], told["triples"]) == ("ok", None)
    assert not told["dataset"]


def test_the_description_tells_nothing_of_a_dataset_that_is_not_ours(server: Server) -> None:
    heard = request(server, "GET", "/sparql", headers={"Accept": "text/turtle"})
    assert heard.status == 200
    assert "sd:endpoint" in heard.text
    assert "void:triples" not in heard.text


@pytest.mark.parametrize("path", ["/", "/sparql", "/questions/topics"])
def test_pages_are_made_from_another_endpoint_too(server: Server, path: str) -> None:
    heard = request(server, "GET", path, headers={"Accept": "text/html"})
    assert heard.status == 200, heard
    assert "None" not in heard.text


def test_who_leaves_frees_the_child(server: Server) -> None:
    with pytest.raises(TimeoutError):
        ask(server, SLOW, patience=0.3)
    time.sleep(0.4)
    assert engine_state(server)["busy"] == 0


def test_many_ask_at_once(server: Server) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda at: ask(server, f"{NAME} # {at}", source=f"127.0.2.{at + 1}"), range(16)))
    assert [one.rows for one in found] == [[["شهر 7"]]] * 16
    assert "Traceback" not in server.log()


def test_an_endpoint_that_is_not_there_is_504_until_it_is() -> None:
    with serving("--endpoint", f"http://127.0.0.1:{free_port()}/query", *OPTIONS) as server:
        check_refused(ask(server, NAME), {504})
        assert health(server)["status"] == "ok"
        assert "Traceback" not in server.log()


def test_an_endpoint_that_lies_is_504() -> None:
    with scripted(response(b"<html>", "text/html")) as liar, serving("--endpoint", liar.address, *OPTIONS) as server:
        check_refused(ask(server, NAME), {504})


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.close()


@pytest.fixture(scope="module")
def allowing(tmp_path_factory: pytest.TempPathFactory, listener: Listener) -> Iterator[Server]:
    """A server that may ask a listener on loopback by name, and does not since it is not public."""
    data = ring(tmp_path_factory.mktemp("data") / "ring.nq")
    hosts = ("--allow-service", f"localhost:{listener.port}", "--allow-service", "example.invalid")
    with serving(*OPTIONS, *hosts, dataset=data) as server:
        yield server


@pytest.mark.parametrize("silent", ["", "SILENT "])
def test_a_host_that_is_not_listed_is_refused(allowing: Server, silent: str) -> None:
    heard = ask(allowing, f"SELECT * {{ SERVICE {silent}<https://example.org/sparql> {{ ?s ?p ?o }} }}")
    check_refused(heard, {400})
    assert "example.org" in heard.text


def test_a_listed_host_that_is_not_public_is_not_called(allowing: Server, listener: Listener) -> None:
    heard = ask(allowing, f"SELECT * {{ SERVICE <http://localhost:{listener.port}/> {{ ?s ?p ?o }} }}")
    check_refused(heard, {400})
    assert listener.callers() == 0


def test_a_listed_host_that_is_not_there_is_504_and_silent_joins_with_nothing_lost(allowing: Server) -> None:
    block = "SERVICE <http://example.invalid/> { ?s ?p ?o }"
    query = f"SELECT ?n {{ <https://w3id.org/shahr/city/7> <{LABEL}> ?n {block} }}"
    heard = ask(allowing, query)
    check_refused(heard, {503, 504})
    silent = ask(allowing, query.replace("SERVICE", "SERVICE SILENT"))
    assert (silent.status, silent.rows) == (200, [["شهر 7"]])


def test_ordinary_queries_are_answered_beside_it_and_the_feature_is_told(allowing: Server) -> None:
    heard = request(allowing, "GET", get_path("ASK {}"), headers={"Accept": RESULTS})
    assert heard.headers["ETag"]
    assert "BasicFederatedQuery" in request(allowing, "GET", "/sparql", headers={"Accept": "text/turtle"}).text
    assert "Traceback" not in allowing.log()


def test_a_bad_entry_of_the_list_is_refused_at_the_start() -> None:
    with pytest.raises(AssertionError, match="is not the name of a host"), serving("--allow-service", "http://a/b/"):
        pass
