"""What the benchmarks ask, and of what: the generated graph and the lists of requests. No timing."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from pyoxigraph import NamedNode, QueryResultsFormat, QuerySolutions, Store
from pyoxigraph import parse as parse_rdf

from benchmarks.classes import STREAM, Catalogue, Workload, body, encode, make_workloads, read_catalogue
from benchmarks.generate import generate
from benchmarks.load import Load, Sight, put_load, write_requests
from benchmarks.measure import Point
from benchmarks.plot import plot
from benchmarks.table import cells, rates_table, ratio, targets_table
from shahr.dataset import load_store
from shahr.paths import Project
from shahr.queries import find_question, read_questions
from shahr.turtle import parse_turtle

SIZE = 10_000
CONCEPT = "https://w3id.org/shahr/concept/"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _generated(tmp_path_factory.mktemp("bench") / "data.nq")


@pytest.fixture(scope="module")
def catalogue(data: Path) -> Catalogue:
    return read_catalogue(data)


@pytest.fixture(scope="module")
def workloads(catalogue: Catalogue) -> dict[str, Workload]:
    return {workload.name: workload for workload in make_workloads(catalogue)}


@pytest.fixture(scope="module")
def store(data: Path) -> Store:
    return load_store(data)


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """A server that notes the query of each request: its address, and the list."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            seen.append(parse_qs(urlsplit(self.path).query)["query"][0])
            self.send_response(500 if "fail" in self.path else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """A load generator goes in the middle of an answer when its time is over."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/sparql?query=", seen
    server.shutdown()
    thread.join()
    server.server_close()


def _generated(path: Path, size: int = SIZE, seed: int = 7) -> Path:
    for _ in generate(path, size, seed):
        pass
    return path


def _rows(store: Store, query: str) -> int:
    answer = store.query(query)
    assert isinstance(answer, QuerySolutions)
    return len(json.loads(answer.serialize(format=QueryResultsFormat.JSON) or b"")["results"]["bindings"])


def _point(workload: str, peer: str, rate: float, refused: int = 0) -> Point:
    return Point(workload, peer, 0, False, Sight(rate, refused, 0, 1.0, 2.0))


def test_the_same_seed_gives_the_same_bytes(data: Path, tmp_path: Path) -> None:
    assert _generated(tmp_path / "again.nq").read_bytes() == data.read_bytes()


def test_another_seed_gives_another_graph(data: Path, tmp_path: Path) -> None:
    assert _generated(tmp_path / "other.nq", seed=8).read_bytes() != data.read_bytes()


@pytest.mark.parametrize("size", [SIZE, 50_000])
def test_a_file_has_as_many_quads_as_asked_for_and_none_twice(size: int, tmp_path: Path) -> None:
    lines = _generated(tmp_path / "data.nq", size).read_bytes().splitlines()
    assert len(set(lines)) == len(lines)
    assert abs(len(lines) - size) <= size * 0.02


def test_every_line_is_a_quad_of_a_named_graph(data: Path) -> None:
    assert all(isinstance(quad.graph_name, NamedNode) for quad in parse_rdf(path=str(data)))


def test_only_classes_and_properties_of_the_ontology_are_used(data: Path) -> None:
    known = {
        triple.subject.value
        for path in Project.here().ontology.glob("*.ttl")
        for triple in parse_turtle(path)
        if isinstance(triple.subject, NamedNode)
    }
    used = {
        node.value
        for quad in parse_rdf(path=str(data))
        for node in (quad.predicate, quad.object)
        if isinstance(node, NamedNode) and node.value.startswith(("https://w3id.org/shahr/ns#", CONCEPT))
    }
    assert used - known == set()


def test_every_question_of_the_stream_has_rows_for_what_it_is_asked(
    store: Store, workloads: dict[str, Workload]
) -> None:
    empty = [query for query in set(workloads["mixed"].queries) if not _rows(store, query)]
    assert empty == []


def test_the_stream_holds_all_its_questions_and_only_those_with_parameters(workloads: dict[str, Workload]) -> None:
    names = {query.name for query in read_questions(Project.here()) if query.params}
    assert set(STREAM) == names
    for name in STREAM:
        first = body(find_question(Project.here(), name)).split("VALUES")[0]
        assert any(query.startswith(first) for query in workloads["mixed"].queries), name


@pytest.mark.parametrize("name", ["small", "medium", "heavy", "cached"])
def test_every_query_of_a_class_has_rows(name: str, store: Store, workloads: dict[str, Workload]) -> None:
    assert all(_rows(store, query) for query in workloads[name].queries)


def test_asks_are_answered_with_yes_and_with_no(store: Store, workloads: dict[str, Workload]) -> None:
    assert {bool(store.query(query)) for query in workloads["ask"].queries} == {True, False}


@pytest.mark.parametrize("name", ["ask", "small", "medium", "heavy", "cached"])
def test_no_query_stands_twice_in_the_list_of_a_class(name: str, workloads: dict[str, Workload]) -> None:
    assert len(set(workloads[name].queries)) == len(workloads[name].queries)


def test_the_same_catalogue_gives_the_same_lists(catalogue: Catalogue, workloads: dict[str, Workload]) -> None:
    assert make_workloads(catalogue) == list(workloads.values())


def test_some_questions_of_the_stream_are_asked_much_more_than_others(workloads: dict[str, Workload]) -> None:
    queries = workloads["mixed"].queries
    counts = sorted((queries.count(query) for query in set(queries)), reverse=True)
    assert counts[0] > 20 * counts[-1]


def test_an_encoded_query_comes_back_as_it_was(workloads: dict[str, Workload]) -> None:
    query = workloads["small"].queries[0] + " # ?&=+% اصفهان"
    assert unquote(encode(query)) == query
    assert encode(query).isascii()


@pytest.mark.skipif(not shutil.which("wrk"), reason="wrk is not installed")
def test_no_two_requests_of_two_runs_are_the_same(
    asked: tuple[str, list[str]], tmp_path: Path, workloads: dict[str, Workload]
) -> None:
    address, seen = asked
    requests = write_requests(tmp_path, workloads["heavy"])
    sights = [put_load(address, requests, True, run, Load(1, 4)) for run in range(2)]
    assert len(seen) > 10
    assert len(set(seen)) == len(seen)
    assert all(sight.rate > 0 and not sight.refused + sight.broken for sight in sights)


@pytest.mark.skipif(not shutil.which("wrk"), reason="wrk is not installed")
def test_refused_requests_are_counted(asked: tuple[str, list[str]], tmp_path: Path) -> None:
    requests = write_requests(tmp_path, Workload("bad", ["fail"], False))
    assert put_load(asked[0], requests, False, 0, Load(1, 2)).refused > 0


def test_a_ratio_is_that_of_the_medians_and_a_failed_class_has_none() -> None:
    rates = (("shahr", 30), ("shahr", 10), ("shahr", 20), ("oxigraph", 10))
    found = cells([_point("small", peer, rate) for peer, rate in rates] + [_point("small", "nginx", 5, refused=1)])
    assert ratio(found, "small", "oxigraph") == 2
    assert ratio(found, "small", "nginx") is None
    assert ratio(found, "ask", "oxigraph") is None


def test_tables_and_plot_tell_what_was_reached_and_what_failed() -> None:
    found = cells([_point("small", "shahr", 1000), _point("small", "oxigraph", 2000), _point("ask", "nginx", 5, 3)])
    assert "| small | oxigraph | ≥ 0.6 (aim 0.8) | 0.50 | FAIL |" in targets_table(found)
    assert "invalid: 3 failed" in rates_table(found)
    drawn = plot(found, "a < b")
    assert drawn.count("<rect") == 1 + 3 + 2  # ground, legend, the bars of what did not fail
    assert "a &lt; b" in drawn
