"""Queries that would make the server call somebody: nothing is fetched, and nobody hears from us."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hostile import Listener, ask, check_refused, get_path, ordinary, request, ring
from serving import Server, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = ring(tmp_path_factory.mktemp("data") / "ring.nq")
    with serving("--timeout", "2", "--workers", "1", "--client-errors", "0", dataset=data) as server:
        yield server


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.close()


CALLS = {
    "SERVICE": "SELECT * {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "SERVICE SILENT": "SELECT * {{ SERVICE SILENT <{0}> {{ ?s ?p ?o }} }}",
    "service in small letters": "SELECT * {{ service silent <{0}> {{}} }}",
    "SERVICE with an escaped letter": "SELECT * {{ \\u0053ERVICE <{0}> {{ ?s ?p ?o }} }}",
    "SERVICE with a long escape": "SELECT * {{ S\\U00000045RVICE SILENT <{0}> {{ ?s ?p ?o }} }}",
    "SERVICE with an escaped address": "SELECT * {{ SERVICE <\\u0068ttp{1}> {{ ?s ?p ?o }} }}",
    "SERVICE by a prefixed name": "PREFIX e: <{0}> SELECT * {{ SERVICE e: {{ ?s ?p ?o }} }}",
    "SERVICE by a relative name": "BASE <{0}> SELECT * {{ SERVICE <> {{ ?s ?p ?o }} }}",
    "SERVICE by a variable": "SELECT * {{ VALUES ?e {{ <{0}> }} SERVICE ?e {{ ?s ?p ?o }} }}",
    "SERVICE glued to its name": "PREFIX e: <{0}> SELECT * {{ SERVICEe: {{ ?s ?p ?o }} }}",
    "SERVICE after a comment": "SELECT * {{ #\rSERVICE <{0}> {{ ?s ?p ?o }} }}",
    "SERVICE in a sub-select": "SELECT * {{ {{ SELECT * {{ SERVICE <{0}> {{ ?s ?p ?o }} }} }} }}",
    "SERVICE in EXISTS": "ASK {{ FILTER EXISTS {{ SERVICE <{0}> {{ ?s ?p ?o }} }} }}",
    "SERVICE in a construction": "CONSTRUCT {{ ?s ?p ?o }} WHERE {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
}
PLACES = (
    "http://127.0.0.1:{0}/",
    "http://localhost:{0}/",
    "http://[::1]:{0}/",
    "http://[::ffff:127.0.0.1]:{0}/",
    "http://2130706433:{0}/",
    "http://0x7f000001:{0}/",
    "http://0:{0}/",
    "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{0}/",
)


@pytest.mark.parametrize("name", CALLS)
def test_no_service_is_called(server: Server, listener: Listener, name: str) -> None:
    target = f"http://127.0.0.1:{listener.port}/"
    check_refused(ask(server, CALLS[name].format(target, target[4:]), accept="*/*"), {400, 403})
    assert listener.callers() == 0
    ordinary(server)


@pytest.mark.parametrize("place", PLACES)
def test_no_place_is_called(server: Server, listener: Listener, place: str) -> None:
    target = place.format(listener.port)
    check_refused(ask(server, f"SELECT * {{ SERVICE SILENT <{target}> {{ ?s ?p ?o }} }}"), {400, 403})
    assert listener.callers() == 0


def test_an_allowed_host_on_loopback_is_not_called(listener: Listener, tmp_path: Path) -> None:
    data = ring(tmp_path / "ring.nq")
    allowed = ("--allow-service", f"localhost:{listener.port}")
    with serving("--timeout", "2", "--workers", "1", *allowed, dataset=data) as other:
        for silent in ("", "SILENT"):
            query = f"SELECT * {{ SERVICE {silent} <http://localhost:{listener.port}/> {{ ?s ?p ?o }} }}"
            heard = ask(other, query)
            if not (silent and heard.status == 200 and heard.rows == [[]]):
                check_refused(heard, {400, 403, 504})
    assert listener.callers() == 0


@pytest.mark.parametrize("place", ["http://127.0.0.1:{0}/data.ttl", "file:///etc/passwd", "file:///proc/self/environ"])
def test_from_fetches_nothing(server: Server, listener: Listener, place: str) -> None:
    target = place.format(listener.port)
    for query in (f"SELECT * FROM <{target}> {{ ?s ?p ?o }}", f"SELECT * FROM NAMED <{target}> {{ GRAPH ?g {{}} }}"):
        heard = ask(server, query)
        if heard.status == 200:
            assert [row for row in heard.rows if row != [target]] == []
        else:
            check_refused(heard)
    graph = f"{get_path('SELECT * { ?s ?p ?o }')}&default-graph-uri={target}"
    assert request(server, "GET", graph, headers={"Accept": "application/json"}).rows == []
    assert listener.callers() == 0


@pytest.mark.parametrize("place", ["http://127.0.0.1:{0}/data.ttl", "file:///etc/passwd"])
def test_load_is_refused_and_fetches_nothing(server: Server, listener: Listener, place: str) -> None:
    for query in (
        f"LOAD <{place.format(listener.port)}>",
        f"LOAD SILENT <{place.format(listener.port)}> INTO GRAPH <a:a>",
    ):
        check_refused(ask(server, query), {400, 403})
    assert listener.callers() == 0
