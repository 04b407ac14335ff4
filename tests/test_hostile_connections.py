"""Clients that stall, read slowly or leave: they hold up nobody, and what worked for them stops at once."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from itertools import chain

import pytest

from hostile import (
    DIRECT,
    RESULTS,
    ask,
    drain,
    endless,
    engine_state,
    health,
    ordinary,
    request,
    ring,
    statuses,
    wait_until,
)
from hostile_processes import is_idle
from serving import Server, serving

CHILDREN = 2
OPTIONS = f"--timeout 10 --result 32 --workers 1 --children {CHILDREN} --client-seconds 0 --client-errors 0"
POST = f"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: {DIRECT}\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = ring(tmp_path_factory.mktemp("data") / "ring.nq")
    with serving(*OPTIONS.split(), dataset=data) as server:
        yield server


@pytest.fixture(scope="module", autouse=True)
def stalled(server: Server) -> Iterator[tuple[float, dict[str, list[socket.socket]]]]:
    """Connections that stop in the middle of a request, open through all tests of this file; and since when."""
    beginnings = {
        "no request": "",
        "a slow address": "GET /spar",
        "slow headers": "GET /sparql HTTP/1.1\r\nHost: a\r\nX-Slow: ",
        "a slow body": f"{POST}Content-Length: 20\r\n\r\nASK",
        "a slow chunk": f"{POST}Transfer-Encoding: chunked\r\n\r\n20\r\nASK",
    }
    links: dict[str, list[socket.socket]] = {name: [] for name in beginnings}
    began = time.monotonic()
    for name, beginning in beginnings.items():
        for _ in range(20):
            link = socket.create_connection(("127.0.0.1", server.port), 60)
            link.sendall(beginning.encode())
            links[name].append(link)
    yield began, links
    for link in chain.from_iterable(links.values()):
        link.close()


def test_stalled_connections_hold_up_nobody(server: Server) -> None:
    for _ in range(20):
        assert ordinary(server).seconds < 1
    assert request(server, "GET", "/health").seconds < 0.5


ROWS = 110_000
LARGE = f"SELECT ?a ?b ?f {{ ?a ?b ?c . ?d ?e ?f }} LIMIT {ROWS}"


def slow_reader(server: Server) -> socket.socket:
    """Ask for a large answer, and read none of it yet."""
    link = socket.socket()
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    link.settimeout(60)
    link.connect(("127.0.0.1", server.port))
    query = LARGE.encode()
    accept = f"Accept: {RESULTS}\r\nConnection: close\r\nContent-Length: {len(query)}\r\n\r\n"
    link.sendall(f"{POST}{accept}".encode() + query)
    return link


def test_slow_readers_of_20_mb_hold_up_nobody_and_get_all_of_it(server: Server) -> None:
    links = [slow_reader(server) for _ in range(8)]
    time.sleep(1)
    for _ in range(5):
        assert ordinary(server).seconds < 2
    for link in links[1:]:
        link.close()
    head, _, body = drain(links[0]).partition(b"\r\n\r\n")
    links[0].close()
    assert head.startswith(b"HTTP/1.1 200")
    assert len(body) > 20_000_000
    assert len(json.loads(body)["results"]["bindings"]) == ROWS


def test_who_leaves_in_mid_answer_harms_nobody(server: Server) -> None:
    for _ in range(8):
        link = slow_reader(server)
        link.recv(1000)
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")  # close by a reset
        link.close()
    ordinary(server)
    assert "Traceback" not in server.log()


def leave(server: Server, links: int) -> None:
    """Ask what never ends by several connections, each another client, wait until it runs, and go away."""
    asking = []
    for number in range(links):
        link = socket.create_connection(("127.0.0.1", server.port), 30, (f"127.0.1.{number + 1}", 0))
        query = endless().encode()
        link.sendall(f"{POST}Content-Length: {len(query)}\r\n\r\n".encode() + query)
        asking.append(link)
    wait_until("all children are busy", 3, lambda: engine_state(server)["busy"] == min(links, CHILDREN))
    for link in asking:
        link.close()


@pytest.mark.parametrize("links", [1, CHILDREN, CHILDREN + 3])
def test_who_leaves_in_mid_query_frees_the_child_and_its_processor_at_once(server: Server, links: int) -> None:
    before = engine_state(server)["kills"]
    leave(server, links)
    wait_until("no child is busy", 1, lambda: engine_state(server)["busy"] == 0)
    assert engine_state(server)["queued"] == 0
    assert engine_state(server)["kills"] - before >= min(links, CHILDREN)
    for _ in range(CHILDREN + 1):
        assert ordinary(server).seconds < 1
    wait_until("the service is idle", 5, lambda: is_idle(server))
    assert engine_state(server)["children"] == CHILDREN


def test_who_leaves_the_queue_is_not_answered(server: Server) -> None:
    """What waits and is left must not be run: the children stay with who still waits."""
    leave(server, CHILDREN + 10)
    began = time.monotonic()
    assert ordinary(server).seconds < 1
    wait_until("no child is busy", 1, lambda: engine_state(server)["busy"] == 0)
    assert time.monotonic() - began < 2


def test_stalled_requests_are_given_up(server: Server, stalled: tuple[float, dict[str, list[socket.socket]]]) -> None:
    """Last in this file, so that most of the time has gone by: within 40 seconds nobody holds a request open."""
    began, links = stalled
    for name in ("a slow address", "slow headers", "a slow body", "a slow chunk"):
        for link in links[name]:
            link.settimeout(max(0.1, began + 40 - time.monotonic()))
            answer = drain(link)
            assert time.monotonic() - began < 40, f"{name} is still waited for"
            assert statuses(answer) in ([], [400], [408]), name


def test_the_log_holds_no_stack_trace(server: Server) -> None:
    ask(server, "ASK {")
    assert health(server)["status"] == "ok"
    assert "Traceback" not in server.log()
    assert "panicked" not in server.log()
