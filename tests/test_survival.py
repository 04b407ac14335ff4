"""What a running service outlives: workers that die, builds that are broken, clients that leave at the worst moment."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

import pytest

from hostile import (
    Heard,
    ask,
    check_refused,
    endless,
    engine_state,
    get_path,
    health,
    ordinary,
    pulse,
    request,
    ring,
    wait_until,
)
from hostile_processes import children, command_line, parent
from serving import SHAHR, Server, serving
from shahr.builds import next_build
from shahr.paths import Project
from tiny import nquads, tiny_project

CHILDREN = 2
OPTIONS = f"--workers 1 --children {CHILDREN} --memory 96 --client-seconds 0 --client-errors 0"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s <urn:added> ?o }"
GREEDY = "SELECT (COUNT(DISTINCT *) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
DEEP = f"SELECT ({'(' * 40_000}1{')' * 40_000} AS ?x) {{}}"
LARGE = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 900"
BROKEN = "#+ summary: Broken?\nSELECT * {"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = ring(tmp_path_factory.mktemp("data") / "ring.nq")
    with serving(*OPTIONS.split(), dataset=data) as server:
        yield server


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = tiny_project(tmp_path / "project")
    rebuild(project, 0)
    return project


def rebuild(project: Project, added: int) -> None:
    """Publish a build with so many triples more."""
    more = "".join(f"<urn:s> <urn:added> <urn:o{at}> <urn:g> .\n" for at in range(added))
    with next_build(project) as out:
        (out / "graph.nq").write_text(nquads() + more, encoding="utf-8")
        (out / "inferred.nq").write_text("", encoding="utf-8")


def serves(server: Server, added: int) -> bool:
    heard = [ask(server, COUNT) for _ in range(10)]
    return all((one.status, one.rows) == (200, [[str(added)]]) for one in heard if one.status != 503) and bool(heard)


def web_workers(server: Server) -> list[int]:
    """Give the processes that answer HTTP."""
    pids = [pid for pid in server.pids() if parent(pid) == server.process.pid]
    return [pid for pid in pids if "zygote" not in (line := command_line(pid)) and line and "tracker" not in line]


def states(server: Server) -> list[str]:
    """Give the state of each process of the service: "Z" for one that is dead and that nobody has asked after."""
    found = []
    for pid in server.pids():
        with suppress(FileNotFoundError, ProcessLookupError):  # it has gone since
            found.append(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0])
    return found


def living(server: Server) -> int:
    return sum(state != "Z" for state in states(server))


def memory_of(pid: int) -> int:
    """Give the resident memory of a process in bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def files_of(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def test_a_worker_that_comes_back_after_a_rebuild_serves_the_new_build(project: Project) -> None:
    with serving("--workers", "2", "--children", "1", "--client-seconds", "0", project=project.root) as server:
        assert serves(server, 0)
        rebuild(project, 3)
        wait_until("the new build serves", 5, lambda: serves(server, 3))
        workers = web_workers(server)
        assert len(workers) == 2
        os.kill(workers[0], signal.SIGKILL)
        wait_until("another worker is there", 5, lambda: len(set(web_workers(server)) - {workers[0]}) == 2)
        time.sleep(1)
        for _ in range(30):  # each by a connection of its own, so that both workers answer
            heard = ask(server, COUNT)
            assert (heard.status, heard.rows) == (200, [["3"]]), heard
        os.kill(workers[1], signal.SIGKILL)  # now nobody is left who has seen the first build
        wait_until("the last worker has gone", 5, lambda: workers[1] not in web_workers(server))
        time.sleep(1)
        wait_until("all of them serve the new build", 5, lambda: serves(server, 3))
        assert "Traceback" not in server.log()


def test_a_build_that_cannot_be_taken_leaks_nothing(project: Project) -> None:
    with serving("--workers", "1", "--children", "2", "--client-seconds", "0", project=project.root) as server:
        assert serves(server, 0)
        (worker,) = web_workers(server)
        processes, files = living(server), files_of(worker)
        (project.questions / "sisters.rq").write_text(BROKEN, encoding="utf-8")
        rebuild(project, 2)

        def is_refused_again() -> bool:
            assert serves(server, 0)  # the old build serves on
            assert living(server) <= 2 * processes
            return server.log().count("sisters.rq") >= 2

        wait_until("the log says why, at the second attempt too", 8, is_refused_again)
        wait_until("no process is left of the attempts", 8, lambda: living(server) == processes)
        assert files_of(worker) == files
        (project.questions / "sisters.rq").unlink()
        wait_until("the build is taken once it is mended", 8, lambda: serves(server, 2))
        wait_until("the old build is gone", 8, lambda: living(server) == processes)
        assert states(server).count("Z") == 0
        assert "Traceback" not in server.log()


def leave_after(server: Server, query: str, seconds: float) -> None:
    """Ask, and go away without a word."""
    body = query.encode()
    head = f"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\nContent-Length: {len(body)}"
    with socket.create_connection(("127.0.0.1", server.port), 10) as link:
        link.sendall(head.encode() + b"\r\n\r\n" + body)
        time.sleep(seconds)


def is_whole(server: Server) -> bool:
    """Tell whether none is at work and all children are there, the same for a while."""
    if engine_state(server)["busy"]:
        return False
    found = children(server)
    time.sleep(0.05)
    return len(found) == CHILDREN and children(server) == found


@pytest.mark.parametrize("query", [GREEDY, DEEP], ids=["memory", "recursion"])
def test_who_leaves_in_the_moment_of_a_crash_takes_no_child_away(server: Server, query: str) -> None:
    lasts = min(ask(server, f"{query} # {number}").seconds for number in range(2))
    for step in range(12):
        leave_after(server, f"{query} #{step}", lasts * (0.9 + step / 60))
    wait_until("all children are there again", 8, lambda: is_whole(server))
    with ThreadPoolExecutor(CHILDREN) as pool:
        for heard in pool.map(lambda _: ordinary(server), range(4 * CHILDREN)):
            assert heard.seconds < 1


def test_answers_that_are_remembered_keep_within_the_cache(tmp_path: Path) -> None:
    data = ring(tmp_path / "ring.nq")
    options = "--workers 1 --children 1 --cache 8 --client-seconds 0"
    with serving(*options.split(), dataset=data) as server:
        (worker,) = web_workers(server)
        connection = HTTPConnection("127.0.0.1", server.port, timeout=10)

        def fetch(number: int) -> int:
            connection.request("GET", get_path(f"{LARGE} OFFSET {number}"), headers={"Accept": "text/csv"})
            return len(connection.getresponse().read())

        sizes = [fetch(number) for number in range(50)]
        before = memory_of(worker)
        sizes += [fetch(number) for number in range(50, 500)]
        assert sum(sizes) > 80 * 1024**2
        assert memory_of(worker) - before < 24 * 1024**2
        connection.close()


def test_a_dataset_of_five_thousand_graphs_is_served_and_described(tmp_path: Path) -> None:
    data = tmp_path / "graphs.nq"
    name = f"https://example.org/{'a-rather-long-name-of-a-graph/' * 3}"
    data.write_text("".join(f'<urn:s> <urn:p> "{at}" <{name}{at}> .\n' for at in range(5000)))
    with serving("--workers", "1", "--children", "1", dataset=data) as server:
        assert health(server)["triples"] == 5000
        heard = ask(server, "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } }")
        assert (heard.status, heard.rows) == (200, [["5000"]])
        described = request(server, "GET", "/sparql", headers={"Accept": "application/n-triples"})
        assert described.status == 200
        assert described.text.count("sparql-service-description#name>") == 5000


@pytest.mark.parametrize("element", ["a/b;q=0.{},", "text/x{};q=0.5,", "*/*;q=0.{},", ";,{}"])
def test_long_accept_headers_hold_up_nobody(server: Server, element: str) -> None:
    def send(number: int) -> Heard:
        accept = "".join(element.format(number * 1000 + at) for at in range(2000))[:8000]
        return request(server, "GET", get_path(f"ASK {{}} # {number}"), headers={"Accept": accept})

    with pulse(server) as felt, ThreadPoolExecutor(10) as pool:
        heard = list(pool.map(send, range(10)))
    assert felt.worst < 0.5
    for one in heard:
        assert one.seconds < 2
        if one.status != 200:
            check_refused(one, {400, 406, 431})


def test_a_page_is_stopped_when_its_client_goes(server: Server) -> None:
    target = f"GET /sparql?query={quote(endless())} HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), 10) as link:
        link.sendall(target.encode())
        wait_until("the page's query is at work", 3, lambda: engine_state(server)["busy"] == 1)
    assert wait_until("nobody works for it", 3, lambda: is_whole(server)) < 2


@pytest.mark.parametrize("size", [10, 1_500_000])
def test_a_child_that_does_not_read_is_left_at_the_limit(server: Server, size: int) -> None:
    wait_until("all children are there", 5, lambda: is_whole(server))
    stopped = children(server)
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)

    def send(at: int) -> Heard:
        body, kind = f"ASK {{}} # {at} {'x' * size}".encode(), {"Content-Type": "application/sparql-query"}
        return request(server, "POST", "/sparql?timeout=0.5", body, kind, source=f"127.0.0.{at + 1}")

    with ThreadPoolExecutor(CHILDREN) as pool:
        for heard in pool.map(send, range(CHILDREN)):
            check_refused(heard, {503})
            assert 0.5 <= heard.seconds < 2.5
    wait_until("fresh children are there", 5, lambda: is_whole(server) and not set(stopped) & set(children(server)))
    assert ordinary(server).seconds < 1


def test_a_taken_port_leaves_no_process_behind(tmp_path: Path) -> None:
    data = ring(tmp_path / "ring.nq")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [str(SHAHR), "serve", "--port", port, "--dataset", str(data)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert port in done.stderr
    assert len(done.stderr.splitlines()) == 1

    def is_gone() -> bool:
        pids = [int(path.name) for path in Path("/proc").glob("[0-9]*")]
        return not [pid for pid in pids if str(data) in command_line(pid)]

    assert wait_until("no process is left", 6, is_gone) < 5


def test_the_log_holds_no_stack_trace(server: Server) -> None:
    assert "Traceback" not in server.log()
