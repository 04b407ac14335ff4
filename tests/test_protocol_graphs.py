"""The dataset of a request: SPARQL 1.1 Protocol, 2.1.4, over the real server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from asking import COUNT, DIRECT, FORM, MANY, ONE, TWO, E, graph, is_refusal, post, serving_trig, three_ways
from serving import Server

BY_GRAPH = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
KAZAN = f"SELECT (COUNT(*) AS ?n) {{ <{E}kazan> <{E}name> ?name }}"
Parameters = tuple[tuple[str, str], ...]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving_trig(tmp_path_factory.mktemp("graphs")) as server:
        yield server


def default(*names: str) -> Parameters:
    return tuple(("default-graph-uri", name) for name in names)


def named(*names: str) -> Parameters:
    return tuple(("named-graph-uri", name) for name in names)


def count(server: Server, query: str = COUNT, *parameters: tuple[str, str]) -> int:
    """Ask in all three ways, which must agree."""
    answers = three_ways(server, query, *parameters)
    assert [answer.status for answer in answers] == [200, 200, 200], answers[0].text
    counts = {int(json.loads(answer.body)["results"]["bindings"][0]["n"]["value"]) for answer in answers}
    assert len(counts) == 1
    return counts.pop()


def sizes(server: Server, query: str, *parameters: tuple[str, str]) -> dict[str, int]:
    rows = json.loads(three_ways(server, query, *parameters)[0].body)["results"]["bindings"]
    return {row["g"]["value"]: int(row["n"]["value"]) for row in rows if "g" in row}


def test_the_default_graph_is_the_union_of_all_graphs_each_triple_once(server: Server) -> None:
    assert count(server) == len(graph())
    assert count(server, KAZAN) == 1


def test_a_triple_outside_all_named_graphs_is_in_the_union(server: Server) -> None:
    assert count(server, f"SELECT (COUNT(*) AS ?n) {{ <{E}loose> ?p ?o }}") == 1


def test_every_named_graph_can_be_asked_by_name(server: Server) -> None:
    found = sizes(server, BY_GRAPH)
    assert found[ONE] == len(graph(ONE))
    assert found[TWO] == len(graph(TWO))
    assert found[MANY] == 300
    assert len(found) == 4


def test_a_default_graph_uri_narrows_the_default_graph(server: Server) -> None:
    assert count(server, COUNT, *default(ONE)) == len(graph(ONE))


def test_two_default_graph_uris_are_merged_each_triple_once(server: Server) -> None:
    assert count(server, COUNT, *default(ONE, TWO)) == len(graph(ONE, TWO)) == len(graph(ONE)) + len(graph(TWO)) - 1
    assert count(server, KAZAN, *default(ONE, TWO)) == 1


def test_the_same_default_graph_uri_twice_counts_once(server: Server) -> None:
    assert count(server, COUNT, *default(ONE, ONE)) == len(graph(ONE))


def test_with_a_default_graph_uri_alone_there_are_no_named_graphs(server: Server) -> None:
    assert sizes(server, BY_GRAPH, *default(ONE)) == {}


def test_a_named_graph_uri_alone_leaves_the_default_graph_empty(server: Server) -> None:
    assert sizes(server, BY_GRAPH, *named(TWO)) == {TWO: 2}
    assert count(server, COUNT, *named(TWO)) == 0


def test_default_and_named_graph_uris_together(server: Server) -> None:
    assert sizes(server, BY_GRAPH, *default(ONE), *named(TWO, MANY)) == {TWO: 2, MANY: 300}
    assert count(server, COUNT, *default(ONE), *named(TWO, MANY)) == len(graph(ONE))


def test_a_persian_graph_name_round_trips(server: Server) -> None:
    assert count(server, COUNT, *default(MANY)) == 300


def test_from_works_where_the_request_names_no_graph(server: Server) -> None:
    assert count(server, f"SELECT (COUNT(*) AS ?n) FROM <{ONE}> FROM <{TWO}> {{ ?s ?p ?o }}") == len(graph(ONE, TWO))
    query = BY_GRAPH.replace("{", f"FROM NAMED <{TWO}> {{", 1)
    assert sizes(server, query) == {TWO: 2}


def test_default_graph_uri_beats_from(server: Server) -> None:
    query = f"SELECT (COUNT(*) AS ?n) FROM <{TWO}> {{ ?s ?p ?o }}"
    assert count(server, query, *default(MANY)) == 300


def test_named_graph_uri_beats_from_and_from_named(server: Server) -> None:
    query = BY_GRAPH.replace("{", f"FROM <{ONE}> FROM NAMED <{TWO}> {{", 1)
    assert sizes(server, query, *named(MANY)) == {MANY: 300}
    query = f"SELECT (COUNT(*) AS ?n) FROM <{ONE}> {{ ?s ?p ?o }}"
    assert count(server, query, *named(MANY)) == 0


@pytest.mark.parametrize("name", [f"{E}nothing", "file:///etc/passwd", "http://127.0.0.1:9/x.ttl", "urn:x"])
def test_a_graph_that_is_not_here_is_empty_and_never_fetched(server: Server, name: str) -> None:
    assert count(server, COUNT, *default(name)) == 0
    assert count(server, f"SELECT (COUNT(*) AS ?n) FROM <{name}> {{ ?s ?p ?o }}") == 0
    assert sizes(server, BY_GRAPH, *named(name)) == {}


@pytest.mark.parametrize("name", ["relative", "", "a b", f"{E}<x>", "http://[", "x\ny:z", "https://example.org/\x00"])
@pytest.mark.parametrize("parameter", ["default-graph-uri", "named-graph-uri"])
def test_a_graph_name_that_is_no_whole_iri_is_refused(server: Server, parameter: str, name: str) -> None:
    for answer in three_ways(server, COUNT, (parameter, name)):
        assert is_refusal(answer, 400)


def test_construct_and_ask_keep_to_the_graphs_of_the_request(server: Server) -> None:
    asked = three_ways(server, f"ASK {{ <{E}loose> ?p ?o }}", *default(ONE))
    assert [json.loads(answer.body)["boolean"] for answer in asked] == [False] * 3
    for answer in three_ways(server, "CONSTRUCT WHERE { ?s ?p ?o }", *default(TWO)):
        assert answer.text.count("kazan") == 1
        assert "item/1" not in answer.text


def test_the_graphs_of_a_form_stand_in_its_body(server: Server) -> None:
    body = urlencode([("query", COUNT), ("default-graph-uri", TWO)])
    assert json.loads(post(server, body, FORM).body)["results"]["bindings"][0]["n"]["value"] == "2"


def test_graphs_of_a_direct_post_stand_in_the_address(server: Server) -> None:
    answer = post(server, COUNT, DIRECT, f"/sparql?{urlencode([('default-graph-uri', TWO)])}")
    assert json.loads(answer.body)["results"]["bindings"][0]["n"]["value"] == "2"
